"""How far data are complete, who is late, and what figures say of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.access.viewer import SYSTEM
from data.coverage import CoverageMap, Span, forget, mark_complete, reported, watermark
from data.db import Database
from data.models import DevelopmentProject, EscrowEntry, HouseUnit, SalesContract
from data.periods import parse_period
from data.reference.load import load_reference
from data.semantic.spec import Bucket, Filter, Query
from data.semantic.versions import read_versions
from tests.conftest import ENGINES
from tests.data.semantic.market import DISTRICTS, LAST, Market, Rows, contract, new_database, open_market, spell

SINCE = date(2025, 1, 1)
LATE = "321204"
LATE_TO = date(2026, 11, 5)
OCTOBER = Bucket(date(2026, 10, 1), date(2026, 11, 1))
NOVEMBER = Bucket(date(2026, 11, 1), date(2026, 12, 1))
ONE = timedelta(days=1)


# --- the watermark ---------------------------------------------------------------------------------------------


def spans_to(*ends: date) -> dict[str, Span]:
    return {f"d{i}": Span(SINCE, end) for i, end in enumerate(ends)}


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ((), None),
        ((7,), 7),
        ((3, 9), 3),
        ((1, 9, 9), 9),
        ((1, 1, 9, 9), 1),
        ((1, 9, 9, 9, 9, 9), 9),
        ((1, 2, 3, 4, 5, 6), 3),
        ((1, 2, 3, 4, 5, 6, 7), 4),
        ((5, 5, 5, 30, 30, 30), 5),
    ],
)
def test_the_watermark_is_a_day_on_which_most_are_complete(days: tuple[int, ...], expected: int | None):
    found = watermark(spans_to(*(date(2026, 11, day) for day in days)))
    assert found == (None if expected is None else date(2026, 11, expected))


@given(st.lists(st.dates(date(2026, 1, 1), date(2026, 2, 1)), min_size=1, max_size=9))
def test_a_majority_is_complete_at_the_watermark_and_none_the_day_after(ends: list[date]):
    mark = watermark(spans_to(*ends))
    assert mark is not None
    assert 2 * sum(end >= mark for end in ends) > len(ends)
    assert 2 * sum(end > mark for end in ends) <= len(ends)


def test_who_has_reported_and_who_is_late():
    spans = {"a": Span(SINCE, LAST), "b": Span(SINCE, LATE_TO), "c": Span(date(2026, 11, 2), LAST)}
    found = reported(spans, date(2026, 11, 1), date(2026, 11, 11))
    assert found.done == ("a",)
    assert found.expected == ("a", "b", "c")
    assert found.late == (("b", LATE_TO),)
    assert not found.whole
    assert reported(spans, date(2026, 11, 3), date(2026, 11, 6)).whole


def test_several_data_sets_are_complete_where_all_are():
    spans = {"sales": {"a": Span(SINCE, LAST), "b": Span(SINCE, LAST)}, "units": {"a": Span(date(2026, 1, 1), LATE_TO)}}
    both = CoverageMap(spans, frozenset()).over(("sales", "units"), ("a", "b", "c"))
    assert both["a"] == Span(date(2026, 1, 1), LATE_TO)
    assert both["b"].complete_to < both["b"].since, "one that reports half of it is expected, and late"
    assert "c" not in both


def test_completeness_widens_and_never_narrows(db: Database):
    with db.write() as connection:
        load_reference(connection)
        before = read_versions(connection).get("coverage", 0)
        mark_complete(connection, "x", ("321281",), date(2026, 3, 1), date(2026, 3, 31), demo=True)
        mark_complete(connection, "x", ("321281",), date(2026, 2, 1), date(2026, 3, 15), demo=True)
        known = CoverageMap.load(connection)
        assert known.spans["x"] == {"321281": Span(date(2026, 2, 1), date(2026, 3, 31))}
        assert known.demo == {"x"}
        assert read_versions(connection)["coverage"] == before + 2
        forget(connection, "x")
        assert CoverageMap.load(connection).spans == {}
        assert read_versions(connection)["coverage"] == before + 3


# --- figures ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=ENGINES)
def market(request: pytest.FixtureRequest) -> Iterator[Market]:
    """Five districts complete to the 20th, one to the 5th; 市本级 reports nothing; nothing before 2025."""
    day = date(2026, 11, 3)
    rows: Rows = {
        SalesContract: [contract(f"F{d}", d, day, area_m2="100.00") for d in DISTRICTS]
        + [contract(f"O{d}", d, date(2026, 10, 3), area_m2="50.00") for d in DISTRICTS]
        + [contract("Y", "321281", date(2025, 11, 19), area_m2="70.00"), contract("Z", "321281", date(2025, 11, 25))],
        HouseUnit: [spell(f"U{d}", d, "P02", date(2025, 2, 1), None, area_m2="10.00") for d in DISTRICTS],
    }
    found = open_market(
        new_database(request, "coverage"),
        rows,
        covered=DISTRICTS[:5],
        since=SINCE,
        last=LAST,  # type: ignore[arg-type]
    )
    with found.db.write() as connection:
        for fact in (SalesContract, HouseUnit, EscrowEntry, DevelopmentProject):
            name = fact.__table__.info["fact"]  # type: ignore[attr-defined]
            mark_complete(connection, name, (LATE,), SINCE, LATE_TO, demo=False)
    yield found
    found.db.dispose()


def total(market: Market, code: str, bucket: Bucket, region: str = "", **more: object) -> float | None:
    query = Query((code,), (bucket,), (), Filter.of(region), **more)  # type: ignore[arg-type]
    return market.engine.answer(query, SYSTEM)[code].total()[0]


def test_five_of_six_have_reported(market: Market):
    answer = market.engine.answer(Query(("ZF02-units",), (OCTOBER, NOVEMBER), ("district",)), SYSTEM)
    october, november = answer.reported
    assert answer.watermark == LAST
    assert answer.as_of == LAST
    assert october.whole
    assert (len(november.done), len(november.expected)) == (5, 6)
    assert november.late == ((LATE, LATE_TO),)
    assert LATE not in november.done


def test_a_district_alone_is_as_far_as_it_has_reported(market: Market):
    assert market.engine.watermark(("ZF02",), Filter.of(LATE), SYSTEM) == LATE_TO
    answer = market.engine.answer(Query(("ZF02",), (NOVEMBER,), (), Filter.of(LATE)), SYSTEM)
    assert answer.as_of == LATE_TO
    assert answer.reported[0].whole


def test_the_comparison_is_of_the_same_districts(market: Market):
    done = market.engine.answer(Query(("ZF02-units",), (NOVEMBER,)), SYSTEM).reported[0].done
    assert total(market, "ZF02-units", NOVEMBER) == 6
    assert total(market, "ZF02-units", NOVEMBER, districts=done) == 5
    assert total(market, "ZF02-units", OCTOBER, districts=done) == 5


def test_covered_without_rows_is_zero_and_uncovered_is_missing(market: Market):
    empty_day = Bucket(date(2026, 11, 10), date(2026, 11, 11))
    before = Bucket(date(2024, 11, 1), date(2024, 12, 1))
    assert total(market, "ZF02", empty_day, "321281") == 0
    assert total(market, "ZF02", before, "321281") is None
    assert total(market, "ZF02", before) is None
    assert total(market, "ZF03", empty_day, "321281") is None, "nothing divided by nothing is no price"
    assert total(market, "ZF06", OCTOBER) == 0
    answer = market.engine.answer(Query(("ZF02",), (empty_day,), ("district",)), SYSTEM)["ZF02"]
    assert answer.values[("321281",)] == (0,)
    assert answer.values[(LATE,)] == (None,), "it has not reported that day"


def test_what_nobody_reports_is_missing_everywhere(market: Market):
    assert total(market, "ZF02", NOVEMBER, "321200-B") is None
    answer = market.engine.answer(Query(("ZF02",), (NOVEMBER,), ("district",)), SYSTEM)["ZF02"]
    assert ("321200-B",) not in answer.values


def test_a_year_before_the_data_is_missing_not_zero(market: Market):
    period = parse_period("2025-03", LAST)
    assert total(market, "ZF02", period.bucket) == 0
    assert total(market, "ZF02", period.year_before().bucket) is None
    assert total(market, "ZF04", period.bucket) is not None
    assert total(market, "ZF04", period.year_before().bucket) is None


def test_twelve_months_that_begin_before_the_data_give_no_months_of_inventory(market: Market):
    assert total(market, "ZF05", Bucket(date(2025, 11, 1), date(2025, 12, 1))) is None
    assert total(market, "ZF05", Bucket(date(2025, 12, 1), date(2026, 1, 1))) is not None


def test_an_open_month_counts_the_same_days_of_the_year_before(market: Market):
    period = parse_period("2026-11", LAST)
    assert period.open
    assert total(market, "ZF02-units", period.year_before().bucket) == 1, "the 19th counts, the 25th does not"
    assert total(market, "ZF02-units", NOVEMBER) == total(market, "ZF02-units", period.bucket)


def test_a_period_after_the_watermark_is_missing(market: Market):
    for code in ("ZF02", "ZF04", "ZF05", "ZF09"):
        for bucket in (Bucket(LAST + ONE, LAST + 5 * ONE), Bucket(date(2027, 1, 1), date(2027, 2, 1))):
            assert total(market, code, bucket) is None, (code, bucket)


def test_a_stock_holds_until_it_is_reported_anew(market: Market):
    answer = market.engine.answer(Query(("ZF04-units",), (NOVEMBER,), ("district",)), SYSTEM)["ZF04-units"]
    assert answer.values[(LATE,)] == (1,)
    assert sum(values[0] or 0 for values in answer.values.values()) == total(market, "ZF04-units", NOVEMBER)


def test_an_empty_database_has_no_figures_and_no_watermark(db: Database):
    market = open_market(db.url.render_as_string(hide_password=False), {}, covered=())
    answer = market.engine.answer(Query(("ZF02", "ZF04", "ZF05"), (NOVEMBER,)), SYSTEM)
    assert answer.watermark is None
    assert answer.as_of is None
    assert not answer.reported[0].expected
    assert all(answer[code].total() == (None,) for code in ("ZF02", "ZF04", "ZF05"))
    market.db.dispose()


def test_demonstration_data_are_named(market: Market):
    """Comes last: it marks the market."""
    assert not market.engine.answer(Query(("ZF05",), (OCTOBER,)), SYSTEM).demo
    with market.db.write() as connection:
        mark_complete(connection, "house_unit", ("321281",), SINCE, LAST, demo=True)
    assert market.engine.answer(Query(("ZF05",), (OCTOBER,)), SYSTEM).demo, "one of its two data sets is"
    assert not market.engine.answer(Query(("ZF02",), (OCTOBER,)), SYSTEM).demo
