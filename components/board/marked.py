"""Marks on a series: where they stand on its axis, what a chart draws of them, and what an export says."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from components.board.scene import Scene
from components.figures.base import Event, X
from data.export.table import Table
from data.marks import Grain, Mark
from data.models.platform.marks import MARK_KINDS


class Span(Protocol):
    """The days ``lo <= day < hi`` of a place on the axis."""

    @property
    def lo(self) -> date:
        """First day."""

    @property
    def hi(self) -> date:
        """First day after it."""


@dataclass(frozen=True)
class Placed:
    """A mark with its name in this scene, and the first and last place of the axis that it touches."""

    mark: Mark
    name: str
    first: int
    last: int


def placed(
    scene: Scene, codes: Iterable[str], spans: Sequence[Span], grain: Grain, region: str | None = None
) -> list[Placed]:
    """Marks that concern a series of these indicators over ``spans``, in the scene's region unless told another."""
    if not spans:
        return []
    within = scene.where.region if region is None else region
    marks = scene.platform.marks()
    found = []
    for mark in marks.concerning(codes, within, spans[0].lo, spans[-1].hi, grain):
        ends = mark.first if mark.is_point else mark.last or date.max
        first = bisect_right(spans, mark.first, key=lambda span: span.hi)
        last = bisect_right(spans, ends, key=lambda span: span.lo) - 1
        if first <= last:  # else it lies between two places: a month that is not shown
            found.append(Placed(mark, marks.name(mark, within), first, last))
    return found


def events(found: Sequence[Placed], xs: Sequence[X]) -> list[Event]:
    """The marks as a chart over ``xs`` draws them: at a coarse grain a mark stands at the period it lies in."""
    return [
        Event(
            xs[item.first],
            item.name,
            None if item.mark.is_point else xs[item.last],
            f"{item.name}（{item.mark.span}）",
            item.mark.weight,
            item.mark.kind in ("policy", "definition"),
        )
        for item in found
    ]


def annotated(make: Callable[[], Table], found: Sequence[Placed], count: int) -> Callable[[], Table]:
    """The table of a series of ``count`` rows, its periods with their marks, and its notes with all of them."""
    if not found:
        return make
    words = ["、".join(i.name for i in found if i.first <= row <= i.last) for row in range(count)]
    return lambda: make().annotated(words, [_line(item) for item in found])


def _line(item: Placed) -> str:
    """``2026-05-06 起　公积金新政（政策，泰房金〔2026〕8 号）``."""
    about = "，".join(filter(None, (MARK_KINDS[item.mark.kind], item.mark.source)))
    return f"{item.mark.span}　{item.name}（{about}）"
