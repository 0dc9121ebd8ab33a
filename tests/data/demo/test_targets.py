"""Invented targets: only where nobody has set one, told by their source, gone with the city."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from data.access.viewer import SYSTEM, Viewer
from data.db import Database
from data.demo import remove_demo
from data.demo import write as demo_write
from data.demo.sector import Rows, Sector
from data.demo.targets import MARK, write_targets
from data.models import Target, TargetChange
from data.reference.load import load_reference
from data.semantic.registry import Registry
from data.settings import Settings
from data.targets import Goal, forget, land
from tests.data.demo.conftest import TODAY, Filled

XINGHUA, CITY = "321281", "321200"
UNTIL = date(2026, 11, 24).toordinal()


def offered(seed: int, years: Sequence[int]) -> list[dict[str, Any]]:
    """A target of each year for a district, one that the city has already, and two that mean nothing here."""
    row = {"indicator": "ZF10", "source": "保交房专班"}
    return [
        *({**row, "district_id": XINGHUA, "year": year, "value": seed % 7 + 90} for year in years),
        {**row, "district_id": CITY, "year": 2026, "value": 1},
        {**row, "indicator": "ZF99", "district_id": CITY, "year": 2026, "value": 1},
        {**row, "district_id": "999999", "year": 2026, "value": 1},
    ]


SECTOR = Sector((), lambda _city, _after, _until: dict[type, Rows](), targets=offered)


def held(database: Database) -> dict[tuple[str, int], tuple[float, str]]:
    with database.read() as connection:
        rows = connection.execute(select(Target.__table__).where(Target.indicator == "ZF10")).all()
    return {(row.district_id, row.year): (row.value, row.source) for row in rows}


def test_they_stand_where_nobody_has_set_one(db: Database, registry: Registry) -> None:
    with db.write() as connection:
        load_reference(connection)
        land(connection, [Goal("ZF10", XINGHUA, 2025, 77, "自定")], SYSTEM, "page")
        assert write_targets(connection, registry, [SECTOR], 3, date(2024, 6, 1), UNTIL) == 2
        assert write_targets(connection, registry, [SECTOR], 3, date(2024, 6, 1), UNTIL) == 0
    found = held(db)
    assert found[XINGHUA, 2024] == found[XINGHUA, 2026] == (93, f"{MARK}保交房专班")
    assert found[XINGHUA, 2025] == (77, "自定")
    assert found[CITY, 2026][0] == 100
    with db.read() as connection:
        how = connection.execute(select(TargetChange.how).where(TargetChange.source.startswith(MARK))).scalars().all()
    assert how == ["demo", "demo"]


def test_fill_and_top_up_write_them_and_removal_takes_them(
    sqlite_db: Database,
    registry: Registry,
    demo_settings: Settings,
    filled: Filled,
    topped_up: Filled,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(demo_write, "SECTORS", ())
    filled(sqlite_db, TODAY)
    assert (XINGHUA, 2026) not in held(sqlite_db)
    monkeypatch.setattr(demo_write, "SECTORS", (SECTOR,))
    topped_up(sqlite_db, date(2027, 1, 5))
    assert {(XINGHUA, 2026), (XINGHUA, 2027)} <= set(held(sqlite_db))
    with sqlite_db.write() as connection:
        operator = Viewer("writer", "王文", "writer")
        land(connection, [Goal("ZF10", XINGHUA, 2027, 88, "泰建发〔2027〕1 号")], operator, "page")
        forget(connection, Target.indicator == "ZF05", operator, "page")
    topped_up(sqlite_db, date(2027, 1, 6))
    with sqlite_db.read() as connection:
        assert connection.execute(select(Target.id).where(Target.indicator == "ZF05")).first() is None
    with sqlite_db.write() as connection:
        gone = remove_demo(connection, registry, demo_settings)
    assert gone["sys_target"] == 1
    assert (XINGHUA, 2026) not in held(sqlite_db)
    assert held(sqlite_db)[XINGHUA, 2027] == (88, "泰建发〔2027〕1 号")
    assert held(sqlite_db)[CITY, 2026][0] == 100
