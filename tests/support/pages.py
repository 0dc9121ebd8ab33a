"""Pages without a browser: a filled site in this process, and what its callbacks answer."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from data.access.accounts import create_user
from data.semantic.registry import Registry
from data.settings import Settings
from tests.data.semantic.market import open_market, rich_rows

PASSWORD = "Long-enough-1"


def filled_site(template: Path, folder: Path, registry: Registry | None = None) -> Flask:
    """A site over the rich market, with a leader and a clerk of 兴化市."""
    path = folder / "market.sqlite3"
    shutil.copyfile(template, path)
    open_market(f"sqlite:///{path}", rich_rows()).db.dispose()
    settings = Settings(
        instance_path=folder,
        database_url=f"sqlite:///{path}",
        demo=False,
        secret_key="s" * 48,
        login_rate="1000 per minute",
    )
    server = create_app(settings, registry=registry)
    with server.extensions["platform"].db.write() as connection:
        create_user(connection, "leader", "李局", "leader", PASSWORD)
        create_user(connection, "clerk", "小王", "district", PASSWORD, district="321281")
        create_user(connection, "firm", "某企业", "company", PASSWORD)
    return server


def signed_in(server: Flask, username: str = "leader") -> FlaskClient:
    """A browser in which somebody is logged in."""
    client = server.test_client()
    form = client.get("/login", headers={"Accept": "text/html", "Sec-Fetch-Dest": "document"})
    token = re.search(r'name="csrf_token" value="([^"]+)"', form.text)
    assert token is not None
    sent = {"username": username, "password": PASSWORD, "csrf_token": token[1]}
    assert client.post("/login", data=sent).status_code == 303
    return client


def callback(client: FlaskClient, output: str, outputs: Any, inputs: Any, state: Any = ()) -> Any:
    """What a callback answers, by output id."""
    cookie = client.get_cookie("csrf")
    body = {
        "output": output,
        "outputs": outputs,
        "inputs": list(inputs),
        "state": list(state),
        "changedPropIds": [f"{_name(inputs[0]['id'])}.{inputs[0]['property']}"],
    }
    headers = {"X-CSRF-Token": cookie.value if cookie else ""}
    answer = client.post("/_dash-update-component", json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.get_json()["response"]


def opened(client: FlaskClient, path: str, **values: str) -> str:
    """All that the page at an address says, as JSON text: its frame, and its figures with it."""
    search = f"?{urlencode(values, safe=',.')}" if values else ""
    location = [
        {"id": "_pages_location", "property": "pathname", "value": path},
        {"id": "_pages_location", "property": "search", "value": search},
    ]
    output = ".._pages_content.children..._pages_store.data.."
    outputs = [{"id": "_pages_content", "property": "children"}, {"id": "_pages_store", "property": "data"}]
    page = json.dumps(callback(client, output, outputs, location), ensure_ascii=False)
    boards = client.application.extensions["boards"]
    board = boards.by_path(path)
    if board is None or '"missing"' not in page:
        return page
    # The browser asks for what the frame came without; once drawn it is kept, so that the page then comes whole.
    viewer = client.application.extensions["access"].sessions.read(_session(client)).viewer
    boards.drawn(board, board.ids, values, viewer, "dark")
    return json.dumps(callback(client, output, outputs, location), ensure_ascii=False)


def _session(client: FlaskClient) -> str:
    cookie = client.get_cookie("session")
    assert cookie is not None
    return cookie.value


def _name(identity: Any) -> str:
    return identity if isinstance(identity, str) else json.dumps(identity, sort_keys=True, separators=(",", ":"))
