"""A district account learns nothing of another district, whatever it asks.

Two cities are filled alike in the account's own district and differently in every other. Whatever the account may
read must be the same in both: not a row, a count, a sum or a page can rest on another district. Excepted are the
undivided city total and figures marked 通报. Other districts' texts say so, so that a leak is seen at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import strategies as st

from data.access.viewer import SYSTEM, Forbidden, Viewer
from data.errors import PlatformError
from data.models import DevelopmentProject, SalesContract
from data.platform import standard_registry
from data.semantic import scope
from data.semantic.engine import Engine
from data.semantic.registry import Registry
from data.semantic.spec import Bucket, Cube, Dim, Filter, I, Measure, Query, Rung
from tests.conftest import ENGINES
from tests.data.semantic.market import (
    BANDS,
    DISTRICTS,
    FACTS,
    LAST,
    TOWNS,
    UNIT,
    Market,
    Row,
    Rows,
    district_viewer,
    new_database,
    open_market,
    project_of,
    rich_rows,
)
from tests.data.semantic.proving import prove, spans

MINE = "321281"
SECRET = "他区机密"
REGISTRY = standard_registry()
RANKED = {indicator.code for indicator in REGISTRY if indicator.ranked}
VIEWERS = (district_viewer(MINE), district_viewer(MINE, MINE), district_viewer())
"""The district's account; one named twice; and one that has no district at all, which may read no row."""


KEYS = ("unit_code", "filing_no", "entry_no", "task_no", "household_token", "home_code", "house_code", "case_no")


def _only_mine(rows: Rows) -> Rows:
    return {fact: [row for row in found if row["district_id"] == MINE] for fact, found in rows.items()}


def _others(rows: Rows, days: int, factor: int) -> Rows:
    """Other districts' rows, moved, made larger, and marked."""
    places = ("building_no", "unit_no", "estate_name", "location")
    names = ("account_no", "project_name", "developer_name", "task_name", "applicant")
    deals = ("presale_on", "sale_open_on", "signed_on", "booked_on", "next_on", "valid_from", "valid_to")
    states = ("since_on", "until_on", "found_on", "cleared_on", "assessed_on", "published_on", "due_on", "closed_on")
    amounts = ("area_m2", "amount_yuan", "balance_yuan", "required_yuan", "invest_ytd_yuan")

    def marked(row: Row) -> Row:
        changed = dict(row)
        changed |= {name: f"{SECRET}{row[name]}" for name in places + names if row.get(name)}
        changed |= {name: row[name] + timedelta(days=days) for name in (*deals, *states) if row.get(name)}
        changed |= {name: f"{float(row[name]) * factor:.2f}" for name in amounts if row.get(name)}
        if row.get("home_qty"):
            changed["home_qty"] = row["home_qty"] * factor
        return changed

    return {fact: [marked(row) for row in found if row["district_id"] != MINE] for fact, found in rows.items()}


def _city(days: int, factor: int, share: int) -> Rows:
    """Own rows first, so that their ids are the same in both cities."""
    own = _only_mine(rich_rows(seed=3, units=200))
    others = _others(rich_rows(seed=4, units=120), days, factor)
    return {fact: own[fact] + others[fact][::share] for fact in FACTS}


def _apart(rows: Rows) -> Rows:
    """Keys of the second seed made different from those of the first."""
    for row in (row for fact, found in rows.items() if fact is not DevelopmentProject for row in found):
        if row["district_id"] != MINE:
            for key in KEYS:
                if row.get(key):
                    row[key] = f"X{row[key]}"
    return rows


@dataclass
class Cities:
    """Two cities that an account of one district can't tell apart."""

    first: Market
    second: Market

    @property
    def both(self) -> tuple[Engine, Engine]:
        return self.first.engine, self.second.engine


@pytest.fixture(scope="module", params=ENGINES)
def cities(request: pytest.FixtureRequest) -> Iterator[Cities]:
    first = open_market(new_database(request, "scope_first"), _apart(_city(0, 1, 1)))
    second = open_market(new_database(request, "scope_second"), _apart(_city(11, 7, 2)))
    yield Cities(first, second)
    first.db.dispose()
    second.db.dispose()


# --- what an account may try -----------------------------------------------------------------------------------

anywhere = ["", "321200", "321200-U", "321200-C", *DISTRICTS, *sorted(set(TOWNS.values())), "321282002", "999999", "'"]
regions = st.sampled_from(anywhere) | st.sampled_from([MINE, TOWNS[MINE]])
dims = st.sampled_from(["district", "town", "use", "size_band", "project"]) | st.sampled_from(["bank", "month", ""])
members = {
    "district": st.sampled_from([*DISTRICTS, UNIT, MINE, ""]),
    "town": st.sampled_from(sorted(TOWNS.values())),
    "use": st.sampled_from(["residential", "office", "'", ""]),
    "size_band": st.sampled_from(BANDS),
    "project": st.sampled_from([*(project_of(n)[0] for n in range(14)), ""]),
    "bank": st.sampled_from(["b01", "b02"]),
    "market": st.sampled_from(["second_hand"]),
}
codes = st.sampled_from([*(indicator.code for indicator in REGISTRY), *sorted(RANKED) * 4, "ZF99"])
odd_days = st.dates(date(2022, 1, 1), date(2028, 1, 1))
buckets = st.lists(
    spans()
    | st.tuples(odd_days, odd_days).map(lambda pair: Bucket(*pair))
    | st.sampled_from([Bucket(date(2027, 1, 1), date(2027, 2, 1)), Bucket(date(2026, 1, 1), date(2026, 1, 1))]),
    max_size=3,
)


@st.composite
def filters(draw: st.DrawFn) -> Filter:
    allow = {
        name: tuple(draw(st.lists(members[name], min_size=1, max_size=2)))
        for name in draw(st.lists(st.sampled_from(sorted(members)), max_size=2, unique=True))
    }
    return Filter.of(draw(regions), **allow)


@st.composite
def questions(draw: st.DrawFn) -> Query:
    return Query(
        tuple(draw(st.lists(codes, min_size=1, max_size=2))),
        tuple(draw(buckets)),
        tuple(draw(st.lists(dims, max_size=2))),
        draw(filters()),
        draw(st.none() | odd_days),
        tuple(draw(st.sampled_from([(), (), (), ("321202",), (MINE,), (MINE, "321202")]))),
    )


def outcome(call: Callable[..., Any], *arguments: Any) -> Any:
    """What came back: a value, or which refusal. Anything but a refusal in words is a fault."""
    try:
        return call(*arguments)
    except (Forbidden, PlatformError) as refused:
        return Forbidden if isinstance(refused, Forbidden) else PlatformError


def is_own(query: Query, viewer: Viewer) -> bool:
    """Whether the question is about the account's own district."""
    return query.where.region in (MINE, TOWNS[MINE]) and bool(viewer.districts)


def is_open(query: Query) -> bool:
    """Whether everyone may see the answer: the undivided city total, or districts compared by a 通报 figure."""
    if query.where.region in ("", "321200") and not (query.by or query.where.allow or query.districts):
        return True
    return set(query.indicators) <= RANKED and query.by in ((), ("district",))


def test_answers_rest_on_no_other_district(cities: Cities):
    seen = {"open": 0, "own": 0, "refused": 0}

    def check(drawn: tuple[Query, Viewer]) -> None:
        query, viewer = drawn
        for engine in cities.both:
            outcome(engine.answer, query, SYSTEM)  # what others asked lies in the cache
        first, second = (outcome(engine.answer, query, viewer) for engine in cities.both)
        if isinstance(first, type):
            seen["refused"] += 1
            assert first is second
            return
        if is_open(query) and not is_own(query, viewer):
            seen["open"] += 1
            undivided = not (query.by or query.where.allow) and query.where.region in ("", "321200")
            for series in first.series.values():
                assert undivided or not (series.numerator or series.denominator)
            assert not {district for member in _members(first) for district in member} - {*DISTRICTS, UNIT}
            return
        seen["own"] += 1
        assert viewer.districts
        assert first.series == second.series
        assert first.reported == second.reported
        assert SECRET not in repr(first)
        if "district" in query.by:
            place = query.by.index("district")
            assert {member[place] for member in _members(first)} <= {MINE}

    prove(cities.first, st.tuples(questions(), st.sampled_from(VIEWERS)), check, sqlite=150, postgres=30)
    if cities.first.db.is_sqlite:
        assert all(count > 5 for count in seen.values()), seen


def test_the_whole_city_is_closed_in_every_way_but_one(cities: Cities):
    """Each single step away from the undivided total, for each indicator that is not marked 通报."""
    bucket = Bucket(date(2026, 1, 1), date(2026, 11, 1))
    steps: list[dict[str, Any]] = [{"by": (dim,)} for dim in members]
    steps += [{"by": ("use", "size_band")}, {"districts": ("321202",)}, {"districts": (MINE,)}]
    steps += [{"where": Filter.of(**{dim: "x"})} for dim in members]
    for indicator in REGISTRY:
        whole = Query((indicator.code,), (bucket,))
        assert cities.first.engine.answer(whole, VIEWERS[0])
        for step in steps:
            if indicator.ranked and step.get("by", ()) in ((), ("district",)):
                continue
            with pytest.raises(Forbidden):
                cities.first.engine.answer(replace(whole, **step), VIEWERS[0])


def _members(answer: Any) -> set[tuple[str, ...]]:
    return {member for series in answer.series.values() for member in series.values}


def test_a_question_in_a_batch_is_judged_by_itself(cities: Cities):
    """A permitted question takes no forbidden one with it, and a faulty one takes none down."""
    bucket = Bucket(date(2026, 1, 1), date(2026, 11, 1))
    viewer = VIEWERS[0]
    own = Query(("ZF02",), (bucket,), ("district",), Filter.of(MINE))
    asked = [
        Query(("ZF02",), (bucket,), ("district",)),
        Query(("ZF99",), (bucket,)),
        own,
        Query(("ZF02",), (Bucket(date(2027, 1, 1), date(2027, 2, 1)),), (), Filter.of(MINE)),
        Query(("ZF02",), (bucket,), ("bank",), Filter.of(MINE)),
        Query(("ZF02",), (bucket,), (), Filter.of("321202")),
    ]
    for engine in cities.both:
        engine.answers(asked, SYSTEM)
        refused, unknown, answer, future, undivided, other = engine.answers(asked, viewer)
        assert isinstance(refused, Forbidden)
        assert isinstance(unknown, PlatformError)
        assert set(answer["ZF02"].values) == {(MINE,)}  # type: ignore[index]
        assert future["ZF02"].total() == (None,)  # type: ignore[index]
        assert isinstance(undivided, PlatformError)
        assert isinstance(other, Forbidden)


@pytest.mark.parametrize("region", ["321202", "321200-U", "321282001"])
def test_another_region_is_refused_not_narrowed(cities: Cities, region: str):
    bucket = Bucket(date(2026, 1, 1), date(2026, 11, 1))
    for code in {indicator.code for indicator in REGISTRY} - RANKED:
        with pytest.raises(Forbidden):
            cities.first.engine.answer(Query((code,), (bucket,), (), Filter.of(region)), VIEWERS[0])
        with pytest.raises(Forbidden):
            cities.first.engine.rows(code, Filter.of(region), bucket, VIEWERS[0])


# --- rows ------------------------------------------------------------------------------------------------------


@dataclass
class Turn:
    """One try at rows."""

    code: str
    where: Filter
    bucket: Bucket
    part: str
    sort: str | None
    descending: bool
    limit: int
    after: str | None
    narrow: dict[str, tuple[Any, ...]]


CURSORS = ["", "x", "WyJhIiwxXQ==", "WzEsMl0=", "e30=", "WyIyMDI2LTA1LTAzIiwxXQ==", "WyIxZTk5OSIsIDFd"]


@st.composite
def turns(draw: st.DrawFn) -> Turn:
    columns = ["booked_on", "area_m2", "amount_yuan", "sale_open_on", "presale_on", "valid_from", "balance_yuan"]
    sortable = st.sampled_from([*columns, "id", "district_id", "password_hash"])
    narrows: st.SearchStrategy[Any] = st.sampled_from(
        [
            {},
            {"use": ("residential", "office")},
            {"row_kind": ("cancel",)},
            {"area_m2": ("50", "120.5")},
            {"booked_on": (date(2026, 1, 1), None)},
            {"sale_open_on": (None, date(2026, 1, 1))},
            {"district_id": ("321202",)},
            {"project_name": (SECRET, None)},
            {"nothing": (1, 2)},
            {"area_m2": ("a", "b")},
            {"area_m2": ("1",)},
        ]
    )
    code = draw(codes)
    return Turn(
        code,
        draw(filters()),
        draw(spans() | st.just(Bucket(date(2022, 1, 1), date(2028, 1, 1)))),
        draw(st.sampled_from(["", "", "", "ZF02", "ZF04", "ZF99"])),
        draw(st.none() | sortable),
        draw(st.booleans()),
        draw(st.integers(1, 50)),
        draw(st.none() | st.none() | st.sampled_from([*CURSORS, "another's"])),
        draw(narrows),
    )


def test_rows_rest_on_no_other_district(cities: Cities):
    shown = 0

    def check(drawn: tuple[Turn, Viewer]) -> None:
        nonlocal shown
        turn, viewer = drawn
        after = turn.after
        if after == "another's":
            page = outcome(_page, cities.first.engine, turn, SYSTEM, None)
            after = None if isinstance(page, type) else page.next
        first, second = (outcome(_page, engine, turn, viewer, after) for engine in cities.both)
        assert first == second
        if isinstance(first, type):
            return
        assert SECRET not in repr(first)
        assert {row["district_id"] for row in first.rows} <= (viewer.districts or set())
        shown += len(first.rows)

    prove(cities.first, st.tuples(turns(), st.sampled_from(VIEWERS)), check, sqlite=100, postgres=25)
    assert shown or not cities.first.db.is_sqlite


def _page(engine: Engine, turn: Turn, viewer: Viewer, after: str | None) -> Any:
    return engine.rows(
        turn.code,
        turn.where,
        turn.bucket,
        viewer,
        part=turn.part,
        sort=turn.sort,
        descending=turn.descending,
        limit=turn.limit,
        after=after,
        narrow=turn.narrow,
    )


def test_exports_explanations_and_reasons_rest_on_no_other_district(cities: Cities):
    def check(drawn: tuple[Turn, Bucket, str, Query, Viewer]) -> None:
        turn, previous, by, query, viewer = drawn

        def streamed(engine: Engine) -> Any:
            columns, rows = engine.iter_rows(turn.code, turn.where, turn.bucket, viewer, turn.part)
            return columns, list(rows)

        first, second = (outcome(streamed, engine) for engine in cities.both)
        assert first == second
        assert SECRET not in repr(first)
        asked = Query((turn.code,), (turn.bucket, previous), (by,), turn.where)
        first, second = (
            outcome(engine.why, turn.code, turn.where, turn.bucket, previous, by, viewer) for engine in cities.both
        )
        if is_own(asked, viewer) or not is_open(asked):
            assert first == second
        elif viewer is VIEWERS[2]:
            assert first in (Forbidden, PlatformError, [])
        first, second = (outcome(engine.explain, query, viewer) for engine in cities.both)
        assert isinstance(first, type) == isinstance(second, type)
        answered = outcome(cities.first.engine.answer, query, viewer)
        assert isinstance(first, type) == isinstance(answered, type)
        day = cities.first.engine.watermark(["ZF02", "ZF04"], Filter.of(MINE), viewer)
        assert day == LAST

    drawn = st.tuples(turns(), spans(), dims, questions(), st.sampled_from(VIEWERS))
    prove(cities.first, drawn, check, sqlite=60, postgres=15)


def test_results_that_the_city_asked_for_are_not_handed_to_a_district(cities: Cities):
    bucket = Bucket(date(2026, 1, 1), date(2026, 11, 1))
    for query in (
        Query(("ZF02",), (bucket,), ("district",)),
        Query(("ZF02", "ZF05"), (bucket,), ("district",)),
        Query(("ZF04",), (bucket,), ("project",)),
        Query(("ZF03",), (bucket,), (), Filter.of(use="residential")),
        Query(("ZF02",), (bucket,), (), Filter.of("", district="321202")),
        Query(("ZF02",), (bucket,), districts=("321202",)),
    ):
        assert cities.first.engine.answer(query, SYSTEM)
        assert cities.first.engine.answer(query, district_viewer(*DISTRICTS, UNIT))
        with pytest.raises(Forbidden):
            cities.first.engine.answer(query, VIEWERS[0])
        assert cities.first.engine.answer(query, SYSTEM), "a district's refusal is kept for the district alone"


def test_a_ranked_figure_compares_districts_and_shows_no_amounts(cities: Cities):
    bucket = Bucket(date(2026, 1, 1), date(2026, 11, 1))
    engine = cities.first.engine
    for query in (
        Query(("ZF05",), (bucket,), ("district",)),
        Query(("ZF05",), (bucket,), (), Filter.of("321202")),
        Query(("ZF05",), (bucket,), (), Filter.of("321200-U", use="residential")),
    ):
        of_district, of_city = engine.answer(query, VIEWERS[0])["ZF05"], engine.answer(query, SYSTEM)["ZF05"]
        assert of_district.values == of_city.values
        assert of_city.denominator
        assert not of_district.numerator
        assert not of_district.denominator
    for query in (
        Query(("ZF05",), (bucket,), ("town",)),
        Query(("ZF05",), (bucket,), (), Filter.of("321282001")),
        Query(("ZF05",), (bucket,), (), Filter.of(project="P03")),
        Query(("ZF05",), (bucket,), ("district",), districts=("321202",)),
        Query(("ZF05", "ZF04"), (bucket,), ("district",)),
    ):
        with pytest.raises(Forbidden):
            engine.answer(query, VIEWERS[0])


def test_a_new_dimension_of_places_is_closed_without_being_named_anywhere(cities: Cities):
    """A ranked figure may be narrowed by what is coded for everyone, by no single building: the cube's dims decide."""
    estates = Cube(
        "estates",
        "小区",
        SalesContract,
        (
            Dim("district", "区市", SalesContract.district_id, region=True),
            Dim("use", "用途", SalesContract.use, codes={"residential": "住宅"}),
            Dim("estate", "小区", SalesContract.estate_name),
        ),
        (Measure("estate_homes", SalesContract.home_qty),),
        (Rung("day", ("district", "use", "estate")),),
        time=SalesContract.booked_on,
        sortable=("booked_on",),
    )
    ranked = I("ZF99", "试", "Trial", "套", "", estates.measures[0] * 1, ranked=True)
    registry, regions = Registry([estates], [ranked]), cities.first.engine.regions()
    viewer, bucket = district_viewer(MINE), Bucket(date(2026, 1, 1), date(2026, 11, 1))

    def ask(**allow: str) -> None:
        scope.check(Query(("ZF99",), (bucket,), ("district",), Filter.of("", **allow)), viewer, regions, registry)

    ask()
    ask(use="residential")
    for dim in ("estate", "district"):
        with pytest.raises(Forbidden):
            ask(**{dim: "x"})
