"""Targets and pace: how far a year's task is done, and whether that is ahead of the calendar.

完成率 is the value to date in per cent of the year's target; of a share (unit %), whose target is a share too, it is
the share itself. 序时进度 is the part of the year that is over. 快/慢 is the difference, in 百分点: of a share against
target × 序时进度, the share that would be due by now.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from data.judgement import Aim, Judgement
from data.periods import ONE_DAY, Period
from data.regions import Regions
from data.semantic.spec import Bucket, Indicator

SUMMED = "各区市目标合计"
"""Source of a target that nobody set for a region as a whole."""

EVEN = 0.05
"""百分点 that are shown as 0.0: neither ahead nor behind."""


@dataclass(frozen=True)
class Pace:
    """``rate`` 完成率, ``elapsed`` 序时进度 and ``due``, the rate that would be on time; all in per cent."""

    rate: float
    elapsed: float
    due: float

    @property
    def ahead(self) -> float:
        """快 (positive) or 慢 (negative) by so many 百分点."""
        return self.rate - self.due

    @property
    def words(self) -> str:
        """``快于序时 3.1 个百分点``."""
        if abs(self.ahead) < EVEN:
            return "与序时持平"
        return f"{'快' if self.ahead > 0 else '慢'}于序时 {abs(self.ahead):,.1f} 个百分点"


@dataclass(frozen=True)
class Standing:
    """A figure against its target. ``pace`` is None where the target is a level and not a year's task.

    ``part`` is ``(5, 6)`` where only five of six districts have reported.
    """

    value: float
    aim: Aim
    reached: bool
    last: date
    pace: Pace | None = None
    part: tuple[int, int] | None = None

    @property
    def words(self) -> str:
        """``完成率 78.2%，序时进度 89.9%，慢于序时 11.7 个百分点（5/6 区市已报）``."""
        late = f"（{self.part[0]}/{self.part[1]} 区市已报）" if self.part else ""
        if self.pace is None:
            return ("已达到目标" if self.reached else "未达到目标") + late
        pace = self.pace
        return f"完成率 {pace.rate:,.1f}%，序时进度 {pace.elapsed:,.1f}%，{pace.words}{late}"


def year_to_date(last: date) -> Bucket:
    """From 1 January of the year of ``last`` to that day: what a year's target is compared with."""
    lo = date(last.year, 1, 1)
    return Period("ytd", lo, last + ONE_DAY, date(last.year + 1, 1, 1)).bucket


def elapsed(last: date, *, merged: bool = False) -> float | None:
    """Part of the year that is over at the end of ``last``, 0…1, by days: of a leap year one day is 1/366.

    ``merged``: the statistics have January and February together, so complete months count, and before the end of
    February there is nothing to compare: None.
    """
    after = last + ONE_DAY
    if not merged:
        begin = date(last.year, 1, 1)
        return (after - begin).days / (date(last.year + 1, 1, 1) - begin).days
    months = 12 if after.year > last.year else after.month - 1
    return months / 12 if months >= 2 else None


def is_share(indicator: Indicator) -> bool:
    """Whether its values and targets are shares, in per cent."""
    return indicator.unit == "%"


def is_shared(indicator: Indicator) -> bool:
    """Whether the city's target holds for every part of it too: a national line, or a share."""
    return indicator.target_kind == "national" or is_share(indicator)


def has_pace(indicator: Indicator, additive: bool) -> bool:
    """Whether the year's target is worked off through the year: a sum or a share that ought to grow."""
    return indicator.target_kind == "annual_task" and indicator.better != "lower" and (additive or is_share(indicator))


def aim_of(
    judgement: Judgement, regions: Regions, indicator: Indicator, additive: bool, region: str, year: int
) -> Aim | None:
    """The target of a region: its own; else the city's where it is shared; else the sum of its districts' targets.

    A sum needs an additive indicator and a target in every district; 市本级 adds its own where it has one. So it is
    never half a target. None where there is no target.
    """
    region = regions.resolve(region)
    if own := judgement.target(indicator.code, region, year):
        return own
    if is_shared(indicator):
        return judgement.target(indicator.code, regions.root, year)
    inside = regions.districts(region)
    return summed(judgement, regions, indicator, inside, year) if additive and inside != (region,) else None


def summed(
    judgement: Judgement, regions: Regions, indicator: Indicator, districts: Iterable[str], year: int
) -> Aim | None:
    """The sum of the targets of these districts; None unless each has one, but for 市本级, which need not."""
    found = [(regions.nodes[d].kind, judgement.target(indicator.code, d, year)) for d in districts]
    if not any(aim for _, aim in found) or any(aim is None and kind != "unit" for kind, aim in found):
        return None
    return Aim(sum(aim.value for _, aim in found if aim), SUMMED)


def pace_of(indicator: Indicator, additive: bool, value: float, target: float, last: date) -> Pace | None:
    """Pace of a value to date; None where there is none: no year's task, no target to divide by, too early a day."""
    over = elapsed(last, merged=indicator.january_with_february)
    if not has_pace(indicator, additive) or target <= 0 or over is None:
        return None
    if is_share(indicator):
        return Pace(value, 100 * over, target * over)
    return Pace(100 * value / target, 100 * over, 100 * over)


def standing_of(
    indicator: Indicator,
    additive: bool,
    value: float | None,
    aim: Aim | None,
    last: date,
    part: tuple[int, int] | None = None,
) -> Standing | None:
    """How a value to date stands against a target; None where either is missing."""
    if value is None or aim is None:
        return None
    target = aim.value
    reached = value <= target if indicator.better == "lower" else value >= target
    return Standing(value, aim, reached, last, pace_of(indicator, additive, value, target, last), part)
