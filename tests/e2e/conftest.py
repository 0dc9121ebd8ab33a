"""What the browser's tests share: one small demonstration city, sites on copies of it, and visitors who watch."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from data import migrate
from data.db import Database
from data.demo.write import fill
from data.platform import standard_registry
from data.settings import Settings
from tests.support.site import Site
from tests.support.visit import Visitor, log_in
from tests.support.watch import Watched

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SCALE = 0.1
"""Buildings a tenth as large: the same stories, districts and 37 months in a few seconds."""

Visit = Callable[..., Watched]


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Instance folder of a small demonstration city, filled and prepared once, never served: sites run on copies."""
    folder = tmp_path_factory.mktemp("city")
    settings = Settings(instance_path=folder)
    database = Database(settings.url)
    migrate.upgrade(database)
    fill(database, standard_registry(), settings, lambda _line: None, scale=SCALE)
    database.dispose()
    Site(folder).flask("prepare")
    return folder


@pytest.fixture(scope="session")
def copied(city: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Site]]:
    """``copied(SETTING="…")`` is a site on its own copy of the city, not started yet; it ends with the session."""
    sites: list[Site] = []

    def copy(**env: str) -> Site:
        folder = tmp_path_factory.mktemp("copy") / "instance"
        shutil.copytree(city, folder)
        sites.append(Site(folder, env))
        return sites[-1]

    yield copy
    for site in sites:
        site.stop()


@pytest.fixture(scope="session")
def live_server(copied: Callable[..., Site]) -> Site:
    """The site on the small city; shared by the session, so its data stay as they are."""
    site = copied()
    site.start()
    return site


@pytest.fixture(scope="session")
def enter() -> Callable[[Site, str], Visitor]:
    """Logs a demonstration account in, once for each site: log-ins are counted."""
    known: dict[tuple[str, str], Visitor] = {}

    def as_role(site: Site, role: str) -> Visitor:
        if (site.url, role) not in known:
            accounts = json.loads((site.instance / "demo-accounts.json").read_text(encoding="utf-8"))
            password = next(account["password"] for account in accounts if account["role"] == role)
            known[site.url, role] = log_in(site.url, role, password)
        return known[site.url, role]

    return as_role


@pytest.fixture
def visit(browser: Browser, live_server: Site, enter: Callable[[Site, str], Visitor]) -> Iterator[Visit]:
    """``visit("/housing", role="leader", site=…, width=…, height=…, theme=…)`` opens an address and waits until it is
    drawn. At the end of the test nothing may have gone wrong in any page so opened.
    """
    opened: list[Watched] = []

    def open_as(
        path: str,
        role: str = "leader",
        *,
        site: Site = live_server,
        visitor: Visitor | None = None,
        width: int = 1366,
        height: int = 768,
        theme: str = "dark",
        expected: tuple[int, ...] = (),
        wait: bool = True,
        script: str = "",
    ) -> Watched:
        context = browser.new_context(
            locale="zh-CN", timezone_id="Asia/Shanghai", viewport={"width": width, "height": height}
        )
        who = visitor or enter(site, role)
        context.add_cookies([*who.browser_cookies(), {"name": "theme", "value": theme, "url": site.url}])  # type: ignore[list-item]
        if script:
            context.add_init_script(script)
        watched = Watched(context.new_page(), site.url, expected)
        opened.append(watched)
        watched.go(path, wait)
        return watched

    yield open_as
    wrong = [line for watched in opened for line in watched.wrong]
    for watched in opened:
        watched.page.context.close()
    assert wrong == []
