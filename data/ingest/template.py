"""Workbooks that go out to be filled in, and come back: the template of a data set, and the refused rows of a run."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet
from sqlalchemy import Connection, select

from data.ingest.dataset import REGION, Dataset, Field
from data.ingest.mapping import REASON
from data.models import Quarantine
from data.regions import Regions

ROWS = 10_000
"""Rows of the data sheet that have drop-downs and formats."""

SAMPLE = "示例"
REMEDY, LINE = "办法", "原行号"

_INK, _SOFT, _HEAD, _MUST, _PALE = "FF15243A", "FF5D7188", "FFEAF2FC", "FF1462C0", "FFF3F6FA"
_LINE = Border(bottom=Side(style="thin", color="FFD7E0EA"))
_FORMATS = {"day": "yyyy-mm-dd", "key": "@", "text": "@", "code": "@", "region": "@"}
_KINDS = {"day": "日期", "key": "编号", "text": "文字", "code": "选项", "region": "区划名称或编号", "number": "数字"}


def template(target: Dataset, regions: Regions) -> bytes:
    """An XLSX to fill in: a data sheet with drop-downs and one sample row, notes, and the code lists."""
    book = Workbook()
    sheet = book.active
    sheet.title = "数据"
    lists = _code_lists(book, target, regions)
    for place, item in enumerate(target.fields, start=1):
        _head_cell(sheet, place, item)
        _column(sheet, place, item, lists.get(item.name))
        cell = sheet.cell(2, place, _sample(target, item, regions, first=place == 1))
        cell.font = Font(italic=True, color=_SOFT)
        cell.number_format = _format(item)
    sheet.freeze_panes = "A2"
    sheet.row_dimensions[1].height = 30
    _notes(book, target)
    book.move_sheet("码表", 1)
    return _bytes(book)


def quarantine_workbook(connection: Connection, run: dict[str, Any]) -> bytes:
    """The refused rows of a run in the layout in which they were read, with reasons and remedies in front.

    Once mended the file is sent in again as it is: the columns in front belong to no field.
    """
    query = select(Quarantine.line, Quarantine.raw, Quarantine.problems)
    rows = connection.execute(query.where(Quarantine.run_id == run["id"]).order_by(Quarantine.line)).all()
    headings = list(rows[0].raw) if rows else []
    book = Workbook(write_only=True)
    sheet = book.create_sheet("退回")
    widths = (40, 40, 8, *(max(10, min(28, 2 * len(name) + 2)) for name in headings))
    for place, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.freeze_panes = "D2"
    sheet.append(_styled(sheet, (REASON, REMEDY, LINE, *headings), Font(bold=True, color=_INK), _HEAD))
    for row in rows:
        bad = {problem["column"] for problem in row.problems if problem.get("column")}
        reasons = "；".join(f"{problem['zh']}：{problem['reason']}" for problem in row.problems)
        remedies = "；".join(dict.fromkeys(problem["remedy"] for problem in row.problems))
        cells = [*_styled(sheet, (reasons, remedies, row.line), Font(color=_SOFT), _PALE)]
        for name in headings:
            fill = "FFFDECEC" if name in bad else None
            cells.extend(_styled(sheet, (row.raw.get(name, ""),), Font(color=_INK), fill))
        sheet.append(cells)
    return _bytes(book)


# --- parts of the template -----------------------------------------------------------------------------------------


def _head_cell(sheet: Worksheet, place: int, item: Field) -> None:
    cell = sheet.cell(1, place, item.zh)
    cell.font = Font(bold=True, color=_MUST if item.required else _INK)
    cell.fill = PatternFill("solid", fgColor=_HEAD)
    cell.alignment = Alignment(vertical="center", wrap_text=True)
    cell.border = _LINE
    cell.comment = Comment(_explain(item), "平台")


def _column(sheet: Worksheet, place: int, item: Field, listed: str | None) -> None:
    letter = get_column_letter(place)
    sheet.column_dimensions[letter].width = max(12, min(30, 2 * len(item.zh) + 4))
    sheet.column_dimensions[letter].number_format = _format(item)
    area = f"{letter}2:{letter}{ROWS + 1}"
    rule = _validation(item, listed)
    if rule is not None:
        rule.add(area)
        sheet.add_data_validation(rule)


def _validation(item: Field, listed: str | None) -> DataValidation | None:
    """A drop-down, or the kind of value a cell takes; codes refuse others, the rest only warns."""
    if listed:
        rule = DataValidation("list", formula1=f"={listed}", allow_blank=not item.required)
        rule.errorStyle = "stop" if item.kind == "code" else "warning"
    elif item.kind == "day":
        rule = DataValidation("date", operator="greaterThan", formula1="18264", allow_blank=True)
        rule.errorStyle = "warning"
    elif item.kind == "number":
        rule = DataValidation("decimal", operator="between", formula1="-1E+15", formula2="1E+15", allow_blank=True)
        rule.errorStyle = "warning"
    else:
        return None
    rule.errorTitle, rule.error = item.zh, _explain(item)
    rule.showErrorMessage = True
    return rule


def _code_lists(book: Workbook, target: Dataset, regions: Regions) -> dict[str, str]:
    """A sheet with one column a code list; returns field → defined name of its words."""
    sheet = book.create_sheet("码表")
    names: dict[str, str] = {}
    for item in target.fields:
        words = list(item.codes.values())
        if item.name == REGION:
            words = [regions.name(region) for region in regions.districts()]
        if not words:
            continue
        place = len(names) + 1
        letter = get_column_letter(place)
        sheet.cell(1, place, item.zh).font = Font(bold=True)
        sheet.column_dimensions[letter].width = 20
        for row, word in enumerate(words, start=2):
            sheet.cell(row, place, word)
        name = f"list_{item.name}"
        book.defined_names[name] = DefinedName(name, attr_text=f"'码表'!${letter}$2:${letter}${len(words) + 1}")
        names[item.name] = name
    return names


def _notes(book: Workbook, target: Dataset) -> None:
    sheet = book.create_sheet("说明")
    keys = "、".join(target.zh_of(name) for name in target.key)
    lines = (
        f"{target.zh}（{target.name}）填报模板",
        "一行一条记录，从“数据”表第 2 行起填；以“示例”开头的行不入库，可删可留。蓝色表头必填。",
        f"以{keys}认定同一条记录：再次上传相同内容不变，内容不同作为更正，原值保留。",
        "空白表示未填，“—”表示没有，零请填 0，三者不同。",
        "日期可写 2026-11-24、2026.11.24、2026年11月24日、20261124；数字可带千分位或 万、亿。",
    )
    for row, line in enumerate(lines, start=1):
        sheet.cell(row, 1, line).font = Font(bold=row == 1, size=14 if row == 1 else 11, color=_INK)
    start = len(lines) + 2
    for place, word in enumerate(("列", "字段", "填写", "必填", "要求"), start=1):
        sheet.cell(start, place, word).font = Font(bold=True)
    for row, item in enumerate(target.fields, start=start + 1):
        values = (item.zh, item.name, _KINDS[item.kind], "是" if item.required else "否", _explain(item))
        for place, value in enumerate(values, start=1):
            sheet.cell(row, place, value).alignment = Alignment(vertical="top", wrap_text=place == 5)
    for letter, width in zip("ABCDE", (24, 22, 14, 8, 80), strict=True):
        sheet.column_dimensions[letter].width = width


def _explain(item: Field) -> str:
    parts = ["必填" if item.required else "可不填"]
    if item.codes:
        parts.append("填：" + "、".join(item.codes.values()))
    elif item.name == REGION:
        parts.append("填区市或乡镇街道的名称；全市性的填市本级")
    elif item.kind == "day":
        parts.append("日期")
    elif item.kind == "number":
        parts.append(f"数字，{item.decimals} 位小数以内" if item.decimals else "整数")
    elif item.length:
        parts.append(f"{item.length} 字以内")
    return "；".join(parts)


def _format(item: Field) -> str:
    if item.kind == "number":
        return "#,##0.00" if item.decimals else "#,##0"
    return _FORMATS[item.kind]


def _sample(target: Dataset, item: Field, regions: Regions, first: bool) -> Any:
    """The sample row's value; its first cell says that the row is one, and is skipped by that word."""
    value: Any = target.samples.get(item.name, "")
    if not value and item.codes:
        value = next(iter(item.codes.values()))
    if item.name == REGION:
        value = regions.name(regions.districts()[0]) if regions.districts() else ""
    if item.kind == "day":
        value = "2026-11-24"
    if item.kind == "number":
        value = 100
    return f"{SAMPLE} {value}" if first else value


def _styled(sheet: Any, values: Iterable[Any], font: Font, fill: str | None) -> Sequence[Any]:
    from openpyxl.cell import WriteOnlyCell

    cells = []
    for value in values:
        cell = WriteOnlyCell(sheet, value=value)
        # Text as it was read, a leading equals sign too: the sheet must not compute what a stranger wrote.
        cell.data_type = "n" if isinstance(value, int) else "s"
        cell.font = font
        cell.number_format = "General" if isinstance(value, int) else "@"
        if fill:
            cell.fill = PatternFill("solid", fgColor=fill)
        cells.append(cell)
    return cells


def _bytes(book: Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
