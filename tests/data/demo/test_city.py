"""The city as it is invented: the same each time, reconciled, calibrated, with its stories, and of no real name."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import date
from typing import Any

import numpy as np
import pytest

from data.demo.building import derived, versions
from data.demo.city import BEFORE_ALL, City
from data.demo.market import DISTRICTS, NEVER, Market
from data.demo.names import DEVELOPERS, developer, estate_name, project_name
from data.demo.site import Site
from data.demo.units import RESIDENTIAL
from data.demo.write import fact_name
from data.models import (
    DeveloperProject,
    DevelopmentProject,
    EscrowEntry,
    HouseUnit,
    Project,
    SalesContract,
)
from data.models.types import Fixed
from tests.data.demo.conftest import SCALE, SEED, SINCE, TODAY

YESTERDAY = TODAY.toordinal() - 1
XINGHUA, TAIXING, HAILING = (
    next(n for n, d in enumerate(DISTRICTS) if d.id == i) for i in ("321281", "321283", "321202")
)

Tables = dict[type, list[dict[str, Any]]]


def tables(city: City, day: int = YESTERDAY) -> Tables:
    found = city.rows([BEFORE_ALL] * len(DISTRICTS), [day] * len(DISTRICTS))
    return {model: list(rows.added) for model, rows in found.items()}


@pytest.fixture(scope="module")
def rows(city: City) -> Tables:
    return tables(city)


def test_the_same_seed_gives_the_same_city_and_another_seed_another(rows: Tables) -> None:
    again = tables(City(SEED, SINCE.toordinal(), YESTERDAY, SCALE))
    assert again == rows
    other = tables(City(SEED + 1, SINCE.toordinal(), YESTERDAY, SCALE))
    assert other[SalesContract] != rows[SalesContract]


def test_a_later_horizon_changes_nothing_before_it(rows: Tables) -> None:
    assert tables(City(SEED, SINCE.toordinal(), YESTERDAY + 500, SCALE)) == rows


def test_keys_are_unique_and_columns_complete(rows: Tables) -> None:
    for model in (Project, HouseUnit, SalesContract, EscrowEntry, DevelopmentProject):
        key = model.__table__.info["key"]  # type: ignore[attr-defined]
        keys = [tuple(row[name] for name in key) for row in rows[model]]
        assert len(keys) == len(set(keys)) > 0, fact_name(model)
        named = {c.name for c in model.__table__.columns if not c.nullable} - {"id", "run_id"}
        assert all(named <= row.keys() for row in rows[model])
        for column in model.__table__.columns:
            if isinstance(column.type, Fixed):
                assert all(isinstance(row[column.name], int | None) for row in rows[model])


def test_every_signing_closes_a_spell_and_every_cancellation_opens_one(rows: Tables) -> None:
    spells = {(row["unit_code"], row["sale_open_on"]): row for row in rows[HouseUnit]}
    closed = {(row["unit_code"], row["signed_on"]): row for row in rows[HouseUnit] if row["signed_on"]}
    new = [row for row in rows[SalesContract] if row["market"] == "new"]
    signed = [row for row in new if row["row_kind"] == "sign"]
    assert len(closed) == len(signed)
    for row in signed:
        assert closed[row["unit_code"], row["booked_on"]]["area_m2"] == row["area_m2"]
        assert row["home_qty"] == 1
    signings = {row["filing_no"]: row for row in signed}
    cancelled = [row for row in new if row["row_kind"] == "cancel"]
    assert cancelled
    for row in cancelled:
        spell = spells[row["unit_code"], row["booked_on"]]
        assert spell["spell_no"] > 1
        assert spell["presale_on"] is None
        before = signings[row["filing_no"]]
        assert before["booked_on"] < row["booked_on"]
        assert [row[name] for name in ("area_m2", "amount_yuan", "home_qty")] == [
            -before[name] for name in ("area_m2", "amount_yuan", "home_qty")
        ]


@pytest.mark.parametrize("day", [date(2026, 6, 30), date(2026, 9, 15), date(2026, 11, 24)])
def test_inventory_is_opened_less_signed_plus_cancelled(rows: Tables, day: date) -> None:
    """The bridge from the window's first day, district by district."""
    stock: dict[str, int] = defaultdict(int)
    bridge: dict[str, int] = defaultdict(int)
    for row in rows[HouseUnit]:
        opened, signed, area = row["sale_open_on"], row["signed_on"] or date.max, row["area_m2"]
        stock[row["district_id"]] += area * (opened <= day < signed)
        bridge[row["district_id"]] += area * (opened < SINCE <= signed)
        bridge[row["district_id"]] += area * (SINCE <= opened <= day and row["spell_no"] == 1)
    for row in rows[SalesContract]:
        if row["market"] == "new" and SINCE <= row["booked_on"] <= day:
            bridge[row["district_id"]] -= row["area_m2"]
    assert stock == bridge


def test_escrow_balances_add_up(rows: Tables) -> None:
    accounts: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows[EscrowEntry]:
        accounts[row["account_no"]].append(row)
    for entries in accounts.values():
        for before, after in zip(entries, entries[1:], strict=False):
            sign = 1 if after["direction"] == "in" else -1
            assert after["balance_yuan"] == before["balance_yuan"] + sign * after["amount_yuan"]
            assert before["next_on"] == after["booked_on"]
        assert entries[-1]["next_on"] is None
        assert all(entry["balance_yuan"] >= 0 for entry in entries)


def test_investment_of_the_year_grows_and_starts_anew() -> None:
    city = City(SEED, date(2024, 11, 1).toordinal(), date(2025, 6, 30).toordinal(), SCALE)
    project = next(
        p
        for p in city.projects
        if not p.stall and p.started < date(2024, 6, 1).toordinal() < date(2026, 1, 1).toordinal() < p.delivered
    )
    site = Site(project, city._lives[city.projects.index(project)])
    found = versions(project, site.value, site.homes, city.horizon)
    by_year: dict[int, list[int]] = defaultdict(list)
    for version in found:
        by_year[date.fromordinal(version.valid_from).year].append(version.invested)
    for invested in by_year.values():
        assert invested == sorted(invested)
    first = next(v for v in found if date.fromordinal(v.valid_from) == date(2025, 1, 1))
    assert first.invested == 0
    last = [v for v in found if v.valid_from < first.valid_from][-1]
    assert derived(project, last, first.valid_from)["invest_until"] == first.valid_from


NAMES = re.compile(r"^演示·[\u4e00-\u9fff]{3,4}(（\d+）)?(建设工程)?$")
FIRMS = re.compile(r"^演示(置业|安居|筑家)[甲乙丙丁戊己庚辛壬癸]公司$")


def test_every_name_and_number_is_visibly_invented(rows: Tables) -> None:
    for row in rows[SalesContract]:
        assert NAMES.match(row["estate_name"])
        assert row["filing_no"].startswith(("HT-YS-", "YSER-"))
    for row in rows[DeveloperProject]:
        assert NAMES.match(row["project_name"])
        assert FIRMS.match(row["developer_name"])
    for row in rows[Project]:
        assert NAMES.match(row["project_name"])
        assert row["project_code"].startswith("YS")
        assert "S" in row["usc_code"], "a true credit code holds no S"
    assert all(row["presale_permit_no"].startswith("演") for row in rows[HouseUnit])
    names = [row["project_name"] for row in rows[DeveloperProject]]
    assert len(names) == len(set(names))


def test_names_do_not_run_out() -> None:
    assert len({project_name(number) for number in range(3000)}) == 3000
    assert len({developer(number) for number in range(DEVELOPERS)}) == DEVELOPERS
    assert NAMES.match(estate_name(5, 39))


# --- stories ---------------------------------------------------------------------------------------------------


def stalled_and_low(city: City, day: int) -> tuple[set[int], set[int], dict[str, float]]:
    """Districts with a stalled project, those with a late one, and covers by project, from the city's rows."""
    stalled, late, covers = set(), set(), {}
    at = date.fromordinal(day)
    found = tables(city, day)
    numbers = {district.id: number for number, district in enumerate(DISTRICTS)}
    for row in found[DevelopmentProject]:
        if row["valid_to"] is None:
            stalled |= {numbers[row["district_id"]]} if row["stalled_from"] and row["stalled_from"] <= at else set()
            late |= {numbers[row["district_id"]]} if row["late_from"] and row["late_from"] <= at else set()
    for row in found[EscrowEntry]:
        if row["next_on"] is None and row["required_yuan"]:
            covers[row["project_no"]] = row["balance_yuan"] / row["required_yuan"]
    return stalled, late, covers


def test_stories_of_the_first_day(city: City) -> None:
    stalled, late, covers = stalled_and_low(city, YESTERDAY)
    assert stalled == {XINGHUA}
    assert TAIXING in late
    story = next(p for p in city.projects if p.stall and p.stall[0] <= YESTERDAY < p.stall[1])
    assert covers[story.project_no] == pytest.approx(0.70, abs=0.03)
    thin = [cover for cover in covers.values() if 0.90 <= cover < 1.0]
    assert len(thin) >= 2


@pytest.mark.parametrize("year", [2027, *(pytest.param(year, marks=pytest.mark.slow) for year in (2028, 2029))])
def test_troubles_never_run_out(year: int) -> None:
    """On any later day at least one project is stalled and one account lies below what is required."""
    for month in (1, 5, 9):
        day = date(year, month, 20).toordinal()
        stalled, _, covers = stalled_and_low(City(SEED, day - 30, day, SCALE), day)
        assert stalled, date.fromordinal(day)
        assert min(covers.values()) < 0.9, date.fromordinal(day)


def test_buyers_of_one_project_withdraw_together(rows: Tables, city: City) -> None:
    story = next(p for p in city.projects if p.cancellations and p.cancellations[0] == date(2026, 10, 1).toordinal())
    counts: dict[str, int] = defaultdict(int)
    for row in rows[SalesContract]:
        if row["row_kind"] == "cancel" and row["booked_on"].month == 10 and row["project_no"]:
            counts[row["project_no"]] += 1
    assert max(counts, key=lambda number: counts[number]) == story.project_no


def test_one_district_turns_down_and_another_up() -> None:
    market = Market(SEED, YESTERDAY)
    before, now = (np.array([date(2026, month, 15).toordinal()]) for month in (3, 11))
    change = [float((market.level(d, now) / market.level(d, before))[0]) for d in range(len(DISTRICTS))]
    assert int(np.argmin(change)) == XINGHUA
    assert change[XINGHUA] < 0.95
    assert int(np.argmax(change)) == HAILING


# --- calibration, at full size ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def full() -> City:
    return City(SEED, date(2023, 11, 1).toordinal(), YESTERDAY)


def stock(city: City, day: int, district: int | None = None, *, homes: bool = False) -> float:
    """Unsold area in 万㎡."""
    lives = city.lives
    held = ((lives.opens <= day) & (lives.signed > day)).any(axis=1)
    return float(lives.area[held & chosen(city, district, homes)].sum()) / 1e6


def sold(city: City, day: int, district: int | None = None, *, homes: bool = False) -> float:
    """Net area signed in the year to ``day``, 万㎡."""
    lives, place = city.lives, chosen(city, district, homes)
    signed = ((lives.signed > day - 365) & (lives.signed <= day)).sum(axis=1)
    cancelled = ((lives.cancelled > day - 365) & (lives.cancelled <= day)).sum(axis=1)
    return float((lives.area * (signed - cancelled))[place].sum()) / 1e6


def chosen(city: City, district: int | None, homes: bool) -> np.ndarray[Any, np.dtype[np.bool_]]:
    every = np.ones(len(city.lives.use), dtype=bool)
    place = every if district is None else city._district == district
    return place & (city.lives.use == RESIDENTIAL) if homes else place


def price(city: City, district: int | None) -> float:
    """Mean price of ordinary homes signed in the last twelve months, 元/㎡."""
    lives = city.lives
    place = chosen(city, district, True) & (lives.ordinary == 1)
    signed = (lives.signed > YESTERDAY - 365) & (lives.signed < NEVER) & place[:, None]
    return float(lives.amount[signed].sum() / (lives.area[:, None] * signed).sum())


@pytest.mark.slow
def test_the_full_city_is_near_its_anchors(full: City) -> None:
    for years_ago in (0, 1, 2):
        day = YESTERDAY - 365 * years_ago
        assert 285 <= sold(full, day) <= 330
        assert 500 <= stock(full, day) <= 650
        assert 19 <= 12 * stock(full, day) / sold(full, day) <= 26
    assert price(full, None) == pytest.approx(9300, rel=0.03)
    for number, district in enumerate(DISTRICTS):
        assert price(full, number) == pytest.approx(district.price, rel=0.06)
    months = [12 * stock(full, YESTERDAY, d, homes=True) / sold(full, YESTERDAY, d, homes=True) for d in range(6)]
    assert months[XINGHUA] == max(months) > 26
    assert months[HAILING] == min(months) < 18
    share = sold(full, YESTERDAY, homes=True) / sold(full, YESTERDAY)
    assert share == pytest.approx(0.86, abs=0.03)


@pytest.mark.slow
def test_seasons_festival_and_weekends_show(full: City) -> None:
    signed = full.lives.signed
    days, counts = np.unique(signed[(signed >= full.since) & (signed < NEVER)], return_counts=True)
    by_month: dict[tuple[int, int], int] = defaultdict(int)
    by_weekday: dict[int, list[int]] = defaultdict(list)
    for day, count in zip(days.tolist(), counts.tolist(), strict=True):
        at = date.fromordinal(day)
        by_month[at.year, at.month] += count
        by_weekday[at.weekday()].append(count)
    for year in (2024, 2026):
        assert by_month[year, 2] < 0.55 * by_month[year, 3], "Spring Festival"
    for year in (2024, 2025):
        assert by_month[year, 9] + by_month[year, 10] > 1.15 * (by_month[year, 7] + by_month[year, 8])
    assert np.mean(by_weekday[5]) > 1.2 * np.mean(by_weekday[1])
