"""The city in a database: topped up equals filled, derived columns and roll-ups are right, removal leaves nothing."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, func, insert, select, update

from data import clock
from data.bulk import table_of
from data.coverage import forget
from data.db import Database
from data.demo import ensure, remove_demo, write
from data.demo.city import FACTS, HEADS
from data.demo.market import DISTRICTS
from data.demo.write import fact_name, reported_to
from data.ingest import replace
from data.ingest.datasets import DATASETS
from data.ingest.derive import bound_projects, link_escrow, spell_units
from data.ingest.derive_estates import bound_estates, bound_scores, link_fund
from data.ingest.derive_support import settle_cases, settle_houses, settle_tasks
from data.models import (
    Base,
    Coverage,
    DeveloperProject,
    EscrowEntry,
    EstateRegister,
    House,
    HouseSafety,
    IngestRun,
    RepairFundEntry,
    SalesContract,
    ScoreRecord,
    ServiceCase,
    SupervisedTask,
    SupportHousehold,
)
from data.reference.load import load_reference
from data.semantic.registry import Registry
from data.semantic.rollup import change, rebuild
from data.semantic.sql import rung_table
from data.settings import Settings
from tests.data.demo.conftest import SCALE, SEED, SINCE, TODAY, Filled

TABLES: tuple[type[Any], ...] = (*FACTS, *HEADS)


def all_of(*more: type[Any]) -> tuple[type[Any], ...]:
    """The city's tables and some more."""
    return (*TABLES, *more)


def contents(database: Database) -> dict[str, list[str]]:
    """All rows of the facts and their heads, without ids and runs; coverage with them."""
    found = {}
    with database.read(60) as connection:
        for model in all_of(Coverage):
            columns = [c for c in table_of(model).columns if c.name not in ("id", "run_id")]
            found[model.__tablename__] = sorted(map(repr, connection.execute(select(*columns))))
    return found


def rungs(connection: Connection, registry: Registry) -> dict[str, list[str]]:
    found = {}
    for cube in registry.cubes.values():
        for rung in cube.rungs:
            table = rung_table(cube, rung)
            found[table.name] = sorted(map(repr, connection.execute(select(table))))
    return found


@pytest.fixture
def new_database(sqlite_template: object, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Database]:
    def make() -> Database:
        path = tmp_path_factory.mktemp("demo") / "city.sqlite3"
        shutil.copyfile(str(sqlite_template), path)
        return Database(f"sqlite:///{path}")

    return make


@pytest.mark.parametrize(
    ("first", "stops"),
    [
        pytest.param(
            date(2026, 11, 15),
            (date(2026, 11, 16), date(2026, 11, 18), date(2026, 11, 25)),
            id="day by day",
            marks=pytest.mark.slow,
        ),
        pytest.param(date(2026, 12, 24), (date(2027, 1, 3),), id="across New Year"),
        pytest.param(date(2026, 11, 2), (date(2026, 12, 31),), id="after a long pause", marks=pytest.mark.slow),
    ],
)
def test_topped_up_equals_filled_at_once(
    first: date,
    stops: tuple[date, ...],
    filled: Filled,
    topped_up: Filled,
    new_database: Callable[[], Database],
    registry: Registry,
) -> None:
    kept, fresh = new_database(), new_database()
    filled(kept, first)
    for stop in stops:
        topped_up(kept, stop)
    filled(fresh, stops[-1])
    ours, theirs = contents(kept), contents(fresh)
    for name in ours:
        assert ours[name] == theirs[name], name
    with kept.write() as connection:
        before = rungs(connection, registry)
        rebuild(connection, registry)
        assert rungs(connection, registry) == before


def test_second_start_of_a_day_writes_nothing(sqlite_db: Database, filled: Filled, topped_up: Filled) -> None:
    filled(sqlite_db, TODAY)
    before = run_count(sqlite_db)
    topped_up(sqlite_db, TODAY)
    topped_up(sqlite_db, TODAY - timedelta(days=5))
    assert run_count(sqlite_db) == before == len(FACTS)


def run_count(database: Database) -> int:
    with database.read() as connection:
        return connection.execute(select(func.count()).select_from(IngestRun)).scalar_one()


def test_derived_columns_are_those_of_ingestion(sqlite_db: Database, filled: Filled, registry: Registry) -> None:
    filled(sqlite_db, TODAY)
    before = contents(sqlite_db)
    with sqlite_db.write() as connection, change(connection, registry, FACTS) as touched:
        for derive, key in (
            (spell_units, House.unit_code),
            (link_escrow, EscrowEntry.account_no),
            (bound_projects, DeveloperProject.project_no),
            (bound_estates, EstateRegister.estate_code),
            (link_fund, RepairFundEntry.account_no),
            (bound_scores, ScoreRecord.subject_code),
            (settle_houses, HouseSafety.house_code),
            (settle_cases, ServiceCase.case_no),
            (settle_tasks, SupervisedTask.task_no),
        ):
            derive(connection, touched, connection.execute(select(key)).scalars().all())
        assert not any(touched.differences().values())
    assert contents(sqlite_db) == before


def test_every_run_is_a_demonstration_and_counts_its_rows(sqlite_db: Database, filled: Filled) -> None:
    filled(sqlite_db, TODAY)
    with sqlite_db.read() as connection:
        runs = connection.execute(select(IngestRun.__table__)).all()
        assert {run.dataset for run in runs} == {fact_name(fact) for fact in FACTS}
        for run in runs:
            assert run.demo
            assert run.status == "done"
            assert run.read == run.landed + run.corrected
        for fact in FACTS:
            landed = next(run.landed for run in runs if run.dataset == fact_name(fact))
            assert connection.execute(select(func.count()).select_from(fact)).scalar_one() == landed


def test_removal_leaves_no_row(
    sqlite_db: Database, filled: Filled, registry: Registry, demo_settings: Settings
) -> None:
    filled(sqlite_db, TODAY)
    with sqlite_db.write() as connection:
        gone = remove_demo(connection, registry, demo_settings)
    assert gone["b5_house_unit"] > 1000
    with sqlite_db.read() as connection:
        for model in all_of(Coverage, IngestRun):
            assert connection.execute(select(func.count()).select_from(model)).scalar_one() == 0, model
        assert not any(rungs(connection, registry).values())


def test_real_data_are_left_alone(sqlite_db: Database, registry: Registry, demo_settings: Settings) -> None:
    now = clock.now()
    with sqlite_db.write() as connection:
        load_reference(connection)
        run = {"dataset": "sales_contract", "source": "x", "started_at": now, "districts": []}
        run_id = connection.execute(insert(IngestRun).values(run).returning(IngestRun.id)).scalar_one()
        contract = {
            "run_id": run_id,
            "region_id": "321281",
            "district_id": "321281",
            "filing_no": "1",
            "row_kind": "sign",
            "booked_on": date(2026, 1, 1),
            "market": "second_hand",
            "use": "residential",
            "size_band": "lt90",
            "resettlement": "no",
            "ordinary": "yes",
            "area_m2": 80,
            "amount_yuan": 1,
            "home_qty": 1,
        }
        connection.execute(insert(SalesContract).values(contract))
    ensure(sqlite_db, registry, demo_settings, lambda _: None)
    assert run_count(sqlite_db) == 1


def test_a_data_set_that_became_real_is_not_topped_up(sqlite_db: Database, filled: Filled, topped_up: Filled) -> None:
    filled(sqlite_db, TODAY - timedelta(days=9))
    with sqlite_db.write() as connection:
        forget(connection, "sales_contract")
        real = update(IngestRun).where(IngestRun.dataset == "sales_contract").values(demo=False)
        connection.execute(real)
    before = contents(sqlite_db)
    topped_up(sqlite_db, TODAY)
    after = contents(sqlite_db)
    assert after["t08_sales_contract"] == before["t08_sales_contract"]
    assert len(after["t08_escrow_entry"]) > len(before["t08_escrow_entry"])
    assert after["b5_house_unit"] != before["b5_house_unit"]


def test_a_district_reports_late_but_never_takes_back() -> None:
    days = [date(2026, 11, 1) + timedelta(days=n) for n in range(400)]
    last = reported_to(SEED, days[0])
    late: set[int] = set()
    for today in days[1:]:
        now = reported_to(SEED, today)
        assert all(new >= old for new, old in zip(now, last, strict=True))
        behind = [today.toordinal() - 1 - day for day in now]
        assert sum(lag > 0 for lag in behind) == (0 if today.weekday() == 6 else 1)
        assert max(behind) <= 6
        late.update(number for number, lag in enumerate(behind) if lag)
        last = now
    assert late == set(range(len(DISTRICTS)))


@pytest.mark.postgres
def test_the_same_rows_on_postgresql(
    sqlite_db: Database, postgres_db: Database, filled: Filled, topped_up: Filled
) -> None:
    for database in (sqlite_db, postgres_db):
        filled(database, TODAY - timedelta(days=3))
        topped_up(database, TODAY)
    assert contents(postgres_db) == contents(sqlite_db)


def test_tables_are_those_of_the_models() -> None:
    assert {model.__tablename__ for model in TABLES} <= set(Base.metadata.tables)


def test_data_sets_that_a_newer_version_brings_are_filled_from_the_first_day(
    filled: Filled,
    new_database: Callable[[], Database],
    registry: Registry,
    demo_settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    older, fresh = new_database(), new_database()
    with monkeypatch.context() as version, clock.moved(to=TODAY - timedelta(days=2)):
        version.setattr(write, "FACTS", FACTS[:6])
        write.fill(older, registry, demo_settings, lambda _: None, since=SINCE, scale=SCALE)
    assert run_count(older) == 6
    with clock.moved(to=TODAY):
        ensure(older, registry, demo_settings, lambda _: None)
    filled(fresh, TODAY)
    ours, theirs = contents(older), contents(fresh)
    for name in theirs:
        assert ours[name] == theirs[name], name
    with older.write() as connection:
        before = rungs(connection, registry)
        rebuild(connection, registry)
        assert rungs(connection, registry) == before


def test_a_data_set_that_was_removed_is_no_new_one(
    sqlite_db: Database, filled: Filled, registry: Registry, demo_settings: Settings
) -> None:
    filled(sqlite_db, TODAY)
    with sqlite_db.write() as connection:
        replace.remove_demo(connection, registry, [DATASETS["support_household"]])
    with clock.moved(to=TODAY):
        ensure(sqlite_db, registry, demo_settings, lambda _: None)
    with sqlite_db.read() as connection:
        assert connection.execute(select(func.count()).select_from(SupportHousehold)).scalar_one() == 0
