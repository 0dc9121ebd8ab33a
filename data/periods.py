"""Periods of the filter bar: 日 周 月 季 年 累计 自定义, as half-open ranges of Shanghai days.

A token names a period in the URL: ``2026-11-24``, ``2026-W47``, ``2026-10``, ``2026-Q3``, ``2026``, ``2026-ytd``,
``2026-01-05..2026-02-07`` (both ends included), and the symbolic ``day week month quarter year ytd``, which follow
the data: the last complete period, or the year to date.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

from data.errors import PlatformError
from data.semantic.spec import Bucket

Kind = Literal["day", "week", "month", "quarter", "year", "ytd", "range"]
KINDS: dict[Kind, str] = {
    "day": "日",
    "week": "周",
    "month": "月",
    "quarter": "季",
    "year": "年",
    "ytd": "累计",
    "range": "自定义",
}
GRAINS: tuple[Kind, ...] = ("day", "week", "month", "quarter", "year")
"""Kinds that follow one another without end, from the finest."""

ONE_DAY = timedelta(days=1)
FIRST_YEAR = 1900
"""No period of the trade begins before."""


@dataclass(frozen=True)
class Period:
    """The days ``lo <= day < hi``; ``full_hi`` is the natural end, later than ``hi`` while the period is open."""

    kind: Kind
    lo: date
    hi: date
    full_hi: date

    @property
    def open(self) -> bool:
        """Whether days are still to come (进行中)."""
        return self.hi < self.full_hi

    @property
    def last(self) -> date:
        """Its last day."""
        return self.hi - ONE_DAY

    @property
    def bucket(self) -> Bucket:
        """As a bucket of a query."""
        return Bucket(self.lo, self.hi, self.label)

    @property
    def joined(self) -> bool:
        """Whether January and February are one period (1—2月), as the statistics have them."""
        return self.kind == "month" and add_months(self.lo, 2) == self.full_hi

    @property
    def token(self) -> str:
        """Its fixed name in a URL."""
        lo = self.lo
        match self.kind:
            case "day":
                return lo.isoformat()
            case "week":
                year, week, _ = lo.isocalendar()
                return f"{year}-W{week:02d}"
            case "month":
                return f"{lo:%Y}-02" if self.joined else f"{lo:%Y-%m}"
            case "quarter":
                return f"{lo.year}-Q{quarter_of(lo)}"
            case "year":
                return str(lo.year)
            case "ytd":
                return f"{lo.year}-ytd"
        return f"{lo.isoformat()}..{self.last.isoformat()}"

    @property
    def fixed(self) -> str:
        """A name that means these very days for ever; that of a period still open would grow with the data."""
        return f"{self.lo.isoformat()}..{self.last.isoformat()}" if self.open else self.token

    @property
    def label(self) -> str:
        """Its name on the screen."""
        lo, last = self.lo, self.last
        year, week, _ = lo.isocalendar()
        words = {
            "day": f"{lo.year} 年 {lo.month} 月 {lo.day} 日",
            "week": f"{year} 年第 {week} 周",
            "month": f"{lo.year} 年 {'1—2' if self.joined else lo.month} 月",
            "quarter": f"{lo.year} 年 {quarter_of(lo)} 季度",
            "year": f"{lo.year} 年",
            "ytd": f"{lo.year} 年累计至 {last:%m-%d}",
            "range": f"{lo.isoformat()} 至 {last.isoformat()}",
        }
        return words[self.kind] + ("（进行中）" if self.open and self.kind != "ytd" else "")

    def previous(self) -> Period | None:
        """The period before (环比); an open one is compared with the same elapsed days.

        None for 累计 and for 1—2月: no single month is like two.
        """
        if self.kind == "ytd" or self.joined:
            return None
        if self.kind == "range":
            return Period("range", self.lo - (self.hi - self.lo), self.lo, self.lo)
        lo = step(self.kind, self.lo, -1)
        return self._same_days(lo, self.lo)

    def year_before(self) -> Period:
        """The same period a year before (同比); weeks by the same number of days, 52 weeks earlier."""
        if self.kind == "week":
            shift = timedelta(weeks=52)
            return Period("week", self.lo - shift, self.hi - shift, self.full_hi - shift)
        lo, full = add_months(self.lo, -12), add_months(self.full_hi, -12)
        if self.kind in ("range", "ytd", "day"):
            return Period(self.kind, lo, add_months(self.last, -12) + ONE_DAY, full)
        return self._same_days(lo, full)

    def _same_days(self, lo: date, full: date) -> Period:
        hi = min(full, lo + (self.hi - self.lo)) if self.open else full
        return Period(self.kind, lo, hi, full)


def at_grain(period: Period, grain: Kind, end: date, *, joined: bool = False) -> Period:
    """The period over which a figure of this grain is read where ``period`` is asked for, with data up to ``end``.

    Where the figure is published more coarsely than asked, it is the last complete one at or before the period's end:
    never blank, never divided. 累计 runs on to its own end, unless the figure is yearly. ``joined`` figures have
    January and February as one.
    """
    if _is_finer(period, grain):
        period = latest(grain, period.last)
        if joined and period.kind == "month" and period.lo.month == 1:
            period = latest("month", period.lo - ONE_DAY)  # January alone is not published
    if not joined or period.kind != "month" or period.lo.month > 2:
        return period
    lo, full = date(period.lo.year, 1, 1), date(period.lo.year, 3, 1)
    return Period("month", lo, min(full, end + ONE_DAY), full)


def _is_finer(period: Period, grain: Kind) -> bool:
    if grain == "day":
        return False
    if period.kind == "ytd":
        return grain == "year"
    if period.kind == "range":
        return start(grain, period.lo) != period.lo or start(grain, period.hi) != period.hi
    return GRAINS.index(period.kind) < GRAINS.index(grain)


def parse_period(token: str, end: date) -> Period:
    """The period that ``token`` names, cut at ``end``, the last day with complete data.

    A symbolic token gives the last complete period (累计: the year to date). Refuses a token it can't read and a
    period that begins after ``end``.
    """
    if token in KINDS.keys() - {"range"}:
        return latest(token, end)
    kind, lo, full = _read_token(token)
    if lo > end:
        raise PlatformError(f"期间 {token} 尚无数据，数据截至 {end.isoformat()}", "期间", "选择更早的期间")
    return Period(kind, lo, min(full, end + ONE_DAY), full)


def latest(kind: Kind, end: date) -> Period:
    """The last period of ``kind`` that is complete by ``end``; 累计: the year that ``end`` lies in, so far."""
    if kind == "ytd":
        lo = date(end.year, 1, 1)
        return Period("ytd", lo, end + ONE_DAY, date(end.year + 1, 1, 1))
    lo = start(kind, end)
    if step(kind, lo, 1) > end + ONE_DAY:
        lo = step(kind, lo, -1)
    hi = step(kind, lo, 1)
    return Period(kind, lo, hi, hi)


def start(kind: Kind, day: date) -> date:
    """First day of the period of ``kind`` in which ``day`` lies; weeks begin on Monday."""
    if kind == "week":
        return day - timedelta(days=day.weekday())
    if kind == "month":
        return month_of(day)
    if kind == "quarter":
        return date(day.year, 3 * quarter_of(day) - 2, 1)
    if kind in ("year", "ytd"):
        return date(day.year, 1, 1)
    return day


def step(kind: Kind, lo: date, count: int) -> date:
    """First day of the period ``count`` after the one that begins on ``lo``."""
    if kind == "day":
        return lo + timedelta(days=count)
    if kind == "week":
        return lo + timedelta(weeks=count)
    return add_months(lo, count * {"month": 1, "quarter": 3, "year": 12}[kind])


@lru_cache(maxsize=128)
def buckets(kind: Kind, lo: date, hi: date) -> tuple[Bucket, ...]:
    """Consecutive periods of ``kind`` that cover ``[lo, hi)``; the last may reach beyond ``hi``."""
    found = []
    begin = start(kind, lo)
    while begin < hi:
        end = step(kind, begin, 1)
        found.append(Bucket(begin, end, Period(kind, begin, end, end).token))
        begin = end
    return tuple(found)


def month_of(day: date) -> date:
    """First day of its month."""
    return day.replace(day=1)


def quarter_of(day: date) -> int:
    """Quarter 1–4."""
    return (day.month + 2) // 3


def add_months(day: date, count: int) -> date:
    """``day`` a number of calendar months later; the 31st becomes a shorter month's last day."""
    index = day.year * 12 + day.month - 1 + count
    year, month = divmod(index, 12)
    first_of_next = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return date(year, month + 1, min(day.day, (first_of_next - ONE_DAY).day))


_TOKENS = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})|(?P<week>\d{4}-W\d{2})|(?P<month>\d{4}-\d{2})|(?P<quarter>\d{4}-Q[1-4])"
    r"|(?P<ytd>\d{4}-ytd)|(?P<year>\d{4})|(?P<range>\d{4}-\d{2}-\d{2}\.\.\d{4}-\d{2}-\d{2})"
)


def _read_token(token: str) -> tuple[Kind, date, date]:
    match = _TOKENS.fullmatch(token)
    try:
        if match is None:
            raise ValueError(token)
        kind: Kind = match.lastgroup  # type: ignore[assignment]
        if kind == "range":
            first, last = (date.fromisoformat(part) for part in token.split(".."))
            if last < first or first.year < FIRST_YEAR:
                raise ValueError(token)
            return kind, first, last + ONE_DAY
        lo = {
            "ytd": lambda: date(int(token[:4]), 1, 1),
            "day": lambda: date.fromisoformat(token),
            "week": lambda: date.fromisocalendar(int(token[:4]), int(token[6:]), 1),
            "month": lambda: date.fromisoformat(token + "-01"),
            "quarter": lambda: date(int(token[:4]), int(token[6]) * 3 - 2, 1),
            "year": lambda: date(int(token), 1, 1),
        }[kind]()
        if lo.year < FIRST_YEAR:
            raise ValueError(token)  # the year before it could not be named
        return kind, lo, step("year" if kind == "ytd" else kind, lo, 1)
    except (ValueError, OverflowError):
        raise PlatformError(f"读不懂期间“{token}”", "网址中的 p", "在筛选栏重新选择期间") from None
