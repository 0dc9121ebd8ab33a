"""Large files: memory does not grow with the rows, and a killed process leaves whole chunks."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path

import pytest

from data.platform import Platform
from data.settings import Settings
from tests.data.ingest.files import (
    SALES,
    assert_rollups_kept,
    counts,
    csv_file,
    prepare,
    rows,
    run_row,
    sale,
    state,
    take,
)

ROOT = Path(__file__).resolve().parents[3]
pytestmark = pytest.mark.slow
SMALL, LARGE, SHARE = 100_000, 1_000_000, 1.2

INGEST = """
import resource, sys
from pathlib import Path
from data.access.viewer import SYSTEM
from data.ingest.run import ingest
from data.platform import Platform
from data.settings import Settings

url, path, chunk, tell = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4] == "tell"
platform = Platform(Settings(database_url=url, instance_path=path.parent / "instance", demo=False, secret_key="t"))
progress = (lambda so_far: print(so_far.read, flush=True)) if tell else None
receipt = ingest(platform, path, "sales_contract", None, None, SYSTEM, chunk=chunk, progress=progress)
print(receipt.read, receipt.landed, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def python(script: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script, *arguments], cwd=ROOT, env=os.environ, stdout=subprocess.PIPE, text=True
    )


def large_csv(path: Path, count: int, districts: tuple[str, ...]) -> Path:
    """Three years of contracts in the order of their days, as an export of the filing system has them."""
    with path.open("w", encoding="utf-8") as file:
        file.write(",".join(SALES) + "\n")
        for n in range(count):
            day = date(2023, 1, 1) + timedelta(days=n * 1100 // count)
            row = f"W{n},网签,{day},新建商品房,住宅,否,是,{60 + n % 90}.5,{600_000 + n},1,,,{districts[n % 7]}\n"
            file.write(row)
    return path


def test_a_million_rows_take_hardly_more_memory_than_a_hundred_thousand(tmp_path):
    peaks = []
    for count in (SMALL, LARGE):
        platform = Platform(Settings(instance_path=tmp_path / str(count), demo=False, secret_key="t"))
        prepare(platform)
        path = large_csv(tmp_path / f"{count}.csv", count, platform.regions().districts())
        output, _ = python(INGEST, str(platform.db.url), str(path), "5000", "quiet").communicate(timeout=1200)
        platform.db.dispose()
        read, landed, peak = map(int, output.split())
        assert (read, landed) == (count + 1, count)
        peaks.append(peak)
    print(f"peak resident memory: {peaks[0] / 1024:.0f} MB and {peaks[1] / 1024:.0f} MB")
    assert peaks[1] <= SHARE * peaks[0]


def test_a_killed_process_leaves_whole_chunks_and_the_rerun_completes(sqlite_platform: Platform, tmp_path):
    path = csv_file(tmp_path / "s.csv", SALES, [sale(n, f"2026-03-{n % 28 + 1:02d}") for n in range(4000)])
    process = python(INGEST, str(sqlite_platform.db.url), str(path), "200", "tell")
    assert process.stdout
    for _ in range(3):
        assert process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    process.wait(30)
    process.stdout.close()
    time.sleep(0.1)
    landed = len(rows(sqlite_platform, "sales_contract", "id"))
    run = run_row(sqlite_platform, 1)
    assert run.status == "running"
    assert run.position % 200 == 0
    assert landed == run.landed == run.position - 1 < 4000
    assert_rollups_kept(sqlite_platform)
    receipt = take(sqlite_platform, path, "sales_contract", date(2026, 3, 31))
    assert receipt.resumed
    assert counts(receipt) == (4000, 0, 0, 0, 1)
    assert_rollups_kept(sqlite_platform)
    broken_off = state(sqlite_platform)
    again = take(sqlite_platform, path, "sales_contract", date(2026, 3, 31))
    assert counts(again) == (0, 0, 4000, 0, 1)
    assert state(sqlite_platform) == broken_off
