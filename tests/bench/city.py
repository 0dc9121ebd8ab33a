"""A large property market, drawn with numpy: same seed, same rows.

It is shaped like the city (districts by weight, seasons, weekends, the Spring Festival dip, projects that sell out,
about three cancellations in a hundred) and consistent with itself: a unit's spell ends on the day of a contract that
names it, and begins again on the day of that contract's cancellation. Most new contracts are of units that are not in
the house table, since five million sales are asked of one million units.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.reference.load import region_rows

Column = NDArray[Any]
Batch = dict[str, Column]

SINCE = date(2023, 10, 1)
UNTIL = date(2026, 11, 1)
"""37 months, the day after the last one."""

RUN_ID = 1
DISTRICT_WEIGHTS = {
    "321202": 0.19,
    "321203": 0.14,
    "321204": 0.15,
    "321282": 0.16,
    "321283": 0.18,
    "321281": 0.15,
    "321200-B": 0.03,
}
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
SPRING_FESTIVALS = ("2024-02-10", "2025-01-29", "2026-02-17")
NOTHING: Column = np.array(None, dtype=object)
BANKS = ("b01", "b02", "b03", "b04", "b05")


@dataclass(frozen=True)
class Size:
    """How large a city is wanted."""

    sales: int = 5_000_000
    units: int = 1_000_000
    projects: int = 400
    seed: int = 321200
    new_share: float = 0.6
    cancelled: float = 0.03


class City:
    """The rows of one city; each ``..._batches`` yields columns by name, in the order in which they came in."""

    def __init__(self, size: Size) -> None:
        self.size = size
        self.random = np.random.default_rng(size.seed)
        self.first = _day_number(SINCE)
        self.days = (UNTIL - SINCE).days
        self.day_weights = _day_weights(self.first, self.days)
        self._place_projects()
        self._draw_units()

    def _place_projects(self) -> None:
        districts = np.array(list(DISTRICT_WEIGHTS))
        weights = np.array(list(DISTRICT_WEIGHTS.values()))
        chosen = self.random.choice(len(districts), self.size.projects, p=weights)
        towns: dict[str, list[str]] = {district: [] for district in DISTRICT_WEIGHTS}
        for row in region_rows():
            if row["kind"] == "town" and row["parent_id"] in towns:
                towns[row["parent_id"]].append(row["id"])
        self.project_no = np.array([f"XM{i:05d}" for i in range(self.size.projects)], dtype=object)
        self.project_district = districts[chosen].astype(object)
        self.project_town = np.array(
            [str(self.random.choice(towns[d])) if towns[d] else d for d in self.project_district], dtype=object
        )
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
        return {"unit_code": _codes("F", np.arange(len(self.unit["project"])))}

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
                "unit_code": _codes("F", of),
                "building_no": _names("幢", of // 120 % 30 + 1),
                "unit_no": _names("室", of % 120 + 101),
                "presale_permit_no": _codes("YS", project),
                "presale_on": _dates(np.where(spell[part] == 1, opened[part], -1)),
                "sale_open_on": _dates(opened[part]),
                "signed_on": _dates(signed[part]),
                "spell_no": spell[part],
                "use": _words(USES, unit["use"][of]),
                "size_band": _words(BANDS, unit["band"][of]),
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
            "filing_no": _codes("HT", part["filing"]),
            "row_kind": _words(("sign", "cancel"), (part["sign"] < 0).astype(int)),
            "booked_on": _dates(part["day"]),
            "market": _words(("second_hand", "new"), new.astype(int)),
            "use": _words(USES, part["use"]),
            "size_band": _words(BANDS, part["band"]),
            "resettlement": _words(("no", "yes"), (house & (part["filing"] % 33 == 0)).astype(int)),
            "ordinary": _words(("no", "yes"), (house & (part["band"] < 3)).astype(int)),
            "area_m2": part["area"] * part["sign"],
            "amount_yuan": part["amount"] * part["sign"],
            "home_qty": part["sign"],
            "unit_code": np.where(named, _codes("F", part["unit"]), NOTHING),
            "project_no": np.where(new, self.project_no[project], NOTHING),
            "estate_name": np.where(new, NOTHING, _names("号演示小区", project + 1)),
            "building_no": _names("幢", part["filing"] % 30 + 1),
            "unit_no": _names("室", part["filing"] % 120 + 101),
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
            "entry_no": _codes("LS", np.arange(len(day))),
            "account_no": _codes("ZH", accounts),
            "project_no": self.project_no[accounts],
            "booked_on": _dates(day),
            "next_on": _dates(np.where(last, -1, day + step)),
            "direction": _words(("out", "in"), inflow.astype(int)),
            "bank": _words(BANKS, accounts % len(BANKS)),
            "amount_yuan": amount,
            "balance_yuan": balance,
            "required_yuan": required[accounts],
            "region_id": self.project_town[accounts],
            "district_id": self.project_district[accounts],
            "run_id": np.full(len(day), RUN_ID),
        }

    def development_projects(self) -> Batch:
        """A version a project and month; some stand still, some are late, a third are on the delivery list."""
        months = [(_month_start(i), _month_start(i + 1)) for i in range(37)]
        begins = np.array([_day_number(lo) for lo, _ in months])
        ends = np.array([_day_number(hi) for _, hi in months])
        project = np.repeat(np.arange(self.size.projects), 37)
        month = np.tile(np.arange(37), self.size.projects)
        stalled = (self.random.random(self.size.projects) < 0.04)[project] & (month > 24)
        late = (self.random.random(self.size.projects) < 0.06)[project] & (month > 20)
        listed = project % 3 == 0
        homes = 200 + project * 7 % 900
        in_year = (month + 9) % 12 + 1
        lo, hi = begins[month], ends[month]
        invested = in_year * (3_000_000_00 + project * 17_000_00)
        return {
            "project_no": self.project_no[project],
            "project_name": self.projects()["project_name"][project],
            "developer_name": self.projects()["developer_name"][project],
            "valid_from": _dates(lo),
            "valid_to": _dates(np.where(month == 36, -1, hi)),
            "due_delivery_on": _dates(np.where(late, lo - 1, -1)),
            "stalled_since": _dates(np.where(stalled, lo - 31, -1)),
            "delivery_task": _words(("none", "guaranteed"), listed.astype(int)),
            "delivered": _words(("no", "yes"), np.zeros(len(project), int)),
            "whitelist": _words(("none", "approved"), listed.astype(int)),
            "invest_ytd_yuan": invested,
            "task_home_qty": np.where(listed, homes, 0),
            "delivered_home_qty": np.where(listed, homes * month // 40, 0),
            "stalled_from": _dates(np.where(stalled, lo, -1)),
            "late_from": _dates(np.where(late, lo, -1)),
            "troubled_from": _dates(np.where(stalled | late, lo, -1)),
            "invest_until": _dates(hi),
            "region_id": self.project_town[project],
            "district_id": self.project_district[project],
            "run_id": np.full(len(project), RUN_ID),
        }


# --- columns ---------------------------------------------------------------------------------------------------


def _day_number(day: date) -> int:
    return (day - date(1970, 1, 1)).days


def _month_start(index: int) -> date:
    months = SINCE.year * 12 + SINCE.month - 1 + index
    return date(months // 12, months % 12 + 1, 1)


def _day_weights(first: int, days: int) -> Column:
    """Share of each day: autumn and spring are busy, weekends busier than Mondays, festivals quiet."""
    stamps = [date(1970, 1, 1) + timedelta(days=first + i) for i in range(days)]
    season = np.array([1 + 0.25 * np.sin((day.timetuple().tm_yday - 60) / 58.1) for day in stamps])
    week = np.array([(0.8, 0.9, 0.95, 1.0, 1.1, 1.25, 1.0)[day.weekday()] for day in stamps])
    quiet = np.ones(days)
    for festival in SPRING_FESTIVALS:
        at = _day_number(date.fromisoformat(festival)) - first
        quiet[at - 3 : at + 9] = 0.12
    weights: Column = season * week * quiet
    return weights / weights.sum()


def _words(words: tuple[str, ...], index: Column) -> Column:
    return np.array(words, dtype=object)[index]


def _codes(prefix: str, numbers: Column) -> Column:
    return np.array([f"{prefix}{n:08d}" for n in numbers.tolist()], dtype=object)


def _names(suffix: str, numbers: Column) -> Column:
    known = {n: f"{n}{suffix}" for n in np.unique(numbers).tolist()}
    return np.array([known[n] for n in numbers.tolist()], dtype=object)


_ISO: dict[int, str | None] = {-1: None}


def _dates(days: Column) -> Column:
    """Day numbers as ISO text, -1 as missing."""
    for n in np.unique(days).tolist():
        if n not in _ISO:
            _ISO[n] = (date(1970, 1, 1) + timedelta(days=n)).isoformat()
    return np.array([_ISO[n] for n in days.tolist()], dtype=object)
