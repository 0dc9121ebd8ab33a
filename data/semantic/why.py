"""Why a figure changed: its change split among the members of a dimension, exactly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from data.semantic.registry import Registry
from data.semantic.spec import Indicator, Member, Series

MOST_NAMED: Final = 2
"""More than two names in a sentence name nobody."""

NOTABLE: Final = 0.1
"""Share of all movement below which a member is no cause, however small it was before."""

HALF: Final = 0.5
"""Share of a change that a member must exceed to be its cause where no earlier share says what is much."""

ROUNDING: Final = 1e-9
"""Shares that differ by less are equal: values are quotients of integers, and are added in floating point."""


@dataclass(frozen=True)
class Part:
    """A member's part of the change, in the indicator's unit: ``delta = rate + mix``.

    For sums and stocks all of it is ``rate``. For quotients ``rate`` is the member's own change at its mean weight,
    ``mix`` the shift of weight towards or away from it. ``size`` is the share that it had of the whole before, of a
    quotient that of the denominator or of the numerator, whichever is larger; None where there was nothing to share.
    """

    member: Member
    before: float | None
    after: float | None
    rate: float
    mix: float
    size: float | None

    @property
    def delta(self) -> float:
        """The member's whole part."""
        return self.rate + self.mix


def divisible(indicator: Indicator, registry: Registry) -> bool:
    """Whether a change can be split at all: distinct members and percentiles of parts do not make up the whole."""
    return registry.shape(indicator.code) is not None


def split(indicator: Indicator, registry: Registry, apart: Series, whole: Series) -> list[Part]:
    """Parts of the change from the first to the second bucket, largest first; they add up to the whole change.

    Quotients split at midpoints: with s a member's share of the denominator and r its value, and R the whole's,
    rate = ½(s0+s1)(r1−r0) and mix = (s1−s0)(½(r0+r1) − ½(R0+R1)). Empty where a whole value is missing, or where the
    figure has no such parts.
    """
    before, after = whole.total()
    if before is None or after is None:
        return []
    shape = registry.shape(indicator.code)
    if registry.adds_up(indicator.code):
        parts = _sum_parts(apart)
    elif apart.denominator and shape is not None:
        parts = _quotient_parts(apart, whole, before, after, shape.scale)
    else:
        return []
    return sorted(parts, key=lambda part: -abs(part.delta))


def _sum_parts(apart: Series) -> list[Part]:
    sizes = _sizes([v0 for v0, _ in apart.values.values()])
    return [
        Part(member, v0, v1, (v1 or 0.0) - (v0 or 0.0), 0.0, size)
        for (member, (v0, v1)), size in zip(apart.values.items(), sizes, strict=True)
    ]


def _quotient_parts(apart: Series, whole: Series, before: float, after: float, scale: float) -> list[Part]:
    weight0, weight1 = whole.denominator[()]
    if not weight0 or not weight1:
        return []
    below = _sizes([apart.denominator[member][0] for member in apart.values])
    above = _sizes([apart.numerator[member][0] for member in apart.values])
    parts = []
    for (member, (r0, r1)), *shares in zip(apart.values.items(), below, above, strict=True):
        (n0, n1), (d0, d1) = apart.numerator[member], apart.denominator[member]
        share0, share1 = (d0 or 0.0) / weight0, (d1 or 0.0) / weight1
        # A member without weight at one end has no value there; its other value stands in, so that all is mix.
        low, high = (r0 if r0 is not None else r1 or 0.0), (r1 if r1 is not None else r0 or 0.0)
        # ½(s0+s1)(r1−r0), written so that a numerator over no denominator (money without a quota) is not lost.
        moved = scale * ((n1 or 0.0) / weight1 - (n0 or 0.0) / weight0)
        rate = moved - (share1 - share0) * (low + high) / 2
        mix = (share1 - share0) * ((low + high) / 2 - (before + after) / 2)
        parts.append(Part(member, r0, r1, rate, mix, max((s for s in shares if s is not None), default=None)))
    return parts


def _sizes(amounts: Sequence[float | None]) -> list[float | None]:
    """Each amount's share of their sum.

    Where cancellations make some negative it is the share of their sizes, if that is larger: a member is not small
    because others cancel it.
    """
    there = [amount or 0.0 for amount in amounts]
    total, gross = sum(there), sum(abs(amount) for amount in there)
    if not gross:
        return [None] * len(there)
    return [max(abs(amount) / gross, amount / total if total else 0.0) for amount in there]


def share(part: Part, parts: Sequence[Part]) -> float:
    """What share of all movement, Σ|parts|, is the member's; 0 where nothing moved."""
    gross = sum(abs(other.delta) for other in parts)
    return abs(part.delta) / gross if gross else 0.0


def named(parts: Sequence[Part]) -> list[Part]:
    """The members to name as the cause, largest first, two at most; none where the change is spread out (变化分散).

    A member is named only if its part has the change's direction and takes a larger share of Σ|parts| than the member
    had of the earlier whole: a change by which all grow alike has no cause among them. It must be a tenth of all
    movement at least; where nothing was there before, more than half of what came.
    """
    total, gross = sum(part.delta for part in parts), sum(abs(part.delta) for part in parts)
    if not _moved(parts, total):
        return []
    found = []
    for part in parts:
        usual = HALF if part.size is None else part.size
        if part.delta * total > 0 and abs(part.delta) / gross > max(usual, NOTABLE) + ROUNDING:
            found.append(part)
    return found[:MOST_NAMED]


def against(parts: Sequence[Part]) -> list[Part]:
    """Movers against the trend: parts whose sign is not the change's, largest first."""
    total = sum(part.delta for part in parts)
    return [part for part in parts if part.delta * total < 0] if _moved(parts, total) else []


def _moved(parts: Sequence[Part], total: float) -> bool:
    """Whether there is a change at all, and not the last bits of sums that cancel."""
    return abs(total) > ROUNDING * max((abs(v) for p in parts for v in (p.before, p.after) if v), default=0.0)
