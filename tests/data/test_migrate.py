"""The schema that revisions build is the one that the models describe."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from data.db import Database
from data.migrate import current, differences, downgrade, head, upgrade
from data.models import Base


def test_an_empty_database_has_no_revision(empty_db: Database):
    assert current(empty_db) == ""


def test_upgrade_from_nothing_builds_what_the_models_describe(empty_db: Database):
    upgrade(empty_db)
    assert current(empty_db) == head()
    assert differences(empty_db) == []


def test_a_second_upgrade_changes_nothing(empty_db: Database):
    upgrade(empty_db)
    with empty_db.write() as connection:
        connection.execute(text("INSERT INTO sys_version (name, version) VALUES ('sales', 7)"))
    upgrade(empty_db)
    with empty_db.read() as connection:
        assert connection.execute(text("SELECT version FROM sys_version")).scalar_one() == 7


def test_downgrade_leaves_nothing_behind(empty_db: Database):
    upgrade(empty_db)
    downgrade(empty_db, "base")
    assert inspect(empty_db.engine).get_table_names() == ["alembic_version"]


def test_roll_ups_are_the_engine_s_own_business(empty_db: Database):
    upgrade(empty_db)
    with empty_db.write() as connection:
        connection.execute(text("CREATE TABLE rung_sales_day (day date)"))
        connection.execute(text("CREATE INDEX ix_rung_sales_day ON rung_sales_day (day)"))
    assert differences(empty_db) == []


def test_a_stray_table_is_noticed(empty_db: Database):
    upgrade(empty_db)
    with empty_db.write() as connection:
        connection.execute(text("CREATE TABLE left_over (n integer)"))
    assert [found[0] for found in differences(empty_db)] == ["remove_table"]


@pytest.mark.postgres
def test_every_column_keeps_its_comment(postgres_db: Database):
    inspector = inspect(postgres_db.engine)
    kept = {
        (table, column["name"]): column["comment"]
        for table in inspector.get_table_names()
        for column in inspector.get_columns(table)
    }
    assert kept == {
        (table.name, column.name): column.comment for table in Base.metadata.tables.values() for column in table.columns
    }
    assert all(kept.values())


def test_sqlite_holds_to_foreign_keys_again_after_an_upgrade(tmp_path: Path):
    db = Database(f"sqlite:///{tmp_path / 'empty.sqlite3'}")
    upgrade(db)
    with db.read() as connection:
        assert connection.execute(text("PRAGMA foreign_keys")).scalar_one() == 1
    db.dispose()
