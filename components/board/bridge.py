"""The bridge from a stock to itself: what came and what went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from components.board.part import Drawn, Part
from components.board.scene import Scene
from components.figures import waterfall
from components.figures.base import Mark
from components.format import number
from data.export.build import notes_of
from data.export.table import Column, Table
from data.periods import ONE_DAY, latest
from data.semantic.spec import Answer, Bucket, Query

BRIDGE_DECIMALS = 2
SHORTEST_BRIDGE_DAYS = 28
EXACT = 1e-6
"""Sums are exact integers; only their division into 万㎡ leaves a trace in the last bits."""


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
