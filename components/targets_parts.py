"""The targets page's parts, each a function from plain values to Dash components."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import dash_bootstrap_components as dbc
from dash import dcc, html

from components.board import pace
from components.format import MISSING, number
from components.states import Component, badge, empty
from components.upload_parts import frame
from data import clock
from data.judgement import Aim
from data.pace import Standing, is_share
from data.semantic.spec import Indicator
from data.targets import FIELDS, HOW_ZH, Change
from data.targets_file import STATES_ZH, Findings, Line

MOST_LINES = 200
"""Rows of a file that the preview shows; those with faults come first."""

STATE_TONES = {"bad": "bad", "changed": "warn", "new": "ok"}
MARKS = {"ok": "●", "warn": "▲", "bad": "■"}


@dataclass(frozen=True)
class Spot:
    """A region's target of an indicator: its own or one that holds for it (``own`` tells), and how it stands."""

    region: str
    aim: Aim | None
    own: bool
    standing: Standing | None


@dataclass(frozen=True)
class Row:
    """An indicator's targets in a year: the city's with its present value, its places', and how far its data reach."""

    indicator: Indicator
    city: Spot
    value: float | None
    places: tuple[Spot, ...]
    last: date | None


# --- the table ---------------------------------------------------------------------------------------------------


def table(
    rows: Sequence[Row], names: Mapping[str, str], writable: frozenset[str], lit: str = "", chosen: str = ""
) -> Component:
    """All targets of a year; those of ``writable`` regions are buttons. ``lit`` is the indicator that one came for."""
    if not rows:
        return empty("没有设目标的指标", "在指标声明中注明年度任务或国家标准后显示")
    places = [spot.region for spot in rows[0].places]
    heads = ["指标", "全市目标", "现值", "完成率", "序时", "快慢", *(names[place] for place in places)]
    numeric = [html.Th(word, className="" if word == "指标" else "is-number", scope="col") for word in heads]
    body: list[Component] = []
    for kind, title in (("annual_task", "年度任务"), ("national", "国家标准与要求")):
        of_kind = [row for row in rows if row.indicator.target_kind == kind]
        if of_kind:
            body.append(html.Tr(html.Th(title, colSpan=len(heads), scope="rowgroup"), className="goals-kind"))
            body += [_row(row, writable, lit, chosen) for row in of_kind]
    return html.Div(
        html.Table([html.Thead(html.Tr(numeric)), html.Tbody(body)], className="goals"),
        className="goals-scroll",
        tabIndex=0,
    )


def _row(row: Row, writable: frozenset[str], lit: str, chosen: str) -> Component:
    indicator = row.indicator
    name = html.Td(
        [
            dcc.Link(indicator.zh, href=f"/indicator/{indicator.code}"),
            html.Small(f"{indicator.code} · {indicator.unit}"),
        ],
        className="goals-name",
    )
    cells = [name, _target(row, row.city, writable, chosen), *_city(row)]
    cells += [_target(row, spot, writable, chosen, told=True) for spot in row.places]
    return html.Tr(cells, className="is-lit" if indicator.code == lit else "")


def _city(row: Row) -> list[Component]:
    """Present value, 完成率, 序时 and how the city stands."""
    found, indicator = row.city.standing, row.indicator
    reach = f"数据截至 {row.last.isoformat()}" if row.last else "尚无数据"
    value = _plain(number(row.value, indicator.decimals), reach)
    if found is None:
        return [value, _plain(MISSING), _plain(MISSING), _plain(MISSING)]
    on_time = found.pace
    return [
        value,
        _plain(f"{number(on_time.rate, 1)}%" if on_time else MISSING),
        _plain(f"{number(on_time.elapsed, 1)}%" if on_time else MISSING),
        html.Td(_state(indicator, found), className="is-number"),
    ]


def _plain(text: str, title: str = "") -> Component:
    return html.Td(text, className="is-number", **({"title": title} if title else {}))


def _state(indicator: Indicator, found: Standing) -> Component:
    """Shape and word: ``■ 慢 11.7``, ``● 优于``, ``▲ 差 3.2``."""
    if found.pace:
        tone = pace.tone_of(found.pace)
        words = pace.short(found.pace).removesuffix(" 点")
    elif found.reached:
        tone, words = "ok", "达到" if found.value == found.aim.value else "优于"
    else:
        away = abs(found.value - found.aim.value)
        tone, words = "warn", f"{'高' if indicator.better == 'lower' else '差'} {number(away, indicator.decimals)}"
    late = html.Small(f" {found.part[0]}/{found.part[1]}" if found.part else "")
    title = f"{found.words}（{found.aim.source}）"
    return html.Span([f"{MARKS[tone]} {words}", late], className=f"tone-{tone} goals-state", title=title)


def _target(row: Row, spot: Spot, writable: frozenset[str], chosen: str, told: bool = False) -> Component:
    """The target in its cell, a button where it may be set; of a place with how it stands below."""
    aim, indicator = spot.aim, row.indicator
    words = number(aim.value, max(pace.plain(aim.value), 0)) if aim else "＋" if spot.region in writable else MISSING
    about = aim.source if aim and spot.own else f"随全市：{aim.source}" if aim and aim.source else "未设目标"
    if aim and not spot.own and not is_share(indicator) and indicator.target_kind == "annual_task":
        about = aim.source
    inner = [html.B(words, className="goals-value" if spot.own else "goals-value is-shared")]
    if told and spot.standing:
        inner.append(_state(indicator, spot.standing))
    key = f"{indicator.code} {spot.region}"
    if spot.region not in writable:
        return html.Td(html.Span(inner, className="goals-cell", title=about), className="is-number")
    button = html.Button(
        inner,
        id={"kind": "goal", "code": indicator.code, "region": spot.region},
        type="button",
        className="goals-cell is-button" + (" is-chosen" if key == chosen else ""),
        title=about,
        **{"aria-label": f"修改{indicator.zh}目标：{words}"},
    )
    return html.Td(button, className="is-number")


# --- one target --------------------------------------------------------------------------------------------------


def hint(may_write: bool) -> Component:
    """What the editor says before a target is chosen."""
    words = "点表中的目标即可修改；＋ 为未设" if may_write else "目标由文员或数据管理员录入，本账号只能查看"
    return frame("修改目标", html.P(words, className="upload-hint"), className="panel")


def editor(indicator: Indicator, place: str, year: int, aim: Aim | None, said: Component | None = None) -> Component:
    """Value and source of one target."""
    value = f"{aim.value:.6f}".rstrip("0").rstrip(".") if aim else ""
    remove = html.Button("删除", id="goal-remove", type="button", className="btn-x", disabled=aim is None)
    body = html.Div(
        [
            html.P([html.B(indicator.zh), html.Span(f"{place} · {year} 年")], className="goals-of"),
            html.Label([html.Span(f"目标值（{indicator.unit}）"), dbc.Input(id="goal-value", value=value, size="sm")]),
            html.Label(
                [
                    html.Span("依据"),
                    dbc.Input(
                        id="goal-source",
                        value=aim.source if aim else "",
                        size="sm",
                        placeholder="下达目标的文件或会议",
                        maxlength=200,
                    ),
                ]
            ),
            html.Div(said, id="goal-said", role="status", className="goals-said"),
            html.Div(
                [remove, html.Button("保存", id="goal-save", type="button", className="btn btn-primary")],
                className="goals-buttons",
            ),
        ],
        className="goals-editor",
    )
    return frame("修改目标", body, className="panel")


def saved(words: str) -> Component:
    """That a change is in force."""
    return html.Span(f"● {words}", className="tone-ok")


def refused(reason: str, remedy: str) -> Component:
    """Why a change is not, and what to do."""
    return html.Span([html.B(f"■ {reason}", className="tone-bad"), html.Small(remedy)])


# --- the log -----------------------------------------------------------------------------------------------------


def log(
    changes: Sequence[Change],
    indicators: Mapping[str, Indicator],
    places: Mapping[str, str],
    about: str,
    every: Component | None = None,
) -> Component:
    """Who changed what when, newest first; ``every`` is the way to the whole log."""
    if not changes:
        nothing = html.Div(
            [html.B("还没有变更"), html.Span("在本页或用模板改过的目标都记在这里，不可删除")], className="state"
        )
        return frame("变更记录", nothing, about, [every] if every else [], className="panel")
    items = [_change(change, indicators.get(change.indicator), places) for change in changes]
    body = html.Ul(items, className="goals-log", tabIndex=0)
    return frame("变更记录", body, about, [every] if every else [], className="panel")


def _change(change: Change, indicator: Indicator | None, places: Mapping[str, str]) -> Component:
    old, new = (MISSING if value is None else number(value, pace.plain(value)) for value in (change.old, change.new))
    unit = indicator.unit if indicator else ""
    how = HOW_ZH[change.how] + (f" {change.filename}" if change.filename else "")
    who = f"{clock.local(change.at):%Y-%m-%d %H:%M} {change.name} · {how}"
    source = change.source or f"原依据 {change.old_source}"
    return html.Li(
        [
            html.Div([html.B(indicator.zh if indicator else change.indicator), html.Span(_where(change, places))]),
            html.Div(
                [html.Span(old), html.I("→"), html.B(f"{new} {unit}" if change.new is not None else "已删除")],
                className="goals-moved",
            ),
            html.Small(source, title=source),
            html.Small(who, title=f"{change.username}　{who}"),
        ]
    )


def _where(change: Change, places: Mapping[str, str]) -> str:
    return f"{places.get(change.district, change.district)} {change.year}"


# --- a file ------------------------------------------------------------------------------------------------------


def upload(year: int) -> Component:
    """The template, and where the filled one is dropped."""
    drop = dcc.Upload(
        html.Div([html.B("上传目标表"), html.Span("XLSX、CSV，拖入或点击选择")]),
        id="targets-file",
        className="upload-drop goals-drop",
        max_size=5 * 2**20,
    )
    link = html.A(
        [html.I(className="icon icon-save"), "模板"], href=f"/targets/template-{year}.xlsx", className="btn-x"
    )
    return frame("批量录入", drop, "先核对，后写入", [link], className="panel")


def preview(found: Findings, indicators: Mapping[str, Indicator], places: Mapping[str, str]) -> Component:
    """What a file would do, row by row, bad rows first with what is wrong and what to do; and the button for it."""
    bad = found.bad
    shown = [*bad, *(line for line in found.lines if line.state != "bad")][:MOST_LINES]
    heads = ("行", "结果", *FIELDS.values(), "原目标")
    body = [_line(line, indicators, places) for line in shown]
    lines = html.Table(
        [html.Thead(html.Tr([html.Th(word) for word in heads])), html.Tbody(body)],
        className="upload-table upload-preview goals-preview",
    )
    counts = "，".join(f"{zh} {found.count(state)}" for state, zh in STATES_ZH.items())
    note = f"共 {len(found.lines)} 行：{counts}" + (f"；略过 {found.skipped} 行" if found.skipped else "")
    land = [_land(found)] if found.writes else []
    foot = html.Div([html.Span(_verdict(found)), _cancel(), *land], className="goals-verdict")
    some = dcc.Store(id="targets-some", data=bool(bad))  # that only the sound rows are asked for
    whole = html.Div([html.Div(lines, className="upload-scroll", tabIndex=0), foot, some])
    return frame(f"核对 {found.filename}", whole, note, className="panel")


def _verdict(found: Findings) -> Component:
    if found.bad:
        rest = "" if found.writes else "；其余与现有目标相同"
        return html.Span(f"■ {len(found.bad)} 行有误，尚未写入任何目标{rest}", className="tone-bad")
    if not found.writes:
        return html.Span("● 与现有目标相同，无须写入", className="tone-ok")
    return html.Span("● 全部无误，尚未写入", className="tone-ok")


def _cancel() -> Component:
    return html.Button("取消", id="targets-cancel", type="button", className="btn-x")


def _land(found: Findings) -> Component:
    words = f"只写入无误的 {found.writes} 项" if found.bad else f"写入 {found.writes} 项"
    return html.Button(words, id="targets-land", type="button", className="btn btn-primary")


def _line(line: Line, indicators: Mapping[str, Indicator], places: Mapping[str, str]) -> Component:
    """A row of the file; each bad cell says why below its value."""
    faults = {fault.field: fault for fault in line.faults}
    cells = [html.Td(line.number), html.Td(badge(STATES_ZH[line.state], STATE_TONES.get(line.state)))]  # type: ignore[arg-type]
    for item in FIELDS:
        text = line.cells[item]
        if fault := faults.get(item):
            why = html.Small([fault.reason, html.Br(), fault.remedy], className="goals-why")
            cells.append(html.Td([html.Span(text, className="is-bad"), why]))
        else:
            told = _told(line, item, text, indicators, places)
            cells.append(html.Td(told, title=told))
    cells.append(html.Td(MISSING if line.old is None else number(line.old, pace.plain(line.old))))
    return html.Tr(cells)


def _told(line: Line, item: str, text: str, indicators: Mapping[str, Indicator], places: Mapping[str, str]) -> str:
    """A good cell as the platform understands it."""
    goal = line.goal
    if goal is None:
        return text
    if item == "indicator" and goal.indicator in indicators:
        return f"{goal.indicator} {indicators[goal.indicator].zh}"
    if item == "district":
        return places.get(goal.district, text)
    if item == "value" and goal.indicator in indicators:
        return f"{number(goal.value, pace.plain(goal.value))} {indicators[goal.indicator].unit}"
    return text


def receipt(filename: str, words: str, left: int) -> Component:
    """What became of a file."""
    rest = f"；{left} 行有误，未写入" if left else ""
    done = f"{filename} 已写入：{words}{rest}"
    return html.P([html.Span("● ", className="tone-ok"), done], className="goals-receipt", role="status")
