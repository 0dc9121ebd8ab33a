"""Files about estates, repair funds, scores and single buildings: what follows from them and what is refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from data.access.viewer import SYSTEM
from data.ingest.derive_estates import estate_bounds, masked
from data.platform import Platform
from data.semantic.spec import Bucket, Query
from tests.data.ingest.files import assert_rollups_kept, counts, csv_file, problems, rows, take

ESTATES = (
    "小区编码",
    "小区名称",
    "填报日期",
    "小区类型",
    "是否有物业服务",
    "物业公司",
    "是否具备成立业主组织条件",
    "业主组织",
    "任期止",
    "户数",
    "面积(㎡)",
    "乡镇街道",
)
FUND = ("流水号", "账号", "小区编码", "入账日", "收支方向", "维修项目", "发生额(元)", "余额(元)", "所属区划")
SCORES = ("统一社会信用代码", "企业名称", "评价类别", "企业类型", "评价期", "生效日期", "信用分", "档次", "所属区划")
BUILDINGS = (
    "单体编号",
    "单体名称",
    "工程项目编码",
    "审图合格日期",
    "施工许可日",
    "单体面积",
    "建筑用途",
    "是否好房子",
    "标准版本",
    "用地类型",
    "所属区划",
)
WORKS = ("工程项目编码", "工程名称", "工程类别", "资金来源", "所属区划")


def estate(day: str, body: str = "业主委员会", term: str = "2026-06-30", code: str = "XQ1", **other: Any) -> list[Any]:
    company = other.get("company", "甲物业")
    managed = other.get("managed", "是")
    return [
        code,
        "甲小区",
        day,
        "商品房",
        managed,
        company,
        "是",
        body,
        term,
        500,
        "5万",
        other.get("region", "泰兴市"),
    ]


def entry(number: int, day: str, direction: str, amount: int, balance: int, item: str = "") -> list[Any]:
    return [f"L{number}", "WX-0001", "XQ1", day, direction, item, amount, balance, "泰兴市"]


def on(platform: Platform, code: str, day: date) -> float | None:
    asked = Query((code,), (Bucket(day, date.fromordinal(day.toordinal() + 1)),))
    return platform.engine.answer(asked, SYSTEM)[code].total()[0]


def test_a_body_is_in_office_to_the_last_day_of_its_term(platform: Platform, tmp_path: Path) -> None:
    receipt = take(
        platform,
        csv_file(tmp_path / "a.csv", ESTATES, [estate("2026-01-01"), estate("2026-09-01", term="2031-08-31")]),
        "estate",
        date(2026, 11, 20),
    )
    assert counts(receipt) == (2, 0, 0, 0, 1)
    assert rows(platform, "estate", "valid_from", "valid_to", "in_office_until", "expired_from") == [
        (date(2026, 1, 1), date(2026, 9, 1), date(2026, 7, 1), date(2026, 7, 1)),
        (date(2026, 9, 1), None, date(2031, 9, 1), date(2031, 9, 1)),
    ]
    assert [on(platform, "ZF27", date(2026, *day)) for day in ((6, 30), (7, 1), (8, 31), (9, 1))] == [100, 0, 0, 100]
    assert [on(platform, "ZF27-expired", date(2026, *day)) for day in ((6, 30), (7, 1), (8, 31), (9, 1))] == [
        0,
        1,
        1,
        0,
    ]
    assert platform.engine.labels("estate", ["XQ1"], SYSTEM) == {"XQ1": "甲小区"}
    assert_rollups_kept(platform)


def test_a_version_between_two_splits_the_first(platform: Platform, tmp_path: Path) -> None:
    around = [estate("2026-01-01"), estate("2026-09-01", term="2031-08-31")]
    take(platform, csv_file(tmp_path / "a.csv", ESTATES, around), "estate")
    between = estate("2026-05-01", "任期届满未换届", "2026-04-30", managed="否", company="")
    take(platform, csv_file(tmp_path / "b.csv", ESTATES, [between]), "estate")
    assert rows(platform, "estate", "valid_from", "valid_to", "expired_from") == [
        (date(2026, 1, 1), date(2026, 5, 1), None),
        (date(2026, 5, 1), date(2026, 9, 1), date(2026, 5, 1)),
        (date(2026, 9, 1), None, date(2031, 9, 1)),
    ]
    assert_rollups_kept(platform)


def test_bounds_without_a_term_or_a_body() -> None:
    row = {"owner_body": "committee", "term_until_on": None, "valid_from": date(2026, 1, 1)}
    assert estate_bounds(row, None) == {"valid_to": None, "in_office_until": None, "expired_from": None}
    none = {**row, "owner_body": "none", "term_until_on": date(2026, 3, 1)}
    assert estate_bounds(none, None)["expired_from"] is None


def test_an_account_is_known_by_its_last_four_characters() -> None:
    assert masked("3212830001234") == "****1234"
    assert masked("123") == "****"


def test_a_fund_is_linked_masked_and_bridged(platform: Platform, tmp_path: Path) -> None:
    take(platform, csv_file(tmp_path / "e.csv", ESTATES, [estate("2026-01-01")]), "estate")
    body = [
        entry(3, "2026-03-31", "利息", 500, 80500),
        entry(1, "2026-01-10", "归集", 100000, 100000),
        entry(2, "2026-01-10", "使用", 20000, 80000, "电梯大修"),
    ]
    path = csv_file(tmp_path / "f.csv", FUND, body)
    assert counts(take(platform, path, "repair_fund_entry", date(2026, 11, 20)))[:2] == (3, 0)
    assert rows(platform, "repair_fund_entry", "booked_on", "next_on", "account_masked") == [
        (date(2026, 1, 10), date(2026, 1, 10), "****0001"),
        (date(2026, 1, 10), date(2026, 3, 31), "****0001"),
        (date(2026, 3, 31), None, "****0001"),
    ]
    assert on(platform, "ZF18", date(2026, 3, 30)) == pytest.approx(0.0008)
    page = platform.engine.rows("ZF18", Query((), ()).where, Bucket(date(2026, 3, 1), date(2026, 4, 1)), SYSTEM)
    assert [row["account_masked"] for row in page.rows] == ["****0001"]
    assert not any("WX-0001" in str(value) for row in page.rows for value in row.values())
    assert_rollups_kept(platform)


def test_a_score_ends_where_the_next_of_its_kind_begins(platform: Platform, tmp_path: Path) -> None:
    def score(kind: str, day: str, band: str) -> list[Any]:
        return ["C1", "甲物业", kind, "物业", "上半年", day, 88.5, band, "泰兴市"]

    body = [
        score("物业信用", "2026-01-15", "B档"),
        score("企业信用", "2026-03-01", "A档"),
        score("物业信用", "2026-07-15", "A档"),
    ]
    take(platform, csv_file(tmp_path / "a.csv", SCORES, body), "score_record", date(2026, 11, 20))
    assert rows(platform, "score_record", "valid_from", "valid_to") == [
        (date(2026, 3, 1), None),
        (date(2026, 1, 15), date(2026, 7, 15)),
        (date(2026, 7, 15), None),
    ]
    assert on(platform, "ZF17", date(2026, 10, 1)) == 1
    assert_rollups_kept(platform)


BROKEN = [
    ("estate", ESTATES, estate("2026-07-01"), "term_until_on", "业主组织任期届满日早于本版本起日"),
    ("estate", ESTATES, estate("2026-01-01", term=""), "term_until_on", "有业主组织而未填任期届满日"),
    ("estate", ESTATES, estate("2026-01-01", managed="否"), "company_name", "无物业服务却填有物业企业"),
    (
        "repair_fund_entry",
        FUND,
        entry(1, "2026-01-10", "使用", 5, -1, "电梯"),
        "balance_yuan",
        "小于 0，不合理",
    ),
    (
        "repair_fund_entry",
        FUND,
        entry(1, "2026-01-10", "归集", 5, 5, "电梯"),
        "repair_item",
        "归集或利息却填有维修项目",
    ),
    (
        "score_record",
        SCORES,
        ["C1", "甲物业", "物业信用", "物业", "", "2026-01-15", 88, "", "泰兴市"],
        "band",
        "物业信用未填档次",
    ),
    (
        "smart_build_project",
        BUILDINGS,
        ["D1", "1幢", "G1", "2026-03-01", "2026-02-01", 9000, "住宅", "否", "", "新供地", "泰兴市"],
        "permitted_on",
        "施工许可日早于施工图审查合格日",
    ),
    (
        "smart_build_project",
        BUILDINGS,
        ["D1", "1幢", "G1", "2026-01-01", "2026-02-01", 9000, "住宅", "是", "", "新供地", "泰兴市"],
        "standard_version",
        "好房子未填标准版本",
    ),
    (
        "smart_build_project",
        BUILDINGS,
        ["D1", "1幢", "G9", "2026-01-01", "2026-02-01", 9000, "住宅", "否", "", "新供地", "泰兴市"],
        "project_code",
        "工程项目中没有“G9”",
    ),
]


@pytest.mark.parametrize(("fact", "headings", "body", "field", "reason"), BROKEN)
def test_what_cannot_be_true_is_refused_in_words(
    sqlite_platform: Platform, tmp_path: Path, fact: str, headings: Any, body: Any, field: str, reason: str
) -> None:
    take(sqlite_platform, csv_file(tmp_path / "g.csv", WORKS, [["G1", "甲", "房建", "社会", "泰兴市"]]), "project")
    known = estate("2020-01-01", "未组建", "")
    if fact == "repair_fund_entry":
        take(sqlite_platform, csv_file(tmp_path / "e.csv", ESTATES, [known]), "estate")
    receipt = take(sqlite_platform, csv_file(tmp_path / "a.csv", headings, [body]), fact)
    assert problems(sqlite_platform, receipt.run_id) == [(2, field, reason)]
    assert counts(receipt) == (0, 0, 0, 1, 1)
