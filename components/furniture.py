"""What stands beside every page, out of sight until it is needed."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import dcc

from components.states import Component


def furniture() -> list[Component]:
    """The versions that the poll writes, and the window in which the table behind a figure opens."""
    window = dbc.Modal(
        [dbc.ModalHeader(dbc.ModalTitle(id="data-title")), dbc.ModalBody(id="data-body")],
        id="data-modal",
        size="xl",
        scrollable=True,
        centered=True,
    )
    return [dcc.Store(id="versions"), window]
