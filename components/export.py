"""Downloads: a figure, an indicator, the rows behind it, a whole page. Each through the query that the screen uses."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import IO, Any, NamedTuple, NoReturn, Protocol

import orjson
from dash import Dash
from flask import Flask, Response, current_app, jsonify, request, send_file
from werkzeug.datastructures import MultiDict

from components.grid import narrowed, order_of
from components.paper import Paper, Shown
from components.picture import Painter
from data import clock, log
from data.access.viewer import Viewer
from data.access.web import current_viewer
from data.errors import PlatformError
from data.export import clip, csv_file, pdf_file, xlsx_file
from data.export.names import content_disposition, file_stem
from data.export.rows import Counted, Drill, count_rows, row_table
from data.export.table import Notes, Table
from data.export.xlsx_file import Failed
from data.platform import Platform

SOURCE = "figure_source"
"""Extension of the Flask application under which the board offers its figures."""

ZIP = "application/zip"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PICTURES = {"png": "image/png", "svg": "image/svg+xml"}
FIGURE_FORMATS = ("png", "svg", "csv", "xlsx", "json")
ROW_FORMATS = ("csv", "xlsx")
PAGE_FORMATS = ("xlsx", "pdf")
PDF = "application/pdf"

Args = MultiDict[str, str]
_audit = log.get("audit")


class NotThere(PlatformError):
    """No such page, panel, indicator or format."""

    status = 404


class TooMany(PlatformError):
    """More rows than can be written while one waits."""

    status = 413


class Malformed(PlatformError):
    """A request that no page of ours sends."""

    status = 400


class PageOf(NamedTuple):
    """All figures of a page, in its order; one that failed stands as such, so that the rest can be had."""

    title: str
    figures: Sequence[Shown | Failed]
    filters: str = ""


class FigureSource(Protocol):
    """What the board knows: the figures of pages, and what the state in an address means.

    Each answers None for what it doesn't know, and lets the engine's Forbidden and TooSlow through.
    """

    def find(self, page: str, panel: str, args: Args, viewer: Viewer) -> Shown | None:
        """The figure of one panel of a page."""

    def indicator(self, code: str, args: Args, viewer: Viewer) -> Shown | None:
        """The leading figure of an indicator's own page."""

    def rows(self, code: str, args: Args, viewer: Viewer) -> Drill | None:
        """Which rows the grid of an indicator's page shows."""

    def page(self, page: str, args: Args, viewer: Viewer) -> PageOf | None:
        """All figures of a page."""


def offer(server: Flask, source: FigureSource) -> None:
    """Make the figures of ``source`` exportable."""
    server.extensions[SOURCE] = source


def register(app: Dash, platform: Platform) -> None:
    """Add the routes of downloads. They stand behind the door like every route that is not declared open."""
    painter = Painter(platform.settings.chromium)

    def figure(page: str, panel: str, fmt: str) -> Response:
        _known(fmt, FIGURE_FORMATS)
        shown = _source().find(page, panel, request.args, current_viewer())
        return _figure(painter, shown or _not_there("没有这个图表", f"{page}/{panel}"), fmt, f"{page}/{panel}")

    def indicator(code: str, fmt: str) -> Response:
        _known(fmt, FIGURE_FORMATS)
        shown = _source().indicator(code, request.args, current_viewer())
        return _figure(painter, shown or _not_there("没有这个指标", code), fmt, code)

    def rows(code: str, fmt: str) -> Response:
        _known(fmt, ROW_FORMATS)
        return _rows(platform, code, drill_of(platform, code, request.args), fmt)

    def page(page: str, fmt: str) -> Response:
        _known(fmt, PAGE_FORMATS)
        found = _source().page(page, request.args, current_viewer()) or _not_there("没有这个页面", page)
        return _page(painter, found, page, fmt)

    routes: dict[str, Callable[..., Response]] = {
        "/export/figure/<page>/<panel>.<fmt>": figure,
        "/export/indicator/<code>.<fmt>": indicator,
        "/export/rows/<code>.<fmt>": rows,
        "/export/page/<page>.<fmt>": page,
    }
    for rule, view in routes.items():
        app.server.add_url_rule(rule, f"export_{view.__name__}", view, methods=["GET"])


def drill_of(platform: Platform, code: str, args: Args) -> Drill:
    """The rows that an indicator's page shows at an address, as its grid sorts and narrows them (``grid``)."""
    drill = _source().rows(code, args, current_viewer()) if code in platform.registry else None
    drill = drill or _not_there("没有这个指标的明细", code)
    try:
        asked = orjson.loads(args.get("grid") or "{}")
        sort, descending = order_of(asked)
        return replace(drill, sort=sort, descending=descending, narrow=narrowed(asked))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Malformed("读不懂表格的排序或筛选", "grid", "刷新页面后重试") from None


# --- what is asked for -----------------------------------------------------------------------------------------


def _source() -> FigureSource:
    source: FigureSource | None = current_app.extensions.get(SOURCE)
    return source or _not_there("还没有可导出的页面", request.path)


def _known(fmt: str, formats: Sequence[str]) -> None:
    if fmt not in formats:
        raise NotThere(f"不能导出为 {fmt}", request.path, f"可选格式：{'、'.join(formats)}")


def _not_there(what: str, where: str) -> NoReturn:
    raise NotThere(what, where, "核对地址，或从页面上的导出按钮重新进入")


# --- the four downloads ----------------------------------------------------------------------------------------


def _figure(painter: Painter, shown: Shown, fmt: str, what: str) -> Response:
    at = clock.now()
    table = _signed(shown.table, at)
    if fmt in PICTURES and shown.figure is None:
        raise NotThere("这一面板不是图，不能导出为图片", what, "改用 CSV 或 XLSX")
    stem = file_stem(table.title, table.notes.period, at, demo=table.notes.demo)
    if fmt == "csv":
        return _stream(csv_file.csv_zip(table, stem, at), f"{stem}.zip", _line(what, fmt, table.notes))
    if fmt == "xlsx":
        return _file(lambda file: xlsx_file.write_figure(table, file), f"{stem}.xlsx", _line(what, fmt, table.notes))
    if fmt == "json":
        return _texts(shown, table, _line(what, fmt, table.notes))
    assert shown.figure is not None
    picture = painter.picture(shown.figure, shown.caption, "svg" if fmt == "svg" else "png")
    _audit.info("export", **_line(what, fmt, table.notes), bytes=len(picture))
    return _headed(Response(picture, mimetype=PICTURES[fmt]), f"{stem}.{fmt}")


def _texts(shown: Shown, table: Table, line: dict[str, Any]) -> Response:
    """What is copied of a figure: the sentence that tells of it, its footnote, and its table in two forms."""
    table = replace(table, rows=list(islice(table.rows, clip.MOST_ROWS)))
    sentence, note = clip.stamped(shown.sentence(), table.notes), clip.footnote(table)
    response = jsonify(
        title=table.title, sentence=sentence, footnote=note, html=clip.as_html(table), text=clip.as_text(table)
    )
    response.headers["Cache-Control"] = "no-store"
    _audit.info("export", **line, bytes=response.content_length)
    return response


def _rows(platform: Platform, code: str, drill: Drill, fmt: str) -> Response:
    """Rows as the grid shows them, as many as can be written while one waits."""
    at, viewer = clock.now(), current_viewer()
    most = platform.settings.export_at_once
    if count_rows(platform, code, drill, viewer, most) > most:
        what = f"明细超过 {most:,} 行，须在后台生成"
        raise TooMany(what, f"rows/{code}", "在指标页用“导出全部”按钮，完成后在“我的导出”中下载")
    table, counted = row_table(platform, code, drill, viewer, at)
    stem = file_stem(table.title, table.notes.period, at, demo=table.notes.demo)
    line = _line(f"rows/{code}", fmt, table.notes)
    if fmt == "csv":
        return _stream(csv_file.csv_zip(table, stem, at), f"{stem}.zip", line, counted)
    return _file(lambda file: xlsx_file.write_rows(table, file), f"{stem}.xlsx", line, counted)


def _page(painter: Painter, found: PageOf, page: str, fmt: str) -> Response:
    at = clock.now()
    figures = [
        figure._replace(table=_signed(figure.table, at)) if isinstance(figure, Shown) else figure
        for figure in found.figures
    ]
    made = [figure.table if isinstance(figure, Shown) else figure for figure in figures]
    tables = [figure for figure in made if isinstance(figure, Table)]
    first = tables[0].notes if tables else Notes(by=current_viewer().name, at=at)
    notes = replace(first, demo=any(table.notes.demo for table in tables), definitions=())
    days = [table.notes.as_of for table in tables if table.notes.as_of]
    notes = replace(notes, filters=found.filters, as_of=min(days, default=None))
    stem = file_stem(found.title, notes.period, at, demo=notes.demo)
    line = {**_line(f"page/{page}", fmt, notes), "figures": len(tables), "failed": len(figures) - len(tables)}
    if fmt == "xlsx":
        return _file(lambda file: xlsx_file.write_page(found.title, made, notes, file), f"{stem}.xlsx", line)
    document = Paper(found.title, figures, notes)
    printed = pdf_file.finished(painter.paper(document.plots, document.html, document.foot), document.about)
    _audit.info("export", **line, bytes=len(printed))
    return _headed(Response(printed, mimetype=PDF), f"{stem}.pdf")


def _signed(table: Table, at: datetime) -> Table:
    """``table`` with who took it out of the house, and when."""
    return replace(table, notes=replace(table.notes, by=current_viewer().name, at=at))


# --- answers ---------------------------------------------------------------------------------------------------


def _line(what: str, fmt: str, notes: Notes) -> dict[str, Any]:
    """What the audit keeps of an export, taken while the request is at hand."""
    viewer = current_viewer()
    return {
        "user": viewer.username,
        "role": viewer.role,
        "address": request.remote_addr,
        "what": what,
        "format": fmt,
        "state": request.query_string.decode(errors="replace"),
        "as_of": notes.as_of.isoformat() if notes.as_of else None,
        "demo": notes.demo,
    }


def _stream(pieces: Iterator[bytes], name: str, line: dict[str, Any], counted: Counted | None = None) -> Response:
    """A download that begins before it is complete. Where it fails, the browser sees a broken transfer, not a file."""

    def told() -> Iterator[bytes]:
        size, whole = 0, False
        try:
            for piece in pieces:
                size += len(piece)
                yield piece
            whole = True
        finally:
            extra = {"rows": counted.count} if counted else {}
            _audit.info("export", **line, **extra, bytes=size, whole=whole)

    return _headed(Response(told(), mimetype=ZIP), name)


def _file(
    write: Callable[[IO[bytes]], Any], name: str, line: dict[str, Any], counted: Counted | None = None
) -> Response:
    """A download made in a nameless file on disk, which is gone when it has been sent."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  (the answer closes it)
    try:
        write(file)
        size = file.seek(0, 2)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    extra = {"rows": counted.count} if counted else {}
    _audit.info("export", **line, **extra, bytes=size)
    response = send_file(file, mimetype=XLSX, etag=False)
    response.content_length = size
    return _headed(response, name)


def _headed(response: Response, name: str) -> Response:
    response.headers["Content-Disposition"] = content_disposition(name)
    response.headers["Cache-Control"] = "no-store"
    return response
