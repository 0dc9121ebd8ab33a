"""XLSX: cells typed, months as months, chart native, notes and stamp there, formulas dead, any number of rows."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.errors import PlatformError
from data.export import xlsx_file
from data.export.cells import safe_text
from data.export.table import Cell, Column, Definition, Notes, Table
from data.export.xlsx_file import Failed, sheet_name, write_figure, write_page, write_rows

AT = datetime(2026, 11, 24, 6, 5, 9, tzinfo=UTC)
COLUMNS = (
    Column("月份", "month"),
    Column("面积", "number", 1, "万㎡"),
    Column("上年", "number", 1, "万㎡"),
    Column("占比", "percent", 1, "%"),
    Column("套数", "integer", 0, "套"),
)
ROWS: list[list[Cell]] = [
    [date(2026, 9, 1), 3.5, Decimal("2.25"), 41.25, 350],
    [date(2026, 10, 1), None, 0.1 + 0.2, None, 0],
]
NOTES = Notes(
    period="2026年9—10月",
    filters="区域：全市",
    source="26 房产交易与网签备案系统",
    as_of=date(2026, 10, 31),
    reported="6/6",
    demo=True,
    definitions=(Definition("ZF02", "商品房网签面积", "万㎡", "口径……", "Σ 网签面积", "房地产市场监管处", "依据……"),),
    by="张三",
    at=AT,
)
TABLE = Table("商品房网签面积", COLUMNS, ROWS, NOTES, subtitle="单位：万㎡", unit="万㎡", chart="line")
FIRST = xlsx_file.HEAD_ROW + 2
"""First row of data as openpyxl counts."""


def written(write, *arguments) -> io.BytesIO:
    file = io.BytesIO()
    write(*arguments, file)
    file.seek(0)
    return file


def figure(table: Table = TABLE) -> openpyxl.Workbook:
    return openpyxl.load_workbook(written(write_figure, table))


def part(file: io.BytesIO, name: str) -> str:
    return zipfile.ZipFile(file).read(name).decode()


def test_cells_hold_typed_values() -> None:
    sheet = figure()["数据"]
    values = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=FIRST, max_col=5)]
    assert values == [
        [datetime(2026, 9, 1), 3.5, 2.25, 0.4125, 350],
        [datetime(2026, 10, 1), None, 0.3, None, 0],
    ]
    formats = [cell.number_format for cell in sheet[FIRST]]
    assert formats == ['yyyy"年"m"月"', "#,##0.0", "#,##0.0", "0.0%", "#,##0"]


def test_headings_are_frozen_and_carry_units() -> None:
    sheet = figure()["数据"]
    assert [cell.value for cell in sheet[FIRST - 1]][:2] == ["月份", "面积（万㎡）"]
    assert sheet.freeze_panes == f"B{FIRST}"
    assert sheet.auto_filter.ref == f"A{FIRST - 1}:E{FIRST + 1}"
    assert sheet.column_dimensions["B"].width > 12


def test_the_stamp_is_on_the_sheet_in_the_print_and_in_the_notes() -> None:
    book = figure()
    sheet = book["数据"]
    assert "演示数据" in sheet["A2"].value
    assert sheet.oddHeader.right.text == "演示数据"
    assert book["说明"].oddHeader.right.text == "演示数据"
    assert "演示数据" in dict(book["说明"].iter_rows(max_col=2, values_only=True))["数据性质"]
    assert book.properties.description == "演示数据"


def test_real_data_carry_no_stamp() -> None:
    file = written(write_figure, replace(TABLE, notes=replace(NOTES, demo=False)))
    assert not any("演示" in part(file, name) for name in zipfile.ZipFile(file).namelist() if name.endswith(".xml"))


def test_notes_say_what_must_be_known() -> None:
    notes = dict(figure()["说明"].iter_rows(max_col=2, values_only=True))
    expected = {
        "标题": "商品房网签面积",
        "指标": "商品房网签面积（ZF02）",
        "单位": "万㎡",
        "口径": "口径……",
        "公式": "Σ 网签面积",
        "责任处室": "房地产市场监管处",
        "依据": "依据……",
        "期间": "2026年9—10月",
        "筛选": "区域：全市",
        "来源系统": "26 房产交易与网签备案系统",
        "数据截至": "2026-10-31",
        "已报区市": "6/6",
        "导出人": "张三",
        "导出时间": "2026-11-24 14:05:09",
    }
    assert expected.items() <= notes.items()


def test_the_chart_is_native_and_refers_to_the_cells() -> None:
    file = written(write_figure, TABLE)
    chart = part(file, "xl/charts/chart1.xml")
    assert "<c:lineChart>" in chart
    assert f"数据!$B${FIRST}:$B${FIRST + 1}" in chart
    assert f"数据!$A${FIRST}:$A${FIRST + 1}" in chart
    assert "$D$" not in chart, "a percent does not share the axis of an area"
    assert "演示数据" in chart
    assert '<c:dispBlanksAs val="gap"/>' in chart or "dispBlanksAs" not in chart, "missing is a gap, Excel's default"


def test_bars_start_at_zero() -> None:
    rows: list[list[Cell]] = [["泰兴市", 100.0], ["姜堰区", 101.0]]
    table = Table("t", (Column("区市"), Column("面积", "number")), rows, chart="bar")
    chart = part(written(write_figure, table), "xl/charts/chart1.xml")
    assert '<c:barDir val="bar"/>' in chart
    assert '<c:min val="0"/>' in chart


def test_bars_below_zero_keep_their_axis() -> None:
    table = Table("t", (Column("区市"), Column("增减", "number")), [["泰兴市", -1.0]], chart="column")
    assert "<c:min " not in part(written(write_figure, table), "xl/charts/chart1.xml")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝"])
def test_formula_like_text_is_neutralised_everywhere(start: str) -> None:
    evil = f"{start}1+1"
    table = Table(
        evil, (Column(evil), Column(evil, "number")), [[evil, 1.0]], Notes(filters=evil, by=evil), chart="bar"
    )
    for file in (written(write_figure, table), written(write_rows, table), written(write_page, evil, [table], Notes())):
        for sheet in openpyxl.load_workbook(file):
            for row in sheet.iter_rows():
                for cell in row:
                    assert cell.data_type != "f"
                    assert not isinstance(cell.value, str) or not cell.value.startswith(start)


def _visible(text: str) -> bool:
    # XML turns a carriage return into a line feed, and openpyxl gives control characters back escaped.
    return all(char >= " " and char not in "\x7f\ufffe\uffff" for char in text) and "_x" not in text


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text().filter(_visible), min_size=1, max_size=5))
def test_any_text_comes_back_as_text(texts: list[str]) -> None:
    for write in (write_figure, write_rows):
        table = Table("t", (Column("甲"),), [[text] for text in texts])
        sheet = next(iter(openpyxl.load_workbook(written(write, table))))
        first = FIRST if write is write_figure else 2
        cells = [sheet.cell(first + i, 1) for i in range(len(texts))]
        assert [cell.value or "" for cell in cells] == [safe_text(text) for text in texts]
        assert all(cell.data_type in ("s", "n", "inlineStr") for cell in cells)


def test_what_excel_cannot_hold_is_text_or_empty() -> None:
    columns = (Column("a", "integer"), Column("b", "date"), Column("c", "number"), Column("d"))
    rows: list[list[Cell]] = [[10**18, date(1899, 5, 1), float("nan"), "长" * 40_000]]
    sheet = figure(Table("t", columns, rows))["数据"]
    values = [cell.value for cell in sheet[FIRST]]
    assert values[:3] == ["1000000000000000000", "1899-05-01", None]
    assert len(values[3]) == 32_767


def test_a_page_is_one_workbook_with_an_index() -> None:
    bad = Failed("库存", "计算超过 3 秒，已停止")
    twin = replace(TABLE, notes=replace(NOTES, demo=False))
    book = openpyxl.load_workbook(written(write_page, "智慧住房", [TABLE, bad, twin], NOTES))
    assert book.sheetnames == ["目录", "商品房网签面积", "商品房网签面积 (2)", "说明"]
    index = book["目录"]
    assert [cell.value for cell in index[3]] == ["序号", "图表", "单位", "期间", "数据截至", "已报区市", "备注"]
    assert [index.cell(row, 1).value for row in (4, 5, 6)] == [1, 2, 3]
    assert index["B4"].hyperlink.location == "'商品房网签面积'!A1"
    assert (index["C4"].value, index["D4"].value, index["F4"].value) == ("万㎡", "2026年9—10月", "6/6")
    assert index["E4"].value == datetime(2026, 10, 31)
    assert (index["G4"].value, index["G6"].value) == ("演示数据", None)
    assert (index["B5"].value, index["B5"].hyperlink, index["G5"].value) == ("库存", None, "计算超过 3 秒，已停止")
    assert len(book["商品房网签面积"]._charts) == 1


def test_a_figure_without_values_is_said_to_have_none() -> None:
    bare = replace(TABLE, rows=[[date(2026, 9, 1), None, None, None, None]], notes=replace(NOTES, demo=False))
    book = openpyxl.load_workbook(written(write_page, "智慧住房", [bare], NOTES))
    assert book["目录"]["G4"].value == "无数据"
    assert book["商品房网签面积"]._charts == []


def test_the_notes_of_a_page_say_each_thing_once() -> None:
    twin = replace(TABLE, title="另一图", notes=replace(NOTES, filters="区域：兴化市"))
    book = openpyxl.load_workbook(written(write_page, "智慧住房", [TABLE, twin], replace(NOTES, definitions=())))
    lines = [(a, b) for a, b in book["说明"].iter_rows(max_col=2, values_only=True) if a]
    assert [b for a, b in lines if a in ("标题", "图表")] == ["智慧住房", "商品房网签面积", "另一图"]
    assert [b for a, b in lines if a == "筛选"] == ["区域：全市", "区域：兴化市"]
    assert [a for a, _ in lines].count("口径") == 1
    assert [a for a, _ in lines].count("导出人") == 1


def test_sheets_print_on_a4_across_with_title_stamp_and_page_numbers() -> None:
    book = openpyxl.load_workbook(written(write_page, "智慧住房", [TABLE], NOTES))
    for sheet in book:
        assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.page_setup.fitToHeight == 0, "as many pages as it takes, each of the whole width"
        assert sheet.oddHeader.right.text == "演示数据"
        assert sheet.oddFooter.center.text == "第 &P 页，共 &N 页"


@given(st.lists(st.text(max_size=60), max_size=12))
def test_sheet_names_are_ones_that_excel_takes(titles: list[str]) -> None:
    taken: set[str] = set()
    for title in titles:
        name = sheet_name(title, taken)
        assert 1 <= len(name) <= 31
        assert not set(name) & set("[]:*?/\\")
        assert not name.startswith("'")
        assert not name.endswith("'")
        assert name.casefold() not in taken
        assert name.casefold() != "history"
        taken.add(name.casefold())


def test_a_sheet_is_filled_to_its_last_row_and_more_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert xlsx_file.SHEET_ROWS == 1_048_575
    monkeypatch.setattr(xlsx_file, "SHEET_ROWS", 10)

    def table(count: int) -> Table:
        return Table("t", (Column("n", "integer"),), ([i] for i in range(count)))

    file = io.BytesIO()
    assert write_rows(table(10), file) == 10
    book = openpyxl.load_workbook(file)
    assert book.sheetnames == ["明细", "说明"]
    assert [row[0] for row in book["明细"].iter_rows(values_only=True)] == ["n", *range(10)]
    with pytest.raises(PlatformError, match="改用 CSV"):
        write_rows(table(11), io.BytesIO())


def test_a_failure_among_the_rows_leaves_no_temporary_files(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def rows():
        yield ["a"]
        raise RuntimeError("database gone")

    with pytest.raises(RuntimeError, match="database gone"):
        write_rows(Table("t", (Column("n"),), rows()), io.BytesIO())
    assert list(tmp_path.iterdir()) == []
