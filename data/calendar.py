"""Holidays and make-up working days: which days are worked, and what explains a dip in a curve."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from sqlalchemy import Connection, select

from data.models import CalendarDay

SPRING_FESTIVAL = "春节"


@dataclass(frozen=True)
class Holiday:
    """Consecutive days off under one name: ``first <= day <= last``."""

    name: str
    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days."""
        return (self.last - self.first).days + 1


class Calendar:
    """The calendar as the database has it; a year without rows follows the week alone."""

    def __init__(self, days: dict[date, tuple[str, str]]) -> None:
        self._days = dict(sorted(days.items()))

    @classmethod
    def load(cls, connection: Connection) -> Calendar:
        """Read it."""
        return cls({row.day: (row.kind, row.name) for row in connection.execute(select(CalendarDay.__table__))})

    @property
    def years(self) -> frozenset[int]:
        """Years that have rows."""
        return frozenset(day.year for day in self._days)

    def missing(self, lo: date, hi: date) -> list[int]:
        """Years of ``[lo, hi)`` whose holidays nobody has entered."""
        return [year for year in range(lo.year, (hi - timedelta(days=1)).year + 1) if year not in self.years]

    def is_working(self, day: date) -> bool:
        """Whether ``day`` is worked."""
        kind, _ = self._days.get(day, ("", ""))
        return kind == "workday" or (kind != "holiday" and day.weekday() < 5)

    def working_days(self, after: date, until: date) -> int:
        """Working days in ``after < day <= until``; none where ``until`` is not later."""
        days = (date.fromordinal(number) for number in range(after.toordinal() + 1, until.toordinal() + 1))
        return sum(map(self.is_working, days))

    def holidays(self) -> list[Holiday]:
        """All holidays, in order of time; one that runs over New Year's Eve stays one."""
        return [Holiday(name, first, last) for name, first, last in _runs(self._named("holiday"))]

    def make_up_days(self, year: int) -> list[tuple[date, str]]:
        """Days of ``year`` that are worked although the week says otherwise, with their names."""
        return [(day, name) for day, name in self._named("workday") if day.year == year]

    def _named(self, kind: str) -> list[tuple[date, str]]:
        return [(day, name) for day, (found, name) in self._days.items() if found == kind]


def _runs(days: Iterable[tuple[date, str]]) -> Iterator[tuple[str, date, date]]:
    """Consecutive days of one name as ``(name, first, last)``."""
    spans = groupby(enumerate(days), key=lambda pair: (pair[1][1], pair[1][0] - timedelta(days=pair[0])))
    for (name, _), run in spans:
        found = [day for _, (day, _) in run]
        yield name, found[0], found[-1]
