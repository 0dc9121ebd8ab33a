"""The benchmark's databases, built once on each engine and kept in ``instance/bench`` between runs."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Connection, Index, Table, insert, text
from sqlalchemy.schema import CreateTable

from data import clock
from data.coverage import mark_complete
from data.db import Database
from data.migrate import upgrade
from data.models import (
    Base,
    DeveloperProject,
    DevelopmentProject,
    EscrowEntry,
    Estate,
    EstateRegister,
    House,
    HouseSafety,
    HouseUnit,
    IngestRun,
    Project,
    RepairFundEntry,
    SalesContract,
    ScoreRecord,
    ServiceCase,
    SmartBuildProject,
    SupervisedTask,
    SupportHome,
    SupportHousehold,
    Target,
    TaskProject,
)
from data.platform import standard_registry
from data.reference.load import CITY, load_reference
from data.semantic.rollup import ensure_rollups, rebuild
from tests.bench.city import City, Size
from tests.bench.columns import DISTRICT_WEIGHTS, RUN_ID, SINCE, UNTIL, Batch
from tests.bench.estates import Estates
from tests.bench.support import Support
from tests.support.postgres import PostgresServer

FACTS: tuple[type[Base], ...] = (
    SalesContract,
    HouseUnit,
    EscrowEntry,
    DevelopmentProject,
    RepairFundEntry,
    SupportHousehold,
    SupportHome,
    HouseSafety,
    ServiceCase,
    TaskProject,
    SupervisedTask,
    Estate,
    ScoreRecord,
    SmartBuildProject,
)
GENERATOR = ("city.py", "columns.py", "estates.py", "support.py")
SIZES = (1_000_000, 10_000_000)
"""Rows in all facts together. Both cities are kept, so that they can be read in one run."""

GOAL = 0.0004
"""A year's task of a district, for each row of the city."""

SERVER_SETTINGS = {
    "shared_buffers": "512MB",
    "work_mem": "32MB",
    "maintenance_work_mem": "512MB",
    "max_wal_size": "4GB",
    "max_connections": "60",
}
"""An ordinary small server; fsync and synchronous_commit stay on, as in production."""


@contextmanager
def open_store(engine: str, folder: Path, size: Size, *, fresh: bool = False) -> Iterator[Database]:
    """The database on ``engine``, built if there is none of this size and schema yet."""
    folder.mkdir(parents=True, exist_ok=True)
    if engine == "sqlite":
        with _sqlite(folder, size, fresh) as database:
            yield database
        return
    server = PostgresServer(folder / "postgres", SERVER_SETTINGS)
    server.start()
    try:
        with _postgres(server, size, fresh) as database:
            yield database
    finally:
        server.stop()


@contextmanager
def _sqlite(folder: Path, size: Size, fresh: bool) -> Iterator[Database]:
    path = folder / f"{_name(size)}.sqlite3"
    if fresh or not path.exists():
        unfinished = folder / "building.sqlite3"
        kept = {_name(other) for other in _others(size)}
        for leftover in (*folder.glob("bench_*.sqlite3*"), *folder.glob("building.sqlite3*")):
            if leftover.name.partition(".")[0] not in kept:
                leftover.unlink()
        database = Database(f"sqlite:///{unfinished}", timeout_s=600)
        build(database, size)
        database.dispose()
        unfinished.rename(path)
    with _opened(f"sqlite:///{path}") as database:
        yield database


@contextmanager
def _postgres(server: PostgresServer, size: Size, fresh: bool) -> Iterator[Database]:
    name = _name(size)
    done = f"{name}_done"
    if fresh or done not in server.databases(done):
        kept = {f"{_name(other)}_done" for other in _others(size)}
        for old in server.databases("bench_"):
            if old not in kept:
                server.drop(old)
        database = Database(server.create(name), timeout_s=600)
        build(database, size)
        database.dispose()
        server.rename(name, done)
    with _opened(server.url(done)) as database:
        yield database


def _others(size: Size) -> list[Size]:
    """Cities of another size, which stay when this one is built anew."""
    return [Size(rows) for rows in SIZES if rows != size.rows]


@contextmanager
def _opened(url: str) -> Iterator[Database]:
    database = Database(url, timeout_s=600)
    try:
        with database.write() as connection:
            ensure_rollups(connection, standard_registry())
        yield database
    finally:
        database.dispose()


def build(database: Database, size: Size) -> None:
    """Fill an empty database; says what it does and how long each step took."""
    upgrade(database)
    city = City(size)
    began = time.monotonic()

    def done(what: str) -> None:
        nonlocal began
        print(f"  {what}: {time.monotonic() - began:.1f} s", flush=True)
        began = time.monotonic()

    with database.write() as connection:
        load_reference(connection)
        connection.execute(insert(IngestRun), _run())
    _load(database, DeveloperProject, [city.projects()])
    _load(database, House, [city.houses()])
    _load(database, HouseUnit, city.house_units())
    done("house units")
    _load(database, SalesContract, city.sales())
    done("sales")
    _load(database, EscrowEntry, [city.escrow_entries()])
    _load(database, DevelopmentProject, [city.development_projects()])
    done("escrow and projects")
    _build_support(database, Support(size))
    done("housing support")
    _build_estates(database, Estates(size))
    done("estates")
    with database.write() as connection:
        for fact in FACTS:
            name = cast(Table, fact.__table__).info["fact"]
            mark_complete(connection, name, DISTRICT_WEIGHTS, SINCE, UNTIL - timedelta(days=1), demo=True)
        connection.execute(insert(Target), _targets(size))
        rebuild(connection, standard_registry())
    done("roll-ups")
    _tidy(database)
    done("statistics")


def _build_support(database: Database, support: Support) -> None:
    _load(database, SupportHousehold, support.households())
    _load(database, SupportHome, support.homes())
    _load(database, HouseSafety, support.houses())
    _load(database, ServiceCase, support.cases())
    _load(database, SupervisedTask, support.issues())
    _load(database, TaskProject, support.tasks())


def _build_estates(database: Database, estates: Estates) -> None:
    _load(database, EstateRegister, [estates.register()])
    _load(database, Estate, estates.versions())
    _load(database, RepairFundEntry, estates.bookings())
    _load(database, ScoreRecord, [estates.scores()])
    _load(database, Project, [estates.works()])
    _load(database, SmartBuildProject, [estates.buildings()])


def _targets(size: Size) -> list[dict[str, Any]]:
    """Tasks of each year, of every district and of the city, where the figure is an amount."""
    goal = round(size.rows * GOAL)
    places = {**dict.fromkeys(DISTRICT_WEIGHTS, goal), CITY: goal * len(DISTRICT_WEIGHTS)}
    return [
        {"indicator": indicator.code, "district_id": place, "year": year, "value": value, "source": "演示"}
        for indicator in standard_registry()
        if indicator.target_kind == "annual_task" and indicator.unit != "%"
        for place, value in places.items()
        for year in range(SINCE.year, UNTIL.year + 1)
    ]


def _run() -> dict[str, Any]:
    return {
        "id": RUN_ID,
        "dataset": "bench",
        "source": "tests/bench",
        "demo": True,
        "status": "done",
        "started_at": clock.now(),
        "districts": list(DISTRICT_WEIGHTS),
    }


def _load(database: Database, model: type[Base], batches: Iterable[Batch]) -> None:
    """Bulk-load a table: no foreign keys, indexes made afterwards."""
    table = cast(Table, model.__table__)
    indexes = sorted(table.indexes, key=lambda index: str(index.name))
    with database.engine.connect() as connection, _without_foreign_keys(connection, database.is_sqlite):
        for index in indexes:
            index.drop(connection)
        first = 1
        for batch in batches:
            count = len(next(iter(batch.values())))
            if "id" in table.c:
                batch = {"id": range(first, first + count), **batch}  # type: ignore[dict-item]
            first += count
            (_append_sqlite if database.is_sqlite else _copy_postgres)(connection, table, batch)
        _make_indexes(connection, indexes)
        if "id" in table.c and not database.is_sqlite:
            connection.execute(text(f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), {first})"))


def _make_indexes(connection: Connection, indexes: Iterable[Index]) -> None:
    for index in indexes:
        index.create(connection)


@contextmanager
def _without_foreign_keys(connection: Connection, is_sqlite: bool) -> Iterator[None]:
    raw: Any = connection.connection.driver_connection
    if is_sqlite:
        raw.execute("PRAGMA foreign_keys=OFF")
        raw.execute("PRAGMA synchronous=OFF")
    with connection.begin():
        if not is_sqlite:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        yield
    if is_sqlite:
        raw.execute("PRAGMA foreign_keys=ON")
        raw.execute("PRAGMA synchronous=NORMAL")


def _append_sqlite(connection: Connection, table: Table, batch: Batch) -> None:
    raw: Any = connection.connection.driver_connection
    names, marks = ", ".join(f'"{name}"' for name in batch), ", ".join("?" for _ in batch)
    raw.executemany(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", zip(*_columns(batch), strict=True))


def _copy_postgres(connection: Connection, table: Table, batch: Batch) -> None:
    raw: Any = connection.connection.driver_connection
    names = ", ".join(f'"{name}"' for name in batch)
    columns = [["\\N" if value is None else str(value) for value in column] for column in _columns(batch)]
    with raw.cursor() as cursor, cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
        copy.write("\n".join(map("\t".join, zip(*columns, strict=True))) + "\n")


def _columns(batch: Batch) -> list[list[Any]]:
    return [list(column) if isinstance(column, range) else column.tolist() for column in batch.values()]


def _tidy(database: Database) -> None:
    """Leave the database as a running one would be: statistics up to date, the write-ahead log written back."""
    raw = database.engine.raw_connection()
    try:
        driver: Any = raw.driver_connection
        if database.is_sqlite:
            driver.execute("ANALYZE")
            driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            driver.autocommit = True
            driver.execute("VACUUM ANALYZE")
            driver.execute("CHECKPOINT")
            driver.autocommit = False
    finally:
        raw.close()


def _name(size: Size) -> str:
    """Changes with the size wanted, the schema and the generator: a kept database then no longer fits."""
    schema = "".join(str(CreateTable(table)) for table in Base.metadata.sorted_tables)
    here = Path(__file__).parent
    generator = "".join((here / name).read_text(encoding="utf-8") for name in GENERATOR)
    return f"bench_{hashlib.sha256(f'{size}{schema}{generator}'.encode()).hexdigest()[:12]}"
