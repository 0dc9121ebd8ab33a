"""The page of targets as its callbacks answer: who sees and edits what, and what a file would do."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from components.targets import read_year
from data import clock
from data.access.accounts import create_user
from data.access.viewer import SYSTEM
from data.platform import Platform
from data.targets import Goal, set_targets
from tests.support.pages import PASSWORD, callback, filled_site, opened, signed_in

XINGHUA, TAIXING, CITY = "321281", "321283", "321200"
OF = {"year": 2026, "code": ""}


@pytest.fixture(scope="module")
def server(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    server = filled_site(sqlite_template, tmp_path_factory.mktemp("targets"))
    with server.extensions["platform"].db.write() as connection:
        create_user(connection, "writer", "王文", "writer", PASSWORD)
        create_user(connection, "xinghua", "兴文", "writer", PASSWORD, district=XINGHUA)
    yield server
    server.extensions["platform"].db.dispose()


@pytest.fixture
def platform(server: Flask) -> Platform:
    found: Platform = server.extensions["platform"]
    return found


def find(server: Flask, *wanted: str) -> str:
    """The registered callback whose inputs are ``wanted``."""
    app = server.extensions["dash_app"]
    return next(
        output for output, entry in app.callback_map.items() if [item["id"] for item in entry["inputs"]] == list(wanted)
    )


def outputs_of(output: str) -> list[dict[str, str]]:
    parts = output.strip(".").split("...")
    return [dict(zip(("id", "property"), part.rsplit(".", 1), strict=True)) for part in parts]


def sent(client: FlaskClient, trigger: str, state: dict[str, Any], value: Any = 1) -> Any:
    """Press the button ``trigger``, or hand in a file."""
    output = find(client.application, trigger)
    prop = "contents" if trigger == "targets-file" else "n_clicks"
    inputs = [{"id": trigger, "property": prop, "value": value}]
    given = [dict(zip(("id", "property"), key.split("."), strict=True), value=found) for key, found in state.items()]
    outputs: Any = outputs_of(output)
    if not output.startswith(".."):
        outputs = outputs[0]
    return callback(client, output, outputs, inputs, given)


def saved(client: FlaskClient, value: str, source: str, code: str = "ZF10", region: str = XINGHUA) -> str:
    state = {
        "goal-value.value": value,
        "goal-source.value": source,
        "goal-of.data": {"code": code, "region": region},
        "targets-of.data": OF,
    }
    return json.dumps(sent(client, "goal-save", state), ensure_ascii=False)


def test_a_writer_edits_and_the_log_says_so(server: Flask, platform: Platform) -> None:
    client = signed_in(server, "writer")
    page = opened(client, "/targets", year="2026")
    assert "保交房交付率" in page
    assert '"kind": "goal"' in page
    assert "template-2026.xlsx" in page
    said = saved(client, "９２.5", "泰建发〔2026〕12 号")
    assert "已新增" in said
    assert "王文" in said
    found = platform.judgement().target("ZF10", XINGHUA, 2026)
    assert found is not None
    assert (found.value, found.source) == (92.5, "泰建发〔2026〕12 号")
    gone = sent(client, "goal-remove", {"goal-of.data": {"code": "ZF10", "region": XINGHUA}, "targets-of.data": OF})
    assert "已删除" in json.dumps(gone, ensure_ascii=False)
    assert platform.judgement().target("ZF10", XINGHUA, 2026) is None


@pytest.mark.parametrize(
    ("value", "source", "reason"), [("九十", "文件", "不是数字"), ("", "文件", "不是数字"), ("90", " ", "没有填写依据")]
)
def test_what_is_wrong_is_said_beside_the_fields_and_nothing_changes(
    server: Flask, platform: Platform, value: str, source: str, reason: str
) -> None:
    assert reason in saved(signed_in(server, "writer"), value, source)
    assert platform.judgement().target("ZF10", XINGHUA, 2026) is None


def test_a_districts_writer_has_buttons_for_his_own_only(server: Flask, platform: Platform) -> None:
    client = signed_in(server, "xinghua")
    page = opened(client, "/targets", year="2026")
    assert f'"region": "{XINGHUA}"' in page
    assert f'"region": "{CITY}"' not in page
    assert "不在您的辖区内" in saved(client, "1", "文件", region=CITY)
    found = platform.judgement().target("ZF10", CITY, 2026)
    assert found is not None
    assert found.value == 100


def test_others_read_and_cannot_write(server: Flask, platform: Platform) -> None:
    set_targets(platform, [Goal("ZF10", TAIXING, 2026, 88.75, "泰兴的文件")], SYSTEM)
    for username in ("leader", "clerk"):
        client = signed_in(server, username)
        page = opened(client, "/targets", year="2026")
        assert "保交房交付率" in page
        assert '"kind": "goal"' not in page
        assert "template-2026.xlsx" not in page
        assert ("泰兴的文件" in page) == (username == "leader")
        assert client.get("/targets/template-2026.xlsx").status_code == 403
        cookie = client.get_cookie("csrf")
        assert cookie is not None
        output = find(server, "goal-save")
        body = {
            "output": output,
            "outputs": outputs_of(output),
            "inputs": [{"id": "goal-save", "property": "n_clicks", "value": 1}],
            "state": [
                {"id": "goal-value", "property": "value", "value": "1"},
                {"id": "goal-source", "property": "value", "value": "文件"},
                {"id": "goal-of", "property": "data", "value": {"code": "ZF10", "region": XINGHUA}},
                {"id": "targets-of", "property": "data", "value": OF},
            ],
            "changedPropIds": ["goal-save.n_clicks"],
        }
        client.post("/_dash-update-component", json=body, headers={"X-CSRF-Token": cookie.value})
        assert client.post("/_dash-update-component", json=body).status_code in (400, 403)
    assert platform.judgement().target("ZF10", XINGHUA, 2026) is None
    firm = opened(signed_in(server, "firm"), "/targets")
    assert "没有可查看的辖区" in firm
    assert "保交房交付率" not in firm


def upload(text: str) -> str:
    return "data:text/csv;base64," + base64.b64encode(text.encode()).decode()


def test_a_file_is_looked_at_first_and_lands_when_told(server: Flask, platform: Platform) -> None:
    client = signed_in(server, "writer")
    content = upload("指标,区市,年度,目标值,依据\nZF10,靖江,2026,91,文件\nZF10,某县,2026,九,文件\n")
    look = json.dumps(sent(client, "targets-file", {"targets-file.filename": "表.csv"}, content), ensure_ascii=False)
    assert "1 行有误，尚未写入任何目标" in look
    assert "没有这个区划" in look
    assert "只写入无误的 1 项" in look
    assert platform.judgement().target("ZF10", "321282", 2026) is None
    state = {
        "targets-file.contents": content,
        "targets-file.filename": "表.csv",
        "targets-some.data": True,
        "targets-of.data": OF,
    }
    done = json.dumps(sent(client, "targets-land", state), ensure_ascii=False)
    assert "表.csv 已写入：新增 1，更改 0，未变 0；1 行有误，未写入" in done
    assert platform.judgement().target("ZF10", "321282", 2026) is not None


def test_only_those_who_set_targets_find_the_page_in_the_navigation(server: Flask) -> None:
    assert '"href": "/targets"' in opened(signed_in(server, "writer"), "/indicators")
    assert '"href": "/targets"' not in opened(signed_in(server), "/indicators")
    assert "/targets?year=2026&code=ZF10" in opened(signed_in(server), "/indicator/ZF10")


@pytest.mark.parametrize("text", [None, "", "20", "1999", "2206", "二〇二六", "²⁰²⁶"])
def test_a_year_that_can_have_no_targets_is_this_year(text: str | None) -> None:
    assert read_year(text) == clock.today().year
    assert read_year("2024") == 2024
