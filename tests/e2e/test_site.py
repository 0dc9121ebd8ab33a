"""Every page of the site, as it is seen, steered by keys and heard: at three sizes, in both themes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import dash
import pytest

from app import create_app
from components.site import PAGES
from data.settings import ROOT, Settings
from tests.conftest import missing
from tests.e2e.conftest import Visit
from tests.support.watch import Watched

pytestmark = pytest.mark.e2e

SIZES = ((1366, 768), (1920, 1080), (3840, 2160))
INDICATORS = ("ZF04", "ZF10")
"""A stock with its bridge, and a share with its target."""

ERRORS = {"/nowhere": "没有这个页面", "/indicator/NONE": "没有这个页面", "/export/page/none.xlsx": "没有这个页面"}
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
GRAVE = ("serious", "critical")
NOT_OURS = ".dash-dropdown-focus-target"
"""Dash's own list keeps a hidden field for its focus; the button that one sees and hears is beside it."""

JUDGED = """async ([grave, excluded]) => {
    const judged = await axe.run({ exclude: [excluded] }, { resultTypes: ["violations"] });
    return judged.violations.filter((found) => grave.includes(found.impact))
        .map((found) => `${found.id}: ${found.nodes.map((node) => node.html.slice(0, 120)).join(" | ")}`);
}"""


@pytest.fixture(scope="session")
def addresses(city: Path) -> list[str]:
    """Every page that is registered; two indicators stand for all."""
    server = create_app(Settings(instance_path=city))
    found: list[str] = []
    for page in dash.page_registry.values():
        if page["module"] in server.extensions[PAGES] and not page["module"].endswith("404"):
            template = page.get("path_template")
            found += [template.replace("<code>", code) for code in INDICATORS] if template else [page["path"]]
    return found


def test_every_registered_page_is_visited(addresses: list[str]) -> None:
    pages = {"/", "/housing", "/indicator/ZF04", "/indicators", "/data/upload", "/targets", "/marks", "/check"}
    assert pages <= set(addresses)


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_nothing_is_foreign_wrong_cut_or_overlapping(
    visit: Visit, addresses: list[str], width: int, height: int
) -> None:
    faults = {}
    for path in addresses:
        watched = visit(path, width=width, height=height)
        faults[path, "dark"] = watched.faults()
        light(watched)
        faults[path, "light"] = watched.faults()
    assert {key: lines for key, lines in faults.items() if lines} == {}


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_an_error_says_what_where_and_what_to_do(visit: Visit, width: int, height: int) -> None:
    for path, what in ERRORS.items():
        watched = visit(path, width=width, height=height, expected=(404,))
        assert what in watched.page.inner_text("main")
        assert "编号" in watched.page.inner_text("main")
        assert watched.faults() == []


def light(watched: Watched) -> None:
    """Switch a dark page to light by its key."""
    watched.page.keyboard.press("t")
    watched.until("() => document.documentElement.dataset.bsTheme === 'light'")
    watched.drawn()


# --- keys ------------------------------------------------------------------------------------------------------


def test_the_theme_that_was_chosen_is_there_after_a_reload_and_charts_follow_it(visit: Visit) -> None:
    watched = visit("/housing")
    ink = "() => getComputedStyle(document.querySelector('.plot .xtick text, .plot .ytick text')).fill"
    dark = watched.page.evaluate(ink)
    light(watched)
    assert watched.until(f"() => ({ink})() !== {dark!r}")
    watched.page.reload()
    watched.drawn()
    assert watched.page.get_attribute("html", "data-bs-theme") == "light"
    assert watched.page.evaluate(ink) != dark


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_full_screen_fits(visit: Visit, width: int, height: int) -> None:
    watched = visit("/housing", width=width, height=height)
    watched.page.keyboard.press("f")
    watched.until("() => document.fullscreenElement === document.documentElement")
    watched.drawn()
    assert watched.faults() == []
    watched.page.keyboard.press("f")
    watched.until("() => !document.fullscreenElement")


def test_d_opens_the_data_behind_the_panel_that_has_the_focus(visit: Visit) -> None:
    watched = visit("/housing")
    watched.page.locator('[id=\'{"id":"buyers","kind":"panel"}\'] .panel-title').focus()
    watched.page.keyboard.press("d")
    table = watched.page.locator(".modal table.data")
    table.wait_for()
    head = table.locator("th").all_inner_texts()
    assert [word for word in head if word]
    assert table.locator("tbody tr").count() > 12, "six districts by four sizes"
    watched.page.keyboard.press("Escape")
    table.wait_for(state="detached")


def test_a_keyboard_alone_reaches_a_card_opens_its_indicator_and_comes_back(visit: Visit) -> None:
    watched = visit("/housing")
    reach(watched, 'document.activeElement.id.includes(\'"kind":"card"\')')
    name = watched.page.evaluate("document.activeElement.querySelector('.headline-name').textContent")
    assert watched.page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    watched.page.keyboard.press("Enter")
    watched.until("() => location.pathname.startsWith('/indicator/')")
    watched.drawn()
    assert name[:2] in watched.page.inner_text(".page-title")
    reach(watched, "document.activeElement.textContent === '智慧住房'")
    watched.page.keyboard.press("Enter")
    watched.until("() => location.pathname === '/housing'")
    watched.drawn()
    assert watched.slot("lead").is_visible()


def reach(watched: Watched, there: str, most: int = 60) -> None:
    """Press Tab until the focus is where it should be."""
    for _ in range(most):
        watched.page.keyboard.press("Tab")
        if watched.page.evaluate(there):
            return
    pytest.fail(f"{most} times Tab do not lead to {there}")


# --- heard and seen by everyone --------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def axe() -> str:
    """The judge's own code. The policy refuses it as a script of the page; the debugger may evaluate it."""
    if not AXE.exists():
        missing("axe-core: make node_modules/axe-core/axe.min.js (needs npm)")
    return AXE.read_text(encoding="utf-8")


def test_nothing_grave_keeps_anyone_out(visit: Visit, addresses: list[str], axe: str) -> None:
    found: dict[tuple[str, str], Any] = {}
    for path in [*addresses, *ERRORS]:
        watched = visit(path, expected=(404,))
        for theme in ("dark", "light"):
            if theme == "light" and path in addresses:
                light(watched)
            watched.page.evaluate(axe)
            found[path, theme] = watched.page.evaluate(JUDGED, [list(GRAVE), NOT_OURS])
    assert {key: lines for key, lines in found.items() if lines} == {}
