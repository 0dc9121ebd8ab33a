"""Columns of the benchmark's tables: days, codes, words and places, drawn with numpy."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.reference.load import region_rows

Column = NDArray[Any]
Batch = dict[str, Column]

SINCE = date(2023, 10, 1)
UNTIL = date(2026, 11, 1)
"""37 months, the day after the last one."""

RUN_ID = 1
NOTHING: Column = np.array(None, dtype=object)
NEVER = -1
"""The day number of a day that is missing."""

SPRING_FESTIVALS = ("2024-02-10", "2025-01-29", "2026-02-17")
DISTRICT_WEIGHTS = {
    "321202": 0.19,
    "321203": 0.14,
    "321204": 0.15,
    "321282": 0.16,
    "321283": 0.18,
    "321281": 0.15,
    "321200-B": 0.03,
}


def places(random: np.random.Generator, count: int) -> tuple[Column, Column]:
    """Towns and their districts: districts by weight, towns of one evenly."""
    towns, weights = _towns()
    chosen = random.choice(len(towns), count, p=weights)
    return towns[chosen, 0], towns[chosen, 1]


@cache
def _towns() -> tuple[Column, Column]:
    """Every town with its district, and its weight; a district without towns stands for itself."""
    rows = list(region_rows())
    found, weights = [], []
    for district, weight in DISTRICT_WEIGHTS.items():
        inside = [row["id"] for row in rows if row["kind"] == "town" and row["parent_id"] == district] or [district]
        found += [(town, district) for town in inside]
        weights += [weight / len(inside)] * len(inside)
    return np.array(found, dtype=object), np.array(weights)


def parts(columns: Batch, order: Column, rows: int = 200_000) -> Iterator[Batch]:
    """The rows of ``columns`` in an order, some at a time."""
    for some in np.array_split(order, max(1, len(order) // rows)):
        yield {name: column[some] for name, column in columns.items()}


def day_number(day: date) -> int:
    """Days since 1970."""
    return (day - date(1970, 1, 1)).days


def month_start(index: int) -> date:
    """The first day of the month ``index`` months after the first."""
    months = SINCE.year * 12 + SINCE.month - 1 + index
    return date(months // 12, months % 12 + 1, 1)


def day_weights(first: int, days: int) -> Column:
    """Share of each day: autumn and spring are busy, weekends busier than Mondays, festivals quiet."""
    stamps = [date(1970, 1, 1) + timedelta(days=first + i) for i in range(days)]
    season = np.array([1 + 0.25 * np.sin((day.timetuple().tm_yday - 60) / 58.1) for day in stamps])
    week = np.array([(0.8, 0.9, 0.95, 1.0, 1.1, 1.25, 1.0)[day.weekday()] for day in stamps])
    quiet = np.ones(days)
    for festival in SPRING_FESTIVALS:
        at = day_number(date.fromisoformat(festival)) - first
        quiet[at - 3 : at + 9] = 0.12
    weights: Column = season * week * quiet
    return weights / weights.sum()


def words(known: tuple[str, ...], index: Column) -> Column:
    """Words by their index."""
    return np.array(known, dtype=object)[index]


def codes(prefix: str, numbers: Column) -> Column:
    """Numbers of eight digits behind a prefix."""
    return np.array([f"{prefix}{n:08d}" for n in numbers.tolist()], dtype=object)


def names(suffix: str, numbers: Column) -> Column:
    """Numbers before a suffix."""
    known = {n: f"{n}{suffix}" for n in np.unique(numbers).tolist()}
    return np.array([known[n] for n in numbers.tolist()], dtype=object)


_ISO: dict[int, str | None] = {-1: None}


def dates(days: Column) -> Column:
    """Day numbers as ISO text, -1 as missing."""
    for n in np.unique(days).tolist():
        if n not in _ISO:
            _ISO[n] = (date(1970, 1, 1) + timedelta(days=n)).isoformat()
    return np.array([_ISO[n] for n in days.tolist()], dtype=object)
