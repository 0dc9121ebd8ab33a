"""What holds for every question: rungs agree with rows, parts add up, rows recompute the figure, pages are complete."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from decimal import Decimal
from statistics import median
from typing import Any
from unittest import mock

import pytest
from hypothesis import strategies as st

from data.access.viewer import SYSTEM
from data.platform import standard_registry
from data.semantic import plan
from data.semantic.kinds import kind_of
from data.semantic.records import parts
from data.semantic.spec import Bucket, Const, Expr, Filter, Measure, Of, Operation, Quantile, Query, ToDate
from tests.data.semantic.market import Market
from tests.data.semantic.oracles import MEMBER, ORACLES, QUOTIENTS, oracle
from tests.data.semantic.proving import allowed, as_sql, counted, prove, spans

REGISTRY = standard_registry()
codes = st.sampled_from(list(ORACLES))
ADDITIVE = [code for code in ORACLES if kind_of(REGISTRY[code], REGISTRY).additive]
BRIDGED = [indicator.code for indicator in REGISTRY if indicator.bridge]


YEAR = Bucket(date(2025, 11, 20), date(2026, 11, 20))


def dims_of(code: str) -> tuple[str, ...]:
    return REGISTRY.dims_of(code)


# --- every eligible rung gives what the rows give --------------------------------------------------------------


def forced(position: int) -> AbstractContextManager[Any]:
    """Within the block the rung at ``position`` is read wherever it is eligible, whatever its cells."""
    choose = plan.choose

    def take(cube: Any, needed: frozenset[str], grain: Any, cells: Any) -> Any:
        rung = cube.rungs[min(position, len(cube.rungs) - 1)]
        return choose(cube, needed, grain, cells) if plan.reject_reason(rung, needed, grain) else rung

    return mock.patch.object(plan, "choose", take)


@st.composite
def questions(draw: st.DrawFn) -> tuple[str, str, dict[str, tuple[str, ...]], list[Bucket]]:
    """An indicator, a division, a filter, and few or many periods."""
    code = draw(codes)
    by = draw(st.sampled_from([by for by in MEMBER if by == "" or set(by.split("+")) <= set(dims_of(code))]))
    many = draw(st.sampled_from([3, 3, 12]))
    return code, by, draw(allowed(dims_of(code))), draw(st.lists(spans(), min_size=1, max_size=many))


def test_every_eligible_rung_gives_what_the_rows_give(market: Market):
    longest = max(len(cube.rungs) for cube in REGISTRY.cubes.values())

    def check(question: tuple[str, str, dict[str, tuple[str, ...]], list[Bucket]]) -> None:
        code, by, allow, asked = question
        query = Query((code,), tuple(asked), tuple(by.split("+")) if by else (), Filter.of("", **allow))
        with market.db.read() as connection:
            rows = [oracle(connection, code, bucket.lo, counted(bucket).hi, by, as_sql(allow)) for bucket in asked]
        for position in range(longest):
            with forced(position):
                answer = market.fresh_engine().answer(query, SYSTEM)
            for member, values in answer[code].values.items():
                for value, expected in zip(values, rows, strict=True):
                    absent = None if code in QUOTIENTS else 0.0
                    wanted = expected.get("+".join(member), absent)
                    assert value == (wanted if wanted is None else pytest.approx(wanted, rel=1e-11, abs=1e-11)), (
                        answer.reads
                    )

    prove(market, questions(), check, sqlite=20, postgres=6)


def test_the_chosen_rung_is_the_eligible_one_with_the_fewest_cells(market: Market):
    def check(question: tuple[str, str, dict[str, tuple[str, ...]], list[Bucket]]) -> None:
        code, by, allow, asked = question
        query = Query((code,), tuple(asked), tuple(by.split("+")) if by else (), Filter.of("", **allow))
        verdicts = market.engine.explain(query, SYSTEM)
        assert all(verdict.reason for verdict in verdicts)
        read = dict(market.engine.answer(query, SYSTEM).reads)
        for cube in REGISTRY.cubes_of(code):
            chosen = [verdict.rung for verdict in verdicts if verdict.cube == cube.name and verdict.chosen]
            assert set(read[cube.name].split(" + ")) == set(chosen)
            assert [verdict.rung for verdict in verdicts if verdict.cube == cube.name] == [r.name for r in cube.rungs]

    prove(market, questions(), check, sqlite=15, postgres=4)


# --- parts and wholes ------------------------------------------------------------------------------------------


def test_a_stock_changes_by_its_bridge(market: Market):
    def check(drawn: tuple[str, Bucket, dict[str, tuple[str, ...]]]) -> None:
        code, bucket, allow = drawn
        where = Filter.of("", **allow)
        bucket = counted(bucket)
        stock = market.engine.answer(Query((code,), (_until(bucket.lo), bucket), (), where), SYSTEM)[code].total()
        flows = REGISTRY[code].bridge
        answer = market.engine.answer(Query(tuple(flow.code for flow in flows), (bucket,), (), where), SYSTEM)
        moved = sum(flow.sign * known(answer[flow.code].total()[0]) for flow in flows)
        assert stock[1] == pytest.approx(known(stock[0]) + moved, rel=1e-9, abs=1e-9)

    drawn = st.tuples(st.sampled_from(BRIDGED), spans(), allowed(("district", "use", "size_band", "project")))
    prove(market, drawn, check, sqlite=40, postgres=10)


def known(value: float | None) -> float:
    assert value is not None
    return value


def _until(day: Any) -> Bucket:
    """A period that ends just before ``day``."""
    return Bucket(day.replace(year=day.year - 1, day=min(day.day, 28)), day)


def test_parts_of_an_additive_figure_add_up_to_it(market: Market):
    def check(drawn: tuple[str, Bucket, dict[str, tuple[str, ...]]]) -> None:
        code, bucket, allow = drawn
        for by in dims_of(code):
            where = Filter.of("", **allow)
            apart, whole = market.engine.answers(
                [Query((code,), (bucket,), (by,), where), Query((code,), (bucket,), (), where)], SYSTEM
            )
            total = sum(values[0] for values in apart[code].values.values())  # type: ignore[index, misc]
            assert total == pytest.approx(whole[code].total()[0], rel=1e-9, abs=1e-9)  # type: ignore[index]

    drawn = st.sampled_from(ADDITIVE).flatmap(lambda code: st.tuples(st.just(code), spans(), allowed(dims_of(code))))
    prove(market, drawn, check, sqlite=20, postgres=5)


def test_the_parts_of_why_make_up_the_change(market: Market):
    def check(drawn: tuple[str, Bucket, Bucket, dict[str, tuple[str, ...]]]) -> None:
        code, bucket, previous, allow = drawn
        where = Filter.of("", **allow)
        whole = market.engine.answer(Query((code,), (previous, bucket), (), where), SYSTEM)[code].total()
        if None in whole:
            return
        before, after = whole
        for by in dims_of(code):
            parts = market.engine.why(code, where, bucket, previous, by, SYSTEM)
            if kind_of(REGISTRY[code], REGISTRY).indivisible:
                assert not parts, "no sum of parts amounts to it"
                continue
            scale = max(1.0, abs(before), abs(after), *(abs(p.rate) + abs(p.mix) for p in parts))  # type: ignore[arg-type]
            assert parts or before == after, (code, by)
            assert sum(part.delta for part in parts) == pytest.approx(after - before, abs=1e-9 * scale), (code, by)  # type: ignore[operator]
            sizes = [abs(part.delta) for part in parts]
            assert sizes == sorted(sizes, reverse=True)

    drawn = codes.flatmap(lambda code: st.tuples(st.just(code), spans(), spans(), allowed(dims_of(code))))
    prove(market, drawn, check, sqlite=40, postgres=8)


# --- rows ------------------------------------------------------------------------------------------------------


def recomputed(expr: Expr, found: dict[str, list[dict[str, Any]]], part: str) -> Decimal | None:
    """The declared aggregation over what the drilled rows of ``part``, or of the parts referred to, contribute."""
    match expr:
        case Const():
            return Decimal(str(expr.value))
        case Measure(how="set"):
            return Decimal(len({row[f"+{expr.name}"] for row in found[part]} - {None, ""}))
        case Measure():
            return Decimal(sum(row[f"+{expr.name}"] for row in found[part]))
        case Of():
            return recomputed(REGISTRY[expr.code].value, found, expr.code)
        case ToDate():
            return recomputed(expr.of, found, part)
        case Quantile(p=0.5):
            return Decimal(median(row[expr.over] for row in found[part])) if found[part] else None
        case Operation():
            left, right = recomputed(expr.left, found, part), recomputed(expr.right, found, part)
            if left is None or right is None or (expr.sign == "/" and not right):
                return None
            steps: dict[str, Callable[[], Decimal]] = {
                "+": lambda: left + right,
                "-": lambda: left - right,
                "*": lambda: left * right,
                "/": lambda: left / right,
            }
            return steps[expr.sign]()
    raise AssertionError(expr)


def drilled(market: Market, code: str, where: Filter, bucket: Bucket, part: str = "") -> list[dict[str, Any]]:
    _, rows = market.engine.iter_rows(code, where, bucket, SYSTEM, part)
    return list(rows)


def test_the_rows_recompute_the_figure(market: Market):
    def check(drawn: tuple[str, Bucket, dict[str, tuple[str, ...]]]) -> None:
        code, bucket, allow = drawn
        where = Filter.of("", **allow)
        value = market.engine.answer(Query((code,), (bucket,), (), where), SYSTEM)[code].total()[0]
        found = {part: drilled(market, code, where, bucket, part) for part in market.engine.row_parts(code)}
        for rows in found.values():
            assert len({row["id"] for row in rows}) == len(rows)
        again = recomputed(REGISTRY[code].value, found, code)
        assert value == (again if again is None else pytest.approx(float(again), rel=1e-9, abs=1e-9))

    drawn = codes.flatmap(lambda code: st.tuples(st.just(code), spans(), allowed(dims_of(code))))
    prove(market, drawn, check, sqlite=40, postgres=10)


@pytest.mark.parametrize("code", ORACLES)
def test_the_rows_of_each_member_recompute_its_figure(market: Market, code: str):
    """A bar that is clicked shows its rows, those of nobody's project too."""
    if market.engine.row_parts(code) != (code,):
        return
    for by in dims_of(code):
        answer = market.engine.answer(Query((code,), (YEAR,), (by,)), SYSTEM)
        for member, values in answer[code].values.items():
            rows = drilled(market, code, Filter.of("", **{by: member}), YEAR)
            again = recomputed(REGISTRY[code].value, {code: rows}, code)
            expected = None if again is None else pytest.approx(float(again), rel=1e-9, abs=1e-9)
            assert values[0] == expected, (by, member)


@st.composite
def pagings(draw: st.DrawFn) -> tuple[str, str, str, bool, int]:
    code = draw(codes)
    part = draw(st.sampled_from(parts(REGISTRY, code)))
    sort = draw(st.sampled_from(REGISTRY.cubes_of(part)[0].sortable))
    return code, part, sort, draw(st.booleans()), draw(st.integers(1, 60))


def test_pages_hold_each_row_once_in_order(market: Market):
    def check(drawn: tuple[str, str, str, bool, int]) -> None:
        code, part, sort, descending, limit = drawn

        def page(after: str | None, limit: int, descending: bool) -> Any:
            return market.engine.rows(
                code, Filter(), YEAR, SYSTEM, part=part, sort=sort, descending=descending, after=after, limit=limit
            )

        whole = page(None, 100_000, descending)
        assert whole.next is None
        assert whole.total == len(whole.rows)
        assert not whole.more
        rows, after = [], None
        while True:
            some = page(after, limit, descending)
            assert len(some.rows) <= limit
            rows += some.rows
            after = some.next
            if after is None:
                break
            assert len(some.rows) == limit
        assert rows == whole.rows
        assert [row["id"] for row in page(None, 100_000, not descending).rows] == [row["id"] for row in rows][::-1]
        if rows and sort in rows[0]:
            keys = [(row[sort], row["id"]) for row in rows]
            assert keys == sorted(keys, reverse=descending)

    prove(market, pagings(), check, sqlite=20, postgres=6)
