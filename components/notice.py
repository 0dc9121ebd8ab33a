"""The notice that tells of a callback that failed, over whatever page is open."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import html, set_props

from data import log
from data.access.viewer import Forbidden
from data.errors import PlatformError, reference

NOTICE = "notice"

_log = log.get("callbacks")


def notice() -> Any:
    """The empty notice; part of the frame around all pages."""
    return dbc.Toast(
        id=NOTICE,
        is_open=False,
        dismissable=True,
        icon="danger",
        header="未能完成",
        className="notice",
        style={"position": "fixed", "right": "1rem", "bottom": "1rem", "zIndex": 2000},
    )


def on_callback_error(error: Exception) -> None:
    """Show what failed and what to do, log it under the same number, and leave the outputs as they are."""
    what, remedy, number = _explain(error)
    set_props(
        NOTICE,
        {
            "is_open": True,
            "children": html.Div([html.Strong(what), html.P(remedy), html.Small(f"编号 {number}")], role="alert"),
        },
    )


def _explain(error: Exception) -> tuple[str, str, str]:
    if isinstance(error, PlatformError):
        _log.warning("callback refused", what=error.what, reference=error.reference)
        return error.what, error.remedy, error.reference
    number = reference()
    if isinstance(error, Forbidden):
        _log.warning("callback forbidden", reference=number)
        return str(error) or "没有权限", "若需要这项权限，请联系系统管理员", number
    _log.error("callback failed", reference=number, exc_info=error)
    return "系统出错，这一步未能完成", "稍后重试；若反复出现，请把编号告知系统管理员", number
