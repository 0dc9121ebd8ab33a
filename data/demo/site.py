"""Rows of one project: its name, its building site, the versions of its state, the bookings of its account."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import zip_longest
from typing import Any, TypeVar

from data.demo import building, escrow
from data.demo.market import DISTRICTS
from data.demo.projects import Project
from data.demo.units import RESIDENTIAL, Units

Row = dict[str, Any]
T = TypeVar("T")

BUILDING_COST_SHARE = 0.42
"""Cost of the works alone, as a share of the project's value."""


@dataclass(frozen=True)
class Window:
    """Rows are asked for that come after ``after`` and by ``until``; what ended by ``since`` is never shown."""

    after: int
    until: int
    since: int

    def holds(self, day: int) -> bool:
        """Whether ``day`` lies in the window."""
        return self.after < day <= self.until


@dataclass
class Gathered:
    """Rows of one table so far: new ones, and new values of old ones."""

    added: list[Row] = field(default_factory=list)
    changed: list[Row] = field(default_factory=list)


Parts = tuple[Row, Row, Row]
"""A row in three: its natural key, what follows from the row that ends it, and all else."""


def line_up(
    rows: Gathered,
    window: Window,
    line: Sequence[T],
    begins: Callable[[T], int],
    parts: Callable[[T, int | None], Parts],
) -> None:
    """Add what begins in the window, and the ends of what ends in it: each in ``line`` ends where the next begins."""
    for item, following in zip_longest(line, line[1:]):
        ends = None if following is None else begins(following)
        if ends is not None and ends <= window.since:
            continue
        if begins(item) > window.after:
            key, derived, rest = parts(item, ends)
            rows.added.append({**key, **derived, **rest})
        elif ends is not None and ends > window.after:
            key, derived, _ = parts(item, ends)
            rows.changed.append({**key, **derived})


class Site:
    """A project with what follows from its units."""

    def __init__(self, project: Project, lives: Units) -> None:
        self.project = project
        self.lives = lives
        self.area = int(lives.area.sum())
        self.value = int(self.area * project.price)
        self.homes = int((lives.use == RESIDENTIAL).sum())
        self.where = {"region_id": project.town, "district_id": DISTRICTS[project.district].id}

    def head(self) -> Row:
        """The project's number and name."""
        return {
            "project_no": self.project.project_no,
            "project_name": self.project.name,
            "developer_name": self.project.developer,
            "district_id": self.where["district_id"],
        }

    def construction(self, until: int) -> Row:
        """The building site as it stands on ``until``."""
        project = self.project
        return {
            **self.where,
            "project_code": project.project_code,
            "project_name": f"{project.name}建设工程",
            "started_on": to_date(project.started),
            "completed_on": to_date(project.delivered) if project.delivered <= until else None,
            "project_type": "house",
            "funding": "state_owned" if project.resettlement else "private",
            "usc_code": project.usc_code,
            "cost_yuan": int(self.value * BUILDING_COST_SHARE) // 1_000_000 * 1_000_000,
            "floor_area_m2": self.area,
        }

    def versions(self, rows: Gathered, window: Window) -> None:
        """Add versions that begin in the window, and the ends of those that end in it."""
        found = building.versions(self.project, self.value, self.homes, window.until)

        def parts(version: building.Version, valid_to: int | None) -> Parts:
            key = {"project_no": self.project.project_no, "valid_from": to_date(version.valid_from)}
            derived = {n: to_date(day) for n, day in building.derived(self.project, version, valid_to).items()}
            return key, derived, {**self.where, **self._version(version)}

        line_up(rows, window, found, lambda version: version.valid_from, parts)

    def _version(self, version: building.Version) -> Row:
        project = self.project
        return {
            "project_name": project.name,
            "developer_name": project.developer,
            "project_code": project.project_code,
            "usc_code": project.usc_code,
            "due_delivery_on": to_date(project.due),
            "stalled_since": to_date(version.stalled_since),
            "delivery_task": "guaranteed" if version.task else "none",
            "delivered": "yes" if version.delivered else "no",
            "whitelist": version.loan,
            "bank": project.bank if version.loan == "approved" else None,
            "invest_ytd_yuan": version.invested,
            "task_home_qty": version.task_homes,
            "delivered_home_qty": version.delivered_homes,
            "loan_pushed_yuan": version.loan_pushed,
            "loan_credit_yuan": version.loan_credit,
            "loan_paid_yuan": version.loan_paid,
        }

    def bookings(self, rows: Gathered, window: Window) -> None:
        """Add bookings made in the window, and the ends of the balances that end in it."""
        found = escrow.entries(self.project, self.lives, window.until)

        def parts(entry: escrow.Entry, next_on: int | None) -> Parts:
            return {"entry_no": entry.entry_no}, {"next_on": to_date(next_on)}, {**self.where, **self._booking(entry)}

        line_up(rows, window, found, lambda entry: entry.booked_on, parts)

    def _booking(self, entry: escrow.Entry) -> Row:
        return {
            "account_no": escrow.account_no(self.project),
            "project_no": self.project.project_no,
            "booked_on": to_date(entry.booked_on),
            "direction": entry.direction,
            "bank": self.project.bank,
            "amount_yuan": entry.amount,
            "balance_yuan": entry.balance,
            "required_yuan": entry.required,
        }


def to_date(ordinal: int | None) -> date | None:
    """The day of an ordinal, none of none."""
    return None if ordinal is None else date.fromordinal(ordinal)
