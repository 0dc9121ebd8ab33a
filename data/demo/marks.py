"""Invented marks of the demonstration city: what explains a bend that a visitor sees."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, delete, select

from data.access.viewer import Viewer
from data.marks import Draft, add_mark
from data.models import SeriesMark
from data.semantic.registry import Registry
from data.semantic.versions import raise_versions

AUTHOR = Viewer("demo", "演示城市", "admin")
SOURCE = "演示，非真实事件"

PLANTED = (
    Draft("typhoon", date(2025, 9, 18), date(2025, 9, 20), "演示台风“银杏”", source=SOURCE),
    Draft("typhoon", date(2026, 7, 24), date(2026, 7, 26), "演示台风“水杉”", source=SOURCE),
    Draft("policy", date(2025, 11, 3), None, "演示：契税补贴", page="housing", source=SOURCE),
    Draft("policy", date(2026, 5, 6), None, "演示：住房公积金新政", page="housing", source=SOURCE),
    Draft(
        "policy", date(2026, 4, 1), date(2026, 6, 30), "演示：购房补贴", ("ZF02", "ZF02-units"), "", "321281", SOURCE
    ),
    Draft("definition", date(2026, 1, 1), None, "演示：网签改为实名核验后计入", ("ZF02", "ZF03"), source=SOURCE),
)


def plant_marks(connection: Connection, registry: Registry) -> int:
    """Write the marks that were never there; returns how many. One that somebody withdrew does not come back."""
    known = set(connection.execute(select(SeriesMark.title).where(SeriesMark.demo)).scalars())
    missing = [draft for draft in PLANTED if draft.title not in known and not set(draft.indicators) - _codes(registry)]
    for draft in missing:
        add_mark(connection, AUTHOR, draft, registry, demo=True)
    return len(missing)


def remove_marks(connection: Connection) -> int:
    """Delete the demonstration's marks, changed and withdrawn ones with them; returns how many there were."""
    raise_versions(connection, ("marks",))
    return connection.execute(delete(SeriesMark).where(SeriesMark.demo)).rowcount


def _codes(registry: Registry) -> set[str]:
    return {indicator.code for indicator in registry}
