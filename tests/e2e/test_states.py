"""What a page says when there is nothing, not yet everything, or nothing new to show."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from data import clock
from data.periods import parse_period
from pages.housing import BOARD
from tests.e2e.conftest import Visit
from tests.support.site import Site
from tests.support.visit import Visitor, log_in
from tests.support.watch import Watched

pytestmark = pytest.mark.e2e

PASSWORD = "Long-enough-1"
NUMBERS = """() => [...document.querySelectorAll(".figure-number")].map((number) => number.textContent)"""


PERIOD = "[aria-label='期间'] .segment.is-on"
"""The period that the filter bar shows as chosen."""


def with_leader(site: Site) -> Visitor:
    """A real account on a site that does not demonstrate, logged in."""
    site.env["NEW_USER_PASSWORD"] = PASSWORD
    site.flask("user", "create", "--username", "li", "--name", "李局", "--role", "leader")
    site.start()
    return log_in(site.url, "li", PASSWORD)


def as_of(watched: Watched) -> date:
    """The day up to which the page says its data reach."""
    return date.fromisoformat(watched.page.inner_text("#status .as-of").removeprefix("数据截至 "))


def test_without_data_every_page_says_what_would_fill_it(start_site: Callable[..., Site], visit: Visit) -> None:
    site = start_site(DEMO="false")
    site.stop()
    leader = with_leader(site)
    for path in ("/", "/housing", "/indicator/ZF04"):
        told = visit(path, site=site, visitor=leader).page.inner_text(".body")
        assert "尚无数据" in told
        assert "上传" in told
        assert "演示数据" not in told
    assert "尚无数据" in visit("/indicators", site=site, visitor=leader).page.inner_text("#catalogue")


def test_an_open_period_says_so_and_is_compared_with_the_same_days(visit: Visit) -> None:
    end = as_of(visit("/housing"))
    tokens = (f"{end:%Y-%m}", f"{end:%Y}", f"{end.isocalendar().year}-W{end.isocalendar().week:02}")
    token = next(token for token in tokens if parse_period(token, end).open)
    assert "进行中" in visit(f"/housing?p={token}").page.inner_text(PERIOD)
    detail = visit(f"/indicator/ZF02?p={token}")
    assert "进行中" in detail.text("series")
    assert "进行中" not in visit("/indicator/ZF02?p=month").text("series"), "the last complete month is whole"


@pytest.mark.parametrize("days", [10, 40])
def test_time_alone_greys_figures_with_their_age_and_changes_and_reddens_none(
    copied: Callable[..., Site], visit: Visit, days: int
) -> None:
    now = visit("/housing")
    site = copied(DEMO="false", CLOCK_SHIFT_DAYS=str(days))
    later = visit("/housing", site=site, visitor=with_leader(site))
    age = (clock.today() + timedelta(days=days) - as_of(later)).days
    assert as_of(later) == as_of(now)
    assert f"已 {age} 天未更新" in later.page.inner_text("#status")
    for part in ("lead", "trend", "buyers", "escrow"):
        assert f"已 {age} 天未更新" in later.text(part)
        assert later.slot(part).locator(".is-stale").count() == 1
    assert "天未更新" not in now.page.inner_text(".board") or as_of(now) < clock.today() - timedelta(days=3)
    assert later.page.evaluate(NUMBERS) == now.page.evaluate(NUMBERS)
    assert later.page.locator(".state-error").count() == 0
    assert red(later) <= red(now)
    assert later.faults() == []


def red(watched: Watched) -> set[str]:
    """Words that the theme's colour for what is bad marks."""
    found = watched.page.locator(".body .tone-bad:not(:has(*))").all_inner_texts()
    return {word for word in found if word.strip()}


def test_in_a_new_year_the_year_to_date_is_the_new_one(copied: Callable[..., Site], visit: Visit) -> None:
    today = clock.today()
    second = date(today.year + 1, 1, 3)
    site = copied(CLOCK_SHIFT_DAYS=str((second - today).days))
    site.flask("prepare")
    site.start()
    accounts = json.loads((site.instance / "demo-accounts.json").read_text(encoding="utf-8"))
    leader = log_in(site.url, "leader", next(a["password"] for a in accounts if a["role"] == "leader"))
    page = visit("/housing", site=site, visitor=leader)
    assert as_of(page) == second - timedelta(days=1)
    assert page.page.inner_text(PERIOD) == f"{second.year} 年累计至 01-02"
    assert page.page.locator(".state-error").count() == 0
    assert {part for part in BOARD.ids if "未更新" in page.text(part)} == set()
    assert "同比" in page.text("ZF02")
    assert page.faults() == []
    last_year = visit(f"/housing?p={today.year}", site=site, visitor=leader)
    assert f"{today.year} 年" in last_year.page.inner_text(PERIOD)
    assert "进行中" not in last_year.page.inner_text(PERIOD)
