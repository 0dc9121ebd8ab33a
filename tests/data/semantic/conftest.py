"""A rich market on each engine, filled once and only read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from data.models import DevelopmentProject
from tests.conftest import ENGINES
from tests.data.semantic import estates
from tests.data.semantic.market import Market, new_database, open_market, rich_rows


@pytest.fixture(scope="session", params=ENGINES)
def market(request: pytest.FixtureRequest) -> Iterator[Market]:
    """The rich market with its estates, shared: for reading only."""
    rows = rich_rows()
    estates.lend(rows[DevelopmentProject])
    found = open_market(new_database(request, "market"), rows | estates.rich_rows())
    yield found
    found.db.dispose()
