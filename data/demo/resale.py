"""Second-hand sales: drawn month by month for each district, cancellations with them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from data.demo.market import DISTRICTS, GENESIS, Market, generator
from data.demo.names import estate_name
from data.demo.projects import towns_of

HOMES_A_YEAR = 15_000
_ESTATES = 40
_CANCEL_SHARE = 0.015
LONGEST_LAG = 85
"""Days after which no contract is cancelled any more."""


@dataclass(frozen=True)
class Contract:
    """A signing or a cancellation. Area in 0.01 ㎡ and amount in 分, both of the signing."""

    day: int
    kind: str
    number: str
    town: str
    estate: str
    building: str
    door: str
    use: str
    area: int
    amount: int


def contracts(market: Market, district: int, month: int, scale: float) -> list[Contract]:
    """Signings and cancellations of the contracts signed in ``month`` (years × 12 + month − 1), whole.

    Days beyond the horizon are left out; those before it do not depend on where it lies.
    """
    first = date(month // 12, month % 12 + 1, 1).toordinal()
    rng = generator(market.seed, 5, district, month)
    found: list[Contract] = []
    about = DISTRICTS[district]
    mean = scale * HOMES_A_YEAR * about.second_hand / 365.25
    towns, weights = towns_of(about.id)
    for day in range(first, first + 31):
        # A stream a day: its length depends on the day's count, which must not shift the next day's draws.
        if day > market.horizon or date.fromordinal(day).month != month % 12 + 1:
            break
        of_day = np.random.Generator(np.random.PCG64(rng.integers(2**63)))
        count = int(of_day.poisson(mean * market.eagerness[district][day - GENESIS]))
        if count:
            found += _of_day(of_day, market, district, day, count, towns, weights)
    return found


def _of_day(
    rng: np.random.Generator,
    market: Market,
    district: int,
    day: int,
    count: int,
    towns: tuple[str, ...],
    weights: tuple[float, ...],
) -> list[Contract]:
    shop = rng.random(count) < 0.06
    area = np.clip(np.where(shop, rng.normal(7_500, 2_500, count), rng.normal(10_100, 2_600, count)), 3_000, 24_000)
    area = area.astype(np.int64)
    level = 0.80 * DISTRICTS[district].price * float(market.level(district, np.array([day]))[0])
    price = np.round(level * np.exp(rng.normal(0, 0.16, count)) * np.where(shop, 1.3, 1.0))
    amount = np.round(price * area / 100).astype(np.int64) * 100
    estate = rng.integers(0, _ESTATES, count)
    town = np.searchsorted(np.cumsum(weights), (estate * 0.618034) % 1.0)
    cancelled = rng.random(count) < _CANCEL_SHARE
    lag = 5 + np.minimum(rng.exponential(20, count), LONGEST_LAG - 5).astype(np.int64)
    building, floor, door = rng.integers(1, 30, count), rng.integers(1, 12, count), rng.integers(1, 4, count)
    found: list[Contract] = []
    for i in range(count):
        number = f"YSER-{DISTRICTS[district].id}-{date.fromordinal(day):%Y%m%d}-{i + 1:03d}"
        signing = Contract(
            day,
            "sign",
            number,
            towns[min(int(town[i]), len(towns) - 1)],
            estate_name(district, int(estate[i])),
            f"{building[i]}幢",
            f"{floor[i]:02d}{door[i]:02d}室",
            "commercial" if shop[i] else "residential",
            int(area[i]),
            int(amount[i]),
        )
        found.append(signing)
        if cancelled[i] and day + lag[i] <= market.horizon:
            found.append(replace(signing, day=day + int(lag[i]), kind="cancel"))
    return found
