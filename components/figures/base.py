"""Words and small tools shared by the chart builders.

A builder turns plain values into a plain dict ``{"data", "layout"}``: no ``go.Figure``, which costs more than the
query behind it. Every clickable mark carries ``customdata[0]``, the member it stands for. Missing is a gap.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from components import format as fmt
from components.theme import TEXT, Theme, Tone

Figure = dict[str, Any]
Value = float | int | None
X = date | str

LINE: Final = TEXT * 1.3


@dataclass(frozen=True)
class Series:
    """One line, area or row of values along a shared axis; ``colour`` is a token name, else by position.

    ``partial`` says of each value what it lacks (empty: nothing): points of a line that are not whole are hollow.
    """

    name: str
    values: Sequence[Value]
    strong: bool = False
    dotted: bool = False
    member: str | None = None
    colour: str | None = None
    partial: Sequence[str] = ()


@dataclass(frozen=True)
class Mark:
    """One bar or row: a member with its value, and what is told of it on hover.

    ``tone`` is a judged state; it brings its own shape. ``note`` is a short word at the row's end.
    """

    member: str
    label: str
    value: Value
    previous: Value = None
    year_before: Value = None
    target: Value = None
    tone: Tone | None = None
    note: str = ""

    def __post_init__(self) -> None:
        """What is not a finite number is missing, here and in every sum made of it."""
        for name in ("value", "previous", "year_before", "target"):
            value = getattr(self, name)
            if value is not None and not math.isfinite(value):
                object.__setattr__(self, name, None)


@dataclass(frozen=True)
class Reference:
    """A promise, limit or mean drawn as a thin dashed line with its name."""

    value: float
    name: str
    tone: Tone | None = None


@dataclass(frozen=True)
class Event:
    """A place on the axis that explains a bend, a new policy, or those up to and with ``until``: 春节.

    ``told`` says more on hover; the name of the least ``weight`` gets room first. A ``slim`` span is in force rather
    than disturbing: a strip along the top, no ground under the curves.
    """

    at: X
    name: str
    until: X | None = None
    told: str = ""
    weight: int = 0
    slim: bool = False


@dataclass(frozen=True)
class Band:
    """A named range of the value axis, ``lo`` inclusive; without ``hi`` it is open above."""

    name: str
    lo: float
    hi: float | None = None
    tone: Tone | None = None


@dataclass(frozen=True)
class Axis:
    """Ticks of a value axis: range, positions and their words in 万/亿."""

    lo: float
    hi: float
    values: tuple[float, ...]
    texts: tuple[str, ...]

    @property
    def room(self) -> float:
        """Pixels the widest tick text needs."""
        return max((fmt.ems(text) for text in self.texts), default=0) * TEXT + 12


def known(values: Iterable[Value]) -> list[float]:
    """The values that are there, as floats; what is not a finite number is not there."""
    return [float(value) for value in values if value is not None and math.isfinite(value)]


def gaps(values: Sequence[Value]) -> list[float | None]:
    """The values with everything unusable as None, which charts leave open."""
    return [float(value) if value is not None and math.isfinite(value) else None for value in values]


def value_axis(
    values: Iterable[Value], *, zero: bool = True, steps: int = 4, headroom: float = 0.06, whole: bool = False
) -> Axis:
    """Round ticks over the values; ``zero`` makes the axis start there, as bars must. Of things that are counted all
    ticks are ``whole``.
    """
    there = known(values)
    lo, hi = (min(there), max(there)) if there else (0.0, 1.0)
    if zero:
        lo, hi = min(lo, 0.0), max(hi, 0.0)
    if hi == lo:
        pad = abs(hi) * 0.1 or 1.0
        lo, hi = (lo, hi + pad) if zero else (lo - pad, hi + pad)
    room = (hi - lo) * headroom
    lo, hi = (lo if zero and lo == 0 else lo - room), (hi if zero and hi == 0 else hi + room)
    step = _round_step((hi - lo) / steps)
    step = math.ceil(step) if whole else step
    if hi > 0 and math.ceil(hi / step) * step - hi < step * 0.4:
        hi = math.ceil(hi / step) * step
    first = math.ceil(lo / step - 1e-9)
    last = math.floor(hi / step + 1e-9)
    ticks = tuple(round(position * step, 10) for position in range(first, last + 1))
    return Axis(lo, hi, ticks, tick_texts(ticks))


def tick_texts(ticks: Sequence[float]) -> tuple[str, ...]:
    """Words of the ticks, all in one scale and with as many decimals as the step needs."""
    divisor, word = fmt.scale(max((abs(tick) for tick in ticks), default=0))
    scaled = [tick / divisor for tick in ticks]
    decimals = next((d for d in range(5) if all(abs(v - round(v, d)) < 1e-9 for v in scaled)), 4)
    if word == "万" and decimals > 1:
        return tuple(fmt.number(tick) for tick in ticks)  # prices: 9,750 is read at once, 0.975 万 is not
    return tuple(
        "0" if value == 0 else f"{fmt.number(value, decimals)}{' ' + word if word else ''}" for value in scaled
    )


def _round_step(rough: float) -> float:
    """The next of 1, 2, 2.5, 5 × 10ⁿ at or above a rough step."""
    power = 10.0 ** math.floor(math.log10(rough))
    return next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= rough * 0.999)


def y_axis(axis: Axis, **more: Any) -> dict[str, Any]:
    """Layout of a vertical value axis with faint grid lines."""
    return {
        "range": [axis.lo, axis.hi],
        "tickvals": list(axis.values),
        "ticktext": list(axis.texts),
        "showgrid": True,
        "ticklabelstandoff": 4,
        **more,
    }


def category_axis(labels: Sequence[str], **more: Any) -> dict[str, Any]:
    """Layout of an axis of names. Positions are numbers: two members may share a name."""
    count = len(labels)
    return {
        "range": [-0.5, max(count, 1) - 0.5],
        "tickvals": list(range(count)),
        "ticktext": list(labels),
        **more,
    }


def short_texts(values: Sequence[Value], decimals: int) -> list[str]:
    """Numbers beside their marks, all in the scale of the largest, so that they compare at a glance."""
    divisor, word = fmt.scale(max((abs(value) for value in known(values)), default=0))
    kept = decimals if divisor == 1 else 1
    tail = f" {word}" if word else ""
    return [fmt.MISSING if v is None else f"{fmt.number(v / divisor, kept)}{tail}" for v in gaps(values)]


def full(value: Value, unit: str, decimals: int) -> str:
    """The exact number with its unit."""
    text = fmt.number(value, decimals)
    if value is None or not unit:
        return text
    return f"{text}{'' if unit.startswith('%') else ' '}{unit}"


def told(mark: Mark, unit: str, decimals: int) -> str:
    """Hover text of a mark: exact value, previous period, last year, target."""
    lines = [f"<b>{mark.label}</b>　{full(mark.value, unit, decimals)}"]
    for word, other in (("上期", mark.previous), ("上年同期", mark.year_before)):
        if other is not None:
            lines.append(f"{word}　{full(other, unit, decimals)}{_change(mark.value, other)}")
    if mark.target is not None:
        lines.append(f"目标　{full(mark.target, unit, decimals)}")
    return "<br>".join([*lines, mark.note] if mark.note else lines)


def _change(value: Value, other: Value) -> str:
    if value is None or not other:
        return ""
    return f"（{fmt.signed(100 * (value - other) / abs(other), 1)}%）"


def paint(mark: Mark, theme: Theme, chosen: Sequence[str], lit: str | None = None) -> str:
    """Colour of a mark: the chosen ones are strong and the rest quiet; else its state, else the one that is lit."""
    if chosen and mark.member not in chosen:
        return theme.dim(theme[f"{mark.tone}-fill" if mark.tone in ("warn", "bad") else "accent"])
    if mark.tone in ("warn", "bad"):
        return theme[f"{mark.tone}-fill"]
    return theme["accent"] if chosen or lit is None or mark.member == lit else theme["quiet"]


def state_colour(tone: Tone | None, theme: Theme) -> str:
    """Colour of a state word; unjudged is a quiet note."""
    return theme[tone] if tone else theme["ink-3"]


def note(text: str, theme: Theme, **more: Any) -> dict[str, Any]:
    """A text in the picture, without arrow, in paper coordinates unless told otherwise."""
    place = {"xref": "paper", "yref": "paper", "showarrow": False, "borderpad": 0}
    return {"text": text, **place, "font": {"size": TEXT, "color": theme["ink-3"]}, **more}


def figure(data: list[dict[str, Any]], layout: dict[str, Any], theme: Theme) -> Figure:
    """The finished dict. A picture without any mark says so in its middle instead of standing blank."""
    if not data:
        blank = {"visible": False}
        words = note("本期无数据", theme, x=0.5, y=0.5)
        return {
            "data": [],
            "layout": {"template": theme.template, "xaxis": blank, "yaxis": blank, "annotations": [words]},
        }
    return {"data": data, "layout": {"template": theme.template, **layout}}


def clusters(values: Sequence[float], each: float, lo: float, hi: float) -> list[tuple[float, list[int]]]:
    """Labels of height ``each`` at these values, grouped where they would touch: ``(middle, indexes low to high)``.

    A group's middle keeps it within lo..hi where it fits at all.
    """
    groups: list[list[int]] = []
    for index in sorted(range(len(values)), key=lambda index: values[index]):
        groups.append([index])
        while len(groups) > 1 and _touch(values, groups[-2], groups[-1], each):
            last = groups.pop()
            groups[-1] += last
    placed = []
    for group in groups:
        half = min(each * len(group) / 2, (hi - lo) / 2)
        placed.append((min(max(_mean(values, group), lo + half), hi - half), group))
    return placed


def _touch(values: Sequence[float], lower: list[int], upper: list[int], each: float) -> bool:
    return _mean(values, upper) - _mean(values, lower) < each * (len(lower) + len(upper)) / 2


def _mean(values: Sequence[float], group: list[int]) -> float:
    return sum(values[index] for index in group) / len(group)
