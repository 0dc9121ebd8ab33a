"""Series along time: ``lines``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from components import format as fmt
from components.figures import base, time
from components.figures.base import Event, Figure, Reference, Series, X
from components.figures.hover import Told, carrier, first_known
from components.theme import TEXT, Theme

_TOP = 22


def lines(
    xs: Sequence[X],
    series: Sequence[Series],
    *,
    theme: Theme,
    unit: str = "",
    decimals: int = 1,
    zero: bool = False,
    open_from: int | None = None,
    references: Sequence[Reference] = (),
    events: Sequence[Event] = (),
    members: Sequence[str] = (),
    chosen: Sequence[str] = (),
    height: int = 160,
) -> Figure:
    """Lines over one axis; the strong one leads, a dotted one is last year, names stand at the ends.

    ``open_from`` is the index where the period is still running (dashed from there). A click tells the place's entry
    in ``members``; without those, where series have a member, that of the line nearest to the pointer. ``chosen``
    lights some of either; ``height`` is the least height in pixels, for spacing the names.
    """
    if not any(base.known(line.values) for line in series):
        return base.figure([], {}, theme)
    axis = base.value_axis(
        [*(value for line in series for value in line.values), *(reference.value for reference in references)],
        zero=zero,
    )
    places = [time.position(x) for x in xs]
    colours = [_colour(line, index, theme) for index, line in enumerate(series)]
    data: list[dict[str, Any]] = []
    by_line = not members and any(line.member for line in series)
    for line, colour in zip(series, colours, strict=True):
        data += _line(places, line, colour, open_from, unit, decimals, by_line, chosen)
    data += _lit(places, series, colours, members, chosen)
    if not by_line:
        data.append(_all_lines(places, series, colours, unit, decimals, members))
    ends = [*_line_ends(series, colours, len(xs), unit, decimals), *_reference_ends(references, theme)]
    room = max((fmt.ems(text) for text, _, _ in ends), default=0) * TEXT + 12
    layout = {
        "xaxis": {**time.x_axis(xs), "showline": True},
        "yaxis": base.y_axis(axis),
        "hovermode": "closest" if by_line else "x unified",
        "margin": {"l": axis.room, "r": min(room, 110), "t": _TOP if events else 10, "b": 24},
        "shapes": [*_reference_lines(references, theme), *_event_shapes(events, theme)],
        "annotations": [*_end_labels(ends, axis, height), *_event_names(events, theme)],
    }
    return base.figure(data, layout, theme)


def _colour(line: Series, index: int, theme: Theme) -> str:
    if line.colour:
        return theme[line.colour]
    if line.dotted:
        return theme["ink-3"]
    return theme["accent"] if line.strong else theme.series(index)


def _all_lines(
    places: list[str], series: Sequence[Series], colours: list[str], unit: str, decimals: int, members: Sequence[str]
) -> dict[str, Any]:
    """What all lines say at a place, told together at the leading line's height."""
    rows = [
        Told(line.name, colour, base.gaps(line.values), unit, decimals)
        for line, colour in zip(series, colours, strict=True)
    ]
    leading = sorted(series, key=lambda line: not line.strong)
    return carrier(places, rows, first_known([base.gaps(line.values) for line in leading]), members)


def _line(
    places: list[str],
    line: Series,
    colour: str,
    open_from: int | None,
    unit: str,
    decimals: int,
    by_line: bool,
    chosen: Sequence[str],
) -> list[dict[str, Any]]:
    """Traces of one series: the closed part, and the running part dashed."""
    values = base.gaps(line.values)
    width = 1.25 if line.dotted else 2.5 if line.strong else 1.75
    common: dict[str, Any] = {"type": "scatter", "x": places, "name": line.name}
    if by_line:
        common["customdata"] = [[line.member or ""]] * len(places)
        common["hovertemplate"] = f"<b>{line.name}</b>　%{{x}}<br>%{{y:,.{decimals}f}} {unit}<extra></extra>"
        common["opacity"] = 0.35 if chosen and line.member not in chosen else 1
    else:
        common["hoverinfo"] = "skip"
    if open_from is None or line.dotted or not 0 < open_from < len(values):
        dash = "dot" if line.dotted else "solid"
        return [{**common, **_stroke(values, colour, width, dash, line.strong), "y": values}]
    closed = [value if index < open_from else None for index, value in enumerate(values)]
    running = [value if index >= open_from - 1 else None for index, value in enumerate(values)]
    return [
        {**common, **_stroke(closed, colour, width, "solid", line.strong), "y": closed},
        {**common, **_stroke(running, colour, width, "dash", False), "y": running},
    ]


def _stroke(values: list[float | None], colour: str, width: float, dash: str, dots: bool) -> dict[str, Any]:
    """Line style; a point between two gaps would be invisible without its own dot."""
    line = {"color": colour, "width": width, "dash": dash}
    alone = [_alone(values, index) for index in range(len(values))]
    few = dots and len(values) <= 24
    if not few and not any(alone):
        return {"mode": "lines", "line": line}
    size: Any = 6 if few else [6 if single else 0 for single in alone]
    marker = {"color": colour, "size": size, "line": {"width": 0}}
    return {"mode": "lines+markers", "line": line, "marker": marker, "cliponaxis": False}


def _alone(values: list[float | None], index: int) -> bool:
    before = values[index - 1] if index else None
    after = values[index + 1] if index + 1 < len(values) else None
    return values[index] is not None and before is None and after is None


def _lit(
    places: list[str], series: Sequence[Series], colours: list[str], members: Sequence[str], chosen: Sequence[str]
) -> list[dict[str, Any]]:
    """Dots over the chosen points of the leading series."""
    if not chosen or not members:
        return []
    leader = next((index for index, line in enumerate(series) if line.strong), 0)
    values = base.gaps(series[leader].values)
    kept = [index for index, member in enumerate(members) if member in chosen and values[index] is not None]
    if not kept:
        return []
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "x": [places[index] for index in kept],
            "y": [values[index] for index in kept],
            "customdata": [[members[index]] for index in kept],
            "marker": {"size": 11, "color": colours[leader], "line": {"width": 0}},
            "cliponaxis": False,
            "hoverinfo": "skip",
        }
    ]


End = tuple[str, float, str]


def _line_ends(series: Sequence[Series], colours: list[str], count: int, unit: str, decimals: int) -> list[End]:
    ends = []
    for line, colour in zip(series, colours, strict=True):
        last = next(
            ((index, value) for index, value in reversed(list(enumerate(line.values))) if value is not None), None
        )
        if last is None:
            continue
        value = fmt.number(last[1], decimals) if abs(last[1]) < 10_000 else fmt.compact(last[1])
        text = f"<b>{line.name}</b> {value}" if line.strong else f"{line.name} {value}"
        ends.append((text, float(last[1]), colour))
    return ends


def _reference_ends(references: Sequence[Reference], theme: Theme) -> list[End]:
    return [(line.name, line.value, base.state_colour(line.tone, theme)) for line in references]


def _end_labels(ends: list[End], axis: base.Axis, height: int) -> list[dict[str, Any]]:
    """Names at the right edge. Those that would touch share one height and stand apart by pixels from there."""
    each = (axis.hi - axis.lo) / max(height - 40, 40) * base.LINE
    labels = []
    for middle, group in base.clusters([value for _, value, _ in ends], each, axis.lo, axis.hi):
        for rank, index in enumerate(group):
            text, _, colour = ends[index]
            labels.append(
                {
                    "text": text,
                    "x": 1,
                    "xref": "paper",
                    "xanchor": "left",
                    "xshift": 6,
                    "y": middle,
                    "yref": "y",
                    "yanchor": "middle",
                    "yshift": (rank - (len(group) - 1) / 2) * base.LINE,
                    "showarrow": False,
                    "font": {"size": TEXT, "color": colour},
                }
            )
    return labels


def _reference_lines(references: Sequence[Reference], theme: Theme) -> list[dict[str, Any]]:
    return [
        {
            "type": "line",
            "xref": "paper",
            "x0": 0,
            "x1": 1,
            "y0": line.value,
            "y1": line.value,
            "line": {"color": base.state_colour(line.tone, theme), "width": 1, "dash": "6px,4px"},
        }
        for line in references
    ]


def _event_shapes(events: Sequence[Event], theme: Theme) -> list[dict[str, Any]]:
    return [
        {
            "type": "rect" if event.until else "line",
            "layer": "below",
            "yref": "paper",
            "y0": 0,
            "y1": 1,
            "x0": time.position(event.at),
            "x1": time.position(event.until or event.at),
            "fillcolor": theme.fade("ink-3", 0.14),
            "line": {"color": theme["line"], "width": 0 if event.until else 1, "dash": "dot"},
        }
        for event in events
    ]


def _event_names(events: Sequence[Event], theme: Theme) -> list[dict[str, Any]]:
    return [
        base.note(event.name, theme, xref="x", x=time.position(event.at), y=1, yanchor="bottom", xanchor="center")
        for event in events
    ]
