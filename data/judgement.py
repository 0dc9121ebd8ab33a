"""Targets and limits in force: the numbers against which figures are judged, all of them data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from data.models import Limit, Target


@dataclass(frozen=True)
class Bound:
    """A limit as it holds on a day: beyond ``value`` on ``side`` a figure is at ``level``."""

    level: str
    side: str
    value: float
    standard: str
    note: str

    def broken_by(self, value: float) -> bool:
        """Whether ``value`` lies beyond it."""
        return value > self.value if self.side == "high" else value < self.value


@dataclass(frozen=True)
class Aim:
    """A target and who set it."""

    value: float
    source: str


class Judgement:
    """All targets and limits, as the database has them."""

    def __init__(self, targets: list[Target], limits: list[Limit]) -> None:
        self._targets = {(t.indicator, t.district_id, t.year): Aim(t.value, t.source) for t in targets}
        self._limits = sorted(limits, key=lambda limit: limit.valid_from)

    @classmethod
    def load(cls, connection: Connection) -> Judgement:
        """Read them."""
        return cls(
            list(connection.execute(select(Target.__table__)).all()),  # type: ignore[arg-type]
            list(connection.execute(select(Limit.__table__)).all()),  # type: ignore[arg-type]
        )

    def bounds(self, code: str, on: date) -> tuple[Bound, ...]:
        """Limits of an indicator that are valid on a day, the mildest first; of each level and side the newest."""
        valid: dict[tuple[str, str], Bound] = {}
        for limit in self._limits:
            if limit.indicator == code and limit.valid_from <= on:
                found = Bound(limit.level, limit.side, limit.value, limit.standard, limit.note)
                valid[limit.level, limit.side] = found
        return tuple(sorted(valid.values(), key=lambda bound: bound.level, reverse=True))

    def level(self, code: str, value: float | None, on: date) -> str:
        """``alarm``, ``warn`` or empty: the gravest limit that ``value`` breaks."""
        if value is None:
            return ""
        broken = {bound.level for bound in self.bounds(code, on) if bound.broken_by(value)}
        return next((level for level in ("alarm", "warn") if level in broken), "")

    def target(self, code: str, region: str, year: int) -> Aim | None:
        """What an indicator is to reach in a region and year; None where nobody set it."""
        return self._targets.get((code, region, year))

    def history(self, code: str) -> list[Limit]:
        """All limits an indicator ever had, the newest first: each holds until the next of its level and side."""
        return [limit for limit in reversed(self._limits) if limit.indicator == code]
