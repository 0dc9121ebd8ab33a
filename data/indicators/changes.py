"""Changes of definitions, written down by whoever makes them: with the release, beside the declaration.

The platform compares every declaration with the one it knew at the last start. What differs is kept with the date,
author and reason given here; without an entry it is kept as 未说明, and the self-check names it. An entry that comes
later, under the day the platform noted, explains it still.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Change:
    """From ``on`` the indicator ``code`` is defined as declared now: who changed it, and why."""

    code: str
    on: date
    author: str
    reason: str


CHANGES: tuple[Change, ...] = ()
"""Newest last."""
