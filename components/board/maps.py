"""The districts on a map, shaded by a figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from components.board.cards import LEVEL_TONE
from components.board.part import Drawn, Part, comparisons, table_of, told
from components.board.scene import Scene
from components.figures import Area, district_map
from components.figures.base import Mark
from data.reference.outlines import outlines
from data.semantic.spec import DISTRICT, Answer, Query


@dataclass(frozen=True, kw_only=True)
class Choropleth(Part):
    """Districts shaded by the figure; a unit without a shape, and the whole, are told in words below."""

    code: str
    zh: str
    clicks: tuple[str, ...] = (DISTRICT,)

    def queries(self, scene: Scene) -> Sequence[Query]:
        """By district, now and where it is compared; and the whole. A district account is shown its own."""
        spans = (scene.period.bucket, *(period.bucket for _, period in comparisons(scene.period)))
        return scene.query(self.code, spans, (DISTRICT,)), scene.query(self.code, spans[:1])

    def draw(self, scene: Scene, answers: Sequence[Answer]) -> Drawn:
        """The map."""
        apart, whole = answers
        indicator = scene.indicator(self.code)
        series = apart[self.code].values
        names = scene.labels(DISTRICT, [member[0] for member in series])
        marks = {
            member[0]: Mark(
                member[0],
                names[member[0]],
                values[0],
                previous=values[1] if len(values) > 2 else None,
                year_before=values[-1],
                tone=LEVEL_TONE[scene.judgement.level(self.code, values[0], scene.period.last)],
            )
            for member, values in series.items()
        }
        shapes = outlines()
        areas = [
            Area(
                marks.get(shape.region, Mark(shape.region, scene.regions.short(shape.region), None)),
                shape.rings,
                shape.label_at,
            )
            for shape in shapes.districts
            if shape.region in scene.regions.nodes
        ]
        drawn = {area.mark.member for area in areas}
        beside = [f"{mark.label} {told(mark.value, scene, self.code)}" for d, mark in marks.items() if d not in drawn]
        figure = district_map(
            areas,
            theme=scene.theme,
            unit=indicator.unit,
            decimals=indicator.decimals,
            chosen=scene.chosen(DISTRICT),
            footer="；".join((*beside, "行政区划示意图")),
        )
        return Drawn(
            self.zh,
            figure=figure if any(mark.value is not None for mark in marks.values()) else None,
            subtitle=indicator.unit,
            href=scene.href(self.code),
            aside=told(whole[self.code].total()[0], scene, self.code),
            table=table_of(scene, apart, self.zh, "by_member"),
        )
