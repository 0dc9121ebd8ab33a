"""A board drawn: all questions of its parts in one batch, an error panel in the place of what failed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from components.board.part import Drawn, Part, lateness, standing
from components.board.scene import NoData, Scene
from components.panels import board as grid
from components.panels import graph, panel, slot, strip, with_menu
from components.states import Component, empty, error, stale
from data import log
from data.access.viewer import Forbidden
from data.errors import PlatformError, reference
from data.export.build import in_force
from data.export.table import Table
from data.semantic.spec import Answer

_log = log.get("board")

DAY_SECONDS = 86_400


@dataclass(frozen=True)
class Tab:
    """One of the views of a board that has several: its name in addresses, its word, its parts and their tracks.

    ``compares``: whether the reader's choice of comparison means anything to it.
    """

    name: str
    zh: str
    parts: tuple[Part, ...]
    tracks: str
    compares: bool = True


@dataclass(frozen=True)
class Board:
    """A page's figures: its name in addresses, its title, its parts in order, and the tracks of its grid.

    ``order`` is its place in the navigation; ``dims`` are the dimensions that the filter bar offers as lists: any other
    chip comes from a click. A board that is one of several under one place has ``sections``, ``(title, path)`` of each,
    the first of which stands in the navigation for all. A board in ``tabs`` shows one at a time (:meth:`at`); its
    ``parts`` are those of all.
    """

    name: str
    title: str
    path: str
    parts: tuple[Part, ...]
    tracks: str
    dims: tuple[str, ...] = ()
    default_period: str = "ytd"
    order: int = 0
    sections: tuple[tuple[str, str], ...] = ()
    tabs: tuple[Tab, ...] = ()

    @property
    def codes(self) -> tuple[str, ...]:
        """All indicators shown."""
        return tuple(dict.fromkeys(code for part in self.parts for code in part.codes()))

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of its parts."""
        return tuple(part.id for part in self.parts)

    def at(self, tab: str) -> Board:
        """The board as one of its tabs shows it: the first where there is none of this name."""
        if not self.tabs:
            return self
        shown = next((each for each in self.tabs if each.name == tab), self.tabs[0])
        return replace(self, parts=shown.parts, tracks=shown.tracks)

    def part(self, part_id: str) -> Part | None:
        """The part of this id."""
        return next((part for part in self.parts if part.id == part_id), None)


def board(shown: Board, drawn: Mapping[str, Component]) -> Component:
    """The whole board, its parts drawn."""
    places: list[Component] = []
    for width, group in groupby(shown.parts, key=lambda part: part.strip):
        slots = [slot(p.id, drawn[p.id], columns=p.columns, rows=p.rows, column=p.column) for p in group]
        places += [strip(slots, width)] if width else slots
    return grid(places, shown.tracks)


def results(parts: Iterable[Part], scene: Scene) -> list[tuple[Part, Drawn | Exception]]:
    """Each part drawn, or why it could not be; one batch of questions for all."""
    asked: list[tuple[Part, Any]] = []
    parts = tuple(parts)
    for part in parts:
        try:
            asked.append((part, tuple(part.queries(scene.of(part.codes())))))
        except Exception as failure:  # one part's failure must not take the others along
            asked.append((part, failure))
    questions = [query for _, queries in asked if not isinstance(queries, Exception) for query in queries]
    answers = iter(scene.platform.engine.answers(questions, scene.viewer)) if questions else iter(())
    found: list[tuple[Part, Drawn | Exception]] = []
    for part, queries in asked:
        if isinstance(queries, Exception):
            found.append((part, queries))
            continue
        mine = [next(answers) for _ in queries]
        found.append((part, _drawn(part, scene.of(part.codes()), mine)))
    return found


def framed(part: Part, result: Drawn | Exception, scene: Scene) -> Component:
    """The part in its frame; a failure in the frame of what failed."""
    if isinstance(result, Exception):
        return panel(part.id, title=name_of(part, scene), body=failure(result, part.id), menu=False)
    scene = scene.of(part.codes())
    if result.bare and result.body is not None:
        href = f"/export/figure/{scene.board}/{part.id}.{{}}{scene.view.search}"
        return with_menu(part.id, result.body, href) if result.menu else result.body
    if result.body is not None:
        body = result.body
    elif result.figure is not None and result.figure["data"]:
        body = graph(part.id, result.figure, result.title)
    else:
        body = empty(*why_empty(result.answers, scene))
    reach, late = standing(result.answers, scene)
    return panel(
        part.id,
        title=result.title,
        body=stale(body, late * DAY_SECONDS) if late else body,
        reach=reach,
        own_period=scene.own_period,
        subtitle=result.subtitle,
        href=result.href,
        aside=result.aside,
        choice=result.choice,
        note=result.note or "",
        applicable=result.applicable is not False,
        export_href=f"/export/figure/{scene.board}/{part.id}.{{}}{scene.view.search}",
        exports=("png", "svg", "csv", "xlsx") if result.figure is not None else ("csv", "xlsx"),
    )


def failure(found: Exception, part_id: str = "") -> Component:
    """An error state: what, where, what to do, and the number under which it is in the log."""
    if isinstance(found, NoData):
        return empty(found.what, found.remedy)
    if isinstance(found, Forbidden):
        return empty(str(found))
    if isinstance(found, PlatformError):
        _log.warning("figure refused", part=part_id, what=found.what, reference=found.reference)
        return error(found.what, found.where, found.remedy, found.reference, part_id)
    number = reference()
    _log.error("figure failed", part=part_id, reference=number, exc_info=found)
    return error("这一图表出错，未能显示", "", "稍后重试；若反复出现，请把编号告知系统管理员", number, part_id)


def why_empty(answers: Sequence[Answer], scene: Scene) -> tuple[str, str]:
    """Why there is nothing to draw, and what would fill it."""
    codes = tuple(dict.fromkeys(code for answer in answers for code in answer.query.indicators))
    if missing := scene.platform.engine.unreported(codes):
        return f"没有“{'、'.join(missing)}”数据", "在“数据上传”中上传该数据集后自动显示"
    first = answers[0]
    if first.query.where.allow:
        return "所选筛选下没有记录", "去掉一个筛选后再看"
    return f"{scene.period.label} 没有记录", "换一个期间或区域"


def _drawn(part: Part, scene: Scene, answers: list[Answer | Exception]) -> Drawn | Exception:
    failed = next((answer for answer in answers if isinstance(answer, Exception)), None)
    if failed is not None:
        return failed
    whole = tuple(answer for answer in answers if not isinstance(answer, Exception))
    try:
        drawn = part.draw(scene, whole)
    except Exception as error_:  # a part that can't draw shows an error panel, the page stands
        return error_
    first = whole[0] if whole else None
    beside = first is not None and _beside(first, scene)
    return replace(
        drawn,
        answers=whole,
        table=_as_defined_then(drawn.table, scene),
        note=(lateness(first) if first else "") if drawn.note is None else drawn.note,
        applicable=not beside if drawn.applicable is None else drawn.applicable,
    )


def _beside(answer: Answer, scene: Scene) -> bool:
    """Whether the answer is not of what was filtered: its cube can't, or it sets districts side by side in a town."""
    in_town = scene.regions.district_of(scene.where.region) not in (None, scene.where.region)
    return (in_town and "district" in answer.query.by) or any(series.ignored for series in answer.series.values())


def _as_defined_then(make: Callable[[], Table] | None, scene: Scene) -> Callable[[], Table] | None:
    """The table with the definitions that were valid at the period's end among its notes."""
    if make is None:
        return None

    def made() -> Table:
        table = make()
        return replace(table, notes=in_force(table.notes, scene.platform.definitions(), scene.period.last))

    return made


def name_of(part: Part, scene: Scene) -> str:
    """What a part is called before it is drawn."""
    zh = getattr(part, "zh", "")
    return zh or (scene.indicator(part.codes()[0]).zh if part.codes() else part.id)
