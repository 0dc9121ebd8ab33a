"""目标与进度: what the year's tasks are, how far each district is, and who set them."""

from __future__ import annotations

from typing import Any

from dash import Dash, html

from components import frame
from components.shell import Place
from components.site import add_page
from components.states import Component
from components.targets import PATH, body, read_year, years
from data.access.web import current_viewer
from data.platform import Platform
from data.targets import WRITERS

TITLE = "目标与进度"


def register(app: Dash, platform: Platform) -> None:
    """Add the page; in the navigation of those who set targets, a link of the indicator's page for the others."""

    def layout(year: str | None = None, code: str | None = None, **_other: Any) -> Component:
        viewer, shown = current_viewer(), read_year(year)
        filters = [html.H1(TITLE, className="page-title")]
        if viewer.sees_figures:
            filters.append(years(platform, viewer, shown))
        return frame.page(
            platform,
            PATH,
            body(platform, viewer, shown, code if code and code in platform.registry else ""),
            filters=filters,
            sources="完成率＝年初至今 ÷ 年度目标（比例为数值本身）；序时按已过天数；快慢为两者相差的百分点。",
            fits=False,
            demo=platform.engine.is_demo(i.code for i in platform.registry if i.target_kind != "none"),
        )

    place = Place(TITLE, PATH, 85, frozenset(WRITERS))
    add_page(app, __name__, PATH, layout, title=TITLE, charts=False, place=place)
