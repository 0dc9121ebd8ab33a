"""Values outside the range of the last year: worth a second look, never refused."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Connection, func, select, type_coerce

from data.db import Database
from data.errors import TooSlow
from data.ingest.dataset import Dataset
from data.ingest.parse import Parsed

Limits = dict[tuple[str, str], tuple[float, float]]
"""Smallest and largest size by figure and district."""

YEAR = timedelta(days=365)
SHOWN = 100
"""Warnings that are listed; the rest is counted."""

TIMEOUT_S = 5.0
"""How long a file waits for the ranges: a warning is not worth more."""


@dataclass(frozen=True)
class Outlier:
    """A figure of one row, and the range of its district over the last year, in the figure's natural unit."""

    line: int
    label: str
    district: str
    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"第 {self.line} 行 {self.label} {self.value:,.10g}，上年范围 {self.low:,.10g}—{self.high:,.10g}"


class Ranges:
    """Smallest and largest size of each watched figure by district, over the year up to the newest row.

    Sizes are compared without their sign: a cancellation takes back what was once a usual contract. ``late`` where they
    could not be had in time: then nothing is compared.
    """

    def __init__(self, target: Dataset, limits: Limits, late: bool = False) -> None:
        self._target = target
        self._limits = limits
        self.late = late
        self.found: list[Outlier] = []
        self.count = 0

    @classmethod
    def load(cls, db: Database, target: Dataset) -> Ranges:
        """The ranges as the rows have them; none for an empty table."""
        try:
            with db.read(TIMEOUT_S) as connection:
                return cls(target, _limits(connection, target))
        except TooSlow:  # told on leaving the block, so it is caught out here
            return cls(target, {}, late=True)

    def look(self, rows: Iterable[Parsed]) -> None:
        """Collect what lies outside."""
        if not self._limits:
            return
        for parsed in rows:
            district = parsed.values.get("district_id", "")
            for column, label, over in self._target.watched:
                size = _value(parsed.values, column, over)
                limits = self._limits.get((label, district))
                if size is not None and limits and not limits[0] <= size <= limits[1]:
                    self._add(Outlier(parsed.line, label, district, size, *limits))

    def _add(self, outlier: Outlier) -> None:
        self.count += 1
        if len(self.found) < SHOWN:
            self.found.append(outlier)


def _limits(connection: Connection, target: Dataset) -> Limits:
    table = target.table
    day = table.c[target.day]
    newest = connection.execute(select(func.max(day))).scalar()
    if newest is None or not target.watched:
        return {}
    sizes = [_size(table, column, over) for column, _, over in target.watched]
    ends = [end for size in sizes for end in (func.min(size), func.max(size))]
    query = select(table.c.district_id, *ends).where(day > newest - YEAR).group_by(table.c.district_id)
    limits: Limits = {}
    for district, *found in connection.execute(query):
        for place, (column, label, over) in enumerate(target.watched):
            low, high = found[2 * place : 2 * place + 2]
            scale = 1 if over else 10 ** -target.by_name[column].decimals
            if low is not None:
                limits[label, district] = (float(low) * scale, float(high) * scale)
    return limits


def _size(table: Any, column: str, over: str | None) -> Any:
    top = func.abs(type_coerce(table.c[column], BigInteger))
    if over is None:
        return top
    return top * 1.0 / func.nullif(func.abs(type_coerce(table.c[over], BigInteger)), 0)


def _value(values: dict[str, Any], column: str, over: str | None) -> float | None:
    top, below = values.get(column), values.get(over) if over else Decimal(1)
    if top is None or not below:
        return None
    return float(abs(Decimal(top) / Decimal(below)))
