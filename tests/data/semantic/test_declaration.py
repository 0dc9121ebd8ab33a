"""One declaration is all it takes: the figure is answered, divided, drilled and explained."""

from __future__ import annotations

from datetime import date

import pytest

from data.access.viewer import SYSTEM, Forbidden
from data.cubes import property_market as m
from data.errors import PlatformError
from data.platform import standard_registry
from data.semantic.engine import Engine
from data.semantic.kinds import kind_of
from data.semantic.registry import Registry, UnknownIndicator
from data.semantic.spec import Bucket, Filter, I, Measure, Of, Query
from tests.data.semantic.market import Market, district_viewer
from tests.data.semantic.oracles import MEMBER

YEAR, BEFORE = Bucket(date(2026, 1, 1), date(2026, 11, 21)), Bucket(date(2025, 1, 1), date(2025, 11, 21))


@pytest.fixture
def registry() -> Registry:
    """The standard declarations and three more."""
    found = standard_registry()
    found.add(I("ZF90", "套均面积", "Mean unit area", "㎡", "网签面积除以套数。", m.signed_area / m.signed_homes))
    found.add(I("ZF91", "一二手之和", "All sales", "套", "新房与二手房。", m.signed_homes + m.second_hand_homes))
    found.add(
        I(
            "ZF92",
            "库存新增比",
            "Stock per opening",
            "倍",
            "可售除以近三月新增。",
            Of("ZF04") / Of("ZF04-opened", months=3),
        )
    )
    return found


@pytest.fixture
def engine(market: Market, registry: Registry) -> Engine:
    return Engine(market.db, registry)


def test_it_is_answered_and_divided(engine: Engine, market: Market):
    answer = engine.answer(Query(("ZF90", "ZF91", "ZF92"), (YEAR, BEFORE)), SYSTEM)
    known = market.engine.answer(Query(("ZF02", "ZF02-units", "ZF06"), (YEAR,)), SYSTEM)
    area, homes, second = (known[code].total()[0] for code in ("ZF02", "ZF02-units", "ZF06"))
    assert answer["ZF90"].total()[0] == pytest.approx(area * 1e4 / homes)  # type: ignore[operator]
    assert answer["ZF91"].total()[0] == homes + second  # type: ignore[operator]
    assert answer["ZF92"].total()[0] is not None
    apart = engine.answer(Query(("ZF91",), (YEAR,), ("district",)), SYSTEM)["ZF91"]
    assert sum(values[0] for values in apart.values.values()) == homes + second  # type: ignore[misc, operator]


def test_its_kind_follows_from_its_expression(registry: Registry):
    kinds = [
        kind_of(registry[code], registry).name
        for code in ("ZF90", "ZF91", "ZF92", "ZF04", "ZF01-units", "ZF07-coverage")
    ]
    assert kinds == ["ratio", "sum", "derived", "stock", "count", "ratio"]


def test_it_is_drilled(engine: Engine):
    page = engine.rows("ZF90", Filter.of("321281"), YEAR, SYSTEM, limit=5)
    assert [column.name for column in page.columns if column.contribution] == ["+signed_area", "+signed_homes"]
    assert page.rows
    assert page.total >= len(page.rows)
    assert engine.row_parts("ZF92") == ("ZF04", "ZF04-opened")
    opened = engine.rows("ZF92", Filter(), YEAR, SYSTEM, part="ZF04-opened", limit=10_000).rows
    assert opened
    assert all(date(2026, 8, 21) <= row["sale_open_on"] <= date(2026, 11, 20) for row in opened)


def test_it_is_explained(engine: Engine):
    for code in ("ZF90", "ZF91", "ZF92"):
        query = Query((code,), (YEAR,))
        assert any(verdict.chosen for verdict in engine.explain(query, SYSTEM))
        before, after = engine.answer(Query((code,), (BEFORE, YEAR)), SYSTEM)[code].total()
        for by in set(engine.registry.dims_of(code)) & set(MEMBER):
            parts = engine.why(code, Filter(), YEAR, BEFORE, by, SYSTEM)
            assert sum(part.delta for part in parts) == pytest.approx(after - before)  # type: ignore[operator]


def test_it_is_scoped(engine: Engine):
    viewer = district_viewer("321281")
    assert engine.answer(Query(("ZF90",), (YEAR,), (), Filter.of("321281")), viewer)
    with pytest.raises(Forbidden):
        engine.answer(Query(("ZF90",), (YEAR,), ("district",)), viewer)


def test_a_declaration_that_means_nothing_is_refused_at_once(registry: Registry):
    stray = Measure("stray")
    with pytest.raises(ValueError, match="ZF90"):
        registry.add(I("ZF90", "", "", "", "", m.signed_homes * 1))
    with pytest.raises(ValueError, match="stray"):
        registry.add(I("ZF93", "", "", "", "", stray * 1))
    with pytest.raises(ValueError, match="ZF00"):
        registry.add(I("ZF93", "", "", "", "", Of("ZF00") * 1))
    assert "ZF93" not in registry


def test_an_unknown_code_is_refused_in_words(engine: Engine):
    with pytest.raises(UnknownIndicator, match="ZF00"):
        engine.answer(Query(("ZF00",), (YEAR,)), SYSTEM)
    with pytest.raises(PlatformError):
        engine.rows("ZF00", Filter(), YEAR, SYSTEM)
