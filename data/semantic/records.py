"""The rows behind a figure, each with what it contributes, read by keyset in a declared order."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal

import orjson
from sqlalchemy import Connection, Date, Integer, Select, and_, func, or_, select, tuple_
from sqlalchemy.sql.elements import ColumnElement

from data.errors import PlatformError
from data.models.types import LARGEST, Fixed
from data.semantic.evaluate import Need, Window, needs
from data.semantic.registry import Registry
from data.semantic.scope import Where
from data.semantic.spec import DISTRICT, Bucket, Cube, Dim, Indicator, Measure, Of, leaves
from data.semantic.spec import measures as measures_of
from data.semantic.sql import member, unindexed, weight

COUNT_UP_TO = 10_000
"""Rows are counted exactly up to here; beyond, the grid says “1 万以上”: counting millions costs more than it tells."""

PLACE = "district_zh"
"""Column of every row that names its district."""

STREAMED = 2_000
"""Rows of an export in memory at a time."""


Presence = Literal["", "since", "until", "during"]
"""How a row of a state belongs to a bucket: it holds at the end, enters, leaves, or holds on any day."""


@dataclass(frozen=True)
class Column:
    """A column of the grid. ``kind``: text, code, date, number, integer; ``codes`` are the words of a code."""

    name: str
    zh: str
    kind: str
    sortable: bool = False
    codes: Mapping[str, str] = field(default_factory=dict)
    contribution: bool = False
    decimals: int = 0


@dataclass(frozen=True)
class RowPage:
    """Rows in order; ``next`` fetches the following page, None at the end. ``total`` is capped where ``more``."""

    columns: list[Column]
    rows: list[dict[str, Any]]
    next: str | None
    total: int
    more: bool


@dataclass(frozen=True)
class RowSource:
    """Everything that decides which rows answer for a figure, worked out once for a page, a count and an export."""

    indicator: Indicator
    cube: Cube
    measures: tuple[Measure, ...]
    presence: Presence
    bucket: Bucket
    conditions: tuple[ColumnElement[bool], ...]
    below: frozenset[Measure]
    districts: Mapping[str, str]

    def where(self, *, by_time: bool = True) -> tuple[ColumnElement[bool], ...]:
        """All conditions; ``by_time`` lets the planner find the rows by an index on their days."""
        return (_in_time(self.cube, self.presence, self.bucket, by_time), *self.conditions)


def parts(registry: Registry, code: str) -> tuple[str, ...]:
    """Codes of the indicators whose rows stand behind ``code``: itself unless it is derived from others."""
    referred = [leaf.code for leaf in leaves(registry[code].value) if isinstance(leaf, Of)]
    if not referred:
        return (code,)
    return tuple(dict.fromkeys(part for ref in referred for part in parts(registry, ref)))


def pick(registry: Registry, code: str, part: str, bucket: Bucket) -> tuple[str, Bucket]:
    """The indicator whose rows to show for ``part`` of ``code`` (the first where empty), and over which days."""
    known = parts(registry, code)
    chosen = part or known[0]
    if chosen not in known:
        raise PlatformError(f"{registry[code].zh}没有组成部分 {part}", "明细", "选择其组成指标")
    for leaf in leaves(registry[code].value):
        if isinstance(leaf, Of) and chosen in parts(registry, leaf.code):
            return chosen, Window(leaf.months).of(bucket)
    return chosen, bucket


def source(
    registry: Registry,
    code: str,
    bucket: Bucket,
    where: Mapping[Cube, Where],
    districts: tuple[str, ...] | None,
    narrow: Mapping[str, tuple[Any, ...]],
    names: Mapping[str, str],
) -> RowSource:
    """Rows of the indicator ``code`` in ``bucket`` (one that refers to no other, see :func:`parts`).

    ``names`` are those of the districts.
    """
    indicator = registry[code]
    wanted = needs(indicator.value, registry)
    cube = wanted[0].cube
    if any(need.cube is not cube for need in wanted):
        raise PlatformError(f"{indicator.zh}由多个来源合成，没有单一明细", "明细", "查看其组成指标的明细")
    measures = tuple(dict.fromkeys(need.measure for need in wanted))
    conditions = _allowed(cube, where[cube])
    if cube.where is not None:
        conditions.append(cube.where)
    if all(measure.where is not None for measure in measures):
        conditions.append(or_(*(measure.where for measure in measures if measure.where is not None)))
    if districts is not None:
        conditions.append(cube.dim(DISTRICT).column.in_(districts))
    conditions += [_narrowed(cube, name, values) for name, values in narrow.items()]
    days = [need.window.of(bucket) for need in wanted]
    bucket = Bucket(min(each.lo for each in days), bucket.hi)
    shape = registry.shape(code)
    below = frozenset(measures_of(shape.below)) if shape and shape.below else frozenset()
    return RowSource(indicator, cube, measures, _presence(wanted), bucket, tuple(conditions), below, names)


def _presence(wanted: Sequence[Need]) -> Presence:
    """How a row of a state belongs to a bucket."""
    if any(need.edge for need in wanted):
        return "during"
    ends = {need.measure.at for need in wanted}
    return ends.pop() if len(ends) == 1 else "during"


def page(
    connection: Connection, found: RowSource, sort: str | None, descending: bool, after: str | None, limit: int
) -> RowPage:
    """One page of rows; refuses to sort by a column that is not declared sortable."""
    cube = found.cube
    key = sort_key(cube, sort)
    limit = max(1, limit)
    if after is None:
        total = count_rows(connection, found)
        walk = total > COUNT_UP_TO
        here: tuple[Any, int] | None = None
    else:
        total = 0
        *here, walk = _read_cursor(after, key)  # type: ignore[assignment]
    statement = _ordered(found, key, descending, here, walk).limit(limit + 1)
    rows = connection.execute(statement).mappings().all()
    more = len(rows) > limit
    shown = rows[:limit]
    columns = columns_of(found)
    return RowPage(
        columns,
        [_shown(row, columns, cube) for row in shown],
        _cursor(shown[-1]["sort_key"], shown[-1]["id"], walk) if more else None,
        min(total, COUNT_UP_TO),
        total > COUNT_UP_TO,
    )


def stream(
    connection: Connection, found: RowSource, sort: str | None = None, descending: bool = True
) -> Iterator[dict[str, Any]]:
    """All rows in the order of a grid, from one statement, a few thousand in memory at a time."""
    walk = count_rows(connection, found) > COUNT_UP_TO
    statement = _ordered(found, sort_key(found.cube, sort), descending, None, walk)
    columns = columns_of(found)
    with connection.execute(statement, execution_options={"yield_per": STREAMED}) as result:
        for row in result.mappings():
            yield _shown(row, columns, found.cube)


def sort_key(cube: Cube, sort: str | None) -> Any:
    """The column to sort by, the first declared one for None; refuses one that is not declared sortable."""
    sort = sort or cube.sortable[0]
    if sort not in cube.sortable:
        raise PlatformError(f"不能按 {sort} 排序", "明细", f"可按 {'、'.join(cube.sortable)} 排序")
    return getattr(cube.fact, sort)


def count_rows(connection: Connection, found: RowSource, up_to: int | None = COUNT_UP_TO) -> int:
    """How many rows there are: ``up_to + 1`` where there are more; all of them with None, which reads them all."""
    some = select(found.cube.fact.id).where(*found.where())
    if up_to is None:
        return connection.execute(select(func.count()).select_from(some.subquery())).scalar_one()
    some = some.limit(up_to + 1)
    if found.cube.since is not None:
        # What began lately mostly still holds: enough of it is found before the long past is read.
        some = some.order_by(found.cube.since.desc())
    return connection.execute(select(func.count()).select_from(some.subquery())).scalar_one()


def _ordered(found: RowSource, key: Any, descending: bool, after: tuple[Any, int] | None, walk: bool) -> Select[Any]:
    """The rows from ``after`` on, in order of ``key``.

    Of many rows (``walk``) the first come fastest along the order's own index, past those that don't match; of few,
    by finding all and sorting them. Each way is closed to SQLite, which can't tell, where it would be the slow one.
    """
    own = key is found.cube.time or key is found.cube.since
    order_key = key if walk or own else unindexed(key)
    row_id = found.cube.fact.id
    statement = _selected(found).where(*found.where(by_time=own or not walk)).add_columns(key.label("sort_key"))
    if after:
        here = tuple_(key, row_id)
        statement = statement.where(here < tuple(after) if descending else here > tuple(after))
    return statement.order_by(*((order_key.desc(), row_id.desc()) if descending else (order_key, row_id)))


def columns_of(found: RowSource) -> list[Column]:
    """Columns of the indicator's rows, then one a measure: what the row contributes, in natural units."""
    columns = []
    for name in found.indicator.rows or tuple(found.cube.sortable):
        column = _column(found.cube, name)
        codes = column.info.get("codes", {}) if hasattr(column, "info") else {}
        columns.append(Column(name, _label(column), _kind(column, codes), name in found.cube.sortable, codes))
    columns.append(Column(PLACE, "所属区市", "text", codes=found.districts))
    for measure, label in zip(found.measures, _contributed(found), strict=True):
        if measure.how == "set":
            columns.append(Column(f"+{measure.name}", label, "text", contribution=True))
            continue
        kind = "number" if measure.decimals else "integer"
        columns.append(Column(f"+{measure.name}", label, kind, contribution=True, decimals=measure.decimals))
    return columns


def _contributed(found: RowSource) -> list[str]:
    """Headings of what rows contribute; two sides of a quotient that would read alike are told apart."""
    what = ["(条)" if measure.value is None else _label(measure.value) for measure in found.measures]
    sides = ["分母" if measure in found.below else "分子" for measure in found.measures]
    alike = len(set(what)) < len(what)
    return [f"计入{side if alike and found.below else ''}{name}" for side, name in zip(sides, what, strict=True)]


def _selected(found: RowSource) -> Select[Any]:
    cube = found.cube
    names = found.indicator.rows or tuple(cube.sortable)
    statement = select(
        cube.fact.id,
        *(dim.column.label(dim.column.key) for dim in _keys(cube) if dim.column.key not in names),
        *(_column(cube, name).label(name) for name in names),
        cube.dim(DISTRICT).column.label(PLACE),
        *(_contribution(measure).label(f"+{measure.name}") for measure in found.measures),
    )
    for dim in cube.dims:
        if dim.names and _named_by(cube, names, dim):
            statement = statement.join(dim.names[0].class_, dim.names[0] == dim.column, isouter=True)
    return statement


def _contribution(measure: Measure) -> ColumnElement[Any]:
    return member(measure) if measure.how == "set" else weight(measure)


def _named_by(cube: Cube, names: tuple[str, ...], dim: Dim) -> bool:
    assert dim.names is not None
    label = dim.names[1].key
    return label in names and not hasattr(cube.fact, label)


def _column(cube: Cube, name: str) -> Any:
    if hasattr(cube.fact, name):
        return getattr(cube.fact, name)
    for dim in cube.dims:
        if dim.names and dim.names[1].key == name:
            return dim.names[1]
    raise KeyError(f"{cube.fact.__name__} 没有列 {name}")


def _label(column: Any) -> str:
    table_column = column.property.columns[0]
    return str(table_column.comment or column.key)


def _kind(column: Any, codes: Mapping[str, str]) -> str:
    if codes:
        return "code"
    if isinstance(column.type, Date):
        return "date"
    if isinstance(column.type, Fixed):
        return "number"
    return "integer" if isinstance(column.type, Integer) else "text"


def _in_time(cube: Cube, presence: Presence, bucket: Bucket, indexed: bool) -> ColumnElement[bool]:
    def column(declared: Any) -> Any:
        return declared if indexed else unindexed(declared)

    def within(declared: Any) -> ColumnElement[bool]:
        return and_(column(declared) >= bucket.lo, column(declared) < bucket.hi)

    if cube.time is not None:
        return within(cube.time)
    assert cube.since is not None
    if cube.until is None:
        return within(cube.since) if presence == "since" else column(cube.since) < bucket.hi
    lasting = or_(cube.until.is_(None), column(cube.until) > cube.since)
    if presence == "since":
        return and_(within(cube.since), lasting)
    if presence == "until":
        return and_(within(cube.until), column(cube.until) > cube.since)
    if presence == "during":
        stays = or_(cube.until.is_(None), column(cube.until) > bucket.lo)
        return and_(column(cube.since) < bucket.hi, stays, lasting)
    return and_(column(cube.since) < bucket.hi, or_(cube.until.is_(None), column(cube.until) >= bucket.hi))


def _allowed(cube: Cube, where: Where) -> list[ColumnElement[bool]]:
    return [_is_one_of(cube.dim(dim).column, members) for dim, members in where.allow]


def _is_one_of(column: Any, members: tuple[str, ...]) -> ColumnElement[bool]:
    """Whether a row belongs to one of the members; the nameless one stands for rows without any."""
    found: ColumnElement[bool] = column.in_(members)
    return or_(found, column.is_(None)) if "" in members else found


def _narrowed(cube: Cube, name: str, values: tuple[Any, ...]) -> ColumnElement[bool]:
    if name == PLACE:
        return cube.dim(DISTRICT).column.in_(values)
    column = getattr(cube.fact, name) if name in cube.fact.__table__.columns else None
    if column is not None and column.info.get("codes"):
        return column.in_(values)
    if column is None or name not in cube.sortable:
        raise PlatformError(f"不能按 {name} 筛选", "明细", "按代码列或可排序的列筛选")
    try:
        low, high = (None if value is None else _read_value(column, value) for value in values)
    except (ValueError, TypeError):
        raise PlatformError(f"读不懂 {name} 的筛选范围", "明细", "填写数值或日期") from None
    found = [column >= low] if low is not None else []
    found += [column <= high] if high is not None else []
    return and_(True, *found)


def _keys(cube: Cube) -> list[Dim]:
    """Dimensions whose members a row carries beside its columns, so that it can lead to them."""
    return [dim for dim in cube.dims if dim.names or dim.name == DISTRICT]


def _shown(row: Mapping[Any, Any], columns: list[Column], cube: Cube) -> dict[str, Any]:
    shown: dict[str, Any] = {"id": row["id"]} | {dim.column.key: row[dim.column.key] for dim in _keys(cube)}
    for column in columns:
        value = row[column.name]
        if column.contribution and column.decimals:
            value = Decimal(value).scaleb(-column.decimals)
        if column.codes:
            value = column.codes.get(value, value)
        shown[column.name] = value
    return shown


def _read_value(column: Any, value: Any) -> Any:
    """``value`` as the column takes it; ValueError or TypeError where it is none of its values."""
    if isinstance(column.type, Date):
        return value if isinstance(value, date) else date.fromisoformat(value)
    if isinstance(column.type, Fixed):
        column.type.scaled(value)
    return value


def _cursor(value: Any, row_id: int, walk: bool) -> str:
    text = value.isoformat() if isinstance(value, date) else str(value)
    return base64.urlsafe_b64encode(orjson.dumps([text, row_id, walk])).decode()


def _read_cursor(cursor: str, key: Any) -> tuple[Any, int, bool]:
    try:
        text, row_id, walk = orjson.loads(base64.urlsafe_b64decode(cursor))
        if not isinstance(row_id, int) or abs(row_id) >= LARGEST:
            raise ValueError(row_id)
        return _read_value(key, text), row_id, bool(walk)
    except (ValueError, TypeError, binascii.Error):
        raise PlatformError("翻页位置无效", "明细", "从第一页重新查看") from None
