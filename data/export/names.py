"""Names of exported files: title, period and time, safe on every system and readable in Chinese."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from urllib.parse import quote

from data import clock
from data.export.table import DEMO_STAMP

STEM_BYTES = 180
"""Longest name without its ending, in UTF-8: file systems stop at 255 bytes, and Windows counts the folders too."""

_FORBIDDEN = re.compile(r'[<>:"/\\|?*]+')
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)", re.IGNORECASE)


def file_stem(title: str, period: str, at: datetime, *, demo: bool = False) -> str:
    """``商品房网签面积_2026年10月_20261124-140509``; an overlong title gives way, period and time stay.

    Demonstration data say so here too: a pure table has no other place for the stamp.
    """
    stamp = clock.local(at).strftime("%Y%m%d-%H%M%S")
    tail = "_".join(filter(None, (_cut(_clean(period), STEM_BYTES // 2), stamp)))
    mark = f"（{DEMO_STAMP}）" if demo else ""
    head = _cut(_clean(title), STEM_BYTES - len(f"{mark}_{tail}".encode())) or "导出"
    stem = f"{head}{mark}_{tail}"
    return f"_{stem}" if _RESERVED.match(stem) else stem


def content_disposition(filename: str) -> str:
    """Header value that saves a download under ``filename``: plain ASCII first, then the true name (RFC 5987)."""
    plain = "".join(char for char in filename if char.isascii() and (char.isalnum() or char in "._-")).strip("._-")
    if "." in filename and not plain.partition(".")[1]:
        plain = f"export.{plain}"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"


def _clean(text: str) -> str:
    """``text`` without what a file system forbids, and without invisible characters that could disguise an ending."""
    text = unicodedata.normalize("NFC", text)
    text = "".join(" " if char.isspace() else char for char in text)
    text = "".join(char for char in text if not unicodedata.category(char).startswith("C"))
    return " ".join(_FORBIDDEN.sub("-", text).split()).strip(" .-_")


def _cut(text: str, size: int) -> str:
    return text.encode()[: max(size, 0)].decode(errors="ignore").strip(" .-_")
