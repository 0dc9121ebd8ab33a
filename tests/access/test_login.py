"""Logging in and out: passwords, lock-out, the form's token, where one lands."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from data import clock
from data.access import accounts
from data.access.accounts import authenticate, lock_end, password_problems
from data.access.web import safe_next
from data.errors import PlatformError
from data.models import LoginAttempt, User, UserSession
from tests.access.conftest import PAGE, PASSWORD, csrf, log_in, people

MINUTE = 1 / 1440


def attempts(server: Flask) -> list[str]:
    with server.extensions["platform"].db.read() as connection:
        return list(connection.execute(select(LoginAttempt.result).order_by(LoginAttempt.id)).scalars())


def count(server: Flask, model: type) -> int:
    with server.extensions["platform"].db.read() as connection:
        return connection.execute(select(func.count()).select_from(model)).scalar_one()


def test_the_right_password_leads_to_the_page_that_was_asked_for(client: FlaskClient) -> None:
    answer = log_in(client, next="/housing?p=2026-10")
    assert (answer.status_code, answer.location) == (303, "/housing?p=2026-10")
    assert client.get("/_dash-layout").status_code == 200


def test_cookies_are_out_of_reach_for_scripts_and_other_sites(client: FlaskClient, server: Flask) -> None:
    cookies = {line.split("=")[0]: line for line in log_in(client).headers.getlist("Set-Cookie")}
    assert "HttpOnly" in cookies["session"]
    assert "SameSite=Lax" in cookies["session"]
    assert "HttpOnly" not in cookies["csrf"], "Dash's renderer has to read it"
    token = client.get_cookie("session")
    assert token is not None
    with server.extensions["platform"].db.read() as connection:
        row = connection.execute(select(UserSession.__table__)).mappings().one()
    assert token.value not in {str(value) for value in row.values()}, "only the digest is kept"


def test_over_tls_cookies_are_secure_and_bound_to_the_host(make_server) -> None:
    server = make_server(https=True)
    people(server)
    browser = server.test_client()
    form = browser.get("/login", base_url="https://localhost")
    assert form.headers["Strict-Transport-Security"].startswith("max-age=")
    cookie = form.headers["Set-Cookie"]
    assert cookie.startswith("__Host-login=")
    assert "Secure" in cookie
    assert "Domain" not in cookie


@pytest.mark.parametrize(("name", "password"), [("leader", "Wrong-enough-1"), ("nobody", PASSWORD), ("", "")])
def test_a_wrong_name_and_a_wrong_password_get_the_same_words(client: FlaskClient, name: str, password: str) -> None:
    answer = log_in(client, name, password)
    assert answer.status_code == 401
    assert "用户名或口令不对" in answer.text
    assert "编号" in answer.text
    assert client.get("/_dash-layout").status_code == 401


def test_an_unknown_name_costs_as_much_as_a_known_one(server: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[str] = []
    verify = accounts._verify

    def note(digest: str, word: str) -> bool:
        checked.append(digest)
        return verify(digest, word)

    monkeypatch.setattr(accounts, "_verify", note)
    platform = server.extensions["platform"]
    for name in ("leader", "nobody"):
        authenticate(platform.db, platform.settings, name, "Wrong-enough-1")
    known, unknown = checked
    assert known.split("$")[1:4] == unknown.split("$")[1:4], "same algorithm, same parameters"
    assert known.startswith("$argon2id$")


@pytest.mark.parametrize("name", ["leader", "nobody"])
def test_five_failures_lock_the_name_for_thirty_minutes(client: FlaskClient, name: str) -> None:
    for _ in range(4):
        assert "用户名或口令不对" in log_in(client, name, "Wrong-enough-1").text
    assert "暂时锁定" in log_in(client, name, "Wrong-enough-1").text
    locked = log_in(client, name, PASSWORD)
    assert locked.status_code == 401
    assert "请 30 分钟后再试" in locked.text
    with clock.moved(days=29 * MINUTE):
        assert "暂时锁定" in log_in(client, name, PASSWORD).text
    with clock.moved(days=31 * MINUTE):
        assert log_in(client, name, PASSWORD).status_code == (303 if name == "leader" else 401)


def test_attempts_at_the_same_time_do_not_share_a_place_in_the_count(server: Flask) -> None:
    platform = server.extensions["platform"]

    def guess(number: int) -> str:
        return authenticate(platform.db, platform.settings, "leader", f"Wrong-enough-{number}").result

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(guess, range(12)))
    assert attempts(server).count("wrong") == 5


def test_failures_further_apart_than_the_window_do_not_lock(client: FlaskClient) -> None:
    for number in range(8):
        with clock.moved(days=number * 3 * MINUTE):
            assert "用户名或口令不对" in log_in(client, "leader", "Wrong-enough-1").text


def test_a_success_starts_the_count_anew(client: FlaskClient, server: Flask) -> None:
    for _ in range(4):
        log_in(client, "leader", "Wrong-enough-1")
    assert log_in(client).status_code == 303
    assert log_in(server.test_client(), "leader", "Wrong-enough-1").status_code == 401
    assert log_in(server.test_client()).status_code == 303


def test_lock_end_counts_failures_within_the_window(settings) -> None:
    noon = datetime(2026, 11, 24, 4, tzinfo=UTC)
    wrong = [(noon + timedelta(minutes=minute), "wrong") for minute in (0, 2, 4, 6)]
    assert lock_end(wrong, settings) is None
    assert lock_end([*wrong, (noon + timedelta(minutes=9), "wrong")], settings) == noon + timedelta(minutes=39)
    assert lock_end([*wrong, (noon + timedelta(minutes=10), "wrong")], settings) is None
    assert lock_end([*wrong, (noon, "ok"), (noon + timedelta(minutes=9), "wrong")], settings) is None


def test_an_unknown_name_is_not_written_down(client: FlaskClient, server: Flask) -> None:
    log_in(client, "my-secret-password", "x")
    with server.extensions["platform"].db.read() as connection:
        kept = connection.execute(select(LoginAttempt.username)).scalar_one()
    assert kept.startswith("?")
    assert "secret" not in kept


def test_a_closed_account_can_neither_log_in_nor_go_on(leader: FlaskClient, server: Flask) -> None:
    with server.extensions["platform"].db.write() as connection:
        accounts.disable_user(connection, "leader")
    assert leader.get("/_dash-layout").status_code == 401
    assert "用户名或口令不对" in log_in(server.test_client()).text


def test_a_demonstration_account_is_worth_nothing_in_real_mode(client: FlaskClient, server: Flask) -> None:
    with server.extensions["platform"].db.write() as connection:
        connection.execute(update(User).values(demo=True))
    assert log_in(client).status_code == 401


def test_a_form_without_its_token_is_refused_before_the_password_is_looked_at(
    client: FlaskClient, server: Flask
) -> None:
    for data in ({}, {"csrf_token": "made up"}):
        answer = client.post("/login", data={"username": "leader", "password": PASSWORD, **data})
        assert answer.status_code == 400
        assert "重新输入口令" in answer.text
    assert attempts(server) == []


def test_another_browsers_form_token_is_refused(client: FlaskClient, server: Flask) -> None:
    foreign = server.test_client().get("/login").text.split('name="csrf_token" value="')[1].split('"')[0]
    client.get("/login")
    answer = client.post("/login", data={"username": "leader", "password": PASSWORD, "csrf_token": foreign})
    assert answer.status_code == 400


def test_many_attempts_from_one_address_are_slowed_down(make_server) -> None:
    server = make_server(login_rate="3 per minute")
    people(server)
    client = server.test_client()
    for _ in range(3):
        assert log_in(client, "leader", "Wrong-enough-1").status_code == 401
    for _ in range(2):
        answer = log_in(client)
        assert answer.status_code == 429
        assert "登录过于频繁" in answer.text
    assert attempts(server) == ["wrong"] * 3 + ["limited"], "a flood is written down once"


def test_a_planted_session_is_worth_nothing_after_the_log_in(client: FlaskClient, server: Flask) -> None:
    client.set_cookie("session", "planted")
    log_in(client)
    first = client.get_cookie("session")
    assert first is not None
    assert first.value != "planted"
    log_in_again = server.test_client()
    log_in_again.set_cookie("session", first.value)
    log_in_again.post("/logout", headers={"X-CSRF-Token": csrf(client)["X-CSRF-Token"]})
    assert client.get("/_dash-layout").status_code == 401


def test_logging_in_again_ends_the_session_of_the_same_browser(server: Flask, leader: FlaskClient) -> None:
    old = leader.get_cookie("session")
    assert old is not None
    door = server.extensions["access"]
    with server.test_request_context("/login", headers={"Cookie": f"session={old.value}"}):
        door.log_in(server.make_response(""), 1)
    assert door.sessions.read(old.value) is None
    assert count(server, UserSession) == 1


def test_who_is_logged_in_is_led_past_the_form(leader: FlaskClient) -> None:
    assert leader.get("/login?next=/housing", headers=PAGE).location == "/housing"


def test_logging_out_wants_the_token_and_ends_the_session(leader: FlaskClient, server: Flask) -> None:
    assert leader.post("/logout").status_code == 403
    assert count(server, UserSession) == 1
    answer = leader.post("/logout", data={"csrf_token": csrf(leader)["X-CSRF-Token"]})
    assert (answer.status_code, answer.location) == (303, "/login")
    assert count(server, UserSession) == 0
    assert leader.get("/_dash-layout").status_code == 401


@pytest.mark.parametrize(
    ("target", "lands"),
    [
        ("/housing?p=2026-10&r=321281", "/housing?p=2026-10&r=321281"),
        ("/", "/"),
        ("", "/"),
        ("housing", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("/housing\r\nSet-Cookie: a=b", "/"),
        ("///evil.example", "/"),
        ("/login?next=/login", "/"),
    ],
)
def test_only_a_path_of_this_site_is_followed(target: str, lands: str) -> None:
    assert safe_next(target) == lands


@pytest.mark.parametrize(
    ("password", "good"),
    [
        ("Abcdefgh12", True),
        ("abcdefgh1!", True),
        ("中文口令也行的Abc12", True),
        ("Abcdefg12", False),
        ("abcdefghij", False),
        ("abcdefgh12", False),
        ("A1" + "x" * 199, False),
        ("leader-Leader1", False),
    ],
)
def test_password_policy(password: str, good: bool) -> None:
    assert (password_problems(password, "leader") == []) is good


@pytest.mark.parametrize(
    "change",
    [
        {"username": "a b"},
        {"role": "king"},
        {"role": "district"},
        {"district": "999999"},
        {"password": "short"},
        {"username": "leader"},
    ],
)
def test_an_account_with_wrong_particulars_is_refused(server: Flask, change: dict[str, str]) -> None:
    given: dict[str, Any] = {"username": "newcomer", "name": "新人", "role": "section", "password": PASSWORD, **change}
    with server.extensions["platform"].db.write() as connection, pytest.raises(PlatformError) as refused:
        accounts.create_user(connection, **given)
    assert refused.value.remedy
