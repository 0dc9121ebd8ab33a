"""The engine's face: figures, their rows, why they changed, and how they were read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.exc import SQLAlchemyError

from data.access.viewer import Viewer
from data.coverage import Span, alike, reported, watermark
from data.db import Database
from data.errors import PlatformError, TooSlow
from data.periods import ONE_DAY
from data.regions import Regions
from data.semantic import plan, records, scope, sets
from data.semantic.cache import Brief, Key, ResultCache
from data.semantic.evaluate import Need, Source, begins, evaluator, needs
from data.semantic.plan import Read, Sums, Verdict
from data.semantic.reading import SHARED_VERSIONS, Reader, Reading, Snapshot
from data.semantic.records import RowPage
from data.semantic.registry import Registry
from data.semantic.spec import DISTRICT, Answer, Bucket, Cube, Expr, Filter, Member, Query, Reported, Series
from data.semantic.versions import VERSIONS, versions_of
from data.semantic.why import Part, split

VALUES_OF_AN_ENTRY = 128
"""So many values count as one entry of the cache, some ten kilobytes: a larger answer counts as several."""

Stated = tuple[date, date | None]
"""From when and up to when a published figure holds."""

EXPORT_TIMEOUT_S = 600.0
"""How long an export may take to stream its rows."""


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
class _Ask:
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


class Engine:
    """Answers queries over one database and registry, within the viewer's scope, from roll-ups, and remembers."""

    def __init__(self, db: Database, registry: Registry, cache_entries: int = 4096) -> None:
        self.db = db
        self.registry = registry
        self._cache = ResultCache(cache_entries, _entries)
        self._reader = Reader(db, registry)

    def reading(self) -> AbstractContextManager[Reading]:
        """One state of the database for all that this thread asks within the block: one connection, versions read once.

        A page asks dozens of things; within ``with engine.reading():`` around the request they are of one state and
        cost no connection each. Blocks may lie within one another. Don't wait for a writer within one.
        """
        return self._reader.shared()

    # --- figures -----------------------------------------------------------------------------------------------

    def answer(self, query: Query, viewer: Viewer) -> Answer:
        """The answer to one question; raises :class:`Forbidden`, :class:`TooSlow` or :class:`PlatformError`."""
        result = self.answers((query,), viewer)[0]
        if isinstance(result, Exception):
            raise result
        return result

    def answers(self, queries: Sequence[Query], viewer: Viewer) -> list[Answer | Exception]:
        """Answers in order, from one batch; where a question fails its error stands in its place."""
        with self.reading() as now:
            keyed = {self._key(query, viewer, now.versions): query for query in queries}

            def compute(*missing: Key) -> list[Any]:
                found = self._compute(now, [keyed[key] for key in missing], viewer)
                return [Brief(item) if isinstance(item, Exception) else item for item in found]

            found = dict(zip(keyed, self._cache.get_many(tuple(keyed), compute), strict=True))
        by_query = {query: found[key] for key, query in keyed.items()}
        return [kept.content if isinstance(kept := by_query[query], Brief) else kept for query in queries]

    def explain(self, query: Query, viewer: Viewer) -> list[Verdict]:
        """Which rung of each cube would answer ``query``, and why the others would not."""
        with self.reading() as now:
            ask = self._ask(query, viewer, now.snapshot)
            found: list[Verdict] = []
            for source in ask.needs:
                found += plan.verdicts(self._read([ask], ask.group(source)), now.snapshot.cells)
            return found

    def why(self, code: str, where: Filter, bucket: Bucket, previous: Bucket, by: str, viewer: Viewer) -> list[Part]:
        """How the members of ``by`` make up the change from ``previous`` to ``bucket``, largest part first."""
        query = Query((code,), (previous, bucket), (by,), where)
        total = replace(query, by=())
        apart, whole = self.answers((query, total), viewer)
        for result in (apart, whole):
            if isinstance(result, Exception):
                raise result
        return split(self.registry[code], self.registry, apart[code], whole[code])  # type: ignore[index]

    # --- rows --------------------------------------------------------------------------------------------------

    def rows(
        self,
        code: str,
        where: Filter,
        bucket: Bucket,
        viewer: Viewer,
        *,
        sort: str | None = None,
        descending: bool = True,
        after: str | None = None,
        limit: int = 100,
        part: str = "",
        narrow: Mapping[str, tuple[Any, ...]] | None = None,
    ) -> RowPage:
        """A page of the rows behind a figure, each with what it contributes.

        ``part`` picks the indicator behind a derived one; ``after`` is the ``next`` of the page before; ``narrow``
        filters the grid: codes of a coded column, or ``(low, high)`` of a sortable one.
        """
        with self.reading() as now, self.db.statement(now.connection):
            source = self._row_source(code, where, bucket, viewer, now.snapshot, part, narrow or {})
            return records.page(now.connection, source, sort, descending, after, limit)

    def iter_rows(
        self,
        code: str,
        where: Filter,
        bucket: Bucket,
        viewer: Viewer,
        part: str = "",
        *,
        sort: str | None = None,
        descending: bool = True,
        narrow: Mapping[str, tuple[Any, ...]] | None = None,
    ) -> tuple[list[records.Column], Iterator[dict[str, Any]]]:
        """All rows behind a figure, all of one state, streamed so that memory stays bounded; for exports.

        Order and narrowing are those of :meth:`rows`.
        """
        with self.reading() as now:
            source = self._row_source(code, where, bucket, viewer, now.snapshot, part, narrow or {})
            columns = records.columns_of(source)
            records.sort_key(source.cube, sort)  # refused now, before anything has been sent

        def stream() -> Iterator[dict[str, Any]]:
            with self._reader.alone(EXPORT_TIMEOUT_S) as then:
                source = self._row_source(code, where, bucket, viewer, then.snapshot, part, narrow or {})
                yield from records.stream(then.connection, source, sort, descending)

        return columns, stream()

    def count_rows(
        self,
        code: str,
        where: Filter,
        bucket: Bucket,
        viewer: Viewer,
        part: str = "",
        *,
        narrow: Mapping[str, tuple[Any, ...]] | None = None,
        up_to: int | None = None,
    ) -> int:
        """How many rows :meth:`iter_rows` gives; ``up_to + 1`` where they are more than ``up_to``."""
        with self._reader.alone(None if up_to else EXPORT_TIMEOUT_S) as now:
            source = self._row_source(code, where, bucket, viewer, now.snapshot, part, narrow or {})
            return records.count_rows(now.connection, source, up_to)

    def row_parts(self, code: str) -> tuple[str, ...]:
        """Indicators that have rows behind ``code``: itself, or those that a derived one refers to."""
        return records.parts(self.registry, code)

    def _row_source(
        self, code: str, where: Filter, bucket: Bucket, viewer: Viewer, snapshot: Snapshot, part: str, narrow: Any
    ) -> records.RowSource:
        districts = scope.row_districts(where, viewer, snapshot.regions)
        mark = watermark(self._spans((code,), where.region, snapshot))
        if mark and bucket.hi > mark + ONE_DAY:
            bucket = replace(bucket, hi=max(bucket.lo, mark + ONE_DAY))
        allowed = {cube: scope.where(cube, where, snapshot.regions) for cube in self.registry.cubes_of(code)}
        chosen, window = records.pick(self.registry, code, part, bucket)
        return records.source(self.registry, chosen, window, allowed, districts, narrow)

    # --- what figures rest on ----------------------------------------------------------------------------------

    def versions(self) -> dict[str, int]:
        """Version of every cube and of targets, limits, regions, coverage. Each request asks: nothing else is done."""
        if self._reader.held is not None:
            return dict(self._reader.held.versions)
        return versions_of(self.db.ask(VERSIONS))

    def regions(self) -> Regions:
        """The region tree."""
        with self.reading() as now:
            return now.snapshot.regions

    def watermark(self, codes: Iterable[str], where: Filter, viewer: Viewer) -> date | None:
        """The day up to which the data sets under ``codes`` are complete in a region; None without data.

        Data sets that nobody has reported are left out: their figures say so, and hold back no other.
        """
        return watermark(self._page_spans(codes, where))

    def reported(self, codes: Iterable[str], where: Filter, bucket: Bucket) -> Reported:
        """Which districts of a region are complete for ``bucket``, over the data sets under ``codes``.

        Days before the first report of any are nobody's fault.
        """
        spans = self._page_spans(codes, where)
        first = max(bucket.lo, min((span.since for span in spans.values()), default=bucket.lo))
        return reported(spans, min(first, bucket.hi - ONE_DAY), bucket.hi)

    def alike(self, code: str, where: Filter, buckets: Iterable[Bucket]) -> tuple[tuple[str, ...], bool]:
        """Districts of a region over which an indicator's values in ``buckets`` compare, and whether these are all."""
        spans = self._page_spans((code,), where)
        buckets = tuple(buckets)
        first = begins(needs(self.registry[code].value, self.registry), buckets)
        found = alike(spans, [(day, bucket.hi - ONE_DAY) for day, bucket in zip(first, buckets, strict=True)])
        return found, len(found) == len(spans)

    def unreported(self, codes: Iterable[str]) -> tuple[str, ...]:
        """Names of the data sets under ``codes`` that nobody has reported."""
        with self.reading() as now:
            coverage = now.snapshot.coverage
        tables = {cube.fact_name: cube.fact.__table__ for code in codes for cube in self.registry.cubes_of(code)}
        return tuple(str(tables[fact].comment) for fact in coverage.unreported(sorted(tables)))

    def is_demo(self, codes: Iterable[str]) -> bool:
        """Whether any data set under ``codes`` holds demonstration data."""
        with self.reading() as now:
            snapshot = now.snapshot
        facts = {cube.fact_name for code in codes for cube in self.registry.cubes_of(code)}
        return bool(facts & snapshot.coverage.demo)

    def labels(self, dim: str, members: Iterable[str], viewer: Viewer) -> dict[str, str]:
        """Words for members of a dimension; a member without one, or out of the viewer's sight, keeps its code."""
        wanted = tuple(dict.fromkeys(members))
        declared = next((d for cube in self.registry.cubes.values() for d in cube.dims if d.name == dim), None)
        if declared is None:
            return {member: member for member in wanted}
        if declared.region:
            regions = self.regions()
            return {m: regions.short(m) if m in regions.nodes else m for m in wanted}
        if declared.codes is not None:
            return {m: declared.codes.get(m, m) for m in wanted}
        if declared.names is None:
            return {member: member for member in wanted}
        key, name = declared.names
        named = select(key.label("key"), name.label("name")).where(key.in_(wanted))
        place = key.class_.__table__.columns.get("district_id")
        if viewer.districts is not None and place is not None:
            named = named.where(place.in_(viewer.districts))
        with self.reading() as now, self.db.statement(now.connection):
            known = {row.key: row.name for row in now.connection.execute(named)}
        return {m: known.get(m, m) for m in wanted}

    # --- inside ------------------------------------------------------------------------------------------------

    def _key(self, query: Query, viewer: Viewer, versions: Mapping[str, int]) -> Key:
        known = (code for code in query.indicators if code in self.registry)
        names = (cube.name for code in known for cube in self.registry.cubes_of(code))
        used = tuple(versions.get(name, 0) for name in (*SHARED_VERSIONS, *names))
        return Key(viewer.scope_key, used, query)

    def _page_spans(self, codes: Iterable[str], where: Filter) -> dict[str, Span]:
        with self.reading() as now:
            snapshot = now.snapshot
        cubes = {cube for code in codes for cube in self.registry.cubes_of(code)}
        # A yearly statistic is not late because the year goes on: it holds back no page that shows others beside it.
        running = {cube for cube in cubes if not cube.published} or cubes
        facts = {cube.fact_name for cube in running}
        known = facts - set(snapshot.coverage.unreported(facts))
        return snapshot.coverage.over(sorted(known), scope.districts_of(snapshot.regions, where.region))

    def _spans(self, codes: tuple[str, ...], region: str, snapshot: Snapshot) -> dict[str, Span]:
        facts = {cube.fact_name for code in codes for cube in self.registry.cubes_of(code)}
        return snapshot.coverage.over(sorted(facts), scope.districts_of(snapshot.regions, region))

    def _ask(self, query: Query, viewer: Viewer, snapshot: Snapshot) -> _Ask:
        scope.check(query, viewer, snapshot.regions, self.registry)
        spans = self._spans(query.indicators, query.where.region, snapshot)
        if query.districts:
            spans = {d: span for d, span in spans.items() if d in query.districts}
        mark = watermark(spans)
        as_of = min(filter(None, (query.as_of, mark)), default=None)
        ends = as_of + ONE_DAY if as_of else None
        buckets = tuple(_cut(bucket, ends) for bucket in query.buckets) if ends else query.buckets
        ask = _Ask(query, spans, mark, as_of, buckets, scope.sees_parts(query, viewer, snapshot.regions))
        for code in query.indicators:
            for need in needs(self.registry[code].value, self.registry):
                ask.needs.setdefault((need.cube, need.apart), set()).add(need)
        for cube in dict.fromkeys(cube for cube, _ in ask.needs):
            missing = [dim for dim in query.by if dim not in cube.divisions]
            if missing:
                raise PlatformError(f"{cube.zh}不能按 {'、'.join(missing)} 分", "分组", "选择该指标有的维度")
            ask.where[cube] = scope.where(cube, query.where, snapshot.regions, query.districts, query.by)
        ask.ignored = tuple(sorted({dim for found in ask.where.values() for dim in found.ignored}))
        return ask

    def _read(self, asks: Sequence[_Ask], group: _Group) -> Read:
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

    def _compute(self, now: Reading, queries: Sequence[Query], viewer: Viewer) -> list[Answer | Exception]:
        asks: list[_Ask | Exception] = [_caught(self._ask, query, viewer, now.snapshot) for query in queries]
        groups: dict[_Group, list[_Ask]] = {}
        for ask in asks:
            if isinstance(ask, _Ask):
                for source in ask.needs:
                    groups.setdefault(ask.group(source), []).append(ask)
        found = self._read_groups(now, groups)
        return [ask if isinstance(ask, Exception) else _caught(self._put_together, ask, found, now) for ask in asks]

    def _read_groups(self, now: Reading, groups: dict[_Group, list[_Ask]]) -> dict[_Group, _Found | Exception]:
        found: dict[_Group, _Found | Exception] = {}
        slow: dict[Cube, Exception] = {}
        for group, asks in groups.items():
            if group.cube in slow:
                # One cube that stalls costs its time once, however many figures of a page rest on it.
                found[group] = slow[group.cube]
                continue
            try:
                with self.db.statement(now.connection):
                    found[group] = self._read_group(now, group, asks)
            except TooSlow as error:
                found[group] = slow[group.cube] = error
            except SQLAlchemyError as error:  # it stands in the place of these figures, the others go on
                found[group] = error
        return found

    def _read_group(self, now: Reading, group: _Group, asks: Sequence[_Ask]) -> _Found:
        found, used = plan.run(now.connection, self._read(asks, group), now.snapshot.cells)
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

    def _put_together(self, ask: _Ask, found: Mapping[_Group, _Found | Exception], now: Reading) -> Answer:
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

    def _reported(self, ask: _Ask) -> tuple[Reported, ...]:
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

    def _series(self, code: str, ask: _Ask, found: Mapping[Source, _Found]) -> Series:
        indicator = self.registry[code]
        wanted = needs(indicator.value, self.registry)
        mine = {source: found[source] for source in dict.fromkeys((need.cube, need.apart) for need in wanted)}
        sums = {source: result.sums for source, result in mine.items()}
        members = self._members(ask, list(sums.values()))
        stated = self._statements(ask, mine, members)
        known = self._known(code, ask, members, stated)

        def values(expr: Expr) -> dict[Member, tuple[float | None, ...]]:
            amounts = evaluator(expr, ask.buckets, sums, self.registry)
            return {member: _masked(amounts(member), known[member]) for member in members}

        shape = self.registry.shape(code) if ask.parted else None
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
        self, code: str, ask: _Ask, members: Sequence[Member], stated: Mapping[Member, tuple[date | None, ...]]
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
        self, ask: _Ask, found: Mapping[Source, _Found], members: Sequence[Member]
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

    def _coverage(self, code: str, ask: _Ask) -> Callable[[list[Span]], tuple[bool, ...]]:
        """For the spans of some districts, whether any knows each bucket's value; the rest is missing.

        A sum is known from its first day on, in part until it is complete, but not where all its days are a gap; a
        state holds until it is reported anew.
        """
        wanted = needs(self.registry[code].value, self.registry)
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

    def _members(self, ask: _Ask, sums: list[Sums]) -> list[Member]:
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


def _cut(bucket: Bucket, ends: date) -> Bucket:
    """The bucket without the days from ``ends`` on; most have none."""
    return bucket if bucket.lo <= bucket.hi <= ends else replace(bucket, hi=max(bucket.lo, min(bucket.hi, ends)))


def _masked(amounts: Sequence[float | None], known: tuple[bool, ...]) -> tuple[float | None, ...]:
    if all(known):
        return tuple(amounts)
    return tuple(amount if there else None for amount, there in zip(amounts, known, strict=True))


def _holds(since: date, until: date | None, day: date) -> bool:
    return since <= day and (until is None or day < until)


def _entries(answer: Answer) -> int:
    """For how many entries of the cache an answer counts: a member or bucket weighs as much as four values."""
    held = (part for each in answer.series.values() for part in (each.values, each.numerator, each.denominator))
    weight = sum(4 + len(values) for part in held for values in part.values()) + 4 * len(answer.reported)
    return weight // VALUES_OF_AN_ENTRY + 1


def _caught(work: Callable[..., Any], *arguments: Any) -> Any:
    try:
        return work(*arguments)
    except Exception as error:  # a failed question must not take the batch with it
        return error
