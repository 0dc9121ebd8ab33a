"""One installation put together: settings, database, declarations and engine, passed to whoever needs them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from data import clock
from data.calendar import Calendar
from data.cubes import ALL_CUBES
from data.db import Database
from data.definitions import Definitions
from data.indicators import ALL_INDICATORS
from data.judgement import Judgement
from data.marks import Marks
from data.regions import Regions
from data.semantic.engine import Engine
from data.semantic.registry import Registry
from data.settings import Settings


def standard_registry() -> Registry:
    """All cubes and indicators that are declared in this package."""
    return Registry(ALL_CUBES, ALL_INDICATORS)


REFERENCE = ("targets", "limits", "calendar", "marks", "definitions", "regions")
"""Versions on which what is kept of the reference data rests."""


@dataclass(frozen=True)
class Reference:
    """By what figures are judged and explained, as of these versions."""

    versions: tuple[int, ...]
    judgement: Judgement
    calendar: Calendar
    marks: Marks
    definitions: Definitions


class Platform:
    """Everything below the glass, for one application."""

    def __init__(self, settings: Settings, registry: Registry | None = None) -> None:
        self.settings = settings
        if settings.clock_shift_days:
            clock.shift(timedelta(days=settings.clock_shift_days))
        self.db = Database(settings.url, settings.statement_timeout_s)
        self.registry = registry or standard_registry()
        self.engine = Engine(self.db, self.registry, settings.cache_entries)

        self._kept: Reference | None = None

    def regions(self) -> Regions:
        """The region tree in force."""
        return self.engine.regions()

    def judgement(self) -> Judgement:
        """Targets and limits in force."""
        return self._reference().judgement

    def calendar(self) -> Calendar:
        """Holidays and working days in force."""
        return self._reference().calendar

    def marks(self) -> Marks:
        """What explains bends in curves."""
        return self._reference().marks

    def definitions(self) -> Definitions:
        """How indicators were defined when."""
        return self._reference().definitions

    def _reference(self) -> Reference:
        with self.engine.reading() as now:
            versions = tuple(now.versions.get(name, 0) for name in REFERENCE)
            kept = self._kept
            if kept is None or kept.versions != versions:
                connection = now.connection
                kept = self._kept = Reference(
                    versions,
                    Judgement.load(connection),
                    Calendar.load(connection),
                    Marks.load(connection, self.registry),
                    Definitions.load(connection),
                )
            return kept
