"""How each indicator was defined when: declarations compared at each start, every change kept with date and reason."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Connection, insert, select, update

from data import clock
from data.indicators.changes import Change
from data.models import DefinitionVersion
from data.semantic.digest import digest_of
from data.semantic.registry import Registry
from data.semantic.spec import Indicator
from data.semantic.versions import raise_versions
from data.settings import ROOT

EVER = date(1900, 1, 1)
"""Since when a definition is valid that was there at the first start: from the beginning of the data."""

UNEXPLAINED = "未说明"

FIELDS = {"definition": "定义", "formula": "公式", "unit": "单位", "basis": "依据", "digest": "取数"}
"""What is compared, and its word."""


@dataclass(frozen=True)
class Revision:
    """A definition as it was valid from ``valid_from`` to ``until`` (None: still), and what differed from the last."""

    indicator: str
    valid_from: date
    until: date | None
    definition: str
    formula: str
    unit: str
    basis: str
    author: str
    reason: str
    changed: tuple[str, ...] = ()


class Definitions:
    """All definitions that ever were, by indicator."""

    def __init__(self, revisions: dict[str, list[Revision]]) -> None:
        self._revisions = revisions

    @classmethod
    def load(cls, connection: Connection) -> Definitions:
        """Read them."""
        found: dict[str, list[Any]] = {}
        for row in connection.execute(_IN_ORDER):
            found.setdefault(row.indicator, []).append(row)
        return cls({code: _revisions(rows) for code, rows in found.items()})

    def at(self, code: str, day: date) -> Revision | None:
        """The definition valid on a day; None for an indicator that has not been through a start yet."""
        valid = [revision for revision in self._revisions.get(code, ()) if revision.valid_from <= day]
        return valid[-1] if valid else None

    def history(self, code: str) -> list[Revision]:
        """All definitions of an indicator, the newest first."""
        return self._revisions.get(code, [])[::-1]

    def changes(self) -> list[Revision]:
        """Every change there was; what stood at the first start is none."""
        return [revision for found in self._revisions.values() for revision in found if revision.changed]


def record(connection: Connection, registry: Registry, changes: Iterable[Change]) -> int:
    """Keep the definitions that are new or differ from the last ones kept; returns how many rows were written.

    An entry of ``changes`` gives a change its date, author and reason, and explains one that was kept without.
    Runs at every start and then writes nothing.
    """
    entries = tuple(changes)
    if not _differences(connection, registry) and not _late(connection, entries):
        return 0
    raise_versions(connection, ("definitions",))  # the lock: of several processes at once, one writes
    rows = [_row(indicator, digest, last, entries) for indicator, digest, last in _differences(connection, registry)]
    if rows:
        connection.execute(insert(DefinitionVersion), rows)
    late = _late(connection, entries)
    for row_id, entry in late:
        said = {"author": entry.author, "reason": entry.reason}
        connection.execute(update(DefinitionVersion).where(DefinitionVersion.id == row_id).values(said))
    return len(rows) + len(late)


def unexplained(connection: Connection) -> list[tuple[str, date]]:
    """Changes that nobody has given a reason for: indicator and day, in order of time.

    Remedy: an entry under that day in ``data/indicators/changes.py``, taken up at the next start.
    """
    rows = connection.execute(_IN_ORDER.where(DefinitionVersion.reason == UNEXPLAINED))
    return sorted(((row.indicator, row.valid_from) for row in rows), key=lambda pair: (pair[1], pair[0]))


@cache
def program_version() -> str:
    """Version of the program, as its project file says."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project["version"])


_IN_ORDER = select(DefinitionVersion.__table__).order_by(
    DefinitionVersion.indicator, DefinitionVersion.valid_from, DefinitionVersion.id
)


def _differences(connection: Connection, registry: Registry) -> list[tuple[Indicator, str, Any]]:
    """Indicators whose declaration is not the newest that is kept: with their digest, and that newest row."""
    newest = {row.indicator: row for row in connection.execute(_IN_ORDER)}
    found = []
    for indicator in registry:
        digest, last = digest_of(indicator, registry), newest.get(indicator.code)
        if last is None or _changed(last, _declared(indicator, digest)):
            found.append((indicator, digest, last))
    return found


def _declared(indicator: Indicator, digest: str) -> dict[str, str]:
    return {**{name: getattr(indicator, name) for name in FIELDS if name != "digest"}, "digest": digest}


def _changed(row: Any, declared: dict[str, str]) -> tuple[str, ...]:
    """Words for what differs."""
    return tuple(zh for name, zh in FIELDS.items() if getattr(row, name) != declared[name])


def _row(indicator: Indicator, digest: str, last: Any, entries: tuple[Change, ...]) -> dict[str, Any]:
    today, now = clock.today(), clock.now()
    common = {"indicator": indicator.code, "written_at": now, **_declared(indicator, digest)}
    if last is None:
        return {**common, "valid_from": EVER, "author": _program(), "reason": "平台启用时的口径"}
    mine = [e for e in entries if e.code == indicator.code and e.on > last.valid_from]
    if not mine:
        return {**common, "valid_from": today, "author": _program(), "reason": UNEXPLAINED}
    entry = max(mine, key=lambda e: e.on)
    # A release that came before its day defines the figures from the day it came.
    return {**common, "valid_from": min(entry.on, today), "author": entry.author, "reason": entry.reason}


def _program() -> str:
    return f"程序版本 {program_version()}"


def _late(connection: Connection, entries: tuple[Change, ...]) -> list[tuple[int, Change]]:
    """Rows without a reason that an entry explains now."""
    by_day = {(entry.code, entry.on): entry for entry in entries}
    rows = connection.execute(_IN_ORDER.where(DefinitionVersion.reason == UNEXPLAINED))
    return [
        (row.id, by_day[row.indicator, row.valid_from]) for row in rows if (row.indicator, row.valid_from) in by_day
    ]


def _revisions(rows: list[Any]) -> list[Revision]:
    found = []
    for before, row, after in zip([None, *rows], rows, [*rows[1:], None], strict=False):
        declared = {name: getattr(row, name) for name in FIELDS}
        found.append(
            Revision(
                row.indicator,
                row.valid_from,
                after.valid_from - timedelta(days=1) if after else None,
                row.definition,
                row.formula,
                row.unit,
                row.basis,
                row.author,
                row.reason,
                _changed(before, declared) if before else (),
            )
        )
    return found
