"""Reads are bounded in time, each statement by itself; what fails takes nothing else along."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from data.db import POOL_OVERFLOW, POOL_SIZE, Database
from data.errors import TooSlow

LIMIT_S = 0.4


@pytest.fixture
def bounded(empty_database_url: str) -> Iterator[Database]:
    """A database whose statements may take four tenths of a second."""
    found = Database(empty_database_url, timeout_s=LIMIT_S)
    yield found
    found.dispose()


def last(connection: Connection, seconds: float) -> Any:
    """A statement that lasts so long, if it is let."""
    if connection.dialect.name == "postgresql":
        return connection.execute(text(f"SELECT 1 FROM pg_sleep({seconds})")).scalar_one()
    end = time.monotonic() + seconds
    raw: Any = connection.connection.driver_connection
    raw.create_function("over", 0, lambda: int(time.monotonic() > end))
    forever = "WITH RECURSIVE t(n, o) AS (SELECT 1, 0 UNION ALL SELECT n + 1, over() FROM t WHERE o = 0) "
    return connection.execute(text(forever + "SELECT MIN(1) FROM t")).scalar_one()


def test_a_statement_that_lasts_ends_where_it_stands(bounded: Database):
    """Inside the block: whoever can do without the figure goes on."""
    reached = []
    with bounded.read() as connection:
        with pytest.raises(TooSlow, match="0.4 秒") as refused:
            last(connection, 20)
        reached.append(refused.value.remedy)
    assert reached != [""]


def test_the_clock_starts_anew_with_each_statement(bounded: Database):
    """A block may take longer than one statement: what Python does meanwhile costs no statement its time."""
    with bounded.read() as connection:
        for _ in range(4):
            assert last(connection, LIMIT_S / 2) == 1
        time.sleep(LIMIT_S * 1.5)
        assert last(connection, 0.01) == 1
        with bounded.statement(connection):
            for _ in range(3):
                assert last(connection, LIMIT_S / 2) == 1


def test_the_limit_around_a_statement_holds_within_and_after_it(bounded: Database):
    with bounded.read(1.2) as connection:
        with bounded.statement(connection):
            assert last(connection, LIMIT_S * 1.5) == 1
        assert last(connection, LIMIT_S * 1.5) == 1, "the statement has taken the limit of the block with it"
        with pytest.raises(TooSlow, match="1.2 秒"):
            last(connection, 20)


def test_limits_within_limits_are_restored(bounded: Database):
    with bounded.read(1.2) as connection:
        with bounded.statement(connection, 0.2):
            with pytest.raises(TooSlow, match="0.8 秒"), bounded.statement(connection, 0.8):
                last(connection, 20)
            with bounded.statement(connection, 0.8):
                assert last(connection, 0.4) == 1
            with pytest.raises(TooSlow, match="0.2 秒"), bounded.statement(connection):
                last(connection, 20)
        assert last(connection, 0.6) == 1


def test_a_read_leaves_no_limit_behind(bounded: Database):
    """A pooled connection that writes next, or reads by the usual limit, knows nothing of it."""
    for _ in range(3):
        with pytest.raises(TooSlow), bounded.read(0.1) as connection:
            last(connection, 20)
        with bounded.read() as connection:
            assert last(connection, 0.2) == 1
        with bounded.write() as connection:
            assert last(connection, LIMIT_S * 1.5) == 1


def test_rows_that_take_long_to_fetch_are_bounded_too(sqlite_url: str):
    """SQLite finds rows while they are fetched: the clock runs on after the first one."""
    bounded = Database(sqlite_url, timeout_s=LIMIT_S)
    endless = "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT n FROM t WHERE n < 2"
    with bounded.read() as connection:
        result = connection.execute(text(endless))
        with pytest.raises(TooSlow):
            result.all()
    bounded.dispose()


def test_an_error_within_a_statement_leaves_the_connection_usable(bounded: Database):
    with bounded.read() as connection:
        before = connection.execute(text("SELECT 1")).scalar_one()
        with pytest.raises(DBAPIError), bounded.statement(connection, 2):
            connection.execute(text("SELECT * FROM nowhere"))
        assert connection.execute(text("SELECT 1")).scalar_one() == before
        with pytest.raises(TooSlow, match="0.4"):
            last(connection, 20)


@pytest.mark.postgres
def test_a_restarted_server_is_met_with_fresh_connections(postgres_db: Database):
    with postgres_db.read() as connection:
        process = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    with postgres_db.write() as connection:
        connection.execute(text("SELECT pg_terminate_backend(:process)"), {"process": process})
    with postgres_db.read() as connection:
        assert connection.execute(text("SELECT 1")).scalar_one() == 1


@pytest.mark.postgres
def test_a_pool_holds_what_the_threads_of_a_worker_need(postgres_db: Database):
    pools: list[Any] = [postgres_db.engine.pool, postgres_db._reader.pool]
    assert [(pool.size(), pool._max_overflow) for pool in pools] == [(POOL_SIZE, POOL_OVERFLOW)] * 2


def test_a_small_question_is_asked_again_when_its_connection_was_closed(postgres_db: Database):
    """The server restarted meanwhile: no request fails for it, though nobody asked beforehand."""
    mine = text("SELECT pg_backend_pid()")
    first = postgres_db.ask(mine)[0][0]
    with postgres_db.write() as connection:
        connection.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": first})
    assert postgres_db.ask(mine)[0][0] != first


def test_a_small_question_that_is_wrong_is_not_asked_again(db: Database):
    with pytest.raises(DBAPIError):
        db.ask(text("SELECT nothing FROM nowhere"))
    assert db.ask(text("SELECT 1"))[0][0] == 1
