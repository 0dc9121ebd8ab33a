"""/indicator/<code>: any declared indicator, from its declaration alone."""

from __future__ import annotations

from functools import partial
from typing import Any

from dash import Dash, dcc, html
from flask import Response, abort, make_response, redirect, request

from components import frame
from components.board.page import show
from components.board.render import Board
from components.board.scene import Scene
from components.callbacks import boards_of
from components.site import add_page
from components.states import Component, not_found
from data.platform import Platform

PATH = "/indicator/"
CATALOGUE = "/indicators"


def register(app: Dash, platform: Platform) -> None:
    """Add the page, and a true 404 for a code that nobody declared."""
    boards = boards_of(app, platform)

    def layout(code: str = "", **values: Any) -> Component:
        board = boards.get(code) if code in platform.registry else None
        if board is None:
            return not_found()
        return show(boards, board, values, head=partial(heading, board), here=CATALOGUE, fits=False)

    add_page(app, "indicator", "/indicator", layout, title="指标", path_template=PATH + "<code>", charts=True)

    @app.server.before_request
    def known_or_404() -> Response | None:
        if request.path == "/indicator":
            return make_response(redirect(CATALOGUE))
        if request.path.startswith(PATH) and request.path.removeprefix(PATH) not in platform.registry:
            abort(404)
        return None


def heading(board: Board, scene: Scene) -> Component:
    """The way to the page, and what it shows."""
    page = next((p for p in frame.places(scene.viewer) if p.href == f"/{scene.indicator(board.name).page}"), None)
    region = scene.regions.name(scene.where.region) if scene.where.region else "全市"
    crumbs = [
        dcc.Link("指标目录", href=CATALOGUE),
        *([" › ", dcc.Link(page.label, href=page.href + scene.view.elsewhere("ytd").search)] if page else []),
        f" › {board.title}　{region}　{scene.period.label}",
    ]
    title = html.H1([board.title, html.Span(board.name, className="badge-x")], className="page-title")
    return html.Div([html.Div(crumbs, className="crumbs"), title], className="page-heading")
