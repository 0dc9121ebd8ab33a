"""The board of one indicator: what follows from its declaration, and nothing written for it."""

from __future__ import annotations

from components.board.charts import Bridge, Ranking
from components.board.part import Part
from components.board.render import Board
from data.semantic.registry import Registry


def indicator_board(registry: Registry, code: str) -> Board:
    """Parts of ``/indicator/<code>``."""
    indicator = registry[code]
    parts: list[Part] = [Ranking(id="ranking", code=code)]
    if indicator.bridge:
        parts.append(Bridge(id="bridge", code=code))
    return Board(code, indicator.zh, f"/indicator/{code}", tuple(parts), "1fr 1fr")
