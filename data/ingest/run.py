"""A file's way into the database: one run, chunk by chunk, to be taken up again where it broke off.

Each chunk is one transaction: rows, roll-ups, old values, refused rows and the run's own counters stand or fall
together. A run that was killed is found again by the digest of content and mapping; its rows are read once more only
to remember their keys, and landing goes on at the first row that had no transaction.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, func, insert, select, update

from data import clock
from data.access.viewer import Viewer
from data.coverage import Days, claimed, mark_complete, span_known
from data.errors import PlatformError
from data.ingest import replace
from data.ingest.dataset import Dataset
from data.ingest.datasets import dataset
from data.ingest.land import Judge, Verdict, one_writer, quarantine, write
from data.ingest.mapping import REASON, Mapping
from data.ingest.outliers import Outlier, Ranges
from data.ingest.parse import Parsed, RowReader
from data.ingest.propose import propose
from data.ingest.readers import Book, open_book
from data.models import IngestRun, Quarantine, RowChange
from data.regions import Regions
from data.semantic.rollup import change, refresh_statistics

if TYPE_CHECKING:
    from data.platform import Platform

CHUNK = 5_000
"""Rows of a file that land in one transaction."""

UPLOADERS = ("section", "writer", "district", "steward", "admin")
"""Roles that may send data in."""

COUNTS = ("read", "landed", "corrected", "unchanged", "quarantined", "skipped")


class Taken(PlatformError):
    """Another process is landing the same file; that run is its own."""


@dataclass
class Receipt:
    """What became of a file: ``read = landed + corrected + unchanged + quarantined + skipped``."""

    run_id: int
    dataset: str
    source: str
    read: int = 0
    landed: int = 0
    corrected: int = 0
    unchanged: int = 0
    quarantined: int = 0
    skipped: int = 0
    complete_from: date | None = None
    complete_to: date | None = None
    districts: tuple[str, ...] = ()
    resumed: bool = False
    note: str = ""
    outlier_count: int = 0
    outliers: list[Outlier] = field(default_factory=list)
    ranges_late: bool = False

    @property
    def balanced(self) -> bool:
        """Whether every row read is accounted for."""
        return self.read == self.landed + self.corrected + self.unchanged + self.quarantined + self.skipped


@dataclass
class Seen:
    """Where and when the sound rows of a file lie."""

    day: str
    districts: dict[str, set[date]] = field(default_factory=dict)

    @property
    def first(self) -> date | None:
        """The earliest day."""
        return min((day for days in self.districts.values() for day in days), default=None)

    @property
    def last(self) -> date | None:
        """The latest day."""
        return max((day for days in self.districts.values() for day in days), default=None)

    def add(self, rows: list[Parsed]) -> None:
        """Count these rows in."""
        for parsed in rows:
            days = self.districts.setdefault(parsed.values["district_id"], set())
            if (day := parsed.values.get(self.day)) is not None:
                days.add(day)


Progress = Callable[[Receipt], object]


def ingest(
    platform: Platform,
    source: Path,
    into: str,
    mapping: Mapping | None,
    complete_to: date | None,
    viewer: Viewer,
    *,
    name: str = "",
    complete_from: date | None = None,
    replace_demo: bool = False,
    chunk: int = CHUNK,
    progress: Progress | None = None,
) -> Receipt:
    """Read a file into a data set; without a ``mapping`` the proposed one is used.

    ``complete_to``: the day up to which the file's districts have reported everything; None leaves coverage alone.
    ``complete_from``: since when; None means the file's first day for a district that has reported nothing yet, and
    for others whatever follows what is known (:func:`data.coverage.claimed`).
    ``replace_demo`` removes demonstration rows of the data set first. PlatformError where the file or the mapping
    can't be read, the account may not, or demonstration data are in the way.
    """
    check_allowed(viewer)
    check_complete(complete_from, complete_to)
    target = dataset(into)
    name = name or source.name
    with open_book(source, name=name, **csv_options(mapping)) as book:
        mapping = fitted(mapping, book) if mapping else propose(target, book)
        check_dataset(target, mapping)
        reader = RowReader(target, mapping, book, platform.regions(), viewer)
        _make_way(platform, target, replace_demo, viewer)
        receipt, position = _open_run(platform, target, source, name, mapping, complete_to, viewer)
        receipt.complete_from = complete_from
        judge = Judge(target, mapping, viewer)
        try:
            _land_all(platform, reader, judge, receipt, position, chunk, progress)
        except Taken:
            raise
        except (Exception, KeyboardInterrupt) as error:
            _fail(platform, receipt.run_id, error)
            raise
        finally:
            judge.close()
    return receipt


def check_allowed(viewer: Viewer) -> None:
    """Refuse accounts whose role sends no data in."""
    if viewer.role not in UPLOADERS:
        raise PlatformError("本账号不能上传数据", "数据上传", "请数据管理员或业务处室账号上传")


def check_complete(since: date | None, until: date | None) -> None:
    """Refuse a day that has not come yet, and a span without a day."""
    if until is not None and until > clock.today():
        raise PlatformError(f"“数据完整至” {until} 在今天之后", "数据上传", f"填 {clock.today()} 或更早的日期")
    if since is not None and (until is None or since > until):
        raise PlatformError("“数据完整自”晚于“数据完整至”", "数据上传", "核对两个日期")


def check_dataset(target: Dataset, mapping: Mapping) -> None:
    """Refuse a mapping that was made for another data set."""
    if mapping.dataset != target.name:
        raise PlatformError(f"读法是为 {mapping.dataset} 写的，不是 {target.name}", "读法", "换用对应的读法")


def chunks(reader: RowReader, size: int) -> Iterator[list[Parsed]]:
    """Rows of a file, so many at a time."""
    rows = iter(reader)
    while some := list(islice(rows, size)):
        yield some


def fitted(mapping: Mapping, book: Book) -> Mapping:
    """``mapping`` for this very file: refused rows that come back mended have one line of headings, on one sheet."""
    head = book.head(book.sheet(), 1)
    if head and head[0][0] == REASON:
        return mapping.model_copy(update={"headings": (head[0].line, head[0].line), "sheet": ""})
    return mapping


def csv_options(mapping: Mapping | None) -> dict[str, str]:
    """What a mapping says of a text file's writing."""
    return {"encoding": mapping.encoding, "delimiter": mapping.delimiter} if mapping else {}


def _make_way(platform: Platform, target: Dataset, replace_demo: bool, viewer: Viewer) -> None:
    with platform.db.write() as connection:
        if not replace.holds_demo(connection, target):
            return
        if not replace_demo:
            raise PlatformError(
                f"{target.zh}中是演示数据，真实数据不能与之混在一起",
                "入库",
                "确认后选择“替换演示数据”（命令行加 --replace-demo），该数据集的演示数据将先被清除",
            )
        if viewer.districts is not None:
            raise PlatformError("区市账号不能清除全市的演示数据", "入库", "请数据管理员先替换演示数据")
        replace.remove_demo(connection, platform.registry, (target,))


# --- the run -----------------------------------------------------------------------------------------------------


def _open_run(
    platform: Platform,
    target: Dataset,
    source: Path,
    name: str,
    mapping: Mapping,
    complete_to: date | None,
    viewer: Viewer,
) -> tuple[Receipt, int]:
    """The broken-off run of this content, or a new one; and how many rows it has dealt with."""
    digest = _digest(source, mapping)
    run = IngestRun
    with platform.db.write() as connection:
        old = connection.execute(
            select(run.id, run.position, *(getattr(run, count) for count in COUNTS))
            .where(
                run.dataset == target.name,
                run.content_hash == digest,
                run.username == viewer.username,
                run.status.in_(("running", "failed")),
                run.demo.is_(False),
            )
            .order_by(run.id.desc())
        ).first()
        receipt = Receipt(0, target.name, name, complete_to=complete_to, note=mapping.note)
        if old is not None:
            values = {"status": "running", "complete_to": complete_to, "message": mapping.note}
            connection.execute(update(run).where(run.id == old.id).values(values))
            receipt.run_id, receipt.resumed = old.id, True
            for count in COUNTS:
                setattr(receipt, count, getattr(old, count))
            return receipt, old.position
        receipt.run_id = connection.execute(
            insert(run)
            .values(
                dataset=target.name,
                source=name[-200:],
                content_hash=digest,
                username=viewer.username,
                demo=False,
                status="running",
                started_at=clock.now(),
                complete_to=complete_to,
                districts=[],
                message=mapping.note,
            )
            .returning(run.id)
        ).scalar_one()
    return receipt, 0


def _digest(source: Path, mapping: Mapping) -> str:
    digest = hashlib.sha256(mapping.to_yaml().encode())
    with source.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _land_all(
    platform: Platform,
    reader: RowReader,
    judge: Judge,
    receipt: Receipt,
    position: int,
    size: int,
    progress: Progress | None,
) -> None:
    seen = Seen(reader.target.day)
    ranges = Ranges.load(platform.db, reader.target)
    done = 0
    for rows in chunks(reader, size):
        landed, rows = rows[: max(0, position - done)], rows[max(0, position - done) :]
        if landed:
            judge.pass_over(landed)
            seen.add([parsed for parsed in landed if not parsed.skip and not parsed.problems])
            done += len(landed)
        if not rows:
            continue
        sound = _land_chunk(platform, reader, judge, receipt, rows, done)
        done += len(rows)
        seen.add(sound)
        ranges.look(sound)
        if progress:
            progress(receipt)
    receipt.districts = tuple(sorted(seen.districts))
    receipt.outliers, receipt.outlier_count, receipt.ranges_late = ranges.found, ranges.count, ranges.late
    _finish(platform, reader.target, receipt, seen, done)


def _land_chunk(
    platform: Platform, reader: RowReader, judge: Judge, receipt: Receipt, rows: list[Parsed], done: int
) -> list[Parsed]:
    """One chunk, in one transaction; returns its sound rows."""
    target = reader.target
    with platform.db.write() as connection:
        one_writer(connection, target.facts)
        verdict = judge.sort(connection, rows)
        if verdict.fresh or verdict.differing:
            newest = connection.execute(select(func.max(RowChange.id))).scalar() or 0
            with change(connection, platform.registry, target.facts) as touched:
                write(connection, touched, judge, verdict, receipt.run_id)
            _check_written(connection, target, receipt.run_id, newest, len(verdict.fresh) + len(verdict.differing))
        quarantine(connection, receipt.run_id, reader, verdict.broken)
        counts = _counted(receipt, verdict)
        moved = connection.execute(
            update(IngestRun)
            .where(IngestRun.id == receipt.run_id, IngestRun.position == done, IngestRun.status == "running")
            .values(position=done + len(rows), **counts)
        )
        if moved.rowcount != 1:
            raise Taken("另一进程正在处理同一文件", receipt.source, "等它结束后再看结果")
    for name, count in counts.items():
        setattr(receipt, name, count)
    return verdict.sound


def _counted(receipt: Receipt, verdict: Verdict) -> dict[str, int]:
    return {
        "read": receipt.read + verdict.read,
        "landed": receipt.landed + len(verdict.fresh),
        "corrected": receipt.corrected + len(verdict.differing),
        "unchanged": receipt.unchanged + len(verdict.unchanged),
        "quarantined": receipt.quarantined + len(verdict.broken),
        "skipped": receipt.skipped + verdict.skipped,
    }


def _finish(platform: Platform, target: Dataset, receipt: Receipt, seen: Seen, done: int) -> None:
    regions = platform.regions()
    with platform.db.write() as connection:
        refresh_statistics(connection, platform.registry, target.facts)
        check_balance(connection, receipt.run_id, done)
        covers = _cover(connection, target, receipt, seen) if receipt.complete_to else {}
        outside = f"{receipt.outlier_count} 个值超出上年范围" if receipt.outlier_count else ""
        late = "上年范围未能及时算出，未作比对" if receipt.ranges_late else ""
        silent = _silent(connection, target, covers, regions)
        message = "；".join(filter(None, (receipt.note, outside, late, *silent)))
        connection.execute(
            update(IngestRun)
            .where(IngestRun.id == receipt.run_id)
            .values(
                status="done",
                finished_at=clock.now(),
                districts=list(receipt.districts),
                covers={place: [[day.isoformat() for day in days] for days in runs] for place, runs in covers.items()},
                message=message,
            )
        )


def _cover(connection: Connection, target: Dataset, receipt: Receipt, seen: Seen) -> dict[str, list[Days]]:
    """State which days the run's districts have reported in full; returns them, by district."""
    assert receipt.complete_to is not None
    covers: dict[str, list[Days]] = {}
    for district in receipt.districts:
        known = span_known(connection, target.name, district)
        if receipt.complete_from:
            covers[district] = [(receipt.complete_from, receipt.complete_to)]
        elif known is None:
            covers[district] = claimed(None, {seen.first} if seen.first else (), receipt.complete_to)
        else:
            covers[district] = claimed(known, seen.districts[district], receipt.complete_to)
        for since, until in covers[district]:
            mark_complete(connection, target.name, (district,), since, until, demo=False)
    return covers


def _silent(connection: Connection, target: Dataset, districts: Iterable[str], regions: Regions) -> Iterator[str]:
    """The days that these districts have left out up to now, in words."""
    for district in districts:
        known = span_known(connection, target.name, district)
        for first, last in known.gaps if known else ():
            yield f"{regions.name(district)} {first} 至 {last} 未报"


def _check_written(connection: Connection, target: Dataset, run_id: int, newest: int, count: int) -> None:
    """Refuse a chunk that did not leave one kept value for each row it wrote: undoing it would be wrong."""
    change_ = RowChange
    mine = (change_.run_id == run_id) & (change_.fact == target.name) & (change_.id > newest)
    written = connection.execute(select(func.count()).select_from(change_).where(mine)).scalar_one()
    if written != count:
        raise RuntimeError(f"run {run_id} wrote {count} rows and kept {written} values")


def check_balance(connection: Connection, run_id: int, read: int) -> None:
    """Refuse a run whose counters and refused rows don't add up: a fault of the program, never shown as a receipt."""
    run = connection.execute(select(IngestRun.__table__).where(IngestRun.id == run_id)).one()
    refused = connection.execute(
        select(func.count()).select_from(Quarantine).where(Quarantine.run_id == run_id)
    ).scalar_one()
    parts = run.landed + run.corrected + run.unchanged + run.quarantined + run.skipped
    if not (run.read == parts == read and refused == run.quarantined):
        raise RuntimeError(f"run {run_id} does not balance: read {read}, counted {run.read} = {parts}")


def _fail(platform: Platform, run_id: int, error: BaseException) -> None:
    message = str(error) or type(error).__name__
    with platform.db.write() as connection:
        connection.execute(
            update(IngestRun)
            .where(IngestRun.id == run_id, IngestRun.status == "running")
            .values(status="failed", finished_at=clock.now(), message=message[:2000])
        )


def recent_runs(connection: Connection, viewer: Viewer, limit: int = 20) -> list[dict[str, Any]]:
    """The newest runs of real data; a district account sees its own only."""
    query = select(IngestRun.__table__).where(IngestRun.demo.is_(False)).order_by(IngestRun.id.desc()).limit(limit)
    if viewer.districts is not None:
        query = query.where(IngestRun.username == viewer.username)
    return list(map(dict, connection.execute(query).mappings()))


def run_of(connection: Connection, run_id: int, viewer: Viewer) -> dict[str, Any]:
    """One run, for its uploader and for city-wide accounts that may upload; PlatformError for anyone else."""
    row = connection.execute(select(IngestRun.__table__).where(IngestRun.id == run_id)).mappings().first()
    may = viewer.role in UPLOADERS and viewer.districts is None
    if row is None or not (may or row["username"] == viewer.username):
        raise PlatformError(f"没有批次 {run_id}", "入库批次", "在上传页的批次列表中选择")
    return dict(row)
