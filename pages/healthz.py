"""/healthz: for a load balancer or a watchman; open to all, says nothing that isn't."""

from __future__ import annotations

from dash import Dash
from flask import Response, jsonify, make_response

from data.health import report
from data.platform import Platform


def register(app: Dash, platform: Platform) -> None:
    """Add the address."""

    def healthz() -> Response:
        state = report(platform.db)
        return make_response(jsonify(state), 200 if state["status"] == "ok" else 503)

    app.server.add_url_rule("/healthz", "healthz", healthz)
