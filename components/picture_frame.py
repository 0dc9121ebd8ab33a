"""What stands in a picture around its plot: title, unit, period, source, data-as-of and demo stamp, drawn as SVG."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree

from components.format import ems
from components.theme import FONT, Theme
from data.export.table import DEMO_STAMP, Table

LEAST_PLOT = 120

_SVG = "http://www.w3.org/2000/svg"
_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
ElementTree.register_namespace("", _SVG)
ElementTree.register_namespace("xlink", "http://www.w3.org/1999/xlink")


@dataclass(frozen=True)
class Caption:
    """What stands in the picture around the plot. ``subtitle``: unit, period, comparison, completeness."""

    title: str
    subtitle: str = ""
    source: str = ""
    as_of: str = ""
    demo: bool = False

    @classmethod
    def of(cls, table: Table) -> Caption:
        """The caption of the figure whose numbers ``table`` holds."""
        notes = table.notes
        late = "" if notes.whole else f"已报 {notes.reported}"
        subtitle = " · ".join(filter(None, (table.subtitle, late)))
        return cls(table.title, subtitle, notes.source, notes.as_of_text, notes.demo)

    @property
    def footer(self) -> str:
        """The line under the plot."""
        source = f"来源：{self.source}" if self.source else ""
        return " · ".join(filter(None, (source, self.as_of, f"{DEMO_STAMP}，不得引用" if self.demo else "")))


@dataclass(frozen=True)
class _Line:
    """Style of the text lines of one block, sizes in CSS pixels."""

    size: int
    token: str
    weight: str = "400"
    leading: float = 1.45

    def height(self, lines: int) -> float:
        return self.size * self.leading * lines


_TITLE = _Line(20, "ink", "700")
_SUBTITLE = _Line(13, "ink-2")
_FOOTER = _Line(12, "ink-3")
_EDGE = 24
_STAMP = _Line(14, "warn", "700")
_STAMP_WIDTH = 84


class Frame:
    """Title above and source below a plot. Drawn around it rather than within, so that no label can run into them."""

    def __init__(self, caption: Caption, width: int, height: int, look: Theme) -> None:
        self.caption, self.width, self.height, self._look = caption, width, height, look
        inner = width - 2 * _EDGE  # the charts' own margins are those of a panel, which has its padding beside them
        self._title = wrapped(caption.title, (inner - (_STAMP_WIDTH + 16 if caption.demo else 0)) / _TITLE.size)
        self._subtitle = wrapped(caption.subtitle, inner / _SUBTITLE.size)
        self._footer = wrapped(caption.footer, inner / _FOOTER.size)
        self._top = 14 + _TITLE.height(len(self._title)) + _SUBTITLE.height(len(self._subtitle)) + 8
        self._bottom = 8 + _FOOTER.height(len(self._footer)) + 10
        self.plot_width = width - 2 * _EDGE
        self.plot_height = int(height - self._top - self._bottom)
        if self.plot_height < LEAST_PLOT:
            raise ValueError(f"{width} × {height} leaves no room for the plot")

    def around(self, plot: bytes) -> bytes:
        """The whole picture as SVG; ``plot`` is the SVG of the bare figure."""
        inner = ElementTree.fromstring(plot)  # noqa: S314  (our own browser wrote it)
        size = {"width": str(self.width), "height": str(self.height), "viewBox": f"0 0 {self.width} {self.height}"}
        root = ElementTree.Element(f"{{{_SVG}}}svg", size)
        self._rect(root, 0, 0, self.width, self.height, fill=self._look["panel"])
        # A group rather than a nested image: office programs draw it alike.
        group = ElementTree.SubElement(root, f"{{{_SVG}}}g", {"transform": f"translate({_EDGE},{self._top:g})"})
        group.extend(list(inner))
        end = self._lines(root, self._title, _TITLE, 14)
        self._lines(root, self._subtitle, _SUBTITLE, end)
        self._lines(root, self._footer, _FOOTER, self.height - self._bottom + 8)
        if self.caption.demo:
            self._stamp(root)
        return ElementTree.tostring(root, encoding="utf-8", xml_declaration=False)

    def _lines(self, root: ElementTree.Element, lines: Sequence[str], style: _Line, top: float) -> float:
        for i, line in enumerate(lines):
            self._text(root, line, style, _EDGE, top + style.height(i) + style.size * 1.1)
        return top + style.height(len(lines))

    def _stamp(self, root: ElementTree.Element) -> None:
        left, colour = self.width - _EDGE - _STAMP_WIDTH, self._look["warn"]
        self._rect(root, left, 15, _STAMP_WIDTH, 28, fill="none", stroke=colour, rx="4", **{"stroke-width": "1.5"})
        self._text(root, DEMO_STAMP, _STAMP, left + _STAMP_WIDTH / 2, 34, anchor="middle")

    def _text(
        self, root: ElementTree.Element, text: str, style: _Line, x: float, y: float, anchor: str = "start"
    ) -> None:
        attributes = {
            "x": f"{x:g}",
            "y": f"{y:g}",
            "font-family": FONT,
            "font-size": str(style.size),
            "font-weight": style.weight,
            "fill": self._look[style.token],
            "text-anchor": anchor,
        }
        ElementTree.SubElement(root, f"{{{_SVG}}}text", attributes).text = text

    def _rect(self, root: ElementTree.Element, x: float, y: float, width: float, height: float, **more: str) -> None:
        place = {"x": f"{x:g}", "y": f"{y:g}", "width": f"{width:g}", "height": f"{height:g}"}
        ElementTree.SubElement(root, f"{{{_SVG}}}rect", {**place, **more})


def wrapped(text: str, widest: float) -> list[str]:
    """``text`` in lines of at most ``widest`` ems. Chinese breaks between any two characters, Latin words stay."""
    lines: list[str] = []
    line = ""
    for piece in re.findall(r"[!-~]+ ?|.", _NOT_XML.sub("", " ".join(text.split()))):
        if line and ems(line + piece.rstrip()) > widest:
            lines.append(line.rstrip())
            line = ""
        line += piece
    return [*lines, line.rstrip()] if line.strip() else lines
