"""智慧住房: how long stock lasts, where prices go, which projects need a hand, how far the year's tasks are."""

from __future__ import annotations

from dataclasses import replace

from dash import Dash

from components.board import housing
from components.board.cards import Lead, cards
from components.board.page import add_board
from components.board.places import Heat
from components.board.progress import Tasks
from components.board.projects import Coverage
from components.board.render import Board
from components.board.trends import Multiples, Smooth, Trend
from data.platform import Platform

CARDS = ("ZF02 ZF02-units", "ZF03", "ZF04 ZF04-units", "ZF06", "ZF07 ZF07-coverage", "ZF08")
"""Indicators of the card strip; a second one is said in small."""

BOARD = Board(
    name="housing",
    title=housing.TITLE,
    path=housing.PATH,
    order=4,
    dims=("use",),
    sections=housing.SECTIONS,
    tracks="auto 1.15fr 1fr",
    parts=(
        Lead(
            id="lead",
            code=housing.LED_BY,
            fixed=housing.HOMES,
            fixed_zh=housing.HOMES_ZH,
            flows=housing.FLOWS,
            columns=15,
            rows=2,
        ),
        *cards(*CARDS),
        Trend(id="trend", zh="网签与批准预售", lead=Smooth("ZF02"), others=(Smooth("ZF01", 28),), columns=30),
        replace(housing.PROJECTS, columns=15),
        Coverage(id="escrow", code="ZF07-coverage", zh="监管资金覆盖"),
        Multiples(id="price", code="ZF03", note="普通住宅，"),
        Heat(id="buyers", code="ZF02-units", across="size_band", zh="谁在买"),
        Tasks(id="tasks", tasks=housing.TASKS, zh="保障与改造任务"),
    ),
)


def register(app: Dash, platform: Platform) -> None:
    """Add the page to the site."""
    add_board(app, platform, BOARD)
