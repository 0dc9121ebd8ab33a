"""Shared callbacks, by kind of thing: refresh, retry, steer, data. Each a thin shell over a plain function."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl

from dash import ALL, MATCH, ClientsideFunction, Dash, Input, Output, State, html, no_update
from dash.exceptions import PreventUpdate
from flask import abort, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from components import frame, shell
from components.board.render import Board
from components.board.source import Boards
from components.export import offer
from components.state import View
from data.access.web import current_viewer
from data.export.cells import shown_text
from data.export.table import Table
from data.platform import Platform

MOST_CELLS = 2_000
ISO_DAY = re.compile(r"(19|20)\d{2}-\d{2}-\d{2}")
SLOTS = {"kind": "slot", "id": ALL}


def register(app: Dash, platform: Platform) -> None:
    """Register the callbacks that all boards share, and the small route that tells of new versions."""
    boards = boards_of(app, platform)
    offer(app.server, boards)
    _register_versions(app, boards)
    _register_figures(app, boards)
    _register_steering(app, boards)


def _register_versions(app: Dash, boards: Boards) -> None:

    @app.server.get("/api/versions")
    def versions() -> ResponseReturnValue:
        """One word for the state of the data under a board; 304 while it is the one the asker knows."""
        board = boards.get(request.args.get("board", ""))
        if board is None:
            abort(404)
        response = jsonify(versions=(word := frame.etag(boards.versions(board))))
        response.set_etag(word)
        response.headers["Cache-Control"] = "no-cache, private"
        return response.make_conditional(request)


def _register_figures(app: Dash, boards: Boards) -> None:
    @app.callback(
        Output(SLOTS, "children"),
        Output("status", "children"),
        Input("versions", "data"),
        Input("theme", "data"),
        State(SLOTS, "id"),
        State("_pages_location", "pathname"),
        State("_pages_location", "search"),
        prevent_initial_call=True,
    )
    def refresh(_versions: Any, theme: str, ids: list[dict[str, str]], path: str, search: str) -> Any:
        board = _board(boards, path)
        values, viewer = _values(search), current_viewer()
        with boards.platform.engine.reading():
            drawn = boards.drawn(board, [i["id"] for i in ids], values, viewer, theme)
            demo, as_of, warning = frame.standing(boards.scene(board, values, viewer, theme))
        return [drawn.get(i["id"], no_update) for i in ids], shell.status(demo=demo, as_of=as_of, warning=warning)

    app.clientside_callback(
        ClientsideFunction("platform", "want"),
        Output("wanted", "data"),
        Input({"kind": "missing", "id": ALL}, "data"),
    )

    @app.callback(
        Output({"kind": "slot", "id": MATCH}, "children"),
        Input({"kind": "retry", "id": MATCH}, "n_clicks"),
        State({"kind": "slot", "id": MATCH}, "id"),
        State("theme", "data"),
        State("_pages_location", "pathname"),
        State("_pages_location", "search"),
        prevent_initial_call=True,
    )
    def retry(clicks: int | None, slot: dict[str, str], theme: str, path: str, search: str) -> Any:
        if not clicks:
            raise PreventUpdate
        drawn = boards.drawn(_board(boards, path), (slot["id"],), _values(search), current_viewer(), theme)
        return drawn.get(slot["id"], no_update)

    @app.callback(
        Output(SLOTS, "children", allow_duplicate=True),
        Input("wanted", "data"),
        State(SLOTS, "id"),
        State("theme", "data"),
        State("_pages_location", "pathname"),
        State("_pages_location", "search"),
        prevent_initial_call=True,
    )
    def fill(wanted: dict[str, Any], ids: list[dict[str, str]], theme: str, path: str, search: str) -> Any:
        drawn = boards.drawn(_board(boards, path), wanted["parts"], _values(search), current_viewer(), theme)
        return [drawn.get(i["id"], no_update) for i in ids]


def _register_steering(app: Dash, boards: Boards) -> None:
    @app.callback(
        Output("_pages_location", "search"),
        Input("steered", "data"),
        State({"kind": "range", "id": ALL}, "value"),
        State("_pages_location", "pathname"),
        State("_pages_location", "search"),
        prevent_initial_call=True,
    )
    def steer(found: dict[str, Any] | None, ranges: list[str], path: str, search: str) -> Any:
        if not found:
            raise PreventUpdate
        board = _board(boards, path)
        view = View.parse(search, boards.platform.registry.dims, board.default_period)
        steered = steered_view(board, view, found["id"], found["value"], ranges)
        return no_update if steered == view else steered.search

    @app.callback(
        Output("data-modal", "is_open"),
        Output("data-title", "children"),
        Output("data-body", "children"),
        Input("asked", "data"),
        State("_pages_location", "pathname"),
        State("_pages_location", "search"),
        prevent_initial_call=True,
    )
    def data(found: dict[str, Any] | None, path: str, search: str) -> Any:
        if not found:
            raise PreventUpdate
        board = _board(boards, path)
        shown = boards.find(board.name, found["id"]["id"], MultiDict(_values(search)), current_viewer())
        if shown is None:
            raise PreventUpdate
        return True, shown.table.title, table_view(shown.table)

    # What a reader does goes through the browser first: a chart or list that only appeared has done nothing, and
    # must not cost a request.
    forward = ClientsideFunction("platform", "forward")
    app.clientside_callback(
        forward,
        Output("steered", "data"),
        Input({"kind": "graph", "id": ALL}, "clickData"),
        Input({"kind": "pick", "id": ALL}, "value"),
        Input({"kind": "range", "id": ALL}, "value"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        forward,
        Output("asked", "data"),
        Input({"kind": "menu", "id": ALL, "do": "data"}, "n_clicks"),
        prevent_initial_call=True,
    )


def boards_of(app: Dash, platform: Platform) -> Boards:
    """The boards of this application, to which its pages add theirs."""
    found = app.server.extensions.setdefault("boards", Boards(platform))
    assert isinstance(found, Boards)
    return found


def steered_view(board: Board, view: View, found: dict[str, str], value: Any, ranges: list[str]) -> View:
    """The view that a click on a mark, a choice in a list or a date leads to."""
    if found["kind"] == "graph":
        return _clicked(board, view, found["id"], value)
    if found["kind"] == "range":
        # A date typed by hand passes through years that do not exist.
        typed = [text for text in ranges if text and ISO_DAY.fullmatch(text)]
        return view.with_period("..".join(sorted(typed))) if len(typed) == len(ranges) else view
    if found["id"] == "region":
        return view.with_region(value)
    return view.with_members(found["id"], (value,) if value else ())


def table_view(table: Table) -> Any:
    """The table behind a figure, as the export has it."""
    head = html.Thead(html.Tr([html.Th(column.heading) for column in table.columns]))
    rows = [
        html.Tr([html.Td(shown_text(cell, column)) for cell, column in zip(row, table.columns, strict=True)])
        for row in list(table.rows)[:MOST_CELLS]
    ]
    return [html.P(table.summary, className="panel-subtitle"), html.Table([head, html.Tbody(rows)], className="data")]


def _clicked(board: Board, view: View, part_id: str, click: dict[str, Any]) -> View:
    part = board.part(part_id)
    point = (click.get("points") or [{}])[0]
    members = point.get("customdata")
    if part is None or members is None:
        return view
    named = zip(part.clicks, members if isinstance(members, list) else [members], strict=False)
    return view.clicked(*((dim, str(member)) for dim, member in named if dim and member))


def _board(boards: Boards, path: str) -> Board:
    board = boards.by_path(path)
    if board is None:
        raise PreventUpdate
    return board


def _values(search: str) -> dict[str, str]:
    return dict(parse_qsl((search or "").lstrip("?")))
