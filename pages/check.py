"""/check: what of the declarations, sources, targets and limits does not hold together; for those who mend it."""

from __future__ import annotations

from typing import Any

from dash import Dash, html

from components import check, frame
from components.shell import Place
from components.site import add_page
from components.states import Component, empty
from data.access.viewer import Viewer
from data.access.web import current_viewer
from data.platform import Platform
from data.selfcheck.findings import Context
from data.selfcheck.reported import sources
from data.selfcheck.run import examine

ROLES = frozenset({"steward", "admin"})


def register(app: Dash, platform: Platform) -> None:
    """Add the page."""

    def layout(view: str = "", **values: Any) -> Component:
        title = html.H1(check.TITLE, className="page-title")
        if not may_see(current_viewer()):
            body: list[Component] = [empty("本账号不能查看指标自检", "请数据管理员或系统管理员查看")]
            return frame.page(platform, check.PATH, body, filters=[title], fits=False)
        results = examine(platform.db, platform.registry, app.server.extensions["boards"].codes())
        bar = [title, check.views(results, check.SOURCES if view == check.SOURCES else "")]
        if view == check.SOURCES:
            with platform.db.read() as connection:
                body = check.board(sources(Context(connection, platform.registry)))
        else:
            chosen = str(values.get("check", ""))
            bar.append(check.filters(results, chosen))
            body = check.faults(results, platform.registry, chosen)
        demo = platform.engine.is_demo(indicator.code for indicator in platform.registry)
        note = "自检只读汇总、报送日期和目标表，不逐行扫描；命令行同：flask --app app doctor"
        return frame.page(platform, check.PATH, body, filters=bar, sources=note, demo=demo, fits=False)

    place = Place(check.TITLE, check.PATH, 85, ROLES)
    add_page(app, "check", check.PATH, layout, title=check.TITLE, charts=False, place=place)


def may_see(viewer: Viewer) -> bool:
    """Whether an account mends the registry: of the whole city, as what is found concerns all of it."""
    return viewer.role in ROLES and viewer.districts is None
