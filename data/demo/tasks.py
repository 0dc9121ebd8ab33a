"""The city's tasks of the year: homes to let, shanty towns, old estates, lifts, urban renewal, and what was set.

Everything of a year is drawn from (seed, kind, district, year) alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np

from data.demo.market import DISTRICTS, generator
from data.demo.names import DEVELOPERS, developer, estate_name, rental_name
from data.demo.projects import towns_of, working_day
from data.demo.site import Row, to_date
from data.demo.things import Thing, share

RENTAL_A_YEAR = 6_000
SHANTY_A_YEAR = 3_200
ESTATES_A_YEAR = 120
LIFTS_A_YEAR = 300
BOUGHT_A_YEAR = 1_000
"""What the city sets itself in a year: homes raised, homes begun, estates, lifts, homes bought."""

BEHIND = (5, 0, 4, 2, 1, 3)
"""Which district lags far behind its task of homes to let: 泰兴 in 2026, and another in each year."""

CONTENTS = ("雨污分流、屋面防水", "外立面、停车位", "管网、道路、绿化", "消防、安防、充电桩", "适老化、无障碍")
_KEEPS = 2
"""Years after its beginning in which something of a task may still be booked."""


def things(seed: int, since: int, until: int) -> Iterator[Thing]:
    """Milestones from the 1 January before ``since`` on, where a year's figures start."""
    first = date.fromordinal(since).year
    new_year = date(first, 1, 1).toordinal()
    for year in range(first - _KEEPS, date.fromordinal(until).year + 2):  # next year's lifts begin in this one
        for district in range(len(DISTRICTS)):
            for kind in (_rental, _shanty, _estates, _lifts, _renewal):
                yield from (thing for thing in kind(seed, district, year) if thing.born >= new_year)


def bought_task(district: int) -> int:
    """Homes that a district is to buy in a year."""
    return round(BOUGHT_A_YEAR * share(district) / 10) * 10


def targets(seed: int, district: int, year: int) -> dict[str, float]:
    """A district's tasks of a year by indicator."""
    estates = [thing.row for thing in _estates(seed, district, year) if thing.row["milestone"] == "start"]
    return {
        "ZF11": _rental_task(seed, district, year),
        "ZF13": _shanty_task(district),
        "ZF13-completed": sum(_shanty_sizes(seed, district, year - _KEEPS)),
        "ZF14": len(estates),
        "ZF14-buildings": sum(row["building_qty"] for row in estates),
        "ZF14-households": sum(row["household_qty"] for row in estates),
        "ZF15": round(LIFTS_A_YEAR * share(district)),
        "ZF22": bought_task(district),
    }


# --- one kind each ---------------------------------------------------------------------------------------------


def _rental_task(seed: int, district: int, year: int) -> int:
    wave = float(generator(seed, 41, 0, district, year).uniform(0.94, 1.06))
    return round(RENTAL_A_YEAR * share(district) * wave / 10) * 10


def _rental(seed: int, district: int, year: int) -> Iterator[Thing]:
    """The task, and the buildings raised for it; converted ones begin and end sooner."""
    rng = generator(seed, 41, 1, district, year)
    task = _rental_task(seed, district, year)
    yield _milestone(
        district,
        f"{year}-保租房",
        "plan",
        date(year, 1, 1).toordinal(),
        _task(district, year, "rental", "保障性租赁住房年度任务", home_qty=task),
    )
    lags = BEHIND[year % len(BEHIND)] == district
    done = task * (0.57 if lags else float(rng.uniform(0.99, 1.07)))
    sizes = rng.dirichlet(np.full(max(4, round(task / 110)), 4.0)) * done
    for number, size in enumerate(sizes):
        raised = date(year, 1, 1).toordinal() + 38 + int(305 * rng.beta(1.8, 1.5))
        convert = bool(rng.random() < 0.45)
        begins = raised + int(rng.integers(10, 40) if convert else rng.integers(30, 90))
        ends = begins + int(rng.integers(110, 240) if convert else rng.integers(330, 480))
        row = {
            **_place(rng, district),
            "task_name": rental_name(district, (year * 40 + number)),
            "task_kind": "rental",
            "mode": "convert" if convert else str(rng.choice(["new_build", "other"], p=[0.8, 0.2])),
            "funding": _one_of(rng, {"central": 0.15, "special_bond": 0.25, "social": 0.40, "other": 0.20}),
            "home_qty": max(1, round(size)),
            "company": developer(int(rng.integers(DEVELOPERS)))[0],
        }
        for milestone, day in (("raise", raised), ("start", begins), ("finish", ends)):
            yield _milestone(district, f"{year}-保租房{number + 1:02d}", milestone, day, row)


def _shanty_task(district: int) -> int:
    return round(SHANTY_A_YEAR * share(district) / 10) * 10


def _shanty_sizes(seed: int, district: int, year: int) -> list[int]:
    """Homes of the projects begun in a year, which are built two years later."""
    rng = generator(seed, 41, 2, district, year)
    total = _shanty_task(district) * float(rng.uniform(0.93, 1.10))
    return [max(1, round(size)) for size in rng.dirichlet(np.full(int(rng.integers(2, 5)), 5.0)) * total]


def _shanty(seed: int, district: int, year: int) -> Iterator[Thing]:
    rng = generator(seed, 41, 3, district, year)
    for number, homes in enumerate(_shanty_sizes(seed, district, year)):
        row = {
            **_place(rng, district),
            "task_name": f"{estate_name(district, year * 30 + number)}片区改造",
            "task_kind": "shanty",
            "mode": str(rng.choice(["rebuild", "planned"])),
            "funding": _one_of(rng, {"special_bond": 0.5, "central": 0.2, "social": 0.1, "other": 0.2}),
            "asset_class": "village",
            "home_qty": homes,
        }
        for milestone, later in (("start", 0), ("finish", _KEEPS)):
            day = date(year + later, 1, 1).toordinal() + int(rng.integers(60, 320))
            yield _milestone(district, f"{year}-棚改{number + 1:02d}", milestone, day, row)


def _estates(seed: int, district: int, year: int) -> Iterator[Thing]:
    rng = generator(seed, 41, 4, district, year)
    for number in range(round(ESTATES_A_YEAR * share(district) * float(rng.uniform(0.92, 1.08)))):
        begins = date(year, 1, 1).toordinal() + int(rng.integers(60, 180))
        ends = begins + int(rng.integers(110, 210))
        buildings = int(rng.integers(4, 22))
        row = {
            **_place(rng, district),
            "task_name": estate_name(district, year * 30 + number),
            "task_kind": "old_estate",
            "asset_class": "estate",
            "funding": _one_of(rng, {"central": 0.45, "special_treasury": 0.2, "special_bond": 0.2, "other": 0.15}),
            "estate_qty": 1,
            "building_qty": buildings,
            "household_qty": buildings * int(rng.integers(24, 46)),
            "content": str(rng.choice(CONTENTS)),
        }
        for milestone, day in (("start", begins), ("finish", ends)):
            yield _milestone(district, f"{year}-老旧小区{number + 1:02d}", milestone, day, row)


def _lifts(seed: int, district: int, year: int) -> Iterator[Thing]:
    rng = generator(seed, 41, 5, district, year)
    for number in range(round(LIFTS_A_YEAR * share(district) * float(rng.uniform(0.94, 1.10)))):
        ends = date(year, 1, 1).toordinal() + int(rng.integers(50, 350))
        row = {
            **_place(rng, district),
            "task_name": estate_name(district, year * 30 + number // 3),
            "task_kind": "lift",
            "asset_class": "estate",
            "lift_qty": 1,
            "building_no": f"{int(rng.integers(1, 30))}幢",
        }
        for milestone, day in (("start", ends - int(rng.integers(80, 140))), ("finish", ends)):
            yield _milestone(district, f"{year}-电梯{number + 1:03d}", milestone, day, row)


def _renewal(seed: int, district: int, year: int) -> Iterator[Thing]:
    """Projects of the year's plan, with what was invested in each month."""
    rng = generator(seed, 41, 6, district, year)
    for number in range(int(rng.integers(7, 12))):
        planned = int(np.exp(rng.normal(np.log(7e7), 0.6)) // 1e5) * 10_000_000  # 分
        kind = _one_of(rng, {"old_block": 0.35, "old_plant": 0.2, "village": 0.25, "estate": 0.2})
        row = {
            **_place(rng, district),
            "task_name": f"{estate_name(district, year * 30 + number)}更新项目",
            "task_kind": "renewal",
            "asset_class": kind,
            "funding": _one_of(rng, {"special_bond": 0.4, "social": 0.35, "central": 0.1, "other": 0.15}),
            "company": developer(int(rng.integers(DEVELOPERS)))[0],
        }
        task_no = f"{year}-更新{number + 1:02d}"
        yield _milestone(district, task_no, "invest_plan", date(year, 1, 1).toordinal(), row | {"amount_yuan": planned})
        parts = rng.dirichlet(np.full(12, 6.0) * (0.4, 0.3, 0.9, 1.0, 1.1, 1.2, 1.0, 1.0, 1.2, 1.2, 1.2, 1.5))
        done = planned * float(rng.uniform(0.86, 1.08))
        for month, part in enumerate(parts, start=1):
            amount = int(done * part) // 1_000_000 * 1_000_000
            day = working_day(date(year, month, 24).toordinal())
            yield _milestone(district, task_no, "invest_done", day, row | {"amount_yuan": amount})


# --- rows ------------------------------------------------------------------------------------------------------

_BLANK: Row = {
    "asset_class": "other",
    "funding": "other",
    "mode": "other",
    **dict.fromkeys(("estate_qty", "building_qty", "household_qty", "home_qty", "lift_qty", "pump_house_qty"), 0),
    **dict.fromkeys(("length_m", "area_m2", "amount_yuan", "building_no", "content", "company", "project_code")),
}


def _milestone(district: int, number: str, milestone: str, day: int, row: Row) -> Thing:
    day = day if milestone in ("plan", "invest_plan") else working_day(day)
    named = {"task_no": f"YS-{DISTRICTS[district].id}-{number}", "milestone": milestone, "booked_on": to_date(day)}
    return Thing(district, day, {**_BLANK, **row, **named})


def _task(district: int, year: int, kind: str, name: str, **quantities: Any) -> Row:
    """A district's task as a whole, which lies in no town."""
    here = DISTRICTS[district].id
    return {
        "region_id": here,
        "district_id": here,
        "task_name": f"演示·{year}年{name}",
        "task_kind": kind,
        **quantities,
    }


def _place(rng: np.random.Generator, district: int) -> Row:
    towns, weights = towns_of(DISTRICTS[district].id)
    return {"region_id": str(rng.choice(towns, p=weights)), "district_id": DISTRICTS[district].id}


def _one_of(rng: np.random.Generator, weights: dict[str, float]) -> str:
    return str(rng.choice(list(weights), p=list(weights.values())))
