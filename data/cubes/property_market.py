"""Cubes of the property market: what is on sale, what is signed, what lies in escrow, how projects fare."""

from __future__ import annotations

from data.models import DeveloperProject, DevelopmentProject, EscrowEntry, HouseUnit, SalesContract
from data.models.codes import BANK, SIZE_BAND, USE, WHITELIST
from data.semantic.spec import Cube, Dim, Measure, Rung

PROJECT_NAMES = (DeveloperProject.project_no, DeveloperProject.project_name)


def _market_dims(fact: type[HouseUnit] | type[SalesContract]) -> tuple[Dim, ...]:
    """Dimensions that units and contracts share."""
    return (
        Dim("district", "区市", fact.district_id, region=True),
        Dim("town", "乡镇街道", fact.region_id, region=True),
        Dim("use", "用途", fact.use, codes=USE),
        Dim("size_band", "面积段", fact.size_band, codes=SIZE_BAND),
        Dim("project", "开发项目", fact.project_no, names=PROJECT_NAMES),
    )


MARKET_RUNGS = (
    Rung("month", ("district",)),
    Rung("day", ("district",)),
    Rung("month", ("district", "use")),
    Rung("day", ("district", "use")),
    Rung("month", ("district", "use", "size_band")),
    Rung("day", ("district", "use", "size_band")),
    Rung("month", ("district", "town", "project")),
    Rung("month", ("district", "town", "use", "project")),
    Rung("month", ("district", "town", "use", "size_band", "project")),
    Rung("day", ("district", "town", "use", "size_band", "project")),
)

# --- sales_contract: an event on the day it is booked -----------------------------------------------------------

_new = SalesContract.market == "new"
_priced = (
    _new
    & (SalesContract.use == "residential")
    & (SalesContract.ordinary == "yes")
    & (SalesContract.resettlement == "no")
    & (SalesContract.row_kind == "sign")
)

signed_area = Measure("signed_area", SalesContract.area_m2, _new, decimals=2)
signed_homes = Measure("signed_homes", SalesContract.home_qty, _new)
priced_amount = Measure("priced_amount", SalesContract.amount_yuan, _priced, decimals=2)
priced_area = Measure("priced_area", SalesContract.area_m2, _priced, decimals=2)
second_hand_homes = Measure("second_hand_homes", SalesContract.home_qty, SalesContract.market == "second_hand")
second_hand_area = Measure("second_hand_area", SalesContract.area_m2, SalesContract.market == "second_hand", decimals=2)

SALES = Cube(
    "sales",
    "网签",
    SalesContract,
    _market_dims(SalesContract),
    (signed_area, signed_homes, priced_amount, priced_area, second_hand_homes, second_hand_area),
    MARKET_RUNGS,
    time=SalesContract.booked_on,
    system="26 房产交易与网签备案系统",
    sortable=("booked_on", "area_m2", "amount_yuan"),
)

# --- house_unit: permitted (event), on sale (state), opened and signed (events that bridge the state) -----------

presale_area = Measure("presale_area", HouseUnit.area_m2, decimals=2)
presale_units = Measure("presale_units")

PRESALE = Cube(
    "presale",
    "批准预售",
    HouseUnit,
    _market_dims(HouseUnit),
    (presale_area, presale_units),
    MARKET_RUNGS,
    time=HouseUnit.presale_on,
    where=HouseUnit.presale_on.is_not(None),
    system="26 房产交易与网签备案系统",
    sortable=("presale_on", "area_m2"),
)

inventory_area = Measure("inventory_area", HouseUnit.area_m2, decimals=2)
inventory_units = Measure("inventory_units")

INVENTORY = Cube(
    "inventory",
    "可售库存",
    HouseUnit,
    _market_dims(HouseUnit),
    (inventory_area, inventory_units),
    MARKET_RUNGS,
    since=HouseUnit.sale_open_on,
    until=HouseUnit.signed_on,
    system="26 房产交易与网签备案系统",
    sortable=("sale_open_on", "area_m2"),
)

opened_area = Measure("opened_area", HouseUnit.area_m2, HouseUnit.spell_no == 1, decimals=2)
reopened_area = Measure("reopened_area", HouseUnit.area_m2, HouseUnit.spell_no > 1, decimals=2)
opened_units = Measure("opened_units", where=HouseUnit.spell_no == 1)
reopened_units = Measure("reopened_units", where=HouseUnit.spell_no > 1)

OPENINGS = Cube(
    "openings",
    "新增可售",
    HouseUnit,
    _market_dims(HouseUnit),
    (opened_area, reopened_area, opened_units, reopened_units),
    MARKET_RUNGS,
    time=HouseUnit.sale_open_on,
    system="26 房产交易与网签备案系统",
    sortable=("sale_open_on", "area_m2"),
)

closed_area = Measure("closed_area", HouseUnit.area_m2, decimals=2)
closed_units = Measure("closed_units")

CLOSINGS = Cube(
    "closings",
    "网签去化",
    HouseUnit,
    _market_dims(HouseUnit),
    (closed_area, closed_units),
    MARKET_RUNGS,
    time=HouseUnit.signed_on,
    where=HouseUnit.signed_on.is_not(None),
    system="26 房产交易与网签备案系统",
    sortable=("signed_on", "area_m2"),
)

# --- escrow_entry: the balance of an account between two bookings -----------------------------------------------

escrow_balance = Measure("escrow_balance", EscrowEntry.balance_yuan, decimals=2)
escrow_required = Measure("escrow_required", EscrowEntry.required_yuan, decimals=2)

ESCROW = Cube(
    "escrow",
    "预售资金监管",
    EscrowEntry,
    (
        Dim("district", "区市", EscrowEntry.district_id, region=True),
        Dim("bank", "监管银行", EscrowEntry.bank, codes=BANK),
        Dim("project", "开发项目", EscrowEntry.project_no, names=PROJECT_NAMES),
    ),
    (escrow_balance, escrow_required),
    (
        Rung("month", ("district",)),
        Rung("day", ("district",)),
        Rung("month", ("district", "bank", "project")),
        Rung("day", ("district", "bank", "project")),
    ),
    since=EscrowEntry.booked_on,
    until=EscrowEntry.next_on,
    system="27 商品房预售资金监管系统",
    sortable=("booked_on", "balance_yuan"),
)

# --- development_project: versions of a project's state ---------------------------------------------------------

_PROJECT_DIMS = (
    Dim("district", "区市", DevelopmentProject.district_id, region=True),
    Dim("town", "乡镇街道", DevelopmentProject.region_id, region=True),
    Dim("project", "开发项目", DevelopmentProject.project_no, names=PROJECT_NAMES),
)
_PROJECT_RUNGS = (
    Rung("month", ("district",)),
    Rung("day", ("district",)),
    Rung("month", ("district", "town", "project")),
    Rung("day", ("district", "town", "project")),
)

invested = Measure("invested", DevelopmentProject.invest_ytd_yuan, decimals=2)
troubled = Measure("troubled")
stalled = Measure("stalled")
late = Measure("late")
task_homes = Measure("task_homes", DevelopmentProject.task_home_qty)
delivered_homes = Measure("delivered_homes", DevelopmentProject.delivered_home_qty)


def _project_cube(name: str, zh: str, measures: tuple[Measure, ...], **when: object) -> Cube:
    """A state of development projects; versions are reported weekly."""
    return Cube(
        name,
        zh,
        DevelopmentProject,
        _PROJECT_DIMS,
        measures,
        _PROJECT_RUNGS,
        expected_every=7,
        system="26 房产交易与网签备案系统",
        sortable=("valid_from",),
        **when,  # type: ignore[arg-type]
    )


INVESTMENT = _project_cube(
    "investment",
    "开发投资",
    (invested,),
    since=DevelopmentProject.valid_from,
    until=DevelopmentProject.invest_until,
)
TROUBLED = _project_cube(
    "troubled",
    "停工或逾期",
    (troubled,),
    since=DevelopmentProject.troubled_from,
    until=DevelopmentProject.valid_to,
    where=DevelopmentProject.troubled_from.is_not(None),
)
STALLED = _project_cube(
    "stalled",
    "停工",
    (stalled,),
    since=DevelopmentProject.stalled_from,
    until=DevelopmentProject.valid_to,
    where=DevelopmentProject.stalled_from.is_not(None),
)
LATE = _project_cube(
    "late",
    "逾期",
    (late,),
    since=DevelopmentProject.late_from,
    until=DevelopmentProject.valid_to,
    where=DevelopmentProject.late_from.is_not(None),
)
DELIVERY = _project_cube(
    "delivery",
    "保交房",
    (task_homes, delivered_homes),
    since=DevelopmentProject.valid_from,
    until=DevelopmentProject.valid_to,
    where=DevelopmentProject.delivery_task == "guaranteed",
)

# --- development_project: loans to projects on the financing list ------------------------------------------------

_approved = DevelopmentProject.whitelist == "approved"

loan_pushed = Measure(
    "loan_pushed",
    DevelopmentProject.loan_pushed_yuan,
    DevelopmentProject.whitelist.in_(("approved", "pushed")),
    decimals=2,
)
loan_credit = Measure("loan_credit", DevelopmentProject.loan_credit_yuan, _approved, decimals=2)
loan_paid = Measure("loan_paid", DevelopmentProject.loan_paid_yuan, _approved, decimals=2)
loan_excluded = Measure("loan_excluded", where=DevelopmentProject.whitelist.in_(("rejected", "exited")))

LOANS = Cube(
    "loans",
    "“白名单”融资",
    DevelopmentProject,
    (
        *_PROJECT_DIMS,
        Dim("bank", "监管银行", DevelopmentProject.bank, codes=BANK),
        Dim("whitelist", "白名单状态", DevelopmentProject.whitelist, codes=WHITELIST),
    ),
    (loan_pushed, loan_credit, loan_paid, loan_excluded),
    (
        Rung("month", ("district",)),
        Rung("day", ("district",)),
        Rung("month", ("district", "bank", "whitelist")),
        Rung("day", ("district", "bank", "whitelist")),
        Rung("month", ("district", "town", "project", "bank", "whitelist")),
        Rung("day", ("district", "town", "project", "bank", "whitelist")),
    ),
    since=DevelopmentProject.valid_from,
    until=DevelopmentProject.valid_to,
    where=DevelopmentProject.whitelist != "none",
    expected_every=7,
    system="26 房产交易与网签备案系统",
    sortable=("valid_from",),
)

CUBES = (
    SALES,
    PRESALE,
    INVENTORY,
    OPENINGS,
    CLOSINGS,
    ESCROW,
    INVESTMENT,
    TROUBLED,
    STALLED,
    LATE,
    DELIVERY,
    LOANS,
)
