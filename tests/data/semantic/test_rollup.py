"""What is kept equals what a rebuild would make, bit for bit, whatever is written through the door."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any
from unittest import mock

import pytest
from hypothesis import strategies as st
from sqlalchemy import Connection, delete, func, insert, select, update

from data.access.viewer import SYSTEM
from data.db import Database
from data.models import CubeState, DeveloperProject, DevelopmentProject, EscrowEntry, House, HouseUnit, SalesContract
from data.platform import standard_registry
from data.semantic import rollup
from data.semantic.rollup import Touched, change, ensure_rollups, rebuild, refresh_statistics, stale_cubes
from data.semantic.spec import Bucket, Query
from data.semantic.sql import rung_table
from data.semantic.versions import read_versions
from tests.data.semantic import support
from tests.data.semantic.market import (
    BANDS,
    BANKS,
    FACTS,
    TOWNS,
    USES,
    Market,
    Rows,
    contract,
    entry,
    open_market,
    place,
    project_of,
    rich_rows,
    rollups,
    spell,
    version,
)
from tests.data.semantic.proving import districts, prove

REGISTRY = standard_registry()
when = st.dates(date(2022, 11, 1), date(2027, 1, 31))
maybe_when = st.none() | when
number = st.integers(0, 9_999_999)
money = st.integers(-(10**13), 10**13).map(lambda n: f"{n / 100:.2f}")
areas = st.integers(-99_999, 99_999).map(lambda n: f"{n / 100:.2f}")
known_projects = st.sampled_from([project_of(n)[0] for n in range(14)])
FRESH = 60
"""Names without rows that examples may use up."""


class _Undone(Exception):
    pass


@contextmanager
def undone(db: Database) -> Iterator[Connection]:
    """A transaction that leaves nothing behind."""
    try:
        with db.write() as connection:
            yield connection
            raise _Undone
    except _Undone:
        pass


@pytest.fixture(scope="module")
def names(market: Market) -> None:
    """Houses and projects without rows, for those that examples insert."""
    with market.db.write() as connection:
        connection.execute(insert(House), [{"unit_code": f"N{i}"} for i in range(FRESH)])
        fresh = [{"project_no": f"N{i}", "project_name": f"新{i}", "district_id": "321281"} for i in range(FRESH)]
        connection.execute(insert(DeveloperProject), fresh)


# --- what may be written ---------------------------------------------------------------------------------------

STATES: dict[Any, st.SearchStrategy[dict[str, Any]]] = {
    HouseUnit: st.fixed_dictionaries(
        {"sale_open_on": when, "signed_on": maybe_when, "presale_on": maybe_when, "spell_no": st.integers(1, 3)},
        optional={"area_m2": areas, "use": st.sampled_from(USES), "project_no": known_projects},
    ),
    SalesContract: st.fixed_dictionaries(
        {"booked_on": when},
        optional={
            "area_m2": areas,
            "amount_yuan": money,
            "home_qty": st.integers(-3, 3),
            "project_no": st.none() | known_projects,
            "market": st.sampled_from(["new", "second_hand"]),
            "use": st.sampled_from(USES),
            "size_band": st.sampled_from(BANDS),
            "ordinary": st.sampled_from(["yes", "no"]),
        },
    ),
    EscrowEntry: st.fixed_dictionaries(
        {"booked_on": when, "next_on": maybe_when},
        optional={"balance_yuan": money, "required_yuan": money, "bank": st.sampled_from(BANKS)},
    ),
    DevelopmentProject: st.fixed_dictionaries(
        {"valid_from": when, "valid_to": maybe_when},
        optional={
            "troubled_from": maybe_when,
            "stalled_from": maybe_when,
            "late_from": maybe_when,
            "invest_until": maybe_when,
            "delivery_task": st.sampled_from(["guaranteed", "none"]),
            "invest_ytd_yuan": money,
            "task_home_qty": st.integers(0, 99),
        },
    ),
    **support.STATES,
}


@st.composite
def writes(draw: st.DrawFn) -> tuple[str, Any, int, dict[str, Any]]:
    """One insertion, correction or deletion: which fact, which of its rows, with what values."""
    fact = draw(st.sampled_from(FACTS))
    what = draw(st.sampled_from(["insert", "correct", "correct", "delete"]))
    values = draw(STATES[fact]) if what != "delete" else {}
    if what == "insert" or draw(st.booleans()):
        district = draw(districts)
        values |= {"district_id": district, "region_id": draw(st.sampled_from([district, TOWNS[district]]))}
    return what, fact, draw(number), values


class Writer:
    """Applies writes and notes them, as any writer must."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.fresh = 0
        self.ids = {fact: list(connection.scalars(select(fact.id).order_by(fact.id))) for fact in FACTS}

    def apply(self, touched: Touched, write: tuple[str, Any, int, dict[str, Any]]) -> None:
        what, fact, chosen, values = write
        self.fresh += 1
        if what == "insert":
            made = self.connection.execute(insert(fact).returning(fact.id), [self._row(fact, values)]).scalar_one()
            touched.note(fact, [made])
            self.ids[fact].append(made)
            return
        if not self.ids[fact]:
            return
        row = self.ids[fact][chosen % len(self.ids[fact])]
        touched.note(fact, [row])
        if what == "delete":
            self.connection.execute(delete(fact).where(fact.id == row))
            self.ids[fact].remove(row)
        elif values:
            self.connection.execute(update(fact).where(fact.id == row).values(**values, **self._key(fact)))

    def _key(self, fact: Any) -> dict[str, str]:
        """A key of its own, so that no correction meets another row's."""
        own = {HouseUnit: "unit_code", DevelopmentProject: "project_no", **support.KEYS}
        return {own[fact]: f"N{self.fresh}"} if fact in own else {}

    def _row(self, fact: Any, values: dict[str, Any]) -> dict[str, Any]:
        name, day = f"N{self.fresh}", date(2025, 1, 1)
        if fact in support.FACTS:
            return {**support.plain(fact, name, place("321281"), day), **values}
        plain = {
            HouseUnit: lambda: spell(name, "321281", "P02", day, None),
            SalesContract: lambda: contract(name, "321281", day),
            EscrowEntry: lambda: entry(name, name, "321281", "P02", day, "1.00"),
            DevelopmentProject: lambda: version(name, "321281", day, None),
        }
        return {**plain[fact](), **values, **({"project_no": name} if fact is DevelopmentProject else {})}


def mending() -> Any:
    """Within the block no cube may be rebuilt as a whole."""
    return mock.patch.object(rollup, "_rebuild_cube", side_effect=AssertionError("a cube was rebuilt, not mended"))


def assert_kept_is_rebuilt(connection: Connection, market: Market) -> None:
    kept = rollups(connection, market.registry)
    rebuild(connection, market.registry)
    assert kept == rollups(connection, market.registry)


@pytest.mark.usefixtures("names")
def test_kept_equals_rebuilt_after_any_writes(market: Market):
    """Several changes of several writes each, in one transaction that is undone at the end."""

    def check(changes: list[list[tuple[str, Any, int, dict[str, Any]]]]) -> None:
        with undone(market.db) as connection:
            writer = Writer(connection)
            for some in changes:
                with mending(), change(connection, market.registry, FACTS) as touched:
                    for write in some:
                        writer.apply(touched, write)
            assert_kept_is_rebuilt(connection, market)

    changes = st.lists(st.lists(writes(), min_size=1, max_size=8), min_size=1, max_size=3)
    prove(market, changes, check, sqlite=10, postgres=3)


def test_small_chunks_mend_the_same(market: Market):
    """Id lists that are split into chunks lose nothing at the seams."""
    with undone(market.db) as connection, mock.patch.object(rollup, "CHUNK", 3):
        with mending(), change(connection, market.registry, FACTS) as touched:
            for fact in FACTS:
                ids = connection.scalars(select(fact.id).order_by(fact.id).limit(20)).all()
                touched.note(fact, ids)
                connection.execute(update(fact).where(fact.id.in_(ids[::2])).values(**place_of("321202")))
                connection.execute(delete(fact).where(fact.id.in_(ids[1::4])))
        assert_kept_is_rebuilt(connection, market)


def place_of(district: str) -> dict[str, str]:
    return {"district_id": district, "region_id": TOWNS[district]}


def test_the_newest_row_deleted_and_its_id_taken_again(market: Market):
    """SQLite gives the id of a deleted newest row to the next one."""
    with undone(market.db) as connection:
        newest = connection.scalars(select(SalesContract.id).order_by(SalesContract.id.desc()).limit(1)).one()
        with change(connection, market.registry, (SalesContract,)) as touched:
            touched.note(SalesContract, [newest])
            connection.execute(delete(SalesContract).where(SalesContract.id == newest))
            row = contract("again", "321203", date(2025, 3, 3), area_m2="13.13")
            made = connection.execute(insert(SalesContract).returning(SalesContract.id), [row]).scalar_one()
            touched.note(SalesContract, [made])
        assert_kept_is_rebuilt(connection, market)


def test_a_row_put_back_under_its_old_id_is_noted_before(market: Market):
    with undone(market.db) as connection:
        old = dict(connection.execute(select(SalesContract.__table__).limit(1)).mappings().one())
        for back in (False, True):
            with change(connection, market.registry, (SalesContract,)) as touched:
                touched.note(SalesContract, [old["id"]])
                if back:
                    connection.execute(insert(SalesContract), [old])
                else:
                    connection.execute(delete(SalesContract).where(SalesContract.id == old["id"]))
        assert_kept_is_rebuilt(connection, market)


def test_the_first_rows_of_an_empty_database(database_url: str):
    empty = open_market(database_url, {})
    with empty.db.write() as connection:
        with change(connection, empty.registry, (SalesContract,)) as touched:
            made = connection.execute(
                insert(SalesContract).returning(SalesContract.id), [contract("first", "321281", date(2026, 5, 1))]
            ).scalar_one()
            touched.note(SalesContract, [made])
        assert_kept_is_rebuilt(connection, empty)
    empty.db.dispose()


def test_all_rows_deleted_leave_no_cell(sqlite_url: str):
    market = open_market(sqlite_url, rich_rows(units=20))
    with market.db.write() as connection:
        with change(connection, market.registry, FACTS) as touched:
            for fact in FACTS:
                touched.note(fact, connection.scalars(select(fact.id)).all())
                connection.execute(delete(fact))
        assert not any(rollups(connection, market.registry).values())
    market.db.dispose()


def test_a_failed_change_leaves_rows_roll_ups_and_versions_as_they_were(market: Market):
    def state() -> tuple[Any, ...]:
        with market.db.read() as connection:
            rows = connection.execute(select(SalesContract.__table__).order_by(SalesContract.id)).all()
            return rows, rollups(connection, market.registry), read_versions(connection)

    before = state()
    with pytest.raises(ZeroDivisionError):
        _fail_amidst(market)
    assert state() == before


def _fail_amidst(market: Market) -> None:
    with market.db.write() as connection, change(connection, market.registry, (SalesContract,)) as touched:
        touched.note(SalesContract, [1, 2, 3])
        connection.execute(delete(SalesContract).where(SalesContract.id <= 3))
        raise ZeroDivisionError


def test_a_change_raises_the_versions_of_its_cubes_and_no_other(market: Market):
    with undone(market.db) as connection:
        before = read_versions(connection)
        with change(connection, market.registry, (HouseUnit,)):
            pass
        after = read_versions(connection)
        raised = {name for name, number in after.items() if number != before.get(name)}
        assert raised == {cube.name for cube in market.registry.cubes_over(HouseUnit)}


def test_roll_ups_of_another_declaration_are_stale_and_rebuilt(sqlite_url: str):
    market = open_market(sqlite_url, rich_rows(units=10))
    with market.db.write() as connection:
        assert stale_cubes(connection, market.registry) == ()
        good = rollups(connection, market.registry)
        connection.exec_driver_sql("UPDATE sys_cube_state SET fingerprint = 'old' WHERE cube = 'sales'")
        connection.exec_driver_sql("DROP TABLE rung_sales_month_district")
        connection.exec_driver_sql("CREATE TABLE rung_sales_month_district (cell DATE, other INTEGER)")
        assert ensure_rollups(connection, market.registry) == ("sales",)
        assert rollups(connection, market.registry) == good
    market.db.dispose()


def test_a_spell_that_ends_as_it_begins_is_no_cell_of_the_stock(sqlite_url: str):
    day = date(2026, 5, 3)
    rows: Rows = {
        HouseUnit: [spell("Z", "321281", "P02", day, day), spell("Y", "321281", "P02", day, day - timedelta(1))]
    }
    market = open_market(sqlite_url, rows)
    with market.db.read() as connection:
        kept = rollups(connection, market.registry)
    assert not any(cells for name, cells in kept.items() if "inventory" in name)
    market.db.dispose()


# --- which rung is read ----------------------------------------------------------------------------------------


def test_an_installation_filled_by_writes_chooses_rungs_by_their_cells(database_url: str):
    """Every cell is written through the door: once counted, the rung with the fewest answers, and explain says so."""
    rows = rich_rows(units=60)
    market = open_market(database_url, {})
    with market.db.write() as connection, change(connection, market.registry, (SalesContract,)) as touched:
        made = [
            connection.execute(insert(SalesContract).returning(SalesContract.id), [row]).scalar_one()
            for row in rows[SalesContract]
        ]
        touched.note(SalesContract, made)
    with market.db.write() as connection:
        refresh_statistics(connection, market.registry, (SalesContract,))
    sales = market.registry.cubes["sales"]
    with market.db.read() as connection:
        counts = {
            rung.name: connection.execute(select(func.count()).select_from(rung_table(sales, rung))).scalar_one()
            for rung in sales.rungs
        }
        kept = connection.execute(select(CubeState.rung, CubeState.cells).where(CubeState.cube == "sales"))
        assert {row.rung: row.cells for row in kept} == counts
    query = Query(("ZF02",), (Bucket(date(2025, 1, 1), date(2026, 1, 1)),))
    verdicts = market.engine.explain(query, SYSTEM)
    (chosen,) = (verdict.rung for verdict in verdicts if verdict.chosen)
    assert counts[chosen] == min(counts.values())
    assert dict(market.engine.answer(query, SYSTEM).reads) == {"sales": chosen}
    for verdict in verdicts:
        if not verdict.chosen:
            more = f"有 {counts[verdict.rung]} 个单元，多于 {counts[chosen]} 个"
            assert more in verdict.reason if counts[verdict.rung] > counts[chosen] else "一样多" in verdict.reason
    market.db.dispose()


def test_a_figure_is_explained_anew_when_cells_were_counted(database_url: str):
    """Counts are kept under the cube's version: no worker goes on choosing by old ones."""
    market = open_market(database_url, rich_rows(units=20))
    query = Query(("ZF02",), (Bucket(date(2025, 1, 1), date(2026, 1, 1)),))
    coarse, fine = market.registry.cubes["sales"].rungs[0], market.registry.cubes["sales"].rungs[2]
    market.engine.explain(query, SYSTEM)
    with market.db.write() as connection:
        connection.execute(rung_table(market.registry.cubes["sales"], fine).delete())
        refresh_statistics(connection, market.registry, (SalesContract,))
    chosen = {verdict.rung for verdict in market.engine.explain(query, SYSTEM) if verdict.chosen}
    assert chosen == {fine.name}
    assert coarse.name not in chosen
    market.db.dispose()
