"""Invented targets: written where nobody has set one, told by their source, and taken out with the city."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import Connection, select

from data.access.viewer import SYSTEM
from data.demo.sector import Sector
from data.models import Region, Target
from data.semantic.registry import Registry
from data.targets import Goal, forget, land, settled

MARK = "演示："
"""How the source of an invented target begins; a target that an operator has changed carries his own."""


def write_targets(
    connection: Connection, registry: Registry, sectors: Iterable[Sector], seed: int, since: date, until: int
) -> int:
    """Write what the sectors invent for the city's years, the one of ``until`` (an ordinal) included.

    Leaves every target alone that is there already; returns how many were written.
    """
    years = range(since.year, date.fromordinal(until).year + 1)
    there = connection.execute(select(Target.indicator, Target.district_id, Target.year))
    known = {tuple(row) for row in there} | settled(connection)
    places = set(connection.execute(select(Region.id)).scalars())
    offered = [
        Goal(row["indicator"], row["district_id"], row["year"], float(row["value"]), _marked(row["source"]))
        for sector in sectors
        if sector.targets
        for row in sector.targets(seed, years)
    ]
    goals = [
        goal for goal in offered if goal.indicator in registry and goal.district in places and goal.key not in known
    ]
    return land(connection, goals, SYSTEM, "demo").added if goals else 0


def remove_targets(connection: Connection) -> int:
    """Remove the invented targets; returns their number."""
    return forget(connection, Target.source.startswith(MARK), SYSTEM, "demo")


def _marked(source: str) -> str:
    return source if source.startswith(MARK) else MARK + source
