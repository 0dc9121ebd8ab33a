"""What one cell says: numbers, days, code words and texts as clerks write them. Pure functions.

A value that can't be read raises :class:`CellError` with the reason and what to do, in the clerk's words. Three kinds
of nothing are kept apart: :data:`BLANK` (not filled in, a default may step in), :data:`NONE` (“—”: there is none, no
default steps in), and ``0``, which is a number.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, InvalidOperation
from enum import Enum
from fractions import Fraction
from functools import lru_cache
from math import isfinite
from typing import Any, Final, Literal

DateOrder = Literal["ymd", "dmy", "mdy"]
Rounding = Literal["refuse", "half_up", "half_even"]


class CellError(ValueError):
    """A cell that can't be read: ``reason`` says why, ``remedy`` what to write instead."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.remedy = remedy


class Nothing(Enum):
    """The two writings of no value."""

    BLANK = "blank"
    NONE = "none"


BLANK: Final = Nothing.BLANK
NONE: Final = Nothing.NONE

_DASHES = frozenset({"-", "--", "---", "—", "——", "―", "–", "－", "/", "／", "\\", "无", "n/a", "na", "#n/a", "null"})
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_WIDE |= {0x3000: 0x20, 0x2212: 0x2D, 0xA0: 0x20, 0x3002: 0x2E}
_INVISIBLE = {0xFEFF: None, 0x200B: None, 0x200E: None, 0x200F: None}


def narrow(value: Any) -> str:
    """``value`` as text with full-width letters, digits and signs made half-width, and trimmed."""
    text = _plain(value) if isinstance(value, float) else str(value)
    return text.translate(_INVISIBLE).translate(_WIDE).strip()


def nothing(value: Any) -> Nothing | None:
    """Whether ``value`` says nothing, and which nothing; None where it says something (a zero does)."""
    if value is None:
        return BLANK
    if not isinstance(value, str):
        return None
    if len(value) > 5 and value.isprintable() and not value.isspace():
        return None  # longer than any way of saying nothing; most cells are
    return _nothing(value)


@lru_cache(maxsize=4096)
def _nothing(value: str) -> Nothing | None:
    text = narrow(value)
    if not text:
        return BLANK
    return NONE if text.lower() in _DASHES else None


def show(value: Any) -> str:
    """``value`` as a person would read it in the file; for messages and the quarantine."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat(" ", "seconds")
    if isinstance(value, float):
        return _plain(value)
    return str(value)


def _plain(value: float) -> str:
    """A float as Excel shows it: 15 significant digits, no exponent, no trailing zero."""
    if not isfinite(value):
        return str(value)
    text = format(Decimal(format(value, ".15g")), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


# --- texts -------------------------------------------------------------------------------------------------------


def text(value: Any, length: int | None = None, *, key: bool = False) -> str:
    """A text of at most ``length`` characters; a ``key`` (number, code) is made half-width without inner spaces."""
    if isinstance(value, str) and value.isascii() and value.isalnum():
        found = value
    else:
        found = "".join(narrow(value).split()) if key else " ".join(show(value).translate(_INVISIBLE).split())
    if not found.isprintable() and any(unicodedata.category(char) in ("Cc", "Cs") for char in found):
        raise CellError("含有不可见的控制字符", "重新录入本格")
    if length is not None and len(found) > length:
        raise CellError(f"长 {len(found)} 字，超过 {length} 字", f"缩短到 {length} 字以内")
    return found


# --- numbers -----------------------------------------------------------------------------------------------------

UNITS: dict[str, tuple[str, Fraction]] = {
    "元": ("money", Fraction(1)),
    "千元": ("money", Fraction(1_000)),
    "万元": ("money", Fraction(10_000)),
    "百万元": ("money", Fraction(1_000_000)),
    "亿元": ("money", Fraction(100_000_000)),
    "㎡": ("area", Fraction(1)),
    "万㎡": ("area", Fraction(10_000)),
    "公顷": ("area", Fraction(10_000)),
    "亩": ("area", Fraction(2000, 3)),
    "平方英尺": ("area", Fraction(9290304, 100_000_000)),
    "套": ("count", Fraction(1)),
    "万套": ("count", Fraction(10_000)),
}
"""Unit → what it measures, and how many of the base unit (元, ㎡, 套) it is."""

_SPELLINGS = {
    "平方米": "㎡",
    "平米": "㎡",
    "m2": "㎡",
    "m²": "㎡",
    "㎡": "㎡",
    "平方": "㎡",
    "万平方米": "万㎡",
    "万平米": "万㎡",
    "万m2": "万㎡",
    "sqft": "平方英尺",
    "sq.ft.": "平方英尺",
    "sf": "平方英尺",
    "ft2": "平方英尺",
    "ft²": "平方英尺",
    "人民币元": "元",
    "圆": "元",
    "户": "套",
    "个": "套",
    "间": "套",
}
_MULTIPLES = {"千": Fraction(1_000), "万": Fraction(10_000), "百万": Fraction(1_000_000), "亿": Fraction(100_000_000)}
_NUMBER = re.compile(
    r"(?P<number>[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d{1,3})?)(?P<suffix>(?:[^\d.,+-].*)?)", re.IGNORECASE
)
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?(?:[^\d.,].*)?")
_NUMBER_REMEDY = "填阿拉伯数字，如 1234.56；可带千分位或 万、亿"


def unit(word: str) -> str | None:
    """The unit that ``word`` spells (平方米 → ㎡); None where it is none known."""
    plain = "".join(narrow(word).lower().split())
    plain = _SPELLINGS.get(plain, plain)
    return plain if plain in UNITS else None


def factor(of: str, base: str) -> Fraction:
    """How many ``base`` one ``of`` is; ValueError where they measure different things."""
    (kind, size), (base_kind, base_size) = UNITS[of], UNITS[base]
    if kind != base_kind:
        raise ValueError(f"{of} 不能换算为 {base}")
    return size / base_size


def usual_rounding(of: str, base: str) -> Rounding:
    """What becomes of decimals in a conversion: unless it is a whole multiple it leaves endless ones, to be rounded."""
    return "refuse" if factor(of, base).denominator == 1 else "half_up"


def number(
    value: Any,
    decimals: int,
    *,
    base: str = "",
    column_unit: str = "",
    times: Fraction = Fraction(1),
    rounding: Rounding = "refuse",
) -> Decimal:
    """A number with ``decimals`` places in unit ``base``.

    ``column_unit`` is the unit that the column's heading names; a unit in the cell itself (120万元) rules over it.
    ``times`` is a further factor of the mapping. A value finer than ``decimals`` is refused unless ``rounding`` is set.
    """
    amount, suffix = _amount(value)
    exact = amount * times * _scale(suffix, base, column_unit)
    return _settle(exact, decimals, rounding)


def _amount(value: Any) -> tuple[Fraction, str]:
    """The bare number in a cell, and what is written after it."""
    if isinstance(value, bool):
        raise CellError("是“是/否”，不是数字", _NUMBER_REMEDY)
    if isinstance(value, (int, Decimal)):
        return Fraction(value), ""
    if isinstance(value, float):
        if not isfinite(value):
            raise CellError("不是有限的数字", _NUMBER_REMEDY)
        return Fraction(_plain(value)), ""
    if isinstance(value, (date, datetime)):
        raise CellError("是日期，不是数字", "把单元格格式改为数值后重新填写")
    plain = "".join(narrow(value).split()).lstrip("¥$￥")
    negative = plain.startswith("(") and plain.endswith(")")
    plain = plain[1:-1].lstrip("¥$￥") if negative else plain
    if "," in plain:
        if not _THOUSANDS.fullmatch(plain):
            raise CellError(f"“{show(value)}”的千分位写法有误", "千分位每三位一个逗号，小数点用“.”")
        plain = plain.replace(",", "")
    found = _NUMBER.fullmatch(plain)
    if not found:
        raise CellError(f"“{show(value)}”不是数字", _NUMBER_REMEDY)
    try:
        amount = Fraction(found["number"])
    except (ValueError, InvalidOperation):  # pragma: no cover - the pattern admits only numbers
        raise CellError(f"“{show(value)}”不是数字", _NUMBER_REMEDY) from None
    return (-amount if negative else amount), found["suffix"]


def _scale(suffix: str, base: str, column_unit: str) -> Fraction:
    """Factor that the writing after a number, or else the column's unit, stands for."""
    if not suffix:
        return factor(column_unit, base) if column_unit and base else Fraction(1)
    named = unit(suffix)
    if named is not None and base:
        if UNITS[named][0] != UNITS[base][0]:
            raise CellError(f"单位“{suffix}”与本列（{base}）不符", f"换算为{base}后填写")
        return factor(named, base)
    if suffix in _MULTIPLES:
        if column_unit and column_unit != base:
            reason = f"本列单位是{column_unit}，格内又写“{suffix}”，无法判断大小"
            raise CellError(reason, f"只写以{column_unit}计的数字")
        return _MULTIPLES[suffix]
    raise CellError(f"数字后的“{suffix}”无法识别", _NUMBER_REMEDY)


def _settle(exact: Fraction, decimals: int, rounding: Rounding) -> Decimal:
    """``exact`` with ``decimals`` places."""
    scaled = exact * 10**decimals
    if scaled.denominator == 1:
        units = int(scaled)
    elif rounding == "refuse":
        raise CellError(
            f"小数多于 {decimals} 位" if decimals else "应为整数", f"保留 {decimals} 位小数，或在读法中选择四舍五入"
        )
    else:
        # Past 30 places a decimal stands for the fraction well enough to tell which side of a half it lies on.
        wide = Decimal(scaled.numerator) / Decimal(scaled.denominator)
        mode = ROUND_HALF_UP if rounding == "half_up" else ROUND_HALF_EVEN
        units = int(wide.quantize(Decimal(1), rounding=mode))
    if abs(units) >= 10**17:
        raise CellError("数值过大", "核对单位与位数")
    return Decimal(units).scaleb(-decimals)


# --- days --------------------------------------------------------------------------------------------------------

_EXCEL_EPOCH = date(1899, 12, 30)
_SERIALS = range(18_264, 73_051)
"""Excel's numbers of the days 1950-01-01 … 2099-12-31."""

_DAY_REMEDY = "写成 2026-11-24"
_TIME = re.compile(r"[ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?$")
_PARTS = re.compile(r"(\d{1,4})[-./年](\d{1,2})[-./月](\d{1,4})[日号]?")


def day(value: Any, order: DateOrder = "ymd") -> date:
    """A day, from a date cell, an Excel serial, or any of the usual writings; ``order`` settles 11/24/2026."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    plain = "".join(_TIME.sub("", narrow(value)).split())
    serial = plain.removesuffix(".0")
    if serial.isdigit() and len(serial) == 5:
        return _serial(int(serial))
    if isinstance(value, float) and isfinite(value) and not value.is_integer():
        return _serial(int(value))
    if serial.isdigit() and len(serial) == 8:
        return _calendar(*_split_eight(serial, order), value)
    found = _PARTS.fullmatch(plain)
    if not found:
        raise CellError(f"“{show(value)}”不是日期", _DAY_REMEDY)
    first, second, third = found.groups()
    if len(first) == 4 and len(third) <= 2:
        return _calendar(int(first), int(second), int(third), value)
    if len(third) == 4 and len(first) <= 2:
        if order == "ymd":
            raise CellError(f"“{show(value)}”无法判断月和日的先后", f"{_DAY_REMEDY}，或在读法中指明次序")
        head, tail = int(first), int(second)
        return _calendar(int(third), *((head, tail) if order == "mdy" else (tail, head)), value)
    raise CellError(f"“{show(value)}”的年份不是四位", _DAY_REMEDY)


def _serial(serial: int) -> date:
    if serial not in _SERIALS:
        raise CellError(f"数字 {serial} 不是合理的日期", _DAY_REMEDY)
    return _EXCEL_EPOCH + timedelta(days=serial)


def _split_eight(digits: str, order: DateOrder) -> tuple[int, int, int]:
    if order == "ymd":
        return int(digits[:4]), int(digits[4:6]), int(digits[6:])
    head, tail = int(digits[:2]), int(digits[2:4])
    return int(digits[4:]), *((head, tail) if order == "mdy" else (tail, head))


def _calendar(year: int, month: int, day_: int, value: Any) -> date:
    if not 1900 <= year <= 2099:
        raise CellError(f"“{show(value)}”的年份不合理", _DAY_REMEDY)
    try:
        return date(year, month, day_)
    except ValueError:
        raise CellError(f"“{show(value)}”没有这一天", "核对月和日") from None


# --- codes -------------------------------------------------------------------------------------------------------

_YES = frozenset({"是", "有", "y", "yes", "true", "t", "1", "√", "✓", "✔"})
_NO = frozenset({"否", "不是", "n", "no", "false", "f", "0", "×", "✗", "x"})
_LOOK_ALIKE = {"—": "-", "–": "-", "～": "-", "~": "-", "至": "-"} | dict.fromkeys(("㎡", "m²", "m2", "平米"), "平方米")


def word(value: Any) -> str:
    """The form in which words are compared: half-width, lower case, one spelling of dashes and square metres."""
    plain = "".join(narrow(value).lower().split())
    for seen, same in _LOOK_ALIKE.items():
        plain = plain.replace(seen, same)
    return re.sub("-+", "-", plain)


def code(value: Any, codes: Mapping[str, str], translations: Mapping[str, str] | None = None) -> str:
    """The code that a cell names: by the mapping's own ``translations``, by its code, or by its word."""
    said = word(value)
    for seen, meant in (translations or {}).items():
        if word(seen) == said:
            return meant
    for known, zh in codes.items():
        if said in (known.lower(), word(zh)):
            return known
    if set(codes) == {"yes", "no"}:
        if said in _YES:
            return "yes"
        if said in _NO:
            return "no"
    listed = "、".join(list(codes.values())[:8])
    raise CellError(f"“{show(value)}”不在码表中", f"填 {listed} 之一，或在读法中写明对应")
