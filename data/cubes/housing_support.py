"""Cubes of housing support and urban renewal: yearly tasks, households and homes, unsafe houses, cases, check-ups."""

from __future__ import annotations

from typing import Any

from data.models import HouseSafety, ServiceCase, SupervisedTask, SupportHome, SupportHousehold, TaskProject
from data.models.codes import (
    ASSET_CLASS,
    BUILD_BAND,
    CASE_CHANNEL,
    CHECK_RESULT,
    CHECKUP_DIM,
    DANGER_GRADE,
    HOME_KIND,
    HOME_SOURCE,
    SECTION,
    STRUCTURE,
    SUPPORT_KIND,
    TASK_FUNDING,
    TASK_MODE,
)
from data.semantic.spec import Cube, Dim, Measure, Rung


def _dims(fact: type[Any], *own: Dim, town: bool = True) -> tuple[Dim, ...]:
    """District, town where the fact knows it, and a cube's own dimensions."""
    places = [Dim("district", "区市", fact.district_id, region=True)]
    if town:
        places.append(Dim("town", "乡镇街道", fact.region_id, region=True))
    return (*places, *own)


def _rungs(dims: tuple[Dim, ...]) -> tuple[Rung, ...]:
    """By district, and by all dimensions, each by month and by day."""
    every = tuple(dim.name for dim in dims)
    levels = (("district",), every) if len(every) > 1 else (every,)
    return tuple(Rung(grain, level) for level in levels for grain in ("month", "day"))


# --- task_project: tasks of the year, an event on the day it is booked ------------------------------------------

_MODE = Dim("mode", "实施方式", TaskProject.mode, codes=TASK_MODE)
_FUNDING = Dim("task_funding", "资金来源", TaskProject.funding, codes=TASK_FUNDING)
_ASSET = Dim("asset_class", "对象类别", TaskProject.asset_class, codes=ASSET_CLASS)


def _task_cube(name: str, zh: str, kind: str, system: str, measures: tuple[Measure, ...], *own: Dim) -> Cube:
    """The tasks of one kind; districts report monthly."""
    dims = _dims(TaskProject, *own)
    return Cube(
        name,
        zh,
        TaskProject,
        dims,
        measures,
        _rungs(dims),
        time=TaskProject.booked_on,
        where=TaskProject.task_kind == kind,
        expected_every=31,
        system=system,
        sortable=("booked_on",),
    )


def _at(name: str, milestone: str, value: Any, decimals: int = 0) -> Measure:
    """What is added at one milestone."""
    return Measure(name, value, TaskProject.milestone == milestone, decimals=decimals)


_RENEWAL_SYSTEM = "07 老旧小区改造与城市更新项目系统"
_SUPPORT_SYSTEM = "29 住房保障管理系统"

rental_planned = _at("rental_planned", "plan", TaskProject.home_qty)
rental_raised = _at("rental_raised", "raise", TaskProject.home_qty)
rental_started = _at("rental_started", "start", TaskProject.home_qty)
rental_completed = _at("rental_completed", "finish", TaskProject.home_qty)
RENTAL = _task_cube(
    "rental",
    "保租房任务",
    "rental",
    _SUPPORT_SYSTEM,
    (rental_planned, rental_raised, rental_started, rental_completed),
    _MODE,
    _FUNDING,
)

shanty_started = _at("shanty_started", "start", TaskProject.home_qty)
shanty_completed = _at("shanty_completed", "finish", TaskProject.home_qty)
SHANTY = _task_cube(
    "shanty", "棚改城中村改造", "shanty", _RENEWAL_SYSTEM, (shanty_started, shanty_completed), _MODE, _FUNDING
)

estates_started = _at("estates_started", "start", TaskProject.estate_qty)
estates_renewed = _at("estates_renewed", "finish", TaskProject.estate_qty)
buildings_renewed = _at("buildings_renewed", "finish", TaskProject.building_qty)
households_reached = _at("households_reached", "finish", TaskProject.household_qty)
OLD_ESTATES = _task_cube(
    "old_estates",
    "老旧小区改造",
    "old_estate",
    _RENEWAL_SYSTEM,
    (estates_started, estates_renewed, buildings_renewed, households_reached),
    _FUNDING,
)

lifts_added = _at("lifts_added", "finish", TaskProject.lift_qty)
LIFTS = _task_cube("lifts", "加装电梯", "lift", _RENEWAL_SYSTEM, (lifts_added,))

renewal_planned = _at("renewal_planned", "invest_plan", TaskProject.amount_yuan, 2)
renewal_invested = _at("renewal_invested", "invest_done", TaskProject.amount_yuan, 2)
RENEWAL = _task_cube(
    "renewal", "城市更新投资", "renewal", _RENEWAL_SYSTEM, (renewal_planned, renewal_invested), _ASSET, _FUNDING
)

# --- support_household, support_home: states, and the days on which a bought home enters one ---------------------

supported = Measure("supported")
_SUPPORT_DIMS = _dims(
    SupportHousehold, Dim("support_kind", "保障方式", SupportHousehold.support_kind, codes=SUPPORT_KIND)
)
SUPPORTED = Cube(
    "supported",
    "在保家庭",
    SupportHousehold,
    _SUPPORT_DIMS,
    (supported,),
    _rungs(_SUPPORT_DIMS),
    since=SupportHousehold.since_on,
    until=SupportHousehold.until_on,
    system=_SUPPORT_SYSTEM,
    sortable=("since_on",),
)

rental_homes = Measure("rental_homes")
vacant_homes = Measure("vacant_homes", where=SupportHome.status == "vacant")
_HOME_DIMS = _dims(SupportHome, Dim("home_source", "房源来源", SupportHome.source, codes=HOME_SOURCE))
RENTAL_HOMES = Cube(
    "rental_homes",
    "公租房房源",
    SupportHome,
    _HOME_DIMS,
    (rental_homes, vacant_homes),
    _rungs(_HOME_DIMS),
    since=SupportHome.since_on,
    until=SupportHome.until_on,
    where=(SupportHome.home_kind == "public_rental") & SupportHome.status.in_(("occupied", "vacant")),
    system=_SUPPORT_SYSTEM,
    sortable=("since_on", "area_m2"),
)


def _entered(name: str, status: str) -> Measure:
    """Homes that entered a state."""
    return Measure(name, where=SupportHome.status == status)


bought_signed = _entered("bought_signed", "signed")
bought_cancelled = _entered("bought_cancelled", "cancelled")
bought_paid = _entered("bought_paid", "paid")
bought_delivered = _entered("bought_delivered", "delivered")
bought_occupied = _entered("bought_occupied", "occupied")
_BOUGHT_DIMS = _dims(SupportHome, Dim("home_kind", "保障用途", SupportHome.home_kind, codes=HOME_KIND))
BOUGHT = Cube(
    "bought_homes",
    "收购存量商品房",
    SupportHome,
    _BOUGHT_DIMS,
    (bought_signed, bought_cancelled, bought_paid, bought_delivered, bought_occupied),
    _rungs(_BOUGHT_DIMS),
    time=SupportHome.since_on,
    where=SupportHome.source == "purchased",
    system=_SUPPORT_SYSTEM,
    sortable=("since_on", "area_m2"),
)

CUBES = (RENTAL, SHANTY, OLD_ESTATES, LIFTS, RENEWAL, SUPPORTED, RENTAL_HOMES, BOUGHT)
