"""Version rows: what a cached result depends on, and the lock of every write."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from data.models import Version

VERSIONS = select(Version.name, Version.version)


def raise_versions(connection: Connection, names: Iterable[str]) -> None:
    """Raise the version rows ``names``, in name order: two writers queue here instead of spoiling each other."""
    for name in sorted(set(names)):
        changed = connection.execute(update(Version).where(Version.name == name).values(version=Version.version + 1))
        if changed.rowcount == 0:
            dialect_insert = sqlite_insert if connection.dialect.name == "sqlite" else postgres_insert
            connection.execute(
                dialect_insert(Version)
                .values(name=name, version=1)
                .on_conflict_do_update(index_elements=["name"], set_={"version": Version.version + 1})
            )


def read_versions(connection: Connection) -> dict[str, int]:
    """All versions, in one statement."""
    return versions_of(connection.execute(VERSIONS))


def versions_of(rows: Iterable[Row[Any]]) -> dict[str, int]:
    """Rows of :data:`VERSIONS` by name."""
    return {row.name: row.version for row in rows}
