"""Lives of residential estates: who serves them since when, and which body their owners have elected for how long.

An estate is drawn from (seed, district, number) alone, and so is each of its two rows of events, which go on without
end: a later day adds events and changes none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from data.demo.market import DISTRICTS, GENESIS, generator
from data.demo.names import old_estate_name
from data.demo.projects import Project, towns_of

ESTATES = 1_680
"""Estates that were there before the city's own projects are handed over."""

COMPANIES = 198
"""Property companies, the same number in each district."""

EXPIRING_TOWN = (5, "321204001")
"""District by number and town in which all owner bodies were elected together, and few in time for the next term."""

DRAINED = range(3, 6)
"""Numbers of the estates in each district whose repair fund a story draws down; they are large and have a fund."""

NEW = 10_000
"""Estates that the city's projects become are numbered from here on."""

_TYPES = ("commercial", "resettlement", "old", "other")
_TYPE_SHARES = (0.62, 0.11, 0.24, 0.03)
_BANDS = ("before1990", "y1990s", "y2000s", "after2010")
_BAND_SHARES = {
    "commercial": (0.0, 0.12, 0.38, 0.50),
    "resettlement": (0.0, 0.05, 0.45, 0.50),
    "old": (0.35, 0.50, 0.15, 0.0),
    "other": (0.2, 0.3, 0.3, 0.2),
}
_HOUSEHOLDS = {"commercial": 600, "resettlement": 700, "old": 260, "other": 150}
_SERVED_SHARE = {"commercial": 0.93, "resettlement": 0.82, "old": 0.50, "other": 0.60}
_ELIGIBLE_SHARE = {"commercial": 0.85, "resettlement": 0.60, "old": 0.60, "other": 0.30}
_FUND_SHARE = {"commercial": 0.97, "resettlement": 0.60, "old": 0.12, "other": 0.20}

_YEAR = 365.25
_UNSERVED_YEARS = 20.0
_CONTRACT_YEARS = 16.0
_WITHDRAWN_SHARE = 0.12
_NEVER_SHARE = 0.32
_CAMPAIGN_SHARE = 0.30
_IN_TIME_SHARE = 0.58
_TERM_YEARS = 5
_CAMPAIGN = date(2021, 9, 6).toordinal(), date(2021, 12, 18).toordinal()
_TOWN_CAMPAIGN = date(2021, 9, 6).toordinal(), date(2021, 9, 24).toordinal()
_FIRST_BODY = date(2013, 1, 1).toordinal()


@dataclass(frozen=True)
class Estate:
    """An estate as it was built. Days are ordinals, the area in 0.01 ㎡."""

    district: int
    number: int
    code: str
    name: str
    town: str
    kind: str
    band: str
    buildings: int
    households: int
    area: int
    begins: int
    eligible_from: int | None
    pumps: int
    has_fund: bool


@dataclass(frozen=True)
class State:
    """An estate from ``valid_from`` on; ``company`` by number, none where nobody serves it."""

    valid_from: int
    company: int | None
    eligible: bool
    body: str
    filing_no: str | None
    term_until: int | None


@dataclass(frozen=True)
class Body:
    """An owner body from its election on."""

    elected: int
    kind: str
    filing_no: str
    until: int


def older(seed: int, scale: float) -> Iterator[Estate]:
    """Estates that stand since before the window; fewer of them where ``scale`` is small."""
    for district, about in enumerate(DISTRICTS):
        for number in range(max(30, int(ESTATES * about.second_hand * min(scale, 1.0)))):
            yield _draw(seed, district, number)


def handed_over(seed: int, project: Project) -> Estate:
    """The estate that a project becomes on the day of its delivery."""
    number = NEW + project.number
    rng = generator(seed, 21, project.district, number)
    buildings = sum(phase.buildings for phase in project.phases)
    households = buildings * int(rng.integers(48, 72))
    return Estate(
        project.district,
        number,
        f"XQ-{project.project_no}",
        project.name,
        project.town,
        "resettlement" if project.resettlement else "commercial",
        "after2010",
        buildings,
        households,
        households * int(rng.integers(10_500, 13_000)),
        project.delivered,
        project.delivered + int(rng.integers(500, 1_100)),
        1 + buildings // 8,
        not project.resettlement or bool(rng.random() < _FUND_SHARE["resettlement"]),
    )


def states(seed: int, estate: Estate, until: int) -> list[State]:
    """The states of an estate that begin by ``until``, in order."""
    served = _service(seed, estate, until)
    bodies = _bodies(seed, estate, until)
    days = {estate.begins, *(day for day, _ in served), *(body.elected for body in bodies)}
    if estate.eligible_from is not None:
        days.add(estate.eligible_from)
    return [_state(estate, day, served, bodies) for day in sorted(days) if estate.begins <= day <= until]


def _state(estate: Estate, day: int, served: list[tuple[int, int | None]], bodies: list[Body]) -> State:
    company = next(company for since, company in reversed(served) if since <= day)
    eligible = estate.eligible_from is not None and estate.eligible_from <= day
    body = next((body for body in reversed(bodies) if body.elected <= day), None)
    if body is None:
        return State(day, company, eligible, "none", None, None)
    return State(day, company, eligible, body.kind if day <= body.until else "expired", body.filing_no, body.until)


def _draw(seed: int, district: int, number: int) -> Estate:
    rng = generator(seed, 21, district, number)
    about = DISTRICTS[district]
    told = number in DRAINED
    towns, weights = towns_of(about.id)
    town = towns[int(rng.choice(len(towns), p=weights))]
    kind = str(rng.choice(_TYPES, p=_TYPE_SHARES))
    kind = "commercial" if told else kind
    band = str(rng.choice(_BANDS, p=_BAND_SHARES[kind]))
    households = int(np.clip(_HOUSEHOLDS[kind] * np.exp(rng.normal(0, 0.6)), 24, 4_800))
    households = 2_400 if told else households
    has_fund = bool(rng.random() < _FUND_SHARE[kind]) or told
    eligible = bool(rng.random() < _ELIGIBLE_SHARE[kind]) or told
    begins = GENESIS + int(rng.integers(0, 400))
    return Estate(
        district,
        number,
        f"XQ-YS-{about.id}-{number + 1:04d}",
        old_estate_name(district, number),
        town,
        kind,
        "y2000s" if told else band,
        max(1, households // int(rng.integers(36, 80))),
        households,
        households * int(rng.integers(8_200, 12_500)),
        begins,
        begins if eligible else None,
        0 if kind == "old" else int(rng.integers(0, 1 + min(6, 1 + households // 400))),
        has_fund,
    )


def _service(seed: int, estate: Estate, until: int) -> list[tuple[int, int | None]]:
    """Days on which a company takes an estate over, or leaves it without any."""
    rng = generator(seed, 22, estate.district, estate.number)
    served = estate.number >= NEW or rng.random() < _SERVED_SHARE[estate.kind]
    day = estate.begins
    found: list[tuple[int, int | None]] = [(day, _company(rng, estate.district) if served else None)]
    while day <= until:
        if found[-1][1] is None and len(found) > 1:
            day += int(rng.integers(60, 260))
        else:
            years = _UNSERVED_YEARS if found[-1][1] is None else _CONTRACT_YEARS
            day += 90 + int(rng.exponential(years * _YEAR))
        leaves = found[-1][1] is not None and rng.random() < _WITHDRAWN_SHARE
        company = _company(rng, estate.district)
        found.append((day, None if leaves else company))
    return found


def _company(rng: np.random.Generator, district: int) -> int:
    """One of the companies of the district."""
    return district + len(DISTRICTS) * int(rng.integers(COMPANIES // len(DISTRICTS)))


def _bodies(seed: int, estate: Estate, until: int) -> list[Body]:
    """Owner bodies elected by ``until``: in time before the last one's term ends, or long after."""
    rng = generator(seed, 23, estate.district, estate.number)
    together = (estate.district, estate.town) == EXPIRING_TOWN and estate.number < NEW
    chance, campaign = float(rng.random()), rng.random() < _CAMPAIGN_SHARE
    first, last = (_TOWN_CAMPAIGN if together else _CAMPAIGN) if together or campaign else (_FIRST_BODY, 0)
    if estate.eligible_from is None or (chance < _NEVER_SHARE and not together):
        return []
    if estate.number >= NEW:
        elected = estate.eligible_from + int(rng.integers(100, 900))
    else:
        elected = int(rng.integers(first, last)) if last else first + int(rng.integers(0, 15 * 365))
    kind = "committee" if rng.random() < 0.8 else "management"
    found: list[Body] = []
    while elected <= until:
        ends = _years_later(elected) - 1
        number = f"演业备{date.fromordinal(elected).year}-{estate.district + 1}{estate.number:05d}"
        found.append(Body(elected, kind, number, ends))
        in_time = rng.random() < _IN_TIME_SHARE
        early, late = int(rng.integers(5, 45)), int(rng.integers(60, 720))
        elected = ends + late // 2 + 120 if together else ends - early if in_time else ends + late
    return found


def _years_later(day: int) -> int:
    at = date.fromordinal(day)
    return at.replace(year=at.year + _TERM_YEARS, day=min(at.day, 28)).toordinal()
