"""Pace, each case reckoned by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.judgement import Judgement
from data.models import Target
from data.pace import (
    SUMMED,
    aim_of,
    elapsed,
    has_pace,
    pace_of,
    standing_of,
    summed,
    year_to_date,
)
from data.platform import standard_registry
from data.reference.load import region_rows
from data.regions import RegionNode, Regions
from data.semantic.spec import Indicator

REGISTRY = standard_registry()
CITY, URBAN, UNIT = "321200", "321200-U", "321200-B"
DISTRICTS = ("321282", "321283", "321281", "321202", "321203", "321204")


def task(code: str = "ZF02", **more: Any) -> Indicator:
    """An indicator made a year's task."""
    return replace(REGISTRY[code], **{"target_kind": "annual_task", "better": "higher", **more})


def tree() -> Regions:
    """The city's tree without its towns."""
    rows = [row for row in region_rows() if row["kind"] != "town"]
    rows.sort(key=lambda row: row["position"])
    nodes = {
        row["id"]: RegionNode(row["id"], row["parent_id"], row["kind"], row["name"], row["short_name"], row["position"])
        for row in rows
    }
    below = {CITY: frozenset(nodes)}
    for node in nodes:
        below.setdefault(node, frozenset({node, *(row["id"] for row in rows if row["group_id"] == node)}))
    return Regions(nodes, below)


def judged(**values: float) -> Judgement:
    """Targets of 2026 by region, of all indicators that the tests ask for."""
    rows = [
        Target(indicator=code, district_id=region.replace("_", "-"), year=2026, value=value, source="文件")
        for region, value in ((name[1:], value) for name, value in values.items())
        for code in ("ZF02", "ZF05", "ZF10")
    ]
    return Judgement(rows, [])


# --- elapsed ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("last", "days", "of"),
    [
        (date(2026, 1, 1), 1, 365),  # New Year's day is over at its end
        (date(2026, 11, 24), 328, 365),
        (date(2026, 12, 31), 365, 365),
        (date(2027, 1, 1), 1, 365),
        (date(2024, 2, 29), 60, 366),
        (date(2024, 3, 1), 61, 366),
        (date(2026, 3, 1), 60, 365),
        (date(2024, 12, 31), 366, 366),
    ],
)
def test_the_year_is_over_by_days(last: date, days: int, of: int) -> None:
    assert elapsed(last) == days / of


@pytest.mark.parametrize(
    ("last", "months"),
    [
        (date(2026, 1, 31), None),
        (date(2026, 2, 27), None),
        (date(2026, 2, 28), 2),
        (date(2024, 2, 28), None),
        (date(2024, 2, 29), 2),
        (date(2026, 3, 15), 2),
        (date(2026, 11, 24), 10),
        (date(2026, 12, 30), 11),
        (date(2026, 12, 31), 12),
    ],
)
def test_where_january_has_no_figure_complete_months_count(last: date, months: int | None) -> None:
    assert elapsed(last, merged=True) == (None if months is None else months / 12)


@given(st.dates(date(2000, 1, 1), date(2099, 12, 30)))
def test_the_calendar_never_runs_backwards_within_a_year(last: date) -> None:
    after = date.fromordinal(last.toordinal() + 1)
    now, then = elapsed(last), elapsed(after)
    assert now is not None
    assert then is not None
    assert (then > now) == (after.year == last.year)
    assert (now == 1) == (after.year != last.year)


def test_a_target_is_held_against_the_year_so_far() -> None:
    bucket = year_to_date(date(2026, 11, 24))
    assert (bucket.lo, bucket.hi) == (date(2026, 1, 1), date(2026, 11, 25))


# --- pace ------------------------------------------------------------------------------------------------------


def test_a_sum_is_in_per_cent_of_its_target() -> None:
    pace = pace_of(task(), True, 391, 500, date(2026, 11, 24))
    assert pace is not None
    assert pace.rate == pytest.approx(78.2)
    assert pace.elapsed == pytest.approx(89.863, abs=1e-3)
    assert pace.ahead == pytest.approx(-11.663, abs=1e-3)
    assert pace.words == "慢于序时 11.7 个百分点"


def test_of_a_leap_year_the_29th_of_february_counts() -> None:
    pace = pace_of(task(), True, 61, 366, date(2024, 3, 1))
    assert pace is not None
    assert pace.ahead == pytest.approx(0)
    assert pace.words == "与序时持平"


def test_a_share_is_held_against_the_share_that_would_be_due() -> None:
    pace = pace_of(REGISTRY["ZF10"], False, 78.2, 95, date(2026, 7, 2))  # 183 of 365 days
    assert pace is not None
    assert pace.rate == 78.2
    assert pace.due == pytest.approx(47.630, abs=1e-3)
    assert pace.ahead == pytest.approx(30.570, abs=1e-3)
    assert pace.words == "快于序时 30.6 个百分点"


def test_investment_of_january_and_february_is_two_months_of_twelve() -> None:
    indicator = task("ZF08")
    assert pace_of(indicator, True, 20, 120, date(2026, 1, 31)) is None
    pace = pace_of(indicator, True, 25, 120, date(2026, 2, 28))
    assert pace is not None
    assert pace.ahead == pytest.approx(25 / 1.2 - 100 / 6)


def test_the_task_may_be_more_than_done_and_a_target_of_nought_has_no_rate() -> None:
    pace = pace_of(task(), True, 600, 500, date(2026, 12, 31))
    assert pace is not None
    assert (pace.rate, pace.elapsed, pace.ahead) == (120, 100, 20)
    assert pace_of(task(), True, 600, 0, date(2026, 12, 31)) is None


def test_only_a_years_task_that_ought_to_grow_has_a_pace() -> None:
    assert has_pace(task(), True)
    assert has_pace(REGISTRY["ZF10"], False)
    assert not has_pace(task(better="lower"), True)
    assert not has_pace(REGISTRY["ZF05"], False)  # a national line
    assert not has_pace(REGISTRY["ZF07-coverage"], False)
    assert not has_pace(task("ZF03"), False)  # a mean price is worked off by nobody


@pytest.mark.parametrize(
    ("value", "target", "better", "reached"),
    [(18, 18, "lower", True), (17.9, 18, "lower", True), (18.1, 18, "lower", False), (100, 100, "higher", True)],
)
def test_what_is_reached_depends_on_the_direction(value: float, target: float, better: Any, reached: bool) -> None:
    indicator = replace(REGISTRY["ZF05"], better=better)
    aim = judged(_321200=target).target("ZF05", CITY, 2026)
    found = standing_of(indicator, False, value, aim, date(2026, 10, 31))
    assert found is not None
    assert found.reached is reached
    assert found.pace is None


def test_without_value_or_target_nothing_stands() -> None:
    aim = judged(_321200=5).target("ZF02", CITY, 2026)
    assert standing_of(task(), True, None, aim, date(2026, 10, 31)) is None
    assert standing_of(task(), True, 5, None, date(2026, 10, 31)) is None


def test_notes_say_how_many_have_reported() -> None:
    aim = judged(_321200=327).target("ZF02", CITY, 2026)
    found = standing_of(task(), True, 223, aim, date(2026, 11, 24), (5, 6))
    assert found is not None
    assert found.words == "完成率 68.2%，序时进度 89.9%，慢于序时 21.7 个百分点（5/6 区市已报）"


# --- whose target ----------------------------------------------------------------------------------------------


EACH = {f"_{district}": float(10 + index) for index, district in enumerate(DISTRICTS)}


def target(judgement: Judgement, code: str, region: str, additive: bool = True) -> float | None:
    indicator = REGISTRY[code] if code != "ZF02" else task()
    aim = aim_of(judgement, tree(), indicator, additive, region, 2026)
    return aim.value if aim else None


def test_a_regions_own_target_rules_over_the_sum() -> None:
    assert target(judged(**EACH, _321200=100), "ZF02", CITY) == 100


def test_the_city_without_one_is_the_sum_of_its_districts() -> None:
    aim = aim_of(judged(**EACH), tree(), task(), True, "", 2026)
    assert aim is not None
    assert (aim.value, aim.source) == (75, SUMMED)
    assert target(judged(**EACH), "ZF02", URBAN) == 13 + 14 + 15
    assert target(judged(**EACH, _321200_B=5.0), "ZF02", CITY) == 80


def test_where_one_district_has_none_there_is_no_half_target() -> None:
    half = {name: value for name, value in EACH.items() if name != "_321204"}
    assert target(judged(**half), "ZF02", CITY) is None
    assert target(judged(**half), "ZF02", URBAN) is None
    assert target(judged(**half), "ZF02", "321200-C") == 10 + 11 + 12
    assert target(judged(**half), "ZF02", "321204") is None
    assert target(judged(_321200_B=5.0), "ZF02", CITY) is None


def test_what_does_not_add_up_is_never_added() -> None:
    assert target(judged(**EACH), "ZF10", CITY, additive=False) is None
    assert target(judged(**EACH), "ZF02", CITY, additive=False) is None


def test_a_share_and_a_national_line_hold_for_every_part() -> None:
    city = judged(_321200=95)
    assert target(city, "ZF10", "321281", additive=False) == 95
    assert target(city, "ZF05", URBAN, additive=False) == 95
    assert target(city, "ZF02", "321281") is None
    assert target(judged(_321200=95, _321281=90), "ZF10", "321281", additive=False) == 90


def test_of_the_districts_that_have_reported_only_their_targets_count() -> None:
    reported = summed(judged(**EACH), tree(), task(), DISTRICTS[:5], 2026)
    assert reported is not None
    assert reported.value == 60
    assert summed(judged(**EACH), tree(), task(), (), 2026) is None
