"""Engine and connections: SQLite with WAL by default, PostgreSQL by URL; reads are bounded in time."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError

from data.errors import TooSlow

PROGRESS_STEPS = 20_000
"""SQLite virtual-machine steps between two looks at the clock: some 0.2 ms."""


class Database:
    """One database. ``read`` gives a consistent connection bounded in time, ``write`` one transaction."""

    def __init__(self, url: str, timeout_s: float = 3.0, pool_size: int = 10) -> None:
        self.url = make_url(url)
        self.timeout_s = timeout_s
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite:
            self.engine = _sqlite_engine(self.url)
            self._reader = self.engine
        else:
            self.engine = _postgres_engine(self.url, pool_size, "")
            self._reader = _postgres_engine(
                self.url, pool_size, f" -c statement_timeout={int(timeout_s * 1000)}", "REPEATABLE READ"
            )

    @contextlib.contextmanager
    def read(self, timeout_s: float | None = None) -> Iterator[Connection]:
        """A connection for reading, all statements of one snapshot, each at most ``timeout_s`` seconds.

        A statement that takes longer ends with :class:`TooSlow`.
        """
        with self._reader.connect() as connection:
            if timeout_s is not None and not self.is_sqlite:
                connection.exec_driver_sql(f"SET LOCAL statement_timeout = {int(timeout_s * 1000)}")
            with self._bounded(connection, timeout_s):
                yield connection

    @contextlib.contextmanager
    def statement(self, connection: Connection, timeout_s: float | None = None) -> Iterator[None]:
        """Give the statements in the block their own time; after :class:`TooSlow` the connection can read on.

        It reads the same snapshot as before: PostgreSQL goes back to a savepoint, SQLite loses the statement only.
        """
        with self._bounded(connection, timeout_s):
            if self.is_sqlite:
                yield
            else:
                with connection.begin_nested():
                    yield

    @contextlib.contextmanager
    def _bounded(self, connection: Connection, timeout_s: float | None) -> Iterator[None]:
        limit = timeout_s or self.timeout_s
        raw: Any = connection.connection.driver_connection if self.is_sqlite else None
        if raw is not None:
            deadline = time.monotonic() + limit
            raw.set_progress_handler(lambda: time.monotonic() > deadline, PROGRESS_STEPS)
        try:
            yield
        except DBAPIError as error:
            if not _was_interrupted(error):
                raise
            raise TooSlow(
                f"计算超过 {limit:g} 秒，已停止",
                remedy="缩短期间或减少筛选后重试；若反复出现，请把编号告知管理员",
            ) from error
        finally:
            if raw is not None:
                raw.set_progress_handler(None, 0)

    @contextlib.contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that commits at the end of the block, or leaves nothing behind."""
        with self.engine.connect() as plain:
            connection = plain.execution_options(immediate=True)
            with connection.begin():
                yield connection

    def ping(self) -> str:
        """Name and version of the database server; raises if it can't be reached."""
        with self.engine.connect() as connection:
            query = "SELECT sqlite_version()" if self.is_sqlite else "SHOW server_version"
            return f"{'SQLite' if self.is_sqlite else 'PostgreSQL'} {connection.execute(text(query)).scalar_one()}"

    def dispose(self) -> None:
        """Close all connections."""
        self.engine.dispose()
        self._reader.dispose()


def _sqlite_engine(url: Any) -> Engine:
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        # Rows of a whole city lie in this file: its owner alone reads it.
        Path(url.database).touch(mode=0o600)
    engine = create_engine(url, connect_args={"timeout": 30, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def _pragmas(connection: sqlite3.Connection, _record: Any) -> None:
        # Transactions are begun by hand below: sqlite3's own begin comes too late to make reads consistent.
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "synchronous=NORMAL",
            "foreign_keys=ON",
            "temp_store=MEMORY",
            "cache_size=-32000",
            "mmap_size=268435456",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        immediate = connection.get_execution_options().get("immediate", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    return engine


def _postgres_engine(url: Any, pool_size: int, options: str, isolation: str = "READ COMMITTED") -> Engine:
    return create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_size=pool_size,
        max_overflow=pool_size,
        isolation_level=isolation,
        connect_args={"options": f"-c timezone=UTC -c jit=off{options}"},
    )


def _was_interrupted(error: DBAPIError) -> bool:
    cause = error.orig
    return getattr(cause, "sqlstate", None) == "57014" or (
        isinstance(cause, sqlite3.OperationalError) and str(cause) == "interrupted"
    )
