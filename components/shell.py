"""What surrounds every page: the top bar, the place of the filters, the foot with its sources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from dash import dcc, html

from components.states import Component, badge
from components.theme import Name

TITLE: Final = "泰州市智慧住建"
SUBTITLE: Final = "可视化监管平台"
DEMO: Final = "演示数据"


@dataclass(frozen=True)
class Place:
    """An entry of the navigation; ``roles`` may open it (none: all), ``order`` is where it stands."""

    label: str
    href: str
    order: int = 0
    roles: frozenset[str] = frozenset()


PLACES: Final = "places"
"""Extension of the Flask application in which its places are kept."""


def top_bar(
    *,
    nav: Sequence[Place],
    here: str,
    user: str,
    csrf_token: str,
    demo: bool,
    as_of: str = "",
    warning: str = "",
    logout: str = "/logout",
) -> Component:
    """Name, cockpits, and at the right what to know before believing a figure; ``here`` is the present path."""
    return html.Header(
        [
            dcc.Link([html.B(TITLE), html.Span(SUBTITLE)], href="/", className="brand"),
            html.Nav([_place(place, here) for place in nav], className="places", **{"aria-label": "驾驶舱"}),
            html.Div(status(demo=demo, as_of=as_of, warning=warning), id="status", className="status"),
            html.Div(
                [
                    html.Span(user, className="user"),
                    html.Button(
                        html.I(className="icon icon-save"),
                        type="button",
                        className="knob",
                        title="我的导出",
                        **{"data-action": "exports", "aria-label": "我的导出"},
                    ),
                    html.Button(
                        html.I(className="icon icon-theme"),
                        type="button",
                        className="knob",
                        title="明暗主题（T）",
                        **{"data-action": "theme", "aria-label": "切换明暗主题"},
                    ),
                    _leave(logout, csrf_token),
                ],
                className="self",
            ),
        ],
        className="topbar",
    )


def _place(place: Place, here: str) -> Component:
    """Links take no ARIA attributes, so the words inside carry them."""
    if place.href != here:
        return dcc.Link(place.label, href=place.href, className="place")
    return dcc.Link(html.Span(place.label, **{"aria-current": "page"}), href=place.href, className="place is-here")


def _leave(action: str, csrf_token: str) -> Component:
    """Leaving changes state, so it is a form with its token and no link."""
    return html.Form(
        [
            dcc.Input(type="hidden", name="csrf_token", value=csrf_token),
            html.Button(html.I(className="icon icon-leave"), type="submit", className="knob", title="退出登录"),
        ],
        action=action,
        method="POST",
    )


def status(*, demo: bool, as_of: str = "", warning: str = "") -> list[Component]:
    """Children of ``#status``: the stamp, how far the data reach, and who has not reported."""
    return [
        *([badge(DEMO, "warn")] if demo else []),
        *([html.Span(f"数据截至 {as_of}", className="as-of")] if as_of else []),
        *([html.Span(f"▲ {warning}", className="tone-warn")] if warning else []),
    ]


def page(
    *,
    top: Component,
    body: Component | Sequence[Component],
    filters: Sequence[Component] = (),
    tools: Sequence[Component] = (),
    sources: str | Sequence[Component] = "",
    right: str = "",
    theme: Name = "dark",
    fits: bool = True,
) -> Component:
    """A whole page. ``fits`` keeps it within one screen, as cockpits do; else it scrolls.

    ``#theme`` holds the theme's name and changes when the reader switches it: callbacks that draw listen to it.
    """
    bar = html.Section(
        [html.Div(list(filters), className="filters"), html.Div(list(tools), className="tools")],
        className="filterbar",
        **{"aria-label": "筛选"},
    )
    return html.Div(
        [
            dcc.Store(id="theme", data=theme),
            top,
            *([bar] if filters or tools else []),
            html.Main(body, className="body"),
            html.Footer([html.Span(sources), html.Span(right, id="foot-right")], className="foot"),
        ],
        className="page is-fitted" if fits else "page",
    )


def full_screen_button() -> Component:
    """Puts the page on the whole screen; F does the same."""
    return html.Button(
        [html.I(className="icon icon-full"), "全屏 F"], type="button", className="btn-x", **{"data-action": "full-page"}
    )
