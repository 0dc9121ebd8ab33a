"""What Dash shows where a link inside the site leads nowhere."""

from __future__ import annotations

from typing import Any

from dash import Dash

from components.site import add_page
from components.states import Component, not_found
from data.platform import Platform


def register(app: Dash, platform: Platform) -> None:
    """Add the page."""

    def layout(**_values: Any) -> Component:
        return not_found()

    add_page(app, __name__, "/404", layout, title="没有这个页面", charts=False)
