"""What every page of the site has around its figures: top bar, filter bar, foot, each from a scene."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html
from flask import current_app, request

from components import shell
from components.board.render import Board
from components.board.scene import Scene
from components.shell import PLACES, Place
from components.states import Component, Option, chips, picker, segmented
from components.theme import COOKIE, theme
from data.access.viewer import Viewer
from data.access.web import csrf_token, current_viewer
from data.periods import KINDS, ONE_DAY, Period, latest, parse_period, step
from data.platform import Platform
from data.semantic.spec import CITY


def places(viewer: Viewer) -> list[Place]:
    """The site's pages that this account may open, in the order in which they ask to stand."""
    found = sorted(current_app.extensions[PLACES], key=lambda place: place.order)
    open_to = [place for place in found if not place.roles or viewer.role in place.roles]
    return open_to if viewer.sees_figures else [place for place in open_to if place.href == "/"]


def theme_name() -> str:
    """Theme in which this request's reader looks."""
    return theme(request.cookies.get(COOKIE)).name


def page(
    platform: Platform,
    here: str,
    body: Component | Sequence[Component],
    *,
    scene: Scene | None = None,
    filters: Sequence[Component] = (),
    tools: Sequence[Component] = (),
    sources: str | Sequence[Component] = "",
    fits: bool = True,
    demo: bool = False,
) -> Component:
    """A page in the frame. With a ``scene`` the top bar says how far its data reach, and who has not reported."""
    viewer = current_viewer()
    stamped, as_of, warning = standing(scene) if scene else (demo, "", "")
    top = shell.top_bar(
        nav=places(viewer),
        here=here,
        user=f"{viewer.section} {viewer.name}".strip(),
        csrf_token=csrf_token(),
        demo=stamped,
        as_of=as_of,
        warning=warning,
    )
    return shell.page(
        top=top,
        body=body,
        filters=filters,
        tools=tools,
        sources=sources,
        theme=theme(request.cookies.get(COOKIE)).name,
        fits=fits,
    )


def standing(scene: Scene) -> tuple[bool, str, str]:
    """Demo stamp, data-as-of and warning of a scene: late sources by their age, late districts by their number."""
    demo = scene.platform.engine.is_demo(scene.codes)
    reported = scene.reported
    warning = "" if reported.whole else f"{len(reported.done)}/{len(reported.expected)} 区市已报"
    if scene.overdue_days:
        warning = f"已 {scene.age_days} 天未更新" + (f" · {warning}" if warning else "")
    return demo, scene.end.isoformat(), warning


def etag(versions: Sequence[tuple[str, int]]) -> str:
    """One word for versions: it moves when any figure that rests on them may have."""
    return hashlib.sha256(repr(versions).encode()).hexdigest()[:16]


# --- the filter bar --------------------------------------------------------------------------------------------


def sections(board: Board, scene: Scene) -> list[Component]:
    """The way between the boards under one place; the view goes along."""
    options = [Option(path, title, path + scene.view.elsewhere("ytd").search) for title, path in board.sections]
    return [segmented("section", options, board.path, "分页")] if options else []


def filter_bar(board: Board, scene: Scene) -> list[Component]:
    """Period, region, the board's own lists, and a chip for whatever else is chosen."""
    view = scene.view
    period = scene.period
    options = [
        Option(kind, _period_word(kind, scene), board.path + view.with_period(kind).search)
        for kind in KINDS
        if kind != "range"
    ]
    bar = [segmented("period", options, period.kind, "期间"), *_steps(board, scene), _range(scene), _regions(scene)]
    for dim in board.dims:
        bar.append(_members(scene, dim))
    bar.append(chips(_chips(board, scene), "点图形即可筛选，再点取消"))
    return bar


def tools(board: Board, scene: Scene) -> list[Component]:
    """What can be done with the whole page."""
    fixed = scene.view.with_period(scene.period.fixed)
    return [
        _export(board, scene),
        html.Button(
            "复制链接",
            type="button",
            className="btn-x",
            title="复制固定期间的链接，以后打开仍是这一期",
            **{"data-action": "copy-link", "data-href": board.path + fixed.search},
        ),
        shell.full_screen_button(),
    ]


def _export(board: Board, scene: Scene) -> Component:
    """The whole page as a workbook or as a document to print."""
    ways = (("xlsx", "工作簿", "每图一张表"), ("pdf", "PDF", "A4 打印"))
    entries = [
        html.A(
            [html.I(className="icon icon-save"), f"导出{word}", html.Small(hint)],
            href=f"/export/page/{board.name}.{kind}{scene.view.search}",
            role="menuitem",
        )
        for kind, word, hint in ways
    ]
    knob = html.Summary("导出本页", className="btn-x", title="全部图表导出为一个工作簿或一份 PDF")
    return html.Details([knob, html.Div(entries, role="menu")], className="menu")


def sources(scene: Scene) -> str:
    """The systems that the figures come from, and what late districts mean for comparisons."""
    registry = scene.platform.registry
    systems = dict.fromkeys(cube.system for code in scene.codes for cube in registry.cubes_of(code) if cube.system)
    words = f"来源：{'、'.join(systems)}"
    name, reported = scene.regions.name, scene.reported
    late = [f"{name(district)} {day + ONE_DAY:%m-%d} 起未报" for district, day in reported.late]
    late += [f"{name(district)} {first:%m-%d} 至 {last:%m-%d} 未报" for district, first, last in reported.holes]
    if late:
        words += f"　{'、'.join(late)}，同比、环比已按同范围、同天数比较"
    if missing := scene.platform.calendar().missing(scene.period.lo, scene.period.hi):
        words += f"　日历缺 {'、'.join(map(str, missing))} 年放假安排，该年节假日未标注"
    return words


def _steps(board: Board, scene: Scene) -> list[Component]:
    """The period before and the one after: after the last complete one comes the one that is still running."""
    period = scene.period
    if period.kind in ("ytd", "range"):
        return []
    found = []
    for word, sign, count in (("上一期", "‹", -1), ("下一期", "›", 1)):
        lo = step(period.kind, period.lo, count)
        if lo <= scene.end:
            view = scene.view.with_period(Period(period.kind, lo, lo, lo).token)
            beside = parse_period(view.period, scene.end)
            # Whoever asks for 本月 means the one that is running: it must not hide behind a sign.
            running = [html.Span(beside.label.rpartition("年 ")[2], className="step-name")] if beside.open else []
            sides = [sign, *running] if count < 0 else [*running, sign]
            found.append(dcc.Link(sides, href=board.path + view.search, className="step", title=word))
    return [html.Div(found, className="steps")]


def _period_word(kind: Any, scene: Scene) -> str:
    """The kind's word; of the present one, which period it is."""
    if kind == scene.period.kind:
        return scene.period.label
    return KINDS[kind] if kind != "ytd" else f"{latest('ytd', scene.end).lo.year} 年累计"


def _range(scene: Scene) -> Component:
    period = scene.period
    bounds = [
        dbc.Input(id={"kind": "range", "id": name}, type="date", value=value, debounce=True, size="sm")
        for name, value in (("from", period.lo.isoformat()), ("to", period.last.isoformat()))
    ]
    on = " is-on" if period.kind == "range" else ""
    label = period.label if on else "自定义"
    return html.Details(
        [html.Summary(label, className=f"segment{on}"), html.Div([*bounds], className="range-box")], className="range"
    )


def _regions(scene: Scene) -> Component:
    regions, viewer = scene.regions, scene.viewer
    if viewer.districts is None:
        ids = [CITY, *regions.groups(), *regions.districts()]
    else:
        ids = [*sorted(viewer.districts), regions.root]
    now = scene.where.region
    if now and now not in ids and regions.nodes.get(now):
        ids.append(now)
    options = [Option(region, "全市" if regions.is_city(region) else regions.name(region)) for region in ids]
    return picker("region", "区域", options, now if now in ids else CITY)


def _members(scene: Scene, dim: str) -> Component:
    declared = scene.platform.registry.dims[dim]
    options = [Option("", "全部"), *(Option(code, word) for code, word in (declared.codes or {}).items())]
    chosen = scene.view.members(dim)
    return picker(dim, declared.zh, options, chosen[0] if len(chosen) == 1 else "")


def _chips(board: Board, scene: Scene) -> list[Option]:
    registry = scene.platform.registry
    found = []
    for dim, members in scene.view.allow:
        if dim in board.dims and len(members) == 1:
            continue
        zh, words = registry.dims[dim].zh, "、".join(scene.labels(dim, members).values())
        found.append(Option(dim, f"{zh}：{words}", board.path + scene.view.with_members(dim, ()).search))
    return found
