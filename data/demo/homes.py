"""The city's homes for those who are supported: who lives in them, which stand empty, which have been bought.

A home's whole life is drawn at once: empty, let to a household, empty again. Streams belong to a district's homes of
one year, its new subsidies of one month, its purchases of one quarter.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date
from itertools import pairwise

import numpy as np

from data.demo.market import DISTRICTS, GENESIS, generator
from data.demo.names import rental_name
from data.demo.projects import towns_of, working_day
from data.demo.site import Row, to_date
from data.demo.tasks import bought_task
from data.demo.things import Thing, share

RENTAL_HOMES = 11_400
"""Homes to let that the city had when the record begins; each year adds :data:`ADDED_A_YEAR` more."""
ADDED_A_YEAR = 150
SUBSIDIES_A_MONTH = 255
"""New households with a subsidy; it lasts some two and a half years."""
HOMES_AN_ESTATE = 120

_TENANCIES = 8
_EMPTY_DAYS = (20, 62)
_LET_DAYS = (240, 1_900)
"""At least so many days, and on the average so many more."""


def rental_homes(seed: int, since: int, until: int, scale: float) -> Iterator[tuple[list[Thing], list[Thing]]]:
    """Homes to let, each as its spells empty and let, and those who live in it; not what ended before ``since``."""
    first = date.fromordinal(GENESIS).year
    for district in range(len(DISTRICTS)):
        for year in range(first - 1, date.fromordinal(until).year + 1):
            yield from _homes_of(seed, district, year, (since, until), scale)


def _homes_of(
    seed: int, district: int, year: int, window: tuple[int, int], scale: float
) -> Iterator[tuple[list[Thing], list[Thing]]]:
    """Homes that were added in a year; those that were there before :data:`GENESIS` count as the year's before it."""
    rng = generator(seed, 42, district, year)
    stock = year < date.fromordinal(GENESIS).year
    count = max(1, round((RENTAL_HOMES if stock else ADDED_A_YEAR) * share(district) * scale))
    estates = count // HOMES_AN_ESTATE + 1
    towns, weights = towns_of(DISTRICTS[district].id)
    where = rng.choice(len(towns), estates, p=weights)
    leased = rng.random(estates) < 0.12
    areas = rng.integers(3_800, 6_500, count)
    begins = date(year, 1, 15).toordinal() + rng.integers(-1_800 if stock else 0, 300, count)
    empty = _EMPTY_DAYS[0] + rng.exponential(_EMPTY_DAYS[1], (count, _TENANCIES)).astype(int)
    let = _LET_DAYS[0] + rng.exponential(_LET_DAYS[1], (count, _TENANCIES)).astype(int)
    lasts = np.stack((empty, let), axis=2).reshape(count, -1)
    days = begins[:, None] + np.concatenate((np.zeros((count, 1), int), np.cumsum(lasts, axis=1)), axis=1)
    for number, turns in enumerate(days.tolist()):
        estate = number // HOMES_AN_ESTATE
        home: Row = {
            "region_id": towns[int(where[estate])],
            "district_id": DISTRICTS[district].id,
            "home_code": f"YSGZ-{DISTRICTS[district].id}-{year}-{number + 1:05d}",
            "estate_name": rental_name(district, (year % 100) * 40 + estate),
            "home_kind": "public_rental",
            "source": "leased" if leased[estate] else "built",
            "area_m2": int(areas[number]),
            "price_yuan": None,
            "unit_code": None,
        }
        shown = [
            (since, end, bool(place % 2))
            for place, (since, end) in enumerate(pairwise(turns))
            if end >= window[0] and since <= window[1]
        ]
        yield (
            [_spell(district, home, "occupied" if let else "vacant", since, end) for since, end, let in shown],
            [_tenant(seed, district, home, since, end) for since, end, let in shown if let],
        )


def subsidies(seed: int, since: int, until: int, scale: float) -> Iterator[Thing]:
    """Households that are given money for their rent, but those whose support ended before ``since``."""
    at, last = date.fromordinal(GENESIS), date.fromordinal(until)
    for month in range(at.year * 12, last.year * 12 + last.month):
        for district in range(len(DISTRICTS)):
            rng = generator(seed, 43, district, month)
            towns, weights = towns_of(DISTRICTS[district].id)
            count = int(rng.poisson(SUBSIDIES_A_MONTH * share(district) * scale))
            days = date(month // 12, month % 12 + 1, 1).toordinal() + rng.integers(0, 28, count)
            lasts = 180 + rng.exponential(720, count).astype(int)
            where = rng.choice(len(towns), count, p=weights)
            for number in range(count):
                begins = working_day(int(days[number]))
                ends = begins + int(lasts[number])
                if ends < since:
                    continue
                place = {"region_id": towns[int(where[number])], "district_id": DISTRICTS[district].id}
                yield _household(district, place, "subsidy", _token(seed, district, month, number), begins, ends)


def purchases(seed: int, until: int, scale: float) -> Iterator[Thing]:
    """Homes bought from developers: signed, paid, handed over, allotted; one in twenty-five is given back."""
    for year in range(2021, date.fromordinal(until).year + 1):
        for quarter in range(4):
            for district in range(len(DISTRICTS)):
                yield from _purchase(seed, district, year, quarter, scale)


def _purchase(seed: int, district: int, year: int, quarter: int, scale: float) -> Iterator[Thing]:
    rng = generator(seed, 44, district, year, quarter)
    towns, weights = towns_of(DISTRICTS[district].id)
    begins = date(year, 3 * quarter + 1, 1).toordinal() + int(rng.integers(8, 60))
    kind = str(rng.choice(["affordable_rental", "allotted_sale", "resettlement"], p=[0.6, 0.25, 0.15]))
    price = int(DISTRICTS[district].price * float(rng.uniform(0.62, 0.78)))
    town = str(rng.choice(towns, p=weights))
    for number in range(max(1, round(bought_task(district) / 4 * scale * float(rng.uniform(0.8, 1.25))))):
        area = int(rng.integers(6_000, 11_500))
        home: Row = {
            "region_id": town,
            "district_id": DISTRICTS[district].id,
            "home_code": f"YSSG-{DISTRICTS[district].id}-{year}{quarter + 1}-{number + 1:04d}",
            "estate_name": rental_name(district, year * 4 + quarter),
            "home_kind": kind,
            "source": "purchased",
            "area_m2": area,
            "price_yuan": area * price,
            "unit_code": None,
        }
        signed = working_day(begins + int(rng.integers(0, 25)))
        steps = np.cumsum(rng.integers((20, 15, 30), (70, 90, 240)))
        days = [working_day(signed + int(step)) for step in steps]
        if rng.random() < 0.04:
            spells = [("signed", signed, days[0]), ("cancelled", days[0], None)]
        else:
            names = ("signed", "paid", "delivered", "occupied")
            spells = [*zip(names, (signed, *days), (*days, None), strict=True)]
        for status, since, end in spells:
            yield _spell(district, home, status, since, end)


# --- rows ------------------------------------------------------------------------------------------------------


def _spell(district: int, home: Row, status: str, since: int, end: int | None) -> Thing:
    row = {**home, "status": status, "since_on": to_date(since), "until_on": None}
    if end is None:
        return Thing(district, since, row)
    return Thing(district, since, row, ((end, {"until_on": to_date(end)}),), end)


def _tenant(seed: int, district: int, home: Row, since: int, end: int) -> Thing:
    token = _token(seed, district, home["home_code"], since)
    return _household(district, home, "home", token, since, end)


def _household(district: int, place: Row, kind: str, token: str, since: int, end: int) -> Thing:
    row = {
        "region_id": place["region_id"],
        "district_id": place["district_id"],
        "household_token": token,
        "support_kind": kind,
        "since_on": to_date(since),
        "until_on": None,
        "home_code": place.get("home_code"),
        "estate_name": place.get("estate_name"),
    }
    return Thing(district, since, row, ((end, {"until_on": to_date(end)}),), end)


def _token(*parts: object) -> str:
    """A household's token, which tells nothing."""
    return "YSJT" + hashlib.blake2b(repr(parts).encode(), digest_size=7).hexdigest().upper()
