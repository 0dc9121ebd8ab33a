"""智慧住房: how long stock lasts, where prices go, which projects need a hand."""

from __future__ import annotations

from typing import Any

from dash import Dash

from components import frame
from components.board import render
from components.board.cards import Card, Lead
from components.board.charts import Coverage, Heat, Multiples, Progress, Trend
from components.board.lists import Projects
from components.board.render import Board
from components.board.scene import NoData
from components.callbacks import boards_of
from components.site import add_page
from data.access.web import current_viewer
from data.platform import Platform

CARDS = (("ZF02", "ZF02-units"), ("ZF03", ""), ("ZF04", "ZF04-units"), ("ZF06", ""), ("ZF07", "ZF07-coverage"))

BOARD = Board(
    name="housing",
    title="智慧住房",
    path="/housing",
    dims=("use",),
    tracks="auto 1.15fr 1fr",
    parts=(
        Lead(
            id="lead",
            code="ZF05",
            fixed=(("use", ("residential",)),),
            fixed_zh="住宅",
            flows=(("新增可售", "ZF04-opened"), ("网签", "ZF02")),
            columns=15,
            rows=2,
        ),
        *(Card(id=code, code=code, second=second) for code, second in CARDS),
        Trend(id="trend", lead="ZF02", others=("ZF01",), zh="网签与批准预售", columns=30),
        Projects(id="projects", zh="要处置的项目", troubled="ZF09", escrow="ZF07-coverage", columns=15),
        Coverage(id="escrow", code="ZF07-coverage", zh="监管资金覆盖"),
        Multiples(id="price", code="ZF03", note="普通住宅，"),
        Heat(id="buyers", code="ZF02-units", across="size_band", zh="谁在买", clicks=("district", "size_band")),
        Progress(id="delivery", code="ZF10", zh="保交房交付"),
    ),
)


def register(app: Dash, platform: Platform) -> None:
    """Add the page to the site."""
    boards = boards_of(app, platform)
    boards.add(BOARD)

    def layout(**values: Any) -> Any:
        scene = boards.scene(BOARD, values, current_viewer(), frame.theme_name())
        try:
            return frame.page(
                platform,
                BOARD.path,
                render.board(BOARD, scene),
                scene=scene,
                filters=frame.filter_bar(BOARD, scene),
                tools=frame.tools(BOARD, scene),
                sources=frame.sources(scene),
            )
        except NoData as nothing:
            return frame.page(platform, BOARD.path, render.failure(nothing))

    add_page(app, "housing", BOARD.path, layout, title=BOARD.title)
