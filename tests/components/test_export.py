"""The routes of downloads: behind the door, in the viewer's scope, named, unstored, audited, and honest in errors."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from werkzeug.datastructures import MultiDict
from werkzeug.http import parse_options_header
from werkzeug.test import TestResponse

from app import create_app
from components import export
from components.export import ROW_FORMATS, PageOf, offer
from components.paper import Shown
from components.picture_frame import Caption
from components.theme import theme
from data import clock
from data.access.viewer import Forbidden, Viewer
from data.errors import TooSlow
from data.export.rows import Drill
from data.export.table import Column, Notes, Table
from data.export.xlsx_file import Failed
from data.semantic.spec import Filter
from data.settings import Settings
from tests.data.export.sales import OCTOBER, TAIXING, XINGHUA, fill

CLERK = Viewer("clerk", "李四", "section")
NOTES = Notes(period="2026年10月", source="系统", as_of=date(2026, 10, 31), demo=True)
ROUTES = (
    "/export/figure/housing/area.xlsx",
    "/export/indicator/ZF02.csv",
    "/export/rows/ZF02.csv",
    "/export/page/housing.xlsx",
)


class Board:
    """The least that can be exported."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, str], str]] = []
        self.drill = Drill(Filter(), OCTOBER)

    def find(self, page: str, panel: str, args: MultiDict[str, str], viewer: Viewer) -> Shown | None:
        self.asked.append((panel, args.to_dict(), viewer.username))
        if panel == "secret":
            raise Forbidden("兴化市不在您的辖区内")
        if panel == "slow":
            raise TooSlow("计算超过 3 秒，已停止")
        table = Table("网签面积", (Column("月份", "month"), Column("面积", "number", 1)), [[OCTOBER.lo, 4.25]], NOTES)
        figure = {"data": [{"type": "bar", "x": [1], "y": [2]}], "layout": {"template": theme("print").template}}
        shown = Shown(None if panel == "list" else figure, table, Caption.of(table), lambda: "全市 4.2 万㎡。")
        return shown if page == "housing" else None

    def indicator(self, code: str, args: MultiDict[str, str], viewer: Viewer) -> Shown | None:
        return self.find("housing", code, args, viewer) if code.startswith("ZF") else None

    def rows(self, code: str, args: MultiDict[str, str], viewer: Viewer) -> Drill | None:
        return self.drill

    def page(self, page: str, args: MultiDict[str, str], viewer: Viewer) -> PageOf | None:
        shown = self.find(page, "area", args, viewer)
        return shown and PageOf("智慧住房", [shown, Failed("库存", "计算超过 3 秒")])


@pytest.fixture
def board() -> Board:
    return Board()


@pytest.fixture
def server(settings: Settings, sqlite_url: str, board: Board, monkeypatch: pytest.MonkeyPatch) -> Flask:
    server = create_app(settings.model_copy(update={"database_url": sqlite_url}))
    offer(server, board)
    return server


@pytest.fixture
def client(server: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[FlaskClient]:
    """A client that is let in as CLERK: the door itself is tested elsewhere, and by the anonymous test below."""
    fill(server.extensions["platform"])
    let_in(monkeypatch, CLERK)
    server.before_request_funcs[None] = []
    with clock.moved(to=date(2026, 11, 24)):
        yield Reader(server, server.response_class)


class Reader(FlaskClient):
    """A client that reads an answer to its end and closes it, as a server does."""

    def get(self, *arguments: Any, **options: Any) -> TestResponse:
        return super().get(*arguments, **{"buffered": True, **options})


def let_in(monkeypatch: pytest.MonkeyPatch, viewer: Viewer) -> None:
    monkeypatch.setattr(export, "current_viewer", lambda: viewer)


def name_of(response: TestResponse) -> str:
    disposition, options = parse_options_header(response.headers["Content-Disposition"])
    assert disposition == "attachment"
    return options["filename"]


def audited(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines() if line.startswith("{")]
    (line,) = [line for line in lines if line.get("room") == "audit"]
    return line


@pytest.mark.parametrize("route", ROUTES)
def test_nobody_is_served_without_logging_in(server: Flask, board: Board, route: str) -> None:
    assert server.test_client().get(route, headers={"Sec-Fetch-Dest": "empty"}).status_code == 401
    assert server.test_client().get(route).status_code == 303
    assert board.asked == []


@pytest.mark.parametrize("route", ROUTES)
def test_a_download_is_named_and_unstored(client: FlaskClient, route: str) -> None:
    response = client.get(route)
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    assert "filename*=UTF-8''%E" in response.headers["Content-Disposition"]
    assert "20261124-12" in name_of(response)


def test_the_workbook_of_a_figure_says_who_took_it(client: FlaskClient, capsys: pytest.CaptureFixture[str]) -> None:
    response = client.get("/export/figure/housing/area.xlsx?p=2026-10&r=321281")
    assert name_of(response).startswith("网签面积（演示数据）_2026年10月_20261124-12")
    assert response.content_length == len(response.data)
    book = openpyxl.load_workbook(io.BytesIO(response.data))
    assert dict(book["说明"].iter_rows(max_col=2, values_only=True))["导出人"] == "李四"
    line = audited(capsys)
    assert line["event"] == "export"
    assert (line["user"], line["what"], line["format"]) == ("clerk", "housing/area", "xlsx")
    assert (line["state"], line["demo"], line["as_of"]) == ("p=2026-10&r=321281", True, "2026-10-31")


def test_the_state_in_the_address_reaches_the_board(client: FlaskClient, board: Board) -> None:
    client.get("/export/figure/housing/area.csv?p=2026-10&use=residential")
    assert board.asked == [("area", {"p": "2026-10", "use": "residential"}, "clerk")]


def test_csv_is_a_zip_of_table_and_notes(client: FlaskClient, capsys: pytest.CaptureFixture[str]) -> None:
    response = client.get("/export/figure/housing/area.csv")
    assert name_of(response).endswith(".zip")
    archive = zipfile.ZipFile(io.BytesIO(response.data))
    stem = name_of(response).removesuffix(".zip")
    assert archive.namelist() == [f"{stem}.csv", f"{stem}_说明.csv"]
    line = audited(capsys)
    assert (line["whole"], line["bytes"]) == (True, len(response.data))


def test_a_transfer_broken_off_is_audited_as_such(client: FlaskClient, capsys: pytest.CaptureFixture[str]) -> None:
    response = client.get("/export/figure/housing/area.csv", buffered=False)
    next(iter(response.response))
    response.close()
    assert audited(capsys)["whole"] is False


def test_a_page_is_one_workbook_and_names_what_failed(client: FlaskClient, capsys: pytest.CaptureFixture[str]) -> None:
    response = client.get("/export/page/housing.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(response.data))
    assert book.sheetnames == ["目录", "网签面积", "说明"]
    assert book["目录"]["G5"].value == "计算超过 3 秒"
    line = audited(capsys)
    assert (line["figures"], line["failed"]) == (1, 1)


@pytest.mark.e2e
def test_a_page_is_one_pdf(client: FlaskClient, chromium: str, capsys: pytest.CaptureFixture[str]) -> None:
    response = client.get("/export/page/housing.pdf")
    assert response.mimetype == "application/pdf"
    assert name_of(response).startswith("智慧住房（演示数据）_2026年10月_")
    words = "".join(PdfReader(io.BytesIO(response.data)).pages[0].extract_text().split())
    for said in ("智慧住房", "网签面积", "李四", "计算超过3秒", "第1页"):
        assert said in words
    line = audited(capsys)
    assert (line["format"], line["figures"], line["failed"]) == ("pdf", 1, 1)


def test_what_is_copied_of_a_figure_comes_as_text(client: FlaskClient, capsys: pytest.CaptureFixture[str]) -> None:
    response = client.get("/export/figure/housing/area.json")
    assert response.headers["Cache-Control"] == "no-store"
    told = response.get_json()
    assert told["sentence"] == "全市 4.2 万㎡。（演示数据，不得引用）"
    assert told["footnote"].startswith("注：期间：2026年10月。数据截至 2026-10-31")
    assert told["text"] == "月份\t面积\n2026-10\t4.25"
    assert "<td>2026-10</td>" in told["html"]
    assert audited(capsys)["format"] == "json"


@pytest.mark.parametrize(
    ("viewer", "areas", "remark"),
    [
        (CLERK, [100, 200, 300], None),
        (Viewer("tx", "王五", "district", districts=frozenset({TAIXING})), [100], "明细只含本辖区：泰兴市"),
        (Viewer("xh", "赵六", "district", districts=frozenset({XINGHUA})), [200, 300], "明细只含本辖区：兴化市"),
    ],
)
@pytest.mark.parametrize("fmt", ROW_FORMATS)
def test_rows_are_those_the_viewer_may_see(
    client: FlaskClient,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    viewer: Viewer,
    areas: list[int],
    remark: str | None,
    fmt: str,
) -> None:
    let_in(monkeypatch, viewer)
    response = client.get(f"/export/rows/ZF02.{fmt}")
    assert name_of(response).startswith("商品房网签面积明细（演示数据）_2026年10月_")
    frame, notes = read_rows(response, fmt)
    assert sorted(frame["面积(㎡)"]) == areas
    assert sorted(frame["计入面积(㎡)"]) == areas
    assert set(frame["楼幢"]) == {"'=1+1"}
    assert set(frame["用途"]) == {"住宅"}
    assert notes.get("说明") == remark
    assert notes["数据性质"].startswith("演示数据")
    assert notes["指标"] == "商品房网签面积（ZF02）"
    line = audited(capsys)
    assert (line["user"], line["what"], line["rows"]) == (viewer.username, "rows/ZF02", len(areas))


def test_another_district_is_refused(
    client: FlaskClient, board: Board, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    let_in(monkeypatch, Viewer("tx", "王五", "district", districts=frozenset({TAIXING})))
    board.drill = Drill(Filter(XINGHUA), OCTOBER)
    assert client.get("/export/rows/ZF02.csv", headers={"Sec-Fetch-Dest": "empty"}).status_code == 403
    assert '"room": "audit"' not in capsys.readouterr().err


def test_rows_behind_a_derived_figure_say_whose_they_are(client: FlaskClient, board: Board) -> None:
    board.drill = Drill(Filter(), OCTOBER, "ZF02")
    response = client.get("/export/rows/ZF05.csv")
    assert name_of(response).startswith("商品房网签面积明细（演示数据）_")
    _frame, notes = read_rows(response, "csv")
    assert notes["说明"] == "明细是 商品房网签面积 的，它是 去化周期 的组成，期间从公式"


def read_rows(response: TestResponse, fmt: str) -> tuple[pd.DataFrame, dict[str, str]]:
    """The rows and the notes of a download."""
    if fmt == "xlsx":
        file = io.BytesIO(response.data)
        notes = pd.read_excel(file, sheet_name="说明", header=None, engine="openpyxl")
        rows = pd.read_excel(file, sheet_name="明细", engine="openpyxl")
        return rows, dict(zip(notes[0], notes[1], strict=True))
    archive = zipfile.ZipFile(io.BytesIO(response.data))
    frame, notes = (pd.read_csv(io.BytesIO(archive.read(name)), encoding="utf-8-sig") for name in archive.namelist())
    return frame, dict(zip(notes["项目"], notes["内容"], strict=True))


@pytest.mark.parametrize(
    ("route", "status", "what"),
    [
        ("/export/figure/housing/area.pdf", 404, "不能导出为 pdf"),
        ("/export/figure/nowhere/area.xlsx", 404, "没有这个图表"),
        ("/export/figure/housing/list.png", 404, "不是图"),
        ("/export/figure/housing/secret.xlsx", 403, "不在您的辖区内"),
        ("/export/figure/housing/slow.xlsx", 503, "计算超过 3 秒"),
        ("/export/indicator/XX99.xlsx", 404, "没有这个指标"),
        ("/export/rows/XX99.csv", 404, "没有这个指标的明细"),
        ("/export/rows/ZF02.png", 404, "不能导出为 png"),
        ("/export/rows/ZF02.csv?grid=nonsense", 400, "读不懂表格的排序或筛选"),
        ('/export/rows/ZF02.csv?grid={"sortModel":7}', 400, "读不懂表格的排序或筛选"),
        ('/export/rows/ZF02.csv?grid={"sortModel":[{"colId":"secret"}]}', 422, "不能按 secret 排序"),
        ('/export/rows/ZF02.csv?grid={"filterModel":{"area_m2":{"filterType":"number"}}}', 400, "读不懂"),
        ("/export/page/nowhere.xlsx", 404, "没有这个页面"),
    ],
)
def test_a_refusal_has_what_remedy_and_number(client: FlaskClient, route: str, status: int, what: str) -> None:
    response = client.get(route, headers={"Sec-Fetch-Dest": "empty"})
    assert response.status_code == status
    error = response.get_json()["error"]
    assert what in error["what"]
    assert error["remedy"] or status == 503
    assert error["reference"]


def test_without_chromium_a_picture_is_503_and_a_workbook_is_not(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    response = client.get("/export/figure/housing/area.png", headers={"Sec-Fetch-Dest": "empty"})
    assert response.status_code == 503
    assert "Chromium" in response.get_json()["error"]["what"]
    assert client.get("/export/figure/housing/area.xlsx").status_code == 200


@pytest.mark.e2e
@pytest.mark.parametrize("fmt", ["png", "svg"])
def test_pictures_come_from_the_browser(client: FlaskClient, chromium: str, fmt: str) -> None:
    response = client.get(f"/export/figure/housing/area.{fmt}")
    assert response.status_code == 200
    assert response.mimetype == {"png": "image/png", "svg": "image/svg+xml"}[fmt]
    assert name_of(response).endswith(f".{fmt}")


def test_no_temporary_file_is_left(client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    for route in ROUTES:
        client.get(route).close()
    assert list(folder.iterdir()) == []
