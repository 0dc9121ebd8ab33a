"""A site without data says so on every page, and what would fill it; nothing on it is an error."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from app import create_app
from data.access.accounts import create_user
from data.reference.load import load_reference
from data.settings import Settings
from tests.support.pages import PASSWORD, opened, signed_in


@pytest.fixture(scope="module")
def server(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    folder = tmp_path_factory.mktemp("empty")
    shutil.copyfile(sqlite_template, folder / "empty.sqlite3")
    url = f"sqlite:///{folder / 'empty.sqlite3'}"
    server = create_app(Settings(instance_path=folder, database_url=url, demo=False, secret_key="s" * 48))
    with server.extensions["platform"].db.write() as connection:
        load_reference(connection)
        create_user(connection, "leader", "李局", "leader", PASSWORD)
    yield server
    server.extensions["platform"].db.dispose()


@pytest.mark.parametrize("path", ["/", "/indicator/ZF02", "/indicator/ZF05"])
def test_a_page_of_figures_says_that_there_are_no_data_and_what_brings_them(server: Flask, path: str) -> None:
    page = opened(signed_in(server), path)
    assert "尚无数据" in page
    assert "数据上传" in page
    assert "编号" not in page


def test_the_catalogue_still_lists_what_is_declared(server: Flask) -> None:
    page = opened(signed_in(server), "/indicators")
    assert "去化周期" in page
    assert "尚无数据" in page
