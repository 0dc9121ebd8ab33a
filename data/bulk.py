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
    """Insert rows that all name the same columns, and return their ids, in no particular order."""
    if not rows:
        return []
    if connection.dialect.name == "postgresql":
        return _copy(connection, table, rows)
    return list(connection.execute(insert(table).returning(table.c.id), list(rows)).scalars())


def _copy(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Insert by COPY, which takes a tenth of the time of statements with thousands of parameters."""
    sequence = func.pg_get_serial_sequence(table.name, "id")
    numbers = select(func.nextval(sequence)).select_from(func.generate_series(1, len(rows)))
    ids = list(connection.execute(numbers).scalars())
    given = {name: rows[0][name] for name in rows[0]}
    defaults = {
        column.name: column.default.arg  # type: ignore[attr-defined]
        for column in table.columns
        if column.name not in given and column.default is not None and column.default.is_scalar
    }
    columns = [table.c[name] for name in (*given, *defaults)]
    bind = [column.type.dialect_impl(connection.dialect).bind_processor(connection.dialect) for column in columns]
    listed = ", ".join(f'"{column.name}"' for column in columns)
    raw: Any = connection.connection.driver_connection
    with raw.cursor() as cursor, cursor.copy(f"COPY {table.name} (id, {listed}) FROM STDIN") as copy:
        for number, row in zip(ids, rows, strict=True):
            values = (row.get(column.name, defaults.get(column.name)) for column in columns)
            copy.write_row((number, *(do(v) if do else v for do, v in zip(bind, values, strict=True))))
    return ids


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
