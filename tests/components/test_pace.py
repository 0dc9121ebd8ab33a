"""A target on card, course, comparison and export: one district late, by hand."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from components.board import pace
from components.board.cards import Card
from components.board.course import Course
from components.board.part import Drawn, Part
from components.board.progress import Progress
from components.board.render import results
from components.board.scene import Scene
from components.state import View
from components.theme import theme
from data.access.viewer import SYSTEM, Viewer
from data.coverage import mark_complete
from data.cubes import ALL_CUBES
from data.indicators import ALL_INDICATORS
from data.models import SalesContract
from data.pace import Pace
from data.platform import Platform
from data.semantic.registry import Registry
from data.settings import Settings
from data.targets import Goal, set_targets
from tests.components.test_parts import words
from tests.data.semantic.market import DISTRICTS, contract, open_market

CITY, XINGHUA, LATE = "321200", "321281", "321204"
LAST = date(2026, 10, 1)
"""274 of 365 days of the year are over: 75.07%."""

TASKS = ("ZF02-units", "ZF06")
CLERK = Viewer("clerk", "小王", "district", districts=frozenset({XINGHUA}))
Setter = Callable[..., None]


def registry() -> Registry:
    """The declarations with two sums made tasks of the year."""
    made = (replace(i, target_kind="annual_task", better="higher") if i.code in TASKS else i for i in ALL_INDICATORS)
    return Registry(ALL_CUBES, made)


@pytest.fixture
def platform(sqlite_template: Path, tmp_path: Path) -> Iterator[Platform]:
    """Ten homes signed in each of six districts in 2026, five by the end of June; the last district reported till then.

    In the year before the same on the same days.
    """
    path = tmp_path / "market.sqlite3"
    shutil.copyfile(sqlite_template, path)
    url = f"sqlite:///{path}"
    days = [date(year, month, 15) for year in (2025, 2026) for month in (1, 2, 3, 5, 6, 7, 8, 8, 9, 9)]
    rows = [
        contract(f"{district}-{number}", district, day)
        for district in DISTRICTS
        for number, day in enumerate(days)
        if district != LATE or day <= date(2026, 6, 30)
    ]
    market = open_market(url, {SalesContract: rows}, covered=DISTRICTS[:-1], last=LAST)
    with market.db.write() as connection:
        for fact in ("sales_contract", "house_unit", "escrow_entry", "development_project"):
            mark_complete(connection, fact, [LATE], date(2023, 1, 1), date(2026, 6, 30), demo=False)
    market.db.dispose()
    made = Platform(Settings(instance_path=tmp_path, database_url=url, demo=False, secret_key="t"), registry())
    yield made
    made.db.dispose()


@pytest.fixture
def aims(platform: Platform) -> Setter:
    """``aims("ZF06", city=60, 321281=8)``."""

    def setter(code: str, **values: float) -> None:
        goals = [
            Goal(code, name.removeprefix("_"), 2026, value, "泰建发〔2026〕12 号") for name, value in values.items()
        ]
        set_targets(platform, goals, SYSTEM)

    return setter


def scene(platform: Platform, view: View | None = None, viewer: Viewer = SYSTEM, code: str = "ZF02-units") -> Scene:
    return Scene(platform, viewer, view or View(), theme("light"), (code,), code, f"/indicator/{code}")


def drawn(part: Part, scene: Scene) -> Drawn:
    ((_, found),) = results((part,), scene)
    assert isinstance(found, Drawn), found
    return found


def exported(found: Drawn) -> tuple[list[str], list[list[Any]], tuple[str, ...]]:
    assert found.table is not None
    table = found.table()
    return [column.heading for column in table.columns], [list(row) for row in table.rows], table.notes.remarks


def by_heading(found: Drawn, row: int = 0) -> Mapping[str, Any]:
    heads, rows, _ = exported(found)
    return dict(zip(heads, rows[row], strict=True))


CARD = Card(id="card", code="ZF02-units")


def test_all_that_is_reported_is_held_to_the_sum_of_the_districts_targets(platform: Platform, aims: Setter) -> None:
    aims("ZF02-units", **{f"_{district}": 12 for district in DISTRICTS})
    found = drawn(CARD, scene(platform))
    # 5 × 10 and the late district's 5, of 6 × 12; 75.1 of a hundred days are over.
    assert "完成 76.4%，快 1.3 点" in words(found.body)
    row = by_heading(found)
    assert row["目标（套）"] == 72
    assert row["完成率"] == pytest.approx(100 * 55 / 72)
    assert row["序时进度"] == pytest.approx(100 * 274 / 365)
    assert row["快慢（百分点）"] == pytest.approx(100 * 55 / 72 - 100 * 274 / 365)
    remarks = exported(found)[2]
    assert any("（5/6 区市已报）" in remark for remark in remarks)
    assert any("计至 2026-10-01" in remark for remark in remarks)


def test_with_the_citys_target_only_what_is_there_is_held_to_the_whole(platform: Platform, aims: Setter) -> None:
    aims("ZF02-units", _321200=100)
    found = drawn(CARD, scene(platform))
    assert "完成 55.0%，慢 20.1 点" in words(found.body)  # 50 and the late district's 5
    assert any("5/6 区市已报）" in remark for remark in exported(found)[2])
    head = drawn(Course(id="series", code="ZF02-units"), scene(platform))
    assert "完成 55.0%，慢 20.1 点（5/6 区市）" in words(head.body)


def test_a_missing_target_of_one_district_leaves_the_city_without(platform: Platform, aims: Setter) -> None:
    aims("ZF02-units", **{f"_{district}": 12 for district in DISTRICTS[1:]})
    found = drawn(CARD, scene(platform))
    assert "完成" not in words(found.body)
    assert "目标（套）" not in exported(found)[0]
    one = drawn(CARD, scene(platform, View(region=DISTRICTS[1])))
    assert "完成 83.3%，快 8.3 点" in words(one.body)


def test_a_group_of_districts_is_held_to_their_sum(platform: Platform, aims: Setter) -> None:
    aims("ZF02-units", **{f"_{district}": 8 for district in ("321281", "321282", "321283")})
    found = drawn(CARD, scene(platform, View(region="321200-C")))
    assert "完成 125.0%，快 49.9 点" in words(found.body)
    assert by_heading(found)["目标（套）"] == 24


def test_a_part_of_the_records_is_not_held_to_the_whole_target(platform: Platform, aims: Setter) -> None:
    aims("ZF02-units", _321200=100)
    narrowed = View(allow=(("use", ("residential",)),))
    assert "完成" not in words(drawn(CARD, scene(platform, narrowed)).body)


def test_a_month_says_how_far_the_year_is_by_its_end(platform: Platform, aims: Setter) -> None:
    aims("ZF02-units", _321281=12)
    found = drawn(CARD, scene(platform, View(period="2026-03", region=XINGHUA)))
    # 3 of 12 by the end of March, 90 of 365 days.
    assert "完成 25.0%，快 0.3 点" in words(found.body)


def test_across_new_year_each_year_has_its_own_target(platform: Platform, aims: Setter) -> None:
    set_targets(platform, [Goal("ZF02-units", XINGHUA, 2025, 10, "文件")], SYSTEM)
    whole = drawn(CARD, scene(platform, View(period="2025", region=XINGHUA)))
    assert "完成 100.0%，与序时持平" in words(whole.body)
    assert "完成" not in words(drawn(CARD, scene(platform, View(period="2026-01", region=XINGHUA))).body)


def test_the_course_of_a_year_shows_the_way_to_the_target(platform: Platform, aims: Setter) -> None:
    aims("ZF02-units", _321281=12)
    part = Course(id="series", code="ZF02-units")
    found = drawn(part, scene(platform, View(region=XINGHUA)))
    assert found.figure is not None
    lines = {trace["name"]: trace["y"] for trace in found.figure["data"] if trace.get("mode", "").startswith("lines")}
    assert lines["序时"][0] == pytest.approx(12 * 31 / 365)
    assert lines["序时"][8] == pytest.approx(12 * 273 / 365)
    assert lines["序时"][-1] == 12
    assert lines["上年"] == [1, 2, 3, 3, 4, 5, 6, 8, 10, 10, 10, 10]
    assert "目标 12" in str(found.figure["layout"]["annotations"])
    heads, rows, _ = exported(found)
    assert heads[-6:] == ["年初至今（套）", "目标（套）", "完成率", "序时进度", "快慢（百分点）", "标注"]
    june = next(row for row in rows if row[0] == date(2026, 6, 1))
    assert june[3:8] == [
        5,
        12,
        pytest.approx(100 * 5 / 12),
        pytest.approx(100 * 181 / 365),
        pytest.approx(-7.922, abs=1e-3),
    ]
    assert found.table is not None
    assert [column.zh for column in found.table().columns if column.is_value and column.drawn] == [
        "网签套数",
        "上年同期",
    ]
    before = next(row for row in rows if row[0] == date(2025, 6, 1))
    assert before[3:8] == [5, None, None, None, None]
    months = drawn(part, scene(platform, View(period="2026-09", region=XINGHUA)))
    assert months.figure is not None
    assert "序时月均 1" in str(months.figure["layout"]["annotations"])


def test_districts_are_compared_by_how_far_each_is_on_its_own_way(platform: Platform, aims: Setter) -> None:
    part = Progress(id="progress", code="ZF02-units", zh="网签任务")
    aims("ZF02-units", **{f"_{district}": 12 for district in DISTRICTS[:4]}, _321204=10)
    found = drawn(part, scene(platform))
    heads, rows, _ = exported(found)
    by_name = {row[0]: dict(zip(heads, row, strict=True)) for row in rows}
    assert by_name["兴化"]["完成率"] == pytest.approx(100 * 10 / 12)
    # Half its task by the end of June, 181 days: it is measured by the day up to which it has reported.
    assert by_name["姜堰"]["完成率"] == 50
    assert by_name["姜堰"]["序时进度"] == pytest.approx(100 * 181 / 365)
    assert by_name["高港"]["目标（套）"] is by_name["合计"]["目标（套）"] is None
    assert found.figure is not None
    assert "▲ 慢" not in str(found.figure)
    assert "快 8.3 点" in str(found.figure["layout"]["annotations"])
    assert "高港" not in str(found.figure["layout"]["annotations"])


def test_a_district_account_sees_how_its_own_district_stands(platform: Platform, aims: Setter) -> None:
    aims("ZF02-units", _321281=12, _321200=100)
    assert "完成 83.3%，快 8.3 点" in words(drawn(CARD, scene(platform, viewer=CLERK)).body)
    city = drawn(CARD, scene(platform, View(region=CITY), CLERK))
    assert "完成 55.0%" in words(city.body)


def test_tones_say_on_time_late_and_far_behind() -> None:
    assert pace.tone_of(Pace(50, 50, 50)) == "ok"
    assert pace.tone_of(Pace(46, 50, 50)) == "warn"
    assert pace.tone_of(Pace(44, 50, 50)) == "bad"
    assert pace.tone_of(Pace(100, 100, 103)) == "ok"
