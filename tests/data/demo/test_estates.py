"""Estates, funds, scores and buildings of the city: consistent, calibrated, with their stories."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from datetime import date
from typing import Any

import pytest
from sqlalchemy import String

from data.bulk import table_of
from data.demo import estate_lives, estates, ratings, repair_fund
from data.demo.city import BEFORE_ALL, City
from data.demo.market import DISTRICTS
from data.demo.names import old_estate_name, property_company
from data.ingest.datasets.estates import DATASETS
from data.models import DevelopmentProject, Estate, EstateRegister, RepairFundEntry, ScoreRecord, SmartBuildProject
from tests.data.demo.conftest import SCALE, SEED, SINCE, TODAY

YESTERDAY = TODAY.toordinal() - 1
TOWN = estate_lives.EXPIRING_TOWN[1]

Tables = dict[type, list[dict[str, Any]]]


def tables(city: City, day: int = YESTERDAY) -> Tables:
    found = estates.rows(city, [BEFORE_ALL] * len(DISTRICTS), [day] * len(DISTRICTS))
    return {model: list(rows.added) for model, rows in found.items()}


@pytest.fixture(scope="module")
def rows(city: City) -> Tables:
    return tables(city)


def in_force(rows: list[dict[str, Any]], day: date, since: str = "valid_from", until: str = "valid_to") -> list[Any]:
    return [row for row in rows if row[since] <= day and (row[until] is None or row[until] > day)]


def formation(rows: list[dict[str, Any]], day: date) -> tuple[int, int]:
    """Owner bodies in office, and estates that may have one."""
    eligible = [row for row in in_force(rows, day) if row["body_eligible"] == "yes"]
    formed = [row for row in eligible if row["owner_body"] in ("committee", "management")]
    return sum(row["term_until_on"] >= day for row in formed), len(eligible)


def test_a_later_horizon_changes_nothing_before_it(rows: Tables) -> None:
    assert tables(City(SEED, SINCE.toordinal(), YESTERDAY + 500, SCALE)) == rows


def test_keys_are_unique_and_columns_complete(rows: Tables) -> None:
    for model in (Estate, RepairFundEntry, ScoreRecord, SmartBuildProject):
        table = table_of(model)
        keys = [tuple(row[name] for name in table.info["key"]) for row in rows[model]]
        assert len(keys) == len(set(keys)) > 0, table.name
        named = {column.name for column in table.columns if not column.nullable} - {"id", "run_id"}
        assert all(named <= row.keys() for row in rows[model]), table.name
        for column in table.columns:
            values = {row.get(column.name) for row in rows[model]} - {None}
            if codes := column.info.get("codes"):
                assert values <= codes.keys(), column
            if isinstance(column.type, String) and column.name not in ("region_id", "district_id"):
                assert max(map(len, map(str, values)), default=0) <= (column.type.length or 0), column


def test_every_row_would_pass_the_checks_of_ingestion(rows: Tables) -> None:
    for target in DATASETS:
        for row in rows[target.model]:
            assert target.check is not None
            assert target.check(row) == [], row


def test_a_balance_is_the_one_before_and_its_booking(rows: Tables) -> None:
    accounts: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in sorted(rows[RepairFundEntry], key=lambda row: (row["booked_on"], row["entry_no"])):
        accounts[row["account_no"]].append(row)
    assert len(accounts) > 100
    for entries in accounts.values():
        for before, after in zip(entries, entries[1:], strict=False):
            sign = -1 if after["direction"] == "out" else 1
            assert after["balance_yuan"] == before["balance_yuan"] + sign * after["amount_yuan"] >= 0
            assert before["next_on"] == after["booked_on"]


def test_names_are_invented_and_do_not_meet() -> None:
    for district in range(len(DISTRICTS)):
        names = {old_estate_name(district, number) for number in range(500)}
        assert len(names) == 500
        assert all(re.match(r"^演示·[\u4e00-\u9fff]{4}(（\d+）)?$", name) for name in names)
    companies = {property_company(number) for number in ratings.companies()}
    assert len(companies) == estate_lives.COMPANIES
    assert all(re.match(r"^演示[\u4e00-\u9fff]{4,6}公司$", name) and "S" in code for name, code in companies)


# --- stories -----------------------------------------------------------------------------------------------------


def test_in_one_town_terms_ran_out_together(rows: Tables) -> None:
    town = [row for row in rows[Estate] if row["region_id"] == TOWN and "-YS-" in row["estate_code"]]
    formed, eligible = formation(town, date(2026, 8, 31))
    assert formed == eligible > 0
    assert formation(town, date(2026, 10, 1))[0] == 0
    before, after = (formation(rows[Estate], day) for day in (date(2026, 8, 31), date(2026, 11, 24)))
    assert after[0] < before[0]


def test_on_most_days_one_fund_is_drawn_down() -> None:
    plans = list(estate_lives.older(SEED, SCALE))
    for year in range(2026, 2040):
        day = date(year, 4, 20).toordinal()
        drained = [plan for plan in plans if repair_fund.is_drained(plan, day)]
        assert len(drained) <= 1
    (told,) = [plan for plan in plans if repair_fund.is_drained(plan, date(2026, 10, 1).toordinal())]
    balances = {entry.booked_on: entry.balance for entry in repair_fund.entries(SEED, told, YESTERDAY)}
    last = max(balances)
    begun = max(day for day in balances if day < date(2026, 3, 1).toordinal())
    assert told.district == 0
    assert balances[last] < 0.4 * balances[begun]


# --- calibration, at full size -------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_full_city_is_near_its_anchors() -> None:
    city = City(SEED, date(2023, 11, 1).toordinal(), YESTERDAY)
    found = tables(city)
    today = date.fromordinal(YESTERDAY)
    assert sum(map(len, found.values())) < 60_000
    now = in_force(found[Estate], today)
    assert len(now) == pytest.approx(1_800, rel=0.03)
    assert len(found[EstateRegister]) == len(now)
    assert sum(row["managed"] == "yes" for row in now) / len(now) == pytest.approx(0.88, abs=0.015)
    formed, eligible = formation(found[Estate], today)
    assert formed / eligible == pytest.approx(0.53, abs=0.03)
    assert max(Counter(row["estate_code"] for row in found[Estate]).values()) <= 5
    balance = sum(row["balance_yuan"] for row in in_force(found[RepairFundEntry], today, "booked_on", "next_on"))
    assert balance / 1e10 == pytest.approx(62, abs=4)
    scored = in_force(found[ScoreRecord], today)
    assert {row["band"] for row in scored} == {"a", "b", "c", "d"}
    assert len(scored) == pytest.approx(195, abs=4)
    good: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for row in found[SmartBuildProject]:
        if row["use"] == "residential" and row["permitted_on"]:
            good[row["permitted_on"].year][0] += row["floor_area_m2"] * (row["good_house"] == "yes")
            good[row["permitted_on"].year][1] += row["floor_area_m2"]
    shares = [good[year][0] / good[year][1] for year in (2024, 2025, 2026)]
    assert shares == sorted(shares)
    assert 0.01 < shares[0] < 0.10
    assert 0.25 < shares[2] < 0.45


@pytest.mark.slow
def test_loans_follow_the_list() -> None:
    city = City(SEED, date(2023, 11, 1).toordinal(), YESTERDAY, SCALE)
    found = city.rows([BEFORE_ALL] * len(DISTRICTS), [YESTERDAY] * len(DISTRICTS))
    now = [row for row in found[DevelopmentProject].added if row["valid_to"] is None]
    listed = [row for row in now if row["whitelist"] == "approved"]
    assert len(listed) >= 15
    assert all(0 <= row["loan_paid_yuan"] <= row["loan_credit_yuan"] <= row["loan_pushed_yuan"] for row in listed)
    assert {row["whitelist"] for row in now} == {"approved", "pushed", "rejected", "exited", "none"}
