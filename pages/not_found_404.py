"""What Dash shows where a link inside the site leads nowhere."""

from __future__ import annotations

from typing import Any

from dash import Dash, html

from components.site import add_page
from data.platform import Platform


def register(app: Dash, platform: Platform) -> None:
    """Add the page."""
    add_page(app, __name__, "/404", layout, title="没有这个页面", charts=False)


def layout(**_values: Any) -> Any:
    """The page; the server has its own for addresses typed in."""
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
