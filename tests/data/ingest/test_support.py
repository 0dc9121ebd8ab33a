"""What the data sets of housing support refuse, mask and derive."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from data.access.viewer import SYSTEM
from data.calendar import Calendar
from data.ingest.derive_support import workdays
from data.ingest.run import Receipt
from data.ingest.undo import undo
from data.platform import Platform
from tests.data.ingest.files import assert_rollups_kept, counts, csv_file, problems, rows, take

TASKS = ("任务编号", "任务项目名称", "任务类别", "进展节点", "发生日", "套数", "投资额(元)", "所属区划")
HOUSES = (
    "房屋编号",
    "档案类别",
    "危险等级",
    "建成年代",
    "认定或列入日",
    "体检结论日",
    "体检结论",
    "解危或销号日",
    "所属区划",
)
CASES = ("办件编号", "申请人", "事项", "申请渠道", "受理日", "办结日", "公示日", "办理结果", "所属区划")
ISSUES = ("任务编号", "任务种类", "体检维度", "责任处室", "下达日", "整改期限", "复核销号日", "所属区划")
HOUSEHOLDS = ("家庭代号(脱敏)", "保障方式", "保障起日", "保障止日", "所属区划")


def test_a_task_lies_on_its_new_year_and_counts_something(platform: Platform, tmp_path):
    body: list[list[Any]] = [
        ["R1", "甲", "保障性租赁住房", "年度任务", "2026-01-01", 900, "", "泰兴市"],
        ["R2", "甲", "保障性租赁住房", "年度任务", "2026-03-01", 900, "", "泰兴市"],
        ["R3", "甲", "保障性租赁住房", "筹集", "2026-03-01", "", "", "泰兴市"],
        ["R4", "甲", "城市更新", "完成投资", "2026-03-01", "", "", "泰兴市"],
        ["R5", "甲", "保障性租赁住房", "筹集", "2099-03-01", 5, "", "泰兴市"],
        ["R6", "甲", "城市更新", "完成投资", "2026-03-01", "", 0, "泰兴市"],
    ]
    receipt = take(platform, csv_file(tmp_path / "a.csv", TASKS, body), "task_project")
    assert counts(receipt) == (2, 0, 0, 4, 1)
    assert [(line, field) for line, field, _ in problems(platform, receipt.run_id)] == [
        (3, "booked_on"),
        (4, "home_qty"),
        (5, "amount_yuan"),
        (6, "booked_on"),
    ]
    assert_rollups_kept(platform)


def test_a_dash_is_refused_where_a_column_cannot_be_empty(platform: Platform, tmp_path):
    """Blank takes the default, 0 is a number; and 无 is nothing only where it is no word of the column's own."""
    body = [
        ["R1", "甲", "保障性租赁住房", "开工", "2026-03-01", "—", "", "泰兴市"],
        ["R2", "甲", "城市更新", "开工", "2026-03-01", "", "—", "泰兴市"],
    ]
    receipt = take(platform, csv_file(tmp_path / "a.csv", TASKS, body), "task_project")
    assert counts(receipt) == (1, 0, 0, 1, 1)
    assert problems(platform, receipt.run_id)[0][1:] == ("home_qty", "“—”表示无，本列不能为无")
    house = ["F1", "城镇房屋体检", "无", "80年代", "2026-02-01", "", "", "", "泰兴市"]
    assert counts(take(platform, csv_file(tmp_path / "b.csv", HOUSES, [house]), "house_safety"))[0] == 1
    assert rows(platform, "house_safety", "danger_grade", "check_result") == [("none", "none")]


def test_a_house_counts_as_examined_once_it_is_listed(platform: Platform, tmp_path):
    def send(name: str, *body: list[str]) -> Receipt:
        return take(platform, csv_file(tmp_path / name, HOUSES, body), "house_safety")

    receipt = send(
        "a.csv",
        ["F1", "城镇房屋体检", "无", "80年代", "2026-02-01", "2025-12-01", "维修", "", "泰兴市"],
        ["F2", "城镇房屋体检", "无", "80年代", "2026-02-01", "2026-03-01", "继续使用", "", "泰兴市"],
        ["F3", "城镇危旧房", "C级", "80年代", "2026-02-01", "", "未体检", "2026-01-31", "泰兴市"],
        ["F4", "城镇房屋体检", "无", "80年代", "2026-02-01", "", "维修", "", "泰兴市"],
    )
    assert counts(receipt) == (2, 0, 0, 2, 1)
    assert [field for _, field, _ in problems(platform, receipt.run_id)] == ["cleared_on", "checked_on"]
    days = [("F1", date(2026, 2, 1)), ("F2", date(2026, 3, 1))]
    assert rows(platform, "house_safety", "house_code", "assessed_on") == days
    late = send("b.csv", ["F2", "城镇房屋体检", "无", "80年代", "2026-04-01", "2026-03-01", "继续使用", "", "泰兴市"])
    assert rows(platform, "house_safety", "house_code", "assessed_on")[1] == ("F2", date(2026, 4, 1))
    assert_rollups_kept(platform)
    undo(platform, late.run_id, SYSTEM)
    assert rows(platform, "house_safety", "house_code", "assessed_on") == days
    assert_rollups_kept(platform)


def test_an_applicant_is_masked_and_working_days_are_counted(platform: Platform, tmp_path):
    body = [
        ["B1", "张三丰", "住房保障资格", "线上", "2026-02-12", "2026-03-02", "2026-03-02", "通过", "泰兴市"],
        ["B2", "李*", "施工许可", "窗口", "2026-03-02", "2026-03-06", "", "通过", "泰兴市"],
        ["B3", "", "住房保障资格", "窗口", "2026-03-02", "", "", "未办结", "泰兴市"],
        ["B4", "王五", "住房保障资格", "窗口", "2026-03-02", "2026-03-01", "", "通过", "泰兴市"],
        ["B5", "王五", "住房保障资格", "窗口", "2026-03-02", "2026-03-05", "", "未办结", "泰兴市"],
    ]
    receipt = take(platform, csv_file(tmp_path / "a.csv", CASES, body), "service_case")
    assert counts(receipt) == (3, 0, 0, 2, 1)
    # 13 and 14 February and 24–28 February 2026 are worked, 15–23 February is the Spring Festival, 1 March a Sunday.
    assert rows(platform, "service_case", "applicant", "workdays") == [("张**", 8), ("李*", 4), (None, None)]
    assert_rollups_kept(platform)
    again = take(platform, tmp_path / "a.csv", "service_case")
    assert counts(again) == (0, 0, 3, 2, 1)


def test_an_issue_is_closed_when_it_is_due_and_done(platform: Platform, tmp_path):
    body = [
        ["T1", "城市体检问题", "住房", "城市更新处", "2026-01-05", "2026-03-01", "2026-02-01", "泰兴市"],
        ["T2", "城市体检问题", "住房", "城市更新处", "2026-01-05", "2026-03-01", "2026-04-01", "泰兴市"],
        ["T3", "城市体检问题", "住房", "城市更新处", "2026-01-05", "2026-03-01", "", "泰兴市"],
        ["T4", "城市体检问题", "不适用", "城市更新处", "2026-01-05", "2026-03-01", "", "泰兴市"],
        ["T5", "督办事项", "不适用", "城市更新处", "2026-01-05", "2025-03-01", "", "泰兴市"],
    ]
    receipt = take(platform, csv_file(tmp_path / "a.csv", ISSUES, body), "supervised_task")
    assert counts(receipt) == (3, 0, 0, 2, 1)
    closed = [(date(2026, 3, 1),), (date(2026, 4, 1),), (None,)]
    assert rows(platform, "supervised_task", "closed_on") == closed


@pytest.mark.parametrize("token", ["321283198001010011", "32128319800101001X", "321283800101001", "13800001111"])
def test_no_household_is_known_by_a_persons_own_number(sqlite_platform: Platform, tmp_path, token):
    body = [[token, "租赁补贴", "2026-01-05", "", "泰兴市"], ["JT7F3A", "租赁补贴", "2026-01-05", "", "泰兴市"]]
    receipt = take(sqlite_platform, csv_file(tmp_path / "a.csv", HOUSEHOLDS, body), "support_household")
    assert counts(receipt) == (1, 0, 0, 1, 1)
    assert rows(sqlite_platform, "support_household", "household_token") == [("JT7F3A",)]


def test_working_days_begin_the_day_after():
    calendar = Calendar({date(2026, 5, 9): ("workday", "劳动节"), date(2026, 5, 1): ("holiday", "劳动节")})
    row = {"item": "housing_support", "accepted_on": date(2026, 4, 30), "published_on": None, "finished_on": None}
    assert workdays(row, calendar) is None
    assert workdays(row | {"published_on": date(2026, 5, 11)}, calendar) == 7
    assert workdays(row | {"published_on": date(2026, 4, 30)}, calendar) == 0
    assert workdays(row | {"item": "other", "published_on": date(2026, 5, 11)}, calendar) is None
    assert workdays(row | {"item": "other", "finished_on": date(2026, 5, 1)}, calendar) == 0
