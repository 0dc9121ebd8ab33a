"""What the reader chooses of an indicator's page: by what it is divided, and with which period it is compared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from components.board.part import changes, comparisons
from components.board.scene import Scene
from components.cards import Change
from components.figures.base import Figure
from components.format import LEVEL, arrow, number
from components.state import PLACES
from components.states import Component, Option, segmented
from data.periods import Period

VERSUS: Final = "vs"
"""Parameter that says with which period the page compares: ``previous`` or ``year``."""

WORDS: Final = {"环比": "previous", "同比": "year"}
MOST_PERCENT: Final = 1_000
FORMER: Final = {"day": "前一日", "week": "上周", "month": "上月", "quarter": "上季", "year": "上年", "range": "前一段"}


def ways(scene: Scene, code: str) -> list[str]:
    """Dimensions by which the indicator divides within the region: places first, at the level below it."""
    dims = scene.platform.registry.dims_of(code)
    below = "district" if scene.regions.districts(scene.where.region)[1:] else "town"
    return [dim for dim in dims if dim == below] + [dim for dim in dims if dim not in PLACES] or list(dims)


def dim_zh(scene: Scene, code: str, dim: str) -> str:
    """A dimension's word."""
    return scene.platform.registry.cubes_of(code)[0].dim(dim).zh


def choice(scene: Scene, parameter: str, code: str, dims: Sequence[str], chosen: str, label: str) -> Component:
    """The dimensions to choose from, as links: the choice is a parameter of the address."""
    options = [Option(dim, dim_zh(scene, code, dim), scene.path + _with(scene, parameter, dim)) for dim in dims]
    return segmented(parameter, options, chosen, label)


def _with(scene: Scene, parameter: str, value: str) -> str:
    return scene.view.with_extra(**{parameter: value}).search


def steered(figure: Figure, clicks: Sequence[str], dim: str) -> Figure:
    """The figure with each mark's member where ``clicks`` has its dimension, so that a click toggles that one."""
    place = clicks.index(dim)
    for trace in figure["data"]:
        members = trace.get("customdata")
        if members:
            trace["customdata"] = [[*("",) * place, member[0]] for member in members]
    return figure


def link(scene: Scene, *picked: tuple[str, str]) -> str:
    """Where a click on the mark of these ``(dimension, member)`` leads."""
    return scene.path + scene.view.clicked(*picked).search


# --- with what it is compared ----------------------------------------------------------------------------------


def former(scene: Scene) -> tuple[str, Period]:
    """The period that the page compares with, and its word: the chosen one, else the period before.

    Of 累计, which has no period before, always the year before.
    """
    word, period = _compared(scene)
    if word == "同比":
        return "上年同期", period
    return FORMER[scene.period.kind] + ("同天数" if scene.period.open else ""), period


def compared_zh(scene: Scene) -> str:
    """环比 or 同比."""
    return _compared(scene)[0]


def _compared(scene: Scene) -> tuple[str, Period]:
    possible = comparisons(scene.period)
    wanted = scene.view.more(VERSUS)
    return next((pair for pair in possible if WORDS[pair[0]] == wanted), possible[0])


def versus(scene: Scene) -> Component:
    """环比 or 同比, as links."""
    possible = [word for word, _ in comparisons(scene.period)]
    options = [Option(word, word, scene.path + _with(scene, VERSUS, WORDS[word])) for word in possible]
    return segmented(VERSUS, options, compared_zh(scene), "比什么")


def changed(scene: Scene, code: str, before: float | None, after: float | None) -> Change:
    """A change in the indicator's own way, without a word before it."""
    return changes(scene, code, (after, before), [("", 1)])[0]


def moved(item: Change) -> str:
    """A change in a narrow place, arrow, size and unit; nothing where it is unknown.

    Beyond tenfold a percentage says no more than that something was next to nothing before.
    """
    if item.delta is None:
        return ""
    if not item.moved:
        return LEVEL
    if item.suffix == "%" and abs(item.delta) >= MOST_PERCENT:
        return f"{arrow(item.moved)} ＞{MOST_PERCENT - 1}%"
    return f"{arrow(item.moved)} {number(abs(item.delta), item.decimals)}{item.suffix.strip()}"
