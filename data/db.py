"""Engine and connections: SQLite with WAL by default, PostgreSQL by URL; reads are bounded in time."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Executable, Row, create_engine, event, make_url, text
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.engine.interfaces import IsolationLevel
from sqlalchemy.exc import DBAPIError

from data.errors import TooSlow

PROGRESS_STEPS = 20_000
"""SQLite virtual-machine steps between two looks at the clock: some 0.2 ms."""

POOL_SIZE = 8
"""Connections that a pool keeps: one for each thread of a worker."""
POOL_OVERFLOW = 2
"""Further ones for a while, as for an export that streams while its thread serves on."""

_LIMIT = "limit_s"
"""Under this name a connection remembers how long its statements may take."""


class Database:
    """One database. ``read`` gives a consistent connection bounded in time, ``write`` one transaction."""

    def __init__(self, url: str, timeout_s: float = 3.0, pool_size: int = POOL_SIZE) -> None:
        self.url = make_url(url)
        self.timeout_s = timeout_s
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite:
            self.engine = _sqlite_engine(self.url)
            self._reader = self.engine
            self._single = _sqlite_engine(self.url, autocommit=True)
        else:
            self._single = _postgres_engine(self.url, pool_size, "", "AUTOCOMMIT", ping=False)
            self.engine = _postgres_engine(self.url, pool_size, "")
            self._reader = _postgres_engine(
                self.url, pool_size, f" -c statement_timeout={int(timeout_s * 1000)}", "REPEATABLE READ"
            )
        event.listen(self._reader, "handle_error", _too_slow)

    def ask(self, statement: Executable, parameters: Mapping[str, Any] | None = None) -> Sequence[Row[Any]]:
        """Rows of one small statement outside any transaction, in one round trip: what every request asks.

        Nobody asks beforehand whether the connection still lives; one that does not is replaced and asked again.
        """
        try:
            return self._asked(statement, parameters or {})
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
        return self._asked(statement, parameters or {})

    def _asked(self, statement: Executable, parameters: Mapping[str, Any]) -> Sequence[Row[Any]]:
        with self._single.connect() as connection:
            return connection.execute(statement, parameters).all()

    @contextlib.contextmanager
    def read(self, timeout_s: float | None = None) -> Iterator[Connection]:
        """A connection for reading, all statements of one snapshot, each at most ``timeout_s`` seconds.

        A statement that takes longer raises :class:`TooSlow` there and then. On PostgreSQL nothing more can be read
        after it, unless it stood in a :meth:`statement`.
        """
        with self._reader.connect() as connection, self._limited(connection, timeout_s or self.timeout_s):
            yield connection

    @contextlib.contextmanager
    def statement(self, connection: Connection, timeout_s: float | None = None) -> Iterator[None]:
        """After an error in the block the connection can read on; each statement in it may take ``timeout_s``.

        Without ``timeout_s`` the limit around the block holds. What is read on is the same snapshot as before:
        PostgreSQL goes back to a savepoint, SQLite loses the statement only.
        """
        around: float = connection.info[_LIMIT]
        savepoint = contextlib.nullcontext() if self.is_sqlite else connection.begin_nested()
        with savepoint, self._limited(connection, timeout_s or around):
            yield

    @contextlib.contextmanager
    def _limited(self, connection: Connection, limit: float) -> Iterator[None]:
        """Each statement in the block may take so long; afterwards what held before."""
        around: float | None = connection.info.get(_LIMIT)
        self._limit(connection, limit, around or self.timeout_s)
        try:
            yield
        except BaseException:
            self._forget(connection, around)  # PostgreSQL takes its setting back with the transaction or savepoint
            raise
        if around is not None:
            self._limit(connection, around, limit)
        self._forget(connection, around)

    def _limit(self, connection: Connection, limit: float, before: float) -> None:
        connection.info[_LIMIT] = limit
        if not self.is_sqlite and limit != before:
            connection.exec_driver_sql(f"SET LOCAL statement_timeout = {int(limit * 1000)}")

    def _forget(self, connection: Connection, around: float | None) -> None:
        if connection.invalidated:
            return
        if around is not None:
            connection.info[_LIMIT] = around
            return
        connection.info.pop(_LIMIT, None)
        if self.is_sqlite:
            raw: Any = connection.connection.driver_connection
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

    def lean(self) -> None:
        """For a process that streams: of a SQLite file little is kept in memory and nothing mapped, and sorts go to
        disk.
        """
        if not self.is_sqlite:
            return

        @event.listens_for(self.engine, "connect")
        def _spare(connection: sqlite3.Connection, _record: Any) -> None:
            for pragma in ("mmap_size=0", "cache_size=-8000", "temp_store=FILE"):
                connection.execute(f"PRAGMA {pragma}")

    def dispose(self) -> None:
        """Close all connections."""
        self.engine.dispose()
        self._reader.dispose()
        self._single.dispose()


def _sqlite_engine(url: Any, *, autocommit: bool = False) -> Engine:
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

    if autocommit:
        return engine

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        immediate = connection.get_execution_options().get("immediate", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    @event.listens_for(engine, "before_cursor_execute")
    def _start_clock(connection: Connection, *_: Any) -> None:
        # The clock runs from here until the last row is fetched, or the next statement starts its own.
        limit = connection.info.get(_LIMIT)
        if limit is not None:
            deadline = time.monotonic() + limit
            raw: Any = connection.connection.driver_connection
            raw.set_progress_handler(lambda: time.monotonic() > deadline, PROGRESS_STEPS)

    return engine


def _postgres_engine(
    url: Any, pool_size: int, options: str, isolation: IsolationLevel = "READ COMMITTED", *, ping: bool = True
) -> Engine:
    return create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_size=pool_size,
        max_overflow=POOL_OVERFLOW,
        # The server may have been restarted, or have closed what lay idle: a stale connection is replaced unseen.
        pool_pre_ping=ping,
        isolation_level=isolation,
        connect_args={"options": f"-c timezone=UTC -c jit=off{options}"},
    )


def _too_slow(context: ExceptionContext) -> TooSlow | None:
    """What a statement raises that was ended by its limit."""
    if context.connection is None or not _was_interrupted(context.original_exception):
        return None
    limit = context.connection.info.get(_LIMIT)
    return TooSlow(
        "计算时间过长，已停止" if limit is None else f"计算超过 {limit:g} 秒，已停止",
        remedy="缩短期间或减少筛选后重试；若反复出现，请把编号告知管理员",
    )


def _was_interrupted(cause: BaseException | None) -> bool:
    return getattr(cause, "sqlstate", None) == "57014" or (
        isinstance(cause, sqlite3.OperationalError) and str(cause) == "interrupted"
    )
