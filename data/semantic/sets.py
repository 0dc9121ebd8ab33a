"""Distinct members: kept by day and dimension, counted beforehand by region, and counted anew where neither helps.

A member that shows twice counts once, so counts don't add up: not over days, not over districts. The members
themselves are kept by day and all dimensions (:func:`data.semantic.sql.set_table`). Beside them stand the counts that
are asked most (:func:`data.semantic.sql.node_table`): for each district, group of districts and the city, of events how
many members each calendar month has, of a state by how many their number changes on each day. Any other question is
counted from the members.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    Select,
    and_,
    case,
    cast,
    delete,
    distinct,
    func,
    insert,
    literal,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.sql.elements import ColumnElement

from data.bulk import batches, one_of
from data.models import RegionClosure
from data.periods import add_months, month_of
from data.regions import Regions
from data.semantic.scope import Where
from data.semantic.spec import DISTRICT, Cube, Measure, Member
from data.semantic.sql import MEMBER, NET, NODE, ROWS, cell_names, contributions, month_start, node_table, set_table
from data.semantic.store import Cell, add

Span = tuple[date, date]
"""Days ``lo <= day < hi``; of a state only the last one counts."""

Counts = dict[tuple[Member, Span], int]

CHUNK = 5_000
"""Members looked for by one statement."""

MOST_SPANS = 100
"""Spans counted by one statement: SQLite joins no more than 500 selects."""


# --- keeping ---------------------------------------------------------------------------------------------------


def keep(connection: Connection, cube: Cube, measure: Measure, differences: Mapping[Cell, list[int]]) -> None:
    """Bring a set and its counts up to date: cells are day, dimensions, member; amounts rows and rows begun less ended.

    The counts change by what the touched members were worth before and are worth after.
    """
    members = sorted({cell[-1] for cell in differences})
    if not members:
        return
    before = _worth(connection, cube, measure, members)
    add(connection, set_table(cube, measure), differences)
    after = _worth(connection, cube, measure, members)
    after.subtract(before)
    _count(connection, node_table(cube, measure), after)


def rebuild(connection: Connection, cube: Cube, measure: Measure) -> None:
    """Fill a set and its counts anew from the rows; the tables are there and empty."""
    kept = set_table(cube, measure)
    rows = contributions(cube).subquery()
    names = [name for name in cell_names(cube) if name in kept.c]
    keys = [rows.c.cell, *(rows.c[name] for name in names), rows.c[measure.name]]
    summed = select(*keys, func.count(), func.sum(rows.c[NET])).where(rows.c[measure.name] != "").group_by(*keys)
    connection.execute(insert(kept).from_select(["cell", *names, MEMBER, ROWS, NET], summed))
    counted = _worths(cube, measure).subquery()
    by_node = select(counted.c.cell, counted.c[NODE], func.sum(counted.c[NET])).group_by(
        counted.c.cell, counted.c[NODE]
    )
    wanted = by_node.having(func.sum(counted.c[NET]) != 0)
    connection.execute(insert(node_table(cube, measure)).from_select(["cell", NODE, NET], wanted))


def _worth(connection: Connection, cube: Cube, measure: Measure, members: Sequence[str]) -> Counter[tuple[date, str]]:
    """What these members are worth to the count of each cell and region."""
    found: Counter[tuple[date, str]] = Counter()
    member = set_table(cube, measure).c[MEMBER]
    for some in batches(members, CHUNK):
        for cell, node, worth in connection.execute(_worths(cube, measure, one_of(connection, member, some))):
            found[cell, node] += worth
    return found


def _worths(cube: Cube, measure: Measure, *conditions: ColumnElement[bool]) -> Select[Any]:
    """``cell, node, net`` of each member: a month in which it shows, or the days on which it comes and goes."""
    kept = set_table(cube, measure)
    placed = kept.join(RegionClosure, RegionClosure.leaf_id == kept.c[DISTRICT])
    node = RegionClosure.node_id.label(NODE)
    if not cube.is_stock:
        month = month_start(kept.c.cell).label("cell")
        shown = select(month, node, kept.c[MEMBER], literal(1, BigInteger).label(NET)).select_from(placed)
        grouped = shown.where(*conditions).group_by(month, node, kept.c[MEMBER]).subquery()
        return select(grouped.c.cell, grouped.c[NODE], grouped.c[NET])
    daily = (
        select(kept.c.cell, node, kept.c[MEMBER], func.sum(kept.c[NET]).label(NET))
        .select_from(placed)
        .where(*conditions)
        .group_by(kept.c.cell, node, kept.c[MEMBER])
        .subquery()
    )
    turns = _turns(daily, daily.c.cell, (daily.c[NODE],)).subquery()
    return select(turns.c.cell, turns.c[NODE], turns.c[NET]).where(turns.c[NET] != 0)


def _turns(rows: Any, cell: Any, apart: Sequence[Any]) -> Select[Any]:
    """Where a member begins (+1) and ceases (-1) to be there, from its net rows by cell."""
    total = func.sum(rows.c[NET]).over(partition_by=[*apart, rows.c[MEMBER]], order_by=cell)
    after = case((total > 0, 1), else_=0)
    before = case((total - rows.c[NET] > 0, 1), else_=0)
    return select(cell, *apart, (after - before).label(NET))


def _count(connection: Connection, table: Any, changes: Counter[tuple[date, str]]) -> None:
    wanted = {(cell, node): [change] for (cell, node), change in changes.items() if change}
    add(connection, table, wanted)
    for cell in sorted({cell for cell, _ in wanted}):
        connection.execute(delete(table).where(table.c.cell == cell, table.c[NET] == 0))


# --- reading ---------------------------------------------------------------------------------------------------


def count(
    connection: Connection,
    cube: Cube,
    measure: Measure,
    by: tuple[str, ...],
    where: Where,
    spans: Iterable[Span],
    regions: Regions,
) -> tuple[Counts, str]:
    """How many members each span has, by members of ``by``; also how it was read. What is not there is none."""
    wanted = tuple(sorted({span for span in spans if span[0] < span[1]}))
    nodes = _nodes(by, where, regions)
    if cube.is_stock:
        if nodes is None:
            return _state_recounted(connection, cube, measure, by, where, wanted), "去重成员"
        return _state_by_node(connection, cube, measure, nodes, wanted), "去重数"
    whole = tuple(span for span in wanted if nodes is not None and _is_month(span))
    rest = tuple(span for span in wanted if span not in set(whole))
    found: Counts = {}
    if whole and nodes is not None:
        found |= _months_by_node(connection, cube, measure, nodes, whole)
    for start in range(0, len(rest), MOST_SPANS):
        found |= _recounted(connection, cube, measure, by, where, rest[start : start + MOST_SPANS])
    return found, " + ".join(filter(None, ("去重数" if whole else "", "去重成员" if rest else "")))


def _nodes(by: tuple[str, ...], where: Where, regions: Regions) -> dict[str, Member] | None:
    """Regions whose kept counts answer, each with the member it stands for; None where the members must be counted."""
    allow = dict(where.allow)
    inside = allow.pop(DISTRICT, None)
    if allow or by not in ((), (DISTRICT,)):
        return None
    districts = tuple(sorted(regions.districts() if inside is None else inside))
    if by:
        return {district: (district,) for district in districts}
    places = (regions.root, *regions.groups(), *districts)
    same = (node for node in places if tuple(sorted(regions.districts(node))) == districts)
    node = next(same, None)
    return None if node is None else {node: ()}


def _is_month(span: Span) -> bool:
    lo, hi = span
    return lo == month_of(lo) and hi == add_months(lo, 1)


def _months_by_node(
    connection: Connection, cube: Cube, measure: Measure, nodes: Mapping[str, Member], spans: Sequence[Span]
) -> Counts:
    kept = node_table(cube, measure)
    statement = select(kept.c.cell, kept.c[NODE], kept.c[NET]).where(
        kept.c[NODE].in_(nodes), kept.c.cell >= spans[0][0], kept.c.cell <= spans[-1][0]
    )
    by_month = {lo: (lo, hi) for lo, hi in spans}
    return {
        (nodes[node], by_month[cell]): number
        for cell, node, number in connection.execute(statement)
        if cell in by_month
    }


def _state_by_node(
    connection: Connection, cube: Cube, measure: Measure, nodes: Mapping[str, Member], spans: Sequence[Span]
) -> Counts:
    kept = node_table(cube, measure)
    bounds = sorted({hi for _, hi in spans})
    segment = _segment(kept.c.cell, bounds)
    statement = (
        select(segment, kept.c[NODE], cast(func.sum(kept.c[NET]), BigInteger))
        .where(kept.c[NODE].in_(nodes), kept.c.cell < bounds[-1])
        .group_by(segment, kept.c[NODE])
    )
    rows = ((place, nodes[node], number) for place, node, number in connection.execute(statement))
    return _running(rows, bounds, spans)


def _state_recounted(
    connection: Connection, cube: Cube, measure: Measure, by: tuple[str, ...], where: Where, spans: Sequence[Span]
) -> Counts:
    kept = set_table(cube, measure)
    bounds = sorted({hi for _, hi in spans})
    segment = _segment(kept.c.cell, bounds).label("cell")
    apart = [kept.c[dim] for dim in by]
    netted = (
        select(segment, *apart, kept.c[MEMBER], func.sum(kept.c[NET]).label(NET))
        .where(kept.c.cell < bounds[-1], *_allowed(kept, where))
        .group_by(segment, *apart, kept.c[MEMBER])
        .subquery()
    )
    turns = _turns(netted, netted.c.cell, [netted.c[dim] for dim in by]).subquery()
    keys = [turns.c.cell, *(turns.c[dim] for dim in by)]
    statement = select(*keys, cast(func.sum(turns.c[NET]), BigInteger)).group_by(*keys)
    rows = ((row[0], tuple(row[1:-1]), row[-1]) for row in connection.execute(statement))
    return _running(rows, bounds, spans)


def _recounted(
    connection: Connection, cube: Cube, measure: Measure, by: tuple[str, ...], where: Where, spans: Sequence[Span]
) -> Counts:
    kept = set_table(cube, measure)
    apart = [kept.c[dim] for dim in by]
    selects = [
        select(literal(place).label("place"), *apart, func.count(distinct(kept.c[MEMBER])))
        .where(kept.c.cell >= lo, kept.c.cell < hi, *_allowed(kept, where))
        .group_by(*apart)
        for place, (lo, hi) in enumerate(spans)
    ]
    statement: Any = selects[0] if len(selects) == 1 else union_all(*selects)
    return {(tuple(row[1:-1]), spans[row[0]]): row[-1] for row in connection.execute(statement)}


def _allowed(kept: Any, where: Where) -> list[ColumnElement[bool]]:
    return [kept.c[dim].in_(members) for dim, members in where.allow]


def _segment(cell: ColumnElement[Any], bounds: Sequence[date]) -> ColumnElement[Any]:
    """Place of the first bound after a cell."""
    ends = [(and_(cell < type_coerce(bound, cell.type)), place) for place, bound in enumerate(bounds)]
    return case(*ends, else_=len(bounds))


def _running(rows: Iterable[tuple[int, Member, int]], bounds: Sequence[date], spans: Sequence[Span]) -> Counts:
    """Numbers at the end of each span, from changes by segment."""
    changes: dict[Member, list[int]] = {}
    for place, member, change in rows:
        changes.setdefault(member, [0] * len(bounds))[place] += change
    found: Counts = {}
    for member, line in changes.items():
        total, at = 0, {}
        for bound, change in zip(bounds, line, strict=True):
            total += change
            at[bound] = total
        found |= {(member, span): at[span[1]] for span in spans}
    return found
