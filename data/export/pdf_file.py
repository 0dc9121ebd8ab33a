"""Finishing touches to a printed PDF: its text can be searched and copied as Chinese, and it says whose it is.

A browser finds the letter of a glyph by asking the font backwards. Where a font draws a radical and a letter alike
(⽉ and 月) it may answer with the radical, which looks right and is found by no search.
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Mapping

from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, IndirectObject, StreamObject

_SUPPLEMENT = (
    "⺁厂⺈刀⺊卜⺌小⺎兀⺒巳⺓幺⺜日⺝月⺟母⺠民⺧牛⺩王⺫目⺬示⺶羊⺼肉⻁虎⻄西⻅见⻆角⻉贝⻊足⻋车⻏邑⻑長⻓长⻔门⻗雨⻘青⻚页⻛风⻜飞"
    "⻝食⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻬齐⻮齿⻰龙⻳龟"
)
"""Radicals that Unicode's compatibility forms leave out, each before the letter that looks like it."""

LETTERS: Mapping[str, str] = {
    **{chr(code): unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)},
    **dict(zip(_SUPPLEMENT[::2], _SUPPLEMENT[1::2], strict=True)),
}
"""Radicals and the letters that they stand for."""

_ONE = re.compile(r"^(<[0-9A-F]+>) <([0-9A-F]{4})>$", re.MULTILINE)
_RUN = re.compile(r"^<([0-9A-F]+)> <([0-9A-F]+)> <([0-9A-F]{4})>$", re.MULTILINE)


def finished(pdf: bytes, about: Mapping[str, str]) -> bytes:
    """``pdf`` with letters in the place of radicals; ``about`` becomes its properties (``/Title``, ``/Author``)."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf)))
    for held in writer._objects:
        font = held.get_object() if isinstance(held, IndirectObject) else held
        if isinstance(font, DictionaryObject) and "/ToUnicode" in font:
            words = font["/ToUnicode"].get_object()
            assert isinstance(words, StreamObject)
            words.set_data(with_letters(words.get_data().decode("ascii")).encode("ascii"))
    writer.add_metadata(dict(about))
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def with_letters(table: str) -> str:
    """A font's table from glyphs to letters, without radicals; a run of glyphs that holds any is spelled out."""

    def run(found: re.Match[str]) -> str:
        first, last, code = (int(text, 16) for text in found.groups())
        letters = [_letter(code + i) for i in range(last - first + 1)]
        if letters == [code + i for i in range(last - first + 1)]:
            return found[0]
        return f"<{found[1]}> <{found[2]}> [{' '.join(f'<{letter:04X}>' for letter in letters)}]"

    return _RUN.sub(run, _ONE.sub(lambda found: f"{found[1]} <{_letter(int(found[2], 16)):04X}>", table))


def _letter(code: int) -> int:
    return ord(LETTERS.get(chr(code), chr(code)))
