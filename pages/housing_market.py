"""智慧住房 · 市场: what sells, who buys, whether the money is there, and what is built next."""

from __future__ import annotations

from dash import Dash

from components.board import housing
from components.board.cards import cards
from components.board.composition import Composition, Steps
from components.board.listing import Listing
from components.board.page import add_board
from components.board.progress import Progress
from components.board.render import Board
from components.board.trends import AmountAndShare, Smooth, Trend
from data.platform import Platform

MORE = ("ZF21-projects", "ZF26-excluded", "ZF09-stalled", "ZF09-late", "ZF07-coverage", "ZF08")
"""Figures beside the leading ones, a line each."""

BOARD = Board(
    name="housing-market",
    title="智慧住房 · 市场",
    path=f"{housing.PATH}/market",
    dims=("use",),
    sections=housing.SECTIONS,
    tracks="auto 1fr 1fr",
    parts=(
        *cards("ZF01 ZF01-units", "ZF02 ZF02-units", "ZF06", "ZF21 ZF21-area", "ZF26", "ZF10", strip=60),
        Trend(id="trend", zh="新房与二手房网签", lead=Smooth("ZF02-units"), others=(Smooth("ZF06"),), columns=30),
        Composition(id="stock", code="ZF04-units", across="size_band", zh="还有什么可卖", ordered=True),
        Composition(id="uses", code="ZF02", across="use", zh="卖的是什么"),
        AmountAndShare(id="good", code="ZF21-area", share="ZF21", zh="好房子新开工", columns=20),
        Steps(
            id="loans",
            zh="白名单融资",
            chained=True,
            steps=(("推送", "ZF26-pushed"), ("授信", "ZF26-credit"), ("投放", "ZF26-paid")),
            columns=12,
        ),
        Listing(id="more", zh="更多指标", listed=MORE, columns=13),
        Progress(id="delivery", code="ZF10", zh="保交房交付"),
    ),
)


def register(app: Dash, platform: Platform) -> None:
    """Add the page to the site."""
    add_board(app, platform, BOARD)
