"""The document every page starts from: what is fetched early, and from where."""

from __future__ import annotations

import json
import re

from dash import html
from flask import Flask
from flask.testing import FlaskClient

from components.delivery import FOR_EVER
from components.site import add_page
from tests.access.conftest import PAGE


def scripts(page: str) -> list[str]:
    return re.findall(r'<script src="([^"]+)"', page)


def preloaded(page: str) -> list[str]:
    return re.findall(r'<link rel="preload" as="script" href="([^"]+)"', page)


def test_it_is_chinese_in_the_readers_theme_with_our_icon(leader: FlaskClient) -> None:
    for cookie, theme in ((None, "dark"), ("light", "light"), ('"><script>', "dark")):
        if cookie:
            leader.set_cookie("theme", cookie)
        page = leader.get("/404", headers=PAGE).text
        assert f'<html lang="zh-CN" data-bs-theme="{theme}">' in page
        assert "<title>泰州市智慧住建</title>" in page
        assert "/assets/favicon.svg?m=" in page


def test_plotly_is_under_way_on_pages_that_draw_and_is_kept_for_ever(leader: FlaskClient, server: Flask) -> None:
    add_page(server.extensions["dash_app"], "tests.drawing", "/drawing", lambda **_values: html.P(), title="图")
    page = leader.get("/drawing", headers=PAGE).text
    config = json.loads(re.findall(r'_dash-config"[^>]*>(.*?)</script>', page)[0])
    assert preloaded(page) == [config["plotlyjs_url"]]
    with leader.get(config["plotlyjs_url"]) as answer:
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == FOR_EVER
    assert preloaded(leader.get("/404", headers=PAGE).text) == []


def test_every_script_comes_from_here_and_is_kept_for_ever(leader: FlaskClient) -> None:
    found = scripts(leader.get("/404", headers=PAGE).text)
    assert any("async-graph" in address for address in found)
    for address in found:
        assert address.startswith("/")
        with leader.get(address) as answer:
            assert answer.headers["Cache-Control"] == FOR_EVER, address
