"""Writes the demonstration city into the database, keeps it up to date, and takes it out again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import islice
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    Date,
    bindparam,
    column,
    insert,
    select,
    table,
    update,
)
from sqlalchemy.sql.expression import TableClause

from data import clock
from data.bulk import known_keys, rows_where, table_of
from data.coverage import mark_complete
from data.db import Database
from data.demo.city import BEFORE_ALL, FACTS, HEADS, SECTORS, City
from data.demo.market import DISTRICTS, generator
from data.demo.marks import plant_marks
from data.demo.sector import Rows
from data.demo.site import Row
from data.demo.targets import write_targets
from data.models import (
    Coverage,
    IngestRun,
)
from data.models.types import Fixed
from data.periods import add_months
from data.reference.load import load_reference
from data.semantic.registry import Registry
from data.semantic.rollup import change, rebuild
from data.settings import Settings

MONTHS = 36
"""Whole months shown before the current one at the first fill."""

REBUILD_AFTER = 40
"""Days of a gap from which on a rebuild of the roll-ups is cheaper than keeping them."""

SOURCE = "演示城市"
CHUNK = 10_000

Progress = Callable[[str], object]
Note = Callable[[type, Iterable[int]], None]


def ensure(database: Database, registry: Registry, settings: Settings, progress: Progress) -> None:
    """Fill an empty database, top up a demonstration and give it the data sets it lacks; leave real data alone."""
    with database.read() as connection:
        spans = _demo_spans(connection)
        empty = not any(connection.execute(select(fact.id).limit(1)).first() for fact in FACTS)
    if spans:
        top_up(database, registry, settings, progress)
        fill_new(database, registry, progress)
    elif empty:
        fill(database, registry, settings, progress)
    if spans or empty:
        with database.write() as connection:
            plant_marks(connection, registry)


def fill(
    database: Database,
    registry: Registry,
    settings: Settings,
    progress: Progress,
    *,
    since: date | None = None,
    scale: float = 1.0,
) -> dict[str, int]:
    """Fill the fact tables from ``since`` (36 months before this one) to yesterday; returns the rows by data set.

    One transaction: a fill that is broken off leaves nothing. ``scale`` < 1 makes smaller buildings, for tests.
    """
    today = clock.today()
    since = since or add_months(today.replace(day=1), -MONTHS)
    until = reported_to(settings.demo_seed, today)
    progress("正在生成演示城市")
    city = City(settings.demo_seed, since.toordinal(), max(until), scale)
    rows = city.rows([BEFORE_ALL] * len(DISTRICTS), until)
    with database.write() as connection:
        load_reference(connection)
        written = _write(connection, city, rows, _demo_names(FACTS), until, progress, _note_nothing)
        write_targets(connection, registry, SECTORS, settings.demo_seed, since, max(until))
        progress("正在汇总")
        rebuild(connection, registry)
    return written


def top_up(database: Database, registry: Registry, settings: Settings, progress: Progress) -> dict[str, int]:
    """Add what has happened since the last fill or top-up; a data set that is no longer a demonstration is left out.

    Gives exactly the rows that a fill from the same first day would have given today. Returns the rows by data set.
    """
    with database.read() as connection:
        spans = _demo_spans(connection)
        made = connection.execute(_LAST_RUN).scalar()
    if not spans or made is None:
        return {}
    seed, scale = _read_recipe(made)
    after = [_complete_to(spans, district.id) for district in DISTRICTS]
    until = [max(days) for days in zip(after, reported_to(seed, clock.today()), strict=True)]
    if until == after:
        return {}
    progress("正在把演示城市补到今天")
    since = min(row.since for row in spans)
    city = City(seed, since.toordinal(), max(until), scale)
    rows = city.rows(after, until)
    facts = {row.fact for row in spans}
    with database.write() as connection:
        write_targets(connection, registry, SECTORS, seed, since, max(until))
        if max(now - before for now, before in zip(until, after, strict=True)) > REBUILD_AFTER:
            written = _write(connection, city, rows, facts, until, progress, _note_nothing)
            rebuild(connection, registry)
            return written
        models = [model for model in FACTS if fact_name(model) in facts]
        with change(connection, registry, models) as touched:
            return _write(connection, city, rows, facts, until, progress, touched.note)


def fill_new(database: Database, registry: Registry, progress: Progress) -> dict[str, int]:
    """Fill the data sets that a newer version has brought, from the demonstration's first day to its last.

    New is what no run has ever written: a data set that was emptied, or has become real, has had its run. Gives
    exactly the rows that a fill would have given. Returns the rows by data set.
    """
    with database.read() as connection:
        spans = _demo_spans(connection)
        made = connection.execute(_LAST_RUN).scalar()
        known = set(connection.execute(select(IngestRun.dataset).distinct()).scalars())
    missing = [model for model in FACTS if fact_name(model) not in known]
    if not spans or made is None or not missing:
        return {}
    progress("正在补充新增的演示数据")
    seed, scale = _read_recipe(made)
    until = [_complete_to(spans, district.id) for district in DISTRICTS]
    city = City(seed, min(row.since for row in spans).toordinal(), max(until), scale)
    rows = city.rows([BEFORE_ALL] * len(DISTRICTS), until)
    with database.write() as connection:
        written = _write(connection, city, rows, _demo_names(missing), until, progress, _note_nothing)
        rebuild(connection, registry, [cube for model in missing for cube in registry.cubes_over(model)])
    return written


def reported_to(seed: int, today: date) -> list[int]:
    """Last day each district has reported by ``today``: yesterday, but one district a week reports on Sunday only.

    Never goes back from one day to the next.
    """
    monday = today.toordinal() - today.weekday()
    late = int(generator(seed, 6, monday).integers(len(DISTRICTS)))
    days = [today.toordinal() - 1] * len(DISTRICTS)
    if today.weekday() < 6:
        days[late] = monday - 2
    return days


def fact_name(model: type[Any]) -> str:
    """Name of a model's data set."""
    return str(table_of(model).info["fact"])


# --- writing ---------------------------------------------------------------------------------------------------


def _write(
    connection: Connection,
    city: City,
    rows: dict[type, Rows],
    facts: set[str],
    until: list[int],
    progress: Progress,
    note: Note,
) -> dict[str, int]:
    """Land ``rows`` of the data sets ``facts``, each under a run of its own, and state up to when they are complete."""
    for keys in HEADS:
        _insert(connection, keys, _unknown(connection, keys, rows[keys].added))
    written = {}
    for model in FACTS:
        name = fact_name(model)
        if name not in facts:
            continue
        progress(f"正在写入{table_of(model).comment}")
        written[name] = _land(connection, city, model, rows[model], until, note)
        for district, day in zip(DISTRICTS, until, strict=True):
            span = date.fromordinal(city.since), date.fromordinal(day)
            mark_complete(connection, name, [district.id], *span, demo=True)
    return written


def _land(connection: Connection, city: City, model: type[Any], rows: Rows, until: list[int], note: Note) -> int:
    """Write the rows of one data set under a run of their own; returns their number."""
    now = clock.now()
    run = {
        "dataset": fact_name(model),
        "source": SOURCE,
        "content_hash": _recipe(city),
        "demo": True,
        "status": "running",
        "started_at": now,
        "complete_to": date.fromordinal(max(until)),
        "districts": [district.id for district in DISTRICTS],
    }
    run_id = connection.execute(insert(IngestRun).values(run).returning(IngestRun.id)).scalar_one()
    _change_rows(connection, model, rows.changed, run_id, note)
    added = _insert(connection, model, ({**row, "run_id": run_id} for row in rows.added))
    note(model, connection.execute(select(model.id).where(model.run_id == run_id)).scalars().all())
    counted = {"read": added + len(rows.changed), "landed": added, "corrected": len(rows.changed)}
    ended = {"status": "done", "finished_at": clock.now(), **counted}
    connection.execute(update(IngestRun).where(IngestRun.id == run_id).values(ended))
    return counted["read"]


def _change_rows(connection: Connection, model: type[Any], changed: list[Row], run_id: int, note: Note) -> None:
    """Give new values to rows found by their natural key."""
    if not changed:
        return
    known, key = table_of(model), table_of(model).info["key"]
    query = select(known.c.id, *(known.c[name] for name in key))
    found = rows_where(connection, query, known.c[key[0]], [row[key[0]] for row in changed])
    ids = {tuple(row[name] for name in key): row["id"] for row in found}
    values = [
        {"row_id": ids[tuple(row[name] for name in key)], "run_id": run_id, **_without(row, key)} for row in changed
    ]
    note(model, [row["row_id"] for row in values])
    plain = _plain(model)
    new: dict[str, Any] = {name: bindparam(name) for name in values[0] if name != "row_id"}
    connection.execute(update(plain).where(plain.c.id == bindparam("row_id")).values(new), values)


def _without(row: Row, names: Iterable[str]) -> Row:
    return {name: value for name, value in row.items() if name not in names}


def _insert(connection: Connection, model: type[Any], rows: Iterable[Row]) -> int:
    """Insert rows a chunk at a time; returns their number."""
    plain, source, count = _plain(model), iter(rows), 0
    while chunk := list(islice(source, CHUNK)):
        connection.execute(insert(plain), chunk)
        count += len(chunk)
    return count


def _plain(model: type[Any]) -> TableClause:
    """The model's table taking fixed-point columns in their smallest unit, as the generator makes them."""
    columns = [
        column(c.name, BigInteger() if isinstance(c.type, Fixed) else Date() if isinstance(c.type, Date) else None)
        for c in table_of(model).columns
    ]
    return table(model.__tablename__, *columns)


def _unknown(connection: Connection, model: type[Any], rows: Iterable[Row]) -> Iterator[Row]:
    """Those of ``rows`` whose key is not in the table yet: another data set may have brought it."""
    key = next(iter(table_of(model).primary_key))
    source = iter(rows)
    while chunk := list(islice(source, CHUNK)):
        known = known_keys(connection, key, [row[key.name] for row in chunk])
        yield from (row for row in chunk if row[key.name] not in known)


# --- what is there already -------------------------------------------------------------------------------------

_LAST_RUN = (
    select(IngestRun.content_hash)
    .where(IngestRun.demo, IngestRun.source == SOURCE)
    .order_by(IngestRun.id.desc())
    .limit(1)
)


def _recipe(city: City) -> str:
    """What a later top-up must know to go on with the same city."""
    return f"{city.market.seed}/{city.scale}"


def _read_recipe(text: str) -> tuple[int, float]:
    seed, scale = text.split("/")
    return int(seed), float(scale)


def _demo_spans(connection: Connection) -> list[Any]:
    """Coverage of the data sets that are demonstrations."""
    known = _demo_names(FACTS)
    return [row for row in connection.execute(select(Coverage.__table__).where(Coverage.demo)) if row.fact in known]


def _complete_to(spans: list[Any], district: str) -> int:
    return min(row.complete_to.toordinal() for row in spans if row.district_id == district)


def _demo_names(models: Iterable[type[Any]]) -> set[str]:
    return {fact_name(model) for model in models}


def _note_nothing(_model: type, _ids: Iterable[int]) -> None:
    """Roll-ups are rebuilt afterwards."""
