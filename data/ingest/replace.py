"""Demonstration data of one data set make way for real ones: both never stand in one figure."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Column, Connection, Table, and_, delete, exists, select, update

from data.bulk import table_of
from data.coverage import forget
from data.ingest.datasets import Dataset
from data.ingest.derive import OWN
from data.models import Base, HouseUnit, IngestRun, RowChange
from data.semantic.registry import Registry
from data.semantic.rollup import rebuild

_DEMO_RUNS = select(IngestRun.id).where(IngestRun.demo.is_(True))


def holds_demo(connection: Connection, target: Dataset) -> bool:
    """Whether any row of a data set is demonstration data."""
    query = select(target.table.c.id).where(target.table.c.run_id.in_(_DEMO_RUNS)).limit(1)
    return connection.execute(query).first() is not None


def remove_demo(connection: Connection, registry: Registry, target: Dataset) -> int:
    """Remove the demonstration rows of a data set and what is known of them; returns their number.

    Optional references to them are emptied; heads that nothing refers to any more go too, others stay.
    """
    table = target.table
    demo = select(table.c.id).where(table.c.run_id.in_(_DEMO_RUNS))
    facts = [target.name, OWN] if target.model is HouseUnit else [target.name]
    connection.execute(delete(RowChange).where(RowChange.fact.in_(facts), RowChange.row_id.in_(demo)))
    for column in references_to(table):
        keys = select(next(iter(column.foreign_keys)).column).where(table.c.run_id.in_(_DEMO_RUNS))
        connection.execute(update(column.table).where(column.in_(keys)).values({column.name: None}))
    gone = connection.execute(delete(table).where(table.c.run_id.in_(_DEMO_RUNS))).rowcount
    prune_heads(connection, target)
    rebuild(connection, registry, registry.cubes_over(target.model))
    forget(connection, target.name)
    return gone


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
