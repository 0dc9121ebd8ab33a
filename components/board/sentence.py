"""A figure in one sentence, to be pasted into a report: when, where, what, how much, and against what."""

from __future__ import annotations

from components.board.cards import spoken_unit
from components.board.part import Drawn, Part, changes, comparisons
from components.board.scene import Scene
from components.cards import Change
from components.format import day, finer, number
from components.state import PLACES
from data.semantic.spec import CITY, Filter

SPOKEN = {"点": "个百分点", "月": "个月"}
"""Units of a change, as one says them."""


def sentence_of(part: Part, drawn: Drawn, scene: Scene) -> str:
    """The headline of the part's first indicator, then what the part itself says of it; or that alone."""
    codes = part.codes()
    lead = headline(scene, codes[0], drawn.where or scene.where) if codes and not drawn.alone else ""
    return f"{lead}{drawn.sentence}"


def headline(scene: Scene, code: str, where: Filter) -> str:
    """``2026 年 10 月，兴化市商品房网签面积（用途：住宅）3.2 万㎡，环比下降 4.1%，同比上升 2.0%。``

    Changes are of like with like; where districts are missing the sentence says how many have reported.
    """
    indicator = scene.indicator(code)
    spans = (scene.period.bucket, *(period.bucket for _, period in comparisons(scene.period)))
    engine = scene.platform.engine
    value = engine.answer(scene.query(code, spans[:1], where=where), scene.viewer)[code].total()[0]
    thing = f"{_when(scene, code)}，{_place(scene, where)}{indicator.zh}{_under(scene, where)}"
    if value is None:
        return f"{thing}暂无数据。"
    compared = engine.answer(scene.compared(code, spans, where), scene.viewer)[code].total()
    words = [(word, i + 1) for i, (word, _) in enumerate(comparisons(scene.period))]
    moved = [told for change in changes(scene, code, compared, words) if (told := _moved(change))]
    unit = spoken_unit(indicator)
    amount = f"{number(value, finer(indicator.decimals, (value,)))}{'' if unit == '%' else ' '}{unit}"
    reported = scene.reported
    late = "" if reported.whole else f"（{len(reported.done)}/{len(reported.expected)} 区市已报，比较为同口径）"
    return "，".join((f"{thing} {amount}", *moved)) + f"{late}。"


def _when(scene: Scene, code: str) -> str:
    """The period; of a state the day at its end."""
    last = scene.period.last
    return f"截至 {last.year} 年 {day(last)}" if scene.kind(code).stock else scene.period.label


def _place(scene: Scene, where: Filter) -> str:
    return "全市" if where.region in (CITY, scene.regions.root) else scene.regions.name(where.region)


def _under(scene: Scene, where: Filter) -> str:
    """Filters other than the place."""
    parts = []
    for dim, members in where.allow:
        if dim not in PLACES:
            words = "、".join(scene.labels(dim, members).values())
            parts.append(f"{scene.platform.registry.dims[dim].zh}：{words}")
    return f"（{'；'.join(parts)}）" if parts else ""


def _moved(change: Change) -> str:
    if change.delta is None:
        return ""
    if not change.moved:
        return f"{change.label}持平"
    suffix = SPOKEN.get(change.suffix.strip(), change.suffix.strip())
    gap = "" if suffix == "%" else " "
    direction = "上升" if change.moved > 0 else "下降"
    return f"{change.label}{direction} {number(abs(change.moved), change.decimals)}{gap}{suffix}"
