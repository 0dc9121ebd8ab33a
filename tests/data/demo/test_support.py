"""Housing support and renewal as they are invented: near their anchors, of one piece, with their stories."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from itertools import pairwise
from statistics import median
from typing import Any

import pytest

from data.demo.city import BEFORE_ALL, City
from data.demo.market import DISTRICTS
from data.demo.support import CITY, SECTOR, SOURCE, targets
from data.demo.tasks import BEHIND
from data.models import (
    HouseSafety,
    ServiceCase,
    SupervisedTask,
    SupportHome,
    SupportHousehold,
    TaskProject,
)
from data.reference.load import region_rows
from tests.data.demo.conftest import SEED, TODAY

YESTERDAY = date.fromordinal(TODAY.toordinal() - 1)
Tables = dict[type, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def full() -> Tables:
    """The whole sector at full size; the market beside it is kept small."""
    city = City(SEED, date(2023, 11, 1).toordinal(), YESTERDAY.toordinal(), 0.01)
    city.scale = 1.0
    found = SECTOR.rows(city, [BEFORE_ALL] * len(DISTRICTS), [YESTERDAY.toordinal()] * len(DISTRICTS))
    return {model: list(rows.added) for model, rows in found.items()}


def holding(rows: list[dict[str, Any]], day: date = YESTERDAY) -> list[dict[str, Any]]:
    return [row for row in rows if row["since_on"] <= day and (row["until_on"] is None or row["until_on"] > day)]


def by_district(rows: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        found[row["district_id"]].append(row)
    return found


def test_keys_are_unique_columns_complete_and_numbers_invented(full: Tables) -> None:
    assert sum(map(len, full.values())) < 250_000
    for model, rows in full.items():
        table = model.__table__  # type: ignore[attr-defined]
        key = table.info["key"]
        assert len({tuple(row[name] for name in key) for row in rows}) == len(rows) > 0
        assert all(str(row[key[0]]).startswith("YS") for row in rows)
        wanted = {column.name for column in table.columns} - {"id", "run_id"}
        assert all(row.keys() == wanted for row in rows), model
        for name in ("task_name", "estate_name", "location", "company"):
            assert all(row[name].startswith("演示") for row in rows if row.get(name))


def test_a_home_is_in_one_state_at_a_time_and_whoever_lives_in_it_is_supported(full: Tables) -> None:
    by_home: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in full[SupportHome]:
        by_home[row["home_code"]].append(row)
    for spells in by_home.values():
        spells.sort(key=lambda row: row["since_on"])
        assert all(before["until_on"] == after["since_on"] for before, after in pairwise(spells))
    let = {
        (row["home_code"], row["since_on"], row["until_on"])
        for row in full[SupportHome]
        if row["home_kind"] == "public_rental" and row["status"] == "occupied"
    }
    tenants = {
        (row["home_code"], row["since_on"], row["until_on"])
        for row in full[SupportHousehold]
        if row["support_kind"] == "home"
    }
    assert let == tenants


def test_the_anchors(full: Tables) -> None:
    assert len(holding(full[SupportHousehold])) == pytest.approx(20_000, rel=0.03)
    homes = [row for row in holding(full[SupportHome]) if row["home_kind"] == "public_rental"]
    assert sum(row["status"] == "vacant" for row in homes) / len(homes) == pytest.approx(0.04, abs=0.006)
    for year in (2024, 2025):
        done: dict[tuple[str, str], int] = defaultdict(int)
        for row in full[TaskProject]:
            if row["booked_on"].year == year:
                quantity = row["home_qty"] or row["estate_qty"] or row["lift_qty"]
                done[row["task_kind"], row["milestone"]] += quantity
        assert done["rental", "raise"] == pytest.approx(6_000, rel=0.12)
        assert done["old_estate", "finish"] == pytest.approx(120, rel=0.12)
        assert done["lift", "finish"] == pytest.approx(300, rel=0.1)
    listed = [row for row in full[HouseSafety] if row["category"] == "checkup"]
    assert len(listed) == pytest.approx(42_000, rel=0.03)
    assert sum(row["assessed_on"] is not None for row in listed) / len(listed) == pytest.approx(0.85, abs=0.04)
    accepted = [row for row in full[ServiceCase] if row["accepted_on"].year == 2025]
    assert len(accepted) / 12 == pytest.approx(900, rel=0.05)
    assert sum(row["assigned_on"].year == 2026 for row in full[SupervisedTask]) == pytest.approx(300, rel=0.05)


def test_one_district_lags_far_behind_its_task_of_homes_to_let(full: Tables) -> None:
    tasks = {row["district_id"]: row["value"] for row in targets(SEED, [2026]) if row["indicator"] == "ZF11"}
    raised = [row for row in full[TaskProject] if row["milestone"] == "raise" and row["booked_on"].year == 2026]
    rates = {
        district: sum(row["home_qty"] for row in rows) / tasks[district]
        for district, rows in by_district(raised).items()
    }
    behind = DISTRICTS[BEHIND[2026 % len(BEHIND)]].id
    assert behind == "321283"
    assert rates.pop(behind) == pytest.approx(0.57, abs=0.02)
    assert min(rates.values()) > 0.78


def test_one_town_has_many_dangerous_houses_that_nobody_resolves(full: Tables) -> None:
    waiting: dict[str, int] = defaultdict(int)
    for row in full[HouseSafety]:
        if row["category"] == "urban" and row["cleared_on"] is None:
            waiting[row["region_id"]] += 1
    names = {row["id"]: row["name"] for row in region_rows()}
    worst = sorted(waiting, key=lambda town: -waiting[town])
    assert [names[town] for town in worst[:2]] == ["顾高镇", "罡杨镇"]
    assert waiting[worst[1]] > 2 * waiting[worst[2]]


def test_reviews_take_longest_in_one_district(full: Tables) -> None:
    published = [row for row in full[ServiceCase] if row["published_on"] and row["published_on"].year == 2026]
    days = {district: median(row["workdays"] for row in rows) for district, rows in by_district(published).items()}
    assert max(days, key=lambda district: days[district]) == "321281"
    assert days.pop("321281") > 1.2 * max(days.values())


def test_tasks_are_set_for_every_district_and_the_city_is_their_sum() -> None:
    rows = targets(SEED, [2025, 2026])
    assert {row["source"] for row in rows} == {SOURCE}
    assert {row["district_id"] for row in rows} == {CITY, *(district.id for district in DISTRICTS)}
    values = {(row["indicator"], row["district_id"], row["year"]): row["value"] for row in rows}
    assert len(values) == len(rows)
    for (indicator, district, year), value in values.items():
        assert value > 0
        parts = [values[indicator, each.id, year] for each in DISTRICTS]
        if district == CITY:
            assert value == (100.0 if indicator in ("ZF11-rate", "ZF23") else sum(parts))
        if indicator == "ZF11" and district != CITY:
            assert value % 10 == 0
