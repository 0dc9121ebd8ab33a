"""Large files: memory does not grow with the rows, and a killed process leaves whole chunks."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest

from data.platform import Platform
from tests.data.ingest.files import SALES, assert_rollups_kept, counts, csv_file, rows, run_row, sale, state, take

ROOT = Path(__file__).resolve().parents[3]
pytestmark = pytest.mark.slow
SMALL, LARGE, SHARE = 100_000, 1_000_000, 1.2
XLSX_ROWS = 20_000

EXAMINE = """
import resource, sys
from pathlib import Path
from data.access.viewer import SYSTEM
from data.ingest.examine import examine
from data.ingest.propose import propose
from data.ingest.readers import open_book
from data.ingest.datasets import dataset
from data.platform import Platform
from data.settings import Settings

url, path = sys.argv[1], Path(sys.argv[2])
platform = Platform(Settings(database_url=url, instance_path=path.parent / "instance", demo=False, secret_key="t"))
mapping = propose(dataset("sales_contract"), open_book(path))
found = examine(platform, path, path.name, mapping, SYSTEM)
print(found.read, found.fresh, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""

INGEST = """
import sys
from pathlib import Path
from data.access.viewer import SYSTEM
from data.ingest.run import ingest
from data.platform import Platform
from data.settings import Settings

url, path = sys.argv[1], Path(sys.argv[2])
platform = Platform(Settings(database_url=url, instance_path=path.parent / "instance", demo=False, secret_key="t"))
ingest(platform, path, "sales_contract", None, None, SYSTEM, chunk=200, progress=lambda r: print(r.read, flush=True))
"""


def python(script: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script, *arguments], cwd=ROOT, env=os.environ, stdout=subprocess.PIPE, text=True
    )


def large_csv(path: Path, count: int) -> Path:
    line = "W{0},网签,2026-03-{1:02d},新建商品房,住宅,否,是,{2}.5,{3},1,,,泰兴市\n"
    with path.open("w", encoding="utf-8") as file:
        file.write(",".join(SALES) + "\n")
        file.writelines(line.format(n, n % 28 + 1, 60 + n % 90, 600_000 + n) for n in range(count))
    return path


def test_a_million_rows_take_hardly_more_memory_than_a_hundred_thousand(sqlite_platform: Platform, tmp_path):
    url, peaks = str(sqlite_platform.db.url), []
    for count in (SMALL, LARGE):
        path = large_csv(tmp_path / f"{count}.csv", count)
        output, _ = python(EXAMINE, url, str(path)).communicate(timeout=600)
        read, fresh, peak = map(int, output.split())
        assert (read, fresh) == (count + 1, count)
        peaks.append(peak)
    print(f"peak resident memory: {peaks[0] / 1024:.0f} MB and {peaks[1] / 1024:.0f} MB")
    assert peaks[1] <= SHARE * peaks[0]


def test_a_killed_process_leaves_whole_chunks_and_the_rerun_completes(sqlite_platform: Platform, tmp_path):
    path = csv_file(tmp_path / "s.csv", SALES, [sale(n, f"2026-03-{n % 28 + 1:02d}") for n in range(4000)])
    process = python(INGEST, str(sqlite_platform.db.url), str(path))
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
