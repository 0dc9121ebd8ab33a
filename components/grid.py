"""The grid of rows: its columns, its words, and what its requests mean to the engine.

Blocks are fetched by keyset: the way to a block is the cursor that the block before it ended with, so the grid asks
for one at a time and is told no length before the last.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

import dash_ag_grid as dag

from components.format import ems
from components.states import Component
from data.semantic.records import Column

BLOCK: Final = 100
LINK: Final = ":href"
"""Ending of the key that holds where a cell leads."""

TEXT_PX, PAD_PX, ICON_PX, WIDEST_PX = 13, 14, 22, 116
"""What a heading takes: a letter, the room beside it, an icon; beyond the widest it is cut and told on hover."""

SPREAD: Final = 1.6
"""What texts take of spare width, against the rest."""

LEAST: Final = {"link": 92, "text": 66, "code": 76, "date": 96, "number": 98, "integer": 76}
NUMERIC: Final = ("number", "integer")
RANGES: Final = ("inRange", "greaterThanOrEqual", "lessThanOrEqual")

WORDS: Final = {
    "loadingOoo": "加载中…",
    "noRowsToShow": "没有明细",
    "applyFilter": "确定",
    "resetFilter": "清除",
    "clearFilter": "清除",
    "cancelFilter": "取消",
    "filterOoo": "筛选…",
    "inRange": "介于",
    "inRangeStart": "自",
    "inRangeEnd": "至",
    "greaterThanOrEqual": "不小于",
    "lessThanOrEqual": "不大于",
    "dateFormatOoo": "年-月-日",
    "ariaFilterMenuOpen": "打开筛选",
    "ariaLabelColumnFilter": "列筛选",
    "ariaFilterFromValue": "筛选起值",
    "ariaFilterToValue": "筛选止值",
    "ariaFilteringOperator": "筛选方式",
    "pinColumn": "固定列",
    "empty": "请选择",
}


def grid(identity: dict[str, str], columns: Sequence[Column], links: Sequence[str], sort: str) -> Component:
    """The grid; ``links`` are the columns whose cells lead somewhere, ``sort`` the column it opens sorted by."""
    return dag.AgGrid(
        id=identity,
        rowModelType="infinite",
        columnDefs=[_definition(column, column.name in links, column.name == sort) for column in columns],
        defaultColDef={"resizable": True, "suppressMovable": True, "suppressHeaderMenuButton": True},
        dashGridOptions={
            "cacheBlockSize": BLOCK,
            "maxConcurrentDatasourceRequests": 1,
            "infiniteInitialRowCount": 1,
            "blockLoadDebounceMillis": 40,
            "localeText": WORDS,
            "enableCellTextSelection": True,
            "suppressMultiSort": True,
            "animateRows": False,
        },
        getRowId="params.data.id",
        style={"height": "100%", "width": "100%"},
    )


def _definition(column: Column, leads: bool, sorted_by: bool) -> dict[str, Any]:
    icons = (1 if column.codes else 2 if column.sortable else 0) * ICON_PX
    wanted = round(ems(column.zh) * TEXT_PX) + PAD_PX + icons
    text = column.kind == "text"
    named = round(max(map(ems, column.codes.values()), default=0) * TEXT_PX) + PAD_PX if text else 0
    width = LEAST["link" if leads else "text"] if text else max(LEAST[column.kind], min(wanted, WIDEST_PX))
    width = max(width, named)
    found: dict[str, Any] = {
        "field": column.name,
        "headerName": column.zh,
        "headerTooltip": column.zh,
        "sortable": column.sortable,
        "minWidth": width,
        # On a wall letters grow with the screen: shares of the width grow with them, pixels would not.
        "flex": round(SPREAD * width) if text else width,
    }
    if column.kind in NUMERIC:
        decimals = column.decimals if column.contribution else 2 if column.kind == "number" else 0
        found |= {"type": "rightAligned", "valueFormatter": {"function": f"amount(params.value, {decimals})"}}
    elif text:
        found["tooltipField"] = column.name
    if leads:
        found["cellRenderer"] = "EntityLink"
    if sorted_by:
        found["sort"] = "desc"
        found["sortingOrder"] = ["desc", "asc"]
    return found | _filter(column)


def _filter(column: Column) -> dict[str, Any]:
    """Codes are chosen from their words, sortable amounts and days are bounded; nothing else is filtered."""
    if column.codes:
        options = [
            {"displayKey": code, "displayName": word, "numberOfInputs": 0, "predicate": {"function": "everyRow()"}}
            for code, word in column.codes.items()
        ]
        return {"filter": "agTextColumnFilter", "filterParams": {"filterOptions": ["empty", *options], **_ONE}}
    if column.sortable and column.kind in (*NUMERIC, "date"):
        kind = "agDateColumnFilter" if column.kind == "date" else "agNumberColumnFilter"
        return {"filter": kind, "filterParams": {"filterOptions": list(RANGES), "inRangeInclusive": True, **_ONE}}
    return {"filter": False}


_ONE: Final = {"maxNumConditions": 1, "buttons": ["reset", "apply"], "closeOnApply": True}


# --- what the grid asks ------------------------------------------------------------------------------------------


def order_of(request: Mapping[str, Any]) -> tuple[str | None, bool]:
    """Column to sort by (none: as declared), and whether the greatest comes first."""
    first = next(iter(request.get("sortModel") or []), None)
    return (str(first["colId"]), first.get("sort") != "asc") if first else (None, True)


def narrowed(request: Mapping[str, Any]) -> dict[str, tuple[Any, ...]]:
    """The grid's filters as :meth:`Engine.rows` takes them."""
    found: dict[str, tuple[Any, ...]] = {}
    for name, model in (request.get("filterModel") or {}).items():
        match model.get("filterType"):
            case "number":
                found[name] = _bounds(model["type"], model.get("filter"), model.get("filterTo"))
            case "date":
                found[name] = _bounds(model["type"], _day(model.get("dateFrom")), _day(model.get("dateTo")))
            case _:
                found[name] = (str(model["type"]),)
    return found


def _bounds(kind: str, first: Any, second: Any) -> tuple[Any, Any]:
    low, high = {"inRange": (first, second), "lessThanOrEqual": (None, first)}.get(kind, (first, None))
    return tuple(round(v, 2) if isinstance(v, float) else v for v in (low, high))  # type: ignore[return-value]


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text[:10]) if text else None


# --- where a block begins ----------------------------------------------------------------------------------------


def cursor_for(known: Mapping[str, Any] | None, request: Mapping[str, Any]) -> str | None:
    """Cursor of the block that a request wants; None for the first, KeyError where its way is not known."""
    start = int(request["startRow"])
    if start == 0:
        return None
    if not known or known.get("asked") != asked(request):
        raise KeyError(start)
    return str(known["at"][str(start)])


def remembered(
    known: Mapping[str, Any] | None, request: Mapping[str, Any], rows: int, cursor: str | None
) -> dict[str, Any]:
    """The ways to blocks, with that to the next one; forgotten when order or filters change."""
    same = known is not None and known.get("asked") == asked(request)
    at = dict(known["at"]) if same and known else {}
    if cursor is not None:
        at[str(int(request["startRow"]) + rows)] = cursor
    return {"asked": asked(request), "at": at}


def asked(request: Mapping[str, Any]) -> str:
    """Order and filters in one word."""
    return json.dumps([request.get("sortModel") or [], request.get("filterModel") or {}], sort_keys=True)


def cell(value: Any) -> Any:
    """A value as the browser takes it."""
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if isinstance(value, date) else value
