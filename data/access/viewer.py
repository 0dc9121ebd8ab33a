"""Who is looking: the part of an account that decides what may be read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Viewer:
    """``districts`` are those whose figures and rows the viewer may see; None means the whole city."""

    username: str
    name: str
    role: str
    section: str = ""
    districts: frozenset[str] | None = None
    user_id: int | None = None

    @classmethod
    def of(cls, username: str, name: str, role: str, section: str, district: str | None, user_id: int) -> Viewer:
        """The viewer that an account is: it sees the whole city unless bound to a district; companies see none."""
        return cls(username, name, role, section, _scope(role, district), user_id)

    @property
    def sees_figures(self) -> bool:
        """Whether there is any district whose figures the viewer may see."""
        return self.districts is None or bool(self.districts)

    @property
    def scope_key(self) -> tuple[str, ...] | None:
        """What separates this viewer's cached results from another's; None for the whole city."""
        return None if self.districts is None else tuple(sorted(self.districts))


def _scope(role: str, district: str | None) -> frozenset[str] | None:
    if role == "company" or (role == "district" and district is None):
        return frozenset()
    return None if district is None else frozenset((district,))


SYSTEM = Viewer("system", "系统", "admin")
"""The platform itself: command line, benchmarks, ingestion."""


class Forbidden(Exception):
    """The viewer asked for something outside the scope. Says what, and what to do instead."""
