"""What a figure is in each kind of period, and against what it is compared: every number here is added up by hand."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from components.board.part import comparisons
from components.board.render import results
from components.board.scene import Scene
from components.board.source import Boards
from data.access.viewer import SYSTEM
from data.models import DevelopmentProject, EscrowEntry, SalesContract
from data.platform import Platform
from data.settings import Settings
from tests.data.semantic.market import Rows, contract, entry, open_market, version

HOMES = {
    date(2025, 10, 5): 1,
    date(2025, 11, 3): 2,
    date(2026, 1, 15): 4,
    date(2026, 2, 10): 8,
    date(2026, 10, 5): 16,
    date(2026, 10, 31): 32,
    date(2026, 11, 2): 64,
    date(2026, 11, 18): 128,
}
"""Homes signed by day; each number can be told from every sum. The data reach to 2026-11-20."""

INVESTED = {
    date(2025, 2, 10): 1,
    date(2025, 3, 10): 2,
    date(2026, 1, 20): 3,
    date(2026, 2, 20): 5,
    date(2026, 3, 20): 8,
}
"""Investment of the year so far, in 亿元, as reported on these days."""


@pytest.fixture(scope="module")
def boards(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Boards]:
    folder = tmp_path_factory.mktemp("periods")
    shutil.copyfile(sqlite_template, folder / "market.sqlite3")
    url = f"sqlite:///{folder / 'market.sqlite3'}"
    sold = [contract(f"W{day}", "321281", day, home_qty=homes) for day, homes in HOMES.items()]
    days = [*INVESTED, None]
    reports = []
    for day, until in zip(days, days[1:], strict=False):
        assert day is not None
        worth = f"{INVESTED[day]}00000000.00"
        ends = date(day.year + 1, 1, 1) if until is None or until.year > day.year else until
        reports.append(version("K", "321281", day, until, invest_ytd_yuan=worth, invest_until=ends))
    booking = entry("L1", "Z1", "321281", "K", date(2026, 1, 1), "500000000.00")
    rows: Rows = {SalesContract: sold, DevelopmentProject: reports, EscrowEntry: [booking]}
    open_market(url, rows).db.dispose()
    platform = Platform(Settings(instance_path=folder, database_url=url, demo=False, secret_key="only-for-tests"))
    yield Boards(platform)
    platform.db.dispose()


def scene_of(boards: Boards, code: str, period: str, **values: str) -> Scene:
    board = boards.get(code)
    assert board is not None
    return boards.scene(board, {"p": period, **values}, SYSTEM, "light").of((code,))


def figures(scene: Scene, code: str) -> tuple[float | None, dict[str, float | None]]:
    """The value, and what it is compared with."""
    others = comparisons(scene.period)
    buckets = (scene.period.bucket, *(period.bucket for _, period in others))
    value, *rest = scene.platform.engine.answer(scene.compared(code, buckets), SYSTEM)[code].total()
    return value, dict(zip((word for word, _ in others), rest, strict=True))


@pytest.mark.parametrize(
    ("period", "value", "previous", "year_before"),
    [
        ("2026-11-18", 128, 0, 0),
        ("2026-W45", 64, 32, 2),
        ("2026-10", 48, 0, 1),
        ("2026-Q1", 12, 3, 0),
        ("2025", 3, 0, 0),
        ("2026-11-02..2026-11-18", 192, 32, 2),
    ],
)
def test_a_complete_period(boards: Boards, period: str, value: float, previous: float, year_before: float):
    found = figures(scene_of(boards, "ZF02-units", period), "ZF02-units")
    # Data begin in 2023, so that 2024 is a whole year without a sale.
    assert found == (value, {"环比": previous, "同比": year_before})


@pytest.mark.parametrize(
    ("period", "value", "previous", "year_before", "days"),
    [
        # 20 days of November against 1–20 October, and against 1–20 November a year before.
        ("2026-11", 192, 16, 2, 20),
        # 51 days of the quarter: 1 July – 20 August, and 1 October – 20 November a year before.
        ("2026-Q4", 240, 0, 3, 51),
        ("2026-W47", 128, 0, 0, 5),
        ("2026", 252, 3, 3, 324),
    ],
)
def test_an_open_period_is_compared_with_the_same_elapsed_days(
    boards: Boards, period: str, value: float, previous: float, year_before: float, days: int
):
    scene = scene_of(boards, "ZF02-units", period)
    assert scene.period.label.endswith("（进行中）")
    assert all((each.hi - each.lo).days == days for _, each in comparisons(scene.period))
    assert figures(scene, "ZF02-units") == (value, {"环比": previous, "同比": year_before})


def test_the_year_to_date_is_compared_with_last_years_only(boards: Boards):
    assert figures(scene_of(boards, "ZF02-units", "ytd"), "ZF02-units") == (252, {"同比": 3})


def test_a_monthly_figure_on_a_weekly_page_is_the_last_months_and_says_so(boards: Boards):
    scene = scene_of(boards, "ZF08", "2026-W20")
    assert scene.own_period == "2026 年 4 月"
    assert figures(scene, "ZF08")[0] == 8
    board = boards.get("ZF08")
    assert board is not None
    shown = dict(results(board.parts, boards.scene(board, {"p": "2026-W20"}, SYSTEM, "light")))
    table = next(drawn for part, drawn in shown.items() if part.id == "series")
    assert not isinstance(table, Exception)
    assert table.table is not None
    assert table.table().notes.period == "2026 年 4 月"


@pytest.mark.parametrize("month", ["2026-01", "2026-02"])
def test_january_and_february_are_one_figure(boards: Boards, month: str):
    scene = scene_of(boards, "ZF08", month)
    assert scene.period.label == "2026 年 1—2 月"
    assert figures(scene, "ZF08") == (5, {"同比": 1})
    assert [bucket.lo.month for bucket in scene.months(4)] == [11, 12, 1]


def test_a_figure_without_the_filtered_dimension_stays_and_is_marked(boards: Boards):
    scene = scene_of(boards, "ZF07", "2026-10", use="office")
    series = scene.platform.engine.answer(scene.query("ZF07", (scene.period.bucket,)), SYSTEM)["ZF07"]
    assert series.total() == (5,)
    assert series.ignored == ("use",)
