"""Places side by side: a small chart each, on one scale, against what they have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from components.board.apart import changed, moved
from components.board.part import Drawn, Part, table_of
from components.board.scene import Scene
from components.figures import multiples
from components.figures.tables import Small
from components.format import finer, number
from components.states import Component, Option, empty, segmented
from data.periods import add_months, buckets, latest
from data.semantic.fold import Fold
from data.semantic.spec import Answer, Bucket, Member, Query

SPANS: Final = ("24", "12")
"""Months that the charts may span, the usual number first."""

MOST_NEIGHBOURS: Final = 12
ACROSS: Final = 4


@dataclass(frozen=True, kw_only=True)
class Neighbours(Part):
    """Complete months of every place, in official order; dotted what places have on average or the whole's value."""

    code: str
    zh: str = "区市对比"
    columns: int = 60
    clicks: tuple[str, ...] = ("district",)

    def queries(self, scene: Scene) -> Sequence[Query]:
        """Two years of months by place, for the change against a year before, and of the whole."""
        if not scene.has_dim(self.code, scene.place_dim):
            return ()
        months = self._months(scene)
        around = scene.where.in_region(scene.place_region)
        return scene.query(self.code, months, (scene.place_dim,)), scene.query(self.code, months, where=around)

    def draw(self, scene: Scene, answers: Sequence[Answer]) -> Drawn:
        """The charts; the figure beside a name is its last month's."""
        if not answers:
            return Drawn(self._title(scene), body=empty("不能对比", "该指标不分乡镇街道；把区域改为全市可比较各区市"))
        apart, whole = answers
        indicator = scene.indicator(self.code)
        places = self._places(scene, apart)
        names = scene.labels(scene.place_dim, [member[0] for member in places])
        span, months = int(self._span(scene)), self._months(scene)
        series = apart[self.code].values
        decimals = finer(indicator.decimals, (value for member in places for value in series[member]))
        common, zh = self._common(scene, apart, whole)
        shown = slice(-min(span, len(months)), None)
        smalls = [
            Small(
                member[0],
                names[member[0]],
                series[member][shown],
                common[shown],
                number(series[member][-1], decimals),
                self._year_change(scene, months, series[member]),
            )
            for member in places
        ]
        figure = multiples(
            [bucket.lo for bucket in months[shown]],
            smalls,
            theme=scene.theme,
            unit=indicator.unit,
            decimals=decimals,
            across=min(-(-len(smalls) // 2), ACROSS) if smalls[3:] else max(len(smalls), 1),
            chosen=scene.chosen(scene.place_dim),
            against_name=zh,
            scaled=True,
        )
        cut = f"，前 {len(places)} 个，共 {len(series)}" if len(places) < len(series) else ""
        return Drawn(
            self._title(scene),
            figure=figure,
            subtitle=f"{indicator.unit}，至 {months[-1].lo:%Y-%m}，同比；同一纵轴，虚线为{zh}{cut}",
            choice=self._choice(scene),
            table=table_of(scene, apart, f"{indicator.zh}：{self._title(scene)}", "by_period", chart="line"),
        )

    def _title(self, scene: Scene) -> str:
        return self.zh if scene.place_dim == "district" else "乡镇街道对比"

    def _months(self, scene: Scene) -> tuple[Bucket, ...]:
        """Two years of complete months; January stands with February where the statistics have them together."""
        last = latest("month", scene.period.last).bucket
        found = buckets("month", add_months(last.lo, 1 - int(SPANS[0])), last.hi)
        merged = scene.indicator(self.code).january_with_february
        return tuple(bucket for bucket in found if not (merged and bucket.lo.month == 1))

    def _places(self, scene: Scene, apart: Answer) -> list[Member]:
        """All places or, of many, those that hold the most, in their official order."""
        series = apart[self.code]
        weights = series.denominator or series.values
        by_size = sorted(weights, key=lambda member: -sum(abs(value or 0.0) for value in weights[member]))
        official = {node: index for index, node in enumerate(scene.regions.nodes)}
        return sorted(by_size[:MOST_NEIGHBOURS], key=lambda member: official.get(member[0], len(official)))

    def _common(self, scene: Scene, apart: Answer, whole: Answer) -> tuple[Sequence[float | None], str]:
        """What each is set against: of amounts the mean of the places, of rates the rate of the whole."""
        zh = "全市" if scene.regions.is_city(scene.place_region) else scene.regions.short(scene.place_region)
        if not Fold.of(scene.platform.registry, apart[self.code]).adds:
            return whole[self.code].total(), zh
        columns = zip(*apart[self.code].values.values(), strict=True)
        return [_mean(column) for column in columns], f"{zh}平均"

    def _year_change(self, scene: Scene, months: Sequence[Bucket], values: Sequence[float | None]) -> str:
        """The last month against the same one a year before."""
        known = {bucket.lo: value for bucket, value in zip(months, values, strict=True)}
        return moved(changed(scene, self.code, known.get(add_months(months[-1].lo, -12)), values[-1]))

    def _span(self, scene: Scene) -> str:
        wanted = scene.view.more("span")
        return wanted if wanted in SPANS else SPANS[0]

    def _choice(self, scene: Scene) -> Component:
        options = [Option(n, f"{n} 月", scene.path + scene.view.with_extra(span=n).search) for n in SPANS]
        return segmented("span", options, self._span(scene), "看多少个月")


def _mean(values: Sequence[float | None]) -> float | None:
    there = [value for value in values if value is not None]
    return sum(there) / len(there) if there else None
