"""What every part of a board is: it asks its questions, and draws their answers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from components.board.scene import Scene
from components.cards import Better, Change
from components.figures.base import Figure
from components.format import MISSING
from components.states import Component, Shape
from data import clock
from data.coverage import GRACE_DAYS
from data.export.build import COMPLETENESS, Layout, completeness, from_answer, full_labels, notes_of
from data.export.table import Cell, ChartKind, Column, Kind, Table
from data.periods import Period
from data.semantic.spec import Answer, Bucket, Filter, Query

SUFFIX = {"percent": "%", "points": " 点"}


@dataclass(frozen=True)
class Drawn:
    """A part as it stands in a scene: a ``figure``, a ``body``, or a body around the figure, and what its frame says.

    ``table`` gives the same figures for export. ``bare`` parts bring their own frame, to which a ``menu`` may be added.
    ``choice`` is what the reader chooses of it, in its head. What no part may forget is filled in for it: the
    ``answers`` it rests on, ``note``, the caution that must be read first (5/6 区市), and ``applicable``, whether the
    view's filter reaches the figure.

    ``sentence`` is what the part itself says of its figure, to be copied behind the headline of its first indicator,
    which stands under ``where`` (none: the view's filter); ``alone`` where it says all of that itself.
    """

    title: str
    figure: Figure | None = None
    body: Component | None = None
    subtitle: str = ""
    href: str = ""
    aside: str = ""
    choice: Component | None = None
    note: str | None = None
    applicable: bool | None = None
    bare: bool = False
    menu: bool = False
    answers: tuple[Answer, ...] = ()
    table: Callable[[], Table] | None = None
    sentence: str = ""
    alone: bool = False
    where: Filter | None = None


@dataclass(frozen=True, kw_only=True)
class Part(ABC):
    """One place on a board.

    Neighbours with a ``strip`` share that many columns; ``clicks`` are the dimensions that a mark's ``customdata``
    names, in order.
    """

    id: str
    columns: int = 15
    rows: int = 1
    column: int | None = None
    strip: int = 0
    shape: Shape = "chart"
    clicks: tuple[str, ...] = field(default=())

    @abstractmethod
    def queries(self, scene: Scene) -> Sequence[Query]:
        """The questions whose answers :meth:`draw` gets, in the same order."""

    @abstractmethod
    def draw(self, scene: Scene, answers: Sequence[Answer]) -> Drawn:
        """The part, drawn from the answers."""

    def codes(self) -> tuple[str, ...]:
        """Indicators that the part shows, for the page's data-as-of; those of its ``code`` field by default."""
        code = getattr(self, "code", "")
        return (code,) if code else ()


def lateness(answer: Answer) -> str:
    """``5/6 区市`` where districts are missing in the latest bucket, else empty."""
    buckets = answer.query.buckets
    if not answer.reported:
        return ""
    reported = answer.reported[max(range(len(buckets)), key=lambda i: buckets[i].hi)]
    return "" if reported.whole else f"{len(reported.done)}/{len(reported.expected)} 区市"


def shared(scene: Scene, compared: Answer) -> str:
    """``5/6 区市`` where a comparison goes over those districts only that are complete then and now, else empty."""
    districts = compared.query.districts
    return f"{len(list(filter(None, districts)))}/{len(scene.reported.expected)} 区市" if districts else ""


def cautions(scene: Scene, answer: Answer, buckets: Sequence[Bucket]) -> list[str]:
    """``5/6（…）`` for each of some buckets of an answer, empty where it is whole.

    Nothing at all where no district left anything out: what lies before the first report of any is nobody's lateness.
    """
    known = dict(zip(answer.query.buckets, answer.reported, strict=True))
    if not any(known[bucket].late or known[bucket].holes for bucket in buckets):
        return []
    names = full_labels(scene.labels, scene.regions)
    words = {one: completeness(one, names) for one in {known[bucket] for bucket in buckets} if not one.whole}
    return [words.get(known[bucket], "") for bucket in buckets]


def remarks(words: Sequence[str]) -> list[str]:
    """:func:`cautions` as a chart says them on hover: ``5/6 区市已报（…）``."""
    parted = (word.partition("（") for word in words)
    return [f"{count} 区市已报{bracket}{who}" if count else "" for count, bracket, who in parted]


def footnote(words: Sequence[str]) -> str:
    """What hollow points mean, for a chart that has some."""
    return "；空心点：区市未报齐" if any(words) else ""


def standing(answers: Sequence[Answer], scene: Scene) -> tuple[str, int]:
    """How far a part's data reach, and by how many days they are later than their sources promise (0: in time)."""
    days = [answer.watermark for answer in answers if answer.watermark]
    if not days:
        return "", 0
    registry = scene.platform.registry
    cubes = {cube for answer in answers for code in answer.query.indicators for cube in registry.cubes_of(code)}
    age = (clock.today() - min(days)).days
    systems = "、".join(dict.fromkeys(sorted(cube.system for cube in cubes if cube.system)))
    late = age if age > max(cube.expected_every for cube in cubes) + GRACE_DAYS else 0
    return f"数据截至 {min(days).isoformat()}　来源：{systems}", late


def better(scene: Scene, code: str) -> Better:
    """Direction that is good, as cards know it; a band has none."""
    direction = scene.indicator(code).better
    return "neutral" if direction == "band" else direction


def changes(scene: Scene, code: str, values: Sequence[float | None], others: Sequence[tuple[str, int]]) -> list[Change]:
    """Changes of ``values[0]`` against the values at the indices of ``others``, each with its word."""
    indicator = scene.indicator(code)
    kind = scene.comparison(code)
    decimals = indicator.decimals if kind == "absolute" else 1
    suffix = SUFFIX.get(kind, f" {'个月' if indicator.unit == '月' else indicator.unit}")
    found = []
    for word, index in others:
        delta = scene.change(code, values[index], values[0])
        found.append(Change(word, delta, better(scene, code), decimals, suffix))
    return found


def comparisons(period: Period) -> list[tuple[str, Period]]:
    """The periods with which the present one is compared: 环比 where there is one, and 同比."""
    previous = period.previous()
    return [*([("环比", previous)] if previous else []), ("同比", period.year_before())]


def table_of(
    scene: Scene,
    answer: Answer,
    title: str,
    layout: Layout = "long",
    comparison: str = "",
    chart: ChartKind | None = None,
) -> Callable[[], Table]:
    """The answer as a table, made only when somebody exports it."""
    platform = scene.platform
    return lambda: from_answer(
        answer,
        platform.registry,
        full_labels(scene.labels, scene.regions),
        layout=layout,
        title=title,
        period=scene.period.label,
        comparison=comparison,
        chart=chart,
    )


def own_table(
    scene: Scene,
    answer: Answer,
    title: str,
    columns: Sequence[Column],
    rows: Sequence[Sequence[Cell]],
    chart: ChartKind | None = None,
    *,
    cautions: Sequence[str] = (),
    remarks: Sequence[str] = (),
) -> Callable[[], Table]:
    """What a part draws, as rows of its own: the table behind a picture holds the picture's numbers.

    ``cautions`` say of each row what is not whole in it; they make a last column. ``remarks`` are said in the
    notes besides.
    """
    if any(cautions):
        columns = (*columns, COMPLETENESS)
        districts = len(answer.reported[0].expected)
        rows = [(*row, caution or f"{districts}/{districts}") for row, caution in zip(rows, cautions, strict=True)]

    def make() -> Table:
        labels = full_labels(scene.labels, scene.regions)
        notes = notes_of(answer, scene.platform.registry, labels, period=scene.period.label)
        notes = replace(notes, remarks=(*notes.remarks, *remarks))
        units = "、".join(dict.fromkeys(column.unit for column in columns if column.unit))
        subtitle = " · ".join(filter(None, (f"单位：{units}" if units else "", notes.period)))
        return Table(title, tuple(columns), rows, notes, subtitle=subtitle, unit=units, chart=chart)

    return make


def value_column(scene: Scene, code: str, zh: str = "") -> Column:
    """A column of an indicator's values."""
    indicator = scene.indicator(code)
    kind: Kind = "percent" if indicator.unit == "%" else "number" if indicator.decimals else "integer"
    return Column(zh or indicator.brief, kind, max(indicator.decimals, 0), indicator.unit)


def whole_zh(scene: Scene, code: str) -> str:
    """What all members together are called: a sum of what adds up, else the whole that is worked out anew."""
    return "合计" if scene.platform.registry.adds_up(code) else "整体"


def told(value: float | None, scene: Scene, code: str) -> str:
    """A value with its unit, as a sentence says it."""
    indicator = scene.indicator(code)
    return MISSING if value is None else f"{value:,.{indicator.decimals}f} {indicator.unit}"
