"""Targets as a spreadsheet: the template that goes out, and what a file that comes back would do, row by row."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from data.access.viewer import Viewer
from data.errors import PlatformError
from data.ingest import cells
from data.ingest.readers import Book, Row, open_book
from data.ingest.template import SAMPLE
from data.semantic.spec import Indicator
from data.targets import FIELDS, Fault, Goal, Key, Outcome, Rules, read_targets, rules, set_targets

if TYPE_CHECKING:
    from data.platform import Platform

State = Literal["new", "changed", "unchanged", "bad"]
STATES_ZH: dict[State, str] = {"new": "新增", "changed": "更改", "unchanged": "未变", "bad": "有误"}

MOST_ROWS = 5_000
DECIMALS = 6
"""A target is kept as a number with as many decimals."""

_HEADINGS = {
    "indicator": ("指标", "指标编码", "指标名称", "编码", "indicator", "code"),
    "district": ("区市", "区划", "区县", "市区", "市（区）", "地区", "区域", "district", "district_id", "region"),
    "year": ("年度", "年份", "年", "year"),
    "value": ("目标值", "目标", "年度目标", "目标任务", "value", "target"),
    "source": ("依据", "来源", "文件依据", "目标依据", "source"),
}
"""Field → headings under which it is found."""

_PLAIN_UNITS = {"money": "元", "area": "㎡", "count": "套"}
_UNIT = re.compile(r"^(.*?)\((.*)\)$")
_TOTALS = frozenset({"合计", "总计", "小计"})


@dataclass(frozen=True)
class Line:
    """A row of the file: what it says, the goal it makes and what that would do, or what is wrong with it."""

    number: int
    cells: dict[str, str]
    state: State
    goal: Goal | None = None
    old: float | None = None
    faults: tuple[Fault, ...] = ()


@dataclass
class Findings:
    """All that a file says. ``skipped`` rows are the sample, totals and notes."""

    filename: str
    lines: list[Line] = field(default_factory=list)
    skipped: int = 0

    @property
    def bad(self) -> list[Line]:
        """Rows that can't be written."""
        return [line for line in self.lines if line.state == "bad"]

    @property
    def goals(self) -> list[Goal]:
        """Targets of the sound rows."""
        return [line.goal for line in self.lines if line.state != "bad" and line.goal]

    @property
    def writes(self) -> int:
        """Rows that would change something."""
        return sum(1 for line in self.lines if line.state in ("new", "changed"))

    def count(self, state: State) -> int:
        """Rows of a state."""
        return sum(1 for line in self.lines if line.state == state)


def examine(platform: Platform, path: Path, name: str, viewer: Viewer) -> Findings:
    """What a file of targets would do, without writing anything; PlatformError where it can't be read at all."""
    judged = rules(platform, viewer)
    with platform.db.read() as connection:
        known = {goal.key: goal for goal in read_targets(connection, viewer, judged.regions)}
    found = Findings(name)
    seen: dict[Key, int] = {}
    with open_book(path, name=name) as book:
        columns, unit, rows = _body(book, name)
        for row in rows:
            said = {item: row[place] for item, place in columns.items()}
            if _passed_over(said):
                found.skipped += 1
                continue
            if len(found.lines) == MOST_ROWS:
                raise PlatformError(f"超过 {MOST_ROWS:,} 行", name, "目标表只放目标；明细请从“数据上传”入库")
            found.lines.append(_line(row.line, said, unit, judged, known, seen))
    if not found.lines:
        raise PlatformError("文件中没有目标", name, "从模板的第 2 行起，一行填一个目标")
    return found


def load(platform: Platform, found: Findings, viewer: Viewer, *, only_good: bool = False) -> Outcome:
    """Write a file's targets, all or none; with ``only_good`` those of its sound rows although others are bad."""
    if found.bad and not only_good:
        first = found.bad[0]
        fault = first.faults[0]
        place = f"{found.filename} 第 {first.number} 行 {FIELDS[fault.field]}"
        what = f"有 {len(found.bad)} 行有误，未写入任何目标；首处：{fault.reason}"
        raise PlatformError(what, place, f"{fault.remedy}，或只写入无误的行")
    return set_targets(platform, found.goals, viewer, "file", found.filename)


# --- reading -----------------------------------------------------------------------------------------------------


def _body(book: Book, name: str) -> tuple[dict[str, int], str, Iterator[Row]]:
    """Where each field stands, the unit that the value's heading names, and the rows below the headings."""
    sheet = book.sheet()
    for row in book.head(sheet):
        columns, unit = _columns(row)
        if len(columns) == len(FIELDS):
            head = row.line
            return columns, unit, (row for row in book.rows(sheet) if row.line > head)
    words = "、".join(FIELDS.values())
    raise PlatformError("没有找到表头", name, f"第一行应有 {words} 五列；可下载模板填写")


def _columns(row: Row) -> tuple[dict[str, int], str]:
    found: dict[str, int] = {}
    unit = ""
    for place, value in enumerate(row.cells):
        said = cells.word(value) if isinstance(value, str) else ""
        bracket = _UNIT.match(said)
        for item, words in _HEADINGS.items():
            known = {cells.word(word) for word in words}
            plain = said in known
            if item not in found and (plain or (bracket and bracket[1] in known)):
                found[item] = place
                if item == "value" and bracket and not plain:
                    unit = bracket[2]
    return found, unit


def _passed_over(said: dict[str, Any]) -> bool:
    """Whether a row is the sample, a total or a note below the table: it says nothing of a target."""
    first = cells.narrow(said["indicator"]) if said["indicator"] is not None else ""
    told = [value for value in said.values() if cells.nothing(value) is not cells.BLANK]
    return len(told) < 2 or first.startswith(SAMPLE) or first in _TOTALS


def _line(
    number: int, said: dict[str, Any], unit: str, judged: Rules, known: dict[Key, Goal], seen: dict[Key, int]
) -> Line:
    shown = {item: cells.show(value) for item, value in said.items()}
    faults: list[Fault] = []
    indicator = _indicator(said["indicator"], judged, faults)
    district = _district(said["district"], judged, faults)
    year = _year(said["year"], faults)
    value = _value(said["value"], unit, indicator, faults)
    source = _text(said["source"], faults)
    if indicator is None or district is None or year is None or value is None or source is None:
        return Line(number, shown, "bad", faults=tuple(faults))
    goal = Goal(indicator.code, district, year, value, source)
    faults += judged.faults(goal)
    if goal.key in seen:
        remedy = "同一指标、区市、年度只留一行"
        faults.append(Fault("indicator", shown["indicator"], f"与第 {seen[goal.key]} 行重复", remedy))
    seen.setdefault(goal.key, number)
    old = known.get(goal.key)
    if faults:
        return Line(number, shown, "bad", goal, old.value if old else None, tuple(faults))
    state: State = "new" if old is None else "unchanged" if old == goal else "changed"
    return Line(number, shown, state, goal, old.value if old else None)


def _indicator(value: Any, judged: Rules, faults: list[Fault]) -> Indicator | None:
    """By code, by name, or as the template's list has both: ``ZF10 保交房交付率（%）``."""
    said = cells.word(value) if cells.nothing(value) is None else ""
    first = cells.narrow(value).split()[0].lower() if said else ""
    for indicator in judged.registry:
        if indicator.code.lower() in (said, first):
            return indicator
    named = [i for i in judged.registry if said and said in (cells.word(i.zh), cells.word(i.brief))]
    named = [i for i in named if i.target_kind != "none"] or named
    if len(named) == 1:
        return named[0]
    reason = "没有填写指标" if not said else f"有 {len(named)} 个同名指标" if named else "没有这个指标"
    faults.append(Fault("indicator", cells.show(value), reason, "填指标目录中的编码，或从模板的下拉列表中选"))
    return None


def _district(value: Any, judged: Rules, faults: list[Fault]) -> str | None:
    said = cells.show(value) if cells.nothing(value) is None else ""
    if found := judged.regions.find(cells.narrow(said)) if said else None:
        return found
    reason = "没有这个区划" if said else "没有填写区市"
    faults.append(Fault("district", said, reason, "填区市名称或编号，全市填“全市”"))
    return None


def _year(value: Any, faults: list[Fault]) -> int | None:
    said = cells.narrow(value).removesuffix(".0").removesuffix("年度").removesuffix("年").strip() if value else ""
    if re.fullmatch(r"\d{4}", said):
        return int(said)
    shown = cells.show(value)
    faults.append(Fault("year", shown, f"“{shown}”不是年份" if shown else "没有填写年度", "填四位年份，如 2026"))
    return None


def _value(value: Any, unit: str, indicator: Indicator | None, faults: list[Fault]) -> float | None:
    """The number in the indicator's unit; a unit in the cell or the heading is converted where it can be."""
    shown = cells.show(value)
    if cells.nothing(value) is not None:
        remedy = "填数字；没有目标的行请删去"
        faults.append(Fault("value", shown, "没有填写目标值", remedy))
        return None
    base = indicator.unit if indicator else ""
    try:
        found = read_number(value, base, unit)
    except cells.CellError as error:
        faults.append(Fault("value", shown, error.reason, error.remedy))
        return None
    if base == "%" and 0 < abs(found) <= 1:
        reason = f"像是百分比格式的单元格：按百分点只有 {found:g}%"
        faults.append(Fault("value", shown, reason, "按百分点填写，如 95；确是这么小的请在页面上填"))
        return None
    return found


def read_number(value: Any, base: str, heading: str = "") -> float:
    """A target in the unit ``base``, as clerks write numbers; CellError where it is none.

    A unit in the cell, or else in the column's ``heading``, is converted where it measures the same.
    """
    plain = value
    if isinstance(value, str):
        plain = cells.narrow(value).removesuffix("%") if base == "%" else _whole_unit(cells.narrow(value), base)
    return float(cells.number(plain, DECIMALS, base=_known(base), column_unit=_heading_unit(heading, base)))


def _whole_unit(text: str, base: str) -> str:
    """``300亿`` of a figure in 亿元 means 亿元, not so many of them: the bare multiple gets the unit it is meant in."""
    if _known(base) and cells.UNITS[base][1] > 1 and text.endswith(("千", "万", "亿")):
        return text + _PLAIN_UNITS[cells.UNITS[base][0]]
    return text


def _known(unit: str) -> str:
    return unit if unit in cells.UNITS else ""


def _heading_unit(unit: str, base: str) -> str:
    """The unit of the column, as far as it can be converted to the indicator's."""
    named = cells.unit(unit) if unit else None
    if named is None or not _known(base) or cells.UNITS[named][0] != cells.UNITS[base][0]:
        if unit and cells.word(unit) not in (cells.word(base), "见指标"):
            raise cells.CellError(f"表头的单位“{unit}”与指标的单位“{base}”不符", f"换算为{base}后填写，表头不写单位")
        return ""
    return named


def _text(value: Any, faults: list[Fault]) -> str | None:
    if cells.nothing(value) is not None:
        faults.append(Fault("source", cells.show(value), "没有填写依据", "填下达目标的文件或会议"))
        return None
    try:
        return cells.text(value)
    except cells.CellError as error:
        faults.append(Fault("source", cells.show(value), error.reason, error.remedy))
        return None


# --- the template ------------------------------------------------------------------------------------------------

_INK, _SOFT, _HEAD = "FF15243A", "FF5D7188", "FFEAF2FC"
_WIDTHS = {"indicator": 34, "district": 22, "year": 10, "value": 16, "source": 48}
_HELP = {
    "indicator": "从列表中选，或填编码、名称",
    "district": "从列表中选，或填名称、编号；全市的目标填“全市”",
    "year": "四位年份",
    "value": "以指标的单位计；可写 1.2万、１２０、1,200，比例按百分点填 95",
    "source": "下达目标的文件或会议，必填",
}


def template(platform: Platform, viewer: Viewer, year: int) -> bytes:
    """An XLSX to fill in: the year's targets as they stand, drop-downs for indicator and region, and a sheet of notes.

    Sent back as it is it changes nothing.
    """
    judged = rules(platform, viewer)
    with platform.db.read() as connection:
        goals = [goal for goal in read_targets(connection, viewer, judged.regions, year) if not judged.faults(goal)]
    book = Workbook()
    sheet = book.active
    sheet.title = "目标"
    for place, (item, zh) in enumerate(FIELDS.items(), start=1):
        _heading(sheet, place, item, zh)
    _sample(sheet, judged, year)
    for row, goal in enumerate(goals, start=3):
        name = judged.regions.name(goal.district)
        values = (_listed(judged.registry[goal.indicator]), name, goal.year, goal.value, goal.source)
        for place, value in enumerate(values, start=1):
            cell = sheet.cell(row, place, value)
            if isinstance(value, str):
                cell.data_type = "s"  # what begins with an equals sign is still text
    sheet.freeze_panes = "A2"
    _lists(book, sheet, judged)
    _explained(book, judged)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _listed(indicator: Indicator) -> str:
    return f"{indicator.code} {indicator.zh}（{indicator.unit}）"


def _heading(sheet: Worksheet, place: int, item: str, zh: str) -> None:
    cell = sheet.cell(1, place, zh)
    cell.font = Font(bold=True, color=_INK)
    cell.fill = PatternFill("solid", fgColor=_HEAD)
    cell.comment = Comment(_HELP[item], "平台")
    letter = get_column_letter(place)
    sheet.column_dimensions[letter].width = _WIDTHS[item]


def _sample(sheet: Worksheet, judged: Rules, year: int) -> None:
    indicator = next(iter(judged.indicators), None)
    region = next(iter(judged.places()), "")
    name = judged.regions.name(region) if region else ""
    values = (f"{SAMPLE} {_listed(indicator) if indicator else ''}", name, year, 100, "泰建发〔2026〕12 号")
    for place, value in enumerate(values, start=1):
        sheet.cell(2, place, value).font = Font(italic=True, color=_SOFT)


def _lists(book: Workbook, sheet: Worksheet, judged: Rules) -> None:
    """Drop-downs, fed from a sheet of their own."""
    codes = book.create_sheet("码表")
    lists = {
        "A": ("指标", [_listed(indicator) for indicator in judged.indicators]),
        "B": ("区市", [judged.regions.name(region) for region in judged.places()]),
    }
    for letter, (zh, words) in lists.items():
        codes[f"{letter}1"] = zh
        codes.column_dimensions[letter].width = 34
        for row, word in enumerate(words, start=2):
            codes[f"{letter}{row}"] = word
        name = f"list_{letter}"
        book.defined_names[name] = DefinedName(name, attr_text=f"'码表'!${letter}$2:${letter}${len(words) + 1}")
        rule = DataValidation("list", formula1=f"={name}", allow_blank=True)
        # A code or a shorter name will do as well, so another word is warned of and not refused.
        rule.errorStyle, rule.showErrorMessage = "warning", True
        rule.errorTitle, rule.error = zh, f"不在列表中：填{zh}的名称或编号"
        rule.add(f"{letter}2:{letter}{MOST_ROWS + 1}")
        sheet.add_data_validation(rule)


def _explained(book: Workbook, judged: Rules) -> None:
    sheet = book.create_sheet("说明", 1)
    lines = (
        "年度目标填报模板",
        "一行一个目标：哪个指标、哪个区市、哪一年、达到多少、谁下达的。五列都必填；以“示例”开头的行不读。",
        "同一指标、区市、年度再次上传：数值和依据相同的不变，不同的作为更改，原值留在变更记录中；没有写到的目标保持原样。",
        "全市没有单独的目标时，按各区市目标合计；有区市未填则不合计。比例类指标没有区市目标时，用全市的目标。",
        "任一行有误，整份文件都不写入；核对页逐行说明原因，也可只写入无误的行。",
        "数字可用全角、千分位和 万、亿；比例按百分点填，95 表示 95%。",
    )
    for row, line in enumerate(lines, start=1):
        sheet.cell(row, 1, line).font = Font(bold=row == 1, size=14 if row == 1 else 11, color=_INK)
    start = len(lines) + 2
    for place, word in enumerate(("编码", "指标", "单位", "类别", "口径"), start=1):
        sheet.cell(start, place, word).font = Font(bold=True)
    for row, indicator in enumerate(judged.indicators, start=start + 1):
        kind = "年度任务" if indicator.target_kind == "annual_task" else "国家标准"
        values = (indicator.code, indicator.zh, indicator.unit, kind, indicator.definition)
        for place, value in enumerate(values, start=1):
            sheet.cell(row, place, value).alignment = Alignment(vertical="top", wrap_text=place == 5)
    for letter, width in zip("ABCDE", (16, 26, 10, 12, 90), strict=True):
        sheet.column_dimensions[letter].width = width
