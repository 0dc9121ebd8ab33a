"""Things that come into being on one day and change on later ones, and the rows they amount to between two days."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from data.bulk import table_of
from data.demo.market import DISTRICTS, NEVER
from data.demo.sector import Rows
from data.demo.site import Row


@dataclass(frozen=True, slots=True)
class Thing:
    """A row's whole life: as it is ``born``, and the new values it takes on later days, in the order of these days.

    ``ends`` is the day from which on no figure needs it: what has ended before the window begins is never shown.
    """

    district: int
    born: int
    row: Row
    later: tuple[tuple[int, Row], ...] = ()
    ends: int = NEVER


def rows_between(model: type[Any], things: Iterable[Thing], after: list[int], until: list[int], since: int) -> Rows:
    """Rows of those ``things`` that come or change after ``after`` and by ``until``; see :meth:`City.rows`."""
    things = [thing for thing in things if thing.ends >= since and thing.born <= until[thing.district]]
    changing = {name for thing in things for _, values in thing.later for name in values}
    key = table_of(model).info["key"]
    added: list[Row] = []
    changed: list[Row] = []
    for thing in things:
        lo, hi = after[thing.district], until[thing.district]
        now = dict(thing.row)
        for day, values in thing.later:
            if day <= hi:
                now |= values
        if thing.born > lo:
            added.append(now)
        elif any(lo < day <= hi for day, _ in thing.later):
            changed.append({name: now[name] for name in (*key, *changing)})
    return Rows(added, changed)


RESIDENTS = sum(district.residents for district in DISTRICTS)


def share(district: int) -> float:
    """A district's share of the city's residents."""
    return DISTRICTS[district].residents / RESIDENTS
