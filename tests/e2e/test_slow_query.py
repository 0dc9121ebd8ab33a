"""One figure that cannot be computed in time: its panel says so, everything else stands, other pages answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from data import migrate
from data.db import Database
from data.demo.write import fill
from data.platform import standard_registry
from data.semantic.cache import BRIEF_SECONDS
from data.settings import Settings
from pages.housing import BOARD
from tests.conftest import ENGINES
from tests.e2e.conftest import Visit
from tests.support.postgres import PostgresServer
from tests.support.site import Site
from tests.support.stall import mend, stall
from tests.support.watch import Watched

pytestmark = pytest.mark.e2e

CUBE = "delivery"
LIMIT_S = 10
"""The time limit of these sites, seconds: long enough for another page to come first on a busy machine."""

REGISTRY = standard_registry()


@pytest.fixture(params=ENGINES)
def stalled(
    request: pytest.FixtureRequest, copied: Callable[..., Site], tmp_path: Path
) -> Iterator[tuple[Site, Database]]:
    """A site on either engine on which nothing of one cube can be read in time, and its database."""
    site = copied(STATEMENT_TIMEOUT_S=str(LIMIT_S))
    if request.param == "postgres":
        server: PostgresServer = request.getfixturevalue("postgres_server")
        site.env["DATABASE_URL"] = server.create("slow_query")
        settings = Settings(instance_path=site.instance, database_url=site.env["DATABASE_URL"])
        database = Database(settings.url)
        migrate.upgrade(database)
        fill(database, REGISTRY, settings, lambda _line: None, scale=0.02)
        site.flask("prepare")
    else:
        database = Database(Settings(instance_path=site.instance).url)
    stall(database, REGISTRY, CUBE)
    site.start()
    yield site, database
    site.stop()
    database.dispose()


def parts_over(cube: str) -> set[str]:
    """Parts of the cockpit that need the cube."""
    return {
        part.id
        for part in BOARD.parts
        if cube in {needed.name for code in part.codes() for needed in REGISTRY.cubes_of(code)}
    }


def failed(page: Watched) -> set[str]:
    """Parts that show an error."""
    return {part for part in BOARD.ids if page.slot(part).locator(".state-error").count()}


def test_one_figure_fails_alone_others_come_first_and_it_can_be_tried_again(
    stalled: tuple[Site, Database], visit: Visit
) -> None:
    site, database = stalled
    slow = visit("/housing", site=site, wait=False)
    slow.until("() => document.querySelectorAll('.skeleton').length > 0")
    other = visit("/indicator/ZF04", site=site)
    assert other.slot("series").locator(".figure-number").count() == 1
    assert slow.page.locator(".skeleton").count() == len(BOARD.ids), "the other page was answered first"

    slow.drawn()
    assert failed(slow) == parts_over(CUBE) == {"tasks"}
    told = slow.text("tasks")
    assert "保障与改造任务" in told
    assert f"计算超过 {LIMIT_S} 秒" in told
    number = re.search(r"编号 (\w+)", told)
    assert number
    assert number[1] in site.log.read_text(encoding="utf-8")
    others = {part: slow.text(part) for part in BOARD.ids if part != "tasks"}

    mend(database, REGISTRY, CUBE)
    slow.page.wait_for_timeout((BRIEF_SECONDS + 1) * 1000)
    asked = len(slow.callbacks())
    slow.slot("tasks").get_by_role("button", name="重试").click()
    slow.until("() => !document.querySelector('.state-error')")
    slow.drawn()
    assert slow.slot("tasks").locator(".main-svg").count()
    assert len(slow.callbacks()) == asked + 1, "only the figure that failed was asked for again"
    assert {part: slow.text(part) for part in others} == others
