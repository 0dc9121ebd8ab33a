"""Lives of house units, drawn whole when a project is planned: opened, signed, cancelled, signed again.

Today only decides how much of a life has happened.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.demo.market import DISTRICTS, NEVER, Floats, Ints, Market, generator
from data.demo.projects import Project

USES = ("residential", "commercial", "office", "parking", "other")
RESIDENTIAL, COMMERCIAL, OFFICE, PARKING, OTHER = range(5)
SPELLS = 3
"""A unit is sold at most three times; the third contract stands."""

COLLECTED = 0.92
"""Share of a contract's amount that reaches the escrow account in the week of signing."""

# Homes: layouts in 0.01 ㎡ with their shares; in the dearer districts the large ones are as common as elsewhere.
_LAYOUTS = np.array([8_840, 9_730, 10_460, 11_220, 11_880, 12_650, 13_910, 14_330, 16_850])
_LAYOUT_SHARES = np.array([0.12, 0.12, 0.16, 0.18, 0.14, 0.11, 0.07, 0.06, 0.04])

# Days of average demand until a unit finds its buyer: a share sells with the opening, the others wait long.
_RUSH_SHARE = np.array([0.30, 0.10, 0.05, 0.12, 0.10])
_RUSH_DAYS = 28.0
_WAIT_DAYS = np.array([860.0, 1150.0, 1300.0, 1050.0, 1050.0])
_LONGEST_WAIT = 2600.0

_PRICE_FACTOR = np.array([1.0, 1.42, 0.86, 0.0, 0.0])
_FLAT_PRICE = np.array([0.0, 0.0, 0.0, 6_400.0, 2_900.0])  # 元/㎡, not moved by the town's price
_CANCEL_SHARE = np.array([0.027, 0.015, 0.015, 0.012, 0.012])


@dataclass
class Units:
    """Units of one project or of many, column by column. Days are ordinals, areas 0.01 ㎡, amounts 分.

    Column ``k`` of ``opens``, ``signed``, ``cancelled`` and ``amount`` is spell ``k + 1``; :data:`NEVER` marks what
    has not happened within the horizon.
    """

    project: Ints
    phase: Ints
    building: Ints
    label: Ints
    use: Ints
    area: Ints
    resettlement: Ints
    ordinary: Ints
    opens: Ints
    signed: Ints
    cancelled: Ints
    amount: Ints

    def where(self, mask: NDArray[np.bool_]) -> Units:
        """The units for which ``mask`` is true."""
        return Units(**{name: getattr(self, name)[mask] for name in self.__dataclass_fields__})

    @classmethod
    def join(cls, parts: list[Units]) -> Units:
        """One set of columns from many."""
        names = cls.__dataclass_fields__
        return cls(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})


def draw(market: Market, project: Project, at: int, scale: float) -> Units:
    """All units of ``project`` (number ``at`` in the city) with their lives up to the market's horizon."""
    rng = generator(market.seed, 4, *project.key)
    phase, building, label, use, area = _build(rng, project, scale)
    count = len(use)
    opens = np.full((count, SPELLS), NEVER)
    signed, cancelled = opens.copy(), opens.copy()
    opens[:, 0] = np.array([p.opens for p in project.phases])[phase]
    for spell in range(SPELLS):
        signed[:, spell] = market.sold_on(project.district, opens[:, spell], _wait(rng, project, use))
        if spell + 1 < SPELLS:
            cancelled[:, spell] = _cancelled(rng, market, project, signed[:, spell], use)
            opens[:, spell + 1] = cancelled[:, spell]
    resettlement = _resettled(project, building)
    amount = _amounts(rng, market, project, signed, use, area, label, resettlement)
    price = amount[:, 0] / area
    ordinary = (use == RESIDENTIAL) & (resettlement == 0) & (area <= 14_400) & (price < 1.45 * _price_of(project))
    return Units(
        np.full(count, at),
        phase,
        building,
        label,
        use,
        area,
        resettlement,
        ordinary.astype(np.int64),
        opens,
        signed,
        cancelled,
        amount,
    )


def _price_of(project: Project) -> float:
    return DISTRICTS[project.district].price


def _build(rng: np.random.Generator, project: Project, scale: float) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    """Phase, building, label within the building, use and area of each unit, building by building."""
    parts: list[tuple[int, int, Ints, int, Ints]] = []
    number = 0
    for phase, permit in enumerate(project.phases):
        homes = 0
        for _ in range(permit.buildings):
            number += 1
            label, area = _homes(rng, scale)
            homes += len(label)
            parts.append((phase, number, label, RESIDENTIAL, area))
        shops = max(1, round(scale * float(rng.integers(8, 20))))
        parts.append((phase, number, 9001 + np.arange(shops), COMMERCIAL, rng.integers(4_200, 13_800, shops)))
        parts.append(
            (phase, 90, 1 + 1000 * phase + np.arange(homes // 2), PARKING, rng.integers(1_270, 1_390, homes // 2))
        )
        parts.append((phase, 91, 1 + 1000 * phase + np.arange(homes // 7), OTHER, rng.integers(550, 1_150, homes // 7)))
    if project.office:
        label = np.add.outer(100 * np.arange(3, 15), np.arange(1, max(2, round(12 * scale)))).ravel()
        parts.append((0, number + 1, label, OFFICE, rng.integers(4_500, 9_600, len(label))))
    sizes = [len(part[2]) for part in parts]
    return (
        np.repeat([part[0] for part in parts], sizes),
        np.repeat([part[1] for part in parts], sizes),
        np.concatenate([part[2] for part in parts]),
        np.repeat([part[3] for part in parts], sizes),
        np.concatenate([part[4] for part in parts]),
    )


def _homes(rng: np.random.Generator, scale: float) -> tuple[Ints, Ints]:
    """Labels (floor × 100 + door) and areas of the homes of one building: each door has one layout on all floors."""
    floors = max(2, round(int(rng.choice([11, 17, 18, 25])) * scale))
    doors = int(rng.choice([2, 4, 4]))
    layouts = rng.choice(_LAYOUTS, size=doors, p=_LAYOUT_SHARES) + rng.integers(-90, 90, doors)
    label = np.add.outer(100 * np.arange(1, floors + 1), np.arange(1, doors + 1)).ravel()
    return label, np.tile(layouts, floors)


def _wait(rng: np.random.Generator, project: Project, use: Ints) -> Floats:
    """Days of average demand until each unit is sold."""
    count = len(use)
    rush = rng.random(count) < _RUSH_SHARE[use]
    patience = project.heat * DISTRICTS[project.district].patience
    long = np.minimum(rng.gamma(1.25, _WAIT_DAYS[use] / 1.25) * patience, _LONGEST_WAIT)
    return np.where(rush, rng.exponential(_RUSH_DAYS, count) + 2.0, long + 2.0)


def _cancelled(rng: np.random.Generator, market: Market, project: Project, signed: Ints, use: Ints) -> Ints:
    """Day on which each contract is withdrawn: a few after some weeks; in a story, many of one project in a month."""
    count = len(use)
    drawn = rng.random(count) < _CANCEL_SHARE[use]
    day = signed + 6 + np.minimum(rng.exponential(24, count), 80).astype(np.int64)
    together, at = rng.random(count), rng.integers(0, 28, count)
    if project.cancellations:
        first, end = project.cancellations
        drawn_in = (signed >= first - 170) & (signed < first - 3) & (together < 0.60) & (use == RESIDENTIAL)
        drawn, day = drawn | drawn_in, np.where(drawn_in, np.minimum(first + at, end - 1), day)
    happened = drawn & (signed < NEVER) & (day <= market.horizon)
    return np.where(happened, day, NEVER)


def _resettled(project: Project, building: Ints) -> Ints:
    """Resettlement projects give their homes to people whose houses made way; the last building is sold freely."""
    return ((building < building.max(initial=0)) & project.resettlement & (building < 90)).astype(np.int64)


def _amounts(
    rng: np.random.Generator,
    market: Market,
    project: Project,
    signed: Ints,
    use: Ints,
    area: Ints,
    label: Ints,
    resettlement: Ints,
) -> Ints:
    """Amount of each spell's contract in 分, a whole number of 元: price of the day, floor and door."""
    noise = np.exp(rng.normal(0, 0.035, signed.shape))
    floor = 1 + 0.003 * np.minimum(label[:, None] // 100 - 6, 14) * (use[:, None] == RESIDENTIAL)
    level = np.stack(
        [market.level(project.district, np.minimum(signed[:, s], market.horizon)) for s in range(SPELLS)], 1
    )
    moving = project.price * _PRICE_FACTOR[use][:, None] * level * floor
    moving = np.where((resettlement == 1)[:, None] & (use == RESIDENTIAL)[:, None], 0.52 * _price_of(project), moving)
    price = np.round((moving + _FLAT_PRICE[use][:, None]) * noise)
    return np.round(price * area[:, None] / 100).astype(np.int64) * 100
