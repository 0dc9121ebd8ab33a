"""SQL that a cube declaration implies: what each row of a fact contributes, and the tables that keep the sums."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    MetaData,
    Select,
    String,
    Table,
    and_,
    case,
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

from data.semantic.spec import Cube, Measure, Rung

ROWS = "n"
"""Column of a rung that counts contributing rows, so that a cell without rows is no cell."""


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
        *(Column(measure.name, BigInteger, nullable=False) for measure in cube.measures),
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


def contributions(cube: Cube, *conditions: ColumnElement[bool]) -> Select[Any] | CompoundSelect[Any]:
    """Rows ``id, cell, <dimensions>, <measures>`` that a fact contributes, unsummed.

    An event counts on its day. A state counts ``+`` on its first day and ``-`` on its end, and not at all where the
    end is not after the beginning. ``conditions`` narrow the rows.
    """
    if cube.time is not None:
        return _contribution(cube, cube.time, 1, (cube.time.is_not(None), *conditions))
    assert cube.since is not None
    assert cube.until is not None
    holds = and_(cube.since.is_not(None), (cube.until.is_(None)) | (cube.until > cube.since))
    return union_all(
        _contribution(cube, cube.since, 1, (holds, *conditions)),
        _contribution(cube, cube.until, -1, (holds, cube.until.is_not(None), *conditions)),
    )


def _contribution(cube: Cube, cell: Any, sign: int, conditions: tuple[ColumnElement[bool], ...]) -> Select[Any]:
    statement = select(
        cube.fact.id.label("id"),
        cell.label("cell"),
        *(func.coalesce(dim.column, "").label(dim.name) for dim in cube.dims),
        *((weight(m) if sign > 0 else -weight(m)).label(m.name) for m in cube.measures),
    ).where(*conditions)
    if cube.where is not None:
        statement = statement.where(cube.where)
    return statement


@cache
def fingerprint(cube: Cube, rung: Rung) -> str:
    """Digest of all that a rung's content depends on; another digest means that it is rebuilt."""
    text = f"{contributions(cube).compile(compile_kwargs={'literal_binds': True})}|{rung.name}"
    return hashlib.sha256(text.encode()).hexdigest()
