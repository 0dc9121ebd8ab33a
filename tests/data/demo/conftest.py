"""A small demonstration city: as many projects as the full one, of a twelfth of the size, shown from summer 2026."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from data import clock
from data.db import Database
from data.demo import fill, top_up
from data.demo.city import City
from data.platform import standard_registry
from data.semantic.registry import Registry
from data.settings import Settings

SEED = 321200
SCALE = 0.08
SINCE = date(2026, 6, 1)
TODAY = date(2026, 11, 25)

Filled = Callable[[Database, date], None]


@pytest.fixture(scope="session")
def registry() -> Registry:
    return standard_registry()


@pytest.fixture
def demo_settings(tmp_path: Path) -> Settings:
    return Settings(instance_path=tmp_path / "instance", demo=True, demo_seed=SEED, secret_key="only-for-tests")


@pytest.fixture(scope="session")
def filled_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where cities that a test has filled are kept for the next one."""
    return tmp_path_factory.mktemp("filled")


@pytest.fixture
def filled(registry: Registry, demo_settings: Settings, filled_files: Path) -> Filled:
    """Fill a database as if the first start were on a given day; on SQLite a city of the same day is copied."""

    def fill_on(database: Database, day: date) -> None:
        kept = filled_files / f"{day}.sqlite3"
        if database.is_sqlite and kept.exists():
            _copy(kept, Path(str(database.url.database)))
            return
        with clock.moved(to=day):
            fill(database, registry, demo_settings, lambda _: None, since=SINCE, scale=SCALE)
        if database.is_sqlite:
            _copy(Path(str(database.url.database)), kept)

    return fill_on


def _copy(source: Path, target: Path) -> None:
    """Copy a SQLite database as its readers see it, its log included."""
    with closing(sqlite3.connect(source)) as whole, closing(sqlite3.connect(target)) as copy:
        whole.backup(copy)


@pytest.fixture
def topped_up(registry: Registry, demo_settings: Settings) -> Filled:
    """Top a database up as if it were started on a given day."""

    def top_up_on(database: Database, day: date) -> None:
        with clock.moved(to=day):
            top_up(database, registry, demo_settings, lambda _: None)

    return top_up_on


@pytest.fixture(scope="session")
def city() -> City:
    """The small city, known up to the day before :data:`TODAY`."""
    return City(SEED, SINCE.toordinal(), TODAY.toordinal() - 1, SCALE)
