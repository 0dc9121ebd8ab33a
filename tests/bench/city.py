"""A large property market, drawn with numpy: same seed, same rows.

It is shaped like the city (districts by weight, seasons, weekends, the Spring Festival dip, projects that sell out,
about three cancellations in a hundred) and consistent with itself: a unit's spell ends on the day of a contract that
names it, and begins again on the day of that contract's cancellation. Most new contracts are of units that are not in
the house table, since five million sales are asked of one million units.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from tests.bench.columns import (
    NOTHING,
    RUN_ID,
    SINCE,
    UNTIL,
    Batch,
    Column,
    codes,
    dates,
    day_number,
    day_weights,
    month_start,
    names,
    places,
    words,
)

BASE_PRICE = {
    "321202": 11800,
    "321203": 9900,
    "321204": 9300,
    "321282": 11200,
    "321283": 9800,
    "321281": 8100,
    "321200-B": 10600,
}
USES = ("residential", "commercial", "office", "parking", "other")
USE_WEIGHTS = (0.71, 0.07, 0.03, 0.17, 0.02)
BANDS = ("lt90", "s90_120", "s120_144", "gt144")
BAND_WEIGHTS = (0.18, 0.42, 0.27, 0.13)
BAND_AREA = ((6000, 9000), (9000, 12000), (12000, 14400), (14400, 22000))
USE_PRICE = (1.0, 1.6, 0.9, 0.5, 0.7)
BANKS = ("b01", "b02", "b03", "b04", "b05")


@dataclass(frozen=True)
class Size:
    """How large a city is wanted: so many rows in all facts together. Projects and estates are as many in any."""

    rows: int = 10_000_000
    projects: int = 400
    estates: int = 2_000
    seed: int = 321200
    new_share: float = 0.6
    cancelled: float = 0.03

    @property
    def sales(self) -> int:
        """Contracts and cancellations: what the other facts leave, half of all rows."""
        return self.of(0.5)

    @property
    def units(self) -> int:
        """Units, each with one spell on sale or two."""
        return self.of(0.1)

    def of(self, share: float) -> int:
        """So large a share of all rows."""
        return round(self.rows * share)


class City:
    """The rows of one city; each ``..._batches`` yields columns by name, in the order in which they came in."""

    def __init__(self, size: Size) -> None:
        self.size = size
        self.random = np.random.default_rng(size.seed)
        self.first = day_number(SINCE)
        self.days = (UNTIL - SINCE).days
        self.day_weights = day_weights(self.first, self.days)
        self._place_projects()
        self._draw_units()

    def _place_projects(self) -> None:
        self.project_no = np.array([f"XM{i:05d}" for i in range(self.size.projects)], dtype=object)
        self.project_town, self.project_district = places(self.random, self.size.projects)
        level = self.random.lognormal(0, 0.15, self.size.projects)
        self.project_price = np.array([BASE_PRICE[d] for d in self.project_district]) * level
        share = self.random.pareto(1.6, self.size.projects) + 0.2
        self.project_share = share / share.sum()

    def _draw_units(self) -> None:
        """First spells of all units, then the contracts of those that sold, then second spells of the cancelled."""
        random, first_spells = self.random, int(self.size.units * 0.98)
        project = random.choice(self.size.projects, first_spells, p=self.project_share)
        launch = self.first - 200 + random.integers(0, self.days + 170, self.size.projects)
        phase = random.integers(0, 6, first_spells) * 60
        opened = np.minimum(launch[project] + phase, self.first + self.days - 20)
        waited = 3 + random.exponential(150, first_spells).astype(np.int64)
        signed = opened + waited
        sold = (signed >= self.first) & (signed < self.first + self.days)
        use, band, area = self._draw_kinds(first_spells)
        order = np.argsort(opened, kind="stable")
        cancelled = sold & (random.random(first_spells) < self.size.cancelled)
        reopened = signed + random.integers(5, 60, first_spells)
        cancelled &= reopened < self.first + self.days
        resold = cancelled & (random.random(first_spells) < 0.5)
        self.unit = {
            "project": project[order],
            "use": use[order],
            "band": band[order],
            "area": area[order],
            "opened": opened[order],
            "signed": np.where(signed < self.first + self.days, signed, -1)[order],
            "sold": sold[order],
            "cancelled": cancelled[order],
            "reopened": reopened[order],
            "resold": (resold & (reopened + 90 < self.first + self.days))[order],
        }

    def _draw_kinds(self, count: int) -> tuple[Column, Column, Column]:
        use = self.random.choice(len(USES), count, p=USE_WEIGHTS)
        band = self.random.choice(len(BANDS), count, p=BAND_WEIGHTS)
        lo, hi = np.array(BAND_AREA).T
        area = self.random.integers(lo[band], hi[band])
        parking = use == USES.index("parking")
        area[parking] = self.random.integers(1200, 1500, int(parking.sum()))
        band[parking] = 0
        return use, band, area

    # --- tables -------------------------------------------------------------------------------------------------

    def projects(self) -> Batch:
        """The developers' projects by name."""
        return {
            "project_no": self.project_no,
            "project_name": np.array([f"演示花园{i + 1}号" for i in range(self.size.projects)], dtype=object),
            "developer_name": np.array([f"演示置业{i % 90 + 1}公司" for i in range(self.size.projects)], dtype=object),
            "district_id": self.project_district,
        }

    def houses(self) -> Batch:
        """Natural keys of all units."""
        return {"unit_code": codes("F", np.arange(len(self.unit["project"])))}

    def house_units(self, rows: int = 200_000) -> Iterator[Batch]:
        """Spells on sale, by the day they began."""
        unit = self.unit
        again = np.flatnonzero(unit["cancelled"])
        index = np.concatenate([np.arange(len(unit["project"])), again])
        spell = np.concatenate([np.ones(len(unit["project"]), np.int64), np.full(len(again), 2)])
        resigned = np.where(unit["resold"][again], unit["reopened"][again] + 90, -1)
        opened = np.concatenate([unit["opened"], unit["reopened"][again]])
        signed = np.concatenate([unit["signed"], resigned])
        order = np.argsort(opened, kind="stable")
        for part in np.array_split(order, max(1, len(order) // rows)):
            of = index[part]
            project = unit["project"][of]
            yield {
                "unit_code": codes("F", of),
                "building_no": names("幢", of // 120 % 30 + 1),
                "unit_no": names("室", of % 120 + 101),
                "presale_permit_no": codes("YS", project),
                "presale_on": dates(np.where(spell[part] == 1, opened[part], -1)),
                "sale_open_on": dates(opened[part]),
                "signed_on": dates(signed[part]),
                "spell_no": spell[part],
                "use": words(USES, unit["use"][of]),
                "size_band": words(BANDS, unit["band"][of]),
                "area_m2": unit["area"][of],
                "project_no": self.project_no[project],
                "region_id": self.project_town[project],
                "district_id": self.project_district[project],
                "run_id": np.full(len(part), RUN_ID),
            }

    def sales(self, rows: int = 200_000) -> Iterator[Batch]:
        """Contracts and cancellations, by the day they were booked."""
        drawn = self._draw_contracts()
        order = np.argsort(drawn["day"], kind="stable")
        for part in np.array_split(order, max(1, len(order) // rows)):
            yield self._sales_batch({name: column[part] for name, column in drawn.items()})

    def _draw_contracts(self) -> Batch:
        unit = self.unit
        of = np.concatenate([np.flatnonzero(unit["sold"]), np.flatnonzero(unit["resold"])])
        day = np.concatenate(
            [unit["signed"][unit["sold"]], unit["reopened"][unit["resold"]] + 90],
        )
        named = {
            "unit": of,
            "project": unit["project"][of],
            "use": unit["use"][of],
            "band": unit["band"][of],
            "area": unit["area"][of],
            "day": day,
            "new": np.ones(len(of), bool),
        }
        linked_cancellations = int(unit["cancelled"].sum())
        others = int((self.size.sales - len(of) - linked_cancellations) / (1 + self.size.cancelled))
        use, band, area = self._draw_kinds(others)
        new_wanted = max(0, int(self.size.sales * self.size.new_share) - len(of))
        unnamed = {
            "unit": np.full(others, -1),
            "project": self.random.choice(self.size.projects, others, p=self.project_share),
            "use": use,
            "band": band,
            "area": area,
            "day": self.first + self.random.choice(self.days, others, p=self.day_weights),
            "new": np.arange(others) < new_wanted,
        }
        signs = {name: np.concatenate([named[name], unnamed[name]]) for name in named}
        count = len(signs["unit"])
        trend = 1 - 0.06 * (signs["day"] - self.first) / self.days
        noise = self.random.lognormal(0, 0.08, count)
        price = self.project_price[signs["project"]] * np.array(USE_PRICE)[signs["use"]] * trend * noise
        signs["amount"] = (signs["area"] * price).astype(np.int64)
        signs["filing"] = np.arange(count)
        signs["sign"] = np.ones(count, np.int64)
        return self._with_cancellations(signs, len(of), others)

    def _with_cancellations(self, signs: Batch, named: int, unnamed: int) -> Batch:
        unit = self.unit
        first_contract = np.full(len(unit["project"]), -1)
        first_contract[np.flatnonzero(unit["sold"])] = np.arange(int(unit["sold"].sum()))
        of_units = first_contract[unit["cancelled"]]
        drawn = named + np.flatnonzero(self.random.random(unnamed) < self.size.cancelled)
        cancelled_on = signs["day"][drawn] + self.random.integers(5, 60, len(drawn))
        drawn, cancelled_on = (
            drawn[cancelled_on < self.first + self.days],
            cancelled_on[cancelled_on < self.first + self.days],
        )
        index = np.concatenate([of_units, drawn])
        back = {name: column[index] for name, column in signs.items()}
        back["day"] = np.concatenate([unit["reopened"][unit["cancelled"]], cancelled_on])
        back["sign"] = np.full(len(index), -1)
        return {name: np.concatenate([signs[name], back[name]]) for name in signs}

    def _sales_batch(self, part: Batch) -> Batch:
        count = len(part["day"])
        project, new = part["project"], part["new"]
        named = part["unit"] >= 0
        house = part["use"] == 0
        return {
            "filing_no": codes("HT", part["filing"]),
            "row_kind": words(("sign", "cancel"), (part["sign"] < 0).astype(int)),
            "booked_on": dates(part["day"]),
            "market": words(("second_hand", "new"), new.astype(int)),
            "use": words(USES, part["use"]),
            "size_band": words(BANDS, part["band"]),
            "resettlement": words(("no", "yes"), (house & (part["filing"] % 33 == 0)).astype(int)),
            "ordinary": words(("no", "yes"), (house & (part["band"] < 3)).astype(int)),
            "area_m2": part["area"] * part["sign"],
            "amount_yuan": part["amount"] * part["sign"],
            "home_qty": part["sign"],
            "unit_code": np.where(named, codes("F", part["unit"]), NOTHING),
            "project_no": np.where(new, self.project_no[project], NOTHING),
            "estate_name": np.where(new, NOTHING, names("号演示小区", project + 1)),
            "building_no": names("幢", part["filing"] % 30 + 1),
            "unit_no": names("室", part["filing"] % 120 + 101),
            "region_id": self.project_town[project],
            "district_id": self.project_district[project],
            "run_id": np.full(count, RUN_ID),
        }

    def escrow_entries(self) -> Batch:
        """One account a project, booked every sixth day; a balance holds until the next booking."""
        step = 6
        days = np.arange(self.first, self.first + self.days, step)
        accounts = np.repeat(np.arange(self.size.projects), len(days))
        day = np.tile(days, self.size.projects)
        inflow = self.random.random(len(day)) < 0.7
        amount = self.random.integers(5_000_00, 900_000_00, len(day))
        required = self.random.integers(20_000_000_00, 90_000_000_00, self.size.projects)
        moves = np.where(inflow, amount, -amount).reshape(self.size.projects, -1)
        balance = np.maximum(required[:, None] // 2 + np.cumsum(moves, axis=1), 0).ravel()
        last = np.tile(np.arange(len(days)) == len(days) - 1, self.size.projects)
        return {
            "entry_no": codes("LS", np.arange(len(day))),
            "account_no": codes("ZH", accounts),
            "project_no": self.project_no[accounts],
            "booked_on": dates(day),
            "next_on": dates(np.where(last, -1, day + step)),
            "direction": words(("out", "in"), inflow.astype(int)),
            "bank": words(BANKS, accounts % len(BANKS)),
            "amount_yuan": amount,
            "balance_yuan": balance,
            "required_yuan": required[accounts],
            "region_id": self.project_town[accounts],
            "district_id": self.project_district[accounts],
            "run_id": np.full(len(day), RUN_ID),
        }

    def development_projects(self) -> Batch:
        """A version a project and month; some stand still, some are late, a third are on the delivery list."""
        months = [(month_start(i), month_start(i + 1)) for i in range(37)]
        begins = np.array([day_number(lo) for lo, _ in months])
        ends = np.array([day_number(hi) for _, hi in months])
        project = np.repeat(np.arange(self.size.projects), 37)
        month = np.tile(np.arange(37), self.size.projects)
        stalled = (self.random.random(self.size.projects) < 0.04)[project] & (month > 24)
        late = (self.random.random(self.size.projects) < 0.06)[project] & (month > 20)
        listed = project % 3 == 0
        homes = 200 + project * 7 % 900
        in_year = (month + 9) % 12 + 1
        lo, hi = begins[month], ends[month]
        pushed = 20_000_000_00 + project * 90_000_00
        invested = in_year * (3_000_000_00 + project * 17_000_00)
        return {
            "project_no": self.project_no[project],
            "project_name": self.projects()["project_name"][project],
            "developer_name": self.projects()["developer_name"][project],
            "valid_from": dates(lo),
            "valid_to": dates(np.where(month == 36, -1, hi)),
            "due_delivery_on": dates(np.where(late, lo - 1, -1)),
            "stalled_since": dates(np.where(stalled, lo - 31, -1)),
            "delivery_task": words(("none", "guaranteed"), listed.astype(int)),
            "delivered": words(("no", "yes"), np.zeros(len(project), int)),
            "whitelist": words(("none", "approved"), listed.astype(int)),
            "bank": np.where(listed, words(BANKS, project % len(BANKS)), NOTHING),
            "loan_pushed_yuan": np.where(listed, pushed, 0),
            "loan_credit_yuan": np.where(listed, pushed * 9 // 10, 0),
            "loan_paid_yuan": np.where(listed, pushed * month // 48, 0),
            "invest_ytd_yuan": invested,
            "task_home_qty": np.where(listed, homes, 0),
            "delivered_home_qty": np.where(listed, homes * month // 40, 0),
            "stalled_from": dates(np.where(stalled, lo, -1)),
            "late_from": dates(np.where(late, lo, -1)),
            "troubled_from": dates(np.where(stalled | late, lo, -1)),
            "invest_until": dates(np.where(month == 36, day_number(date(UNTIL.year + 1, 1, 1)), hi)),
            "region_id": self.project_town[project],
            "district_id": self.project_district[project],
            "run_id": np.full(len(project), RUN_ID),
        }
