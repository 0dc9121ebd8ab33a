"""Escrow accounts: what buyers pay goes in week by week, what the builder may take goes out month by month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from data.demo.building import must_remain
from data.demo.market import NEVER, Ints
from data.demo.projects import Project
from data.demo.units import COLLECTED, SPELLS, Units

REQUIRED_PER_M2 = 4_500
"""元 that must stay in escrow for each ㎡ signed, before the first milestone."""

_SMALLEST_PAYMENT = 20_000_00
_CLOSES_AFTER = 30


@dataclass(frozen=True)
class Entry:
    """One booking; money in 分."""

    entry_no: str
    booked_on: int
    direction: str
    amount: int
    balance: int
    required: int


def entries(project: Project, units: Units, until: int) -> list[Entry]:
    """Bookings of the project's account by ``until``, in order."""
    closes = project.delivered + _CLOSES_AFTER
    weeks = np.arange(project.opens + 7, min(closes + 7, until + 1), 7)
    if not len(weeks):
        return []
    received, returned, area = _weekly(units, weeks)
    account = _Account(project)
    month = 0
    for place, day in enumerate(weeks.tolist()):
        account.required = int(area[place] * REQUIRED_PER_M2 * must_remain(project, day)) * 100
        account.book(day, "in", int(received[place] * COLLECTED) // 100 * 100)
        account.book(day, "out", min(int(returned[place] * COLLECTED) // 100 * 100, account.balance))
        this_month = date.fromordinal(day).month
        if day >= closes:
            account.required = 0
            account.book(day, "out", account.balance)
        elif this_month != month or _cover_is_told(project, day):
            account.pay_builder(day)
        month = this_month
    return account.entries


class _Account:
    """Balance and bookings of one account so far."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.balance = 0
        self.required = 0
        self.entries: list[Entry] = []
        self._day = self._number = 0

    def book(self, day: int, direction: str, amount: int) -> None:
        """Book ``amount``, if there is any."""
        if amount <= 0:
            return
        self._number = self._number + 1 if day == self._day else 1
        self._day = day
        self.balance += amount if direction == "in" else -amount
        number = f"LS-{self.project.project_no}-{date.fromordinal(day):%Y%m%d}-{self._number}"
        self.entries.append(Entry(number, day, direction, amount, self.balance, self.required))

    def pay_builder(self, day: int) -> None:
        """Pay out what lies above the amount that must stay, times the project's cushion (or its story's cover)."""
        free = (self.balance - int(self.required * _cover(self.project, day))) // 100 * 100
        if free >= _SMALLEST_PAYMENT:
            self.book(day, "out", free)


def account_no(project: Project) -> str:
    """Number of the project's account, visibly none of a bank's."""
    return f"ZH-{project.project_no}"


def _cover_is_told(project: Project, day: int) -> bool:
    return bool(project.cover) and project.cover[0][0] <= day <= project.cover[-1][0]


def _cover(project: Project, day: int) -> float:
    if not _cover_is_told(project, day):
        return project.cushion
    days, covers = zip(*project.cover, strict=True)
    return float(np.interp(day, days, covers))


def _weekly(units: Units, weeks: Ints) -> tuple[Ints, Ints, Ints]:
    """Amounts signed and cancelled within each week (分), and the net area signed up to its end (㎡)."""
    bins = len(weeks)
    received, returned, net = (np.zeros(bins, dtype=np.int64) for _ in range(3))
    for spell in range(SPELLS):
        amount = units.amount[:, spell]
        for days, into, sign in ((units.signed[:, spell], received, 1), (units.cancelled[:, spell], returned, -1)):
            week = np.searchsorted(weeks, days)
            happened = (days < NEVER) & (week < bins)
            np.add.at(into, week[happened], amount[happened])
            np.add.at(net, week[happened], sign * units.area[happened])
    return received, returned, np.cumsum(net) // 100
