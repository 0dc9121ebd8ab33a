"""Targets by spreadsheet: read as clerks write them, each bad cell named, nothing written while any row is bad."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from flask import Flask

from data.access.accounts import create_user
from data.access.viewer import SYSTEM, Forbidden, Viewer
from data.cli import register_commands
from data.errors import PlatformError
from data.platform import Platform
from data.settings import Settings
from data.targets import Goal, read_targets, set_targets
from data.targets_file import Findings, examine, load, read_number, template
from tests.data.ingest.files import csv_file, prepare

HEAD = ("指标", "区市", "年度", "目标值", "依据")
WRITER = Viewer("writer", "王文", "writer")
OF_XINGHUA = Viewer("xh", "兴化文员", "writer", districts=frozenset({"321281"}))


@pytest.fixture
def platform(sqlite_url: str, tmp_path: Path) -> Iterator[Platform]:
    made = Platform(Settings(instance_path=tmp_path, database_url=sqlite_url, demo=False, secret_key="t"))
    prepare(made)
    yield made
    made.db.dispose()


def looked(platform: Platform, path: Path, rows: Sequence[Sequence[Any]], viewer: Viewer = WRITER) -> Findings:
    """What an XLSX of these rows would do."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row))
    book.save(path)
    return examine(platform, path, path.name, viewer)


def targets(platform: Platform) -> dict[tuple[str, str, int], float]:
    with platform.db.read() as connection:
        return {goal.key: goal.value for goal in read_targets(connection, SYSTEM, platform.regions())}


def test_names_codes_and_numbers_are_read_as_clerks_write_them(platform: Platform, tmp_path: Path) -> None:
    rows = [
        ("2026 年度目标表", None, None, None, None),
        ("指标名称", "区县", "年份", "目标值（%）", "来源"),
        ("示例 ZF10 保交房交付率（%）", "兴化市", 2026, 100, "泰建发"),
        ("保交房交付率", "兴化", "２０２６年", "９５", "泰建发〔2026〕12 号"),
        ("zf10", "321283", 2026.0, "92.5%", "同上"),
        ("ＺＦ１０ 保交房交付率（%）", "医药高新区(高港区)", 2026, 90, "同上"),
        ("ZF07-coverage", "全市", "2027年度", 1_05, "同上"),
        ("合计", None, None, 277.5, None),
        ("注：以上为下达数", None, None, None, None),
    ]
    found = looked(platform, tmp_path / "目标.xlsx", rows)
    assert found.bad == []
    assert found.skipped == 3
    assert {goal.key: goal.value for goal in found.goals} == {
        ("ZF10", "321281", 2026): 95,
        ("ZF10", "321283", 2026): 92.5,
        ("ZF10", "321203", 2026): 90,
        ("ZF07-coverage", "321200", 2027): 105,
    }
    assert [line.state for line in found.lines] == ["new", "new", "new", "changed"]
    assert found.lines[3].old == 100


@pytest.mark.parametrize(
    ("cell", "unit", "value"),
    [
        ("1.2万", "套", 12_000),
        ("１，２００", "套", 1200),
        ("300亿", "亿元", 300),
        ("3,000,000万元", "亿元", 300),
        ("32.5万㎡", "万㎡", 32.5),
        ("325000㎡", "万㎡", 32.5),
        ("95%", "%", 95),
        (0, "%", 0),
        ("1.2万", "座", 12_000),
    ],
)
def test_a_unit_in_the_cell_is_converted(cell: Any, unit: str, value: float) -> None:
    assert read_number(cell, unit) == value


def test_a_units_heading_that_does_not_fit_is_refused(platform: Platform, tmp_path: Path) -> None:
    rows = [("指标", "区市", "年度", "目标值（万元）", "依据"), ("ZF10", "兴化市", 2026, 95, "文件")]
    (line,) = looked(platform, tmp_path / "a.xlsx", rows).lines
    assert "表头的单位“万元”与指标的单位“%”不符" in line.faults[0].reason


BAD = [
    (("ZF99", "兴化市", 2026, 95, "文件"), "indicator", "没有这个指标"),
    ((None, "兴化市", 2026, 95, "文件"), "indicator", "没有填写指标"),
    (("网签均价", "兴化市", 2026, 95, "文件"), "indicator", "不设目标"),
    (("ZF10", "某县", 2026, 95, "文件"), "district", "没有这个区划"),
    (("ZF10", None, 2026, 95, "文件"), "district", "没有填写区市"),
    (("ZF10", "兴化市", 26, 95, "文件"), "year", "不是年份"),
    (("ZF10", "兴化市", 2206, 95, "文件"), "year", "年度不合理"),
    (("ZF10", "兴化市", 2026, "九十五", "文件"), "value", "不是数字"),
    (("ZF10", "兴化市", 2026, None, "文件"), "value", "没有填写目标值"),
    (("ZF10", "兴化市", 2026, "—", "文件"), "value", "没有填写目标值"),
    (("ZF10", "兴化市", 2026, 0.95, "文件"), "value", "像是百分比格式"),
    (("ZF10", "兴化市", 2026, 95, "  "), "source", "没有填写依据"),
]


@pytest.mark.parametrize(("row", "field", "reason"), BAD)
def test_a_bad_cell_is_named_and_nothing_is_written(
    platform: Platform, tmp_path: Path, row: Sequence[Any], field: str, reason: str
) -> None:
    before = targets(platform)
    found = looked(platform, tmp_path / "a.xlsx", [HEAD, ("ZF10", "泰兴市", 2026, 90, "文件"), row])
    (bad,) = found.bad
    assert bad.number == 3
    assert [(fault.field, reason in fault.reason) for fault in bad.faults] == [(field, True)]
    assert bad.faults[0].remedy
    with pytest.raises(PlatformError, match=r"有 1 行有误，未写入任何目标.*第 3 行"):
        load(platform, found, WRITER)
    assert targets(platform) == before
    assert load(platform, found, WRITER, only_good=True).added == 1
    assert targets(platform) == {**before, ("ZF10", "321283", 2026): 90}


def test_a_row_said_twice_is_a_fault(platform: Platform, tmp_path: Path) -> None:
    rows = [HEAD, ("ZF10", "兴化市", 2026, 95, "文件"), ("保交房交付率", "321281", 2026, 96, "文件")]
    (bad,) = looked(platform, tmp_path / "a.xlsx", rows).bad
    assert bad.faults[0].reason == "与第 2 行重复"


def test_the_same_file_again_changes_nothing(platform: Platform, tmp_path: Path) -> None:
    rows = [HEAD, ("ZF10", "兴化市", 2026, 95, "文件"), ("ZF10", "泰兴市", 2026, 90, "文件")]
    first = looked(platform, tmp_path / "a.xlsx", rows)
    assert load(platform, first, WRITER).words == "新增 2，更改 0，未变 0"
    again = examine(platform, tmp_path / "a.xlsx", "a.xlsx", WRITER)
    assert (again.writes, again.count("unchanged")) == (0, 2)
    assert load(platform, again, WRITER).words == "新增 0，更改 0，未变 2"


def test_a_csv_in_gb18030_does_as_well(platform: Platform, tmp_path: Path) -> None:
    path = csv_file(tmp_path / "目标.csv", HEAD, [("保交房交付率", "靖江", "2026", "95", "泰建发")], "gb18030")
    assert examine(platform, path, path.name, WRITER).goals == [Goal("ZF10", "321282", 2026, 95, "泰建发")]


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([("甲", "乙"), (1, 2)], "没有找到表头"),
        ([HEAD], "文件中没有目标"),
        ([HEAD, ("合计", "", "", 1, "")], "没有目标"),
    ],
)
def test_a_file_that_is_no_table_of_targets_is_refused(
    platform: Platform, tmp_path: Path, rows: Sequence[Sequence[Any]], reason: str
) -> None:
    with pytest.raises(PlatformError, match=reason):
        looked(platform, tmp_path / "a.xlsx", rows)


def test_a_districts_writer_is_told_which_rows_are_not_his(platform: Platform, tmp_path: Path) -> None:
    rows = [HEAD, ("ZF10", "兴化市", 2026, 95, "文件"), ("ZF10", "全市", 2026, 96, "文件")]
    found = looked(platform, tmp_path / "a.xlsx", rows, OF_XINGHUA)
    assert [fault.reason for fault in found.bad[0].faults] == ["不在您的辖区内"]
    with pytest.raises(Forbidden):
        load(platform, found, Viewer("leader", "李局", "leader"), only_good=True)


def test_the_template_comes_back_as_it_went_out(platform: Platform, tmp_path: Path) -> None:
    set_targets(platform, [Goal("ZF10", "321281", 2026, 95.5, "=1+1")], WRITER)
    content = template(platform, WRITER, 2026)
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["目标", "说明", "码表"]
    assert [cell.value for cell in book["目标"][1]] == list(HEAD)
    rules = book["目标"].data_validations.dataValidation
    assert {rule.formula1 for rule in rules} == {"=list_A", "=list_B"}
    listed = [row[0].value for row in book["码表"].iter_rows(min_row=2)]
    assert "ZF10 保交房交付率（%）" in listed
    path = tmp_path / "t.xlsx"
    path.write_bytes(content)
    found = examine(platform, path, path.name, WRITER)
    assert (found.writes, found.bad, found.skipped) == (0, [], 1)
    assert len(found.lines) == 4
    own = openpyxl.load_workbook(io.BytesIO(template(platform, OF_XINGHUA, 2026)))
    assert [row[1].value for row in own["码表"].iter_rows(min_row=2)][:2] == ["兴化市", None]


def test_targets_from_the_command_line(platform: Platform, tmp_path: Path) -> None:
    server = Flask("test")
    register_commands(server, platform, pack=lambda: 0, shown=tuple)
    run = server.test_cli_runner().invoke
    path = csv_file(tmp_path / "t.csv", HEAD, [("ZF10", "兴化", 2026, 95, "文件"), ("ZF99", "兴化", 2026, 95, "文件")])
    refused = run(args=["targets", "load", str(path)])
    assert refused.exit_code == 1
    assert "第 3 行 指标“ZF99”：没有这个指标" in refused.output
    assert "未写入任何目标" in refused.output
    assert ("ZF10", "321281", 2026) not in targets(platform)
    done = run(args=["targets", "load", str(path), "--only-good"])
    assert "新增 1，更改 0，未变 0，有误 1，略过 0" in done.output
    assert "2026\tZF10\t兴化市\t95\t%\t文件\n" in run(args=["targets", "list", "--year", "2026"]).output
    with platform.db.write() as connection:
        create_user(connection, "taixing", "丁泰", "writer", "Long-enough-1", district="321283")
    theirs = run(args=["targets", "load", str(path), "--only-good", "--user", "taixing"])
    assert "不在您的辖区内" in theirs.output
    assert run(args=["targets", "load", str(path), "--user", "nobody"]).exit_code == 1
    assert run(args=["targets", "template", "--output", str(tmp_path / "out.xlsx")]).exit_code == 0
    assert openpyxl.load_workbook(tmp_path / "out.xlsx").sheetnames[0] == "目标"
