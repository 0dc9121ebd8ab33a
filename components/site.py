"""The Dash application itself: its pages, and how it is set up more than once in a process."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from functools import partial
from types import ModuleType
from typing import Any

import dash
from dash import Dash, html
from dash.fingerprint import build_fingerprint
from flask import Flask, abort, current_app, request
from plotly import __version__ as plotly_version

from components.furniture import furniture
from components.notice import notice, on_callback_error
from components.shell import PLACES, TITLE, Place
from components.theme import COOKIE, theme
from data.access.web import CSRF_HEADER, Door
from data.platform import Platform

PLOTLY = "package_data/plotly.min.js"
CHUNKS = ("dcc/async-graph.js", "dcc/async-dropdown.js")
"""Parts of Dash's bundle that most pages need: by itself Dash asks for them late, at addresses no browser may keep."""

PAGES = "page_layouts"
"""Extension of the Flask application in which its own pages' layouts are kept."""

NOT_FOUND = "pages.not_found_404"

DOCUMENT = """<!DOCTYPE html>
<html lang="zh-CN" data-bs-theme="%THEME%">
  <head>
    {%metas%}
    <title>{%title%}</title>
    {%favicon%}
    {%css%}
  </head>
  <body>
    {%app_entry%}
    {%config%}
    {%scripts%}
    {%renderer%}
  </body>
</html>
"""


class Site(Dash):
    """Dash with our document: Chinese, in the reader's theme, with plotly.js under way before it is asked for."""

    def _config(self) -> dict[str, Any]:
        # Dash asks for plotly.js at an address without a fingerprint, which no browser may keep; the renderer takes
        # another one only where scripts are said not to be local.
        return {**super()._config(), "serve_locally": False, "plotlyjs_url": self.plotly_url}

    @property
    def plotly_url(self) -> str:
        """Address of plotly.js, with its version as fingerprint."""
        name = build_fingerprint(PLOTLY, plotly_version, 0)
        return f"{self.config.requests_pathname_prefix}_dash-component-suites/plotly/{name}"

    def interpolate_index(self, **parts: str) -> str:
        """The document that every page starts from."""
        icon = current_app.jinja_env.globals["asset"]("favicon.svg")  # type: ignore[operator]
        parts["favicon"] = f'<link rel="icon" type="image/svg+xml" href="{icon}">'
        chunks = [{"relative_package_path": path, "namespace": "dash"} for path in CHUNKS]
        for address in self._collect_and_register_resources(chunks):
            parts["scripts"] += f'<script src="{address}"></script>'
        if _page_of(request.path).get("charts"):
            parts["css"] = f'<link rel="preload" as="script" href="{self.plotly_url}">{parts["css"]}'
        return super().interpolate_index(**parts).replace("%THEME%", theme(request.cookies.get(COOKIE)).name)


def make_site(server: Flask) -> Site:
    """Dash on ``server``, without pages and callbacks yet."""
    server.extensions[PAGES] = {}
    server.extensions[PLACES] = []
    app = Site(
        "app",
        server=server,
        use_pages=True,
        pages_folder="",
        title=TITLE,
        update_title="",
        index_string=DOCUMENT,
        serve_locally=True,
        suppress_callback_exceptions=True,
        include_pages_meta=False,
        add_log_handler=False,
        on_error=on_callback_error,
        csrf_token_name=_door(server).csrf_cookie,
        csrf_header_name=CSRF_HEADER,
    )
    app.layout = html.Div([dash.page_container, notice(), *furniture()])
    server.extensions["dash_app"] = app
    return app


def add_page(
    app: Dash,
    module: str,
    path: str,
    layout: Callable[..., Any],
    *,
    title: str,
    charts: bool = True,
    place: Place | None = None,
    **more: Any,
) -> None:
    """Give ``app`` a page at ``path``, and its ``place`` in the navigation if it has one.

    ``charts`` says that it has any, ``more`` goes to ``dash.register_page``.

    Dash keeps pages for the whole process, the last application's in place of the first's. So what Dash gets is only
    a way to the page of whichever application answers.
    """
    app.server.extensions[PAGES][module] = layout
    if place is not None:
        app.server.extensions[PLACES].append(place)
    whole_title = f"{title} · {TITLE}"
    dash.register_page(module, path=path, title=whole_title, layout=partial(_layout, module), charts=charts, **more)


def modules_that_register(*packages: ModuleType) -> Iterator[ModuleType]:
    """Modules of these packages that have a ``register(app, platform)``, in the order of their names."""
    for package in packages:
        for found in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
            module = importlib.import_module(found.name)
            if hasattr(module, "register"):
                yield module


def complete(app: Dash) -> None:
    """Do now what Dash does in its first request, so that no two requests do it at once and the hashes are all known.

    Call it when pages and callbacks are registered.
    """
    server = app.server
    with server.test_request_context("/"):
        for hook in server.before_request_funcs[None]:
            if hook.__module__.startswith("dash."):
                hook()
    server.before_request(_known_page_or_404)
    _door(server).allow_scripts(app.csp_hashes())


def _layout(module: str, **values: Any) -> Any:
    layouts = current_app.extensions[PAGES]
    platform: Platform = current_app.extensions["platform"]
    with platform.engine.reading():  # the whole page is of one state of the data, over one connection
        return layouts.get(module, layouts[NOT_FOUND])(**values)


def _known_page_or_404() -> None:
    """Dash answers every address with its document; one that no page of ours has is an honest 404."""
    if request.endpoint == "/<path:path>" and not _page_of(request.path):
        abort(404)


def _page_of(path: str) -> dict[str, Any]:
    """Dash's entry of the page at this path, empty if this application has none."""
    page: dict[str, Any] = dash._pages._path_to_page(path.strip("/"))[0]
    return page if page.get("module") in current_app.extensions[PAGES] else {}


def _door(server: Flask) -> Door:
    door = server.extensions["access"]
    assert isinstance(door, Door)
    return door
