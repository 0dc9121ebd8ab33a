"""Reading: the figures of a cockpit uncached and cached, and the first rows of a drill-down."""

from __future__ import annotations

from datetime import date, timedelta

from data.access.viewer import SYSTEM
from data.db import Database
from data.periods import Period, buckets, latest
from data.platform import standard_registry
from data.semantic.cache import ResultCache
from data.semantic.engine import Engine
from data.semantic.spec import Bucket, Filter, Query
from tests.bench.timing import Result, clock_runs, summarise

UNCACHED_MS = 40.0
CACHED_MS = 8.0
ROWS_MS = 60.0
ONE_DAY = timedelta(days=1)


def cockpit_queries(engine: Engine, last: date) -> list[Query]:
    """Questions of a housing cockpit: each card with previous, last year and 13 months, and eight charts."""
    period = latest("month", last)
    year = latest("ytd", last)
    months = buckets("month", _months_before(period.lo, 12), period.hi)
    two_years = buckets("month", _months_before(period.lo, 23), period.hi)
    cards = [
        Query((indicator.code,), (*_compared(year if indicator.ytd else period), *months))
        for indicator in engine.registry
        if indicator.page == "housing"
    ]
    now = (period.bucket,)
    charts = [
        Query(("ZF02", "ZF02-units"), two_years),
        Query(("ZF04", "ZF04-opened", "ZF04-signed", "ZF04-cancelled"), two_years),
        Query(("ZF05",), now, ("district",)),
        Query(("ZF03",), two_years, ("district",)),
        Query(("ZF02",), now, ("use",)),
        Query(("ZF02",), now, ("size_band",)),
        Query(("ZF02",), now, ("project",)),
        Query(("ZF07", "ZF07-coverage"), now, ("bank",)),
    ]
    return cards + charts


def read_figures(db: Database, name: str) -> list[Result]:
    """All timings of reading."""
    engine = Engine(db, standard_registry())
    last = engine.watermark(("ZF02",), Filter(), SYSTEM)
    assert last is not None
    queries = cockpit_queries(engine, last)

    def ask() -> None:
        failed = [answer for answer in engine.answers(queries, SYSTEM) if isinstance(answer, Exception)]
        if failed:
            raise failed[0]

    def forget() -> None:
        engine._cache = ResultCache(4096)

    uncached = clock_runs(ask, 60, before=forget, warm_up=5)
    cached = clock_runs(ask, 200, warm_up=5)
    asked = f"{len(queries)} questions"
    return [
        summarise("cockpit, all figures, uncached", name, uncached, limit=UNCACHED_MS, note=asked),
        summarise("cockpit, all figures, cached", name, cached, limit=CACHED_MS, note=asked),
        *_first_rows(engine, name, last),
    ]


def _first_rows(engine: Engine, name: str, last: date) -> list[Result]:
    month = latest("month", last).bucket
    year = latest("ytd", last).bucket
    cases: list[tuple[str, str, Filter, Bucket, str | None]] = [
        ("sales of a month", "ZF02", Filter(), month, None),
        ("sales of a year by amount", "ZF02", Filter(), year, "amount_yuan"),
        ("sales of a district and use", "ZF02", Filter.of("321281", use="residential"), year, None),
        ("inventory of today", "ZF04", Filter(), month, None),
        ("inventory by area", "ZF04", Filter(), month, "area_m2"),
        ("escrow accounts", "ZF07", Filter(), month, None),
    ]
    return [
        summarise(
            f"first 100 rows: {what}",
            name,
            clock_runs(lambda c=code, w=where, b=bucket, s=sort: engine.rows(c, w, b, SYSTEM, sort=s), 20),  # type: ignore[misc]
            limit=ROWS_MS,
        )
        for what, code, where, bucket, sort in cases
    ]


def _compared(period: Period) -> tuple[Bucket, ...]:
    before = period.previous()
    return (period.bucket, *((before.bucket,) if before else ()), period.year_before().bucket)


def _months_before(day: date, count: int) -> date:
    months = day.year * 12 + day.month - 1 - count
    return date(months // 12, months % 12 + 1, 1)
