"""Marks where they are seen: on charts at each grain, in tables and notes, in the definition's panel, on the page."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl
import plotly.graph_objects as go
import pytest
from flask import Flask
from sqlalchemy import delete, update

from components.board.marked import placed
from components.board.part import Drawn
from components.board.render import results
from components.figures import Event, Series, lines
from components.figures import events as marks_of
from components.theme import theme
from data.access.accounts import create_user
from data.access.viewer import SYSTEM
from data.definitions import EVER, record
from data.indicators.changes import Change
from data.limits import set_limit
from data.marks import Draft, Mark, Marks, add_mark
from data.models import CalendarDay, DefinitionVersion
from data.platform import Platform, standard_registry
from data.semantic.registry import Registry
from data.semantic.spec import Bucket, Filter
from tests.components.test_parts import words
from tests.support.pages import PASSWORD, callback, filled_site, opened, signed_in

DARK = theme("dark")
STRANGERS = ("leader", "clerk")


@pytest.fixture(scope="module")
def site(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """A site with a typhoon, a policy, and a definition of 网签面积 that has changed in November."""
    server = filled_site(sqlite_template, tmp_path_factory.mktemp("marked"))
    platform = server.extensions["platform"]
    with platform.db.write() as connection:
        create_user(connection, "steward", "周管", "steward", PASSWORD)
        for draft in (
            Draft("typhoon", date(2026, 7, 24), date(2026, 7, 26), "台风甲", source="省气象台"),
            Draft("policy", date(2026, 5, 6), None, "新政乙", page="housing"),
            Draft("policy", date(2026, 5, 8), None, "补贴丙", region="321281"),
        ):
            add_mark(connection, SYSTEM, draft, platform.registry)
        record(connection, _before(), ())
        record(connection, standard_registry(), (Change("ZF02", date(2026, 11, 1), "市场处 张三", "按省厅通知"),))
    yield server
    platform.db.dispose()


def _before() -> Registry:
    """The declarations as they were before the change."""
    registry = standard_registry()
    old = [replace(i, definition="旧的口径。", unit="㎡") if i.code == "ZF02" else i for i in registry]
    return Registry(registry.cubes.values(), old)


def drawn(site: Flask, board: str, part: str, **values: str) -> Drawn:
    boards = site.extensions["boards"]
    shown = boards.get(board)
    scene = boards.scene(shown, values, SYSTEM, "light")
    ((_, found),) = results((shown.part(part),), scene)
    assert isinstance(found, Drawn), found
    return found


def names(found: Drawn) -> set[str]:
    """What is told on hover anywhere in the figure."""
    assert found.figure is not None
    text = json.dumps(found.figure["data"], ensure_ascii=False, default=str)
    return {word for word in ("春节", "劳动节", "台风甲", "新政乙", "补贴丙", "口径调整") if word in text}


@pytest.mark.parametrize(
    ("period", "told"),
    [
        ("2026-05-20", {"劳动节", "新政乙", "补贴丙"}),
        ("2026-W30", {"台风甲"}),
        ("2026-07-30", {"台风甲"}),
        ("2026-10", {"春节", "新政乙", "补贴丙", "口径调整"}),
        ("2026-Q3", {"新政乙", "补贴丙", "口径调整"}),
        ("2026", {"新政乙", "补贴丙", "口径调整"}),
    ],
)
def test_a_series_tells_the_marks_of_its_grain(site: Flask, period: str, told: set[str]) -> None:
    found = drawn(site, "ZF02", "series", p=period)
    assert names(found) >= told
    assert found.figure is not None
    if period in ("2026-10", "2026-Q3", "2026"):
        assert names(found) == told
    assert found.table is not None
    table = found.table()
    assert table.columns[-1].zh == "标注"
    said = " ".join(str(row[-1]) for row in table.rows if row[-1])
    assert all(word in said for word in told)
    assert all(any(word in line for line in table.notes.marks) for word in told)


def test_a_table_without_marks_has_no_column_for_them(site: Flask) -> None:
    table = drawn(site, "ZF02", "series", p="2024-08-20").table
    assert table is not None
    assert [column.zh for column in table().columns][-1] != "标注"


def test_another_district_has_no_part_in_a_districts_mark(site: Flask) -> None:
    assert "补贴丙" in names(drawn(site, "ZF02", "series", p="2026-10", r="321281"))
    assert "补贴丙" not in names(drawn(site, "ZF02", "series", p="2026-10", r="321283"))
    assert "兴化 补贴丙" in json.dumps(drawn(site, "ZF02", "series", p="2026-10").figure, ensure_ascii=False)


def test_the_trend_and_the_small_charts_are_marked_too(site: Flask) -> None:
    assert names(drawn(site, "housing", "trend")) >= {"春节", "台风甲", "新政乙", "补贴丙"}
    small = drawn(site, "housing", "price")
    assert names(small) == {"春节", "新政乙", "补贴丙"}
    assert small.figure is not None
    go.Figure(small.figure)
    drawn_in = {shape["xref"] for shape in small.figure["layout"]["shapes"]}
    assert len(drawn_in) == 6, "each of the six has its own"


@pytest.mark.parametrize("kind", ["typhoon", "policy"])
@pytest.mark.parametrize("length", [None, 0, 2, 40])
@pytest.mark.parametrize("start", range(-5, 70, 3))
def test_a_mark_stands_at_just_the_places_it_touches(site: Flask, kind: Any, length: int | None, start: int) -> None:
    begin = date(2026, 1, 1)
    weeks = [Bucket(begin + timedelta(days=d), begin + timedelta(days=d + 7)) for d in (0, 7, 14, 28, 35, 42)]
    first = begin + timedelta(days=start)
    mark = Mark(kind, first, None if length is None else first + timedelta(days=length), "x")
    marks = Marks([mark], site.extensions["platform"].regions())
    scene: Any = SimpleNamespace(platform=SimpleNamespace(marks=lambda: marks), where=Filter())
    touched = [i for i, week in enumerate(weeks) if mark.touches(week.lo, week.hi)]
    found = placed(scene, ("ZF02",), weeks, "day")
    assert [(item.first, item.last) for item in found] == ([(touched[0], touched[-1])] if touched else [])


# --- the definition that held then -------------------------------------------------------------------------------


def test_a_past_period_shows_the_definition_that_held_then(site: Flask) -> None:
    then, now = (words(drawn(site, "ZF02", "meaning", p=p).body) for p in ("2026-10", "2026-11"))
    assert "旧的口径。" in then
    assert "当时口径" in then
    assert "2026-11-01 起口径调整" in then
    assert "旧的口径。" not in now
    assert "当时口径" not in now


def test_a_period_before_a_new_limit_keeps_the_old_one(sqlite_template: Path, tmp_path: Path) -> None:
    server = filled_site(sqlite_template, tmp_path)
    platform: Platform = server.extensions["platform"]
    said = {"indicator": "ZF05", "level": "alarm", "side": "high", "standard": "市局通知", "reason": "收紧"}
    with platform.db.write() as connection:
        set_limit(connection, SYSTEM, platform.registry, value=30.0, valid_from=date(2026, 10, 15), **said)
    before, after = (words(drawn(server, "ZF05", "meaning", p=p).body) for p in ("2026-09", "2026-10"))
    assert "报警线 36" in before
    assert "当时限值" in before
    assert "限值此后另有调整" in before
    assert "报警线 30" in after
    assert "当时" not in after
    platform.db.dispose()


def test_the_history_is_one_click_away(site: Flask) -> None:
    told = words(drawn(site, "ZF02", "meaning", history="1").body)
    for word in ("2026-11-01 起", "改定义、单位", "市场处 张三", "按省厅通知", "启用以来", "旧的口径。"):
        assert word in told
    assert "所引用的网签面积：改定义、单位" in words(drawn(site, "ZF05", "meaning", history="1").body)
    assert "报警线设为 36 月" in words(drawn(site, "ZF05", "meaning", history="1").body)


def test_an_export_states_the_definition_of_its_period(site: Flask) -> None:
    client = signed_in(site)
    for period, old in (("2026-10", True), ("2026-11", False)):
        with client.get(f"/export/indicator/ZF02.xlsx?p={period}") as answer:
            book = openpyxl.load_workbook(io.BytesIO(answer.data))
        notes = list(book["说明"].iter_rows(max_col=2, values_only=True))
        assert ("口径", "旧的口径。") in notes if old else ("口径", "旧的口径。") not in notes
        assert any(head == "标注" and "新政乙（政策" in str(text) for head, text in notes)
        assert any("当时口径" in str(text) for head, text in notes if head == "说明") is old
        head = [cell.value for cell in next(book.worksheets[0].iter_rows(min_row=3, max_row=3))]
        assert head[-1] == "标注"
    rows = client.get("/export/rows/ZF02.csv?p=2026-10")
    archive = zipfile.ZipFile(io.BytesIO(rows.data))
    assert "旧的口径。" in archive.read(archive.namelist()[1]).decode("utf-8-sig")


def test_without_a_history_the_declaration_stands(sqlite_template: Path, tmp_path: Path) -> None:
    server = filled_site(sqlite_template, tmp_path)
    assert "当时口径" not in words(drawn(server, "ZF02", "meaning", p="2026-10").body)
    assert "尚无口径登记" in words(drawn(server, "ZF02", "meaning", p="2026-10", history="1").body)
    server.extensions["platform"].db.dispose()


# --- a year that is missing --------------------------------------------------------------------------------------


def test_a_year_without_a_calendar_is_said_once_and_nothing_fails(sqlite_template: Path, tmp_path: Path) -> None:
    server = filled_site(sqlite_template, tmp_path)
    platform: Platform = server.extensions["platform"]
    client = signed_in(server)
    assert "年放假安排" not in opened(client, "/housing")
    with platform.db.write() as connection:
        connection.execute(delete(CalendarDay).where(CalendarDay.day >= date(2026, 1, 1)))
        connection.execute(update(DefinitionVersion).values(valid_from=EVER))
    platform._kept = None
    page = opened(client, "/housing")
    assert page.count("日历缺 2026 年放假安排，该年节假日未标注") == 1
    platform.db.dispose()


# --- the stewards' page --------------------------------------------------------------------------------------------


def test_the_page_is_for_stewards_and_only_they_are_led_to_it(site: Flask) -> None:
    page = opened(signed_in(site, "steward"), "/marks")
    for word in ("台风甲", "新政乙", "国庆节", "登记标注", "网签面积口径调整"):
        assert word in page
    for name in STRANGERS:
        client = signed_in(site, name)
        assert "不能维护" in opened(client, "/marks")
        assert "标注与日历" not in opened(client, "/indicators")
        assert client.get("/marks/calendar/2027.xlsx").status_code == 403
    template = signed_in(site, "steward").get("/marks/calendar/2027.xlsx")
    assert openpyxl.load_workbook(io.BytesIO(template.data)).sheetnames == ["2027年", "说明"]
    assert signed_in(site, "steward").get("/marks/calendar/1800.xlsx").status_code == 404


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"kind": "policy"}, ("新政乙",)),
        ({"kind": "nonsense", "edit": "x"}, ("新政乙", "国庆节")),
        ({"show": "calendar", "year": "2026"}, ("春节", "2026-02-15 至 2026-02-23", "02-14（周六）")),
        ({"show": "calendar", "year": "2027"}, ("没有 2027 年的放假安排",)),
        ({"show": "calendar", "year": "x"}, ("整年上传",)),
        ({"show": "limits"}, ("去化周期", "在用", "设定限值")),
    ],
)
def test_each_address_shows_what_it_names(site: Flask, values: dict[str, str], said: tuple[str, ...]) -> None:
    page = opened(signed_in(site, "steward"), "/marks", **values)
    for word in said:
        assert word in page


FORM = {
    "kind": "policy",
    "first": "2026-06-01",
    "last": None,
    "title": "限购取消",
    "scope": "codes",
    "codes": "ZF02，ZF03",
    "region": "all",
    "source": "",
}


def press(site: Flask, name: str, **changes: Any) -> Any:
    """What the form's button answers."""
    output = "..marks-go.href...mark-save-said.children.."
    outputs = [{"id": "marks-go", "property": "href"}, {"id": "mark-save-said", "property": "children"}]
    fields = [{"id": f"mark-{key}", "property": "value", "value": value} for key, value in {**FORM, **changes}.items()]
    state = [{"id": "mark-id", "property": "data", "value": None}, *fields]
    return callback(
        signed_in(site, name), output, outputs, [{"id": "mark-save", "property": "n_clicks", "value": 1}], state
    )


def test_a_steward_writes_a_mark_and_open_boards_learn_of_it(site: Flask) -> None:
    boards = site.extensions["boards"]
    before = boards.versions(boards.get("ZF02"))
    assert press(site, "steward")["marks-go"]["href"].startswith("/marks?kind=policy")
    assert boards.versions(boards.get("ZF02")) != before
    shown = drawn(site, "ZF02", "series", p="2026-10").figure
    assert "限购取消" in json.dumps(shown, ensure_ascii=False)
    assert "限购取消" not in json.dumps(drawn(site, "ZF04", "series", p="2026-10").figure, ensure_ascii=False)


def test_a_wrong_field_is_told_beside_the_form_and_a_stranger_is_turned_away(site: Flask) -> None:
    answer = json.dumps(press(site, "steward", codes="ZF99"), ensure_ascii=False)
    assert "没有指标 ZF99" in answer
    assert "href" not in answer
    answer = json.dumps(press(site, "steward", scope="codes", codes=" "), ensure_ascii=False)
    assert "没有填写指标编码" in answer
    marks = site.extensions["platform"].marks().all()
    assert press(site, "leader", title="不该写入") == {}, "nothing but the notice"
    assert site.extensions["platform"].marks().all() == marks


# --- how they are drawn --------------------------------------------------------------------------------------------


def test_names_never_overlap_and_the_rest_is_told_on_hover() -> None:
    days = [date(2026, 1, 1) + timedelta(days=i) for i in range(365)]
    crowd = [Event(days[i], f"标注{i:03d}", told=f"第{i}", weight=i % 3) for i in range(0, 365, 7)]
    labels, above = marks_of.names(crowd, days, DARK)
    assert 0 < len(labels) < len(crowd)
    assert above == marks_of.ROWS * marks_of.LINE + 8
    told = marks_of.told(crowd, days)
    assert [word for word in told if word] == [event.told for event in crowd]
    assert len(marks_of.shapes(crowd, days, DARK)) == len(crowd)


@pytest.mark.parametrize("xs", [[date(2026, 1, 1)], ["2026 年 1 季", "2026 年 2 季", "2026 年 3 季"]])
def test_a_mark_stands_on_any_axis(xs: list[Any]) -> None:
    found = [Event(xs[0], "点"), Event(xs[0], "段", xs[-1]), Event(xs[-1], "条", xs[-1], slim=True)]
    figure = lines(xs, [Series("甲", [1.0] * len(xs), strong=True)], theme=DARK, events=found)
    go.Figure(figure)
    assert len(figure["layout"]["shapes"]) == 3
