"""The glass in a real browser and under the site's policy: keys, menus, hover, clicks, the wall's scale, paper."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from dash import ALL, Dash, Input, Output, html
from flask import Response
from werkzeug.serving import make_server

from components import figures as f
from components import panels, shell, states
from components.figures import Area, Mark, Series
from components.shell import Place
from components.theme import theme
from tests.support.browser import until

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.e2e

ASSETS = Path(__file__).resolve().parents[2] / "assets"
MONTHS = [date(2026, month, 1) for month in range(1, 13)]
GAP = [3.1, 3.4, 3.6, 2.9, 2.6, None, None, 2.3, 2.2, 2.1, 2.0, 1.9]
RING = ((119.8, 32.0), (120.6, 32.0), (120.6, 32.6), (119.8, 32.6), (119.8, 32.0))
READY = "() => document.querySelectorAll('.main-svg').length > 0"


def _body() -> Any:
    dark = theme("dark")
    lines = f.lines(MONTHS, [Series("本年", GAP, strong=True), Series("上年", [4] * 12, dotted=True)], theme=dark)
    district = f.district_map([Area(Mark("321281", "兴化市", 26.3), [RING], (120.5, 32.5))], theme=dark)
    return panels.board(
        [
            panels.slot("a", panels.panel("a", title="走势", body=panels.graph("a", lines)), columns=30),
            panels.slot("b", panels.panel("b", title="区市", body=panels.graph("b", district)), columns=30),
            panels.slot("c", panels.panel("c", title="待办", body=states.empty("没有", "导入")), columns=60),
        ],
        "minmax(0, 2fr) minmax(0, 1fr)",
    )


@pytest.fixture(scope="module")
def gallery() -> Iterator[str]:
    """A page of parts without an engine, served under the policy of the site."""
    app = Dash("gallery", assets_folder=str(ASSETS), add_log_handler=False)
    top = shell.top_bar(nav=[Place("智慧住房", "/")], here="/", user="甲", csrf_token="t", demo=True)
    app.layout = html.Div(
        [
            shell.page(top=top, body=_body(), sources="来源"),
            html.Div([html.Div(id="said"), html.Div(id="theme-said")], style={"position": "fixed"}),
        ]
    )

    @app.callback(
        Output("said", "children"), Input({"kind": "graph", "id": ALL}, "clickData"), prevent_initial_call=True
    )
    def clicked(data: list[dict[str, list[dict[str, list[str]]]] | None]) -> str:
        return next(found["points"][0]["customdata"][0] for found in data if found)

    @app.callback(Output("theme-said", "children"), Input("theme", "data"))
    def themed(name: str) -> str:
        return name

    hashes = " ".join(app.csp_hashes())

    @app.server.after_request
    def policy(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = (
            f"default-src 'self'; script-src 'self' {hashes}; style-src 'self' 'unsafe-inline'; "
            "img-src 'self' data: blob:; worker-src blob:; connect-src 'self' blob:"
        )
        return response

    server = make_server("127.0.0.1", 0, app.server, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}/"
    server.shutdown()
    thread.join(5)


@pytest.fixture
def shown(page: Page, gallery: str) -> Iterator[Page]:
    """The gallery, drawn; at the end nothing was refused, foreign or wrong."""
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on(
        "request",
        lambda request: wrong.append(request.url) if not request.url.startswith((gallery, "data:", "blob:")) else None,
    )
    page.goto(gallery)
    until(page, READY)
    page.wait_for_timeout(500)
    yield page
    assert wrong == []


def _box(page: Page, selector: str, number: int = 0) -> dict[str, float]:
    found = page.locator(selector).nth(number).bounding_box()
    assert found is not None
    return {"x": found["x"], "y": found["y"], "width": found["width"], "height": found["height"]}


def _point(page: Page, panel: int, across: float, down: float) -> tuple[float, float]:
    box = _box(page, ".plot", panel)
    return box["x"] + box["width"] * across, box["y"] + box["height"] * down


def test_t_switches_the_theme_tells_the_page_and_is_remembered(shown: Page) -> None:
    assert shown.locator("#theme-said").inner_text() == "dark"
    shown.keyboard.press("t")
    until(shown, "() => document.getElementById('theme-said').innerText === 'light'")
    assert shown.evaluate("document.documentElement.dataset.bsTheme") == "light"
    assert "theme=light" in shown.evaluate("document.cookie")


def test_f_fills_the_screen_and_leaves_it(shown: Page) -> None:
    shown.keyboard.press("f")
    until(shown, "() => !!document.fullscreenElement")
    shown.keyboard.press("f")
    until(shown, "() => !document.fullscreenElement")


def test_a_menu_opens_alone_and_closes_with_escape(shown: Page) -> None:
    knobs = shown.locator(".menu > summary")
    knobs.nth(0).click()
    knobs.nth(1).click()
    assert shown.locator(".menu[open]").count() == 1
    shown.keyboard.press("Escape")
    assert shown.locator(".menu[open]").count() == 0


def test_a_panel_alone_fills_the_screen_and_its_chart_with_it(shown: Page) -> None:
    shown.locator(".menu > summary").first.click()
    shown.locator("[data-action=full-panel]").first.click()
    until(
        shown,
        "() => document.fullscreenElement && document.querySelector('.main-svg').getBoundingClientRect().width > 1000",
    )


def test_over_a_gap_the_label_borrows_no_neighbour(shown: Page) -> None:
    left, right = _point(shown, 0, 0.0, 0.5), _point(shown, 0, 1.0, 0.5)
    for step in range(20, 80):
        shown.mouse.move(left[0] + (right[0] - left[0]) * step / 100, left[1])
        label = shown.evaluate("document.querySelector('.hoverlayer')?.textContent || ''")
        if "2026 年 6 月" in label:
            assert re.search(r"本年\s*—", label)
            assert re.search(r"上年\s*4\.0", label)
            return
    pytest.fail("June was never told")


def test_a_click_inside_a_district_tells_its_member(shown: Page) -> None:
    shown.mouse.move(*_point(shown, 1, 0.45, 0.6))
    shown.mouse.click(*_point(shown, 1, 0.45, 0.6))
    until(shown, "() => document.getElementById('said').innerText === '321281'")


@pytest.mark.parametrize(("width", "height", "scale"), [(1366, 768, 1), (1920, 1080, 1), (3840, 2160, 2)])
def test_the_page_fits_and_grows_with_the_screen(shown: Page, width: int, height: int, scale: float) -> None:
    shown.set_viewport_size({"width": width, "height": height})
    shown.wait_for_timeout(700)
    grown = shown.evaluate("parseFloat(getComputedStyle(document.documentElement).getPropertyValue('--scale'))")
    assert grown == pytest.approx(scale, abs=0.01)
    assert shown.evaluate(
        "document.documentElement.scrollHeight <= innerHeight && document.documentElement.scrollWidth <= innerWidth"
    )
    letters = shown.evaluate("document.querySelector('.xtick text').getBoundingClientRect().height")
    assert letters == pytest.approx(17 * scale, abs=4 * scale)
    frame, chart = _box(shown, ".plot"), _box(shown, ".main-svg")
    assert chart["width"] == pytest.approx(frame["width"], abs=2)
    assert chart["height"] == pytest.approx(frame["height"], abs=2)


def test_a_page_prints_on_one_sheet(shown: Page) -> None:
    sheet = shown.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", sheet)) == 1
