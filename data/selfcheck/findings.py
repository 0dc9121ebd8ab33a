"""What a check sees, and what it says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Final, Literal

from sqlalchemy import Connection

from data import clock
from data.coverage import CoverageMap
from data.regions import Regions
from data.semantic.registry import Registry
from data.semantic.spec import Cube

Severity = Literal["ok", "warn", "bad"]
RANK: Final[dict[Severity, int]] = {"bad": 0, "warn": 1, "ok": 2}


@dataclass(frozen=True)
class Finding:
    """One thing that needs a hand: ``subject`` is an indicator's code or a data set's name, ``since`` when it began."""

    severity: Severity
    subject: str
    what: str
    remedy: str
    since: date | None = None


@dataclass(frozen=True)
class Context:
    """One state of the database, with the declarations; ``shown`` are the codes of all boards, None if nobody knows."""

    connection: Connection
    registry: Registry
    shown: frozenset[str] | None = None
    today: date = field(default_factory=clock.today)

    @cached_property
    def regions(self) -> Regions:
        """The region tree."""
        return Regions.load(self.connection)

    @cached_property
    def coverage(self) -> CoverageMap:
        """Completeness by data set and district."""
        return CoverageMap.load(self.connection)

    @cached_property
    def sources(self) -> dict[str, tuple[Cube, ...]]:
        """The cubes over each data set, by its name."""
        found: dict[str, list[Cube]] = {}
        for cube in self.registry.cubes.values():
            found.setdefault(cube.fact_name, []).append(cube)
        return {fact: tuple(cubes) for fact, cubes in found.items()}

    def source_zh(self, fact: str) -> str:
        """A data set's word."""
        return str(self.sources[fact][0].fact.__table__.comment)

    def promised_every(self, fact: str) -> int:
        """Days after which a district's silence is a delay."""
        return max(cube.expected_every for cube in self.sources[fact])


@dataclass(frozen=True)
class Check:
    """One kind of fault. ``examine`` yields each; ``fine`` says what is in order where there is none."""

    name: str
    zh: str
    examine: Callable[[Context], Iterator[Finding]]
    fine: Callable[[Context], str]


@dataclass(frozen=True)
class Result:
    """What a check found: nothing is proof that it looked, so ``fine`` says at what."""

    name: str
    zh: str
    findings: tuple[Finding, ...]
    fine: str = ""

    @property
    def severity(self) -> Severity:
        """The gravest of its findings."""
        return min((finding.severity for finding in self.findings), key=RANK.__getitem__, default="ok")
