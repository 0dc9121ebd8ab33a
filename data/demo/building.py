"""How a project is built: progress, money spent, and the versions of its state that are reported every Monday."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from data.demo.market import NEVER
from data.demo.projects import Project
from data.demo.stories import task_days

STALL_DAYS = 30
"""Days without attendance after which a project counts as stalled."""

INVESTMENT_SHARE = 0.78
"""Share of a project's value that its building, land included, costs."""

# Progress from which on only this share of the required amount must stay in escrow.
_MILESTONES = ((0.36, 1.0), (0.55, 0.75), (0.80, 0.50), (0.95, 0.30), (1.01, 0.15))


@dataclass(frozen=True)
class Version:
    """State of a project from ``valid_from`` on; money in 分."""

    valid_from: int
    stalled_since: int | None
    delivered: bool
    task: bool
    task_homes: int
    delivered_homes: int
    invested: int
    loan: str
    loan_pushed: int | None
    loan_credit: int | None
    loan_paid: int | None


def progress(project: Project, day: int) -> float:
    """Share of the building done by the end of ``day``; stands still while the project stalls."""
    lost_all = lost = 0
    if project.stall:
        begins, ends = project.stall
        lost_all, lost = ends - begins, min(max(day - begins, 0), ends - begins)
    return min(max((day - project.started - lost) / (project.delivered - project.started - lost_all), 0.0), 1.0)


def must_remain(project: Project, day: int) -> float:
    """Share of the required amount that must stay in escrow at the stage reached by ``day``."""
    reached = progress(project, day)
    return next(share for bound, share in _MILESTONES if reached < bound)


def spent(share: float) -> float:
    """Share of the costs paid at a share of the building done: land first, then slow, fast, slow."""
    return 0.25 * min(1.0, share / 0.08) + 0.75 * (3 * share**2 - 2 * share**3)


def versions(project: Project, value: int, homes: int, until: int) -> list[Version]:
    """Versions that begin by ``until``: Mondays while it is built, New Year, delivery, the ends of its task."""
    days = sorted({day for day in _days(project, until) if project.started <= day <= until})
    found = [_version(project, value, homes, day) for day in days]
    return [version for place, version in enumerate(found) if place == 0 or _differs(found[place - 1], version)]


def _days(project: Project, until: int) -> Iterator[int]:
    yield from (project.started, project.delivered)
    yield from range(project.started + (7 - (project.started - 1) % 7) % 7, min(project.delivered, until) + 1, 7)
    for year in range(date.fromordinal(project.started).year + 1, date.fromordinal(project.delivered).year + 1):
        yield date(year, 1, 1).toordinal()
    if project.task_year:
        yield date(project.task_year, 1, 1).toordinal()
        yield date(project.task_year + 1, 1, 1).toordinal()


def _differs(before: Version, after: Version) -> bool:
    return any(getattr(before, name) != getattr(after, name) for name in _STATE)


_STATE = tuple(name for name in Version.__dataclass_fields__ if name != "valid_from")


def _version(project: Project, value: int, homes: int, day: int) -> Version:
    year = date.fromordinal(day).year
    first = date(year, 1, 1).toordinal()
    before = spent(progress(project, first - 1)) if project.started < first else 0.0
    invested = int(value * INVESTMENT_SHARE * (spent(progress(project, day - 1)) - before))
    delivered = day >= project.delivered
    task = project.task_year == year
    loan, pushed, credit, paid = _loan(project, value, day)
    return Version(
        day,
        None if delivered else _stalled_since(project, day),
        delivered,
        task,
        homes if task else 0,
        _handed_over(project, homes, day) if task else 0,
        max(invested, 0) // 1_000_000 * 1_000_000,
        loan,
        pushed,
        credit,
        paid,
    )


def _stalled_since(project: Project, day: int) -> int | None:
    """The first day without attendance, once a week of it has been seen."""
    if project.stall and project.stall[0] + 7 <= day < project.stall[1]:
        return project.stall[0]
    return None


def _handed_over(project: Project, homes: int, day: int) -> int:
    """Homes of the guaranteed list handed over by ``day``, building by building over the year."""
    assert project.task_year is not None
    passed = day - date(project.task_year, 1, 1).toordinal()
    return homes if day >= project.delivered else int(homes * (0.55 + 0.45 * passed / task_days(project)))


def _loan(project: Project, value: int, day: int) -> tuple[str, int | None, int | None, int | None]:
    """State on the financing whitelist, and amounts pushed, granted and paid out."""
    listed = max(project.started + 120, _WHITELIST_BEGAN)
    if project.loan == "none" or listed >= project.delivered or day < listed:
        return "none", None, None, None
    if day >= project.delivered:
        return "exited", None, None, None
    pushed = value // 500_000_000 * 100_000_000
    if day < listed + 45 or project.loan == "pushed":
        return "pushed", pushed, None, None
    if project.loan == "rejected":
        return "rejected", pushed, None, None
    credit = pushed // 10 * 8
    return "approved", pushed, credit, int(credit * progress(project, day - 1)) // 1_000_000 * 1_000_000


_WHITELIST_BEGAN = date(2024, 2, 20).toordinal()


def derived(project: Project, version: Version, valid_to: int | None) -> dict[str, int | None]:
    """The days that bound the states a version is in, as the table's docstring defines them."""
    end = NEVER if valid_to is None else valid_to
    stalled = late = None
    if not version.delivered:
        if version.stalled_since is not None:
            stalled = _within(max(version.stalled_since + STALL_DAYS, version.valid_from), end)
        late = _within(max(project.due + 1, version.valid_from), end)
    known = [day for day in (stalled, late) if day is not None]
    year = date.fromordinal(version.valid_from).year
    return {
        "valid_to": valid_to,
        "stalled_from": stalled,
        "late_from": late,
        "troubled_from": min(known, default=None),
        "invest_until": min(date(year + 1, 1, 1).toordinal(), end),
    }


def _within(day: int, end: int) -> int | None:
    return day if day < end else None
