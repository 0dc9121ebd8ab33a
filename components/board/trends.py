"""Parts along time: daily amounts as moving means, and a small chart for each place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from components.board import marked
from components.board.part import Drawn, Part, cautions, footnote, own_table, remarks, table_of, told, whole_zh
from components.board.scene import Scene
from components.figures import combo, lines, multiples
from components.figures.base import Series
from components.figures.tables import Small
from components.format import arrow, number, percent
from data.export.table import Column, Table
from data.periods import ONE_DAY, add_months, buckets
from data.semantic.spec import Answer, Bucket, Query

SHORT_DAYS = 45
"""A period shorter than this is drawn within the last ninety days: a trend of three points says nothing."""

LONG_DAYS = 90

APART = 5.0
"""A place whose value moves this many points below the whole's is lit."""


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
                partial=remarks(_lacking(cautions(scene, answer, answer.query.buckets), line.days)),
            )
            for i, (line, answer) in enumerate(zip(self.lines, now, strict=True))
        ]
        series.append(Series("上年同期", _mean(before[self.lead.code].total(), self.lead.days), dotted=True))
        marks = marked.placed(scene, self.codes(), days, "day")
        figure = lines(
            [bucket.lo for bucket in days],
            series,
            theme=scene.theme,
            unit=indicator.unit,
            decimals=2,
            zero=True,
            events=marked.events(marks, [bucket.lo for bucket in days]),
            height=self.height,
        )
        delta = scene.change(self.lead.code, *reversed(compared[self.lead.code].total()))
        grown = f"，同比 {arrow(delta)}{percent(abs(delta))}" if delta is not None else ""
        total = whole[self.lead.code].total()[0]
        means = "，".join(f"{scene.indicator(line.code).brief} {line.days} 日均" for line in self.lines)
        if missing := scene.platform.engine.unreported(self.codes()):
            means += f"；缺“{'、'.join(missing)}”数据"
        means += footnote([word for line in series for word in line.partial])
        return Drawn(
            self.zh,
            figure=figure,
            subtitle=f"{indicator.unit}/日；{means}",
            href=scene.href(self.lead.code),
            aside=f"{told(total, scene, self.lead.code)}{grown}",
            table=marked.annotated(self._table(scene, whole, [bucket.lo for bucket in days], series), marks, len(days)),
        )

    def _table(
        self, scene: Scene, answer: Answer, days: Sequence[date], series: Sequence[Series]
    ) -> Callable[[], Table]:
        """The lines as they are drawn, means and last year's included."""
        means = [*(f"{line.days} 日均" for line in self.lines), f"{self.lead.days} 日均"]
        unit = scene.indicator(self.lead.code).unit
        columns = [
            Column(f"{line.name}（{mean}）", "number", 2, unit) for line, mean in zip(series, means, strict=True)
        ]
        rows = [(day, *(line.values[i] for line in series)) for i, day in enumerate(days)]
        said = series[0].partial
        return own_table(scene, answer, self.zh, (Column("日期", "date"), *columns), rows, "line", cautions=said)

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
        alike = [one.done for one in whole.reported]
        city = _year_change(scene, self.code, whole[self.code].total(), alike)
        months = scene.months(self.months)
        places = [month.lo for month in months]
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
                    marked.events(marked.placed(scene, (self.code,), months, "month", member[0]), places),
                )
            )
        figure = multiples(
            places,
            smalls,
            theme=scene.theme,
            unit=indicator.unit,
            decimals=indicator.decimals,
            chosen=scene.chosen(scene.place_dim),
        )
        known = list(zip(months, whole[self.code].total(), strict=True))
        last = next(((bucket, value) for bucket, value in reversed(known) if value is not None), None)
        marks = marked.placed(scene, (self.code,), months, "month", scene.place_region)
        table = table_of(scene, apart, indicator.zh, "by_period", chart="line")
        return Drawn(
            indicator.zh,
            figure=figure,
            subtitle=f"{indicator.unit}，{self.note}近 {self.months} 月，同比；虚线为{whole_zh(scene, self.code)}"
            + ("，有区市未报齐" if cautions(scene, whole, whole.query.buckets) else ""),
            href=scene.href(self.code),
            aside=f"{last[0].lo.month} 月 {number(last[1], indicator.decimals)}" if last else "",
            table=marked.annotated(table, marks, len(months)),
        )


def _year_change(
    scene: Scene, code: str, months: Sequence[float | None], alike: Sequence[tuple[str, ...]] = ()
) -> float | None:
    """Change of the last month that has a value against the same month a year before; ``alike`` are the districts in
    each month, which must be the same.
    """
    at = next((i for i in range(len(months) - 1, -1, -1) if months[i] is not None), -1)
    if at < 12 or (alike and alike[at] != alike[at - 12]):
        return None
    return scene.change(code, months[at - 12], months[at])


def _mean(values: Sequence[float | None], days: int) -> list[float | None]:
    """Mean of each value and those of the days before it; a gap where one of them is missing."""
    found: list[float | None] = []
    for end in range(days, len(values) + 1):
        part = [value for value in values[end - days : end] if value is not None]
        found.append(sum(part) / days if len(part) == days else None)
    return found


def _lacking(words: Sequence[str], days: int) -> list[str]:
    """What each mean of so many days lacks: the first thing that any of them does."""
    return [next(filter(None, words[end - days : end]), "") for end in range(days, len(words) + 1)]


def _year_earlier(days: Sequence[Bucket]) -> tuple[Bucket, ...]:
    """The same number of days, ending a year before the last; aligned by date, a leap day shifts the start."""
    last: date = add_months(days[-1].lo, -12)
    return tuple(
        Bucket(day, day + ONE_DAY) for day in (last - timedelta(days=len(days) - 1 - i) for i in range(len(days)))
    )


@dataclass(frozen=True, kw_only=True)
class AmountAndShare(Part):
    """Months of an amount as columns, with the share that belongs to it as a line."""

    code: str
    share: str
    zh: str
    months: int = 24

    def codes(self) -> tuple[str, ...]:
        """The amount and the share."""
        return self.code, self.share

    def queries(self, scene: Scene) -> Sequence[Query]:
        """Both by month, and the share in the period."""
        months = scene.months(self.months)
        return scene.query(self.codes(), months), scene.query(self.share, (scene.period.bucket,))

    def draw(self, scene: Scene, answers: Sequence[Answer]) -> Drawn:
        """Columns and line."""
        series, now = answers
        amount, share = scene.indicator(self.code), scene.indicator(self.share)
        months = series.query.buckets
        marks = marked.placed(scene, self.codes(), months, "month")
        figure = combo(
            [bucket.lo for bucket in months],
            Series(amount.brief, series[self.code].total(), member=self.code),
            Series(share.brief, series[self.share].total(), member=self.share),
            theme=scene.theme,
            unit=amount.unit,
            line_unit=share.unit,
            decimals=amount.decimals,
            line_decimals=share.decimals,
            members=[bucket.label for bucket in months],
            events=marked.events(marks, [bucket.lo for bucket in months]),
        )
        return Drawn(
            self.zh,
            figure=figure if any(value is not None for value in series[self.code].total()) else None,
            subtitle=f"柱为{amount.brief}，{amount.unit}；线为{share.brief}，{share.unit}；近 {self.months} 月",
            href=scene.href(self.share),
            aside=told(now[self.share].total()[0], scene, self.share),
            table=marked.annotated(table_of(scene, series, self.zh, "by_period", chart="line"), marks, len(months)),
        )
