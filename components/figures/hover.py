"""One label for all series at a place on the axis.

Plotly's own unified label takes each line's *nearest* point: over a gap it would tell another day's figure under this
day's name. So an unseen trace carries the words, composed here: what is missing is a dash.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from components import format as fmt
from components.figures import base
from components.figures.base import Value


@dataclass(frozen=True)
class Told:
    """A row of the label: the series' name, colour, values and how they are written."""

    name: str
    colour: str
    values: Sequence[Value]
    unit: str
    decimals: int


def carrier(
    places: Sequence[str],
    rows: Sequence[Told],
    heights: Sequence[Value],
    members: Sequence[str],
    notes: Sequence[str] = (),
) -> dict[str, Any]:
    """The unseen trace; it stands at ``heights`` and answers clicks with the place's member.

    ``notes`` are a last line for the places that have one.
    """
    lines = [
        f"<span style='color:{row.colour}'>━</span> {row.name}　<b>%{{customdata[{index}]}}</b> {row.unit}".rstrip()
        for index, row in enumerate(rows, 1)
    ]
    template = "<br>".join(lines)
    last = f"<br>%{{customdata[{len(rows) + 1}]}}"
    return {
        "type": "scatter",
        "mode": "markers",
        "x": list(places),
        "y": base.gaps(heights),
        "marker": {"opacity": 0, "size": 1},
        "customdata": [
            [
                members[place] if place < len(members) else "",
                *(_written(row, place) for row in rows),
                *([notes[place]] if any(notes) else []),
            ]
            for place in range(len(places))
        ],
        "hovertemplate": [f"{template}{last if note else ''}<extra></extra>" for note in notes]
        if any(notes)
        else f"{template}<extra></extra>",
    }


def first_known(rows: Sequence[Sequence[Value]]) -> list[Value]:
    """At each place the first series that has a value."""
    return [next((value for value in column if value is not None), None) for column in zip(*rows, strict=True)]


def _written(row: Told, place: int) -> str:
    return fmt.number(row.values[place], row.decimals)
