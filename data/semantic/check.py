"""What makes a declaration sound; each check raises a ValueError that names what is wrong, in Chinese."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from sqlalchemy.sql import operators
from sqlalchemy.sql.elements import BinaryExpression, BooleanClauseList, ColumnElement

from data.semantic.spec import DISTRICT, Cube, Dim, During, Indicator, Measure, Quantile, leaves, measures
from data.semantic.sql import MEMBER, NET, NODE, ROWS, node_table, rung_name, set_table

LONGEST_NAME = 63
"""Characters that PostgreSQL keeps of a table's name."""


def cubes(declared: Sequence[Cube]) -> None:
    """Each cube in itself, and all of them together."""
    names: set[str] = set()
    owners: dict[Any, str] = {}
    dims: dict[str, tuple[Dim, str]] = {}
    for cube in declared:
        if cube.name in names:
            raise ValueError(f"立方体 {cube.name} 重复声明")
        names.add(cube.name)
        _cube(cube)
        for measure in cube.measures:
            if measure in owners:
                raise ValueError(f"度量 {measure.name} 同时属于立方体 {owners[measure]} 和 {cube.name}")
            owners[measure] = cube.name
        for dim in cube.dims:
            first, where = dims.setdefault(dim.name, (dim, cube.name))
            if _words(first) != _words(dim):
                raise ValueError(f"维度 {dim.name} 在立方体 {where} 和 {cube.name} 中的名称或成员名不一致")


def _words(dim: Dim) -> tuple[Any, ...]:
    names = dim.names and tuple(str(column) for column in dim.names)
    return dim.zh, dim.codes, dim.region, names


def _cube(cube: Cube) -> None:
    of = f"立方体 {cube.name} "
    if (cube.time is None) == (cube.since is None) or (cube.until is not None and cube.since is None):
        raise ValueError(f"{of}须声明 time，或声明 since（及 until），二者取一")
    _measures(cube, of)
    columns = [dim.name for dim in cube.dims] + [measure.name for measure in cube.measures]
    reserved = {"cell", "id", ROWS, NET, MEMBER, NODE}
    taken = {name for name in columns if columns.count(name) > 1} | reserved & set(columns)
    if taken:
        raise ValueError(f"{of}的维度或度量名 {'、'.join(sorted(taken))} 重复或被占用")
    if DISTRICT not in cube.dim_names or not cube.dim(DISTRICT).region:
        raise ValueError(f"{of}没有区市维度 {DISTRICT}，无法限定账号辖区")
    _rungs(cube, of)
    _sortable(cube, of)


def _measures(cube: Cube, of: str) -> None:
    for measure in cube.measures:
        if measure.at and not cube.is_stock:
            raise ValueError(f"{of}不是时点存量，度量 {measure.name} 没有起止可计")
        if measure.how == "set" and (measure.value is None or measure.at):
            raise ValueError(f"{of}的去重度量 {measure.name} 须指明去重的列，且不分起止")
        for table in (set_table(cube, measure), node_table(cube, measure)) if measure.how == "set" else ():
            if len(table.name) > LONGEST_NAME:
                raise ValueError(f"{of}的表名 {table.name} 超过 PostgreSQL 的 {LONGEST_NAME} 个字符")
    if cube.published and (cube.until is None or cube.dim_names != {DISTRICT}):
        raise ValueError(f"{of}是公布值，须声明 since 和 until，且只按区市分")


def _rungs(cube: Cube, of: str) -> None:
    if not cube.rungs or cube.rungs[-1].grain != "day" or set(cube.rungs[-1].dims) != cube.dim_names:
        raise ValueError(f"{of}的最后一级须按日并含全部维度")
    for rung in cube.rungs:
        if len(rung_name(cube, rung)) > LONGEST_NAME:
            raise ValueError(f"{of}的表名 {rung_name(cube, rung)} 超过 PostgreSQL 的 {LONGEST_NAME} 个字符")
        if DISTRICT not in rung.dims:
            raise ValueError(f"{of}的一级 {rung.name} 不含区市维度 {DISTRICT}")
        unknown = set(rung.dims) - cube.dim_names
        if unknown:
            raise ValueError(f"{of}的一级 {rung.name} 含未声明的维度 {'、'.join(sorted(unknown))}")


def _sortable(cube: Cube, of: str) -> None:
    """Rows are read on from the last one seen, which a missing value can't be compared with."""
    if not cube.sortable:
        raise ValueError(f"{of}没有可排序的列 sortable")
    table = cube.fact.__table__
    present = {_name(column) for column in (cube.time, cube.since) if column is not None}
    present |= set(_known_present(cube.where))
    for name in cube.sortable:
        if name not in table.columns:
            raise ValueError(f"{of}的可排序列 {name} 不存在")
        if table.columns[name].nullable and name not in present:
            raise ValueError(f"{of}的可排序列 {name} 可能为空，不能用于翻页")


def _known_present(where: ColumnElement[bool] | None) -> Iterator[str]:
    """Columns that a condition holds to be present: ``IS NOT NULL``, alone or joined by AND."""
    if isinstance(where, BooleanClauseList) and where.operator is operators.and_:
        for clause in where.clauses:
            yield from _known_present(clause)
    elif isinstance(where, BinaryExpression) and where.operator is operators.is_not:
        yield _name(where.left)


def _name(column: Any) -> str:
    return str(getattr(column, "name", ""))


def indicator(declared: Indicator, cube_of: Mapping[Measure, Cube]) -> None:
    """What an indicator says besides its shape; ``cube_of`` knows the cube of each of its measures."""
    for leaf in leaves(declared.value):
        if isinstance(leaf, Quantile):
            cube = cube_of[leaf.count]
            if leaf.over not in cube.dim_names or not cube.dim(leaf.over).number:
                raise ValueError(f"指标 {declared.code} 的分位数须取自立方体 {cube.name} 的数值维度")
            if cube.is_state(leaf.count) or not 0 <= leaf.p <= 1:
                raise ValueError(f"指标 {declared.code} 的分位数须对期间内的记录取 0 到 1 的分位")
        if isinstance(leaf, During) and not (
            cube_of[leaf.entered] is cube_of[leaf.left]
            and (leaf.entered.at, leaf.left.at) == ("since", "until")
            and leaf.entered.decimals == leaf.left.decimals
        ):
            raise ValueError(f"指标 {declared.code} 的期间在册须由同一立方体的起、止两个度量组成")
    _row_columns(declared, {cube_of[measure] for measure in measures(declared.value)})
    for band in declared.bands:
        if not band.lo < band.hi:
            raise ValueError(f"指标 {declared.code} 的分档 {band.zh} 下限不小于上限")
    for lower, upper in pairwise(declared.bands):
        if upper.lo < lower.hi:
            raise ValueError(f"指标 {declared.code} 的分档 {lower.zh}、{upper.zh} 未按升序或有重叠")


def _row_columns(declared: Indicator, cubes: Collection[Cube]) -> None:
    if declared.rows and len(cubes) != 1:
        raise ValueError(f"指标 {declared.code} 不出自单一立方体，不能声明明细列 rows")
    for cube in cubes:
        known = set(cube.fact.__table__.columns.keys()) | {dim.names[1].key for dim in cube.dims if dim.names}
        unknown = [name for name in declared.rows if name not in known]
        if unknown:
            raise ValueError(f"指标 {declared.code} 的明细列 {'、'.join(unknown)} 不存在")
