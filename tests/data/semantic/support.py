"""Rows of housing support and urban renewal with their awkward cases, and what may be written to them.

Derived columns are worked out here from their definitions, so that nothing of the ingestion is trusted.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from data.models import (
    FactMixin,
    HouseSafety,
    ServiceCase,
    SupervisedTask,
    SupportHome,
    SupportHousehold,
    TaskProject,
)

FACTS: tuple[type[FactMixin], ...] = (
    TaskProject,
    SupportHousehold,
    SupportHome,
    HouseSafety,
    ServiceCase,
    SupervisedTask,
)
FUNDINGS = ("central", "special_bond", "social")
MODES = ("new_build", "convert")
CLASSES = ("old_block", "village", "estate")
KINDS = ("home", "subsidy")
GRADES = ("c", "d", "none")
SECTIONS = ("renewal", "property", "green")
CHECKUPS = ("housing", "community", "city")
CHANNELS = ("online", "window")

Row = dict[str, Any]
Place = Callable[[str], Row]


def task(place: Row, number: str, kind: str, milestone: str, day: date, **more: Any) -> Row:
    """One milestone."""
    return {
        **place,
        "task_no": number,
        "task_name": f"任务{number}",
        "task_kind": kind,
        "milestone": milestone,
        "booked_on": day,
        "asset_class": "other",
        "funding": "other",
        "mode": "other",
        "estate_qty": 0,
        "building_qty": 0,
        "household_qty": 0,
        "home_qty": 0,
        "lift_qty": 0,
        "pump_house_qty": 0,
        "amount_yuan": None,
        **more,
    }


def household(place: Row, token: str, since: date, until: date | None, **more: Any) -> Row:
    """One spell of support."""
    row = {"household_token": token, "support_kind": "home", "since_on": since, "until_on": until}
    return {**place, **row, **more}


def home(place: Row, code: str, since: date, until: date | None, **more: Any) -> Row:
    """One state of a home."""
    row = {
        "home_code": code,
        "home_kind": "public_rental",
        "source": "built",
        "status": "occupied",
        "since_on": since,
        "until_on": until,
        "area_m2": "55.50",
    }
    return {**place, **row, **more}


def house(place: Row, code: str, found: date, **more: Any) -> Row:
    """One house of a category."""
    row = {
        "house_code": code,
        "category": "checkup",
        "danger_grade": "none",
        "business_use": "no",
        "build_band": "y1980s",
        "structure": "brick",
        "found_on": found,
        "checked_on": None,
        "check_result": "none",
        "cleared_on": None,
        **more,
    }
    checked = row["checked_on"]
    return {**place, **row, "assessed_on": checked and max(found, checked)}


def case(place: Row, number: str, accepted: date, published: date | None, **more: Any) -> Row:
    """One application."""
    row = {
        "case_no": number,
        "item": "housing_support",
        "channel": "online",
        "accepted_on": accepted,
        "finished_on": published,
        "published_on": published,
        "result": "approved" if published else "none",
        "workdays": None,
    }
    return {**place, **row, **more}


def issue(place: Row, number: str, due: date, done: date | None, **more: Any) -> Row:
    """One issue of a check-up."""
    row = {
        "task_no": number,
        "task_kind": "checkup_issue",
        "checkup_dim": "housing",
        "section": "renewal",
        "assigned_on": due - timedelta(days=60),
        "due_on": due,
        "done_on": done,
        "closed_on": done and max(due, done),
    }
    return {**place, **row, **more}


def rows(
    seed: int, place: Place, districts: Sequence[str], since: date, last: date
) -> dict[type[FactMixin], list[Row]]:
    """Rows of all these facts in all districts; some lie after ``last``, as real ones do."""
    rnd = random.Random(seed)
    found: dict[type[FactMixin], list[Row]] = {fact: [] for fact in FACTS}
    for district in districts:
        at = place(district)
        for year in range(since.year, last.year + 1):
            found[TaskProject] += _tasks(rnd, at, f"{district}-{year}", year)
        found[SupportHousehold] += _households(rnd, at, district, since, last)
        found[SupportHome] += _homes(rnd, at, district, since, last)
        found[HouseSafety] += _houses(rnd, at, district, since, last)
        found[ServiceCase] += _cases(rnd, at, district, since, last)
        found[SupervisedTask] += _issues(rnd, at, district, since, last)
    return found


def _day(rnd: random.Random, lo: date, hi: date) -> date:
    return lo + timedelta(days=rnd.randrange((hi - lo).days))


def _tasks(rnd: random.Random, at: Row, stem: str, year: int) -> list[Row]:
    new_year, end = date(year, 1, 1), date(year, 12, 31)
    found = [task(at, f"{stem}-P", "rental", "plan", new_year, home_qty=rnd.randrange(100, 900))]
    counted = {
        "rental": ("home_qty", ("raise", "start", "finish")),
        "shanty": ("home_qty", ("start", "finish")),
        "old_estate": ("estate_qty", ("start", "finish")),
        "lift": ("lift_qty", ("start", "finish")),
    }
    for kind, (name, milestones) in counted.items():
        for number in range(3):
            more = {"funding": rnd.choice(FUNDINGS), "mode": rnd.choice(MODES), name: rnd.randrange(1, 99)}
            if kind == "old_estate":
                more |= {"building_qty": rnd.randrange(20), "household_qty": rnd.randrange(999)}
            found += [
                task(at, f"{stem}-{kind}-{number}", kind, milestone, _day(rnd, new_year, end), **more)
                for milestone in milestones
            ]
    for number in range(2):
        more = {"funding": rnd.choice(FUNDINGS), "asset_class": rnd.choice(CLASSES)}
        planned = {"amount_yuan": f"{rnd.randrange(10**6, 10**9)}.{rnd.randrange(100):02d}"}
        found.append(task(at, f"{stem}-R{number}", "renewal", "invest_plan", new_year, **more, **planned))
        for month in range(1, 13):
            done = {"amount_yuan": f"{rnd.randrange(10**7)}.{rnd.randrange(100):02d}"}
            found.append(task(at, f"{stem}-R{number}", "renewal", "invest_done", date(year, month, 24), **more, **done))
    return found


def _households(rnd: random.Random, at: Row, district: str, since: date, last: date) -> list[Row]:
    found = []
    for number in range(14):
        begins = _day(rnd, since, last)
        ends = rnd.choice((None, begins, begins + timedelta(days=rnd.randrange(1, 700))))
        kind = rnd.choice(KINDS)
        found.append(household(at, f"J{district}{number}", begins, ends, support_kind=kind))
    return found


def _homes(rnd: random.Random, at: Row, district: str, since: date, last: date) -> list[Row]:
    found = []
    for number in range(10):
        day = _day(rnd, since, date(2024, 6, 1))
        source, status = rnd.choice(("built", "leased")), rnd.choice(("occupied", "vacant"))
        while day <= last:
            ends = day + timedelta(days=rnd.choice((1, 40, 300)))
            until = None if rnd.random() < 0.1 else ends
            found.append(home(at, f"G{district}{number}", day, until, source=source, status=status))
            if until is None:
                break
            day, status = ends, "vacant" if status == "occupied" else "occupied"
    for number in range(16):
        day = _day(rnd, since, last)
        kind = rnd.choice(("affordable_rental", "resettlement"))
        steps = ("signed", "cancelled") if number % 3 == 0 else ("signed", "paid", "delivered", "occupied")
        for status in steps:
            following = day + timedelta(days=rnd.randrange(1, 60))
            until = None if status == steps[-1] else following
            more = {"home_kind": kind, "source": "purchased", "status": status, "price_yuan": "500000.00"}
            found.append(home(at, f"S{district}{number}", day, until, **more))
            day = following
    return found


def _houses(rnd: random.Random, at: Row, district: str, since: date, last: date) -> list[Row]:
    found = []
    for number in range(16):
        listed = _day(rnd, since, last)
        near = listed + timedelta(days=rnd.randrange(-60, 300))
        more: Row = {"build_band": rnd.choice(("before1980", "y1990s")), "structure": rnd.choice(("brick", "other"))}
        if number % 3:
            more |= {"checked_on": near, "check_result": rnd.choice(("keep", "repair"))}
        found.append(house(at, f"F{district}{number}", listed, **more))
        cleared = rnd.choice((None, listed, max(listed, near)))
        grade = {"category": "urban", "danger_grade": rnd.choice(GRADES), "cleared_on": cleared}
        found.append(house(at, f"F{district}{number}", listed, **grade))
    found.append(house(at, f"F{district}Z", since, category="self_built", danger_grade="d", cleared_on=last))
    return found


def _cases(rnd: random.Random, at: Row, district: str, since: date, last: date) -> list[Row]:
    found = []
    for number in range(60):
        accepted = _day(rnd, since, last)
        published = None if rnd.random() < 0.15 else accepted + timedelta(days=rnd.randrange(60))
        item = "housing_support" if number % 6 else "construction_permit"
        more = {"channel": rnd.choice(CHANNELS), "item": item, "workdays": rnd.randrange(45) if published else None}
        found.append(case(at, f"B{district}{number}", accepted, published, **more))
    return found


def _issues(rnd: random.Random, at: Row, district: str, since: date, last: date) -> list[Row]:
    found = []
    for number in range(24):
        due = _day(rnd, since, last + timedelta(days=60))
        done = rnd.choice((None, due, due + timedelta(days=rnd.randrange(-50, 200))))
        more = {"checkup_dim": rnd.choice(CHECKUPS), "section": rnd.choice(SECTIONS)}
        if number % 8 == 0:
            more |= {"task_kind": "proposal", "checkup_dim": "none"}
        found.append(issue(at, f"T{district}{number}", due, done, **more))
    return found


# --- what may be written, for the proof that kept roll-ups are rebuilt ones ----------------------------------------

_when = st.dates(date(2022, 11, 1), date(2027, 1, 31))
_maybe = st.none() | _when
STATES: dict[Any, st.SearchStrategy[Row]] = {
    TaskProject: st.fixed_dictionaries(
        {"booked_on": _when},
        optional={
            "task_kind": st.sampled_from(["rental", "shanty", "old_estate", "lift", "renewal", "green"]),
            "milestone": st.sampled_from(["plan", "start", "raise", "finish", "invest_plan", "invest_done"]),
            "home_qty": st.integers(0, 99),
            "amount_yuan": st.none() | st.just("12345.67"),
            "funding": st.sampled_from(FUNDINGS),
        },
    ),
    SupportHousehold: st.fixed_dictionaries(
        {"since_on": _when, "until_on": _maybe}, optional={"support_kind": st.sampled_from(KINDS)}
    ),
    SupportHome: st.fixed_dictionaries(
        {"since_on": _when, "until_on": _maybe},
        optional={
            "status": st.sampled_from(["occupied", "vacant", "signed", "cancelled"]),
            "source": st.sampled_from(["built", "purchased"]),
            "home_kind": st.sampled_from(["public_rental", "resettlement"]),
        },
    ),
    HouseSafety: st.fixed_dictionaries(
        {"found_on": _when, "cleared_on": _maybe, "assessed_on": _maybe},
        optional={
            "category": st.sampled_from(["self_built", "urban", "checkup"]),
            "danger_grade": st.sampled_from(GRADES),
            "structure": st.sampled_from(["brick", "other"]),
        },
    ),
    ServiceCase: st.fixed_dictionaries(
        {"published_on": _maybe, "workdays": st.none() | st.integers(0, 60)},
        optional={"item": st.sampled_from(["housing_support", "other"]), "channel": st.sampled_from(CHANNELS)},
    ),
    SupervisedTask: st.fixed_dictionaries(
        {"due_on": _when, "closed_on": _maybe},
        optional={
            "task_kind": st.sampled_from(["checkup_issue", "proposal"]),
            "section": st.sampled_from(SECTIONS),
        },
    ),
}
KEYS: dict[Any, str] = {
    TaskProject: "task_no",
    SupportHousehold: "household_token",
    SupportHome: "home_code",
    HouseSafety: "house_code",
}
"""Columns of keys that hold a day or a kind too, so that a correction might meet another row's."""


def plain(fact: Any, name: str, place: Row, day: date) -> Row:
    """A new row."""
    made: dict[Any, Callable[[], Row]] = {
        TaskProject: lambda: task(place, name, "rental", "raise", day, home_qty=5),
        SupportHousehold: lambda: household(place, name, day, None),
        SupportHome: lambda: home(place, name, day, None),
        HouseSafety: lambda: house(place, name, day),
        ServiceCase: lambda: case(place, name, day, None),
        SupervisedTask: lambda: issue(place, name, day, None),
    }
    return made[fact]()
