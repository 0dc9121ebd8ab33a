"""A year's task by place: how far each is, and how far it ought to be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from components.board import pace
from components.board.part import Drawn, Part, own_table, value_column
from components.board.scene import Scene
from components.figures import progress
from components.figures.base import Mark
from components.format import arrow, number
from components.states import empty
from components.theme import SHAPE, Tone
from data.export.table import Cell, Column, Table
from data.pace import Standing, is_share, year_to_date
from data.semantic.spec import Answer, Bucket, Member, Query, Series

MOST_PLACES = 10


@dataclass(frozen=True, kw_only=True)
class Progress(Part):
    """A share of a task done, by place, against the schedule; of a sum its 完成率 against each place's own target."""

    code: str
    zh: str
    clicks: tuple[str, ...] = ("district",)

    def queries(self, scene: Scene) -> Sequence[Query]:
        """By place, and the whole, now and a month ago."""
        spans = self._spans(scene)
        return (
            scene.query(self.code, spans, (self._by(scene),)),
            scene.query(self.code, spans[:1]),
            scene.compared(self.code, spans),
            *pace.ask(scene, self.code),
        )

    def draw(self, scene: Scene, answers: Sequence[Answer]) -> Drawn:
        """The rows, how far off the schedule beside each."""
        apart, whole, compared, *to_date = answers
        series = apart[self.code]
        names = scene.labels(self._by(scene), [member[0] for member in series.values])
        marks = []
        for member, (now, _) in series.values.items():
            stands = pace.place_standing(scene, self.code, member[0], now)
            done = self._done(scene, now, stands)
            if done is not None:
                note, tone = self._note(series, member, stands), _late(stands)
                marks.append(Mark(member[0], names[member[0]], done, target=_tick(stands), tone=tone, note=note))
        figure = progress(marks[:MOST_PLACES], theme=scene.theme, chosen=scene.chosen(self._by(scene)))
        city = pace.standing(scene, self.code, to_date)
        indicator = scene.indicator(self.code)
        return Drawn(
            self.zh,
            figure=figure if marks else None,
            subtitle=(indicator.unit if is_share(indicator) else "完成率，%") + _tick_words(city),
            href=scene.href(self.code),
            aside=self._aside(scene, whole[self.code].total()[0], compared, city),
            table=self._table(scene, apart, whole, city),
        )

    def _by(self, scene: Scene) -> str:
        """Places that can be held to a target: of a sum the districts, which alone have targets of their own."""
        return scene.place_dim_of(self.code) if is_share(scene.indicator(self.code)) else "district"

    def _spans(self, scene: Scene) -> tuple[Bucket, Bucket]:
        """Now and the end of the month before: of a share in the period, of a sum in the year to date."""
        ago = scene.months(2)[0]
        if is_share(scene.indicator(self.code)):
            return scene.period.bucket, Bucket(ago.lo, ago.hi)
        now = year_to_date(scene.period.last)
        return now, Bucket(min(now.lo, ago.lo), ago.hi)

    def _done(self, scene: Scene, value: float | None, stands: Standing | None) -> float | None:
        """What a place's bar shows."""
        if is_share(scene.indicator(self.code)):
            return value
        return stands.pace.rate if stands and stands.pace else None

    def _note(self, series: Series, member: Member, stands: Standing | None) -> str:
        """How far off the schedule; without one what is left of the task."""
        on_time = _on_time(stands)
        done, task = (part.get(member, (None,))[0] for part in (series.numerator, series.denominator))
        if on_time or done is None or task is None:
            return on_time
        return f"余 {number(task - done)}" if task > done else "已完成"

    def _aside(self, scene: Scene, value: float | None, compared: Answer, city: Standing | None) -> str:
        """The whole: a share with its change since a month ago, of a sum the 完成率."""
        indicator = scene.indicator(self.code)
        on_time = f"，{pace.short(city.pace)}" if city and city.pace else ""
        if not is_share(indicator):
            return f"完成 {number(city.pace.rate, 1)}%{on_time}" if city and city.pace else ""
        if value is None:
            return ""
        delta = scene.change(self.code, *reversed(compared[self.code].total()))
        moved = f"，较上月 {arrow(delta)}{number(abs(delta), 1)} 点" if delta else ""
        return f"{number(value, indicator.decimals)}{indicator.unit}{on_time or moved}"

    def _table(self, scene: Scene, apart: Answer, whole: Answer, city: Standing | None) -> Callable[[], Table]:
        """Every place and the whole: value, done and task of a share, and how it stands against its target."""
        series = apart[self.code]
        names = scene.labels(self._by(scene), [member[0] for member in series.values])
        parted, aims = bool(series.numerator), pace.columns(scene, self.code, apart=True)

        def row(name: str, found: Series, member: Member, stands: Standing | None) -> list[Cell]:
            parts = [part.get(member, (None,))[0] for part in (found.numerator, found.denominator)]
            value = found.values[member][0]
            return [name, value, *(parts if parted else ()), *pace.cells(aims, stands)]

        rows = [
            row(names[member[0]], series, member, pace.place_standing(scene, self.code, member[0], values[0]))
            for member, values in series.values.items()
        ]
        rows.append(row("合计", whole[self.code], (), city))
        parts = (Column("已完成", "integer"), Column("任务", "integer")) if parted else ()
        columns = (Column("区市"), value_column(scene, self.code), *parts, *aims)
        remarks = pace.remarks(scene, self.code, city)
        return own_table(scene, apart, self.zh, columns, rows, "bar", remarks=remarks)


def _tick(stands: Standing | None) -> float | None:
    """Where the tick of a row stands: the schedule of a task, or a level."""
    if stands is None:
        return None
    return stands.pace.due if stands.pace else stands.aim.value


def _no_task(scene: Scene) -> tuple[str, str]:
    """Why there is no task to be in time with, and what would bring one."""
    if scene.where.allow or not scene.regions.is_city(scene.where.region):
        return "所选范围没有年度任务", "年度任务按全市和区市下达，按用途等筛选后也不可比"
    return "没有年度目标", "在“目标与进度”录入或上传目标后自动显示"


def _late(stands: Standing | None) -> Tone | None:
    """Whether a place is behind the schedule, or far behind; what is on time is left quiet."""
    tone = pace.tone_of(stands.pace) if stands and stands.pace else "ok"
    return None if tone == "ok" else tone


def _on_time(stands: Standing | None) -> str:
    """How far a row is off the schedule, with the shape of its state where it is behind."""
    late = _late(stands)
    words = pace.short(stands.pace) if stands and stands.pace else ""
    return f"{SHAPE[late]} {words}" if late else words


def _tick_words(city: Standing | None) -> str:
    if city is None:
        return ""
    if city.pace is None:
        return f"；竖线为目标 {number(city.aim.value, pace.plain(city.aim.value))}"
    return f"；竖线为序时 {number(city.pace.due, 1)}"


@dataclass(frozen=True, kw_only=True)
class Tasks(Part):
    """The year's tasks one below the other: how far each is done against the calendar. A row leads to its page."""

    tasks: tuple[str, ...]
    zh: str

    def codes(self) -> tuple[str, ...]:
        """All tasks."""
        return self.tasks

    def queries(self, scene: Scene) -> Sequence[Query]:
        """The year to date of each task that has a target here."""
        return pace.ask(scene, *self.tasks)

    def draw(self, scene: Scene, answers: Sequence[Answer]) -> Drawn:
        """A row a task; without any target there is nothing to be in time with."""
        if not answers:
            return Drawn(self.zh, href="/targets", body=empty(*_no_task(scene)))
        stands = {code: pace.standing(scene, code, answers) for code in self.tasks}
        marks = []
        for code, found in stands.items():
            if found is not None and found.pace is not None:
                stood, name = found.pace, scene.indicator(code).brief
                note, late = _on_time(found), _late(found)
                marks.append(Mark(code, name, stood.rate, target=stood.due, tone=late, note=note))
        behind = sum(1 for mark in marks if mark.tone)
        over = next((found.pace.elapsed for found in stands.values() if found and found.pace), None)
        return Drawn(
            self.zh,
            figure=progress(marks, theme=scene.theme) if marks else None,
            subtitle="完成率，%" + (f"；竖线为序时 {number(over, 1)}" if over is not None else ""),
            href="/targets",
            body=None if marks else empty("所选范围没有年度任务", "年度任务按全市和区市下达"),
            aside=f"{behind} 项落后" if behind else "均不落后" if marks else "",
            table=self._table(scene, answers, stands),
        )

    def _table(
        self, scene: Scene, answers: Sequence[Answer], stands: dict[str, Standing | None]
    ) -> Callable[[], Table]:
        """Task, unit, value to date, target, 完成率, 序时进度, 快慢."""
        rows: list[list[Cell]] = []
        remarks: list[str] = []
        for code, found in stands.items():
            if found is not None and found.pace is not None:
                indicator, stood = scene.indicator(code), found.pace
                told: list[Cell] = [indicator.zh, indicator.unit, found.value, found.aim.value]
                rows.append([*told, stood.rate, stood.elapsed, stood.ahead])
                remarks += pace.remarks(scene, code, found)
        columns = (
            Column("任务"),
            Column("单位"),
            Column("年初至今", "number", 1),
            Column("目标", "number", 1),
            Column("完成率", "percent", 1),
            Column("序时进度", "percent", 1),
            Column("快慢", "number", 1, "百分点"),
        )
        return own_table(scene, answers[0], self.zh, columns, rows, remarks=remarks)
