"""One district has not reported June: read on card, chart, sentence and export, and compared like with like."""

from __future__ import annotations

import csv
import io
import shutil
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from components.board.part import Drawn
from components.board.render import framed, results
from components.board.scene import Scene
from components.board.source import Boards
from components.frame import sources, standing
from data import clock
from data.access.viewer import SYSTEM, Viewer
from data.coverage import mark_complete
from data.export.csv_file import csv_zip
from data.export.xlsx_file import write_figure
from data.models import HouseUnit, SalesContract
from data.platform import Platform
from data.settings import Settings
from pages.housing import BOARD
from tests.components.test_parts import words
from tests.data.semantic.market import DISTRICTS, Rows, contract, open_market, spell

SILENT = "321204"
NAME = "姜堰区"
SINCE = date(2025, 1, 1)
LAST = date(2026, 7, 31)
MAY_END, JULY = date(2026, 5, 31), date(2026, 7, 1)
HOLE = "缺 2026-06-01 至 2026-06-30"
MONTHS = [date(2025, month, 5) for month in range(5, 13)] + [date(2026, month, 5) for month in range(1, 8)]


def sales() -> list[dict[str, Any]]:
    """One flat a month in each district; twice as large in June of this year; June of one district is missing."""
    return [
        contract(f"{district}-{day:%y%m}", district, day, area_m2="200.00" if day == date(2026, 6, 5) else "100.00")
        for district in DISTRICTS
        for day in MONTHS
        if (district, day) != (SILENT, date(2026, 6, 5))
    ]


@pytest.fixture(scope="module")
def boards(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Boards]:
    folder = tmp_path_factory.mktemp("completeness")
    url = f"sqlite:///{folder / 'market.sqlite3'}"
    shutil.copyfile(sqlite_template, folder / "market.sqlite3")
    rows: Rows = {
        SalesContract: sales(),
        HouseUnit: [spell(f"U{d}", d, "P02", date(2025, 2, 1), None, area_m2="10.00") for d in DISTRICTS],
    }
    others = [district for district in DISTRICTS if district != SILENT]
    market = open_market(url, rows, covered=others, since=SINCE, last=LAST)
    with market.db.write() as connection:
        facts = {cube.fact_name for cube in market.registry.cubes.values()} - {"sales_contract"}
        for fact in sorted(facts):
            mark_complete(connection, fact, (SILENT,), SINCE, LAST, demo=False)
        mark_complete(connection, "sales_contract", (SILENT,), SINCE, MAY_END, demo=False)
        mark_complete(connection, "sales_contract", (SILENT,), JULY, LAST, demo=False)
    market.db.dispose()
    platform = Platform(Settings(instance_path=folder, database_url=url, demo=False, secret_key="only-for-tests"))
    found = Boards(platform)
    found.add(BOARD)
    with clock.moved(to=date(2026, 8, 1)):
        yield found
    platform.db.dispose()


def scene_of(boards: Boards, name: str, period: str, viewer: Viewer = SYSTEM) -> Scene:
    board = boards.get(name)
    assert board is not None
    return boards.scene(board, {"p": period}, viewer, "light")


def drawn(boards: Boards, scene: Scene, part_id: str) -> Drawn:
    board = boards.get(scene.board)
    part = board.part(part_id) if board else None
    assert part is not None
    ((_, found),) = results((part,), scene)
    if isinstance(found, Exception):
        raise found
    return found


def said(boards: Boards, scene: Scene, part_id: str) -> str:
    board = boards.get(scene.board)
    part = board.part(part_id) if board else None
    assert part is not None
    return words(framed(part, drawn(boards, scene, part_id), scene))


@pytest.mark.parametrize("period", ["2026-06", "2026-ytd", "2026-Q2"])
def test_the_card_says_five_of_six(boards: Boards, period: str) -> None:
    assert "5/6 区市" in said(boards, scene_of(boards, "housing", period), "ZF02")


@pytest.mark.parametrize("period", ["2026-05", "2026-07"])
def test_the_card_of_a_whole_month_says_nothing(boards: Boards, period: str) -> None:
    assert "区市" not in said(boards, scene_of(boards, "housing", period), "ZF02")


def test_the_card_compares_the_same_districts(boards: Boards) -> None:
    june = drawn(boards, scene_of(boards, "housing", "2026-06"), "ZF02")
    assert june.table is not None
    (row,) = june.table().rows
    assert tuple(row[3:5]) == (100.0, 100.0), "five districts, 200 ㎡ against 100, month before and year before"
    july = drawn(boards, scene_of(boards, "housing", "2026-07"), "ZF02")
    assert july.table is not None
    (row,) = july.table().rows
    assert tuple(row[3:5]) == (-50.0, 0.0), "July is whole, but June, with which it is compared, is not"


def hollow(figure: dict[str, Any] | None) -> list[str]:
    assert figure is not None
    dots = [trace for trace in figure["data"] if trace.get("marker", {}).get("line", {}).get("width")]
    return [x for trace in dots for x in trace["x"]]


def test_the_chart_has_a_hollow_point_with_the_words_on_hover_and_a_footnote(boards: Boards) -> None:
    series = drawn(boards, scene_of(boards, "ZF02", "2026-07"), "series")
    assert [x[:7] for x in hollow(series.figure)] == ["2026-06"]
    assert series.figure is not None
    carrier = series.figure["data"][-1]
    told = {x[:7]: row[-1] for x, row in zip(carrier["x"], carrier["customdata"], strict=True)}
    assert told["2026-06"] == f"○ 5/6 区市已报（{NAME}{HOLE}）"
    assert told["2026-07"] == ""
    assert "空心点：区市未报齐" in series.subtitle


def test_the_cockpits_trend_marks_its_days(boards: Boards) -> None:
    trend = drawn(boards, scene_of(boards, "housing", "2026-ytd"), "trend")
    days = sorted(hollow(trend.figure))
    assert (days[0], days[-1]) == ("2026-06-01", "2026-07-06"), "a mean of seven days looks back"
    assert "空心点" in trend.subtitle


def test_a_whole_series_has_no_hollow_point(boards: Boards) -> None:
    series = drawn(boards, scene_of(boards, "ZF04", "2026-07"), "series")
    assert hollow(series.figure) == []
    assert "空心点" not in series.subtitle


def test_the_sentence_says_over_whom_it_speaks(boards: Boards) -> None:
    june = said(boards, scene_of(boards, "ZF02", "2026-06"), "why")
    assert "5/6 区市已报，按已报区市同口径比较" in june
    assert "较上月上升" in june
    july = said(boards, scene_of(boards, "ZF02", "2026-07"), "why")
    assert "5/6 区市已报，按已报区市同口径比较" in july
    may = said(boards, scene_of(boards, "ZF02", "2026-05"), "why")
    assert "5/6" not in may
    assert "5/6 区市已报" in said(boards, scene_of(boards, "housing", "2026-07"), "lead"), (
        "signed in the last three months"
    )


def test_the_export_has_a_column_that_names_the_late(boards: Boards) -> None:
    table = drawn(boards, scene_of(boards, "ZF02", "2026-07"), "series").table
    assert table is not None
    packed = b"".join(csv_zip(table(), "series", clock.now()))
    with zipfile.ZipFile(io.BytesIO(packed)) as files:
        text = files.read(next(name for name in files.namelist() if "说明" not in name)).decode("utf-8-sig")
    months = {row["期间"]: row["完整性"] for row in csv.DictReader(io.StringIO(text))}
    assert months["2026-06"] == f"5/6（{NAME}{HOLE}）"
    assert months["2026-05"] == months["2026-07"] == "6/6"
    book = io.BytesIO()
    write_figure(table(), book)
    sheets = openpyxl.load_workbook(book).worksheets
    cells = [str(cell.value) for sheet in sheets for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert "完整性" in cells
    assert sum(f"5/6（{NAME}{HOLE}）" in cell for cell in cells) >= 2, "in its row, and in the notes"


def test_the_frame_warns_and_says_who(boards: Boards) -> None:
    scene = scene_of(boards, "housing", "2026-ytd")
    assert "5/6 区市已报" in standing(scene)[2]
    assert f"{NAME} 06-01 至 06-30 未报，同比、环比已按同范围、同天数比较" in sources(scene)
    assert "区市已报" not in standing(scene_of(boards, "housing", "2026-07"))[2]


def test_who_sees_only_the_undivided_city_compares_nothing_that_is_not_alike(boards: Boards) -> None:
    clerk = Viewer("clerk", "小王", "district", districts=frozenset({"321281"}))
    board = boards.get("ZF02")
    assert board is not None

    def city(period: str) -> Scene:
        return boards.scene(board, {"p": period, "r": "321200"}, clerk, "light")

    assert not city("2026-06").comparable
    assert not city("2026-07").comparable, "the month before is not whole"
    assert city("2026-05").comparable


def test_districts_without_common_ground_are_not_compared(boards: Boards) -> None:
    scene = scene_of(boards, "ZF02", "2026-06")
    alone = scene.where.in_region(SILENT)
    june, july = (scene.period.bucket, scene_of(boards, "ZF02", "2026-07").period.bucket)
    query = scene.compared("ZF02", (june, july), alone)
    assert scene.platform.engine.answer(query, SYSTEM)["ZF02"].total()[0] is None
