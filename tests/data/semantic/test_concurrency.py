"""Two writers spoil nothing, and a reader sees the state before a write or after it, never a mixture."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier, Event
from typing import Any
from unittest import mock

import pytest
from sqlalchemy import delete, event, insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from data.access.viewer import SYSTEM
from data.models import HouseUnit, SalesContract
from data.semantic import reading, records, rollup
from data.semantic.rollup import change, rebuild
from data.semantic.spec import Answer, Bucket, Filter, Query
from data.semantic.sql import rung_table
from data.semantic.versions import read_versions
from tests.data.semantic.market import Market, contract, open_market, rich_rows, rollups, spell

ROUNDS = 6
DAY = date(2026, 5, 4)
YEAR = Bucket(date(2026, 1, 1), date(2026, 11, 21))


@pytest.fixture
def market(database_url: str) -> Any:
    """A market of one's own, to write to."""
    found = open_market(database_url, rich_rows(units=40))
    yield found
    found.db.dispose()


def together(*tasks: Callable[[], None]) -> None:
    """Run the tasks at once; the first failure is raised."""
    with ThreadPoolExecutor(len(tasks)) as pool:
        for done in [pool.submit(task) for task in tasks]:
            done.result(timeout=60)


def write_rounds(market: Market, name: str, facts: tuple[Any, ...], gate: Barrier) -> None:
    """Insert, correct and delete rows of the same few days as the other writer, each round in one transaction."""
    for number in range(ROUNDS):
        gate.wait(30)
        with market.db.write() as connection, change(connection, market.registry, facts) as touched:
            row = contract(f"writer-{name}{number}", "321281", DAY, area_m2=f"{number + 1}.01", project_no="P02")
            made = connection.execute(insert(SalesContract).returning(SalesContract.id), [row]).scalar_one()
            touched.note(SalesContract, [made])
            older = connection.scalars(select(SalesContract.id).order_by(SalesContract.id).limit(4)).all()
            touched.note(SalesContract, older)
            moved = DAY + timedelta(days=number % 3)
            connection.execute(update(SalesContract).where(SalesContract.id.in_(older[:2])).values(booked_on=moved))
            if number % 4 == 3:
                connection.execute(delete(SalesContract).where(SalesContract.id == older[-1]))
            units = connection.scalars(select(HouseUnit.id).order_by(HouseUnit.id).limit(3)).all()
            touched.note(HouseUnit, units)
            connection.execute(update(HouseUnit).where(HouseUnit.id.in_(units)).values(signed_on=moved))
            time.sleep(0.005)  # the other one has every chance to come between writing and recomputing


def test_two_writers_leave_what_a_rebuild_would_make(market: Market):
    """Same days, same district, same rows; the facts named in either order."""
    gate = Barrier(2)
    together(
        lambda: write_rounds(market, "A", (SalesContract, HouseUnit), gate),
        lambda: write_rounds(market, "B", (HouseUnit, SalesContract), gate),
    )
    with market.db.write() as connection:
        assert connection.scalar(select(SalesContract.id).where(SalesContract.filing_no == f"writer-B{ROUNDS - 1}"))
        kept = rollups(connection, market.registry)
        rebuild(connection, market.registry)
        assert kept == rollups(connection, market.registry)


def test_a_writer_and_a_rebuild_at_once(market: Market):
    gate = Barrier(2)

    def rebuild_rounds() -> None:
        for _ in range(ROUNDS):
            gate.wait(30)
            with market.db.write() as connection:
                rebuild(connection, market.registry, market.registry.cubes_over(SalesContract))

    together(lambda: write_rounds(market, "A", (SalesContract, HouseUnit), gate), rebuild_rounds)
    with market.db.write() as connection:
        kept = rollups(connection, market.registry)
        rebuild(connection, market.registry)
        assert kept == rollups(connection, market.registry)


@pytest.mark.postgres
def test_without_the_version_rows_two_writers_would_spoil_a_cell(postgres_url: str):
    """The races are real: with the lock taken away they are lost, so the tests above test something."""
    market = open_market(postgres_url, rich_rows(units=40))
    noted = Barrier(2)
    with market.db.read() as connection:
        row = connection.scalars(select(SalesContract.id).order_by(SalesContract.id).limit(1)).one()

    def correct(area: int) -> None:
        with market.db.write() as connection, change(connection, market.registry, (SalesContract,)) as touched:
            touched.note(SalesContract, [row])
            noted.wait(30)  # both now believe that the row contributes what it did at first
            connection.execute(update(SalesContract).where(SalesContract.id == row).values(area_m2=area, market="new"))

    with mock.patch.object(rollup, "raise_versions"):
        together(lambda: correct(1001), lambda: correct(2002))
    with market.db.write() as connection:
        kept = rollups(connection, market.registry)
        rebuild(connection, market.registry)
        assert kept != rollups(connection, market.registry)
    market.db.dispose()


# --- readers ---------------------------------------------------------------------------------------------------

PAIR = ("321281", "321202")


@pytest.fixture
def twins(database_url: str) -> Any:
    """Two districts whose units and contracts always have the same area, whichever transaction wrote last."""
    rows = {
        HouseUnit: [spell(f"U{d}", d, "P02", date(2026, 2, 1), None, area_m2="1.00") for d in PAIR],
        SalesContract: [contract(f"F{d}", d, date(2026, 3, 5), area_m2="1.00", project_no="P02") for d in PAIR],
    }
    found = open_market(database_url, rows)  # type: ignore[arg-type]
    yield found
    found.db.dispose()


def set_areas(market: Market, area: int) -> None:
    """Give all four rows one area, in one transaction."""
    with market.db.write() as connection, change(connection, market.registry, (HouseUnit, SalesContract)) as touched:
        for fact in (SalesContract, HouseUnit):
            touched.note(fact, connection.scalars(select(fact.id)).all())
            connection.execute(update(fact).values(area_m2=f"{area}.00"))


def areas_seen(market: Market, engine: Any) -> set[float]:
    """Every area that one batch of questions, of two cubes and several shapes, speaks of."""
    seen: set[float] = set()
    by_district = Query(("ZF02", "ZF04"), (YEAR,), ("district",))
    totals = [Query((code,), (YEAR,), (), Filter.of(d)) for code in ("ZF04", "ZF02") for d in PAIR]
    ratio = Query(("ZF05",), (YEAR,))
    apart, months, *each = engine.answers([by_district, ratio, *totals], SYSTEM)
    for code in ("ZF02", "ZF04"):
        seen |= {round(apart[code].values[(d,)][0] * 1e4, 2) for d in PAIR}
    assert months["ZF05"].total()[0] == pytest.approx(12), "stock and sales of one figure are of one state"
    return seen | {round(answer.series[answer.query.indicators[0]].total()[0] * 1e4, 2) for answer in each}


def test_a_reader_sees_old_or_new_and_never_a_mixture(twins: Market):
    stop = Event()
    states: set[float] = set()

    def read() -> None:
        while not stop.is_set():
            for engine in (twins.engine, twins.fresh_engine()):
                seen = areas_seen(twins, engine)
                assert len(seen) == 1, seen
                states.update(seen)

    def write() -> None:
        try:
            for area in range(2, 9):
                set_areas(twins, area)
        finally:
            stop.set()

    together(read, read, write)
    assert len(states) > 1
    assert areas_seen(twins, twins.engine) == {8.0}


def test_rows_of_one_page_are_of_one_state(twins: Market):
    stop = Event()

    def read() -> None:
        while not stop.is_set():
            rows = twins.engine.rows("ZF02", Filter(), YEAR, SYSTEM).rows
            assert len({row["area_m2"] for row in rows}) == 1

    def write() -> None:
        try:
            for area in range(2, 6):
                set_areas(twins, area)
        finally:
            stop.set()

    together(read, write)


def test_what_was_remembered_is_forgotten_with_the_write(twins: Market):
    assert areas_seen(twins, twins.engine) == {1.0}
    set_areas(twins, 5)
    assert areas_seen(twins, twins.engine) == {5.0}


def test_a_request_is_of_one_state_whatever_it_asks(twins: Market):
    """Figures, rows, words and versions within one reading: a write between two questions is not seen in part."""
    with twins.engine.reading():
        before = twins.engine.versions()
        set_areas(twins, 5)
        assert areas_seen(twins, twins.engine) == {1.0}
        assert {row["area_m2"] for row in twins.engine.rows("ZF02", Filter(), YEAR, SYSTEM).rows} == {1}
        assert twins.engine.versions() == before
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(areas_seen, twins, twins.engine).result(30) == {5.0}, "another thread is another request"
        assert areas_seen(twins, twins.engine) == {1.0}
    assert areas_seen(twins, twins.engine) == {5.0}


def test_a_request_opens_one_connection_and_reads_the_versions_once(twins: Market):
    with (
        mock.patch.object(twins.db, "read", wraps=twins.db.read) as opened,
        mock.patch.object(reading, "read_versions", wraps=read_versions) as read,
        twins.engine.reading(),
    ):
        for _ in range(3):
            areas_seen(twins, twins.engine)
            twins.engine.watermark(("ZF02",), Filter(), SYSTEM)
            twins.engine.reported(("ZF02",), Filter(), YEAR)
            twins.engine.labels("project", ("P02",), SYSTEM)
            twins.engine.is_demo(("ZF02",))
            twins.engine.unreported(("ZF02",))
            twins.engine.rows("ZF02", Filter(), YEAR, SYSTEM)
            twins.engine.regions()
            twins.engine.versions()
            with twins.engine.reading():
                twins.engine.explain(Query(("ZF02",), (YEAR,)), SYSTEM)
    assert (opened.call_count, read.call_count) == (1, 1)


def test_a_failure_within_a_request_leaves_the_rest_of_it_standing(twins: Market):
    with twins.engine.reading():
        fail = mock.patch.object(records, "page", side_effect=lambda now, *_: now.exec_driver_sql("SELECT * FROM nil"))
        with fail, pytest.raises(SQLAlchemyError):
            twins.engine.rows("ZF02", Filter(), YEAR, SYSTEM)
        assert areas_seen(twins, twins.engine) == {1.0}


def test_an_export_during_a_write_is_of_one_state(market: Market):
    """Rows come a few at a time; those that come after the write are those of before."""
    total = market.engine.rows("ZF02", Filter(), YEAR, SYSTEM).total
    with mock.patch.object(records, "STREAMED", 3):
        columns, rows = market.engine.iter_rows("ZF02", Filter(), YEAR, SYSTEM)
        found = [next(rows)]
        set_areas(market, 1234)
        found += rows
    assert "area_m2" in [column.name for column in columns]
    assert len(found) == total > 10
    assert 1234 not in {row["area_m2"] for row in found}
    assert {row["area_m2"] for row in market.engine.iter_rows("ZF02", Filter(), YEAR, SYSTEM)[1]} == {1234}


def test_an_export_is_one_statement_and_gives_its_connection_back(market: Market):
    """Whoever goes away in the middle keeps nothing."""
    pool: Any = market.db._reader.pool
    statements: list[str] = []
    event.listen(market.db._reader, "after_cursor_execute", lambda *found: statements.append(found[2]))
    with mock.patch.object(records, "STREAMED", 3):
        _, rows = market.engine.iter_rows("ZF02", Filter(), YEAR, SYSTEM)
        assert pool.checkedout() == 0
        for _ in range(8):
            next(rows)
        assert pool.checkedout() == 1
        assert sum("sales_contract.area_m2," in statement for statement in statements) == 1
        rows.close()  # type: ignore[attr-defined]
        assert pool.checkedout() == 0


# --- failures --------------------------------------------------------------------------------------------------


def test_a_cube_that_the_database_cannot_read_costs_its_own_figures_only(market: Market):
    """Its roll-ups are gone, as on a disk that fails: its figures say so, all others of the batch arrive."""
    with market.db.write() as connection:
        for rung in market.registry.cubes["presale"].rungs:
            connection.exec_driver_sql(f"DROP TABLE {rung_table(market.registry.cubes['presale'], rung).name}")
    codes = ("ZF02", "ZF01", "ZF04", "ZF01-units", "ZF05", "ZF10")
    for by in ((), ("district",)):
        results = market.engine.answers([Query((code,), (YEAR,), by) for code in codes], SYSTEM)
        failed = [code for code, result in zip(codes, results, strict=True) if isinstance(result, Exception)]
        assert failed == ["ZF01", "ZF01-units"]
        assert all(isinstance(result, SQLAlchemyError | Answer) for result in results)
