"""Row exports as jobs: scoped when they run, counted, cancelled, found dead, gone after a day, and nobody else's."""

from __future__ import annotations

import contextlib
import csv
import io
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select, update

from data import clock
from data.access.accounts import create_user
from data.access.viewer import Viewer
from data.errors import PlatformError
from data.export import jobs, rows, runner, xlsx_file
from data.export.jobs import NoSuchJob
from data.export.rows import Drill
from data.export.runner import Runners, run
from data.models import ExportJob, User
from data.platform import Platform
from data.semantic.spec import Filter
from data.settings import ROOT, Settings
from tests.data.export.sales import OCTOBER, TAIXING, XINGHUA, fill
from tests.support.until import until

PASSWORD = "Long-enough-1"
ROWS = Drill(Filter(), OCTOBER)


@pytest.fixture
def platform(database_url: str, tmp_path: Path) -> Iterator[Platform]:
    made = Platform(Settings(instance_path=tmp_path / "instance", database_url=database_url, demo=False))
    fill(made)
    with made.db.write() as connection:
        create_user(connection, "clerk", "李四", "section", PASSWORD)
        create_user(connection, "taixing", "王五", "district", PASSWORD, district=TAIXING)
    yield made
    made.db.dispose()


def viewer(platform: Platform, username: str = "clerk") -> Viewer:
    with platform.db.read() as connection:
        user = connection.execute(select(User.__table__).where(User.username == username)).mappings().one()
    return Viewer.of(username, user["name"], user["role"], user["section"], user["district_id"], user["id"])


def ask(platform: Platform, drill: Drill = ROWS, fmt: str = "csv", username: str = "clerk") -> str:
    return jobs.ask(platform, viewer(platform, username), "ZF02", drill, fmt).id


def work(platform: Platform, username: str = "clerk", fmt: str = "csv", drill: Drill = ROWS) -> jobs.Job:
    job_id = ask(platform, drill, fmt, username)
    assert jobs.take_up(platform) == [job_id]
    run(platform, job_id)
    return jobs.find(platform, viewer(platform, username), job_id)


def column(path: Path, name: str) -> list[str]:
    with zipfile.ZipFile(path) as archive:
        text = archive.read(archive.namelist()[0]).decode("utf-8-sig")
    return [row[name] for row in csv.DictReader(io.StringIO(text))]


def change(platform: Platform, job_id: str, **values: Any) -> None:
    with platform.db.write() as connection:
        connection.execute(update(ExportJob).where(ExportJob.id == job_id).values(**values))


@pytest.mark.parametrize(("username", "areas"), [("clerk", ["300", "200", "100"]), ("taixing", ["100"])])
def test_a_job_writes_the_rows_that_its_account_may_see(platform: Platform, username: str, areas: list[str]) -> None:
    job = work(platform, username)
    assert (job.state, job.rows_done, job.rows_total) == ("done", len(areas), len(areas))
    assert job.demo
    assert job.file.startswith("商品房网签面积明细（演示数据）_2026年10月_")
    _, path = jobs.fetch(platform, viewer(platform, username), job.id)
    assert [text.removesuffix(".00") for text in column(path, "面积(㎡)")] == areas
    assert path.stat().st_mode & 0o777 == 0o600
    assert job.bytes == path.stat().st_size
    assert [other.name for other in path.parent.iterdir()] == [path.name]


def test_a_workbook_is_a_pure_table_with_its_notes(platform: Platform) -> None:
    job = work(platform, fmt="xlsx")
    book = openpyxl.load_workbook(jobs.fetch(platform, viewer(platform), job.id)[1])
    assert book["明细"].max_row == 4
    notes = dict(book["说明"].iter_rows(max_col=2, values_only=True))
    assert notes["导出人"] == "李四"
    assert notes["数据性质"].startswith("演示数据")


def test_order_and_narrowing_are_the_grids(platform: Platform) -> None:
    drill = Drill(Filter(), OCTOBER, sort="area_m2", descending=False, narrow={"area_m2": (150, None)})
    job = work(platform, drill=drill)
    _, path = jobs.fetch(platform, viewer(platform), job.id)
    assert [text.removesuffix(".00") for text in column(path, "面积(㎡)")] == ["200", "300"]


def test_a_question_is_kept_and_read_as_it_was(platform: Platform) -> None:
    narrow = {"booked_on": ("2026-10-01", None), "use": ("residential", "office")}
    drill = Drill(Filter.of(XINGHUA, use=("office",)), OCTOBER, "ZF04", "area_m2", False, narrow)
    assert Drill.of_json(drill.to_json()) == drill


def test_scope_is_decided_when_the_job_runs(platform: Platform) -> None:
    job_id = ask(platform)
    with platform.db.write() as connection:
        bound = update(User).where(User.username == "clerk")
        connection.execute(bound.values(role="district", district_id=XINGHUA))
    jobs.take_up(platform)
    run(platform, job_id)
    job, path = jobs.fetch(platform, viewer(platform), job_id)
    assert job.rows_done == 2
    with platform.db.write() as connection:
        connection.execute(update(User).where(User.username == "clerk").values(district_id=TAIXING))
    with pytest.raises(NoSuchJob, match="辖区已变更"):
        jobs.fetch(platform, viewer(platform), job_id)


def test_another_districts_rows_and_a_closed_account_are_refused(platform: Platform) -> None:
    refused = work(platform, "taixing", drill=Drill(Filter(XINGHUA), OCTOBER))
    assert refused.state == "failed"
    assert "只能查看本辖区" in refused.error
    job_id = ask(platform)
    with platform.db.write() as connection:
        connection.execute(update(User).where(User.username == "clerk").values(active=False))
    jobs.take_up(platform)
    run(platform, job_id)
    assert "账号已停用" in jobs.find(platform, viewer(platform), job_id).error


def test_a_job_is_its_owners_alone(platform: Platform) -> None:
    job = work(platform)
    other = viewer(platform, "taixing")
    assert jobs.listed(platform, other) == []
    for act in (jobs.find, jobs.cancel, jobs.fetch):
        with pytest.raises(NoSuchJob, match="没有这个导出"):
            act(platform, other, job.id)
    assert jobs.find(platform, viewer(platform), job.id).state == "done"


def test_too_many_rows_for_a_sheet_are_told_to_take_csv(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_file, "SHEET_ROWS", 2)
    job = work(platform, fmt="xlsx")
    assert job.state == "failed"
    assert "改用 CSV" in job.error
    assert list(jobs.folder(platform).iterdir()) == []


def test_only_so_many_run_at_once_and_an_account_queues_only_so_many(platform: Platform) -> None:
    asked = [ask(platform) for _ in range(4)]
    assert jobs.take_up(platform) == asked[:2]
    assert jobs.take_up(platform) == []
    run(platform, asked[0])
    assert jobs.take_up(platform) == [asked[2]]
    ask(platform)
    ask(platform)
    with pytest.raises(PlatformError, match="已有 5 个导出在进行"):
        ask(platform)


def test_a_waiting_job_is_cancelled_and_never_taken_up(platform: Platform) -> None:
    job_id = ask(platform)
    assert jobs.cancel(platform, viewer(platform), job_id).state == "cancelled"
    assert jobs.take_up(platform) == []
    with pytest.raises(NoSuchJob, match="尚未生成"):
        jobs.fetch(platform, viewer(platform), job_id)


def test_a_running_job_that_is_cancelled_leaves_nothing(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "EVERY_S", 0.01)
    abandoned: list[int] = []
    job_id = ask(platform)
    jobs.take_up(platform)
    slow = rows.row_table

    def cancelled_meanwhile(*arguments: Any) -> Any:
        jobs.cancel(platform, viewer(platform), job_id)
        until(lambda: abandoned)
        return slow(*arguments)

    monkeypatch.setattr(runner, "row_table", cancelled_meanwhile)
    run(platform, job_id, lambda: abandoned.append(1))
    assert jobs.find(platform, viewer(platform), job_id).state == "cancelled"
    assert list(jobs.folder(platform).iterdir()) == []


def test_what_nobody_foresaw_is_told_under_a_number(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: Any) -> Any:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(runner, "row_table", fail)
    job = work(platform)
    assert job.state == "failed"
    assert "编号" in job.error
    assert "secret" not in job.error


def test_a_job_whose_server_was_killed_is_found_at_start(platform: Platform) -> None:
    here, elsewhere = ask(platform), ask(platform)
    jobs.take_up(platform)
    gone = jobs.runner_of(2**22 + 1)
    change(platform, here, runner=gone)
    change(platform, elsewhere, runner="other-host:1")
    (jobs.folder(platform) / f"{here}.part").write_text("half")
    (jobs.folder(platform) / "unknown.csv").write_text("left")
    assert jobs.sweep(platform) == ["导出中断：商品房网签面积明细　2026年10月"]
    assert "服务重启" in jobs.find(platform, viewer(platform), here).error
    assert jobs.find(platform, viewer(platform), elsewhere).state == "running", "another machine's, and not silent yet"
    assert list(jobs.folder(platform).iterdir()) == []
    change(platform, elsewhere, seen_at=clock.now() - jobs.SILENT - timedelta(seconds=1))
    jobs.tidy(platform)
    assert jobs.find(platform, viewer(platform), elsewhere).state == "failed"


def test_a_file_is_gone_after_a_day(platform: Platform) -> None:
    job = work(platform)
    with clock.moved(0.9):
        assert jobs.tidy(platform) == []
    with clock.moved(1.1):
        assert jobs.tidy(platform) == ["导出文件过期：商品房网签面积明细　2026年10月"]
    assert jobs.find(platform, viewer(platform), job.id).state == "expired"
    with pytest.raises(NoSuchJob, match="过期"):
        jobs.fetch(platform, viewer(platform), job.id)
    assert list(jobs.folder(platform).iterdir()) == []


# --- in a process of its own -------------------------------------------------------------------------------------


def test_processes_write_what_waits_one_after_the_other(platform: Platform) -> None:
    asked = [ask(platform) for _ in range(3)]
    Runners(platform).tend()
    until(lambda: {job.state for job in jobs.listed(platform, viewer(platform))} == {"done"}, 60)
    assert {path.name.partition(".")[0] for path in jobs.folder(platform).iterdir()} == set(asked)


def test_a_process_that_dies_is_noticed(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/bin/false")
    job_id = ask(platform)
    Runners(platform).tend()
    until(lambda: jobs.find(platform, viewer(platform), job_id).state == "failed", 20)
    assert "意外结束" in jobs.find(platform, viewer(platform), job_id).error


SERVER = """
import sys, time
from data.export.runner import Runners
from data.platform import Platform
from data.settings import ROOT, Settings
Runners(Platform(Settings.model_validate_json(sys.stdin.readline()))).tend()
print("started", flush=True)
time.sleep(600)
"""


def test_a_process_ends_with_its_server_however_that_ends(platform: Platform) -> None:
    job_id = ask(platform)
    with subprocess.Popen(
        [sys.executable, "-c", SERVER], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        server.stdin.write(platform.settings.model_dump_json() + "\n")
        server.stdin.flush()
        assert server.stdout.readline() == "started\n"
        server.kill()
    until(lambda: not processes(job_id), 40)
    jobs.sweep(platform)
    state = jobs.find(platform, viewer(platform), job_id).state
    assert state in ("failed", "done"), "it may have been quicker than the axe"
    assert bool(list(jobs.folder(platform).iterdir())) == (state == "done")


def processes(word: str) -> list[str]:
    """Processes with ``word`` on their command line."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if word.encode() in path.read_bytes():
                found.append(path.parent.name)
    return found


def test_no_secret_stands_on_the_command_line(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[list[str]] = []

    def refuse(command: list[str], **_options: Any) -> Any:
        seen.append(command)
        raise OSError("no more processes")

    monkeypatch.setattr("subprocess.Popen", refuse)
    job_id = ask(platform)
    Runners(platform).tend()
    assert [word for word in seen[0] if "sql" in word or "/" in word] == [seen[0][0]]
    assert jobs.find(platform, viewer(platform), job_id).state == "failed"
