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
_KEY_WIDEST: Final = 24.0
LINE: Final = 16


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
    colours = _colours(len(parts), theme, ordered)
    data = [
        _part(place, part, rows, totals, theme, unit, decimals, chosen, colours[place])
        for place, part in enumerate(parts)
    ]
    key = _key([label for _, label in parts], colours)
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
        "margin": {"l": left, "r": max(map(fmt.ems, ends), default=0) * TEXT + 10, "t": 8 + LINE * len(key), "b": 4},
        "annotations": [
            base.note("<br>".join(key), theme, x=0, xanchor="left", xshift=-left, y=1, yanchor="bottom", align="left"),
            *(base.note(end, theme, x=1, xanchor="left", xshift=6, y=row, yref="y") for row, end in enumerate(ends)),
        ],
    }
    return base.figure(data, layout, theme)


def _colours(count: int, theme: Theme, ordered: bool) -> list[str]:
    if ordered:
        return [theme.shade(1 - 0.75 * place / max(count - 1, 1)) for place in range(count)]
    return [theme.series(place) for place in range(count)]


def _key(labels: Sequence[str], colours: Sequence[str]) -> list[str]:
    """What each colour stands for, in as many lines as a narrow picture needs."""
    lines: list[str] = []
    room = 0.0
    for label, colour in zip(labels, colours, strict=True):
        room += fmt.ems(label) + 2
        entry = f'<span style="color:{colour}">■</span> {label}'
        if not lines or room > _KEY_WIDEST:
            lines.append(entry)
            room = fmt.ems(label) + 2
        else:
            lines[-1] += f"　{entry}"
    return lines


def _part(
    place: int,
    part: tuple[str, str],
    rows: Sequence[Whole],
    totals: Sequence[float],
    theme: Theme,
    unit: str,
    decimals: int,
    chosen: Sequence[str],
    colour: str,
) -> dict[str, Any]:
    member, label = part
    amounts = [row.parts[place] for row in rows]
    widths = [100 * (amount or 0) / total if total else 0 for amount, total in zip(amounts, totals, strict=True)]
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
        "constraintext": "none",
        "textfont": {"size": TEXT, "color": theme.ink_on(colour)},
        "customdata": [[row.member, member] for row in rows],
        "hovertext": told,
        "hoverinfo": "text",
    }
