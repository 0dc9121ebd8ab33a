from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from sqlalchemy import select, text, update

from data import clock
from data.access.viewer import SYSTEM, Viewer
from data.errors import PlatformError
from data.ingest import outliers
from data.ingest.datasets import DATASETS
from data.ingest.examine import examine
from data.ingest.mapping import Mapping
from data.ingest.propose import propose
from data.ingest.readers import open_book
from data.ingest.undo import undo
from data.models import IngestRun, RowChange
from data.platform import Platform
from data.semantic.rollup import rebuild
from tests.data.ingest.files import (
    QUICK,
    SALES,
    TAIXING,
    UNITS,
    assert_rollups_kept,
    cancel,
    counts,
    csv_file,
    market,
    problems,
    rows,
    run_row,
    sale,
    state,
    take,
    unit_row,
)

COMPLETE = date(2026, 3, 31)


def clerk_workbook(path):
    """As a sales office writes it: two lines of headings, four writings of a day, full-width digits, a total."""
    book = Workbook()
    sheet = book.active
    sheet.append(["2026年3月商品房成交明细"])
    sheet.append(
        [
            "合同备案号",
            "网签日",
            "房屋情况",
            None,
            None,
            "成交金额(万元)",
            "市场",
            "是否安置房",
            "是否普通商品住宅",
            "区市",
        ]
    )
    sheet.append([None, None, "用途", "建筑面积(㎡)", "小区名称", None, None, None, None, None])
    body = ["住宅", "90.5", "甲花园", "120.5", "新建商品房", "否", "是", "泰兴市"]
    sheet.append(["WQ1", "2026.3.1", *body])
    sheet.append(["ＷＱ２", "2026年3月2日", "住宅", "１００．２５", *body[2:]])
    sheet.append(["WQ3", "20260303", *body])
    sheet.append(["WQ4", 46085, *body])
    sheet.append(["WQ5", "三月五日", *body])
    sheet.append(["WQ6", "2026-03-06", "住宅", "—", *body[2:]])
    sheet.append(["合  计", None, None, 371.75, None, 723])
    sheet.append(["注：本表不含车位"])
    for area in ("A1:J1", "A2:A3", "B2:B3", "C2:E2", "F2:F3", "G2:G3", "H2:H3", "I2:I3", "J2:J3", "A10:C10"):
        sheet.merge_cells(area)
    book.save(path)
    return path


def test_a_clerks_workbook_lands_exactly_its_good_rows(platform: Platform, tmp_path):
    receipt = take(platform, clerk_workbook(tmp_path / "三月.xlsx"), "sales_contract", COMPLETE)
    assert counts(receipt) == (4, 0, 0, 2, 5)
    assert rows(platform, "sales_contract", "filing_no", "booked_on", "area_m2", "amount_yuan", "size_band") == [
        ("WQ1", date(2026, 3, 1), Decimal("90.50"), Decimal("1205000.00"), "s90_120"),
        ("WQ2", date(2026, 3, 2), Decimal("100.25"), Decimal("1205000.00"), "s90_120"),
        ("WQ3", date(2026, 3, 3), Decimal("90.50"), Decimal("1205000.00"), "s90_120"),
        ("WQ4", date(2026, 3, 4), Decimal("90.50"), Decimal("1205000.00"), "s90_120"),
    ]
    assert problems(platform, receipt.run_id) == [
        (8, "booked_on", "“三月五日”不是日期"),
        (9, "area_m2", "必填，“—”表示无"),
    ]
    assert_rollups_kept(platform)


def test_the_same_file_again_changes_nothing(platform: Platform, tmp_path):
    market(platform, tmp_path)
    path = csv_file(tmp_path / "s.csv", SALES, [sale(1, unit="U1"), sale(2, unit="U2"), cancel(1, "2026-03-20", "U1")])
    assert counts(take(platform, path, "sales_contract", COMPLETE)) == (3, 0, 0, 0, 1)
    before = state(platform)
    assert counts(take(platform, path, "sales_contract", COMPLETE)) == (0, 0, 3, 0, 1)
    assert counts(take(platform, tmp_path / "units.csv", "house_unit", COMPLETE)) == (0, 0, 6, 0, 1)
    assert state(platform)[:-1] == before[:-1]
    assert_rollups_kept(platform)


def test_other_values_are_a_correction_with_the_old_ones_kept(platform: Platform, tmp_path):
    take(platform, csv_file(tmp_path / "a.csv", SALES, [sale(1), sale(2)]), "sales_contract")
    receipt = take(platform, csv_file(tmp_path / "b.csv", SALES, [sale(1, area="95.5"), sale(2)]), "sales_contract")
    assert counts(receipt) == (0, 1, 1, 0, 1)
    assert rows(platform, "sales_contract", "area_m2", "run_id") == [
        (Decimal("95.50"), receipt.run_id),
        (Decimal("90.00"), receipt.run_id - 1),
    ]
    with platform.db.read() as connection:
        kept = connection.execute(select(RowChange.old).where(RowChange.run_id == receipt.run_id)).scalar_one()
    assert kept["area_m2"] == "90.00"
    assert_rollups_kept(platform)


def test_columns_that_a_file_lacks_are_left_alone(platform: Platform, tmp_path):
    market(platform, tmp_path)
    take(platform, csv_file(tmp_path / "a.csv", SALES, [sale(1, unit="U1")]), "sales_contract")
    narrow = [name for name in SALES if name != "房屋编码"]
    row = [value for name, value in zip(SALES, sale(1, area=99), strict=True) if name != "房屋编码"]
    assert counts(take(platform, csv_file(tmp_path / "b.csv", narrow, [row]), "sales_contract")) == (0, 1, 0, 0, 1)
    assert rows(platform, "sales_contract", "unit_code", "area_m2") == [("U1", Decimal("99.00"))]


def test_a_key_twice_in_a_file(platform: Platform, tmp_path):
    path = csv_file(tmp_path / "a.csv", SALES, [sale(1), sale(2), sale(1), sale(2, area=91)])
    for landed in (2, 0):
        receipt = take(platform, path, "sales_contract", chunk=2)
        assert counts(receipt) == (landed, 0, 3 - landed, 1, 1)
        assert problems(platform, receipt.run_id)[0][2].startswith("第 3 行与第 5 行都是合同备案号 W2")
    assert rows(platform, "sales_contract", "area_m2") == [(Decimal("90.00"),), (Decimal("90.00"),)]


def test_what_can_not_be_true_is_sent_back_with_its_reason(platform: Platform, tmp_path):
    broken = [
        sale(1, "2099-01-01"),
        sale(2, area=-90),
        cancel(3, "2026-03-01")[:7] + [90, -1, -1, "", "", "泰兴市"],
        sale(4, unit="U404"),
        sale(5, region="南京市"),
        sale(6, region="泰州市"),
        sale(7, area="90.123"),
        sale(8, area=""),
        sale(9, filing=""),
    ]
    receipt = take(platform, csv_file(tmp_path / "a.csv", SALES, broken), "sales_contract", COMPLETE)
    assert counts(receipt) == (0, 0, 0, 9, 1)
    found = problems(platform, receipt.run_id)
    assert [(line, field) for line, field, _ in found] == [
        (2, "booked_on"),
        (3, "area_m2"),
        (4, "area_m2"),
        (5, "unit_code"),
        (6, "region"),
        (7, "region"),
        (8, "area_m2"),
        (9, "area_m2"),
        (10, "filing_no"),
    ]
    assert "房屋户（楼盘表）中没有“U404”" in [reason for *_, reason in found]
    assert state(platform)[-1] == []


def test_a_district_lands_only_its_own_rows(platform: Platform, tmp_path):
    path = csv_file(tmp_path / "a.csv", SALES, [sale(1), sale(2, region="靖江市"), sale(3, region="泰兴")])
    receipt = take(platform, path, "sales_contract", COMPLETE, viewer=TAIXING)
    assert counts(receipt) == (2, 0, 0, 1, 1)
    assert problems(platform, receipt.run_id) == [(3, "region", "“靖江市”不在本账号的范围内")]
    assert receipt.districts == ("321283",)


@pytest.mark.parametrize("role", ["leader", "company", "security", "auditor"])
def test_other_roles_send_nothing_in(sqlite_platform: Platform, tmp_path, role):
    with pytest.raises(PlatformError, match="不能上传"):
        take(sqlite_platform, csv_file(tmp_path / "a.csv", SALES, []), "sales_contract", viewer=Viewer("x", "x", role))


def test_completeness_is_kept_by_district_and_never_lies_ahead(platform: Platform, tmp_path):
    path = csv_file(tmp_path / "a.csv", SALES, [sale(1, "2026-03-05"), sale(2, "2026-03-09", region="靖江市")])
    take(platform, path, "sales_contract", COMPLETE)
    assert state(platform)[-1] == [
        ("sales_contract", "321282", date(2026, 3, 5), COMPLETE),
        ("sales_contract", "321283", date(2026, 3, 5), COMPLETE),
    ]
    later = csv_file(tmp_path / "b.csv", SALES, [sale(3, "2026-02-01"), sale(4, "2026-04-09")])
    take(platform, later, "sales_contract", date(2026, 4, 30))
    assert state(platform)[-1][1] == ("sales_contract", "321283", date(2026, 3, 5), date(2026, 4, 30))
    with clock.moved(to=date(2026, 4, 30)), pytest.raises(PlatformError, match="今天之后"):
        take(platform, path, "sales_contract", date(2026, 5, 1))


def test_values_outside_last_years_range_are_warned_of(platform: Platform, tmp_path):
    first = csv_file(tmp_path / "a.csv", SALES, [sale(1, area=80, amount=800000), sale(2, area=120, amount=1300000)])
    assert take(platform, first, "sales_contract").outlier_count == 0
    second = csv_file(
        tmp_path / "b.csv", SALES, [sale(3, area=100, amount=10000000), sale(4, area=100, amount=1000000)]
    )
    receipt = take(platform, second, "sales_contract")
    assert counts(receipt) == (2, 0, 0, 0, 1)
    assert [(item.line, item.label) for item in receipt.outliers] == [(2, "金额(元)"), (2, "单价(元/㎡)")]
    assert receipt.outliers[0].high == 1300000
    assert "上年范围" in run_row(platform, receipt.run_id).message


def test_ranges_that_can_not_be_had_in_time_never_fail_an_upload(platform: Platform, tmp_path, monkeypatch):
    def endless(connection, _target):
        endless_count = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"
        return connection.execute(text(endless_count)).all()

    monkeypatch.setattr(outliers, "_limits", endless)
    monkeypatch.setattr(outliers, "TIMEOUT_S", 0.2)
    path = csv_file(tmp_path / "a.csv", SALES, [sale(1)])
    found = examine(platform, path, "a.csv", propose(DATASETS["sales_contract"], open_book(path)), SYSTEM)
    assert (found.fresh, found.ranges_late) == (1, True)
    receipt = take(platform, path, "sales_contract")
    assert counts(receipt) == (1, 0, 0, 0, 1)
    assert "未作比对" in run_row(platform, receipt.run_id).message


def test_demonstration_data_are_replaced_and_never_mixed(platform: Platform, tmp_path):
    market(platform, tmp_path)
    take(platform, csv_file(tmp_path / "a.csv", SALES, [sale(1, unit="U1")]), "sales_contract", COMPLETE)
    with platform.db.write() as connection:
        connection.execute(update(IngestRun).values(demo=True))
    real = csv_file(tmp_path / "b.csv", UNITS, [unit_row(9)])
    with pytest.raises(PlatformError, match="演示数据"):
        take(platform, real, "house_unit")
    assert counts(take(platform, real, "house_unit", COMPLETE, replace_demo=True)) == (1, 0, 0, 0, 1)
    assert rows(platform, "house_unit", "unit_code") == [("U9",)]
    assert rows(platform, "sales_contract", "unit_code") == [("U1",)]
    assert_rollups_kept(platform)
    project = (tmp_path / "projects.csv").read_text(encoding="utf-8").replace("KF1", "KF2")
    (tmp_path / "p.csv").write_text(project, encoding="utf-8")
    take(platform, tmp_path / "p.csv", "development_project", replace_demo=True)
    assert rows(platform, "development_project", "project_no") == [("KF2",)]


def test_a_mapping_reads_a_foreign_layout(platform: Platform, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(
        "年,号,类,平尺,价,日,区,镇,状态\n2026,1,普通住房,1000,12.5,24/02/2026,高新区,,\n2026,2,商铺,500,8,23/02/2026,泰兴市,黄桥镇,\n"
        "2026,3,商铺,500,8,23/02/2026,泰兴市,,作废\n",
        encoding="gb18030",
    )
    mapping = Mapping.from_yaml(
        """
dataset: sales_contract
note: 存量房
skip: [{column: 状态, words: [作废]}]
fields:
  filing_no: {from: [年, 号], join: "-"}
  row_kind: {value: sign}
  booked_on: {from: 日, order: dmy}
  market: {value: second_hand}
  use: {from: 类, codes: {普通住房: residential, 商铺: commercial}}
  resettlement: {value: no}
  ordinary: {value: yes}
  area_m2: {from: 平尺, unit: 平方英尺, round: half_up}
  amount_yuan: {from: 价, unit: 万元}
  home_qty: {value: 1}
  region: {from: [区, 镇], codes: {高新区: "321203"}}
"""
    )
    receipt = take(platform, path, "sales_contract", mapping=mapping)
    assert counts(receipt) == (2, 0, 0, 0, 2)
    assert rows(
        platform, "sales_contract", "filing_no", "use", "area_m2", "amount_yuan", "booked_on", "district_id"
    ) == [
        ("2026-1", "residential", Decimal("92.90"), Decimal("125000.00"), date(2026, 2, 24), "321203"),
        ("2026-2", "commercial", Decimal("46.45"), Decimal("80000.00"), date(2026, 2, 23), "321283"),
    ]
    town = rows(platform, "sales_contract", "region_id")[1][0]
    assert platform.regions().name(town) == "黄桥镇"


# --- broken off ------------------------------------------------------------------------------------------------------


def sales_file(tmp_path, name="s.csv"):
    good = [
        sale(number, f"2026-03-{number % 28 + 1:02d}", unit=f"U{number % 6}" if number < 6 else "")
        for number in range(40)
    ]
    return csv_file(
        tmp_path / name,
        SALES,
        [*good[:15], good[3], sale(7, area=91), *good[15:], sale(99, "坏"), cancel(2, "2026-03-30", "U2")],
    )


class Killed(Exception):
    pass


@pytest.mark.parametrize("after", [1, 2, 4])
def test_a_run_that_broke_off_is_taken_up_and_ends_as_if_it_had_not(platform: Platform, tmp_path, after, monkeypatch):
    market(platform, tmp_path)
    path = sales_file(tmp_path)
    seen = []

    def stop(receipt):
        seen.append(receipt.read)
        if len(seen) == after:
            raise Killed

    with pytest.raises(Killed):
        take(platform, path, "sales_contract", COMPLETE, chunk=8, progress=stop)
    assert len(rows(platform, "sales_contract", "id")) <= 8 * after
    receipt = take(platform, path, "sales_contract", COMPLETE, chunk=5)
    assert receipt.resumed
    assert counts(receipt) == (41, 0, 1, 2, 1)
    run = run_row(platform, receipt.run_id)
    assert (run.status, run.read, run.position) == ("done", 45, 45)
    broken_off = state(platform)
    assert_rollups_kept(platform)
    undo(platform, receipt.run_id, SYSTEM)
    assert counts(take(platform, path, "sales_contract", COMPLETE)) == (41, 0, 1, 2, 1)
    assert state(platform) == broken_off


IDS = st.integers(0, 5)
EDITS = st.lists(
    st.lists(
        st.tuples(IDS, st.sampled_from([70, 90, 150]), st.integers(1, 28), st.booleans()),
        min_size=1,
        max_size=8,
        unique_by=lambda row: (row[0], row[3]),
    ),
    min_size=1,
    max_size=3,
)


@settings(max_examples=8, phases=QUICK, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(EDITS)
def test_any_files_once_or_twice_end_the_same(sqlite_platform: Platform, tmp_path, files):
    platform = sqlite_platform
    with platform.db.write() as connection:
        for name in ("b5_house_unit", "t08_sales_contract", "sys_row_change", "sys_quarantine", "sys_coverage"):
            connection.execute(text(f"DELETE FROM {name}"))
        rebuild(connection, platform.registry)
    market(platform, tmp_path)
    for number, edits in enumerate(files):
        body = [
            cancel(unit, f"2026-04-{day:02d}", f"U{unit}")
            if cancels
            else sale(unit, f"2026-03-{day:02d}", unit=f"U{unit}", area=area)
            for unit, area, day, cancels in edits
        ]
        path = csv_file(tmp_path / f"{number}.csv", SALES, body)
        first = take(platform, path, "sales_contract", COMPLETE)
        after = state(platform)
        again = take(platform, path, "sales_contract", COMPLETE)
        assert counts(again) == (0, 0, first.landed + first.corrected + first.unchanged, 0, 1)
        assert state(platform) == after
    assert counts(take(platform, tmp_path / "units.csv", "house_unit", COMPLETE))[:2] == (0, 0)
    assert_rollups_kept(platform)


def test_every_data_set_has_words_for_all_it_says():
    for target in DATASETS.values():
        names = set(target.by_name)
        assert (
            set(target.synonyms) | set(target.samples) | set(target.units) | target.past | set(target.assumed) <= names
        )
        assert all(item.zh for item in target.fields)
