"""Every part of every cockpit draws, whoever looks, at whatever place and in whatever period."""

from __future__ import annotations

import pytest

from components.board.render import Board, results
from components.board.source import Boards
from data.access.viewer import SYSTEM, Viewer
from pages import housing, housing_market, housing_renewal, housing_support
from tests.components.test_indicator_board import CLERK, XINGHUA

COCKPITS = tuple(page.BOARD for page in (housing, housing_market, housing_support, housing_renewal))
PERIODS = ("ytd", "2026-10", "2026-11", "2026-Q3", "2026-W47", "2026-11-20", "2025")


def failed(boards: Boards, board: Board, viewer: Viewer, **values: str) -> dict[str, Exception]:
    scene = boards.scene(board, values, viewer, "dark")
    return {part.id: found for part, found in results(board.parts, scene) if isinstance(found, Exception)}


@pytest.mark.parametrize("board", COCKPITS, ids=lambda board: board.name)
@pytest.mark.parametrize("period", PERIODS)
def test_every_part_draws(boards: Boards, board: Board, period: str) -> None:
    town = next(iter(boards.platform.regions().children(XINGHUA)))
    for viewer, place in ((SYSTEM, ""), (SYSTEM, XINGHUA), (SYSTEM, town), (CLERK, XINGHUA), (CLERK, town)):
        assert not failed(boards, board, viewer, p=period, r=place), (viewer.username, place)
