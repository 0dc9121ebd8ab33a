"""One state of the database, and what every answer needs to know of it besides rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from sqlalchemy import Connection, select

from data.coverage import CoverageMap
from data.db import Database
from data.models import CubeState
from data.regions import Regions
from data.semantic.registry import Registry
from data.semantic.versions import read_versions

SHARED_VERSIONS = ("coverage", "regions")
"""Versions on which every answer rests, besides those of its cubes."""


@dataclass(frozen=True)
class Snapshot:
    """Regions, coverage and the cells of each rung; read again when their versions move."""

    key: tuple[int, ...]
    regions: Regions
    coverage: CoverageMap
    cells: dict[tuple[str, str], int]


@dataclass(frozen=True)
class Reading:
    """A connection with its versions: whatever is read through it is of one state."""

    connection: Connection
    versions: Mapping[str, int]
    snapshot: Snapshot


class Reader:
    """Opens readings of one database, and remembers the snapshot between them."""

    def __init__(self, db: Database, registry: Registry) -> None:
        self._db = db
        self._names = (*SHARED_VERSIONS, *sorted(registry.cubes))
        self._kept: Snapshot | None = None
        self._held: ContextVar[Reading | None] = ContextVar("reading", default=None)

    @property
    def held(self) -> Reading | None:
        """The reading that this thread is in."""
        return self._held.get()

    @contextmanager
    def shared(self) -> Iterator[Reading]:
        """The reading that this thread is in already, else a new one for all that is asked within the block."""
        held = self._held.get()
        if held is not None:
            yield held
            return
        with self.alone() as reading:
            token = self._held.set(reading)
            try:
                yield reading
            finally:
                self._held.reset(token)

    @contextmanager
    def alone(self, timeout_s: float | None = None) -> Iterator[Reading]:
        """A reading of its own, which may outlast the block it was begun in: for what is streamed."""
        with self._db.read(timeout_s) as connection:
            versions = read_versions(connection)
            yield Reading(connection, versions, self._snapshot(connection, versions))

    def _snapshot(self, connection: Connection, versions: Mapping[str, int]) -> Snapshot:
        key = tuple(versions.get(name, 0) for name in self._names)
        kept = self._kept
        if kept is None or kept.key != key:
            states = connection.execute(select(CubeState.cube, CubeState.rung, CubeState.cells))
            # Returned as made: another thread, which read other versions, may put its own in the place.
            kept = self._kept = Snapshot(
                key,
                Regions.load(connection),
                CoverageMap.load(connection),
                {(cube, rung): cells for cube, rung, cells in states},
            )
        return kept
