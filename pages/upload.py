"""数据上传: a clerk's file, from choosing it to the receipt."""

from __future__ import annotations

from typing import Any

from dash import Dash, dcc

from components.frame import page
from components.shell import Place
from components.site import add_page
from components.states import Component
from components.upload import PATH, body
from data.access.web import current_viewer
from data.ingest.run import UPLOADERS
from data.platform import Platform

TITLE = "数据上传"


def register(app: Dash, platform: Platform) -> None:
    """Add the page to the site."""

    def layout(draft: str | None = None, run: str | None = None, **_other: Any) -> Component:
        """The step that the address names."""
        return page(
            platform,
            PATH,
            [dcc.Location(id="upload-go", refresh="callback-nav"), body(platform, current_viewer(), draft, run)],
            sources="上传的文件只在入库前暂存，一日后清除；每一行的去向都在回执里，批次可撤销。",
            fits=False,
            demo=platform.engine.is_demo(indicator.code for indicator in platform.registry),
        )

    add_page(app, __name__, PATH, layout, title=TITLE, charts=False, place=Place(TITLE, PATH, 90, frozenset(UPLOADERS)))
