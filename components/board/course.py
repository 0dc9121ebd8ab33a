"""An indicator's own course: its value, how it is judged, and the series that leads to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, cast

from dash import html

from components import cards
from components.board import marked, pace
from components.board.cards import BAND_TONE, LEVEL_TONE, LEVEL_ZH, limit_flags, spoken_unit
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
from data.export.table import Cell, Column, Table
from data.export.table import Kind as ColumnKind
from data.marks import Grain
from data.pace import Standing, standing_of, year_to_date
from data.periods import GRAINS, ONE_DAY, Kind, Period, add_months, at_grain, buckets, start, step
from data.semantic.spec import Answer, Bucket, Query

LENGTHS: Final[dict[Kind, tuple[int, str]]] = {
    "day": (60, "日"),
    "week": (26, "周"),
    "month": (24, "月"),
    "quarter": (12, "季"),
    "year": (10, "年"),
}
"""How many points a series has at each grain, and their word."""

PER_YEAR: Final[dict[Kind, float]] = {"day": 365, "week": 365 / 7, "month": 12, "quarter": 4, "year": 1}
"""Points of a series in a year: an even share of the year's target falls to each."""

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
        found = [at_grain(period, grain, last, joined=True) for period in found if period.lo.month != 1]
    return found


@dataclass(frozen=True, kw_only=True)
class Course(Part):
    """The headline and its series, last year dotted, targets and limits across; a point chooses its period."""

    code: str
    columns: int = 45
    clicks: tuple[str, ...] = (PERIOD,)

    def queries(self, scene: Scene) -> Sequence[Query]:
        """The value, the periods it is compared with, the series with the year before, and the way to a target."""
        others = tuple(period.bucket for _, period in comparisons(scene.period))
        return (
            scene.query(self.code, (scene.period.bucket,)),
            scene.compared(self.code, (scene.period.bucket, *others)),
            scene.query(self.code, self._spans(scene)),
            *pace.ask(scene, self.code),
        )

    def draw(self, scene: Scene, answers: Sequence[Answer]) -> Drawn:
        """Headline above, series below."""
        value, compared, series, *to_date = answers
        indicator = scene.indicator(self.code)
        found = pace.standing(scene, self.code, to_date)
        known = dict(zip(series.query.buckets, series[self.code].total(), strict=True))
        figure = self._year(scene, series, known) if self._cumulated(scene) else self._figure(scene, series, known)
        body = None
        if figure["data"]:
            top = self._headline(scene, value[self.code].total()[0], compared, found)
            body = html.Div([top, graph(self.id, figure, f"{indicator.zh}走势")], className="course")
        return Drawn(
            "走势",
            figure=figure,
            body=body,
            subtitle=self._subtitle(scene) + footnote(self._cautions(scene, series)),
            table=self._table(scene, series, found),
        )

    def _subtitle(self, scene: Scene) -> str:
        unit = scene.indicator(self.code).unit
        if self._cumulated(scene):
            return f"{scene.period.label}；各月末，{unit}；虚线为上年同期与序时"
        count, word = LENGTHS[grain_of(scene, self.code)]
        return f"{scene.period.label}；近 {count} {word}，{unit}" + ("" if word == "年" else "；虚线为上年同期")

    def _cumulated(self, scene: Scene) -> bool:
        """Whether the series is drawn as the year's way to its target: 累计 of a year's task."""
        return scene.period.kind == "ytd" and pace.runs(scene, self.code)

    def _table(self, scene: Scene, answer: Answer, found: Standing | None) -> Callable[[], Table]:
        """The series as it is drawn: each period beside the same one a year before, and the way to the target."""
        grain = grain_of(scene, self.code)
        known = dict(zip(answer.query.buckets, answer[self.code].total(), strict=True))
        periods = course(scene, self.code, grain)
        dated = grain in ("day", "week", "month")
        kind: ColumnKind = "month" if grain == "month" else "date" if dated else "text"
        columns = [Column("期间", kind), value_column(scene, self.code), value_column(scene, self.code, "上年同期")]
        runs, aims = pace.runs(scene, self.code), pace.columns(scene, self.code)
        if runs:
            columns.append(replace(value_column(scene, self.code, "年初至今"), drawn=False))
        rows = []
        for p in periods:
            row = [p.lo if dated else _word(p), known[p.bucket], known[p.year_before().bucket]]
            if runs:
                row.append(known[year_to_date(p.last)])
            rows.append([*row, *self._stood(scene, p, known, aims)])
        heads = (*columns, *aims)
        aimed = pace.remarks(scene, self.code, found)
        said = self._cautions(scene, answer)
        table = own_table(
            scene, answer, scene.indicator(self.code).zh, heads, rows, "line", cautions=said, remarks=aimed
        )
        return marked.annotated(table, self._marks(scene, periods), len(periods))

    def _stood(
        self, scene: Scene, period: Period, known: Mapping[Bucket, float | None], aims: Sequence[Column]
    ) -> tuple[Cell, ...]:
        """How the indicator stood against the target of its year at a period's end."""
        aim = pace.aim_of(scene, self.code, year=period.last.year)
        value = known.get(year_to_date(period.last) if pace.runs(scene, self.code) else period.bucket)
        additive = scene.kind(self.code).additive
        found = standing_of(scene.indicator(self.code), additive, value, aim, period.last)
        return pace.cells(aims, found, aim)

    def _marks(self, scene: Scene, periods: Sequence[Period]) -> list[marked.Placed]:
        return marked.placed(scene, (self.code,), periods, cast(Grain, grain_of(scene, self.code)))

    def _cautions(self, scene: Scene, answer: Answer) -> list[str]:
        """Which periods of the series lack districts."""
        return cautions(scene, answer, [p.bucket for p in course(scene, self.code, grain_of(scene, self.code))])

    def _spans(self, scene: Scene) -> tuple[Bucket, ...]:
        """Every bucket once: of twenty-four months half are last year's of the other half.

        Where a year's task is worked off the year to date at the end of each, and of each month a year before.
        """
        now = course(scene, self.code, grain_of(scene, self.code))
        spans = {*(p.bucket for p in now), *(p.year_before().bucket for p in now)}
        if pace.runs(scene, self.code):
            spans |= {year_to_date(p.last) for p in now}
            if self._cumulated(scene):
                months = self._months(scene)
                spans |= {year_to_date(month.last) for month in months if month.lo <= scene.period.last}
                spans |= {year_to_date(_day_before(month)) for month in months}
        return tuple(sorted(spans))

    def _months(self, scene: Scene) -> list[Period]:
        """The months of the period's year; the last one with data is cut where the period ends."""
        last = scene.period.last
        whole = buckets("month", date(last.year, 1, 1), date(last.year + 1, 1, 1))
        found = [Period("month", b.lo, min(b.hi, last + ONE_DAY) if b.lo <= last else b.hi, b.hi) for b in whole]
        return found[1:] if scene.indicator(self.code).january_with_february else found

    def _year(self, scene: Scene, answer: Answer, known: Mapping[Bucket, float | None]) -> Figure:
        """The year to date month by month, last year's, and the even way to the target."""
        indicator, aim = scene.indicator(self.code), pace.aim_of(scene, self.code)
        assert aim is not None
        months = self._months(scene)
        here = [month for month in months if month.lo <= scene.period.last]
        now = [known[year_to_date(month.last)] for month in here]
        if all(value is None for value in now):
            return {"data": [], "layout": {}}
        before = [known[year_to_date(_day_before(month))] for month in months]
        ahead = len(months) - len(here)
        late = remarks(cautions(scene, answer, [year_to_date(month.last) for month in here]))
        partial = [*late, *[""] * ahead] if late else []
        series = [Series("今年", [*now, *[None] * ahead], strong=True, partial=partial)]
        if any(value is not None for value in before):
            series.append(Series("上年", before, dotted=True))
        due = [pace.due(scene, self.code, aim, month.last) for month in months]
        series.append(Series("序时", due, dotted=True, colour="s2"))
        return lines(
            [month.lo for month in months],
            series,
            theme=scene.theme,
            unit=indicator.unit,
            decimals=finer(indicator.decimals, [*now, *before]),
            zero=True,
            open_from=len(here) - 1 if here[-1].open else None,
            references=[Reference(aim.value, f"目标 {number(aim.value, pace.plain(aim.value))}", None)],
            events=marked.events(marked.placed(scene, (self.code,), months, "month"), [month.lo for month in months]),
            members=[month.token for month in months],
            height=180,
        )

    def _headline(self, scene: Scene, value: float | None, compared: Answer, found: Standing | None) -> Component:
        indicator = scene.indicator(self.code)
        level = scene.judgement.level(self.code, value, scene.period.last)
        words = [(word, i + 1) for i, (word, _) in enumerate(comparisons(scene.period))]
        parts = [
            cards.figure(value, spoken_unit(indicator), finer(indicator.decimals, (value,)), LEVEL_TONE[level]),
            *(cards.flag(flag) for flag in self._flags(scene, value, found)),
            *(cards.change(item) for item in changes(scene, self.code, compared[self.code].total(), words)),
        ]
        return html.Div(parts, className="course-head")

    def _flags(self, scene: Scene, value: float | None, found: Standing | None) -> list[Flag]:
        """How the value stands: still running, its band, the gravest limit it breaks, its target."""
        indicator = scene.indicator(self.code)
        flags = [Flag("进行中")] if scene.period.open and scene.period.kind != "ytd" else []
        if value is None:
            return flags
        band = next((b for b in indicator.bands if b.lo <= value < b.hi), None)
        flags += [Flag(f"{band.zh}档", BAND_TONE[band.state])] if band else []
        judged = limit_flags(scene, self.code, value)
        flags += judged
        return flags if judged else [*flags, *pace.flags(scene, self.code, found)]

    def _figure(self, scene: Scene, answer: Answer, known: Mapping[Bucket, float | None]) -> Figure:
        indicator = scene.indicator(self.code)
        grain = grain_of(scene, self.code)
        periods = course(scene, self.code, grain)
        if grain == "year":
            periods = [p for p in periods if known[p.bucket] is not None] or periods
        now = [known[p.bucket] for p in periods]
        before = [known[p.year_before().bucket] for p in periods]
        partial = remarks(cautions(scene, answer, [p.bucket for p in periods]))
        series = [Series("最新", now, strong=True, partial=partial)]
        if grain != "year" and any(value is not None for value in before):
            series.append(Series("上年", before, dotted=True))
        places = [p.lo for p in periods] if grain in ("day", "week", "month") else [_word(p) for p in periods]
        inside = [p.token for p in periods if p.lo < scene.period.hi and p.hi > scene.period.lo]
        return lines(
            places,
            series,
            theme=scene.theme,
            unit=indicator.unit,
            decimals=finer(indicator.decimals, [*now, *before]),
            open_from=len(periods) - 1 if periods[-1].open else None,
            references=self.references(scene, [*now, *before]),
            events=marked.events(self._marks(scene, periods), places),
            members=[p.token for p in periods],
            chosen=inside[-1:],
            height=180,
            width=760,
        )

    def references(self, scene: Scene, values: Sequence[float | None]) -> list[Reference]:
        """Target and limits in reach of the values; a limit that is the target is said once."""
        known = [value for value in values if value is not None]
        low, high = min(known, default=0.0), max(known, default=0.0)
        room = max(high - low, FAR * abs(high))
        found = self._line(scene)
        for bound in scene.judgement.bounds(self.code, scene.period.last):
            if not any(line.value == bound.value for line in found):
                tone: Tone | None = LEVEL_TONE[bound.level]
                found.append(Reference(bound.value, f"{LEVEL_ZH[bound.level]} {number(bound.value)}", tone))
        return [line for line in found if low - room <= line.value <= high + room]

    def _line(self, scene: Scene) -> list[Reference]:
        """The target as a line: the level itself, or of a sum the even share that falls to a point of the series."""
        aim = pace.aim_of(scene, self.code)
        if aim is None:
            return []
        kind = scene.kind(self.code)
        if not pace.runs(scene, self.code) or not kind.additive or kind.stock:
            return [Reference(aim.value, f"目标 {number(aim.value, pace.plain(aim.value))}", None)]
        grain = grain_of(scene, self.code)
        even = aim.value / PER_YEAR[grain]
        words = f"序时{LENGTHS[grain][1]}均" if grain != "year" else "目标"
        return [Reference(even, f"{words} {number(even, finer(scene.indicator(self.code).decimals, (even,)))}", None)]


def _day_before(month: Period) -> date:
    """The last day of a month a year before, or the same day of it while the month is open."""
    return add_months(month.last, -12) if month.open else add_months(month.lo, -11) - ONE_DAY


def _word(period: Period) -> str:
    return period.token.replace("-Q", " 年 ") + (" 季" if period.kind == "quarter" else " 年")
