"""What the database last knew of an indicator's definition."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from data.models import DefinitionVersion


@dataclass(frozen=True)
class Known:
    """A definition that was kept: ``digest`` is that of the expression, ``reason`` why it took the place of another."""

    unit: str
    definition: str
    digest: str
    valid_from: date
    reason: str


def known_definitions(connection: Connection) -> dict[str, list[Known]]:
    """All kept definitions by indicator, the newest last."""
    kept = DefinitionVersion.__table__.c
    found: dict[str, list[Known]] = {}
    for row in connection.execute(select(*kept).order_by(kept.indicator, kept.valid_from, kept.id)):
        known = Known(row.unit, row.definition, row.digest, row.valid_from, row.reason)
        found.setdefault(row.indicator, []).append(known)
    return found
