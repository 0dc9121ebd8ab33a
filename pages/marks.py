"""标注与日历: what explains a bend in a curve, the calendar of a year, and limits; for stewards."""

from __future__ import annotations

from typing import Any

from dash import Dash, dcc, html

from components.frame import page
from components.marks import body, switch
from components.marks_parts import PATH
from components.shell import Place
from components.site import add_page
from components.states import Component
from data.access.web import current_viewer
from data.marks import STEWARDS, may_write
from data.platform import Platform

TITLE = "标注与日历"


def register(app: Dash, platform: Platform) -> None:
    """Add the page to the site."""

    def layout(show: str = "", kind: str = "", edit: str = "", year: str = "", **_other: Any) -> Component:
        """What the address names."""
        viewer = current_viewer()
        head = [html.H1(TITLE, className="page-title"), *([switch(show)] if may_write(viewer) else [])]
        return page(
            platform,
            PATH,
            [dcc.Location(id="marks-go", refresh="callback-nav"), body(platform, viewer, show, kind, edit, year)],
            filters=head,
            sources="修改即时生效并通知已打开的页面；改过、停用的登记都保留，不删除。",
            demo=platform.engine.is_demo(indicator.code for indicator in platform.registry),
            fits=False,
        )

    add_page(app, "marks", PATH, layout, title=TITLE, charts=False, place=Place(TITLE, PATH, 95, frozenset(STEWARDS)))
