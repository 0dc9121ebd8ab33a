"""Many small values in a grid: ``heatmap`` and ``multiples``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from components import format as fmt
from components.figures import base, events, time
from components.figures.base import Event, Figure, Value, X
from components.figures.hover import Told, carrier, first_known
from components.theme import TEXT, Theme, Tone

_BARE: Final = (0.95, 0.36)
_SCALED: Final = (0.88, 0.14)
"""Where a small chart ends and begins below its title, in shares of its row."""


@dataclass(frozen=True)
class Small:
    """One of several small charts: a member's line, its present value and change, a line to compare with, and what
    explains its bends; their names have no room and are told on hover.
    """

    member: str
    label: str
    values: Sequence[Value]
    against: Sequence[Value] = ()
    headline: str = ""
    change: str = ""
    tone: Tone | None = None
    events: Sequence[Event] = ()


def heatmap(
    rows: Sequence[tuple[str, str]],
    columns: Sequence[tuple[str, str]],
    values: Sequence[Sequence[Value]],
    *,
    theme: Theme,
    unit: str = "",
    decimals: int = 0,
    chosen_row: str | None = None,
    chosen_column: str | None = None,
    zero: bool = True,
) -> Figure:
    """Values in cells; rows and columns are ``(member, label)``, the chosen ones framed.

    ``customdata`` of a cell is ``[row member, column member]``. A missing cell is empty ground, not a pale zero.
    Amounts are shaded from ``zero`` up, shares from the least to the greatest there is.
    """
    grid = [base.gaps(row) for row in values]
    there = base.known(value for row in grid for value in row)
    if not there:
        return base.figure([], {}, theme)
    hi = max(there)
    lo = min(0.0, min(there)) if zero else min(there)
    names = max(fmt.ems(fmt.shorten(label, 9)) for _, label in rows)
    data = [
        {
            "type": "heatmap",
            "z": grid,
            "x": list(range(len(columns))),
            "y": list(range(len(rows))),
            "zmin": lo,
            "zmax": hi if hi > lo else lo + 1,
            "colorscale": theme.sequence,
            "showscale": False,
            "xgap": 2,
            "ygap": 2,
            "customdata": [[[row, column] for column, _ in columns] for row, _ in rows],
            "hovertext": [
                [
                    f"<b>{row} · {column}</b>　{base.full(value, unit, decimals)}"
                    for (_, column), value in zip(columns, line, strict=True)
                ]
                for (_, row), line in zip(rows, grid, strict=True)
            ],
            "hoverinfo": "text",
            "hoverongaps": False,
        }
    ]
    layout = {
        "xaxis": base.category_axis([fmt.shorten(label, 7) for _, label in columns]),
        "yaxis": {
            **base.category_axis([fmt.shorten(label, 9) for _, label in rows]),
            "range": [len(rows) - 0.5, -0.5],
            "ticklabelstandoff": 6,
        },
        "margin": {"l": names * TEXT + 14, "r": 2, "t": 2, "b": 22},
        "annotations": _cells(grid, lo, hi, theme, decimals),
        "shapes": _frames(rows, columns, chosen_row, chosen_column, theme),
    }
    return base.figure(data, layout, theme)


def _cells(
    grid: Sequence[Sequence[float | None]], lo: float, hi: float, theme: Theme, decimals: int
) -> list[dict[str, Any]]:
    """Figures in the cells, each in the ink that reads on its own ground."""
    span = (hi - lo) or 1.0
    return [
        base.note(
            fmt.number(value, decimals) if abs(value) < 100_000 else fmt.compact(value),
            theme,
            x=column,
            y=row,
            xref="x",
            yref="y",
            font={"size": TEXT, "color": theme.on_sequence((value - lo) / span)},
        )
        for row, line in enumerate(grid)
        for column, value in enumerate(line)
        if value is not None
    ]


def _frames(
    rows: Sequence[tuple[str, str]],
    columns: Sequence[tuple[str, str]],
    chosen_row: str | None,
    chosen_column: str | None,
    theme: Theme,
) -> list[dict[str, Any]]:
    line = {"color": theme["accent"], "width": 2}
    shapes = []
    for index, (member, _) in enumerate(columns):
        if member == chosen_column:
            box = {"x0": index - 0.5, "x1": index + 0.5, "y0": -0.5, "y1": len(rows) - 0.5}
            shapes.append({"type": "rect", "line": line, **box})
    for index, (member, _) in enumerate(rows):
        if member == chosen_row:
            box = {"x0": -0.5, "x1": len(columns) - 0.5, "y0": index - 0.5, "y1": index + 0.5}
            shapes.append({"type": "rect", "line": line, **box})
    return shapes


def multiples(
    xs: Sequence[X],
    smalls: Sequence[Small],
    *,
    theme: Theme,
    unit: str = "",
    decimals: int = 0,
    across: int = 3,
    chosen: Sequence[str] = (),
    shared: bool = True,
    against_name: str = "全市",
    scaled: bool = False,
) -> Figure:
    """Small charts, each under its own name, value and change.

    On the ``shared`` scale heights compare between members; without it each fills its own, to show movement. Where
    there is room for axes (``scaled``) the shared scale stands beside each row and the months below each chart.
    """
    axis_values = [value for small in smalls for value in (*small.values, *small.against)]
    if not base.known(axis_values):
        return base.figure([], {}, theme)
    axis = base.value_axis(axis_values, zero=False, headroom=0.12)
    deep = -(-len(smalls) // across)
    places = [time.position(x) for x in xs]
    shared_x = time.x_axis(xs, most=5, pad=0.0) if scaled else {**time.x_axis(xs, pad=0.0), "visible": False}
    foot, head = _SCALED if scaled else _BARE
    data: list[dict[str, Any]] = []
    layout: dict[str, Any] = {
        "margin": {"l": axis.room if scaled else 2, "r": 8, "t": 2, "b": 4},
        "annotations": [],
        "shapes": [],
        "hovermode": "x unified",
    }
    for index, small in enumerate(smalls):
        column, row = index % across, index // across
        left, right = column / across, (column + 0.9) / across
        top = 1 - row / deep
        number = "" if index == 0 else str(index + 1)
        ground = base.y_axis(axis, showticklabels=column == 0) if scaled else {"visible": False}
        layout[f"xaxis{number}"] = {**shared_x, "domain": [left, right], "anchor": f"y{number}"}
        layout[f"yaxis{number}"] = {
            **ground,
            "domain": [top - foot / deep, top - head / deep],
            "range": [axis.lo, axis.hi] if shared else _own_range(small),
            "anchor": f"x{number}",
        }
        data += _small(places, small, number, theme, not chosen or small.member in chosen)
        notes = events.told(small.events, xs)
        data.append({**_small_told(places, small, against_name, theme, unit, decimals, notes), **_axes(number)})
        layout["shapes"] += events.shapes(small.events, xs, theme, number)
        layout["annotations"].append(_small_title(small, left, top, theme, scaled))
    return base.figure(data, layout, theme)


def _own_range(small: Small) -> list[float]:
    axis = base.value_axis([*small.values, *small.against], zero=False, headroom=0.12)
    return [axis.lo, axis.hi]


def _axes(number: str) -> dict[str, str]:
    return {"xaxis": f"x{number}", "yaxis": f"y{number}"}


def _small(places: list[str], small: Small, number: str, theme: Theme, lit: bool) -> list[dict[str, Any]]:
    colour = theme[f"{small.tone}-fill"] if small.tone in ("warn", "bad") else theme["accent"]
    common: dict[str, Any] = {"type": "scatter", "mode": "lines", "x": places, "hoverinfo": "skip", **_axes(number)}
    lines = []
    if base.known(small.against):
        dotted = {"color": theme["ink-3"], "width": 1, "dash": "dot"}
        lines.append({**common, "y": base.gaps(small.against), "line": dotted})
    line = {"color": colour, "width": 2}
    lines.append({**common, "y": base.gaps(small.values), "line": line, "opacity": 1 if lit else 0.35})
    return lines


def _small_told(
    places: list[str],
    small: Small,
    against_name: str,
    theme: Theme,
    unit: str,
    decimals: int,
    notes: Sequence[str],
) -> dict[str, Any]:
    """What a small chart says on hover; a click anywhere in it tells its member."""
    rows = [Told(small.label, theme["accent"], base.gaps(small.values), unit, decimals)]
    if base.known(small.against):
        rows.append(Told(against_name, theme["ink-3"], base.gaps(small.against), unit, decimals))
    return carrier(places, rows, first_known([row.values for row in rows]), [small.member] * len(places), notes)


def _small_title(small: Small, left: float, top: float, theme: Theme, large: bool) -> dict[str, Any]:
    """Name, value and change: below each other, or where there is room (``large``) in one line."""
    tone = theme[small.tone] if small.tone in ("warn", "bad") else None
    words = f"{fmt.shorten(small.label, 6)} <b>{small.headline}</b>"
    if small.change:
        words += f"{'　' if large else '<br>'}<span style='color:{tone or theme['ink-3']}'>{small.change}</span>"
    font = {"size": TEXT + 2 * large, "color": tone or theme["ink"]}
    return base.note(words, theme, x=left, y=top, xanchor="left", yanchor="top", font=font, align="left")
