"""A first mapping for a file nobody has described: its headings are compared with what our fields are called."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from data.ingest import cells
from data.ingest.dataset import Dataset, Field
from data.ingest.mapping import FieldRule, Mapping
from data.ingest.readers import HEAD, Book, Merge, Row, headings

DEEPEST = 4
"""Most lines that headings are put together from."""

LIKELY = 0.62
"""Likeness of two names from which they are taken for the same."""

_PARENS = re.compile(r"[(（\[【][^)）\]】]*[)）\]】]")
_FIGURE = re.compile(r"[-+]?[\d,]*\d(?:\.\d+)?|\d{4}[-./年]\d{1,2}[-./月]\d{1,2}日?.*")
_UNIT_OF = re.compile(r"单位[:：]\s*([^\s,，;；)）]+)")


@dataclass(frozen=True)
class Layout:
    """Where the headings stand, and what they are."""

    first: int
    last: int
    headings: tuple[str, ...]


def propose(target: Dataset, book: Book, sheet: str = "") -> Mapping:
    """A mapping of a file's sheet to ``target``, for a person to look over; unmatched fields are left out."""
    name = book.sheet(sheet)
    head, merges = book.head(name), book.merges(name)
    layout = find_layout(target, head, merges)
    matched = match(target, layout.headings)
    body = [row for row in head if row.line > layout.last]
    above = _stated_unit(row for row in head if row.line < layout.first)
    fields: dict[str, FieldRule] = {}
    for field in target.fields:
        column = matched.get(field.name)
        if column is not None:
            samples = [row[layout.headings.index(column)] for row in body]
            fields[field.name] = _rule(field, column, samples, above)
        elif field.name in target.assumed:
            fields[field.name] = FieldRule(value=target.assumed[field.name])
    return Mapping(dataset=target.name, sheet=sheet, headings=(layout.first, layout.last), fields=fields)


def find_layout(target: Dataset, head: Sequence[Row], merges: Sequence[Merge]) -> Layout:
    """The lines whose headings say most of ``target``'s fields; the first line where none says any."""
    best = (0.0, Layout(1, 1, ()))
    records = {row.line for row in head if _is_record(row)}
    for row in head[: HEAD // 2]:
        if _is_title(row, merges):
            continue
        for last in range(row.line, row.line + DEEPEST):
            if last in records:
                break
            names = tuple(headings(head, merges, row.line, last))
            score = sum(_scores(target, names).values()) - 0.02 * (last - row.line)
            if score > best[0] + 1e-9:
                best = (score, Layout(row.line, last, names))
    if best[1].headings or not head:
        return best[1]
    first = head[0].line
    return Layout(first, first, tuple(headings(head, merges, first, first)))


def match(target: Dataset, names: Iterable[str]) -> dict[str, str]:
    """Field → heading, the likeliest pairs first, each used once."""
    names = tuple(names)
    pairs = [(likeness(field, name, target), field.name, name) for field in target.fields for name in names]
    found: dict[str, str] = {}
    for score, field_name, name in sorted(pairs, key=lambda pair: -pair[0]):
        if score >= LIKELY and field_name not in found and name not in found.values():
            found[field_name] = name
    return found


def likeness(field: Field, heading: str, target: Dataset) -> float:
    """How alike a heading and a field's names are, from 0 to 1."""
    ours = map(_bare, (field.zh, field.name, *target.synonyms.get(field.name, ())))
    said = {_bare(heading.replace("/", "")), _bare(heading.rpartition("/")[2])} - {""}
    # The first name wins a tie: a column called as the field beats one called as a synonym.
    return max((_alike(a, b) - 0.001 * rank for rank, b in enumerate(ours) for a in said), default=0.0)


def _scores(target: Dataset, names: tuple[str, ...]) -> dict[str, float]:
    matched = match(target, names)
    return {name: likeness(target.by_name[name], heading, target) for name, heading in matched.items()}


@lru_cache(maxsize=50_000)
def _alike(said: str, ours: str) -> float:
    if said == ours:
        return 1.0
    if min(len(said), len(ours)) >= 2 and (ours in said or said in ours):
        return 0.7 + 0.2 * min(len(said), len(ours)) / max(len(said), len(ours))
    if not set(said) & set(ours):
        return 0.0
    return 0.85 * difflib.SequenceMatcher(None, said, ours).ratio()


@lru_cache(maxsize=5_000)
def _bare(name: str) -> str:
    """A name without units in brackets, stars, numbering and width."""
    plain = _PARENS.sub("", name.partition("#")[0])
    plain = cells.word(plain).replace("*", "").replace("_", "").replace("平方米", "")
    return re.sub(r"日期$|时间$", "日", plain)


def _is_title(row: Row, merges: Sequence[Merge]) -> bool:
    """Whether a row is one line of text over the table rather than headings."""
    filled = row.filled
    return len(filled) < 2 and any(merge.top == row.line and merge.right > merge.left for merge in merges)


def _is_record(row: Row) -> bool:
    """Whether a row holds a number or a day: headings are words."""
    return any(not isinstance(cell, str) or _FIGURE.fullmatch(cells.narrow(cell)) for cell in row.filled)


def _stated_unit(rows: Iterable[Row]) -> str:
    """The unit that a line above the headings states (单位：万元)."""
    for row in rows:
        for cell in row.filled:
            found = _UNIT_OF.search(cells.show(cell))
            if found and cells.unit(found[1]):
                return cells.unit(found[1]) or ""
    return ""


def _rule(field: Field, column: str, samples: Sequence[Any], above: str) -> FieldRule:
    if field.kind == "number":
        return _number_rule(field, column, above)
    if field.kind == "day":
        return FieldRule(columns=(column,), order=_order(samples))
    return FieldRule(columns=(column,))


def _number_rule(field: Field, column: str, above: str) -> FieldRule:
    unit = _heading_unit(column) or above
    if not field.unit or not unit or cells.UNITS[unit][0] != cells.UNITS[field.unit][0] or unit == field.unit:
        return FieldRule(columns=(column,))
    return FieldRule(columns=(column,), unit=unit, round=cells.usual_rounding(unit, field.unit))


def _heading_unit(column: str) -> str:
    words = [part.strip("()（）[]【】") for part in _PARENS.findall(column)] + column.split("/")[1:]
    if column.lower().endswith(("_sf", "sqft")):
        return "平方英尺"
    return next((unit for unit in map(cells.unit, words) if unit), "")


def _order(samples: Sequence[Any]) -> cells.DateOrder:
    """Day before month or after it, where the year stands last; told by a number above twelve."""
    for sample in samples:
        found = re.fullmatch(r"(\d{1,2})[-./](\d{1,2})[-./]\d{4}.*", cells.narrow(cells.show(sample)))
        if found and int(found[1]) > 12:
            return "dmy"
        if found and int(found[2]) > 12:
            return "mdy"
    return "ymd"
