"""Writing: new contracts with the units they close, and old contracts corrected, roll-ups included.

Each run is undone through the same door, so that the database is the same afterwards.
"""

from __future__ import annotations

import statistics
from datetime import date, timedelta
from typing import Any

import numpy as np
from sqlalchemy import delete, func, insert, select, update

from data.db import Database
from data.models import HouseUnit, SalesContract
from data.platform import standard_registry
from data.semantic.rollup import change, rebuild
from tests.bench.columns import RUN_ID, UNTIL
from tests.bench.timing import Result, clock_runs, summarise

ROWS = 10_000
LANDED_MS = 1500.0
CHUNK = 5_000


class Writer:
    """Lands, undoes and corrects contracts of one database."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.registry = standard_registry()
        self.random = np.random.default_rng(7)
        self.contracts = self._contracts_to_land()
        self.corrected = self._contracts_to_correct()
        self.landed: list[int] = []
        self.step = 1

    def _contracts_to_land(self) -> list[dict[str, Any]]:
        """Contracts of the last seven days on units that are on sale."""
        columns = (
            HouseUnit.id,
            HouseUnit.unit_code,
            HouseUnit.project_no,
            HouseUnit.use,
            HouseUnit.size_band,
            HouseUnit.area_m2,
            HouseUnit.region_id,
            HouseUnit.district_id,
        )
        with self.db.read(600) as connection:
            open_units = connection.execute(
                select(*columns)
                .where(HouseUnit.signed_on.is_(None), HouseUnit.sale_open_on < UNTIL - timedelta(days=8))
                .order_by(HouseUnit.id)
            ).mappings()
            units = [dict(row) for row in open_units]
        chosen = self.random.choice(len(units), min(ROWS, len(units) // 2), replace=False)
        return [self._contract(units[i], number) for number, i in enumerate(chosen.tolist())]

    def _contract(self, unit: dict[str, Any], number: int) -> dict[str, Any]:
        fields = {name: value for name, value in unit.items() if name != "id"}
        return {
            **fields,
            "spell": unit["id"],
            "filing_no": f"HTB{number:07d}",
            "row_kind": "sign",
            "booked_on": UNTIL - timedelta(days=1 + number % 7),
            "market": "new",
            "resettlement": "no",
            "ordinary": "yes",
            "amount_yuan": unit["area_m2"] * 9800,
            "home_qty": 1,
            "run_id": RUN_ID,
        }

    def _contracts_to_correct(self) -> list[int]:
        with self.db.read(600) as connection:
            last = connection.execute(select(func.max(SalesContract.id))).scalar_one()
        return sorted(self.random.choice(np.arange(1, last), ROWS, replace=False).tolist())

    def land(self) -> None:
        """Contracts arrive, their units leave the inventory, roll-ups follow; one transaction."""
        spells = [contract["spell"] for contract in self.contracts]
        rows = [{k: v for k, v in contract.items() if k != "spell"} for contract in self.contracts]
        with (
            self.db.write() as connection,
            change(connection, self.registry, (SalesContract, HouseUnit)) as touched,
        ):
            touched.note(HouseUnit, spells)
            last = connection.execute(select(func.max(SalesContract.id))).scalar_one()
            connection.execute(insert(SalesContract), rows)
            self.landed = list(connection.execute(select(SalesContract.id).where(SalesContract.id > last)).scalars())
            for day, closed in self._closed_by_day().items():
                connection.execute(update(HouseUnit).where(HouseUnit.id.in_(closed)).values(signed_on=day))
            touched.note(SalesContract, self.landed)
        assert len(self.landed) == len(rows)

    def undo(self) -> None:
        """Take the landed contracts back."""
        if not self.landed:
            return
        spells = [contract["spell"] for contract in self.contracts]
        with (
            self.db.write() as connection,
            change(connection, self.registry, (SalesContract, HouseUnit)) as touched,
        ):
            touched.note(SalesContract, self.landed)
            touched.note(HouseUnit, spells)
            for start in range(0, len(spells), CHUNK):
                some, closed = self.landed[start : start + CHUNK], spells[start : start + CHUNK]
                connection.execute(delete(SalesContract).where(SalesContract.id.in_(some)))
                connection.execute(update(HouseUnit).where(HouseUnit.id.in_(closed)).values(signed_on=None))
        self.landed = []

    def correct(self) -> None:
        """Amounts of contracts scattered over three years change by a yuan, and back the next time."""
        with self.db.write() as connection, change(connection, self.registry, (SalesContract,)) as touched:
            touched.note(SalesContract, self.corrected)
            for start in range(0, ROWS, CHUNK):
                some = self.corrected[start : start + CHUNK]
                connection.execute(
                    update(SalesContract)
                    .where(SalesContract.id.in_(some))
                    .values(amount_yuan=SalesContract.amount_yuan + self.step)
                )
        self.step = -self.step

    def rebuild(self) -> None:
        """All roll-ups over the contracts anew."""
        with self.db.write() as connection:
            rebuild(connection, self.registry, self.registry.cubes_over(SalesContract))

    def _closed_by_day(self) -> dict[date, list[int]]:
        found: dict[date, list[int]] = {}
        for contract in self.contracts:
            found.setdefault(contract["booked_on"], []).append(contract["spell"])
        return found


def write_rows(db: Database, name: str, _skipped: list[str]) -> list[Result]:
    """All timings of writing."""
    writer = Writer(db)
    landed = clock_runs(writer.land, 5, before=writer.undo)
    writer.undo()
    corrected = clock_runs(writer.correct, 4, warm_up=0)
    rebuilt = clock_runs(writer.rebuild, 3, warm_up=0)
    as_long = statistics.median(rebuilt.wall)
    return [
        summarise(f"{len(writer.contracts):,} sales of 7 days and the units they close", name, landed, limit=LANDED_MS),
        summarise("10,000 corrections scattered over 3 years", name, corrected, limit=round(as_long)),
        summarise("rebuild of the same roll-ups", name, rebuilt),
    ]
