"""The upload page's parts, each a function from plain values to Dash components."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from components.states import Component, badge
from data import clock
from data.ingest.cells import UNITS
from data.ingest.cli import STATES, WORDS
from data.ingest.dataset import Dataset, Field
from data.ingest.datasets import DATASETS
from data.ingest.examine import Findings, Line
from data.ingest.mapping import FieldRule, Mapping
from data.ingest.run import COUNTS

STEPS = ("选择文件", "对应字段", "核对数据", "入库回执")
ORDERS = {"ymd": "年月日", "dmy": "日月年", "mdy": "月日年"}
COUNT_TONES = {"quarantined": "bad", "corrected": "warn", "landed": "ok"}
UNUSED = "-"
"""Value of a select in which nothing is chosen; an empty one would not be shown."""

SAMPLES = 2
"""Cells of a column shown beside its name."""


def frame(title: str, body: Component, subtitle: str = "", tools: Sequence[Component] = (), **more: Any) -> Component:
    """A panel of the page that is no figure: no menu, no export."""
    head = [
        html.H2(html.Span(title, className="panel-title")),
        html.Span(subtitle, className="panel-subtitle", title=subtitle),
        *tools,
    ]
    return html.Section([html.Header(head, className="panel-head"), html.Div(body, className="panel-body")], **more)


def steps(now: int) -> Component:
    """Where in the way from file to receipt the clerk is."""
    marks = [
        html.Li(
            [html.I(str(place)), html.Span(word)],
            className="upload-step" + (" is-now" if place == now else " is-done" if place < now else ""),
            **({"aria-current": "step"} if place == now else {}),
        )
        for place, word in enumerate(STEPS, start=1)
    ]
    return html.Ol(marks, className="upload-steps")


# --- first step: choose ------------------------------------------------------------------------------------------


def choose(max_mb: int) -> Component:
    """Data set and file."""
    options = [{"label": _dataset_label(item), "value": item.name} for item in DATASETS.values()]
    body = html.Div(
        [
            dbc.RadioItems(options, "sales_contract", id="upload-dataset", className="upload-datasets"),
            dcc.Loading(
                dcc.Upload(
                    html.Div(
                        [
                            html.I(className="icon icon-empty"),
                            html.B("把文件拖到这里，或点击选择"),
                            html.Span(f"CSV、XLSX、XLS，不超过 {max_mb} MB，更大的由管理员用命令行入库"),
                            html.Span("表头不必与模板一致，下一步可对应"),
                        ]
                    ),
                    id="upload-file",
                    className="upload-drop",
                    max_size=max_mb * 2**20,
                ),
                type="dot",
            ),
        ],
        className="upload-choose",
    )
    return frame("选择数据集和文件", body, className="panel")


def _dataset_label(item: Dataset) -> Component:
    keys = "、".join(item.zh_of(name) for name in item.key)
    template = html.A("模板", href=f"/data/template/{item.name}.xlsx", className="btn-x")
    return html.Span([html.B(item.zh), html.Small(f"以{keys}认定同一条"), template], className="upload-dataset")


# --- second step: columns to fields ------------------------------------------------------------------------------


def mapping_editor(target: Dataset, mapping: Mapping, headings: Sequence[str], lines: Sequence[Line]) -> Component:
    """Each column of the file with the field it fills, and the fields no column fills with their constants."""
    by_column = {column: name for name, rule in mapping.fields.items() for column in rule.columns}
    body = [line for line in lines if not line.skip]
    rows = [
        _column_row(target, mapping, place, heading, by_column.get(heading, ""), body)
        for place, heading in enumerate(headings)
    ]
    mapped = set(by_column.values())
    lacking = [
        item for item in target.fields if item.name not in mapped and (item.required or item.name in mapping.fields)
    ]
    table = html.Table(
        [
            html.Thead(html.Tr([html.Th(word) for word in ("文件中的列", "内容", "对应字段", "读法")])),
            html.Tbody(rows),
        ],
        className="upload-table",
    )
    done = len([item for item in target.fields if item.required and item.name in mapped])
    needed = len([item for item in target.fields if item.required])
    return frame(
        "对应字段",
        html.Div([html.Div(table, className="upload-scroll"), _constants(lacking, mapping)]),
        f"{len(by_column)}/{len(headings)} 列有对应，必填 {done}/{needed} 来自文件",
        className="panel",
    )


def _column_row(
    target: Dataset, mapping: Mapping, place: int, heading: str, name: str, lines: Sequence[Line]
) -> Component:
    seen = [line.cells[place] for line in lines[:SAMPLES] if place < len(line.cells)]
    options = [
        {"label": "不读", "value": UNUSED},
        *({"label": item.label, "value": item.name} for item in target.fields),
    ]
    look = "" if name else "is-unused"
    select = dbc.Select(options, name or UNUSED, id={"kind": "map", "column": place}, size="sm", className=look)
    reading = _reading(target.by_name.get(name), mapping.fields.get(name), place)
    sample = html.Span(" · ".join(filter(None, seen)), className="upload-sample")
    return html.Tr([html.Td(heading), html.Td(sample), html.Td(select), html.Td(reading)])


def _reading(field: Field | None, rule: FieldRule | None, place: int) -> Component:
    """How a column's cells are written, where that can differ: unit, or order of day and month."""
    options, value = [("", "—")], ""
    if field and rule and field.kind == "number" and field.unit:
        kind = UNITS[field.unit][0]
        options = [(unit, unit) for unit in UNITS if UNITS[unit][0] == kind]
        value = rule.unit or field.unit
    elif field and rule and field.kind == "day":
        options, value = list(ORDERS.items()), rule.order
    choices = [{"label": label, "value": code} for code, label in options]
    hidden = {"display": "none"} if len(choices) < 2 else {}
    return dbc.Select(choices, value, id={"kind": "how", "column": place}, size="sm", style=hidden)


def _constants(fields: Sequence[Field], mapping: Mapping) -> Component:
    if not fields:
        return html.Div()
    boxes = []
    for item in fields:
        value = mapping.fields[item.name].value if item.name in mapping.fields else None
        identity = {"kind": "constant", "field": item.name}
        if item.codes:
            choices = [
                {"label": "请选择", "value": UNUSED},
                *({"label": zh, "value": code} for code, zh in item.codes.items()),
            ]
            box: Component = dbc.Select(choices, value or UNUSED, id=identity, size="sm")
        else:
            box = dbc.Input(id=identity, value=value or "", size="sm", debounce=True, placeholder="固定值")
        boxes.append(html.Label([html.Span(item.label, className="" if value else "tone-bad"), box]))
    note = "文件中没有这些列，整份文件取同一个值："
    return html.Div([html.P(note), html.Div(boxes)], className="upload-constants")


# --- third step: look --------------------------------------------------------------------------------------------


def preview(found: Findings, blocked: bool = False) -> Component:
    """The first rows as they stand, bad cells marked with their reasons, skipped rows said to be."""
    places = {name: place for place, name in enumerate(found.headings)}
    bad: dict[int, dict[int, str]] = {}
    rest: dict[int, list[str]] = {}
    for fault in found.faults:
        words = f"{fault.zh}：{fault.reason}。{fault.remedy}"
        if fault.column in places:
            bad.setdefault(fault.line, {})[places[fault.column]] = words
        else:
            rest.setdefault(fault.line, []).append(words)
    head = html.Tr([html.Th("行"), html.Th("结果"), *(html.Th(name) for name in found.headings)])
    good = badge("待核对") if blocked else badge("● 可入库", "ok")
    rows = [_preview_row(line, good, bad.get(line.number, {}), rest.get(line.number, [])) for line in found.lines]
    table = html.Table([html.Thead(head), html.Tbody(rows)], className="upload-table upload-preview")
    return frame(
        "核对数据",
        html.Div(table, className="upload-scroll", tabIndex=0),
        "先列前几行与有问题的行；下划线的格不能入库，指向它看原因",
        className="panel",
    )


def _preview_row(line: Line, good: Component, bad: dict[int, str], rest: list[str]) -> Component:
    state = badge(line.skip) if line.skip else badge("■ 退回", "bad") if line.broken else good
    cells = [
        html.Td(text, **({"className": "is-bad", "title": bad[place], "tabIndex": 0} if place in bad else {}))
        for place, text in enumerate(line.cells)
    ]
    name = "is-skipped" if line.skip else ""
    return html.Tr([html.Td(line.number), html.Td(state, title="；".join(rest) or None), *cells], className=name)


def fault_list(found: Findings) -> Component:
    """Each bad cell in words, like ones counted together above."""
    if not found.faults:
        return html.Div()
    kinds = [
        html.Li([html.B(f"{zh}"), html.Span(reason), html.Span(f"{count:,} 处", className="upload-count")])
        for (zh, reason), count in found.reasons.most_common(6)
    ]
    items = [
        html.Li(
            [
                html.Span(f"第 {fault.line} 行", className="upload-line"),
                html.B(fault.column or fault.zh),
                html.Span(fault.reason),
                html.Small(fault.remedy),
            ]
        )
        for fault in found.faults
    ]
    total = sum(found.reasons.values())
    body = html.Div([html.Ul(kinds, className="upload-kinds"), html.Ul(items, className="upload-faults", tabIndex=0)])
    listed = f"共 {total:,} 处" + (f"，列出前 {len(items)} 处" if total > len(items) else "")
    return frame("不能入库的格", body, listed, className="panel")


def verdict(found: Findings, regions: Sequence[str], blocked: str = "", may_replace: bool = True) -> Component:
    """Counts over the whole file, completeness, warnings, and the button that lands it."""
    if blocked:
        body: list[Component] = [html.P([badge("■ 还不能核对", "bad"), html.Span(blocked)], className="upload-blocked")]
        return frame("入库前核对", html.Div(body, className="upload-verdict"), className="panel")
    counts = {
        "read": found.read,
        "landed": found.fresh,
        "corrected": found.differing,
        "unchanged": found.unchanged,
        "quarantined": found.broken,
        "skipped": found.skipped,
    }
    span = f"{found.first} 至 {found.last}" if found.first else "没有可入库的行"
    body = [
        equation(counts, future=True),
        html.Dl(
            [
                html.Dt("期间"),
                html.Dd(span),
                html.Dt("区市"),
                html.Dd("、".join(regions) or "—"),
            ],
            className="definition",
        ),
        *_outliers(found),
        html.Div(
            [
                html.Label("数据完整自", htmlFor="upload-since"),
                _day_box("upload-since"),
                html.Label("至", htmlFor="upload-complete"),
                _day_box("upload-complete"),
                html.Small(
                    "这段时间里以上区市的记录都已在内；它决定图上的“数据截至”，最新一行的日期不等于报完的日期。"
                    "自：留空即接着上次报至之日；中间整月没有记录的，按未报记。"
                ),
            ],
            className="upload-complete",
        ),
        *_replace(found, may_replace),
        html.Button(
            f"确认入库 {found.fresh + found.differing:,} 行",
            id="upload-confirm",
            type="button",
            className="btn btn-primary",
            disabled=found.read == found.skipped or (found.demo and not may_replace),
        ),
    ]
    return frame("入库前核对", html.Div(body, className="upload-verdict"), "整份文件", className="panel")


def _day_box(id: str) -> Component:
    return dbc.Input(id=id, type="date", max=clock.today().isoformat(), size="sm")


def _replace(found: Findings, may: bool) -> list[Component]:
    hidden = {} if found.demo and may else {"display": "none"}
    box = dbc.Checkbox(
        id="upload-replace",
        label="替换演示数据：先清除本数据集的演示数据，真实数据不与之混在一起",
        value=False,
        class_name="upload-replace",
        style=hidden,
    )
    if found.demo and not may:
        return [box, html.P("本数据集还是演示数据，请数据管理员先替换。", className="upload-warning tone-warn")]
    return [box]


def _outliers(found: Findings) -> list[Component]:
    if found.ranges_late:
        return [html.P("▲ 上年范围未能及时算出，本次不作比对；可以入库", className="upload-warning tone-warn")]
    if not found.outlier_count:
        return []
    items = [html.Li(str(outlier)) for outlier in found.outliers[:5]]
    words = f"▲ {found.outlier_count:,} 个值超出上年范围，请核对；可以入库"
    return [html.Div([html.B(words, className="tone-warn"), html.Ul(items)], className="upload-warning")]


def equation(counts: dict[str, int], future: bool = False) -> Component:
    """Rows read = landed + corrected + unchanged + quarantined + skipped, as large figures."""
    words = WORDS | ({"quarantined": "将退回"} if future else {})
    parts: list[Component] = []
    for place, name in enumerate(COUNTS):
        if place:
            parts.append(html.Span("=" if place == 1 else "+", className="upload-sign"))
        tone = COUNT_TONES.get(name, "none") if counts[name] else "none"
        parts.append(
            html.Div([html.B(f"{counts[name]:,}"), html.Span(words[name])], className=f"upload-number tone-{tone}")
        )
    return html.Div(parts, className="upload-equation")


# --- last step: receipt and runs ---------------------------------------------------------------------------------


def receipt(run: dict[str, Any], regions: Sequence[str]) -> Component:
    """What became of a file, and what can still be done."""
    tools: list[Component] = []
    if run["quarantined"]:
        href = f"/data/quarantine/{run['id']}.xlsx"
        tools.append(html.A([html.I(className="icon icon-save"), "下载退回的行"], href=href, className="btn-x"))
    if run["status"] == "done":
        tools.append(html.Button("撤销本批", id="upload-undo", type="button", className="btn-x"))
    tools.append(dcc.Link("继续上传", href="/data/upload", className="btn btn-primary"))
    rows = [
        ("数据集", DATASETS[run["dataset"]].zh),
        ("文件", run["source"]),
        ("状态", STATES[run["status"]]),
        ("操作人", run["username"]),
        ("时间", _moment(run["finished_at"] or run["started_at"])),
        ("数据完整至", _day(run["complete_to"])),
        ("区市", "、".join(regions)),
        ("说明", run["message"]),
    ]
    terms = [part for term, words in rows if words for part in (html.Dt(term), html.Dd(words))]
    hint = "退回的行已按原样附上原因，改好后可直接再次上传。" if run["quarantined"] else "全部记录都已入库或略过。"
    body = [
        equation({name: run[name] for name in COUNTS}),
        html.P(hint, className="upload-hint"),
        html.Dl(terms, className="definition"),
        html.Div(tools, className="upload-tools"),
        html.Div(id="upload-undone"),
    ]
    return frame(f"批次 {run['id']} 回执", html.Div(body, className="upload-verdict"), className="panel")


def undone(deleted: int, restored: int, left: Sequence[tuple[str, str]]) -> Component:
    """What taking a run back did, with the rows it left."""
    items = [html.Li(f"{key}：{reason}") for key, reason in left[:50]]
    words = f"● 已撤销：删除 {deleted:,} 行，恢复原值 {restored:,} 行"
    kept = html.Div([html.B(f"保留 {len(left):,} 行"), html.Ul(items)]) if left else None
    return html.Div([html.B(words, className="tone-ok"), kept], className="upload-warning", role="status")


def runs(found: Sequence[dict[str, Any]]) -> Component:
    """The newest runs, each leading to its receipt."""
    if not found:
        empty = html.Div(
            [html.B("还没有批次"), html.Span("上传的文件会列在这里，可随时查看回执或撤销")], className="state"
        )
        return frame("最近批次", empty, className="panel")
    items = [
        dcc.Link(
            [
                html.Div(
                    [html.B(run["source"]), html.Small(f"{DATASETS[run['dataset']].zh} · {_moment(run['started_at'])}")]
                ),
                html.Div([_state(run["status"]), html.Small(f"新增 {run['landed']:,}　退回 {run['quarantined']:,}")]),
            ],
            href=f"/data/upload?run={run['id']}",
            className="upload-run",
        )
        for run in found
    ]
    return frame("最近批次", html.Div(items, className="upload-runs", tabIndex=0), className="panel")


def _state(status: str) -> Component:
    tone = {"done": "ok", "failed": "bad", "running": "warn"}.get(status)
    mark = {"done": "● ", "failed": "■ ", "running": "▲ "}.get(status, "")
    return badge(mark + STATES[status], tone)  # type: ignore[arg-type]


def _moment(at: Any) -> str:
    return clock.local(at).strftime("%Y-%m-%d %H:%M")


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
