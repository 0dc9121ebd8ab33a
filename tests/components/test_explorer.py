"""An indicator's page as explorer: why it changed, leaderboards, pivot, places; each choice an address."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
import pytest

from components.board.apart import ways
from components.board.indicator import indicator_board
from components.board.leaders import Leaders
from components.board.part import Drawn, Part
from components.board.pivot import Pivot
from components.board.render import results
from components.board.scene import Scene
from components.board.source import Boards
from components.board.why import Why
from data.access.viewer import SYSTEM
from data.coverage import mark_complete
from data.export.table import Table
from data.platform import Platform, standard_registry
from data.semantic.spec import Series
from data.settings import Settings
from tests.components.test_indicator_board import CLERK, XINGHUA, seen
from tests.components.test_parts import walk, words
from tests.data.semantic.market import DISTRICTS, LAST, SINCE, open_market, rich_rows

LATE = DISTRICTS[0]
REGISTRY = standard_registry()


def draw(boards: Boards, scene: Scene, part_id: str) -> Drawn:
    """One part of the board, drawn."""
    part = part_of(boards, scene, part_id)
    ((_, result),) = results((part,), scene)
    assert isinstance(result, Drawn), result
    if result.figure is not None:
        go.Figure(result.figure)
    return result


def part_of(boards: Boards, scene: Scene, part_id: str) -> Part:
    board = boards.get(scene.board)
    assert board is not None
    part = board.part(part_id)
    assert part is not None
    return part


def table(drawn: Drawn) -> Table:
    assert drawn.table is not None
    return drawn.table()


def numbers(drawn: Drawn, column: int) -> list[float]:
    """A column of the drawn part's table."""
    return [float(str(row[column])) for row in table(drawn).rows]


def hrefs(body: Any) -> dict[str, str]:
    """Where each link leads, by its words."""
    return {words(part): part.href for part in walk(body) if getattr(part, "href", None)}


def rows_of(body: Any) -> list[list[str]]:
    """The cells of a drawn table."""
    return [
        [words(cell) for cell in part.children]
        for part in walk(body)
        if type(part).__name__ == "Tr" and isinstance(part.children, list)
    ]


# --- the page --------------------------------------------------------------------------------------------------


def test_a_page_in_tabs_shows_one_of_them_and_keeps_the_parts_of_all() -> None:
    board = indicator_board(REGISTRY, "ZF04")
    assert board.at("").ids == board.at("nonsense").ids == ("series", "meaning", "why", "bridge")
    assert board.at("split").ids == ("top-place", "top-use", "top-project", "top-size_band")
    assert set(board.ids) == {part for tab in board.tabs for part in board.at(tab.name).ids}
    assert len(board.ids) == len(set(board.ids))


@pytest.mark.parametrize("code", [indicator.code for indicator in REGISTRY])
def test_leaderboards_fill_the_width_of_every_indicator(code: str) -> None:
    parts = indicator_board(REGISTRY, code).at("split").parts
    assert sum(part.columns * part.rows for part in parts) % 120 == 0


# --- why -------------------------------------------------------------------------------------------------------


def test_the_sentence_can_be_pasted_and_the_table_makes_up_the_change(boards: Boards) -> None:
    scene = seen(boards, "ZF02", p="2026-10")
    drawn = draw(boards, scene, "why")
    assert drawn.sentence.startswith("全市 2026 年 10 月商品房网签面积 ")
    assert drawn.sentence.endswith("。")
    assert "较上月" in drawn.sentence
    assert ("变化分散" in drawn.sentence) != ("主要是" in drawn.sentence or "较突出" in drawn.sentence)
    assert drawn.sentence in words(drawn.body)
    part = part_of(boards, scene, "why")
    change = boards.platform.engine.answer(part.queries(scene)[1], SYSTEM)["ZF02"].total()
    assert change[0] is not None
    assert change[1] is not None
    assert sum(numbers(drawn, 3)) == pytest.approx(change[1] - change[0])


def test_movers_against_the_trend_stand_by_themselves(boards: Boards) -> None:
    for month in range(1, 11):
        drawn = draw(boards, seen(boards, "ZF02", p=f"2026-{month:02d}"), "why")
        parts = numbers(drawn, 3)
        opposite = sum(1 for part in parts if part * sum(parts) < 0)
        assert (f"反向 {opposite}" in words(drawn.body)) == bool(opposite)


@pytest.mark.parametrize(
    ("asked", "said"), [("", "较上月"), ("previous", "较上月"), ("year", "较上年同期"), ("x", "较上月")]
)
def test_the_reader_chooses_with_what_it_is_compared(boards: Boards, asked: str, said: str) -> None:
    drawn = draw(boards, seen(boards, "ZF02", p="2026-10", vs=asked), "why")
    assert said in drawn.sentence
    assert said in drawn.subtitle


def test_a_year_to_date_has_only_the_year_before(boards: Boards) -> None:
    assert "较上年同期" in draw(boards, seen(boards, "ZF02", vs="previous"), "why").sentence


def test_a_quotient_says_what_its_own_rates_and_what_its_structure_did(boards: Boards) -> None:
    drawn = draw(boards, seen(boards, "ZF03", p="2026-Q3"), "why")
    assert "结构变化" in words(drawn.body)
    rows = list(table(drawn).rows)
    assert all(row[3] == pytest.approx(row[4] + row[5]) for row in rows)  # type: ignore[operator]


def test_an_entity_dimension_shows_its_largest_members_and_the_rest_as_one(boards: Boards) -> None:
    drawn = draw(boards, seen(boards, "ZF02", p="2026", why="project"), "why")
    assert drawn.figure is not None
    labels = drawn.figure["layout"]["xaxis"]["ticktext"]
    assert len(labels) <= 11
    assert any("其余" in label for label in labels)
    assert len(list(table(drawn).rows)) > 11


def test_of_a_dimension_that_the_view_has_narrowed_to_one_member_there_is_nothing_to_split(boards: Boards) -> None:
    scene = seen(boards, "ZF02", p="2026-10", why="use", use="residential")
    drawn = draw(boards, scene, "why")
    assert "（住宅）" in drawn.sentence
    assert "用途" not in words(drawn.choice)
    assert "按面积段" not in words(drawn.body)


def test_what_cannot_be_split_shows_before_and_after_and_says_why(boards: Boards) -> None:
    drawn = draw(boards, seen(boards, "ZF05", CLERK, p="2026-10", r="321200"), "why")
    assert "不公布其分子分母" in words(drawn.body)
    assert drawn.figure is not None
    assert [column.zh for column in table(drawn).columns] == ["区市", "前期", "本期"]
    assert len(list(table(drawn).rows)) >= len(DISTRICTS)


def test_a_kind_whose_parts_make_no_whole_is_named_as_the_reason(
    boards: Boards, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = seen(boards, "ZF03", p="2026-10")
    monkeypatch.setattr("components.board.why.divisible", lambda *_: False)
    monkeypatch.setattr("components.board.why.split", lambda *_: [])
    text = words(draw(boards, scene, "why").body)
    assert "比率不可拆分" in text
    assert "短线为上月" in text


def test_within_a_district_its_towns_explain_and_the_districts_still_lead(boards: Boards) -> None:
    scene = seen(boards, "ZF02", p="2026", r=XINGHUA)
    assert ways(scene, "ZF02")[0] == "town"
    assert draw(boards, scene, "why").sentence.startswith("兴化市 ")
    leaders = draw(boards, scene, "top-place")
    assert leaders.title == "按区市"
    chosen = [part for part in walk(leaders.body) if "is-on" in str(getattr(part, "className", ""))]
    assert [words(part)[:2] for part in chosen] == ["兴化"]


# --- completeness ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def late(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Boards]:
    """The same market, in which one district has reported nothing since September."""
    folder = tmp_path_factory.mktemp("late")
    shutil.copyfile(sqlite_template, folder / "market.sqlite3")
    url = f"sqlite:///{folder / 'market.sqlite3'}"
    market = open_market(url, rich_rows(), covered=[d for d in DISTRICTS if d != LATE])
    with market.db.write() as connection:
        mark_complete(connection, "sales_contract", [LATE], SINCE, date(2026, 9, 30), demo=False)
    market.db.dispose()
    platform = Platform(Settings(instance_path=folder, database_url=url, demo=False, secret_key="only-for-tests"))
    yield Boards(platform)
    platform.db.dispose()


def test_the_sentence_says_who_has_reported_and_compares_like_with_like(late: Boards) -> None:
    scene = seen(late, "ZF02", p="2026-10")
    drawn = draw(late, scene, "why")
    assert drawn.sentence.endswith("5/6 区市已报，按已报区市同口径比较。")
    assert drawn.note == "5/6 区市"
    shown = {str(row[0]) for row in table(drawn).rows}
    assert scene.regions.name(LATE) not in shown
    assert scene.regions.name(DISTRICTS[1]) in shown


def test_a_late_district_has_a_value_in_the_leaderboard_but_no_change(late: Boards) -> None:
    scene = seen(late, "ZF02", p="2026-10")
    drawn = draw(late, scene, "top-place")
    rows = {str(row[0]): row for row in table(drawn).rows}
    row = rows.get(scene.regions.name(LATE))
    assert row is None or (row[3], row[4]) == (None, None)
    assert drawn.note == "5/6 区市"


# --- leaderboards ----------------------------------------------------------------------------------------------


def test_a_leaderboard_has_value_share_and_change_and_its_rows_lead_to_their_members(boards: Boards) -> None:
    scene = seen(boards, "ZF02", p="2026", view="split")
    drawn = draw(boards, scene, "top-use")
    head, *lines = rows_of(drawn.body)
    assert head == ["名称", "万㎡", "占比", "环比"]
    assert lines[-1][0] == "合计"
    assert lines[-1][2] == "100.0%"
    assert hrefs(drawn.body)["住宅"] == "/indicator/ZF02?p=2026&use=residential&view=split"
    values = numbers(drawn, 1)
    assert values == sorted(values, reverse=True)
    assert sum(numbers(drawn, 2)) == pytest.approx(100)


def test_the_chosen_member_stays_among_the_others_and_a_second_click_takes_it_off(boards: Boards) -> None:
    drawn = draw(boards, seen(boards, "ZF02", p="2026", view="split", use="office"), "top-use")
    assert len(list(table(drawn).rows)) > 1
    links = hrefs(drawn.body)
    assert links["办公"] == "/indicator/ZF02?p=2026&view=split"
    assert links["住宅"] == "/indicator/ZF02?p=2026&use=residential&view=split"


def test_of_many_members_those_beyond_are_one_row(boards: Boards) -> None:
    scene = seen(boards, "ZF02", p="2026")
    drawn = draw(boards, scene, "top-project")
    lines = rows_of(drawn.body)[1:]
    every = list(table(drawn).rows)
    assert len(every) > 13
    assert len(lines) == 14
    assert lines[12][0] == f"其余 {len(every) - 12}"


def test_shares_of_a_quotient_are_of_its_denominator_and_what_has_none_shows_no_column(boards: Boards) -> None:
    scene = seen(boards, "ZF03", p="2026")
    rates = draw(boards, scene, "top-place")
    assert rows_of(rates.body)[0] == ["名称", "元/㎡", "权重", "环比"]
    whole = boards.platform.engine.answer(scene.query("ZF03", (scene.period.bucket,)), SYSTEM)["ZF03"].total()[0]
    assert rows_of(rates.body)[-1][1] == f"{whole:,.0f}"
    ranked = draw(boards, seen(boards, "ZF05", CLERK, p="2026-10", r="321200"), "top-place")
    assert rows_of(ranked.body)[0] == ["名称", "月", "环比"]
    assert "合计" not in words(ranked.body)


@pytest.mark.parametrize(("code", "whole"), [("ZF02", "合计"), ("ZF03", "整体"), ("ZF20", "整体")])
def test_the_whole_is_called_a_sum_only_where_it_is_one(boards: Boards, code: str, whole: str) -> None:
    pivot = draw(boards, seen(boards, code, p="2026", view="pivot"), "pivot")
    head, *_, last = rows_of(pivot.body)
    assert head[-1] == last[0] == whole


# --- pivot -----------------------------------------------------------------------------------------------------


def test_a_pivot_has_totals_that_are_the_figures_and_gaps_where_nothing_is(boards: Boards) -> None:
    for code in ("ZF02", "ZF03", "ZF07-coverage"):
        scene = seen(boards, code, p="2026-10", view="pivot")
        drawn = draw(boards, scene, "pivot")
        answer = boards.platform.engine.answer(scene.query(code, (scene.period.bucket,)), SYSTEM)
        total = answer[code].total()[0]
        assert total is not None
        decimals = scene.indicator(code).decimals
        corner = rows_of(drawn.body)[-1][-1].replace(",", "").replace("−", "-")
        assert corner.startswith(f"{total:.{decimals}f}"), code
    sparse = draw(boards, seen(boards, "ZF02", p="2026-10", row="project", col="district"), "pivot")
    assert any("is-gap" in str(getattr(part, "className", "")) for part in walk(sparse.body))


def test_a_cell_leads_to_both_its_members_and_a_heading_to_its_own(boards: Boards) -> None:
    scene = seen(boards, "ZF02", p="2026", view="pivot", row="district", col="use")
    body = draw(boards, scene, "pivot").body
    cell = next(
        p.href for p in walk(body) if getattr(p, "href", "") and "r=321281" in p.href and "use=residential" in p.href
    )
    assert "view=pivot" in cell
    assert hrefs(body)["住宅"] == "/indicator/ZF02?p=2026&use=residential&col=use&row=district&view=pivot"


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, ("district", "use")),
        ({"row": "use"}, ("use", "size_band")),
        ({"row": "use", "col": "use"}, ("use", "size_band")),
        ({"row": "project", "col": "district"}, ("project", "district")),
        ({"row": "nonsense", "col": "use"}, ("district", "use")),
        ({"col": "district"}, ("use", "district")),
        ({"r": XINGHUA}, ("town", "use")),
    ],
)
def test_rows_and_columns_are_the_readers_and_never_the_same(
    boards: Boards, asked: dict[str, str], expected: tuple[str, str]
) -> None:
    scene = seen(boards, "ZF02", SYSTEM, p="2026", **asked)
    part = Pivot(id="pivot", code="ZF02")
    assert part.queries(scene)[0].by == expected


def test_without_a_coded_dimension_entities_stand_against_places(boards: Boards) -> None:
    scene = seen(boards, "ZF09", p="2026-10")
    assert Pivot(id="pivot", code="ZF09").queries(scene)[0].by == ("project", "district")


def test_all_questions_of_a_tab_are_asked_in_the_one_batch_and_twice_the_same_is_once(boards: Boards) -> None:
    scene = seen(boards, "ZF02", p="2026-10")
    for part in (Pivot(id="pivot", code="ZF02"), Leaders(id="top", code="ZF02", dim="use")):
        plain, like = part.queries(scene)
        assert plain == like, "where all have reported there is nothing to leave out"


def test_totals_of_what_makes_no_whole_are_asked_for(boards: Boards, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = seen(boards, "ZF03", p="2026-10")
    monkeypatch.setattr("components.board.pivot.divisible", lambda *_: False)
    part = Pivot(id="pivot", code="ZF03")
    queries = part.queries(scene)
    assert [query.by for query in queries[::2]] == [("district", "use"), ("district",), ("use",), ()]
    answers = [boards.platform.engine.answer(query, SYSTEM) for query in queries]
    bare = [replace(answer, series={"ZF03": Series("ZF03", answer["ZF03"].values)}) for answer in answers]
    body = part.draw(scene, bare).body
    total = answers[-1]["ZF03"].total()[0]
    assert rows_of(body)[-1][-1].startswith(f"{total:,.0f}")


# --- places ----------------------------------------------------------------------------------------------------


def test_places_stand_in_official_order_on_one_scale_against_their_mean(boards: Boards) -> None:
    scene = seen(boards, "ZF02", p="2026-10", view="places")
    drawn = draw(boards, scene, "places")
    assert drawn.figure is not None
    layout = drawn.figure["layout"]
    ranges = {tuple(axis["range"]) for name, axis in layout.items() if name.startswith("yaxis")}
    assert len(ranges) == 1
    names = [note["text"].split(" ")[0] for note in layout["annotations"]]
    official = [scene.regions.short(node) for node in scene.regions.nodes]
    assert names == sorted(names, key=official.index)
    assert "虚线为全市平均" in drawn.subtitle
    assert "虚线为全市" in draw(boards, seen(boards, "ZF03", view="places"), "places").subtitle


def test_the_span_is_the_readers_and_the_change_is_against_a_year_before_in_both(boards: Boards) -> None:
    long = draw(boards, seen(boards, "ZF02", p="2026-10"), "places").figure
    short = draw(boards, seen(boards, "ZF02", p="2026-10", span="12"), "places").figure
    assert long is not None
    assert short is not None
    assert len(long["data"][0]["x"]) == 24
    assert len(short["data"][0]["x"]) == 12
    titles = [[note["text"] for note in figure["layout"]["annotations"]] for figure in (long, short)]
    assert titles[0] == titles[1]


def test_only_complete_months_are_drawn_and_january_stands_with_february(boards: Boards) -> None:
    rows = list(table(draw(boards, seen(boards, "ZF08", p="2026-11"), "places")).rows)
    months = [row[0] for row in rows]
    assert months[-1] == date(2026, 10, 1)
    assert all(month.month != 1 for month in months if isinstance(month, date))
    assert LAST.month == 11


def test_what_knows_no_towns_says_so_within_a_district(boards: Boards) -> None:
    drawn = draw(boards, seen(boards, "ZF07", CLERK), "places")
    assert "不分乡镇街道" in words(drawn.body)
    assert drawn.table is None


def test_why_is_the_same_part_for_every_indicator() -> None:
    assert {type(indicator_board(REGISTRY, i.code).part("why")) for i in REGISTRY} == {Why}
