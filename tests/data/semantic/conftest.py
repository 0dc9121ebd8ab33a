"""A rich market on each engine, filled once and only read."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ENGINES
from tests.data.semantic.market import Market, open_market, rich_rows


@pytest.fixture(scope="session", params=ENGINES)
def market(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Market]:
    """The rich market, shared: for reading only."""
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        path = tmp_path_factory.mktemp("market") / "market.sqlite3"
        shutil.copyfile(template, path)
        url = f"sqlite:///{path}"
    else:
        server = request.getfixturevalue("postgres_server")
        url = server.create("market", request.getfixturevalue("postgres_template"))
    found = open_market(url, rich_rows())
    yield found
    found.db.dispose()
