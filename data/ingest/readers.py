"""Files as rows: CSV in the encodings offices use, XLSX streamed, XLS; headings of several rows put together.

A CSV is decoded and split line by line, an XLSX parsed cell by cell, so memory does not grow with the number of rows
(XLSX keeps its shared strings). Of the two XLSX readers at hand, calamine is eight times faster (200,000 rows of 12
columns: 1.8 s against 14 s) but holds the whole sheet (214 MB against 18 MB), which a web worker can't afford;
so XLSX is read with openpyxl. Only the old XLS, whose sheets end at 65,536 rows, goes through calamine.
"""

from __future__ import annotations

import codecs
import csv
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import openpyxl
import python_calamine

from data.errors import PlatformError
from data.ingest import cells

HEAD = 60
"""Rows from which layout, delimiter and mapping are judged."""

UNPACKED_LIMIT = 4 * 2**30
"""Bytes that a workbook may unpack to: past it, it is no workbook but a bomb."""

WHOLE_LIMIT = 128 * 2**20
"""Bytes that a part other than a sheet may unpack to: shared words and styles are held whole, at several times that."""

_CHUNK = 1 << 16

_GB18030_2022 = {
    # Python's codec follows the edition of 2000, which put these characters on private-use points.
    0xE78D: 0xFE10,
    0xE78E: 0xFE12,
    0xE78F: 0xFE11,
    0xE790: 0xFE13,
    0xE791: 0xFE14,
    0xE792: 0xFE15,
    0xE793: 0xFE16,
    0xE794: 0xFE17,
    0xE795: 0xFE18,
    0xE796: 0xFE19,
    0xE7C7: 0x1E3F,
    0xE816: 0x20087,
    0xE817: 0x20089,
    0xE818: 0x200CC,
    0xE81E: 0x9FB4,
    0xE826: 0x9FB5,
    0xE82B: 0x9FB6,
    0xE82C: 0x9FB7,
    0xE831: 0x215D7,
    0xE832: 0x9FB8,
    0xE83B: 0x2298F,
    0xE843: 0x9FB9,
    0xE854: 0x9FBA,
    0xE855: 0x241FE,
    0xE864: 0x9FBB,
}
_PRIVATE = re.compile(f"[{''.join(map(chr, _GB18030_2022))}]")


@dataclass(frozen=True)
class Row:
    """One row as it stands in the file; ``line`` counts from 1."""

    line: int
    cells: tuple[Any, ...]

    def __getitem__(self, column: int) -> Any:
        """The cell in ``column``, counted from 0; None past the row's end."""
        return self.cells[column] if column < len(self.cells) else None

    @property
    def filled(self) -> list[Any]:
        """Cells that say anything."""
        return [cell for cell in self.cells if cells.nothing(cell) is not cells.BLANK]


@dataclass(frozen=True)
class Merge:
    """A block of merged cells: lines from 1, columns from 0, both ends within."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True)
class Sheet:
    """A sheet's name, and whether it is hidden from the person who opens the file."""

    name: str
    hidden: bool = False


class Book:
    """A file that can be read as rows, any number of times; left as a block, it gives its file back."""

    encoding = ""
    delimiter = ""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> Book:
        """The book itself."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Give the file back; the book can't be read any more."""

    def sheets(self) -> list[Sheet]:
        """Its sheets, in order."""
        raise NotImplementedError

    def rows(self, sheet: str) -> Iterator[Row]:
        """Rows of a sheet that hold anything, as they stand."""
        raise NotImplementedError

    def merges(self, sheet: str) -> list[Merge]:
        """Merged blocks of a sheet."""
        return []

    def sheet(self, name: str = "") -> str:
        """The sheet called ``name``, or the first one in sight; PlatformError where there is none."""
        sheets = self.sheets()
        if name:
            if all(sheet.name != name for sheet in sheets):
                listed = "、".join(sheet.name for sheet in sheets)
                raise PlatformError(f"文件中没有工作表“{name}”", self.path.name, f"改用其中之一：{listed}")
            return name
        shown = [sheet.name for sheet in sheets if not sheet.hidden]
        if not shown:
            raise PlatformError("文件中没有可见的工作表", self.path.name, "取消隐藏工作表后重新上传")
        return shown[0]

    def head(self, sheet: str, limit: int = HEAD) -> list[Row]:
        """The first rows of a sheet."""
        return list(islice(self.rows(sheet), limit))


def open_book(path: Path, *, name: str = "", encoding: str = "", delimiter: str = "") -> Book:
    """The reader for a file, by its content; ``name`` is what its sender calls it."""
    with path.open("rb") as file:
        magic = file.read(8)
    if magic.startswith(b"PK"):
        return Xlsx(path, name)
    if magic.startswith(b"\xd0\xcf\x11\xe0"):
        return Xls(path, name)
    if not magic:
        raise PlatformError("文件是空的", name or path.name, "核对文件后重新上传")
    return Csv(path, name, encoding, delimiter)


# --- CSV ---------------------------------------------------------------------------------------------------------


class Csv(Book):
    """Delimited text in UTF-8 (with or without BOM), UTF-16 with BOM, or GB18030-2022."""

    def __init__(self, path: Path, name: str = "", encoding: str = "", delimiter: str = "") -> None:
        super().__init__(path)
        self.name = name or path.name
        self.encoding = encoding or detect_encoding(path, self.name)
        self.delimiter = delimiter or self._sniff()

    def sheets(self) -> list[Sheet]:
        """A text file is one sheet, called as the file."""
        return [Sheet(self.name)]

    def sheet(self, name: str = "") -> str:
        """There is only one: a mapping made for a workbook reads its CSV too."""
        return self.name

    def rows(self, sheet: str) -> Iterator[Row]:
        """Rows of the file; ``line`` is the line on which the row ends."""
        reader = csv.reader(self._lines(), delimiter=self.delimiter)
        while True:
            try:
                fields = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise PlatformError(
                    "文件不是完整的 CSV", f"{self.name} 第 {reader.line_num} 行", "检查引号是否成对后重新导出"
                ) from error
            if any(map(str.strip, fields)):
                yield Row(reader.line_num, tuple(fields))

    def _lines(self) -> Iterator[str]:
        with self.path.open(encoding=self.encoding, newline="") as file:
            if self.encoding == "gb18030":
                yield from map(gb18030_2022, file)
            else:
                yield from file

    def _sniff(self) -> str:
        """The delimiter that splits the first rows into the most columns; a comma where none does."""
        sample = [line for line in islice(self._lines(), HEAD) if line.strip()]
        return max(",\t;|", key=lambda mark: _columns(sample, mark))


def _columns(sample: Sequence[str], delimiter: str) -> int:
    """Columns that at least a third of the sample has when split so."""
    try:
        widths = sorted((len(row) for row in csv.reader(sample, delimiter=delimiter)), reverse=True)
    except csv.Error:
        return 0
    return widths[len(widths) // 3] if widths else 0


def gb18030_2022(text: str) -> str:
    """``text`` with private-use characters of the older GB18030 edition at their present points."""
    return _PRIVATE.sub(lambda found: chr(_GB18030_2022[ord(found[0])]), text)


def detect_encoding(path: Path, name: str = "") -> str:
    """utf-8-sig, utf-16, utf-8 or gb18030: the first by which the whole file can be read."""
    with path.open("rb") as file:
        start = file.read(4)
    if start.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    for encoding in ("utf-8", "gb18030"):
        if _decodes(path, encoding):
            return encoding
    raise PlatformError("文件编码无法识别", name or path.name, "另存为 UTF-8 或 GB18030 的 CSV，或直接上传 XLSX")


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while block := file.read(_CHUNK):
                if b"\0" in block:
                    return False
                decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


# --- workbooks ---------------------------------------------------------------------------------------------------


class Xlsx(Book):
    """An XLSX workbook, streamed."""

    def __init__(self, path: Path, name: str = "") -> None:
        super().__init__(path)
        self.name = name or path.name
        try:
            with zipfile.ZipFile(path) as archive:
                parts = archive.infolist()
            whole = (item.file_size for item in parts if not item.filename.startswith("xl/worksheets/"))
            if sum(item.file_size for item in parts) > UNPACKED_LIMIT or max(whole, default=0) > WHOLE_LIMIT:
                raise PlatformError("工作簿解压后过大", self.name, "拆成几个文件，或另存为 CSV 后由命令行入库")
            self._book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        except (zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
            raise PlatformError("文件不是完整的 XLSX", self.name, "用 Excel 或 WPS 打开后另存为 XLSX") from error

    def close(self) -> None:
        """Close the archive that is being streamed."""
        self._book.close()

    def sheets(self) -> list[Sheet]:
        """Its worksheets; chart sheets hold no rows and are left out."""
        return [Sheet(sheet.title, sheet.sheet_state != "visible") for sheet in self._book.worksheets]

    def rows(self, sheet: str) -> Iterator[Row]:
        """Rows of a sheet, one at a time."""
        table = self._book[sheet]
        table.reset_dimensions()  # a wrong dimension (A1, or the whole grid) would cut rows or pad them by thousands
        for line, values in enumerate(table.iter_rows(values_only=True), start=1):
            if any(value is not None and value != "" for value in values):
                yield Row(line, tuple(values))

    def merges(self, sheet: str) -> list[Merge]:
        """Merged blocks: the streaming reader passes over them, so they are looked up in the sheet's own XML."""
        member = self._book[sheet]._worksheet_path
        with zipfile.ZipFile(self.path) as archive, archive.open(member) as file:
            return sorted(_merges(iter(lambda: file.read(_CHUNK), b"")), key=lambda merge: merge.top)


_MERGE = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]+)(\d+):([A-Z]+)(\d+)"')


def _merges(blocks: Iterable[bytes]) -> Iterator[Merge]:
    rest = b""
    for block in blocks:
        rest += block
        end = 0
        for found in _MERGE.finditer(rest):
            left, top, right, bottom = found.groups()
            yield Merge(int(top), _column(left), int(bottom), _column(right))
            end = found.end()
        rest = rest[max(end, len(rest) - 200) :]


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


class Xls(Book):
    """A workbook of the old binary kind."""

    def __init__(self, path: Path, name: str = "") -> None:
        super().__init__(path)
        self.name = name or path.name
        try:
            self._book = python_calamine.CalamineWorkbook.from_path(str(path))
        except python_calamine.CalamineError as error:
            raise PlatformError("文件不是完整的 XLS", self.name, "用 Excel 或 WPS 打开后另存为 XLSX") from error

    def close(self) -> None:
        """Let go of the workbook."""
        self._book.close()

    def sheets(self) -> list[Sheet]:
        """Its worksheets."""
        visible = python_calamine.SheetVisibleEnum.Visible
        return [Sheet(item.name, item.visible != visible) for item in self._book.sheets_metadata]

    def rows(self, sheet: str) -> Iterator[Row]:
        """Rows of a sheet."""
        table = self._book.get_sheet_by_name(sheet)
        for line, values in enumerate(table.to_python(skip_empty_area=False), start=1):
            if any(value != "" for value in values):
                yield Row(line, tuple(None if value == "" else value for value in values))

    def merges(self, sheet: str) -> list[Merge]:
        """Merged blocks of a sheet."""
        blocks = self._book.get_sheet_by_name(sheet).merged_cell_ranges or []
        return [Merge(top + 1, left, bottom + 1, right) for (top, left), (bottom, right) in blocks]


# --- headings and merged cells -----------------------------------------------------------------------------------


def headings(rows: Iterable[Row], merges: Sequence[Merge], first: int, last: int) -> list[str]:
    """Names of the columns: the lines ``first`` to ``last`` put together, ``房屋/面积(㎡)``.

    A name that occurs again is numbered (``面积#2``); a column without one is called by its letter.
    """
    by_line = {row.line: row for row in rows if first <= row.line <= last}
    width = max((len(row.cells) for row in by_line.values()), default=0)
    blank = Row(0, ())
    grid = [[by_line.get(line, blank)[column] for column in range(width)] for line in range(first, last + 1)]
    for merge in merges:
        if first <= merge.top <= last:
            value = grid[merge.top - first][merge.left] if merge.left < width else None
            for line in range(merge.top, min(merge.bottom, last) + 1):
                for column in range(merge.left, min(merge.right, width - 1) + 1):
                    grid[line - first][column] = value
    names: list[str] = []
    seen: dict[str, int] = {}
    for column in range(width):
        name = _stack(line[column] for line in grid) or f"第{letter(column)}列"
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return names


def _stack(values: Iterable[Any]) -> str:
    """Heading words from top to bottom, each said once."""
    words: list[str] = []
    for value in values:
        said = "".join(cells.show(value).split())
        if said and said not in words:
            words.append(said)
    return "/".join(words)


def letter(column: int) -> str:
    """Excel's letters of a column counted from 0."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def filled_down(rows: Iterable[Row], merges: Sequence[Merge]) -> Iterator[Row]:
    """Rows in which a word or day merged over several rows stands in each of them.

    Numbers are not repeated: an amount over three merged rows is the amount of all three together.
    """
    tall = [merge for merge in merges if merge.left == merge.right and merge.bottom > merge.top]
    waiting = iter(sorted(tall, key=lambda merge: merge.top))
    coming = next(waiting, None)
    open_: list[tuple[Merge, Any]] = []
    for row in rows:
        while coming is not None and coming.top <= row.line:
            if coming.top == row.line:
                open_.append((coming, row[coming.left]))
            coming = next(waiting, None)
        open_ = [(merge, value) for merge, value in open_ if merge.bottom >= row.line]
        yield _with(row, open_) if open_ else row


def _with(row: Row, blocks: Sequence[tuple[Merge, Any]]) -> Row:
    values = list(row.cells)
    for merge, value in blocks:
        repeated = merge.top < row.line and value is not None and not isinstance(value, (int, float))
        if repeated:
            values.extend([None] * (merge.left + 1 - len(values)))
            values[merge.left] = value
    return Row(row.line, tuple(values))
