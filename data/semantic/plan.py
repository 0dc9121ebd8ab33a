"""From a question to statements: which rung answers, and how whole months and ragged days are put together."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, Connection, Select, Table, and_, case, cast, func, literal, or_, select, union_all
from sqlalchemy.sql.elements import ColumnElement

from data.periods import add_months, month_of
from data.semantic.scope import Where
from data.semantic.sets import Counts
from data.semantic.spec import Bucket, Cube, Grain, Measure, Member, Rung
from data.semantic.sql import rung_table

FOLD_SEGMENTS = 8
"""Up to so many segments the database adds a segment's cells itself; beyond, it returns cells and Python adds."""


@dataclass(frozen=True)
class Verdict:
    """Whether a rung was chosen for a cube, and if not, why not."""

    cube: str
    rung: str
    chosen: bool
    reason: str


@dataclass(frozen=True)
class Read:
    """What is read from one cube: measures at boundaries, apart by dimensions, under conditions.

    ``bounds`` are sorted days b0 < b1 < … < bk; an event cube gives the sums of ``[b_i, b_i+1)``, a stock in
    addition all that lies before b0.
    """

    cube: Cube
    measures: tuple[Measure, ...]
    by: tuple[str, ...]
    where: Where
    bounds: tuple[date, ...]

    @property
    def ends(self) -> tuple[date, ...]:
        """Bounds before which anything is added: before an event's first one nothing is."""
        return self.bounds if self.cube.is_stock else self.bounds[1:]

    @property
    def runs(self) -> bool:
        """Whether the database gives running sums, a row a member: where many members have few bounds."""
        return bool(self.by) and len(self.bounds) <= FOLD_SEGMENTS


Amounts = Callable[[Member], list[int]]
"""Amounts of a member in smallest units, one a bucket."""


class Sums:
    """Integer sums of a :class:`Read`, by member, in smallest units; and distinct members, counted by :mod:`sets`."""

    def __init__(self, read: Read) -> None:
        self.read = read
        self._index = {bound: i for i, bound in enumerate(read.bounds)}
        self._column = {measure: i for i, measure in enumerate(read.measures)}
        self._prefix: dict[Member, list[list[int]]] = {}
        self._distinct: dict[Measure, Counts] = {}

    def add(self, member: Member, segment: int, sums: Sequence[int]) -> None:
        """Add sums to the segment that ends at bound ``segment``."""
        table = self._prefix.get(member)
        if table is None:
            table = self._prefix[member] = [[0] * (len(self.read.bounds)) for _ in self.read.measures]
        for column, amount in zip(table, sums, strict=True):
            column[segment] += amount

    def add_running(self, member: Member, sums: Sequence[int]) -> None:
        """Add sums that run already: of each bound but an event's first, every measure's."""
        table = self._prefix.get(member)
        if table is None:
            table = self._prefix[member] = [[0] * (len(self.read.bounds)) for _ in self.read.measures]
        measures = len(table)
        missing = len(self.read.bounds) - len(self.read.ends)
        for place, amount in enumerate(sums):
            table[place % measures][missing + place // measures] += amount

    def close(self) -> None:
        """Turn segment sums into running sums; call once when all are added."""
        for table in self._prefix.values():
            for column in table:
                total = 0
                for i, amount in enumerate(column):
                    total += amount
                    column[i] = total

    def put(self, measure: Measure, counts: Counts) -> None:
        """Keep how many distinct members each span has."""
        self._distinct[measure] = counts

    @property
    def members(self) -> Iterable[Member]:
        """Members that have any cell."""
        counted = {member for counts in self._distinct.values() for member, _ in counts}
        return self._prefix.keys() | counted

    def sums(self, measure: Measure, buckets: Sequence[Bucket]) -> Amounts:
        """Of each member, sums over each ``[lo, hi)``, P(hi) − P(lo)."""
        place, index, prefix = self._column[measure], self._index, self._prefix
        ends = [(index[b.lo], index[b.hi]) if b.hi > b.lo else (0, 0) for b in buckets]
        nothing = [0] * len(ends)

        def of(member: Member) -> list[int]:
            table = prefix.get(member)
            if table is None:
                return nothing
            column = table[place]
            return [column[hi] - column[lo] for lo, hi in ends]

        return of

    def until(self, measure: Measure, days: Sequence[date]) -> Amounts:
        """Of each member, running sums up to and without each day: a state at the end of the day before."""
        place, prefix = self._column[measure], self._prefix
        ends = [self._index[day] for day in days]
        nothing = [0] * len(ends)

        def of(member: Member) -> list[int]:
            table = prefix.get(member)
            if table is None:
                return nothing
            column = table[place]
            return [column[end] for end in ends]

        return of

    def histograms(self, measure: Measure, buckets: Sequence[Bucket]) -> Callable[[Member], list[dict[int, int]]]:
        """Of each member, how often each number shows in each bucket; the read leaves the numbers apart as its last
        dimension.
        """
        amounts = self.sums(measure, buckets)
        numbers: dict[Member, list[Member]] = {}
        for apart in self._prefix:
            if apart[-1]:
                numbers.setdefault(apart[:-1], []).append(apart)

        def of(member: Member) -> list[dict[int, int]]:
            found: list[dict[int, int]] = [{} for _ in buckets]
            for apart in numbers.get(member, ()):
                for counts, times in zip(found, amounts(apart), strict=True):
                    counts[int(apart[-1])] = times
            return found

        return of

    def distinct(self, measure: Measure, buckets: Sequence[Bucket]) -> Amounts:
        """Of each member, distinct members over each bucket; of a state, those at its end."""
        counts = self._distinct.get(measure, {})  # of no bucket nothing was counted
        spans = [(bucket.lo, bucket.hi) for bucket in buckets]
        return lambda member: [counts.get((member, span), 0) for span in spans]


def needed_dims(cube: Cube, by: Iterable[str], where: Where) -> frozenset[str]:
    """Columns that a rung must have: those asked apart, and those that are filtered or scoped."""
    return frozenset(by) & cube.dim_names | where.dims


def reject_reason(rung: Rung, needed: frozenset[str], grain: Grain) -> str:
    """Why ``rung`` can't answer, empty where it can: its grain is too coarse, or a column is missing."""
    if rung.grain == "month" and grain == "day":
        return "粒度为月，期间含不足整月的日子"
    missing = sorted(needed - set(rung.dims))
    return f"缺少维度 {'、'.join(missing)}" if missing else ""


def choose(cube: Cube, needed: frozenset[str], grain: Grain, cells: dict[tuple[str, str], int]) -> Rung:
    """The eligible rung with the fewest cells; of equals the coarsest declared."""
    eligible = [rung for rung in cube.rungs if not reject_reason(rung, needed, grain)]
    return min(eligible, key=lambda rung: cells.get((cube.name, rung.name), 0))


def verdicts(read: Read, cells: dict[tuple[str, str], int]) -> list[Verdict]:
    """Every rung of a read's cube, with the reason for which it was taken or left."""
    if not read.measures:
        return []
    needed = needed_dims(read.cube, read.by, read.where)
    whole, cut = split_months(read)
    found = []
    for rung in read.cube.rungs:
        uses = []
        if whole and choose(read.cube, needed, "month", cells) == rung:
            uses.append("整月")
        if cut and choose(read.cube, needed, "day", cells) == rung:
            uses.append("零散日")
        reason = reject_reason(rung, needed, "month" if whole and not cut else rung.grain)
        if uses:
            reason = f"用于{'和'.join(uses)}"
        elif not reason:
            reason = _passed_over(read, rung, cells) if whole or rung.grain == "day" else "期间内没有整月"
        found.append(Verdict(read.cube.name, rung.name, bool(uses), reason))
    return found


def _passed_over(read: Read, rung: Rung, cells: dict[tuple[str, str], int]) -> str:
    """Why another rung was taken before one that could have answered too."""
    whole, _ = split_months(read)
    needed = needed_dims(read.cube, read.by, read.where)
    best = choose(read.cube, needed, "month" if whole else "day", cells)
    count, least = (cells.get((read.cube.name, each.name), 0) for each in (rung, best))
    return f"可用，但有 {count} 个单元，多于 {least} 个" if count > least else "可用，单元一样多，取声明在前的一级"


def split_months(read: Read) -> tuple[bool, tuple[date, ...]]:
    """Whether whole months are read, and the months that a bound cuts, which are read by day."""
    if not read.bounds:
        return False, ()
    first, last = read.bounds[0], read.bounds[-1]
    cut = sorted({month_of(bound) for bound in read.bounds if bound.day != 1})
    if read.cube.is_stock:
        return True, tuple(cut)
    months = (last.year - first.year) * 12 + last.month - first.month + (last.day != 1)
    return months > len(cut), tuple(cut)


def run(connection: Connection, read: Read, cells: dict[tuple[str, str], int]) -> tuple[Sums, tuple[str, ...]]:
    """Read the sums from the cheapest rungs, in one statement; also the names of the rungs used."""
    if not read.measures:
        return Sums(read), ()
    needed = needed_dims(read.cube, read.by, read.where)
    whole, cut = split_months(read)
    parts: list[Select[Any]] = []
    used: list[str] = []
    if whole:
        rung = choose(read.cube, needed, "month", cells)
        parts.append(_part(read, rung, cut, in_cut=False))
        used.append(rung.name)
    if cut:
        rung = choose(read.cube, needed, "day", cells)
        parts.append(_part(read, rung, cut, in_cut=True))
        used.append(rung.name)
    sums = Sums(read)
    if not parts:
        return sums, ()  # no day lies within any period, as when all begin after the watermark
    statement: Any = parts[0] if len(parts) == 1 else union_all(*parts)
    width = len(read.by)
    rows = connection.execute(statement).all()
    if read.runs:
        for row in rows:
            sums.add_running(tuple(row[:width]), row[width:])
        return sums, tuple(used)
    folded = _folds(read)
    for cell, *rest in rows:
        segment = cell if folded else bisect_right(read.bounds, cell)
        sums.add(tuple(rest[:width]), segment, rest[width:])
    sums.close()
    return sums, tuple(used)


def _folds(read: Read) -> bool:
    return len(read.bounds) <= FOLD_SEGMENTS


def _joined(months: Iterable[date]) -> list[tuple[date, date]]:
    """Consecutive months as the ranges they form."""
    spans: list[tuple[date, date]] = []
    for month in months:
        if spans and spans[-1][1] == month:
            spans[-1] = (spans[-1][0], add_months(month, 1))
        else:
            spans.append((month, add_months(month, 1)))
    return spans


def _part(read: Read, rung: Rung, cut: tuple[date, ...], *, in_cut: bool) -> Select[Any]:
    """Cells of whole months from ``rung``, or (``in_cut``) of the months that are cut."""
    table = rung_table(read.cube, rung)
    first, last = read.bounds[0], read.bounds[-1]
    within = [table.c.cell < last]
    if not read.cube.is_stock:
        within.append(table.c.cell >= first)
    spans = _joined(cut)
    if in_cut:
        within.append(or_(*(and_(table.c.cell >= lo, table.c.cell < hi) for lo, hi in spans)))
    else:
        within.extend(or_(table.c.cell < lo, table.c.cell >= hi) for lo, hi in spans)
    for dim, members in read.where.allow:
        within.append(table.c[dim].in_(members))
    if read.runs:
        return _running(read, table).where(*within)
    cell: Any = table.c.cell
    if _folds(read):
        cell = case(
            *((table.c.cell < bound, i) for i, bound in enumerate(read.bounds)), else_=literal(len(read.bounds))
        )
    apart = [cell.label("cell"), *(table.c[dim] for dim in read.by)]
    sums = (_sum(table.c[measure.name]).label(measure.name) for measure in read.measures)
    return select(*apart, *sums).where(*within).group_by(*apart)


def _running(read: Read, table: Table) -> Select[Any]:
    """A row a member, with the sums of all measures before each bound: all that is read lies before the last one."""
    apart = [table.c[dim] for dim in read.by]
    last = len(read.ends) - 1
    amounts = (
        _sum(column if place == last else case((table.c.cell < end, column), else_=0)).label(f"{measure.name}_{place}")
        for place, end in enumerate(read.ends)
        for measure in read.measures
        for column in (table.c[measure.name],)
    )
    return select(*apart, *amounts).group_by(*apart)


def _sum(amount: ColumnElement[Any]) -> ColumnElement[Any]:
    """PostgreSQL adds bigints up to a numeric, which comes back as a Decimal."""
    return cast(func.sum(amount), BigInteger)
