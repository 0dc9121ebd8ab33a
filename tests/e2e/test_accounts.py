"""One page, several accounts: a district sees itself and the city's total, a company no figure, whatever is asked."""

from __future__ import annotations

import urllib.error
from collections.abc import Callable

import pytest

from pages.housing import BOARD
from tests.e2e.conftest import Visit
from tests.support.site import Site
from tests.support.visit import Visitor

pytestmark = pytest.mark.e2e

OWN, OTHER = "兴化", ("靖江", "泰兴", "海陵", "高港", "姜堰")
ELSEWHERE = "321202"
EXPORTS = ("/export/page/housing.xlsx", "/export/figure/housing/buyers.csv", "/export/rows/ZF02.csv")


def test_a_district_opens_at_itself_and_meets_no_neighbour(visit: Visit) -> None:
    page = visit("/housing", "district")
    assert "兴化市" in page.page.inner_text(".filterbar")
    told = page.page.inner_text(".board")
    assert [name for name in OTHER if name in told] == []
    assert page.page.locator(".state-error").count() == 0
    assert page.slot("buyers").locator(".main-svg").count(), "its towns are compared instead"
    assert page.faults() == []


def test_a_district_sees_the_undivided_city_as_leaders_do(visit: Visit) -> None:
    own, leader = visit("/housing?r=321200", "district"), visit("/housing")
    for card in ("ZF02", "ZF04", "ZF06"):
        number = own.slot(card).locator(".figure-number").inner_text()
        assert number == leader.slot(card).locator(".figure-number").inner_text()
    told = own.page.inner_text(".board")
    assert [name for name in OTHER if name in told] == []


def test_an_address_of_another_district_is_explained_and_shows_no_figure(visit: Visit) -> None:
    page = visit(f"/housing?r={ELSEWHERE}", "district")
    assert "不在您的辖区内" in page.page.inner_text(".body")
    assert page.page.locator(".figure-number, .main-svg").count() == 0
    rows = visit(f"/indicator/ZF02?r={ELSEWHERE}", "district")
    assert "辖区" in rows.page.inner_text(".body")
    assert rows.page.locator(".figure-number, .main-svg, .ag-row").count() == 0


def test_downloads_of_another_district_are_refused_in_words(
    live_server: Site, enter: Callable[[Site, str], Visitor]
) -> None:
    district = enter(live_server, "district")
    for address in EXPORTS:
        refused(district, f"{address}?r={ELSEWHERE}", "辖区")


def test_a_company_sees_no_figure_and_takes_none_home(
    visit: Visit, live_server: Site, enter: Callable[[Site, str], Visitor]
) -> None:
    for path in ("/", "/housing", "/indicator/ZF04"):
        page = visit(path, "company")
        assert page.page.locator(".figure-number, .main-svg, .ag-row").count() == 0
        assert page.page.locator(".state").count() >= 1
    for address in EXPORTS:
        refused(enter(live_server, "company"), address, "辖区")


def refused(visitor: Visitor, address: str, why: str) -> None:
    """The download is refused with 403 and a reason."""
    with pytest.raises(urllib.error.HTTPError) as error:
        visitor.get(address)
    assert error.value.code == 403, address
    assert why in error.value.read().decode(), address


def test_every_part_of_the_cockpit_is_there_for_a_leader(visit: Visit) -> None:
    page = visit("/housing")
    assert [part for part in BOARD.ids if not page.text(part).strip()] == []
