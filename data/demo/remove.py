"""Takes the demonstration city out of a database, so that a real one can move in."""

from __future__ import annotations

from sqlalchemy import Connection, delete, select

from data.access.demo_accounts import remove_accounts
from data.demo.marks import remove_marks
from data.demo.targets import remove_targets
from data.ingest import replace
from data.ingest.datasets import DATASETS
from data.models import Base, Coverage, IngestRun, SeriesMark
from data.semantic.registry import Registry
from data.semantic.versions import raise_versions
from data.settings import Settings


def remove_demo(connection: Connection, registry: Registry, settings: Settings) -> dict[str, int]:
    """Delete all rows that demonstration runs wrote, the runs, their coverage and the accounts; rebuild roll-ups.

    Returns how many rows went from each table. All or nothing, in the caller's transaction.
    """
    held = [target for target in DATASETS.values() if replace.holds_demo(connection, target)]
    gone = replace.remove_demo(connection, registry, held)
    for target in DATASETS.values():
        # A head may have outlived its own data set for another's sake.
        replace.prune_heads(connection, target)
    runs = select(IngestRun.id).where(IngestRun.demo)
    for table in reversed(Base.metadata.sorted_tables):
        if "run_id" in table.c and table.name not in gone:
            gone[table.name] = connection.execute(delete(table).where(table.c.run_id.in_(runs))).rowcount
    gone[IngestRun.__tablename__] = connection.execute(delete(IngestRun).where(IngestRun.demo)).rowcount
    gone[Coverage.__tablename__] = connection.execute(delete(Coverage).where(Coverage.demo)).rowcount
    gone["sys_target"] = remove_targets(connection)
    gone[SeriesMark.__tablename__] = remove_marks(connection)
    gone["sys_user"] = remove_accounts(connection, settings)
    raise_versions(connection, ("coverage",))
    return {name: count for name, count in gone.items() if count}
