"""What stands beside every page, out of sight until it is needed."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import dcc, html

from components.states import Component


def furniture() -> list[Component]:
    """What the browser notes (versions, parts wanted, steering, data asked for), and the window for a figure's data."""
    window = dbc.Modal(
        [dbc.ModalHeader(dbc.ModalTitle(id="data-title")), dbc.ModalBody(id="data-body")],
        id="data-modal",
        size="xl",
        scrollable=True,
        centered=True,
        fade=False,
    )
    # Filled by the browser: the reader's exports, and what was just done.
    exports = html.Section(id="exports", className="exports", hidden=True, **{"aria-label": "我的导出"})
    said = html.Div(id="said", className="said", role="status", **{"aria-live": "polite"})
    return [*(dcc.Store(id=name) for name in ("versions", "wanted", "steered", "asked")), window, exports, said]
