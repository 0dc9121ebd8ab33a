"""Estates, repair funds, scores and single buildings with every awkward case, and an independent SQL for their figures.

Derived columns are worked out here from their definitions, so that nothing of the ingestion is trusted.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from data.models import (
    DevelopmentProject,
    Estate,
    EstateRegister,
    Project,
    RepairFundEntry,
    ScoreRecord,
    SmartBuildProject,
)
from tests.data.semantic import market
from tests.data.semantic.market import BANKS, DISTRICTS, LAST, SINCE, STEP, UNIT, Row, place, with_next

LEAP_DAY = date(2024, 2, 29)
ESTATES = 35
WORKS = 21


def whole_city() -> dict[type[Any], list[Row]]:
    """The rich market, with loans to its projects, and its estates."""
    rows: dict[type[Any], list[Row]] = {**market.rich_rows()}
    lend(rows[DevelopmentProject])
    return rows | rich_rows()


def rich_rows(seed: int = 5) -> dict[type[Any], list[Row]]:
    """Rows of all four facts over four years, after the natural keys that they refer to."""
    rnd = random.Random(seed)
    return {
        EstateRegister: [_head(number) for number in range(ESTATES)],
        Project: [_works(number) for number in range(WORKS)],
        Estate: [row for number in range(ESTATES) for row in _versions(rnd, number)] + _awkward_estates(),
        RepairFundEntry: with_next([row for number in range(ESTATES) for row in _bookings(rnd, number)]),
        ScoreRecord: [row for number in range(ESTATES) for row in _scores(rnd, number)],
        SmartBuildProject: [row for number in range(WORKS) for row in _buildings(rnd, number)],
    }


def district_of(number: int) -> str:
    """District of an estate or of works; the unit without a shape is one of seven."""
    return (*DISTRICTS, UNIT)[number % 7]


def estate_of(number: int) -> str:
    """Code of an estate."""
    return f"X{number:02d}"


def lend(versions: list[Row], seed: int = 12) -> None:
    """Put some versions of projects on the financing list, with amounts even where none should count."""
    rnd = random.Random(seed)
    for row in versions:
        state = rnd.choice(("approved", "approved", "approved", "pushed", "rejected", "exited", "none"))
        row |= {
            "whitelist": state,
            "bank": rnd.choice((*BANKS, None)),
            "loan_pushed_yuan": rnd.choice((None, f"{rnd.randrange(10**9)}.00")),
            "loan_credit_yuan": f"{rnd.randrange(10**9)}.00",
            "loan_paid_yuan": rnd.choice(("0.00", None, f"{rnd.randrange(10**9)}.55")),
        }


# --- rows ------------------------------------------------------------------------------------------------------


def _head(number: int) -> Row:
    district = district_of(number)
    return {"estate_code": estate_of(number), "estate_name": f"小区{number}", "district_id": district}


def _works(number: int) -> Row:
    return {
        **place(district_of(number)),
        "project_code": f"G{number:02d}",
        "project_name": f"工程{number}",
        "project_type": "house",
        "funding": "private",
    }


def estate(number: int, since: date, until: date | None, **more: Any) -> Row:
    """One version of an estate, with the days that bound its owner body's time in office."""
    row = {
        **place(district_of(number)),
        "estate_code": estate_of(number),
        "estate_name": f"小区{number}",
        "valid_from": since,
        "valid_to": until,
        "estate_type": "commercial",
        "managed": "yes",
        "body_eligible": "yes",
        "owner_body": "none",
        "term_until_on": None,
        "household_qty": 100,
        "area_m2": "10000.50",
        **more,
    }
    body, term = row["owner_body"], row["term_until_on"]
    after = term and term + STEP
    out = {"committee": after, "management": after, "expired": since}.get(body)
    begins = out and max(out, since)
    return {
        **row,
        "in_office_until": min(filter(None, (after, until)), default=None),
        "expired_from": begins if begins and (until is None or begins < until) else None,
    }


def _versions(rnd: random.Random, number: int) -> Iterator[Row]:
    since = SINCE + timedelta(days=rnd.randrange(300))
    kind = rnd.choice(("commercial", "resettlement", "old", "other"))
    while since <= LAST:
        until = since + timedelta(days=rnd.choice((1, 60, 180, 400, 700)))
        last = until > LAST or rnd.random() < 0.2
        some, many = timedelta(days=rnd.randrange(900)), timedelta(days=rnd.randrange(900, 1800))
        term = rnd.choice((None, since - STEP, since, until - STEP, until, since + some, since + many, since + many))
        yield estate(
            number,
            since,
            None if last else until,
            estate_type=kind,
            managed=rnd.choice(("yes", "yes", "no")),
            body_eligible=rnd.choice(("yes", "yes", "yes", "no")),
            owner_body=rnd.choice(("committee", "committee", "management", "expired", "none")),
            term_until_on=term,
            household_qty=rnd.randrange(20, 3000),
            area_m2=f"{rnd.randrange(100_000, 50_000_000) / 100:.2f}",
        )
        if last:
            return
        since = until


def _awkward_estates() -> list[Row]:
    """Versions before all others of their estates."""
    return [
        # A term that ends on the leap day, and one that ends on the last day of the year, both within the version.
        estate(1, date(2022, 3, 1), date(2022, 12, 1), owner_body="committee", term_until_on=date(2022, 6, 30)),
        estate(2, date(2022, 3, 1), date(2022, 6, 1), owner_body="management", term_until_on=date(2022, 5, 31)),
        # No day is left: the term was over when the version began.
        estate(3, date(2022, 3, 1), date(2022, 6, 1), owner_body="committee", term_until_on=date(2022, 2, 28)),
    ]


def _bookings(rnd: random.Random, number: int) -> Iterator[Row]:
    for account in range(number % 3):
        balance, booked = 0, SINCE + timedelta(days=rnd.randrange(400))
        place_in_line = 0
        while booked <= LAST:
            place_in_line += 1
            amount = rnd.randrange(1, 10**9)
            direction = rnd.choice(("in", "in", "interest", "out")) if balance > amount else "in"
            balance += -amount if direction == "out" else amount
            yield {
                **place(district_of(number)),
                "entry_no": f"F{number:02d}{account}{place_in_line:04d}",
                "account_no": f"ZH{number:02d}{account}",
                "account_masked": "****",
                "estate_code": estate_of(number),
                "booked_on": booked,
                "direction": direction,
                "amount_yuan": f"{amount / 100:.2f}",
                "balance_yuan": f"{balance / 100:.2f}",
            }
            booked += timedelta(days=rnd.choice((0, 0, 1, 30, 90)))


def _scores(rnd: random.Random, number: int) -> Iterator[Row]:
    """A company's scores each half year, and those of another kind that have bands too."""
    for kind in ("property_company", "enterprise_credit"):
        since = SINCE + timedelta(days=rnd.randrange(200))
        while since <= LAST:
            until = since + timedelta(days=rnd.randrange(150, 220))
            yield {
                **place(district_of(number), deep=False),
                "subject_code": f"C{number:02d}",
                "subject_name": f"物业企业{number}",
                "score_kind": kind,
                "entity_type": "property",
                "valid_from": since,
                "valid_to": until if until <= LAST else None,
                "score": f"{rnd.randrange(5000, 10000) / 100:.2f}",
                "band": rnd.choice("abcd"),
            }
            since = until


def _buildings(rnd: random.Random, number: int) -> Iterator[Row]:
    for building in range(8):
        permitted = rnd.choice((None, SINCE + timedelta(days=rnd.randrange((LAST - SINCE).days)), LEAP_DAY))
        if building < 2:
            permitted = LAST - timedelta(days=rnd.randrange(300))
        yield {
            **place(district_of(number)),
            "building_no": f"D{number:02d}{building}",
            "building_name": f"{building + 1}幢",
            "project_code": f"G{number:02d}",
            "permitted_on": permitted,
            "floor_area_m2": f"{rnd.randrange(100_000, 3_000_000) / 100:.2f}",
            "use": rnd.choice(("residential", "residential", "public")) if building else "residential",
            "good_house": rnd.choice(("yes", "no")) if building else "yes",
            "land_type": rnd.choice(("new_land", "stock")),
        }


# --- an independent SQL for each figure, in the manner of tests.data.semantic.oracles -----------------------------

_IN_FORCE = "valid_from <= :day AND (valid_to IS NULL OR valid_to > :day) AND {within}"
_NEWEST_BOOKING = """
    booked_on <= :day AND {within} AND NOT EXISTS (
        SELECT 1 FROM t10_repair_fund_entry later
        WHERE later.account_no = t10_repair_fund_entry.account_no AND later.booked_on <= :day
          AND (later.booked_on > t10_repair_fund_entry.booked_on
               OR later.booked_on = t10_repair_fund_entry.booked_on
                  AND later.entry_no > t10_repair_fund_entry.entry_no))
"""


def _share(part: str, whole: str, table: str, where: str) -> str:
    return f"""
        SELECT {{by}}, 100.0 * SUM({part}) / NULLIF(SUM({whole}), 0)
        FROM {table} WHERE {where} GROUP BY 1
    """


def _booked(direction: str) -> str:
    return f"""
        SELECT {{by}}, SUM(amount_yuan) / 100.0 / 100000000
        FROM t10_repair_fund_entry
        WHERE direction = '{direction}' AND booked_on >= :lo AND booked_on < :hi AND {{within}}
        GROUP BY 1
    """


def _lent(column: str, states: str) -> str:
    return f"""
        SELECT {{by}}, SUM({column}) / 100.0 / 100000000
        FROM t08_development_project
        WHERE whitelist IN ({states}) AND {_IN_FORCE}
        GROUP BY 1
    """


_PERMITTED = "use = 'residential' AND permitted_on >= :lo AND permitted_on < :hi AND {within}"
_IN_OFFICE = "owner_body IN ('committee', 'management') AND term_until_on >= :day"

ORACLES: dict[str, str] = {
    # 当日有物业服务的住宅小区占住宅小区总数的比例。 %
    "ZF16": _share("CASE WHEN managed = 'yes' THEN 1 ELSE 0 END", "1", "t10_estate", _IN_FORCE),
    "ZF16-area": _share("CASE WHEN managed = 'yes' THEN area_m2 ELSE 0 END", "area_m2", "t10_estate", _IN_FORCE),
    "ZF16-households": _share(
        "CASE WHEN managed = 'yes' THEN household_qty ELSE 0 END", "household_qty", "t10_estate", _IN_FORCE
    ),
    # 当日有效的最新一期物业企业信用评分各档家数: each company's newest score of the day or before. 家
    "ZF17": """
        SELECT {by}, COUNT(*)
        FROM b4_score_record
        WHERE score_kind = 'property_company' AND valid_from <= :day AND {within}
          AND NOT EXISTS (
            SELECT 1 FROM b4_score_record later
            WHERE later.subject_code = b4_score_record.subject_code AND later.score_kind = b4_score_record.score_kind
              AND later.valid_from <= :day AND later.valid_from > b4_score_record.valid_from)
        GROUP BY 1
    """,
    # 当日住宅专项维修资金余额之和: each account's newest booking of the day or before. 亿元
    "ZF18": f"""
        SELECT {{by}}, SUM(balance_yuan) / 100.0 / 100000000
        FROM t10_repair_fund_entry WHERE {_NEWEST_BOOKING} GROUP BY 1
    """,
    "ZF18-paid_in": _booked("in"),
    "ZF18-used": _booked("out"),
    "ZF18-interest": _booked("interest"),
    # 当年取得施工许可的住宅中，标注好房子的面积占比。 %
    "ZF21": _share(
        "CASE WHEN good_house = 'yes' THEN floor_area_m2 ELSE 0 END",
        "floor_area_m2",
        "t01_smart_build_project",
        _PERMITTED,
    ),
    # 当年取得施工许可的好房子项目去重个数。
    "ZF21-projects": f"""
        SELECT {{by}}, COUNT(DISTINCT project_code)
        FROM t01_smart_build_project WHERE good_house = 'yes' AND {_PERMITTED} GROUP BY 1
    """,
    # 当年取得施工许可的好房子住宅建筑面积。 万㎡
    "ZF21-area": f"""
        SELECT {{by}}, SUM(floor_area_m2) / 100.0 / 10000
        FROM t01_smart_build_project WHERE good_house = 'yes' AND {_PERMITTED} GROUP BY 1
    """,
    # 已投放贷款占已授信金额的比例；未通过、退出项目不进分母。 %
    "ZF26": _share(
        "COALESCE(loan_paid_yuan, 0)",
        "loan_credit_yuan",
        "t08_development_project",
        f"whitelist = 'approved' AND {_IN_FORCE}",
    ),
    "ZF26-pushed": _lent("COALESCE(loan_pushed_yuan, 0)", "'approved', 'pushed'"),
    "ZF26-credit": _lent("loan_credit_yuan", "'approved'"),
    "ZF26-paid": _lent("COALESCE(loan_paid_yuan, 0)", "'approved'"),
    # 当日白名单未通过或已退出的项目个数。
    "ZF26-excluded": f"""
        SELECT {{by}}, COUNT(DISTINCT project_no)
        FROM t08_development_project WHERE whitelist IN ('rejected', 'exited') AND {_IN_FORCE} GROUP BY 1
    """,
    # 具备成立条件的住宅小区中已成立业主组织且在任期内的比例；届满未换届计未组建。 %
    "ZF27": _share(
        f"CASE WHEN {_IN_OFFICE} THEN 1 ELSE 0 END", "1", "t10_estate", f"body_eligible = 'yes' AND {_IN_FORCE}"
    ),
    "ZF27-formed": f"""
        SELECT {{by}}, COUNT(DISTINCT estate_code)
        FROM t10_estate WHERE body_eligible = 'yes' AND {_IN_OFFICE} AND {_IN_FORCE} GROUP BY 1
    """,
    "ZF27-eligible": f"""
        SELECT {{by}}, COUNT(DISTINCT estate_code)
        FROM t10_estate WHERE body_eligible = 'yes' AND {_IN_FORCE} GROUP BY 1
    """,
    # 当日业主组织任期届满仍未换届的住宅小区个数。
    "ZF27-expired": f"""
        SELECT {{by}}, COUNT(DISTINCT estate_code)
        FROM t10_estate
        WHERE body_eligible = 'yes' AND {_IN_FORCE}
          AND (owner_body = 'expired' OR owner_body IN ('committee', 'management') AND term_until_on < :day)
        GROUP BY 1
    """,
}

QUOTIENTS = frozenset({"ZF16", "ZF16-area", "ZF16-households", "ZF21", "ZF26", "ZF27"})
"""Indicators that have no value, rather than zero, where there is nothing."""

MEMBER = {
    "estate": "estate_code",
    "estate_type": "estate_type",
    "band": "band",
    "land_type": "land_type",
    "works": "project_code",
    "whitelist": "whitelist",
    "district+band": "district_id || '+' || band",
    "bank+whitelist": "COALESCE(bank, '') || '+' || whitelist",
}
"""How a row names its member of a dimension."""

FILTERS: tuple[tuple[dict[str, Any], str], ...] = (
    ({"estate_type": ("old", "resettlement")}, "estate_type IN ('old', 'resettlement')"),
    ({"estate": "X04"}, "estate_code = 'X04'"),
    ({"band": ("a", "b"), "district": "321281"}, "band IN ('a', 'b') AND district_id = '321281'"),
    ({"land_type": "stock"}, "land_type = 'stock'"),
    ({"works": "G02"}, "project_code = 'G02'"),
    ({"bank": ("b01", ""), "whitelist": "approved"}, "COALESCE(bank, '') IN ('b01', '') AND whitelist = 'approved'"),
)
