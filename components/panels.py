"""The frame of a figure, its menu, the chart inside it, and the grid frames stand in.

Pattern ids, all with the figure's id: ``panel`` the frame, ``graph`` the chart, ``slot`` the place on the board whose
children a batch replaces, ``menu`` with ``do`` the entry of its menu that opens the data.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from dash import dcc, html

from components.figures import Figure
from components.states import Component, not_applicable, own_period_badge

EXPORTS: Final[tuple[str, ...]] = ("png", "svg", "csv", "xlsx")

_CONFIG: Final[dict[str, Any]] = {
    "displayModeBar": False,
    "responsive": True,
    "doubleClick": False,
    "showTips": False,
    "scrollZoom": False,
}


def graph(id: str, figure: Figure, label: str = "") -> Component:
    """A chart that fills its frame and grows with the screen; ``label`` is what a screen reader hears."""
    chart = dcc.Graph(
        id={"kind": "graph", "id": id}, figure=figure, config=_CONFIG, responsive=True, className="plot-chart"
    )
    return html.Div(chart, className="plot", role="img", **{"aria-label": label or id})


def panel(
    id: str,
    *,
    title: str,
    body: Component,
    subtitle: str = "",
    href: str = "",
    aside: str = "",
    aside_href: str = "",
    choice: Component | None = None,
    reach: str = "",
    note: str = "",
    own_period: str = "",
    applicable: bool = True,
    menu: bool = True,
    exports: Sequence[str] = EXPORTS,
    export_href: str = "",
) -> Component:
    """A figure's frame. ``subtitle`` says unit, period and comparison; ``aside`` is the figure at the right, ``choice``
    what the reader chooses of the figure itself.

    ``export_href`` is the address of its downloads, ``{}`` for the format; ``reach`` how far
    its data reach, told on hover; ``note`` is a caution (5/6 区市);
    ``own_period`` is the figure's own period where it is published more coarsely than the page asks;
    ``applicable=False`` marks that the present filter does not reach the figure.
    """
    heading = dcc.Link(title, href=href, className="panel-title") if href else html.Span(title, className="panel-title")
    remarks = [
        *([own_period_badge(own_period)] if own_period else []),
        *([_caution(note)] if note else []),
        *([] if applicable else [not_applicable()]),
    ]
    return html.Section(
        [
            html.Header(
                [
                    html.H2(heading),
                    html.Span(html.Span(subtitle), className="panel-subtitle", title=subtitle),
                    *([choice] if choice is not None else []),
                    *remarks,
                    *_aside(aside, aside_href or href),
                    *([_menu(id, exports, export_href)] if menu else []),
                ],
                className="panel-head",
                title=reach or None,
            ),
            html.Div(body, className="panel-body"),
        ],
        id={"kind": "panel", "id": id},
        className=f"panel{'' if applicable else ' is-beside'}",
        tabIndex=-1,
        **{"aria-label": title},
    )


def with_menu(id: str, body: Component, export_href: str) -> Component:
    """Something with a frame of its own, and a menu over its corner for its data and downloads."""
    return html.Div([body, _menu(id, ("csv", "xlsx"), export_href, full=False)], className="with-menu")


def _caution(note: str) -> Component:
    """The caution in a head's scarce room: its figure, the words on hover."""
    return html.Span(note.partition(" ")[0], className="badge-x tone-warn", title=f"{note}已报")


def _aside(words: str, href: str) -> list[Component]:
    if not words:
        return []
    if href:
        return [dcc.Link([words, html.I(className="icon icon-go")], href=href, className="panel-aside")]
    return [html.Span(words, className="panel-aside")]


def _menu(id: str, exports: Sequence[str], export_href: str, full: bool = True) -> Component:
    """Data, copies, exports and full screen. What the browser does itself carries an action instead of an id."""
    entries = [
        _entry(id, "data", "查看数据", "icon-table"),
        *([*_copies(exports, export_href), html.Hr()] if export_href else []),
        *(_download(export_href.format(kind), f"导出 {kind.upper()}") for kind in exports if export_href),
    ]
    if full:
        entries.append(
            html.Button(
                [html.I(className="icon icon-full"), "全屏"],
                type="button",
                role="menuitem",
                **{"data-action": "full-panel"},
            )
        )
    knob = html.Summary(html.I(className="icon icon-more"), title="数据、复制、导出、全屏", **{"aria-label": "菜单"})
    return html.Details([knob, html.Div(entries, role="menu")], className="menu")


def _copies(exports: Sequence[str], export_href: str) -> list[Component]:
    """What goes to the clipboard, for Word and WPS: fetched when it is wanted."""
    texts = export_href.format("json")
    pairs = [
        *([("copy-picture", "复制图片", export_href.format("png"))] if "png" in exports else []),
        ("copy-sentence", "复制说明句", texts),
        ("copy-footnote", "复制脚注", texts),
        ("copy-table", "复制表格", texts),
    ]
    return [
        html.Hr(),
        *(_copy(action, words, href) for action, words, href in pairs),
    ]


def _copy(action: str, words: str, href: str) -> Component:
    return html.Button(
        [html.I(className="icon icon-copy"), words],
        type="button",
        role="menuitem",
        **{"data-action": action, "data-from": href},
    )


def _download(href: str, words: str) -> Component:
    """A plain link: the answer is an attachment, and the page stays as it is."""
    return html.A([html.I(className="icon icon-save"), words], href=href, role="menuitem")


def _entry(id: str, do: str, words: str, icon: str) -> Component:
    return html.Button(
        [html.I(className=f"icon {icon}"), words],
        id={"kind": "menu", "id": id, "do": do},
        type="button",
        role="menuitem",
    )


def slot(id: str, child: Component, columns: int = 15, rows: int = 1, column: int | None = None) -> Component:
    """A place on the board: how many of its sixty columns and of its rows the child takes, and where it starts."""
    start = f"{column} / " if column else ""
    place = {"--columns": f"{start}span {columns}", "--rows": f"span {rows}"}
    return html.Div(child, id={"kind": "slot", "id": id}, className="slot", style=place)


def strip(slots: Sequence[Component], columns: int) -> Component:
    """Slots side by side, of equal width, in the place of one."""
    return html.Div(list(slots), className="strip", style={"--columns": f"span {columns}"})


def board(slots: Sequence[Component], rows: str) -> Component:
    """The grid of a cockpit: sixty columns, which four, five and six divide.

    ``rows`` are CSS tracks: ``auto 3fr 2fr`` fills the screen, no more.
    """
    return html.Div(list(slots), className="board", style={"--tracks": rows})
