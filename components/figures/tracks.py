"""Rows of thin bars in a trough: ``bullets`` against a full mark, ``progress`` against the schedule."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from components import format as fmt
from components.figures import base
from components.figures.base import Figure, Mark
from components.theme import SHAPE, TEXT, Theme

_WIDEST = 9.0
_NARROWEST = 300
"""Pixels of the narrowest picture that rows are drawn in: names and words get their share of it, bars the rest."""


def bullets(
    marks: Sequence[Mark],
    *,
    theme: Theme,
    unit: str = "%",
    decimals: int = 0,
    full: float = 100,
    chosen: Sequence[str] = (),
) -> Figure:
    """Each row's value against the mark at ``full``; state by shape, colour and figure: escrow coverage by project."""
    top = max([*base.known(mark.value for mark in marks), full * 1.4])
    ends = [f"{SHAPE[mark.tone or 'ok']} {base.full(mark.value, unit, decimals)}" for mark in marks]
    return _tracks(marks, ends, [full] * len(marks), min(top, full * 1.6), 0.78, theme, unit, decimals, chosen)


def progress(marks: Sequence[Mark], *, theme: Theme, decimals: int = 1, chosen: Sequence[str] = ()) -> Figure:
    """Share of the year's task done, per cent; the tick is the schedule (``target``), ``note`` says how far off."""
    ends = [f"{fmt.percent(mark.value, decimals)}　{mark.note}" for mark in marks]
    return _tracks(marks, ends, [mark.target for mark in marks], 100, 1 - _share(ends), theme, "%", decimals, chosen)


def _tracks(
    marks: Sequence[Mark],
    ends: Sequence[str],
    targets: Sequence[base.Value],
    top: float,
    end: float,
    theme: Theme,
    unit: str,
    decimals: int,
    chosen: Sequence[str],
) -> Figure:
    if not marks:
        return base.figure([], {}, theme)
    rows = list(range(len(marks)))
    start = _share([fmt.shorten(mark.label, _WIDEST) for mark in marks])
    told = [base.told(mark, unit, decimals) for mark in marks]
    about = {"customdata": [[mark.member] for mark in marks], "hovertext": told, "hoverinfo": "text"}
    shape = {"type": "bar", "orientation": "h", "y": rows, "width": 0.28, **about}
    values = [min(value, top) if value is not None else 0 for value in base.gaps([mark.value for mark in marks])]
    data: list[dict[str, Any]] = [
        {**shape, "x": [top] * len(marks), "marker": {"color": theme["raised"]}},
        {**shape, "x": values, "marker": {"color": [base.paint(mark, theme, chosen) for mark in marks]}},
        *_full_marks(marks, targets, theme),
    ]
    layout = {
        "barmode": "overlay",
        "barcornerradius": 3,
        "xaxis": {"range": [0, top], "domain": [start, end], "visible": False},
        "yaxis": {"range": [max(len(marks), 4) - 0.5, -0.5], "visible": False},
        "margin": {"l": 2, "r": 2, "t": 2, "b": 2},
        "annotations": [*_left(marks, theme, chosen), *_right(marks, ends, theme)],
    }
    return base.figure(data, layout, theme)


def _share(texts: Sequence[str]) -> float:
    """The share of the picture's width that texts beside the bars take, with some air."""
    return min(0.42, (max((fmt.ems(text) for text in texts), default=0) * TEXT + 12) / _NARROWEST)


def _full_marks(marks: Sequence[Mark], targets: Sequence[base.Value], theme: Theme) -> list[dict[str, Any]]:
    kept = [index for index, target in enumerate(targets) if target is not None]
    if not kept:
        return []
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "x": [targets[index] for index in kept],
            "y": kept,
            "marker": {"symbol": "line-ns-open", "size": 13, "color": theme["ink"], "line": {"width": 1.5}},
            "customdata": [[marks[index].member] for index in kept],
            "hoverinfo": "skip",
            "cliponaxis": False,
        }
    ]


def _left(marks: Sequence[Mark], theme: Theme, chosen: Sequence[str]) -> list[dict[str, Any]]:
    return [
        base.note(
            fmt.shorten(mark.label, _WIDEST),
            theme,
            x=0,
            y=row,
            yref="y",
            xanchor="left",
            font={"size": TEXT, "color": theme["ink"] if not chosen or mark.member in chosen else theme["ink-3"]},
        )
        for row, mark in enumerate(marks)
    ]


def _right(marks: Sequence[Mark], ends: Sequence[str], theme: Theme) -> list[dict[str, Any]]:
    return [
        base.note(
            text,
            theme,
            x=1,
            y=row,
            yref="y",
            xanchor="right",
            font={"size": TEXT, "color": theme[mark.tone] if mark.tone in ("warn", "bad") else theme["ink-2"]},
        )
        for row, (mark, text) in enumerate(zip(marks, ends, strict=True))
    ]
