"""智慧住房 · 更新与物业: how far renewal is, which houses are unsafe, and how estates are kept."""

from __future__ import annotations

from dash import Dash

from components.board import housing
from components.board.bridge import Bridge
from components.board.cards import cards
from components.board.composition import Composition
from components.board.listing import Listing
from components.board.maps import Choropleth
from components.board.page import add_board
from components.board.places import Heat, Ranking
from components.board.progress import Progress
from components.board.render import Board
from data.platform import Platform

MORE = ("ZF14-started", "ZF14-buildings", "ZF16-area", "ZF16-households", "ZF27-expired", "ZF18-paid_in", "ZF18-used")
"""Figures beside the leading ones, a line each."""

BOARD = Board(
    name="housing-renewal",
    title="智慧住房 · 更新与物业",
    path=f"{housing.PATH}/renewal",
    sections=housing.SECTIONS,
    tracks="auto 1fr 1fr",
    parts=(
        *cards("ZF14 ZF14-households", "ZF15", "ZF13 ZF13-completed", "ZF23", "ZF16", "ZF27", "ZF18", strip=60),
        Progress(id="estates", code="ZF14", zh="老旧小区改造"),
        Progress(id="checked", code="ZF25", zh="房屋体检"),
        Progress(id="cleared", code="ZF19", zh="危房解危"),
        Heat(id="issues", code="ZF24", across="checkup_dim", zh="体检问题整改"),
        Choropleth(id="managed", code="ZF16", zh="物业服务覆盖", columns=12),
        Ranking(id="bodies", code="ZF27", zh="业主组织组建", columns=12),
        Composition(id="credit", code="ZF17", across="band", zh="物业企业信用", ordered=True, columns=12),
        Bridge(id="fund", code="ZF18", columns=12),
        Listing(id="more", zh="更多指标", listed=MORE, columns=12),
    ),
)


def register(app: Dash, platform: Platform) -> None:
    """Add the page to the site."""
    add_board(app, platform, BOARD)
