"""Marks: which series they concern at which grain, and that nothing is lost when they are changed."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from data.access.viewer import Forbidden, Viewer
from data.calendar import Calendar
from data.db import Database
from data.errors import PlatformError
from data.judgement import Judgement
from data.limits import set_limit
from data.marks import Draft, Mark, Marks, add_mark, change_mark, retire_mark, retired_marks
from data.models import Limit, SeriesMark, Version
from data.platform import standard_registry
from data.reference.load import load_reference
from data.regions import Regions

STEWARD = Viewer("steward", "周管", "steward")
LEADER = Viewer("leader", "李局", "leader")
REGISTRY = standard_registry()
XINGHUA, TAIXING, CITY, TOWN = "321281", "321283", "321200", "321281001"
YEAR = date(2026, 1, 1), date(2027, 1, 1)


def a_day(day: int) -> date:
    return date(2026, 5, day)


def version(connection: Connection, name: str) -> int:
    return connection.execute(select(Version.version).where(Version.name == name)).scalar() or 0


def titles(marks: Marks, code: str, region: str = "", grain: Any = "day") -> list[str]:
    return [mark.title for mark in marks.concerning((code,), region, YEAR[0], YEAR[1], grain)]


@pytest.fixture
def regions(sqlite_db: Database) -> Regions:
    with sqlite_db.write() as connection:
        load_reference(connection)
        return Regions.load(connection)


@pytest.mark.parametrize(
    ("scope", "region", "concerned"),
    [
        (frozenset(), "", {("ZF02", ""), ("ZF07", ""), ("ZF02", XINGHUA), ("ZF02", TAIXING), ("ZF02", TOWN)}),
        (frozenset({"ZF02"}), "", {("ZF02", ""), ("ZF02", XINGHUA), ("ZF02", TAIXING), ("ZF02", TOWN)}),
        # A district's mark concerns its towns and the city it is a part of, but no other district.
        (frozenset(), XINGHUA, {("ZF02", ""), ("ZF07", ""), ("ZF02", XINGHUA), ("ZF02", TOWN)}),
        (frozenset({"ZF07"}), XINGHUA, {("ZF07", "")}),
        (frozenset(), CITY, {("ZF02", ""), ("ZF07", ""), ("ZF02", XINGHUA), ("ZF02", TAIXING), ("ZF02", TOWN)}),
        (frozenset(), "nowhere", set()),
    ],
)
def test_a_mark_concerns_what_its_scope_names(
    regions: Regions, scope: frozenset[str], region: str, concerned: set[tuple[str, str]]
) -> None:
    marks = Marks([Mark("policy", a_day(6), None, "新政", scope, region)], regions)
    series = [("ZF02", ""), ("ZF07", ""), ("ZF02", XINGHUA), ("ZF02", TAIXING), ("ZF02", TOWN)]
    assert {pair for pair in series if titles(marks, *pair)} == concerned


def test_a_part_of_the_region_is_named(regions: Regions) -> None:
    mark = Mark("policy", a_day(6), None, "补贴", region=XINGHUA)
    marks = Marks([mark], regions)
    assert marks.name(mark, "") == "兴化 补贴"
    assert marks.name(mark, XINGHUA) == marks.name(mark, TOWN) == "补贴"


@pytest.mark.parametrize(
    ("kind", "last", "span", "touched"),
    [
        ("typhoon", 8, (1, 6), False),
        ("typhoon", 8, (1, 7), True),
        ("typhoon", 8, (8, 9), True),
        ("typhoon", 8, (9, 12), False),
        ("typhoon", None, (20, 25), True),  # goes on
        ("policy", None, (6, 7), True),
        ("policy", None, (7, 25), False),  # a turning point is one day
        ("policy", 10, (9, 25), True),  # one that ended is a span
    ],
)
def test_a_mark_touches_the_days_it_has(kind: Any, last: int | None, span: tuple[int, int], touched: bool) -> None:
    mark = Mark(kind, a_day(6), a_day(last) if last else None, "x")
    assert mark.touches(a_day(span[0]), a_day(span[1])) is touched


GOLDEN = {
    "day": ["元旦", "春节", "清明节", "劳动节", "新政", "端午节", "台风", "久雨", "中秋节", "国庆节", "口径"],
    "month": ["春节", "新政", "久雨", "口径"],
    "quarter": ["新政", "口径"],
}


@pytest.mark.parametrize(
    ("grain", "golden"),
    [("day", "day"), ("week", "day"), ("month", "month"), ("quarter", "quarter"), ("year", "quarter")],
)
def test_each_grain_has_the_marks_that_explain_it(db: Database, grain: str, golden: str) -> None:
    with db.write() as connection:
        load_reference(connection)
        for draft in (
            Draft("policy", a_day(6), None, "新政", page="housing"),
            Draft("typhoon", date(2026, 7, 24), date(2026, 7, 26), "台风"),
            Draft("typhoon", date(2026, 8, 1), date(2026, 8, 20), "久雨"),
            Draft("definition", date(2026, 11, 1), None, "口径", ("ZF02",)),
            Draft("policy", a_day(7), None, "别处的", ("ZF07",)),
        ):
            add_mark(connection, STEWARD, draft, REGISTRY)
        marks = Marks.load(connection, REGISTRY)
    assert titles(marks, "ZF02", grain=grain) == GOLDEN[golden]


def test_a_change_keeps_the_old_one_and_raises_the_version(db: Database) -> None:
    with db.write() as connection:
        load_reference(connection)
        first = add_mark(connection, STEWARD, Draft("policy", a_day(6), None, "新政"), REGISTRY)
        assert version(connection, "marks") == 1
        second = change_mark(
            connection, STEWARD, first, Draft("policy", a_day(7), None, "新政", region=XINGHUA), REGISTRY
        )
        assert version(connection, "marks") > 1
        shown = [mark for mark in Marks.load(connection, REGISTRY).all() if mark.id]
        assert [(mark.id, mark.first, mark.region) for mark in shown] == [(second, a_day(7), XINGHUA)]
        assert connection.execute(select(SeriesMark.replaces).where(SeriesMark.id == second)).scalar() == first
        retire_mark(connection, STEWARD, second)
        assert not [mark for mark in Marks.load(connection, REGISTRY).all() if mark.id]
        kept = retired_marks(connection, REGISTRY)
        assert {mark.id for mark in kept} == {first, second}
        assert all(mark.retired.startswith("周管 ") for mark in kept)
        with pytest.raises(PlatformError, match="已停用"):
            retire_mark(connection, STEWARD, second)


@pytest.mark.parametrize(
    ("draft", "where"),
    [
        (Draft("flood", a_day(6), None, "x"), "类别"),
        (Draft("policy", None, None, "x"), "首日"),
        (Draft("policy", a_day(6), a_day(5), "x"), "末日"),
        (Draft("policy", a_day(6), None, "  "), "标题"),
        (Draft("policy", a_day(6), None, "字" * 41), "标题"),
        (Draft("policy", a_day(6), None, "x", ("ZF99",)), "范围"),
        (Draft("policy", a_day(6), None, "x", page="nowhere"), "范围"),
        (Draft("policy", a_day(6), None, "x", ("ZF02",), "housing"), "范围"),
        (Draft("policy", a_day(6), None, "x", region="nowhere"), "区域"),
    ],
)
def test_a_draft_that_cannot_stand_is_refused_by_field(sqlite_db: Database, draft: Draft, where: str) -> None:
    with sqlite_db.write() as connection:
        load_reference(connection)
        with pytest.raises(PlatformError) as refused:
            add_mark(connection, STEWARD, draft, REGISTRY)
        assert refused.value.where == where
        assert refused.value.remedy
        assert connection.execute(select(func.count()).select_from(SeriesMark)).scalar() == 0


def test_only_stewards_write(sqlite_db: Database) -> None:
    with sqlite_db.write() as connection:
        load_reference(connection)
        mark = add_mark(connection, STEWARD, Draft("policy", a_day(6), None, "新政"), REGISTRY)
        for role in ("leader", "section", "writer", "district", "company", "security", "auditor"):
            viewer = Viewer(role, role, role)
            with pytest.raises(Forbidden):
                add_mark(connection, viewer, Draft("policy", a_day(6), None, "x"), REGISTRY)
            with pytest.raises(Forbidden):
                change_mark(connection, viewer, mark, Draft("policy", a_day(6), None, "x"), REGISTRY)
            with pytest.raises(Forbidden):
                retire_mark(connection, viewer, mark)
            with pytest.raises(Forbidden):
                limit(connection, viewer)


def test_holidays_are_runs_of_days_under_one_name(sqlite_db: Database) -> None:
    with sqlite_db.write() as connection:
        load_reference(connection)
        calendar = Calendar.load(connection)
    festival = [(row.first, row.last, row.days) for row in calendar.holidays() if row.name == "春节"]
    assert festival[-1] == (date(2026, 2, 15), date(2026, 2, 23), 9)
    assert [day for day, _ in calendar.make_up_days(2026)][:2] == [date(2026, 1, 4), date(2026, 2, 14)]
    assert calendar.missing(date(2026, 12, 31), date(2027, 1, 1)) == []
    assert calendar.missing(date(2026, 12, 31), date(2027, 1, 2)) == [2027]
    assert calendar.is_working(date(2027, 1, 1)), "of a year that nobody has entered the week decides"


def limit(connection: Connection, viewer: Any = STEWARD, **more: Any) -> None:
    said = {"indicator": "ZF05", "level": "warn", "side": "high", "standard": "市局通知", "reason": "按新口径"}
    set_limit(connection, viewer, REGISTRY, **{**said, "value": 20.0, "valid_from": a_day(1), **more})


def test_a_new_limit_holds_from_its_day_and_the_old_one_until_then(db: Database) -> None:
    with db.write() as connection:
        load_reference(connection)
        before = version(connection, "limits")
        limit(connection)
        assert version(connection, "limits") == before + 1
        judgement = Judgement.load(connection)
        assert [bound.value for bound in judgement.bounds("ZF05", date(2026, 4, 30))] == [18, 36]
        assert [bound.value for bound in judgement.bounds("ZF05", a_day(1))] == [20, 36]
        newest = judgement.history("ZF05")[0]
        assert (newest.value, newest.author, newest.reason) == (20, "周管", "按新口径")
        limit(connection, value=21.0)
        newest = Judgement.load(connection).history("ZF05")[0]
        assert (newest.value, newest.reason) == (21, "按新口径（更正，原填 20）")
        assert connection.execute(select(func.count()).select_from(Limit)).scalar() == 3
        for wrong in ({"indicator": "ZF99"}, {"level": ""}, {"reason": " "}, {"standard": ""}):
            with pytest.raises(PlatformError):
                limit(connection, **wrong)
