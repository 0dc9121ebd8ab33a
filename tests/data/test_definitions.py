"""Definition history: kept once, changed once, explained by the release, and asked for by day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from data import clock
from data.cubes import ALL_CUBES as CUBES
from data.cubes.property_market import signed_area
from data.db import Database
from data.definitions import EVER, UNEXPLAINED, Definitions, record, unexplained
from data.indicators import ALL_INDICATORS
from data.indicators.changes import Change
from data.marks import Marks
from data.models import DefinitionVersion, SalesContract, Version
from data.platform import standard_registry
from data.reference.load import load_reference
from data.semantic.digest import digest_of, rests_on
from data.semantic.registry import Registry
from data.semantic.spec import Measure

FIRST = standard_registry()
TODAY = date(2026, 11, 25)


def changed(code: str, **values: Any) -> Registry:
    return Registry(CUBES, [replace(i, **values) if i.code == code else i for i in ALL_INDICATORS])


def count(connection: Any) -> int:
    found: int = connection.execute(select(func.count()).select_from(DefinitionVersion)).scalar_one()
    return found


def version(connection: Any) -> int:
    return connection.execute(select(Version.version).where(Version.name == "definitions")).scalar() or 0


def test_the_first_start_keeps_all_and_the_next_writes_nothing(db: Database) -> None:
    with db.write() as connection:
        assert record(connection, FIRST, ()) == len(ALL_INDICATORS)
        assert version(connection) == 1
        assert record(connection, standard_registry(), ()) == 0
        assert version(connection) == 1
        found = Definitions.load(connection)
    then = found.at("ZF02", date(1999, 1, 1))
    assert then is not None
    assert (then.valid_from, then.until) == (EVER, None)
    assert found.changes() == []


def test_a_change_is_kept_once_with_the_reason_its_release_gives(db: Database) -> None:
    new = changed("ZF02", definition="新口径。", unit="㎡")
    entry = Change("ZF02", date(2026, 11, 1), "市场处 张三", "按省厅通知")
    with db.write() as connection, clock.moved(to=TODAY):
        load_reference(connection)
        record(connection, FIRST, ())
        assert record(connection, new, (entry,)) == 1
        assert record(connection, new, (entry,)) == 0
        found = Definitions.load(connection)
        marks = Marks.load(connection, new)
        assert unexplained(connection) == []
    now, old = found.history("ZF02")
    assert (now.valid_from, now.author, now.reason, now.changed) == (
        entry.on,
        entry.author,
        entry.reason,
        ("定义", "单位"),
    )
    assert (old.until, old.unit) == (date(2026, 10, 31), "万㎡")
    assert found.at("ZF02", date(2026, 10, 31)) == old
    assert found.at("ZF02", date(2026, 11, 1)) == now
    # It marks the indicator's own series and those of the indicators that rest on it, at every grain.
    for code, marked in (("ZF02", True), ("ZF05", True), ("ZF07", False)):
        shown = marks.concerning((code,), "", date(2026, 1, 1), date(2027, 1, 1), "quarter")
        assert [mark.title for mark in shown] == (["网签面积口径调整"] if marked else [])


def test_a_change_without_a_word_is_named_until_an_entry_explains_it(db: Database) -> None:
    new = changed("ZF02", formula="改过")
    with db.write() as connection, clock.moved(to=TODAY):
        record(connection, FIRST, ())
        record(connection, new, (Change("ZF03", TODAY, "x", "另一个"),))
        assert unexplained(connection) == [("ZF02", TODAY)]
        assert Definitions.load(connection).history("ZF02")[0].reason == UNEXPLAINED
        late = Change("ZF02", TODAY, "市场处", "补记")
        assert record(connection, new, (late,)) == 1
        assert record(connection, new, (late,)) == 0
        assert unexplained(connection) == []
        assert Definitions.load(connection).history("ZF02")[0].author == "市场处"
        assert count(connection) == len(ALL_INDICATORS) + 1


def test_a_release_ahead_of_its_day_holds_from_the_day_it_came(sqlite_db: Database) -> None:
    with sqlite_db.write() as connection, clock.moved(to=TODAY):
        record(connection, FIRST, ())
        record(connection, changed("ZF02", formula="改过"), (Change("ZF02", date(2026, 12, 1), "市场处", "先行"),))
        assert Definitions.load(connection).history("ZF02")[0].valid_from == TODAY


@pytest.mark.parametrize("words", [{"zh": "另名"}, {"decimals": 3}, {"owner": "别处"}, {"better": "lower"}])
def test_a_name_or_a_look_is_no_definition(sqlite_db: Database, words: dict[str, Any]) -> None:
    with sqlite_db.write() as connection:
        record(connection, FIRST, ())
        assert record(connection, changed("ZF02", **words), ()) == 0


def test_the_digest_moves_with_what_is_read() -> None:
    plain = FIRST["ZF02"]
    digest = digest_of(plain, FIRST)
    assert digest == digest_of(replace(plain, zh="另名"), standard_registry())
    assert digest != digest_of(replace(plain, value=signed_area * 1e-3), FIRST)
    sales = next(cube for cube in CUBES if cube.name == "sales")
    other = Measure("other_area", SalesContract.area_m2, SalesContract.market == "second_hand", decimals=2)
    cubes = [replace(sales, measures=(*sales.measures, other)) if cube is sales else cube for cube in CUBES]
    again = Registry(cubes, ())
    assert digest_of(replace(plain, value=other * 1e-4), again) != digest
    renamed = replace(sales, name="renamed")
    assert digest_of(plain, Registry([renamed if cube is sales else cube for cube in CUBES], ALL_INDICATORS)) == digest
    narrowed = replace(sales, where=SalesContract.use == "residential")
    assert digest_of(plain, Registry([narrowed if cube is sales else cube for cube in CUBES], ALL_INDICATORS)) != digest


def test_what_an_indicator_rests_on_is_found_through_others() -> None:
    assert rests_on("ZF05", FIRST) == {"ZF02", "ZF04"}
    assert rests_on("ZF02", FIRST) == set()
