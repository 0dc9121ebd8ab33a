"""/: what matters now, what to act on, and the ways on from here."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from dash import Dash, dcc, html

from components import frame, shell
from components.board import housing, render
from components.board.page import figures
from components.board.portal import Door, Matter
from components.board.render import Board
from components.board.scene import Scene
from components.board.trends import Smooth, Trend
from components.callbacks import boards_of
from components.shell import Place
from components.site import add_page
from components.states import Component, empty
from data import clock
from data.access.viewer import Forbidden, Viewer
from data.access.web import current_viewer
from data.errors import PlatformError
from data.models.platform.account import ROLES
from data.platform import Platform

TO_COME: Final = ("智慧建筑", "智慧项目", "智慧市政", "智慧园林", "智慧办公")
HELLOS: Final = ((5, "您好"), (11, "早上好"), (13, "中午好"), (18, "下午好"), (24, "晚上好"))
WEEKDAYS: Final = "一二三四五六日"

BOARD = Board(
    name="home",
    title="首页",
    path="/",
    tracks="auto 1.15fr 1fr",
    parts=(
        Matter(
            id="matter",
            title=housing.TITLE,
            path=housing.PATH,
            code=housing.LED_BY,
            fixed=housing.HOMES,
            fixed_zh=housing.HOMES_ZH,
            flows=housing.FLOWS,
            columns=60,
        ),
        replace(housing.PROJECTS, columns=36),
        Door(
            id="housing",
            title=housing.TITLE,
            path=housing.PATH,
            code=housing.LED_BY,
            fixed=housing.HOMES,
            fixed_zh=housing.HOMES_ZH,
            also=("ZF02", "ZF03", "ZF04", "ZF06", "ZF07-coverage", "ZF10"),
            columns=24,
            rows=2,
        ),
        Trend(
            id="trend", zh="网签与批准预售", lead=Smooth("ZF02"), others=(Smooth("ZF01", 28),), height=165, columns=36
        ),
    ),
)


def register(app: Dash, platform: Platform) -> None:
    """Add the page."""
    boards = boards_of(app, platform)
    boards.add(BOARD)

    def layout(**_values: Any) -> Component:
        viewer = current_viewer()
        scene = boards.scene(BOARD, {}, viewer, frame.theme_name())
        if viewer.role == "company":
            nothing = empty("企业账号暂无可看的指标", "企业只看本企业的点位，该功能建成后在此显示")
            return frame.page(platform, BOARD.path, [_greeting(scene), html.Div(nothing, className="panel")])
        ways = html.Div([_to_come(), _ways(viewer), _recent()], className="portal-ways")
        try:
            body = [_greeting(scene), *figures(boards, BOARD, {}), ways]
            return frame.page(platform, BOARD.path, body, scene=scene, sources=frame.sources(scene))
        except (PlatformError, Forbidden) as refusal:
            body = [_greeting(scene), html.Div(render.failure(refusal), className="panel"), ways]
            return frame.page(platform, BOARD.path, body)

    add_page(app, "home", BOARD.path, layout, title=BOARD.title, place=Place(BOARD.title, BOARD.path))


def _greeting(scene: Scene) -> Component:
    """Who is greeted, in which capacity, for which place, on which day."""
    now, viewer = clock.local(clock.now()), scene.viewer
    hello = next(word for until, word in HELLOS if now.hour < until)
    place = scene.regions.name(scene.where.region) if scene.where.region else "全市"
    words = [ROLES[viewer.role], *([place] if viewer.role != "company" else [])]
    words.append(f"{now.year} 年 {now.month} 月 {now.day} 日 星期{WEEKDAYS[now.weekday()]}")
    return html.Header(
        [html.H1(f"{hello}，{viewer.name}"), html.Span("　".join(words)), shell.full_screen_button()],
        className="greeting",
    )


def _to_come() -> Component:
    return _panel("其他驾驶舱", [html.Span([word, html.Small("待建")], className="to-come") for word in TO_COME])


def _ways(viewer: Viewer) -> Component:
    found = [place for place in frame.places(viewer) if place.href not in (BOARD.path, housing.PATH)]
    return _panel("常用入口", [dcc.Link(place.label, href=place.href, className="btn-x") for place in found])


def _recent() -> Component:
    """Filled by the browser, which alone knows what was opened in it."""
    return _panel("最近打开", [html.Div(id="recent", className="recent")])


def _panel(title: str, children: list[Component]) -> Component:
    head = html.Header(html.H2(html.Span(title, className="panel-title")), className="panel-head")
    return html.Section([head, html.Div(children, className="panel-body portal-links")], className="panel")
