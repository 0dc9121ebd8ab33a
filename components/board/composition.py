"""What a figure is made of: the parts of each place, and the steps on the way from the first to the last."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from components.board.part import Drawn, Part, own_table, table_of, told, value_column
from components.board.scene import Scene
from components.figures import ranking, shares
from components.figures.base import Mark
from components.figures.shares import Whole
from components.format import percent
from data.export.table import Column, Table
from data.semantic.spec import Answer, Query

MOST_PLACES = 10
"""Rows that a composition has room for."""


@dataclass(frozen=True, kw_only=True)
class Composition(Part):
    """Each place's figure cut by the members of a coded dimension; ``ordered`` where these are a scale (A to D)."""

    code: str
    across: str
    zh: str
    ordered: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "clicks", ("district", self.across))

    def queries(self, scene: Scene) -> Sequence[Query]:
        """Places by parts, and the sum."""
        now = (scene.period.bucket,)
        return scene.query(self.code, now, (scene.place_dim_of(self.code), self.across)), scene.query(self.code, now)

    def draw(self, scene: Scene, answers: Sequence[Answer]) -> Drawn:
        """The rows, the whole on top of its places."""
        apart, whole = answers
        indicator = scene.indicator(self.code)
        cells = apart[self.code].values
        dim = scene.platform.registry.dims[self.across]
        parts = list((dim.codes or {}).items())
        known = dict.fromkeys(member[0] for member, values in cells.items() if values[0] is not None)
        order = list(scene.regions.nodes)
        places = sorted(known, key=lambda place: order.index(place) if place in order else len(order))[:MOST_PLACES]
        by = scene.place_dim_of(self.code)
        names = scene.labels(by, places)
        rows = [
            Whole(place, names[place], [cells.get((place, part), (0.0,))[0] for part, _ in parts]) for place in places
        ]
        shown = [place for place, part in enumerate(parts) if any(row.parts[place] for row in rows)]
        figure = shares(
            [Whole(row.member, row.label, [row.parts[place] for place in shown]) for row in rows],
            [parts[place] for place in shown],
            theme=scene.theme,
            unit=indicator.unit,
            decimals=indicator.decimals,
            chosen=scene.chosen(by),
            ordered=self.ordered,
        )
        return Drawn(
            self.zh,
            figure=figure if rows else None,
            subtitle=f"按{dim.zh}，{indicator.unit}",
            href=scene.href(self.code),
            aside=told(whole[self.code].total()[0], scene, self.code),
            table=table_of(scene, apart, self.zh),
        )


@dataclass(frozen=True, kw_only=True)
class Steps(Part):
    """Additive figures that follow one another (推送 → 授信 → 投放), each with its share of the first.

    ``steps`` are ``(word, code)``; ``chained`` ones show their share of the step before.
    """

    steps: tuple[tuple[str, str], ...]
    zh: str
    chained: bool = False

    def codes(self) -> tuple[str, ...]:
        """All steps."""
        return tuple(code for _, code in self.steps)

    def queries(self, scene: Scene) -> Sequence[Query]:
        """All steps in one question."""
        return (scene.query(self.codes(), (scene.period.bucket,)),)

    def draw(self, scene: Scene, answers: Sequence[Answer]) -> Drawn:
        """The bars in their order."""
        (answer,) = answers
        values = [answer[code].total()[0] for code in self.codes()]
        first = scene.indicator(self.codes()[0])
        words = [word for word, _ in self.steps]
        wholes = self._wholes(values)
        parted = _are_parts(values, wholes)
        marks = [
            Mark(code, _named(word, value, whole) if parted and place else word, value)
            for place, (word, code, value, whole) in enumerate(zip(words, self.codes(), values, wholes, strict=True))
        ]
        figure = ranking(marks, theme=scene.theme, unit=first.unit, decimals=first.decimals, by_value=False)
        return Drawn(
            self.zh,
            figure=figure if any(value is not None for value in values) else None,
            subtitle=f"{first.unit}，{scene.period.label}"
            + (f"；括号内为占{self._whole_zh()}的比例" if parted else "；各环节本期发生数"),
            href=scene.href(self.codes()[-1]),
            table=self._table(scene, answer, words, values),
        )

    def _table(
        self, scene: Scene, answer: Answer, words: Sequence[str], values: Sequence[float | None]
    ) -> Callable[[], Table]:
        """Step, amount, share of the first or of the step before."""
        wholes = self._wholes(values)
        rows = [(w, value, _share(value, whole)) for w, value, whole in zip(words, values, wholes, strict=True)]
        columns = (
            Column("环节"),
            value_column(scene, self.codes()[0], "数量"),
            Column(f"占{self._whole_zh()}", "percent", 1, "%"),
        )
        return own_table(scene, answer, self.zh, columns, rows, "bar")

    def _wholes(self, values: Sequence[float | None]) -> list[float | None]:
        """Of what each step is a share; the first of itself."""
        return [values[0], *values[:-1]] if self.chained else [values[0]] * len(values)

    def _whole_zh(self) -> str:
        return "上一环节" if self.chained else self.steps[0][0]


def _are_parts(values: Sequence[float | None], wholes: Sequence[float | None]) -> bool:
    """Whether steps can be parts of what they are shares of: in a short period they are of what began before it."""
    return all(
        whole is not None and value <= whole for value, whole in zip(values, wholes, strict=True) if value is not None
    )


def _named(word: str, value: float | None, whole: float | None) -> str:
    share = _share(value, whole)
    return word if share is None else f"{word}（{percent(share, 0)}）"


def _share(value: float | None, whole: float | None) -> float | None:
    return None if value is None or not whole else 100 * value / whole
