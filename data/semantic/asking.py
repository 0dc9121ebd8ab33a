"""From a batch of questions to their answers: what each needs, read together where that can be, put together again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.exc import SQLAlchemyError

from data.access.viewer import Viewer
from data.coverage import Span, reported, watermark
from data.db import Database
from data.errors import PlatformError, TooSlow
from data.periods import ONE_DAY
from data.semantic import plan, scope, sets
from data.semantic.evaluate import Need, Source, begins, evaluator, needs
from data.semantic.plan import Read, Sums
from data.semantic.reading import SHARED_VERSIONS, Reading, Snapshot
from data.semantic.registry import Registry
from data.semantic.spec import DISTRICT, Answer, Bucket, Cube, Expr, Member, Query, Reported, Series

Stated = tuple[date, date | None]
"""From when and up to when a published figure holds."""


@dataclass(frozen=True)
class _Group:
    """What is read together: one cube, with a number dimension left apart or none, by dimensions, under conditions."""

    cube: Cube
    apart: str
    by: tuple[str, ...]
    where: scope.Where

    @property
    def source(self) -> Source:
        """What the sums are found under."""
        return self.cube, self.apart


@dataclass(frozen=True)
class _Found:
    """What was read for a group: the sums, from which rungs, and when each published figure was stated."""

    sums: Sums
    used: tuple[str, ...]
    stated: Mapping[Member, Sequence[Stated]]


@dataclass
class Ask:
    """One question on its way to an answer."""

    query: Query
    spans: dict[str, Span]
    watermark: date | None
    as_of: date | None
    buckets: tuple[Bucket, ...]
    parted: bool = True
    ignored: tuple[str, ...] = ()
    needs: dict[Source, set[Need]] = field(default_factory=dict)
    where: dict[Cube, scope.Where] = field(default_factory=dict)

    @property
    def cubes(self) -> tuple[Cube, ...]:
        """Cubes that it is answered from."""
        return tuple(self.where)

    def group(self, source: Source) -> _Group:
        """Questions of one group are read in one statement."""
        cube, apart = source
        return _Group(cube, apart, self.query.by, self.where[cube])


class Asking:
    """Answers batches of questions within a reading; remembers nothing."""

    def __init__(self, db: Database, registry: Registry) -> None:
        self._db = db
        self._registry = registry

    def ask(self, query: Query, viewer: Viewer, snapshot: Snapshot) -> Ask:
        """What one question needs; refuses what its viewer may not see, and what cannot be answered."""
        scope.check(query, viewer, snapshot.regions, self._registry)
        spans = spans_of(self._registry, query.indicators, query.where.region, snapshot)
        if query.districts:
            spans = {d: span for d, span in spans.items() if d in query.districts}
        mark = watermark(spans)
        as_of = min(filter(None, (query.as_of, mark)), default=None)
        ends = as_of + ONE_DAY if as_of else None
        buckets = tuple(_cut(bucket, ends) for bucket in query.buckets) if ends else query.buckets
        ask = Ask(query, spans, mark, as_of, buckets, scope.sees_parts(query, viewer, snapshot.regions))
        for code in query.indicators:
            for need in needs(self._registry[code].value, self._registry):
                ask.needs.setdefault((need.cube, need.apart), set()).add(need)
        for cube in dict.fromkeys(cube for cube, _ in ask.needs):
            missing = [dim for dim in query.by if dim not in cube.divisions]
            if missing:
                raise PlatformError(f"{cube.zh}不能按 {'、'.join(missing)} 分", "分组", "选择该指标有的维度")
            ask.where[cube] = scope.where(cube, query.where, snapshot.regions, query.districts, query.by)
        ask.ignored = tuple(sorted({dim for found in ask.where.values() for dim in found.ignored}))
        return ask

    def read(self, asks: Sequence[Ask], group: _Group) -> Read:
        """What some questions of one group read together."""
        wanted = [need for ask in asks for need in ask.needs[group.source] if need.measure.how == "sum"]
        chosen = {need.measure for need in wanted}
        bounds = {
            day
            for ask in asks
            for need in ask.needs[group.source]
            if need.measure.how == "sum"
            for bucket in ask.buckets
            for day in need.bounds(bucket)
        }
        by = (*group.by, group.apart) if group.apart else group.by
        read = tuple(measure for measure in group.cube.sums if measure in chosen)
        return Read(group.cube, read, by, group.where, tuple(sorted(bounds)))

    def compute(self, now: Reading, queries: Sequence[Query], viewer: Viewer) -> list[Answer | Exception]:
        """Answers in order, a statement a group; where a question fails its error stands in its place."""
        asks: list[Ask | Exception] = [_caught(self.ask, query, viewer, now.snapshot) for query in queries]
        groups: dict[_Group, list[Ask]] = {}
        for ask in asks:
            if isinstance(ask, Ask):
                for source in ask.needs:
                    groups.setdefault(ask.group(source), []).append(ask)
        found = self._read_groups(now, groups)
        return [ask if isinstance(ask, Exception) else _caught(self._put_together, ask, found, now) for ask in asks]

    def _read_groups(self, now: Reading, groups: dict[_Group, list[Ask]]) -> dict[_Group, _Found | Exception]:
        found: dict[_Group, _Found | Exception] = {}
        slow: dict[Cube, Exception] = {}
        for group, asks in groups.items():
            if group.cube in slow:
                # One cube that stalls costs its time once, however many figures of a page rest on it.
                found[group] = slow[group.cube]
                continue
            try:
                with self._db.statement(now.connection):
                    found[group] = self._read_group(now, group, asks)
            except TooSlow as error:
                found[group] = slow[group.cube] = error
            except SQLAlchemyError as error:  # it stands in the place of these figures, the others go on
                found[group] = error
        return found

    def _read_group(self, now: Reading, group: _Group, asks: Sequence[Ask]) -> _Found:
        found, used = plan.run(now.connection, self.read(asks, group), now.snapshot.cells)
        for measure in group.cube.sets:
            spans = {
                need.span(bucket)
                for ask in asks
                for need in ask.needs[group.source]
                if need.measure is measure
                for bucket in ask.buckets
            }
            if spans:
                regions = now.snapshot.regions
                counts, way = sets.count(now.connection, group.cube, measure, group.by, group.where, spans, regions)
                found.put(measure, counts)
                used = (*used, way)
        stated = self._stated(now.connection, group) if group.cube.published else {}
        return _Found(found, used, stated)

    def _stated(self, connection: Connection, group: _Group) -> dict[Member, list[Stated]]:
        """When each published figure was stated and how long it holds, by member; there are a few dozen."""
        cube = group.cube
        assert cube.since is not None
        assert cube.until is not None
        district = cube.dim(DISTRICT).column
        allowed = dict(group.where.allow).get(DISTRICT)
        statement = select(district, cube.since, cube.until).order_by(cube.since)
        if cube.where is not None:
            statement = statement.where(cube.where)
        found: dict[Member, list[Stated]] = {}
        for place, since, until in connection.execute(statement):
            if allowed is None or place in allowed:
                found.setdefault((place,) if group.by else (), []).append((since, until))
        return found

    def _put_together(self, ask: Ask, found: Mapping[_Group, _Found | Exception], now: Reading) -> Answer:
        mine: dict[Source, _Found] = {}
        for source in ask.needs:
            result = found[ask.group(source)]
            if isinstance(result, Exception):
                raise result
            mine[source] = result
        names = (*SHARED_VERSIONS, *sorted(cube.name for cube in ask.cubes))
        facts = {cube.fact_name for cube in ask.cubes}
        return Answer(
            ask.query,
            {code: self._series(code, ask, mine) for code in ask.query.indicators},
            self._reported(ask),
            ask.as_of,
            ask.watermark,
            bool(facts & now.snapshot.coverage.demo),
            tuple((name, now.versions.get(name, 0)) for name in names),
            tuple((cube.name, " + ".join(result.used)) for (cube, _), result in mine.items()),
        )

    def _reported(self, ask: Ask) -> tuple[Reported, ...]:
        """For each bucket who is complete; days that all districts cover share one verdict."""
        if not ask.spans or all(cube.published for cube in ask.cubes):
            return (Reported((), ()),) * len(ask.buckets)
        first = begins([need for found in ask.needs.values() for need in found], ask.buckets)
        earliest = min(span.since for span in ask.spans.values())
        all_since = max(span.since for span in ask.spans.values())
        all_until = min(span.complete_to for span in ask.spans.values())
        gaps = [gap for span in ask.spans.values() for gap in span.gaps]
        whole = Reported(tuple(ask.spans), tuple(ask.spans))
        newest = max((bucket.hi for bucket in ask.buckets), default=all_until)
        if not gaps and all_since <= min(first, default=all_since) and newest <= all_until + ONE_DAY:
            return (whole,) * len(ask.buckets)
        found = []
        for bucket, day in zip(ask.buckets, first, strict=True):
            last = bucket.hi - ONE_DAY
            # What lies before anybody's first report is no lateness of any, unless the bucket itself does.
            lo = max(day, min(earliest, bucket.lo))
            covered = all_since <= lo and last <= all_until and not any(a <= last and b >= lo for a, b in gaps)
            found.append(whole if covered else reported(ask.spans, lo, max(bucket.hi, lo + ONE_DAY)))
        return tuple(found)

    def _series(self, code: str, ask: Ask, found: Mapping[Source, _Found]) -> Series:
        indicator = self._registry[code]
        wanted = needs(indicator.value, self._registry)
        mine = {source: found[source] for source in dict.fromkeys((need.cube, need.apart) for need in wanted)}
        sums = {source: result.sums for source, result in mine.items()}
        members = self._members(ask, list(sums.values()))
        stated = self._statements(ask, mine, members)
        known = self._known(code, ask, members, stated)

        def values(expr: Expr) -> dict[Member, tuple[float | None, ...]]:
            amounts = evaluator(expr, ask.buckets, sums, self._registry)
            return {member: _masked(amounts(member), known[member]) for member in members}

        shape = self._registry.shape(code) if ask.parted else None
        parts = (shape.top, shape.below) if shape and shape.below else None
        return Series(
            code,
            values(indicator.value),
            values(parts[0]) if parts else {},
            values(parts[1]) if parts else {},
            ask.ignored,
            stated,
        )

    def _known(
        self, code: str, ask: Ask, members: Sequence[Member], stated: Mapping[Member, tuple[date | None, ...]]
    ) -> dict[Member, tuple[bool, ...]]:
        """For each member, in which buckets its value is known: of those in one district it is the same."""
        covered = self._coverage(code, ask)
        if DISTRICT not in ask.query.by:
            whole = covered(list(ask.spans.values()))
            found = dict.fromkeys(members, whole)
        else:
            place = ask.query.by.index(DISTRICT)
            districts = {member[place] for member in members}
            inside = {d: covered([ask.spans[d]] if d in ask.spans else []) for d in districts}
            found = {member: inside[member[place]] for member in members}
        said = {member: tuple(day is not None for day in days) for member, days in stated.items()}
        return found | said

    def _statements(
        self, ask: Ask, found: Mapping[Source, _Found], members: Sequence[Member]
    ) -> dict[Member, tuple[date | None, ...]]:
        """Of a published figure, which statement holds at each bucket's end; empty for all others."""
        published = [result for (cube, _), result in found.items() if cube.published]
        if not published:
            return {}

        def holding(member: Member, last: date) -> date | None:
            said = [
                next((since for since, until in each.stated.get(member, ()) if _holds(since, until, last)), None)
                for each in published
            ]
            return None if None in said else min(day for day in said if day is not None)

        return {member: tuple(holding(member, b.hi - ONE_DAY) for b in ask.buckets) for member in members}

    def _coverage(self, code: str, ask: Ask) -> Callable[[list[Span]], tuple[bool, ...]]:
        """For the spans of some districts, whether any knows each bucket's value; the rest is missing.

        A sum is known from its first day on, in part until it is complete, but not where all its days are a gap; a
        state holds until it is reported anew.
        """
        wanted = needs(self._registry[code].value, self._registry)
        events = {need.window: need for need in wanted if not need.holds}.values()
        since = begins(wanted, ask.buckets)
        until = [date.min] * len(ask.buckets)
        for need in events:
            until = list(map(max, until, need.begins(ask.buckets)))
        earliest, latest = min(since, default=date.max), max(until, default=date.min)

        def covered(spans: list[Span]) -> tuple[bool, ...]:
            if any(not span.gaps and span.since <= earliest and span.complete_to >= latest for span in spans):
                return tuple(bucket.hi > bucket.lo for bucket in ask.buckets)
            return tuple(
                bucket.hi > bucket.lo
                and any(
                    span.since <= first and span.complete_to >= last and not span.misses(last, bucket.hi - ONE_DAY)
                    for span in spans
                )
                for bucket, first, last in zip(ask.buckets, since, until, strict=True)
            )

        return covered

    def _members(self, ask: Ask, sums: list[Sums]) -> list[Member]:
        if not ask.query.by:
            return [()]
        found = {member[: len(ask.query.by)] for each in sums for member in each.members}
        if ask.query.by == ("district",):
            allowed = next(iter(ask.where.values()))
            inside = dict(allowed.allow).get("district")
            found |= {(d,) for d in ask.spans if inside is None or d in inside}
            order = list(ask.spans)
            return sorted(found, key=lambda m: order.index(m[0]) if m[0] in order else len(order))
        return sorted(found)


def spans_of(registry: Registry, codes: tuple[str, ...], region: str, snapshot: Snapshot) -> dict[str, Span]:
    """Common coverage of the data sets under ``codes``, by district of a region."""
    facts = {cube.fact_name for code in codes for cube in registry.cubes_of(code)}
    return snapshot.coverage.over(sorted(facts), scope.districts_of(snapshot.regions, region))


def _cut(bucket: Bucket, ends: date) -> Bucket:
    """The bucket without the days from ``ends`` on; most have none."""
    return bucket if bucket.lo <= bucket.hi <= ends else replace(bucket, hi=max(bucket.lo, min(bucket.hi, ends)))


def _masked(amounts: Sequence[float | None], known: tuple[bool, ...]) -> tuple[float | None, ...]:
    if all(known):
        return tuple(amounts)
    return tuple(amount if there else None for amount, there in zip(amounts, known, strict=True))


def _holds(since: date, until: date | None, day: date) -> bool:
    return since <= day and (until is None or day < until)


def _caught(work: Callable[..., Any], *arguments: Any) -> Any:
    try:
        return work(*arguments)
    except Exception as error:  # a failed question must not take the batch with it
        return error
