"""The invented market: how eagerly homes are bought, and at what price, on each day in each district.

Everything here is a function of (seed, district, day), from a fixed first day on, so that a longer horizon only adds
days and never changes one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

GENESIS = date(2016, 1, 1).toordinal()
"""First day of the invented market: early enough that the stock of unsold homes is in balance when data begin."""

NEVER = date(9999, 12, 31).toordinal()
"""Day of something that has not happened within the horizon."""


@dataclass(frozen=True)
class District:
    """What sets a district's market apart: share of the city's sales by residents, price, patience of its stock."""

    id: str
    residents: int
    price: float  # 元/㎡, ordinary homes, 2026
    patience: float  # factor on the time a home waits for its buyer
    second_hand: float  # share of the city's second-hand sales


DISTRICTS = (
    District("321282", 663_408, 9_650, 0.96, 0.15),
    District("321283", 994_445, 9_400, 1.00, 0.19),
    District("321281", 1_128_204, 7_900, 1.05, 0.17),
    District("321202", 577_016, 11_800, 0.93, 0.23),
    District("321203", 481_281, 9_900, 0.97, 0.11),
    District("321204", 668_408, 9_300, 1.00, 0.15),
)
"""The six districts in official order; residents of the 2020 census, prices after the anchors for calibration."""

# January … December, mean 1: spring and autumn sell, the Spring Festival's own dip comes on top.
SALES_SEASON = np.array([0.92, 0.90, 1.12, 1.10, 1.12, 1.05, 0.88, 0.87, 1.10, 1.12, 0.95, 1.00])
WEEKDAYS = np.array([0.78, 0.86, 0.90, 0.94, 1.02, 1.30, 1.20])

SPRING_FESTIVAL = {
    2016: (2, 8),
    2017: (1, 28),
    2018: (2, 16),
    2019: (2, 5),
    2020: (1, 25),
    2021: (2, 12),
    2022: (2, 1),
    2023: (1, 22),
    2024: (2, 10),
    2025: (1, 29),
    2026: (2, 17),
    2027: (2, 6),
    2028: (1, 26),
    2029: (2, 13),
    2030: (2, 3),
    2031: (1, 23),
    2032: (2, 11),
    2033: (1, 31),
    2034: (2, 19),
    2035: (2, 8),
    2036: (1, 28),
}
"""Month and day on which the lunar year begins; later years take 5 February."""


@dataclass(frozen=True)
class Turn:
    """A district's market turning up or down: demand moves to ``demand`` and price by ``drift`` a month for a year."""

    district: int
    begins: int
    demand: float
    drift: float


_MONTH = 30.4375
_CYCLE_MONTHS = 24
_DOWN = (2, 0, 5, 1, 4, 3)
_UP = (3, 4, 2, 0, 1, 5)


def turns(until: int) -> list[Turn]:
    """Turns that begin by ``until``: every two years from spring 2026 one district turns down and another up."""
    found: list[Turn] = []
    cycle = 0
    while True:
        year = 2026 + cycle * _CYCLE_MONTHS // 12
        down = Turn(_DOWN[cycle % 6], date(year, 3, 20).toordinal(), 0.64, -0.012)
        up = Turn(_UP[cycle % 6], date(year, 1, 10).toordinal(), 1.25, 0.004)
        if up.begins > until:
            return found
        found += [up, down]
        cycle += 1


def generator(seed: int, *key: int) -> np.random.Generator:
    """A random stream of its own for ``key``: no draw of one thing shifts another's."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, *key])))


class Market:
    """Demand and price of the six districts for each day from :data:`GENESIS` to ``horizon``."""

    def __init__(self, seed: int, horizon: int) -> None:
        self.seed = seed
        self.horizon = horizon
        self.days: Ints = np.arange(GENESIS, horizon + 1)
        self._turns = turns(horizon)
        season = _season(self.days)
        self.eagerness = [self._eagerness(district, season) for district in range(len(DISTRICTS))]
        self._reached: list[Floats] = [np.cumsum(eagerness) for eagerness in self.eagerness]
        self._level = [self._price_level(district) for district in range(len(DISTRICTS))]

    def sold_on(self, district: int, open_on: Ints, wait: Floats) -> Ints:
        """Day on which each unit finds its buyer: when the demand since it opened has added up to its ``wait``.

        ``wait`` is in days of average demand; never on the opening day; :data:`NEVER` beyond the horizon.
        """
        reached = self._reached[district]
        at = np.clip(open_on - GENESIS, 0, len(reached) - 1)
        found = np.maximum(np.searchsorted(reached, reached[at] + wait), at + 1)
        beyond = (found >= len(reached)) | (open_on > self.horizon)
        return np.where(beyond, NEVER, found + GENESIS)

    def level(self, district: int, days: Ints) -> Floats:
        """Price level on ``days``, 1 being the district's level of 2026; days beyond the horizon take its last."""
        return self._level[district][np.clip(days - GENESIS, 0, len(self.days) - 1)]

    def _eagerness(self, district: int, season: Floats) -> Floats:
        wave = 1 + 0.04 * np.sin(2 * np.pi * (self.days - GENESIS) / (41 * _MONTH) + district)
        demand = season * wave * self._noise(district)
        for turn in self._turns:
            if turn.district == district:
                demand = demand * (1 + (turn.demand - 1) * _hump((self.days - turn.begins) / _MONTH, 3, 15, 21))
        return demand

    def _noise(self, district: int) -> Floats:
        """Good and bad days, drawn by year so that a later horizon leaves earlier years as they were."""
        first, last = (date.fromordinal(day).year for day in (GENESIS, self.horizon))
        years = [generator(self.seed, 1, district, year).normal(0, 0.12, 366) for year in range(first, last + 1)]
        ordinals = [date.fromordinal(int(day)).timetuple() for day in self.days]
        factors = np.array([years[at.tm_year - first][at.tm_yday - 1] for at in ordinals])
        return np.exp(factors)

    def _price_level(self, district: int) -> Floats:
        """Down some three per cent a year to the end of 2025, then flat with a slow wave, plus the district's turns."""
        years_before = np.clip((date(2026, 1, 1).toordinal() - self.days) / 365.25, 0, 3)
        log = 0.03 * years_before + 0.008 * np.sin(2 * np.pi * (self.days - GENESIS) / (29 * _MONTH) + 2 * district)
        for turn in self._turns:
            if turn.district == district:
                months = (self.days - turn.begins) / _MONTH
                log = log + 12 * turn.drift * _hump(months, 12, 16, 40)
        return np.exp(log)


def _hump(months: Floats, risen: float, falls: float, gone: float) -> Floats:
    """0 before, rising in a line to 1 at ``risen``, falling from ``falls`` to 0 at ``gone``."""
    return np.interp(months, [0, risen, falls, gone], [0.0, 1.0, 1.0, 0.0])


def _season(days: Ints) -> Floats:
    """Factor of the calendar: month, weekday, Spring Festival, National Day, half-year and year-end pushes."""
    dates = days.astype("int64") - date(1970, 1, 1).toordinal()
    stamps = dates.astype("datetime64[D]")
    months = stamps.astype("datetime64[M]").astype(int) % 12
    day_of_month = (stamps - stamps.astype("datetime64[M]")).astype(int) + 1
    factor = SALES_SEASON[months] * WEEKDAYS[(days - 1) % 7]
    factor = factor * np.where((months == 11) & (day_of_month >= 18), 1.40, 1.0)
    factor = factor * np.where((months == 5) & (day_of_month >= 24), 1.20, 1.0)
    factor = factor * np.where((months == 9) & (day_of_month <= 4), 0.75, 1.0)
    for year in range(date.fromordinal(int(days[0])).year, date.fromordinal(int(days[-1])).year + 2):
        away = days - date(year, *SPRING_FESTIVAL.get(year, (2, 5))).toordinal()
        factor = factor * np.where((away >= -10) & (away <= 20), _FESTIVAL[np.clip(away + 10, 0, 30)], 1.0)
    return factor


_FESTIVAL = np.interp(np.arange(-10, 21), [-10, -3, 0, 5, 9, 20], [0.8, 0.35, 0.06, 0.12, 0.55, 1.0])
