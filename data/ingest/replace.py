"""Demonstration data of one data set make way for real ones: both never stand in one figure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Column, Connection, Table, and_, delete, exists, select, update

from data.bulk import table_of
from data.coverage import forget
from data.ingest.dataset import Dataset
from data.ingest.datasets import DATASETS
from data.ingest.derive import OWN
from data.ingest.land import one_writer
from data.models import Base, HouseUnit, IngestRun, RowChange
from data.semantic.registry import Registry
from data.semantic.rollup import Touched, rebuild
from data.semantic.versions import raise_versions

_DEMO_RUNS = select(IngestRun.id).where(IngestRun.demo.is_(True))


def holds_demo(connection: Connection, target: Dataset) -> bool:
    """Whether any row of a data set is demonstration data."""
    query = select(target.table.c.id).where(target.table.c.run_id.in_(_DEMO_RUNS)).limit(1)
    return connection.execute(query).first() is not None


def remove_demo(connection: Connection, registry: Registry, targets: Sequence[Dataset]) -> dict[str, int]:
    """Remove the demonstration rows of data sets and what is known of them; returns their number by table.

    Optional references to them are emptied, real rows that followed from them are derived anew, and the cubes over all
    tables so changed rebuilt. Heads that nothing refers to any more go too, others stay. Locks are taken as by every
    writer: facts, cubes, coverage.
    """
    changed = _changed(targets)
    one_writer(connection, changed)
    cubes = tuple(dict.fromkeys(cube for model in changed for cube in registry.cubes_over(model)))
    raise_versions(connection, (cube.name for cube in cubes))
    followers = {target.name: _followers(connection, target) for target in targets}
    gone = {target.table.name: _remove_rows(connection, target) for target in targets}
    touched = Touched(connection, registry, changed)
    for target in targets:
        if target.follow and followers[target.name]:
            target.follow.derive(connection, touched, followers[target.name])
        prune_heads(connection, target)
    rebuild(connection, registry, cubes)
    for target in targets:
        forget(connection, target.name)
    return gone


def _changed(targets: Iterable[Dataset]) -> tuple[type[Any], ...]:
    """Facts that removing rows of these data sets changes: their own, what follows from them, what refers to them."""
    models = {item.table: item.model for item in DATASETS.values()}
    found: dict[type[Any], None] = {}
    for target in targets:
        found |= dict.fromkeys(target.facts)
        found |= dict.fromkeys(models[column.table] for column in references_to(target.table) if column.table in models)
    return tuple(found)


def _followers(connection: Connection, target: Dataset) -> list[str]:
    """Keys by which real rows of other facts follow from demonstration rows of a data set."""
    if not target.follow:
        return []
    mine = target.table.c[target.follow.column]
    found: list[str] = []
    for model in target.follow.facts:
        theirs = table_of(model).c
        real = theirs[target.follow.column].in_(select(mine).where(target.table.c.run_id.in_(_DEMO_RUNS)))
        query = select(theirs[target.follow.column]).where(real, theirs.run_id.not_in(_DEMO_RUNS)).distinct()
        found.extend(connection.execute(query).scalars())
    return found


def _remove_rows(connection: Connection, target: Dataset) -> int:
    table = target.table
    demo = select(table.c.id).where(table.c.run_id.in_(_DEMO_RUNS))
    facts = [target.name, OWN] if target.model is HouseUnit else [target.name]
    connection.execute(delete(RowChange).where(RowChange.fact.in_(facts), RowChange.row_id.in_(demo)))
    for column in references_to(table):
        keys = select(next(iter(column.foreign_keys)).column).where(table.c.run_id.in_(_DEMO_RUNS))
        connection.execute(update(column.table).where(column.in_(keys)).values({column.name: None}))
    return connection.execute(delete(table).where(table.c.run_id.in_(_DEMO_RUNS))).rowcount


def prune_heads(connection: Connection, target: Dataset) -> None:
    """Remove heads of a data set that no row refers to."""
    for head in target.heads:
        table = table_of(head.model)
        key = table.c[head.key]
        used = [exists().where(column == key) for column in references_to(table)]
        connection.execute(delete(table).where(and_(*(~found for found in used))))


def references_to(table: Table) -> Iterator[Column[str]]:
    """Columns of other tables that refer to ``table``."""
    for other in Base.metadata.sorted_tables:
        for column in other.columns:
            if any(key.column.table is table for key in column.foreign_keys) and other is not table:
                yield column
