"""What a grid asks of the engine: order, filters, and the way to a block."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from components.grid import LINK, cell, cursor_for, grid, narrowed, order_of, remembered
from data.semantic.records import Column


def request(start: int, sort: list[dict[str, str]] | None = None, **filters: Any) -> dict[str, Any]:
    return {"startRow": start, "endRow": start + 100, "sortModel": sort or [], "filterModel": filters}


def test_blocks_are_found_again_by_their_cursors_and_forgotten_with_the_order() -> None:
    known = remembered(None, request(0), 100, "second")
    known = remembered(known, request(100), 100, "third")
    assert cursor_for(known, request(0)) is None
    assert cursor_for(known, request(100)) == "second"
    assert cursor_for(known, request(200)) == "third"
    with pytest.raises(KeyError):
        cursor_for(known, request(300))
    with pytest.raises(KeyError):
        cursor_for(known, request(100, sort=[{"colId": "area_m2", "sort": "asc"}]))
    assert remembered(known, request(0, sort=[{"colId": "area_m2", "sort": "asc"}]), 100, "other")["at"] == {
        "100": "other"
    }


def test_the_first_click_on_a_column_is_its_order() -> None:
    assert order_of(request(0)) == (None, True)
    assert order_of(request(0, sort=[{"colId": "area_m2", "sort": "asc"}])) == ("area_m2", False)


def test_filters_become_bounds_and_codes() -> None:
    asked = request(
        0,
        area_m2={"filterType": "number", "type": "inRange", "filter": 90.123, "filterTo": 120},
        amount_yuan={"filterType": "number", "type": "lessThanOrEqual", "filter": 1000000},
        booked_on={"filterType": "date", "type": "greaterThanOrEqual", "dateFrom": "2026-10-01 00:00:00"},
        use={"filterType": "text", "type": "residential"},
    )
    assert narrowed(asked) == {
        "area_m2": (90.12, 120),
        "amount_yuan": (None, 1000000),
        "booked_on": (date(2026, 10, 1), None),
        "use": ("residential",),
    }


def test_only_declared_columns_sort_and_only_they_and_codes_filter() -> None:
    columns = [
        Column("project_name", "项目名称", "text"),
        Column("use", "用途", "code", codes={"residential": "住宅"}),
        Column("area_m2", "面积(㎡)", "number", sortable=True),
        Column("+signed_area", "计入面积(㎡)", "number", contribution=True, decimals=2),
    ]
    made = grid({"kind": "grid"}, columns, ["project_name"], "area_m2").columnDefs
    name, use, area, counted = made
    assert [column["sortable"] for column in made] == [False, False, True, False]
    assert (name["filter"], counted["filter"]) == (False, False)
    assert area["filter"] == "agNumberColumnFilter"
    assert [option["displayName"] for option in use["filterParams"]["filterOptions"][1:]] == ["住宅"]
    assert name["cellRenderer"] == "EntityLink"
    assert LINK.startswith(":")


def test_values_reach_the_browser_as_plain_ones() -> None:
    assert cell(date(2026, 10, 1)) == "2026-10-01"
    assert cell(None) is None
