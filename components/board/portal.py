"""Parts of the first page: what matters now in one sentence, and a cockpit told in a few figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dash import dcc, html

from components import cards
from components.board.cards import EARLIER, LEVEL_TONE, TREND_MONTHS, Lead, limit_flags, spoken_unit
from components.board.part import Drawn, changes, comparisons, lateness
from components.board.scene import Scene
from components.panels import panel
from components.states import Component, Shape, sentence
from data.semantic.spec import Answer, Bucket, Query


@dataclass(frozen=True, kw_only=True)
class Matter(Lead):
    """What a cockpit's leading figure says, as a sentence that leads there."""

    title: str
    path: str
    shape: Shape = "card"

    def draw(self, scene: Scene, answers: Sequence[Answer]) -> Drawn:
        """The sentence, edged by how grave it is."""
        _, _, apart, *flows = answers
        marks = self._marks(scene, apart)
        tone = self._worst_tone(marks)
        named = f"{scene.indicator(self.code).zh}："
        words = sentence([(named, False), *self._words(scene, marks, flows), *self._late(flows)], tone)
        body = dcc.Link(
            [html.B(self.title, className="matter-of"), words],
            href=self.path + scene.view.search,
            className=f"matter tone-edge-{tone or 'none'}",
        )
        return Drawn(self.title, body=body, bare=True)


@dataclass(frozen=True, kw_only=True)
class Door(Lead):
    """A cockpit: its leading figure with its direction, and what else it tells, each a way in."""

    title: str
    path: str
    also: tuple[str, ...] = ()

    def codes(self) -> tuple[str, ...]:
        """The figure and the others."""
        return (self.code, *self.also)

    def queries(self, scene: Scene) -> Sequence[Query]:
        """The leading figure as its cockpit asks for it, and the others with what they are compared with."""
        value, lead = super().queries(scene)[:2]
        spans = (scene.period.bucket, *(period.bucket for _, period in comparisons(scene.period)))
        return value, lead, *(query for code in self.also for query in self._asked(scene, code, spans))

    def draw(self, scene: Scene, answers: Sequence[Answer]) -> Drawn:
        """The frame leads to the cockpit, each line to its indicator."""
        lead, compared_lead, *others = answers
        indicator = scene.indicator(self.code)
        value = lead[self.code].total()[0]
        level = scene.judgement.level(self.code, value, scene.period.last)
        foot = [
            *(cards.change(item) for item in changes(scene, self.code, compared_lead[self.code].total(), EARLIER)),
            *(cards.flag(flag) for flag in limit_flags(scene, self.code, value)),
        ]
        name = " · ".join(filter(None, (indicator.zh, self.fixed_zh)))
        top = dcc.Link(
            [
                html.Span(name, className="headline-name"),
                cards.figure(value, spoken_unit(indicator), indicator.decimals, LEVEL_TONE[level]),
                html.Div(foot, className="headline-foot"),
            ],
            href=self._href(scene),
            className="door-lead",
        )
        found = zip(self.also, others[::3], others[1::3], others[2::3], strict=True)
        lines = [self._line(scene, code, now, compared, trend) for code, now, compared, trend in found]
        frame = panel(
            self.id,
            title=self.title,
            subtitle=scene.period.label,
            href=self.path + scene.view.search,
            aside="进入",
            body=html.Div([top, html.Div(lines, className="door-lines")], className="door"),
            note=lateness(lead),
            menu=False,
        )
        return Drawn(self.title, body=frame, bare=True)

    def _asked(self, scene: Scene, code: str, spans: Sequence[Bucket]) -> tuple[Query, ...]:
        trend = scene.query(code, scene.months(TREND_MONTHS))
        return scene.query(code, (scene.period.bucket,)), scene.compared(code, spans), trend

    def _line(self, scene: Scene, code: str, value: Answer, compared: Answer, trend: Answer) -> Component:
        indicator = scene.indicator(code)
        words = [(word, i + 1) for i, (word, _) in enumerate(comparisons(scene.period))]
        moved = changes(scene, code, compared[code].total(), words)
        return dcc.Link(
            [
                html.Span(indicator.zh, className="headline-name"),
                cards.spark(trend[code].total()),
                cards.figure(value[code].total()[0], indicator.unit, indicator.decimals),
                cards.change(moved[-1]),
            ],
            href=scene.href(code),
            className="door-line",
        )
