"""The calendar kept by stewards: single days, or a whole year by spreadsheet; what a day was before is kept."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.worksheet.datavalidation import DataValidation
from sqlalchemy import Connection, delete, insert, select

from data import clock
from data.access.viewer import Viewer
from data.errors import PlatformError
from data.ingest import cells
from data.ingest.readers import Book, Row, open_book
from data.marks import check_writer
from data.models import CalendarChange, CalendarDay
from data.semantic.versions import raise_versions

KINDS: Final = {"holiday": "放假", "workday": "调休上班"}
BY_WEEK: Final = "week"
"""As a kind: the day follows the week again."""

HEADS: Final = ("日期", "类别", "名称")
NAME_LENGTH: Final = 40
LONGEST: Final = 31
"""Days that one entry of the form may span."""

MOST_FAULTS: Final = 8

Days = dict[date, tuple[str, str]]


def set_days(
    connection: Connection, viewer: Viewer, first: date | None, last: date | None, kind: str, name: str
) -> int:
    """Let the days ``first`` to ``last`` be off, worked, or as the week says; returns how many have changed."""
    check_writer(viewer)
    if first is None:
        raise PlatformError("没有填写日期", "日期", "填写首日；只有一天的，末日可不填")
    last = last or first
    if not first <= last < first + timedelta(days=LONGEST):
        raise PlatformError(f"{first} 至 {last} 不成一段日期", "日期", f"末日不早于首日，一次不超过 {LONGEST} 天")
    if kind not in (*KINDS, BY_WEEK):
        raise PlatformError("没有选择类别", "类别", "选择放假、调休上班或按周")
    if kind != BY_WEEK and not 0 < len(name.strip()) <= NAME_LENGTH:
        raise PlatformError("没有填写名称，或写得过长", "名称", "写节日名称，如“国庆节”")
    span = [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
    wanted = {} if kind == BY_WEEK else {day: (kind, name.strip()) for day in span}
    return _replace(connection, viewer, span, wanted)


def load_year(connection: Connection, viewer: Viewer, path: Path, filename: str, year: int) -> int:
    """Replace the calendar of ``year`` by a file's; returns how many days have changed. All of it, or nothing."""
    check_writer(viewer)
    with open_book(path, name=filename) as book:
        days, faults = _read(book, year)
    if faults:
        more = f"；另有 {len(faults) - MOST_FAULTS} 处" if faults[MOST_FAULTS:] else ""
        raise PlatformError(
            f"文件有 {len(faults)} 处错误，日历未改", "；".join(faults[:MOST_FAULTS]) + more, "改正后重新上传整个文件"
        )
    if not any(kind == "holiday" for kind, _ in days.values()):
        raise PlatformError(f"文件里没有 {year} 年的放假日", filename, "下载模板，一行填一天")
    of_year = select(CalendarDay.day).where(CalendarDay.day >= date(year, 1, 1), CalendarDay.day <= date(year, 12, 31))
    return _replace(connection, viewer, {*connection.execute(of_year).scalars(), *days}, days)


def calendar_template(year: int, known: Mapping[date, tuple[str, str]]) -> bytes:
    """A workbook to fill in for ``year``, holding what is known of it."""
    book = Workbook()
    sheet = book.active
    sheet.title = f"{year}年"
    sheet.append(HEADS)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for day, (kind, name) in sorted(known.items()):
        sheet.append((day, KINDS[kind], name))
    rule = DataValidation("list", formula1=f'"{",".join(KINDS.values())}"', allow_blank=True)
    rule.add("B2:B400")
    sheet.add_data_validation(rule)
    for letter, width in zip("ABC", (14, 12, 24), strict=True):
        sheet.column_dimensions[letter].width = width
    for (cell,) in sheet["A2:A400"]:
        cell.number_format = "yyyy-mm-dd"
    sheet.freeze_panes = "A2"
    notes = book.create_sheet("说明")
    for line in (
        f"{year} 年放假与调休安排，按国务院办公厅通知，一行一天。",
        "类别填“放假”或“调休上班”；名称填节日，如“春节”“春节调休上班”。",
        "上传后以文件为准替换该年全部日期；没有列出的日期按周一至周五上班。",
    ):
        notes.append((line,))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def year_of(connection: Connection, year: int) -> Days:
    """The rows of a year."""
    span = CalendarDay.day >= date(year, 1, 1), CalendarDay.day <= date(year, 12, 31)
    rows = connection.execute(select(CalendarDay.__table__).where(*span).order_by(CalendarDay.day))
    return {row.day: (row.kind, row.name) for row in rows}


def last_change(connection: Connection, year: int) -> tuple[str, date] | None:
    """Who changed a year last, and on which day; None where it is as it was delivered."""
    query = select(CalendarChange.author, CalendarChange.written_at).where(CalendarChange.year == year)
    found = connection.execute(query.order_by(CalendarChange.id.desc()).limit(1)).first()
    return (found.author, clock.local(found.written_at).date()) if found else None


def _replace(connection: Connection, viewer: Viewer, span: Any, wanted: Days) -> int:
    """Let the days of ``span`` be as ``wanted`` says, and keep what has changed."""
    raise_versions(connection, ("calendar",))
    known = {
        row.day: (row.kind, row.name)
        for row in connection.execute(select(CalendarDay.__table__).where(CalendarDay.day.in_(list(span))))
    }
    changed = [day for day in sorted(span) if known.get(day) != wanted.get(day)]
    if not changed:
        return 0
    connection.execute(delete(CalendarDay).where(CalendarDay.day.in_(changed)))
    fresh = [{"day": day, "kind": wanted[day][0], "name": wanted[day][1]} for day in changed if day in wanted]
    if fresh:
        connection.execute(insert(CalendarDay), fresh)
    by = {"author": viewer.name or viewer.username, "written_at": clock.now()}
    kept = [
        {"year": day.year, "day": day, "before": _word(known.get(day)), "after": _word(wanted.get(day)), **by}
        for day in changed
    ]
    connection.execute(insert(CalendarChange), kept)
    return len(changed)


def _word(entry: tuple[str, str] | None) -> str:
    return f"{KINDS[entry[0]]} {entry[1]}" if entry else ""


def _read(book: Book, year: int) -> tuple[Days, list[str]]:
    """The days of a file, and what is wrong with its rows: row, field, value, reason, remedy."""
    days: Days = {}
    faults: list[str] = []
    for row in _body(book):
        try:
            day, entry = _entry(row, year)
        except cells.CellError as error:
            faults.append(f"第 {row.line} 行{error.reason}，{error.remedy}")
            continue
        if day in days:
            faults.append(f"第 {row.line} 行日期“{day}”重复，只留一行")
        days[day] = entry
    return days, faults


def _body(book: Book) -> Iterator[Row]:
    """Rows below the headings that say anything."""
    rows = iter(book.rows(book.sheet()))
    head = next((row for row in rows if row.filled), None)
    if head is None or tuple(cells.narrow(cell) for cell in head.cells[:3]) != HEADS:
        raise PlatformError("表头不是日历模板的", "第一行", f"前三列依次为 {'、'.join(HEADS)}；可下载模板")
    return (row for row in rows if row.filled)


def _entry(row: Row, year: int) -> tuple[date, tuple[str, str]]:
    try:
        day = cells.day(row[0])
    except cells.CellError as error:
        raise cells.CellError(f"日期：{error.reason}", error.remedy) from None
    if day.year != year:
        raise cells.CellError(f"日期“{day}”不在 {year} 年", "核对年份，或在页面上选对年度")
    kind = next((code for code, word in KINDS.items() if cells.show(row[1]) in (word, code)), "")
    if not kind:
        raise cells.CellError(f"类别“{cells.show(row[1])}”不认识", f"填 {'或'.join(KINDS.values())}")
    name = cells.show(row[2]).strip() if row[2] is not None else ""
    if not 0 < len(name) <= NAME_LENGTH:
        raise cells.CellError(f"名称“{name}”为空或过长", "填节日名称，如 春节")
    return day, (kind, name)
