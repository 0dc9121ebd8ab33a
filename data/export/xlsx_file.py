"""Tables as XLSX: typed cells, a native chart beside a figure's table, notes, a page as one workbook."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from tempfile import TemporaryDirectory
from typing import IO, Any

import xlsxwriter

from data import clock
from data.errors import PlatformError
from data.export.cells import number, safe_text
from data.export.table import DEMO_STAMP, Cell, Column, Notes, Table

MONTH_FORMAT = 'yyyy"年"m"月"'
DATE_FORMAT = "yyyy-mm-dd"
TIME_FORMAT = "yyyy-mm-dd hh:mm:ss"
HEAD_ROW = 2
"""Row of the headings, from 0: title and summary stand above it."""
SHEET_ROWS = 1_048_576 - 1
"""Records that one sheet holds under its headings."""
TEXT_LIMIT = 32_767
FONT = "Microsoft YaHei"
"""On every desk with Excel or WPS; others put their own in its place."""
CHART_PX = 600, 340
MOST_MARKED = 40
"""Points of a line that are marked one by one."""
INDEX = (("序号", 6), ("图表", 30), ("单位", 14), ("期间", 24), ("数据截至", 12), ("已报区市", 32), ("备注", 40))
"""Headings of a page's index, with their widths."""
EXACT_DIGITS = 15
"""Digits Excel keeps of a number: a longer whole number is written as text, so that none is lost."""
WIDTH_SAMPLE = 200
TWO_LINES_FROM = 16
"""Width of a heading from which on it takes two lines."""
TWO_LINES_PT = 30

Sheet = Any
Format = Any


@dataclass(frozen=True)
class Failed:
    """A figure of a page that could not be made: the page's workbook says so in its place."""

    title: str
    reason: str


def write_figure(table: Table, file: IO[bytes]) -> None:
    """One figure: its table with a native chart beside it, and its notes."""
    with _workbook(file, table.title, table.notes) as book:
        book.figure(table, book.sheet("数据"))
        book.notes_sheet([table])


def write_rows(table: Table, file: IO[bytes]) -> int:
    """Records, headings in the first row and nothing above them, in memory that does not grow with their number.

    Returns how many were written; refuses more than a sheet holds.
    """
    with _workbook(file, table.title, table.notes, streamed=True) as book:
        rows = iter(table.rows)
        written = book.records(table, rows, book.sheet("明细"), 0)
        if next(rows, None) is not None:
            check_fits(written + 1)
        book.notes_sheet([table])
    return written


def check_fits(rows: int) -> None:
    """Refuse more records than a sheet holds under its row of headings."""
    if rows > SHEET_ROWS:
        raise PlatformError(f"超过 XLSX 一张表的 {SHEET_ROWS:,} 行", "导出", "改用 CSV，行数不限；或缩短期间、加筛选")


def write_page(title: str, figures: Sequence[Table | Failed], notes: Notes, file: IO[bytes]) -> None:
    """A page: an index with links, a sheet for each figure, and one sheet with all notes."""
    figures = [replace(f, rows=list(f.rows)) if isinstance(f, Table) else f for f in figures]
    tables = [figure for figure in figures if isinstance(figure, Table)]
    with _workbook(file, title, notes) as book:
        index = book.sheet("目录")
        notes_name = "说明"
        book.reserve(notes_name)
        sheets = [book.sheet(figure.title) if isinstance(figure, Table) else None for figure in figures]
        book.index(index, title, figures, sheets, notes)
        for figure, sheet in zip(figures, sheets, strict=True):
            if isinstance(figure, Table):
                book.figure(figure, sheet)
        book.page_notes(title, tables, notes, notes_name)


@contextmanager
def _workbook(file: IO[bytes], title: str, notes: Notes, *, streamed: bool = False) -> Iterator[_Book]:
    """A workbook that is finished at the end of the block. Its temporary files go, even where the rows fail."""
    options = {
        "constant_memory": streamed,
        "use_zip64": streamed,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_format_properties": {"font_name": FONT, "font_size": 10},
    }
    with TemporaryDirectory(prefix="export-") as folder:
        raw = xlsxwriter.Workbook(file, {**options, "tmpdir": folder})
        raw.set_properties(
            {
                "title": title,
                "author": notes.by,
                "comments": DEMO_STAMP if notes.demo else "",
                "created": clock.local(notes.at or clock.now()).replace(tzinfo=None),
            }
        )
        book = _Book(raw)
        try:
            yield book
        except BaseException:
            # Closing would write a file that looks whole; only the handles of streamed rows are let go.
            for sheet in raw.worksheets():
                if getattr(sheet, "row_data_fh", None):
                    sheet.row_data_fh.close()
            raw.fileclosed = True
            raise
        raw.close()


@dataclass
class _Book:
    """A workbook under construction: its formats, and which sheet names are taken."""

    raw: Any
    _formats: dict[tuple[tuple[str, Any], ...], Format] = field(default_factory=dict)
    _taken: set[str] = field(default_factory=set)

    def format(self, **properties: Any) -> Format:
        """One format object for each set of properties."""
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            self._formats[key] = self.raw.add_format(properties)
        return self._formats[key]

    def reserve(self, name: str) -> None:
        """Keep ``name`` for a sheet that comes later."""
        self._taken.add(name.casefold())

    def sheet(self, title: str) -> Sheet:
        """A new sheet under a free name made from ``title``."""
        name = sheet_name(title, self._taken)
        self.reserve(name)
        return self.raw.add_worksheet(name)

    # --- sheets ---

    def figure(self, table: Table, sheet: Sheet) -> None:
        """Table and chart of one figure."""
        rows = [list(row) for row in table.rows]
        table = replace(table, rows=rows)
        self.records(table, rows, sheet)
        if table.chart and has_values(table):
            self._chart(table, rows, sheet)

    def records(self, table: Table, rows: Iterable[Sequence[Cell]], sheet: Sheet, top: int = HEAD_ROW) -> int:
        """Headings in the row ``top``, title and summary above it, and as many rows as fit; returns how many."""
        self._head(table, sheet, top)
        formats = [self._cell_format(column) for column in table.columns]
        widths = [_heading_width(column.heading) for column in table.columns]
        count = 0
        for row in islice(rows, SHEET_ROWS):
            count += 1
            for i, (value, column) in enumerate(zip(row, table.columns, strict=True)):
                _put(sheet, top + count, i, value, formats[i])
                if count <= WIDTH_SAMPLE:
                    widths[i] = max(widths[i], _shown_width(value, column))
        for i, width in enumerate(widths):
            sheet.set_column(i, i, min(width + 1, 60))
        if count:
            sheet.autofilter(top, 0, top + count, len(table.columns) - 1)
        return count

    def _head(self, table: Table, sheet: Sheet, top: int) -> None:
        if top:
            sheet.write_string(0, 0, safe_text(table.title), self.format(bold=True, font_size=14))
            sheet.write_string(1, 0, safe_text(table.summary), self.format(italic=True))
        heading = self.format(bold=True, bottom=1, text_wrap=True, valign="vcenter", align="center")
        if any(_width(column.heading) > TWO_LINES_FROM for column in table.columns):
            sheet.set_row(top, TWO_LINES_PT)
        for i, column in enumerate(table.columns):
            sheet.write_string(top, i, safe_text(column.heading), heading)
        sheet.freeze_panes(top + 1, table.heads if len(table.columns) > table.heads else 0)
        sheet.repeat_rows(top)
        self._paper(sheet, table.title, table.notes.demo)

    def _paper(self, sheet: Sheet, title: str, demo: bool) -> None:
        """A4 across, the whole width on one page, title and stamp on every page printed."""
        sheet.set_paper(9)
        sheet.set_landscape()
        sheet.set_margins(left=0.5, right=0.5, top=0.8, bottom=0.7)
        sheet.fit_to_pages(1, 0)
        # An ampersand begins a code in a header; a header holds 255 characters.
        words = title[:80].replace("&", "&&")
        sheet.set_header(f"&L{words}" + (f"&R{DEMO_STAMP}" if demo else ""))
        sheet.set_footer("&C第 &P 页，共 &N 页")

    def _cell_format(self, column: Column) -> Format:
        codes = {
            "number": _places("#,##0", column.decimals),
            "integer": "#,##0",
            "percent": _places("0", column.decimals) + "%",
            "date": DATE_FORMAT,
            "datetime": TIME_FORMAT,
            "month": MONTH_FORMAT,
        }
        align = {"date": "center", "datetime": "center", "month": "center", "text": "left"}.get(column.kind, "right")
        code = {"num_format": codes[column.kind]} if column.kind in codes else {"num_format": "@"}
        return self.format(align=align, **code)

    def notes_sheet(self, tables: Sequence[Table], name: str = "说明") -> None:
        """All notes, a block for each table."""
        blocks = [[("标题", table.title), *table.notes.lines()] for table in tables]
        self._blocks(blocks, name, any(table.notes.demo for table in tables))

    def page_notes(self, title: str, tables: Sequence[Table], notes: Notes, name: str) -> None:
        """What holds for the whole page, then what only one figure has, then each definition once."""
        general = notes.lines()
        blocks = [[("标题", title), *general]]
        meanings: dict[str, list[tuple[str, str]]] = {}
        for table in tables:
            own = [line for line in replace(table.notes, definitions=()).lines() if line not in general]
            names = "、".join(f"{meaning.zh}（{meaning.code}）" for meaning in table.notes.definitions)
            blocks.append([("图表", table.title), *([("指标", names)] if names else []), *own])
            meanings |= {meaning.code: meaning.lines() for meaning in table.notes.definitions}
        self._blocks([*blocks, *meanings.values()], name, notes.demo)

    def _blocks(self, blocks: Sequence[Sequence[tuple[str, str]]], name: str, demo: bool) -> None:
        """Pairs of heading and text, an empty row between blocks; the first of each block stands out."""
        self._taken.discard(name.casefold())
        sheet = self.sheet(name)
        head, plain = self.format(bold=True, valign="top"), self.format(valign="top")
        strong, wrap = self.format(bold=True, valign="top", text_wrap=True), self.format(text_wrap=True, valign="top")
        row = 0
        for block in blocks:
            for i, (heading, text) in enumerate(block):
                sheet.write_string(row, 0, safe_text(heading), plain if i else head)
                sheet.write_string(row, 1, safe_text(text)[:TEXT_LIMIT], wrap if i else strong)
                row += 1
            row += 1
        sheet.set_column(0, 0, 14)
        sheet.set_column(1, 1, 110)
        self._paper(sheet, name, demo)

    def index(
        self, sheet: Sheet, title: str, figures: Sequence[Table | Failed], sheets: Sequence[Sheet], notes: Notes
    ) -> None:
        """What the workbook holds, each line a link to its sheet; a figure without values or that failed says so."""
        sheet.write_string(0, 0, safe_text(title), self.format(bold=True, font_size=14))
        exported = f"{clock.local(notes.at):%Y-%m-%d %H:%M:%S} 导出" if notes.at else ""
        demo = DEMO_STAMP if notes.demo else ""
        facts = (notes.period, notes.filters, notes.by, exported, demo)
        sheet.write_string(1, 0, safe_text(" · ".join(filter(None, facts))), self.format(italic=True))
        for i, (head, width) in enumerate(INDEX):
            sheet.write_string(HEAD_ROW, i, head, self.format(bold=True, bottom=1))
            sheet.set_column(i, i, width)
        for row, (figure, target) in enumerate(zip(figures, sheets, strict=True), HEAD_ROW + 1):
            self._index_line(sheet, row, figure, target)
        sheet.freeze_panes(HEAD_ROW + 1, 0)
        self._paper(sheet, title, notes.demo)

    def _index_line(self, sheet: Sheet, row: int, figure: Table | Failed, target: Sheet) -> None:
        plain = self.format(num_format=DATE_FORMAT, align="left", valign="top", text_wrap=True)
        sheet.write_number(row, 0, row - HEAD_ROW, self.format(align="center", valign="top"))
        if isinstance(figure, Failed):
            sheet.write_string(row, 1, safe_text(figure.title), plain)
            sheet.write_string(row, 6, safe_text(figure.reason), plain)
            return
        name = target.get_name().replace("'", "''")
        link = self.format(font_color="blue", underline=1, valign="top", text_wrap=True)
        sheet.write_url(row, 1, f"internal:'{name}'!A1", link, string=safe_text(figure.title))
        notes = figure.notes
        remark = "" if has_values(figure) else "无数据"
        remark = "，".join(filter(None, (remark, DEMO_STAMP if notes.demo else "")))
        reported = notes.reported.removeprefix(notes.period).strip()
        for i, value in enumerate((figure.unit, notes.period, notes.as_of, reported, remark), 2):
            _put(sheet, row, i, value, plain)

    # --- chart ---

    def _chart(self, table: Table, rows: Sequence[Sequence[Cell]], sheet: Sheet) -> None:
        """A native chart over the cells: editable, and in the reader's own colours."""
        values = [i for i, column in enumerate(table.columns) if column.is_value and column.drawn]
        if not values:
            return
        unit = table.columns[values[0]].unit
        # One axis, one unit: what is measured otherwise stays in the table.
        drawn = [i for i in values if table.columns[i].unit == unit]
        first, last, name = HEAD_ROW + 1, HEAD_ROW + len(rows), sheet.get_name()
        style: dict[str, Any] = {"gap": 60} if table.chart != "line" else {"line": {"width": 1.75}}
        if table.chart == "line" and len(rows) <= MOST_MARKED:
            style["marker"] = {"type": "circle", "size": 4}
        chart = self.raw.add_chart({"type": table.chart})
        for i in drawn:
            chart.add_series(
                {
                    "name": [name, HEAD_ROW, i],
                    "categories": [name, first, 0, last, 0],
                    "values": [name, first, i, last, i],
                    **style,
                }
            )
        self._dress(chart, table, [row[i] for row in rows for i in drawn], len(drawn))
        # Below the headings, which are printed again on every page.
        sheet.insert_chart(HEAD_ROW + 1, len(table.columns) + 1, chart)

    def _dress(self, chart: Any, table: Table, values: Sequence[Cell], series: int) -> None:
        stamp = f"（{DEMO_STAMP}）" if table.notes.demo else ""
        value_column = next(column for column in table.columns if column.is_value)
        chart.set_title({"name": f"{table.title}{stamp}", "name_font": {"size": 12}, "overlay": False})
        if series == 1:
            chart.set_legend({"none": True})
        else:
            chart.set_legend({"position": "bottom"})
        chart.set_size({"width": CHART_PX[0], "height": CHART_PX[1]})
        chart.show_blanks_as("gap")
        head = table.columns[0]
        category: dict[str, Any] = {"text_axis": True}
        if head.kind in ("month", "date"):
            category = {"num_format": MONTH_FORMAT if head.kind == "month" else "m-d", **category}
        value: dict[str, Any] = {
            "name": value_column.unit,
            "num_format": _places("#,##0", value_column.decimals) if value_column.kind != "percent" else "0%",
            "major_gridlines": {"visible": True, "line": {"width": 0.5}},
        }
        numbers = [value for value in values if isinstance(value, (int, float, Decimal))]
        if table.chart != "line" and numbers and min(numbers) >= 0:
            value["min"] = 0  # a bar's length is its value: Excel would cut the axis where values lie close together
        if table.chart == "bar":
            # First row on top, as in the table; its axis then needs telling to stay below.
            category.update(reverse=True, major_gridlines={"visible": False})
            value["label_position"] = "high"
            category, value = value, category
        chart.set_x_axis(category)
        chart.set_y_axis(value)


def _places(code: str, decimals: int) -> str:
    return f"{code}.{'0' * decimals}" if decimals else code


def sheet_name(title: str, taken: set[str]) -> str:
    """A name of at most 31 characters that Excel accepts and that differs from all in ``taken`` (case-folded)."""
    name = " ".join(re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", title).split()).strip("'") or "表"
    if name.casefold() == "history":
        name = f"{name}_"
    candidate, n = name[:31].rstrip("' "), 1
    while candidate.casefold() in taken:
        n += 1
        candidate = f"{name[: 31 - len(f' ({n})')]} ({n})"
    return candidate


def _put(sheet: Sheet, row: int, col: int, value: Cell, style: Format) -> None:
    """One typed cell; missing is an empty cell."""
    if value is None or value == "":
        return
    if isinstance(value, str):
        sheet.write_string(row, col, safe_text(value)[:TEXT_LIMIT], style)
    elif isinstance(value, date):
        _put_time(sheet, row, col, value, style)
    else:
        _put_number(sheet, row, col, value, style)


def _put_time(sheet: Sheet, row: int, col: int, value: date, style: Format) -> None:
    if value.year < 1900:  # Excel's calendar begins there
        sheet.write_string(row, col, value.isoformat(), style)
        return
    # Excel knows no time zones: an instant is written as Shanghai's wall clock shows it.
    shown = clock.local(value).replace(tzinfo=None) if isinstance(value, datetime) else value
    sheet.write_datetime(row, col, shown, style)


def _put_number(sheet: Sheet, row: int, col: int, value: int | float | Decimal, style: Format) -> None:
    clean = number(value)
    if clean is None:
        return
    if isinstance(clean, int) and len(str(abs(clean))) > EXACT_DIGITS:
        sheet.write_string(row, col, str(clean), style)
        return
    percent = style.num_format.endswith("%")
    sheet.write_number(row, col, round(float(clean) / 100, 12) if percent else float(clean), style)


def has_values(table: Table) -> bool:
    """Whether any cell beside the heads holds something; the rows must be ones that can be read again."""
    return any(cell not in (None, "") for row in table.rows for cell in row[table.heads :])


def _heading_width(text: str) -> int:
    """Room for a heading, which may take two lines where it is long."""
    width = _width(text)
    return width + 3 if width <= TWO_LINES_FROM else width // 2 + 6


def _shown_width(value: Cell, column: Column) -> int:
    if isinstance(value, (int, float, Decimal)):
        return len(f"{value:,.{column.decimals}f}")
    if isinstance(value, datetime):
        return len(TIME_FORMAT)
    if isinstance(value, date):
        return len(DATE_FORMAT)
    return _width(value or "")


def _width(text: str) -> int:
    """Width in Excel's units: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
