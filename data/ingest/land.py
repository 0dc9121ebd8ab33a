"""One chunk of rows against the database: what is new, what differs, what is the same, what can't be right."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Connection, insert, literal, null, select, text

from data import clock
from data.access.viewer import Viewer
from data.bulk import as_json, batches, insert_ids, known_keys, one_of, rows_where, table_of, update_rows
from data.ingest.dataset import Dataset, Head, Problem
from data.ingest.datasets import DATASETS
from data.ingest.derive import forget_own
from data.ingest.mapping import Mapping
from data.ingest.owners import held_by_others, held_by_own
from data.ingest.parse import Parsed, RowReader
from data.models import HouseUnit, Quarantine, RowChange
from data.semantic.rollup import Touched


class Claims:
    """Which line of a file first named a natural key, and with which values; kept on disk, so of any size."""

    def __init__(self) -> None:
        self._db = sqlite3.connect("", isolation_level=None)  # a temporary file that SQLite removes by itself
        self._db.execute("PRAGMA journal_mode=OFF")
        self._db.execute("PRAGMA cache_size=-4000")
        self._db.execute("CREATE TABLE claim (key BLOB PRIMARY KEY, line INTEGER, said BLOB) WITHOUT ROWID")

    def claim(self, rows: Iterable[tuple[Parsed, bytes, bytes]]) -> list[tuple[Parsed, int, bool]]:
        """Claim keys in order; returns the rows that came second, after which line, and whether both say the same."""
        taken: list[tuple[Parsed, int, bool]] = []
        self._db.execute("BEGIN")
        for parsed, key, said in rows:
            done = self._db.execute(
                "INSERT INTO claim VALUES (?, ?, ?) ON CONFLICT DO NOTHING", (key, parsed.line, said)
            )
            if done.rowcount == 0:
                line, first = self._db.execute("SELECT line, said FROM claim WHERE key = ?", (key,)).fetchone()
                taken.append((parsed, line, first == said))
        self._db.execute("COMMIT")
        return taken

    def close(self) -> None:
        """Give the file back."""
        self._db.close()


@dataclass
class Verdict:
    """A chunk's rows, each in one of these."""

    fresh: list[Parsed] = field(default_factory=list)
    differing: list[tuple[Parsed, dict[str, Any]]] = field(default_factory=list)
    unchanged: list[Parsed] = field(default_factory=list)
    broken: list[Parsed] = field(default_factory=list)
    skipped: int = 0

    @property
    def read(self) -> int:
        """Rows in all."""
        return self.skipped + len(self.fresh) + len(self.differing) + len(self.unchanged) + len(self.broken)

    @property
    def sound(self) -> list[Parsed]:
        """Rows without a problem."""
        return [*self.fresh, *(parsed for parsed, _ in self.differing), *self.unchanged]


class Judge:
    """Sorts a file's rows, chunk by chunk and in order; a row is compared in the columns that the mapping fills.

    An account bound to districts neither changes nor names what belongs to others, nor learns whether it is there.
    """

    def __init__(self, target: Dataset, mapping: Mapping, viewer: Viewer) -> None:
        self.target = target
        self._districts = viewer.districts
        filled = {*mapping.fields, *target.completed, "region_id", "district_id"}
        self.columns = tuple(name for name in target.columns if name in filled)
        self._claims = Claims()

    def sort(self, connection: Connection, rows: Sequence[Parsed]) -> Verdict:
        """Each row's place; duplicates within the file and references to nothing become problems."""
        verdict = Verdict(skipped=sum(bool(parsed.skip) for parsed in rows))
        sound = self._unclaimed([parsed for parsed in rows if not parsed.skip and not parsed.problems], verdict)
        self._check_references(connection, sound)
        self._check_owners(connection, sound)
        self._compare(connection, [parsed for parsed in sound if not parsed.problems], verdict)
        verdict.broken = [parsed for parsed in rows if parsed.problems]
        return verdict

    def pass_over(self, rows: Sequence[Parsed]) -> None:
        """Only remember the keys of rows that an earlier attempt has landed."""
        self._unclaimed([parsed for parsed in rows if not parsed.skip and not parsed.problems], Verdict())

    def close(self) -> None:
        """Forget the keys."""
        self._claims.close()

    def key_of(self, values: dict[str, Any]) -> tuple[Any, ...]:
        """A row's natural key."""
        return tuple(values[name] for name in self.target.key)

    def _unclaimed(self, rows: list[Parsed], verdict: Verdict) -> list[Parsed]:
        taken = {id(parsed): (line, same) for parsed, line, same in self._claims.claim(map(self._claim, rows))}
        for parsed in rows:
            if id(parsed) not in taken:
                continue
            line, same = taken[id(parsed)]
            if same:
                verdict.unchanged.append(parsed)
            else:
                parsed.problems.append(self._contradiction(parsed, line))
        return [parsed for parsed in rows if id(parsed) not in taken]

    def _claim(self, parsed: Parsed) -> tuple[Parsed, bytes, bytes]:
        said = tuple(parsed.values.get(name) for name in self.columns)
        return parsed, _digest(self.key_of(parsed.values)), _digest(said)

    def _contradiction(self, parsed: Parsed, line: int) -> Problem:
        named = "、".join(f"{self.target.zh_of(name)} {parsed.values[name]}" for name in self.target.key)
        reason = f"第 {line} 行与第 {parsed.line} 行都是{named}，内容不同"
        return Problem(self.target.key[0], str(parsed.values[self.target.key[0]]), reason, "核对两行，只留正确的一行")

    def _check_references(self, connection: Connection, rows: Sequence[Parsed]) -> None:
        for reference in self.target.references:
            named = filter(None, (parsed.values.get(reference.column) for parsed in rows))
            source, whose = DATASETS[reference.source].zh, ""
            if self._districts is None:
                known = known_keys(connection, getattr(reference.model, reference.key), named)
            else:
                known, whose = held_by_own(connection, reference.owned_by, named, self._districts), "本区市的"
            for parsed in rows:
                value = parsed.values.get(reference.column)
                if value is not None and value not in known:
                    reason = f"{source}中没有{whose}“{value}”"
                    remedy = f"先入库{source}，或更正{self.target.zh_of(reference.column)}"
                    parsed.problems.append(Problem(reference.column, str(value), reason, remedy))

    def _check_owners(self, connection: Connection, rows: Sequence[Parsed]) -> None:
        """Refuse rows about things that other districts' rows are about."""
        if self._districts is None:
            return
        for name, column in self.target.owners:
            theirs = held_by_others(connection, column, (parsed.values[name] for parsed in rows), self._districts)
            for parsed in rows:
                if parsed.values[name] in theirs and not parsed.problems:
                    parsed.problems.append(self._of_others(name, parsed))

    def _of_others(self, name: str, parsed: Parsed) -> Problem:
        remedy = f"核对{self.target.zh_of(name)}；确属本区市的，请市级数据管理员更正"
        return Problem(name, str(parsed.values[name]), "该记录属于其他区市", remedy)

    def _bound_elsewhere(self, connection: Connection, existing: Iterable[dict[str, Any]]) -> set[int]:
        """Ids of own rows that the city has tied to another district's thing: correcting them would move that."""
        if self._districts is None:
            return set()
        existing = list(existing)
        found: set[int] = set()
        for reference in self.target.references:
            named = (row[reference.column] for row in existing)
            theirs = held_by_others(connection, reference.owned_by, named, self._districts)
            found.update(row["id"] for row in existing if row[reference.column] in theirs)
        return found

    def _compare(self, connection: Connection, rows: Sequence[Parsed], verdict: Verdict) -> None:
        table = self.target.table
        first = self.target.key[0]
        wanted = {self.key_of(parsed.values): parsed for parsed in rows}
        asked = (parsed.values[first] for parsed in rows)
        found = rows_where(connection, select(table), table.c[first], asked)
        found = [row for row in found if self.key_of(row) in wanted]
        if self.target.follow and self.target.follow.own:
            self.target.follow.own(connection, found)
        existing = {self.key_of(row): row for row in found}
        elsewhere = self._bound_elsewhere(connection, existing.values())
        for key, parsed in wanted.items():
            old = existing.get(key)
            if old is None:
                verdict.fresh.append(parsed)
            elif all(old[name] == parsed.values.get(name) for name in self.columns):
                verdict.unchanged.append(parsed)
            elif old["id"] in elsewhere:
                parsed.problems.append(self._of_others(first, parsed))
            else:
                verdict.differing.append((parsed, old))


def _digest(values: tuple[Any, ...]) -> bytes:
    return hashlib.blake2b(repr(values).encode(), digest_size=16).digest()


def one_writer(connection: Connection, facts: Iterable[type[Any]]) -> None:
    """Let one transaction at a time compare and write these facts: SQLite's writer is alone already.

    Locks are taken in the order of their names and before those of the cubes, so two runs never block each other.
    """
    if connection.dialect.name == "postgresql":
        for name in sorted({table_of(fact).name for fact in facts}):
            connection.execute(text("SELECT pg_advisory_xact_lock(hashtext(:name))"), {"name": f"ingest:{name}"})


# --- writing -----------------------------------------------------------------------------------------------------


def write(connection: Connection, touched: Touched, judge: Judge, verdict: Verdict, run_id: int) -> None:
    """Land a chunk's new rows, correct the differing ones with the old values kept, and recompute what follows."""
    target = judge.target
    _make_heads(connection, target, verdict.fresh)
    _land(connection, touched, target, verdict.fresh, run_id)
    _correct(connection, touched, judge, verdict.differing, run_id)
    changed = [parsed.values for parsed in (*verdict.fresh, *(parsed for parsed, _ in verdict.differing))]
    follow(connection, touched, target, [*changed, *(old for _, old in verdict.differing)])


def follow(connection: Connection, touched: Touched, target: Dataset, rows: Sequence[dict[str, Any]]) -> None:
    """Bring what follows from changed ``rows`` (old and new) up to date: derived columns, and names of heads."""
    for head in target.heads:
        if head.refreshed_by:
            _refresh_head(connection, target, head, {row[head.key] for row in rows})
    if target.follow:
        column = target.follow.column
        changed = [row for row in rows if row.get(column) is not None]
        keys = {row[column] for row in changed}
        if not target.follow.since:
            target.follow.derive(connection, touched, keys)
            return
        firsts: dict[str, date] = {}
        for row in changed:
            day = row[target.day]
            firsts[row[column]] = min(day, firsts.get(row[column], day))
        target.follow.derive(connection, touched, keys, firsts)


def quarantine(connection: Connection, run_id: int, reader: RowReader, rows: Iterable[Parsed]) -> None:
    """Keep broken rows as they were read, with their problems."""
    kept = [
        {
            "run_id": run_id,
            "line": parsed.line,
            "raw": reader.raw(parsed.row),
            "problems": [
                asdict(item) | {"zh": reader.target.zh_of(item.field), "column": reader.column_of(item.field)}
                for item in parsed.problems
            ],
        }
        for parsed in rows
    ]
    if kept:
        connection.execute(insert(Quarantine), kept)


def _make_heads(connection: Connection, target: Dataset, rows: Sequence[Parsed]) -> None:
    for head in target.heads:
        column = getattr(head.model, head.key)
        wanted = {parsed.values[head.values[head.key]]: parsed.values for parsed in rows}
        missing = wanted.keys() - known_keys(connection, column, wanted)
        if missing:
            connection.execute(
                insert(head.model),
                [{name: wanted[key][source] for name, source in head.values.items()} for key in sorted(missing)],
            )


def _refresh_head(connection: Connection, target: Dataset, head: Head, keys: Iterable[str]) -> None:
    """Let a head say what the newest row of its key says."""
    assert head.refreshed_by
    table, heads = target.table, table_of(head.model)
    query = select(table.c[head.refreshed_by], *(table.c[source].label(name) for name, source in head.values.items()))
    newest: dict[str, dict[str, Any]] = {}
    for row in rows_where(connection, query, table.c[head.key], keys):
        best = newest.get(row[head.key])
        if best is None or row[head.refreshed_by] > best[head.refreshed_by]:
            newest[row[head.key]] = row
    now = {row[head.key]: row for row in rows_where(connection, select(heads), heads.c[head.key], newest)}
    for key, row in newest.items():
        wanted = {name: row[name] for name in head.values}
        if wanted != {name: now[key][name] for name in head.values}:
            connection.execute(heads.update().where(heads.c[head.key] == key).values(wanted))


def _land(connection: Connection, touched: Touched, target: Dataset, rows: Sequence[Parsed], run_id: int) -> None:
    if not rows:
        return
    blank = dict.fromkeys(target.columns)
    ids = insert_ids(connection, target.table, [blank | parsed.values | {"run_id": run_id} for parsed in rows])
    touched.note(target.model, ids)
    for some in batches(ids):
        row = select(literal(run_id), literal(target.name), target.table.c.id, literal(clock.now()), null())
        connection.execute(
            insert(RowChange).from_select(
                ["run_id", "fact", "row_id", "changed_at", "old"],
                row.where(one_of(connection, target.table.c.id, some)),
            )
        )


def _correct(
    connection: Connection,
    touched: Touched,
    judge: Judge,
    pairs: Sequence[tuple[Parsed, dict[str, Any]]],
    run_id: int,
) -> None:
    if not pairs:
        return
    target, now = judge.target, clock.now()
    touched.note(target.model, [old["id"] for _, old in pairs])
    new = [
        old | {name: parsed.values.get(name) for name in judge.columns} | {"run_id": run_id} for parsed, old in pairs
    ]
    connection.execute(
        insert(RowChange),
        [
            {
                "run_id": run_id,
                "fact": target.name,
                "row_id": old["id"],
                "changed_at": now,
                "old": kept_values(target, old),
            }
            for _, old in pairs
        ],
    )
    update_rows(connection, target.table, (*target.columns, "run_id"), new)
    if target.model is HouseUnit:
        forget_own(connection, [old["id"] for _, old in pairs])


def kept_values(target: Dataset, row: dict[str, Any]) -> dict[str, Any]:
    """A row's values as sys_row_change keeps them: what a file may fill, and the run that wrote it."""
    return {name: as_json(row[name]) for name in (*target.columns, "run_id")}
