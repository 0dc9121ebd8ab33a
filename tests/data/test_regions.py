"""The region tree: names in every writing, groups, order, and what lies in what."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, insert
from sqlalchemy.exc import IntegrityError

from data.db import Database
from data.errors import PlatformError
from data.models import DeveloperProject
from data.reference.load import load_reference, region_rows
from data.regions import Regions, load_regions
from data.semantic.versions import read_versions


@pytest.fixture
def regions(sqlite_db: Database) -> Regions:
    with sqlite_db.write() as connection:
        load_reference(connection)
        return Regions.load(connection)


def test_the_city_its_groups_and_its_districts_in_official_order(regions: Regions):
    assert regions.root == "321200"
    assert regions.groups() == ("321200-C", "321200-U")
    assert regions.districts() == ("321282", "321283", "321281", "321202", "321203", "321204", "321200-B")
    assert regions.districts("321200-C") == ("321282", "321283", "321281")
    assert regions.districts("321200-U") == ("321202", "321203", "321204")
    assert regions.districts("321281") == ("321281",)
    assert regions.districts("321200-B") == ("321200-B",)


def test_a_town_lies_in_its_district_and_holds_none(regions: Regions):
    assert regions.districts("321281001") == ()
    assert regions.district_of("321281001") == "321281"
    assert regions.district_of("321281") == "321281"
    assert regions.district_of("321200") is None
    assert regions.district_of("321200-U") is None
    assert regions.district_of("nowhere") is None


def test_children_are_what_one_can_go_down_to(regions: Regions):
    assert "321200-U" not in regions.children("321200")
    assert set(regions.children("")) == set(regions.districts())
    assert regions.children("321200-U") == regions.districts("321200-U")
    assert all(town.startswith("321281") for town in regions.children("321281"))
    assert regions.children("321281001") == ()


def test_everything_lies_in_itself_in_its_parents_and_in_their_groups(regions: Regions):
    for node in regions.nodes.values():
        assert node.id in regions.leaves(node.id)
        assert node.id in regions.leaves("321200")
        if node.parent_id:
            assert node.id in regions.leaves(node.parent_id)
    assert "321202" in regions.leaves("321200-U")
    towns = regions.leaves("321200-C") - regions.leaves("321200-U")
    assert "321281001" in towns
    assert not regions.leaves("321200-C") & regions.leaves("321200-U")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("泰州市", "321200"),
        ("全市", "321200"),
        ("医药高新区（高港区）", "321203"),
        ("医药高新区(高港区)", "321203"),
        ("高港区", "321203"),
        (" 高港 区 ", "321203"),
        ("高港区（医药高新区）", "321203"),
        ("３２１２０３", "321203"),
        ("321281", "321281"),
        ("兴化", "321281"),
        ("江苏省泰州市靖江市", "321282"),
        ("市本级", "321200-B"),
        ("市区", "321200-U"),
        ("昭阳街道", "321281001"),
        ("火星", None),
        ("", None),
    ],
)
def test_a_region_is_found_in_every_writing(regions: Regions, text: str, expected: str | None):
    assert regions.find(text) == expected


def test_no_writing_names_two_districts(regions: Regions):
    for node in regions.nodes.values():
        if node.kind in ("district", "unit", "group", "city"):
            assert {regions.find(word) for word in (node.id, node.name, *node.aliases)} == {node.id}


def test_an_unknown_region_is_refused_in_words(regions: Regions):
    for ask in (regions.districts, regions.name, regions.leaves, regions.is_city):
        with pytest.raises(PlatformError) as refused:
            ask("999999")
        assert "999999" in refused.value.what
        assert refused.value.remedy


def test_a_new_database_has_no_tree_and_says_so_quietly(sqlite_db: Database):
    with sqlite_db.read() as connection:
        empty = Regions.load(connection)
    assert empty.root == ""
    assert empty.districts() == ()
    assert empty.find("泰州市") is None


@pytest.fixture
def filled(db: Database) -> Database:
    with db.write() as connection:
        load_reference(connection)
    return db


def test_loading_again_changes_names_in_place_and_raises_the_version(filled: Database):
    rows = region_rows()
    rows[-1]["name"] = "新名"
    with filled.write() as connection:
        before = read_versions(connection)["regions"]
        assert load_regions(connection, rows) == len(rows)
        assert read_versions(connection)["regions"] == before + 1
        regions = Regions.load(connection)
    assert regions.find("新名") == rows[-1]["id"]


def test_a_region_without_facts_may_go_and_one_with_facts_may_not(filled: Database):
    fewer = [row for row in region_rows() if row["id"] != "321281001"]
    project = {"project_no": "P", "project_name": "项目", "district_id": "321281001"}
    with filled.write() as connection:
        connection.execute(insert(DeveloperProject), [project])
    with pytest.raises(IntegrityError), filled.write() as connection:
        load_regions(connection, fewer)
    with filled.write() as connection:
        assert "321281001" in Regions.load(connection).leaves("321281")
        connection.execute(delete(DeveloperProject))
        load_regions(connection, fewer)
        assert "321281001" not in Regions.load(connection).nodes
