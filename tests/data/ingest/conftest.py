from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from data.platform import Platform
from data.settings import Settings
from tests.data.ingest.files import prepare


@pytest.fixture
def platform(database_url: str, tmp_path: Path) -> Iterator[Platform]:
    """An empty real installation with the region tree, once on each engine."""
    yield from _open(database_url, tmp_path)


@pytest.fixture
def sqlite_platform(sqlite_url: str, tmp_path: Path) -> Iterator[Platform]:
    """The same on SQLite only."""
    yield from _open(sqlite_url, tmp_path)


@pytest.fixture
def postgres_platform(postgres_url: str, tmp_path: Path) -> Iterator[Platform]:
    """The same on PostgreSQL only."""
    yield from _open(postgres_url, tmp_path)


def _open(url: str, folder: Path) -> Iterator[Platform]:
    made = Platform(Settings(instance_path=folder / "instance", database_url=url, demo=False, secret_key="t"))
    prepare(made)
    yield made
    made.db.dispose()
