"""The self-check as a page shows it: what needs a hand, what is in order, and each data set by district."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from dash import dcc, html

from components.format import iso
from components.states import Component, Option, badge, empty, segmented
from components.theme import Tone
from data.selfcheck.findings import RANK, Finding, Result, Severity
from data.selfcheck.reported import Place, Source
from data.semantic.registry import Registry

PATH = "/check"
TITLE = "指标自检"
SOURCES = "sources"

GRADE: dict[Severity, tuple[str, Tone]] = {"bad": ("■ 问题", "bad"), "warn": ("▲ 注意", "warn"), "ok": ("● 正常", "ok")}
HEADS = ("级别", "检查", "对象", "情况", "起始", "办法")
RHYTHM = {1: "每日", 7: "每周", 31: "每月"}


def views(results: Sequence[Result], shown: str) -> Component:
    """The two views, as links: what needs a hand, with its number, and the board of sources."""
    options = [Option("", f"待处理 {_count(results)}", PATH), Option(SOURCES, "报送完整性", f"{PATH}?view={SOURCES}")]
    return segmented("check-view", options, shown, "视图")


def filters(results: Sequence[Result], chosen: str) -> Component:
    """The checks that found something, to look at one alone."""
    found = [result for result in results if result.findings]
    options = [
        Option("", "全部", PATH),
        *(Option(r.name, f"{r.zh} {len(r.findings)}", f"{PATH}?check={r.name}") for r in found),
    ]
    return segmented("check-only", options, chosen, "检查")


def faults(results: Sequence[Result], registry: Registry, chosen: str) -> list[Component]:
    """How much needs a hand; each thing, the gravest first; and what was looked at and is in order."""
    pairs = [(r, f) for r in results for f in r.findings if chosen in ("", r.name)]
    pairs.sort(key=lambda pair: RANK[pair[1].severity])
    body: Component = empty("没有需要处理的", "各项检查均无异常")
    if pairs:
        head = html.Thead(html.Tr([html.Th(word) for word in HEADS]))
        rows = [_row(result, finding, registry) for result, finding in pairs]
        body = html.Table([head, html.Tbody(rows)], className="check-table", id="check-table")
    fine = [html.H2("无异常的检查", className="check-heading"), html.Ul(list(_fine(results)))]
    return [
        html.Section([_summary(results), body], className="panel check-panel"),
        html.Section(fine, className="panel check-panel check-fine"),
    ]


def _count(results: Sequence[Result]) -> int:
    return sum(len(result.findings) for result in results)


def _summary(results: Sequence[Result]) -> Component:
    grades = [finding.severity for result in results for finding in result.findings]
    words = [
        html.Span(f"{GRADE[grade][0]} {grades.count(grade)}", className=f"tone-{GRADE[grade][1]}")
        for grade in ("bad", "warn")
        if grade in grades
    ]
    quiet = sum(1 for result in results if not result.findings)
    whole = html.Span([html.B(len(grades)), " 项需处理"], className="check-count")
    looked = html.Span(f"{len(results)} 类检查，{quiet} 类无异常", className="hint")
    return html.Header([whole, *words, looked], className="check-summary")


def _row(result: Result, finding: Finding, registry: Registry) -> Component:
    grade, tone = GRADE[finding.severity]
    return html.Tr(
        [
            html.Td(badge(grade, tone)),
            html.Td(result.zh),
            html.Td(_subject(finding.subject, registry)),
            html.Td(finding.what, className="is-long"),
            html.Td(iso(finding.since) if finding.since else "—"),
            html.Td(finding.remedy, className="is-long is-remedy"),
        ]
    )


def _subject(subject: str, registry: Registry) -> Component | str:
    if subject not in registry:
        return subject or "—"
    words = [html.Span(subject, className="check-code"), registry[subject].zh]
    return dcc.Link(words, href=f"/indicator/{subject}")


def _fine(results: Sequence[Result]) -> Iterator[Component]:
    for result in results:
        if not result.findings:
            yield html.Li([html.Span("● ", className="tone-ok"), html.B(result.zh), html.Span(result.fine)])


# --- data set by district --------------------------------------------------------------------------------------


def board(sources: Sequence[Source]) -> list[Component]:
    """Each data set in a row, each district in a column: complete up to, how late, records of this month."""
    names = [place.zh for place in sources[0].places] if sources else []
    head = html.Thead(html.Tr([html.Th(word) for word in ("数据集", "来源", "应报", *names)]))
    table = html.Table([head, html.Tbody([_source(source) for source in sources])], className="check-table is-board")
    note = "格内为报全至哪一天与本月记录数；▲ 迟于应报日期或中间有漏报，■ 迟 30 天以上，“—”为不报送的单位。"
    return [html.Section([table, html.P(note, className="hint check-note")], className="panel check-panel")]


def _source(source: Source) -> Component:
    silent = all(place.span is None for place in source.places)
    cells = [html.Td("从未报送", colSpan=len(source.places), className="tone-warn")] if silent else []
    return html.Tr(
        [
            html.Td(html.B(source.zh)),
            html.Td(source.system, className="is-source"),
            html.Td(RHYTHM.get(source.every, f"每 {source.every} 日")),
            *(cells or [_cell(place) for place in source.places]),
        ]
    )


def _cell(place: Place) -> Component:
    if place.span is None:
        return html.Td("—", className="is-none")
    shape, tone = GRADE[place.severity][0].partition(" ")[0], GRADE[place.severity][1]
    words = [f"迟 {place.late} 天"] if place.late else []
    words += [f"缺 {first:%m-%d} 至 {last:%m-%d}" for first, last in place.span.gaps]
    days = sum((last - first + timedelta(days=1)).days for first, last in place.span.gaps)
    told = f"{place.zh}：{iso(place.span.since)} 起，报全至 {iso(place.span.complete_to)}"
    return html.Td(
        [
            html.Span([html.I(shape, className=f"tone-{tone}"), iso(place.span.complete_to)], className="check-day"),
            html.Small("，".join(words), className=f"tone-{tone}") if words else html.Small(f"本月 {place.rows:,} 条"),
        ],
        title=told + (f"，中间缺 {days} 天" if days else "") + f"；本月 {place.rows:,} 条",
        className=f"is-{place.severity}",
    )
