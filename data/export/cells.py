"""What a value becomes in a file: text that no spreadsheet takes for a formula, numbers without binary noise."""

from __future__ import annotations

import math
from datetime import date, datetime
from decimal import Decimal

from data import clock
from data.export.table import Cell, Column

FORMULA_STARTS = frozenset("=+-@＝＋－＠\t\r\n\0")
"""First characters that make a spreadsheet evaluate a cell. Full-width ones count in East Asian locales."""

NOISE_DIGITS = 10
"""Decimals kept of a float: one 分 in 亿元 has ten; what lies behind is the dust of binary division."""


MISSING = "—"


def safe_text(value: str) -> str:
    """``value`` as text that a spreadsheet shows and never evaluates: an apostrophe goes before a formula's start.

    Leading blanks don't hide a formula, since some programs trim them. Half a surrogate pair, which no file can hold,
    becomes a question mark.
    """
    text = value.encode("utf-8", "replace").decode("utf-8")
    first = text.lstrip(" \u00a0\u3000")[:1]
    return f"'{text}" if first in FORMULA_STARTS and first else text


def number(value: int | float | Decimal) -> int | float | Decimal | None:
    """``value`` without binary noise; None where it is no number (a division by zero is missing, not an error)."""
    if isinstance(value, float):
        return round(value, NOISE_DIGITS) if math.isfinite(value) else None
    if isinstance(value, Decimal) and not value.is_finite():
        return None
    return value


def shown_text(value: Cell, column: Column) -> str:
    """A cell as it is read on a page: with thousands and decimals, a dash where it is missing."""
    if value is None or value == "":
        return MISSING
    if isinstance(value, date):
        return _csv_time(value, column)
    clean = value if isinstance(value, str) else number(value)
    if clean is None or isinstance(clean, str):
        return clean or MISSING
    text = f"{clean:,.{column.decimals}f}"
    return text if any(digit in text for digit in "123456789") else text.lstrip("-")


def csv_text(value: Cell, column: Column) -> str:
    """One field of a CSV file; missing is empty, never 0 or a dash."""
    if value is None:
        return ""
    if isinstance(value, str):
        return safe_text(value)
    if isinstance(value, date):
        return _csv_time(value, column)
    clean = number(value)
    if clean is None:
        return ""
    # Positional, never 1e-07: a reader of the file should not need to know exponents; a whole number needs no point.
    exact = Decimal(repr(clean)) if isinstance(clean, float) else Decimal(clean)
    text = format(exact, "f")
    return text.removesuffix(".0") if isinstance(clean, float) else text


def _csv_time(value: date, column: Column) -> str:
    if isinstance(value, datetime):
        return clock.local(value).strftime("%Y-%m-%d %H:%M:%S")
    return f"{value:%Y-%m}" if column.kind == "month" else value.isoformat()
