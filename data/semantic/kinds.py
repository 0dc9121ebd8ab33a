"""Kinds of indicator, which follow from its expression: each owns how values compare and how a change splits."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from data.semantic.registry import Registry
from data.semantic.spec import During, Expr, Indicator, Of, Quantile, leaves, measures

Comparison = Literal["percent", "points", "absolute"]


@dataclass(frozen=True)
class Kind:
    """How one kind of figure behaves.

    ``additive``: values of parts add up to the whole. ``stock``: it holds at a period's end. ``indivisible`` is why its
    change can't be split among parts; empty where it can.
    """

    name: str
    zh: str
    additive: bool = False
    stock: bool = False
    indivisible: str = ""

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
DURING = Kind("during", "期间在册", additive=True)
DISTINCT = Kind("distinct", "去重计数", indivisible="同一对象可能出现在几个部分，去重计数不能由各部分相加")
STOCK_DISTINCT = replace(DISTINCT, stock=True)
QUANTILE = Kind("quantile", "分位数", indivisible="分位数由全部明细排序得出，不能由各部分相加")
PUBLISHED = Kind("published", "公布值", stock=True, indivisible="公布值按原样采用，合计不由各区市相加")


def kind_of(indicator: Indicator, registry: Registry) -> Kind:
    """The kind that an indicator's expression makes it."""
    found = tuple(leaves(indicator.value))
    if any(isinstance(leaf, Of) for leaf in found):
        return DERIVED
    if any(isinstance(leaf, Quantile) for leaf in found):
        return QUANTILE
    read = tuple(measures(indicator.value))
    if any(registry.cube_of(measure).published for measure in read):
        return PUBLISHED
    stock = all(registry.cube_of(measure).is_state(measure) for measure in read)
    if any(measure.how == "set" for measure in read):
        return STOCK_DISTINCT if stock else DISTINCT
    shape = registry.shape(indicator.code)
    assert shape is not None, "a registry refuses measures that have no shape"
    if shape.below is None:
        if any(isinstance(leaf, During) for leaf in found):
            return DURING
        if stock:
            return STOCK
        return COUNT if _counts(shape.top) else SUM
    if stock:
        return STOCK_RATIO
    return MEAN if _counts(shape.below) else RATIO


def _counts(expr: Expr) -> bool:
    return all(measure.value is None for measure in measures(expr))


def change(before: float | None, after: float | None, comparison: Comparison) -> float | None:
    """``after`` against ``before``: per cent, percentage points or difference; None where either is missing."""
    if before is None or after is None:
        return None
    if comparison != "percent":
        return after - before
    return None if before == 0 else 100 * (after - before) / abs(before)
