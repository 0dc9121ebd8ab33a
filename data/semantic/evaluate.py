"""What an indicator's expression needs from its cubes, and its value once the sums are there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from data.periods import ONE_DAY, add_months
from data.semantic.plan import Sums
from data.semantic.registry import Registry
from data.semantic.spec import Bucket, Const, Cube, Expr, Measure, Member, Of, Operation


@dataclass(frozen=True)
class Need:
    """A measure over ``[lo, hi)``; a stock only looks at ``hi``."""

    cube: Cube
    measure: Measure
    lo: date
    hi: date


def needs(expr: Expr, bucket: Bucket, registry: Registry) -> Iterator[Need]:
    """Every measure that ``expr`` reads for ``bucket``."""
    if isinstance(expr, Operation):
        yield from needs(expr.left, bucket, registry)
        yield from needs(expr.right, bucket, registry)
    elif isinstance(expr, Of):
        yield from needs(registry[expr.code].value, window(expr, bucket), registry)
    elif isinstance(expr, Measure):
        yield Need(registry.cube_of(expr), expr, bucket.lo, bucket.hi)


def evaluate(expr: Expr, bucket: Bucket, member: Member, sums: Mapping[Cube, Sums], registry: Registry) -> float | None:
    """Value of ``expr`` in natural units; None where it divides by zero."""
    if isinstance(expr, Const):
        return expr.value
    if isinstance(expr, Of):
        return evaluate(registry[expr.code].value, window(expr, bucket), member, sums, registry)
    if isinstance(expr, Measure):
        found = sums[registry.cube_of(expr)]
        if found.read.cube.is_stock:
            amount = found.at(expr, member, bucket.hi)
        else:
            amount = found.between(expr, member, bucket.lo, bucket.hi)
        return amount / 10**expr.decimals
    assert isinstance(expr, Operation)
    left = evaluate(expr.left, bucket, member, sums, registry)
    right = evaluate(expr.right, bucket, member, sums, registry)
    if left is None or right is None:
        return None
    match expr.sign:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
    return left / right if right else None


def begins(expr: Expr, bucket: Bucket, registry: Registry) -> date:
    """The earliest day whose data the value rests on: of a stock the day itself, of a sum the first."""
    return min(need.hi - ONE_DAY if need.cube.is_stock else need.lo for need in needs(expr, bucket, registry))


def bounds_of(found: list[Need]) -> tuple[date, ...]:
    """Days at which running sums are wanted, sorted."""
    days = {need.hi for need in found} | {need.lo for need in found if not need.cube.is_stock}
    return tuple(sorted(days))


def window(ref: Of, bucket: Bucket) -> Bucket:
    """The days over which a reference looks at its indicator."""
    return Bucket(add_months(bucket.hi, -ref.months), bucket.hi) if ref.months else bucket
