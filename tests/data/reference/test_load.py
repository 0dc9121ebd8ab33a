"""Reference data lands once, keeps what operators changed, and its tree is whole."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, create_engine, func, insert, select, update

from data.models import Base, CalendarDay, Limit, Region, RegionClosure, Target, Version
from data.reference.load import FOLDER, load_reference

KINDS = select(Region.kind, func.count().label("number")).group_by(Region.kind)
DISTRICTS = ("321282", "321283", "321281", "321202", "321203", "321204")


@pytest.fixture
def connection() -> Iterator[Connection]:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with engine.begin() as connection:
        yield connection


def count(connection: Connection, model: type) -> int:
    return connection.execute(select(func.count()).select_from(model)).scalar_one()


def versions(connection: Connection) -> dict[str, int]:
    return {row.name: row.version for row in connection.execute(select(Version.name, Version.version))}


def test_second_load_writes_nothing_and_raises_no_version(connection: Connection) -> None:
    first = load_reference(connection)
    assert all(first.values())
    before = versions(connection)
    assert before == {"regions": 1, "calendar": 1, "limits": 1, "targets": 1}
    assert not any(load_reference(connection).values())
    assert versions(connection) == before


def test_tree_has_city_groups_districts_unit_and_towns(connection: Connection) -> None:
    load_reference(connection)
    kinds = {row.kind: row.number for row in connection.execute(KINDS)}
    assert kinds == {"city": 1, "group": 2, "district": 6, "unit": 1, "town": 109}
    ordered = select(Region.id).where(Region.kind == "district").order_by(Region.position)
    assert tuple(connection.execute(ordered).scalars()) == DISTRICTS
    zones = select(func.count()).select_from(Region).where(Region.functional_zone)
    assert connection.execute(zones).scalar_one() == 21


def test_closure_holds_every_node_of_a_town_and_each_region_itself(connection: Connection) -> None:
    load_reference(connection)
    nodes = select(RegionClosure.node_id).where(RegionClosure.leaf_id == "321202001")
    assert set(connection.execute(nodes).scalars()) == {"321202001", "321202", "321200-U", "321200"}
    unit = select(RegionClosure.node_id).where(RegionClosure.leaf_id == "321200-B")
    assert set(connection.execute(unit).scalars()) == {"321200-B", "321200"}
    leaves = select(func.count()).select_from(RegionClosure).where(RegionClosure.node_id == "321200")
    assert connection.execute(leaves).scalar_one() == count(connection, Region) == 119


def test_what_an_operator_changed_stays(connection: Connection) -> None:
    load_reference(connection)
    connection.execute(update(Limit).where(Limit.level == "warn").values(value=20))
    connection.execute(update(Target).where(Target.indicator == "ZF05").values(value=17))
    connection.execute(update(CalendarDay).values(name="改"))
    assert not any(load_reference(connection).values())
    assert connection.execute(select(Limit.value).where(Limit.level == "warn")).scalar_one() == 20


def test_a_region_renamed_in_the_database_comes_back_with_a_new_version(connection: Connection) -> None:
    load_reference(connection)
    connection.execute(update(Region).where(Region.id == "321203").values(name="高港区"))
    assert load_reference(connection)["regions"]
    assert versions(connection)["regions"] == 2
    name = select(Region.name).where(Region.id == "321203")
    assert connection.execute(name).scalar_one() == "医药高新区（高港区）"


def test_another_citys_tree_is_left_alone(connection: Connection) -> None:
    row = {"id": "sea", "parent_id": None, "kind": "city", "name": "Elsewhere", "short_name": "E", "position": 0}
    connection.execute(insert(Region), [row])
    written = load_reference(connection)
    assert written["regions"] == written["targets"] == 0
    assert count(connection, Region) == 1


def test_shapes_are_the_six_districts_with_their_credit() -> None:
    shapes = json.loads((FOLDER / "districts.geojson").read_text(encoding="utf-8"))
    assert tuple(feature["id"] for feature in shapes["features"]) == DISTRICTS
    assert "GS(2024)0650号" in shapes["credit"]
    for feature in shapes["features"]:
        assert set(feature["properties"]) == {"id", "name", "label_point"}
        ring = feature["geometry"]["coordinates"][0]
        assert ring[0] == ring[-1]
