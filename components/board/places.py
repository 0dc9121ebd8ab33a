"""Parts that set places, or the members of another dimension, side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from components.board.part import Drawn, Part, own_table, table_of, told, value_column
from components.board.scene import Scene
from components.figures import heatmap, progress
from components.figures.base import Mark
from components.format import arrow, number
from data.export.table import Column, Table
from data.semantic.spec import Answer, Bucket, Query

MOST_PLACES = 12
"""Rows that a crosstab has room for."""


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
        known = {
            place for place in places if any(cells[member][0] is not None for member in cells if member[0] == place)
        }
        grid = [
            [cells.get((place, column), (0.0 if place in known else None,))[0] for column, _ in columns]
            for place in places
        ]
        chosen = scene.view.members(self.across)
        figure = heatmap(
            [(place, names[place]) for place in places[:MOST_PLACES]],
            columns,
            grid[:MOST_PLACES],
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
            subtitle=f"{'区市' if scene.place_dim == 'district' else '乡镇街道'} × {dim.zh}，{indicator.unit}"
            + (f"，前 {MOST_PLACES} 个，共 {len(places)}" if len(places) > MOST_PLACES else ""),
            href=scene.href(self.code),
            aside=told(whole[self.code].total()[0], scene, self.code),
            table=table_of(scene, apart, self.zh),
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
        return (
            scene.query(self.code, spans, (scene.place_dim,)),
            scene.query(self.code, (now,)),
            scene.compared(self.code, spans),
        )

    def draw(self, scene: Scene, answers: Sequence[Answer]) -> Drawn:
        """The rows, what is left beside each."""
        apart, whole, compared = answers
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
        value = whole[self.code].total()[0]
        delta = scene.change(self.code, *reversed(compared[self.code].total()))
        moved = f"，较上月 {arrow(delta)}{number(abs(delta), 1)} 点" if delta else ""
        return Drawn(
            self.zh,
            figure=figure if marks else None,
            subtitle=indicator.unit + (f"；竖线为目标 {number(aim.value)}" if aim else ""),
            href=scene.href(self.code),
            aside=f"{number(value, indicator.decimals)}{indicator.unit}{moved}" if value is not None else "",
            table=self._table(scene, apart, whole),
        )

    def _table(self, scene: Scene, apart: Answer, whole: Answer) -> Callable[[], Table]:
        """Every place and the whole: share, done, task."""
        series, total = apart[self.code], whole[self.code]
        names = scene.labels(scene.place_dim, [member[0] for member in series.values])
        every = [(names[member[0]], series, member) for member in series.values] + [("合计", total, ())]
        rows = [
            (
                name,
                found.values[member][0],
                *(part.get(member, (None,))[0] for part in (found.numerator, found.denominator)),
            )
            for name, found, member in every
        ]
        columns = (
            Column("区市"),
            value_column(scene, self.code),
            Column("已完成", "integer"),
            Column("任务", "integer"),
        )
        return own_table(scene, apart, self.zh, columns, rows, "bar")
