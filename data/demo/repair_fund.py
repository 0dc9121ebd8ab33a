"""Repair funds: what owners have paid in, what repairs take out month by month, and a year's interest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from data.demo.estate_lives import DRAINED, NEW, Estate
from data.demo.market import DISTRICTS, generator

OPENED = date(2022, 1, 4).toordinal()
"""Day on which the balances of older estates were taken over from the books before."""

_PER_M2 = {"before1990": 8.0, "y1990s": 15.0, "y2000s": 46.0, "after2010": 80.0}
"""元 that an older estate has for each ㎡, on average."""

_NEW_PER_M2 = 105.0
_MONTHS_OF_PAYING_IN = 8
_WARRANTY = 730
_INTEREST = 0.011
_ITEMS = ("屋面防水维修", "电梯维修", "外墙渗漏维修", "消防设施维修", "监控门禁更新", "水泵更新", "道路管网维修")
_LARGE_ITEMS = ("外墙整体维修", "电梯更新", "屋面防水大修")

_STORY_BEGAN = date(2026, 3, 1).toordinal()
_STORY_EVERY = 400
_STORY_LASTS = 300
_STORY_TAKES = 0.11
_STORY_DISTRICTS = (0, 3, 1, 5, 2, 4)


@dataclass(frozen=True)
class Entry:
    """One booking; money in 分."""

    entry_no: str
    booked_on: int
    direction: str
    item: str | None
    amount: int
    balance: int


def account_no(estate: Estate) -> str:
    """Number of an estate's account, visibly none of a bank's."""
    return f"WXZJ-YS{DISTRICTS[estate.district].id}{estate.number:05d}"


def entries(seed: int, estate: Estate, until: int) -> list[Entry]:
    """Bookings of an estate's account by ``until``, in order; none without an account."""
    if not estate.has_fund:
        return []
    account = _Account(seed, estate)
    for day, direction, item, amount in account.movements(until):
        if day > until:
            break
        account.book(day, direction, item, amount)
    return account.entries


class _Account:
    """Balance and bookings of one account so far."""

    def __init__(self, seed: int, estate: Estate) -> None:
        self.seed = seed
        self.estate = estate
        self.opened = estate.begins + 10 if estate.number >= NEW else OPENED
        self.balance = 0
        self.entries: list[Entry] = []

    def book(self, day: int, direction: str, item: str | None, amount: int) -> None:
        """Book ``amount``, at most what is there where it goes out."""
        amount = min(amount, self.balance) if direction == "out" else amount
        if amount <= 0:
            return
        self.balance += -amount if direction == "out" else amount
        number = f"WX-{self.estate.code[3:]}-{date.fromordinal(day):%Y%m%d}-{direction}"
        self.entries.append(Entry(number, day, direction, item, amount, self.balance))

    def movements(self, until: int) -> Iterator[tuple[int, str, str | None, int]]:
        """Day, direction, item and amount of each movement; the next one is drawn when the last has been booked."""
        rng = generator(self.seed, 24, self.estate.district, self.estate.number)
        paid_in = self._first_payment(rng)
        yield self.opened, "in", None, paid_in
        for year in range(date.fromordinal(self.opened).year, date.fromordinal(until).year + 1):
            draws = generator(self.seed, 25, self.estate.district, self.estate.number, year)
            chances, sizes, days = draws.random((12, 2)), draws.normal(0, 1.1, 12), draws.integers(1, 28, 12)
            for month in range(12):
                day = date(year, month + 1, int(days[month])).toordinal()
                if day > self.opened:
                    yield day, *self._month(day, chances[month], float(sizes[month]), paid_in)
                if month == 5 and date(year, 6, 30).toordinal() > self.opened:
                    yield date(year, 6, 30).toordinal(), "interest", None, int(self.balance * _INTEREST) // 100 * 100

    def _first_payment(self, rng: np.random.Generator) -> int:
        """What is there at first, in 分; the buyers of a new estate go on paying in for some months."""
        if self.estate.number >= NEW:
            return int(self.estate.area * _NEW_PER_M2 / _MONTHS_OF_PAYING_IN) // 100 * 100
        return int(self.estate.area * _PER_M2[self.estate.band] * float(np.exp(rng.normal(0, 0.3)))) // 100 * 100

    def _month(self, day: int, chances: np.ndarray, size: float, paid_in: int) -> tuple[str, str | None, int]:
        """What happens in a month: a story's repair, a payment of new owners, an ordinary repair, or a late payment."""
        age = day - self.opened
        if is_drained(self.estate, day):
            return "out", _LARGE_ITEMS[day % len(_LARGE_ITEMS)], int(self.balance * _STORY_TAKES) // 100 * 100
        if self.estate.number >= NEW and age < 30 * _MONTHS_OF_PAYING_IN:
            return "in", None, paid_in
        if self.estate.number >= NEW and age < _WARRANTY:
            return "in", None, paid_in // 50 if chances[0] < 0.3 else 0
        if chances[0] < 0.68:
            amount = int(7_000 * np.exp(size) * (self.estate.households / 600) ** 0.5) * 100
            return "out", _ITEMS[int(chances[1] * len(_ITEMS))], min(amount, self.balance // 4 // 100 * 100)
        return "in", None, int(self.estate.area * chances[1] * 1.6) // 100 * 100 if chances[0] < 0.80 else 0


def is_drained(estate: Estate, day: int) -> bool:
    """Whether a story of the day draws the estate's fund down."""
    cycle, since = divmod(day - _STORY_BEGAN, _STORY_EVERY)
    turn, place = divmod(cycle, len(_STORY_DISTRICTS))
    told = estate.district == _STORY_DISTRICTS[place] and estate.number == DRAINED[turn % len(DRAINED)]
    return told and cycle >= 0 and since < _STORY_LASTS
