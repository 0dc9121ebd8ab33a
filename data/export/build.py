"""Tables made from what the engine answers: figures from an ``Answer``, records from the rows behind a figure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby, product
from typing import Any, Literal, Protocol

from data.definitions import Definitions, Revision
from data.export.table import Cell, ChartKind, Column, Definition, Kind, Labels, Notes, Table
from data.regions import Regions
from data.semantic.registry import Registry
from data.semantic.spec import CITY, Answer, Bucket, Filter, Indicator, Member, Reported

Layout = Literal["long", "by_period", "by_member"]
TOTAL = "合计"

COMPLETENESS = Column("完整性")
"""Column of a table by period in which some period is not whole: how many districts it has, and who is late."""


class RowColumn(Protocol):
    """A column of the rows behind a figure, as the engine describes it."""

    @property
    def name(self) -> str:
        """Key of the row's dictionary."""

    @property
    def zh(self) -> str:
        """Heading."""

    @property
    def kind(self) -> str:
        """What its values are."""

    @property
    def decimals(self) -> int:
        """Decimals shown; 0 where the column doesn't say."""


_ROW_KINDS: dict[str, Kind] = {"integer": "integer", "number": "number", "date": "date"}
"""Kinds of the engine's columns; texts and codes, which come as words, are text."""


def from_answer(
    answer: Answer,
    registry: Registry,
    labels: Labels,
    *,
    layout: Layout = "long",
    title: str = "",
    period: str = "",
    comparison: str = "",
    chart: ChartKind | None = None,
) -> Table:
    """The figures of ``answer``, each as the engine gave it: missing stays missing, nothing is rounded.

    ``long`` is one row for each bucket and member; ``by_period`` one for each bucket, a column a member (a trend);
    ``by_member`` one for each member, a column a bucket (this period beside the last). Where a bucket of a table by
    buckets is not whole, a last column says so of each. ``chart`` is dropped where
    rows have two headings, which no plain chart can show.
    """
    grid = _Grid.of(answer, registry, labels)
    columns, rows, heads = _LAYOUTS[layout](grid)
    if layout != "by_member" and any(one.late or one.holes for one in answer.reported):
        each = len(grid.members) if layout == "long" else 1
        columns.append(COMPLETENESS)
        words = [completeness(one, labels) for one in answer.reported]
        rows = [[*row, words[i // each]] for i, row in enumerate(rows)]
    notes = notes_of(answer, registry, labels, period=period)
    units = "、".join(dict.fromkeys(indicator.unit for indicator in grid.indicators))
    parts = (f"单位：{units}" if units else "", notes.period, comparison)
    return Table(
        title or "、".join(indicator.zh for indicator in grid.indicators),
        tuple(columns),
        rows,
        notes,
        subtitle=" · ".join(filter(None, parts)),
        unit=units,
        heads=heads,
        chart=chart if heads == 1 else None,
    )


def from_rows(
    columns: Sequence[RowColumn],
    rows: Iterable[Mapping[str, Any]],
    *,
    title: str,
    notes: Notes,
    subtitle: str = "",
) -> Table:
    """Records as they come, one at a time: ``rows`` may be longer than memory."""
    typed = tuple(_row_column(column) for column in columns)
    names = [column.name for column in columns]
    return Table(title, typed, (_record(row, names, typed) for row in rows), notes, subtitle=subtitle)


def notes_of(answer: Answer, registry: Registry, labels: Labels, *, period: str = "") -> Notes:
    """Definition, period, filters, source, data-as-of and completeness of ``answer``; who and when is the door's."""
    query = answer.query
    indicators = [registry[code] for code in query.indicators]
    cubes = [cube for code in query.indicators for cube in registry.cubes_of(code)]
    remarks = (
        *_ignored(answer, registry),
        *(f"{_name(bucket)} 进行中，计至 {answer.as_of}" for bucket in _open(query.buckets, answer.as_of)),
    )
    return Notes(
        period=period or _span(query.buckets),
        filters=filter_text(query.where, query.indicators, registry, labels),
        source="、".join(dict.fromkeys(filter(None, (cube.system for cube in cubes)))),
        as_of=answer.watermark,
        reported=_reported(query.buckets, answer.reported, labels),
        whole=all(reported.whole for reported in answer.reported),
        demo=answer.demo,
        definitions=tuple(_definition(indicator) for indicator in indicators),
        remarks=remarks,
    )


def in_force(notes: Notes, definitions: Definitions, day: date | None) -> Notes:
    """``notes`` with the definitions as they were valid on ``day``, and since when another one is."""
    told, remarks = [], list(notes.remarks)
    for definition in notes.definitions:
        then = definitions.at(definition.code, day) if day else None
        if then is None or then.until is None:
            told.append(definition)
            continue
        valid = {"unit": then.unit, "definition": then.definition, "formula": then.formula, "basis": then.basis}
        told.append(replace(definition, **valid))
        remarks.append(changed_since(definition.zh, then, definitions.history(definition.code)))
    return replace(notes, definitions=tuple(told), remarks=tuple(remarks))


def changed_since(zh: str, then: Revision, history: Sequence[Revision]) -> str:
    """What must be said beside a definition that is not today's: since when it is not, what changed, and why."""
    later = [revision for revision in reversed(history) if revision.valid_from > then.valid_from]
    said = "；".join(f"{r.valid_from.isoformat()} 起改{'、'.join(r.changed)}（{r.author}：{r.reason}）" for r in later)
    counted = "，本表数值按现行取数重算" if any("取数" in revision.changed for revision in later) else ""
    return f"{zh}：以上为当时口径，{said}{counted}"


# --- layouts ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Grid:
    """An answer with its names: what all layouts are cut from."""

    answer: Answer
    indicators: list[Indicator]
    members: list[Member]
    names: dict[Member, tuple[str, ...]]
    dims: list[str]

    @classmethod
    def of(cls, answer: Answer, registry: Registry, labels: Labels) -> _Grid:
        query = answer.query
        seen = dict.fromkeys(member for code in query.indicators for member in answer[code].values)
        # A total beside its parts reads as the last line, as in every statistical table.
        members = sorted(seen, key=lambda member: bool(query.by) and not member)
        found = [labels(dim, [member[i] for member in members if member]) for i, dim in enumerate(query.by)]
        names = {
            member: tuple(words.get(key, key) for words, key in zip(found, member, strict=True))
            if member
            else (TOTAL, *("",) * (len(query.by) - 1))[: len(query.by)]
            for member in members
        }
        indicators = [registry[code] for code in query.indicators]
        return cls(answer, indicators, members, names, [_dim_zh(dim, query.indicators, registry) for dim in query.by])

    @property
    def buckets(self) -> tuple[Bucket, ...]:
        return self.answer.query.buckets

    def value(self, indicator: Indicator, member: Member, i: int) -> float | None:
        values = self.answer[indicator.code].values.get(member, ())
        return values[i] if i < len(values) else None

    def title(self, indicator: Indicator, name: str) -> str:
        """Heading of a column for one indicator and one member or bucket."""
        return " ".join(filter(None, (indicator.zh if len(self.indicators) > 1 or not name else "", name)))


_Cut = tuple[list[Column], list[list[Cell]], int]


def _long(grid: _Grid) -> _Cut:
    period = _period_column(grid.buckets)
    columns = [period, *(Column(zh) for zh in grid.dims), *(_value_column(i, i.zh) for i in grid.indicators)]
    rows: list[list[Cell]] = [
        [_period_cell(bucket, period), *grid.names[member], *(grid.value(ind, member, i) for ind in grid.indicators)]
        for (i, bucket), member in product(enumerate(grid.buckets), grid.members)
    ]
    return columns, rows, 1 + len(grid.dims)


def _by_period(grid: _Grid) -> _Cut:
    period = _period_column(grid.buckets)
    pairs = list(product(grid.indicators, grid.members))
    columns = [period, *(_value_column(ind, grid.title(ind, " ".join(grid.names[m]).strip())) for ind, m in pairs)]
    rows: list[list[Cell]] = [
        [_period_cell(bucket, period), *(grid.value(ind, member, i) for ind, member in pairs)]
        for i, bucket in enumerate(grid.buckets)
    ]
    return columns, rows, 1


def _by_member(grid: _Grid) -> _Cut:
    pairs = [(ind, i, bucket) for ind in grid.indicators for i, bucket in enumerate(grid.buckets)]
    heads = [Column(zh) for zh in grid.dims] or [Column("范围")]
    only = len(grid.buckets) == 1
    columns = [*heads, *(_value_column(ind, ind.zh if only else grid.title(ind, _name(b))) for ind, _, b in pairs)]
    rows: list[list[Cell]] = [
        [*(grid.names[member] or (TOTAL,)), *(grid.value(ind, member, i) for ind, i, _ in pairs)]
        for member in grid.members
    ]
    return columns, rows, len(heads)


_LAYOUTS: dict[str, Callable[[_Grid], _Cut]] = {"long": _long, "by_period": _by_period, "by_member": _by_member}


def _value_column(indicator: Indicator, zh: str) -> Column:
    kind: Kind = "percent" if indicator.unit == "%" else "number"
    return Column(zh, kind, indicator.decimals, indicator.unit)


def _period_column(buckets: Sequence[Bucket]) -> Column:
    """Months and days are typed as such, so that a spreadsheet sorts and groups them; other periods are words."""
    if buckets and all(bucket.lo.day == 1 and bucket.hi == _next_month(bucket.lo) for bucket in buckets):
        return Column("月份", "month")
    if buckets and all(bucket.hi - bucket.lo == timedelta(days=1) for bucket in buckets):
        return Column("日期", "date")
    return Column("期间")


def _period_cell(bucket: Bucket, column: Column) -> Cell:
    return _name(bucket) if column.kind == "text" else bucket.lo


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def _record(row: Mapping[str, Any], names: Sequence[str], columns: Sequence[Column]) -> list[Cell]:
    return [_typed(row.get(name), column) for name, column in zip(names, columns, strict=True)]


def _row_column(column: RowColumn) -> Column:
    kind = _ROW_KINDS.get(column.kind, "text")
    # Amounts and areas are kept to two decimals (分, 0.01 ㎡) throughout; a column may say otherwise.
    return Column(column.zh, kind, column.decimals or 2 if kind == "number" else 0)


def _typed(value: Any, column: Column) -> Cell:
    """A text column holds text: a code of digits must not become a number on its way out."""
    return str(value) if column.kind == "text" and value is not None else value


# --- words -----------------------------------------------------------------------------------------------------


def _name(bucket: Bucket) -> str:
    last = bucket.hi - timedelta(days=1)
    return bucket.label or (f"{bucket.lo}" if last == bucket.lo else f"{bucket.lo}至{last}")


def _span(buckets: Sequence[Bucket]) -> str:
    names = list(dict.fromkeys(_name(bucket) for bucket in (*buckets[:1], *buckets[-1:])))
    return "—".join(names)


def _open(buckets: Sequence[Bucket], as_of: date | None) -> Iterator[Bucket]:
    return (bucket for bucket in buckets if as_of and bucket.lo <= as_of < bucket.hi - timedelta(days=1))


def _definition(indicator: Indicator) -> Definition:
    return Definition(
        indicator.code,
        indicator.zh,
        indicator.unit,
        indicator.definition,
        indicator.formula,
        indicator.owner,
        indicator.basis,
    )


def _dim_zh(name: str, codes: Sequence[str], registry: Registry) -> str:
    for code in codes:
        for cube in registry.cubes_of(code):
            if name in cube.dim_names:
                return cube.dim(name).zh
    return name


def full_labels(labels: Labels, regions: Regions) -> Labels:
    """``labels`` with regions by their full names, as a report writes them; charts have room for the short ones."""

    def named(dim: str, members: Sequence[str]) -> dict[str, str]:
        found = labels(dim, members)
        return {m: regions.name(m) if m in regions.nodes else found.get(m, m) for m in members}

    return named


def filter_text(where: Filter, codes: Sequence[str], registry: Registry, labels: Labels) -> str:
    """``区域：泰兴市；用途：住宅、商业``."""
    region = "全市" if where.region == CITY else labels("district", [where.region]).get(where.region, where.region)
    parts = [f"区域：{region}"]
    for dim, members in where.allow:
        words = labels(dim, list(members))
        parts.append(f"{_dim_zh(dim, codes, registry)}：{'、'.join(words.get(member, member) for member in members)}")
    return "；".join(parts)


def _ignored(answer: Answer, registry: Registry) -> Iterator[str]:
    for code in answer.query.indicators:
        if dims := answer[code].ignored:
            # The dimension is unknown to this indicator; the name comes from any cube that has it.
            named = [registry.dims[dim].zh if dim in registry.dims else dim for dim in dims]
            yield f"{registry[code].zh} 不适用此筛选：{'、'.join(named)}"


def _reported(buckets: Sequence[Bucket], reported: Sequence[Reported], labels: Labels) -> str:
    """``6/6``, or each period that is not whole with who is late; neighbours of which the same is said as one."""
    if all(one.whole for one in reported):
        return completeness(reported[-1], labels) if reported else ""
    told = [
        (bucket, completeness(one, labels)) for bucket, one in zip(buckets, reported, strict=False) if not one.whole
    ]
    groups = ([bucket for bucket, _ in group] for _, group in groupby(told, key=lambda pair: pair[1]))
    words = (word for word, _ in groupby(word for _, word in told))
    return "；".join(f"{_span(group)} {word}" for group, word in zip(groups, words, strict=True))


def completeness(one: Reported, labels: Labels) -> str:
    """``5/6（姜堰区缺 2026-06-01 至 2026-06-30）``: how many districts a period has of those expected, who is late."""
    words = labels("district", [*(district for district, _ in one.late), *(district for district, *_ in one.holes)])
    late = (f"{words.get(district, district)}报至 {until}" for district, until in one.late)
    holes = (f"{words.get(district, district)}缺 {first} 至 {last}" for district, first, last in one.holes)
    who = "、".join((*late, *holes))
    return f"{len(one.done)}/{len(one.expected)}" + (f"（{who}）" if who else "")
