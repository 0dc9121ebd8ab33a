"""What explains a bend, drawn in a chart along time: a faint band for a span of days, a dotted line for a turning
point. Names stand above the plot as far as there is room; every one of them is told on hover.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from components import format as fmt
from components.figures import base
from components.figures.base import Event, X
from components.theme import TEXT, Theme

ROWS: Final = 2
"""Rows of names above a plot."""

LINE: Final = TEXT + 4
WIDEST: Final = 11.0
"""Width of a name in ems, past which it is cut."""

NARROWEST: Final = 440
"""Least width of a plot in pixels, by which names are kept apart: on a wider one they only stand further off."""

SIDE: Final = 24
"""Pixels by which a name may stand out beyond the plot's ends."""

PRINTED: Final = 540
"""Least width of a plot in a picture for a report, on A4 between its axes and the names at its end."""

STRIP: Final = 4
"""Height of a slim span in pixels."""

GAP: Final = 8


def shapes(events: Sequence[Event], xs: Sequence[X], theme: Theme, number: str = "") -> list[dict[str, Any]]:
    """Bands and lines behind the curves; ``number`` is that of the axes in a picture with several."""
    step = _step(xs)
    axes = {"xref": f"x{number}", "yref": f"y{number} domain", "y1": 1, "layer": "below"}
    found = []
    for event in events:
        if event.until is None:
            at = _place(xs, event.at, step, 0)
            line = {"color": theme["ink-3"], "width": 1, "dash": "2px,3px"}
            found.append({**axes, "type": "line", "y0": 0, "x0": at, "x1": at, "line": line})
            continue
        span = {"x0": _place(xs, event.at, step, -0.5), "x1": _place(xs, event.until, step, 0.5)}
        if event.slim:
            line = {"color": theme.fade("ink-3", 0.6), "width": STRIP}
            found.append({**axes, "type": "line", "y0": 1, **span, "line": line})
        else:
            fill = theme.fade("ink-3", 0.14)
            found.append({**axes, "type": "rect", "y0": 0, **span, "fillcolor": fill, "line": {"width": 0}})
    return found


def names(
    events: Sequence[Event], xs: Sequence[X], theme: Theme, width: int = NARROWEST
) -> tuple[list[dict[str, Any]], int]:
    """Names above the plot, and the pixels of margin they need. The most telling come first, others go to hover.

    ``width`` is the least width of the plot in pixels.
    """
    width = PRINTED if theme.name == "print" else width
    rows: list[list[tuple[float, float]]] = [[] for _ in range(ROWS)]
    labels = []
    for event in sorted(events, key=lambda event: event.weight):
        text = fmt.shorten(event.name, WIDEST)
        whole = fmt.ems(text) * TEXT + GAP
        # At an end of the plot a name begins or ends there instead of standing across it.
        wanted = _share(xs, event) * width - whole / 2
        left = min(max(wanted, -SIDE), width + SIDE - whole)
        row = next((row for row, taken in enumerate(rows) if _free(taken, left, left + whole)), None)
        if row is None:
            continue
        rows[row].append((left, left + whole))
        place: dict[str, Any] = {"y": 1, "yanchor": "bottom", "yshift": 2 + row * LINE}
        if left == wanted:
            place |= {"xref": "x", "x": _middle(xs, event), "xanchor": "center"}
        elif left > wanted:
            place |= {"x": 0, "xanchor": "left", "xshift": -SIDE}
        else:
            place |= {"x": 1, "xanchor": "right", "xshift": SIDE}
        labels.append(base.note(text, theme, **place))
    used = sum(1 for taken in rows if taken)
    return labels, used * LINE + 8 if used else 0


def told(events: Sequence[Event], xs: Sequence[X]) -> list[str]:
    """What is told at each place of the axis: the marks that lie there, empty where there are none."""
    order = {x: index for index, x in enumerate(xs)}
    words: list[list[str]] = [[] for _ in xs]
    for event in events:
        first = order.get(event.at)
        last = order.get(event.until) if event.until is not None else first
        for index in range(first, last + 1) if first is not None and last is not None else ():
            words[index].append(event.told or event.name)
    return ["；".join(found) for found in words]


def _free(taken: Sequence[tuple[float, float]], left: float, right: float) -> bool:
    return all(right <= lo or left >= hi for lo, hi in taken)


def _share(xs: Sequence[X], event: Event) -> float:
    """Where along the axis an event's middle lies, 0 to 1."""
    order = list(xs)
    ends = [order.index(x) for x in (event.at, event.until) if x in order]
    return sum(ends) / len(ends) / max(len(order) - 1, 1) if ends else 0.0


def _middle(xs: Sequence[X], event: Event) -> Any:
    if isinstance(event.at, date) and isinstance(event.until, date):
        return _instant(event.at, (event.until - event.at) / 2)
    if event.until is None or isinstance(event.at, date):
        return _place(xs, event.at, _step(xs), 0)
    order = list(xs)
    return (order.index(event.at) + order.index(event.until)) / 2


def _instant(day: date, more: timedelta) -> str:
    return (datetime.combine(day, datetime.min.time()) + more).isoformat()


def _place(xs: Sequence[X], x: X, step: timedelta, shift: float) -> Any:
    """``x`` as the axis reads it, ``shift`` steps further on; words have their number for a place."""
    if isinstance(x, date):
        return _instant(x, step * shift)
    return list(xs).index(x) + shift


def _step(xs: Sequence[X]) -> timedelta:
    """What lies between two points of the axis."""
    days = [x for x in xs if isinstance(x, date)]
    if len(days) < 2:
        return timedelta(days=1)
    return (max(days) - min(days)) / (len(days) - 1)
