"""A steward writes a mark, and a page that somebody has open shows it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.e2e.conftest import Visit
from tests.e2e.test_live import QUICK_POLL
from tests.e2e.test_site import GRAVE, JUDGED, NOT_OURS, SIZES, axe, light
from tests.support.site import Site

pytestmark = pytest.mark.e2e

__all__ = ["axe"]


def test_a_mark_shows_on_the_open_chart_and_goes_when_it_is_withdrawn(
    copied: Callable[..., Site], visit: Visit
) -> None:
    site = copied()
    site.start()
    chart = visit("/indicator/ZF02", site=site, script=QUICK_POLL)
    desk = visit("/marks", role="steward", site=site)
    desk.page.select_option("#mark-kind", "policy")
    desk.page.fill("#mark-first", "2026-03-16")
    desk.page.fill("#mark-title", "限购取消")
    desk.page.select_option("#mark-scope", "codes")
    desk.page.click("#mark-save")
    desk.page.locator(".marks-refusal").wait_for()
    assert "没有填写指标编码" in desk.page.inner_text(".marks-refusal")
    desk.page.fill("#mark-codes", "ZF02")
    desk.page.click("#mark-save")
    row = desk.page.locator(".marks-table tr", has_text="限购取消")
    row.wait_for()
    chart.until(
        "() => [...document.querySelectorAll('.annotation-text')].some(t => t.textContent.includes('限购取消'))"
    )
    chart.drawn()
    assert chart.faults() == []
    desk.page.on("dialog", lambda dialog: dialog.accept())
    row.locator("a").click()
    desk.page.locator("#mark-retire").click()
    desk.page.locator(".marks-retired").wait_for()
    chart.until(
        "() => ![...document.querySelectorAll('.annotation-text')].some(t => t.textContent.includes('限购取消'))"
    )
    chart.drawn()


PAGES = ("", "?edit=3", "?show=calendar", "?show=calendar&year=2027", "?show=limits")
FILE_FIELD = ".marks-drop input"
"""Dash's own hidden field; what one sees, hears and presses is the area around it."""


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_what_stewards_keep_is_whole_at_every_size(visit: Visit, width: int, height: int) -> None:
    found = {}
    for search in PAGES:
        desk = visit(f"/marks{search}", role="steward", width=width, height=height)
        found[search, "dark"] = desk.faults()
        light(desk)
        found[search, "light"] = desk.faults()
    assert {key: lines for key, lines in found.items() if lines} == {}


def test_nothing_grave_keeps_a_steward_out(visit: Visit, axe: str) -> None:
    found = {}
    for search in PAGES:
        desk = visit(f"/marks{search}", role="steward")
        for theme in ("dark", "light"):
            if theme == "light":
                light(desk)
            desk.page.evaluate(axe)
            found[search, theme] = desk.page.evaluate(JUDGED, [list(GRAVE), f"{NOT_OURS}, {FILE_FIELD}"])
    assert {key: lines for key, lines in found.items() if lines} == {}
