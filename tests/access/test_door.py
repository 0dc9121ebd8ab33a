"""The door: everything is closed but what is named, and every answer is armoured."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dash
import pytest
from dash import Input, Output
from flask import Flask, request
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.routing import Rule

from data.access.viewer import Forbidden
from data.access.web import OPEN_ASSETS, OPEN_ENDPOINTS
from data.errors import PlatformError
from tests.access.conftest import PAGE, csrf

SCRIPT = {"Accept": "application/json"}
OPEN_TO_ALL = {"/login", "/healthz", "/assets/tokens.css", "/assets/login.css", "/assets/favicon.svg"}


def error_of(answer: Any) -> dict[str, Any]:
    """The error that an answer to a script tells of."""
    return answer.get_json()["error"]


def addresses(rule: Rule) -> str:
    """An address that the rule answers."""
    samples = {"package_name": "dash", "fingerprinted_path": "dash-renderer/build/dash_renderer.min.js"}
    return re.sub(r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>", lambda found: samples.get(found[1], "1"), rule.rule)


def everything(server: Flask) -> Iterator[tuple[str, str]]:
    """Every method of every route."""
    for rule in server.url_map.iter_rules():
        for method in sorted(rule.methods or ()):
            yield method, addresses(rule)


def closed(answer: Any) -> bool:
    """Whether the answer is the way to the log-in page, or 401, and nothing else."""
    if answer.status_code == 303:
        return answer.location.split("?")[0] == "/login"
    return answer.status_code == 401


def test_an_anonymous_request_gets_nothing_but_what_is_open(server: Flask) -> None:
    tried = 0
    for method, address in everything(server):
        if address in OPEN_TO_ALL:
            continue
        for headers in (PAGE, SCRIPT, {}, {"Cookie": "session=made-up; csrf=made-up", "X-CSRF-Token": "made-up"}):
            answer = server.test_client().open(address, method=method, headers=headers)
            assert closed(answer), f"{method} {address} answers {answer.status}"
            tried += 1
    assert tried > 40


def test_an_anonymous_callback_is_refused_whichever_it_is(server: Flask) -> None:
    app = server.extensions["dash_app"]
    assert app.callback_map, "pages bring callbacks of their own"
    for output in app.callback_map:
        body = {"output": output, "outputs": [], "inputs": [], "changedPropIds": []}
        answer = server.test_client().post("/_dash-update-component", json=body)
        assert answer.status_code == 401, output
        assert set(error_of(answer)) == {"status", "what", "where", "remedy", "reference"}


def test_an_anonymous_reader_is_sent_to_log_in_from_every_page_and_back(server: Flask) -> None:
    for page in dash.page_registry.values():
        answer = server.test_client().get(page["path"] + "?p=2026-10", headers=PAGE)
        assert answer.status_code == 303
        assert answer.location == f"/login?next={page['path']}%3Fp%3D2026-10"


def test_every_asset_is_closed_but_those_of_the_log_in_page(server: Flask, client: FlaskClient) -> None:
    folder = server.extensions["dash_app"].config.assets_folder
    form = client.get("/login").text
    linked = set(re.findall(r'(?:href|src)="(/assets/[^"?]+)', form))
    assert linked <= OPEN_ASSETS
    for path in Path(folder).rglob("*"):
        address = f"/assets/{path.relative_to(folder).as_posix()}"
        if path.is_file():
            with client.get(address) as answer:
                assert answer.status_code == (200 if address in linked else 401), address


def test_the_open_list_is_as_short_as_agreed(server: Flask) -> None:
    assert {"login", "healthz"} == OPEN_ENDPOINTS
    opened = {rule.rule for rule in server.url_map.iter_rules() if rule.endpoint in OPEN_ENDPOINTS}
    assert opened == {"/login", "/healthz"}


def test_a_path_that_climbs_out_of_an_open_asset_is_closed(client: FlaskClient) -> None:
    for address in ("/assets/../app.py", "/assets/tokens.css/../platform.js", "/assets/%2e%2e/app.py"):
        assert closed(client.get(address)), address


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_change_without_the_page_token_is_refused(leader: FlaskClient, method: str) -> None:
    for headers in (
        {},
        {"X-CSRF-Token": ""},
        {"X-CSRF-Token": "made up"},
        {"X-CSRF-Token": "未知".encode().decode("latin-1")},
    ):
        answer = leader.open("/_dash-update-component", method=method, json={}, headers=headers)
        assert answer.status_code == 403, headers


def test_who_leaves_after_the_session_has_ended_gets_the_form_and_no_json(client: FlaskClient) -> None:
    answer = client.post("/logout", headers=PAGE)
    assert (answer.status_code, answer.location) == (303, "/login")


def test_a_form_with_a_stale_token_is_refused_on_a_page(leader: FlaskClient) -> None:
    answer = leader.post("/logout", headers=PAGE, data={"csrf_token": "of yesterday"})
    assert answer.status_code == 403
    assert "刷新页面后重试" in answer.text


def test_a_callback_with_the_token_that_the_renderer_reads_is_answered(leader: FlaskClient, server: Flask) -> None:
    add_callback(server, lambda _clicks: "42")
    found = re.search(r'_dash-config"[^>]*>(.*?)</script>', leader.get("/404", headers=PAGE).text)
    assert found is not None
    config = json.loads(found[1])
    assert config["csrf_header_name"] == "X-CSRF-Token"
    assert leader.get_cookie(config["csrf_token_name"])
    answer = call(leader)
    assert answer.json["response"] == {"probe": {"children": "42"}}
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (RuntimeError("secret detail"), "系统出错"),
        (PlatformError("计算超时", remedy="缩短期间"), "计算超时"),
        (Forbidden("兴化市以外的数据不可见"), "兴化市以外"),
    ],
)
def test_a_failed_callback_is_answered_with_a_number_that_is_in_the_log(
    leader: FlaskClient, server: Flask, capsys: pytest.CaptureFixture[str], error: Exception, says: str
) -> None:
    def fail(_clicks: Any) -> str:
        raise error

    add_callback(server, fail)
    answer = call(leader)
    assert answer.status_code == 200
    assert says in json.dumps(answer.json, ensure_ascii=False)
    assert "secret detail" not in answer.text
    number = re.search(r"编号 ([0-9A-F]{8})", json.dumps(answer.json, ensure_ascii=False))
    assert number is not None
    assert number[1] in capsys.readouterr().err


def add_callback(server: Flask, function: Any) -> None:
    server.extensions["dash_app"].callback(Output("probe", "children"), Input("button", "n_clicks"))(function)


def call(client: FlaskClient) -> Any:
    body = {
        "output": "probe.children",
        "outputs": {"id": "probe", "property": "children"},
        "inputs": [{"id": "button", "property": "n_clicks", "value": 1}],
        "changedPropIds": ["button.n_clicks"],
    }
    return client.post("/_dash-update-component", json=body, headers=csrf(client))


def test_every_answer_carries_the_secure_headers(leader: FlaskClient) -> None:
    for address in ("/login", "/healthz", "/404", "/_dash-layout", "/no/such/page", "/assets/tokens.css"):
        with leader.get(address, headers=PAGE) as answer:
            headers = answer.headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert "camera=()" in headers["Permissions-Policy"]
        assert "Strict-Transport-Security" not in headers
        policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
        assert policy["frame-ancestors"] == "'none'"
        assert policy["default-src"] == "'self'"
        assert "unsafe" not in policy["script-src"]


def test_every_inline_script_of_a_page_is_allowed_by_its_hash(leader: FlaskClient) -> None:
    page = leader.get("/404", headers=PAGE)
    inline = re.findall(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>(.*?)</script>", page.text, re.DOTALL)
    assert inline
    for script in inline:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in page.headers["Content-Security-Policy"]


def test_answers_with_data_are_never_stored(leader: FlaskClient) -> None:
    for address in ("/404", "/_dash-layout", "/_dash-dependencies", "/healthz", "/login"):
        assert leader.get(address).headers["Cache-Control"] == "no-store"


def test_an_unknown_address_is_an_honest_404(leader: FlaskClient, capsys: pytest.CaptureFixture[str]) -> None:
    page = leader.get("/no/such/page", headers=PAGE)
    assert page.status_code == 404
    assert "没有这个页面" in page.text
    assert "/no/such/page" in page.text
    number = re.search(r"<code>([0-9A-F]{8})</code>", page.text)
    assert number is not None
    assert number[1] in capsys.readouterr().err
    data = leader.get("/no/such/page", headers=SCRIPT)
    assert data.status_code == 404
    assert error_of(data)["remedy"]


def test_an_unexpected_error_is_told_without_its_inside(
    leader: FlaskClient, server: Flask, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: Any, **_values: Any) -> str:
        raise RuntimeError("secret detail")

    monkeypatch.setitem(server.view_functions, "/_dash-layout", fail)
    answer = leader.get("/_dash-layout")
    assert answer.status_code == 500
    assert "secret detail" not in answer.text
    assert error_of(answer)["reference"] in capsys.readouterr().err


def test_health_is_told_to_all_and_says_when_the_database_is_gone(server: Flask, client: FlaskClient) -> None:
    down = client.get("/healthz")
    assert down.status_code == 503, "no schema revision: not prepared"
    assert down.get_json()["status"] == "down"
    with server.extensions["platform"].db.write() as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num TEXT)"))
        connection.execute(text("INSERT INTO alembic_version VALUES ('0001')"))
    up = client.get("/healthz")
    assert up.status_code == 200
    assert up.get_json()["versions"]["schema"] == "0001"
    assert up.get_json()["data"] == "none"
    assert {"app", "python", "dash"} <= set(up.get_json()["versions"])


def test_behind_proxies_the_client_is_told_apart_by_its_own_address(make_server: Any) -> None:
    seen: list[str | None] = []
    for proxies in (0, 1):
        server = make_server(trusted_proxies=proxies)
        server.before_request_funcs[None].insert(0, lambda: seen.append(request.remote_addr))
        server.test_client().get("/healthz", headers={"X-Forwarded-For": "10.1.2.3"})
    assert seen == ["127.0.0.1", "10.1.2.3"]


def test_no_header_of_a_client_overrules_the_host_that_the_proxy_passes_on(make_server: Any) -> None:
    seen: list[str] = []
    server = make_server(trusted_proxies=1)
    server.before_request_funcs[None].insert(0, lambda: seen.append(request.host))
    server.test_client().get("/healthz", headers={"X-Forwarded-Host": "evil.example"})
    assert seen == ["localhost"]


def test_bodies_are_bounded_small_before_the_log_in_by_the_upload_after_it(
    leader: FlaskClient, server: Flask, make_server: Any
) -> None:
    stranger = server.test_client()
    big = {"username": "leader", "password": "x" * 70_000}
    assert stranger.post("/login", data=big).status_code == 413
    body = io.BytesIO(b"username=" + b"x" * 70_000)
    length = {"input_stream": body, "environ_overrides": {"wsgi.input_terminated": True}}
    form = {"content_type": "application/x-www-form-urlencoded"}
    assert stranger.post("/login", **form, **length).status_code == 413, "sent in chunks, of a length not told"
    assert leader.post("/logout", data={"csrf_token": "x" * 70_000}).status_code == 413
    headers = {**csrf(leader), "Content-Type": "application/json"}
    fits, too_large = (b" " * size for size in (64 * 2**20 * 4 // 3, 64 * 2**20 * 4 // 3 + 2**20 + 1))
    assert leader.post("/_dash-update-component", data=too_large, headers=headers).status_code == 413
    assert leader.post("/_dash-update-component", data=fits, headers=headers).status_code != 413


def test_a_flood_is_refused_before_its_forms_are_read(make_server: Any) -> None:
    server = make_server(login_rate="1 per minute")
    stranger = server.test_client()
    big = {"username": "x" * 70_000}
    assert [stranger.post("/login", data=big).status_code for _ in range(4)] == [413, 413, 429, 429]
