"""What the city's generators give: rows of tables, and one part of the trade with all of its tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from data.demo.site import Row

if TYPE_CHECKING:
    from data.demo.city import City


@dataclass
class Rows:
    """Rows of one table: new ones, to be read once, and new values of old ones (each with its natural key)."""

    added: Iterable[Row] = ()
    changed: list[Row] = field(default_factory=list)


@dataclass(frozen=True)
class Sector:
    """A part of the trade beside the property market: its fact tables, in the order in which they are written.

    ``rows(city, after, until)`` gives all that comes or changes after ``after`` and by ``until``, days by district
    (ordinals); ``after = BEFORE_ALL`` everything as it stood at the end of ``until``. ``heads`` are tables of natural
    keys that its facts refer to. ``targets(seed, years)`` gives the invented targets of these years: rows with
    ``indicator``, ``district_id``, ``year``, ``value`` and ``source``.
    """

    facts: tuple[type, ...]
    rows: Callable[[City, list[int], list[int]], dict[type, Rows]]
    heads: tuple[type, ...] = ()
    targets: Callable[[int, Sequence[int]], list[Row]] | None = None
