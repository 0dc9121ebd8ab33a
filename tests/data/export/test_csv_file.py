"""CSV: a pure table that pandas and Excel read back as it was, notes beside it, any number of rows."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.export.cells import FORMULA_STARTS, csv_text, safe_text
from data.export.csv_file import csv_zip
from data.export.table import Cell, Column, Notes, Table

AT = datetime(2026, 11, 24, 6, 5, 8, tzinfo=UTC)
COLUMNS = (
    Column("月份", "month"),
    Column("区市"),
    Column("面积", "number", 1, "万㎡"),
    Column("占比", "percent", 1, "%"),
)
NOTES = Notes(period="2026年10月", as_of=date(2026, 10, 31), demo=True, by="张三", at=AT)
ROWS: list[list[Cell]] = [
    [date(2026, 9, 1), "泰兴市", 3.5, 41.25],
    [date(2026, 10, 1), "姜堰区, “溱潼”", None, 0.1 + 0.2],
    [date(2026, 10, 1), '带"引号"\n换行', Decimal("0.01"), 1e-7],
]


def unzip(table: Table, stem: str = "网签_2026年10月") -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(b"".join(csv_zip(table, stem, AT))))


def test_two_files_with_a_byte_order_mark() -> None:
    archive = unzip(Table("网签", COLUMNS, ROWS, NOTES))
    assert archive.namelist() == ["网签_2026年10月.csv", "网签_2026年10月_说明.csv"]
    assert archive.testzip() is None
    assert all(archive.read(name).startswith(b"\xef\xbb\xbf") for name in archive.namelist())
    assert archive.infolist()[0].date_time == (2026, 11, 24, 14, 5, 8)


def test_the_table_is_pure_and_comes_back_equal() -> None:
    archive = unzip(Table("网签", COLUMNS, ROWS, NOTES))
    frame = pd.read_csv(io.BytesIO(archive.read("网签_2026年10月.csv")), encoding="utf-8-sig")
    assert list(frame.columns) == ["月份", "区市", "面积（万㎡）", "占比（%）"]
    assert list(frame["月份"]) == ["2026-09", "2026-10", "2026-10"]
    assert list(frame["区市"]) == [row[1] for row in ROWS]
    assert frame["面积（万㎡）"].isna().tolist() == [False, True, False]
    assert frame["占比（%）"].tolist() == [41.25, 0.3, 1e-7]


def test_notes_are_the_second_file() -> None:
    archive = unzip(Table("网签", COLUMNS, ROWS, NOTES))
    notes = dict(csv.reader(io.StringIO(archive.read("网签_2026年10月_说明.csv").decode("utf-8-sig"))))
    assert notes["标题"] == "网签"
    assert notes["数据性质"].startswith("演示数据")
    assert notes["数据截至"] == "2026-10-31"
    assert notes["导出人"] == "张三"
    assert notes["导出时间"] == "2026-11-24 14:05:08"


@pytest.mark.parametrize(
    ("value", "column", "text"),
    [
        (None, Column("a", "number"), ""),
        (float("nan"), Column("a", "number"), ""),
        (float("inf"), Column("a", "number"), ""),
        (0, Column("a", "integer"), "0"),
        (-5.5, Column("a", "number"), "-5.5"),
        (Decimal("12345678901234.56"), Column("a", "number", 2), "12345678901234.56"),
        (10**18, Column("a", "integer"), "1000000000000000000"),
        (date(2026, 10, 1), Column("a", "date"), "2026-10-01"),
        (datetime(2026, 10, 1, 16, tzinfo=UTC), Column("a", "datetime"), "2026-10-02 00:00:00"),
        ("-", Column("a"), "'-"),
        ("—", Column("a"), "—"),
    ],
)
def test_one_field(value: object, column: Column, text: str) -> None:
    assert csv_text(value, column) == text  # type: ignore[arg-type]


@given(st.text())
def test_no_text_starts_a_formula(text: str) -> None:
    safe = safe_text(text)
    assert safe.lstrip(" \u00a0\u3000")[:1] not in FORMULA_STARTS - {""}
    assert safe in (text, f"'{text}")


@pytest.mark.parametrize("start", sorted(FORMULA_STARTS))
def test_every_start_of_a_formula_is_neutralised(start: str) -> None:
    assert safe_text(f"{start}cmd|' /C calc'!A0") == f"'{start}cmd|' /C calc'!A0"
    assert safe_text(f"  {start}1+1").startswith("'")


@settings(max_examples=60)
@given(st.lists(st.lists(st.text(), min_size=2, max_size=2), max_size=8))
def test_any_text_survives_the_file(rows: list[list[str]]) -> None:
    archive = unzip(Table("t", (Column("甲"), Column("乙")), rows), "t")
    read = list(csv.reader(io.StringIO(archive.read("t.csv").decode("utf-8-sig"), newline="")))
    assert read == [["甲", "乙"], *([safe_text(text) for text in row] for row in rows)]


def test_formula_like_headings_titles_and_notes_are_neutralised_too() -> None:
    archive = unzip(Table("=1+1", (Column("=A1"),), [], Notes(filters="@SUM(A1)")), "t")
    read = [
        row for name in archive.namelist() for row in csv.reader(io.StringIO(archive.read(name).decode("utf-8-sig")))
    ]
    assert all(not cell.startswith(("=", "@")) for row in read for cell in row)


def test_the_file_is_begun_before_the_rows_are_read() -> None:
    taken = 0

    def rows():
        nonlocal taken
        for i in range(100_000):
            taken += 1
            yield [i]

    pieces = csv_zip(Table("t", (Column("n", "integer"),), rows()), "t", AT)
    next(pieces)
    assert 0 < taken < 100_000


def test_a_failure_among_the_rows_is_not_a_whole_file() -> None:
    def rows():
        yield [1]
        raise RuntimeError("database gone")

    pieces = csv_zip(Table("t", (Column("n", "integer"),), rows()), "t", AT)
    with pytest.raises(RuntimeError, match="database gone"):
        b"".join(pieces)
