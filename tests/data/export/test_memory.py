"""200,000 rows take no more memory than 20,000: measured in a process of its own, since peaks never fall."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

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
