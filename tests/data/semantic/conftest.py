"""A rich market on each engine, filled once and only read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conftest import ENGINES
from tests.data.semantic.market import Market, new_database, open_market, rich_rows


@pytest.fixture(scope="session", params=ENGINES)
def market(request: pytest.FixtureRequest) -> Iterator[Market]:
    """The rich market, shared: for reading only."""
    found = open_market(new_database(request, "market"), rich_rows())
    yield found
    found.db.dispose()
