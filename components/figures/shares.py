"""Each row's parts side by side on one whole: ``shares``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from components import format as fmt
from components.figures import base
from components.figures.base import Figure, Value
from components.theme import TEXT, Theme

LEAST_TOLD: Final = 7.0
"""A part narrower than this share, in per cent, has no room for its number."""

_NAMES_WIDEST: Final = 8.0


@dataclass(frozen=True)
class Whole:
    """A row: a member, its name, and the amount of each part in the order of the parts; None where it is unknown."""

    member: str
    label: str
    parts: Sequence[Value]


def shares(
    rows: Sequence[Whole],
    parts: Sequence[tuple[str, str]],
    *,
    theme: Theme,
    unit: str = "",
    decimals: int = 0,
    chosen: Sequence[str] = (),
    ordered: bool = False,
) -> Figure:
    """Rows of bars, each as long as the others, cut by what share its parts have; amounts on hover and at the end.

    ``parts`` are ``(member, label)``; an ``ordered`` scale (A to D) runs from strong to faint instead of by hue.
    """
    totals = [sum(base.known(row.parts)) for row in rows]
    if not any(totals):
        return base.figure([], {}, theme)
    data = [
        _part(place, part, rows, totals, theme, unit, decimals, chosen, len(parts) if ordered else 0)
        for place, part in enumerate(parts)
    ]
    names = [fmt.shorten(row.label, _NAMES_WIDEST) for row in rows]
    left = max(map(fmt.ems, names), default=0) * TEXT + 10
    ends = [fmt.number(total, decimals) for total in totals]
    layout = {
        "barmode": "stack",
        "xaxis": {"range": [0, 100], "visible": False},
        "yaxis": {
            "range": [max(len(rows), 4) - 0.5, -0.5],
            "tickvals": list(range(len(rows))),
            "ticktext": names,
            "tickfont": {"size": TEXT, "color": theme["ink-2"]},
            "showgrid": False,
            "zeroline": False,
        },
        "margin": {"l": left, "r": max(map(fmt.ems, ends), default=0) * TEXT + 10, "t": 24, "b": 4},
        "annotations": [
            base.note(end, theme, x=1, xanchor="left", xshift=6, y=row, yref="y") for row, end in enumerate(ends)
        ],
        "showlegend": True,
        "legend": {
            "orientation": "h",
            "x": 0,
            "y": 1,
            "yanchor": "bottom",
            "font": {"size": TEXT, "color": theme["ink-2"]},
            "itemclick": False,
            "itemdoubleclick": False,
            "traceorder": "normal",
        },
    }
    return base.figure(data, layout, theme)


def _part(
    place: int,
    part: tuple[str, str],
    rows: Sequence[Whole],
    totals: Sequence[float],
    theme: Theme,
    unit: str,
    decimals: int,
    chosen: Sequence[str],
    steps: int,
) -> dict[str, Any]:
    member, label = part
    amounts = [row.parts[place] for row in rows]
    widths = [100 * (amount or 0) / total if total else 0 for amount, total in zip(amounts, totals, strict=True)]
    colour = theme.shade(1 - 0.75 * place / max(steps - 1, 1)) if steps else theme.series(place)
    told = [
        f"<b>{row.label}</b>　{label}<br>{base.full(amount, unit, decimals)}，占 {fmt.percent(width)}"
        for row, amount, width in zip(rows, amounts, widths, strict=True)
    ]
    return {
        "type": "bar",
        "orientation": "h",
        "name": label,
        "x": widths,
        "y": list(range(len(rows))),
        "width": 0.56,
        "marker": {
            "color": [theme.dim(colour) if chosen and row.member not in chosen else colour for row in rows],
            "line": {"width": 1, "color": theme["panel"]},
        },
        "text": [fmt.percent(width, 0) if width >= LEAST_TOLD else "" for width in widths],
        "textposition": "inside",
        "insidetextanchor": "middle",
        "textangle": 0,
        "textfont": {"size": TEXT, "color": theme.ink_on(colour)},
        "customdata": [[row.member, member] for row in rows],
        "hovertext": told,
        "hoverinfo": "text",
    }
