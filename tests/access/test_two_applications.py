"""Two applications in one process, each whole."""

from __future__ import annotations

from typing import Any

from dash import html
from flask import Flask
from flask.testing import FlaskClient

from components.site import add_page
from tests.access.conftest import PAGE, csrf, log_in, people


def show(client: FlaskClient, path: str) -> Any:
    """What Dash's router puts on the page at ``path``."""
    location = {"pathname": path, "search": ""}
    body = {
        "output": ".._pages_content.children..._pages_store.data..",
        "outputs": [
            {"id": "_pages_content", "property": "children"},
            {"id": "_pages_store", "property": "data"},
        ],
        "inputs": [{"id": "_pages_location", "property": name, "value": value} for name, value in location.items()],
        "changedPropIds": ["_pages_location.pathname"],
    }
    return client.post("/_dash-update-component", json=body, headers=csrf(client)).get_json()["response"]


def test_a_second_application_has_all_callbacks_and_leaves_the_first_its_pages(make_server: Any) -> None:
    servers: list[Flask] = []
    for name in ("first", "second"):
        server = make_server()
        app = server.extensions["dash_app"]
        add_page(app, "tests.shared_page", "/shared", lambda name=name, **_values: html.P(name), title=name)
        servers.append(server)
    first, second = servers
    people(first)
    maps = [server.extensions["dash_app"].callback_map for server in servers]
    assert maps[0].keys() == maps[1].keys()
    assert maps[0].keys()
    for server, name in ((first, "first"), (second, "second")):
        client = server.test_client()
        log_in(client)
        assert client.get("/shared", headers=PAGE).status_code == 200
        shown = show(client, "/shared")
        assert shown["_pages_content"]["children"]["props"]["children"] == name
        dependencies = client.get("/_dash-dependencies").get_json()
        assert {entry["output"] for entry in dependencies} >= maps[0].keys() - {None}


def test_a_page_of_another_application_is_not_shown_here(make_server: Any) -> None:
    first, second = make_server(), make_server()
    people(first)
    add_page(second.extensions["dash_app"], "tests.own_page", "/own", lambda **_values: html.P("theirs"), title="own")
    client = first.test_client()
    log_in(client)
    assert client.get("/own", headers=PAGE).status_code == 404
    assert "theirs" not in str(show(client, "/own"))
