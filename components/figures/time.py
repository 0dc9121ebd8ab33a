"""Axes along time: where the ticks stand and what they say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from components.figures.base import X

_MONTH_STEPS = (1, 2, 3, 6, 12)


def x_axis(xs: Sequence[X], most: int = 7, pad: float | None = None) -> dict[str, Any]:
    """Layout of the shared axis: calendar ticks for days, else the words themselves, thinned to ``most``.

    ``pad`` is the room at both ends in steps of the axis; by itself dots of few points get some and lines none.
    """
    room = pad if pad is not None else 0.3 if len(xs) <= 24 else 0.0
    if xs and all(isinstance(x, date) for x in xs):
        days = [x for x in xs if isinstance(x, date)]
        return {"type": "date", "hoverformat": _hover_format(days), "range": _span(days, room), **_calendar(days, most)}
    words = [str(x) for x in xs]
    step = -(-len(words) // most) if len(words) > most + 2 else 1
    kept = [words[index] for index in range((len(words) - 1) % step, len(words), step)] if words else []
    ends = [-room, max(len(words) - 1, 0) + room]
    return {"type": "category", "categoryarray": words, "range": ends, "tickvals": kept, "ticktext": kept}


def position(x: X) -> str:
    """A place on the axis as the chart reads it."""
    return x.isoformat() if isinstance(x, date) else x


def monthly(days: Sequence[date]) -> bool:
    """Whether the points are whole months."""
    return len(days) > 1 and all(day.day == 1 for day in days)


def _span(days: Sequence[date], room: float) -> list[str]:
    """First to last with room at both ends; a single day stands in the middle of its own."""
    first, last = min(days), max(days)
    step = (last - first) / (len(days) - 1) if last > first else timedelta(days=1)
    margin = step * (room or (0.5 if first == last else 0))
    middle = datetime.min.time()
    return [
        (datetime.combine(first, middle) - margin).isoformat(),
        (datetime.combine(last, middle) + margin).isoformat(),
    ]


def _hover_format(days: Sequence[date]) -> str:
    return "%Y 年 %-m 月" if monthly(days) else "%Y 年 %-m 月 %-d 日"


def _calendar(days: Sequence[date], most: int) -> dict[str, Any]:
    first, last = min(days), max(days)
    if (last - first).days <= 62 and not monthly(days):
        return _days(first, last, most)
    months = _months(first, last)
    step = next((s for s in _MONTH_STEPS if -(-len(months) // s) <= most), 12)
    kept = [month for month in months if (month.month - 1) % step == 0]
    long = len(months) > 14
    return {"tickvals": [month.isoformat() for month in kept], "ticktext": [_month_word(month, long) for month in kept]}


def _month_word(month: date, long: bool) -> str:
    return f"{month.year}年" if long and month.month == 1 else f"{month.month}月"


def _months(first: date, last: date) -> list[date]:
    found = []
    year, month = first.year, first.month
    if first.day > 1:
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    while date(year, month, 1) <= last:
        found.append(date(year, month, 1))
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return found


def _days(first: date, last: date, most: int) -> dict[str, Any]:
    count = (last - first).days + 1
    step = next((s for s in (1, 2, 5, 7, 10, 14) if -(-count // s) <= most), 14)
    kept = [last - timedelta(days=offset) for offset in range(0, count, step)][::-1]
    return {"tickvals": [day.isoformat() for day in kept], "ticktext": [f"{day.month}-{day.day:02d}" for day in kept]}
