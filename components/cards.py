"""Headline figures: a card each, and the lead that carries a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from dash import dcc, html

from components import format as fmt
from components.figures import sparkline
from components.figures.base import Value
from components.states import Component, not_applicable
from components.theme import Tone

Better = Literal["higher", "lower", "neutral"]

_VERDICT = {"ok": "向好", "bad": "转差", None: ""}


@dataclass(frozen=True)
class Change:
    """A difference to another period: its size, the words around it, and which direction is good."""

    label: str
    delta: Value
    better: Better = "neutral"
    decimals: int = 1
    suffix: str = "%"

    @property
    def moved(self) -> float:
        """The difference as it is shown: what rounds to nothing has not moved."""
        return round(float(self.delta or 0), self.decimals)

    @property
    def tone(self) -> Tone | None:
        """Whether the change is for better or worse; None where that is not said or nothing moved."""
        if not self.moved or self.better == "neutral":
            return None
        return "ok" if (self.moved > 0) == (self.better == "higher") else "bad"


@dataclass(frozen=True)
class Flag:
    """A short judged remark beside the figure: ``▲ 2 个不足``. Without a tone it is a plain note."""

    text: str
    tone: Tone | None = None


@dataclass(frozen=True)
class Goal:
    """How far a year's task is done: ``done`` 完成 78.2%, ``ahead`` 快 3.1 点, ``told`` in full.

    ``rate`` and ``due`` are per cent.
    """

    done: str
    ahead: str
    told: str
    rate: float
    due: float
    tone: Tone


def change(item: Change) -> Component:
    """Arrow, size and label of a change; colour by better or worse, which the spoken label also says."""
    if item.delta is None:
        return html.Span([f"{item.label} ", fmt.MISSING], className="change")
    if not item.moved:
        return html.Span(
            [html.Span(item.label, className="change-of"), html.B(fmt.LEVEL)], className="change tone-none"
        )
    size = f"{fmt.number(abs(item.delta), item.decimals)}{item.suffix}"
    verdict = _VERDICT[item.tone] if item.tone else ""
    direction = "升" if item.moved > 0 else "降"
    return html.Span(
        [html.Span(item.label, className="change-of"), html.B(f"{fmt.arrow(item.moved)} {size}")],
        className=f"change tone-{item.tone or 'none'}",
        title=f"{item.label}{direction} {size}{'，' + verdict if verdict else ''}",
    )


def headline(
    id: str,
    *,
    name: str,
    value: Value,
    unit: str,
    href: str,
    decimals: int = 0,
    changes: Sequence[Change] = (),
    flags: Sequence[Flag] = (),
    trend: Sequence[Value] = (),
    against: Sequence[Value] = (),
    tone: Tone | None = None,
    note: str = "",
    goal: Goal | None = None,
    applicable: bool = True,
) -> Component:
    """One figure with its unit, changes and trend; the whole card leads to the drill-down.

    ``note`` is what must be said first (5/6 区市、进行中); ``goal`` how far the year's task is done, in words and as a
    bar along the card's foot; ``applicable=False`` marks that no filter reaches it.
    """
    head = [
        html.Span(name, className="headline-name"),
        *([html.Span(note, className="headline-note", title=note)] if note else []),
    ]
    beside = [] if applicable else [not_applicable()]
    toward = [progress(goal)] if goal and not beside else []
    foot = beside or [*toward, *(change(item) for item in changes), *(flag(item) for item in flags)]
    return dcc.Link(
        [
            html.Div([*head, html.I(className="icon icon-go")], className="headline-head"),
            html.Div([figure(value, unit, decimals, tone), spark(trend, against)], className="headline-body"),
            html.Div(foot, className="headline-foot"),
            *([track(goal)] if goal and not beside else []),
        ],
        href=href,
        id={"kind": "card", "id": id},
        className=f"headline{'' if applicable else ' is-beside'}",
    )


def figure(value: Value, unit: str, decimals: int = 0, tone: Tone | None = None) -> Component:
    """The number large, its unit small."""
    number = html.B(fmt.number(value, decimals), className="figure-number")
    return html.Span([number, html.Span(unit, className="figure-unit")], className=f"figure tone-{tone or 'none'}")


def flag(item: Flag) -> Component:
    """A judged remark with the shape of its state."""
    return html.Span(
        item.text, className=f"flag tone-{item.tone or 'none'}", title=item.text, **{"data-tone": item.tone or ""}
    )


def progress(goal: Goal) -> Component:
    """The words of a year's task, with the shape of its state."""
    ahead, unit, _ = goal.ahead.partition(" 点")
    words = [f"{goal.done}，{ahead}", html.Span(unit, className="headline-points")]
    name = f"flag headline-goal tone-{goal.tone}"
    return html.Span(words, className=name, title=goal.told, **{"data-tone": goal.tone})


def track(goal: Goal) -> Component:
    """The task as a thin bar: filled as far as it is done, with a tick where it ought to be."""
    done, due = (f"{min(max(share, 0), 100):.1f}%" for share in (goal.rate, goal.due))
    return html.Span(
        [html.I(style={"width": done}), html.B(style={"left": due})],
        className=f"headline-track tone-{goal.tone}",
        **{"aria-hidden": "true"},
    )


def spark(values: Sequence[Value], against: Sequence[Value] = ()) -> Component:
    """The trend in a word's space; nothing where there is no trend to show."""
    image = sparkline(values, against)
    if not image:
        return html.Span(className="spark")
    style: dict[str, Any] = {"maskImage": image, "WebkitMaskImage": image}
    return html.Span(className="spark is-drawn", style=style, role="img", **{"aria-label": "走势"})


def lead(
    *,
    value: Value,
    unit: str,
    decimals: int = 1,
    changes: Sequence[Change] = (),
    flags: Sequence[Flag] = (),
    tone: Tone | None = None,
    picture: Component | None = None,
    words: Component | None = None,
) -> Component:
    """Body of the page's leading panel: the figure, its changes, the picture that carries it, and one sentence."""
    foot = [*(change(item) for item in changes), *(flag(item) for item in flags)]
    return html.Div(
        [
            html.Div(
                [figure(value, unit, decimals, tone), html.Div(foot, className="headline-foot")], className="lead-top"
            ),
            *([picture] if picture is not None else []),
            *([words] if words is not None else []),
        ],
        className="lead",
    )
