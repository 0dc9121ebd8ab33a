"""Adding to the engine's own tables: amounts of a cell, in either database."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Table, and_, bindparam, delete, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from data.semantic.sql import ROWS

Cell = tuple[Any, ...]
"""Where an amount counts: the values of a table's key."""


def add(connection: Connection, table: Table, differences: Mapping[Cell, list[int]]) -> None:
    """Add differences to a table's cells; where the table counts rows, a cell without any goes."""
    changed = [(*cell, *amounts) for cell, amounts in differences.items() if any(amounts)]
    if not changed:
        return
    names = [column.name for column in table.columns]
    if connection.dialect.name == "postgresql":
        columns = dict(zip(names, map(list, zip(*changed, strict=True)), strict=True))
        rows = select(*(func.unnest(bindparam(c.name, columns[c.name], ARRAY(c.type))) for c in table.columns))
        connection.execute(_upsert(postgres_insert(table).from_select(names, rows), table))
    else:
        rows_by_name = [dict(zip(names, row, strict=True)) for row in changed]
        connection.execute(_upsert(sqlite_insert(table), table), rows_by_name)
    if ROWS in table.c:
        _drop_emptied(connection, table, changed)


def _drop_emptied(connection: Connection, table: Table, changed: list[Cell]) -> None:
    keys = [column for column in table.columns if column.primary_key]
    emptied = [row for row in changed if row[len(keys)] < 0]
    if emptied:
        here = and_(*(key == bindparam(f"k_{key.name}") for key in keys), table.c[ROWS] == 0)
        connection.execute(
            delete(table).where(here),
            [{f"k_{key.name}": value for key, value in zip(keys, row, strict=False)} for row in emptied],
        )


def _upsert(statement: Any, table: Table) -> Any:
    keys = [column.name for column in table.columns if column.primary_key]
    sums = [column.name for column in table.columns if not column.primary_key]
    return statement.on_conflict_do_update(
        index_elements=keys, set_={name: table.c[name] + statement.excluded[name] for name in sums}
    )
