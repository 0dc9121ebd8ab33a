"""Plans of development projects: when each starts, opens its phases, is due and delivered, and by whom.

A project is drawn from (seed, district, month of its first opening, number in that month) alone. How many open in a
month follows an even sequence through an endless horizon, so volumes stay near their anchors without any memory.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cache

import numpy as np

from data.demo.market import DISTRICTS, GENESIS, generator
from data.demo.names import DEVELOPERS, developer, project_name
from data.models.codes import BANK
from data.reference.load import region_rows

PROJECTS_A_YEAR = 45.6
"""Projects that open in the city in a year: some 310 万㎡ of floor, at some 6.8 万㎡ each."""

# January … December: openings shun the Spring Festival and crowd before summer and the autumn holidays.
_OPENING_SEASON = np.array([0.70, 0.45, 1.10, 1.20, 1.25, 1.10, 0.80, 0.85, 1.35, 1.25, 0.95, 1.00])


@dataclass(frozen=True)
class Phase:
    """One pre-sale permit."""

    opens: int
    permit_no: str
    buildings: int


@dataclass
class Project:
    """Plan of a project. Days are ordinals; the fields from ``story`` on are set by the stories."""

    key: tuple[int, int, int]
    number: int
    district: int
    town: str
    project_no: str
    project_code: str
    name: str
    developer: str
    usc_code: str
    bank: str
    price: float
    heat: float
    resettlement: bool
    office: bool
    started: int
    phases: tuple[Phase, ...]
    due: int
    delivered: int
    cushion: float
    loan: str
    story: str = ""
    stall: tuple[int, int] | None = None
    cover: list[tuple[int, float]] = field(default_factory=list)
    cancellations: tuple[int, int] | None = None
    task_year: int | None = None
    task_slow: bool = False

    @property
    def opens(self) -> int:
        """Day of the first pre-sale permit."""
        return self.phases[0].opens


def plan(seed: int, until: int) -> list[Project]:
    """All projects whose first phase opens by the end of the month of ``until``, in order of opening month."""
    planned: list[Project] = []
    residents = sum(district.residents for district in DISTRICTS)
    first, last = _month(GENESIS), _month(until)
    drawn = [float(generator(seed, 2, district).random()) for district in range(len(DISTRICTS))]
    for month in range(first, last + 1):
        season = float(_OPENING_SEASON[month % 12] / _OPENING_SEASON.sum())
        for district, about in enumerate(DISTRICTS):
            before = drawn[district]
            drawn[district] += PROJECTS_A_YEAR * about.residents / residents * season
            for number in range(int(drawn[district]) - int(before)):
                planned.append(_draw(seed, district, month, number, len(planned)))
    return planned


def _draw(seed: int, district: int, month: int, number: int, place: int) -> Project:
    rng = generator(seed, 3, district, month, number)
    about = DISTRICTS[district]
    towns, weights = towns_of(about.id)
    at_town = int(rng.choice(len(towns), p=weights))
    first = working_day(date(month // 12, month % 12 + 1, 1).toordinal() + int(rng.integers(0, 28)))
    stamp = f"{month // 12 % 100:02d}{month % 12 + 1:02d}"
    project_no = f"YS-{about.id}-{stamp}-{number + 1:02d}"
    phases = [Phase(first, f"演预售{about.id}{stamp}{number + 1:02d}01号", int(rng.integers(2, 5)))]
    for phase in range(1, int(rng.integers(2, 5))):
        opens = working_day(phases[-1].opens + int(rng.integers(100, 190)))
        phases.append(
            Phase(opens, f"演预售{about.id}{stamp}{number + 1:02d}{phase + 1:02d}号", int(rng.integers(2, 5)))
        )
    due = max(first + int(rng.integers(640, 860)), phases[-1].opens + 270)
    lateness = int(rng.integers(12, 45)) if rng.random() < 0.05 else -int(rng.integers(6, 70))
    name, credit_code = developer(int(rng.integers(DEVELOPERS)))
    central = 1.0 if at_town < 3 else 0.90
    return Project(
        key=(district, month, number),
        number=place,
        district=district,
        town=towns[at_town],
        project_no=project_no,
        project_code=f"YS{about.id}{stamp}{number + 1:04d}",
        name=project_name(place),
        developer=name,
        usc_code=credit_code,
        bank=list(BANK)[int(rng.integers(len(BANK)))],
        price=about.price * central * float(np.exp(rng.normal(0, 0.08))),
        heat=float(np.exp(rng.normal(0, 0.30))),
        resettlement=bool(rng.random() < 0.05),
        office=bool(rng.random() < 0.16),
        started=first - int(rng.integers(110, 240)),
        phases=tuple(phases),
        due=due,
        delivered=due + lateness,
        cushion=float(rng.uniform(1.04, 1.40)),
        loan=str(rng.choice(["none", "approved", "pushed", "rejected"], p=[0.62, 0.28, 0.06, 0.04])),
    )


@cache
def towns_of(district: str) -> tuple[tuple[str, ...], tuple[float, ...]]:
    """Towns in which homes are built, and their shares: streets first, parks and farms none."""
    rows = [row for row in region_rows() if row["parent_id"] == district and not row["functional_zone"]]
    rows.sort(key=lambda row: (not row["name"].endswith("街道"), row["position"]))
    weights = [6.0 if row["name"].endswith("街道") else 1.0 if place < 9 else 0.4 for place, row in enumerate(rows)]
    return tuple(row["id"] for row in rows), tuple(weight / sum(weights) for weight in weights)


def _month(day: int) -> int:
    at = date.fromordinal(day)
    return at.year * 12 + at.month - 1


def working_day(day: int) -> int:
    """``day``, or the Monday after it."""
    return day + max(0, 7 - date.fromordinal(day).weekday()) if date.fromordinal(day).weekday() > 4 else day
