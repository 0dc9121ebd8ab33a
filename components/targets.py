"""The targets page: a year's targets and how they stand, one edited in place, many by spreadsheet, and the log."""

from __future__ import annotations

import base64
import binascii
import io
import tempfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from dash import ALL, Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.exceptions import PreventUpdate
from flask import abort, send_file
from flask.typing import ResponseReturnValue

from components import targets_parts as parts
from components.board import pace
from components.board.scene import Scene
from components.state import View
from components.states import Component, Option, empty, segmented
from components.theme import theme
from components.upload_parts import frame
from data import clock
from data.access.viewer import Viewer
from data.access.web import current_viewer
from data.errors import PlatformError
from data.ingest.cells import CellError
from data.pace import Standing, aim_of, year_to_date
from data.platform import Platform
from data.semantic.kinds import kind_of
from data.semantic.spec import Answer, Filter, Indicator, Query
from data.targets import FIRST_YEAR, YEARS_AHEAD, Goal, may_write, read_log, read_targets, remove_target, rules
from data.targets import set_targets as write_targets
from data.targets_file import Findings, examine, load, read_number, template

PATH = "/targets"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LOGGED = 60


# --- what the page shows -----------------------------------------------------------------------------------------


def body(platform: Platform, viewer: Viewer, year: int, code: str = "") -> Component:
    """The whole page for a year; ``code`` is the indicator that one came for."""
    if not viewer.sees_figures:
        return empty("本账号没有可查看的辖区，不能查看目标", "如有需要请联系系统管理员")
    writes = may_write(viewer)
    side = [
        html.Div(parts.hint(writes), id="targets-edit"),
        *([parts.upload(year)] if writes else []),
        html.Div(log(platform, viewer, year, code), id="targets-log"),
    ]
    main = [
        html.Div(id="targets-look"),
        frame(
            f"{year} 年目标",
            html.Div(table(platform, viewer, year, code), id="targets-table"),
            _about(viewer),
            className="panel goals-panel",
        ),
    ]
    state = [dcc.Store(id="targets-of", data={"year": year, "code": code}), dcc.Store(id="goal-of")]
    return html.Div(
        [*state, html.Div(main, className="upload-main"), html.Div(side, className="upload-side")],
        className="upload goals-page",
    )


def _about(viewer: Viewer) -> str:
    scope = "本辖区与全市" if viewer.districts is not None else "各区市未单列的比例和标准随全市，浅色"
    return f"目标以指标单位计；{scope}"


def years(platform: Platform, viewer: Viewer, year: int) -> Component:
    """The years that have targets, this one and the next, as links."""
    with platform.db.read() as connection:
        known = {goal.year for goal in read_targets(connection, viewer, platform.regions())}
    now = clock.today().year
    options = [Option(str(one), f"{one}", f"{PATH}?year={one}") for one in sorted({*known, now, now + 1, year})]
    return segmented("year", options, str(year), "年度")


def read_year(text: str | None) -> int:
    """The year of an address; this year where it names none that could have targets."""
    now = clock.today().year
    found = int(text) if text and text.isdecimal() and len(text) == 4 else now
    return found if FIRST_YEAR <= found <= now + YEARS_AHEAD else now


def table(platform: Platform, viewer: Viewer, year: int, lit: str = "", chosen: str = "") -> Component:
    """All targets of a year and how they stand."""
    with platform.engine.reading():
        judged = rules(platform, viewer)
        writable = frozenset(judged.places()) if may_write(viewer) else frozenset()
        rows = [_row(platform, viewer, indicator, year) for indicator in judged.indicators]
        return parts.table(rows, _short(platform), writable, lit, chosen)


def log(platform: Platform, viewer: Viewer, year: int, code: str = "", region: str = "") -> Component:
    """The newest changes of a year: of one indicator or one of its targets, or all."""
    regions = platform.regions()
    with platform.db.read() as connection:
        changes = read_log(connection, viewer, regions, year=year, indicator=code, district=region, limit=LOGGED)
    named = platform.registry[code].zh if code in platform.registry else ""
    about = " · ".join(filter(None, (_short(platform)[region] if region else "", named, f"{year} 年")))
    every = dcc.Link("全部", href=f"{PATH}?year={year}", className="btn-x") if code else None
    return parts.log(changes, _indicators(platform), _short(platform), about, every)


def _row(platform: Platform, viewer: Viewer, indicator: Indicator, year: int) -> parts.Row:
    """An indicator's targets, each with how it stands by the data that are there."""
    regions, judgement = platform.regions(), platform.judgement()
    additive = kind_of(indicator, platform.registry).additive
    inside = regions.districts()
    seen = inside if viewer.districts is None else tuple(d for d in inside if d in viewer.districts)
    last, value, standings = _stands(platform, viewer, indicator.code, year, seen)

    def spot(region: str) -> parts.Spot:
        own = judgement.target(indicator.code, region, year) is not None
        aim = aim_of(judgement, regions, indicator, additive, region, year)
        return parts.Spot(region, aim, own, standings.get(region))

    return parts.Row(indicator, spot(regions.root), value, tuple(spot(place) for place in seen), last)


def _stands(
    platform: Platform, viewer: Viewer, code: str, year: int, seen: tuple[str, ...]
) -> tuple[date | None, float | None, dict[str, Standing | None]]:
    """Up to when a year's data reach, the city's value, and how it and its districts stand; nothing without data."""
    root = platform.regions().root
    scene = Scene(platform, viewer, View(period=f"{year}-ytd", region=root), theme("dark"), (code,))
    try:
        spans = (year_to_date(scene.period.last),)
    except PlatformError:
        return None, None, {}
    asked = (scene.query(code, spans), *pace.ask(scene, code))
    apart = [Query((code,), spans, (), Filter(place)) for place in seen]
    answers = platform.engine.answers((*asked, *apart), viewer)
    whole, *compared = answers[: len(asked)]
    found = [answer for answer in compared if isinstance(answer, Answer)]
    standings = {root: pace.standing(scene, code, found)}
    for place, answer in zip(seen, answers[len(asked) :], strict=True):
        if isinstance(answer, Answer):
            standings[place] = pace.place_standing(scene, code, place, answer[code].total()[0])
    value = whole[code].total()[0] if isinstance(whole, Answer) else None
    return scene.period.last, value, standings


def _indicators(platform: Platform) -> Mapping[str, Indicator]:
    return {indicator.code: indicator for indicator in platform.registry}


def _short(platform: Platform) -> dict[str, str]:
    regions = platform.regions()
    return {node: "全市" if node == regions.root else regions.short(node) for node in regions.nodes}


# --- what a clerk does -------------------------------------------------------------------------------------------


def edited(platform: Platform, viewer: Viewer, code: str, region: str, year: int, said: Component = None) -> Component:
    """The editor of one target as it stands."""
    regions = platform.regions()
    aim = platform.judgement().target(code, region, year)
    place = "全市" if regions.is_city(region) else regions.name(region)
    return parts.editor(platform.registry[code], place, year, aim, said)


def save(platform: Platform, viewer: Viewer, code: str, region: str, year: int, value: str, source: str) -> str:
    """Set one target from what was typed; the words of what came of it. PlatformError names what is wrong."""
    unit = platform.registry[code].unit if code in platform.registry else ""
    try:
        amount = read_number(value or "", unit)
    except CellError as error:
        raise PlatformError(error.reason, "目标值", error.remedy) from error
    outcome = write_targets(platform, [Goal(code, region, year, amount, (source or "").strip())], viewer)
    return "已新增" if outcome.added else "已更改" if outcome.changed else "与原来相同，未改"


def read_upload(platform: Platform, viewer: Viewer, contents: str, filename: str) -> Findings:
    """What an uploaded file would do."""
    try:
        content = base64.b64decode(contents.partition(",")[2], validate=True)
    except binascii.Error as error:
        raise PlatformError("文件没有完整到达", filename, "重新选择文件上传") from error
    with tempfile.TemporaryDirectory(prefix="targets-") as folder:
        path = Path(folder) / f"file{Path(filename).suffix[:8]}"
        path.write_bytes(content)
        return examine(platform, path, filename, viewer)


def register(app: Dash, platform: Platform) -> None:
    """Callbacks of the targets page, and the template's address."""
    _register_edit(app, platform)
    _register_file(app, platform)

    @app.server.get("/targets/template-<int:year>.xlsx")
    def targets_template(year: int) -> ResponseReturnValue:
        viewer = current_viewer()
        if not may_write(viewer):
            abort(403)
        content = io.BytesIO(template(platform, viewer, read_year(str(year))))
        name = f"目标_{year}_填报模板.xlsx"
        return send_file(content, XLSX, as_attachment=True, download_name=name, max_age=0)


def _register_edit(app: Dash, platform: Platform) -> None:
    page = (Output("targets-table", "children"), Output("targets-edit", "children"), Output("targets-log", "children"))
    again = tuple(Output(output.component_id, output.component_property, allow_duplicate=True) for output in page)

    @app.callback(
        *page,
        Output("goal-of", "data"),
        Input({"kind": "goal", "code": ALL, "region": ALL}, "n_clicks"),
        State("targets-of", "data"),
        prevent_initial_call=True,
    )
    def choose(clicks: list[int | None], of: dict[str, Any]) -> Any:
        if not any(clicks) or not isinstance(ctx.triggered_id, dict):
            raise PreventUpdate
        code, region, viewer = ctx.triggered_id["code"], ctx.triggered_id["region"], current_viewer()
        shown = table(platform, viewer, of["year"], of["code"], f"{code} {region}")
        edit = edited(platform, viewer, code, region, of["year"])
        return shown, edit, log(platform, viewer, of["year"], code, region), {"code": code, "region": region}

    @app.callback(
        *again,
        Output("goal-said", "children"),
        Input("goal-save", "n_clicks"),
        State("goal-value", "value"),
        State("goal-source", "value"),
        State("goal-of", "data"),
        State("targets-of", "data"),
        running=[(Output("goal-save", "disabled"), True, False)],
        prevent_initial_call=True,
    )
    def keep(clicks: int | None, value: str, source: str, goal: dict[str, str], of: dict[str, Any]) -> Any:
        if not clicks:
            raise PreventUpdate
        viewer = current_viewer()
        try:
            words = save(platform, viewer, goal["code"], goal["region"], of["year"], value, source)
        except PlatformError as error:
            return no_update, no_update, no_update, parts.refused(error.what, error.remedy)
        return *_after(platform, viewer, goal, of, words), no_update

    @app.callback(
        *again,
        Input("goal-remove", "n_clicks"),
        State("goal-of", "data"),
        State("targets-of", "data"),
        prevent_initial_call=True,
    )
    def remove(clicks: int | None, goal: dict[str, str], of: dict[str, Any]) -> Any:
        if not clicks:
            raise PreventUpdate
        viewer = current_viewer()
        gone = remove_target(platform, (goal["code"], goal["region"], of["year"]), viewer)
        return _after(platform, viewer, goal, of, "已删除" if gone else "已无此目标")


def _after(platform: Platform, viewer: Viewer, goal: dict[str, str], of: dict[str, Any], words: str) -> Any:
    """Table, editor and log as they are after a change."""
    code, region, year = goal["code"], goal["region"], of["year"]
    return (
        table(platform, viewer, year, of["code"], f"{code} {region}"),
        edited(platform, viewer, code, region, year, parts.saved(words)),
        log(platform, viewer, year, code, region),
    )


def _register_file(app: Dash, platform: Platform) -> None:
    @app.callback(
        Output("targets-look", "children"),
        Input("targets-file", "contents"),
        State("targets-file", "filename"),
        prevent_initial_call=True,
    )
    def look(contents: str | None, filename: str | None) -> Any:
        if not contents:
            raise PreventUpdate
        found = read_upload(platform, current_viewer(), contents, filename or "目标表")
        return parts.preview(found, _indicators(platform), _short(platform))

    @app.callback(
        Output("targets-look", "children", allow_duplicate=True),
        Output("targets-file", "contents"),
        Input("targets-cancel", "n_clicks"),
        prevent_initial_call=True,
    )
    def cancel(clicks: int | None) -> Any:
        if not clicks:
            raise PreventUpdate
        return None, None

    @app.callback(
        Output("targets-look", "children", allow_duplicate=True),
        Output("targets-table", "children", allow_duplicate=True),
        Output("targets-edit", "children", allow_duplicate=True),
        Output("targets-log", "children", allow_duplicate=True),
        Output("targets-file", "contents", allow_duplicate=True),
        Input("targets-land", "n_clicks"),
        State("targets-file", "contents"),
        State("targets-file", "filename"),
        State("targets-some", "data"),
        State("targets-of", "data"),
        running=[(Output("targets-land", "disabled"), True, False)],
        prevent_initial_call=True,
    )
    def land(clicks: int | None, contents: str | None, filename: str | None, some: bool, of: Any) -> Any:
        if not clicks or not contents:
            raise PreventUpdate
        viewer, name = current_viewer(), filename or "目标表"
        # The file is judged once more: what the preview said may have been overtaken, and is the browser's word only.
        found = read_upload(platform, viewer, contents, name)
        outcome = load(platform, found, viewer, only_good=bool(some))
        told = parts.receipt(name, outcome.words, len(found.bad))
        shown = table(platform, viewer, of["year"], of["code"])
        return told, shown, parts.hint(True), log(platform, viewer, of["year"]), None
