"""Members compared by length: ``bars``, ``ranking``, ``bands`` and ``waterfall``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from components import format as fmt
from components.figures import base
from components.figures.base import Band, Figure, Mark, Reference
from components.theme import TEXT, Theme

_NAME_WIDEST = 9.0
_ALL_TOLD = 8
_BANDS_WIDE = 230
"""Least width in pixels of a plot over ranges, which stands in a quarter of a page."""


def bars(
    marks: Sequence[Mark],
    *,
    theme: Theme,
    unit: str = "",
    decimals: int = 1,
    lit: str | None = None,
    chosen: Sequence[str] = (),
    reference: Reference | None = None,
) -> Figure:
    """Columns from zero. The member ``lit`` (the present period, say) is strong; what each is compared with, the
    period before or else the year before, is a thin tick on it.
    """
    there = [mark for mark in marks if mark.value is not None]
    if not there:
        return base.figure([], {}, theme)
    few = len(marks) <= _ALL_TOLD
    axis = base.value_axis(
        [*(m.value for m in marks), *(_compared(m) for m in marks), reference.value if reference else None],
        headroom=0.14,
        whole=decimals == 0,
    )
    data: list[dict[str, Any]] = [
        {
            "type": "bar",
            "x": list(range(len(marks))),
            "y": base.gaps([mark.value for mark in marks]),
            **_about(marks, unit, decimals),
            "marker": {"color": [base.paint(mark, theme, chosen, lit) for mark in marks]},
        },
        *_ticks(marks, [_compared(mark) for mark in marks], theme, "line-ew"),
        _over_columns(marks, theme, decimals, None if few else {lit, *chosen, _greatest(there)}),
    ]
    step = -(-len(marks) // _ALL_TOLD)
    kept = list(range((len(marks) - 1) % step, len(marks), step))
    layout = {
        "xaxis": {
            **base.category_axis([mark.label for mark in marks]),
            "tickvals": kept,
            "ticktext": [fmt.shorten(marks[index].label, 5) for index in kept],
            "showline": True,
        },
        "yaxis": base.y_axis(axis),
        "margin": {"l": axis.room, "r": _reference_room(reference), "t": 10, "b": 24},
        **_one_reference(reference, theme, "y"),
    }
    return base.figure(data, layout, theme)


def ranking(
    marks: Sequence[Mark],
    *,
    theme: Theme,
    unit: str = "",
    decimals: int = 1,
    by_value: bool = True,
    lit: str | None = None,
    chosen: Sequence[str] = (),
    reference: Reference | None = None,
) -> Figure:
    """Horizontal bars with the value at the end; ``by_value`` puts the greatest on top, else the order given stands.

    A mark's own target is a thin upright tick, a shared ``reference`` a dashed line.
    """
    rows = _ordered(marks) if by_value else list(marks)
    if not base.known(mark.value for mark in rows):
        return base.figure([], {}, theme)
    axis = base.value_axis(
        [*(m.value for m in rows), *(m.target for m in rows), reference.value if reference else None], headroom=0
    )
    texts = base.short_texts([mark.value for mark in rows], decimals)
    left, right = _side_room(rows, texts)
    targets = _ticks(rows, [mark.target for mark in rows], theme, "line-ns")
    column = bool(targets or reference or axis.lo < 0)
    shared = _one_reference(reference, theme, "x")
    layout = {
        "xaxis": {"range": [axis.lo, axis.hi], "showticklabels": False, "zeroline": axis.lo < 0},
        "yaxis": _names(rows),
        "margin": {"l": left, "r": right, "t": 18 if reference else 4, "b": 4},
        "shapes": shared.get("shapes", []),
        "annotations": [*shared.get("annotations", []), *(_value_column(texts, right, theme) if column else [])],
    }
    return base.figure(
        [_row_bars(rows, [] if column else texts, theme, unit, decimals, lit, chosen), *targets], layout, theme
    )


def _value_column(texts: Sequence[str], room: float, theme: Theme) -> list[dict[str, Any]]:
    """Numbers flush at the right edge, where ends of bars would put them under ticks, lines or names."""
    return [
        base.note(
            text,
            theme,
            x=1,
            y=row,
            yref="y",
            xanchor="right",
            xshift=room - 2,
            font={"size": TEXT + 1, "color": theme["ink"]},
        )
        for row, text in enumerate(texts)
    ]


def bands(
    marks: Sequence[Mark],
    ranges: Sequence[Band],
    *,
    theme: Theme,
    unit: str = "",
    decimals: int = 1,
    chosen: Sequence[str] = (),
) -> Figure:
    """Horizontal bars in the order given over named ranges, whose edges are the axis: months of inventory.

    A bar that ends in a bad range takes its colour; what else deserves one the mark says by its own ``tone``.
    """
    if not base.known(mark.value for mark in marks):
        return base.figure([], {}, theme)
    edges = sorted({0.0, *(r.lo for r in ranges), *(r.hi for r in ranges if r.hi is not None)})
    top = max([*base.known(mark.value for mark in marks), edges[-1]])
    top = top if ranges and top <= edges[-1] else top * 1.02
    rows = [_judged(mark, ranges) for mark in marks]
    texts = [fmt.number(mark.value, decimals) for mark in rows]
    left, _ = _side_room(rows, texts)
    layout = {
        "xaxis": {"range": [0, top * 1.1], "tickvals": edges, "ticktext": [fmt.number(edge) for edge in edges]},
        "yaxis": _names(rows),
        "margin": {"l": left, "r": 8, "t": 20, "b": 22},
        "shapes": [_band_ground(band, top, theme) for band in ranges],
        "annotations": [_band_name(band, theme) for band in ranges if _band_fits(band, top)],
    }
    return base.figure([_row_bars(rows, texts, theme, unit, decimals, None, chosen)], layout, theme)


def waterfall(
    start: Mark,
    parts: Sequence[Mark],
    end: Mark,
    *,
    theme: Theme,
    unit: str = "",
    decimals: int = 2,
    better: Literal["higher", "lower", "neutral"] = "neutral",
    chosen: Sequence[str] = (),
) -> Figure:
    """A bridge from one total to the next; parts are differences, coloured by whether they help.

    When the totals dwarf the parts the axis is cut, and the picture says where.
    """
    if start.value is None or end.value is None:
        return base.figure([], {}, theme)
    levels = [float(start.value)]
    for part in parts:
        levels.append(levels[-1] + float(part.value or 0))
    floor = _floor([*levels, float(end.value)])
    marks = [start, *parts, end]
    bottoms = [floor, *(min(pair) for pair in zip(levels, levels[1:], strict=False)), floor]
    heights = [start.value - floor, *(abs(float(part.value or 0)) for part in parts), end.value - floor]
    axis = base.value_axis([*levels, end.value, floor], zero=floor == 0, headroom=0.12)
    lo = axis.lo if floor == 0 else floor
    colours = [
        _bridge_colour(mark, index in (0, len(marks) - 1), theme, better, chosen) for index, mark in enumerate(marks)
    ]
    texts = [
        fmt.number(mark.value, decimals) if index in (0, len(marks) - 1) else fmt.signed(mark.value, decimals)
        for index, mark in enumerate(marks)
    ]
    data = [
        _bridge_lines(levels, theme),
        {
            "type": "bar",
            "x": list(range(len(marks))),
            "y": heights,
            "base": bottoms,
            **_about(marks, unit, decimals),
            "marker": {"color": colours},
            "text": texts,
            "textposition": "outside",
            "textangle": 0,
            "constraintext": "none",
            "textfont": {"size": TEXT, "color": theme["ink-2"]},
            "cliponaxis": False,
        },
    ]
    cut = (
        [base.note(f"纵轴自 {base.tick_texts([lo])[0]} 起", theme, x=1, y=1, xanchor="right", yanchor="bottom")]
        if floor
        else []
    )
    kept = [(value, text) for value, text in zip(axis.values, axis.texts, strict=True) if value >= lo]
    layout = {
        "xaxis": {**base.category_axis([fmt.shorten(mark.label, 5) for mark in marks]), "showline": True},
        "yaxis": base.y_axis(axis, range=[lo, axis.hi], tickvals=[v for v, _ in kept], ticktext=[t for _, t in kept]),
        "margin": {"l": axis.room, "r": 8, "t": 20, "b": 24},
        "annotations": cut,
    }
    return base.figure(data, layout, theme)


def _floor(levels: Sequence[float]) -> float:
    """Where a bridge's axis starts: zero, unless every level lies in the upper third of the picture."""
    low, high = min(levels), max(levels)
    if low <= 0 or high - low > high / 3:
        return 0.0
    axis = base.value_axis([low - (high - low) * 0.6, high], zero=False, headroom=0)
    first, second = axis.values[:2]
    # The first round tick may lie above the lowest level, whose bar would then have no height.
    return max(first if first <= low - (high - low) * 0.1 else 2 * first - second, 0.0)


def _bridge_colour(mark: Mark, total: bool, theme: Theme, better: str, chosen: Sequence[str]) -> str:
    if total:
        return theme["accent"]
    helps = (mark.value or 0) > 0 if better == "higher" else (mark.value or 0) < 0
    token = "quiet" if better == "neutral" else "ok-fill" if helps else "bad-fill"
    return theme[token] if not chosen or mark.member in chosen else theme.dim(theme[token])


def _bridge_lines(levels: Sequence[float], theme: Theme) -> dict[str, Any]:
    """Thin steps from each bar to the next at the level reached."""
    x: list[float | None] = []
    y: list[float | None] = []
    for index, level in enumerate(levels):
        x += [index, index + 1, None]
        y += [level, level, None]
    line = {"color": theme["ink-3"], "width": 1, "dash": "dot"}
    return {"type": "scatter", "mode": "lines", "x": x, "y": y, "line": line, "hoverinfo": "skip"}


def _compared(mark: Mark) -> base.Value:
    return mark.year_before if mark.previous is None else mark.previous


def _greatest(there: Sequence[Mark]) -> str:
    return max(there, key=lambda mark: mark.value or 0).member


def _over_columns(marks: Sequence[Mark], theme: Theme, decimals: int, only: set[str | None] | None) -> dict[str, Any]:
    """The numbers, above the column and above the tick, below where the column hangs down.

    Where columns are many, ``only`` those that matter are told; the others answer on hover.
    """
    kept = [
        (index, mark)
        for index, mark in enumerate(marks)
        if mark.value is not None and (only is None or mark.member in only)
    ]
    texts = base.short_texts([mark.value for mark in marks], decimals)
    down = [(mark.value or 0) < 0 for _, mark in kept]
    tops = [max(base.known((mark.value, _compared(mark)))) for _, mark in kept]
    return {
        "type": "scatter",
        "mode": "text",
        "x": [index for index, _ in kept],
        "y": [mark.value if falls else top for (_, mark), falls, top in zip(kept, down, tops, strict=True)],
        "text": [texts[index] for index, _ in kept],
        "textposition": ["bottom center" if falls else "top center" for falls in down],
        "textfont": {"size": TEXT, "color": theme["ink-2"]},
        "hoverinfo": "skip",
        "cliponaxis": False,
    }


def _reference_room(reference: Reference | None) -> float:
    return fmt.ems(reference.name) * TEXT + 12 if reference else 8


def _ordered(marks: Sequence[Mark]) -> list[Mark]:
    """Greatest first, the unknown last, equals in the order given."""
    return sorted(marks, key=lambda mark: (mark.value is None, -(mark.value or 0)))


def _about(marks: Sequence[Mark], unit: str, decimals: int) -> dict[str, Any]:
    """What a click and a hover read from each mark."""
    return {
        "customdata": [[mark.member] for mark in marks],
        "hovertext": [base.told(mark, unit, decimals) for mark in marks],
        "hoverinfo": "text",
    }


def _row_bars(
    rows: Sequence[Mark],
    texts: Sequence[str],
    theme: Theme,
    unit: str,
    decimals: int,
    lit: str | None,
    chosen: Sequence[str],
) -> dict[str, Any]:
    values = base.gaps([mark.value for mark in rows])
    return {
        "type": "bar",
        "orientation": "h",
        "x": [value if value is not None else 0 for value in values],
        "y": list(range(len(rows))),
        **_about(rows, unit, decimals),
        "marker": {"color": [base.paint(mark, theme, chosen, lit) for mark in rows]},
        "text": [f" {text} " for text in texts],
        "textposition": "outside",
        "textfont": {"size": TEXT + 1, "color": theme["ink"]},
        "cliponaxis": False,
        "constraintext": "none",
        "textangle": 0,
    }


def _names(rows: Sequence[Mark]) -> dict[str, Any]:
    """Names down the side, the first on top; long ones are cut here and whole on hover."""
    count = max(len(rows), 1)
    names = [fmt.shorten(mark.label, _NAME_WIDEST) for mark in rows]
    return {**base.category_axis(names), "range": [count - 0.5, -0.5], "ticklabelstandoff": 6}


def _side_room(rows: Sequence[Mark], texts: Sequence[str]) -> tuple[float, float]:
    """Pixels for the names on the left and the values beyond the longest bar on the right."""
    names = max((fmt.ems(fmt.shorten(mark.label, _NAME_WIDEST)) for mark in rows), default=0)
    values = max((fmt.ems(text) for text in texts), default=0)
    return names * TEXT + 14, values * (TEXT + 1) + 16


def _ticks(marks: Sequence[Mark], values: Sequence[base.Value], theme: Theme, symbol: str) -> list[dict[str, Any]]:
    """A short stroke across each bar at another value: its target, or last year; edged, to be seen on a bar too."""
    kept = [(index, value) for index, value in enumerate(values) if value is not None]
    if not kept:
        return []
    across = symbol == "line-ns"
    places, heights = [index for index, _ in kept], [value for _, value in kept]
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "x": heights if across else places,
            "y": places if across else heights,
            "marker": {"symbol": f"{symbol}-open", "size": size, "color": theme[colour], "line": {"width": width}},
            "customdata": [[marks[index].member] for index in places],
            "hoverinfo": "skip",
            "cliponaxis": False,
        }
        for colour, size, width in (("panel", 16, 4.5), ("ink-2", 14, 1.5))
    ]


def _one_reference(reference: Reference | None, theme: Theme, axis: Literal["x", "y"]) -> dict[str, Any]:
    """A shared dashed line with its name, across columns (y) or rows (x)."""
    if reference is None:
        return {}
    colour = base.state_colour(reference.tone, theme)
    along = "x" if axis == "y" else "y"
    line = {
        "type": "line",
        f"{along}ref": "paper",
        f"{along}0": 0,
        f"{along}1": 1,
        f"{axis}0": reference.value,
        f"{axis}1": reference.value,
        "line": {"color": colour, "width": 1, "dash": "6px,4px"},
    }
    if axis == "y":
        words = base.note(reference.name, theme, x=1, y=reference.value, yref="y", xanchor="left", xshift=6)
    else:
        words = base.note(reference.name, theme, x=reference.value, xref="x", y=1, yanchor="bottom")
    words["font"]["color"] = colour
    return {"shapes": [line], "annotations": [words]}


def _judged(mark: Mark, ranges: Sequence[Band]) -> Mark:
    """The mark with the name of the range its value lies in, and its state where that is bad."""
    if mark.tone or mark.value is None:
        return mark
    found = next((r for r in ranges if r.lo <= mark.value and (r.hi is None or mark.value < r.hi)), None)
    note = mark.note or (f"处于“{found.name}”档" if found else "")
    return Mark(**{**vars(mark), "tone": "bad" if found and found.tone == "bad" else None, "note": note})


def _band_ground(band: Band, top: float, theme: Theme) -> dict[str, Any]:
    hi = top * 1.1 if band.hi is None else band.hi
    fill = theme.fade(f"{band.tone}-fill", 0.13) if band.tone else theme.fade("ink-3", 0.08)
    return {
        "type": "rect",
        "layer": "below",
        "yref": "paper",
        "y0": 0,
        "y1": 1,
        "x0": band.lo,
        "x1": hi,
        "fillcolor": fill,
        "line": {"width": 0},
    }


def _band_fits(band: Band, top: float) -> bool:
    """Whether a range is wide enough for its name; the open one at the end always says it."""
    return band.hi is None or fmt.ems(band.name) * TEXT <= (band.hi - band.lo) / (top * 1.1) * _BANDS_WIDE


def _band_name(band: Band, theme: Theme) -> dict[str, Any]:
    """Over the middle of the range; the open one at the end leans on the edge, being narrower than its name."""
    if band.hi is None:
        return base.note(band.name, theme, x=1, y=1, xanchor="right", yanchor="bottom")
    return base.note(band.name, theme, xref="x", x=(band.lo + band.hi) / 2, y=1, yanchor="bottom")
