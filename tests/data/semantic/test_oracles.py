"""Each indicator against its independent SQL, in every kind of period, region and division."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from data.access.viewer import SYSTEM
from data.periods import buckets
from data.platform import standard_registry
from data.semantic.spec import Bucket, Filter, Query
from tests.data.semantic import estates
from tests.data.semantic.market import DISTRICTS, LAST, UNIT, Market
from tests.data.semantic.oracles import MEMBER, ORACLES, QUOTIENTS, oracle

PERIODS = {
    "whole month": (date(2026, 10, 1), date(2026, 11, 1)),
    "year to a ragged date": (date(2026, 1, 1), date(2026, 11, 21)),
    "single day with every awkward case": (date(2026, 5, 3), date(2026, 5, 4)),
    "over New Year, ragged at both ends": (date(2025, 12, 17), date(2026, 2, 9)),
    "last day of the year": (date(2025, 12, 31), date(2026, 1, 1)),
    "New Year's Day": (date(2026, 1, 1), date(2026, 1, 2)),
    "up to the leap day": (date(2024, 2, 3), date(2024, 2, 29)),
    "leap February": (date(2024, 2, 1), date(2024, 3, 1)),
    "whole years": (date(2024, 1, 1), date(2026, 1, 1)),
    "days within one month": (date(2026, 10, 5), date(2026, 10, 30)),
}
REGIONS = {
    "": "1 = 1",
    "321200": "1 = 1",
    "321281": "district_id = '321281'",
    "321202": "district_id = '321202'",
    UNIT: f"district_id = '{UNIT}'",
    "321200-U": "district_id IN ('321202', '321203', '321204')",
}
FILTERS: tuple[tuple[dict[str, Any], str], ...] = (
    ({"use": "residential"}, "use = 'residential'"),
    ({"use": ("office", "parking"), "size_band": "lt90"}, "use IN ('office', 'parking') AND size_band = 'lt90'"),
    ({"project": "P02"}, "project_no = 'P02'"),
    ({"project": ("P03", "P04"), "district": "321202"}, "project_no IN ('P03', 'P04') AND district_id = '321202'"),
    ({"bank": "b01"}, "bank = 'b01'"),
    ({"town": "321281001"}, "region_id = '321281001'"),
    *estates.FILTERS,
)


def value_of(found: dict[str, Any], code: str, member: str = "") -> float | None:
    """The oracle's value, or what an absent member is worth."""
    return found.get(member, None if code in QUOTIENTS else 0.0)


def close(got: float | None, expected: float | None) -> bool:
    """Whether the two are the same figure."""
    if got is None or expected is None:
        return got is expected
    return got == pytest.approx(expected, rel=1e-11, abs=1e-11)


def test_every_indicator_has_its_oracle(market: Market):
    assert {indicator.code for indicator in market.registry} == set(ORACLES)


@pytest.mark.parametrize("code", ORACLES)
def test_totals_in_each_period_and_region(market: Market, code: str):
    spans = list(PERIODS.values())
    asked = tuple(Bucket(lo, hi) for lo, hi in spans)
    with market.db.read() as connection:
        for region, within in REGIONS.items():
            got = market.engine.answer(Query((code,), asked, (), Filter.of(region)), SYSTEM)[code].total()
            for (lo, hi), value in zip(spans, got, strict=True):
                expected = value_of(oracle(connection, code, lo, hi, within=within), code)
                assert close(value, expected), (region, lo, hi, value, expected)


@pytest.mark.parametrize("code", ORACLES)
def test_one_period_at_a_time_reads_other_rungs_and_says_the_same(market: Market, code: str):
    with market.db.read() as connection:
        for lo, hi in PERIODS.values():
            got = market.engine.answer(Query((code,), (Bucket(lo, hi),)), SYSTEM)[code].total()
            expected = value_of(oracle(connection, code, lo, hi), code)
            assert close(got[0], expected), (lo, hi, got, expected)


DIVISIONS = [
    (code, by)
    for code in ORACLES
    for by in filter(None, MEMBER)
    if set(by.split("+")) <= set(standard_registry().dims_of(code))
]


@pytest.mark.parametrize(("code", "by"), DIVISIONS)
def test_divided_by_each_dimension(market: Market, code: str, by: str):
    dims = tuple(by.split("+"))
    spans = list(PERIODS.values())
    answer = market.engine.answer(Query((code,), tuple(Bucket(lo, hi) for lo, hi in spans), dims), SYSTEM)
    with market.db.read() as connection:
        for i, (lo, hi) in enumerate(spans):
            expected = oracle(connection, code, lo, hi, by)
            got = {"+".join(member): values[i] for member, values in answer[code].values.items()}
            assert expected.keys() <= got.keys()
            for member, value in got.items():
                assert close(value, value_of(expected, code, member)), (member, lo, hi)


@pytest.mark.parametrize("code", ORACLES)
def test_under_each_filter(market: Market, code: str):
    spans = [PERIODS["whole month"], PERIODS["year to a ragged date"]]
    asked = tuple(Bucket(lo, hi) for lo, hi in spans)
    dims = market.registry.dims_of(code)
    with market.db.read() as connection:
        for allow, within in FILTERS:
            if not set(allow) <= set(dims):
                continue
            got = market.engine.answer(Query((code,), asked, (), Filter.of(**allow)), SYSTEM)[code]
            assert got.ignored == ()
            for (lo, hi), value in zip(spans, got.total(), strict=True):
                assert close(value, value_of(oracle(connection, code, lo, hi, within=within), code)), (allow, lo, hi)


@pytest.mark.parametrize("code", ORACLES)
def test_a_long_series_of_months_and_of_weeks(market: Market, code: str):
    with market.db.read() as connection:
        for kind, lo in (("month", date(2025, 2, 1)), ("week", date(2026, 8, 31))):
            asked = buckets(kind, lo, date(2026, 11, 1))  # type: ignore[arg-type]
            got = market.engine.answer(Query((code,), asked), SYSTEM)[code].total()
            for bucket, value in zip(asked, got, strict=True):
                assert close(value, value_of(oracle(connection, code, bucket.lo, bucket.hi), code)), bucket


def test_an_as_of_cuts_every_period(market: Market):
    as_of = date(2026, 10, 13)
    asked = (Bucket(date(2026, 10, 1), date(2026, 11, 1)),)
    with market.db.read() as connection:
        for code in ORACLES:
            answer = market.engine.answer(Query((code,), asked, as_of=as_of), SYSTEM)
            expected = value_of(oracle(connection, code, date(2026, 10, 1), date(2026, 10, 14)), code)
            assert answer.as_of == as_of
            assert close(answer[code].total()[0], expected), code


def test_a_chosen_set_of_districts(market: Market):
    lo, hi = PERIODS["year to a ragged date"]
    within = "district_id IN ('321281', '321202')"
    with market.db.read() as connection:
        for code in ORACLES:
            query = Query((code,), (Bucket(lo, hi),), districts=("321202", "321281"))
            expected = value_of(oracle(connection, code, lo, hi, within=within), code)
            assert close(market.engine.answer(query, SYSTEM)[code].total()[0], expected), code


def test_the_test_data_hold_what_the_tests_are_about(market: Market):
    """No oracle may agree merely because there was nothing to count."""
    lo, hi = PERIODS["year to a ragged date"]
    with market.db.read() as connection:
        for code in ORACLES:
            found = oracle(connection, code, lo, hi, "district")
            assert len([value for value in found.values() if value]) >= 3, code
    assert market.engine.watermark(tuple(ORACLES), Filter(), SYSTEM) == LAST
    assert len(DISTRICTS) == 6
