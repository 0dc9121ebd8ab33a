"""Why a figure changed: its change split among the members of a dimension, exactly."""

from __future__ import annotations

from dataclasses import dataclass

from data.semantic.kinds import kind_of
from data.semantic.registry import Registry
from data.semantic.spec import Indicator, Member, Series


@dataclass(frozen=True)
class Part:
    """A member's part of the change, in the indicator's unit: ``delta = rate + mix``.

    For sums and stocks all of it is ``rate``. For quotients ``rate`` is the member's own change at its mean weight,
    ``mix`` the shift of weight towards or away from it. ``size`` is its share of the whole before (of a quotient:
    of the denominator).
    """

    member: Member
    before: float | None
    after: float | None
    rate: float
    mix: float
    size: float

    @property
    def delta(self) -> float:
        """The member's whole part."""
        return self.rate + self.mix


def split(indicator: Indicator, registry: Registry, apart: Series, whole: Series) -> list[Part]:
    """Parts of the change from the first to the second bucket, largest first; they add up to the whole change.

    Quotients split at midpoints: with s a member's share of the denominator and r its value, and R the whole's,
    rate = ½(s0+s1)(r1−r0) and mix = (s1−s0)(½(r0+r1) − ½(R0+R1)). Empty where a whole value is missing.
    """
    before, after = whole.total()
    if before is None or after is None:
        return []
    shape = registry.shape(indicator.code)
    if kind_of(indicator, registry).additive:
        parts = [
            Part(member, v0, v1, (v1 or 0.0) - (v0 or 0.0), 0.0, (v0 or 0.0) / before if before else 0.0)
            for member, (v0, v1) in apart.values.items()
        ]
    elif apart.denominator and shape is not None:
        parts = _quotient_parts(apart, whole, before, after, shape.scale)
    else:
        return []
    return sorted(parts, key=lambda part: -abs(part.delta))


def _quotient_parts(apart: Series, whole: Series, before: float, after: float, scale: float) -> list[Part]:
    weight0, weight1 = whole.denominator[()]
    if not weight0 or not weight1:
        return []
    parts = []
    for member, (r0, r1) in apart.values.items():
        (n0, n1), (d0, d1) = apart.numerator[member], apart.denominator[member]
        share0, share1 = (d0 or 0.0) / weight0, (d1 or 0.0) / weight1
        # A member without weight at one end has no value there; its other value stands in, so that all is mix.
        low, high = (r0 if r0 is not None else r1 or 0.0), (r1 if r1 is not None else r0 or 0.0)
        # ½(s0+s1)(r1−r0), written so that a numerator over no denominator (money without a quota) is not lost.
        moved = scale * ((n1 or 0.0) / weight1 - (n0 or 0.0) / weight0)
        rate = moved - (share1 - share0) * (low + high) / 2
        mix = (share1 - share0) * ((low + high) / 2 - (before + after) / 2)
        parts.append(Part(member, r0, r1, rate, mix, share0))
    return parts


def named(parts: list[Part]) -> Part | None:
    """The member to name as the cause: its part of the change is the largest, in the change's direction, and exceeds
    its size; None where the change is spread out (变化分散).
    """
    total = sum(part.delta for part in parts)
    if not parts or total == 0:
        return None
    share = parts[0].delta / total
    return parts[0] if share > max(parts[0].size, 0.0) and share > 1 / len(parts) else None
