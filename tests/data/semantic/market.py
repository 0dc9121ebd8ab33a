"""A small property market with every awkward case, and how to put it into a database.

Derived columns are worked out here from their definitions, so that nothing of the ingestion is trusted.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from data import clock
from data.access.viewer import Viewer
from data.coverage import mark_complete
from data.db import Database
from data.models import (
    DeveloperProject,
    DevelopmentProject,
    EscrowEntry,
    FactMixin,
    House,
    HouseUnit,
    IngestRun,
    SalesContract,
)
from data.platform import standard_registry
from data.reference.load import load_reference
from data.semantic.engine import Engine
from data.semantic.registry import Registry
from data.semantic.rollup import rebuild
from data.semantic.sql import node_table, rung_table, set_table
from tests.data.semantic import support

DISTRICTS = ("321282", "321283", "321281", "321202", "321203", "321204")
UNIT = "321200-B"
"""The unit without a shape, which some rows belong to."""
TOWNS = {
    "321282": "321282001",
    "321283": "321283001",
    "321281": "321281001",
    "321202": "321202",
    "321203": "321203",
    "321204": "321204",
    UNIT: UNIT,
}
"""Deepest region that a district's rows know here: a town in three districts, the district itself elsewhere."""
FACTS: tuple[type[FactMixin], ...] = (HouseUnit, SalesContract, EscrowEntry, DevelopmentProject, *support.FACTS)
SINCE = date(2023, 1, 1)
LAST = date(2026, 11, 20)
USES = ("residential", "residential", "residential", "commercial", "office", "parking", "other")
BANDS = ("lt90", "s90_120", "s120_144", "gt144")
BANKS = ("b01", "b02", "b03")
NO_SPELL_AFTER = LAST - timedelta(days=40)

Row = dict[str, Any]
Rows = dict[type[FactMixin], list[Row]]
STEP = timedelta(days=1)


def district_viewer(*districts: str) -> Viewer:
    """An account of these districts."""
    return Viewer(f"of-{'-'.join(districts)}", "区市人员", "district", districts=frozenset(districts))


# --- rows ------------------------------------------------------------------------------------------------------


def place(district: str, *, deep: bool = True) -> Row:
    """Where a row lies, and the run that wrote it."""
    return {"run_id": 1, "district_id": district, "region_id": TOWNS[district] if deep else district}


def spell(unit: str, district: str, project: str, opened: date, signed: date | None, **more: Any) -> Row:
    """One spell on sale."""
    return {
        **place(district),
        "unit_code": unit,
        "project_no": project,
        "presale_permit_no": None,
        "building_no": "1",
        "unit_no": unit,
        "use": "residential",
        "size_band": "lt90",
        "area_m2": "88.50",
        "presale_on": None,
        "sale_open_on": opened,
        "signed_on": signed,
        "spell_no": 1,
        **more,
    }


def contract(filing: str, district: str, booked: date, **more: Any) -> Row:
    """One signing, unless ``row_kind`` says otherwise."""
    return {
        **place(district),
        "filing_no": filing,
        "row_kind": "sign",
        "booked_on": booked,
        "market": "new",
        "use": "residential",
        "size_band": "lt90",
        "resettlement": "no",
        "ordinary": "yes",
        "area_m2": "88.50",
        "amount_yuan": "800000.00",
        "home_qty": 1,
        "unit_code": None,
        "project_no": None,
        "estate_name": None,
        **more,
    }


def cancelled(signing: Row, day: date) -> Row:
    """The cancellation of a signing: negative, on its own day."""
    negative = {name: f"-{signing[name]}" for name in ("area_m2", "amount_yuan")}
    return {**signing, **negative, "row_kind": "cancel", "booked_on": day, "home_qty": -signing["home_qty"]}


def entry(number: str, account: str, district: str, project: str, booked: date, balance: str, **more: Any) -> Row:
    """One booking of an escrow account; :func:`with_next` says until when its balance holds."""
    return {
        **place(district, deep=False),
        "entry_no": number,
        "account_no": account,
        "project_no": project,
        "booked_on": booked,
        "next_on": None,
        "direction": "in",
        "bank": "b01",
        "amount_yuan": "1.00",
        "balance_yuan": balance,
        "required_yuan": "1000000.00",
        **more,
    }


def version(project: str, district: str, since: date, until: date | None, **more: Any) -> Row:
    """One version of a project, with the days that bound its states."""
    row = {
        **place(district),
        "project_no": project,
        "project_name": f"项目{project}",
        "developer_name": "开发企业",
        "valid_from": since,
        "valid_to": until,
        "due_delivery_on": None,
        "stalled_since": None,
        "delivery_task": "none",
        "delivered": "no",
        "whitelist": "none",
        "invest_ytd_yuan": "0.00",
        "task_home_qty": 0,
        "delivered_home_qty": 0,
        **more,
    }
    return {**row, **_bounds(row)}


def _bounds(row: Row) -> Row:
    since, until = row["valid_from"], row["valid_to"]
    new_year = date(since.year + 1, 1, 1)
    found: Row = {"invest_until": new_year if until is None or until > new_year else until}
    starts = {
        "stalled_from": row["stalled_since"] and row["stalled_since"] + timedelta(days=30),
        "late_from": row["due_delivery_on"] and row["due_delivery_on"] + STEP,
    }
    starts["troubled_from"] = min(filter(None, starts.values()), default=None)
    for name, day in starts.items():
        begins = day and max(day, since)
        holds = begins and row["delivered"] == "no" and (until is None or begins < until)
        found[name] = begins if holds else None
    return found


def with_next(entries: list[Row]) -> list[Row]:
    """Bookings with the day of the account's next one; of several on a day, all but the last hold for no time."""
    ordered = sorted(entries, key=lambda row: (row["account_no"], row["booked_on"], row["entry_no"]))
    for row, after in zip(ordered, [*ordered[1:], None], strict=True):
        same = after is not None and after["account_no"] == row["account_no"]
        row["next_on"] = after["booked_on"] if same and after else None
    return ordered


def project_of(number: int) -> tuple[str, str]:
    """Number and district of one of fourteen projects: two in each district and the unit without a shape."""
    return f"P{number:02d}", (*DISTRICTS, UNIT)[number % 7]


def rich_rows(seed: int = 1, units: int = 150) -> Rows:
    """Rows of all facts over four years: the awkward cases by hand, the rest at random."""
    rnd = random.Random(seed)
    houses, contracts = _sales(rnd, units)
    return {
        HouseUnit: houses + _awkward_spells(),
        SalesContract: contracts + _second_hand(rnd, units // 2) + _awkward_contracts(),
        EscrowEntry: with_next(_escrow(rnd)),
        DevelopmentProject: _versions(rnd),
        **support.rows(seed, place, (*DISTRICTS, UNIT), SINCE, LAST),
    }


def _day(rnd: random.Random, lo: date, hi: date) -> date:
    return lo + timedelta(days=rnd.randrange(max(1, (hi - lo).days)))


def _sales(rnd: random.Random, units: int) -> tuple[list[Row], list[Row]]:
    houses: list[Row] = []
    contracts: list[Row] = []
    for number in range(units):
        project, district = project_of(rnd.randrange(14))
        kind = {
            "use": rnd.choice(USES),
            "size_band": rnd.choice(BANDS),
            "area_m2": f"{rnd.randrange(4000, 20000) / 100:.2f}",
        }
        opened = _day(rnd, SINCE, NO_SPELL_AFTER)
        permitted: date | None = opened - timedelta(days=rnd.choice((0, 0, 3, 40)))
        if rnd.random() < 0.2:
            permitted = None  # sold as built: never permitted for pre-sale
        for spell_no in range(1, 4):
            signed = _day(rnd, opened, LAST + 2 * STEP) if rnd.random() < 0.8 else None
            houses.append(
                spell(
                    f"U{number}",
                    district,
                    project,
                    opened,
                    signed,
                    spell_no=spell_no,
                    presale_on=permitted if spell_no == 1 else None,
                    **kind,
                )
            )
            if signed is None:
                break
            signing = contract(
                f"F{number}-{spell_no}",
                district,
                signed,
                project_no=rnd.choice((project, project, project, None)),
                amount_yuan=f"{rnd.randrange(300_000, 3_000_000)}.{rnd.randrange(100):02d}",
                resettlement=rnd.choice(("no", "no", "yes")),
                ordinary=rnd.choice(("yes", "yes", "no")),
                **kind,
            )
            contracts.append(signing)
            reopened = signed + timedelta(days=rnd.choice((1, 9, 45)))
            if rnd.random() < 0.6 or reopened > LAST:
                break
            contracts.append(cancelled(signing, reopened))
            opened = reopened
    return houses, contracts


def _second_hand(rnd: random.Random, count: int) -> list[Row]:
    found: list[Row] = []
    for number in range(count):
        district = rnd.choice((*DISTRICTS, UNIT))
        booked = _day(rnd, SINCE, LAST)
        signing = contract(
            f"S{number}",
            district,
            booked,
            market="second_hand",
            use=rnd.choice(USES),
            size_band=rnd.choice(BANDS),
            area_m2=f"{rnd.randrange(4000, 20000) / 100:.2f}",
            estate_name=f"小区{number}",
        )
        found.append(signing)
        if rnd.random() < 0.2:
            found.append(cancelled(signing, min(booked + timedelta(days=12), LAST)))
    return found


def _awkward_spells() -> list[Row]:
    day = date(2026, 5, 3)
    return [
        # Signed on the day it went on sale: never in stock, yet opened and signed.
        spell("Z1", "321281", "P02", day, day, presale_on=day, area_m2="101.01"),
        # Signed and cancelled on one day, sold again on that day, cancelled again later.
        spell("Z2", "321281", "P02", day - STEP, day, presale_on=day - STEP, area_m2="77.77"),
        spell("Z2", "321281", "P02", day, day, spell_no=2, area_m2="77.77"),
        spell("Z2", "321281", "P02", day + STEP, None, spell_no=3, area_m2="77.77"),
        # On sale since before the year, sold on its last day, back on New Year's Day.
        spell("Z3", "321202", "P03", date(2025, 6, 30), date(2025, 12, 31), use="office", area_m2="60.06"),
        spell("Z3", "321202", "P03", date(2026, 1, 1), None, use="office", spell_no=2, area_m2="60.06"),
        # The leap day, and the first and last day of a month.
        spell("Z4", "321283", "P01", date(2024, 2, 29), date(2024, 3, 1), presale_on=date(2024, 2, 29)),
        spell("Z5", UNIT, "P06", date(2026, 10, 1), date(2026, 10, 31), presale_on=date(2026, 10, 31)),
    ]


def _awkward_contracts() -> list[Row]:
    day = date(2026, 5, 3)
    resettled = contract("A1", "321281", day, resettlement="yes", project_no="P02", area_m2="100.00")
    luxury = contract("A2", "321281", day, ordinary="no", project_no="P02", area_m2="250.00", size_band="gt144")
    plain = contract("A3", "321281", day, project_no="P02", area_m2="90.01", amount_yuan="900000.01")
    whole_building = contract("A4", "321204", date(2026, 10, 31), use="office", area_m2="9000.00", home_qty=40)
    leap = contract("A5", "321283", date(2024, 2, 29), area_m2="50.05")
    return [resettled, luxury, plain, cancelled(plain, day), whole_building, leap, cancelled(leap, date(2024, 3, 1))]


def _escrow(rnd: random.Random) -> list[Row]:
    found: list[Row] = []
    number = 0
    for index in range(14):
        project, district = project_of(index)
        for account in range(1 + index % 2):
            required = 0 if index == 3 else rnd.randrange(1_000_000, 9_000_000)
            bank = BANKS[(index + account) % 3]
            booked = _day(rnd, SINCE, date(2024, 6, 1))
            while booked <= LAST:
                number += 1
                found.append(
                    entry(
                        f"E{number:05d}",
                        f"{project}-{account}",
                        district,
                        project,
                        booked,
                        f"{rnd.randrange(1_000_000_000)}.{rnd.randrange(100):02d}",
                        bank=bank,
                        required_yuan=f"{required}.00",
                    )
                )
                booked += timedelta(days=rnd.choice((0, 0, 1, 30, 200)))
    return found


def _versions(rnd: random.Random) -> list[Row]:
    found: list[Row] = []
    for index in range(14):
        project, district = project_of(index)
        since = _day(rnd, SINCE, date(2024, 1, 20))
        task = "guaranteed" if index % 3 else "none"
        due = rnd.choice((None, _day(rnd, date(2024, 6, 1), date(2026, 12, 1))))
        while since <= LAST:
            until = since + timedelta(days=rnd.choice((7, 50, 90, 400)))
            last = until > LAST or rnd.random() < 0.05
            found.append(
                version(
                    project,
                    district,
                    since,
                    None if last else until,
                    due_delivery_on=due,
                    stalled_since=rnd.choice((None, None, since - timedelta(days=rnd.randrange(60)))),
                    delivered="yes" if rnd.random() < 0.15 else "no",
                    delivery_task=task,
                    invest_ytd_yuan=f"{rnd.randrange(1_000_000_000)}.00",
                    task_home_qty=rnd.randrange(500),
                    delivered_home_qty=rnd.randrange(100),
                )
            )
            if last:
                break
            since = until
    return found


# --- a database ------------------------------------------------------------------------------------------------


@dataclass
class Market:
    """A filled database with its declarations and engine."""

    db: Database
    registry: Registry
    engine: Engine

    def fresh_engine(self) -> Engine:
        """An engine that remembers nothing."""
        return Engine(self.db, self.registry)


def new_database(request: pytest.FixtureRequest, name: str) -> str:
    """URL of a fresh database with all tables, on the engine that is the fixture's parameter, for wider scopes."""
    if request.param == "sqlite":
        folder: Path = request.getfixturevalue("tmp_path_factory").mktemp(name)
        shutil.copyfile(request.getfixturevalue("sqlite_template"), folder / "market.sqlite3")
        return f"sqlite:///{folder / 'market.sqlite3'}"
    server = request.getfixturevalue("postgres_server")
    return str(server.create(name, request.getfixturevalue("postgres_template")))


def open_market(
    url: str,
    rows: Rows,
    *,
    covered: Iterable[str] = (*DISTRICTS, UNIT),
    since: date = SINCE,
    last: date = LAST,
    timeout_s: float = 3.0,
    registry: Registry | None = None,
) -> Market:
    """Fill the database at ``url``, build its roll-ups and say that ``covered`` districts are complete.

    ``rows`` may hold other models too, in the order in which they refer to each other.
    """
    db, registry = Database(url, timeout_s), registry or standard_registry()
    with db.write() as connection:
        load_reference(connection)
        started = {"id": 1, "dataset": "test", "source": "test", "status": "done", "started_at": clock.now()}
        connection.execute(insert(IngestRun), [started])
        add_names(connection, rows)
        for model in dict.fromkeys((*FACTS, *rows)):
            if rows.get(model):
                connection.execute(insert(model), _whole(rows[model]))
            name = model.__table__.info.get("fact")  # type: ignore[attr-defined]
            if name:
                mark_complete(connection, name, covered, since, last, demo=False)
        rebuild(connection, registry)
    return Market(db, registry, Engine(db, registry))


def add_names(connection: Any, rows: Rows) -> None:
    """Write the names and natural keys that facts refer to."""
    projects = {
        row["project_no"]: row["district_id"] for found in rows.values() for row in found if "project_no" in row
    }
    for number in range(14):
        projects.setdefault(*project_of(number))
    projects.pop(None, None)
    names = [
        {"project_no": number, "project_name": f"项目{number}", "district_id": district}
        for number, district in sorted(projects.items())
    ]
    connection.execute(insert(DeveloperProject), names)
    houses = sorted({row["unit_code"] for row in rows.get(HouseUnit, [])})
    if houses:
        connection.execute(insert(House), [{"unit_code": code} for code in houses])


def _whole(rows: list[Row]) -> list[Row]:
    names = sorted({name for row in rows for name in row})
    return [{name: row.get(name) for name in names} for row in rows]


def rollups(connection: Any, registry: Registry) -> dict[str, list[tuple[Any, ...]]]:
    """All cells of all rungs and sets."""
    return {
        table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
        for cube in registry.cubes.values()
        for table in (
            *(rung_table(cube, rung) for rung in cube.rungs),
            *(of(cube, measure) for measure in cube.sets for of in (set_table, node_table)),
        )
    }
