"""Rows of a file as values of a data set: each row is skipped, read, or has problems that say what to mend."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

from data.access.viewer import Viewer
from data.errors import PlatformError
from data.ingest import cells
from data.ingest.cells import BLANK, NONE, CellError
from data.ingest.dataset import REGION, Dataset, Field, Problem, Values, plausible
from data.ingest.mapping import SAMPLE_WORDS, FieldRule, Mapping
from data.ingest.readers import Book, Row, filled_down, headings
from data.regions import Regions

CACHED = 20_000
"""Cells of one column whose reading is remembered: days, codes and places repeat."""

Place = tuple[str, str]
Reading = tuple[Field, Callable[[Row], Any], Callable[[Any], Any]]
_NUMBERING = frozenset({"栏次", "序号", "甲", "乙", "丙", "丁", "戊", "A", "B", "C", "D", "1"})
_PLAIN_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d+)?")


@dataclass
class Parsed:
    """One row of the file: skipped (``skip`` says why), or values and the problems found in them."""

    row: Row
    values: Values = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    skip: str = ""

    @property
    def line(self) -> int:
        """Line in the file."""
        return self.row.line


class RowReader:
    """Reads the rows of one sheet by one mapping; refuses a mapping that doesn't fit the file."""

    def __init__(self, target: Dataset, mapping: Mapping, book: Book, regions: Regions, viewer: Viewer) -> None:
        self.target, self.mapping, self.book = target, mapping, book
        self.sheet = book.sheet(mapping.sheet)
        self.merges = book.merges(self.sheet)
        first, self.last = mapping.headings
        self.headings = headings(book.head(self.sheet, self.last), self.merges, first, self.last)
        faults = mapping.faults(target, self.headings)
        if faults:
            raise PlatformError("；".join(faults), f"{book.path.name} {self.sheet}", "修改读法，或按模板整理文件")
        self._column = {name: place for place, name in enumerate(self.headings)}
        self._words = {word for name in self.headings for word in (name, *name.split("/"))}
        self._places = _Places(regions, viewer)
        self._constants: Values = {item.name: item.default for item in target.fields if item.name != REGION}
        ruled = (item for item in target.fields if item.name in mapping.fields)
        compiled = [self._compile(item, mapping.fields[item.name]) for item in ruled]
        self._readers = [reading for reading in compiled if reading]
        self._total = tuple(map(_start, mapping.total_words))
        self._note = tuple(map(_start, mapping.note_words))
        self._skip = [(self._column[rule.column], {cells.word(word) for word in rule.words}) for rule in mapping.skip]

    def __iter__(self) -> Iterator[Parsed]:
        """Rows of the sheet in order, headings and titles among them."""
        for row in filled_down(self.book.rows(self.sheet), self.merges):
            why = self._skipped(row)
            yield Parsed(row, skip=why) if why else self.read(row)

    def read(self, row: Row) -> Parsed:
        """Values and problems of one record."""
        parsed = Parsed(row, dict(self._constants))
        for item, pick, convert in self._readers:
            raw = pick(row)
            try:
                value = convert(raw)
            except CellError as error:
                parsed.problems.append(Problem(item.name, _shown(raw), error.reason, error.remedy))
                continue
            if value is BLANK or value is NONE:
                self._leave(parsed, item, value, raw)
            else:
                self._set(parsed, item, value)
        self._finish(parsed)
        return parsed

    def raw(self, row: Row) -> dict[str, str]:
        """A row as it was read, heading → writing; for the quarantine."""
        return {name: cells.show(row[place]) for place, name in enumerate(self.headings)}

    def column_of(self, name: str) -> str:
        """The heading that a field is read from; empty for a constant."""
        rule = self.mapping.fields.get(name)
        return rule.columns[0] if rule and rule.columns else ""

    def _leave(self, parsed: Parsed, item: Field, value: cells.Nothing, raw: Any) -> None:
        """A cell that says nothing: a fault where the field must be filled.

        A dash overrules a default. Where a field has one because its column can't be empty, the dash is a fault.
        """
        if item.required or (value is NONE and item.default is not None):
            said = f"“{_shown(raw)}”表示无"
            reason = ("必填，未填" if value is BLANK else f"必填，{said}") if item.required else f"{said}，本列不能为无"
            parsed.problems.append(Problem(item.name, _shown(raw), reason, f"填写{item.zh}；为零请填 0"))
        elif value is NONE:
            parsed.values[item.name] = None

    def _set(self, parsed: Parsed, item: Field, value: Any) -> None:
        if item.name == REGION:
            parsed.values["region_id"], parsed.values["district_id"] = value
            return
        parsed.values[item.name] = value
        problem = plausible(item, value, self.target.past)
        if problem:
            parsed.problems.append(problem)

    def _finish(self, parsed: Parsed) -> None:
        if self.target.complete:
            self.target.complete(parsed.values)
        if self.target.check and not parsed.problems:
            parsed.problems.extend(self.target.check(parsed.values))

    def _skipped(self, row: Row) -> str:
        """Why a row is no record; empty where it is one."""
        if row.line <= self.last:
            return "表头"
        first = next((cell for cell in row.cells if cells.nothing(cell) is not BLANK), None)
        if first is None:
            return "空行"
        start = _start(cells.show(first))
        if start.startswith(SAMPLE_WORDS):
            return "示例"
        if start.startswith(self._total):
            return "合计"
        if start.startswith(self._note) and len(row.filled) <= max(2, len(self.headings) // 3):
            return "附注"
        if any(cells.word(row[column]) in words for column, words in self._skip if row[column] is not None):
            return "按读法略过"
        if start in _NUMBERING and self._is_numbering(row):
            return "栏次"
        return "重复表头" if start in self._words and self._is_heading(row) else ""

    def _is_numbering(self, row: Row) -> bool:
        """Whether a row only numbers the columns: 甲 乙 1 2 3."""
        said = [_start(cells.show(cell)) for cell in row.filled]
        numbers = [int(word) for word in said if word.isdigit()]
        others = [word for word in said if not word.isdigit()]
        in_order = numbers == list(range(1, len(numbers) + 1))
        return len(said) > 2 and in_order and all(word in _NUMBERING for word in others)

    def _is_heading(self, row: Row) -> bool:
        """Whether a row says the headings again, as at the top of a printed page."""
        filled = row.filled
        return len(filled) > 1 and all("".join(cells.show(cell).split()) in self._words for cell in filled)

    def _compile(self, item: Field, rule: FieldRule) -> Reading | None:
        """How a field's cells are found and read; None for a constant, which is read once."""
        places = [self._column[column] for column in rule.columns]
        convert = self._convert(item, rule)
        if rule.value is not None:
            self._keep(item, rule.value, convert)
            return None
        default = rule.default

        def one(row: Row) -> Any:
            raw = row[place]
            return default if default is not None and cells.nothing(raw) is BLANK else raw

        if len(places) == 1:
            place = places[0]
            return item, one, convert
        return item, lambda row: tuple(row[place] for place in places), convert

    def _convert(self, item: Field, rule: FieldRule) -> Callable[[Any], Any]:
        if item.name == REGION:
            return lambda raw: self._places.find(raw, rule)
        convert = _converter(item, rule)
        if item.kind in ("code", "day", "number"):
            convert = lru_cache(maxsize=CACHED, typed=True)(convert)  # typed: 1, 1.0 and True are told apart
        if len(rule.columns) < 2:
            words = {cells.word(word) for word in item.codes.values() if cells.nothing(word)}
            if words:  # 无 is one of its own words
                return lambda raw: convert(raw) if cells.word(raw) in words else cells.nothing(raw) or convert(raw)
            return lambda raw: cells.nothing(raw) or convert(raw)
        return lambda raw: _joined(raw, rule.join, convert)

    def _keep(self, item: Field, value: str, convert: Callable[[Any], Any]) -> None:
        try:
            found = convert(value)
        except CellError as error:
            raise PlatformError(f"{item.zh}的固定值有误：{error.reason}", "读法", error.remedy) from error
        if item.name == REGION:
            self._constants |= dict(zip(("region_id", "district_id"), found, strict=True))
        else:
            self._constants[item.name] = None if isinstance(found, cells.Nothing) else found


def _shown(raw: Any) -> str:
    """A cell, or several, as they stand in the file."""
    return " ".join(map(cells.show, raw)) if isinstance(raw, tuple) else cells.show(raw)


def _start(text: str) -> str:
    """The first words of a row, without the spaces that centre them (合　计)."""
    return "".join(cells.narrow(text).split())


def _joined(parts: tuple[Any, ...], join: str, convert: Callable[[Any], Any]) -> Any:
    """Several cells as one; a missing one makes the whole missing."""
    missing = next((found for found in map(cells.nothing, parts) if found), None)
    return missing or convert(join.join(cells.narrow(cells.show(part)) for part in parts))


def _converter(item: Field, rule: FieldRule) -> Callable[[Any], Any]:
    """The reading of one field's cells."""
    if item.kind == "code":
        return lambda raw: cells.code(raw, item.codes, rule.codes)
    if item.kind == "day":
        return lambda raw: cells.day(raw, rule.order)
    if item.kind == "number":
        return _number(item, rule)
    return lambda raw: cells.text(raw, item.length, key=item.kind == "key")


def _number(item: Field, rule: FieldRule) -> Callable[[Any], Any]:
    places = Decimal(1).scaleb(-item.decimals)
    times = Fraction(rule.factor)
    direct = times == 1 and (not rule.unit or rule.unit == item.unit)

    def convert(raw: Any) -> Any:
        if direct and isinstance(raw, str) and _PLAIN_NUMBER.fullmatch(raw):
            # Nearly every cell of a large file is so written; the general reading takes five times as long.
            plain = Decimal(raw)
            if -plain.as_tuple().exponent <= item.decimals:  # type: ignore[operator]
                return _whole(plain.quantize(places), item)
        return _whole(
            cells.number(
                raw,
                item.decimals,
                base=item.unit,
                column_unit=rule.unit,
                times=times,
                rounding=rule.round,
            ),
            item,
        )

    return convert


def _whole(value: Decimal, item: Field) -> Decimal | int:
    """Counts are integers, amounts decimals."""
    return value if item.decimals else int(value)


class _Places:
    """Where a row belongs: the words in its region cells as the deepest region known and its district."""

    def __init__(self, regions: Regions, viewer: Viewer) -> None:
        self._regions = regions
        self._viewer = viewer
        self._known: dict[Any, Place | CellError] = {}

    def find(self, raw: Any, rule: FieldRule) -> Any:
        """``(region_id, district_id)``; the last cell that says anything is the deepest."""
        parts = raw if isinstance(raw, tuple) else (raw,)
        said = tuple(cells.narrow(cells.show(part)) for part in parts if cells.nothing(part) is None)
        if not said:
            return cells.nothing(parts[0]) or BLANK
        found = self._known.get(said)
        if found is None:
            if len(self._known) >= CACHED:
                self._known.clear()
            found = self._known[said] = self._look(said, rule)
        if isinstance(found, CellError):
            raise found
        return found

    def _look(self, said: tuple[str, ...], rule: FieldRule) -> Place | CellError:
        inside = ""
        for word in said:
            region = self._one(rule.codes.get(word, word), inside)
            if region is None:
                within = f"{self._regions.name(inside)}没有" if inside else "区划表中没有"
                return CellError(f"{within}“{word}”", "填区市或乡镇街道的规范名称，或在读法中写明对应")
            inside = region
        district = self._regions.district_of(inside)
        if district is None:
            return CellError(f"“{said[-1]}”不是区市", "填到区市；全市性的填“市本级”")
        if self._viewer.districts is not None and district not in self._viewer.districts:
            own = "、".join(map(self._regions.name, sorted(self._viewer.districts)))
            remedy = f"只报{own}的记录" if own else "请系统管理员为本账号指定所属区市"
            return CellError(f"“{said[-1]}”不在本账号的范围内", remedy)
        return inside, district

    def _one(self, word: str, inside: str) -> str | None:
        """The region that a word names, within ``inside`` where that is known: two districts have a 城东街道."""
        if not inside:
            return self._regions.find(word)
        leaves = self._regions.leaves(inside)
        found = self._regions.find(word)
        if found in leaves:
            return found
        plain = cells.word(word)
        for region in leaves:
            node = self._regions.nodes[region]
            if plain in map(cells.word, (node.name, node.short_name, *node.aliases)):
                return region
        return None
