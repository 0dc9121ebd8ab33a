"""The stewards' page: marks on curves, the calendar of a year, limits. What it shows, and what a click writes.

Where one is, is in the address: ``?show=calendar&year=2027``, ``?kind=typhoon``, ``?edit=12``.
"""

from __future__ import annotations

import base64
import binascii
import io
import re
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from dash import Dash, Input, Output, State, html, no_update
from dash.exceptions import PreventUpdate
from flask import abort, send_file
from flask.typing import ResponseReturnValue

from components import frame
from components import marks_parts as parts
from components.marks_parts import ALL, BY_CODE, CALENDAR, LIMITS, PATH
from components.states import Component, Option, empty, segmented
from data import clock
from data.access.viewer import Viewer
from data.access.web import current_viewer
from data.calendar_edit import calendar_template, last_change, load_year, set_days, year_of
from data.errors import PlatformError
from data.limits import set_limit
from data.marks import Draft, add_mark, change_mark, may_write, retire_mark, retired_marks
from data.models.platform.marks import MARK_KINDS
from data.periods import ONE_DAY
from data.platform import Platform

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWS = {"": "标注", CALENDAR: "日历", LIMITS: "限值"}
YEARS = range(2000, 2100)


# --- what is shown -----------------------------------------------------------------------------------------------


def switch(show: str) -> Component:
    """The three things that are kept here."""
    options = [Option(name, word, PATH + (f"?show={name}" if name else "")) for name, word in SHOWS.items()]
    return segmented("marks-show", options, show if show in SHOWS else "", "维护什么")


def body(platform: Platform, viewer: Viewer, show: str, kind: str, edit: str, year: str) -> Component:
    """What the address names."""
    if not may_write(viewer):
        return empty("本账号不能维护标注、日历和限值", "请数据管理员登记")
    if show == CALENDAR:
        return _calendar(platform, int(year) if year.isdigit() and int(year) in YEARS else clock.today().year)
    if show == LIMITS:
        return _limits(platform)
    return _marks(platform, viewer, kind if kind in MARK_KINDS else "", edit)


def _two(main: Component, *side: Component) -> Component:
    return html.Div(
        [html.Div(main, className="marks-main"), html.Div(list(side), className="marks-side")], className="marks"
    )


def _marks(platform: Platform, viewer: Viewer, kind: str, edit: str) -> Component:
    regions = platform.regions()
    names = {node.id: node.short_name for node in regions.nodes.values()}
    places = {place.href.removeprefix("/"): place.label for place in frame.places(viewer)}
    pages = {i.page: places.get(i.page, i.page) for i in platform.registry if i.page}
    with platform.db.read() as connection:
        retired = retired_marks(connection, platform.registry)
    marks = platform.marks().all()
    editing = next((mark for mark in marks if edit.isdigit() and mark.id == int(edit)), None)
    kinds = [
        Option("", "全部", PATH),
        *(Option(code, word, f"{PATH}?kind={code}") for code, word in MARK_KINDS.items()),
    ]
    shown = [mark for mark in marks if kind in ("", mark.kind)]
    gone = [mark for mark in retired if kind in ("", mark.kind)]
    tools = segmented("marks-kind", kinds, kind, "类别")
    areas = [(ALL, "全部区域"), *((region, names[region]) for region in (*regions.groups(), *regions.districts()))]
    return _two(parts.mark_list(shown, gone, pages, names, tools), parts.mark_form(editing, list(pages.items()), areas))


def _calendar(platform: Platform, year: int) -> Component:
    calendar, today = platform.calendar(), clock.today()
    known = sorted({*calendar.years, today.year, today.year + 1, year})
    options = [Option(str(y), str(y), f"{PATH}?show={CALENDAR}&year={y}") for y in known[-6:]]
    # The next year's holidays are published in November: only from December on is it late.
    needed = date(today.year + (today.month == 12), 12, 31)
    missing = calendar.missing(date(min(known), 1, 1), needed)
    with platform.db.read() as connection:
        changed = last_change(connection, year)
    said = f"最近由 {changed[0]} 于 {changed[1]} 修改" if changed else "以国务院办公厅通知为准"
    shown = parts.calendar_year(calendar, year, missing, said, segmented("marks-year", options, str(year), "年度"))
    return _two(shown, parts.calendar_form(year), parts.calendar_upload(year))


def _limits(platform: Platform) -> Component:
    registry, judgement = platform.registry, platform.judgement()
    rows = []
    for indicator in registry:
        until: dict[tuple[str, str], date] = {}
        for limit in judgement.history(indicator.code):
            key = limit.level, limit.side
            rows.append(parts.limit_row(limit, indicator.brief, indicator.unit, until.get(key)))
            until[key] = limit.valid_from - ONE_DAY
    choices = [(indicator.code, f"{indicator.code} {indicator.brief}（{indicator.unit}）") for indicator in registry]
    return _two(parts.limit_list(rows), parts.limit_form(choices, clock.today()))


# --- what a steward does -----------------------------------------------------------------------------------------


def drafted(
    kind: str, first: str | None, last: str | None, title: str, scope: str, codes: str, region: str, source: str
) -> Draft:
    """The form's fields as a draft."""
    named = tuple(filter(None, re.split(r"[\s,，、;；]+", codes or ""))) if scope == BY_CODE else ()
    if scope == BY_CODE and not named:
        raise PlatformError("没有填写指标编码", "指定指标的编码", "填写指标目录中的编码，如 ZF02，多个用逗号分开")
    page = "" if scope in (ALL, BY_CODE) else scope
    return Draft(kind, _day(first), _day(last), title or "", named, page, "" if region == ALL else region, source or "")


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise PlatformError(f"“{text}”不是日期", "日期", "写成 2026-11-24") from None


def _told(work: Callable[[], str]) -> tuple[Any, Any]:
    """Where to go after ``work``, and what to say where it was refused."""
    try:
        return work(), None
    except PlatformError as error:
        return no_update, parts.refusal(error.what, error.where, error.remedy, error.reference)


def register(app: Dash, platform: Platform) -> None:
    """Callbacks of the page, and the calendar's template."""
    _register_marks(app, platform)
    _register_calendar(app, platform)
    _register_limits(app, platform)


def _register_marks(app: Dash, platform: Platform) -> None:
    @app.callback(
        Output("marks-go", "href"),
        Output("mark-save-said", "children"),
        Input("mark-save", "n_clicks"),
        State("mark-id", "data"),
        *(State(f"mark-{name}", "value") for name in _MARK_FIELDS),
        prevent_initial_call=True,
    )
    def write(clicks: int | None, mark_id: int | None, *fields: Any) -> tuple[Any, Any]:
        if not clicks:
            raise PreventUpdate

        def work() -> str:
            draft = drafted(*fields)
            with platform.db.write() as connection:
                if mark_id is None:
                    mark = add_mark(connection, current_viewer(), draft, platform.registry)
                else:
                    mark = change_mark(connection, current_viewer(), mark_id, draft, platform.registry)
            return f"{PATH}?kind={draft.kind}&written={mark}"

        return _told(work)

    @app.callback(Output("mark-sure", "displayed"), Input("mark-retire", "n_clicks"), prevent_initial_call=True)
    def ask(clicks: int | None) -> bool:
        return bool(clicks)

    @app.callback(
        Output("marks-go", "href", allow_duplicate=True),
        Output("mark-save-said", "children", allow_duplicate=True),
        Input("mark-sure", "submit_n_clicks"),
        State("mark-id", "data"),
        prevent_initial_call=True,
    )
    def retire(clicks: int | None, mark_id: int | None) -> tuple[Any, Any]:
        if not clicks or mark_id is None:
            raise PreventUpdate

        def work() -> str:
            with platform.db.write() as connection:
                retire_mark(connection, current_viewer(), mark_id)
            return f"{PATH}?retired={mark_id}"

        return _told(work)


_MARK_FIELDS = ("kind", "first", "last", "title", "scope", "codes", "region", "source")


def _register_calendar(app: Dash, platform: Platform) -> None:
    @app.callback(
        Output("marks-go", "href", allow_duplicate=True),
        Output("day-save-said", "children"),
        Input("day-save", "n_clicks"),
        State("day-first", "value"),
        State("day-last", "value"),
        State("day-kind", "value"),
        State("day-name", "value"),
        prevent_initial_call=True,
    )
    def days(clicks: int | None, first: str | None, last: str | None, kind: str, name: str | None) -> tuple[Any, Any]:
        if not clicks:
            raise PreventUpdate

        def work() -> str:
            since = _day(first)
            with platform.db.write() as connection:
                changed = set_days(connection, current_viewer(), since, _day(last), kind, name or "")
            return f"{PATH}?show={CALENDAR}&year={since.year if since else ''}&changed={changed}.{clicks}"

        return _told(work)

    @app.callback(
        Output("marks-go", "href", allow_duplicate=True),
        Output("calendar-file-said", "children"),
        Input("calendar-file", "contents"),
        State("calendar-file", "filename"),
        State("calendar-year", "data"),
        prevent_initial_call=True,
    )
    def load(contents: str | None, filename: str | None, year: int) -> tuple[Any, Any]:
        if not contents:
            raise PreventUpdate
        return _told(lambda: take_year(platform, current_viewer(), year, filename or "日历", contents))

    @app.server.get(f"{PATH}/calendar/<int:year>.xlsx")
    def calendar_file(year: int) -> ResponseReturnValue:
        if not may_write(current_viewer()):
            abort(403)
        if year not in YEARS:
            abort(404)
        with platform.db.read() as connection:
            content = calendar_template(year, year_of(connection, year))
        return send_file(
            io.BytesIO(content), XLSX, as_attachment=True, download_name=f"{year}年日历模板.xlsx", max_age=0
        )


def take_year(platform: Platform, viewer: Viewer, year: int, filename: str, contents: str) -> str:
    """Load an uploaded calendar; the address that shows it."""
    try:
        content = base64.b64decode(contents.partition(",")[2], validate=True)
    except binascii.Error as error:
        raise PlatformError("文件没有完整到达", filename, "重新选择文件上传") from error
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"calendar{Path(filename).suffix.lower()}"
        path.write_bytes(content)
        with platform.db.write() as connection:
            changed = load_year(connection, viewer, path, filename, year)
    return f"{PATH}?show={CALENDAR}&year={year}&changed={changed}"


def _register_limits(app: Dash, platform: Platform) -> None:
    @app.callback(
        Output("marks-go", "href", allow_duplicate=True),
        Output("limit-save-said", "children"),
        Input("limit-save", "n_clicks"),
        *(State(f"limit-{name}", "value") for name in _LIMIT_FIELDS),
        prevent_initial_call=True,
    )
    def limit(clicks: int | None, *fields: Any) -> tuple[Any, Any]:
        if not clicks:
            raise PreventUpdate

        def work() -> str:
            code, level, side, value, since, standard, reason = fields
            with platform.db.write() as connection:
                set_limit(
                    connection,
                    current_viewer(),
                    platform.registry,
                    indicator=code or "",
                    level=level,
                    side=side,
                    value=None if value is None else float(value),
                    valid_from=_day(since),
                    standard=standard or "",
                    reason=reason or "",
                )
            return f"{PATH}?show={LIMITS}&set={code}.{clicks}"

        return _told(work)


_LIMIT_FIELDS = ("indicator", "level", "side", "value", "from", "standard", "reason")
