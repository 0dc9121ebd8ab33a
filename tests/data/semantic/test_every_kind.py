"""Distinct, quantile, published, to date, entered, left and during: by hand, against the rows, and kept as rebuilt."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select, update

from data.access.viewer import SYSTEM
from data.errors import PlatformError
from data.models import DevelopmentProject, HouseUnit, RegionClosure, SalesContract
from data.semantic.evaluate import quantile
from data.semantic.kinds import kind_of
from data.semantic.rollup import change, rebuild, stale_cubes
from data.semantic.spec import Bucket, Filter, Query
from tests.conftest import ENGINES
from tests.data.semantic import every_kind
from tests.data.semantic.market import (
    DISTRICTS,
    LAST,
    UNIT,
    Market,
    Row,
    Rows,
    contract,
    district_viewer,
    new_database,
    open_market,
    rich_rows,
    rollups,
    spell,
    version,
)
from tests.data.semantic.proving import counted, prove, spans
from tests.data.semantic.test_rollup import undone

REGISTRY = every_kind.registry()
JUNE = Bucket(date(2026, 6, 1), date(2026, 7, 1))
WEEK = Bucket(date(2026, 6, 8), date(2026, 6, 15))


@pytest.fixture(scope="module", params=ENGINES)
def rich(request: pytest.FixtureRequest) -> Iterator[Market]:
    """The rich market under the declarations of every kind: for reading only."""
    found = open_market(new_database(request, "every_kind"), rich_rows(), registry=every_kind.registry())
    yield found
    found.db.dispose()


@pytest.fixture
def tiny(database_url: str) -> Iterator[Callable[[Rows], Market]]:
    """Opens a market of a few rows."""
    opened: list[Market] = []

    def make(rows: Rows) -> Market:
        opened.append(open_market(database_url, rows, registry=every_kind.registry()))
        return opened[-1]

    yield make
    for each in opened:
        each.db.dispose()


def ask(market: Market, code: str, *buckets: Bucket, by: tuple[str, ...] = (), where: Filter | None = None) -> Any:
    return market.engine.answer(Query((code,), buckets, by, where or Filter()), SYSTEM)[code]


# --- golden cases ----------------------------------------------------------------------------------------------


def test_a_project_that_sells_twice_counts_once_in_each_district_and_in_the_city(tiny: Callable[[Rows], Market]):
    days = {"A": ("321281", date(2026, 6, 8)), "B": ("321281", date(2026, 6, 30)), "C": ("321283", date(2026, 6, 9))}
    sold = [
        contract(f"{name}-{n}", district, day + timedelta(days=n) if name != "B" else day, project_no=project)
        for name, (district, day) in days.items()
        for n, project in enumerate(("P", "P", name))
    ]
    market = tiny({SalesContract: [*sold, contract("none", "321281", date(2026, 6, 8))]})
    # P sells in both districts: one project of the city, one of each district.
    assert ask(market, "SELLING", JUNE, WEEK).total() == (4, 3)
    assert ask(market, "SELLING", JUNE, by=("district",)).values == {
        **{(district,): (0,) for district in (*DISTRICTS, UNIT)},
        ("321281",): (3,),
        ("321283",): (2,),
    }
    assert ask(market, "SELLING", JUNE, where=Filter.of(use="office")).total() == (0,)
    assert ask(market, "SELLING", JUNE, where=Filter.of("321200-C")).total() == (4,)


def test_a_project_is_on_sale_while_any_of_its_units_is(tiny: Callable[[Rows], Market]):
    first = spell("1", "321281", "P", date(2026, 6, 1), date(2026, 6, 10))
    second = spell("2", "321281", "P", date(2026, 6, 5), date(2026, 6, 20))
    again = spell("3", "321283", "P", date(2026, 6, 25), None)
    market = tiny({HouseUnit: [first, second, again]})
    days = [Bucket(date(2026, 6, day), date(2026, 6, day + 1)) for day in (1, 10, 19, 20, 25)]
    assert ask(market, "ON_SALE", *days).total() == (1, 1, 1, 0, 1)
    assert ask(market, "ON_SALE", *days, by=("district",)).values[("321283",)] == (0, 0, 0, 0, 1)
    assert ask(market, "ON_SALE", *days, where=Filter.of(use="residential")).total() == (1, 1, 1, 0, 1)


def test_during_counts_whatever_was_there_on_any_day_of_the_period(tiny: Callable[[Rows], Market]):
    lo, hi = WEEK.lo, WEEK.hi
    lives = {
        "ended the day before": (date(2026, 5, 1), lo),
        "ended on the first day": (date(2026, 5, 1), lo + timedelta(days=1)),
        "came and went": (lo + timedelta(days=1), lo + timedelta(days=2)),
        "all the time": (date(2026, 5, 1), None),
        "came on the last day": (hi - timedelta(days=1), None),
        "came after": (hi, None),
        "never there": (lo, lo),
    }
    units = [
        spell(name[:20], "321281", "P", since, until, area_m2=f"{10**place}.00")
        for place, (name, (since, until)) in enumerate(lives.items())
    ]
    market = tiny({HouseUnit: units})
    assert ask(market, "DURING", WEEK).total() == (11110.0,)
    assert ask(market, "ENTERED", WEEK).total() == (10100.0,)
    assert ask(market, "LEFT", WEEK).total() == (111.0,)
    assert ask(market, "STOCK", WEEK).total() == (11000.0,)
    assert sorted(int(row["area_m2"]) for row in rows_of(market, "DURING", WEEK)) == [10, 100, 1000, 10000]
    assert sorted(int(row["area_m2"]) for row in rows_of(market, "LEFT", WEEK)) == [1, 10, 100]


def test_the_median_is_that_of_the_rows_and_none_without_rows(tiny: Callable[[Rows], Market]):
    homes = {"321281": (3, 1, 100), "321283": (2, 8)}
    rows = [
        version(f"P{district}{n}", district, date(2026, 6, 8), None, task_home_qty=quantity)
        for district, quantities in homes.items()
        for n, quantity in enumerate(quantities)
    ]
    market = tiny({DevelopmentProject: rows})
    july = Bucket(date(2026, 7, 1), date(2026, 8, 1))
    assert ask(market, "MEDIAN", JUNE, july).total() == (3.0, None)
    found = ask(market, "MEDIAN", JUNE, by=("district",)).values
    assert (found[("321281",)], found[("321283",)]) == ((3.0,), (5.0,))
    assert ask(market, "P90", JUNE).total() == (pytest.approx(8 + 0.6 * 92),)


def test_to_date_begins_on_new_years_day_whatever_the_period(tiny: Callable[[Rows], Market]):
    booked = (date(2025, 12, 31), date(2026, 1, 1), date(2026, 6, 8), date(2026, 6, 30))
    sold = [contract(f"W{day}", "321281", day, home_qty=place + 1) for place, day in enumerate(booked)]
    resold = contract("R", "321281", date(2026, 3, 1), market="second_hand", home_qty=5)
    market = tiny({SalesContract: [*sold, resold]})
    across = Bucket(date(2025, 11, 1), date(2026, 2, 1))
    assert ask(market, "YTD_SUM", WEEK, JUNE, across).total() == (5, 9, 2)
    assert ask(market, "YTD", WEEK, JUNE, across).total() == (50.0, pytest.approx(100 * 9 / 14), 100.0)
    assert ask(market, "YTD", JUNE).denominator[()] == (14.0,)
    assert {row["filing_no"] for row in rows_of(market, "YTD_SUM", WEEK)} >= {"W2026-01-01"}


def test_a_published_figure_is_the_regions_own_last_one_with_its_own_period(tiny: Callable[[Rows], Market]):
    def stated(place: str, year: int, until: date | None, value: str) -> Row:
        row = version(f"Y{place}{year}", "321281", date(year, 12, 31), until, invest_ytd_yuan=value, task_home_qty=2)
        return {**row, "project_name": "年鉴", "district_id": place, "region_id": place}

    city = [
        stated("321200", 2024, date(2025, 12, 31), "1000.00"),
        stated("321200", 2025, None, "1500.00"),
    ]
    district = [stated("321281", 2025, None, "400.00")]
    market = tiny({DevelopmentProject: [*city, *district]})
    before = Bucket(date(2024, 6, 1), date(2024, 7, 1))
    year = Bucket(date(2025, 1, 1), date(2026, 1, 1))
    found = ask(market, "STATED", WEEK, year, Bucket(date(2025, 3, 3), date(2025, 3, 10)), before)
    assert found.total() == (1500.0, 1500.0, 1000.0, None)
    assert found.stated[()] == (date(2025, 12, 31), date(2025, 12, 31), date(2024, 12, 31), None)
    apart = ask(market, "STATED", WEEK, by=("district",)).values
    assert apart[("321281",)] == (400.0,)
    assert apart[("321283",)] == (None,)
    assert ("321200",) not in apart
    assert ask(market, "STATED", WEEK, where=Filter.of("321281")).total() == (400.0,)
    # 三市 published nothing: their districts are not added up to it.
    assert ask(market, "STATED", WEEK, where=Filter.of("321200-C")).total() == (None,)
    assert ask(market, "STATED_PER", WEEK).total() == (750.0,)


def test_a_district_account_sees_its_own_distinct_projects_only(rich: Market):
    own, whole = district_viewer("321281"), Query(("SELLING",), (JUNE,))
    assert rich.engine.answer(whole, own)["SELLING"].total() == ask(rich, "SELLING", JUNE).total()
    inside = Query(("SELLING",), (JUNE,), (), Filter.of("321281"))
    assert rich.engine.answer(inside, own)["SELLING"].total() == (len(members(JUNE, {"district": "321281"})),)
    with pytest.raises(Exception, match="辖区"):
        rich.engine.answer(Query(("SELLING",), (JUNE,), ("district",)), own)


def test_nothing_is_divided_by_a_number(rich: Market):
    assert "homes" not in REGISTRY.dims
    assert REGISTRY.dims_of("MEDIAN") == ("district", "delivery_task")
    with pytest.raises(PlatformError, match="不能按"):
        ask(rich, "MEDIAN", JUNE, by=("homes",))


KINDS = {
    "SELLING": "去重计数",
    "ON_SALE": "去重计数",
    "MEDIAN": "分位数",
    "STATED": "公布值",
    "STATED_PER": "公布值",
    "DURING": "期间在册",
    "ENTERED": "累加",
    "EVER": "存量",
    "YTD": "比率",
    "YTD_SUM": "累加",
}


@pytest.mark.parametrize("code", KINDS)
def test_the_kind_follows_from_the_expression(code: str):
    kind = kind_of(REGISTRY[code], REGISTRY)
    assert kind.zh == KINDS[code]
    assert bool(kind.indivisible) == (kind.zh in ("去重计数", "分位数", "公布值"))
    assert not kind.additive or not kind.indivisible


def rows_of(market: Market, code: str, bucket: Bucket) -> list[dict[str, Any]]:
    where = Filter()
    columns, rows = market.engine.iter_rows(code, where, bucket, SYSTEM)
    assert columns
    ids = [row["id"] for row in rows]
    fact = market.registry.cubes_of(code)[0].fact
    with market.db.read() as connection:
        found = connection.execute(select(fact.__table__).where(fact.id.in_(ids))).mappings().all()
    return [dict(row) for row in sorted(found, key=lambda row: ids.index(row["id"]))]


# --- against the rows ------------------------------------------------------------------------------------------

ROWS = rich_rows()
COLUMN = {"district": "district_id", "use": "use", "size_band": "size_band"}


def members(bucket: Bucket, allow: dict[str, str]) -> set[str]:
    """Projects that sold new homes."""
    return {
        row["project_no"]
        for row in ROWS[SalesContract]
        if row["market"] == "new" and row["project_no"] and bucket.lo <= row["booked_on"] < bucket.hi
        if all(row[COLUMN[dim]] == member for dim, member in allow.items())
    }


def units(allow: dict[str, str]) -> list[Row]:
    return [
        row
        for row in ROWS[HouseUnit]
        if all(row[COLUMN[dim]] == member for dim, member in allow.items())
        and row["sale_open_on"]
        and (row["signed_on"] is None or row["signed_on"] > row["sale_open_on"])
    ]


def expected(code: str, bucket: Bucket, allow: dict[str, str]) -> float:
    """What the rows themselves give, worked out in Python."""
    last = bucket.hi - timedelta(days=1)
    if code == "SELLING":
        return len(members(bucket, allow))
    if code == "ON_SALE":
        there = (
            r for r in units(allow) if r["sale_open_on"] <= last and not (r["signed_on"] and r["signed_on"] <= last)
        )
        return len({row["project_no"] for row in there if row["project_no"]})
    if code == "EVER":
        return sum(
            1
            for row in ROWS[HouseUnit]
            if row["sale_open_on"] and row["sale_open_on"] <= last
            if all(row[COLUMN[dim]] == member for dim, member in allow.items())
        )
    within = {
        "ENTERED": lambda row: bucket.lo <= row["sale_open_on"] <= last,
        "LEFT": lambda row: row["signed_on"] is not None and bucket.lo <= row["signed_on"] <= last,
        "DURING": lambda row: row["sale_open_on"] <= last and not (row["signed_on"] and row["signed_on"] <= bucket.lo),
    }[code]
    return float(sum(Decimal(row["area_m2"]) for row in units(allow) if within(row)))


CODES = ("SELLING", "ON_SALE", "EVER", "ENTERED", "LEFT", "DURING")
filters = st.fixed_dictionaries(
    {},
    optional={
        "use": st.sampled_from(["residential", "office"]),
        "size_band": st.sampled_from(["lt90", "gt144"]),
        "district": st.sampled_from(DISTRICTS),
    },
)


def test_every_kind_gives_what_the_rows_give_for_any_period_and_filter(rich: Market):
    def check(drawn: tuple[str, list[Bucket], dict[str, str]]) -> None:
        code, asked, allow = drawn
        answer = rich.fresh_engine().answer(Query((code,), tuple(asked), (), Filter.of(**allow)), SYSTEM)
        for value, bucket in zip(answer[code].total(), asked, strict=True):
            assert value == pytest.approx(expected(code, counted(bucket), allow), abs=1e-6), answer.reads

    drawn = st.tuples(st.sampled_from(CODES), st.lists(spans(), min_size=1, max_size=12), filters)
    prove(rich, drawn, check, sqlite=40, postgres=15)


def test_every_kind_gives_what_the_rows_give_apart_by_district(rich: Market):
    def check(drawn: tuple[str, Bucket, dict[str, str]]) -> None:
        code, bucket, allow = drawn
        allow.pop("district", None)
        found = rich.fresh_engine().answer(Query((code,), (bucket,), ("district",), Filter.of(**allow)), SYSTEM)[code]
        for district in DISTRICTS:
            wanted = expected(code, counted(bucket), {**allow, "district": district})
            assert found.values[(district,)][0] == pytest.approx(wanted, abs=1e-6)

    prove(rich, st.tuples(st.sampled_from(CODES), spans(), filters), check, sqlite=20, postgres=8)


def test_the_rows_behind_every_kind_recompute_it(rich: Market):
    """Sums of what the rows contribute, or the distinct members that they name."""

    def check(drawn: tuple[str, Bucket, dict[str, str]]) -> None:
        code, bucket, allow = drawn
        where = Filter.of(**allow)
        value = rich.engine.answer(Query((code,), (bucket,), (), where), SYSTEM)[code].total()[0]
        columns, rows = rich.engine.iter_rows(code, where, bucket, SYSTEM)
        found = list(rows)
        assert len({row["id"] for row in found}) == len(found)
        first = next(column.name for column in columns if column.contribution)
        if code in ("SELLING", "ON_SALE"):
            assert value == len({row[first] for row in found} - {""})
        else:
            assert value == pytest.approx(float(sum(row[first] for row in found)), abs=1e-6)

    drawn = st.tuples(st.sampled_from(CODES), spans(), filters)
    prove(rich, drawn, check, sqlite=25, postgres=8)


def test_quantiles_are_those_of_numpy(rich: Market):
    def check(drawn: tuple[str, Bucket]) -> None:
        code, bucket = drawn
        days = counted(bucket)
        homes = [r["task_home_qty"] for r in ROWS[DevelopmentProject] if days.lo <= r["valid_from"] < days.hi]
        wanted = float(np.percentile(homes, 50 if code == "MEDIAN" else 90)) if homes else None
        assert ask(rich, code, bucket).total() == (pytest.approx(wanted) if homes else None,)

    prove(rich, st.tuples(st.sampled_from(["MEDIAN", "P90"]), spans()), check, sqlite=30, postgres=10)


def test_a_quantile_weighs_each_number_by_how_often_it_shows():
    def check(numbers: list[int], p: float) -> None:
        counts = {number: numbers.count(number) for number in numbers}
        assert quantile(counts, p) == pytest.approx(float(np.percentile(numbers, 100 * p)))

    for numbers in ([1], [1, 1, 9], [5, 3, 3, 8, 20, 20]):
        for p in (0.0, 0.25, 0.5, 0.9, 1.0):
            check(numbers, p)
    assert quantile({}, 0.5) is None
    assert quantile({4: 0}, 0.5) is None


# --- kept as rebuilt -------------------------------------------------------------------------------------------

days = st.dates(date(2024, 1, 1), LAST)
changes = st.lists(
    st.tuples(
        st.sampled_from(["move", "delete", "insert"]),
        st.integers(0, 10_000),
        days,
        st.none() | days,
        st.sampled_from(["321281", "321283", UNIT]),
    ),
    min_size=1,
    max_size=6,
)


def test_sets_and_their_counts_are_kept_as_a_rebuild_would_make_them(rich: Market):
    def check(drawn: list[tuple[str, int, date, date | None, str]]) -> None:
        with undone(rich.db) as connection:
            units = list(connection.scalars(select(HouseUnit.id).order_by(HouseUnit.id)))
            sales = list(connection.scalars(select(SalesContract.id).order_by(SalesContract.id)))
            with change(connection, rich.registry, (HouseUnit, SalesContract)) as touched:
                for place, (what, chosen, day, until, district) in enumerate(drawn):
                    unit, sale = units[chosen % len(units)], sales[chosen % len(sales)]
                    touched.note(HouseUnit, [unit])
                    touched.note(SalesContract, [sale])
                    where = {"district_id": district, "region_id": district}
                    if what == "move":
                        values = {"sale_open_on": day, "signed_on": until, **where}
                        connection.execute(update(HouseUnit).where(HouseUnit.id == unit).values(values))
                        values = {"booked_on": day, **where}
                        connection.execute(update(SalesContract).where(SalesContract.id == sale).values(values))
                    elif what == "delete":
                        connection.execute(delete(SalesContract).where(SalesContract.id == sale))
                    else:
                        project = connection.scalar(
                            select(SalesContract.project_no).where(SalesContract.project_no.is_not(None)).limit(1)
                        )
                        row = {**contract(f"X{place}", district, day, project_no=project), **where}
                        added = insert(SalesContract).values(row).returning(SalesContract.id)
                        touched.note(SalesContract, [connection.execute(added).scalar_one()])
            kept = rollups(connection, rich.registry)
            rebuild(connection, rich.registry)
            assert kept == rollups(connection, rich.registry)

    prove(rich, changes, check, sqlite=12, postgres=4)


def test_a_new_division_of_the_city_makes_counts_by_region_stale(rich: Market):
    with undone(rich.db) as connection:
        assert stale_cubes(connection, rich.registry) == ()
        connection.execute(delete(RegionClosure).where(RegionClosure.node_id == "321200-C"))
        assert {cube.name for cube in stale_cubes(connection, rich.registry)} == {"sales", "stock"}
