"""One installation put together: settings, database, declarations and engine, passed to whoever needs them."""

from __future__ import annotations

from datetime import timedelta

from data import clock
from data.calendar import Calendar
from data.cubes import ALL_CUBES
from data.db import Database
from data.indicators import ALL_INDICATORS
from data.judgement import Judgement
from data.regions import Regions
from data.semantic.engine import Engine
from data.semantic.registry import Registry
from data.settings import Settings


def standard_registry() -> Registry:
    """All cubes and indicators that are declared in this package."""
    return Registry(ALL_CUBES, ALL_INDICATORS)


class Platform:
    """Everything below the glass, for one application."""

    def __init__(self, settings: Settings, registry: Registry | None = None) -> None:
        self.settings = settings
        if settings.clock_shift_days:
            clock.shift(timedelta(days=settings.clock_shift_days))
        self.db = Database(settings.url, settings.statement_timeout_s)
        self.registry = registry or standard_registry()
        self.engine = Engine(self.db, self.registry, settings.cache_entries)

        self._judgement: tuple[tuple[int, ...], Judgement, Calendar] | None = None

    def regions(self) -> Regions:
        """The region tree in force."""
        return self.engine.regions()

    def judgement(self) -> Judgement:
        """Targets and limits in force."""
        return self._reference()[1]

    def calendar(self) -> Calendar:
        """Holidays and working days in force."""
        return self._reference()[2]

    def _reference(self) -> tuple[tuple[int, ...], Judgement, Calendar]:
        with self.engine.reading() as now:
            key = tuple(now.versions.get(name, 0) for name in ("targets", "limits", "calendar"))
            kept = self._judgement
            if kept is None or kept[0] != key:
                kept = self._judgement = key, Judgement.load(now.connection), Calendar.load(now.connection)
            return kept
