"""However an expression is spelt, it is taken for what it is, or refused by name when it is declared."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from data.access.viewer import SYSTEM
from data.cubes import property_market as m
from data.platform import standard_registry
from data.semantic.engine import Engine
from data.semantic.kinds import kind_of
from data.semantic.registry import Registry
from data.semantic.spec import Bucket, Const, Expr, Filter, I, Of, Query
from tests.data.semantic.market import Market

CODE = "ZF99"
YEAR, BEFORE = Bucket(date(2026, 1, 1), date(2026, 11, 21)), Bucket(date(2025, 1, 1), date(2025, 11, 21))
AREA, HOMES, AMOUNT = m.signed_area, m.signed_homes, m.priced_amount
COUNT = m.presale_units


def declared(value: Expr) -> Registry:
    """The standard declarations and one of this value."""
    registry = standard_registry()
    registry.add(I(CODE, "试", "Trial", "", "", value))
    return registry


QUOTIENTS: dict[str, tuple[Callable[[], Expr], float]] = {
    "100 * a / b": (lambda: 100 * AREA / HOMES, 100),
    "a / b * 100": (lambda: AREA / HOMES * 100, 100),
    "100 * (a / b)": (lambda: 100 * (AREA / HOMES), 100),
    "a * 100 / b": (lambda: AREA * 100 / HOMES, 100),
    "a / b / 4": (lambda: AREA / HOMES / 4, 0.25),
    "2 * (50 * a) / b": (lambda: 2 * (50 * AREA) / HOMES, 100),
    "(2 * a) / b * 3": (lambda: (2 * AREA) / HOMES * 3, 6),
    "-1 * a / b": (lambda: -1 * AREA / HOMES, -1),
    "(a + c) / b": (lambda: (AREA + m.second_hand_area) / HOMES, 1),
    "(10 * a + 10 * c) / b": (lambda: (10 * AREA + 10 * m.second_hand_area) / HOMES, 10),
    "1 - a / b": (lambda: 1 - AREA / HOMES, 1),
    "100 - 100 * a / b": (lambda: 100 - 100 * AREA / HOMES, 100),
    "100 * (1 - a / b)": (lambda: 100 * (1 - AREA / HOMES), 100),
    "a / b - 1": (lambda: AREA / HOMES - 1, 1),
    "a / (b / 12)": (lambda: AREA / (HOMES / 12), 1),
}


@pytest.mark.parametrize("spelling", QUOTIENTS)
def test_every_spelling_of_a_quotient_is_one(market: Market, spelling: str):
    """Its parts recompute it, and the parts of its change make up the change."""
    value, scale = QUOTIENTS[spelling]
    registry = declared(value())
    kind = kind_of(registry[CODE], registry)
    assert (kind.name, kind.additive, kind.stock) == ("ratio", False, False)
    engine = Engine(market.db, registry)
    series = engine.answer(Query((CODE,), (BEFORE, YEAR), ("district",)), SYSTEM)[CODE]
    for member, values in series.values.items():
        for found, top, below in zip(values, series.numerator[member], series.denominator[member], strict=True):
            expected = None if not below or top is None else pytest.approx(scale * top / below, rel=1e-12)
            assert found == expected, member
    before, after = engine.answer(Query((CODE,), (BEFORE, YEAR)), SYSTEM)[CODE].total()
    assert before is not None
    assert after is not None
    parts = engine.why(CODE, Filter(), YEAR, BEFORE, "district", SYSTEM)
    assert parts
    assert sum(part.delta for part in parts) == pytest.approx(after - before, rel=1e-9)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (AREA * 1e-4, "sum"),
        (AREA / 1e4 + 2 * m.second_hand_area, "sum"),
        (3 * (AREA - m.second_hand_area), "sum"),
        (COUNT * 1, "count"),
        ((m.inventory_area + m.inventory_area) / 2, "stock"),
        (100 * m.delivered_homes / m.task_homes, "ratio"),
        (100 * (m.delivered_homes / m.task_homes), "ratio"),
        (m.presale_area / COUNT, "mean"),
        (m.presale_area / (COUNT / 2) * 2, "mean"),
        (m.inventory_area / m.signed_area, "ratio"),
        (Of("ZF04") / Of("ZF02"), "derived"),
        (Of("ZF03") * Of("ZF02"), "derived"),
    ],
)
def test_the_kind_is_the_expressions_own(value: Expr, kind: str):
    registry = declared(value)
    assert kind_of(registry[CODE], registry).name == kind


def test_a_quotient_of_stocks_is_one_of_stock_however_it_is_spelt():
    for value in (100 * m.delivered_homes / m.task_homes, 100 * (1 - m.delivered_homes / m.task_homes)):
        registry = declared(value)
        kind = kind_of(registry[CODE], registry)
        assert kind.stock
        assert not kind.additive


@pytest.mark.parametrize(
    "value",
    [
        AREA * HOMES,
        (AREA / HOMES) * AMOUNT,
        AREA / HOMES + AMOUNT,
        AREA / HOMES + AMOUNT / HOMES,
        AREA / HOMES / AMOUNT,
        AREA / (HOMES / AMOUNT),
        1 / HOMES,
        (AREA + 1) / HOMES,
        AREA / (HOMES + 1),
        AREA + 1,
        1 - AREA,
        AREA / 0,
        0 * AREA,
        Const(5),
        m.inventory_area + AREA,
        (m.inventory_area + AREA) / HOMES,
        1 - m.inventory_area / AREA,
    ],
)
def test_what_has_no_honest_parts_is_refused_by_name(value: Expr):
    with pytest.raises(ValueError, match=CODE):
        declared(value)


def test_a_quotient_of_what_does_not_add_up_claims_no_parts(market: Market):
    """A price over a price has a value, but its districts' prices are no numerators."""
    registry = declared(Of("ZF03") / Of("ZF03", months=12))
    engine = Engine(market.db, registry)
    series = engine.answer(Query((CODE,), (BEFORE, YEAR)), SYSTEM)[CODE]
    assert all(series.total())
    assert not series.numerator
    assert engine.why(CODE, Filter(), YEAR, BEFORE, "district", SYSTEM) == []
