"""The callback behind every grid of rows: one block, from the place where the block before it ended."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from dash import MATCH, Dash, Input, Output, State
from dash.exceptions import PreventUpdate

from components.board.records import CURSORS, GRID, SHOWN, Block, Rows
from components.board.source import Boards
from components.callbacks import boards_of
from components.format import number
from components.grid import BLOCK, cursor_for, narrowed, order_of, remembered
from data.access.viewer import Viewer
from data.access.web import current_viewer
from data.platform import Platform

HERE = {"id": MATCH, "at": MATCH}


def register(app: Dash, platform: Platform) -> None:
    """Register the callback."""
    boards = boards_of(app, platform)

    @app.callback(
        Output({"kind": GRID, **HERE}, "getRowsResponse"),
        Output({"kind": CURSORS, **HERE}, "data"),
        Output({"kind": SHOWN, **HERE}, "children"),
        Input({"kind": GRID, **HERE}, "getRowsRequest"),
        State({"kind": CURSORS, **HERE}, "data"),
        State({"kind": GRID, **HERE}, "id"),
        prevent_initial_call=True,
    )
    def block(request: dict[str, Any] | None, known: dict[str, Any] | None, here: dict[str, str]) -> Any:
        if not request:
            raise PreventUpdate
        try:
            after = cursor_for(known, request)
        except KeyError:
            raise PreventUpdate from None
        found = fetch(boards, here, request, after, current_viewer())
        end = int(request["startRow"]) + len(found.rows)
        response = {"rowData": found.rows, "rowCount": end if found.next is None else None}
        return response, remembered(known, request, len(found.rows), found.next), told(request, found)


def fetch(boards: Boards, here: dict[str, str], request: dict[str, Any], after: str | None, viewer: Viewer) -> Block:
    """The block that a grid at its address wants, as ``viewer`` may see it."""
    path, _, search = here["at"].partition("#")[0].partition("?")
    board = boards.by_path(path)
    part = board.part(here["id"]) if board else None
    if board is None or not isinstance(part, Rows):
        raise PreventUpdate
    sort, descending = order_of(request)
    scene = boards.scene(board, dict(parse_qsl(search)), viewer, None)
    return part.block(scene, sort, descending, after, limit=BLOCK, narrow=narrowed(request))


def told(request: dict[str, Any], found: Block) -> str:
    """How far the rows reach: ``已显示至第 200 行，继续向下滚动加载``."""
    end = int(request["startRow"]) + len(found.rows)
    if not end:
        return "没有符合的明细"
    own = "（表内筛选后）" if request.get("filterModel") else ""
    if found.next is None:
        return f"共 {number(end)} 行{own}，已全部显示"
    return f"已显示至第 {number(end)} 行{own}，继续向下滚动加载"
