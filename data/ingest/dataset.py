"""What a data set that files can be read into is, derived from its SQLAlchemy model.

Names, Chinese words, code lists, lengths, decimals, the natural key and what is required all come from the model;
:class:`Dataset` adds only what a model can't say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal

from sqlalchemy import Column, Connection, Date, Integer, String, Table

from data import clock
from data.models.types import Fixed

REGION = "region"
"""The one field that no fact has as a column: where the row belongs, from which both region columns follow."""

DISTRICTS = ("所属区市", "所在区市", "区市", "区县", "行政区", "行政区划", "所在区划", "区域", "district", "town")
"""Headings under which files give a row's district."""

_OWN = frozenset({"id", "run_id", "region_id", "district_id"})

Kind = Literal["text", "key", "number", "day", "code", "region"]
Values = dict[str, Any]


@dataclass(frozen=True)
class Problem:
    """What is wrong with one field of a row, in the clerk's words; an empty ``field`` means the row as a whole."""

    field: str
    value: str
    reason: str
    remedy: str


@dataclass(frozen=True)
class Field:
    """One column that a file may fill."""

    name: str
    zh: str
    kind: Kind
    required: bool = False
    is_key: bool = False
    codes: Mapping[str, str] = field(default_factory=dict)
    length: int | None = None
    decimals: int = 0
    unit: str = ""
    low: Decimal | date | None = None
    high: Decimal | date | None = None
    default: Any = None

    @property
    def label(self) -> str:
        """The Chinese word, starred where the field must be filled."""
        return f"{self.zh} *" if self.required else self.zh


@dataclass(frozen=True)
class Head:
    """A table of natural keys that rows of a data set bring with them: ``values`` are columns head → row."""

    model: type[Any]
    key: str
    values: Mapping[str, str]
    refreshed_by: str = ""
    """Column of the data set by which the newest row names the head; empty: a head is only ever made."""


@dataclass(frozen=True)
class Reference:
    """A column whose value must be a key of another table; ``source`` is the data set that fills that table.

    ``owner`` is the table whose rows say in which district the key lies, where ``model`` doesn't.
    """

    column: str
    model: type[Any]
    key: str
    source: str
    owner: type[Any] | None = None

    @property
    def owned_by(self) -> Column[Any]:
        """The key in the table whose rows say in which district it lies."""
        owner = (self.owner or self.model).__table__
        found: Column[Any] = owner.c[self.key]
        return found


@dataclass(frozen=True)
class Follow:
    """What is recomputed after rows landed: ``derive`` for the values of ``column``, which writes to ``facts`` too.

    With ``since``, ``derive`` is also told each value's first day among the changed rows: no earlier ones can differ.
    ``own`` puts back, in rows read from the table, the values that their own file gave and others have overridden.
    """

    column: str
    derive: Callable[..., None]
    facts: tuple[type[Any], ...] = ()
    since: bool = False
    own: Callable[[Connection, list[Values]], None] | None = None


@dataclass(frozen=True, eq=False)
class Dataset:
    """A fact as the target of a file.

    ``day`` is the column by which coverage and last year's range are judged. ``units`` name what numbers are counted
    in, ``limits`` what is plausible, ``past`` the days that can't lie ahead, ``watched`` the figures compared with
    last year's range (a column, or one column over another). ``complete`` fills the columns ``completed`` from other
    fields; ``check`` finds contradictions between them; ``follow`` is recomputed after a write. ``assumed`` are the
    constants proposed for fields a file lacks. ``owned`` are columns besides the first of the key that name a thing of
    one district, each with a table whose rows say which: accounts of other districts can't write to it.
    """

    model: type[Any]
    day: str
    units: Mapping[str, str] = field(default_factory=dict)
    limits: Mapping[str, tuple[Decimal | None, Decimal | None]] = field(default_factory=dict)
    past: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    references: tuple[Reference, ...] = ()
    heads: tuple[Head, ...] = ()
    watched: tuple[tuple[str, str, str | None], ...] = ()
    synonyms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    samples: Mapping[str, Any] = field(default_factory=dict)
    assumed: Mapping[str, Any] = field(default_factory=dict)
    complete: Callable[[Values], None] | None = None
    completed: tuple[str, ...] = ()
    follow: Follow | None = None
    check: Callable[[Values], list[Problem]] | None = None
    owned: tuple[tuple[str, type[Any]], ...] = ()

    @property
    def table(self) -> Table:
        """Its table."""
        return self.model.__table__

    @property
    def name(self) -> str:
        """Name in the fact catalogue, ``sales_contract``."""
        return str(self.table.info["fact"])

    @property
    def zh(self) -> str:
        """Name in Chinese."""
        return str(self.table.comment)

    @property
    def key(self) -> tuple[str, ...]:
        """Columns of the natural key."""
        return tuple(self.table.info["key"])

    @property
    def owners(self) -> tuple[tuple[str, Column[Any]], ...]:
        """Columns that name a thing, each with the column of a table whose rows say in which district it lies."""
        pairs = ((self.key[0], self.model), *self.owned)
        return tuple((name, model.__table__.c[name]) for name, model in pairs)

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """All that a file may fill, in the table's order, the region last."""
        columns = [
            self._field(column)
            for column in self.table.columns
            if column.name not in _OWN and not column.info.get("derived")
        ]
        return (*columns, Field(REGION, "所属区划", "region", required=True))

    @property
    def facts(self) -> tuple[type[Any], ...]:
        """Tables that a write to it may change."""
        return (self.model, *(self.follow.facts if self.follow else ()))

    @cached_property
    def by_name(self) -> dict[str, Field]:
        """Fields by name."""
        return {item.name: item for item in self.fields}

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Columns whose values decide whether a row is unchanged."""
        return (*(item.name for item in self.fields if item.name != REGION), "region_id", "district_id")

    def zh_of(self, name: str) -> str:
        """Chinese word of a field."""
        found = self.by_name.get(name)
        return found.zh if found else name

    def _field(self, column: Column[Any]) -> Field:
        name, codes = column.name, column.info.get("codes")
        low, high = self.limits.get(name, (None, None))
        references = {reference.column for reference in self.references}
        kind: Kind = "text"
        if codes:
            kind = "code"
        elif isinstance(column.type, Date):
            kind = "day"
        elif isinstance(column.type, (Fixed, Integer)):
            kind = "number"
        elif name in self.key or name in references or column.foreign_keys or name.endswith(("_no", "_code")):
            kind = "key"
        return Field(
            name,
            str(column.comment),
            kind,
            required=not column.nullable and column.default is None and name not in self.optional,
            is_key=name in self.key,
            codes=codes or {},
            length=column.type.length if isinstance(column.type, String) else None,
            decimals=column.type.decimals if isinstance(column.type, Fixed) else 0,
            unit=self.units.get(name, ""),
            low=low,
            high=high,
            default=getattr(column.default, "arg", None),
        )


def in_order(values: Values, earlier: str, later: str, reason: str) -> list[Problem]:
    """A problem where the day ``later`` lies before ``earlier``; either may be missing."""
    first, last = values.get(earlier), values.get(later)
    if first is None or last is None or first <= last:
        return []
    return [Problem(later, last.isoformat(), reason, "核对两个日期")]


def plausible(item: Field, value: Any, past: frozenset[str]) -> Problem | None:
    """A problem where a value can't be true by itself; None where it can."""
    if item.kind == "day" and item.name in past and value > clock.today():
        return Problem(item.name, value.isoformat(), "日期在今天之后", "核对年份")
    if item.kind == "number" and item.low is not None and value < item.low:
        return Problem(item.name, str(value), f"小于 {item.low:,f}，不合理", "核对数值与单位")
    if item.kind == "number" and item.high is not None and value > item.high:
        return Problem(item.name, str(value), f"大于 {item.high:,f}，不合理", "核对数值与单位")
    return None
