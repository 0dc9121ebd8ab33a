"""200,000 rows take no more memory than 20,000, and a million as a job less than 300 MB: measured in processes of their
own, since peaks never fall.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from data.access.accounts import create_user
from data.access.viewer import Viewer
from data.export import jobs
from data.export.rows import Drill
from data.models import SalesContract
from data.platform import Platform
from data.semantic.spec import Filter
from data.settings import Settings
from tests.data.export.sales import OCTOBER, fill

ROOT = Path(__file__).resolve().parents[3]
GROWTH_KB = 24_000
SCRIPT = """
import io, resource, sys, tempfile
from datetime import UTC, date, datetime
from decimal import Decimal
from data.export.csv_file import csv_zip
from data.export.table import Column, Table
from data.export.xlsx_file import write_rows

count, kind = int(sys.argv[1]), sys.argv[2]
columns = (Column("编号"), Column("用途"), Column("面积", "number", 2), Column("备案日", "date"))
rows = ([f"合同{i:08d}", "住宅", Decimal(i) / 100, date(2026, 10, 1)] for i in range(count))
table = Table("明细", columns, rows)
with tempfile.TemporaryFile() as file:
    if kind == "csv":
        for piece in csv_zip(table, "t", datetime.now(UTC)):
            file.write(piece)
    else:
        assert write_rows(table, file) == count
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def peak_kb(count: int, kind: str) -> int:
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(count), kind], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return int(run.stdout)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_memory_does_not_grow_with_the_rows(kind: str) -> None:
    assert peak_kb(200_000, kind) - peak_kb(20_000, kind) < GROWTH_KB


MOST_KB = 300_000
JOB = """
import re, sys
from pathlib import Path
from data.export.runner import main
main(sys.argv[1])
# Its own peak: what getrusage tells includes the parent's, from before the new program was loaded.
print(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1], flush=True)
"""
MILLION = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000)
INSERT INTO {table} ({columns}, filing_no)
SELECT {columns}, 'M' || i FROM {table}, n WHERE {table}.filing_no = 'A1'
"""


@pytest.mark.slow
@pytest.mark.parametrize("fmt", ["csv", "xlsx"])
@pytest.mark.parametrize("sort", [None, "area_m2"])
def test_a_million_rows_leave_within_300_mb(sqlite_url: str, tmp_path: Path, fmt: str, sort: str | None) -> None:
    platform = Platform(Settings(instance_path=tmp_path / "instance", database_url=sqlite_url, demo=False))
    fill(platform)
    table: Any = SalesContract.__table__
    columns = ", ".join(column.name for column in table.columns if column.name not in ("id", "filing_no"))
    with platform.db.write() as connection:
        user = create_user(connection, "clerk", "李四", "section", "Long-enough-1")
        connection.execute(text(MILLION.format(table=table.name, columns=columns)))
    viewer = Viewer("clerk", "李四", "section", user_id=user)
    job = jobs.ask(platform, viewer, "ZF02", Drill(Filter(), OCTOBER, sort=sort), fmt)
    jobs.take_up(platform)
    began = time.monotonic()
    command = [sys.executable, "-c", JOB, job.id]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(platform.settings.model_dump_json().encode() + b"\n")
        process.stdin.flush()
        peak = int(process.stdout.readline())
    done = jobs.find(platform, viewer, job.id)
    platform.db.dispose()
    print(f"{fmt} by {sort}: {done.rows_done} rows, {peak / 1000:.0f} MB, {time.monotonic() - began:.0f} s")
    assert (done.state, done.rows_done) == ("done", 1_000_003)
    assert peak < MOST_KB
