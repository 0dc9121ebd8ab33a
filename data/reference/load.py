"""Writes the reference files into the database; may run at every start."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, select

from data.models import CalendarDay, Limit, Region, RegionClosure, Target
from data.regions import load_regions
from data.semantic.versions import raise_versions
from data.targets import settled

FOLDER = Path(__file__).resolve().parent
CITY = "321200"
TARGET_KEY = ("indicator", "district_id", "year")


def load_reference(connection: Connection) -> dict[str, int]:
    """Bring regions up to the file and add missing seeds; returns the rows written by kind.

    Raises the version rows ``regions``, ``calendar``, ``limits`` and ``targets`` of what has changed, so a second
    call writes nothing. A database that holds another city's tree keeps it, and gets no targets for this one.
    """
    regions = _load_regions(connection)
    ours = connection.execute(select(Region.id).where(Region.id == CITY)).first() is not None
    seeded = {
        "calendar": _seed(connection, CalendarDay, _missing_years(connection), ("day",)),
        "limits": _seed(connection, Limit, _limit_rows(), ("indicator", "level", "side", "valid_from")),
        "targets": _seed(connection, Target, _targets(connection) if ours else (), TARGET_KEY),
    }
    raise_versions(connection, tuple(name for name, count in seeded.items() if count))
    return {"regions": regions, **seeded}


def region_rows() -> list[dict[str, Any]]:
    """Rows of the region tree, parents before children, as :func:`data.regions.load_regions` takes them."""
    return [
        {
            **row,
            "parent_id": row["parent_id"] or None,
            "group_id": row["group_id"] or None,
            "position": int(row["position"]),
            "functional_zone": row["functional_zone"] == "1",
        }
        for row in _read("regions.csv")
    ]


def _load_regions(connection: Connection) -> int:
    """Load the tree into an empty database, or again where the file has changed."""
    rows = region_rows()
    known = {row["id"]: dict(row) for row in connection.execute(select(Region.__table__)).mappings()}
    if known and CITY not in known:
        return 0
    plain = {row["id"]: {name: value for name, value in row.items() if name != "group_id"} for row in rows}
    groups = {(row["group_id"], row["id"]) for row in rows if row["group_id"]}
    pairs = {(pair.node_id, pair.leaf_id) for pair in connection.execute(select(RegionClosure.__table__))}
    if known == plain and groups <= pairs:
        return 0
    return load_regions(connection, rows)


def _missing_years(connection: Connection) -> list[dict[str, Any]]:
    """Days of years of which the database has none: a day that an operator took out does not come back."""
    known = {day.year for day in connection.execute(select(CalendarDay.day)).scalars()}
    return [row for row in calendar_rows() if row["day"].year not in known]


def calendar_rows() -> list[dict[str, Any]]:
    """Holidays and make-up working days that are shipped."""
    return [{**row, "day": date.fromisoformat(row["day"])} for row in _read("calendar.csv")]


def _limit_rows() -> list[dict[str, Any]]:
    return [
        {**row, "value": float(row["value"]), "valid_from": date.fromisoformat(row["valid_from"])}
        for row in _read("limits.csv")
    ]


def _targets(connection: Connection) -> list[dict[str, Any]]:
    """The file's targets, but those that somebody has removed."""
    gone = settled(connection)
    return [row for row in _target_rows() if tuple(row[name] for name in TARGET_KEY) not in gone]


def _target_rows() -> list[dict[str, Any]]:
    return [{**row, "year": int(row["year"]), "value": float(row["value"])} for row in _read("targets.csv")]


def _seed(connection: Connection, model: type[Any], rows: Iterable[Mapping[str, Any]], key: tuple[str, ...]) -> int:
    """Add the rows whose key is not there yet: what an operator has changed stays as he left it."""
    columns = [model.__table__.c[name] for name in key]
    known = {tuple(row) for row in connection.execute(select(*columns))}
    missing = [dict(row) for row in rows if tuple(row[name] for name in key) not in known]
    if missing:
        connection.execute(insert(model), missing)
    return len(missing)


def _read(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
