"""The door as a browser meets it: the form by keyboard, the policy, what a second visit costs, a session that ends."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.browser import until
from tests.support.site import Site

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

pytestmark = pytest.mark.e2e
PASSWORD = "Long-enough-1"
STATIC = {"Script", "Stylesheet", "Font"}


@pytest.fixture(scope="module")
def site(start_site: Callable[..., Site]) -> Site:
    """A site without data, and one account."""
    site = start_site(DEMO="false", NEW_USER_PASSWORD=PASSWORD)
    site.flask("user", "create", "--username", "leader", "--name", "李局", "--role", "leader")
    return site


def log_in(page: Page, site: Site, path: str, password: str = PASSWORD) -> None:
    """As somebody with a keyboard does."""
    page.goto(f"{site.url}/login?next={path}")
    _focused(page)
    page.keyboard.type("leader")
    page.keyboard.press("Tab")
    page.keyboard.type(password)
    page.keyboard.press("Enter")


def _focused(page: Page) -> None:
    """The cursor stands in the first field once the form has been painted: whoever types sees it."""
    until(page, "() => document.activeElement.id === 'username'")


def test_a_keyboard_is_enough_and_the_policy_is_kept(page: Page, site: Site) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("request", lambda request: said.append(request.url) if not request.url.startswith(site.url) else None)
    log_in(page, site, "/404")
    page.get_by_role("heading", name="没有这个页面").wait_for()
    assert page.url == f"{site.url}/404"
    assert said == []


def test_a_wrong_password_is_told_and_the_cursor_stands_where_it_is_mended(page: Page, site: Site) -> None:
    log_in(page, site, "/404", "Wrong-enough-1")
    page.get_by_role("alert").wait_for()
    assert page.evaluate("document.activeElement.id") == "password"
    assert page.input_value("#username") == "leader"


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1920, 1080), (3840, 2160), (390, 844)])
def test_the_form_fits_the_screen_in_both_themes(
    context: BrowserContext, site: Site, theme: str, width: int, height: int
) -> None:
    context.add_cookies([{"name": "theme", "value": theme, "url": site.url}])
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": height})
    page.goto(f"{site.url}/login")
    assert page.locator("html").get_attribute("data-bs-theme") == theme
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.get_by_role("button", name="登录").is_visible()


def test_a_second_visit_downloads_no_script_or_style_again(context: BrowserContext, page: Page, site: Site) -> None:
    log_in(page, site, "/404")
    page.get_by_role("heading", name="没有这个页面").wait_for()
    page.close()
    again = context.new_page()
    downloaded = watch(context, again)
    again.goto(f"{site.url}/404")
    again.get_by_role("heading", name="没有这个页面").wait_for()
    again.wait_for_load_state("networkidle")
    assert [url for url, kind in downloaded if kind in STATIC] == []
    assert downloaded, "the document itself comes anew"


def watch(context: BrowserContext, page: Page) -> list[tuple[str, str]]:
    """Addresses and kinds of what comes over the wire from now on."""
    seen: dict[str, tuple[str, str]] = {}
    downloaded: list[tuple[str, str]] = []

    def finished(event: dict[str, Any]) -> None:
        if event["encodedDataLength"] > 0 and event["requestId"] in seen:
            downloaded.append(seen[event["requestId"]])

    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.on(
        "Network.responseReceived",
        lambda event: seen.__setitem__(event["requestId"], (event["response"]["url"], event["type"])),
    )
    session.on("Network.loadingFinished", finished)
    return downloaded


def test_a_session_that_ends_under_an_open_page_leads_to_the_form_and_back(
    context: BrowserContext, page: Page, site: Site
) -> None:
    log_in(page, site, "/404")
    page.get_by_role("heading", name="没有这个页面").wait_for()
    context.clear_cookies(name="session")
    page.evaluate("fetch('/_dash-dependencies')")
    page.wait_for_url("**/login?next=%2F404")
    _focused(page)
    page.keyboard.type("leader")
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{site.url}/404")
