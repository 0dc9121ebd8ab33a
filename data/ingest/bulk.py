"""Statements over many rows at once, for both engines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Column, Connection, Date, Table, bindparam, delete, insert, select, update
from sqlalchemy.sql import Select

from data.models.types import Fixed

BATCH = 900
"""Values in one IN list: more slow the planners down without saving a round trip's worth."""


def batches(values: Iterable[Any], size: int = BATCH) -> Iterator[list[Any]]:
    """Distinct values in order, so many at a time; None is none."""
    ordered = sorted({value for value in values if value is not None})
    for start in range(0, len(ordered), size):
        yield ordered[start : start + size]


def rows_where(
    connection: Connection, query: Select[Any], column: Any, values: Iterable[Any]
) -> list[dict[str, Any]]:
    """Rows of ``query`` whose ``column`` is one of ``values``."""
    found: list[dict[str, Any]] = []
    for some in batches(values):
        found.extend(map(dict, connection.execute(query.where(column.in_(some))).mappings()))
    return found


def known_keys(connection: Connection, column: Any, values: Iterable[str]) -> set[str]:
    """Those of ``values`` that ``column`` holds."""
    return {
        row[0] for some in batches(values) for row in connection.execute(select(column).where(column.in_(some)))
    }


def insert_ids(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Insert rows and return their ids, in no particular order."""
    if not rows:
        return []
    return list(connection.execute(insert(table).returning(table.c.id), list(rows)).scalars())


def table_of(model: type[Any]) -> Table:
    """The table of a mapped class."""
    table = model.__table__
    assert isinstance(table, Table)
    return table


def update_rows(
    connection: Connection, table: Table, columns: Iterable[str], rows: Sequence[Mapping[str, Any]]
) -> None:
    """Set ``columns`` of the rows named by their ``id``; all rows hold all the columns."""
    if not rows:
        return
    columns = tuple(columns)
    values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in columns}
    statement = update(table).where(table.c.id == bindparam("row_id")).values(values)
    connection.execute(
        statement, [{"row_id": row["id"], **{f"new_{name}": row[name] for name in columns}} for row in rows]
    )


def delete_ids(connection: Connection, table: Table, ids: Iterable[int]) -> None:
    """Delete the rows with these ids."""
    for some in batches(ids):
        connection.execute(delete(table).where(table.c.id.in_(some)))


def as_json(value: Any) -> Any:
    """A column's value as JSON keeps it."""
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def from_json(column: Column[Any], value: Any) -> Any:
    """A column's value from what :func:`as_json` made of it."""
    if value is None:
        return None
    if isinstance(column.type, Date):
        return date.fromisoformat(value)
    return Decimal(value) if isinstance(column.type, Fixed) else value
