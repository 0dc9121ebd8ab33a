"""An indicator's own course: its value, how it is judged, and the series that leads to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from dash import html

from components import cards
from components.board.cards import BAND_TONE, LEVEL_TONE, LEVEL_ZH, limit_flags
from components.board.part import (
    Drawn,
    Part,
    cautions,
    changes,
    comparisons,
    footnote,
    own_table,
    remarks,
    value_column,
)
from components.board.scene import Scene
from components.cards import Flag
from components.figures import lines
from components.figures.base import Figure, Reference, Series
from components.format import finer, number
from components.panels import graph
from components.state import PERIOD
from components.states import Component
from components.theme import Tone
from data.export.table import Column, Table
from data.export.table import Kind as ColumnKind
from data.judgement import Aim
from data.periods import ONE_DAY, Kind, Period, buckets, start, step
from data.semantic.spec import Answer, Bucket, Query

GRAINS: Final[tuple[Kind, ...]] = ("day", "week", "month", "quarter", "year")
LENGTHS: Final[dict[Kind, tuple[int, str]]] = {
    "day": (60, "日"),
    "week": (26, "周"),
    "month": (24, "月"),
    "quarter": (12, "季"),
    "year": (10, "年"),
}
"""How many points a series has at each grain, and their word."""

FAR: Final = 0.35
"""A limit further from the series than this share of its greatest value would press it flat; the definition has it."""


def grain_of(scene: Scene, code: str) -> Kind:
    """Grain of an indicator's series: what the period asks for, but none finer than the indicator is published in."""
    period = scene.period
    wanted: Kind = period.kind
    if wanted == "ytd":
        wanted = "month"
    elif wanted == "range":
        wanted = "day" if (period.hi - period.lo).days <= LENGTHS["day"][0] else "month"
    return max(wanted, scene.indicator(code).grain, key=GRAINS.index)


def course(scene: Scene, code: str, grain: Kind) -> list[Period]:
    """Consecutive periods up to the end of the data, or up to the chosen period where that lies further back."""
    count = LENGTHS[grain][0]
    first = step(grain, start(grain, scene.end), 1 - count)
    last: date = scene.end
    if scene.period.lo < first:
        last = scene.period.last
        first = step(grain, start(grain, last), 1 - count)
    found = [Period(grain, b.lo, min(b.hi, last + ONE_DAY), b.hi) for b in buckets(grain, first, last + ONE_DAY)]
    if grain == "month" and scene.indicator(code).january_with_february:
        # A year to date as of the end of February is the two months' sum: January alone is not published.
        found = [period for period in found if period.lo.month != 1]
    return found


def aim_of(scene: Scene, code: str) -> Aim | None:
    """The region's own target; where it has none and the target is a rate or level for all, the city's."""
    year, judgement = scene.period.last.year, scene.judgement
    own = judgement.target(code, scene.where.region or scene.regions.root, year)
    shared = scene.indicator(code).target_kind == "national" or scene.indicator(code).unit == "%"
    return own or (judgement.target(code, scene.regions.root, year) if shared else None)


@dataclass(frozen=True, kw_only=True)
class Course(Part):
    """The headline and its series, last year dotted, targets and limits across; a point chooses its period."""

    code: str
    columns: int = 45
    clicks: tuple[str, ...] = (PERIOD,)

    def queries(self, scene: Scene) -> Sequence[Query]:
        """The value, the periods it is compared with, and the series with the year before in one question."""
        others = tuple(period.bucket for _, period in comparisons(scene.period))
        return (
            scene.query(self.code, (scene.period.bucket,)),
            scene.compared(self.code, (scene.period.bucket, *others)),
            scene.query(self.code, self._spans(scene)),
        )

    def draw(self, scene: Scene, answers: Sequence[Answer]) -> Drawn:
        """Headline above, series below."""
        value, compared, series = answers
        indicator = scene.indicator(self.code)
        figure = self._figure(scene, series)
        count, word = LENGTHS[grain_of(scene, self.code)]
        subtitle = f"{scene.period.label}；近 {count} {word}，{indicator.unit}"
        body = None
        if figure["data"]:
            top = self._headline(scene, value[self.code].total()[0], compared)
            body = html.Div([top, graph(self.id, figure, f"{indicator.zh}走势")], className="course")
        return Drawn(
            "走势",
            figure=figure,
            body=body,
            subtitle=subtitle + ("" if word == "年" else "；虚线为上年同期") + footnote(self._cautions(scene, series)),
            table=self._table(scene, series),
        )

    def _table(self, scene: Scene, answer: Answer) -> Callable[[], Table]:
        """The series as it is drawn: each period beside the same one a year before."""
        grain = grain_of(scene, self.code)
        known = dict(zip(answer.query.buckets, answer[self.code].total(), strict=True))
        periods = course(scene, self.code, grain)
        dated = grain in ("day", "week", "month")
        kind: ColumnKind = "month" if grain == "month" else "date" if dated else "text"
        rows = [(p.lo if dated else _word(p), known[p.bucket], known[p.year_before().bucket]) for p in periods]
        now, before = value_column(scene, self.code), value_column(scene, self.code, "上年同期")
        heads, said = (Column("期间", kind), now, before), self._cautions(scene, answer)
        return own_table(scene, answer, scene.indicator(self.code).zh, heads, rows, "line", said)

    def _cautions(self, scene: Scene, answer: Answer) -> list[str]:
        """Which periods of the series lack districts."""
        return cautions(scene, answer, [p.bucket for p in course(scene, self.code, grain_of(scene, self.code))])

    def _spans(self, scene: Scene) -> tuple[Bucket, ...]:
        """Every bucket once: of twenty-four months half are last year's of the other half."""
        now = course(scene, self.code, grain_of(scene, self.code))
        return tuple(sorted({*(p.bucket for p in now), *(p.year_before().bucket for p in now)}))

    def _headline(self, scene: Scene, value: float | None, compared: Answer) -> Component:
        indicator = scene.indicator(self.code)
        level = scene.judgement.level(self.code, value, scene.period.last)
        words = [(word, i + 1) for i, (word, _) in enumerate(comparisons(scene.period))]
        parts = [
            cards.figure(value, indicator.unit, finer(indicator.decimals, (value,)), LEVEL_TONE[level]),
            *(cards.flag(flag) for flag in self._flags(scene, value)),
            *(cards.change(item) for item in changes(scene, self.code, compared[self.code].total(), words)),
        ]
        return html.Div(parts, className="course-head")

    def _flags(self, scene: Scene, value: float | None) -> list[Flag]:
        """How the value stands: still running, its band, the gravest limit it breaks, its target."""
        indicator = scene.indicator(self.code)
        flags = [Flag("进行中")] if scene.period.open and scene.period.kind != "ytd" else []
        if value is None:
            return flags
        band = next((b for b in indicator.bands if b.lo <= value < b.hi), None)
        flags += [Flag(f"{band.zh}档", BAND_TONE[band.state])] if band else []
        judged = limit_flags(scene, self.code, value)
        flags += judged
        aim = aim_of(scene, self.code)
        if aim and not judged:
            flags.append(self._aimed(scene, value, aim.value))
        return flags

    def _aimed(self, scene: Scene, value: float, aim: float) -> Flag:
        indicator = scene.indicator(self.code)
        reached = value <= aim if indicator.better == "lower" else value >= aim
        if reached:
            return Flag(f"{'优于' if value != aim else '达到'}目标 {number(aim)}", "ok")
        unit = "点" if indicator.unit == "%" else indicator.unit
        return Flag(f"距目标 {number(aim)} 差 {number(abs(aim - value), indicator.decimals)} {unit}", "warn")

    def _figure(self, scene: Scene, answer: Answer) -> Figure:
        indicator = scene.indicator(self.code)
        grain = grain_of(scene, self.code)
        known = dict(zip(answer.query.buckets, answer[self.code].total(), strict=True))
        periods = course(scene, self.code, grain)
        if grain == "year":
            periods = [p for p in periods if known[p.bucket] is not None] or periods
        now = [known[p.bucket] for p in periods]
        before = [known[p.year_before().bucket] for p in periods]
        partial = remarks(cautions(scene, answer, [p.bucket for p in periods]))
        series = [Series("最新", now, strong=True, partial=partial)]
        if grain != "year" and any(value is not None for value in before):
            series.append(Series("上年", before, dotted=True))
        inside = [p.token for p in periods if p.lo < scene.period.hi and p.hi > scene.period.lo]
        return lines(
            [p.lo for p in periods] if grain in ("day", "week", "month") else [_word(p) for p in periods],
            series,
            theme=scene.theme,
            unit=indicator.unit,
            decimals=finer(indicator.decimals, [*now, *before]),
            open_from=len(periods) - 1 if periods[-1].open else None,
            references=self.references(scene, [*now, *before]),
            members=[p.token for p in periods],
            chosen=inside[-1:],
            height=180,
        )

    def references(self, scene: Scene, values: Sequence[float | None]) -> list[Reference]:
        """Target and limits in reach of the values; a limit that is the target is said once."""
        known = [value for value in values if value is not None]
        low, high = min(known, default=0.0), max(known, default=0.0)
        room = max(high - low, FAR * abs(high))
        aim = aim_of(scene, self.code)
        found = [Reference(aim.value, f"目标 {number(aim.value)}", None)] if aim else []
        for bound in scene.judgement.bounds(self.code, scene.period.last):
            if not any(line.value == bound.value for line in found):
                tone: Tone | None = LEVEL_TONE[bound.level]
                found.append(Reference(bound.value, f"{LEVEL_ZH[bound.level]} {number(bound.value)}", tone))
        return [line for line in found if low - room <= line.value <= high + room]


def _word(period: Period) -> str:
    return period.token.replace("-Q", " 年 ") + (" 季" if period.kind == "quarter" else " 年")
