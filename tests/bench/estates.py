"""Estates and their repair fund, scores of companies, single buildings, drawn with numpy.

Columns that the platform derives are given as :mod:`data.ingest.derive_estates` would give them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np

from data.models.codes import ESTATE_BUILD_BAND, ESTATE_TYPE, LAND_TYPE
from tests.bench.city import Size
from tests.bench.columns import (
    NEVER,
    NOTHING,
    RUN_ID,
    SINCE,
    UNTIL,
    Batch,
    Column,
    codes,
    dates,
    day_number,
    names,
    parts,
    places,
    words,
)

VERSIONS, BOOKINGS, SCORES, BUILDINGS = 0.003, 0.2, 0.001, 0.001
"""Shares of all rows."""

BOOKINGS_AN_ACCOUNT = 100
PROJECTS = 500
RATED_ON = [date(2023 + i // 2, 7 if i % 2 else 1, 1) for i in range(1, 8)]
"""Companies are rated every half year."""

BODIES = ("committee", "management", "expired", "none")
IN_OFFICE = 2
"""The first so many bodies are in office."""


class Estates:
    """The rows of estates; each method yields columns by name, in the order in which they came."""

    def __init__(self, size: Size) -> None:
        self.size = size
        self.random = np.random.default_rng(size.seed + 2)
        self.first = day_number(SINCE)
        self.end = day_number(UNTIL)
        self.code = codes("XQ", np.arange(size.estates))
        self.name = names("号演示小区", np.arange(size.estates) + 1)
        self.town, self.district = places(self.random, size.estates)

    def register(self) -> Batch:
        """Codes and names of all estates."""
        return {"estate_code": self.code, "estate_name": self.name, "district_id": self.district}

    def _placed(self, of: Column) -> Batch:
        return {"region_id": self.town[of], "district_id": self.district[of], "run_id": np.full(len(of), RUN_ID)}

    def versions(self) -> Iterator[Batch]:
        """Versions of estates, the first of each from before the data on; bodies come, outlive their term and go."""
        each = max(1, self.size.of(VERSIONS) // self.size.estates)
        count = self.size.estates
        begins = np.sort(self.random.integers(self.first, self.end, (count, each)), axis=1)
        begins[:, 0] = self.first - self.random.integers(1, 300, count)
        for column in range(1, each):  # no two versions begin on one day
            begins[:, column] = np.maximum(begins[:, column], begins[:, column - 1] + 1)
        ends = np.full(begins.shape, NEVER)
        ends[:, :-1] = begins[:, 1:]
        of = np.repeat(np.arange(count), each)
        start, end = begins.ravel(), ends.ravel()
        eligible = of % 5 != 0
        body = np.where(eligible, self.random.choice(len(BODIES), len(of), p=(0.4, 0.25, 0.1, 0.25)), len(BODIES) - 1)
        term = np.where(body < IN_OFFICE, start + self.random.integers(-60, 1800, len(of)), NEVER)
        out = np.where(term == NEVER, NEVER, term + 1)
        expired = np.where(
            body == BODIES.index("expired"), start, np.where(out == NEVER, NEVER, np.maximum(out, start))
        )
        managed = (of * 7 + np.tile(np.arange(each), count)) % 10 < 8
        drawn = {
            "of": of,
            "valid_from": start,
            "valid_to": end,
            "managed": words(("no", "yes"), managed.astype(int)),
            "body_eligible": words(("no", "yes"), eligible.astype(int)),
            "owner_body": words(BODIES, body),
            "term_until_on": term,
            "in_office_until": _earlier(end, out),
            "expired_from": np.where((end == NEVER) | (expired < end), expired, NEVER),
        }
        for part in parts(drawn, np.argsort(start, kind="stable")):
            yield self._version_batch(part)

    def _version_batch(self, part: Batch) -> Batch:
        of = part.pop("of")
        homes = 80 + of * 13 % 1_900
        days = ("valid_from", "valid_to", "term_until_on", "in_office_until", "expired_from")
        return {
            **part,
            **{name: dates(part[name]) for name in days},
            "estate_code": self.code[of],
            "estate_name": self.name[of],
            "estate_type": words(tuple(ESTATE_TYPE), of % len(ESTATE_TYPE)),
            "build_band": words(tuple(ESTATE_BUILD_BAND), of // 3 % len(ESTATE_BUILD_BAND)),
            "household_qty": homes,
            "building_qty": homes // 60 + 1,
            "area_m2": homes * 10_500,
            **self._placed(of),
        }

    def bookings(self) -> Iterator[Batch]:
        """A hundred bookings an account: paid in, drawn on and with interest; a balance holds until the next one."""
        accounts = self.size.of(BOOKINGS) // BOOKINGS_AN_ACCOUNT
        shape = (accounts, BOOKINGS_AN_ACCOUNT)
        steps = self.random.integers(1, 22, shape)
        steps[:, 0] = self.random.integers(0, 25, accounts)
        day = np.minimum(self.first + np.cumsum(steps, axis=1), self.end - 1)
        following = np.full(shape, NEVER)
        following[:, :-1] = day[:, 1:]
        direction = self.random.choice(3, shape, p=(0.5, 0.4, 0.1))
        direction[:, 0] = 0
        amount = self.random.integers(1_000_00, 90_000_00, shape)
        amount[:, 0] = 3_000_000_00
        balance = np.cumsum(np.where(direction == 1, -amount, amount), axis=1)
        number = np.arange(day.size)
        drawn = {
            "number": number,
            "account": number // BOOKINGS_AN_ACCOUNT,
            "booked_on": day.ravel(),
            "next_on": following.ravel(),
            "direction": direction.ravel(),
            "amount_yuan": amount.ravel(),
            "balance_yuan": np.maximum(balance, 0).ravel(),
        }
        for part in parts(drawn, np.argsort(drawn["booked_on"], kind="stable")):
            yield self._booking_batch(part)

    def _booking_batch(self, part: Batch) -> Batch:
        of = part["account"] % self.size.estates
        account = codes("WX", part["account"])
        return {
            "entry_no": codes("WJ", part["number"]),
            "account_no": account,
            "account_masked": np.array([f"****{number[-4:]}" for number in account], dtype=object),
            "estate_code": self.code[of],
            "booked_on": dates(part["booked_on"]),
            "next_on": dates(part["next_on"]),
            "direction": words(("in", "out", "interest"), part["direction"]),
            "repair_item": np.where(part["direction"] == 1, "屋面防水", NOTHING),
            "amount_yuan": part["amount_yuan"],
            "balance_yuan": part["balance_yuan"],
            **self._placed(of),
        }

    def scores(self) -> Batch:
        """Scores of companies by half-year, four in five of them of property companies."""
        companies = max(1, self.size.of(SCORES) // len(RATED_ON))
        company = np.tile(np.arange(companies), len(RATED_ON))
        turn = np.repeat(np.arange(len(RATED_ON)), companies)
        days = np.array([day_number(day) for day in RATED_ON])
        property_company = company % 5 != 0
        town, district = places(self.random, companies)
        score = self.random.integers(5_500, 10_000, len(company))
        return {
            "subject_code": codes("QY", company),
            "subject_name": names("号演示物业公司", company + 1),
            "score_kind": words(("enterprise_credit", "property_company"), property_company.astype(int)),
            "entity_type": words(("builder", "property"), property_company.astype(int)),
            "valid_from": dates(days[turn]),
            "valid_to": dates(np.append(days[1:], NEVER)[turn]),
            "score": score,
            "band": words(("d", "c", "b", "a"), np.digitize(score, (6_000, 7_500, 9_000))),
            "region_id": town[company],
            "district_id": district[company],
            "run_id": np.full(len(company), RUN_ID),
        }

    def works(self) -> Batch:
        """Construction projects, to which buildings belong."""
        town, district = self.town[:PROJECTS], self.district[:PROJECTS]
        count = len(town)
        return {
            "project_code": codes("GC", np.arange(count)),
            "project_name": names("号演示工程", np.arange(count) + 1),
            "project_type": words(("house",), np.zeros(count, int)),
            "funding": words(("private", "state_owned"), np.arange(count) % 2),
            "region_id": town,
            "district_id": district,
            "run_id": np.full(count, RUN_ID),
        }

    def buildings(self) -> Batch:
        """Single buildings by the day they were permitted; of homes a third are good houses, and more each year."""
        count = self.size.of(BUILDINGS)
        day = np.sort(self.random.integers(self.first, self.end, count))
        works = self.random.integers(0, min(PROJECTS, self.size.estates), count)
        good = self.random.random(count) < 0.2 + 0.25 * (day - self.first) / (self.end - self.first)
        accepted = day + self.random.integers(400, 900, count)
        return {
            "building_no": codes("DT", np.arange(count)),
            "building_name": names("号楼", np.arange(count) % 40 + 1),
            "project_code": codes("GC", works),
            "permitted_on": dates(day),
            "accepted_on": dates(np.where(accepted < self.end, accepted, NEVER)),
            "floor_area_m2": self.random.integers(300_000, 1_500_000, count),
            "use": words(("residential", "public"), (np.arange(count) % 5 == 0).astype(int)),
            "good_house": words(("no", "yes"), good.astype(int)),
            "land_type": words(tuple(LAND_TYPE), np.arange(count) % len(LAND_TYPE)),
            **self._placed(works),
        }


def _earlier(first: Column, second: Column) -> Column:
    """The earlier of two days, either of which may be missing."""
    return np.where(first == NEVER, second, np.where(second == NEVER, first, np.minimum(first, second)))
