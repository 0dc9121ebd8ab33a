"""A rich market on each engine, filled once and only read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conftest import ENGINES
from tests.data.semantic.estates import whole_city
from tests.data.semantic.market import Market, new_database, open_market


@pytest.fixture(scope="session", params=ENGINES)
def market(request: pytest.FixtureRequest) -> Iterator[Market]:
    """The rich market with its estates, shared: for reading only."""
    found = open_market(new_database(request, "market"), whole_city())
    yield found
    found.db.dispose()
