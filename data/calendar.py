"""Holidays and make-up working days: which days are worked, and what explains a dip in a curve."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from sqlalchemy import Connection, select

from data.models import CalendarDay


@dataclass(frozen=True)
class Holiday:
    """Consecutive days off: ``first <= day <= last``."""

    name: str
    first: date
    last: date


class Calendar:
    """The calendar as the database has it; a year without rows follows the week alone."""

    def __init__(self, days: dict[date, tuple[str, str]]) -> None:
        self._days = days

    @classmethod
    def load(cls, connection: Connection) -> Calendar:
        """Read it."""
        return cls({row.day: (row.kind, row.name) for row in connection.execute(select(CalendarDay.__table__))})

    @property
    def years(self) -> frozenset[int]:
        """Years that have rows."""
        return frozenset(day.year for day in self._days)

    def is_working(self, day: date) -> bool:
        """Whether ``day`` is worked."""
        kind, _ = self._days.get(day, ("", ""))
        return kind == "workday" or (kind != "holiday" and day.weekday() < 5)

    def working_days(self, after: date, until: date) -> int:
        """Working days in ``after < day <= until``; none where ``until`` is not later."""
        days = (date.fromordinal(number) for number in range(after.toordinal() + 1, until.toordinal() + 1))
        return sum(map(self.is_working, days))

    def holidays(self, name: str, lo: date, hi: date) -> list[Holiday]:
        """Holidays called ``name`` within ``[lo, hi)``."""
        days = sorted(
            d for d, (kind, word) in self._days.items() if kind == "holiday" and word == name and lo <= d < hi
        )
        spans = groupby(enumerate(days), key=lambda pair: pair[1] - timedelta(days=pair[0]))
        runs = [[day for _, day in run] for _, run in spans]
        return [Holiday(name, run[0], run[-1]) for run in runs]
