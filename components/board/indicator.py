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
    leaders = _leaders(registry, code)
    tabs = [
        Tab("", "概览", overview, "minmax(15.5rem, 1fr) minmax(20.5rem, 1.4fr)"),
        Tab("split", "拆分", leaders, " ".join(["minmax(15rem, 1fr)"] * 2 * _bands(leaders))),
        Tab("pivot", "透视", (Pivot(id="pivot", code=code),), "minmax(30rem, 1fr)"),
        Tab("places", "区市对比", (Neighbours(id="places", code=code),), "minmax(30rem, 1fr)", False),
        Tab("rows", "明细", (Rows(id="rows", code=code),), "minmax(30rem, 1fr)", False),
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


def _leaders(registry: Registry, code: str) -> tuple[Part, ...]:
    """A leaderboard of the places, and one of every other dimension.

    Places and entities are many and fill a column; of coded dimensions, whose members are few, two share one.
    """
    dims = registry.dims_of(code)
    coded = [dim for dim in dims if registry.dims[dim].codes is not None]
    places = [PLACE] if any(dim in PLACES for dim in dims) else []
    entities = [dim for dim in dims if dim not in (*PLACES, *coded)]
    pairs = [tuple(coded[i : i + 2]) for i in range(0, len(coded), 2)]
    columns: list[tuple[str, ...]] = [*((dim,) for dim in places), *pairs, *((dim,) for dim in entities)]
    bands = -(-len(columns) // ABREAST)
    abreast = -(-len(columns) // bands)
    found: list[Part] = []
    for band in (columns[i : i + abreast] for i in range(0, len(columns), abreast)):
        width = WIDTH // len(band)
        found += [
            Leaders(id=f"top-{column[0]}", code=code, dim=column[0], columns=width, rows=3 - len(column))
            for column in band
        ]
        found += [
            Leaders(id=f"top-{column[1]}", code=code, dim=column[1], columns=width) for column in band if column[1:]
        ]
    return tuple(found)


def _bands(leaders: tuple[Part, ...]) -> int:
    """How often the leaderboards fill the width; each band is two rows high."""
    return -(-sum(part.columns * part.rows for part in leaders) // (2 * WIDTH))
