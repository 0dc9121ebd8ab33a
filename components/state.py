"""What a page shows, as its URL says it: period, region, chips. Every view can be linked and exported again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl, urlencode

from data.semantic.spec import CITY, Filter, Indicator

DEFAULT_PERIOD = "ytd"
TAB = "view"
"""Parameter that names the tab of a board that has several."""

PERIOD = "period"
"""As a mark's dimension: the period that a point of a series stands for."""

Given = str | list[str]
"""What an address gives for a parameter: a list where it gives it more than once."""

OWN = (TAB, "why", "vs", "row", "col", "span", "part", "explain", "history")
"""What an indicator's page understands besides: which of its tabs, by what its change is split and with what it is
compared, rows and columns of its pivot, months of its small charts, whose rows it shows, how it was read, how it was
defined before.
"""

PLACES = ("district", "town")
"""Dimensions whose members are regions."""


@dataclass(frozen=True)
class View:
    """``?p=2026-10&r=321281&use=residential,office``; ``extra`` keeps what only one page understands.

    ``default`` is the period its page opens at, which an address need not name.
    """

    period: str = DEFAULT_PERIOD
    region: str = CITY
    allow: tuple[tuple[str, tuple[str, ...]], ...] = ()
    extra: tuple[tuple[str, str], ...] = ()
    default: str = field(default=DEFAULT_PERIOD, compare=False)

    @classmethod
    def parse(cls, search: str, dims: Iterable[str], default_period: str = DEFAULT_PERIOD) -> View:
        """The view that ``search`` names; parameters that mean nothing are dropped."""
        return cls.of(dict(parse_qsl((search or "").lstrip("?"))), dims, default_period)

    @classmethod
    def of(cls, values: Mapping[str, Given], dims: Iterable[str], default_period: str = DEFAULT_PERIOD) -> View:
        """The view that a page's parameters name; of one that is given twice the last counts."""
        known = set(dims)
        single = {name: text[-1] if isinstance(text, list) else text for name, text in values.items() if text}
        allow = {name: tuple(sorted(text.split(","))) for name, text in single.items() if name in known and text}
        extra = {name: single[name] for name in OWN if single.get(name)}
        return cls(
            single.get("p") or default_period,
            single.get("r") or CITY,
            tuple(sorted(allow.items())),
            tuple(sorted(extra.items())),
            default_period,
        )

    @property
    def filter(self) -> Filter:
        """As the semantic layer takes it."""
        return Filter(self.region, self.allow)

    @property
    def search(self) -> str:
        """As the end of a URL, ``?`` included; empty for the default view of the city."""
        pairs = [("p", self.period)] if self.period != self.default else []
        pairs += [("r", self.region)] if self.region else []
        pairs += [(dim, ",".join(members)) for dim, members in self.allow]
        pairs += list(self.extra)
        return f"?{urlencode(pairs, safe=',.:')}" if pairs else ""

    def members(self, dim: str) -> tuple[str, ...]:
        """Members of ``dim`` that are chosen; empty means all."""
        return dict(self.allow).get(dim, ())

    def more(self, name: str) -> str:
        """A page's own parameter, empty if not given."""
        return dict(self.extra).get(name, "")

    def with_period(self, token: str) -> View:
        """In another period."""
        return replace(self, period=token)

    def elsewhere(self, default: str) -> View:
        """The same view on another page, which opens at ``default``; what only this page understands stays behind."""
        return replace(self, extra=(), default=default)

    def with_region(self, region: str) -> View:
        """In another region; a town chosen by a chip goes with it."""
        return replace(self, region=region, allow=tuple(pair for pair in self.allow if pair[0] != "town"))

    def with_members(self, dim: str, members: Iterable[str]) -> View:
        """With just these members of ``dim``; none means all."""
        allow = {**dict(self.allow), dim: tuple(sorted(members))}
        return replace(self, allow=tuple(sorted((d, m) for d, m in allow.items() if m)))

    def with_extra(self, **values: str) -> View:
        """With a page's own parameters changed; an empty one goes."""
        extra = {**dict(self.extra), **values}
        return replace(self, extra=tuple(sorted((k, v) for k, v in extra.items() if v)))

    def toggled(self, dim: str, member: str) -> View:
        """As a click on a mark changes it: choose the member, or take the chip off when it was the chosen one.

        Districts and towns are regions, so that a click on one is what the region list does; a point of a series is a
        period.
        """
        off = self.picks(dim, member)
        if dim == PERIOD:
            return self.with_period(self.default if off else member)
        if dim in PLACES:
            return self.with_region(CITY if off else member)
        return self.with_members(dim, () if off else (member,))

    def clicked(self, *picked: tuple[str, str]) -> View:
        """As a click on a mark that stands for these ``(dimension, member)`` changes it.

        A cell stands for its row and its column: both are chosen, and only a click on the chosen cell takes them off.
        """
        view = self
        off = all(self.picks(*pair) for pair in picked)
        for pair in picked:
            if view.picks(*pair) == off:
                view = view.toggled(*pair)
        return view

    def picks(self, dim: str, member: str) -> bool:
        """Whether just this member is chosen."""
        if dim == PERIOD:
            return self.period == member
        return self.region == member if dim in PLACES else self.members(dim) == (member,)


def opening_period(indicator: Indicator) -> str:
    """The period at which an indicator's own page opens: the year to date, or the last complete one of its grain."""
    return "ytd" if indicator.ytd else indicator.grain
