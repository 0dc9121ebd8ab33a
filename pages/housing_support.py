"""智慧住房 · 保障: whether the year's homes are raised, who is supported, how fast, and what became of homes bought."""

from __future__ import annotations

from dash import Dash

from components.board import housing
from components.board.bridge import Bridge
from components.board.cards import cards
from components.board.composition import Composition, Steps
from components.board.page import add_board
from components.board.places import Ranking
from components.board.progress import Progress
from components.board.render import Board
from components.board.trends import AmountAndShare
from data.platform import Platform

BOARD = Board(
    name="housing-support",
    title="智慧住房 · 保障",
    path=f"{housing.PATH}/support",
    sections=housing.SECTIONS,
    tracks="auto 1fr 1fr",
    parts=(
        *cards("ZF11", "ZF11-started", "ZF11-completed", "ZF12 ZF12-vacancy", "ZF20", "ZF22", strip=60),
        Progress(id="raised", code="ZF11", zh="保租房筹集", columns=20),
        AmountAndShare(id="pace", code="ZF11", share="ZF11-rate", zh="筹集进度", columns=22),
        Steps(
            id="bought",
            zh="收购存量房去向",
            steps=(
                ("签约", "ZF22-gross"),
                ("付款", "ZF22-paid"),
                ("交付", "ZF22-delivered"),
                ("配租配售", "ZF22-occupied"),
                ("解约", "ZF22-cancelled"),
            ),
            columns=18,
        ),
        Composition(id="supported", code="ZF12", across="support_kind", zh="公租房在保"),
        Bridge(id="bridge", code="ZF12"),
        Ranking(id="vacant", code="ZF12-vacancy", zh="公租房空置"),
        Ranking(id="reviewed", code="ZF20", zh="资格审核时长"),
    ),
)


def register(app: Dash, platform: Platform) -> None:
    """Add the page to the site."""
    add_board(app, platform, BOARD)
