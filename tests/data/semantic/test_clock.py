"""Time passes and nothing changes by itself: figures follow the data, periods end at the watermark."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from data import clock
from data.access.viewer import SYSTEM
from data.coverage import mark_complete
from data.db import Database
from data.models import DevelopmentProject
from data.periods import KINDS, parse_period
from data.semantic.rollup import change
from data.semantic.spec import Bucket, Filter, Query
from tests.data.semantic.market import DISTRICTS, LAST, UNIT, Market, open_market, version
from tests.data.semantic.oracles import ORACLES

STEP = timedelta(days=1)
NEW_YEAR = date(2027, 1, 1)
MOVES: dict[str, Any] = {
    "one day": {"days": 1},
    "ten days": {"days": 10},
    "forty days": {"days": 40},
    "to New Year's Eve": {"to": date(2026, 12, 31)},
    "over New Year": {"to": date(2027, 1, 2)},
    "a year": {"days": 400},
}


def everything(market: Market) -> list[Any]:
    """All figures of the default periods, from an engine that remembers nothing."""
    engine = market.fresh_engine()
    mark = engine.watermark(tuple(ORACLES), Filter(), SYSTEM)
    assert mark is not None
    found: list[Any] = [mark]
    for kind in sorted(KINDS.keys() - {"range"}):
        period = parse_period(kind, mark)
        asked = (period.bucket, period.year_before().bucket)
        answer = engine.answer(Query(tuple(ORACLES), asked), SYSTEM)
        found.append((period, answer.series, answer.reported, answer.as_of))
    return found


@pytest.mark.parametrize("move", MOVES)
def test_figures_and_default_periods_stay_while_the_clock_runs_on(market: Market, move: str):
    before = everything(market)
    with moved(move):
        assert clock.today() > date(2026, 11, 20)
        assert everything(market) == before
    assert before[0] == LAST


def moved(move: str) -> AbstractContextManager[None]:
    return clock.moved(**MOVES[move])


def test_the_clock_comes_back():
    today = clock.today()
    with clock.moved(to=date(2027, 1, 2)):
        assert clock.today() == date(2027, 1, 2)
        with clock.moved(days=10):
            assert clock.today() == date(2027, 1, 12)
        assert clock.today() == date(2027, 1, 2)
    assert clock.today() == today


# --- a project at the turn of the year -------------------------------------------------------------------------

STALLED_SINCE = LAST - timedelta(days=25)
DUE = LAST + timedelta(days=3)


@pytest.fixture
def project(db: Database) -> Iterator[Market]:
    """One project, reported on 1 November, silent since: stalled for 25 days and due in three at the watermark."""
    row = version(
        "P02",
        "321281",
        date(2026, 11, 1),
        None,
        stalled_since=STALLED_SINCE,
        due_delivery_on=DUE,
        invest_ytd_yuan="300000000.00",
    )
    found = open_market(db.url.render_as_string(hide_password=False), {DevelopmentProject: [row]})
    yield found
    found.db.dispose()


def reported_to(market: Market, day: date) -> None:
    """State that all data are complete to ``day``, without a single new row."""
    with market.db.write() as connection:
        for fact in ("house_unit", "sales_contract", "escrow_entry", "development_project"):
            mark_complete(connection, fact, (*DISTRICTS, UNIT), date(2023, 1, 1), day, demo=False)


def on(market: Market, code: str, day: date) -> float | None:
    return market.engine.answer(Query((code,), (Bucket(day, day + STEP),)), SYSTEM)[code].total()[0]


def test_a_project_is_stalled_or_late_from_its_day_on_once_the_data_reach_it(project: Market):
    codes = ("ZF09", "ZF09-stalled", "ZF09-late")
    with clock.moved(to=date(2026, 12, 20)):
        assert [on(project, code, LAST) for code in codes] == [0, 0, 0], "the clock alone turns nothing red"
        assert [on(project, code, LAST + 5 * STEP) for code in codes] == [None, None, None]
        assert on(project, "ZF09", date(2026, 12, 20)) is None
    reported_to(project, date(2026, 12, 20))
    assert on(project, "ZF09-late", DUE) == 0
    assert on(project, "ZF09-late", DUE + STEP) == 1
    thirtieth = STALLED_SINCE + timedelta(days=30)
    assert on(project, "ZF09-stalled", thirtieth - STEP) == 0
    assert on(project, "ZF09-stalled", thirtieth) == 1
    assert on(project, "ZF09", DUE) == 0
    assert on(project, "ZF09", DUE + STEP) == 1
    assert on(project, "ZF09", date(2026, 12, 20)) == 1, "stalled and late is one project"


def test_an_open_week_is_as_of_the_watermark(project: Market):
    week = Bucket(date(2026, 11, 16), date(2026, 11, 23))
    answer = project.engine.answer(Query(("ZF09",), (week,)), SYSTEM)
    assert answer.as_of == LAST
    assert answer["ZF09"].total() == (0,)


def test_last_year_s_investment_ends_with_the_year(project: Market):
    reported_to(project, date(2027, 1, 20))
    assert on(project, "ZF08", date(2026, 12, 31)) == 3
    assert on(project, "ZF08", NEW_YEAR) == 0, "no version of the new year yet"
    assert on(project, "ZF09", NEW_YEAR) == 1, "its state goes on without a new version"
    row = version("P02", "321281", date(2027, 1, 10), None, invest_ytd_yuan="50000000.00")
    with project.db.write() as connection, change(connection, project.registry, (DevelopmentProject,)) as touched:
        old = {"valid_to": date(2027, 1, 10)}
        touched.note(DevelopmentProject, [1])
        connection.execute(DevelopmentProject.__table__.update().values(old))  # type: ignore[attr-defined]
        made = connection.execute(insert(DevelopmentProject).returning(DevelopmentProject.id), [row]).scalar_one()
        touched.note(DevelopmentProject, [made])
    assert on(project, "ZF08", date(2026, 12, 31)) == 3
    assert on(project, "ZF08", date(2027, 1, 9)) == 0
    assert on(project, "ZF08", date(2027, 1, 10)) == 0.5
    assert on(project, "ZF09", date(2027, 1, 9)) == 1
    assert on(project, "ZF09", date(2027, 1, 10)) == 0
