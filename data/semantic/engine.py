"""The engine's face: figures, their rows, why they changed, and how they were read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import select

from data.access.viewer import Viewer
from data.coverage import Span, alike, reported, watermark
from data.db import Database
from data.periods import ONE_DAY
from data.regions import Regions
from data.semantic import plan, records, scope
from data.semantic.asking import Asking, spans_of
from data.semantic.cache import Brief, Key, ResultCache
from data.semantic.evaluate import begins, needs
from data.semantic.plan import Verdict
from data.semantic.reading import SHARED_VERSIONS, Reader, Reading, Snapshot
from data.semantic.records import RowPage
from data.semantic.registry import Registry
from data.semantic.spec import Answer, Bucket, Filter, Query, Reported
from data.semantic.versions import VERSIONS, versions_of
from data.semantic.why import Part, split

VALUES_OF_AN_ENTRY = 128
"""So many values count as one entry of the cache, some ten kilobytes: a larger answer counts as several."""

EXPORT_TIMEOUT_S = 600.0
"""How long an export may take to stream its rows."""


class Engine:
    """Answers queries over one database and registry, within the viewer's scope, from roll-ups, and remembers."""

    def __init__(self, db: Database, registry: Registry, cache_entries: int = 4096) -> None:
        self.db = db
        self.registry = registry
        self._cache = ResultCache(cache_entries, _entries)
        self._reader = Reader(db, registry)
        self._asking = Asking(db, registry)

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
                found = self._asking.compute(now, [keyed[key] for key in missing], viewer)
                return [Brief(item) if isinstance(item, Exception) else item for item in found]

            found = dict(zip(keyed, self._cache.get_many(tuple(keyed), compute), strict=True))
        by_query = {query: found[key] for key, query in keyed.items()}
        return [kept.content if isinstance(kept := by_query[query], Brief) else kept for query in queries]

    def explain(self, query: Query, viewer: Viewer) -> list[Verdict]:
        """Which rung of each cube would answer ``query``, and why the others would not."""
        with self.reading() as now:
            ask = self._asking.ask(query, viewer, now.snapshot)
            found: list[Verdict] = []
            for source in ask.needs:
                found += plan.verdicts(self._asking.read([ask], ask.group(source)), now.snapshot.cells)
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
        mark = watermark(spans_of(self.registry, (code,), where.region, snapshot))
        if mark and bucket.hi > mark + ONE_DAY:
            bucket = replace(bucket, hi=max(bucket.lo, mark + ONE_DAY))
        allowed = {cube: scope.where(cube, where, snapshot.regions) for cube in self.registry.cubes_of(code)}
        chosen, window = records.pick(self.registry, code, part, bucket)
        regions = snapshot.regions
        names = {district: regions.name(district) for district in regions.districts()}
        return records.source(self.registry, chosen, window, allowed, districts, narrow, names)

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

    def overdue(self, codes: Iterable[str], where: Filter, today: date) -> int:
        """Days by which a data set under ``codes`` is later than its source promises, the worst of them; 0 in time.

        Each is judged by its own rhythm: a page that shows a half-yearly score is not in time for half a year.
        """
        with self.reading() as now:
            snapshot = now.snapshot
        promised: dict[str, int] = {}
        for cube in {cube for code in codes for cube in self.registry.cubes_of(code)}:
            promised[cube.fact_name] = min(cube.expected_every, promised.get(cube.fact_name, cube.expected_every))
        districts = scope.districts_of(snapshot.regions, where.region)
        marks = {fact: watermark(snapshot.coverage.over((fact,), districts)) for fact in promised}
        return max((max(0, (today - mark).days - promised[fact]) for fact, mark in marks.items() if mark), default=0)

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


def _entries(answer: Answer) -> int:
    """For how many entries of the cache an answer counts: a member or bucket weighs as much as four values."""
    held = (part for each in answer.series.values() for part in (each.values, each.numerator, each.denominator))
    weight = sum(4 + len(values) for part in held for values in part.values()) + 4 * len(answer.reported)
    return weight // VALUES_OF_AN_ENTRY + 1
