"""The pivot: two dimensions of the reader's choice against each other, each cell with its value and its change."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import median
from typing import Final

from dash import dcc, html

from components.board.apart import changed, compared_zh, dim_zh, former, link, moved, ways
from components.board.part import Drawn, Part, own_table, shared, value_column, whole_zh
from components.board.scene import Scene
from components.cards import Change
from components.figures import heatmap
from components.figures.base import Figure
from components.format import finer, number
from components.state import PLACES
from components.states import Component, Option, empty, segmented
from data.export.build import full_labels
from data.export.table import Cell, Column, Table
from data.semantic.fold import Fold
from data.semantic.spec import Answer, Member, Query
from data.semantic.why import divisible

MOST_ROWS: Final = 12
MOST_COLUMNS: Final = 7
"""Members that a pivot lists on each side; of more, those beyond are one row or column."""

PALEST: Final = 0.06
"""Shade of the least cell where cells do not begin at nought."""

Sides = tuple[str, ...]
"""Members of one row or column: one, several folded into 其余, or none for the total."""


@dataclass(frozen=True)
class _Side:
    """One edge of the pivot: its dimension, the members listed in order, those folded, and their words."""

    dim: str
    zh: str
    listed: Sides
    folded: Sides
    names: Mapping[str, str]

    @property
    def lines(self) -> list[tuple[str, Sides]]:
        """Heading and members of each line, the total left out."""
        lines: list[tuple[str, Sides]] = [(self.names[member], (member,)) for member in self.listed]
        return [*lines, (f"其余 {len(self.folded)}", self.folded)] if self.folded else lines


@dataclass(frozen=True)
class _Cross:
    """The cells: values over all that is known, changes over the districts that are complete.

    Totals of what can't be put together (distinct members, percentiles) were asked for, their 其余 is unknown.
    """

    values: Fold
    alike: Fold
    margins: Mapping[tuple[bool, bool], tuple[Answer, Answer]]
    code: str

    def cell(self, row: Sides, column: Sides) -> tuple[float | None, float | None, float | None]:
        """Value now, and before and after as they compare; empty sides stand for all."""
        margin = self.margins.get((bool(row), bool(column)))
        if margin is not None and len(row) <= 1 and len(column) <= 1:
            plain, like = (answer[self.code].values.get((*row, *column), (None, None)) for answer in margin)
            return plain[0], like[1], like[0]
        plain, like = (self._folded(fold, row, column) for fold in (self.values, self.alike))
        return plain[0], like[1], like[0]

    def _folded(self, fold: Fold, row: Sides, column: Sides) -> tuple[float | None, ...]:
        series = fold.series.values
        if len(row) == len(column) == 1:
            return series.get((row[0], column[0]), (None, None))
        rows, columns = frozenset(row), frozenset(column)
        found = [m for m in series if (not row or m[0] in rows) and (not column or m[1] in columns)]
        return fold.together(found) if found else (None, None)

    @cached_property
    def sizes(self) -> tuple[dict[str, float], dict[str, float]]:
        """How much each row and each column holds now, by which the largest are listed."""
        found: tuple[dict[str, float], dict[str, float]] = ({}, {})
        weights = self.values.series.denominator or self.values.series.values
        for member, amounts in weights.items():
            for side, name in zip(found, member, strict=True):
                side[name] = side.get(name, 0.0) + abs(amounts[0] or 0.0)
        return found


@dataclass(frozen=True, kw_only=True)
class Pivot(Part):
    """Rows × columns, with totals; a cell leads to the view that chooses both, a heading to its own member's."""

    code: str
    zh: str = "透视"
    columns: int = 60

    def queries(self, scene: Scene) -> Sequence[Query]:
        """Cells of both periods and, where totals are no sums of cells, the totals; each also over like districts."""
        row, column = self._dims(scene)
        if not column:
            return ()
        spans = (scene.period.bucket, former(scene)[1].bucket)
        asked = [scene.query(self.code, spans, by) for by in ((row, column), *self._margins(scene, row, column))]
        return tuple(query for plain in asked for query in (plain, scene.alike(plain)))

    def draw(self, scene: Scene, answers: Sequence[Answer]) -> Drawn:
        """The crosstab, shaded by value."""
        row, column = self._dims(scene)
        if not column:
            zh = dim_zh(scene, self.code, row)
            return Drawn(self.zh, body=empty("不能透视", f"该指标只能按{zh}分"), note="", applicable=True)
        pairs = list(zip(answers[::2], answers[1::2], strict=True))
        values, like = (Fold.of(scene.platform.registry, answer[self.code]) for answer in pairs[0])
        margins = {(row in plain.query.by, column in plain.query.by): (plain, other) for plain, other in pairs[1:]}
        cross = _Cross(values, like, margins, self.code)
        down = self._side(scene, row, cross.sizes[0], MOST_ROWS)
        across = self._side(scene, column, cross.sizes[1], MOST_COLUMNS)
        indicator = scene.indicator(self.code)
        filled = bool(cross.values.series.values)
        return Drawn(
            self.zh,
            figure=self._figure(scene, cross, down, across) if filled else None,
            body=self._body(scene, cross, down, across) if filled else None,
            subtitle=f"{indicator.unit}，{scene.period.label}，{compared_zh(scene)}{self._cut(down, across)}",
            choice=self._choice(scene, row, column),
            note=shared(scene, answers[1]),
            table=self._table(scene, answers[0], cross, row, column),
        )

    # --- what the reader chooses -------------------------------------------------------------------------------

    def _dims(self, scene: Scene) -> tuple[str, str]:
        """Rows and columns: as chosen, else places against the first coded dimension; no column where there is one
        dimension only.
        """
        possible = ways(scene, self.code)
        if not possible[1:]:
            return possible[0], ""
        coded = [dim for dim in possible if scene.platform.registry.dims[dim].codes is not None]
        row, column = scene.view.more("row"), scene.view.more("col")
        if row not in possible:
            row = next((dim for dim in possible if dim != column and (coded or dim not in PLACES)), possible[0])
        if column not in possible or column == row:
            column = next(dim for dim in [*coded, *possible] if dim != row)
        return row, column

    def _choice(self, scene: Scene, row: str, column: str) -> Component:
        """Rows and columns to choose from. Choosing what the other side shows swaps the two."""
        possible = ways(scene, self.code)
        sides = []
        for word, parameter, now, other in (("行", "row", row, "col"), ("列", "col", column, "row")):
            options = []
            for dim in possible:
                chosen = {parameter: dim, **({other: now} if dim in (row, column) else {})}
                options.append(
                    Option(dim, dim_zh(scene, self.code, dim), scene.path + scene.view.with_extra(**chosen).search)
                )
            sides.append(html.Span(word, className="hint"))
            sides.append(segmented(parameter, options, now, f"{word}的维度"))
        return html.Div(sides, className="pivot-choice")

    def _margins(self, scene: Scene, row: str, column: str) -> list[tuple[str, ...]]:
        """Divisions of the totals that have to be asked for: none where cells make them up."""
        return [] if divisible(scene.indicator(self.code), scene.platform.registry) else [(row,), (column,), ()]

    def _side(self, scene: Scene, dim: str, sizes: Mapping[str, float], most: int) -> _Side:
        """The largest members in the dimension's own order: places officially, codes as declared, entities by size."""
        declared = scene.platform.registry.dims[dim]
        largest = sorted(sizes, key=lambda member: -sizes[member])
        kept = largest if len(largest) <= most + 1 else largest[:most]
        if not declared.region and declared.codes is None:
            # Of entities those that hold nothing now are among the rest: places and codes are told also where empty.
            kept = [member for member in kept if sizes[member]] or kept
        order = list(scene.regions.nodes) if declared.region else list(declared.codes or ())
        rank = {member: index for index, member in enumerate(order)}
        listed = sorted(kept, key=lambda member: rank.get(member, len(rank)))
        return _Side(
            dim, dim_zh(scene, self.code, dim), tuple(listed), tuple(largest[len(kept) :]), scene.labels(dim, listed)
        )

    def _cut(self, down: _Side, across: _Side) -> str:
        cut = [
            f"{side.zh}列前 {len(side.listed)} 个，共 {len(side.listed) + len(side.folded)}"
            for side in (down, across)
            if side.folded
        ]
        return "".join(f"；{words}" for words in cut)

    # --- as it is seen -----------------------------------------------------------------------------------------

    def _body(self, scene: Scene, cross: _Cross, down: _Side, across: _Side) -> Component:
        known, decimals = self._known(scene, cross, down, across)
        # Rates differ by little: their shades begin at the least of them, those of amounts at nought.
        low = 0.0 if cross.values.adds else min(known, default=0.0)
        span = max(known, default=0.0) - low

        def cell(row: Sides, column: Sides) -> Component:
            value, before, after = cross.cell(row, column)
            picked = [(side.dim, members[0]) for side, members in ((down, row), (across, column)) if len(members) == 1]
            inside = _told(value, changed(scene, self.code, before, after), decimals)
            whole = len(picked) == 2
            heat = (value - low) / span if whole and value is not None and span > 0 else 0.0
            shade = max(heat, 0.0) if cross.values.adds else PALEST + (1 - PALEST) * heat
            name = "cell" if whole else "cell is-total" if not (row and column) else "cell is-rest"
            if whole and all(scene.view.picks(*pair) for pair in picked):
                name += " is-on"
            if value is None:
                return html.Td("", className="cell is-gap")
            shown = dcc.Link(inside, href=link(scene, *picked)) if whole else html.Div(inside)
            return html.Td(shown, className=name, style={"--heat": f"{100 * shade if whole else 0:.1f}%"})

        def heading(side: _Side, name: str, members: Sides) -> Component:
            if len(members) != 1:
                return html.Th(name)
            on = members[0] in scene.chosen(side.dim)
            here = dcc.Link(name, href=link(scene, (side.dim, members[0])), title=name)
            return html.Th(here, className="is-on" if on else "")

        head = [
            html.Th(f"{down.zh} \\ {across.zh}"),
            *(heading(across, *line) for line in across.lines),
            html.Th(whole_zh(scene, self.code)),
        ]
        rows = [
            html.Tr([heading(down, name, members), *(cell(members, c) for _, c in across.lines), cell(members, ())])
            for name, members in down.lines
        ]
        foot = html.Tr([html.Th(whole_zh(scene, self.code)), *(cell((), c) for _, c in across.lines), cell((), ())])
        return html.Div(
            html.Table(
                [html.Thead(html.Tr(head)), html.Tbody(rows), html.Tfoot(foot)],
                className="pivot",
                style={"--lines": len(rows) + 2},
            ),
            className="pivot-box",
            tabIndex=0,
        )

    def _known(self, scene: Scene, cross: _Cross, down: _Side, across: _Side) -> tuple[list[float], int]:
        """Values of the listed cells, and their decimals: what most of them hold must be readable, not only the
        greatest.
        """
        cells = (cross.cell((row,), (column,))[0] for row in down.listed for column in across.listed)
        known = [value for value in cells if value is not None]
        decimals = scene.indicator(self.code).decimals
        middle = median(abs(value) for value in known if value) if any(known) else None
        return known, min(finer(decimals, [middle]), decimals + 1)

    def _figure(self, scene: Scene, cross: _Cross, down: _Side, across: _Side) -> Figure:
        """The listed values as a heat map, for pictures."""
        rows, columns = ([(member, side.names[member]) for member in side.listed] for side in (down, across))
        grid = [[cross.cell((row,), (column,))[0] for column, _ in columns] for row, _ in rows]
        decimals = self._known(scene, cross, down, across)[1]
        unit = scene.indicator(self.code).unit
        return heatmap(rows, columns, grid, theme=scene.theme, unit=unit, decimals=decimals)

    def _table(self, scene: Scene, answer: Answer, cross: _Cross, row: str, column: str) -> Callable[[], Table]:
        """Every pair that has a value, a line each, none folded away."""

        def make() -> Table:
            pairs: list[Member] = [m for m, values in cross.values.series.values.items() if values != (None, None)]
            labels = full_labels(scene.labels, scene.regions)
            names = [labels(dim, [m[i] for m in pairs]) for i, dim in enumerate((row, column))]
            sample = changed(scene, self.code, None, None)
            columns = (
                *(Column(dim_zh(scene, self.code, dim)) for dim in (row, column)),
                value_column(scene, self.code),
                value_column(scene, self.code, former(scene)[0]),
                Column(compared_zh(scene), "number", sample.decimals, sample.suffix.strip()),
            )
            lines: list[tuple[Cell, ...]] = []
            for first, second in pairs:
                value, before, after = cross.cell((first,), (second,))
                delta = changed(scene, self.code, before, after).delta
                lines.append((names[0][first], names[1][second], value, before, delta))
            zh = " × ".join(dim_zh(scene, self.code, dim) for dim in (row, column))
            return own_table(scene, answer, f"{scene.indicator(self.code).zh}：{zh}", columns, lines)()

        return make


def _told(value: float | None, change: Change, decimals: int) -> list[Component]:
    """A cell's value and, below it, its change."""
    words = moved(change)
    return [html.B(number(value, decimals if value else 0)), *([html.Small(words)] if words else [])]
