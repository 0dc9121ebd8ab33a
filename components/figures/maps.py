"""Districts as SVG areas: needs neither WebGL nor a foreign request, and exports as it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from components import format as fmt
from components.figures import base
from components.figures.base import Figure, Mark
from components.theme import TEXT, Theme

# One degree of latitude over one of longitude at 32.5° N, the middle of the city.
ASPECT: Final = 1.186

NEAR: Final = 0.08
"""Degrees of latitude within which an outline lies beside a label."""

Ring = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Area:
    """A district's outline as rings of (lon, lat), the point of its label, and what is told of it."""

    mark: Mark
    rings: Sequence[Ring]
    label_at: tuple[float, float]


def district_map(
    areas: Sequence[Area],
    *,
    theme: Theme,
    unit: str = "",
    decimals: int = 1,
    chosen: Sequence[str] = (),
    footer: str = "",
    labels: bool = True,
) -> Figure:
    """Districts shaded by value along the sequence; a judged one in its state's colour, an unknown one left bare."""
    if not areas:
        return base.figure([], {}, theme)
    there = base.known(area.mark.value for area in areas)
    lo, hi = (min(there), max(there)) if there else (0.0, 1.0)
    data = [_shape(area, lo, hi, theme, unit, decimals, chosen) for area in areas]
    data.append(_labels(areas, theme, unit, decimals, labels))
    hidden = {"visible": False}
    layout = {
        "xaxis": {**hidden, "constrain": "domain"},
        "yaxis": {**hidden, "scaleanchor": "x", "scaleratio": ASPECT, "constrain": "domain"},
        "margin": {"l": 2, "r": 2, "t": 2, "b": 18 if footer else 2},
        "annotations": [base.note(footer, theme, x=0, y=0, xanchor="left", yanchor="top", yshift=-2)] if footer else [],
    }
    return base.figure(data, layout, theme)


def _shape(
    area: Area, lo: float, hi: float, theme: Theme, unit: str, decimals: int, chosen: Sequence[str]
) -> dict[str, Any]:
    xs: list[float | None] = []
    ys: list[float | None] = []
    for ring in area.rings:
        xs += [*(lon for lon, _ in ring), None]
        ys += [*(lat for _, lat in ring), None]
    mark = area.mark
    lit = mark.member in chosen
    return {
        "type": "scatter",
        "mode": "lines",
        "fill": "toself",
        "x": xs,
        "y": ys,
        "fillcolor": _fill(mark, lo, hi, theme, bool(chosen) and not lit),
        "line": {"color": theme["accent"] if lit else theme["panel"], "width": 2.5 if lit else 1.25},
        "hoveron": "fills",
        "name": mark.label,
        "text": base.told(mark, unit, decimals),
        "hoverinfo": "text",
        # A click inside a fill hits no point and brings the whole list, which so has the shape of a point's.
        "customdata": [mark.member],
    }


def _fill(mark: Mark, lo: float, hi: float, theme: Theme, dimmed: bool) -> str:
    if mark.value is None:
        return theme.fade("ink-3", 0.12)
    if mark.tone in ("warn", "bad"):
        return theme.fade(f"{mark.tone}-fill", 0.25 if dimmed else 0.5)
    shade = theme.shade(0.2 + 0.8 * ((mark.value - lo) / (hi - lo) if hi > lo else 1.0))
    return shade if not dimmed else theme.dim(shade)


def _labels(areas: Sequence[Area], theme: Theme, unit: str, decimals: int, shown: bool) -> dict[str, Any]:
    """Names and values at the label points, which also make the districts easy to hit."""
    middle = sum(area.label_at[0] for area in areas) / len(areas)
    west = [area.label_at[0] < middle for area in areas]
    return {
        "type": "scatter",
        "mode": "markers+text" if shown else "markers",
        "x": [_edge(area, left) for area, left in zip(areas, west, strict=True)],
        "y": [area.label_at[1] for area in areas],
        "text": [f"{area.mark.label} <b>{fmt.number(area.mark.value, decimals)}</b>" for area in areas],
        "textfont": {"size": TEXT, "color": theme["ink"]},
        # Neighbours lie too close for names over them: each name stands beside its district, on the city's free side.
        "textposition": ["middle left" if left else "middle right" for left in west],
        "cliponaxis": False,
        "marker": {"size": 8, "opacity": 0},
        "customdata": [[area.mark.member] for area in areas],
        "hovertext": [base.told(area.mark, unit, decimals) for area in areas],
        "hoverinfo": "text",
    }


def _edge(area: Area, west: bool) -> float:
    """The district's westernmost or easternmost longitude at the height of its label."""
    height = area.label_at[1]
    beside = [lon for ring in area.rings for lon, lat in ring if abs(lat - height) <= NEAR]
    if not beside:
        return area.label_at[0]
    return min(beside) if west else max(beside)
