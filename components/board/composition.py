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

    ``steps`` are ``(word, code)``.
    """

    steps: tuple[tuple[str, str], ...]
    zh: str

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
        first_is_whole = _holds_all(values)
        marks = [
            Mark(code, _named(word, value, values[0]) if first_is_whole else word, value)
            for word, code, value in zip(words, self.codes(), values, strict=True)
        ]
        figure = ranking(marks, theme=scene.theme, unit=first.unit, decimals=first.decimals, by_value=False)
        return Drawn(
            self.zh,
            figure=figure if any(value is not None for value in values) else None,
            subtitle=f"{first.unit}，{scene.period.label}"
            + (f"；括号内为占{words[0]}的比例" if first_is_whole else "；各环节本期发生数"),
            href=scene.href(self.codes()[-1]),
            table=self._table(scene, answer, words, values),
        )

    def _table(
        self, scene: Scene, answer: Answer, words: Sequence[str], values: Sequence[float | None]
    ) -> Callable[[], Table]:
        """Step, amount, share of the first."""
        rows = [(word, value, _share(value, values[0])) for word, value in zip(words, values, strict=True)]
        columns = (
            Column("环节"),
            value_column(scene, self.codes()[0], "数量"),
            Column(f"占{words[0]}", "percent", 1, "%"),
        )
        return own_table(scene, answer, self.zh, columns, rows, "bar")


def _holds_all(values: Sequence[float | None]) -> bool:
    """Whether the later steps can be parts of the first: in a short period they are of what began before it."""
    return values[0] is not None and all(value <= values[0] for value in values if value is not None)


def _named(word: str, value: float | None, first: float | None) -> str:
    share = _share(value, first)
    return word if share is None or value is first else f"{word}（{percent(share, 0)}）"


def _share(value: float | None, first: float | None) -> float | None:
    return None if value is None or not first else 100 * value / first
