"""/indicators: every declared indicator, what it means, who answers for it, and how far its data reach."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import dash_bootstrap_components as dbc
from dash import Dash, dcc, html

from components import frame
from components.format import iso
from components.shell import Place
from components.site import add_page
from components.states import Component, badge
from data.access.viewer import Viewer
from data.access.web import current_viewer
from data.platform import Platform
from data.semantic.kinds import kind_of
from data.semantic.spec import Cube, Filter, Indicator

PATH = "/indicators"
TITLE = "指标目录"
HEADS = ("编码", "指标", "单位", "类型", "定义", "责任处室", "页面", "数据截至")

Standing = tuple[date | None, bool]


def register(app: Dash, platform: Platform) -> None:
    """Add the page."""

    def layout(**_values: Any) -> Component:
        viewer = current_viewer()
        search = dbc.Input(
            id="catalogue-search", type="search", placeholder="搜索编码、名称、定义、处室", className="catalogue-search"
        )
        count = html.Span(f"共 {sum(1 for _ in platform.registry)} 个指标", id="catalogue-count", className="hint")
        rows = list(_rows(platform, viewer))
        head = html.Thead(html.Tr([html.Th(word) for word in HEADS]))
        table = html.Table([head, html.Tbody(rows)], className="catalogue", id="catalogue")
        return frame.page(
            platform,
            PATH,
            html.Section(table, className="panel catalogue-panel"),
            filters=[html.H1(TITLE, className="page-title"), search, count],
            demo=any(platform.engine.is_demo((indicator.code,)) for indicator in platform.registry),
            fits=False,
        )

    add_page(app, "indicators", PATH, layout, title=TITLE, charts=False, place=Place(TITLE, PATH, 80))


def _rows(platform: Platform, viewer: Viewer) -> Iterator[Component]:
    places = {place.href.removeprefix("/"): place.label for place in frame.places(viewer)}
    known: dict[tuple[Cube, ...], Standing] = {}
    for indicator in platform.registry:
        cubes = platform.registry.cubes_of(indicator.code)
        if cubes not in known:
            mark = platform.engine.watermark((indicator.code,), Filter(), viewer)
            known[cubes] = mark, platform.engine.is_demo((indicator.code,))
        yield _row(platform, indicator, places.get(indicator.page, "—"), known[cubes])


def _row(platform: Platform, indicator: Indicator, page: str, standing: Standing) -> Component:
    mark, demo = standing
    reach = [iso(mark), " ", badge("演示", "warn")] if demo and mark else [iso(mark) if mark else "尚无数据"]
    return html.Tr(
        [
            html.Td(indicator.code, className="is-code"),
            html.Td(dcc.Link(indicator.zh, href=f"/indicator/{indicator.code}")),
            html.Td(indicator.unit),
            html.Td(kind_of(indicator, platform.registry).zh),
            html.Td(indicator.definition, className="is-long"),
            html.Td(indicator.owner or "—"),
            html.Td(page),
            html.Td(reach, className="is-reach"),
        ],
        className="" if indicator.code == indicator.stem else "is-second",
    )
