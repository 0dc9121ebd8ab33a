"""The demonstration city as rows: what had happened by a day, and what was added or changed since an earlier one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.demo import estates, resale, units
from data.demo.market import DISTRICTS, NEVER, Ints, Market
from data.demo.projects import Project, plan
from data.demo.sector import Rows, Sector
from data.demo.site import Gathered, Row, Site, Window
from data.demo.site import to_date as _day
from data.demo.stories import LEAD, plant
from data.demo.support import SECTOR as SUPPORT
from data.models import (
    DeveloperProject,
    DevelopmentProject,
    EscrowEntry,
    House,
    HouseUnit,
    SalesContract,
)
from data.models import Project as ConstructionProject

Mask = NDArray[np.bool_]

SECTORS: tuple[Sector, ...] = (SUPPORT, estates.SECTOR)
"""Parts of the trade beside the property market."""

FACTS: tuple[type[Any], ...] = (
    ConstructionProject,
    HouseUnit,
    SalesContract,
    EscrowEntry,
    DevelopmentProject,
    *(fact for sector in SECTORS for fact in sector.facts),
)
"""Fact tables of the city."""

HEADS: tuple[type[Any], ...] = (DeveloperProject, House, *(head for sector in SECTORS for head in sector.heads))
"""Tables of natural keys, which are written first."""

BEFORE_ALL = 0
"""A day before anything of the city."""

QUIET_AFTER = 400
"""Days after its delivery from which on nothing is reported of a project any more, but the sale of its units."""


class City:
    """The invented city, known up to ``horizon``; nothing before ``since`` is shown unless it reaches past it.

    ``scale`` < 1 makes smaller buildings and fewer older estates, not fewer projects, for tests. Days are ordinals.
    """

    def __init__(self, seed: int, since: int, horizon: int, scale: float = 1.0) -> None:
        self.market = Market(seed, horizon)
        self.since = since
        self.horizon = horizon
        self.scale = scale
        planned = plan(seed, horizon + LEAD)
        plant(planned, horizon + LEAD)
        self.projects: list[Project] = []
        self._lives: list[units.Units] = []
        for project in planned:
            if project.started <= horizon:
                self._add(project)

    def _add(self, project: Project) -> None:
        """Keep a project and those of its units that are still on sale, or in building, when the window begins."""
        lives = units.draw(self.market, project, len(self.projects), self.scale)
        lasting = ((lives.opens < NEVER) & (lives.signed >= self.since)).any(axis=1) | (lives.opens[:, 0] == NEVER)
        if lasting.any() or project.delivered >= self.since:
            self.projects.append(project)
            self._lives.append(lives)

    @cached_property
    def lives(self) -> units.Units:
        """Units of all projects that are still on sale when the window begins, or come later."""
        every = units.Units.join(self._lives)
        reaches = ((every.opens < NEVER) & (every.signed >= self.since)).any(axis=1)
        return every.where(np.asarray(reaches))

    def rows(self, after: list[int], until: list[int]) -> dict[type, Rows]:
        """Rows of all tables that come or change after ``after`` and by ``until``, days by district.

        ``after = BEFORE_ALL`` gives everything as it stood at the end of ``until``. Units and contracts are made
        while they are read: a whole city of them at once would fill the memory.
        """
        span = _Span(np.array(after)[self._district], np.array(until)[self._district])
        found = self._project_tables(after, until)
        found[House] = Rows(self._houses(span))
        found[HouseUnit] = Rows(self._units(span), self._sold_units(span))
        resales = (self._resales(d, after[d], until[d]) for d in range(len(DISTRICTS)))
        found[SalesContract] = Rows(chain(self._contracts(span), *resales))
        for sector in SECTORS:
            found |= sector.rows(self, after, until)
        return found

    # --- projects, their versions and accounts ---------------------------------------------------------------------

    def _project_tables(self, after: list[int], until: list[int]) -> dict[type, Rows]:
        heads: list[Row] = []
        sites, versions, bookings = Gathered(), Gathered(), Gathered()
        for project, lives in zip(self.projects, self._lives, strict=True):
            window = Window(after[project.district], until[project.district], self.since)
            if project.delivered + QUIET_AFTER < window.after:
                continue
            site = Site(project, lives)
            if window.holds(project.started):
                heads.append(site.head())
                sites.added.append(site.construction(window.until))
            elif window.holds(project.delivered):
                sites.changed.append({"project_code": project.project_code, "completed_on": _day(project.delivered)})
            site.versions(versions, window)
            site.bookings(bookings, window)
        return {
            DeveloperProject: Rows(heads),
            ConstructionProject: Rows(sites.added, sites.changed),
            DevelopmentProject: Rows(versions.added, versions.changed),
            EscrowEntry: Rows(bookings.added, bookings.changed),
        }

    # --- units and contracts ---------------------------------------------------------------------------------------

    def _houses(self, span: _Span) -> Iterator[Row]:
        return ({"unit_code": self._code(i)} for i in span.places(self.lives.opens[:, 0]))

    def _units(self, span: _Span) -> Iterator[Row]:
        for spell in range(units.SPELLS):
            for i in span.places(self.lives.opens[:, spell]):
                yield self._unit(i, spell, int(span.until[i]))

    def _sold_units(self, span: _Span) -> list[Row]:
        found = []
        for spell in range(units.SPELLS):
            opens, signed = self.lives.opens[:, spell], self.lives.signed[:, spell]
            for i in span.places(signed, opens <= span.after):
                key = {"unit_code": self._code(i), "sale_open_on": _day(int(opens[i]))}
                found.append({**key, "signed_on": _day(int(signed[i]))})
        return found

    def _unit(self, i: int, spell: int, until: int) -> Row:
        lives, project = self.lives, self._project(i)
        opens, signed = int(lives.opens[i, spell]), int(lives.signed[i, spell])
        area, use = int(lives.area[i]), int(lives.use[i])
        return {
            "region_id": project.town,
            "district_id": DISTRICTS[project.district].id,
            "unit_code": self._code(i),
            "project_no": project.project_no,
            "presale_permit_no": project.phases[int(lives.phase[i])].permit_no,
            "building_no": _building_no(int(lives.building[i])),
            "unit_no": _unit_no(use, int(lives.label[i])),
            "use": units.USES[use],
            "size_band": size_band(area),
            "area_m2": area,
            "presale_on": _day(opens) if spell == 0 else None,
            "sale_open_on": _day(opens),
            "signed_on": _day(signed) if signed <= until else None,
            "spell_no": spell + 1,
        }

    def _contracts(self, span: _Span) -> Iterator[Row]:
        for spell in range(units.SPELLS):
            for kind, days in (("sign", self.lives.signed[:, spell]), ("cancel", self.lives.cancelled[:, spell])):
                for i in span.places(days):
                    yield self._contract(i, spell, kind, int(days[i]))

    def _contract(self, i: int, spell: int, kind: str, day: int) -> Row:
        lives, project = self.lives, self._project(i)
        use, area, sign = int(lives.use[i]), int(lives.area[i]), 1 if kind == "sign" else -1
        code = self._code(i)
        return {
            "region_id": project.town,
            "district_id": DISTRICTS[project.district].id,
            "filing_no": f"HT-{code}-{spell + 1}",
            "row_kind": kind,
            "booked_on": _day(day),
            "market": "new",
            "use": units.USES[use],
            "size_band": size_band(area),
            "resettlement": "yes" if lives.resettlement[i] else "no",
            "ordinary": "yes" if lives.ordinary[i] else "no",
            "area_m2": sign * area,
            "amount_yuan": sign * int(lives.amount[i, spell]),
            "home_qty": sign,
            "unit_code": code,
            "project_no": project.project_no,
            "estate_name": project.name,
            "building_no": _building_no(int(lives.building[i])),
            "unit_no": _unit_no(use, int(lives.label[i])),
        }

    def _resales(self, district: int, after: int, until: int) -> Iterator[Row]:
        """Second-hand contracts; those of earlier months are drawn again, for their cancellations."""
        first = max(after, self.since - 1)
        for month in range(_month(first - resale.LONGEST_LAG), _month(until) + 1):
            for contract in resale.contracts(self.market, district, month, self.scale):
                if first < contract.day <= until:
                    yield _resale(contract, DISTRICTS[district].id)

    @cached_property
    def _district(self) -> Ints:
        return np.array([project.district for project in self.projects])[self.lives.project]

    def _project(self, i: int) -> Project:
        return self.projects[int(self.lives.project[i])]

    def _code(self, i: int) -> str:
        return f"{self._project(i).project_no}-{self.lives.building[i]:02d}-{self.lives.label[i]:04d}"


@dataclass(frozen=True)
class _Span:
    """Days after which and up to which rows are asked for, unit by unit."""

    after: Ints
    until: Ints

    def places(self, days: Ints, also: Mask | bool = True) -> list[int]:
        """Units whose day lies in the span."""
        found: list[int] = np.flatnonzero((days > self.after) & (days <= self.until) & also).tolist()
        return found


def size_band(area: int) -> str:
    """Band of an area in 0.01 ㎡, as it is read from files: each holds its upper end but the first."""
    if area < 9_000:
        return "lt90"
    if area <= 12_000:
        return "s90_120"
    return "s120_144" if area <= 14_400 else "gt144"


def _resale(contract: resale.Contract, district_id: str) -> Row:
    sign = 1 if contract.kind == "sign" else -1
    return {
        "region_id": contract.town,
        "district_id": district_id,
        "filing_no": contract.number,
        "row_kind": contract.kind,
        "booked_on": _day(contract.day),
        "market": "second_hand",
        "use": contract.use,
        "size_band": size_band(contract.area),
        "resettlement": "no",
        "ordinary": "yes" if contract.use == "residential" and contract.area <= 14_400 else "no",
        "area_m2": sign * contract.area,
        "amount_yuan": sign * contract.amount,
        "home_qty": sign,
        "unit_code": None,
        "project_no": None,
        "estate_name": contract.estate,
        "building_no": contract.building,
        "unit_no": contract.door,
    }


def _building_no(number: int) -> str:
    return {90: "地下车库", 91: "储藏间"}.get(number, f"{number}幢")


def _unit_no(use: int, label: int) -> str:
    if use == units.PARKING:
        return f"车位{label:04d}"
    if use == units.COMMERCIAL:
        return f"商铺{label - 9000:02d}"
    return f"储{label:04d}" if use == units.OTHER else f"{label:04d}室"


def _month(day: int) -> int:
    at = date.fromordinal(day)
    return at.year * 12 + at.month - 1
