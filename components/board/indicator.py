"""The board of one indicator: what follows from its declaration, and nothing written for it."""

from __future__ import annotations

from components.board.bridge import Bridge
from components.board.course import Course
from components.board.detail import Apart, Meaning, Why
from components.board.part import Part
from components.board.records import Rows
from components.board.render import Board
from components.state import opening_period
from data.semantic.registry import Registry

TRACKS = "minmax(15.5rem, 1fr) minmax(21rem, 1.4fr) minmax(14.5rem, 1fr)"


def indicator_board(registry: Registry, code: str) -> Board:
    """Parts of ``/indicator/<code>``."""
    indicator = registry[code]
    clicks = registry.dims_of(code)
    width = 20 if indicator.bridge else 30
    parts: list[Part] = [
        Course(id="series", code=code),
        Meaning(id="meaning", code=code),
        Why(id="why", code=code, clicks=clicks),
        Rows(id="rows", code=code),
        Apart(id="ranking", zh="排名", code=code, clicks=clicks, columns=width),
        Apart(id="apart", zh="构成与比较", code=code, clicks=clicks, columns=width, places=False),
    ]
    if indicator.bridge:
        parts.append(Bridge(id="bridge", code=code, columns=width))
    cubes = registry.cubes_of(code)
    coded = tuple(dim for dim in clicks if cubes[0].dim(dim).codes is not None)
    return Board(
        code, indicator.zh, f"/indicator/{code}", tuple(parts), TRACKS, coded, default_period=opening_period(indicator)
    )
