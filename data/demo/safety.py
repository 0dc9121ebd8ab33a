"""The city's houses that are old or dangerous, its applications for housing support, and what its check-ups found."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from datetime import date
from functools import cache

import numpy as np

from data.calendar import Calendar
from data.demo.market import DISTRICTS, generator
from data.demo.names import road_name
from data.demo.projects import towns_of, working_day
from data.demo.site import Row, to_date
from data.demo.things import Thing, share
from data.ingest.derive_support import assessed_on, closed_on
from data.models.codes import BUILD_BAND, STRUCTURE
from data.reference.load import calendar_rows

LISTED = 40_000
"""Houses listed for a check-up from July 2023 to June 2025; later on some grow old enough each month."""
LISTED_LATER = 130
DANGEROUS_A_MONTH = 28
CASES_A_MONTH = 900
ISSUES_A_YEAR = 300

_LIST = date(2023, 7, 1), date(2025, 6, 1)
_BURST = 150
_SLOW = (0.8, 1.0, 1.5, 0.7, 1.1, 0.9)
"""How long each district takes, against the others: 兴化 is the slowest to check its houses, 海陵 the quickest."""


def houses(seed: int, until: int, scale: float) -> Iterator[Thing]:
    """Houses to be checked and dangerous ones, by the month in which they were listed."""
    for month in _months(date(2021, 1, 1), until):
        for district in range(len(DISTRICTS)):
            yield from _listed(seed, district, month, scale)
            yield from _dangerous(seed, district, month, scale)
    yield from _bursts(seed, until, scale)


def _listed(seed: int, district: int, month: date, scale: float) -> Iterator[Thing]:
    if month < _LIST[0]:
        return
    rng = generator(seed, 45, 0, district, month.toordinal())
    count = round((LISTED / 24 if month <= _LIST[1] else LISTED_LATER) * share(district) * scale)
    lags = 15 + rng.exponential(330 * _SLOW[district], count) + np.where(rng.random(count) < 0.05, 700, 0)
    found = month.toordinal() + rng.integers(0, 28, count)
    results = rng.choice(["keep", "repair", "appraise", "resolve"], count, p=[0.71, 0.22, 0.055, 0.015]).tolist()
    rows = _houses(rng, district, f"{month:%y%m}", "checkup", count, (0.22, 0.42, 0.33, 0.03))
    for row, day, lag, result in zip(rows, found.tolist(), lags.tolist(), results, strict=True):
        since = working_day(day)
        checked = working_day(since + int(lag))
        row |= {"found_on": to_date(since)}
        done = {"checked_on": to_date(checked), "check_result": result}
        done |= {"assessed_on": assessed_on(row | done)}
        yield Thing(district, since, row, ((checked, done),))


def _dangerous(seed: int, district: int, month: date, scale: float) -> Iterator[Thing]:
    rng = generator(seed, 45, 1, district, month.toordinal())
    count = int(rng.poisson(DANGEROUS_A_MONTH * share(district) * scale))
    for row in _houses(rng, district, f"W{month:%y%m}", "urban", count, _OLD):
        begins = month.toordinal() + int(rng.integers(0, 28))
        grade = "d" if rng.random() < 0.3 else "c"
        lag = 60 + int(rng.exponential((260 if grade == "d" else 480) * _SLOW[district]))
        yield _danger(district, row, grade, begins, lag)


def _bursts(seed: int, until: int, scale: float) -> Iterator[Thing]:
    """A town in which an inspection finds many dangerous houses, and nothing is done about them for two years."""
    anchor, every = date(2026, 3, 10).toordinal(), 430
    for turn in range(-3, (until - anchor) // every + 1):
        district = (5, 2, 0, 1, 4, 3)[turn % 6]
        rng = generator(seed, 45, 2, turn + 100)
        town = towns_of(DISTRICTS[district].id)[0][6 + turn % 3]
        count = max(1, round(_BURST * scale))
        for number, row in enumerate(_houses(rng, district, f"Z{turn + 100}", "urban", count, _OLD)):
            begins = anchor + turn * every + int(rng.integers(0, 45))
            lag = 640 + int(rng.exponential(150))
            yield _danger(district, row | {"region_id": town}, "d" if number % 2 else "c", begins, lag)


_OLD = (0.55, 0.35, 0.10, 0.0)
_OPEN: Row = {"checked_on": None, "check_result": "none", "assessed_on": None, "cleared_on": None}


def _danger(district: int, row: Row, grade: str, begins: int, lag: int) -> Thing:
    since = working_day(begins)
    cleared = working_day(since + lag)
    row |= {"danger_grade": grade, "found_on": to_date(since)}
    # Named in full, as a house of the other category changes: both are brought up to date by one statement.
    return Thing(district, since, row, ((cleared, {**_OPEN, "cleared_on": to_date(cleared)}),))


def _houses(
    rng: np.random.Generator, district: int, batch: str, category: str, count: int, ages: tuple[float, ...]
) -> list[Row]:
    """Houses of one batch; ``ages`` are the shares of the decades they were built in."""
    towns, weights = towns_of(DISTRICTS[district].id)
    where = rng.choice(len(towns), count, p=weights).tolist()
    bands = rng.choice(list(BUILD_BAND), count, p=ages).tolist()
    structures = rng.choice(list(STRUCTURE), count, p=[0.62, 0.20, 0.15, 0.03]).tolist()
    numbers = rng.integers(1, 40, count).tolist()
    trades = (rng.random(count) < 0.12).tolist()
    return [
        {
            "region_id": towns[where[at]],
            "district_id": DISTRICTS[district].id,
            "house_code": f"YSFW-{DISTRICTS[district].id}-{batch}-{at + 1:05d}",
            "category": category,
            "building_no": f"{numbers[at]}幢",
            "danger_grade": "none",
            "business_use": "yes" if trades[at] else "no",
            "build_band": bands[at],
            "structure": structures[at],
            **_OPEN,
        }
        for at in range(count)
    ]


# --- applications ----------------------------------------------------------------------------------------------

_REVIEW_DAYS = (17, 18, 23, 15, 17, 16)
"""Working days that half of a district's reviews take."""
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙马朱胡郭何林高罗"


def cases(seed: int, since: int, until: int, scale: float) -> Iterator[Thing]:
    """Applications for housing support: accepted, reviewed, published or refused."""
    start = date.fromordinal(since - 150).replace(day=1)
    working = _working(start.toordinal(), until + 400)
    for month in _months(start, until):
        for district in range(len(DISTRICTS)):
            rng = generator(seed, 46, district, month.toordinal())
            season = 0.6 if month.month == 2 else 1.15 if month.month in (3, 4, 9, 10) else 1.0
            for number in range(rng.poisson(CASES_A_MONTH * share(district) * season * scale)):
                at = bisect_left(working, month.toordinal() + int(rng.integers(0, 28)))
                yield _case(rng, district, f"{month:%Y%m}-{number + 1:04d}", working, at)


def _case(rng: np.random.Generator, district: int, number: str, working: list[int], at: int) -> Thing:
    online = bool(rng.random() < 0.62)
    days = max(4, int(_REVIEW_DAYS[district] * (0.92 if online else 1.12) * np.exp(rng.normal(0, 0.28))))
    refused = bool(rng.random() < 0.09)
    days = max(3, days // 2) if refused else days
    ends = working[at + days]
    row: Row = {
        "region_id": DISTRICTS[district].id,
        "district_id": DISTRICTS[district].id,
        "case_no": f"YSBJ-{DISTRICTS[district].id}-{number}",
        "applicant": _SURNAMES[int(rng.integers(len(_SURNAMES)))] + "*" * int(rng.integers(1, 3)),
        "item": "housing_support",
        "channel": "online" if online else "window",
        "accepted_on": to_date(working[at]),
        "due_on": to_date(working[at + 20]),
        "finished_on": None,
        "published_on": None,
        "result": "none",
        "workdays": None,
    }
    done = {
        "finished_on": to_date(ends),
        "published_on": None if refused else to_date(ends),
        "result": "rejected" if refused else "approved",
        "workdays": None if refused else days,
    }
    return Thing(district, working[at], row, ((ends, done),), ends)


@cache
def _working(first: int, last: int) -> list[int]:
    """Working days by the shipped calendar."""
    calendar = Calendar({row["day"]: (row["kind"], row["name"]) for row in calendar_rows()})
    return [day for day in range(first, last + 1) if calendar.is_working(date.fromordinal(day))]


# --- check-ups of the city -------------------------------------------------------------------------------------

_ISSUES = {
    "housing": ("housing_market", "renewal", "housing_support"),
    "community": ("property", "renewal", "utilities"),
    "block": ("construction", "green", "renewal"),
    "city": ("utilities", "construction", "green", "villages"),
}


def issues(seed: int, until: int, scale: float) -> Iterator[Thing]:
    """What each summer's check-up of the city found, and when it was put right."""
    for year in range(2022, date.fromordinal(until).year + 1):
        for district in range(len(DISTRICTS)):
            rng = generator(seed, 47, district, year)
            for number in range(max(4, round(ISSUES_A_YEAR * share(district) * scale))):
                yield _issue(rng, district, year, number)


def _issue(rng: np.random.Generator, district: int, year: int, number: int) -> Thing:
    dim = str(rng.choice(list(_ISSUES), p=[0.30, 0.32, 0.22, 0.16]))
    assigned = working_day(date(year, 6, 1).toordinal() + int(rng.integers(0, 70)))
    due = assigned + int(rng.integers(60, 330))
    done = due + int(rng.normal(-12, 30)) + (int(rng.exponential(400)) if rng.random() < 0.14 else 0)
    done = working_day(max(assigned + 5, done))
    row: Row = {
        "region_id": DISTRICTS[district].id,
        "district_id": DISTRICTS[district].id,
        "task_no": f"YSTJ-{DISTRICTS[district].id}-{year}-{number + 1:03d}",
        "task_kind": "checkup_issue",
        "checkup_dim": dim,
        "section": str(rng.choice(_ISSUES[dim])),
        "location": f"{road_name(district, year * 60 + number)}{int(rng.integers(1, 300))}号附近",
        "assigned_on": to_date(assigned),
        "due_on": to_date(due),
        "done_on": None,
        "closed_on": None,
    }
    closed: Row = {"done_on": to_date(done)}
    return Thing(district, assigned, row, ((done, closed | {"closed_on": closed_on(row | closed)}),))


def _months(first: date, until: int) -> Iterator[date]:
    last = date.fromordinal(until)
    for month in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
        yield date(month // 12, month % 12 + 1, 1)
