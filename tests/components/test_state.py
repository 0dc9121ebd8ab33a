"""Addresses and views: every view survives its address, whichever period its page opens at."""

from __future__ import annotations

from urllib.parse import parse_qsl

from hypothesis import given
from hypothesis import strategies as st

from components.state import View, opening_period
from data.platform import standard_registry

DIMS = ("use", "size_band", "project")
PERIODS = ("ytd", "day", "month", "2026-10", "2026-Q3", "2026-01-05..2026-02-07")
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z"), exclude_characters=","), min_size=1)


@given(
    period=st.sampled_from(PERIODS),
    default=st.sampled_from(PERIODS[:3]),
    region=st.sampled_from(("", "321281", "321200-U")),
    allow=st.dictionaries(st.sampled_from(DIMS), st.sets(WORDS, min_size=1, max_size=3)),
    why=st.sampled_from(("", "use")),
)
def test_a_view_is_the_same_after_its_address(
    period: str, default: str, region: str, allow: dict[str, set[str]], why: str
) -> None:
    view = View(period, region, default=default).with_extra(why=why)
    for dim, members in allow.items():
        view = view.with_members(dim, members)
    assert View.of(dict(parse_qsl(view.search.lstrip("?"))), DIMS, default) == view


def test_a_link_to_another_page_keeps_the_period_and_leaves_that_pages_own_choices() -> None:
    view = View("ytd").with_extra(why="use", part="ZF02").with_members("use", ("office",))
    there = view.elsewhere("month")
    assert there.search == "?p=ytd&use=office"
    assert View("month", default="month").elsewhere("month").search == ""


def test_a_cell_chooses_its_row_and_its_column_and_goes_again_only_when_both_are_chosen() -> None:
    view = View("ytd").with_extra(view="pivot")
    cell = (("district", "321283"), ("use", "office"))
    both = view.clicked(*cell)
    assert (both.region, both.members("use"), both.more("view")) == ("321283", ("office",), "pivot")
    assert view.toggled("use", "office").clicked(*cell) == both
    assert both.clicked(*cell) == view


def test_a_second_click_on_a_point_goes_back_to_where_the_page_opens() -> None:
    view = View("month", default="month")
    there = view.toggled("period", "2026-03")
    assert there.period == "2026-03"
    assert there.toggled("period", "2026-03") == view


def test_pages_open_at_the_year_or_at_the_finest_grain_published() -> None:
    registry = standard_registry()
    assert [opening_period(registry[code]) for code in ("ZF02", "ZF04", "ZF05", "ZF09")] == [
        "ytd",
        "day",
        "month",
        "week",
    ]
