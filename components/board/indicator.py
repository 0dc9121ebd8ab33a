"""The board of one indicator: what follows from its declaration, and nothing written for it."""

from __future__ import annotations

from typing import Final

from components.board.bridge import Bridge
from components.board.course import Course
from components.board.detail import Meaning
from components.board.leaders import PLACE, Leaders
from components.board.neighbours import Neighbours
from components.board.part import Part
from components.board.pivot import Pivot
from components.board.records import Rows
from components.board.render import Board, Tab
from components.board.why import Why
from components.state import PLACES, opening_period
from data.semantic.registry import Registry

WIDTH: Final = 60
ABREAST: Final = 4
"""Leaderboards that stand side by side; of more the rows are filled evenly."""


def indicator_board(registry: Registry, code: str) -> Board:
    """Parts of ``/indicator/<code>``: an overview, and behind a tab each how it divides and whose rows make it."""
    indicator = registry[code]
    clicks = registry.dims_of(code)
    bridge = (Bridge(id="bridge", code=code, columns=20),) if indicator.bridge else ()
    overview: tuple[Part, ...] = (
        Course(id="series", code=code),
        Meaning(id="meaning", code=code),
        Why(id="why", code=code, clicks=clicks, columns=WIDTH - sum(part.columns for part in bridge)),
        *bridge,
    )
    leaders = _leaders(code, clicks)
    tabs = [
        Tab("", "概览", overview, "minmax(15.5rem, 1fr) minmax(20.5rem, 1.4fr)"),
        Tab("split", "拆分", leaders, " ".join(["minmax(17rem, 1fr)"] * -(-len(leaders) // ABREAST))),
        Tab("pivot", "透视", (Pivot(id="pivot", code=code),), "minmax(30rem, 1fr)"),
        Tab("places", "区市对比", (Neighbours(id="places", code=code, clicks=clicks),), "minmax(30rem, 1fr)"),
        Tab("rows", "明细", (Rows(id="rows", code=code),), "minmax(30rem, 1fr)"),
    ]
    coded = tuple(dim for dim in clicks if registry.dims[dim].codes is not None)
    return Board(
        code,
        indicator.zh,
        f"/indicator/{code}",
        tuple(part for tab in tabs for part in tab.parts),
        tabs[0].tracks,
        coded,
        default_period=opening_period(indicator),
        tabs=tuple(tabs),
    )


def _leaders(code: str, dims: tuple[str, ...]) -> tuple[Part, ...]:
    """A leaderboard of the places, and one of every other dimension."""
    others = [dim for dim in dims if dim not in PLACES]
    shown = [*([PLACE] if len(others) < len(dims) else []), *others]
    lines = -(-len(shown) // ABREAST)
    columns = WIDTH // -(-len(shown) // lines)
    return tuple(Leaders(id=f"top-{dim}", code=code, dim=dim, columns=columns) for dim in shown)
