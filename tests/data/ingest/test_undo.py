from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from data.access.viewer import SYSTEM, Viewer
from data.coverage import span_known
from data.errors import PlatformError
from data.ingest.undo import undo
from data.models import Coverage, IngestRun
from data.platform import Platform
from tests.data.ingest.files import (
    PROJECTS,
    QUICK,
    SALES,
    TAIXING,
    assert_rollups_kept,
    cancel,
    csv_file,
    market,
    rows,
    run_row,
    sale,
    state,
    take,
)

COMPLETE = date(2026, 3, 31)


def test_undoing_a_run_leaves_things_as_before_it(platform: Platform, tmp_path):
    market(platform, tmp_path)
    take(platform, csv_file(tmp_path / "a.csv", SALES, [sale(1, unit="U1"), sale(2)]), "sales_contract", COMPLETE)
    before = state(platform)
    body = [
        sale(1, "2026-03-07", unit="U2", area=95),
        cancel(1, "2026-03-20", "U2"),
        sale(3, unit="U3", region="靖江市"),
    ]
    receipt = take(platform, csv_file(tmp_path / "b.csv", SALES, body), "sales_contract", date(2026, 4, 30))
    assert state(platform) != before
    done = undo(platform, receipt.run_id, SYSTEM)
    assert (done.deleted, done.restored, done.left) == (2, 1, [])
    assert state(platform) == before
    assert run_row(platform, receipt.run_id).status == "undone"
    assert_rollups_kept(platform)
    with pytest.raises(PlatformError, match="已经撤销"):
        undo(platform, receipt.run_id, SYSTEM)


def test_rows_that_a_later_run_corrected_stay_and_are_listed(platform: Platform, tmp_path):
    first = take(platform, csv_file(tmp_path / "a.csv", SALES, [sale(1), sale(2)]), "sales_contract", COMPLETE)
    second = take(platform, csv_file(tmp_path / "b.csv", SALES, [sale(1, area=95)]), "sales_contract", COMPLETE)
    third = take(platform, csv_file(tmp_path / "c.csv", SALES, [sale(1, area=99)]), "sales_contract", COMPLETE)
    done = undo(platform, second.run_id, SYSTEM)
    assert [(left.key, left.run_id) for left in done.left] == [(("W1", "sign"), third.run_id)]
    assert rows(platform, "sales_contract", "area_m2")[0] == (Decimal("99.00"),)
    undo(platform, third.run_id, SYSTEM)
    assert rows(platform, "sales_contract", "area_m2", "run_id")[0] == (Decimal("90.00"), first.run_id)
    undo(platform, first.run_id, SYSTEM)
    assert state(platform)[1] == state(platform)[-1] == []
    assert_rollups_kept(platform)


@settings(max_examples=8, phases=QUICK, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.lists(
            st.tuples(st.integers(0, 4), st.sampled_from([80, 90])),
            min_size=1,
            max_size=4,
            unique_by=lambda row: row[0],
        ),
        min_size=2,
        max_size=4,
    ),
    st.randoms(use_true_random=False),
)
def test_undoing_all_runs_in_any_order_leaves_nothing(sqlite_platform: Platform, tmp_path, files, random):
    platform = sqlite_platform
    market(platform, tmp_path)
    clean = state(platform)
    runs = []
    for number, edits in enumerate(files):
        body = [sale(key, unit=f"U{key}", area=area) for key, area in edits]
        runs.append(
            take(platform, csv_file(tmp_path / f"{number}.csv", SALES, body), "sales_contract", COMPLETE).run_id
        )
    random.shuffle(runs)
    for run in runs:
        undo(platform, run, SYSTEM)
    assert state(platform) == clean
    assert_rollups_kept(platform)


def test_a_project_that_others_refer_to_is_left(platform: Platform, tmp_path):
    path = csv_file(
        tmp_path / "p.csv",
        ("工程项目编码", "工程名称", "工程类别", "资金来源", "所属区划"),
        [["3212001", "甲", "房建", "社会", "海陵区"], ["3212002", "乙", "房建", "社会", "海陵区"]],
    )
    receipt = take(platform, path, "project")
    version = ["KF1", "甲花园", "2026-01-01", "", "", "非任务", "否", "未列入", "1", "海陵区", "3212001"]
    take(platform, csv_file(tmp_path / "d.csv", (*PROJECTS, "工程项目编码"), [version]), "development_project")
    done = undo(platform, receipt.run_id, SYSTEM)
    assert done.deleted == 1
    assert [(left.key, left.reason) for left in done.left] == [(("3212001",), "仍被其他记录引用")]
    assert rows(platform, "project", "project_code") == [("3212001",)]


def test_only_ones_own_runs_can_be_undone_by_a_district(sqlite_platform: Platform, tmp_path):
    path = csv_file(tmp_path / "a.csv", SALES, [sale(1)])
    receipt = take(sqlite_platform, path, "sales_contract")
    with pytest.raises(PlatformError, match="没有批次"):
        undo(sqlite_platform, receipt.run_id, TAIXING)
    with pytest.raises(PlatformError, match="不能上传"):
        undo(sqlite_platform, receipt.run_id, Viewer("x", "x", "leader"))


def test_a_replaced_demonstration_gives_no_coverage_back(platform: Platform, tmp_path):
    """Undoing what replaced it leaves a data set that nobody has reported."""
    take(platform, csv_file(tmp_path / "a.csv", SALES, [sale(1)]), "sales_contract", date(2026, 4, 30))
    with platform.db.write() as connection:
        connection.execute(update(IngestRun).values(demo=True))
        connection.execute(update(Coverage).values(demo=True))
    real = csv_file(tmp_path / "b.csv", SALES, [sale(2)])
    receipt = take(platform, real, "sales_contract", COMPLETE, replace_demo=True)
    undo(platform, receipt.run_id, SYSTEM)
    with platform.db.read() as connection:
        assert connection.execute(select(Coverage.complete_to).where(Coverage.fact == "sales_contract")).all() == []


def test_a_month_left_out_is_a_gap_until_its_file_comes_and_again_when_that_is_undone(platform: Platform, tmp_path):
    def gaps() -> list[tuple[date, date]]:
        with platform.db.read() as connection:
            known = span_known(connection, "sales_contract", "321283")
        return list(known.gaps) if known else []

    june = [(date(2026, 6, 1), date(2026, 6, 30))]
    files = {
        month: csv_file(tmp_path / f"{month}.csv", SALES, [sale(month, f"2026-0{month}-05")]) for month in (5, 6, 7)
    }
    take(platform, files[5], "sales_contract", date(2026, 5, 31))
    july = take(platform, files[7], "sales_contract", date(2026, 7, 31))
    assert gaps() == june
    assert "泰兴市 2026-06-01 至 2026-06-30 未报" in run_row(platform, july.run_id).message
    late = take(platform, files[6], "sales_contract", date(2026, 6, 30))
    assert gaps() == []
    undo(platform, late.run_id, SYSTEM)
    assert gaps() == june
    stated = take(platform, files[6], "sales_contract", date(2026, 6, 20), complete_from=date(2026, 6, 1))
    assert gaps() == [(date(2026, 6, 21), date(2026, 6, 30))]
    undo(platform, stated.run_id, SYSTEM)
    with platform.db.write() as connection:
        connection.execute(update(IngestRun).values(covers=None))
    undo(platform, take(platform, files[6], "sales_contract", date(2026, 6, 30)).run_id, SYSTEM)
    assert gaps() == [], "runs from before an account was kept speak for all days up to theirs"
