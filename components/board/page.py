"""A board as a page of the site: one call makes its address, its figures and its exports known."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dash import Dash, dcc, html

from components import frame
from components.board import render
from components.board.apart import versus
from components.board.render import Board
from components.board.scene import Scene
from components.board.source import Boards
from components.callbacks import boards_of
from components.shell import Place
from components.site import add_page
from components.state import TAB
from components.states import Component, Option, empty, segmented, skeleton
from data.access.viewer import Forbidden
from data.access.web import current_viewer
from data.errors import PlatformError
from data.platform import Platform


def add_board(app: Dash, platform: Platform, board: Board) -> None:
    """Add ``board`` to the site at its path."""
    boards = boards_of(app, platform)
    boards.add(board)

    def layout(**values: Any) -> Component:
        return show(boards, board, values)

    first = not board.sections or board.sections[0][1] == board.path
    place = Place(board.title, board.path, board.order) if first else None
    add_page(app, board.name, board.path, layout, title=board.title, place=place)


def show(
    boards: Boards,
    board: Board,
    values: dict[str, str],
    *,
    head: Callable[[Scene], Component] | None = None,
    here: str = "",
    fits: bool = True,
) -> Component:
    """The board's page. Parts that are kept come at once; the others' frames stand and are filled in one batch.

    ``head`` stands before the filters, ``here`` is the place in the navigation that it belongs to.
    """
    here = here or (board.sections[0][1] if board.sections else board.path)
    viewer = current_viewer()
    scene = boards.scene(board, values, viewer, frame.theme_name())
    board = board.at(scene.view.more(TAB))
    if not viewer.sees_figures:
        return frame.page(
            boards.platform, here, empty("此账号暂无可看的指标", "企业只看本企业的点位，该功能建成后在此显示")
        )
    try:
        return frame.page(
            boards.platform,
            here,
            [*([tab_bar(board, scene)] if board.tabs else []), *figures(boards, board, values)],
            scene=scene,
            filters=[
                head(scene) if head else _title(board),
                *frame.sections(board, scene),
                *frame.filter_bar(board, scene),
            ],
            tools=frame.tools(board, scene),
            sources=frame.sources(scene),
            fits=fits,
        )
    except (PlatformError, Forbidden) as refusal:
        # What was asked for can't be shown, but the way back to what can stays at hand.
        title = html.H1(board.title, className="page-title")
        return frame.page(boards.platform, here, render.failure(refusal), filters=[title, *_way_back(boards, board)])


def _way_back(boards: Boards, board: Board) -> list[Component]:
    """The filter bar of the board's default view, where that has any data."""
    scene = boards.scene(board, {}, current_viewer(), frame.theme_name())
    try:
        return frame.filter_bar(board, scene)
    except (PlatformError, Forbidden):
        return []


def figures(boards: Boards, board: Board, values: dict[str, str]) -> list[Component]:
    """The board itself with what is ready, and the note of what is still wanted."""
    viewer, theme = current_viewer(), frame.theme_name()
    kept = boards.kept(board, values, viewer, theme)
    missing = [part.id for part in board.parts if part.id not in kept]
    drawn = {part.id: kept.get(part.id) or skeleton(part.shape) for part in board.parts}
    wanted = [dcc.Store(id={"kind": "missing", "id": board.name}, data=missing)] if missing else []
    mark = html.Div(id="drawn", **{"data-board": board.name, "data-versions": frame.etag(boards.versions(board))})
    return [mark, render.board(board, drawn), *wanted]


def tab_bar(board: Board, scene: Scene) -> Component:
    """The board's tabs and, for all of them, with which period they compare."""
    options = [
        Option(tab.name, tab.zh, board.path + scene.view.with_extra(**{TAB: tab.name}).search) for tab in board.tabs
    ]
    now = next((tab for tab in board.tabs if tab.name == scene.view.more(TAB)), board.tabs[0])
    compared = html.Div([html.Span("对比", className="hint"), versus(scene)], className="tabs-versus")
    return html.Div(
        [segmented(TAB, options, now.name, "视图"), *([compared] if now.compares else [])], className="tabs"
    )


def _title(board: Board) -> Component:
    """What the page is, for those who hear it: those who see it have the navigation before them."""
    return html.H1(board.title, className="visually-hidden")
