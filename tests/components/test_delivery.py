"""Scripts and styles: compressed once, kept by the browser for ever, asked for again where they may change."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from typing import Any

import brotli  # type: ignore[import-untyped]
import pytest
from dash import Dash, dcc, html
from flask import Flask
from flask.testing import FlaskClient

from components import delivery
from components.delivery import ASK_AGAIN, FOR_EVER, Delivery

STYLE = "body { color: var(--ink) }\n" * 100


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Dash:
    """A site with one style sheet, one small script and one picture."""
    monkeypatch.setattr(delivery, "QUALITY", 1)
    assets = tmp_path / "assets"
    assets.mkdir()
    (assets / "look.css").write_text(STYLE)
    (assets / "small.js").write_text("1;")
    (assets / "photo.png").write_bytes(b"\x89PNG" + bytes(5000))
    server = Flask("delivery", static_folder=None)
    app = Dash("delivery", server=server, assets_folder=str(assets))
    app.layout = html.Div(dcc.Graph())
    Delivery(app, tmp_path / "packed").install()
    return app


@pytest.fixture
def client(app: Dash) -> FlaskClient:
    """A browser."""
    return app.server.test_client()


def links(client: FlaskClient) -> list[str]:
    """Addresses of all scripts and styles in the document."""
    return re.findall(r'(?:src|href)="(/(?:assets|_dash-component-suites)/[^"]+)"', client.get("/").text)


def test_every_script_and_style_of_the_document_is_kept_for_ever(client: FlaskClient) -> None:
    found = links(client)
    assert len(found) > 5
    for address in found:
        with client.get(address) as answer:
            assert answer.status_code == 200, address
            assert answer.headers["Cache-Control"] == FOR_EVER, address


@pytest.mark.parametrize(
    ("offered", "coding"), [("gzip, deflate, br", "br"), ("gzip", "gzip"), ("br;q=0, gzip", "gzip")]
)
def test_a_browser_gets_the_best_coding_it_takes(client: FlaskClient, offered: str, coding: str) -> None:
    with client.get("/assets/look.css", headers={"Accept-Encoding": offered}) as answer:
        assert answer.headers["Content-Encoding"] == coding
        assert "Accept-Encoding" in answer.headers["Vary"]
        unpack = {"br": brotli.decompress, "gzip": gzip.decompress}[coding]
        assert unpack(answer.data).decode() == STYLE


def test_who_takes_no_coding_gets_the_file(client: FlaskClient) -> None:
    with client.get("/assets/look.css") as answer:
        assert "Content-Encoding" not in answer.headers
        assert answer.get_data(as_text=True) == STYLE


@pytest.mark.parametrize("name", ["small.js", "photo.png"])
def test_what_would_not_shrink_is_sent_as_it_is(client: FlaskClient, name: str) -> None:
    with client.get(f"/assets/{name}", headers={"Accept-Encoding": "br"}) as answer:
        assert "Content-Encoding" not in answer.headers


def test_a_file_is_compressed_once_for_all_requests_and_workers(
    client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def get() -> bytes:
        with client.get("/assets/look.css", headers={"Accept-Encoding": "br"}) as answer:
            return answer.data

    first = get()
    assert len(list((tmp_path / "packed").iterdir())) == 1
    monkeypatch.setitem(delivery.CODINGS, "br", lambda data: pytest.fail("compressed again"))
    assert get() == first


def test_a_changed_file_is_compressed_again(client: FlaskClient, tmp_path: Path) -> None:
    packed = {"Accept-Encoding": "br"}
    with client.get("/assets/look.css", headers=packed) as answer:
        assert answer.status_code == 200
    (tmp_path / "assets" / "look.css").write_text(STYLE + "new")
    with client.get("/assets/look.css", headers=packed) as answer:
        assert brotli.decompress(answer.data).decode() == STYLE + "new"


def test_an_address_without_fingerprint_is_asked_for_again_but_not_downloaded(client: FlaskClient) -> None:
    for address in ("/assets/look.css", "/assets/look.css?m=1", "/_dash-component-suites/dash/dcc/async-graph.js"):
        links(client)
        with client.get(address) as answer:
            assert answer.headers["Cache-Control"] == ASK_AGAIN, address
            tag = answer.headers["ETag"]
        with client.get(address, headers={"If-None-Match": tag}) as again:
            assert again.status_code == 304, address


@pytest.mark.parametrize(
    "address",
    [
        "/assets/none.css",
        "/assets/../packed",
        "/assets/%2e%2e/%2e%2e/etc/passwd",
        "/_dash-component-suites/dash/version.py",
        "/_dash-component-suites/os/path.py",
        "/_dash-component-suites/dash/../dash.py",
    ],
)
def test_nothing_else_on_the_disk_is_sent(client: FlaskClient, address: str) -> None:
    links(client)
    assert client.get(address).status_code == 404


def test_packing_ahead_leaves_nothing_for_the_first_visitor(app: Dash, tmp_path: Path, monkeypatch: Any) -> None:
    client = app.server.test_client()
    addresses = links(client)
    packing = Delivery(app, tmp_path / "packed")
    assert packing.pack_all() > 10
    assert packing.pack_all() == 0
    for coding in delivery.CODINGS:
        monkeypatch.setitem(delivery.CODINGS, coding, lambda data: pytest.fail("compressed on demand"))
    for address in addresses:
        with client.get(address, headers={"Accept-Encoding": "br"}) as answer:
            assert answer.status_code == 200
    (tmp_path / "packed" / "of-an-older-version.br").write_bytes(b"")
    assert packing.pack_all() == 0
    assert not (tmp_path / "packed" / "of-an-older-version.br").exists()
