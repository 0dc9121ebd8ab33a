"""The upload page's way from file to receipt: what each step shows, its callbacks and downloads.

The step is in the address (``?draft=`` or ``?run=``) and the file in the database, so a reload, another worker or the
browser's back button find things as they were.
"""

from __future__ import annotations

import base64
import binascii
import io
from collections.abc import Sequence
from datetime import date
from typing import Any

from dash import ALL, Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.exceptions import PreventUpdate
from flask import abort, send_file
from flask.typing import ResponseReturnValue

from components import upload_parts as parts
from components.states import Component, empty
from data.access.viewer import Viewer
from data.access.web import current_viewer
from data.errors import PlatformError
from data.ingest.cells import UNITS, usual_rounding
from data.ingest.dataset import Dataset
from data.ingest.datasets import DATASETS, dataset
from data.ingest.drafts import Draft, change_mapping, draft_file, drop_draft, read_draft, save_draft
from data.ingest.examine import examine, first_rows
from data.ingest.mapping import FieldRule, Mapping
from data.ingest.run import UPLOADERS, ingest, recent_runs, run_of
from data.ingest.template import quarantine_workbook, template
from data.ingest.undo import undo
from data.platform import Platform

PATH = "/data/upload"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


# --- what a step shows -------------------------------------------------------------------------------------------


def body(platform: Platform, viewer: Viewer, draft: str | None, run: str | None) -> Component:
    """The step that the address names."""
    if viewer.role not in UPLOADERS:
        return empty("本账号不能上传数据", "请数据管理员或业务处室账号上传")
    try:
        if draft:
            return _draft_step(platform, viewer, read_draft(platform, viewer, draft))
        if run and run.isdigit():
            return _receipt_step(platform, viewer, int(run))
    except PlatformError as error:
        return _two([parts.steps(1), empty(error.what, error.remedy), _choose(platform)], [_runs(platform, viewer)])
    return _two([parts.steps(1), _choose(platform)], [_runs(platform, viewer)])


def _two(main: Sequence[Component], side: Sequence[Component]) -> Component:
    return html.Div(
        [html.Div(list(main), className="upload-main"), html.Div(list(side), className="upload-side")],
        className="upload",
    )


def _choose(platform: Platform) -> Component:
    return parts.choose(platform.settings.upload_max_mb)


def _runs(platform: Platform, viewer: Viewer) -> Component:
    with platform.db.read() as connection:
        return parts.runs(recent_runs(connection, viewer))


def _draft_step(platform: Platform, viewer: Viewer, draft: Draft) -> Component:
    store = dcc.Store(id="upload-draft", data=draft.id)
    return html.Div([store, html.Div(_looked_at(platform, viewer, draft), id="upload-look")])


def _looked_at(platform: Platform, viewer: Viewer, draft: Draft) -> Component:
    """Mapping, preview and verdict of a draft; where the mapping doesn't do yet, why."""
    target = dataset(draft.dataset)
    blocked = ""
    with draft_file(platform, viewer, draft) as path:
        try:
            found = examine(platform, path, draft.filename, draft.mapping, viewer)
        except PlatformError as error:
            blocked = f"{error.what}。{error.remedy}"
            found = first_rows(path, draft.filename, draft.mapping)
    regions = platform.regions()
    names = [regions.name(region) for region in found.districts]
    title = html.Div(
        [html.B(draft.filename), html.Span(f"读入 {target.zh}"), dcc.Link("重新选择", href=PATH, className="btn-x")],
        className="upload-title",
    )
    looks = [
        parts.mapping_editor(target, draft.mapping, found.headings, found.lines),
        parts.preview(found, bool(blocked)),
    ]
    # What still needs a hand comes first.
    main = [parts.steps(2 if blocked else 3), title, *(looks if blocked else reversed(looks))]
    side = [parts.verdict(found, names, blocked, viewer.districts is None), parts.fault_list(found)]
    return _two(main, side)


def _receipt_step(platform: Platform, viewer: Viewer, run_id: int) -> Component:
    with platform.db.read() as connection:
        run = run_of(connection, run_id, viewer)
    regions = platform.regions()
    names = [regions.name(region) for region in run["districts"] if region in regions.nodes]
    main = [
        parts.steps(4),
        dcc.Store(id="upload-run", data=run_id),
        dcc.ConfirmDialog(
            id="upload-sure",
            message=f"撤销批次 {run_id}：新增的行将删除，更正的行恢复原值。后来批次更正过的行保留。继续？",
        ),
        parts.receipt(run, names),
    ]
    return _two(main, [_runs(platform, viewer)])


# --- what a clerk does -------------------------------------------------------------------------------------------


def take_file(platform: Platform, viewer: Viewer, into: str, filename: str, contents: str) -> str:
    """Keep an uploaded file; the address of its next step."""
    try:
        content = base64.b64decode(contents.partition(",")[2], validate=True)
    except binascii.Error as error:
        raise PlatformError("文件没有完整到达", filename, "重新选择文件上传") from error
    return f"{PATH}?draft={save_draft(platform, viewer, into, filename, content).id}"


def rearranged(
    target: Dataset,
    mapping: Mapping,
    headings: Sequence[str],
    fields: Sequence[str],
    readings: Sequence[str],
    constants: dict[str, str],
) -> Mapping:
    """``mapping`` with the fields that a clerk has chosen for the columns, how they are read, and constants."""
    chosen: dict[str, FieldRule] = {}
    for heading, name, how in zip(headings, fields, readings, strict=False):
        if name not in target.by_name:
            continue
        old = chosen.get(name) or mapping.fields.get(name, FieldRule())
        columns = (*chosen[name].columns, heading) if name in chosen else (heading,)
        chosen[name] = old.model_copy(update={"columns": columns, "value": None, **_how(target, name, how)})
    for name, value in constants.items():
        if value not in ("", parts.UNUSED) and name not in chosen:
            chosen[name] = FieldRule(value=value)
    order = [item.name for item in target.fields if item.name in chosen]
    return mapping.model_copy(update={"fields": {name: chosen[name] for name in order}})


def _how(target: Dataset, name: str, how: str) -> dict[str, Any]:
    field = target.by_name[name]
    if field.kind == "day" and how in parts.ORDERS:
        return {"order": how}
    if field.kind == "number" and field.unit and how in UNITS and UNITS[how][0] == UNITS[field.unit][0]:
        return {"unit": "" if how == field.unit else how, "round": usual_rounding(how, field.unit)}
    return {}


def land(
    platform: Platform, viewer: Viewer, draft_id: str, since: str | None, until: str | None, replace_demo: bool
) -> str:
    """Land a draft, complete over the days ``since`` to ``until``; the address of its receipt."""
    draft = read_draft(platform, viewer, draft_id)
    if not until:
        # The newest row's day says nothing of whether all rows up to it are in: whoever reports must say so.
        remedy = "填写“至”哪一天：该日（含）以前以上区市的记录都已在内"
        raise PlatformError("还没有填写数据完整到哪一天", "入库前核对", remedy)
    first, last = (date.fromisoformat(day) if day else None for day in (since, until))
    with draft_file(platform, viewer, draft) as path:
        receipt = ingest(
            platform,
            path,
            draft.dataset,
            draft.mapping,
            last,
            viewer,
            name=draft.filename,
            complete_from=first,
            replace_demo=replace_demo,
        )
    drop_draft(platform, viewer, draft_id)
    return f"{PATH}?run={receipt.run_id}"


def register(app: Dash, platform: Platform) -> None:
    """Callbacks of the upload page, and its downloads."""
    _register_steps(app, platform)
    _register_undo(app, platform)
    _register_downloads(app, platform)


def _register_steps(app: Dash, platform: Platform) -> None:
    @app.callback(
        Output("upload-go", "href"),
        Input("upload-file", "contents"),
        State("upload-file", "filename"),
        State("upload-dataset", "value"),
        prevent_initial_call=True,
    )
    def upload(contents: str | None, filename: str | None, into: str) -> str:
        if not contents:
            raise PreventUpdate
        return take_file(platform, current_viewer(), into, filename or "上传文件", contents)

    @app.callback(
        Output("upload-look", "children"),
        Input({"kind": "map", "column": ALL}, "value"),
        Input({"kind": "how", "column": ALL}, "value"),
        Input({"kind": "constant", "field": ALL}, "value"),
        State("upload-draft", "data"),
        prevent_initial_call=True,
    )
    def rearrange(fields: list[str], readings: list[str], _constants: list[str], draft_id: str) -> Component:
        viewer = current_viewer()
        draft = read_draft(platform, viewer, draft_id)
        constants = {item["id"]["field"]: item.get("value") or "" for item in ctx.inputs_list[2]}
        with draft_file(platform, viewer, draft) as path:
            headings = first_rows(path, draft.filename, draft.mapping).headings
        mapping = rearranged(dataset(draft.dataset), draft.mapping, headings, fields, readings, constants)
        if mapping == draft.mapping:  # the selects have only just appeared
            return no_update
        change_mapping(platform, viewer, draft_id, mapping)
        return _looked_at(platform, viewer, read_draft(platform, viewer, draft_id))

    @app.callback(
        Output("upload-go", "href", allow_duplicate=True),
        Input("upload-confirm", "n_clicks"),
        State("upload-draft", "data"),
        State("upload-since", "value"),
        State("upload-complete", "value"),
        State("upload-replace", "value"),
        running=[(Output("upload-confirm", "disabled"), True, False)],
        prevent_initial_call=True,
    )
    def confirm(clicks: int | None, draft_id: str, since: str | None, until: str | None, replace_demo: bool) -> str:
        if not clicks:
            raise PreventUpdate
        return land(platform, current_viewer(), draft_id, since, until, bool(replace_demo))


def _register_undo(app: Dash, platform: Platform) -> None:
    @app.callback(Output("upload-sure", "displayed"), Input("upload-undo", "n_clicks"), prevent_initial_call=True)
    def ask(clicks: int | None) -> bool:
        return bool(clicks)

    @app.callback(
        Output("upload-undone", "children"),
        Output("upload-undo", "disabled"),
        Input("upload-sure", "submit_n_clicks"),
        State("upload-run", "data"),
        prevent_initial_call=True,
    )
    def take_back(clicks: int | None, run_id: int) -> tuple[Component, bool]:
        if not clicks:
            raise PreventUpdate
        done = undo(platform, run_id, current_viewer())
        left = [(" ".join(item.key), f"{item.reason}（批次 {item.run_id}）") for item in done.left]
        return parts.undone(done.deleted, done.restored, left), True


def _register_downloads(app: Dash, platform: Platform) -> None:
    @app.server.get("/data/template/<name>.xlsx")
    def template_file(name: str) -> ResponseReturnValue:
        if current_viewer().role not in UPLOADERS:
            abort(403)
        if name not in DATASETS:
            abort(404)
        content = template(DATASETS[name], platform.regions())
        return _attachment(content, f"{DATASETS[name].zh}_填报模板.xlsx")

    @app.server.get("/data/quarantine/<int:run_id>.xlsx")
    def quarantine_file(run_id: int) -> ResponseReturnValue:
        with platform.db.read(60) as connection:
            try:
                run = run_of(connection, run_id, current_viewer())
            except PlatformError:
                abort(404)
            content = quarantine_workbook(connection, run)
        return _attachment(content, f"{DATASETS[run['dataset']].zh}_退回_批次{run_id}.xlsx")


def _attachment(content: bytes, name: str) -> ResponseReturnValue:
    return send_file(io.BytesIO(content), XLSX, as_attachment=True, download_name=name, max_age=0)
