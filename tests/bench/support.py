"""Housing support and renewal: households, homes, unsafe houses, cases, issues and the year's tasks, drawn with numpy.

Columns that the platform derives are given as :mod:`data.ingest.derive_support` would give them.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np

from data.calendar import Calendar
from data.models.codes import (
    ASSET_CLASS,
    BUILD_BAND,
    CASE_ITEM,
    CHECK_RESULT,
    CHECKUP_DIM,
    HOME_KIND,
    STRUCTURE,
    SUPERVISED_KIND,
    SUPPORT_KIND,
    TASK_FUNDING,
    TASK_KIND,
    TASK_MODE,
)
from data.reference.load import FOLDER
from tests.bench.city import Size
from tests.bench.columns import (
    NEVER,
    NOTHING,
    RUN_ID,
    SINCE,
    UNTIL,
    Batch,
    Column,
    codes,
    dates,
    day_number,
    names,
    parts,
    places,
    words,
)

HOUSEHOLDS, HOMES, HOUSES, CASES, TASKS, ISSUES = 0.06, 0.05, 0.05, 0.02, 0.01, 0.005
"""Shares of all rows."""

ROWS_A_TASK = 5
STATES_A_HOME = 4
RENTED = ("occupied", "vacant", "occupied", "vacant")
BOUGHT = ("signed", "paid", "delivered", "occupied")
HOUSING_SUPPORT = "housing_support"


class Support:
    """The rows of housing support and renewal; each method yields columns by name, in the order in which they came."""

    def __init__(self, size: Size) -> None:
        self.size = size
        self.random = np.random.default_rng(size.seed + 1)
        self.first = day_number(SINCE)
        self.end = day_number(UNTIL)

    def _days(self, count: int, before: int = 0) -> Column:
        """Days of the 37 months, and of ``before`` days that lie before them."""
        return self.random.integers(self.first - before, self.end, count)

    def _later(self, day: Column, least: int, mean: float, share: float = 1.0) -> Column:
        """A day after each, for a share of them; never where that lies beyond the data."""
        later = day + least + self.random.exponential(mean, len(day)).astype(np.int64)
        return np.where((later < self.end) & (self.random.random(len(day)) < share), later, NEVER)

    def _placed(self, count: int) -> Batch:
        town, district = places(self.random, count)
        return {"region_id": town, "district_id": district, "run_id": np.full(count, RUN_ID)}

    def _pick(self, known: dict[str, str], count: int, weights: tuple[float, ...] | None = None) -> Column:
        return words(tuple(known), self.random.choice(len(known), count, p=weights))

    def households(self) -> Iterator[Batch]:
        """Spells of support: a quarter began before the data, most go on."""
        count = self.size.of(HOUSEHOLDS)
        since = self._days(count, before=375)
        drawn = {
            "household_token": np.arange(count),
            "support_kind": self._pick(SUPPORT_KIND, count, (0.6, 0.4)),
            "since_on": since,
            "until_on": self._later(since, 90, 900.0),
            **self._placed(count),
        }
        for part in parts(drawn, np.argsort(since, kind="stable")):
            yield {
                **part,
                "household_token": codes("JT", part["household_token"]),
                "since_on": dates(part["since_on"]),
                "until_on": dates(part["until_on"]),
            }

    def homes(self) -> Iterator[Batch]:
        """States of homes: some are let and stand empty by turns, two in five are bought and come to be lived in."""
        count = self.size.of(HOMES) // STATES_A_HOME
        steps = 15 + self.random.exponential(120, (count, STATES_A_HOME)).astype(np.int64)
        steps[:, 0] = self.random.integers(-200, 760, count)
        since = self.first + np.cumsum(steps, axis=1)
        bought = self.random.random(count) < 0.4
        cancelled = bought & (self.random.random(count) < 0.03)
        status = np.where(bought[:, None], np.array(BOUGHT, dtype=object), np.array(RENTED, dtype=object))
        status[cancelled, 1] = "cancelled"
        there = since < self.end
        there[cancelled, 2:] = False
        until = np.full(since.shape, NEVER)
        until[:, :-1] = np.where(there[:, 1:], since[:, 1:], NEVER)
        kind = self._pick(HOME_KIND, count, (0.4, 0.4, 0.1, 0.1))
        drawn = {
            "home_code": np.arange(count),
            "home_kind": np.where(bought, kind, "public_rental"),
            "source": np.where(bought, "purchased", words(("built", "leased"), np.arange(count) % 2)),
            "area_m2": self.random.integers(4_000, 9_500, count),
            **self._placed(count),
        }
        of, state = np.nonzero(there)
        rows = {
            **{name: column[of] for name, column in drawn.items()},
            "status": status[of, state],
            "since_on": since[of, state],
            "until_on": until[of, state],
        }
        for part in parts(rows, np.argsort(rows["since_on"], kind="stable")):
            yield {
                **part,
                "home_code": codes("FY", part["home_code"]),
                "estate_name": names("号演示小区", part["home_code"] % 400 + 1),
                "price_yuan": np.where(part["source"] == "purchased", part["area_m2"] * 6_200, NOTHING),
                "since_on": dates(part["since_on"]),
                "until_on": dates(part["until_on"]),
            }

    def houses(self) -> Iterator[Batch]:
        """Houses on a list: old ones are examined, some before they were listed, dangerous ones are cleared."""
        count = self.size.of(HOUSES)
        category = self.random.choice(3, count, p=(0.1, 0.1, 0.8))
        urban, checkup = category == 1, category == 2
        found = self._days(count, before=300)
        checked = np.where(checkup, self._later(found - 30, 0, 260.0, 0.9), NEVER)
        cleared = np.where(checkup, NEVER, self._later(found, 20, 320.0, 0.85))
        grade = words(("c", "d", "hazard"), np.where(urban, self.random.integers(0, 2, count), 2))
        result = self._pick(CHECK_RESULT, count, (0.6, 0.2, 0.12, 0.08, 0.0))
        drawn = {
            "house_code": np.arange(count),
            "category": words(("self_built", "urban", "checkup"), category),
            "danger_grade": np.where(checkup, "none", grade),
            "business_use": words(("no", "yes"), (np.arange(count) % 9 == 0).astype(int)),
            "build_band": self._pick(BUILD_BAND, count, (0.15, 0.3, 0.4, 0.15)),
            "structure": self._pick(STRUCTURE, count, (0.55, 0.3, 0.1, 0.05)),
            "found_on": found,
            "checked_on": checked,
            "check_result": np.where(checked == NEVER, "none", result),
            "cleared_on": cleared,
            "assessed_on": np.where(checked == NEVER, NEVER, np.maximum(found, checked)),
            **self._placed(count),
        }
        for part in parts(drawn, np.argsort(found, kind="stable")):
            days = ("found_on", "checked_on", "cleared_on", "assessed_on")
            yield {
                **part,
                "house_code": codes("FW", part["house_code"]),
                "building_no": names("幢", part["house_code"] % 60 + 1),
                **{name: dates(part[name]) for name in days},
            }

    def cases(self) -> Iterator[Batch]:
        """Applications, three in five for housing support; how long each took follows the calendar."""
        count = self.size.of(CASES)
        supported = self.random.random(count) < 0.6
        item = np.where(supported, HOUSING_SUPPORT, self._pick(CASE_ITEM, count))
        supported = item == HOUSING_SUPPORT
        accepted = self._days(count)
        ended = self._later(accepted, 4, 14.0, 0.97)
        worked = _worked_until(self.first, self.end)
        took = worked[np.maximum(ended, accepted) - self.first] - worked[accepted - self.first]
        drawn = {
            "case_no": np.arange(count),
            "item": item,
            "channel": words(("window", "online"), (self.random.random(count) < 0.7).astype(int)),
            "accepted_on": accepted,
            "due_on": accepted + 30,
            "finished_on": ended,
            "published_on": np.where(supported, ended, NEVER),
            "result": words(("none", "approved"), (ended != NEVER).astype(int)),
            "workdays": np.where(ended == NEVER, NOTHING, took),
            **self._placed(count),
        }
        for part in parts(drawn, np.argsort(accepted, kind="stable")):
            days = ("accepted_on", "due_on", "finished_on", "published_on")
            yield {**part, "case_no": codes("BJ", part["case_no"]), **{name: dates(part[name]) for name in days}}

    def issues(self) -> Iterator[Batch]:
        """Things to be put right, most of them found by the city's check-up; some never are."""
        count = self.size.of(ISSUES)
        checkup = self.random.random(count) < 0.7
        assigned = self._days(count)
        due = assigned + self.random.integers(30, 240, count)
        done = self._later(assigned, 10, 110.0, 0.92)
        dims = tuple(dim for dim in CHECKUP_DIM if dim != "none")
        section = words(("housing_support", "property", "renewal", "construction"), np.arange(count) % 4)
        drawn = {
            "task_no": np.arange(count),
            "task_kind": np.where(checkup, "checkup_issue", self._pick(SUPERVISED_KIND, count)),
            "checkup_dim": np.where(checkup, words(dims, self.random.integers(0, len(dims), count)), "none"),
            "section": section,
            "assigned_on": assigned,
            "due_on": due,
            "done_on": done,
            "closed_on": np.where(done == NEVER, NEVER, np.maximum(due, done)),
            **self._placed(count),
        }
        for part in parts(drawn, np.argsort(assigned, kind="stable")):
            days = ("assigned_on", "due_on", "done_on", "closed_on")
            yield {**part, "task_no": codes("DB", part["task_no"]), **{name: dates(part[name]) for name in days}}

    def tasks(self) -> Iterator[Batch]:
        """Tasks of a year with their milestones: planned on its first day, begun, raised in two steps, finished."""
        count = self.size.of(TASKS) // ROWS_A_TASK
        kind = self.random.integers(0, len(TASK_KIND), count)
        money = np.array(list(TASK_KIND))[kind] == "renewal"
        new_years = np.array([day_number(date(year, 1, 1)) for year in (2024, 2025, 2026)])
        begins = new_years[self.random.integers(0, len(new_years), count)]
        steps = self.random.integers(12, 75, (count, ROWS_A_TASK))
        steps[:, 0] = 0
        day = begins[:, None] + np.cumsum(steps, axis=1)
        built = np.array(("plan", "start", "raise", "raise", "finish"), dtype=object)
        invested = np.array(("invest_plan", *("invest_done",) * 4), dtype=object)
        milestone = np.where(money[:, None], invested, built)
        homes = self.random.integers(20, 400, count)
        amount = self.random.integers(500_000_00, 60_000_000_00, count)
        quarter = np.array((4, 1, 1, 1, 1))
        in_halves = np.array((2, 2, 1, 1, 2))
        of, step = np.nonzero(day < self.end)
        task = {
            "task_no": np.arange(count),
            "task_kind": words(tuple(TASK_KIND), kind),
            "asset_class": self._pick(ASSET_CLASS, count),
            "funding": self._pick(TASK_FUNDING, count),
            "mode": self._pick(TASK_MODE, count),
            "estate_qty": np.ones(count, np.int64),
            "building_qty": homes // 40 + 1,
            "household_qty": homes,
            "lift_qty": homes // 60 + 1,
            "pump_house_qty": np.zeros(count, np.int64),
            **self._placed(count),
        }
        rows = {
            **{name: column[of] for name, column in task.items()},
            "milestone": milestone[of, step],
            "booked_on": day[of, step],
            "home_qty": homes[of] * in_halves[step] // 2,
            "amount_yuan": np.where(money[of], amount[of] // 4 * quarter[step], NOTHING),
        }
        for part in parts(rows, np.argsort(rows["booked_on"], kind="stable")):
            yield {
                **part,
                "task_name": names("号演示任务", part["task_no"] + 1),
                "task_no": codes("RW", part["task_no"]),
                "booked_on": dates(part["booked_on"]),
            }


def _worked_until(first: int, end: int) -> Column:
    """How many days are worked from the first day to each day, by the calendar that the platform comes with."""
    with (FOLDER / "calendar.csv").open(encoding="utf-8", newline="") as file:
        known = {date.fromisoformat(row["day"]): (row["kind"], row["name"]) for row in csv.DictReader(file)}
    calendar = Calendar(known)
    days = (date(1970, 1, 1) + timedelta(days=number) for number in range(first, end))
    return np.cumsum([calendar.is_working(day) for day in days])
