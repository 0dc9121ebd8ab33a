"""How the figures of a scene stand against their targets, and how that is said."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from components.board.scene import Scene
from components.cards import Flag, Goal
from components.format import number
from components.theme import Tone
from data.export.table import Column, Kind
from data.judgement import Aim
from data.pace import EVEN, Pace, Standing, elapsed, has_pace, is_share, standing_of, year_to_date
from data.pace import aim_of as region_aim
from data.semantic.spec import Answer, Filter, Query

Number = float | None

FAR_BEHIND: Final = 5.0
"""百分点 behind the calendar from which on a task is in danger rather than late."""


def aim_of(scene: Scene, code: str, region: str | None = None, year: int | None = None) -> Aim | None:
    """The target of the scene's region (or another) in its year; a year's task has none for a part of its records."""
    if _narrowed(scene, code):
        return None
    place = scene.where.region if region is None else region
    at = year or scene.period.last.year
    additive = scene.kind(code).additive
    return region_aim(scene.judgement, scene.regions, scene.indicator(code), additive, place, at)


def runs(scene: Scene, code: str) -> bool:
    """Whether the indicator has a target here that is worked off through the year."""
    return has_pace(scene.indicator(code), scene.kind(code).additive) and aim_of(scene, code) is not None


def ask(scene: Scene, *codes: str) -> tuple[Query, ...]:
    """For each of ``codes`` that has a target the question for its value to date.

    All that is reported counts against the whole target, as on the card beside it: 5,427 of 6,120 is 88.7 %, whoever
    looks; where districts are missing it is marked 5/6.
    """
    spans = (year_to_date(scene.period.last),)
    return tuple(scene.query(code, spans) for code in codes if aim_of(scene, code))


def place_standing(scene: Scene, code: str, place: str, value: float | None) -> Standing | None:
    """How one place stands against its own target, or that which holds for all, by the day up to which it reported."""
    aim, kind = aim_of(scene, code, place), scene.kind(code)
    reported = scene.platform.engine.watermark((code,), Filter(place), scene.viewer)
    last = min(scene.period.last, reported or scene.period.last)
    return standing_of(scene.indicator(code), kind.additive, value, aim, last)


def standing(scene: Scene, code: str, answers: Sequence[Answer]) -> Standing | None:
    """How the indicator stands by the answers to :func:`ask`; None without a target or a value."""
    aim = aim_of(scene, code)
    answer = next((found for found in answers if code in found.series), None)
    if aim is None or answer is None:
        return None
    indicator, additive = scene.indicator(code), scene.kind(code).additive
    part = None if scene.reported.whole else (len(scene.reported.done), len(scene.reported.expected))
    last = min(scene.period.last, answer.as_of or scene.period.last)
    value = answer[code].total()[0]
    return standing_of(indicator, additive, value, aim, last, part)


def _narrowed(scene: Scene, code: str) -> bool:
    dims = scene.platform.registry.dims_of(code)
    task = scene.indicator(code).target_kind == "annual_task"
    return task and any(dim in dims for dim, _ in scene.where.allow)


# --- words -----------------------------------------------------------------------------------------------------


def tone_of(pace: Pace) -> Tone:
    """On time or done, late, far behind."""
    if pace.ahead > -EVEN or pace.rate >= 100:
        return "ok"
    return "bad" if pace.ahead < -FAR_BEHIND else "warn"


def short(pace: Pace) -> str:
    """``快 3.1 点``."""
    if abs(pace.ahead) < EVEN:
        return "与序时持平"
    return f"{'快' if pace.ahead > 0 else '慢'} {number(abs(pace.ahead), 1)} 点"


def goal(found: Standing | None, done: str = "完成") -> Goal | None:
    """What a card shows of a year's task: ``完成 78.2%，快 3.1 点``, and how far the bar goes; ``done`` is its word."""
    if found is None or found.pace is None:
        return None
    pace = found.pace
    told = f"目标 {number(found.aim.value, plain(found.aim.value))}，{found.words}"
    return Goal(f"{done} {number(pace.rate, 1)}%", short(pace), told, pace.rate, pace.due, tone_of(pace))


def flags(scene: Scene, code: str, found: Standing | None) -> list[Flag]:
    """How a headline says it: 完成率 with 快/慢 of a year's task, the way to a level."""
    if found is None:
        return []
    late = f"（{found.part[0]}/{found.part[1]} 区市）" if found.part else ""
    shown = goal(found)
    if shown is not None:
        return [Flag(f"{shown.done}，{shown.ahead}{late}", shown.tone)]
    indicator, target = scene.indicator(code), number(found.aim.value, plain(found.aim.value))
    if found.reached:
        return [Flag(f"{'达到' if found.value == found.aim.value else '优于'}目标 {target}{late}", "ok")]
    unit = "点" if is_share(indicator) else indicator.unit
    away = number(abs(found.aim.value - found.value), indicator.decimals)
    word = "差于目标" if indicator.better == "lower" else "距目标"
    return [Flag(f"{word} {target} {'' if indicator.better == 'lower' else '差 '}{away} {unit}{late}", "warn")]


def plain(value: float) -> int:
    """Decimals in which a target is told: none where it is a whole number."""
    return 0 if float(value).is_integer() else 1


# --- exports ---------------------------------------------------------------------------------------------------


def columns(scene: Scene, code: str, prefix: str = "", apart: bool = False) -> tuple[Column, ...]:
    """Headings of :func:`cells`; none where the region has no target, and of rows of places ``apart`` no place has."""
    if not (_any_place_has(scene, code) if apart else aim_of(scene, code)):
        return ()
    indicator = scene.indicator(code)
    kind: Kind = "percent" if is_share(indicator) else "number"
    target = Column(f"{prefix}目标", kind, indicator.decimals, indicator.unit, drawn=False)
    if not has_pace(indicator, scene.kind(code).additive):
        return (target,)
    return (
        target,
        Column(f"{prefix}完成率", "percent", 1, drawn=False),
        Column(f"{prefix}序时进度", "percent", 1, drawn=False),
        Column(f"{prefix}快慢", "number", 1, "百分点", drawn=False),
    )


def cells(heads: Sequence[Column], found: Standing | None, aim: Aim | None = None) -> tuple[Number, ...]:
    """A row's cells under the ``heads`` of :func:`columns`: target, 完成率, 序时进度, and 快 (+) or 慢 (−)."""
    target = found.aim if found else aim
    pace = found.pace if found else None
    row = (target.value if target else None, *((pace.rate, pace.elapsed, pace.ahead) if pace else (None, None, None)))
    return row[: len(heads)]


def _any_place_has(scene: Scene, code: str) -> bool:
    places = (scene.place_region, *scene.regions.districts(scene.place_region))
    return any(aim_of(scene, code, place) for place in places)


def remarks(scene: Scene, code: str, found: Standing | None) -> tuple[str, ...]:
    """What an export's notes say of a target: how much, who set it, how it stands, and how that is reckoned."""
    if found is None:
        return ()
    indicator = scene.indicator(code)
    target = f"{indicator.zh}目标 {number(found.aim.value, plain(found.aim.value))} {indicator.unit}"
    lines = [f"{target}（{found.aim.source}）；{found.words}"]
    if found.pace is not None:
        share = "数值本身（比例）对目标×序时进度" if is_share(indicator) else "年初至今累计 ÷ 年度目标"
        rule = "按完整月份" if indicator.january_with_february else "按已过天数"
        lines.append(f"完成率：{share}；序时进度：{rule}占全年，计至 {found.last.isoformat()}；快慢：两者相差的百分点")
    return tuple(lines)


def due(scene: Scene, code: str, aim: Aim, last: date) -> float | None:
    """The value that would be on time at the end of a day: the target's even share."""
    over = elapsed(last, merged=scene.indicator(code).january_with_february)
    return None if over is None else aim.value * over
