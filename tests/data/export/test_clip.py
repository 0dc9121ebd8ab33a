"""What goes to the clipboard: a footnote that lets a figure be quoted, and a table that pastes as one."""

from __future__ import annotations

from datetime import date
from xml.etree import ElementTree

import pytest

from data.export.cells import csv_text, shown_text
from data.export.clip import MOST_ROWS, as_html, as_text, footnote, stamped
from data.export.table import Cell, Column, Definition, Notes, Table

NOTES = Notes(
    period="2026 年 10 月",
    filters="区域：全市",
    source="26 房产交易与网签备案系统",
    as_of=date(2026, 10, 31),
    reported="2026 年 10 月 5/6（海陵区报至 2026-10-21）",
    whole=False,
    demo=True,
    definitions=(Definition("ZF02", "商品房网签面积", "万㎡", "网签备案面积之和。"),),
    remarks=("2026 年 10 月 进行中，计至 2026-10-31",),
)
COLUMNS = (Column("月份", "month"), Column("面积", "number", 1, "万㎡"), Column("楼幢"))
TABLE = Table("网签面积", COLUMNS, [[date(2026, 10, 1), 1234.25, "=1+1"], [date(2026, 9, 1), None, "<b>"]], NOTES)


def test_a_footnote_says_all_that_quoting_takes() -> None:
    assert footnote(TABLE) == (
        "注：商品房网签面积（ZF02），单位万㎡：网签备案面积之和。期间：2026 年 10 月。区域：全市。"
        "数据截至 2026-10-31，已报区市 5/6（海陵区报至 2026-10-21）。来源：26 房产交易与网签备案系统。"
        "2026 年 10 月 进行中，计至 2026-10-31。演示数据，不得引用。"
    )


def test_a_footnote_without_data_says_so() -> None:
    assert footnote(Table("t", COLUMNS, [])) == "注：尚无数据。"


def test_a_sentence_of_demonstration_data_says_it_itself() -> None:
    assert stamped("全市 3 个。", NOTES) == "全市 3 个。（演示数据，不得引用）"
    assert stamped("全市 3 个。", Notes()) == "全市 3 个。"


def test_a_table_pastes_as_a_table() -> None:
    body = ElementTree.fromstring(f"<body>{as_html(TABLE).replace('<br>', '<br/>')}</body>")
    rows = [[cell.text for cell in row] for row in body.iter("tr")]
    assert rows == [["月份", "面积（万㎡）", "楼幢"], ["2026-10", "1,234.2", "=1+1"], ["2026-09", "—", "<b>"]]
    assert "5/6" in "".join(body.itertext())


def test_in_a_spreadsheet_it_pastes_as_cells_and_no_formula() -> None:
    assert as_text(TABLE).split("\n") == ["月份\t面积（万㎡）\t楼幢", "2026-10\t1234.25\t'=1+1", "2026-09\t\t<b>"]


def test_a_clipboard_takes_so_many_rows() -> None:
    endless = Table("t", (Column("n", "integer"),), ([i] for i in range(10**9)))
    assert len(as_text(endless).split("\n")) == MOST_ROWS + 1


@pytest.mark.parametrize(
    ("value", "column", "shown"),
    [
        (None, COLUMNS[1], "—"),
        ("", COLUMNS[2], "—"),
        (-0.01, COLUMNS[1], "0.0"),
        (-1234.5, COLUMNS[1], "-1,234.5"),
        (float("nan"), COLUMNS[1], "—"),
        (date(2026, 10, 1), COLUMNS[0], "2026-10"),
        (12, Column("n", "integer"), "12"),
    ],
)
def test_a_cell_reads_as_on_a_page(value: Cell, column: Column, shown: str) -> None:
    assert shown_text(value, column) == shown


def test_a_whole_number_needs_no_point() -> None:
    assert [csv_text(value, COLUMNS[1]) for value in (35016.0, 35016, 0.5, 1e-7)] == [
        "35016",
        "35016",
        "0.5",
        "0.0000001",
    ]
