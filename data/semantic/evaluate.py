"""What an indicator's expression needs from its cubes, and its values once the sums are there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from data.periods import ONE_DAY, add_months
from data.semantic.plan import Sums
from data.semantic.registry import Registry
from data.semantic.spec import Bucket, Const, Cube, Expr, Measure, Member, Of, Operation


@dataclass(frozen=True)
class Need:
    """A measure that an expression reads, in the bucket itself or (``months``) in the months before its end."""

    cube: Cube
    measure: Measure
    months: int = 0

    def bounds(self, bucket: Bucket) -> tuple[date, ...]:
        """Days at which running sums are wanted: both ends of a sum, the end of a stock."""
        if self.cube.is_stock:
            return (bucket.hi,)
        return (add_months(bucket.hi, -self.months) if self.months else bucket.lo, bucket.hi)

    def begins(self, bucket: Bucket) -> date:
        """The earliest day whose data the measure rests on: of a stock the day itself, of a sum the first."""
        return bucket.hi - ONE_DAY if self.cube.is_stock else self.bounds(bucket)[0]


def needs(expr: Expr, registry: Registry, months: int = 0) -> tuple[Need, ...]:
    """Every measure that ``expr`` reads, those of the indicators it refers to included."""
    if isinstance(expr, Operation):
        return needs(expr.left, registry, months) + needs(expr.right, registry, months)
    if isinstance(expr, Of):
        return needs(registry[expr.code].value, registry, expr.months or months)
    if isinstance(expr, Measure):
        return (Need(registry.cube_of(expr), expr, months),)
    return ()


def evaluate(
    expr: Expr, buckets: Sequence[Bucket], member: Member, sums: Mapping[Cube, Sums], registry: Registry
) -> list[float | None]:
    """Values of ``expr`` in natural units, one a bucket; None where it divides by zero."""
    if isinstance(expr, Const):
        return [expr.value] * len(buckets)
    if isinstance(expr, Of):
        return evaluate(registry[expr.code].value, [window(expr, b) for b in buckets], member, sums, registry)
    if isinstance(expr, Measure):
        found = sums[registry.cube_of(expr)]
        scale = 10**expr.decimals
        amounts = found.stock(expr, member, buckets) if found.read.cube.is_stock else found.sums(expr, member, buckets)
        return [amount / scale for amount in amounts]
    assert isinstance(expr, Operation)
    left = evaluate(expr.left, buckets, member, sums, registry)
    right = evaluate(expr.right, buckets, member, sums, registry)
    return [_combined(expr.sign, a, b) for a, b in zip(left, right, strict=True)]


def window(ref: Of, bucket: Bucket) -> Bucket:
    """The days over which a reference looks at its indicator."""
    return Bucket(add_months(bucket.hi, -ref.months), bucket.hi) if ref.months else bucket


def _combined(sign: str, left: float | None, right: float | None) -> float | None:
    if left is None or right is None:
        return None
    match sign:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
    return left / right if right else None
