"""Exports that run beside the pages, as the browser meets them: asked for, watched, cancelled, fetched by the owner."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from data import clock
from data.access.accounts import create_user
from data.export import jobs
from data.settings import Settings
from tests.access.conftest import PASSWORD, csrf, log_in
from tests.data.export.sales import TAIXING, fill
from tests.support.until import until

ASKED = {"code": "ZF02", "format": "csv", "search": "?p=2026-10"}
SCRIPT = {"Accept": "application/json"}


@pytest.fixture
def make_server(settings: Settings, sqlite_url: str) -> Iterator[Callable[..., Flask]]:
    made: list[Flask] = []

    def make(**changes: Any) -> Flask:
        server = create_app(
            settings.model_copy(update={"database_url": sqlite_url, "login_rate": "1000 per minute", **changes})
        )
        made.append(server)
        platform = server.extensions["platform"]
        fill(platform)
        with platform.db.write() as connection:
            create_user(connection, "clerk", "李四", "section", PASSWORD)
            create_user(connection, "taixing", "王五", "district", PASSWORD, district=TAIXING)
        return server

    with clock.moved(to=date(2026, 11, 24)):
        yield make
    for server in made:
        server.extensions["platform"].db.dispose()


@pytest.fixture
def server(make_server: Callable[..., Flask]) -> Flask:
    return make_server()


@pytest.fixture
def busy(make_server: Callable[..., Flask]) -> Flask:
    """A site where two rows are many already."""
    return make_server(export_at_once=1)


@pytest.fixture
def clerk(server: Flask) -> FlaskClient:
    return entered(server, "clerk")


def entered(server: Flask, username: str) -> FlaskClient:
    client = server.test_client()
    log_in(client, username)
    return client


def post(client: FlaskClient, address: str, body: Any = None) -> Any:
    return client.post(address, json=body, headers={**csrf(client), **SCRIPT})


def listed(client: FlaskClient) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get("/export/jobs", headers=SCRIPT).get_json()["jobs"]
    return found


def test_a_small_export_comes_at_once_as_the_grid_has_it(clerk: FlaskClient) -> None:
    grid = {"sortModel": [{"colId": "area_m2", "sort": "asc"}], "filterModel": {}}
    told = post(clerk, "/export/jobs", {**ASKED, "grid": json.dumps(grid)}).get_json()
    answer = clerk.get(told["at_once"], buffered=True)
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        lines = archive.read(archive.namelist()[0]).decode("utf-8-sig").splitlines()
    at = lines[0].split(",").index("面积(㎡)")
    assert [float(line.split(",")[at]) for line in lines[1:]] == [100, 200, 300]
    assert listed(clerk) == []


def test_a_large_one_is_written_beside_the_pages_and_fetched_when_ready(busy: Flask) -> None:
    clerk = entered(busy, "clerk")
    assert clerk.get("/export/rows/ZF02.csv?p=2026-10", headers=SCRIPT).status_code == 413
    answer = post(clerk, "/export/jobs", ASKED)
    assert answer.status_code == 201
    job = answer.get_json()["job"]
    assert job["state"] == "running"
    until(lambda: listed(clerk)[0]["state"] == "done", 60)
    (done,) = listed(clerk)
    assert (done["id"], done["done"], done["total"], done["demo"]) == (job["id"], 3, 3, True)
    file = clerk.get(f"/export/jobs/{job['id']}/file", buffered=True)
    assert file.headers["Cache-Control"] == "no-store"
    assert (
        zipfile.ZipFile(io.BytesIO(file.data)).namelist()[0].startswith("商品房网签面积明细（演示数据）_2026 年 10 月")
    )


def test_nobody_else_sees_cancels_or_fetches_it(busy: Flask) -> None:
    clerk = entered(busy, "clerk")
    job_id = post(clerk, "/export/jobs", ASKED).get_json()["job"]["id"]
    until(lambda: listed(clerk)[0]["state"] == "done", 60)
    other = entered(busy, "taixing")
    assert listed(other) == []
    assert post(other, f"/export/jobs/{job_id}/cancel").status_code == 404
    assert other.get(f"/export/jobs/{job_id}/file", headers=SCRIPT).status_code == 404


def test_one_that_waits_is_cancelled(busy: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    clerk = entered(busy, "clerk")
    monkeypatch.setattr(jobs, "take_up", lambda _platform: [])
    job_id = post(clerk, "/export/jobs", ASKED).get_json()["job"]["id"]
    assert listed(clerk)[0]["state"] == "waiting"
    assert post(clerk, f"/export/jobs/{job_id}/cancel").get_json()["job"]["state"] == "cancelled"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (None, 400),
        ([], 400),
        ({}, 400),
        ({**ASKED, "format": "exe"}, 400),
        ({**ASKED, "code": 7}, 400),
        ({**ASKED, "grid": "nonsense"}, 400),
        ({**ASKED, "grid": "[]"}, 400),
        (
            {**ASKED, "grid": '{"filterModel": {"booked_on": {"filterType": "date", "type": "x", "dateFrom": "y"}}}'},
            400,
        ),
        ({**ASKED, "grid": '{"filterModel": {"secret": {"filterType": "text", "type": "x"}}}'}, 422),
        ({**ASKED, "code": "ZF99"}, 404),
        ({**ASKED, "search": "?p=2026-10&r=999999"}, 422),
    ],
)
def test_a_bad_request_is_told_what_is_wrong(clerk: FlaskClient, body: Any, status: int) -> None:
    answer = post(clerk, "/export/jobs", body)
    assert answer.status_code == status, answer.text
    assert answer.get_json()["error"]["what"]
    assert listed(clerk) == []


def test_without_the_pages_token_nothing_is_asked_or_cancelled(clerk: FlaskClient) -> None:
    assert clerk.post("/export/jobs", json=ASKED, headers=SCRIPT).status_code == 403
    assert clerk.post("/export/jobs/x/cancel", headers=SCRIPT).status_code == 403


def test_another_districts_rows_are_refused_before_they_are_asked_for(server: Flask) -> None:
    answer = post(entered(server, "taixing"), "/export/jobs", {**ASKED, "search": "?p=2026-10&r=321281"})
    assert answer.status_code == 403
    assert "本辖区" in answer.get_json()["error"]["what"]


# --- sentences ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("username", "search", "sentence"),
    [
        ("clerk", "?p=2026-10", "2026 年 10 月，全市商品房网签面积 0.060 万㎡。"),
        ("clerk", "?p=2026-10&r=321281", "2026 年 10 月，兴化市商品房网签面积 0.050 万㎡。"),
        (
            "clerk",
            "?p=2026-10&use=office",
            "2026 年 10 月，全市商品房网签面积（用途：办公） 0.0 万㎡。",
        ),
        ("taixing", "?p=2026-10", "2026 年 10 月，泰兴市商品房网签面积 0.010 万㎡。"),
    ],
)
def test_a_sentence_names_period_place_thing_and_amount(
    server: Flask, username: str, search: str, sentence: str
) -> None:
    told = entered(server, username).get(f"/export/figure/housing/ZF02.json{search}", headers=SCRIPT).get_json()
    assert told["sentence"] == f"{sentence}（演示数据，不得引用）"


def test_a_sentence_of_another_district_is_refused(server: Flask) -> None:
    client = entered(server, "taixing")
    assert client.get("/export/figure/housing/ZF02.json?p=2026-10&r=321281", headers=SCRIPT).status_code == 403


def test_a_page_leaves_out_nothing_that_has_no_data(clerk: FlaskClient) -> None:
    book = openpyxl.load_workbook(io.BytesIO(clerk.get("/export/page/housing.xlsx?p=2026-10", buffered=True).data))
    lines = list(book["目录"].iter_rows(min_row=4, values_only=True))
    assert [line[0] for line in lines] == [*range(1, 14)]
    remarks = {line[1]: line[6] for line in lines}
    assert remarks["商品房网签面积"] == "演示数据"
    assert remarks["要处置的项目"].startswith("无数据：没有“")
