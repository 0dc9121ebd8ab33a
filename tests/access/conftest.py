"""A site with two accounts on a database of its own, and a browser's hands."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert
from werkzeug.test import TestResponse

from app import create_app
from data.access.accounts import create_user
from data.models import Region
from data.settings import Settings

PASSWORD = "Long-enough-1"
PAGE = {"Accept": "text/html", "Sec-Fetch-Dest": "document"}


@pytest.fixture
def make_server(sqlite_url: str, tmp_path: Any) -> Iterator[Callable[..., Flask]]:
    """``make_server(https=True, ...)`` makes a site with these settings on the test's database."""
    made: list[Flask] = []

    def make(**changes: Any) -> Flask:
        values = {
            "instance_path": tmp_path / "instance",
            "database_url": sqlite_url,
            "demo": False,
            "secret_key": "s" * 48,
            "login_rate": "1000 per minute",
        }
        server = create_app(Settings(**{**values, **changes}))
        made.append(server)
        return server

    yield make
    for server in made:
        server.extensions["platform"].db.dispose()


@pytest.fixture
def server(make_server: Callable[..., Flask]) -> Flask:
    """A site with a leader and a clerk of one district."""
    server = make_server()
    people(server)
    return server


def people(server: Flask) -> None:
    """Two accounts."""
    with server.extensions["platform"].db.write() as connection:
        region = {"kind": "district", "name": "兴化市", "short_name": "兴化", "aliases": ""}
        connection.execute(insert(Region).values(id="321281", functional_zone=False, position=1, **region))
        create_user(connection, "leader", "李局", "leader", PASSWORD)
        create_user(connection, "clerk", "小王", "district", PASSWORD, district="321281")


@pytest.fixture
def postgres_site(make_server: Callable[..., Flask], postgres_url: str) -> Flask:
    """The same site on PostgreSQL."""
    server = make_server(database_url=postgres_url)
    people(server)
    return server


@pytest.fixture
def client(server: Flask) -> FlaskClient:
    """A browser that is not logged in."""
    return server.test_client()


@pytest.fixture
def leader(client: FlaskClient) -> FlaskClient:
    """A browser in which the leader is logged in."""
    assert log_in(client).status_code == 303
    return client


def log_in(client: FlaskClient, username: str = "leader", password: str = PASSWORD, **more: str) -> TestResponse:
    """Open the form and send it."""
    form = client.get("/login", headers=PAGE)
    token = re.search(r'name="csrf_token" value="([^"]+)"', form.text)
    assert token is not None
    return client.post("/login", data={"username": username, "password": password, "csrf_token": token[1], **more})


def csrf(client: FlaskClient) -> dict[str, str]:
    """The header that a page's scripts send."""
    cookie = client.get_cookie("csrf")
    return {"X-CSRF-Token": cookie.value if cookie else ""}
