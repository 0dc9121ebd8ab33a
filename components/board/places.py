"""Parts that set places, or the members of another dimension, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from components.board import pace
from components.board.cards import LEVEL_TONE
from components.board.part import Drawn, Part, comparisons, table_of, told
from components.board.scene import Scene
from components.figures import heatmap, ranking
from components.figures.base import Mark, Reference
from components.format import finer, number
from data.pace import is_shared
from data.semantic.spec import Answer, Query

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
        return scene.query(self.code, now, (scene.place_dim_of(self.code), self.across)), scene.query(self.code, now)

    def draw(self, scene: Scene, answers: Sequence[Answer]) -> Drawn:
        """The cells; of amounts what nobody bought is an honest nought, a share of nothing is none."""
        apart, whole = answers
        indicator = scene.indicator(self.code)
        cells = apart[self.code].values
        places = list(dict.fromkeys(member[0] for member in cells))
        order = list(scene.regions.nodes)
        places.sort(key=lambda place: order.index(place) if place in order else len(order))
        dim = scene.platform.registry.cubes_of(self.code)[0].dim(self.across)
        by = scene.place_dim_of(self.code)
        used = {member[1] for member, values in cells.items() if values[0] is not None}
        additive = scene.kind(self.code).additive
        columns = [(code, word) for code, word in (dim.codes or {}).items() if additive or code in used]
        names = scene.labels(by, places)
        known = {
            place for place in places if any(cells[member][0] is not None for member in cells if member[0] == place)
        }
        nothing = 0.0 if additive else None
        grid = [
            [cells.get((place, column), (nothing if place in known else None,))[0] for column, _ in columns]
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
            chosen_row=next(iter(scene.chosen(by)), None),
            chosen_column=chosen[0] if len(chosen) == 1 else None,
            zero=additive,
        )
        return Drawn(
            self.zh,
            figure=figure if places else None,
            body=None,
            subtitle=f"{'区市' if by == 'district' else '乡镇街道'} × {dim.zh}，{indicator.unit}"
            + (f"，前 {MOST_PLACES} 个，共 {len(places)}" if len(places) > MOST_PLACES else ""),
            href=scene.href(self.code),
            aside=told(whole[self.code].total()[0], scene, self.code),
            table=table_of(scene, apart, self.zh),
        )


@dataclass(frozen=True, kw_only=True)
class Ranking(Part):
    """Members of a dimension by value."""

    code: str
    by: str = ""
    zh: str = "排名"
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
        # A sum's target for the whole is no line for its parts.
        aim = pace.aim_of(scene, self.code, scene.regions.root) if is_shared(indicator) else None
        figure = ranking(
            marks[: self.most],
            theme=scene.theme,
            unit=indicator.unit,
            decimals=finer(indicator.decimals, (mark.value for mark in marks)),
            chosen=scene.chosen(by),
            reference=Reference(aim.value, f"目标 {number(aim.value)}") if aim else None,
        )
        return Drawn(
            self.zh,
            figure=figure if marks else None,
            subtitle=f"{indicator.unit}，{scene.period.label}"
            + (f"，前 {self.most} 位，共 {len(marks)}" if len(marks) > self.most else ""),
            table=table_of(scene, answer, f"{indicator.zh}排名", "by_member", chart="bar"),
        )

    def _by(self, scene: Scene) -> str:
        return self.by or scene.place_dim_of(self.code)
