"""Whose a thing is: the district in which the rows about it lie."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Column, Connection, select

from data.bulk import batches, one_of


def held_by_others(
    connection: Connection, column: Column[Any], values: Iterable[str | None], districts: frozenset[str]
) -> set[str]:
    """Those of ``values`` that rows outside ``districts`` hold in ``column``."""
    return _held(connection, column, values, column.table.c.district_id.not_in(sorted(districts)))


def held_by_own(
    connection: Connection, column: Column[Any], values: Iterable[str | None], districts: frozenset[str]
) -> set[str]:
    """Those of ``values`` that rows of ``districts`` hold in ``column``, and no others do."""
    own = _held(connection, column, values, column.table.c.district_id.in_(sorted(districts)))
    return own - held_by_others(connection, column, own, districts)


def _held(connection: Connection, column: Column[Any], values: Iterable[str | None], where: Any) -> set[str]:
    found: set[str] = set()
    for some in batches(values):
        query = select(column).distinct().where(one_of(connection, column, some), where)
        found.update(connection.execute(query).scalars())
    return found
