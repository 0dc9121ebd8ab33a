"""A change split: parts make it up, whatever the members do; and nobody is named for what all did alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from math import fsum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.access.viewer import SYSTEM
from data.models import SalesContract
from data.platform import standard_registry
from data.semantic.spec import Bucket, Filter, Member, Series
from data.semantic.why import Part, against, divisible, named, share, split
from tests.conftest import ENGINES
from tests.data.semantic.market import Market, contract, new_database, open_market, project_of

REGISTRY = standard_registry()
SUM, STOCK, MEAN, SHARE = "ZF02", "ZF04", "ZF03", "ZF07-coverage"
QUOTIENT_SCALE = {MEAN: 1.0, SHARE: 100.0}

amounts = st.integers(-(10**9), 10**9)
weights = st.integers(0, 10**9)
factors = st.fractions(min_value=0, max_value=20, max_denominator=50)
members = st.lists(st.tuples(st.none() | amounts, st.none() | amounts), min_size=1, max_size=12)
Pair = tuple[float | None, float | None]


def sums(values: list[Pair], code: str = SUM) -> tuple[Series, Series]:
    """Members of a sum, and their whole."""
    apart: dict[Member, tuple[float | None, ...]] = {(f"m{i}",): pair for i, pair in enumerate(values)}
    return Series(code, apart), Series(code, {(): tuple(total(column) for column in zip(*values, strict=True))})


def total(column: tuple[float | None, ...]) -> float:
    return fsum(value or 0.0 for value in column)


def quotients(top: Sequence[Pair], below: Sequence[Pair], code: str = MEAN) -> tuple[Series, Series]:
    """Members of a quotient by their amounts, and their whole."""
    scale = QUOTIENT_SCALE[code]

    def series(tops: dict[Member, Pair], belows: dict[Member, Pair]) -> Series:
        values = {
            member: tuple(
                scale * n / d if n is not None and d else None
                for n, d in zip(tops[member], belows[member], strict=True)
            )
            for member in tops
        }
        return Series(code, values, dict(tops), dict(belows))

    apart = series({(f"m{i}",): pair for i, pair in enumerate(top)}, {(f"m{i}",): pair for i, pair in enumerate(below)})
    whole = [tuple(total(column) for column in zip(*pairs, strict=True)) for pairs in (top, below)]
    return apart, series({(): whole[0]}, {(): whole[1]})  # type: ignore[dict-item]


def parts_of(apart: Series, whole: Series) -> list[Part]:
    return split(REGISTRY[apart.code], REGISTRY, apart, whole)


def makes_up(parts: list[Part], whole: Series) -> None:
    before, after = whole.total()
    if before is None or after is None:
        assert parts == []
        return
    scale = max(abs(before), abs(after), *(abs(part.rate) + abs(part.mix) for part in parts), 1e-300)
    assert abs(fsum(part.delta for part in parts) - (after - before)) <= 1e-9 * scale
    sizes = [abs(part.delta) for part in parts]
    assert sizes == sorted(sizes, reverse=True)


# --- parts make up the change ----------------------------------------------------------------------------------


@given(
    st.lists(st.tuples(st.none() | amounts, st.none() | amounts), min_size=1, max_size=12),
    st.sampled_from((SUM, STOCK)),
)
def test_parts_of_a_sum_make_up_its_change_also_where_members_come_go_or_cancel(values: list[Any], code: str) -> None:
    apart, whole = sums(values, code)
    makes_up(parts_of(apart, whole), whole)


@given(st.lists(st.tuples(amounts, amounts, weights, weights), min_size=1, max_size=12), st.sampled_from((MEAN, SHARE)))
def test_parts_of_a_quotient_make_up_its_change_also_where_weights_vanish(rows: list[Any], code: str) -> None:
    apart, whole = quotients([row[:2] for row in rows], [row[2:] for row in rows], code)
    makes_up(parts_of(apart, whole), whole)


def test_a_shift_of_weight_is_mix_and_a_change_of_its_own_is_rate() -> None:
    moved = parts_of(*quotients([(100, 300), (600, 200)], [(10, 30), (30, 10)]))
    assert all(part.rate == pytest.approx(0, abs=1e-12) for part in moved)
    assert sum(part.mix for part in moved) == pytest.approx(500 / 40 - 700 / 40)
    own = parts_of(*quotients([(100, 120), (600, 600)], [(10, 10), (30, 30)]))
    assert [(part.member, part.rate, part.mix) for part in own] == [(("m0",), 0.5, 0.0), (("m1",), 0.0, 0.0)]


def test_a_member_that_appears_or_vanishes_is_all_mix() -> None:
    parts = {
        part.member[0]: part
        for part in parts_of(*quotients([(100, 100), (0, 90), (80, 0)], [(10, 10), (0, 10), (10, 0)]))
    }
    assert (parts["m1"].before, parts["m2"].after) == (None, None)
    assert parts["m1"].rate == pytest.approx(0)
    assert parts["m2"].rate == pytest.approx(0)


# --- nobody is named for what all did alike --------------------------------------------------------------------


@given(st.lists(amounts, min_size=1, max_size=12), factors)
def test_nobody_is_named_where_all_members_change_by_one_factor(values: list[int], factor: Any) -> None:
    assert named(parts_of(*sums([(v, float(v * factor)) for v in values]))) == []


@given(st.lists(st.tuples(weights, weights), min_size=1, max_size=12), factors)
def test_nobody_is_named_where_rates_stay_and_weights_grow_alike(rows: list[tuple[int, int]], factor: Any) -> None:
    top, below = ([(row[i], float(row[i] * factor)) for row in rows] for i in (0, 1))
    parts = parts_of(*quotients(top, below))
    assert named(parts) == []
    assert against(parts) == []


@given(st.lists(st.tuples(weights, weights), min_size=1, max_size=12), factors, st.booleans())
def test_nobody_is_named_where_all_rates_rise_by_one_share_or_by_one_amount(
    rows: list[tuple[int, int]], factor: Any, by_share: bool
) -> None:
    top = [(n, float(n * factor) if by_share else n + float(d * factor)) for n, d in rows]
    assert named(parts_of(*quotients(top, [(d, d) for _, d in rows]))) == []


@given(members)
def test_who_is_named_moved_with_the_whole_and_more_than_its_share(values: list[Any]) -> None:
    parts = parts_of(*sums(values))
    before = total(tuple(pair[0] for pair in values))
    change = sum(part.delta for part in parts)
    found = named(parts)
    assert len(found) <= 2
    assert found == [part for part in parts if part in found], "largest first"
    for part in found:
        assert part.delta * change > 0
        if before:
            assert share(part, parts) > (part.before or 0.0) / before
    assert all(part.delta * change < 0 for part in against(parts))


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([(50, 80), (50, 50)], ["m0"]),  # one alone
        ([(50, 80), (50, 80)], []),  # alike
        ([(10, 30), (10, 28), (80, 80)], ["m0", "m1"]),  # two, larger first
        ([(90, 80), (10, 0)], ["m1"]),  # as much as the other, of a tenth of its size
        ([(0, 7), (0, 2)], ["m0"]),  # from nothing: more than half of what came
        ([(0, 5), (0, 5), (0, 5)], []),
        ([(-10, -20), (-10, -10)], ["m0"]),  # a whole below nought
        ([(5, 9), (-5, -5)], ["m0"]),  # a whole of nought that is not empty
        ([(100, 90), (0, 10)], []),  # moved, yet the whole did not change
        ([(50, 80), (50, 30), (50, 71)], ["m0"]),  # the other way stays unnamed; 21 of 71 is less than a third
    ],
)
def test_who_is_named(values: list[Pair], expected: list[str]) -> None:
    assert [part.member[0] for part in named(parts_of(*sums(values)))] == expected


def test_movers_against_the_trend_stand_largest_first() -> None:
    parts = parts_of(*sums([(50, 90), (50, 45), (50, 30)]))
    assert [part.member[0] for part in against(parts)] == ["m2", "m1"]


def test_what_has_no_parts_is_not_split() -> None:
    assert all(divisible(REGISTRY[code], REGISTRY) for code in (SUM, STOCK, MEAN, SHARE, "ZF05"))
    apart, whole = quotients([(1, 2)], [(1, 1)])
    unseen = Series(MEAN, apart.values)
    assert split(REGISTRY[MEAN], REGISTRY, unseen, whole) == []


# --- over rows, on both engines --------------------------------------------------------------------------------

THEN = Bucket(date(2026, 9, 1), date(2026, 10, 1))
NOW = Bucket(date(2026, 10, 1), date(2026, 11, 1))


@pytest.fixture(scope="module", params=ENGINES)
def doubled(request: pytest.FixtureRequest) -> Iterator[Market]:
    """October is September twice over, for every district, use, size and project."""
    rows: list[dict[str, Any]] = []
    for i in range(40):
        project, district = project_of(i % 14)
        more = {
            "use": ("residential", "commercial", "office")[i % 3],
            "size_band": ("lt90", "s90_120")[i % 2],
            "area_m2": f"{60 + 7 * (i % 5)}.25",
            "amount_yuan": f"{500_000 + 12_345 * (i % 7)}.00",
            "project_no": project,
        }
        day = THEN.lo + timedelta(days=i % 28)
        for copy, booked in enumerate((day, NOW.lo + (day - THEN.lo), NOW.lo + (day - THEN.lo))):
            rows.append(contract(f"W{i}-{copy}", district, booked, **more))
    found = open_market(new_database(request, "doubled"), {SalesContract: rows})
    yield found
    found.db.dispose()


@pytest.mark.parametrize("code", ["ZF02", "ZF02-units", "ZF03"])
def test_no_dimension_has_a_cause_where_a_month_is_the_one_before_twice(doubled: Market, code: str) -> None:
    for by in doubled.registry.dims_of(code):
        parts = doubled.engine.why(code, Filter(), NOW, THEN, by, SYSTEM)
        assert parts, by
        assert named(parts) == [], by
