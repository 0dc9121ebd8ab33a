"""Days that a district left out before it went on reporting: kept, filled, and seen in every figure over them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.access.viewer import SYSTEM
from data.coverage import CoverageMap, Days, Span, alike, claimed, common, forget, mark_complete, reported, span_of
from data.db import Database
from data.models import HouseUnit, SalesContract
from data.reference.load import load_reference
from data.semantic.spec import Bucket, Filter, Query
from tests.conftest import ENGINES
from tests.data.semantic.market import DISTRICTS, Market, Rows, contract, new_database, open_market, spell

SINCE = date(2025, 1, 1)
JULY_END = date(2026, 7, 31)
SILENT = "321204"
MAY = Bucket(date(2026, 5, 1), date(2026, 6, 1))
JUNE = Bucket(date(2026, 6, 1), date(2026, 7, 1))
JULY = Bucket(date(2026, 7, 1), date(2026, 8, 1))
JUNE_BEFORE = Bucket(date(2025, 6, 1), date(2025, 7, 1))
HALF_YEAR = Bucket(date(2026, 1, 1), date(2026, 8, 1))
ONE = timedelta(days=1)
HOLED = Span(SINCE, JULY_END, ((JUNE.lo, JUNE.hi - ONE),))


# --- spans -----------------------------------------------------------------------------------------------------


def days_of(runs: list[Days]) -> set[date]:
    return {first + i * ONE for first, last in runs for i in range((last - first).days + 1)}


some_runs = st.lists(
    st.tuples(st.dates(date(2026, 1, 1), date(2026, 2, 15)), st.integers(0, 9)).map(
        lambda pair: (pair[0], pair[0] + pair[1] * ONE)
    ),
    min_size=1,
    max_size=7,
)


@given(some_runs)
def test_a_span_holds_exactly_the_days_of_its_runs(runs: list[Days]):
    span = span_of(runs)
    assert days_of(span.runs) == days_of(runs)
    for (_, before), (after, _) in zip(span.runs, span.runs[1:], strict=False):
        assert after - before > ONE, "runs that touch are one"
    assert all(first <= last for first, last in span.gaps)


@given(some_runs, some_runs)
def test_several_data_sets_are_complete_on_the_days_of_all(one: list[Days], other: list[Days]):
    both = common([span_of(one), span_of(other)])
    meant = days_of(one) & days_of(other)
    assert days_of(both.runs) == meant


@given(some_runs, st.dates(date(2026, 1, 1), date(2026, 2, 20)), st.integers(0, 6))
def test_days_are_covered_missed_or_holed_as_they_lie(runs: list[Days], first: date, more: int):
    span, last = span_of(runs), first + more * ONE
    asked, known = days_of([(first, last)]), days_of(runs)
    inside = {day for day in asked if span.since <= day <= span.complete_to}
    assert span.covers(first, last) == (asked <= known)
    assert days_of(span.holes(first, last)) & asked == inside - known
    assert set(span.holes(first, last)) <= set(span.gaps)
    assert span.misses(first, last) == (asked <= inside and not asked & known)


@given(st.lists(st.tuples(st.booleans(), some_runs.map(lambda runs: runs[0])), min_size=1, max_size=6))
def test_marking_keeps_the_union_of_all_that_was_reported(memory_db: Database, steps: list[tuple[bool, Days]]):
    with memory_db.write() as connection:
        forget(connection, "x")
        for demo, (first, last) in steps:
            mark_complete(connection, "x", (SILENT,), first, last, demo)
        kept = CoverageMap.load(connection).spans["x"][SILENT]
    assert days_of(kept.runs) == days_of([run for _, run in steps])


@pytest.fixture(scope="module")
def memory_db() -> Iterator[Database]:
    """An empty SQLite database with regions, for examples drawn by the dozen."""
    from data.models import Base

    db = Database("sqlite://")
    Base.metadata.create_all(db.engine)
    with db.write() as connection:
        load_reference(connection)
    yield db
    db.dispose()


def test_a_gap_is_kept_and_filled_on_both_engines(db: Database):
    with db.write() as connection:
        load_reference(connection)
        mark_complete(connection, "x", (SILENT, "321281"), SINCE, MAY.hi - ONE, demo=False)
        mark_complete(connection, "x", (SILENT,), JULY.lo, JULY_END, demo=False)
        assert CoverageMap.load(connection).spans["x"][SILENT] == HOLED
        assert CoverageMap.load(connection).spans["x"]["321281"] == Span(SINCE, MAY.hi - ONE)
        mark_complete(connection, "x", (SILENT,), date(2026, 6, 10), date(2026, 6, 20), demo=False)
        assert CoverageMap.load(connection).spans["x"][SILENT].gaps == (
            (date(2026, 6, 1), date(2026, 6, 9)),
            (date(2026, 6, 21), date(2026, 6, 30)),
        )
        mark_complete(connection, "x", (SILENT,), JUNE.lo, JUNE.hi - ONE, demo=False)
        assert CoverageMap.load(connection).spans["x"][SILENT] == Span(SINCE, JULY_END)
        forget(connection, "x")
        assert CoverageMap.load(connection).spans == {}


def test_who_left_days_out_is_named_with_them():
    found = reported({"a": Span(SINCE, JULY_END), "b": HOLED}, HALF_YEAR.lo, HALF_YEAR.hi)
    assert found.done == ("a",)
    assert found.late == ()
    assert found.holes == (("b", JUNE.lo, JUNE.hi - ONE),)
    assert reported({"b": HOLED}, JULY.lo, JULY.hi).whole


def test_like_compares_with_like_over_districts_complete_in_every_period():
    spans = {"a": Span(SINCE, JULY_END), "b": HOLED, "c": Span(SINCE, date(2026, 7, 9))}
    june, july = (JUNE.lo, JUNE.hi - ONE), (JULY.lo, JULY_END)
    assert alike(spans, [july, june]) == ("a",)
    assert alike(spans, [june]) == ("a", "c")
    before_all = (date(2024, 6, 1), date(2024, 6, 30))
    assert alike(spans, [july, before_all]) == ("a", "b"), "a period that nobody reported leaves nobody out"


# --- what a report speaks for ----------------------------------------------------------------------------------

TO_MAY = Span(SINCE, MAY.hi - ONE)


@pytest.mark.parametrize(
    ("known", "days", "complete_to", "expected"),
    [
        (None, [date(2026, 3, 5)], date(2026, 3, 31), [(date(2026, 3, 5), date(2026, 3, 31))]),
        (TO_MAY, [date(2026, 6, 9)], date(2026, 6, 30), [(JUNE.lo, date(2026, 6, 30))]),
        (TO_MAY, [date(2026, 7, 9)], JULY_END, [(JULY.lo, JULY_END)]),
        (TO_MAY, [date(2026, 4, 2), date(2026, 7, 9)], JULY_END, [(JULY.lo, JULY_END)]),
        (TO_MAY, [], JULY_END, [(JUNE.lo, JULY_END)]),
        (TO_MAY, [date(2026, 4, 2)], date(2026, 5, 20), []),
        (Span(SINCE, date(2026, 6, 10)), [date(2026, 7, 9)], JULY_END, [(date(2026, 6, 11), JULY_END)]),
        (HOLED, [date(2026, 6, 9)], date(2026, 6, 30), [(JUNE.lo, date(2026, 6, 30))]),
        (HOLED, [date(2026, 6, 9)], JULY_END, [(JUNE.lo, date(2026, 6, 30))]),
        (HOLED, [date(2026, 8, 3)], date(2026, 8, 5), [(date(2026, 8, 1), date(2026, 8, 5))]),
    ],
)
def test_a_report_goes_on_from_what_is_known(known: Span | None, days: list[date], complete_to: date, expected):
    assert claimed(known, days, complete_to) == expected


# --- figures ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=ENGINES)
def market(request: pytest.FixtureRequest) -> Iterator[Market]:
    """Six districts complete to the end of July; one of them has not reported June of sales."""
    rows: Rows = {
        SalesContract: [
            contract(f"{d}{day:%y%m}", d, day, area_m2="100.00")
            for d in DISTRICTS
            for day in (date(2025, 6, 5), date(2025, 7, 5), date(2026, 5, 5), date(2026, 6, 5), date(2026, 7, 5))
            if (d, day) != (SILENT, date(2026, 6, 5))
        ],
        HouseUnit: [spell(f"U{d}", d, "P02", date(2025, 2, 1), None, area_m2="10.00") for d in DISTRICTS],
    }
    url = new_database(request, "gaps")
    found = open_market(url, rows, covered=[d for d in DISTRICTS if d != SILENT], since=SINCE, last=JULY_END)
    with found.db.write() as connection:
        for fact in ("house_unit", "escrow_entry", "development_project"):
            mark_complete(connection, fact, (SILENT,), SINCE, JULY_END, demo=False)
        mark_complete(connection, "sales_contract", (SILENT,), SINCE, MAY.hi - ONE, demo=False)
        mark_complete(connection, "sales_contract", (SILENT,), JULY.lo, JULY_END, demo=False)
    yield found
    found.db.dispose()


def test_a_hole_inside_the_span_is_seen_in_every_period_over_it(market: Market):
    spans = (MAY, JUNE, JULY, HALF_YEAR)
    may, june, july, half = market.engine.answer(Query(("ZF02-units",), spans), SYSTEM).reported
    assert may.whole
    assert july.whole
    for found in (june, half):
        assert (len(found.done), len(found.expected)) == (5, 6)
        assert found.holes == ((SILENT, JUNE.lo, JUNE.hi - ONE),)
    assert market.engine.reported(("ZF02",), Filter(), HALF_YEAR).holes
    assert market.engine.watermark(("ZF02",), Filter(), SYSTEM) == JULY_END


def test_what_was_not_reported_is_missing_and_not_zero(market: Market):
    answer = market.engine.answer(Query(("ZF02-units",), (MAY, JUNE, JULY), ("district",)), SYSTEM)["ZF02-units"]
    assert answer.values[(SILENT,)] == (1, None, 1)
    assert answer.values[("321281",)] == (1, 1, 1)
    days = tuple(Bucket(JUNE.lo + i * ONE, JUNE.lo + (i + 1) * ONE) for i in range(-1, 31))
    found = market.engine.answer(Query(("ZF02-units",), days, (), Filter.of(SILENT)), SYSTEM)["ZF02-units"].total()
    assert found == (0, *(None,) * 30, 0)


def test_the_change_is_of_the_same_districts_in_both_periods(market: Market):
    for spans in ((JULY, JUNE), (JUNE, JUNE_BEFORE), (JUNE, MAY)):
        done, whole = market.engine.alike("ZF02-units", Filter(), spans)
        assert SILENT not in done
        assert not whole
        values = market.engine.answer(Query(("ZF02-units",), spans, districts=done), SYSTEM)["ZF02-units"].total()
        assert values == (5, 5)
    assert market.engine.alike("ZF02-units", Filter(), (JULY, MAY))[1]


def test_a_stock_does_not_mind_days_gone_by_and_twelve_months_do(market: Market):
    stock, months = market.engine.answers([Query((code,), (JULY,)) for code in ("ZF04-units", "ZF05")], SYSTEM)
    assert stock.reported[0].whole  # type: ignore[union-attr]
    assert months.reported[0].holes == ((SILENT, JUNE.lo, JUNE.hi - ONE),)  # type: ignore[union-attr]
