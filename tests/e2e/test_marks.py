"""A steward writes a mark, and a page that somebody has open shows it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.e2e.conftest import Visit
from tests.e2e.test_live import QUICK_POLL
from tests.support.site import Site

pytestmark = pytest.mark.e2e


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
