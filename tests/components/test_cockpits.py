"""Every part of every cockpit draws, whoever looks, at whatever place and in whatever period."""

from __future__ import annotations

import pytest

from components.board.part import Drawn
from components.board.progress import Tasks
from components.board.render import Board, results
from components.board.source import Boards
from data.access.viewer import SYSTEM, Viewer
from pages import housing, housing_market, housing_renewal, housing_support
from tests.components.test_indicator_board import CLERK, XINGHUA
from tests.components.test_parts import words

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


def test_a_district_keeps_its_own_figure_while_one_of_its_towns_is_chosen(boards: Boards) -> None:
    town = next(iter(boards.platform.regions().children(XINGHUA)))
    for part in (part for board in COCKPITS for part in board.parts if part.id in ("managed", "estates", "credit")):
        board = next(board for board in COCKPITS if part in board.parts)
        scenes = (boards.scene(board, {"p": "ytd", "r": place}, SYSTEM, "dark") for place in (XINGHUA, town))
        asked = (part.queries(scene.of(part.codes()))[0] for scene in scenes)
        whole, under = (boards.platform.engine.answer(query, SYSTEM) for query in asked)
        ((_, found),) = results((part,), boards.scene(board, {"p": "ytd", "r": town}, SYSTEM, "dark"))
        assert isinstance(found, Drawn)
        assert found.applicable is False, "what is not narrowed says so"
        code = part.codes()[0]
        assert under[code].values == {m: v for m, v in whole[code].values.items() if m[0] == XINGHUA}


def test_a_town_is_not_said_to_be_on_time_with_tasks_it_does_not_have(boards: Boards) -> None:
    town = next(iter(boards.platform.regions().children(XINGHUA)))
    scene = boards.scene(housing.BOARD, {"r": town}, SYSTEM, "dark")
    ((_, found),) = results((Tasks(id="tasks", tasks=("ZF11", "ZF13"), zh="年度任务"),), scene)
    assert isinstance(found, Drawn)
    assert found.aside == ""
    assert "没有年度任务" in words(found.body)
