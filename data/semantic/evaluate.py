"""What an indicator's expression needs from its cubes, and its values once the sums are there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from data.periods import ONE_DAY, add_months
from data.semantic.plan import Amounts, Sums
from data.semantic.registry import Registry
from data.semantic.spec import (
    Bucket,
    Const,
    Cube,
    During,
    Expr,
    Measure,
    Member,
    Of,
    Operation,
    Quantile,
    ToDate,
)

Source = tuple[Cube, str]
"""A cube, and the dimension of numbers that is left apart for a quantile (none: empty)."""


@dataclass(frozen=True)
class Window:
    """Over which days an expression looks at a bucket: its own, the ``months`` before its end, or the year to date."""

    months: int = 0
    to_date: bool = False

    def of(self, bucket: Bucket) -> Bucket:
        """The days looked at. An empty bucket has none, whatever the window."""
        if bucket.hi <= bucket.lo:
            return bucket
        if self.months:
            return Bucket(add_months(bucket.hi, -self.months), bucket.hi)
        return Bucket(date((bucket.hi - ONE_DAY).year, 1, 1), bucket.hi) if self.to_date else bucket


ITSELF = Window()
YEAR_TO_DATE = Window(to_date=True)


@dataclass(frozen=True)
class Need:
    """A measure that an expression reads over a window.

    ``apart`` is the number dimension of a quantile. ``edge`` reads what entered or left a state since its beginning:
    up to the bucket's ``end``, or through its ``start`` day.
    """

    cube: Cube
    measure: Measure
    window: Window = ITSELF
    apart: str = ""
    edge: Literal["", "start", "end"] = ""

    @property
    def holds(self) -> bool:
        """Whether it holds at the bucket's end, rather than counting what happens within it."""
        return self.cube.is_state(self.measure)

    def bounds(self, bucket: Bucket) -> tuple[date, ...]:
        """Days at which running sums are wanted: both ends of a sum, the end of a state."""
        days = self.window.of(bucket)
        if self.edge == "start":
            return (days.lo + ONE_DAY,)
        return (days.hi,) if self.holds or self.edge else (days.lo, days.hi)

    def begins(self, buckets: Iterable[Bucket]) -> list[date]:
        """Of each bucket the earliest day whose data the measure rests on: of a state the day itself, of a sum the
        first.
        """
        days = [self.window.of(bucket) for bucket in buckets]
        return [each.hi - ONE_DAY for each in days] if self.holds else [each.lo for each in days]

    def span(self, bucket: Bucket) -> tuple[date, date]:
        """The days over which distinct members are counted."""
        days = self.window.of(bucket)
        return days.lo, days.hi


def needs(expr: Expr, registry: Registry, window: Window = ITSELF) -> tuple[Need, ...]:
    """Every measure that ``expr`` reads, those of the indicators it refers to included.

    Of windows within one another the inner one rules: each depends on the bucket's end alone.
    """
    if isinstance(expr, Operation):
        return needs(expr.left, registry, window) + needs(expr.right, registry, window)
    if isinstance(expr, ToDate):
        return needs(expr.of, registry, YEAR_TO_DATE)
    if isinstance(expr, Of):
        return needs(registry[expr.code].value, registry, Window(expr.months) if expr.months else window)
    if isinstance(expr, Measure):
        return (Need(registry.cube_of(expr), expr, window),)
    if isinstance(expr, Quantile):
        return (Need(registry.cube_of(expr.count), expr.count, window, apart=expr.over),)
    if isinstance(expr, During):
        cube = registry.cube_of(expr.entered)
        return Need(cube, expr.entered, window, edge="end"), Need(cube, expr.left, window, edge="start")
    return ()


def begins(wanted: Iterable[Need], buckets: Sequence[Bucket]) -> list[date]:
    """Of each bucket the earliest day whose data any need rests on."""
    alike = {(need.window, need.holds): need for need in wanted}  # the days of these begin alike
    return [min(days) for days in zip(*(need.begins(buckets) for need in alike.values()), strict=True)]


def evaluator(
    expr: Expr, buckets: Sequence[Bucket], sums: Mapping[Source, Sums], registry: Registry
) -> Callable[[Member], list[float | None]]:
    """What gives a member's values of ``expr`` in natural units, one a bucket.

    A value is None where it divides by zero, or has nothing to rank. All that members have in common is looked up
    once: an answer has thousands of them.
    """
    if isinstance(expr, Const):
        return lambda _member: [expr.value] * len(buckets)
    if isinstance(expr, ToDate):
        return evaluator(expr.of, [YEAR_TO_DATE.of(bucket) for bucket in buckets], sums, registry)
    if isinstance(expr, Of):
        days = Window(expr.months)
        return evaluator(registry[expr.code].value, [days.of(bucket) for bucket in buckets], sums, registry)
    if isinstance(expr, Measure):
        return _natural(_amounts(expr, buckets, sums, registry), expr.decimals)
    if isinstance(expr, During):
        return _natural(_during(expr, buckets, sums, registry), expr.entered.decimals)
    if isinstance(expr, Quantile):
        counted = sums[registry.cube_of(expr.count), expr.over].histograms(expr.count, buckets)
        return lambda member: [quantile(counts, expr.p) for counts in counted(member)]
    assert isinstance(expr, Operation)
    left = evaluator(expr.left, buckets, sums, registry)
    right = evaluator(expr.right, buckets, sums, registry)
    combined = COMBINED[expr.sign]
    return lambda member: [combined(a, b) for a, b in zip(left(member), right(member), strict=True)]


def quantile(counts: Mapping[int, int], p: float) -> float | None:
    """The ``p``-quantile of numbers that show ``counts[number]`` times, interpolated as PERCENTILE_CONT does.

    Of n numbers in order, the one at place p (n - 1), counted from nought; None where there are none.
    """
    numbers = sorted(number for number, times in counts.items() if times > 0)
    total = sum(counts[number] for number in numbers)
    if not total:
        return None
    place = p * (total - 1)
    below = int(place)
    low, high = _at(counts, numbers, below), _at(counts, numbers, min(below + 1, total - 1))
    return low + (place - below) * (high - low)


def _at(counts: Mapping[int, int], numbers: Sequence[int], place: int) -> int:
    for number in numbers:
        if place < counts[number]:
            return number
        place -= counts[number]
    raise IndexError(place)


def _natural(amounts: Amounts, decimals: int) -> Callable[[Member], list[float | None]]:
    scale = 10**decimals
    return lambda member: [amount / scale for amount in amounts(member)]


def _amounts(measure: Measure, buckets: Sequence[Bucket], sums: Mapping[Source, Sums], registry: Registry) -> Amounts:
    cube = registry.cube_of(measure)
    found = sums[cube, ""]
    if measure.how == "set":
        return found.distinct(measure, buckets)
    if cube.is_state(measure):
        return found.until(measure, [bucket.hi for bucket in buckets])
    return found.sums(measure, buckets)


def _during(expr: During, buckets: Sequence[Bucket], sums: Mapping[Source, Sums], registry: Registry) -> Amounts:
    found = sums[registry.cube_of(expr.entered), ""]
    entered = found.until(expr.entered, [bucket.hi for bucket in buckets])
    left = found.until(expr.left, [bucket.lo + ONE_DAY for bucket in buckets])
    return lambda member: [came - gone for came, gone in zip(entered(member), left(member), strict=True)]


def _plus(left: float | None, right: float | None) -> float | None:
    return None if left is None or right is None else left + right


def _minus(left: float | None, right: float | None) -> float | None:
    return None if left is None or right is None else left - right


def _times(left: float | None, right: float | None) -> float | None:
    return None if left is None or right is None else left * right


def _over(left: float | None, right: float | None) -> float | None:
    return left / right if left is not None and right else None


COMBINED: Final = {"+": _plus, "-": _minus, "*": _times, "/": _over}
