"""Planted stories: troubles and turns that a stranger should find, on this day and on every later one.

Each kind is an endless row of episodes with fixed dates. All episodes are dealt out in order of time, each choosing
among projects by their plans only; a later horizon adds episodes at the end and so changes no earlier choice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from data.demo.market import DISTRICTS, GENESIS
from data.demo.projects import Project

LEAD = 1300
"""Days beyond the horizon for which projects and stories are planned. A story may change how its project has been
built from the first day on, so it must be dealt out before that day comes within the horizon."""

TASKS_PER_DISTRICT = 2


@dataclass(frozen=True)
class Episode:
    """One story of one district, from ``begins`` to ``ends`` (ordinal days)."""

    begins: int
    ends: int
    district: int
    plant: Callable[[Episode, list[Project]], None]
    cover: float = 1.0


def plant(projects: list[Project], until: int) -> None:
    """Give every story that begins by ``until`` its project."""
    for episode in sorted(_episodes(until), key=lambda e: (e.begins, e.district, e.plant.__name__)):
        episode.plant(episode, projects)


def task_days(project: Project) -> int:
    """Days from 1 January of the task's year until the project's last home is handed over."""
    return 470 + project.number % 40 if project.task_slow else 240 + project.number * 13 % 75


def _episodes(until: int) -> list[Episode]:
    """Districts by number: 靖江 0, 泰兴 1, 兴化 2, 海陵 3, 高港 4, 姜堰 5."""
    return [
        *_row(until, date(2026, 8, 3), 320, 390, (2, 4, 0, 3, 1, 5), _stall, 0.70),
        *_row(until, date(2026, 8, 20), 240, 200, (1, 0, 2, 4, 5, 3), _late),
        *_row(until, date(2026, 7, 6), 280, 320, (0, 5, 3, 1, 2, 4), _thin_cover, 0.94),
        *_row(until, date(2026, 9, 7), 280, 320, (4, 3, 1, 5, 0, 2), _thin_cover, 0.97),
        *_row(until, date(2026, 10, 1), 182, 31, (5, 1, 3, 0, 4, 2), _cancellations),
        *_task_lists(until),
    ]


def _row(
    until: int,
    anchor: date,
    every: int,
    lasts: int,
    districts: tuple[int, ...],
    how: Callable[[Episode, list[Project]], None],
    cover: float = 1.0,
) -> list[Episode]:
    """Episodes every so many days through ``anchor``, the four before it and all that begin by ``until``."""
    turns = range(-4, (until - anchor.toordinal()) // every + 1)
    begins = [anchor.toordinal() + turn * every for turn in turns]
    return [
        Episode(day, day + lasts, districts[turn % len(districts)], how, cover)
        for turn, day in zip(turns, begins, strict=True)
    ]


def _task_lists(until: int) -> list[Episode]:
    """Lists of guaranteed deliveries by year, dealt a year ahead: they set the due days of their projects."""
    years = range(date.fromordinal(GENESIS).year + 4, date.fromordinal(until).year + 2)
    return [
        Episode(date(year - 1, 1, 1).toordinal(), date(year, 1, 1).toordinal(), district, _task_list)
        for year in years
        for district in range(len(DISTRICTS))
        if date(year - 1, 1, 1).toordinal() <= until
    ]


def _stall(episode: Episode, projects: list[Project]) -> None:
    """Nobody works on a project that opened eleven months ago, and its escrow runs low."""
    project = _opened_after(projects, episode.district, episode.begins - 330)
    if project:
        project.story = "stall"
        project.stall = (episode.begins, episode.ends)
        project.delivered = project.due + (episode.ends - episode.begins) // 2
        project.cover = [
            (episode.begins - 160, 1.04),
            (episode.begins + 25, episode.cover),
            (episode.ends, episode.cover),
            (episode.ends + 90, 1.03),
        ]


def _late(episode: Episode, projects: list[Project]) -> None:
    """The first project to fall due is not delivered for the length of the episode."""
    waiting = [p for p in projects if p.district == episode.district and p.due >= episode.begins and _free(p)]
    project = min(waiting, key=lambda p: (p.due, p.project_no), default=None)
    if project:
        project.story = "late"
        project.delivered = project.due + episode.ends - episode.begins


def _thin_cover(episode: Episode, projects: list[Project]) -> None:
    """Escrow a little under what is required."""
    project = _opened_after(projects, episode.district, episode.begins - 400)
    if project:
        project.story = "thin_cover"
        project.cover = [
            (episode.begins - 90, 1.06),
            (episode.begins, episode.cover),
            (episode.ends, episode.cover),
            (episode.ends + 60, 1.05),
        ]


def _cancellations(episode: Episode, projects: list[Project]) -> None:
    """Buyers of a project that opened half a year ago withdraw together, within a calendar month."""
    project = _opened_after(projects, episode.district, episode.begins - 170)
    if project:
        first = date.fromordinal(episode.begins + 10).replace(day=1).toordinal()
        project.story = "cancellations"
        project.cancellations = (first, first + 28)


def _task_list(episode: Episode, projects: list[Project]) -> None:
    """Projects due about the end of the list's year; in half the districts one is slow and ends in the next."""
    year = date.fromordinal(episode.ends).year
    lo, hi = date(year, 9, 1).toordinal(), date(year + 1, 7, 1).toordinal()
    due = [p for p in projects if p.district == episode.district and lo <= p.due < hi and _free(p)]
    for place, project in enumerate(sorted(due, key=lambda p: (p.opens, p.project_no))[:TASKS_PER_DISTRICT]):
        project.story = "task"
        project.task_year = year
        project.task_slow = place == 0 and (episode.district + year) % 2 == 0
        project.delivered = date(year, 1, 1).toordinal() + task_days(project)
        project.due = max(project.due, project.delivered + 15)


def _opened_after(projects: list[Project], district: int, day: int) -> Project | None:
    """The first free project of the district to open from ``day`` on."""
    return next((p for p in projects if p.district == district and p.opens >= day and _free(p)), None)


def _free(project: Project) -> bool:
    return not project.story and not project.resettlement
