"""A word-sized line for a card. Not a chart object: an SVG that CSS paints in the card's own colour, at no cost."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from components.figures import base
from components.figures.base import Value

_WIDE, _HIGH = 100.0, 28.0


def sparkline(values: Sequence[Value], against: Sequence[Value] = ()) -> str:
    """The line and, dotted, the one to compare with, as a ``url(...)`` for a CSS mask; empty where nothing is known."""
    there = base.known([*values, *against])
    if len(base.known(values)) < 2:
        return ""
    lo, hi = min(there), max(there)
    drawn = _stroke(against, lo, hi, 'stroke-width="1.1" stroke-dasharray="2 3" stroke-opacity=".55"')
    drawn += _stroke(values, lo, hi, 'stroke-width="1.7"')
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDE:g} {_HIGH:g}" preserveAspectRatio="none">'
        f'<g fill="none" stroke="black" stroke-linecap="round" stroke-linejoin="round">{drawn}</g></svg>'
    )
    return f'url("data:image/svg+xml,{quote(svg)}")'


def _stroke(values: Sequence[Value], lo: float, hi: float, style: str) -> str:
    if len(values) < 2:
        return ""
    span = (hi - lo) or 1.0
    path, open_ = "", False
    for index, value in enumerate(base.gaps(values)):
        if value is None:
            open_ = False
            continue
        x = 2 + (_WIDE - 4) * index / (len(values) - 1)
        y = 3 + (_HIGH - 6) * (1 - (value - lo) / span)
        path += f"{'L' if open_ else 'M'}{x:.1f} {y:.1f}"
        open_ = True
    return f'<path {style} d="{path}"/>' if path else ""
