"""Kinds of indicator, which follow from its expression: each owns how values compare and how a change splits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from data.semantic.registry import Registry
from data.semantic.spec import Expr, Indicator, Measure, Of, leaves

Comparison = Literal["percent", "points", "absolute"]


@dataclass(frozen=True)
class Kind:
    """How one kind of figure behaves.

    ``additive``: values of parts add up to the whole. ``stock``: it holds at a period's end.
    """

    name: str
    zh: str
    additive: bool = False
    stock: bool = False

    def comparison(self, indicator: Indicator) -> Comparison:
        """How two values compare: shares in 百分点, months and the like by difference, all else in per cent."""
        if indicator.unit == "%":
            return "points"
        return "absolute" if self.name == "derived" else "percent"


SUM = Kind("sum", "累加", additive=True)
COUNT = Kind("count", "计数", additive=True)
STOCK = Kind("stock", "存量", additive=True, stock=True)
RATIO = Kind("ratio", "比率")
STOCK_RATIO = Kind("ratio", "比率", stock=True)
MEAN = Kind("mean", "平均")
DERIVED = Kind("derived", "派生")


def kind_of(indicator: Indicator, registry: Registry) -> Kind:
    """The kind that an indicator's expression makes it."""
    found = tuple(leaves(indicator.value))
    if any(isinstance(leaf, Of) for leaf in found):
        return DERIVED
    stock = all(registry.cube_of(leaf).is_stock for leaf in found if isinstance(leaf, Measure))
    shape = registry.shape(indicator.code)
    assert shape is not None, "a registry refuses measures that have no shape"
    if shape.below is None:
        if stock:
            return STOCK
        return COUNT if _counts(shape.top) else SUM
    if stock:
        return STOCK_RATIO
    return MEAN if _counts(shape.below) else RATIO


def _counts(expr: Expr) -> bool:
    return all(isinstance(leaf, Measure) and leaf.value is None for leaf in leaves(expr))


def change(before: float | None, after: float | None, comparison: Comparison) -> float | None:
    """``after`` against ``before``: per cent, percentage points or difference; None where either is missing."""
    if before is None or after is None:
        return None
    if comparison != "percent":
        return after - before
    return None if before == 0 else 100 * (after - before) / abs(before)
