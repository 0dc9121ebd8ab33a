"""Checks of what figures are judged by: targets, limits, and the regions they are told for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import func, select

from data.models import Limit, Target
from data.selfcheck.findings import Check, Context, Finding
from data.semantic.scope import districts_of


def targets(context: Context) -> Iterator[Finding]:
    """Targets of nothing: of unknown indicators or regions, or for a year without data; and tasks without a target."""
    table = Target.__table__
    rows = list(context.connection.execute(select(table).order_by(table.c.indicator, table.c.year)))
    for row in rows:
        if row.indicator not in context.registry:
            what = f"{row.year} 年目标所属的指标不存在"
            yield Finding("bad", row.indicator, what, "核对目标表中的指标编码，改正或删除该行")
        elif row.year <= context.today.year and not _has_data(context, row.indicator, row.district_id, row.year):
            what = f"{context.regions.name(row.district_id)} {row.year} 年有目标，但没有数据"
            remedy = "补传该年度数据；不再考核的，删除该目标"
            yield Finding("warn", row.indicator, what, remedy, date(row.year, 1, 1))
    year = context.today.year
    aimed = {row.indicator for row in rows if row.year == year}
    for indicator in context.registry:
        if indicator.target_kind == "annual_task" and indicator.code not in aimed:
            what, remedy = f"{year} 年没有目标，无法算完成率和序时", f"按年度任务书录入 {year} 年目标"
            yield Finding("warn", indicator.code, what, remedy, date(year, 1, 1))


def _has_data(context: Context, code: str, region: str, year: int) -> bool:
    """Whether any district of a region has reported any of a year in every data set below an indicator."""
    districts = districts_of(context.regions, region)
    facts = sorted({cube.fact_name for cube in context.registry.cubes_of(code)})
    spans = context.coverage.over(facts, districts).values()
    first, last = date(year, 1, 1), min(date(year, 12, 31), context.today)
    return any(
        span.since <= last and span.complete_to >= first and not span.misses(max(first, span.since), last)
        for span in spans
    )


def _targets_fine(context: Context) -> str:
    count = context.connection.execute(select(func.count()).select_from(Target)).scalar_one()
    return f"{count} 条目标都有对应指标和数据"


def limits(context: Context) -> Iterator[Finding]:
    """Limits of unknown indicators, which judge nothing."""
    table = Limit.__table__
    for code in context.connection.execute(select(table.c.indicator).distinct()).scalars():
        if code not in context.registry:
            yield Finding("bad", code, "限值所属的指标不存在", "核对限值表中的指标编码，改正或删除该行")


def _limits_fine(context: Context) -> str:
    count = context.connection.execute(select(func.count()).select_from(Limit)).scalar_one()
    return f"{count} 条限值都有对应指标"


def nameless(context: Context) -> Iterator[Finding]:
    """Regions that charts would call by their number."""
    for region, node in context.regions.nodes.items():
        if not node.name.strip():
            yield Finding("bad", region, "区划没有名称", "在区划表中补上名称，再运行 flask --app app prepare")


def _all_named(context: Context) -> str:
    return f"{len(context.regions.nodes)} 个区划都有名称"


CHECKS = (
    Check("targets", "目标", targets, _targets_fine),
    Check("limits", "限值", limits, _limits_fine),
    Check("regions", "区划", nameless, _all_named),
)
