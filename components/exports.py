"""Exports of rows that run beside the pages: asking for one, how far each is, cancelling, fetching."""

from __future__ import annotations

from typing import Any, Literal
from urllib.parse import parse_qsl, urlencode

from dash import Dash
from flask import Response, jsonify, request, send_file
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, Field, ValidationError
from werkzeug.datastructures import MultiDict

from components.export import Args, Malformed, drill_of
from data import clock, log
from data.access.web import current_viewer
from data.export import jobs
from data.export.jobs import Job
from data.export.names import content_disposition
from data.export.rows import count_rows
from data.export.runner import Runners
from data.platform import Platform

SMALL_BODY = 64 * 2**10

_audit = log.get("audit")


class Asked(BaseModel):
    """What the browser sends: whose rows, in which format, at which address of the page, as which grid."""

    code: str = Field(max_length=40)
    format: Literal["csv", "xlsx"]
    search: str = Field("", max_length=4000)
    grid: str = Field("{}", max_length=8000)


def register(app: Dash, platform: Platform) -> None:
    """Add the routes. They stand behind the door, and each sees its own account's jobs only."""
    runners = Runners(platform)

    def ask() -> ResponseReturnValue:
        """Take an export up; a small one is answered with the address at which it comes at once."""
        asked = _asked()
        args: Args = MultiDict({**dict(parse_qsl(asked.search.removeprefix("?"))), "grid": asked.grid})
        viewer = current_viewer()
        drill = drill_of(platform, asked.code, args)
        most = platform.settings.export_at_once
        if count_rows(platform, asked.code, drill, viewer, most) <= most:
            return jsonify(at_once=f"/export/rows/{asked.code}.{asked.format}?{urlencode(args)}")
        job = jobs.ask(platform, viewer, asked.code, drill, asked.format)
        about = {"user": viewer.username, "role": viewer.role, "address": request.remote_addr}
        _audit.info("export asked", **about, what=f"rows/{asked.code}", format=asked.format, job=job.id)
        runners.tend()
        return jsonify(job=shown(jobs.find(platform, viewer, job.id))), 201

    def listed() -> ResponseReturnValue:
        """One's own jobs. Whoever looks also sees to it that what is dead is said to be, and what waits is started."""
        runners.tend()
        return jsonify(jobs=[shown(job) for job in jobs.listed(platform, current_viewer())])

    def cancel(job_id: str) -> ResponseReturnValue:
        job = jobs.cancel(platform, current_viewer(), job_id)
        runners.tend()
        return jsonify(job=shown(job))

    def fetch(job_id: str) -> ResponseReturnValue:
        viewer = current_viewer()
        job, path = jobs.fetch(platform, viewer, job_id)
        _audit.info("export fetched", user=viewer.username, address=request.remote_addr, job=job.id, bytes=job.bytes)
        kind = {"csv": "application/zip", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
        response: Response = send_file(path, mimetype=kind[job.format], etag=False, conditional=True)
        response.headers["Content-Disposition"] = content_disposition(job.file)
        response.headers["Cache-Control"] = "no-store"
        return response

    server = app.server
    server.add_url_rule("/export/jobs", "export_ask", ask, methods=["POST"])
    server.add_url_rule("/export/jobs", "export_listed", listed, methods=["GET"])
    server.add_url_rule("/export/jobs/<job_id>/cancel", "export_cancel", cancel, methods=["POST"])
    server.add_url_rule("/export/jobs/<job_id>/file", "export_fetch", fetch, methods=["GET"])


def shown(job: Job) -> dict[str, Any]:
    """A job as the browser takes it."""
    return {
        "id": job.id,
        "title": job.title,
        "format": job.format,
        "state": job.state,
        "done": job.rows_done,
        "total": job.rows_total,
        "bytes": job.bytes,
        "error": job.error,
        "at": clock.local(job.created_at).strftime("%m-%d %H:%M"),
        "demo": job.demo,
    }


def _asked() -> Asked:
    request.max_content_length = SMALL_BODY
    try:
        return Asked.model_validate_json(request.get_data())
    except ValidationError as error:
        where = "、".join(str(problem["loc"][0]) for problem in error.errors() if problem["loc"])
        raise Malformed("导出请求的格式有误", where, "刷新页面后重试") from None
