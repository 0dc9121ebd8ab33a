"""The engine's face: figures, their rows, why they changed, and how they were read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from data.access.viewer import Viewer
from data.coverage import Span, reported, watermark
from data.db import Database
from data.errors import PlatformError, TooSlow
from data.periods import ONE_DAY
from data.regions import Regions
from data.semantic import plan, records, scope
from data.semantic.cache import Brief, Key, ResultCache
from data.semantic.evaluate import Need, evaluate, needs
from data.semantic.plan import Read, Sums, Verdict
from data.semantic.reading import SHARED_VERSIONS, Reader, Reading, Snapshot
from data.semantic.records import RowPage
from data.semantic.registry import Registry
from data.semantic.spec import Answer, Bucket, Cube, Filter, Member, Query, Reported, Series
from data.semantic.versions import VERSIONS, versions_of
from data.semantic.why import Part, split

VALUES_OF_AN_ENTRY = 128
"""So many values count as one entry of the cache, some ten kilobytes: a larger answer counts as several."""

EXPORT_TIMEOUT_S = 600.0
"""How long an export may take to stream its rows."""


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
    needs: dict[Cube, set[Need]] = field(default_factory=dict)
    where: dict[Cube, scope.Where] = field(default_factory=dict)

    def spans_of(self, member: Member) -> list[Span]:
        """Coverage of the one district that a member lies in, where the question divides by district."""
        span = self.spans.get(member[self.query.by.index("district")])
        return [span] if span else []

    def group(self, cube: Cube) -> tuple[Any, ...]:
        """Questions of one group are read in one statement."""
        return cube, self.query.by, self.where[cube]


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
            for cube in ask.needs:
                found += plan.verdicts(self._read([ask], cube), now.snapshot.cells)
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
        """Which districts of a region are complete for ``bucket``, over the data sets under ``codes``."""
        return reported(self._page_spans(codes, where), bucket.lo, bucket.hi)

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
        facts = {cube.fact_name for code in codes for cube in self.registry.cubes_of(code)}
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
        buckets = tuple(
            replace(bucket, hi=max(bucket.lo, min(bucket.hi, ends))) if ends else bucket for bucket in query.buckets
        )
        ask = _Ask(query, spans, mark, as_of, buckets, scope.sees_parts(query, viewer, snapshot.regions))
        for code in query.indicators:
            for need in needs(self.registry[code].value, self.registry):
                ask.needs.setdefault(need.cube, set()).add(need)
        for cube in ask.needs:
            missing = [dim for dim in query.by if dim not in cube.dim_names]
            if missing:
                raise PlatformError(f"{cube.zh}不能按 {'、'.join(missing)} 分", "分组", "选择该指标有的维度")
            ask.where[cube] = scope.where(cube, query.where, snapshot.regions, query.districts)
        ask.ignored = tuple(sorted({dim for found in ask.where.values() for dim in found.ignored}))
        return ask

    def _read(self, asks: Sequence[_Ask], cube: Cube) -> Read:
        wanted = {need.measure for ask in asks for need in ask.needs[cube]}
        measures = tuple(measure for measure in cube.measures if measure in wanted)
        bounds = {
            day for ask in asks for need in ask.needs[cube] for bucket in ask.buckets for day in need.bounds(bucket)
        }
        return Read(cube, measures, asks[0].query.by, asks[0].where[cube], tuple(sorted(bounds)))

    def _compute(self, now: Reading, queries: Sequence[Query], viewer: Viewer) -> list[Answer | Exception]:
        asks: list[_Ask | Exception] = [_caught(self._ask, query, viewer, now.snapshot) for query in queries]
        groups: dict[tuple[Any, ...], list[_Ask]] = {}
        for ask in asks:
            if isinstance(ask, _Ask):
                for cube in ask.needs:
                    groups.setdefault(ask.group(cube), []).append(ask)
        sums = self._read_groups(now, groups)
        return [ask if isinstance(ask, Exception) else _caught(self._put_together, ask, sums, now) for ask in asks]

    def _read_groups(
        self, now: Reading, groups: dict[tuple[Any, ...], list[_Ask]]
    ) -> dict[tuple[Any, ...], tuple[Sums, tuple[str, ...]] | Exception]:
        found: dict[tuple[Any, ...], tuple[Sums, tuple[str, ...]] | Exception] = {}
        slow: dict[Cube, Exception] = {}
        for group, asks in groups.items():
            cube: Cube = group[0]
            if cube in slow:
                # One cube that stalls costs its time once, however many figures of a page rest on it.
                found[group] = slow[cube]
                continue
            read = self._read(asks, cube)
            try:
                with self.db.statement(now.connection):
                    found[group] = plan.run(now.connection, read, now.snapshot.cells)
            except TooSlow as error:
                found[group] = slow[cube] = error
            except SQLAlchemyError as error:  # it stands in the place of these figures, the others go on
                found[group] = error
        return found

    def _put_together(
        self,
        ask: _Ask,
        sums: dict[tuple[Any, ...], tuple[Sums, tuple[str, ...]] | Exception],
        now: Reading,
    ) -> Answer:
        mine: dict[Cube, Sums] = {}
        reads: list[tuple[str, str]] = []
        for cube in ask.needs:
            result = sums[ask.group(cube)]
            if isinstance(result, Exception):
                raise result
            mine[cube] = result[0]
            reads.append((cube.name, " + ".join(result[1])))
        names = (*SHARED_VERSIONS, *sorted(cube.name for cube in ask.needs))
        facts = {cube.fact_name for cube in ask.needs}
        return Answer(
            ask.query,
            {code: self._series(code, ask, mine) for code in ask.query.indicators},
            self._reported(ask),
            ask.as_of,
            ask.watermark,
            bool(facts & now.snapshot.coverage.demo),
            tuple((name, now.versions.get(name, 0)) for name in names),
            tuple(reads),
        )

    def _reported(self, ask: _Ask) -> tuple[Reported, ...]:
        """For each bucket who is complete; days that all districts cover share one verdict."""
        if not ask.spans:
            return (Reported((), ()),) * len(ask.buckets)
        stock = all(cube.is_stock for cube in ask.needs)
        all_since = max(span.since for span in ask.spans.values())
        all_until = min(span.complete_to for span in ask.spans.values())
        whole = Reported(tuple(ask.spans), tuple(ask.spans))
        found = []
        for bucket in ask.buckets:
            last = bucket.hi - ONE_DAY
            lo = last if stock else bucket.lo
            covered = all_since <= lo and last <= all_until
            found.append(whole if covered else reported(ask.spans, lo, max(bucket.hi, lo + ONE_DAY)))
        return tuple(found)

    def _series(self, code: str, ask: _Ask, sums: dict[Cube, Sums]) -> Series:
        indicator = self.registry[code]
        members = self._members(ask, [sums[cube] for cube in self.registry.cubes_of(code)])
        covered = self._coverage(code, ask)
        whole = covered(list(ask.spans.values()))

        def values(expr: Any, member: Member) -> tuple[float | None, ...]:
            found = evaluate(expr, ask.buckets, member, sums, self.registry)
            mask = covered(ask.spans_of(member)) if "district" in ask.query.by else whole
            return tuple(value if known else None for value, known in zip(found, mask, strict=True))

        shape = self.registry.shape(code) if ask.parted else None
        parts = (shape.top, shape.below) if shape and shape.below else None
        return Series(
            code,
            {member: values(indicator.value, member) for member in members},
            {member: values(parts[0], member) for member in members} if parts else {},
            {member: values(parts[1], member) for member in members} if parts else {},
            ask.ignored,
        )

    def _coverage(self, code: str, ask: _Ask) -> Callable[[list[Span]], list[bool]]:
        """For the spans of some districts, whether any knows each bucket's value; the rest is missing.

        A sum is known from its first day on, in part until it is complete; a state holds until it is reported anew.
        """
        wanted = needs(self.registry[code].value, self.registry)
        events = [need for need in wanted if not need.cube.is_stock]
        since = [min(need.begins(bucket) for need in wanted) for bucket in ask.buckets]
        until = [max((need.begins(bucket) for need in events), default=date.min) for bucket in ask.buckets]

        def covered(spans: list[Span]) -> list[bool]:
            return [
                bucket.hi > bucket.lo and any(span.since <= first and span.complete_to >= last for span in spans)
                for bucket, first, last in zip(ask.buckets, since, until, strict=True)
            ]

        return covered

    def _members(self, ask: _Ask, sums: list[Sums]) -> list[Member]:
        if not ask.query.by:
            return [()]
        found = {member for each in sums for member in each.members}
        if ask.query.by == ("district",):
            allowed = next(iter(ask.where.values()))
            inside = dict(allowed.allow).get("district")
            found |= {(d,) for d in ask.spans if inside is None or d in inside}
            order = list(ask.spans)
            return sorted(found, key=lambda m: order.index(m[0]) if m[0] in order else len(order))
        return sorted(found)


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
