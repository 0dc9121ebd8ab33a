"""Checks of sources: who is silent, who left days out; and the board of data sets by district."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select

from data.coverage import GRACE_DAYS, Span
from data.periods import ONE_DAY, month_of
from data.selfcheck.findings import Check, Context, Finding, Severity
from data.semantic.spec import DISTRICT, Cube
from data.semantic.sql import ROWS, rung_table

LONG_DAYS = 30
"""Days beyond the promise from which on silence is a fault rather than a delay."""


@dataclass(frozen=True)
class Place:
    """A district's standing in a data set: complete up to when, days late, days left out, records dated this month."""

    district: str
    zh: str
    span: Span | None
    late: int
    rows: int

    @property
    def severity(self) -> Severity:
        """How grave it is; a district that has never reported is neither late nor in time."""
        if self.late > LONG_DAYS:
            return "bad"
        return "warn" if self.late or (self.span and self.span.gaps) else "ok"


@dataclass(frozen=True)
class Source:
    """A data set: how often it is promised, and how each district stands in it."""

    fact: str
    zh: str
    system: str
    every: int
    places: tuple[Place, ...]


def sources(context: Context) -> list[Source]:
    """All data sets below indicators, with every district."""
    found = []
    for fact, cubes in context.sources.items():
        rows = _rows_this_month(context, cubes)
        spans = context.coverage.spans.get(fact, {})
        every = context.promised_every(fact)
        places = [
            Place(d, context.regions.short(d), spans.get(d), _late(context, every, spans.get(d)), rows.get(d, 0))
            for d in context.regions.districts()
        ]
        found.append(Source(fact, context.source_zh(fact), cubes[0].system, every, tuple(places)))
    return found


def _late(context: Context, every: int, span: Span | None) -> int:
    """Days by which the newest complete day is older than promised; 0 within the grace, or where nothing is known."""
    if span is None:
        return 0
    overdue = (context.today - span.complete_to).days - every
    return overdue if overdue > GRACE_DAYS else 0


def _rows_this_month(context: Context, cubes: tuple[Cube, ...]) -> dict[str, int]:
    """Records dated this month by district, from the kept sums of the cube that sees most of the data set's rows."""
    cube = min(cubes, key=lambda cube: (cube.is_stock, cube.where is not None))
    table = rung_table(cube, cube.rungs[0])
    query = (
        select(table.c[DISTRICT], func.sum(table.c[ROWS]))
        .where(table.c.cell >= month_of(context.today))
        .group_by(table.c[DISTRICT])
    )
    return {district: int(count) for district, count in context.connection.execute(query)}


def silent(context: Context) -> Iterator[Finding]:
    """Data sets that nobody ever reported, districts missing in one that others report, and those that are late."""
    for fact in context.sources:
        spans = context.coverage.spans.get(fact, {})
        zh, every = context.source_zh(fact), context.promised_every(fact)
        if not spans:
            remedy = "请牵头处室确定报送单位和频次，由数据员在“数据上传”中上传首批"
            yield Finding("warn", zh, "从未报送", remedy)
            continue
        for district in context.regions.districts():
            span, name = spans.get(district), context.regions.name(district)
            if span is None:
                if context.regions.nodes[district].kind == "district":
                    yield Finding("warn", zh, f"{name}从未报送", f"请{name}补报，并说明从哪一天起报全")
            elif late := _late(context, every, span):
                what = f"{name}报至 {span.complete_to}，已超期 {late} 天（应{_rhythm(every)}）"
                severity: Severity = "bad" if late > LONG_DAYS else "warn"
                remedy = f"催{name}补报；已报的，入库时填写“数据完整至”"
                yield Finding(severity, zh, what, remedy, span.complete_to + timedelta(days=every))


def _rhythm(every: int) -> str:
    return {1: "每日报送", 7: "每周报送", 31: "每月报送"}.get(every, f"每 {every} 日报送")


def _none_silent(context: Context) -> str:
    return f"{len(context.sources)} 个数据集各区市均按期报送"


def left_out(context: Context) -> Iterator[Finding]:
    """Days that a district left out before it went on reporting."""
    for fact in context.sources:
        for district, span in context.coverage.spans.get(fact, {}).items():
            name = context.regions.name(district)
            for first, last in span.gaps:
                what = f"{name}漏报 {first} 至 {last}，共 {_days(first, last)} 天"
                remedy = f"请{name}补报这一段，入库时填写“数据完整自 {first} 至 {last}”；无业务的也须填写确认"
                yield Finding("warn", context.source_zh(fact), what, remedy, first)


def _days(first: date, last: date) -> int:
    return (last + ONE_DAY - first).days


def _none_left_out(context: Context) -> str:
    return "各区市已报期间内没有漏报"


CHECKS = (
    Check("silent", "报送", silent, _none_silent),
    Check("gaps", "漏报", left_out, _none_left_out),
)
