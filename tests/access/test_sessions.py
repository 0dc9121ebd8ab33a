"""Sessions: when they end, what a request costs, whom they stand for."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, select, update

from data import clock
from data.access.web import current_viewer
from data.models import User, UserSession
from tests.access.conftest import csrf, log_in

MINUTE = 1 / 1440


def seen(server: Flask) -> Any:
    with server.extensions["platform"].db.read() as connection:
        return connection.execute(select(UserSession.seen_at)).scalar_one()


def works(client: FlaskClient) -> bool:
    return client.get("/_dash-dependencies").status_code == 200


def test_an_idle_session_ends(leader: FlaskClient) -> None:
    with clock.moved(days=29 * MINUTE):
        assert works(leader)
    with clock.moved(days=58 * MINUTE):
        assert works(leader), "the request in between kept it alive"
    with clock.moved(days=89 * MINUTE):
        assert not works(leader)


def test_no_session_lives_longer_than_a_working_day(leader: FlaskClient) -> None:
    for minute in range(0, 480, 20):
        with clock.moved(days=minute * MINUTE):
            assert works(leader)
    with clock.moved(days=481 * MINUTE):
        assert not works(leader)


def test_being_there_is_noted_once_a_minute(leader: FlaskClient, server: Flask) -> None:
    began = seen(server)
    with clock.moved(days=0.9 * MINUTE):
        works(leader)
        assert seen(server) == began
    with clock.moved(days=1.1 * MINUTE):
        works(leader)
        assert seen(server) > began


def test_a_page_that_asks_by_itself_is_nobody_being_there(leader: FlaskClient, server: Flask) -> None:
    began = seen(server)
    with clock.moved(days=20 * MINUTE):
        assert leader.get("/_dash-dependencies", headers={"X-Background": "1"}).status_code == 200
        assert seen(server) == began
        body = {"X-Background": "1", **csrf(leader)}
        leader.post("/_dash-update-component", json={}, headers=body)
        assert seen(server) == began, "figures drawn anew because data moved"
        leader.post("/_dash-update-component", json={}, headers=csrf(leader))
        assert seen(server) > began


def test_a_request_does_not_wait_for_an_import(leader: FlaskClient, server: Flask) -> None:
    db = server.extensions["platform"].db
    began = seen(server)
    with db.write(), clock.moved(days=5 * MINUTE):
        assert works(leader), "a writer may hold SQLite for many seconds"
        assert seen(server) == began
    with clock.moved(days=5 * MINUTE):
        works(leader)
        assert seen(server) > began, "the next request makes up for it"


def test_a_request_reads_its_session_in_one_statement_by_index(leader: FlaskClient, server: Flask) -> None:
    statements: list[tuple[str, Any]] = []
    engine = server.extensions["platform"].db.engine

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        statements.append((statement, parameters))

    # Of whichever pool of connections asks.
    event.listen(Engine, "before_cursor_execute", note)
    try:
        assert works(leader)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    ((statement, parameters),) = [found for found in statements if not found[0].startswith("BEGIN")]
    with engine.connect() as connection:
        plan = connection.exec_driver_sql("EXPLAIN QUERY PLAN " + statement, parameters).all()
    assert all("SEARCH" in row[-1] for row in plan), plan


def test_sessions_that_have_run_out_are_cleared(leader: FlaskClient, server: Flask) -> None:
    with clock.moved(days=1):
        log_in(server.test_client())
    with server.extensions["platform"].db.read() as connection:
        assert len(connection.execute(select(UserSession.token_hash)).all()) == 1


@pytest.mark.parametrize(
    ("account", "districts"),
    [
        ({"role": "leader", "district_id": None}, None),
        ({"role": "district", "district_id": "321281"}, {"321281"}),
        ({"role": "section", "district_id": "321281"}, {"321281"}),
        ({"role": "district", "district_id": None}, set()),
        ({"role": "company", "district_id": None}, set()),
        ({"role": "company", "district_id": "321281"}, set()),
    ],
)
def test_an_account_sees_its_own_districts_and_nothing_by_accident(
    leader: FlaskClient, server: Flask, account: dict[str, Any], districts: set[str] | None
) -> None:
    with server.extensions["platform"].db.write() as connection:
        connection.execute(update(User).where(User.username == "leader").values(**account))
    token = leader.get_cookie("session")
    assert token is not None
    with server.test_request_context("/", headers={"Cookie": f"session={token.value}"}):
        viewer = current_viewer()
    assert viewer.username == "leader"
    assert viewer.districts == districts


@pytest.mark.postgres
def test_the_same_on_postgresql(postgres_site: Flask) -> None:
    client = postgres_site.test_client()
    assert log_in(client, "leader", "Wrong-enough-1").status_code == 401
    assert log_in(client).status_code == 303
    began = seen(postgres_site)
    with clock.moved(days=29 * MINUTE):
        assert works(client)
        assert seen(postgres_site) > began
    with clock.moved(days=89 * MINUTE):
        assert not works(client)
    for _ in range(5):
        answer = log_in(postgres_site.test_client(), "clerk", "Wrong-enough-1")
    assert "暂时锁定" in answer.text
