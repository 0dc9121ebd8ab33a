"""The parts of the stewards' page, each a function from plain values to Dash components."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from components.format import iso, number
from components.states import Component, badge, empty
from components.upload_parts import frame
from data import clock
from data.calendar import Calendar
from data.calendar_edit import BY_WEEK
from data.calendar_edit import KINDS as DAY_KINDS
from data.limits import LEVELS, SIDES
from data.marks import TITLE_LENGTH, Mark
from data.models.platform.marks import MARK_KINDS

PATH = "/marks"
CALENDAR, LIMITS = "calendar", "limits"
ALL, BY_CODE = "all", "codes"
"""Scopes of the form beside the pages: every indicator, or those whose codes are given."""

MARK_TONES: Mapping[str, Any] = {"typhoon": "warn", "policy": "ok"}

Choices = Sequence[tuple[str, str]]


def table(heads: Sequence[str], rows: Sequence[Sequence[Any]], none: tuple[str, str]) -> Component:
    """A plain table, or why it is empty and what would fill it."""
    if not rows:
        return empty(*none)
    body = [html.Tr([html.Td(cell) for cell in row]) for row in rows]
    return html.Table(
        [html.Thead(html.Tr([html.Th(word) for word in heads])), html.Tbody(body)], className="marks-table"
    )


def field(label: str, control: Component, hint: str = "") -> Component:
    """A control under its name."""
    return html.Label([html.Span(label), control, *([html.Small(hint)] if hint else [])], className="marks-field")


def select(id: str, choices: Choices, value: str) -> Component:
    """A native list."""
    return dbc.Select([{"value": code, "label": word} for code, word in choices], value, id=id, size="sm")


def day_input(id: str, value: date | None) -> Component:
    """A day."""
    return dbc.Input(id=id, type="date", value=value.isoformat() if value else None, size="sm")


def words(id: str, value: str, most: int, hint: str = "") -> Component:
    """A line of text."""
    return dbc.Input(id=id, type="text", value=value, maxLength=most, placeholder=hint, size="sm")


def save(id: str, word: str, *more: Component) -> Component:
    """The button that writes, and the place where a refusal is told."""
    button = html.Button(word, id=id, type="button", className="btn btn-primary btn-sm")
    return html.Div([html.Div([button, *more], className="marks-tools"), html.Div(id=f"{id}-said", role="alert")])


def refusal(what: str, where: str, remedy: str, reference: str) -> Component:
    """Why nothing was written: what, where, what to do."""
    lines = [html.B(["■ ", what], className="tone-bad"), *(html.Span(line) for line in (where, remedy) if line)]
    return html.P([*lines, html.Small(f"编号 {reference}")], className="marks-refusal")


# --- marks -------------------------------------------------------------------------------------------------------


def mark_list(
    marks: Sequence[Mark], retired: Sequence[Mark], pages: Mapping[str, str], names: Mapping[str, str], tools: Component
) -> Component:
    """Marks in force, the latest first, and those withdrawn."""
    rows = [[*_mark(mark, pages, names), _by(mark), _ways(mark)] for mark in marks]
    heads = ("日期", "类别", "标题", "范围", "区域", "依据", "登记", "")
    found = [table(heads, rows, ("没有这一类标注", "在右侧登记"))]
    if retired:
        gone = [[*_mark(mark, pages, names), mark.retired] for mark in retired]
        found.append(
            html.Details(
                [html.Summary(f"已停用或修改过的 {len(retired)} 条"), table((*heads[:6], "停用"), gone, ("", ""))],
                className="marks-retired",
            )
        )
    return frame(
        "曲线标注",
        html.Div(found, className="marks-scroll", tabIndex=0),
        "画在涉及的走势图上，并随导出",
        [tools],
        className="panel",
    )


def _mark(mark: Mark, pages: Mapping[str, str], names: Mapping[str, str]) -> list[Any]:
    scope = "全部指标"
    if mark.page:
        scope = f"{pages.get(mark.page, mark.page)}全部指标"
    elif mark.indicators:
        scope = "、".join(mark.indicators)
    region = names.get(mark.region, mark.region) if mark.region else "全部"
    kind = badge(MARK_KINDS[mark.kind], MARK_TONES.get(mark.kind))
    return [html.Span(mark.span, className="nowrap"), kind, html.B(mark.title), scope, region, mark.source or "—"]


def _by(mark: Mark) -> Component:
    if mark.kind == "holiday" and mark.id is None:
        return "日历"
    return html.Span([mark.author, html.Small(f"{clock.local(mark.written_at):%Y-%m-%d}" if mark.written_at else "")])


def _ways(mark: Mark) -> Component | str:
    """Where it is changed: what the calendar or the program brings is changed there."""
    if mark.id is not None:
        return dcc.Link("修改", href=f"{PATH}?edit={mark.id}")
    if mark.kind == "holiday":
        return dcc.Link("日历", href=f"{PATH}?show={CALENDAR}&year={mark.first.year}")
    return ""


def mark_form(mark: Mark | None, pages: Choices, regions: Choices) -> Component:
    """A mark to be written, or one to be changed."""
    scope = ALL if mark is None else mark.page or (BY_CODE if mark.indicators else ALL)
    scopes = [(ALL, "全部指标"), *((page, f"{name}全部指标") for page, name in pages), (BY_CODE, "指定指标")]
    more = []
    if mark is not None:
        more = [
            html.Button("停用", id="mark-retire", type="button", className="btn-x"),
            dcc.Link("取消", href=PATH, className="btn-x"),
        ]
    body = [
        dcc.Store(id="mark-id", data=mark.id if mark else None),
        dcc.ConfirmDialog(id="mark-sure", message="停用后不再画在图上，登记保留可查。继续？"),
        field("类别", select("mark-kind", list(MARK_KINDS.items()), mark.kind if mark else "policy")),
        html.Div(
            [
                field("首日", day_input("mark-first", mark.first if mark else None)),
                field("末日", day_input("mark-last", mark.last if mark else None)),
            ],
            className="marks-pair",
        ),
        html.Small("末日不填：政策、口径为自此施行，画一条线；台风、假日为尚未结束。"),
        field("标题", words("mark-title", mark.title if mark else "", TITLE_LENGTH, "公积金新政")),
        field("范围", select("mark-scope", scopes, scope)),
        field("指定指标的编码", words("mark-codes", "，".join(mark.indicators) if mark else "", 400, "ZF02，ZF03")),
        field("区域", select("mark-region", regions, (mark.region or ALL) if mark else ALL)),
        field("依据", words("mark-source", mark.source if mark else "", 200, "文件名称、文号或公告")),
        save("mark-save", "保存修改" if mark else "登记", *more),
    ]
    return frame("修改标注" if mark else "登记标注", html.Div(body, className="marks-form"), className="panel")


# --- calendar ----------------------------------------------------------------------------------------------------


def calendar_year(calendar: Calendar, year: int, missing: Sequence[int], changed: str, years: Component) -> Component:
    """Holidays of a year with their make-up days, and which years nobody has entered."""
    make_up = calendar.make_up_days(year)
    rows = []
    for holiday in calendar.holidays():
        if year in (holiday.first.year, holiday.last.year):
            worked = [day for day, name in make_up if name.startswith(holiday.name)]
            rows.append(
                [html.B(holiday.name), f"{iso(holiday.first)} 至 {iso(holiday.last)}", str(holiday.days), _days(worked)]
            )
    told = {day for row in calendar.holidays() for day, name in make_up if name.startswith(row.name)}
    if others := [(day, name) for day, name in make_up if day not in told]:
        rows += [[html.B(name), "—", "—", _days([day])] for day, name in others]
    body: list[Component] = []
    if missing:
        words_ = f"▲ 缺 {'、'.join(map(str, missing))} 年放假安排：按周一至周五算工作日，该年节假日不标注"
        body.append(html.P(words_, className="tone-warn marks-missing"))
    none = f"没有 {year} 年的放假安排", "国务院办公厅通知公布后，在右侧逐段填写，或下载模板填好上传"
    body.append(table(("节日", "放假", "天数", "调休上班"), rows, none))
    if rows:
        body.append(year_grid(calendar, year))
    return frame(
        f"{year} 年日历", html.Div(body, className="marks-scroll", tabIndex=0), changed, [years], className="panel"
    )


def year_grid(calendar: Calendar, year: int) -> Component:
    """The twelve months, each day as it is worked: off by the week, a holiday, or made up for."""
    holidays = {
        row.first + timedelta(days=offset): row.name for row in calendar.holidays() for offset in range(row.days)
    }
    made_up = dict(calendar.make_up_days(year))
    months = [_month(date(year, month, 1), holidays, made_up) for month in range(1, 13)]
    key = [
        html.Span([html.I("8", className="is-holiday"), "放假"]),
        html.Span([html.I("9", className="is-made-up"), "调休上班"]),
        html.Span([html.I("6", className="is-off"), "周末"]),
    ]
    return html.Div([html.Div(months, className="year"), html.Div(key, className="year-key")])


def _month(first: date, holidays: Mapping[date, str], made_up: Mapping[date, str]) -> Component:
    """One month, weeks from Monday."""
    count = monthrange(first.year, first.month)[1]
    days = []
    for offset in range(count):
        day = first + timedelta(days=offset)
        weekend = "is-off" if day.weekday() >= 5 else ""
        state = "is-holiday" if day in holidays else "is-made-up" if day in made_up else weekend
        days.append(html.I(str(day.day), className=state, title=holidays.get(day) or made_up.get(day)))
    days[0].style = {"gridColumnStart": str(first.weekday() + 1)}
    return html.Div([html.B(f"{first.month} 月"), html.Div(days)], className="year-month")


def _days(days: Sequence[date]) -> str:
    return "、".join(f"{day:%m-%d}（周{'一二三四五六日'[day.weekday()]}）" for day in days) or "—"


def calendar_form(year: int) -> Component:
    """Days to be set one span at a time."""
    kinds = [*DAY_KINDS.items(), (BY_WEEK, "清除，按周")]
    body = [
        dcc.Store(id="calendar-year", data=year),
        html.Div(
            [field("首日", day_input("day-first", None)), field("末日", day_input("day-last", None))],
            className="marks-pair",
        ),
        field("类别", select("day-kind", kinds, "holiday")),
        field("名称", words("day-name", "", 40, "国庆节；调休填“国庆节调休上班”")),
        save("day-save", "保存"),
    ]
    return frame("填写日期", html.Div(body, className="marks-form"), className="panel")


def calendar_upload(year: int) -> Component:
    """A whole year by spreadsheet."""
    drop = dcc.Upload(
        html.Div([html.B(f"上传 {year} 年日历"), html.Span("XLSX 或 CSV，整年以文件为准")]),
        id="calendar-file",
        className="marks-drop",
        max_size=2**20,
    )
    template = html.A(f"下载 {year} 年模板", href=f"{PATH}/calendar/{year}.xlsx", className="btn-x")
    body = [dcc.Loading(drop, type="dot"), template, html.Div(id="calendar-file-said", role="alert")]
    return frame("整年上传", html.Div(body, className="marks-form"), className="panel")


# --- limits ------------------------------------------------------------------------------------------------------


def limit_list(rows: Sequence[Sequence[Any]]) -> Component:
    """All limits that ever held."""
    heads = ("指标", "级别", "限值", "生效", "至", "依据", "原因", "设定")
    none = "还没有限值", "在右侧设定"
    body = html.Div(table(heads, rows, none), className="marks-scroll", tabIndex=0)
    return frame("限值", body, "新限值自生效日起用，此前的期间仍按原限值评判", className="panel")


def limit_row(limit: Any, name: str, unit: str, until: date | None) -> list[Any]:
    """One of them; ``until`` is its last day, None while it holds."""
    value = number(limit.value, 0 if float(limit.value).is_integer() else 2)
    by = html.Span(
        [
            limit.author or "初始数据",
            html.Small(f"{clock.local(limit.written_at):%Y-%m-%d}" if limit.written_at else ""),
        ]
    )
    word = f"{LEVELS[limit.level]} {SIDES[limit.side]}"
    ends = iso(until) if until else badge("待生效") if limit.valid_from > clock.today() else badge("在用", "ok")
    return [
        html.B(name),
        word,
        f"{value} {unit}",
        iso(limit.valid_from),
        ends,
        limit.standard,
        limit.reason or limit.note or "—",
        by,
    ]


def limit_form(indicators: Choices, today: date) -> Component:
    """A limit to be set from a day on."""
    body = [
        field("指标", select("limit-indicator", indicators, indicators[0][0] if indicators else "")),
        html.Div(
            [
                field("级别", select("limit-level", list(LEVELS.items()), "warn")),
                field("方向", select("limit-side", list(SIDES.items()), "high")),
            ],
            className="marks-pair",
        ),
        html.Div(
            [
                field("限值", dbc.Input(id="limit-value", type="number", step="any", size="sm")),
                field("生效日", day_input("limit-from", today)),
            ],
            className="marks-pair",
        ),
        field("依据", words("limit-standard", "", 100, "文件名称、文号")),
        field("原因", words("limit-reason", "", 300, "为何调整")),
        save("limit-save", "设定"),
    ]
    return frame("设定限值", html.Div(body, className="marks-form"), className="panel")
