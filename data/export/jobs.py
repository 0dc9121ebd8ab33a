"""Exports of rows as jobs: asked for, run one beside the other, cancelled, fetched, and gone after a day.

All state is in the database, so that any worker may answer for any job. A job is run by a process of its own (see
``data.export.runner``); here is what is known of it, and who may know.
"""

from __future__ import annotations

import os
import secrets
import shutil
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, insert, select, text, update
from sqlalchemy.engine import RowMapping

from data import clock
from data.access.viewer import Viewer
from data.errors import PlatformError
from data.export.rows import Drill, title_of
from data.models import ExportJob
from data.platform import Platform

MOST_OPEN = 5
"""Jobs that one account may have waiting or running."""

LISTED = 10
SILENT = timedelta(minutes=2)
"""A running job that has said nothing for so long is dead: it speaks every second."""

OPEN = ("waiting", "running")
ENDINGS = {"csv": "zip", "xlsx": "xlsx"}
QUEUE_LOCK = 321_200_002
"""PostgreSQL's advisory lock under which jobs are taken up; SQLite has one writer anyway."""

STOPPED = "服务重启，导出中断；办法：重新导出"
DIED = "导出进程意外结束；办法：重新导出，若反复出现请告知系统管理员"


class NoSuchJob(PlatformError):
    """No such job, or one of somebody else: the two are not told apart."""

    status = 404


@dataclass(frozen=True)
class Job:
    """One export as its owner sees it; ``rows_total`` is None until it is known."""

    id: str
    title: str
    format: str
    state: str
    rows_done: int
    rows_total: int | None
    file: str
    bytes: int
    error: str
    created_at: datetime
    demo: bool


_SHOWN = tuple(getattr(ExportJob, name) for name in Job.__dataclass_fields__)


def folder(platform: Platform) -> Path:
    """Where files lie; their owner's account alone reads it."""
    found = platform.settings.instance_path / "exports"
    found.mkdir(mode=0o700, parents=True, exist_ok=True)
    return found


def path_of(platform: Platform, job_id: str, fmt: str) -> Path:
    """The file of a job."""
    return folder(platform) / f"{job_id}.{ENDINGS[fmt]}"


# --- what an account may do --------------------------------------------------------------------------------------


def ask(platform: Platform, viewer: Viewer, code: str, drill: Drill, fmt: str) -> Job:
    """Put an export into the queue; refuses an account that has too many there already."""
    owner, job_id = _owner(viewer), secrets.token_urlsafe(24)
    demo = platform.engine.is_demo((code,))
    title = "　".join(filter(None, (title_of(platform, code, drill), drill.bucket.label)))
    with platform.db.write() as connection:
        mine = select(func.count()).where(ExportJob.user_id == owner, ExportJob.state.in_(OPEN))
        if connection.execute(mine).scalar_one() >= MOST_OPEN:
            raise PlatformError(f"已有 {MOST_OPEN} 个导出在进行", "导出", "等其中一个完成，或先取消一个")
        connection.execute(
            insert(ExportJob).values(
                id=job_id,
                user_id=owner,
                indicator=code,
                part=drill.part,
                question=drill.to_json(),
                format=fmt,
                title=title,
                created_at=clock.now(),
                demo=demo,
            )
        )
    return find(platform, viewer, job_id)


def find(platform: Platform, viewer: Viewer, job_id: str) -> Job:
    """One's own job; NoSuchJob for any other."""
    mine = select(*_SHOWN).where(ExportJob.id == job_id, ExportJob.user_id == _owner(viewer))
    row = next(iter(platform.db.ask(mine)), None)
    if row is None:
        raise NoSuchJob("没有这个导出", job_id, "在“我的导出”中查看")
    return _job(row._mapping)


def listed(platform: Platform, viewer: Viewer) -> list[Job]:
    """One's own last jobs, newest first."""
    mine = select(*_SHOWN).where(ExportJob.user_id == _owner(viewer))
    rows = platform.db.ask(mine.order_by(ExportJob.created_at.desc()).limit(LISTED))
    return [_job(row._mapping) for row in rows]


def cancel(platform: Platform, viewer: Viewer, job_id: str) -> Job:
    """Stop a job that waits or runs; one that has ended stays as it is. Its process notices within a second."""
    mine = (ExportJob.id == job_id, ExportJob.user_id == _owner(viewer))
    with platform.db.write() as connection:
        stopped = update(ExportJob).where(*mine, ExportJob.state.in_(OPEN))
        connection.execute(stopped.values(state="cancelled", finished_at=clock.now()))
    return find(platform, viewer, job_id)


def fetch(platform: Platform, viewer: Viewer, job_id: str) -> tuple[Job, Path]:
    """The file of one's own finished job; refuses one that is not there, or whose scope is no longer the viewer's."""
    job = find(platform, viewer, job_id)
    scope = next(iter(platform.db.ask(select(ExportJob.scope).where(ExportJob.id == job_id)))).scope
    path = path_of(platform, job_id, job.format)
    if job.state == "done" and scope != scope_text(viewer):
        raise NoSuchJob("账号的辖区已变更，这个文件不再可取", job.title, "重新导出")
    if job.state != "done" or not path.is_file():
        gone = "文件已过期" if job.state in ("done", "expired") else "文件尚未生成"
        raise NoSuchJob(gone, job.title, "在“我的导出”中查看进度，或重新导出")
    return job, path


def scope_text(viewer: Viewer) -> str:
    """What the viewer may see, in one word; empty for the whole city."""
    return "" if viewer.districts is None else ",".join(sorted(viewer.districts)) or "-"


def _owner(viewer: Viewer) -> int:
    if viewer.user_id is None:
        raise PlatformError("只有登录的账号才能导出", "导出", "登录后再试")
    return viewer.user_id


def _job(row: RowMapping) -> Job:
    return Job(**{name: row[name] for name in Job.__dataclass_fields__})


# --- keeping house -----------------------------------------------------------------------------------------------


def take_up(platform: Platform) -> list[str]:
    """Mark the next waiting jobs as running, as many as there is room for, and return their ids."""
    with platform.db.write() as connection:
        if not platform.db.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": QUEUE_LOCK})
        busy = connection.execute(select(func.count()).where(ExportJob.state == "running")).scalar_one()
        waiting = select(ExportJob.id).where(ExportJob.state == "waiting").order_by(ExportJob.created_at, ExportJob.id)
        taken = list(connection.execute(waiting.limit(max(platform.settings.export_jobs - busy, 0))).scalars())
        now = clock.now()
        connection.execute(
            update(ExportJob)
            .where(ExportJob.id.in_(taken))
            .values(state="running", started_at=now, seen_at=now, runner=runner_of(os.getpid()))
        )
    return taken


def tidy(platform: Platform) -> list[str]:
    """Mark jobs as failed whose process is gone and as expired those kept long enough, and remove their files.

    Returns what was done, a line each. It reads before it writes, so that asking often disturbs nobody.
    """
    now = clock.now()
    with platform.db.read() as connection:
        dead = [job for job in _running(connection) if _is_dead(job.runner, job.seen_at, now)]
        oldest = now - timedelta(hours=platform.settings.export_keep_hours)
        old = select(ExportJob.id, ExportJob.title).where(ExportJob.state == "done", ExportJob.finished_at < oldest)
        expired = connection.execute(old).all()
    if dead:
        with platform.db.write() as connection:
            for job in dead:
                end(connection, job.id, "failed", error=STOPPED)
    if expired:
        with platform.db.write() as connection:
            gone = update(ExportJob).where(ExportJob.id.in_([job.id for job in expired]), ExportJob.state == "done")
            connection.execute(gone.values(state="expired"))
    for job in (*dead, *expired):
        remove_files(platform, job.id)
    return [f"导出中断：{job.title}" for job in dead] + [f"导出文件过期：{job.title}" for job in expired]


def end(connection: Connection, job_id: str, state: str, **values: Any) -> bool:
    """Note how a running job ended; False where it was not running any more, having been cancelled."""
    ended = update(ExportJob).where(ExportJob.id == job_id, ExportJob.state == "running")
    return bool(connection.execute(ended.values(state=state, finished_at=clock.now(), **values)).rowcount)


def remove_files(platform: Platform, job_id: str, *, but: Path | None = None) -> None:
    """Remove what a job has written, all of it or all ``but`` its file."""
    for path in folder(platform).glob(f"{job_id}.*"):
        if path != but:
            _remove(path)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def runner_of(pid: int) -> str:
    """Name of a process on this machine."""
    return f"{socket.gethostname()[:80]}:{pid}"


def _running(connection: Connection) -> Sequence[Any]:
    columns = (ExportJob.id, ExportJob.title, ExportJob.runner, ExportJob.seen_at)
    return connection.execute(select(*columns).where(ExportJob.state == "running")).all()


def _is_dead(runner: str, seen_at: datetime, now: datetime) -> bool:
    """Whether the process that ran a job is gone: known at once on its own machine, by its silence elsewhere."""
    host, _, pid = runner.rpartition(":")
    if host == runner_of(0).rpartition(":")[0] and pid.isdecimal() and not Path(f"/proc/{pid}").exists():
        return True
    seen = seen_at if seen_at.tzinfo else seen_at.replace(tzinfo=UTC)
    return now - seen > SILENT


def sweep(platform: Platform) -> list[str]:
    """What :func:`tidy` does, and remove files that belong to no job; for the start, where a server may have died."""
    lines = tidy(platform)
    with platform.db.read() as connection:
        kept = set(connection.execute(select(ExportJob.id).where(ExportJob.state.in_(("running", "done")))).scalars())
    for path in folder(platform).iterdir():
        if path.name.partition(".")[0] not in kept:
            _remove(path)
    return lines
