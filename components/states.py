"""Small parts of a page, and the states a figure can be in besides shown: loading, empty, failed, stale, beside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from dash import dcc, html

from components import format as fmt
from components.theme import Tone

# Dash's own base class lives in a private module and carries no type of its own.
Component = Any
Shape = Literal["chart", "rows", "card", "lead"]


@dataclass(frozen=True)
class Action:
    """One thing to act on: what kind, whose name, what is the matter, and who has it."""

    tag: str
    name: str
    detail: str
    who: str = ""
    tone: Tone | None = None
    who_tone: Tone | None = None
    href: str = ""


@dataclass(frozen=True)
class Option:
    """A choice of a segmented control or a chip; with ``href`` it is a link, so that the state stays in the URL."""

    value: str
    label: str
    href: str = ""


def badge(text: str, tone: Tone | None = None) -> Component:
    """A small framed word: a state, a stamp, 不适用此筛选."""
    return html.Span(text, className=f"badge-x tone-{tone or 'none'}")


def skeleton(shape: Shape = "chart") -> Component:
    """Quiet bars in the room of the result, so that nothing jumps when it comes."""
    bars = [html.I() for _ in range({"chart": 6, "rows": 7, "card": 3, "lead": 8}[shape])]
    return html.Div(bars, className=f"skeleton skeleton-{shape}", role="status", **{"aria-label": "加载中"})


def empty(why: str, fill: str = "") -> Component:
    """Nothing to show: why, and what would fill it."""
    words = [html.B(why), *([html.Span(fill)] if fill else [])]
    return html.Div([html.I(className="icon icon-empty"), *words], className="state", role="status")


def error(what: str, where: str, remedy: str, reference: str, retry: str = "") -> Component:
    """A failure in four parts. ``retry`` is the figure's id; its button is ``{"kind": "retry", "id": retry}``."""
    button = html.Button("重试", id={"kind": "retry", "id": retry}, type="button", className="btn-x") if retry else None
    return html.Div(
        [
            html.B(["■ ", what], className="tone-bad"),
            html.Span(where),
            html.Span(remedy),
            html.Div([html.Small(f"编号 {reference}"), *([button] if button else [])], className="state-foot"),
        ],
        className="state state-error",
        role="alert",
    )


def not_found() -> Component:
    """A page in the place of one that there isn't; the server has its own for addresses typed in."""
    return html.Main(
        html.Section(
            [
                html.P("404", className="plain-status"),
                html.H1("没有这个页面"),
                html.Dl(
                    [html.Dt("办法"), html.Dd("核对地址，或从首页重新进入")],
                ),
                html.P(html.A("回到首页", href="/", className="plain-button"), className="plain-ways"),
            ],
            className="plain-card plain-error",
        ),
        className="plain",
    )


def stale(child: Component, seconds: float) -> Component:
    """Something shown although it is old: greyed, with its age."""
    return html.Div([child, badge(f"▲ 已 {fmt.age(seconds)}未更新", "warn")], className="is-stale")


def not_applicable() -> Component:
    """Chip of a figure that the present filter doesn't reach."""
    return badge("不适用此筛选")


def own_period_badge(label: str) -> Component:
    """Chip of a figure that is published more coarsely than the page asks: the period it is of."""
    short = label.rpartition("年 ")[2]  # the head has little room, and the year is the page's own or the one before
    return html.Span(short, className="badge-x", title=f"此指标按自身周期公布，显示期末前最近一期：{label}")


def action_list(actions: Sequence[Action]) -> Component:
    """The list to act on, most urgent first as given; each row leads to its object where it has one."""
    return html.Div([_action(item) for item in actions], className="actions", role="list")


def _action(item: Action) -> Component:
    parts = [
        badge(item.tag, item.tone),
        html.Div(
            [html.B(item.name), html.Span(item.detail)], className="action-what", title=f"{item.name}　{item.detail}"
        ),
        html.Span(item.who, className=f"action-who tone-{item.who_tone or 'none'}"),
    ]
    row = dcc.Link(parts, href=item.href, className="action") if item.href else html.Div(parts, className="action")
    return html.Div(row, className="action-item", role="listitem")


def sentence(segments: Sequence[tuple[str, bool]], tone: Tone | None = None) -> Component:
    """A computed sentence as pieces ``(text, strong)``: what matters now, in a leader's words."""
    parts = [html.B(text) if strong else text for text, strong in segments]
    return html.P(parts, className=f"sentence tone-edge-{tone or 'none'}")


def segmented(id: str, options: Sequence[Option], value: str, label: str = "") -> Component:
    """One of a few; buttons are ``{"kind": "segment", "id": id, "value": …}`` unless the options are links."""
    return html.Div(
        [_segment(id, option, option.value == value) for option in options],
        className="segmented",
        role="group",
        **{"aria-label": label or id},
    )


def _segment(id: str, option: Option, on: bool) -> Component:
    name = "segment is-on" if on else "segment"
    if option.href:
        return dcc.Link(option.label, href=option.href, className=name)
    pressed = {"aria-pressed": str(on).lower()}
    identity = {"kind": "segment", "id": id, "value": option.value}
    return html.Button(option.label, id=identity, type="button", className=name, **pressed)


def chips(items: Sequence[Option], hint: str = "") -> Component:
    """Filters in force; pressing one takes it off. Without a link a chip is ``{"kind": "chip", "value": …}``."""
    return html.Div([*(_chip(item) for item in items), html.Span(hint, className="hint")], className="chips")


def _chip(item: Option) -> Component:
    parts = [item.label, html.I(className="icon icon-close")]
    title = f"取消筛选：{item.label}"
    if item.href:
        return dcc.Link(parts, href=item.href, className="chip", title=title)
    return html.Button(parts, id={"kind": "chip", "value": item.value}, type="button", className="chip", title=title)


def picker(id: str, label: str, options: Sequence[Option], value: str) -> Component:
    """A native drop-down in the filter bar, ``{"kind": "pick", "id": id}``: label quiet, choice strong."""
    choices = [{"label": option.label, "value": option.value} for option in options]
    box = dcc.Dropdown(
        choices,
        value,
        id={"kind": "pick", "id": id},
        clearable=False,
        searchable=len(choices) > 12,
        className="picker-box",
    )
    return html.Div([html.Span(label, className="picker-name"), box], className="picker")


def definition(rows: Sequence[tuple[str, str | Component]]) -> Component:
    """What a figure means and who answers for it, term by term; empty ones are left out."""
    pairs = [part for term, words in rows if words for part in (html.Dt(term), html.Dd(words))]
    return html.Dl(pairs, className="definition")
