"""Parts that are charts: trends, comparisons between places, crosstabs, bridges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from components.board.cards import BAND_TONE, LEVEL_TONE
from components.board.part import Drawn, Part, comparisons, table_of, told
from components.board.scene import Scene
from components.figures import bullets, heatmap, lines, multiples, progress, ranking, waterfall
from components.figures.base import Event, Mark, Reference, Series
from components.figures.tables import Small
from components.format import arrow, finer, number, percent
from components.theme import Tone
from data.export.build import notes_of
from data.export.table import Column, Table
from data.periods import ONE_DAY, add_months, buckets, latest
from data.semantic.spec import Answer, Band, Bucket, Query

SHORT_DAYS = 45
"""A period shorter than this is drawn within the last ninety days: a trend of three points says nothing."""

LONG_DAYS = 90

BRIDGE_DECIMALS = 2
SHORTEST_BRIDGE_DAYS = 28
EXACT = 1e-6
"""Sums are exact integers; only their division into 万㎡ leaves a trace in the last bits."""

APART = 5.0
"""A place whose price moves this many points below the whole is lit."""


@dataclass(frozen=True)
class Smooth:
    """A line of a trend: an indicator as the mean of this many days, long enough for what comes in lumps."""

    code: str
    days: int = 7


@dataclass(frozen=True, kw_only=True)
class Trend(Part):
    """Daily amounts as moving means, the first indicator against its own last year, others beside it."""

    zh: str
    lead: Smooth
    others: tuple[Smooth, ...] = ()
    height: int = 250
    """Least height of its chart in pixels, by which the names at the lines' ends are spaced."""

    @property
    def lines(self) -> tuple[Smooth, ...]:
        """The lead, then the others."""
        return (self.lead, *self.others)

    def codes(self) -> tuple[str, ...]:
        """All lines."""
        return tuple(line.code for line in self.lines)

    def queries(self, scene: Scene) -> Sequence[Query]:
        """Daily values of the window and, for the lead, of the year before; some days more for the mean."""
        return (
            *(scene.query(line.code, self._days(scene, line)) for line in self.lines),
            scene.query(self.lead.code, _year_earlier(self._days(scene, self.lead))),
            scene.query(self.lead.code, [scene.period.bucket]),
            scene.compared(self.lead.code, [scene.period.bucket, scene.period.year_before().bucket]),
        )

    def draw(self, scene: Scene, answers: Sequence[Answer]) -> Drawn:
        """The lines, with what explains their dips."""
        days = self._days(scene, Smooth("", 1))
        *now, before, whole, compared = answers
        indicator = scene.indicator(self.lead.code)
        series = [
            Series(
                scene.indicator(line.code).brief,
                _mean(answer[line.code].total(), line.days),
                strong=i == 0,
                member=line.code,
            )
            for i, (line, answer) in enumerate(zip(self.lines, now, strict=True))
        ]
        series.append(Series("上年同期", _mean(before[self.lead.code].total(), self.lead.days), dotted=True))
        spring = scene.platform.calendar().holidays("春节", days[0].lo, days[-1].hi)
        figure = lines(
            [bucket.lo for bucket in days],
            series,
            theme=scene.theme,
            unit=indicator.unit,
            decimals=2,
            zero=True,
            events=[Event(holiday.first, "春节", holiday.last) for holiday in spring],
            height=self.height,
        )
        delta = scene.change(self.lead.code, *reversed(compared[self.lead.code].total()))
        grown = f"，同比 {arrow(delta)}{percent(abs(delta))}" if delta is not None else ""
        total = whole[self.lead.code].total()[0]
        means = "，".join(f"{scene.indicator(line.code).brief} {line.days} 日均" for line in self.lines)
        return Drawn(
            self.zh,
            figure=figure,
            subtitle=f"{indicator.unit}/日；{means}",
            href=scene.href(self.lead.code),
            aside=f"{told(total, scene, self.lead.code)}{grown}",
            table=table_of(scene, now[0], self.zh, "by_period", chart="line"),
        )

    def _days(self, scene: Scene, line: Smooth) -> tuple[Bucket, ...]:
        period = scene.period
        first = period.lo if (period.hi - period.lo).days >= SHORT_DAYS else period.hi - timedelta(days=LONG_DAYS)
        return buckets("day", first - timedelta(days=line.days - 1), period.hi)


@dataclass(frozen=True, kw_only=True)
class Multiples(Part):
    """Twenty-four months of one indicator, a small chart for each place, against the whole."""

    code: str
    months: int = 24
    most: int = 6
    note: str = ""
    clicks: tuple[str, ...] = ("district",)

    def queries(self, scene: Scene) -> Sequence[Query]:
        """Months by place, and of the whole."""
        months = scene.months(self.months)
        around = scene.where.in_region(scene.place_region)
        return scene.query(self.code, months, (scene.place_dim,)), scene.query(self.code, months, where=around)

    def draw(self, scene: Scene, answers: Sequence[Answer]) -> Drawn:
        """The small charts; the present value is the last month that has one, its change against a year before."""
        apart, whole = answers
        indicator = scene.indicator(self.code)
        series = apart[self.code]
        weighty = sorted(series.values, key=lambda m: -sum(filter(None, series.denominator.get(m, ()))))[: self.most]
        shown = [member for member in series.values if member in weighty]
        names = scene.labels(scene.place_dim, [member[0] for member in shown])
        city = _year_change(scene, self.code, whole[self.code].total())
        smalls = []
        for member in shown:
            values = series.values[member]
            at = next((i for i in range(len(values) - 1, -1, -1) if values[i] is not None), None)
            delta = _year_change(scene, self.code, values)
            smalls.append(
                Small(
                    member[0],
                    names[member[0]],
                    values,
                    whole[self.code].total(),
                    number(values[at], indicator.decimals) if at is not None else "—",
                    f"{arrow(delta)}{percent(abs(delta))}" if delta is not None else "",
                    "warn" if delta is not None and city is not None and delta < city - APART else None,
                )
            )
        figure = multiples(
            [bucket.lo for bucket in scene.months(self.months)],
            smalls,
            theme=scene.theme,
            unit=indicator.unit,
            decimals=indicator.decimals,
            chosen=scene.chosen(scene.place_dim),
        )
        total = next((v for v in reversed(whole[self.code].total()) if v is not None), None)
        return Drawn(
            indicator.zh,
            figure=figure,
            subtitle=f"{indicator.unit}，{self.note}近 {self.months} 月，同比；虚线为合计",
            href=scene.href(self.code),
            aside=f"{number(total, indicator.decimals)}",
            table=table_of(scene, apart, indicator.zh, "by_period", chart="line"),
        )


def by_project(scene: Scene, code: str) -> Query:
    """Every project's value at the period's end, under its district; a chosen project keeps the others beside it.

    Several parts ask just this, and it is computed once.
    """
    return Query((code,), (scene.period.bucket,), ("district", "project"), scene.where.with_(project=()))


def _year_change(scene: Scene, code: str, months: Sequence[float | None]) -> float | None:
    """Change of the last month that has a value against the same month a year before."""
    at = next((i for i in range(len(months) - 1, -1, -1) if months[i] is not None), -1)
    return scene.change(code, months[at - 12], months[at]) if at >= 12 else None


@dataclass(frozen=True, kw_only=True)
class Heat(Part):
    """Places across, a dimension down: where what is bought."""

    code: str
    across: str
    zh: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "clicks", ("district", self.across))

    def queries(self, scene: Scene) -> Sequence[Query]:
        """The crosstab, and its sum."""
        now = (scene.period.bucket,)
        return scene.query(self.code, now, (scene.place_dim, self.across)), scene.query(self.code, now)

    def draw(self, scene: Scene, answers: Sequence[Answer]) -> Drawn:
        """The cells; what nobody bought is an honest nought."""
        apart, whole = answers
        indicator = scene.indicator(self.code)
        cells = apart[self.code].values
        places = list(dict.fromkeys(member[0] for member in cells))
        order = list(scene.regions.nodes)
        places.sort(key=lambda place: order.index(place) if place in order else len(order))
        dim = scene.platform.registry.cubes_of(self.code)[0].dim(self.across)
        columns = [(code, word) for code, word in (dim.codes or {}).items()]
        names = scene.labels(scene.place_dim, places)
        grid = [[cells.get((place, column), (0.0,))[0] for column, _ in columns] for place in places]
        chosen = scene.view.members(self.across)
        figure = heatmap(
            [(place, names[place]) for place in places[:12]],
            columns,
            grid[:12],
            theme=scene.theme,
            unit=indicator.unit,
            decimals=indicator.decimals,
            chosen_row=next(iter(scene.chosen(scene.place_dim)), None),
            chosen_column=chosen[0] if len(chosen) == 1 else None,
        )
        return Drawn(
            self.zh,
            figure=figure if places else None,
            body=None,
            subtitle=f"{'区市' if scene.place_dim == 'district' else '乡镇街道'} × {dim.zh}，{indicator.unit}",
            href=scene.href(self.code),
            aside=told(whole[self.code].total()[0], scene, self.code),
            table=table_of(scene, apart, self.zh),
        )


@dataclass(frozen=True, kw_only=True)
class Coverage(Part):
    """Projects whose share falls short, lowest first, each against the full mark."""

    code: str
    zh: str
    most: int = 8
    full: float = 100
    clicks: tuple[str, ...] = ("project",)

    def queries(self, scene: Scene) -> Sequence[Query]:
        """Every project's share at the period's end, and the whole's."""
        return by_project(scene, self.code), scene.query(self.code, (scene.period.bucket,))

    def draw(self, scene: Scene, answers: Sequence[Answer]) -> Drawn:
        """The rows."""
        apart, whole = answers
        indicator = scene.indicator(self.code)
        known = [
            (project, values[0]) for (_, project), values in apart[self.code].values.items() if values[0] is not None
        ]
        lowest = sorted(known, key=lambda pair: pair[1] or 0)[: self.most]
        names = scene.labels("project", [member for member, _ in lowest])
        marks = [Mark(member, names[member], value, tone=band_tone(indicator.bands, value)) for member, value in lowest]
        figure = bullets(marks, theme=scene.theme, full=self.full, chosen=scene.view.members("project"), decimals=0)
        short = sum(1 for _, value in known if value is not None and value < self.full)
        total = whole[self.code].total()[0]
        return Drawn(
            self.zh,
            figure=figure if marks else None,
            subtitle=f"最低 {len(marks)} 个，{indicator.unit}",
            href=scene.href(self.code),
            aside=f"{short} 个不足 · {number(total, 0)}{indicator.unit}" if total is not None else "",
            table=table_of(scene, apart, self.zh, "by_member", chart="bar"),
        )


@dataclass(frozen=True, kw_only=True)
class Progress(Part):
    """A share of a task done, by place, against its target."""

    code: str
    zh: str
    clicks: tuple[str, ...] = ("district",)

    def queries(self, scene: Scene) -> Sequence[Query]:
        """By place, and the whole, now and a month ago."""
        now = scene.period.bucket
        ago = scene.months(2)[0]
        spans = (now, Bucket(ago.lo, ago.hi))
        return scene.query(self.code, spans, (scene.place_dim,)), scene.compared(self.code, spans)

    def draw(self, scene: Scene, answers: Sequence[Answer]) -> Drawn:
        """The rows, what is left beside each."""
        apart, whole = answers
        indicator = scene.indicator(self.code)
        series = apart[self.code]
        aim = scene.judgement.target(self.code, scene.regions.root, scene.period.last.year)
        names = scene.labels(scene.place_dim, [member[0] for member in series.values])
        marks = []
        for member, (now, _) in series.values.items():
            if now is None:
                continue
            done, task = series.numerator.get(member, (None,))[0], series.denominator.get(member, (None,))[0]
            left = f"余 {number(task - done)}" if done is not None and task is not None and task > done else "已完成"
            marks.append(Mark(member[0], names[member[0]], now, target=aim.value if aim else None, note=left))
        figure = progress(marks[:10], theme=scene.theme, chosen=scene.chosen(scene.place_dim))
        now, ago = whole[self.code].total()
        delta = scene.change(self.code, ago, now)
        moved = f"，较上月 {arrow(delta)}{number(abs(delta), 1)} 点" if delta else ""
        return Drawn(
            self.zh,
            figure=figure if marks else None,
            subtitle=indicator.unit + (f"；竖线为目标 {number(aim.value)}" if aim else ""),
            href=scene.href(self.code),
            aside=f"{number(now, indicator.decimals)}{indicator.unit}{moved}" if now is not None else "",
            table=table_of(scene, apart, self.zh, "by_member", chart="bar"),
        )


@dataclass(frozen=True, kw_only=True)
class Bridge(Part):
    """How a stock got from a period's beginning to its end: the flows that its indicator declares.

    A period shorter than a month says little of flows: the bridge then spans the year so far.
    """

    code: str

    def queries(self, scene: Scene) -> Sequence[Query]:
        """The stock before and at the end, and each flow between."""
        span = self._span(scene)
        before = Bucket(span.lo - ONE_DAY, span.lo)
        flows = tuple(flow.code for flow in scene.indicator(self.code).bridge)
        return (
            scene.query(self.code, (before, span)),
            *(scene.query(flow, (span,)) for flow in flows),
        )

    def draw(self, scene: Scene, answers: Sequence[Answer]) -> Drawn:
        """The bridge; it closes exactly, or it says by how much it does not."""
        stock, *flows = answers
        indicator = scene.indicator(self.code)
        decimals = max(indicator.decimals, BRIDGE_DECIMALS) if indicator.decimals else 0
        before, after = stock[self.code].total()
        parts = []
        for flow, answer in zip(indicator.bridge, flows, strict=True):
            value = answer[flow.code].total()[0]
            parts.append(Mark(flow.code, flow.zh, None if value is None else flow.sign * value))
        steps = [Mark("before", "期初", before), *parts, Mark("after", "期末", after)]
        span = self._span(scene)
        title = f"{indicator.brief}变动"
        if any(step.value is None for step in steps):
            return Drawn(title, subtitle=f"{indicator.unit}，{span.label}")
        gap = (after or 0) - (before or 0) - sum(part.value or 0 for part in parts)
        figure = waterfall(
            steps[0],
            parts,
            steps[-1],
            theme=scene.theme,
            unit=indicator.unit,
            decimals=decimals,
            better="lower" if indicator.better == "lower" else "neutral",
        )
        closes = "勾稽相符" if abs(gap) < EXACT else f"差额 {number(gap, decimals)} 待核"
        return Drawn(
            title,
            figure=figure,
            subtitle=f"{indicator.unit}，{span.label}",
            href=scene.href(self.code),
            aside=closes,
            table=lambda: self._table(scene, stock, steps, title),
        )

    def _span(self, scene: Scene) -> Bucket:
        period = scene.period
        if (period.hi - period.lo).days >= SHORTEST_BRIDGE_DAYS:
            return period.bucket
        return latest("ytd", period.last).bucket

    def _table(self, scene: Scene, stock: Answer, steps: Sequence[Mark], title: str) -> Table:
        indicator = scene.indicator(self.code)
        platform = scene.platform
        notes = notes_of(stock, platform.registry, scene.labels, period=self._span(scene).label)
        columns = (Column("步骤"), Column(indicator.brief, "number", BRIDGE_DECIMALS, indicator.unit))
        return Table(title, columns, [(step.label, step.value) for step in steps], notes, unit=indicator.unit)


@dataclass(frozen=True, kw_only=True)
class Ranking(Part):
    """Members of a dimension by value."""

    code: str
    by: str = ""
    most: int = 12

    def queries(self, scene: Scene) -> Sequence[Query]:
        """Members in the period and the periods it is compared with."""
        spans = (scene.period.bucket, *(period.bucket for _, period in comparisons(scene.period)))
        return (scene.query(self.code, spans, (self._by(scene),)),)

    def draw(self, scene: Scene, answers: Sequence[Answer]) -> Drawn:
        """The bars."""
        (answer,) = answers
        indicator = scene.indicator(self.code)
        by = self._by(scene)
        series = answer[self.code].values
        names = scene.labels(by, [member[0] for member in series])
        marks = [
            Mark(
                member[0],
                names[member[0]],
                values[0],
                previous=values[1] if len(values) > 2 else None,
                year_before=values[-1],
                tone=LEVEL_TONE[scene.judgement.level(self.code, values[0], scene.period.last)],
            )
            for member, values in series.items()
            if values[0] is not None
        ]
        marks.sort(key=lambda mark: -(mark.value or 0))
        aim = scene.judgement.target(self.code, scene.regions.root, scene.period.last.year)
        figure = ranking(
            marks[: self.most],
            theme=scene.theme,
            unit=indicator.unit,
            decimals=finer(indicator.decimals, (mark.value for mark in marks)),
            chosen=scene.chosen(by),
            reference=Reference(aim.value, f"目标 {number(aim.value)}") if aim else None,
        )
        return Drawn(
            "排名",
            figure=figure if marks else None,
            subtitle=f"{indicator.unit}，{scene.period.label}"
            + (f"，前 {self.most} 位，共 {len(marks)}" if len(marks) > self.most else ""),
            table=table_of(scene, answer, f"{indicator.zh}排名", "by_member", chart="bar"),
        )

    def _by(self, scene: Scene) -> str:
        return self.by or scene.place_dim


def band_tone(ranges: Sequence[Band], value: float | None) -> Tone | None:
    """State of the band in which a value lies."""
    return next((BAND_TONE[b.state] for b in ranges if value is not None and b.lo <= value < b.hi), None)


def _mean(values: Sequence[float | None], days: int) -> list[float | None]:
    """Mean of each value and those of the days before it; a gap where one of them is missing."""
    found: list[float | None] = []
    for end in range(days, len(values) + 1):
        part = [value for value in values[end - days : end] if value is not None]
        found.append(sum(part) / days if len(part) == days else None)
    return found


def _year_earlier(days: Sequence[Bucket]) -> tuple[Bucket, ...]:
    """The same number of days, ending a year before the last; aligned by date, a leap day shifts the start."""
    last: date = add_months(days[-1].lo, -12)
    return tuple(
        Bucket(day, day + ONE_DAY) for day in (last - timedelta(days=len(days) - 1 - i) for i in range(len(days)))
    )
