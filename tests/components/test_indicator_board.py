"""The page of any indicator: every part draws for every period, rows make the figure, a click is the view it says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import pytest

from components.board.course import Course, course, grain_of
from components.board.part import Drawn
from components.board.records import Rows
from components.board.render import failure, results
from components.board.scene import Scene
from components.board.source import Boards
from components.callbacks import steered_view
from data.access.viewer import SYSTEM, Forbidden, Viewer
from data.platform import standard_registry
from tests.components.test_parts import words
from tests.data.semantic.market import LAST

CODES = tuple(indicator.code for indicator in standard_registry())
PERIODS = ("day", "week", "month", "quarter", "year", "ytd", "2026-11", "2026-05-01..2026-06-15", "2024-03")
XINGHUA = "321281"
CLERK = Viewer("clerk", "小王", "district", districts=frozenset({XINGHUA}))


def seen(boards: Boards, code: str, viewer: Viewer = SYSTEM, **values: str) -> Scene:
    board = boards.get(code)
    assert board is not None
    return boards.scene(board, values, viewer, "light")


def drawn(boards: Boards, scene: Scene) -> Mapping[str, Drawn | Exception]:
    board = boards.get(scene.board)
    assert board is not None
    return {part.id: result for part, result in results(board.parts, scene)}


@pytest.mark.parametrize("code", CODES)
def test_every_declared_indicator_draws_in_every_period(boards: Boards, code: str) -> None:
    for period in PERIODS:
        for viewer in (SYSTEM, CLERK):
            found = drawn(boards, seen(boards, code, viewer, p=period))
            failed = {part: result for part, result in found.items() if isinstance(result, Exception)}
            assert not failed, (period, viewer.username, failed)


@pytest.mark.parametrize(
    ("code", "period", "grain", "points"),
    [
        ("ZF02", "day", "day", 60),
        ("ZF02", "week", "week", 26),
        ("ZF02", "month", "month", 24),
        ("ZF02", "ytd", "month", 24),
        ("ZF02", "quarter", "quarter", 12),
        ("ZF02", "2026-05-01..2026-06-15", "day", 60),
        ("ZF02", "2026-01-05..2026-06-15", "month", 24),
        ("ZF05", "day", "month", 24),
        ("ZF09", "day", "week", 26),
    ],
)
def test_the_series_has_the_grain_of_the_period_but_none_finer_than_declared(
    boards: Boards, code: str, period: str, grain: str, points: int
) -> None:
    scene = seen(boards, code, p=period)
    assert grain_of(scene, code) == grain
    assert len(course(scene, code, grain_of(scene, code))) == points


def test_an_open_period_is_compared_with_the_same_days_and_says_so(boards: Boards) -> None:
    scene = seen(boards, "ZF02", p="2026-11")
    last = course(scene, "ZF02", "month")[-1]
    assert last.open
    assert last.year_before().last.day == LAST.day
    result = drawn(boards, scene)["series"]
    assert isinstance(result, Drawn)
    assert "进行中" in words(result.body)


def test_a_point_a_bar_and_a_second_click_lead_there_and_back(boards: Boards) -> None:
    board = boards.get("ZF02")
    assert board is not None
    scene = seen(boards, "ZF02")
    for part_id, first in (("series", "2025-05"), ("why", XINGHUA), ("places", XINGHUA)):
        result = drawn(boards, scene)[part_id]
        assert isinstance(result, Drawn)
        assert result.figure is not None
        marks = [mark for trace in result.figure["data"] for mark in trace.get("customdata") or ()]
        mark = next(m for m in marks if first in m)
        click = {"points": [{"customdata": mark}]}
        there = steered_view(board, scene.view, {"kind": "graph", "id": part_id}, click, [])
        assert there != scene.view
        assert first in (there.period, there.region, *there.members("use"))
        assert steered_view(board, there, {"kind": "graph", "id": part_id}, click, []) == scene.view


@pytest.mark.parametrize(("code", "measure", "factor"), [("ZF02", "+signed_area", "0.0001"), ("ZF06", None, "1")])
def test_the_rows_add_up_to_the_figure_in_whatever_order_they_are_read(
    boards: Boards, code: str, measure: str | None, factor: str
) -> None:
    scene = seen(boards, code, p="2026", use="residential")
    value = boards.platform.engine.answer(scene.query(code, (scene.period.bucket,)), SYSTEM)[code].total()[0]
    for sort, descending in ((None, True), ("area_m2", False)):
        rows = list(every_row(Rows(id="rows", code=code), scene, sort, descending))
        name = measure or next(key for key in rows[0] if key.startswith("+"))
        assert len({row["id"] for row in rows}) == len(rows)
        total = sum(Decimal(str(row[name])) for row in rows) * Decimal(factor)
        assert float(total) == pytest.approx(value, abs=1e-9)


def every_row(part: Rows, scene: Scene, sort: str | None, descending: bool) -> Iterator[dict[str, Any]]:
    after = None
    while True:
        block = part.block(scene, sort, descending, after, limit=17)
        yield from block.rows
        after = block.next
        if after is None:
            return


def test_a_quotient_says_what_is_divided_by_what(boards: Boards) -> None:
    result = drawn(boards, seen(boards, "ZF03", p="2026"))["rows"]
    assert isinstance(result, Drawn)
    text = words(result.body)
    assert " ÷ " in text
    assert "元/㎡" in text


@pytest.mark.parametrize(("code", "made"), [("ZF02", "合计"), ("ZF20", "中位数"), ("ZF21-projects", "去重后")])
def test_the_line_above_the_rows_says_how_they_make_the_figure(boards: Boards, code: str, made: str) -> None:
    result = drawn(boards, seen(boards, code, p="2026"))["rows"]
    assert isinstance(result, Drawn)
    assert f" 条，{made} " in words(result.body)


def test_a_derived_figure_has_a_tab_for_each_part_over_the_parts_own_days(boards: Boards) -> None:
    result = drawn(boards, seen(boards, "ZF05", p="2026-10", part="ZF02"))["rows"]
    assert isinstance(result, Drawn)
    text = words(result.body)
    assert "可售库存面积" in text
    assert "2025-11-01 至 2026-10-31" in text


def test_a_project_in_a_row_is_a_chip_on_the_same_page(boards: Boards) -> None:
    scene = seen(boards, "ZF02", p="2026")
    row = Rows(id="rows", code="ZF02").block(scene, None, True, None, limit=1).rows[0]
    assert row["project_name:href"] == f"/indicator/ZF02?p=2026&project={row['project_no']}"


def test_a_clerk_gets_the_rows_of_his_own_district_and_is_told_so(boards: Boards) -> None:
    scene = seen(boards, "ZF02", CLERK, p="2026", r="321200")
    rows = list(every_row(Rows(id="rows", code="ZF02"), scene, None, True))
    assert rows
    assert {row["district_id"] for row in rows} == {XINGHUA}
    result = drawn(boards, scene)["rows"]
    assert isinstance(result, Drawn)
    assert "本辖区" in words(result.body)
    assert "全市合计" in words(result.body)


def test_another_district_is_refused_in_words_without_a_number(boards: Boards) -> None:
    found = drawn(boards, seen(boards, "ZF02", CLERK, r="321283"))
    assert all(isinstance(result, Forbidden) for result in found.values())
    refusal = found["series"]
    assert isinstance(refusal, Forbidden)
    text = words(failure(refusal))
    assert "辖区" in text
    assert "编号" not in text


def test_what_an_address_invents_is_ignored(boards: Boards) -> None:
    scene = seen(boards, "ZF07", p="2026-10", why="nonsense", vs="?", row="use", col="bank", span="7", view="x")
    found = drawn(boards, scene)
    assert all(isinstance(result, Drawn) for result in found.values())


def test_the_definition_gives_way_to_how_the_figure_was_read(boards: Boards) -> None:
    told = drawn(boards, seen(boards, "ZF05"))["meaning"]
    read = drawn(boards, seen(boards, "ZF05", explain="1"))["meaning"]
    assert isinstance(told, Drawn)
    assert isinstance(read, Drawn)
    assert "房地产市场监管处" in words(told.body)
    assert "采用" in words(read.body)


def test_a_limit_stands_across_the_series_unless_it_would_press_it_flat(boards: Boards) -> None:
    scene = seen(boards, "ZF05", p="2026-10")
    part = Course(id="series", code="ZF05")
    assert [line.name for line in part.references(scene, [16.0, 21.0])] == ["目标 18"]
    assert [line.name for line in part.references(scene, [30.0, None, 34.0])] == ["报警线 36"]
    assert part.references(scene, [2.0, 3.0]) == []
