"""Two at once: neither loses a row nor spoils a roll-up."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from sqlalchemy import event, update

from data.access.viewer import SYSTEM
from data.ingest import replace
from data.ingest.datasets import DATASETS
from data.ingest.run import Taken
from data.ingest.undo import undo
from data.models import IngestRun
from data.platform import Platform
from tests.data.ingest.files import (
    PROJECTS,
    SALES,
    assert_rollups_kept,
    cancel,
    csv_file,
    market,
    rows,
    run_row,
    sale,
    take,
)

COMPLETE = date(2026, 3, 31)


def attempt(platform: Platform, path) -> int:
    """Run number of an attempt; 0 where another holds the file."""
    try:
        return take(platform, path, "sales_contract", chunk=20).run_id
    except Taken:
        return 0


def test_the_same_file_twice_at_once(platform: Platform, tmp_path):
    path = csv_file(tmp_path / "a.csv", SALES, [sale(n, f"2026-03-{n % 28 + 1:02d}") for n in range(200)])
    with ThreadPoolExecutor(2) as pool:
        runs = list(pool.map(attempt, [platform] * 2, [path] * 2))
    assert any(runs)
    assert len(rows(platform, "sales_contract", "id")) == 200
    for run in filter(None, runs):
        found = run_row(platform, run)
        assert (found.status, found.read) == ("done", 201)
    assert_rollups_kept(platform)


def test_two_files_about_the_same_contracts_at_once(platform: Platform, tmp_path):
    paths = [
        csv_file(tmp_path / f"{area}.csv", SALES, [sale(n, f"2026-03-{n % 28 + 1:02d}", area=area) for n in range(200)])
        for area in (90, 95)
    ]
    with ThreadPoolExecutor(2) as pool:
        runs = list(pool.map(attempt, [platform] * 2, paths))
    found = [run_row(platform, run) for run in runs]
    assert sum(run.landed for run in found) == 200
    assert sum(run.corrected for run in found) == 200
    assert len(rows(platform, "sales_contract", "id")) == 200
    assert_rollups_kept(platform)


def locks(platform: Platform) -> list[str]:
    """Names of the locks that writers take from now on, in order."""
    taken: list[str] = []

    @event.listens_for(platform.db.engine, "before_cursor_execute")
    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if "pg_advisory_xact_lock" in statement:
            taken.append(parameters["name"].removeprefix("ingest:"))
        elif statement.startswith("UPDATE sys_version"):
            taken.append(next(value for value in dict_of(parameters) if isinstance(value, str)))

    return taken


def dict_of(parameters: Any) -> list[Any]:
    return list(parameters.values() if isinstance(parameters, dict) else parameters)


@pytest.mark.postgres
def test_a_run_and_its_undo_lock_every_fact_they_write(postgres_platform: Platform, tmp_path):
    market(postgres_platform, tmp_path)
    taken = locks(postgres_platform)
    path = csv_file(tmp_path / "a.csv", SALES, [sale(1, unit="U1")])
    run = take(postgres_platform, path, "sales_contract").run_id
    assert taken[:2] == ["b5_house_unit", "t08_sales_contract"]
    taken.clear()
    undo(postgres_platform, run, SYSTEM)
    assert taken[:2] == ["b5_house_unit", "t08_sales_contract"]


def test_demonstration_data_leave_by_the_one_door(platform: Platform, tmp_path):
    market(platform, tmp_path)
    works = csv_file(
        tmp_path / "w.csv",
        ("工程项目编码", "工程名称", "工程类别", "资金来源", "所属区划"),
        [["P1", "甲", "房建", "社会", "泰兴市"]],
    )
    demo = [take(platform, works, "project").run_id]
    version = ["KF1", "甲花园", "2026-04-01", "", "", "非任务", "否", "未列入", "1", "泰兴市", "P1"]
    take(platform, csv_file(tmp_path / "v.csv", (*PROJECTS, "工程项目编码"), [version]), "development_project")
    body = [sale(1, "2026-02-01", unit="U1"), cancel(1, "2026-02-10", "U1"), sale(2, "2026-02-01", unit="U2")]
    demo.append(take(platform, csv_file(tmp_path / "s.csv", SALES, body), "sales_contract", COMPLETE).run_id)
    with platform.db.write() as connection:
        connection.execute(update(IngestRun).where(IngestRun.id.in_(demo)).values(demo=True))
    taken = locks(platform)
    with platform.db.write() as connection:
        targets = [DATASETS["sales_contract"], DATASETS["project"]]
        gone = replace.remove_demo(connection, platform.registry, targets)
    assert gone == {"t08_sales_contract": 3, "b3_project": 1}
    assert rows(platform, "development_project", "project_code") == [(None,), (None,)]
    assert rows(platform, "house_unit", "unit_code", "signed_on", "spell_no") == [(f"U{n}", None, 1) for n in range(6)]
    changed = {
        cube.name
        for model in ("house_unit", "sales_contract", "development_project")
        for cube in cubes(platform, model)
    }
    assert changed <= set(taken)
    first = taken.index("coverage")
    assert set(taken[first:]) == {"coverage"}, "cubes are locked before coverage, as by every writer"
    assert_rollups_kept(platform)


def cubes(platform: Platform, fact: str) -> Any:
    return platform.registry.cubes_over(DATASETS[fact].model)
