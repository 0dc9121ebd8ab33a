"""Credit scores of property companies, published for the last half year each 15 January and 15 July."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from data.demo.estate_lives import COMPANIES
from data.demo.market import DISTRICTS, generator

_FIRST_YEAR = 2020
_BANDS = ((90.0, "a"), (80.0, "b"), (70.0, "c"))


@dataclass(frozen=True)
class Score:
    """One company's score; ``points`` in hundredths."""

    published: int
    period: str
    points: int
    band: str


def district_of(company: int) -> int:
    """District, by number, in which a company is scored."""
    return company % len(DISTRICTS)


def scores(seed: int, company: int, until: int) -> list[Score]:
    """A company's scores that are published by ``until``; a few companies came later than the others."""
    rng = generator(seed, 26, company)
    standing = float(np.clip(rng.normal(84.0, 7.5), 60, 97))
    joins = 0 if rng.random() < 0.85 else int(rng.integers(1, 16))
    found = []
    for place, (published, period) in enumerate(_publications(until)):
        noise = float(rng.normal(0, 2.6))
        if place >= joins:
            points = round(100 * min(max(standing + noise, 45.0), 99.5))
            band = next((band for least, band in _BANDS if points >= 100 * least), "d")
            found.append(Score(published, period, points, band))
    return found


def companies() -> range:
    """All property companies, by number."""
    return range(COMPANIES)


def _publications(until: int) -> Iterator[tuple[int, str]]:
    for year in range(_FIRST_YEAR, date.fromordinal(until).year + 1):
        for month, period in ((1, f"{year - 1}年下半年"), (7, f"{year}年上半年")):
            published = date(year, month, 15).toordinal()
            if published <= until:
                yield published, period
