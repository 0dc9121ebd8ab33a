"""Cubes of estates and their repair fund, of the companies that serve them, and of good houses permitted."""

from __future__ import annotations

from data.models import Estate, EstateRegister, Project, RepairFundEntry, ScoreRecord, SmartBuildProject
from data.models.codes import ESTATE_TYPE, LAND_TYPE, SCORE_BAND
from data.semantic.spec import Cube, Dim, Measure, Rung

ESTATE_NAMES = (EstateRegister.estate_code, EstateRegister.estate_name)
PROPERTY_SYSTEM = "28 物业与维修资金管理系统"

# --- estate: versions of an estate's state, and two states that end or begin with a term ------------------------

_ESTATE_DIMS = (
    Dim("district", "区市", Estate.district_id, region=True),
    Dim("town", "乡镇街道", Estate.region_id, region=True),
    Dim("estate_type", "小区类型", Estate.estate_type, codes=ESTATE_TYPE),
    Dim("estate", "住宅小区", Estate.estate_code, names=ESTATE_NAMES),
)
_ESTATE_RUNGS = (
    Rung("month", ("district",)),
    Rung("day", ("district",)),
    Rung("month", ("district", "town", "estate_type")),
    Rung("day", ("district", "town", "estate_type")),
    Rung("month", ("district", "town", "estate_type", "estate")),
    Rung("day", ("district", "town", "estate_type", "estate")),
)
_managed = Estate.managed == "yes"
_eligible = Estate.body_eligible == "yes"

estates = Measure("estates")
managed_estates = Measure("managed_estates", where=_managed)
estate_area = Measure("estate_area", Estate.area_m2, decimals=2)
managed_area = Measure("managed_area", Estate.area_m2, _managed, decimals=2)
households = Measure("households", Estate.household_qty)
managed_households = Measure("managed_households", Estate.household_qty, _managed)
eligible_estates = Measure("eligible_estates", where=_eligible)

ESTATES = Cube(
    "estates",
    "住宅小区",
    Estate,
    _ESTATE_DIMS,
    (estates, managed_estates, estate_area, managed_area, households, managed_households, eligible_estates),
    _ESTATE_RUNGS,
    since=Estate.valid_from,
    until=Estate.valid_to,
    expected_every=31,
    system=PROPERTY_SYSTEM,
    sortable=("valid_from", "household_qty", "area_m2"),
)

bodies_in_office = Measure("bodies_in_office")

OWNER_BODIES = Cube(
    "owner_bodies",
    "在任业主组织",
    Estate,
    _ESTATE_DIMS,
    (bodies_in_office,),
    _ESTATE_RUNGS,
    since=Estate.valid_from,
    until=Estate.in_office_until,
    where=_eligible
    & Estate.owner_body.in_(("committee", "management"))
    # Who has not said until when a body is in office has not said that it is.
    & Estate.term_until_on.is_not(None),
    expected_every=31,
    system=PROPERTY_SYSTEM,
    sortable=("valid_from", "household_qty"),
)

terms_expired = Measure("terms_expired")

EXPIRED_TERMS = Cube(
    "expired_terms",
    "业主组织届满未换届",
    Estate,
    _ESTATE_DIMS,
    (terms_expired,),
    _ESTATE_RUNGS,
    since=Estate.expired_from,
    until=Estate.valid_to,
    where=_eligible & Estate.expired_from.is_not(None),
    expected_every=31,
    system=PROPERTY_SYSTEM,
    sortable=("expired_from", "household_qty"),
)

# --- score_record: the bands that property companies stand in ---------------------------------------------------

scored_companies = Measure("scored_companies")

PROPERTY_SCORES = Cube(
    "property_scores",
    "物业企业信用评分",
    ScoreRecord,
    (
        Dim("district", "区市", ScoreRecord.district_id, region=True),
        Dim("band", "档次", ScoreRecord.band, codes=SCORE_BAND),
    ),
    (scored_companies,),
    (
        Rung("month", ("district",)),
        Rung("day", ("district",)),
        Rung("month", ("district", "band")),
        Rung("day", ("district", "band")),
    ),
    since=ScoreRecord.valid_from,
    until=ScoreRecord.valid_to,
    where=ScoreRecord.score_kind == "property_company",
    expected_every=184,
    system=PROPERTY_SYSTEM,
    sortable=("valid_from",),
)

# --- repair_fund_entry: the balance between two bookings, and the bookings that make it --------------------------

_FUND_DIMS = (
    Dim("district", "区市", RepairFundEntry.district_id, region=True),
    Dim("town", "乡镇街道", RepairFundEntry.region_id, region=True),
    Dim("estate", "住宅小区", RepairFundEntry.estate_code, names=ESTATE_NAMES),
)
_FUND_RUNGS = (
    Rung("month", ("district",)),
    Rung("day", ("district",)),
    Rung("month", ("district", "town")),
    Rung("day", ("district", "town")),
    Rung("month", ("district", "town", "estate")),
    Rung("day", ("district", "town", "estate")),
)

fund_balance = Measure("fund_balance", RepairFundEntry.balance_yuan, decimals=2)

REPAIR_FUND = Cube(
    "repair_fund",
    "维修资金余额",
    RepairFundEntry,
    _FUND_DIMS,
    (fund_balance,),
    _FUND_RUNGS,
    since=RepairFundEntry.booked_on,
    until=RepairFundEntry.next_on,
    expected_every=31,
    system=PROPERTY_SYSTEM,
    sortable=("booked_on", "balance_yuan"),
)

fund_paid_in = Measure("fund_paid_in", RepairFundEntry.amount_yuan, RepairFundEntry.direction == "in", decimals=2)
fund_used = Measure("fund_used", RepairFundEntry.amount_yuan, RepairFundEntry.direction == "out", decimals=2)
fund_interest = Measure(
    "fund_interest", RepairFundEntry.amount_yuan, RepairFundEntry.direction == "interest", decimals=2
)

REPAIR_BOOKINGS = Cube(
    "repair_bookings",
    "维修资金收支",
    RepairFundEntry,
    _FUND_DIMS,
    (fund_paid_in, fund_used, fund_interest),
    _FUND_RUNGS,
    time=RepairFundEntry.booked_on,
    expected_every=31,
    system=PROPERTY_SYSTEM,
    sortable=("booked_on", "amount_yuan"),
)

# --- smart_build_project: homes permitted, and the good houses among them ----------------------------------------

_good = SmartBuildProject.good_house == "yes"

permitted_area = Measure("permitted_area", SmartBuildProject.floor_area_m2, decimals=2)
good_area = Measure("good_area", SmartBuildProject.floor_area_m2, _good, decimals=2)
good_works = Measure("good_works", SmartBuildProject.project_code, _good, how="set")

HOME_STARTS = Cube(
    "home_starts",
    "住宅新开工",
    SmartBuildProject,
    (
        Dim("district", "区市", SmartBuildProject.district_id, region=True),
        Dim("town", "乡镇街道", SmartBuildProject.region_id, region=True),
        Dim("land_type", "用地类型", SmartBuildProject.land_type, codes=LAND_TYPE),
        Dim("works", "工程项目", SmartBuildProject.project_code, names=(Project.project_code, Project.project_name)),
    ),
    (permitted_area, good_area, good_works),
    (
        Rung("month", ("district",)),
        Rung("day", ("district",)),
        Rung("month", ("district", "town", "land_type", "works")),
        Rung("day", ("district", "town", "land_type", "works")),
    ),
    time=SmartBuildProject.permitted_on,
    where=(SmartBuildProject.use == "residential") & SmartBuildProject.permitted_on.is_not(None),
    system="06 工程建设项目审批管理系统",
    sortable=("permitted_on", "floor_area_m2"),
)

CUBES = (
    ESTATES,
    OWNER_BODIES,
    EXPIRED_TERMS,
    PROPERTY_SCORES,
    REPAIR_FUND,
    REPAIR_BOOKINGS,
    HOME_STARTS,
)
