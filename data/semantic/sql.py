"""SQL that a cube declaration implies: what each row of a fact contributes, and the tables that keep the sums."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import Any, Literal

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    Index,
    MetaData,
    Select,
    String,
    Table,
    and_,
    case,
    cast,
    func,
    literal,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.selectable import CompoundSelect

from data.semantic.spec import Cube, Dim, Measure, Rung

ROWS = "n"
"""Column of a rung that counts contributing rows, so that a cell without rows is no cell."""

NET = "net"
"""Column of a set's table: rows that began less rows that ended, of events just rows."""

MEMBER = "member"
"""Column of a set's table that holds the member which is counted once."""

NODE = "node"
"""Column of a count by region: the district, a group of districts, or the city."""


class month_start(FunctionElement[Any]):
    """First day of a date's month."""

    type = Date()
    inherit_cache = True


@compiles(month_start, "sqlite")
def _month_start_sqlite(element: Any, compiler: Any, **kw: Any) -> str:
    return f"date({compiler.process(element.clauses, **kw)}, 'start of month')"


@compiles(month_start, "postgresql")
def _month_start_postgresql(element: Any, compiler: Any, **kw: Any) -> str:
    return f"CAST(date_trunc('month', {compiler.process(element.clauses, **kw)}) AS DATE)"


class unindexed(FunctionElement[Any]):
    """A column that SQLite's planner must not use an index for; elsewhere just the column."""

    inherit_cache = True


@compiles(unindexed, "sqlite")
def _unindexed_sqlite(element: Any, compiler: Any, **kw: Any) -> str:
    return f"+{compiler.process(element.clauses, **kw)}"


@compiles(unindexed)
def _unindexed(element: Any, compiler: Any, **kw: Any) -> str:
    return str(compiler.process(element.clauses, **kw))


@cache
def rung_table(cube: Cube, rung: Rung) -> Table:
    """Table of one rung: cell (a day, or a month by its first), dimensions, rows, one sum a measure.

    Rung tables belong to the engine: fingerprinted and rebuilt, never migrated. Each has a MetaData of its own, so
    that registries, of which several may declare the same cube, share nothing.
    """
    return Table(
        rung_name(cube, rung),
        MetaData(),
        Column("cell", Date, primary_key=True),
        *(Column(dim, String(40), primary_key=True) for dim in rung.dims),
        Column(ROWS, BigInteger, nullable=False),
        *(Column(measure.name, BigInteger, nullable=False) for measure in cube.sums),
        *_by_entity(cube, rung),
        sqlite_with_rowid=False,
    )


def _by_entity(cube: Cube, rung: Rung) -> list[Index]:
    """Ways into a state's months by entity, on the coarsest rung that knows it.

    A state's value adds up all that came before: for each of thousands of estates that is a sort of the whole table,
    or a walk along this index.
    """
    if not cube.is_stock or rung.grain != "month":
        return []
    months = [each for each in cube.rungs if each.grain == "month"]
    found = []
    for dim in cube.dims:
        if dim.names and next((each for each in months if dim.name in each.dims), None) == rung:
            sums = (measure.name for measure in cube.sums)
            found.append(Index(f"ix_{cube.name}_{dim.name}_month", dim.name, "cell", *sums))
    return found


def rung_mark(cube: Cube, rung: Rung) -> str:
    """What a rung's table is, besides what it holds: its name and its indexes."""
    return "|".join((rung.name, *sorted(str(index.name) for index in rung_table(cube, rung).indexes)))


@cache
def set_table(cube: Cube, measure: Measure) -> Table:
    """Table of a set's members: day, all dimensions, member; rows, and rows begun less ended."""
    return Table(
        f"set_{cube.name}_{measure.name}",
        MetaData(),
        Column("cell", Date, primary_key=True),
        *(Column(dim.name, String(40), primary_key=True) for dim in cube.dims),
        Column(MEMBER, String(80), primary_key=True),
        Column(ROWS, BigInteger, nullable=False),
        Column(NET, BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )


@cache
def node_table(cube: Cube, measure: Measure) -> Table:
    """Table of a set's size by region: of events in each month, of a state its changes by day."""
    return Table(
        f"node_{cube.name}_{measure.name}",
        MetaData(),
        Column("cell", Date, primary_key=True),
        Column(NODE, String(40), primary_key=True),
        Column(NET, BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )


def rung_name(cube: Cube, rung: Rung) -> str:
    """Name of a rung's table."""
    return f"rung_{cube.name}_{rung.name}"


def weight(measure: Measure) -> ColumnElement[Any]:
    """What one row adds to a measure, in smallest units."""
    one: ColumnElement[Any] = (
        literal(1, BigInteger) if measure.value is None else type_coerce(measure.value, BigInteger)
    )
    amount = func.coalesce(one, 0) if measure.value is not None else one
    return amount if measure.where is None else case((measure.where, amount), else_=0)


def cell_names(cube: Cube) -> tuple[str, ...]:
    """What a contribution is told apart by, besides its day: the dimensions, then the member of each set."""
    return (*(dim.name for dim in cube.dims), *(measure.name for measure in cube.sets))


def amount_names(cube: Cube) -> tuple[str, ...]:
    """What a contribution adds, besides one row."""
    return (*((NET,) if cube.sets else ()), *(measure.name for measure in cube.sums))


def contributions(cube: Cube, *conditions: ColumnElement[bool]) -> Select[Any] | CompoundSelect[Any]:
    """Rows ``id, cell, <cell_names>, <amount_names>`` that a fact contributes, unsummed.

    An event counts on its day. A state counts ``+`` on its first day and ``-`` on its end, and not at all where the
    end is not after the beginning. ``conditions`` narrow the rows.
    """
    if cube.time is not None:
        return _contribution(cube, cube.time, "", (cube.time.is_not(None), *conditions))
    assert cube.since is not None
    if cube.until is None:
        return _contribution(cube, cube.since, "since", (cube.since.is_not(None), *conditions))
    holds = and_(cube.since.is_not(None), (cube.until.is_(None)) | (cube.until > cube.since))
    return union_all(
        _contribution(cube, cube.since, "since", (holds, *conditions)),
        _contribution(cube, cube.until, "until", (holds, cube.until.is_not(None), *conditions)),
    )


End = Literal["", "since", "until"]
"""Which end of a state a contribution stands for; an event has none."""


def _contribution(cube: Cube, cell: Any, end: End, conditions: tuple[ColumnElement[bool], ...]) -> Select[Any]:
    statement = select(
        cube.fact.id.label("id"),
        cell.label("cell"),
        *(_text(dim).label(dim.name) for dim in cube.dims),
        *(member(measure).label(measure.name) for measure in cube.sets),
        *((literal(-1 if end == "until" else 1, BigInteger).label(NET),) if cube.sets else ()),
        *(_amount(measure, end).label(measure.name) for measure in cube.sums),
    ).where(*conditions)
    if cube.where is not None:
        statement = statement.where(cube.where)
    return statement


def _text(dim: Dim) -> ColumnElement[Any]:
    """A dimension's member as a rung keeps it."""
    return func.coalesce(cast(dim.column, String) if dim.number else dim.column, "")


def member(measure: Measure) -> ColumnElement[Any]:
    """The member of a set that one row stands for; empty where it stands for none."""
    found = func.coalesce(measure.value, "")
    return found if measure.where is None else case((measure.where, found), else_="")


def _amount(measure: Measure, end: End) -> ColumnElement[Any]:
    """What one end of a state adds: a state rises and falls, an event at one end counts at that end only."""
    if measure.at and measure.at != end:
        return literal(0, BigInteger)
    return -weight(measure) if end == "until" and not measure.at else weight(measure)


@cache
def fingerprint(cube: Cube, name: str) -> str:
    """Digest of all that a cube's table ``name`` depends on; another digest means that it is rebuilt."""
    text = f"{contributions(cube).compile(compile_kwargs={'literal_binds': True})}|{name}"
    return hashlib.sha256(text.encode()).hexdigest()
