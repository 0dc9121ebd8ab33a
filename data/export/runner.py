"""Processes that write exports: started here, one a job, so that no page waits for a million rows.

A process gets the settings as one line on its standard input, which nobody else can read, and ends when that input
does: with the server that holds the other end, however it ends.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.exc import SQLAlchemyError

from data import clock, log
from data.access.viewer import Forbidden, Viewer
from data.errors import PlatformError, reference
from data.export import csv_file, jobs, xlsx_file
from data.export.names import file_stem
from data.export.rows import Counted, Drill, count_rows, row_table
from data.export.table import Cell, Table
from data.models import ExportJob, User
from data.platform import Platform
from data.settings import ROOT, Settings

EVERY_S = 1.0
"""How often a process tells how far it is, and looks whether it is still wanted."""

POLITE = 10
"""Niceness of an export: pages come first."""

_log = log.get("export")
_audit = log.get("audit")


class Stopped(Exception):
    """The job was cancelled, or taken for dead."""


# --- in the server -----------------------------------------------------------------------------------------------


class Runners:
    """Starts processes for what waits, and says of a job whose process dies that it failed."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    def tend(self) -> None:
        """Tidy up, and start what waits and has room. Whoever asks for jobs calls it: no clockwork is needed."""
        for line in jobs.tidy(self._platform):
            _log.info("exports tidied", what=line)
        if next(iter(self._platform.db.ask(select(ExportJob.id).where(ExportJob.state == "waiting").limit(1))), None):
            for job_id in jobs.take_up(self._platform):
                self._start(job_id)

    def _start(self, job_id: str) -> None:
        command = [sys.executable, "-m", "data.export.runner", job_id]
        try:
            # A session of its own: an interrupt from the keyboard is the server's to handle.
            process = subprocess.Popen(  # noqa: S603  (our own interpreter, and an id that we made)
                command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, start_new_session=True
            )
        except OSError as error:
            _log.error("export not started", job=job_id, exc_info=error)
            self._failed(job_id)
            return
        assert process.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # it died at once, which is noticed below
            process.stdin.write(self._platform.settings.model_dump_json().encode() + b"\n")
            process.stdin.flush()
        threading.Thread(target=self._wait, args=(job_id, process), name="export", daemon=True).start()

    def _wait(self, job_id: str, process: subprocess.Popen[bytes]) -> None:
        code = process.wait()
        assert process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()
        with contextlib.suppress(SQLAlchemyError):
            if self._failed(job_id):
                _log.error("export died", job=job_id, code=code)
            self.tend()

    def _failed(self, job_id: str) -> bool:
        with self._platform.db.write() as connection:
            failed = jobs.end(connection, job_id, "failed", error=jobs.DIED)
        if failed:
            jobs.remove_files(self._platform, job_id)
        return failed


# --- in the process of a job -------------------------------------------------------------------------------------


def main(job_id: str) -> None:
    """Run one job with the settings on standard input, and end with whoever gave them."""
    settings = Settings.model_validate_json(sys.stdin.buffer.readline())
    os.nice(POLITE)
    log.configure(settings.log_level)
    platform = Platform(settings)
    platform.db.lean()
    scratch = jobs.folder(platform) / f"{job_id}.tmp"
    scratch.mkdir(mode=0o700, exist_ok=True)
    tempfile.tempdir = str(scratch)

    def abandon() -> None:
        jobs.remove_files(platform, job_id)
        os._exit(0)

    def end_with_parent() -> None:
        while os.read(0, 1):
            pass
        # Where not even this can be written down, the next start finds the job without its process.
        with contextlib.suppress(SQLAlchemyError), platform.db.write() as connection:
            if jobs.end(connection, job_id, "failed", error=jobs.STOPPED):
                jobs.remove_files(platform, job_id)
        os._exit(1)

    threading.Thread(target=end_with_parent, daemon=True).start()
    run(platform, job_id, abandon)


def run(platform: Platform, job_id: str, abandon: Callable[[], object] = lambda: None) -> None:
    """Write the file of a job that was taken up, and note how that ended. ``abandon`` is called once it is cancelled:
    a process ends there and then, even where the database still sorts.
    """
    with platform.db.write() as connection:
        mine = update(ExportJob).where(ExportJob.id == job_id, ExportJob.state == "running")
        connection.execute(mine.values(runner=jobs.runner_of(os.getpid()), seen_at=clock.now()))
    job = _load(platform, job_id)
    if job is None:
        return
    try:
        _write(platform, job, abandon)
        jobs.remove_files(platform, job_id, but=jobs.path_of(platform, job_id, job.format))
    except Stopped:
        jobs.remove_files(platform, job_id)
    except Exception as error:  # whatever it was, the one who asked is told
        with platform.db.write() as connection:
            jobs.end(connection, job_id, "failed", error=_told(error)[:500])
        jobs.remove_files(platform, job_id)


def _load(platform: Platform, job_id: str) -> Row[Any] | None:
    """The job with its account as it is now; None where it is no longer to be run."""
    account = (User.username, User.name, User.role, User.section, User.district_id, User.active)
    asked = select(ExportJob.__table__, *account).join(User, User.id == ExportJob.user_id)
    return next(iter(platform.db.ask(asked.where(ExportJob.id == job_id, ExportJob.state == "running"))), None)


def _write(platform: Platform, job: Row[Any], abandon: Callable[[], object]) -> None:
    if not job.active:
        raise Forbidden("账号已停用")
    viewer = Viewer.of(job.username, job.name, job.role, job.section, job.district_id, job.user_id)
    drill = Drill.of_json(job.question)
    counted = Counted(())
    with _Pulse(platform, job.id, lambda: counted.count, abandon) as pulse:
        total = count_rows(platform, job.indicator, drill, viewer)
        if job.format == "xlsx":
            xlsx_file.check_fits(total)
        pulse.tell(rows_total=total, scope=jobs.scope_text(viewer))
        at = clock.now()
        table, counted = row_table(platform, job.indicator, drill, viewer, at)
        stem = file_stem(table.title, table.notes.period, at, demo=table.notes.demo)
        path = jobs.path_of(platform, job.id, job.format)
        unfinished = path.with_suffix(".part")
        unfinished.touch(mode=0o600)
        with unfinished.open("wb") as file:
            if job.format == "csv":
                file.writelines(csv_file.csv_zip(_while_wanted(table, pulse), stem, at))
            else:
                xlsx_file.write_rows(_while_wanted(table, pulse), file)
        os.replace(unfinished, path)
    size, name = path.stat().st_size, f"{stem}{path.suffix}"
    with platform.db.write() as connection:
        done = {"rows_done": counted.count, "file": name, "bytes": size, "demo": table.notes.demo}
        if not jobs.end(connection, job.id, "done", **done):
            raise Stopped
    about = {"user": viewer.username, "role": viewer.role, "what": f"rows/{job.indicator}", "format": job.format}
    _audit.info("export", **about, job=job.id, question=job.question, rows=counted.count, bytes=size)


def _while_wanted(table: Table, pulse: _Pulse) -> Table:
    """The table, whose rows stop once nobody wants them any more."""

    def rows() -> Iterable[Sequence[Cell]]:
        for row in table.rows:
            if pulse.stopped:
                raise Stopped
            yield row

    return replace(table, rows=rows())


def _told(error: Exception) -> str:
    """Reason and remedy for the one who asked; what nobody foresaw goes to the log under a number."""
    if isinstance(error, (PlatformError, Forbidden)):
        return str(error)
    number = reference()
    _log.error("export failed", reference=number, exc_info=error)
    return f"导出出错；办法：稍后重试，若反复出现请把编号告知系统管理员（编号 {number}）"


class _Pulse:
    """Tells every second how far a job is, and learns that way whether it was cancelled."""

    def __init__(self, platform: Platform, job_id: str, done: Callable[[], int], abandon: Callable[[], object]) -> None:
        self._platform, self._job_id, self._done, self._abandon = platform, job_id, done, abandon
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True)
        self.stopped = False

    def __enter__(self) -> _Pulse:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._ended.set()
        self._thread.join()

    def tell(self, **values: Any) -> None:
        """Note values and the rows done; Stopped where the job is not running any more."""
        mine = update(ExportJob).where(ExportJob.id == self._job_id, ExportJob.state == "running")
        with self._platform.db.write() as connection:
            found = connection.execute(mine.values(rows_done=self._done(), seen_at=clock.now(), **values)).rowcount
        if not found:
            self.stopped = True
            raise Stopped

    def _beat(self) -> None:
        while not self._ended.wait(EVERY_S):
            try:
                self.tell()
            except SQLAlchemyError:  # another writer holds the database: what was done is told later
                continue
            except Stopped:
                self._abandon()
                return


if __name__ == "__main__":
    main(sys.argv[1])
