"""Leaderboards: the members of one dimension by value, with their share and their change."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from dash import dcc, html

from components.board.apart import changed, compared_zh, dim_zh, former, link, moved
from components.board.cards import LEVEL_TONE, limit_flags
from components.board.pace import aim_of
from components.board.part import Drawn, Part, own_table, shared, value_column, whole_zh
from components.board.scene import Scene
from components.figures import ranking
from components.figures.base import Figure, Mark, Reference
from components.format import MISSING, finer, number, percent
from components.states import Component, Shape
from data.export.build import full_labels
from data.export.table import Cell, Column, Table
from data.judgement import Aim
from data.pace import is_shared
from data.semantic.fold import Fold
from data.semantic.spec import Answer, Member, Query

MOST_LEADERS: Final = 12
"""Members that a leaderboard lists; of more, those beyond are one row."""

SHAPES: Final[dict[str | None, str]] = {"bad": "■", "warn": "▲"}

PLACE: Final = "place"
"""Stands for the dimension of places at the level that the view compares: districts, or the towns of one."""


@dataclass(frozen=True)
class _Row:
    """A member, or several as one: value, share of all, and the same value a period before."""

    members: tuple[Member, ...]
    value: float | None
    share: float | None
    before: float | None
    after: float | None


@dataclass(frozen=True, kw_only=True)
class Leaders(Part):
    """One dimension's members; a row leads to the view that it chooses, the chosen one is lit among the others."""

    code: str
    dim: str = PLACE
    shape: Shape = "rows"

    def queries(self, scene: Scene) -> Sequence[Query]:
        """Every member's value, and what it is compared by: the same districts in both periods."""
        by = (self._by(scene),)
        now, before = scene.period.bucket, former(scene)[1].bucket
        values = scene.query(self.code, (now, before), by)
        return values, scene.alike(values)

    def draw(self, scene: Scene, answers: Sequence[Answer]) -> Drawn:
        """The rows, greatest first, each over a bar of its size."""
        rows = self._rows(scene, answers)
        by = self._by(scene)
        zh = dim_zh(scene, self.code, by)
        indicator = scene.indicator(self.code)
        shown, rest = (rows, []) if len(rows) <= MOST_LEADERS + 1 else (rows[:MOST_LEADERS], rows[MOST_LEADERS:])
        names = scene.labels(by, [row.members[0][0] for row in shown])
        every = tuple(answers[0][self.code].values)
        listed = {member for row in shown for member in row.members}
        beyond = tuple(member for member in every if member not in listed)
        last = {f"其余 {len(rest)}": self._together(scene, answers, beyond)} if rest else {}
        if rows:
            last[whole_zh(scene, self.code)] = self._together(scene, answers, every)
        return Drawn(
            f"按{zh}",
            figure=self._figure(scene, shown, names),
            body=self._body(scene, shown, last, names) if rows else None,
            subtitle=f"{indicator.unit}，{scene.period.label}"
            + (f"，目标 {number(aim.value)}" if (aim := self._aim(scene)) else "")
            + (f"，共 {len(rows)} 个" if rest else ""),
            note=shared(scene, answers[1]),
            table=self._table(scene, answers[0], rows, zh),
        )

    def _aim(self, scene: Scene) -> Aim | None:
        """The target that holds for each member too; a sum's, of the whole, is no line for its parts."""
        return aim_of(scene, self.code) if is_shared(scene.indicator(self.code)) else None

    def _by(self, scene: Scene) -> str:
        if self.dim != PLACE:
            return self.dim
        return scene.place_dim_of(self.code)

    def _rows(self, scene: Scene, answers: Sequence[Answer]) -> list[_Row]:
        """Members that have a value in either period, greatest first."""
        values, like = (answer[self.code] for answer in answers)
        fold = Fold.of(scene.platform.registry, values)
        found = []
        for member, (now, then) in values.values.items():
            if now is None and then is None:
                continue
            after, before = like.values.get(member, (None, None))
            found.append(_Row((member,), now, fold.weight((member,)), before, after))
        found = [row for row in found if row.value or row.before] or found
        return sorted(found, key=lambda row: (row.value is None, -(row.value or 0.0)))

    def _together(self, scene: Scene, answers: Sequence[Answer], members: tuple[Member, ...]) -> _Row:
        """Several members as one; without a value where members can't be put together."""
        values, like = (Fold.of(scene.platform.registry, answer[self.code]) for answer in answers)
        after, before = like.together(m for m in members if m in like.series.values) or (None, None)
        return _Row(members, values.together(members)[0], values.weight(members), before, after)

    # --- as it is seen -----------------------------------------------------------------------------------------

    def _body(
        self, scene: Scene, shown: Sequence[_Row], last: Mapping[str, _Row], names: Mapping[str, str]
    ) -> Component:
        indicator, by = scene.indicator(self.code), self._by(scene)
        decimals = finer(indicator.decimals, (row.value for row in shown))
        top = max((row.value for row in shown if row.value), default=0.0)
        chosen = scene.chosen(by)
        shares = any(row.share is not None for row in shown)
        adds = scene.platform.registry.adds_up(self.code)
        heads = ("名称", indicator.unit, *((("占比" if adds else "权重"),) if shares else ()), compared_zh(scene))
        rows = []
        for row in shown:
            member = row.members[0][0]
            name = dcc.Link(names[member], href=link(scene, (by, member)), title=names[member])
            state = "" if not chosen else "is-on" if member in chosen else "is-off"
            rows.append(self._line(scene, row, name, decimals, shares, state, (row.value or 0.0) / top if top else 0.0))
        for word, row in last.items():
            if row.value is not None:
                rows.append(self._line(scene, row, word, decimals, shares, "is-rest", 0.0))
        head = html.Thead(html.Tr([html.Th(word) for word in heads]))
        return html.Div(html.Table([head, html.Tbody(rows)], className="leaders"), className="leaders-box", tabIndex=0)

    def _line(
        self, scene: Scene, row: _Row, name: Component, decimals: int, shares: bool, state: str, size: float
    ) -> Component:
        change = changed(scene, self.code, row.before, row.after)
        cells = [
            html.Th(name),
            html.Td([*self._judged(scene, row), html.B(number(row.value, decimals))]),
            *([html.Td(percent(None if row.share is None else 100 * row.share))] if shares else []),
            html.Td(moved(change) or MISSING, className=f"tone-{change.tone or 'none'}"),
        ]
        return html.Tr(cells, className=f"leader {state}".strip(), style={"--part": f"{max(size, 0.0):.3f}"})

    def _judged(self, scene: Scene, row: _Row) -> list[Component]:
        """The shape of a limit that a single member breaks; which one, on hover."""
        tone = LEVEL_TONE[scene.judgement.level(self.code, row.value, scene.period.last)]
        if tone not in SHAPES or row.members[1:]:
            return []
        words = "，".join(flag.text for flag in limit_flags(scene, self.code, row.value))
        return [html.Span(SHAPES[tone], className=f"judged tone-{tone}", title=words)]

    def _figure(self, scene: Scene, shown: Sequence[_Row], names: Mapping[str, str]) -> Figure | None:
        """The same rows as a chart, for pictures."""
        indicator = scene.indicator(self.code)
        year = compared_zh(scene) == "同比"
        marks = [
            Mark(
                row.members[0][0],
                names[row.members[0][0]],
                row.value,
                previous=None if year else row.before,
                year_before=row.before if year else None,
                tone=LEVEL_TONE[scene.judgement.level(self.code, row.value, scene.period.last)],
            )
            for row in shown
        ]
        if not marks:
            return None
        decimals = finer(indicator.decimals, (row.value for row in shown))
        aim = self._aim(scene)
        return ranking(
            marks,
            theme=scene.theme,
            unit=indicator.unit,
            decimals=decimals,
            chosen=scene.chosen(self._by(scene)),
            reference=Reference(aim.value, f"目标 {number(aim.value)}") if aim else None,
        )

    def _table(self, scene: Scene, answer: Answer, rows: Sequence[_Row], zh: str) -> Callable[[], Table]:
        """Every member, none folded away."""

        def make() -> Table:
            labels = full_labels(scene.labels, scene.regions)
            names = labels(self._by(scene), [row.members[0][0] for row in rows])
            sample = changed(scene, self.code, None, None)
            columns = (
                Column(zh),
                value_column(scene, self.code),
                Column("占比" if scene.platform.registry.adds_up(self.code) else "权重", "percent", 1, "%"),
                value_column(scene, self.code, former(scene)[0]),
                Column(compared_zh(scene), "number", sample.decimals, sample.suffix.strip()),
            )
            lines: list[tuple[Cell, ...]] = [
                (
                    names[row.members[0][0]],
                    row.value,
                    None if row.share is None else 100 * row.share,
                    row.before,
                    changed(scene, self.code, row.before, row.after).delta,
                )
                for row in rows
            ]
            kept = [i for i in range(len(columns)) if i != 2 or any(line[2] is not None for line in lines)]
            title = f"{scene.indicator(self.code).zh}按{zh}"
            return own_table(
                scene, answer, title, [columns[i] for i in kept], [[line[i] for i in kept] for line in lines], "bar"
            )()

        return make
