"""/indicator/<code>: any declared indicator, from its declaration alone."""

from __future__ import annotations

from typing import Any

from dash import Dash, dcc, html
from flask import abort, request

from components import frame
from components.board import render
from components.board.render import Board
from components.board.scene import Scene
from components.callbacks import boards_of
from components.site import add_page
from components.states import Component
from data.access.viewer import Forbidden
from data.access.web import current_viewer
from data.errors import PlatformError
from data.platform import Platform
from pages import not_found_404

PATH = "/indicator/"


def register(app: Dash, platform: Platform) -> None:
    """Add the page, and a true 404 for a code that nobody declared."""
    boards = boards_of(app, platform)

    def layout(code: str = "", **values: Any) -> Any:
        board = boards.get(code) if code in platform.registry else None
        if board is None:
            return not_found_404.layout()
        viewer, theme = current_viewer(), frame.theme_name()
        scene = boards.scene(board, values, viewer, theme)
        try:
            return frame.page(
                platform,
                "/indicators",
                render.board(board, boards.drawn(board, board.ids, values, viewer, theme)),
                scene=scene,
                filters=[heading(board, scene), *frame.filter_bar(board, scene)],
                tools=frame.tools(board, scene),
                sources=f"{frame.sources(scene)}　点图中的时间点、区市、类别即筛选明细，再点取消",
                fits=False,
            )
        except (PlatformError, Forbidden) as refusal:
            body = html.Section(render.failure(refusal), className="panel")
            return frame.page(platform, "/indicators", [name(board), body], fits=False)

    add_page(app, "indicator", "/indicator", layout, title="指标", path_template=PATH + "<code>")

    @app.server.before_request
    def known_or_404() -> None:
        if request.path.startswith(PATH) and request.path.removeprefix(PATH) not in platform.registry:
            abort(404)


def heading(board: Board, scene: Scene) -> Component:
    """Where the page stands, and what it shows."""
    page = next((p for p in frame.places(scene.viewer) if p.href == f"/{scene.indicator(board.name).page}"), None)
    region = scene.regions.name(scene.where.region) if scene.where.region else "全市"
    crumbs = [
        dcc.Link("指标目录", href="/indicators"),
        *([" › ", dcc.Link(page.label, href=page.href + scene.view.elsewhere("ytd").search)] if page else []),
        f" › {board.title}　{region}　{scene.period.label}",
    ]
    return html.Div([html.Div(crumbs, className="crumbs"), name(board)], className="page-heading")


def name(board: Board) -> Component:
    """The indicator's name with its code."""
    return html.H1([board.title, html.Span(board.name, className="badge-x")], className="page-title")
