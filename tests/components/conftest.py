"""The boards of a site over the rich market."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from components.board.source import Boards
from data.platform import Platform
from data.settings import Settings
from tests.data.semantic.estates import whole_city
from tests.data.semantic.market import open_market


@pytest.fixture(scope="module")
def boards(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Boards]:
    folder = tmp_path_factory.mktemp("boards")
    path = folder / "market.sqlite3"
    shutil.copyfile(sqlite_template, path)
    url = f"sqlite:///{path}"
    open_market(url, whole_city()).db.dispose()
    platform = Platform(Settings(instance_path=folder, database_url=url, demo=False, secret_key="only-for-tests"))
    yield Boards(platform)
    platform.db.dispose()
