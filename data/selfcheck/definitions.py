"""What the database last knew of an indicator's definition."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, Date, Integer, String, column, inspect, select, table

_KEPT = table(
    "sys_definition",
    column("id", Integer),
    column("indicator", String),
    column("valid_from", Date),
    column("definition", String),
    column("unit", String),
    column("digest", String),
    column("reason", String),
)


@dataclass(frozen=True)
class Known:
    """A definition that was kept: ``digest`` is that of the expression, ``reason`` why it took the place of another."""

    unit: str
    definition: str
    digest: str
    valid_from: date
    reason: str


def known_definitions(connection: Connection) -> dict[str, list[Known]] | None:
    """All kept definitions by indicator, the newest last; None where none are kept."""
    if not inspect(connection).has_table(_KEPT.name):
        return None
    found: dict[str, list[Known]] = {}
    for row in connection.execute(select(_KEPT).order_by(_KEPT.c.indicator, _KEPT.c.valid_from, _KEPT.c.id)):
        known = Known(row.unit, row.definition, row.digest, row.valid_from, row.reason)
        found.setdefault(row.indicator, []).append(known)
    return found
