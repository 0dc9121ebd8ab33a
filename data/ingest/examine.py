"""What would become of a file, without writing anything: for the preview before a clerk confirms."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from data.access.viewer import Viewer
from data.ingest import cells, replace
from data.ingest.datasets import dataset
from data.ingest.land import Judge, Verdict
from data.ingest.mapping import Mapping
from data.ingest.outliers import Outlier, Ranges
from data.ingest.parse import Parsed, RowReader
from data.ingest.readers import headings, open_book
from data.ingest.run import CHUNK, Seen, check_allowed, check_dataset, chunks, csv_options, fitted

if TYPE_CHECKING:
    from data.platform import Platform

PREVIEW = 60
"""Rows of the file that the preview shows: the first ones, and the first broken ones further down."""

LISTED = 200
"""Problems that are listed one by one; all are counted."""

TIMEOUT_S = 60.0


@dataclass(frozen=True)
class Fault:
    """One bad cell: where it stands, what it says, what is wrong, what to do."""

    line: int
    field: str
    zh: str
    column: str
    value: str
    reason: str
    remedy: str


@dataclass(frozen=True)
class Line:
    """A row of the preview: its cells as they stand, and what became of it (a reason to skip it, or empty)."""

    number: int
    cells: tuple[str, ...]
    skip: str
    broken: bool


@dataclass
class Findings:
    """Counts over the whole file, its first rows, and all that a clerk should look at before confirming."""

    headings: list[str]
    encoding: str = ""
    read: int = 0
    fresh: int = 0
    differing: int = 0
    unchanged: int = 0
    broken: int = 0
    skipped: int = 0
    first: date | None = None
    last: date | None = None
    districts: list[str] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)
    outliers: list[Outlier] = field(default_factory=list)
    outlier_count: int = 0
    ranges_late: bool = False
    demo: bool = False

    def count(self, verdict: Verdict) -> None:
        """Add a chunk to the counts."""
        self.read += verdict.read
        self.fresh += len(verdict.fresh)
        self.differing += len(verdict.differing)
        self.unchanged += len(verdict.unchanged)
        self.broken += len(verdict.broken)
        self.skipped += verdict.skipped


def examine(platform: Platform, path: Path, name: str, mapping: Mapping, viewer: Viewer) -> Findings:
    """Read a whole file by a mapping and judge each row against the database, as :func:`~.run.ingest` would."""
    check_allowed(viewer)
    target = dataset(mapping.dataset)
    check_dataset(target, mapping)
    with open_book(path, name=name, **csv_options(mapping)) as book:
        mapping = fitted(mapping, book)
        return _examined(platform, RowReader(target, mapping, book, platform.regions(), viewer), viewer)


def _examined(platform: Platform, reader: RowReader, viewer: Viewer) -> Findings:
    target, mapping, book = reader.target, reader.mapping, reader.book
    found, seen = Findings(reader.headings, book.encoding), Seen(target.day)
    judge = Judge(target, mapping, viewer)
    try:
        with platform.db.read(TIMEOUT_S) as connection:
            found.demo = replace.holds_demo(connection, target)
        ranges = Ranges.load(platform.db, target)
        for rows in chunks(reader, CHUNK):
            with platform.db.read(TIMEOUT_S) as connection:
                verdict = judge.sort(connection, rows)
            found.count(verdict)
            seen.add(verdict.sound)
            ranges.look(verdict.sound)
            for parsed in rows:
                _show(found, reader, parsed)
    finally:
        judge.close()
    found.first, found.last = seen.first, seen.last
    found.districts = [region for region in platform.regions().districts() if region in seen.districts]
    found.outliers, found.outlier_count, found.ranges_late = ranges.found, ranges.count, ranges.late
    return found


def first_rows(path: Path, name: str, mapping: Mapping) -> Findings:
    """Headings and first rows of a file, for a mapping that can't read it yet."""
    with open_book(path, name=name, **csv_options(mapping)) as book:
        mapping = fitted(mapping, book)
        sheet = book.sheet(mapping.sheet)
        head = book.head(sheet)
        found = Findings(headings(head, book.merges(sheet), *mapping.headings), book.encoding)
    for row in head[:PREVIEW]:
        shown = tuple(cells.show(row[place]) for place in range(len(found.headings)))
        found.lines.append(Line(row.line, shown, "表头" if row.line <= mapping.headings[1] else "", False))
    return found


def _show(found: Findings, reader: RowReader, parsed: Parsed) -> None:
    broken = bool(parsed.problems)
    if len(found.lines) < PREVIEW // 2 or (broken and len(found.lines) < PREVIEW):
        shown = tuple(reader.raw(parsed.row).values())
        found.lines.append(Line(parsed.line, shown, parsed.skip, broken))
    for problem in parsed.problems:
        zh = reader.target.zh_of(problem.field)
        found.reasons[zh, _kind(problem.reason)] += 1
        if len(found.faults) < LISTED:
            column = reader.column_of(problem.field)
            found.faults.append(
                Fault(parsed.line, problem.field, zh, column, problem.value, problem.reason, problem.remedy)
            )


def _kind(reason: str) -> str:
    """A reason without the value it quotes, so that like ones are counted together."""
    head, quote, rest = reason.partition("“")
    return f"{head}…{rest.partition('”')[2]}" if quote else reason
