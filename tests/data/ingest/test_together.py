"""Two at once: neither loses a row nor spoils a roll-up."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from data.ingest.run import Taken
from data.platform import Platform
from tests.data.ingest.files import SALES, assert_rollups_kept, csv_file, rows, run_row, sale, take


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
