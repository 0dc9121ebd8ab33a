"""Periods: tokens, what is complete, what compares with what; weeks, leap days and years' ends."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import PlatformError
from data.periods import GRAINS, KINDS, Period, add_months, at_grain, buckets, latest, parse_period, start, step

END = date(2026, 11, 20)
PLAIN = sorted(KINDS.keys() - {"range", "ytd"})
some_days = st.dates(date(1990, 1, 1), date(2099, 12, 31))


def span(period: Period | None) -> tuple[date, date]:
    assert period is not None
    return period.lo, period.last


# --- tokens ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("token", "first", "last"),
    [
        ("2026-05-03", date(2026, 5, 3), date(2026, 5, 3)),
        ("2026-W01", date(2025, 12, 29), date(2026, 1, 4)),
        ("2026-W47", date(2026, 11, 16), END),
        ("2020-W53", date(2020, 12, 28), date(2021, 1, 3)),
        ("2026-02", date(2026, 2, 1), date(2026, 2, 28)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2026-Q4", date(2026, 10, 1), END),
        ("2025", date(2025, 1, 1), date(2025, 12, 31)),
        ("2026", date(2026, 1, 1), END),
        ("2026-ytd", date(2026, 1, 1), END),
        ("2026-01-05..2026-02-07", date(2026, 1, 5), date(2026, 2, 7)),
        ("2026-11-18..2026-12-31", date(2026, 11, 18), END),
        ("day", END, END),
        ("week", date(2026, 11, 9), date(2026, 11, 15)),
        ("month", date(2026, 10, 1), date(2026, 10, 31)),
        ("quarter", date(2026, 7, 1), date(2026, 9, 30)),
        ("year", date(2025, 1, 1), date(2025, 12, 31)),
        ("ytd", date(2026, 1, 1), END),
    ],
)
def test_a_token_names_its_days(token: str, first: date, last: date):
    assert span(parse_period(token, END)) == (first, last)


@pytest.mark.parametrize(
    "token",
    ["", "2026-13", "2026-00", "2026-02-30", "2025-02-29", "2025-W53", "2026-W00", "2026-W54", "2026-Q5", "20261",
     "range",
     "2026-05-03..2026-05-02", "2026-05-03..", "2026-ytd-1", "本月", "2026-1-1", "'; --", "2026-10 ", "9999-12-31",
     "9999-12", "0001", "0000-01", "9999"],
)  # fmt: skip
def test_what_is_no_period_is_refused_in_words(token: str):
    with pytest.raises(PlatformError) as refused:
        parse_period(token, END)
    assert refused.value.what
    assert refused.value.remedy


@pytest.mark.parametrize("token", ["2026-11-21", "2026-12", "2027", "2027-ytd", "2026-W48", "2026-11-21..2026-11-30"])
def test_a_period_after_the_data_says_how_far_they_reach(token: str):
    with pytest.raises(PlatformError, match="数据截至 2026-11-20"):
        parse_period(token, END)


@given(st.sampled_from(PLAIN), some_days)
def test_the_fixed_token_of_a_period_names_it_again(kind: str, day: date):
    period = latest(kind, day)  # type: ignore[arg-type]
    again = parse_period(period.token, day + timedelta(days=800))
    assert span(again) == span(period)
    assert again.token == period.token
    assert again.label == period.label


@given(some_days, st.integers(0, 900), st.integers(0, 900))
def test_the_token_of_a_range_names_it_again(first: date, length: int, beyond: int):
    token = f"{first}..{first + timedelta(days=length)}"
    period = parse_period(token, first + timedelta(days=length + beyond))
    assert period.token == token
    assert not period.open


@given(st.sampled_from(sorted(KINDS.keys() - {"range"})), some_days)
def test_a_symbolic_token_follows_the_data(kind: str, end: date):
    period = parse_period(kind, end)
    assert period.last <= end
    if kind == "ytd":
        assert span(period) == (date(end.year, 1, 1), end)
        return
    assert not period.open
    assert step(kind, period.lo, 2) > end + timedelta(days=1), "a later period was complete as well"  # type: ignore[arg-type]


@given(st.text(alphabet="0123456789-WQ.ytd", max_size=24), some_days)
def test_any_token_is_read_or_refused(token: str, end: date):
    try:
        period = parse_period(token, end)
    except PlatformError:
        return
    assert period.lo < period.hi <= end + timedelta(days=1)
    assert period.year_before()
    period.previous()


# --- open periods and comparisons ------------------------------------------------------------------------------


def test_an_open_month_is_marked_and_compared_with_the_same_elapsed_days():
    period = parse_period("2026-11", END)
    assert period.open
    assert "进行中" in period.label
    assert span(period) == (date(2026, 11, 1), date(2026, 11, 20))
    assert span(period.previous()) == (date(2026, 10, 1), date(2026, 10, 20))
    assert span(period.year_before()) == (date(2025, 11, 1), date(2025, 11, 20))


def test_a_closed_month_is_compared_with_the_whole_one_before():
    period = parse_period("2026-03", END)
    assert not period.open
    assert span(period.previous()) == (date(2026, 2, 1), date(2026, 2, 28))
    assert span(period.year_before()) == (date(2025, 3, 1), date(2025, 3, 31))


def test_an_open_month_that_is_longer_than_the_one_before_stays_within_it():
    period = parse_period("2026-03", date(2026, 3, 30))
    assert span(period.previous()) == (date(2026, 2, 1), date(2026, 2, 28))


def test_an_open_week_has_the_same_weekdays_before():
    period = parse_period("2026-W47", date(2026, 11, 18))
    assert span(period.previous()) == (date(2026, 11, 9), date(2026, 11, 11))
    assert span(period.year_before()) == (date(2025, 11, 17), date(2025, 11, 19))


def test_the_year_to_date_is_compared_with_the_year_before_only():
    period = parse_period("ytd", END)
    assert period.previous() is None
    assert span(period.year_before()) == (date(2025, 1, 1), date(2025, 11, 20))
    assert "累计至 11-20" in period.label


def test_a_range_is_compared_with_as_many_days_just_before():
    period = parse_period("2026-01-05..2026-02-07", END)
    assert span(period.previous()) == (date(2025, 12, 2), date(2026, 1, 4))
    assert span(period.year_before()) == (date(2025, 1, 5), date(2025, 2, 7))


@pytest.mark.parametrize(
    ("token", "end", "expected"),
    [
        ("2024-02-29", END, (date(2023, 2, 28), date(2023, 2, 28))),
        ("2024-02", END, (date(2023, 2, 1), date(2023, 2, 28))),
        ("2025-02", END, (date(2024, 2, 1), date(2024, 2, 29))),
        ("ytd", date(2024, 2, 29), (date(2023, 1, 1), date(2023, 2, 28))),
        ("ytd", date(2025, 2, 28), (date(2024, 1, 1), date(2024, 2, 28))),
        ("2024-02", date(2024, 2, 15), (date(2023, 2, 1), date(2023, 2, 15))),
        ("2020-W53", END, (date(2019, 12, 30), date(2020, 1, 5))),
        ("2024-01-15..2024-02-29", END, (date(2023, 1, 15), date(2023, 2, 28))),
        ("2024", END, (date(2023, 1, 1), date(2023, 12, 31))),
    ],
)
def test_a_year_before_with_leap_days_and_long_years(token: str, end: date, expected: tuple[date, date]):
    assert span(parse_period(token, end).year_before()) == expected


@given(st.sampled_from(PLAIN), some_days, st.integers(0, 400))
def test_an_open_period_and_its_comparisons_have_like_lengths(kind: str, day: date, ahead: int):
    lo = start(kind, day)  # type: ignore[arg-type]
    end = min(lo + timedelta(days=ahead), date(2100, 12, 31))
    period = parse_period(Period(kind, lo, step(kind, lo, 1), step(kind, lo, 1)).token, end)  # type: ignore[arg-type]
    for other in (period.previous(), period.year_before()):
        assert other is not None
        assert other.hi <= period.lo
        if period.open:
            assert other.hi - other.lo <= period.hi - period.lo
            assert other.hi - other.lo >= period.hi - period.lo - timedelta(days=3)


# --- steps -----------------------------------------------------------------------------------------------------


@given(some_days, st.integers(-600, 600))
def test_months_are_added_as_calendars_do(day: date, count: int):
    later = add_months(day, count)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == count
    assert later.day == day.day or (later + timedelta(days=1)).day == 1
    assert later.day <= day.day


@given(st.sampled_from(PLAIN), some_days, st.integers(1, 500))
def test_buckets_follow_each_other_without_a_gap(kind: str, lo: date, length: int):
    hi = lo + timedelta(days=length)
    found = buckets(kind, lo, hi)  # type: ignore[arg-type]
    assert found[0].lo <= lo
    assert found[-1].lo < hi <= found[-1].hi
    assert all(before.hi == after.lo for before, after in zip(found, found[1:], strict=False))
    assert len({bucket.label for bucket in found}) == len(found)


# --- a figure's own period -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("token", "grain", "first", "last"),
    [
        ("2026-11-18", "day", date(2026, 11, 18), date(2026, 11, 18)),
        ("2026-11-18", "week", date(2026, 11, 9), date(2026, 11, 15)),
        ("2026-11-15", "week", date(2026, 11, 9), date(2026, 11, 15)),
        ("2026-W45", "month", date(2026, 10, 1), date(2026, 10, 31)),
        ("2026-10-31", "month", date(2026, 10, 1), date(2026, 10, 31)),
        ("2026-10-30", "month", date(2026, 9, 1), date(2026, 9, 30)),
        ("2026-10", "month", date(2026, 10, 1), date(2026, 10, 31)),
        ("2026-11", "month", date(2026, 11, 1), END),
        ("2026-Q3", "month", date(2026, 7, 1), date(2026, 9, 30)),
        ("2026-10", "quarter", date(2026, 7, 1), date(2026, 9, 30)),
        ("2026-10", "year", date(2025, 1, 1), date(2025, 12, 31)),
        ("ytd", "month", date(2026, 1, 1), END),
        ("ytd", "year", date(2025, 1, 1), date(2025, 12, 31)),
        ("2026-02-01..2026-03-31", "month", date(2026, 2, 1), date(2026, 3, 31)),
        ("2026-02-01..2026-03-30", "month", date(2026, 2, 1), date(2026, 2, 28)),
        ("2026-01-05..2026-02-07", "month", date(2026, 1, 1), date(2026, 1, 31)),
    ],
)
def test_a_coarser_figure_is_the_last_one_at_or_before_the_periods_end(token: str, grain: str, first: date, last: date):
    assert span(at_grain(parse_period(token, END), grain, END)) == (first, last)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("token", "end", "first", "last", "label"),
    [
        ("2026-01", END, date(2026, 1, 1), date(2026, 2, 28), "2026 年 1—2 月"),
        ("2026-02", END, date(2026, 1, 1), date(2026, 2, 28), "2026 年 1—2 月"),
        ("2024-01", END, date(2024, 1, 1), date(2024, 2, 29), "2024 年 1—2 月"),
        ("2026-01", date(2026, 1, 31), date(2026, 1, 1), date(2026, 1, 31), "2026 年 1—2 月（进行中）"),
        ("2026-02", date(2026, 2, 9), date(2026, 1, 1), date(2026, 2, 9), "2026 年 1—2 月（进行中）"),
        ("2026-03", END, date(2026, 3, 1), date(2026, 3, 31), "2026 年 3 月"),
        ("2026-W07", END, date(2025, 12, 1), date(2025, 12, 31), "2025 年 12 月"),
        ("2026-W10", END, date(2026, 1, 1), date(2026, 2, 28), "2026 年 1—2 月"),
    ],
)
def test_january_and_february_are_one_where_the_statistics_are(
    token: str, end: date, first: date, last: date, label: str
):
    found = at_grain(parse_period(token, end), "month", end, joined=True)
    assert span(found) == (first, last)
    assert found.label == label


def test_two_months_are_compared_with_the_same_two_a_year_before_and_with_no_single_one():
    found = at_grain(parse_period("2026-02", END), "month", END, joined=True)
    assert found.previous() is None
    assert span(found.year_before()) == (date(2025, 1, 1), date(2025, 2, 28))
    assert span(at_grain(parse_period(found.token, END), "month", END, joined=True)) == span(found)


@given(st.sampled_from(PLAIN), st.sampled_from(GRAINS), some_days)
def test_a_figures_own_period_never_reaches_past_the_one_asked_for(kind: str, grain: str, day: date):
    asked = latest(kind, day)  # type: ignore[arg-type]
    own = at_grain(asked, grain, day)  # type: ignore[arg-type]
    assert own.last <= asked.last
    assert not own.open
    assert at_grain(own, grain, day) == own  # type: ignore[arg-type]
