"""Checks of declarations: what changed, what nobody has proven, what has no rows, what nobody sees."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import lru_cache
from itertools import pairwise

from sqlalchemy import select

from data.periods import add_months, month_of
from data.selfcheck.definitions import Known, known_definitions
from data.selfcheck.findings import Check, Context, Finding
from data.selfcheck.proven import PROVEN, read_proven
from data.semantic.digest import digest_of
from data.semantic.rollup import stale_cubes
from data.semantic.spec import Cube, Indicator, Measure, Of, leaves
from data.semantic.sql import ROWS, rung_table

SILENT_MONTHS = 13
"""Months without a row after which an indicator measures nothing: a year, and one month to be late in."""

UNEXPLAINED = "未说明"
"""The reason that is kept of a changed definition for which nobody has given one."""

RECENT = timedelta(days=400)
"""How long a changed unit stays worth a look: figures of the year before are compared with it."""


digest = lru_cache(maxsize=4096)(digest_of)
""":func:`digest_of`, once a process: declarations do not change while it runs."""


# --- changed ---------------------------------------------------------------------------------------------------


def changed(context: Context) -> Iterator[Finding]:
    """Declarations that differ from what the database last knew, and units that changed not long ago."""
    kept = known_definitions(context.connection)
    for indicator in context.registry:
        known = kept.get(indicator.code, [])
        if not known:
            continue
        now = Known(indicator.unit, indicator.definition, digest(indicator, context.registry), context.today, "")
        words = _differing(known[-1], now)
        if words:
            what = f"程序中的{'、'.join(words)}与库中登记的不同"
            remedy = "运行 flask --app app prepare 登记新口径，并在口径变更清单中写明日期、修改人和原因"
            yield Finding("bad", indicator.code, what, remedy, known[-1].valid_from)
        yield from _unit_moved(context, indicator, known)
        if known[-1].reason == UNEXPLAINED:
            what, remedy = "口径变更没有说明原因", "在口径变更清单 data/indicators/changes.py 中补写该日的原因"
            yield Finding("warn", indicator.code, what, remedy, known[-1].valid_from)


def _differing(before: Known, after: Known) -> list[str]:
    fields = {"unit": "单位", "definition": "定义", "digest": "取数"}
    return [zh for name, zh in fields.items() if getattr(before, name) != getattr(after, name)]


def _unit_moved(context: Context, indicator: Indicator, known: list[Known]) -> Iterator[Finding]:
    for before, after in pairwise(known):
        if before.unit != after.unit and context.today - after.valid_from <= RECENT:
            what = f"单位由“{before.unit}”改为“{after.unit}”"
            remedy = "核对该指标的目标、限值和已上报材料是否仍按原单位填写"
            yield Finding("warn", indicator.code, what, remedy, after.valid_from)


def _none_changed(context: Context) -> str:
    kept = known_definitions(context.connection)
    return f"{len(kept)} 个指标的单位、定义和取数与登记一致" if kept else "尚无口径登记"


# --- proven ----------------------------------------------------------------------------------------------------


def unproven(context: Context) -> Iterator[Finding]:
    """Declarations without an independent calculation, or changed since they were proven."""
    proofs = read_proven()
    for indicator in context.registry:
        proof = proofs.get(indicator.code)
        if proof is None:
            remedy = "由程序维护方按定义另写一条独立核算语句，通过后重出核算清单"
            yield Finding("warn", indicator.code, "没有独立核算过，数值只有一种算法", remedy)
        elif proof.digest != digest(indicator, context.registry):
            what, remedy = "核算之后取数又改过", "由程序维护方重新核算，通过后重出核算清单"
            yield Finding("warn", indicator.code, what, remedy, proof.proven_on)


def _all_proven(context: Context) -> str:
    days = [proof.proven_on for proof in read_proven(PROVEN).values()]
    return f"{sum(1 for _ in context.registry)} 个指标都与独立核算一致，最近核算 {max(days)}" if days else ""


# --- rows ------------------------------------------------------------------------------------------------------


def without_rows(context: Context) -> Iterator[Finding]:
    """Indicators with nothing behind them though their data set is reported, or that show no rows."""
    since = add_months(month_of(context.today), -SILENT_MONTHS)
    for indicator in context.registry:
        measures = [leaf for leaf in leaves(indicator.value) if isinstance(leaf, Measure)]
        cubes = {context.registry.cube_of(measure) for measure in measures}
        unreported = context.coverage.unreported(cube.fact_name for cube in cubes)
        if measures and not unreported and not any(_has_rows(context, measure, since) for measure in measures):
            what = f"近 {SILENT_MONTHS} 个月没有一条记录计入"
            remedy = "核对来源数据中该指标用到的字段是否已填、代码是否写法不一；确已停用的请停用该指标"
            yield Finding("warn", indicator.code, what, remedy, since)
        if len(cubes) == 1 and not indicator.rows:
            what, remedy = "没有声明明细列，点开后看不到明细", "在指标声明中写明 rows：编号、名称、数量、日期各一列"
            yield Finding("warn", indicator.code, what, remedy)


def _has_rows(context: Context, measure: Measure, since: object) -> bool:
    """Whether any cell of the coarsest kept sums has something of a measure: of an event since a day, of a state ever.

    A state that nothing has entered or left for a year holds all the same.
    """
    cube: Cube = context.registry.cube_of(measure)
    table = rung_table(cube, cube.rungs[0])
    counted = table.c[measure.name] if measure.name in table.c else table.c[ROWS]
    query = select(table.c.cell).where(counted != 0).limit(1)
    if not cube.is_stock:
        query = query.where(table.c.cell >= since)
    return context.connection.execute(query).first() is not None


def _all_have_rows(context: Context) -> str:
    return f"各指标近 {SILENT_MONTHS} 个月都有记录，且都能点开明细"


# --- kept sums -------------------------------------------------------------------------------------------------


def stale(context: Context) -> Iterator[Finding]:
    """Cubes whose kept sums are missing, or were made from another declaration."""
    for cube in stale_cubes(context.connection, context.registry):
        yield Finding("bad", cube.zh, "汇总未建，或汇总之后口径又改过", "运行 flask --app app prepare 重建汇总")


def _none_stale(context: Context) -> str:
    return f"{len(context.registry.cubes)} 个汇总与声明一致"


# --- bands and places ------------------------------------------------------------------------------------------


def gaps_in_bands(context: Context) -> Iterator[Finding]:
    """Values that fall between two named ranges and are called nothing."""
    for indicator in context.registry:
        for lower, upper in pairwise(indicator.bands):
            if lower.hi < upper.lo:
                what = f"分档“{lower.zh}”与“{upper.zh}”之间空着 {lower.hi:g}—{upper.lo:g}"
                remedy = "在指标声明中让上一档的上限等于下一档的下限"
                yield Finding("warn", indicator.code, what, remedy)


def _bands_close(context: Context) -> str:
    return f"{sum(1 for indicator in context.registry if indicator.bands)} 个分档指标首尾相接"


def unseen(context: Context) -> Iterator[Finding]:
    """Indicators that no page shows and that no other refers to: each costs upkeep and tells nobody anything."""
    if context.shown is None:
        return
    used = set(context.shown)
    for indicator in context.registry:
        used |= {leaf.code for leaf in leaves(indicator.value) if isinstance(leaf, Of)}
        used |= {flow.code for flow in indicator.bridge}
    for indicator in context.registry:
        if indicator.code not in used:
            what, remedy = "没有页面展示，也没有别的指标引用", "放到所属驾驶舱，或确认只在指标目录中查阅"
            yield Finding("warn", indicator.code, what, remedy)


def _all_seen(context: Context) -> str:
    return "各指标都有页面展示或被引用" if context.shown is not None else "未核对页面"


CHECKS = (
    Check("changed", "口径变动", changed, _none_changed),
    Check("proven", "独立核算", unproven, _all_proven),
    Check("rows", "明细记录", without_rows, _all_have_rows),
    Check("rollups", "汇总", stale, _none_stale),
    Check("bands", "分档", gaps_in_bands, _bands_close),
    Check("shown", "页面展示", unseen, _all_seen),
)
