"""Taking a run back: its rows are deleted or get their old values, unless a later run has corrected them since."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, delete, func, select, update

from data import clock
from data.access.viewer import Viewer
from data.bulk import batches, delete_ids, from_json, one_of, rows_where, table_of, update_rows
from data.coverage import Days, forget, mark_complete, span_known
from data.errors import PlatformError
from data.ingest.dataset import Dataset
from data.ingest.datasets import dataset
from data.ingest.derive import forget_own
from data.ingest.land import follow, one_writer
from data.ingest.replace import prune_heads, references_to
from data.ingest.run import check_allowed, run_of
from data.models import Coverage, HouseUnit, IngestRun, RowChange
from data.semantic.rollup import Touched, change

if TYPE_CHECKING:
    from data.platform import Platform

CHUNK = 5_000


@dataclass(frozen=True)
class Left:
    """A row that was left as it is: its natural key, and why."""

    key: tuple[str, ...]
    reason: str
    run_id: int | None = None


@dataclass
class UndoReceipt:
    """What taking a run back did."""

    run_id: int
    dataset: str
    deleted: int = 0
    restored: int = 0
    left: list[Left] = field(default_factory=list)


def undo(platform: Platform, run_id: int, viewer: Viewer) -> UndoReceipt:
    """Take a run back, chunk by chunk; a broken-off undo goes on where it was.

    Rows that a later run corrected stay and are listed; taking that run back later then gives the values from before
    this one. PlatformError where there is nothing to take back or the account may not.
    """
    check_allowed(viewer)
    with platform.db.read() as connection:
        run = run_of(connection, run_id, viewer)
    if run["status"] == "undone":
        raise PlatformError(f"批次 {run_id} 已经撤销", run["source"], "无需再次撤销")
    if run["demo"]:
        raise PlatformError("演示数据不能逐批撤销", run["source"], "用 flask --app app demo remove 一次清除")
    target = dataset(run["dataset"])
    receipt = UndoReceipt(run_id, target.name)
    after: int | None = None
    while True:
        with platform.db.write() as connection:
            one_writer(connection, target.facts)
            changes = _newest_changes(connection, target, run_id, after)
            if not changes:
                _close(connection, target, run_id, run["districts"])
                return receipt
            after = changes[-1]["id"]
            with change(connection, platform.registry, target.facts) as touched:
                _take_back(connection, touched, target, changes, receipt)


def _newest_changes(connection: Connection, target: Dataset, run_id: int, before: int | None) -> list[dict[str, Any]]:
    query = select(table_of(RowChange)).where(RowChange.run_id == run_id, RowChange.fact == target.name)
    if before is not None:
        query = query.where(RowChange.id < before)
    return list(map(dict, connection.execute(query.order_by(RowChange.id.desc()).limit(CHUNK)).mappings()))


def _take_back(
    connection: Connection, touched: Touched, target: Dataset, changes: Sequence[dict[str, Any]], receipt: UndoReceipt
) -> None:
    table = target.table
    named = (item["row_id"] for item in changes)
    rows = {row["id"]: row for row in rows_where(connection, select(table), table.c.id, named)}
    mine = [item for item in changes if item["row_id"] in rows and rows[item["row_id"]]["run_id"] == receipt.run_id]
    later = [item for item in changes if item["row_id"] in rows and rows[item["row_id"]]["run_id"] != receipt.run_id]
    referred = _referred(connection, table, [rows[item["row_id"]] for item in mine if item["old"] is None])
    gone = [item["row_id"] for item in mine if item["old"] is None and item["row_id"] not in referred]
    restored = [(rows[item["row_id"]], item["old"]) for item in mine if item["old"] is not None]
    touched.note(target.model, [*gone, *(row["id"] for row, _ in restored)])
    new = [row | _restored(target, old) for row, old in restored]
    update_rows(connection, table, (*target.columns, "run_id"), new)
    delete_ids(connection, table, gone)
    if target.model is HouseUnit:
        forget_own(connection, [*gone, *(row["id"] for row in new)])
    _splice(connection, target, later)
    follow(connection, touched, target, [*new, *(rows[row] for row in gone), *(row for row, _ in restored)])
    for some in batches(item["id"] for item in changes if item["row_id"] not in referred):
        connection.execute(delete(RowChange).where(one_of(connection, RowChange.id, some)))
    receipt.deleted += len(gone)
    receipt.restored += len(new)
    receipt.left.extend(_left(target, rows[item["row_id"]], "已被后来的批次更正") for item in later)
    receipt.left.extend(_left(target, rows[row], "仍被其他记录引用") for row in sorted(referred))


def _restored(target: Dataset, old: dict[str, Any]) -> dict[str, Any]:
    table = target.table
    return {name: from_json(table.c[name], value) for name, value in old.items() if name in table.c}


def _referred(connection: Connection, table: Any, rows: Iterable[dict[str, Any]]) -> set[int]:
    """Ids of rows that rows of other tables refer to by their key."""
    rows = list(rows)
    found: set[int] = set()
    for column in references_to(table):
        key = next(iter(column.foreign_keys)).column.name
        if key == "id":
            continue
        used = {row[column.name] for row in rows_where(connection, select(column), column, (row[key] for row in rows))}
        found.update(row["id"] for row in rows if row[key] in used)
    return found


def _splice(connection: Connection, target: Dataset, later: Sequence[dict[str, Any]]) -> None:
    """Let the next correction of each row remember the values from before this run instead of this run's."""
    change_ = table_of(RowChange)
    before = {item["row_id"]: item for item in later}
    query = select(change_.c.id, change_.c.row_id).where(change_.c.fact == target.name).order_by(change_.c.id)
    following: dict[int, int] = {}
    for row in rows_where(connection, query, change_.c.row_id, before):
        if row["id"] > before[row["row_id"]]["id"]:
            following.setdefault(row["row_id"], row["id"])
    update_rows(
        connection, change_, ("old",), [{"id": row, "old": before[key]["old"]} for key, row in following.items()]
    )


def _left(target: Dataset, row: dict[str, Any], reason: str) -> Left:
    return Left(tuple(str(row[name]) for name in target.key), reason, row["run_id"])


def _close(connection: Connection, target: Dataset, run_id: int, districts: Sequence[str]) -> None:
    connection.execute(update(IngestRun).where(IngestRun.id == run_id).values(status="undone", finished_at=clock.now()))
    prune_heads(connection, target)
    _uncover(connection, target, run_id, districts)


def _uncover(connection: Connection, target: Dataset, run_id: int, districts: Sequence[str]) -> None:
    """Let coverage rest on the runs that remain; a district that none speaks for any more has none.

    A demonstration that real data have replaced speaks for nobody.
    """
    demo = connection.execute(select(IngestRun.demo).where(IngestRun.id == run_id)).scalar_one()
    others = connection.execute(
        select(IngestRun.complete_to, IngestRun.districts, IngestRun.covers).where(
            IngestRun.dataset == target.name,
            IngestRun.status == "done",
            IngestRun.demo == demo,
            IngestRun.id != run_id,
            IngestRun.complete_to.is_not(None),
        )
    ).all()
    kept: dict[str, tuple[list[Days], bool]] = {}
    for row in connection.execute(select(table_of(Coverage)).where(Coverage.fact == target.name)):
        known = span_known(connection, target.name, row.district_id)
        assert known is not None
        runs = known.runs
        if row.district_id in districts:
            spoken = (_spoken(connection, target, run, row) for run in others if row.district_id in run.districts)
            runs = [days for said in spoken for days in said]
        kept[row.district_id] = (runs, row.demo)
    forget(connection, target.name)
    for district, (runs, of_demo) in kept.items():
        for since, until in runs:
            mark_complete(connection, target.name, (district,), since, until, of_demo)


def _spoken(connection: Connection, target: Dataset, run: Any, known: Any) -> list[Days]:
    """The days for which a run speaks for a district; of one that kept no account, from its first row on."""
    if run.covers is not None:
        runs = run.covers.get(known.district_id, [])
        return [(date.fromisoformat(first), date.fromisoformat(last)) for first, last in runs]
    first = max(_first_day(connection, target, known.district_id) or known.since, known.since)
    return [(min(first, run.complete_to), run.complete_to)]


def _first_day(connection: Connection, target: Dataset, district: str) -> date | None:
    table = target.table
    return connection.execute(select(func.min(table.c[target.day])).where(table.c.district_id == district)).scalar()
