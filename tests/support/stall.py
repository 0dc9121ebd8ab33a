"""Making one cube of a database take half a minute to read, and mending it again."""

from __future__ import annotations

from data.db import Database
from data.semantic.registry import Registry
from data.semantic.sql import rung_table

_ENDLESS = {
    "sqlite": """
        CREATE VIEW {name} AS
        WITH RECURSIVE forever(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM forever WHERE n < 2000000000)
        SELECT kept.* FROM {name}_kept AS kept WHERE (SELECT COUNT(*) FROM forever) > 0
    """,
    "postgresql": "CREATE VIEW {name} AS SELECT kept.* FROM {name}_kept AS kept, LATERAL (SELECT pg_sleep(30)) AS nap",
}


def stall(db: Database, registry: Registry, cube: str) -> None:
    """Put in the place of each kept roll-up a view that does not end in time."""
    with db.write() as connection:
        for name in _tables(registry, cube):
            connection.exec_driver_sql(f"ALTER TABLE {name} RENAME TO {name}_kept")
            connection.exec_driver_sql(_ENDLESS[connection.dialect.name].format(name=name))


def mend(db: Database, registry: Registry, cube: str) -> None:
    """Undo :func:`stall`."""
    with db.write() as connection:
        for name in _tables(registry, cube):
            connection.exec_driver_sql(f"DROP VIEW {name}")
            connection.exec_driver_sql(f"ALTER TABLE {name}_kept RENAME TO {name}")


def _tables(registry: Registry, cube: str) -> list[str]:
    declared = registry.cubes[cube]
    return [rung_table(declared, rung).name for rung in declared.rungs]
