"""Numbers, changes and dates as the interface writes them. Missing is a dash, never a zero."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

MISSING: Final = "—"
LEVEL: Final = "持平"
_MINUS: Final = "−"
_TEN_THOUSAND: Final = 10_000
_HUNDRED_MILLION: Final = 100_000_000


def number(value: float | None, decimals: int = 0) -> str:
    """``1234.5`` → ``1,234.5``. A rounded zero carries no sign."""
    if value is None:
        return MISSING
    text = f"{value:,.{decimals}f}"
    if not any(digit in text for digit in "123456789"):
        text = text.lstrip("-")
    return text.replace("-", _MINUS)


def finer(decimals: int, values: Iterable[float | None]) -> int:
    """Decimals at which the greatest of ``values`` shows two digits at least; whole numbers stay whole.

    Of one day in one district a figure in 万㎡ is small: 0.04 must not read 0.0.
    """
    size = max((abs(value) for value in values if value), default=1.0)
    if not decimals or size >= 1:
        return decimals
    return max(decimals, min(4, 1 - math.floor(math.log10(size))))


WHOLE_BELOW: Final = 100_000


def scale(largest: float) -> tuple[float, str]:
    """Divisor and word under which a number of this size is read: 万 from ten thousand, 亿 from a hundred million."""
    size = abs(largest)
    if size >= _HUNDRED_MILLION:
        return _HUNDRED_MILLION, "亿"
    if size >= _TEN_THOUSAND:
        return _TEN_THOUSAND, "万"
    return 1, ""


def compact(value: float | None, decimals: int = 1) -> str:
    """``318060`` → ``31.8 万``; below a hundred thousand the number itself, without needless decimals.

    A price of 12,205 or 13,097 homes would lose in 万 what tells it from its neighbours.
    """
    if value is None:
        return MISSING
    divisor, word = scale(value)
    if abs(value) < WHOLE_BELOW:
        return number(value, 0 if float(value).is_integer() else decimals)
    return f"{number(value / divisor, decimals)} {word}"


def signed(value: float | None, decimals: int = 1) -> str:
    """A difference: ``+0.4``, ``−1.9``, ``0.0``."""
    text = number(value, decimals)
    rises = value is not None and value > 0 and any(digit in text for digit in "123456789")
    return f"+{text}" if rises else text


def percent(value: float | None, decimals: int = 1) -> str:
    """``6.2`` → ``6.2%``; the value is in per cent already."""
    return MISSING if value is None else f"{number(value, decimals)}%"


def arrow(value: float | None) -> str:
    """Direction of a change: ▲ up, ▼ down, – unchanged, nothing when unknown."""
    if value is None:
        return ""
    return "▲" if value > 0 else "▼" if value < 0 else "–"


def iso(day: date | None) -> str:
    """A day in a table: ``2026-11-24``."""
    return MISSING if day is None else f"{day:%Y-%m-%d}"


def day(value: date | None, this_year: int | None = None) -> str:
    """A day in a sentence: ``11 月 24 日``; with its year where that is not ``this_year``."""
    if value is None:
        return MISSING
    text = f"{value.month} 月 {value.day} 日"
    return text if this_year in (None, value.year) else f"{value.year} 年 {text}"


def month(value: date | None, year: bool = True) -> str:
    """``2026 年 11 月``, or ``11 月`` where the year is plain from the surroundings."""
    if value is None:
        return MISSING
    return f"{value.year} 年 {value.month} 月" if year else f"{value.month} 月"


def moment(value: datetime | None) -> str:
    """A time of day: ``14:05``."""
    return MISSING if value is None else f"{value:%H:%M}"


def age(seconds: float) -> str:
    """How long ago, in the largest whole unit: ``2 分钟``, ``3 小时``, ``5 天``."""
    for size, word in ((86_400, "天"), (3_600, "小时"), (60, "分钟")):
        if seconds >= size:
            return f"{int(seconds // size)} {word}"
    return f"{max(0, int(seconds))} 秒"


def ems(text: str) -> float:
    """Width of a text in units of its font size: Chinese characters are square, others about half."""
    return sum(1.0 if unicodedata.east_asian_width(char) in "WF" else 0.58 for char in text)


def shorten(text: str, widest: float) -> str:
    """The text, cut with … where it is wider than ``widest`` ems."""
    if ems(text) <= widest:
        return text
    kept = ""
    for char in text:
        if ems(kept + char) > widest - 1:
            break
        kept += char
    return f"{kept}…"
