"""Series along time: ``lines``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from components import format as fmt
from components.figures import base, time
from components.figures import events as event
from components.figures.base import Event, Figure, Reference, Series, X
from components.figures.hover import Told, carrier, first_known
from components.theme import TEXT, Theme

FEW = 24
COMBO = 330
"""Least width in pixels of a plot of columns with a line, which stands in a third of a page."""

"""Points up to which each gets a marker of full size."""


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
    width: int = event.NARROWEST,
) -> Figure:
    """Lines over one axis; the strong one leads, a dotted one is last year, names stand at the ends.

    ``open_from`` is the index where the period is still running (dashed from there). A click tells the place's entry
    in ``members``; without those, where series have a member, that of the line nearest to the pointer. ``chosen``
    lights some of either; ``height`` and ``width`` are the plot's least in pixels, for spacing the names.
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
    data += _hollow(places, series, colours, theme)
    notes = event.told(events, xs)
    if by_line:
        _tell(data, notes)
    else:
        leading = min(series, key=lambda line: not line.strong)
        cautions = _cautions(leading)
        both = ["；".join(filter(None, pair)) for pair in zip(notes, cautions or [""] * len(notes), strict=True)]
        data.append(_all_lines(places, series, colours, unit, decimals, members, both))
    ends = [*_line_ends(series, colours, len(xs), unit, decimals), *_reference_ends(references, theme)]
    room = max((fmt.ems(text) for text, _, _ in ends), default=0) * TEXT + 12
    names, above = event.names(events, xs, theme, width)
    layout = {
        "xaxis": {**time.x_axis(xs), "showline": True},
        "yaxis": base.y_axis(axis),
        "hovermode": "closest" if by_line else "x unified",
        "margin": {"l": axis.room, "r": min(room, 110), "t": above or 10, "b": 24},
        "shapes": [*_reference_lines(references, theme), *event.shapes(events, xs, theme)],
        "annotations": [*_end_labels(ends, axis, height), *names],
    }
    return base.figure(data, layout, theme)


def _colour(line: Series, index: int, theme: Theme) -> str:
    if line.colour:
        return theme[line.colour]
    if line.dotted:
        return theme["ink-3"]
    return theme["accent"] if line.strong else theme.series(index)


def _all_lines(
    places: list[str],
    series: Sequence[Series],
    colours: list[str],
    unit: str,
    decimals: int,
    members: Sequence[str],
    notes: Sequence[str],
) -> dict[str, Any]:
    """What all lines say at a place, told together at the leading line's height."""
    rows = [
        Told(line.name, colour, base.gaps(line.values), unit, decimals)
        for line, colour in zip(series, colours, strict=True)
    ]
    leading = sorted(series, key=lambda line: not line.strong)
    return carrier(places, rows, first_known([base.gaps(line.values) for line in leading]), members, notes)


def _tell(data: list[dict[str, Any]], notes: Sequence[str]) -> None:
    """Let each line's points tell what marks lie there."""
    if not any(notes):
        return
    for trace in data:
        if "hovertemplate" in trace:
            template = trace["hovertemplate"]
            told = template.replace("<extra>", "<br>%{customdata[1]}<extra>")
            trace["hovertemplate"] = [told if note else template for note in notes]
            trace["customdata"] = [[*known, note] for known, note in zip(trace["customdata"], notes, strict=True)]


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
        remark = ""
        if line.partial:
            common["text"] = [f"<br>{word}" if word else "" for word in _cautions(line)]
            remark = "%{text}"
        told = f"<b>{line.name}</b>　%{{x}}<br>%{{y:,.{decimals}f}} {unit}{remark}<extra></extra>"
        common["hovertemplate"] = told
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
    few = dots and len(values) <= FEW
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


def _cautions(line: Series) -> list[str]:
    """What a line's points lack, with the hollow point's own mark."""
    return [f"○ {word}" if word else "" for word in line.partial]


def _hollow(places: list[str], series: Sequence[Series], colours: list[str], theme: Theme) -> list[dict[str, Any]]:
    """Hollow points over the values that are not whole: seen to be there, and not to be trusted as the others."""
    found = []
    for line, colour in zip(series, colours, strict=True):
        values = base.gaps(line.values)
        kept = [index for index, word in enumerate(line.partial) if word and values[index] is not None]
        if not kept:
            continue
        few = len(kept) <= FEW
        found.append(
            {
                "type": "scatter",
                "mode": "markers",
                "x": [places[index] for index in kept],
                "y": [values[index] for index in kept],
                "marker": {
                    "size": 8 if few else 5,
                    "color": theme["panel"],
                    "line": {"color": colour, "width": 2 if few else 1},
                },
                "cliponaxis": False,
                "hoverinfo": "skip",
            }
        )
    return found


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


def combo(
    xs: Sequence[X],
    bars: Series,
    line: Series,
    *,
    theme: Theme,
    unit: str = "",
    line_unit: str = "",
    decimals: int = 1,
    line_decimals: int = 1,
    members: Sequence[str] = (),
    chosen: Sequence[str] = (),
    events: Sequence[Event] = (),
) -> Figure:
    """Columns with a line on its own right-hand axis, for an amount and the rate that belongs to it."""
    if not base.known(bars.values) and not base.known(line.values):
        return base.figure([], {}, theme)
    left, right = base.value_axis(bars.values), base.value_axis(line.values)
    words = [time.position(x) for x in xs]
    keys = list(members or words)
    lit = set(chosen) or {keys[-1]}
    second = theme["s2"]
    columns, points = base.gaps(bars.values), base.gaps(line.values)
    rows = [
        Told(bars.name, theme["accent"], columns, unit, decimals),
        Told(line.name, second, points, line_unit, line_decimals),
    ]
    data = [
        {
            "type": "bar",
            "x": words,
            "y": columns,
            "marker": {"color": [theme["accent"] if key in lit else theme["quiet"] for key in keys]},
            "hoverinfo": "skip",
        },
        {
            "type": "scatter",
            "mode": "lines+markers",
            "x": words,
            "y": points,
            "yaxis": "y2",
            "line": {"color": second, "width": 1.5, "dash": "dot"},
            "marker": {"color": second, "size": 6},
            "hoverinfo": "skip",
        },
        carrier(words, rows, [0 if column is None else column for column in columns], keys, event.told(events, xs)),
    ]
    names, above = event.names(events, xs, theme, COMBO)
    layout = {
        "xaxis": {**time.x_axis(xs, pad=0.6), "showline": True},
        "yaxis": base.y_axis(left),
        "yaxis2": {
            **base.y_axis(right, showgrid=False),
            "overlaying": "y",
            "side": "right",
            "tickfont": {"size": TEXT, "color": second},
        },
        "hovermode": "x unified",
        "margin": {"l": left.room, "r": right.room, "t": above or 10, "b": 24},
        "shapes": event.shapes(events, xs, theme),
        "annotations": names,
    }
    return base.figure(data, layout, theme)
