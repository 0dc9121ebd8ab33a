"""One figure that does not end in time costs its own panel, once, however many ask."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any
from unittest import mock

import pytest

from data.access.viewer import SYSTEM
from data.errors import TooSlow
from data.models import HouseUnit, SalesContract
from data.semantic import plan
from data.semantic.rollup import rebuild
from data.semantic.spec import Answer, Bucket, Query
from data.semantic.sql import rung_table
from tests.conftest import ENGINES
from tests.data.semantic.market import Market, new_database, open_market, rich_rows
from tests.data.semantic.test_concurrency import set_areas
from tests.support.stall import mend, stall

LIMIT_S = 0.4
CROWD = 12
YEAR = Bucket(date(2026, 1, 1), date(2026, 11, 21))
SLOW, SWIFT = Query(("ZF01",), (YEAR,)), [Query((code,), (YEAR,)) for code in ("ZF02", "ZF04", "ZF05", "ZF10")]


@pytest.fixture(scope="module", params=ENGINES)
def stalled_once(request: pytest.FixtureRequest) -> Any:
    """A market in which nothing over pre-sale permits can be computed in time."""
    market = open_market(new_database(request, "stalled"), rich_rows(units=20), timeout_s=LIMIT_S)
    stall(market.db, market.registry, "presale")
    yield market
    market.db.dispose()


@pytest.fixture
def stalled(stalled_once: Market) -> Market:
    """The same with an engine that remembers nothing."""
    return Market(stalled_once.db, stalled_once.registry, stalled_once.fresh_engine())


def test_the_slow_figure_ends_and_the_others_of_its_batch_arrive(stalled: Market):
    slow, *swift = stalled.engine.answers([SLOW, *SWIFT], SYSTEM)
    assert isinstance(slow, TooSlow)
    assert "0.4" in str(slow)
    assert slow.remedy
    assert all(isinstance(answer, Answer) for answer in swift)


@pytest.mark.parametrize("place", [0, 2])
def test_its_place_in_the_batch_does_not_matter(stalled: Market, place: int):
    asked = SWIFT[:place] + [SLOW] + SWIFT[place:]
    results = stalled.engine.answers(asked, SYSTEM)
    assert [isinstance(result, TooSlow) for result in results] == [query is SLOW for query in asked]


def test_many_figures_over_one_stalled_cube_cost_its_time_once(stalled: Market):
    asked = [Query((code,), (YEAR,), by) for code in ("ZF01", "ZF01-units") for by in ((), ("district",), ("use",))]
    with mock.patch.object(plan, "run", wraps=plan.run) as run:
        results = stalled.engine.answers([*asked, *SWIFT], SYSTEM)
    assert [call.args[1].cube.name for call in run.call_args_list].count("presale") == 1
    assert sum(isinstance(result, TooSlow) for result in results) == len(asked)


def test_a_crowd_waits_once(stalled: Market):
    def ask(_: int) -> list[Any]:
        return stalled.engine.answers([SLOW, *SWIFT], SYSTEM)

    with ThreadPoolExecutor(CROWD) as pool, mock.patch.object(plan, "run", wraps=plan.run) as run:
        all_results = list(pool.map(ask, range(CROWD)))
    read = [call.args[1].cube.name for call in run.call_args_list]
    assert read.count("presale") == 1, "waiters repeated the computation one by one"
    assert len(read) == len(set(read))
    for slow, *swift in all_results:
        assert isinstance(slow, TooSlow)
        assert all(isinstance(answer, Answer) for answer in swift)


def test_a_stalled_figure_tears_no_other_in_two(database_url: str):
    """While one cube stalls a writer changes the others: the rest of the batch still is of one state."""
    rows = rich_rows(units=1)
    market = open_market(database_url, {HouseUnit: rows[HouseUnit], SalesContract: rows[SalesContract]}, timeout_s=1.0)
    set_areas(market, 1)
    stall(market.db, market.registry, "presale")
    asked = [Query(("ZF02",), (YEAR,)), SLOW, Query(("ZF05",), (YEAR,)), Query(("ZF04",), (YEAR,))]
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(market.engine.answers, asked, SYSTEM)
        time.sleep(0.3)
        _set_areas_of_sales_and_stock(market)
        results: list[Any] = reading.result(timeout=30)
    sold, slow, months, unsold = results
    assert isinstance(slow, TooSlow)
    year = market.fresh_engine().answer(Query(("ZF02",), (YEAR,)), SYSTEM)["ZF02"].total()[0] or 0
    assert months["ZF05"].denominator[()][0] * 7 * 12 == pytest.approx(_year_of_sales(market))
    assert unsold["ZF04"].total()[0] == pytest.approx(months["ZF05"].numerator[()][0])
    assert sold["ZF02"].total()[0] * 7 == pytest.approx(year)
    now = market.fresh_engine().answer(Query(("ZF04",), (YEAR,)), SYSTEM)["ZF04"].total()[0] or 0
    assert unsold["ZF04"].total()[0] * 7 == pytest.approx(now), "one half of the batch was read after the write"
    market.db.dispose()


def _set_areas_of_sales_and_stock(market: Market) -> None:
    """Multiply all kept sums by seven, as a write would, without the stalled cube."""
    with market.db.write() as connection:
        for cube, measure in (("sales", "signed_area"), ("inventory", "inventory_area")):
            for rung in market.registry.cubes[cube].rungs:
                table = rung_table(market.registry.cubes[cube], rung)
                connection.execute(table.update().values({measure: table.c[measure] * 7}))
        connection.exec_driver_sql("UPDATE sys_version SET version = version + 1")


def _year_of_sales(market: Market) -> float:
    twelve = Bucket(date(2025, 11, 21), date(2026, 11, 21))
    return float(market.fresh_engine().answer(Query(("ZF02",), (twelve,)), SYSTEM)["ZF02"].total()[0] or 0)


def test_a_new_version_is_asked_anew(stalled: Market):
    """Comes last: it mends the market."""
    assert isinstance(stalled.engine.answers([SLOW], SYSTEM)[0], TooSlow)
    mend(stalled.db, stalled.registry, "presale")
    with stalled.db.write() as connection:
        rebuild(connection, stalled.registry)
    assert isinstance(stalled.engine.answers([SLOW], SYSTEM)[0], Answer)
