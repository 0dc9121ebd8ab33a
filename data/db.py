"""Engine and connections: SQLite with WAL by default, PostgreSQL by URL; reads have a time limit."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import OperationalError

from data.errors import TooSlow

PROGRESS_STEPS = 20_000
"""SQLite virtual-machine steps between two looks at the clock: some 0.2 ms."""


class Database:
    """One database. ``read`` gives a connection bounded in time, ``write`` one transaction."""

    def __init__(self, url: str, timeout_s: float = 3.0, pool_size: int = 10) -> None:
        self.url = make_url(url)
        self.timeout_s = timeout_s
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = self._sqlite_engine() if self.is_sqlite else self._postgres_engine(pool_size)

    def _sqlite_engine(self) -> Engine:
        if self.url.database and self.url.database != ":memory:":
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(self.url, connect_args={"timeout": 30, "check_same_thread": False})

        @event.listens_for(engine, "connect")
        def _pragmas(connection: sqlite3.Connection, _record: Any) -> None:
            # Transactions are begun by hand below: sqlite3's own begin is too late to make a read consistent.
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

    def _postgres_engine(self, pool_size: int) -> Engine:
        url = self.url.set(drivername="postgresql+psycopg")
        return create_engine(
            url,
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_pre_ping=False,
            connect_args={"options": "-c timezone=UTC -c jit=off"},
        )

    @contextlib.contextmanager
    def read(self, timeout_s: float | None = None) -> Iterator[Connection]:
        """A read-only connection whose statements end after ``timeout_s`` seconds with :class:`TooSlow`."""
        limit = timeout_s or self.timeout_s
        with self.engine.connect() as connection, _time_limit(connection, limit, self.is_sqlite):
            yield connection

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


@contextlib.contextmanager
def _time_limit(connection: Connection, seconds: float, is_sqlite: bool) -> Iterator[None]:
    """End statements on ``connection`` that run past ``seconds`` from now, and say so as :class:`TooSlow`."""
    if is_sqlite:
        raw: Any = connection.connection.driver_connection
        deadline = time.monotonic() + seconds
        raw.set_progress_handler(lambda: time.monotonic() > deadline, PROGRESS_STEPS)
    else:
        connection.exec_driver_sql(f"SET LOCAL statement_timeout = {int(seconds * 1000)}")
    try:
        yield
    except OperationalError as error:
        if _was_interrupted(error):
            raise TooSlow(
                f"计算超过 {seconds:g} 秒，已停止",
                remedy="缩短期间或减少筛选后重试；若反复出现，请把编号告知管理员",
            ) from error
        raise
    finally:
        if is_sqlite:
            raw.set_progress_handler(None, 0)


def _was_interrupted(error: OperationalError) -> bool:
    cause = error.orig
    return getattr(cause, "sqlstate", None) == "57014" or (
        isinstance(cause, sqlite3.OperationalError) and str(cause) == "interrupted"
    )
