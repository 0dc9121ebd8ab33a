"""The one door for writes to facts, and the roll-ups it keeps.

:func:`change` first raises the version rows of every cube over the facts, in name order: that is the lock. It notes
what the touched rows contribute, lets the caller write, notes them again, and adds the differences to the cells of
every rung, in the caller's transaction. All sums are integers and each cell counts its rows, so a kept roll-up equals
a rebuilt one bit for bit, and the cost follows the rows touched, not the rows beside them: recomputing the slabs in
which ten thousand corrections lie scattered over three years reads the whole table, adding the differences does not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any, cast

from sqlalchemy import Connection, Table, delete, func, insert, select, text, update
from sqlalchemy.sql.elements import ColumnElement

from data.bulk import batches, one_of
from data.models import CubeState, FactMixin, RegionClosure
from data.periods import month_of
from data.semantic import sets
from data.semantic.registry import Registry
from data.semantic.spec import Cube, Measure, Rung
from data.semantic.sql import (
    NET,
    ROWS,
    amount_names,
    cell_names,
    contributions,
    fingerprint,
    month_start,
    node_table,
    rung_mark,
    rung_table,
    set_table,
)
from data.semantic.store import Cell, add
from data.semantic.versions import raise_versions

CHUNK = 5_000
"""Ids looked for by one statement."""


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

    def differences(self) -> dict[Cube, dict[Cell, list[int]]]:
        """By how much each cell of each cube's finest rung has changed: rows, then measures."""
        found: dict[Cube, dict[Cell, list[int]]] = {}
        for fact, cubes in self._cubes.items():
            for cube in cubes:
                after = set(_contributed(self._connection, cube, self._noted[fact]))
                found[cube] = _differences(cube, self._before[cube] - after, after - self._before[cube])
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
    for cube, differences in touched.differences().items():
        for rung in cube.rungs:
            add(connection, rung_table(cube, rung), _at_rung(cube, rung, differences))
        for measure in cube.sets:
            sets.keep(connection, cube, measure, _of_set(cube, measure, differences))


def rebuild(connection: Connection, registry: Registry, cubes: Iterable[Cube] | None = None) -> None:
    """Build the roll-ups of ``cubes`` (all) anew from the rows."""
    chosen = tuple(registry.cubes.values() if cubes is None else cubes)
    raise_versions(connection, (cube.name for cube in chosen))
    for cube in chosen:
        _rebuild_cube(connection, cube)


def refresh_statistics(connection: Connection, registry: Registry, facts: Iterable[type[FactMixin]]) -> None:
    """Count the cells of every cube over ``facts`` anew, for the choice of rungs, and let PostgreSQL look too.

    For the end of many writes, as of a file taken in: :func:`change` adds to cells and does not count them. Raises
    the versions of the cubes, so that every worker learns the new counts; call it before other versions are raised.
    """
    cubes = {cube.name: cube for fact in facts for cube in registry.cubes_over(fact)}
    raise_versions(connection, cubes)
    for cube in cubes.values():
        for rung in cube.rungs:
            cells = _count(connection, rung_table(cube, rung))
            connection.execute(update(CubeState).where(_state_of(cube, rung.name)).values(cells=cells))


def stale_cubes(connection: Connection, registry: Registry) -> tuple[Cube, ...]:
    """Cubes whose roll-ups are missing or were built from another declaration."""
    states = {(row.cube, row.rung): row.fingerprint for row in connection.execute(select(CubeState.__table__))}
    return tuple(
        cube
        for cube in registry.cubes.values()
        if any(states.get((cube.name, name)) != mark for name, mark in _fingerprints(connection, cube).items())
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


# --- keeping ---------------------------------------------------------------------------------------------------


def _contributed(connection: Connection, cube: Cube, ids: Iterable[int]) -> Iterator[tuple[Any, ...]]:
    for some in batches(ids, CHUNK):
        rows = contributions(cube, one_of(connection, cube.fact.id, some))
        yield from map(tuple, connection.execute(rows))


def _differences(cube: Cube, gone: Iterable[tuple[Any, ...]], come: Iterable[tuple[Any, ...]]) -> dict[Cell, list[int]]:
    """Contributions (id, day, members, amounts) that went and came, added up by cell; cells that stay are left out.

    The first amount counts rows.
    """
    width = 2 + len(cell_names(cube))
    found: dict[Cell, list[int]] = {}
    for sign, rows in ((-1, gone), (1, come)):
        for row in rows:
            amounts = found.setdefault(row[1:width], [0] * (1 + len(amount_names(cube))))
            amounts[0] += sign
            for i, amount in enumerate(row[width:], start=1):
                amounts[i] += sign * amount
    return {cell: amounts for cell, amounts in found.items() if any(amounts)}


def _at_rung(cube: Cube, rung: Rung, differences: Mapping[Cell, list[int]]) -> dict[Cell, list[int]]:
    """Differences of the finest rung, added up to the cells of another."""
    names = cell_names(cube)
    places = [1 + names.index(dim) for dim in rung.dims]
    sums = [0, *(1 + place for place, name in enumerate(amount_names(cube)) if name != NET)]
    found: dict[Cell, list[int]] = {}
    for cell, amounts in differences.items():
        day: date = cell[0]
        coarse = (month_of(day) if rung.grain == "month" else day, *(cell[place] for place in places))
        kept = found.setdefault(coarse, [0] * len(sums))
        for i, place in enumerate(sums):
            kept[i] += amounts[place]
    return found


def _of_set(cube: Cube, measure: Measure, differences: Mapping[Cell, list[int]]) -> dict[Cell, list[int]]:
    """Differences of one set: day, dimensions, member; rows, and rows begun less ended."""
    names = cell_names(cube)
    place = 1 + names.index(measure.name)
    width = 1 + len(cube.dims)
    found: dict[Cell, list[int]] = {}
    for cell, amounts in differences.items():
        if cell[place]:
            kept = found.setdefault((*cell[:width], cell[place]), [0, 0])
            kept[0] += amounts[0]
            kept[1] += amounts[1]
    return found


# --- rebuilding ------------------------------------------------------------------------------------------------


def _rebuild_cube(connection: Connection, cube: Cube) -> None:
    connection.execute(delete(CubeState).where(CubeState.cube == cube.name))
    fingerprints = _fingerprints(connection, cube)
    for rung in reversed(cube.rungs):
        table = rung_table(cube, rung)
        _empty(connection, table)
        below = source_of(cube, rung)
        if below is None:
            rows: Any = contributions(cube).subquery()
            cell, count = rows.c.cell, cast("ColumnElement[int]", func.count())
        else:
            rows = rung_table(cube, below)
            to_month = rung.grain == "month" and below.grain == "day"
            cell, count = (month_start(rows.c.cell) if to_month else rows.c.cell), func.sum(rows.c[ROWS])
        connection.execute(_insert_summed(table, cube, rung, rows, cell, count))
        _remember(connection, cube, rung.name, fingerprints[rung.name], table)
    for measure in cube.sets:
        for table in (set_table(cube, measure), node_table(cube, measure)):
            _empty(connection, table)
        sets.rebuild(connection, cube, measure)
        _remember(connection, cube, measure.name, fingerprints[measure.name], set_table(cube, measure))


def _fingerprints(connection: Connection, cube: Cube) -> dict[str, str]:
    """Digest of all that each of a cube's tables depends on, by rung and set; a set's counts depend on the regions."""
    found = {rung.name: fingerprint(cube, rung_mark(cube, rung)) for rung in cube.rungs}
    if cube.sets:
        pairs = select(RegionClosure.node_id, RegionClosure.leaf_id).order_by(
            RegionClosure.node_id, RegionClosure.leaf_id
        )
        regions = hashlib.sha256(repr(connection.execute(pairs).all()).encode()).hexdigest()
        found |= {measure.name: fingerprint(cube, f"{measure.name}|{regions}") for measure in cube.sets}
    return found


def _empty(connection: Connection, table: Table) -> None:
    """The table as it is declared, columns and indexes, and nothing in it."""
    table.drop(connection, checkfirst=True)
    table.create(connection)


def _insert_summed(target: Table, cube: Cube, rung: Rung, rows: Any, cell: Any, count: Any) -> Any:
    dims = [rows.c[dim] for dim in rung.dims]
    sums = [func.sum(rows.c[measure.name]) for measure in cube.sums]
    names = ["cell", *rung.dims, ROWS, *(measure.name for measure in cube.sums)]
    return insert(target).from_select(
        names, select(cell.label("cell"), *dims, count, *sums).select_from(rows).group_by(cell, *dims)
    )


def _remember(connection: Connection, cube: Cube, name: str, mark: str, table: Table) -> None:
    cells = _count(connection, table)
    connection.execute(insert(CubeState).values(cube=cube.name, rung=name, fingerprint=mark, cells=cells))


def _count(connection: Connection, table: Table) -> int:
    """Cells of a rung; PostgreSQL's planner counts along."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"ANALYZE {table.name}"))
    return connection.execute(select(func.count()).select_from(table)).scalar_one()


def _state_of(cube: Cube, name: str) -> ColumnElement[bool]:
    return (CubeState.cube == cube.name) & (CubeState.rung == name)
