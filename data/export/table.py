"""A table ready to leave the house: typed columns, rows, and the notes without which its numbers mean nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from data import clock

Kind = Literal["text", "number", "integer", "percent", "date", "datetime", "month"]
Cell = str | int | float | Decimal | date | datetime | None
ChartKind = Literal["line", "column", "bar"]
Labels = Callable[[str, Sequence[str]], Mapping[str, str]]
"""Names of a dimension's members: ``labels("use", ["residential"])`` → ``{"residential": "住宅"}``."""

DEMO_STAMP = "演示数据"


@dataclass(frozen=True)
class Column:
    """One column. ``decimals`` are those shown, not those kept; a percent is in percentage points, as on screen.

    ``drawn`` says whether a chart over the table may draw it.
    """

    zh: str
    kind: Kind = "text"
    decimals: int = 0
    unit: str = ""
    drawn: bool = True

    @property
    def heading(self) -> str:
        """Its heading, unit included: ``网签面积（万㎡）``."""
        return f"{self.zh}（{self.unit}）" if self.unit and self.unit not in self.zh else self.zh

    @property
    def is_value(self) -> bool:
        """Whether it holds figures that can be drawn."""
        return self.kind in ("number", "integer", "percent")


@dataclass(frozen=True)
class Definition:
    """What one indicator means, as declared."""

    code: str
    zh: str
    unit: str
    definition: str
    formula: str = ""
    owner: str = ""
    basis: str = ""

    def lines(self) -> list[tuple[str, str]]:
        """Pairs of heading and content; what is not declared is left out."""
        pairs = [
            ("指标", f"{self.zh}（{self.code}）"),
            ("单位", self.unit),
            ("口径", self.definition),
            ("公式", self.formula),
            ("责任处室", self.owner),
            ("依据", self.basis),
        ]
        return [(name, text) for name, text in pairs if text]


@dataclass(frozen=True)
class Notes:
    """What must be known to quote a figure. ``as_of`` is the data's day (数据截至), ``at`` the export's instant."""

    period: str = ""
    filters: str = ""
    source: str = ""
    as_of: date | None = None
    reported: str = ""
    whole: bool = True
    demo: bool = False
    definitions: tuple[Definition, ...] = ()
    marks: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    by: str = ""
    at: datetime | None = None

    @property
    def as_of_text(self) -> str:
        """``数据截至 2026-10-31``, or that there are no data."""
        return f"数据截至 {self.as_of.isoformat()}" if self.as_of else "尚无数据"

    def lines(self) -> list[tuple[str, str]]:
        """All notes as pairs of heading and content."""
        pairs = [
            ("数据性质", f"{DEMO_STAMP}：系统生成，不是真实统计，不得引用" if self.demo else ""),
            ("期间", self.period),
            ("筛选", self.filters),
            ("数据截至", self.as_of.isoformat() if self.as_of else "尚无数据"),
            ("已报区市", self.reported),
            ("来源系统", self.source),
            *(pair for definition in self.definitions for pair in definition.lines()),
            *(("标注", mark) for mark in self.marks),
            *(("说明", remark) for remark in self.remarks),
            ("导出人", self.by),
            ("导出时间", clock.local(self.at).strftime("%Y-%m-%d %H:%M:%S") if self.at else ""),
        ]
        return [(name, text) for name, text in pairs if text]


@dataclass(frozen=True)
class Table:
    """A table. ``rows`` may be an iterator read once: nothing here keeps them.

    The first ``heads`` columns say what a row is about; ``chart`` is the native chart that an XLSX puts beside it,
    drawn over the value columns that share the first one's unit.
    """

    title: str
    columns: tuple[Column, ...]
    rows: Iterable[Sequence[Cell]]
    notes: Notes = field(default_factory=Notes)
    subtitle: str = ""
    unit: str = ""
    heads: int = 1
    chart: ChartKind | None = None

    @property
    def summary(self) -> str:
        """The line under the title: unit and period, how whole the data are, their day, the demo stamp."""
        notes = self.notes
        parts = (
            self.subtitle,
            "" if notes.whole else f"已报 {notes.reported}",
            notes.as_of_text,
            DEMO_STAMP if notes.demo else "",
        )
        return " · ".join(filter(None, parts))

    def annotated(self, words: Sequence[str], lines: Sequence[str]) -> Table:
        """The table with a last column of what marks each row's period, and all marks among its notes."""
        rows = [[*row, word or None] for row, word in zip(self.rows, words, strict=True)]
        notes = replace(self.notes, marks=tuple(lines))
        return replace(self, columns=(*self.columns, Column("标注")), rows=rows, notes=notes)
