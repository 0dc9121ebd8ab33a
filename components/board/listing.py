"""Further figures of a page, a line each: what stands behind the leading ones, one click from its own page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dash import dcc, html

from components import cards
from components.board.part import Drawn, Part, changes, comparisons, own_table
from components.board.scene import Scene
from components.cards import Change
from components.format import finer, number
from components.states import Shape
from data.export.table import Cell, Column, Table
from data.semantic.spec import Answer, Query


@dataclass(frozen=True, kw_only=True)
class Listing(Part):
    """Figures below each other: name, value with its unit, change against the year before."""

    listed: tuple[str, ...]
    zh: str
    shape: Shape = "rows"

    def codes(self) -> tuple[str, ...]:
        """All that are listed."""
        return self.listed

    def queries(self, scene: Scene) -> Sequence[Query]:
        """Each over its own period, and like with like against the last of the periods it is compared with."""
        return tuple(query for code in self.listed for query in self._asked(scene.of((code,)), code))

    def draw(self, scene: Scene, answers: Sequence[Answer]) -> Drawn:
        """The lines."""
        word = comparisons(scene.period)[-1][0]
        rows: list[tuple[str, float | None, Change]] = []
        for place, code in enumerate(self.listed):
            value, compared = answers[2 * place], answers[2 * place + 1]
            moved = changes(scene, code, compared[code].total(), [("", 1)])[0]
            rows.append((code, value[code].total()[0], moved))
        lines = [self._line(scene, code, value, moved) for code, value, moved in rows]
        known = any(value is not None for _, value, _ in rows)
        return Drawn(
            self.zh,
            body=html.Div(lines, className="listing") if known else None,
            subtitle=f"{scene.period.label}，{word}",
            table=self._table(scene, answers, rows, word),
        )

    def _asked(self, scene: Scene, code: str) -> tuple[Query, Query]:
        spans = (scene.period.bucket, comparisons(scene.period)[-1][1].bucket)
        return scene.query(code, spans[:1]), scene.compared(code, spans)

    def _line(self, scene: Scene, code: str, value: float | None, moved: Change) -> dcc.Link:
        indicator = scene.indicator(code)
        amount = number(value, finer(indicator.decimals, (value,)))
        return dcc.Link(
            [
                html.Span(indicator.zh, className="listing-name"),
                html.B([amount, html.Span(indicator.unit, className="figure-unit")], className="listing-value"),
                cards.change(moved),
            ],
            href=scene.href(code),
            className="listing-line",
            title=indicator.zh,
        )

    def _table(
        self, scene: Scene, answers: Sequence[Answer], rows: Sequence[tuple[str, float | None, Change]], word: str
    ) -> Callable[[], Table]:
        """Figure, value, unit, change and its unit."""
        lines: list[list[Cell]] = []
        for code, value, moved in rows:
            indicator = scene.indicator(code)
            lines.append([indicator.zh, value, indicator.unit, moved.delta, moved.suffix.strip()])
        columns = (
            Column("指标"),
            Column("数值", "number", 1),
            Column("单位"),
            Column(word, "number", 1),
            Column(f"{word}单位"),
        )
        return own_table(scene, answers[0], self.zh, columns, lines)
