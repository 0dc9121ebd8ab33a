"""How Alembic meets this platform: the connection is handed in, there is no ini file and no offline mode."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from alembic.operations.ops import CreateTableOp, MigrationScript
from sqlalchemy import Connection

from data.models import Base
from data.models.types import Fixed

ENGINE_OWNED = "rung_"
"""Prefix of roll-up tables: the semantic engine makes, fingerprints and rebuilds them by itself."""


def include_object(_item: Any, name: str | None, kind: str, _reflected: bool, _compared_to: Any) -> bool:
    """Leave roll-up tables, and all that hangs on them, out of every comparison."""
    return not (kind == "table" and (name or "").startswith(ENGINE_OWNED))


def render_item(kind: str, item: Any, _autogen: AutogenContext) -> str | Literal[False]:
    """Write own types as what they are in the database, so that a revision outlives their code."""
    return "sa.BigInteger()" if kind == "type" and isinstance(item, Fixed) else False


def forget_info(_context: Any, _revision: Any, directives: list[MigrationScript]) -> None:
    """Leave what only the running program wants to know of a table out of the revision."""
    for script in directives:
        for ops in script.upgrade_ops_list:
            for operation in ops.ops:
                if isinstance(operation, CreateTableOp):
                    operation.info.clear()


def run(connection: Connection) -> None:
    """Run what was asked for, in the transaction that ``connection`` is already in."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        include_object=include_object,
        render_item=render_item,
        process_revision_directives=forget_info,
        render_as_batch=True,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


run(context.config.attributes["connection"])
