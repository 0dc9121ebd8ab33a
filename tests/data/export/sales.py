"""Three sales in October, the least whose rows can be exported."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import insert

from data import clock
from data.coverage import mark_complete
from data.models import IngestRun, SalesContract
from data.platform import Platform
from data.reference.load import load_reference
from data.regions import Regions
from data.semantic.rollup import rebuild
from data.semantic.spec import Bucket

TAIXING, XINGHUA = "321283", "321281"
OCTOBER = Bucket(date(2026, 10, 1), date(2026, 11, 1), "2026年10月")


def fill(platform: Platform) -> None:
    """One contract of 100 ㎡ in 泰兴市, two of 200 and 300 ㎡ in 兴化市, all in October."""
    with platform.db.write() as connection:
        load_reference(connection)
        run = {"id": 1, "dataset": "sales_contract", "source": "test", "started_at": clock.now(), "demo": True}
        connection.execute(insert(IngestRun).values(run))
        sales = (("A1", TAIXING, 100), ("B1", XINGHUA, 200), ("=B2", XINGHUA, 300))
        connection.execute(insert(SalesContract), [contract(*sale) for sale in sales])
        districts = Regions.load(connection).districts()
        mark_complete(connection, "sales_contract", districts, date(2026, 1, 1), OCTOBER.hi - timedelta(days=1), True)
        rebuild(connection, platform.registry)


def contract(filing_no: str, district: str, area: int) -> dict[str, Any]:
    return {
        "run_id": 1,
        "region_id": district,
        "district_id": district,
        "filing_no": filing_no,
        "row_kind": "sign",
        "booked_on": date(2026, 10, 15),
        "market": "new",
        "use": "residential",
        "size_band": "s90_120",
        "resettlement": "no",
        "ordinary": "yes",
        "area_m2": area,
        "amount_yuan": area * 10_000,
        "home_qty": 1,
        "building_no": "=1+1",
    }
