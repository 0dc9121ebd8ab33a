"""Cubes of housing support and urban renewal: yearly tasks, households and homes, unsafe houses, cases, check-ups."""

from __future__ import annotations

from dataclasses import replace
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

rental_raised = _at("rental_raised", "raise", TaskProject.home_qty)
rental_started = _at("rental_started", "start", TaskProject.home_qty)
rental_completed = _at("rental_completed", "finish", TaskProject.home_qty)
RENTAL = _task_cube(
    "rental",
    "保租房筹建",
    "rental",
    _SUPPORT_SYSTEM,
    (rental_raised, rental_started, rental_completed),
    _MODE,
    _FUNDING,
)

# A district's task is set as a whole, so what is done of it is divided by district alone.
rental_planned = _at("rental_planned", "plan", TaskProject.home_qty)
rental_done = _at("rental_done", "raise", TaskProject.home_qty)
RENTAL_TASK = replace(
    _task_cube("rental_task", "保租房任务完成", "rental", _SUPPORT_SYSTEM, (rental_planned, rental_done)),
    dims=_dims(TaskProject, town=False),
    rungs=_rungs(_dims(TaskProject, town=False)),
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
support_begun = Measure("support_begun", at="since")
support_ended = Measure("support_ended", at="until")
_SUPPORT_DIMS = _dims(
    SupportHousehold, Dim("support_kind", "保障方式", SupportHousehold.support_kind, codes=SUPPORT_KIND)
)
SUPPORTED = Cube(
    "supported",
    "在保家庭",
    SupportHousehold,
    _SUPPORT_DIMS,
    (supported, support_begun, support_ended),
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

# --- house_safety: states without end, two of each kind, divided by each other -----------------------------------

_BUILD = Dim("build_band", "建成年代", HouseSafety.build_band, codes=BUILD_BAND)
_STRUCTURE = Dim("structure", "结构", HouseSafety.structure, codes=STRUCTURE)
_RESULT = Dim("verdict", "体检结论", HouseSafety.check_result, codes=CHECK_RESULT)
_GRADE = Dim("danger_grade", "危险等级", HouseSafety.danger_grade, codes=DANGER_GRADE)


def _house_cube(name: str, zh: str, measure: Measure, since: Any, where: Any, *own: Dim) -> Cube:
    """Houses of which something is true from a day on, for ever; towns report monthly."""
    dims = _dims(HouseSafety, *own)
    return Cube(
        name,
        zh,
        HouseSafety,
        dims,
        (measure,),
        _rungs(dims),
        since=since,
        where=where & since.is_not(None),
        expected_every=31,
        system="04 农房与村镇建设管理系统",
        sortable=(since.key,),
    )


_dangerous = (HouseSafety.category == "urban") & HouseSafety.danger_grade.in_(("c", "d"))
_examinable = HouseSafety.category == "checkup"

dangerous_found = Measure("dangerous_found")
dangerous_cleared = Measure("dangerous_cleared")
houses_listed = Measure("houses_listed")
houses_checked = Measure("houses_checked")
DANGEROUS = _house_cube("dangerous", "城镇危旧房", dangerous_found, HouseSafety.found_on, _dangerous, _GRADE)
CLEARED = _house_cube("cleared", "已解危房屋", dangerous_cleared, HouseSafety.cleared_on, _dangerous, _GRADE)
LISTED = _house_cube("listed", "应体检房屋", houses_listed, HouseSafety.found_on, _examinable, _BUILD, _STRUCTURE)
CHECKED = _house_cube(
    "checked", "已体检房屋", houses_checked, HouseSafety.assessed_on, _examinable, _BUILD, _STRUCTURE, _RESULT
)

# --- service_case: applications for housing support, on the day they are published ------------------------------

reviewed = Measure("reviewed")
_CASE_DIMS = _dims(
    ServiceCase,
    Dim("case_channel", "申请渠道", ServiceCase.channel, codes=CASE_CHANNEL),
    Dim("workdays", "用时(工作日)", ServiceCase.workdays, number=True),
    town=False,
)
REVIEWS = Cube(
    "reviews",
    "住房保障资格审核",
    ServiceCase,
    _CASE_DIMS,
    (reviewed,),
    tuple(
        Rung(grain, dims)
        for dims in (("district", "workdays"), ("district", "case_channel", "workdays"))
        for grain in ("month", "day")
    ),
    time=ServiceCase.published_on,
    where=(ServiceCase.item == "housing_support")
    & ServiceCase.published_on.is_not(None)
    & ServiceCase.workdays.is_not(None),
    system=_SUPPORT_SYSTEM,
    sortable=("published_on", "workdays"),
)

# --- supervised_task: issues of the city's check-up that are due, and those of them that are closed --------------

_ISSUE_DIMS = _dims(
    SupervisedTask,
    Dim("checkup_dim", "体检维度", SupervisedTask.checkup_dim, codes=CHECKUP_DIM),
    Dim("section", "责任处室", SupervisedTask.section, codes=SECTION),
    town=False,
)


def _issue_cube(name: str, zh: str, measure: Measure, since: Any) -> Cube:
    """Issues from a day on, for ever."""
    return Cube(
        name,
        zh,
        SupervisedTask,
        _ISSUE_DIMS,
        (measure,),
        _rungs(_ISSUE_DIMS),
        since=since,
        where=(SupervisedTask.task_kind == "checkup_issue") & since.is_not(None),
        expected_every=31,
        system=_RENEWAL_SYSTEM,
        sortable=(since.key,),
    )


issues_due = Measure("issues_due")
issues_closed = Measure("issues_closed")
ISSUES_DUE = _issue_cube("issues_due", "到期体检问题", issues_due, SupervisedTask.due_on)
ISSUES_CLOSED = _issue_cube("issues_closed", "已销号体检问题", issues_closed, SupervisedTask.closed_on)

CUBES = (
    RENTAL,
    RENTAL_TASK,
    SHANTY,
    OLD_ESTATES,
    LIFTS,
    RENEWAL,
    SUPPORTED,
    RENTAL_HOMES,
    BOUGHT,
    DANGEROUS,
    CLEARED,
    LISTED,
    CHECKED,
    REVIEWS,
    ISSUES_DUE,
    ISSUES_CLOSED,
)
