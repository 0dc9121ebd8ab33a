"""Statements over many rows at once, for both engines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import orjson
from sqlalchemy import Column, Connection, Date, Table, any_, bindparam, delete, func, insert, literal, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql import ColumnElement, Select

from data.models.types import Fixed

BATCH = 5_000
"""Values that one statement looks for."""


def batches(values: Iterable[Any], size: int = BATCH) -> Iterator[list[Any]]:
    """Distinct values in order, so many at a time; None is none."""
    ordered = sorted({value for value in values if value is not None})
    for start in range(0, len(ordered), size):
        yield ordered[start : start + size]


def one_of(connection: Connection, column: Any, values: Sequence[Any]) -> ColumnElement[bool]:
    """Whether ``column`` is one of many ``values``, which travel as one parameter.

    A list of thousands of parameters costs SQLAlchemy more than it costs the database to find the rows.
    """
    if connection.dialect.name == "postgresql":
        kind = column.type
        return column == any_(literal(list(values), ARRAY(kind)))
    listed = func.json_each(orjson.dumps(list(values)).decode()).table_valued("value")
    return column.in_(select(listed.c.value))


def rows_where(connection: Connection, query: Select[Any], column: Any, values: Iterable[Any]) -> list[dict[str, Any]]:
    """Rows of ``query`` whose ``column`` is one of ``values``."""
    found: list[dict[str, Any]] = []
    for some in batches(values):
        result = connection.execute(query.where(one_of(connection, column, some)))
        names = tuple(result.keys())
        found.extend(dict(zip(names, row, strict=True)) for row in result)
    return found


def known_keys(connection: Connection, column: Any, values: Iterable[str]) -> set[str]:
    """Those of ``values`` that ``column`` holds."""
    found: set[str] = set()
    for some in batches(values):
        found.update(connection.execute(select(column).where(one_of(connection, column, some))).scalars())
    return found


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
    statement = update(table).where(table.c.id == bindparam("at_id")).values(values)
    connection.execute(
        statement, [{"at_id": row["id"], **{f"new_{name}": row[name] for name in columns}} for row in rows]
    )


def delete_ids(connection: Connection, table: Table, ids: Iterable[int]) -> None:
    """Delete the rows with these ids."""
    for some in batches(ids):
        connection.execute(delete(table).where(one_of(connection, table.c.id, some)))


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
