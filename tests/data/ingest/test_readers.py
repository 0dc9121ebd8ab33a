from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from data.errors import PlatformError
from data.ingest.readers import Merge, Row, filled_down, gb18030_2022, headings, letter, open_book

CHARACTERS_2022 = {
    "FE59": "龴",
    "FE61": "龵",
    "FE66": "龶",
    "FE67": "龷",
    "FE6D": "龸",
    "FE7E": "龹",
    "FE90": "龺",
    "FEA0": "龻",
    "A6D9": "︐",
}


def read(path: Path, **options):
    book = open_book(path, **options)
    return book, list(book.rows(book.sheet()))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_a_csv_reads_the_same_in_every_encoding(tmp_path, encoding, delimiter):
    path = tmp_path / "a.csv"
    path.write_text(f"名称{delimiter}面积\r\n\r\n𬬮花园{delimiter}90\r\n".replace("\r\n", "\n"), encoding=encoding)
    _, rows = read(path)
    assert rows == [Row(1, ("名称", "面积")), Row(3, ("𬬮花园", "90"))]


def test_characters_of_the_2022_edition_are_not_private_ones(tmp_path):
    path = tmp_path / "a.csv"
    codes = b"".join(bytes.fromhex(code) for code in CHARACTERS_2022)
    path.write_bytes("名称,街道\n".encode("gb18030") + codes + b"," + codes + b"\n")
    book, rows = read(path)
    assert book.encoding == "gb18030"
    assert rows[1].cells[0] == "".join(CHARACTERS_2022.values())


@given(st.text())
def test_other_characters_are_left_as_they_are(text):
    plain = "".join(char for char in text if not 0xE000 <= ord(char) <= 0xF8FF)
    assert gb18030_2022(plain) == plain


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "是空的"),
        (b"\x00\x01\x02\x03", "编码无法识别"),
        (b"PK\x03\x04broken", "XLSX"),
        (b"\xd0\xcf\x11\xe0 no", "XLS"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path, content, reason):
    path = tmp_path / "a"
    path.write_bytes(content)
    with pytest.raises(PlatformError, match=reason):
        open_book(path, name="上报.xlsx")


def test_an_unclosed_quote_is_named_by_its_line(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('a,b\n1,"' + "x\n" * 200_000, encoding="utf-8")
    with pytest.raises(PlatformError, match="引号"):
        read(path, delimiter=",")


def workbook(path: Path) -> Path:
    book = Workbook()
    hidden = book.active
    hidden.title = "旧"
    hidden.sheet_state = "hidden"
    sheet = book.create_sheet("成交")
    sheet.append(["十月成交明细"])
    sheet.append(["编号", "房屋", None, "日期"])
    sheet.append([None, "用途", "面积", None])
    sheet.append(["A1", "住宅", 90.5, 46000])
    sheet.append([None, None, 80, "2026-01-02"])
    for area in ("A1:D1", "A2:A3", "B2:C2", "D2:D3", "A4:A5", "B4:B5"):
        sheet.merge_cells(area)
    book.save(path)
    return path


def test_a_workbook_is_streamed_with_its_merged_headings(tmp_path):
    book = open_book(workbook(tmp_path / "a.xlsx"))
    sheet = book.sheet()
    assert (sheet, [item.hidden for item in book.sheets()]) == ("成交", [True, False])
    merges = book.merges(sheet)
    assert Merge(2, 1, 2, 2) in merges
    head = book.head(sheet)
    assert headings(head, merges, 2, 3) == ["编号", "房屋/用途", "房屋/面积", "日期"]
    filled = list(filled_down(book.rows(sheet), merges))
    assert filled[-1].cells == ("A1", "住宅", 80, "2026-01-02")


def test_a_number_merged_over_rows_is_not_repeated():
    rows = [Row(1, (300,)), Row(2, (None,)), Row(3, (100,))]
    assert [row.cells for row in filled_down(rows, [Merge(1, 0, 2, 0)])] == [(300,), (None,), (100,)]


def test_an_unknown_sheet_is_refused_with_those_there_are(tmp_path):
    with pytest.raises(PlatformError, match="成交"):
        open_book(workbook(tmp_path / "a.xlsx")).sheet("没有")


def test_same_headings_are_numbered_and_missing_ones_lettered():
    assert headings([Row(1, ("面积", "面积", None, "备注"))], [], 1, 1) == ["面积", "面积#2", "第C列", "备注"]
    assert [letter(column) for column in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_a_book_gives_its_file_back(tmp_path, kind):
    path = tmp_path / f"a.{kind}"
    if kind == "xlsx":
        workbook(path)
    else:
        path.write_text("a,b\n1,2\n", encoding="utf-8")

    def held() -> bool:
        return any(link.exists() and link.samefile(path) for link in Path("/proc/self/fd").iterdir())

    with open_book(path) as book:
        assert book.head(book.sheet())
        assert held() == (kind == "xlsx")
    assert not held()
    with pytest.raises(ZeroDivisionError), open_book(path):
        raise ZeroDivisionError
    assert not held()


def test_shared_words_past_measure_are_refused_before_they_are_read(tmp_path):
    path = workbook(tmp_path / "a.xlsx")
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/words.xml", "w") as part:
        for _ in range(129):
            part.write(b" " * 2**20)
    assert path.stat().st_size < 2**20
    with pytest.raises(PlatformError, match="解压后过大"):
        open_book(path)
