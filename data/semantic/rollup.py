"""The one door for writes to facts, and the roll-ups it keeps.

:func:`change` first raises the version rows of every cube over the facts, in name order: that is the lock. It notes
what the touched rows contribute, lets the caller write, notes them again, and recomputes the slabs (day × scope
member) in which anything differs, the finest rung from the rows and each other from one below, in the caller's
transaction. Sums are integers, so a kept roll-up equals a rebuilt one bit for bit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any, cast

from sqlalchemy import Connection, Table, delete, func, insert, inspect, or_, select, text
from sqlalchemy.sql.elements import ColumnElement

from data.models import CubeState, FactMixin
from data.periods import add_months, month_of
from data.semantic.registry import Registry
from data.semantic.spec import Cube, Rung
from data.semantic.sql import ROWS, contributions, fingerprint, month_start, rung_table
from data.semantic.versions import raise_versions

CHUNK = 5_000
"""Ids in one IN list: both engines take many more, but their planners slow down."""

REBUILD_SHARE = 0.25
"""Share of all slabs from which on a rebuild is cheaper than recomputing them one by one."""

Slab = tuple[date, str]


class Touched:
    """Rows that a transaction changes, with what they contributed before."""

    def __init__(self, connection: Connection, registry: Registry, facts: Sequence[type[FactMixin]]) -> None:
        self._connection = connection
        self._cubes = {fact: registry.cubes_over(fact) for fact in facts}
        # Every writer of a fact holds its cubes' version rows, so ids above this mark are this transaction's own.
        self._newest = {fact: connection.execute(select(func.max(fact.id))).scalar() or 0 for fact in facts}
        self._noted: dict[type[FactMixin], set[int]] = {fact: set() for fact in facts}
        self._before: dict[Cube, set[Any]] = {cube: set() for cubes in self._cubes.values() for cube in cubes}

    def note(self, fact: type[FactMixin], ids: Iterable[int]) -> None:
        """Note rows of ``fact``: before they are changed or deleted, or after they were inserted."""
        fresh = set(ids) - self._noted[fact]
        self._noted[fact] |= fresh
        known = [row for row in fresh if row <= self._newest[fact]]
        for cube in self._cubes[fact]:
            self._before[cube].update(_contributed(self._connection, cube, known))

    def dirty_slabs(self) -> dict[Cube, set[Slab]]:
        """Slabs of each cube in which a noted row contributes other than before."""
        found: dict[Cube, set[Slab]] = {}
        for fact, cubes in self._cubes.items():
            ids = self._noted[fact]
            for cube in cubes:
                after = set(_contributed(self._connection, cube, ids)) if ids else set()
                place = 2 + [dim.name for dim in cube.dims].index(cube.scope)
                found[cube] = {(row[1], row[place]) for row in after ^ self._before[cube]}
        return found


@contextmanager
def change(connection: Connection, registry: Registry, facts: Sequence[type[FactMixin]]) -> Iterator[Touched]:
    """Write to ``facts`` within the block; leaving it brings every cube over them up to date.

    Name all facts of a transaction at once: the order of their locks is decided here. Rows must be noted on the
    :class:`Touched` that the block gets, else their roll-ups go stale.
    """
    raise_versions(connection, (cube.name for fact in facts for cube in registry.cubes_over(fact)))
    touched = Touched(connection, registry, facts)
    yield touched
    for cube, slabs in touched.dirty_slabs().items():
        if slabs:
            _refresh(connection, cube, slabs)


def rebuild(connection: Connection, registry: Registry, cubes: Iterable[Cube] | None = None) -> None:
    """Build the roll-ups of ``cubes`` (all) anew from the rows."""
    chosen = tuple(registry.cubes.values() if cubes is None else cubes)
    raise_versions(connection, (cube.name for cube in chosen))
    for cube in chosen:
        _rebuild_cube(connection, cube)


def stale_cubes(connection: Connection, registry: Registry) -> tuple[Cube, ...]:
    """Cubes whose roll-ups are missing or were built from another declaration."""
    states = {(row.cube, row.rung): row.fingerprint for row in connection.execute(select(CubeState.__table__))}
    return tuple(
        cube
        for cube in registry.cubes.values()
        if any(states.get((cube.name, rung.name)) != fingerprint(cube, rung) for rung in cube.rungs)
    )


def ensure_rollups(connection: Connection, registry: Registry) -> tuple[str, ...]:
    """Rebuild the roll-ups of stale cubes; returns their names."""
    stale = stale_cubes(connection, registry)
    rebuild(connection, registry, stale)
    return tuple(cube.name for cube in stale)


def source_of(cube: Cube, rung: Rung) -> Rung | None:
    """The next finer rung from which ``rung`` can be added up; None for the finest, which is built from the rows."""
    finer = cube.rungs[cube.rungs.index(rung) + 1 :]
    for candidate in finer:
        fits_grain = candidate.grain == rung.grain or candidate.grain == "day"
        if fits_grain and set(rung.dims) <= set(candidate.dims):
            return candidate
    return None


# --- recomputing -----------------------------------------------------------------------------------------------


def _contributed(connection: Connection, cube: Cube, ids: Iterable[int]) -> Iterator[tuple[Any, ...]]:
    ordered = sorted(ids)
    for start in range(0, len(ordered), CHUNK):
        some = ordered[start : start + CHUNK]
        yield from map(tuple, connection.execute(contributions(cube, cube.fact.id.in_(some))))


def _refresh(connection: Connection, cube: Cube, slabs: set[Slab]) -> None:
    finest = rung_table(cube, cube.rungs[-1])
    first, last = connection.execute(select(func.min(finest.c.cell), func.max(finest.c.cell))).one()
    if first is None or len(slabs) > REBUILD_SHARE * ((last - first).days + 1) * _scope_members(
        connection, finest, cube
    ):
        _rebuild_cube(connection, cube)
        return
    days_of: dict[str, list[date]] = {}
    for day, member in sorted(slabs):
        days_of.setdefault(member, []).append(day)
    for member, days in days_of.items():
        for start in range(0, len(days), CHUNK):
            _refresh_from_rows(connection, cube, finest, member, tuple(days[start : start + CHUNK]))
    days = sorted({day for day, _ in slabs})
    for rung in reversed(cube.rungs[:-1]):
        _refresh_from_below(connection, cube, rung, tuple(days), tuple(days_of))


def _scope_members(connection: Connection, finest: Table, cube: Cube) -> int:
    coarse = rung_table(cube, cube.rungs[0])
    return connection.execute(select(func.count(func.distinct(coarse.c[cube.scope])))).scalar_one() or 1


def _refresh_from_rows(connection: Connection, cube: Cube, finest: Table, member: str, days: tuple[date, ...]) -> None:
    connection.execute(delete(finest).where(finest.c[cube.scope] == member, finest.c.cell.in_(days)))
    rows = contributions(cube, cube.dim(cube.scope).column == member, within=days).subquery()
    connection.execute(_insert_summed(finest, cube, cube.rungs[-1], rows, rows.c.cell, func.count()))


def _refresh_from_below(
    connection: Connection, cube: Cube, rung: Rung, days: tuple[date, ...], members: tuple[str, ...]
) -> None:
    source_rung = source_of(cube, rung)
    assert source_rung is not None
    source, target = rung_table(cube, source_rung), rung_table(cube, rung)
    cells = days if rung.grain == "day" else tuple(sorted({month_of(day) for day in days}))
    connection.execute(delete(target).where(target.c.cell.in_(cells), target.c[cube.scope].in_(members)))
    in_months = rung.grain == "month" and source_rung.grain == "day"
    if in_months:
        inside = or_(*((source.c.cell >= cell) & (source.c.cell < add_months(cell, 1)) for cell in cells))
    else:
        inside = source.c.cell.in_(cells)
    rows = select(source).where(inside, source.c[cube.scope].in_(members)).subquery()
    cell = month_start(rows.c.cell) if in_months else rows.c.cell
    connection.execute(_insert_summed(target, cube, rung, rows, cell, func.sum(rows.c[ROWS])))


def _rebuild_cube(connection: Connection, cube: Cube) -> None:
    existing = set(inspect(connection).get_table_names())
    for rung in reversed(cube.rungs):
        table = rung_table(cube, rung)
        if table.name in existing and not _has_columns(connection, table):
            table.drop(connection)
        table.create(connection, checkfirst=True)
        connection.execute(delete(table))
        below = source_of(cube, rung)
        if below is None:
            rows: Any = contributions(cube).subquery()
            cell, count = rows.c.cell, cast("ColumnElement[int]", func.count())
        else:
            rows = rung_table(cube, below)
            to_month = rung.grain == "month" and below.grain == "day"
            cell, count = (month_start(rows.c.cell) if to_month else rows.c.cell), func.sum(rows.c[ROWS])
        connection.execute(_insert_summed(table, cube, rung, rows, cell, count))
        _remember(connection, cube, rung, table)
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"ANALYZE {table.name}"))


def _insert_summed(target: Table, cube: Cube, rung: Rung, rows: Any, cell: Any, count: Any) -> Any:
    dims = [rows.c[dim] for dim in rung.dims]
    sums = [func.sum(rows.c[measure.name]) for measure in cube.measures]
    names = ["cell", *rung.dims, ROWS, *(measure.name for measure in cube.measures)]
    return insert(target).from_select(
        names, select(cell.label("cell"), *dims, count, *sums).select_from(rows).group_by(cell, *dims)
    )


def _has_columns(connection: Connection, table: Table) -> bool:
    found = [column["name"] for column in inspect(connection).get_columns(table.name)]
    return found == [column.name for column in table.columns]


def _remember(connection: Connection, cube: Cube, rung: Rung, table: Table) -> None:
    cells = connection.execute(select(func.count()).select_from(table)).scalar_one()
    key = (CubeState.cube == cube.name) & (CubeState.rung == rung.name)
    connection.execute(delete(CubeState).where(key))
    connection.execute(
        insert(CubeState).values(cube=cube.name, rung=rung.name, fingerprint=fingerprint(cube, rung), cells=cells)
    )
