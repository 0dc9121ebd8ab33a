"""Kinds of indicator, which follow from its expression: each owns how values compare and how a change splits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from data.semantic.registry import Registry, leaves
from data.semantic.spec import Const, Expr, Indicator, Measure, Of, Operation

Comparison = Literal["percent", "points", "absolute"]


@dataclass(frozen=True)
class Kind:
    """How one kind of figure behaves.

    ``additive``: values of parts add up to the whole. ``stock``: it holds at a period's end. ``parted``: it is a
    quotient whose numerator and denominator add up, and are divided last.
    """

    name: str
    zh: str
    additive: bool = False
    stock: bool = False
    parted: bool = False

    def comparison(self, indicator: Indicator) -> Comparison:
        """How two values compare: shares in 百分点, months and the like by difference, all else in per cent."""
        if indicator.unit == "%":
            return "points"
        return "absolute" if self.name == "derived" else "percent"


SUM = Kind("sum", "累加", additive=True)
COUNT = Kind("count", "计数", additive=True)
STOCK = Kind("stock", "存量", additive=True, stock=True)
RATIO = Kind("ratio", "比率", parted=True)
STOCK_RATIO = Kind("ratio", "比率", stock=True, parted=True)
MEAN = Kind("mean", "平均", parted=True)
DERIVED = Kind("derived", "派生", parted=True)


def kind_of(indicator: Indicator, registry: Registry) -> Kind:
    """The kind that an indicator's expression makes it."""
    found = tuple(leaves(indicator.value))
    measures = [leaf for leaf in found if isinstance(leaf, Measure)]
    if any(isinstance(leaf, Of) for leaf in found):
        return DERIVED
    stock = all(registry.cube_of(measure).is_stock for measure in measures)
    if quotient(indicator.value):
        if not stock and measures[-1].value is None:
            return MEAN
        return STOCK_RATIO if stock else RATIO
    if stock:
        return STOCK
    return COUNT if all(measure.value is None for measure in measures) else SUM


def quotient(expr: Expr) -> tuple[Expr, Expr] | None:
    """Numerator and denominator, a constant factor (``100 * a / b``) left out; None for what is no quotient."""
    if not isinstance(expr, Operation) or expr.sign != "/" or isinstance(expr.right, Const):
        return None
    top = expr.left
    if isinstance(top, Operation) and top.sign == "*":
        if isinstance(top.left, Const):
            top = top.right
        elif isinstance(top.right, Const):
            top = top.left
    return top, expr.right


def factor(expr: Expr) -> float:
    """The constant factor that :func:`quotient` leaves out; 1 where there is none."""
    top = expr.left if isinstance(expr, Operation) else expr
    sides = (top.left, top.right) if isinstance(top, Operation) and top.sign == "*" else ()
    return next((side.value for side in sides if isinstance(side, Const)), 1.0)


def change(before: float | None, after: float | None, comparison: Comparison) -> float | None:
    """``after`` against ``before``: per cent, percentage points or difference; None where either is missing."""
    if before is None or after is None:
        return None
    if comparison != "percent":
        return after - before
    return None if before == 0 else 100 * (after - before) / abs(before)
