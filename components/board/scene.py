"""The scene a part is drawn in: who looks, at which view, over which days, in which colours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from components.state import View, opening_period
from components.theme import Theme
from data import clock
from data.access.viewer import Viewer
from data.errors import PlatformError
from data.judgement import Judgement
from data.periods import ONE_DAY, Period, add_months, at_grain, buckets, month_of, parse_period
from data.periods import Kind as Grain
from data.platform import Platform
from data.regions import DISTRICT_KINDS, Regions
from data.semantic.kinds import Comparison, Kind, change, kind_of
from data.semantic.spec import Bucket, Filter, Indicator, Query, Reported

NOBODY = ("",)
"""Districts of a comparison that has no ground in common: its values are missing."""


@dataclass(frozen=True)
class Scene:
    """Everything that a part needs besides its own declaration. ``end`` is the last day with complete data.

    A part that shows a figure of a coarser ``grain``, or of ``joined`` January and February, is drawn in a scene of its
    own, see :meth:`of`.
    """

    platform: Platform
    viewer: Viewer
    view: View
    theme: Theme
    codes: tuple[str, ...]
    board: str = ""
    path: str = ""
    grain: Grain = "day"
    joined: bool = False

    @cached_property
    def regions(self) -> Regions:
        """The region tree."""
        return self.platform.regions()

    @cached_property
    def judgement(self) -> Judgement:
        """Targets and limits."""
        return self.platform.judgement()

    @cached_property
    def where(self) -> Filter:
        """What the view lets through; a district account that names no region looks at its own."""
        region = self.view.region
        if not region and self.viewer.districts is not None and len(self.viewer.districts) == 1:
            region = next(iter(self.viewer.districts))
        self._known_members()
        return Filter(self.regions.resolve(region) if region else region, self.view.allow)

    def _known_members(self) -> None:
        """Refuse members that nothing declares: a figure under a filter that means nothing is no nought."""
        for dim, members in self.view.allow:
            declared = self.platform.registry.dims[dim]
            known = self.regions.nodes if declared.region else declared.codes
            strange = [member for member in members if known is not None and member not in known]
            if strange:
                raise PlatformError(f"没有{declared.zh}“{strange[0]}”", f"网址中的 {dim}", "在筛选栏重新选择")

    @cached_property
    def end(self) -> date:
        """The day up to which the scene's data are complete; refuses a scene without any data."""
        mark = self.platform.engine.watermark(self.codes, self.where, self.viewer)
        if mark is None:
            raise NoData(self.codes)
        return mark

    @cached_property
    def chosen_period(self) -> Period:
        """The period of the view, cut at :attr:`end`."""
        return parse_period(self.view.period, self.end)

    @cached_property
    def period(self) -> Period:
        """The period over which the scene's figure is read: the view's, or its own last one where that is finer."""
        return at_grain(self.chosen_period, self.grain, self.end, joined=self.joined)

    def of(self, codes: Sequence[str]) -> Scene:
        """The scene of a figure that is published at its own grain; its first code is what it shows."""
        if not codes:
            return self
        led_by = self.indicator(codes[0])
        grain, joined = led_by.grain, led_by.january_with_february
        mine = at_grain(self.chosen_period, grain, self.end, joined=joined)
        return self if mine == self.period and not joined else replace(self, grain=grain, joined=joined)

    @property
    def own_period(self) -> str:
        """The figure's own period where it is another than the view's, else empty."""
        return "" if self.period == self.chosen_period else self.period.label

    @cached_property
    def reported(self) -> Reported:
        """Which districts are complete over the period."""
        return self.platform.engine.reported(self.codes, self.where, self.period.bucket)

    @cached_property
    def place_dim(self) -> str:
        """The dimension by which places are compared: districts, or the towns of the one district one may see."""
        in_district = not self.regions.districts(self.where.region)
        own = self.viewer.districts is not None and not self.regions.districts(self.where.region)[1:]
        return "town" if in_district or own else "district"

    def place_dim_of(self, code: str) -> str:
        """:attr:`place_dim`, or districts for an indicator that is not kept by town."""
        return self.place_dim if self.has_dim(code, self.place_dim) else "district"

    @cached_property
    def place_region(self) -> str:
        """The region whose places are compared: a chosen place keeps its neighbours beside it."""
        region = self.regions.resolve(self.where.region)
        if self.place_dim == "town":
            return self.regions.district_of(region) or region
        return self.regions.root if self.regions.nodes[region].kind != "group" else region

    def chosen(self, dim: str) -> tuple[str, ...]:
        """Members of a dimension that the view picks out, to be lit among the others."""
        if dim in ("district", "town"):
            kinds = ("town",) if dim == "town" else DISTRICT_KINDS
            region = self.where.region
            return (region,) if region and self.regions.nodes[region].kind in kinds else ()
        return self.view.members(dim)

    def indicator(self, code: str) -> Indicator:
        """The indicator ``code``."""
        return self.platform.registry[code]

    def kind(self, code: str) -> Kind:
        """Its kind."""
        return kind_of(self.indicator(code), self.platform.registry)

    def has_dim(self, code: str, dim: str) -> bool:
        """Whether the indicator can be divided by ``dim``."""
        return dim in self.platform.registry.dims_of(code)

    def query(
        self, codes: str | Iterable[str], spans: Iterable[Bucket], by: tuple[str, ...] = (), where: Filter | None = None
    ) -> Query:
        """A question in this scene. A part that shows the members of a dimension keeps them all: where it divides
        ``by`` a dimension, that dimension's own chip does not narrow it, and a district is never one of its towns.
        """
        found = where or self.where
        region = self.place_region if {self.place_dim, "district"} & set(by) else found.region
        kept = Filter(region, tuple(pair for pair in found.allow if pair[0] not in by))
        return Query((codes,) if isinstance(codes, str) else tuple(codes), tuple(spans), by, kept)

    @cached_property
    def comparable(self) -> bool:
        """Whether like can be set against like: an account that may only see the undivided city can't leave out the
        districts that are late, now or then, and must not compare them.
        """
        if self.viewer.districts is None or not self.regions.is_city(self.where.region):
            return True
        periods = filter(None, (self.period, self.period.previous(), self.period.year_before()))
        found = [self.platform.engine.reported(self.codes, self.where, period.bucket) for period in periods]
        return all(one.whole or not one.done for one in found)

    def compared(self, code: str, spans: Iterable[Bucket], where: Filter | None = None) -> Query:
        """A question whose answers are compared: over the districts that are complete in every bucket."""
        return self.alike(self.query(code, spans, where=where))

    def alike(self, query: Query) -> Query:
        """The question over the districts that are complete in every bucket, as like is set against like."""
        done, whole = self.platform.engine.alike(query.indicators[0], query.where, query.buckets)
        if whole or not self.comparable:
            return query
        return replace(query, districts=done or NOBODY)

    def labels(self, dim: str, members: Iterable[str]) -> Mapping[str, str]:
        """Words for members."""
        return self.platform.engine.labels(dim, members, self.viewer)

    def months(self, count: int) -> tuple[Bucket, ...]:
        """The ``count`` months up to the period's last day, the last one cut there; 1—2月 as one where they are."""
        last = month_of(self.period.last)
        found = buckets("month", add_months(last, 1 - count), last + ONE_DAY)
        found = (*found[:-1], Bucket(found[-1].lo, self.period.hi, found[-1].label))
        return tuple(_with_january(bucket) for bucket in found if bucket.lo.month != 1) if self.joined else found

    def year_before(self, spans: Iterable[Bucket]) -> tuple[Bucket, ...]:
        """The same buckets a year before; one that is cut stays cut at the same day."""
        return tuple(
            Bucket(add_months(b.lo, -12), add_months(b.hi - ONE_DAY, -12) + ONE_DAY, b.label)
            if b.hi.day != 1
            else Bucket(add_months(b.lo, -12), add_months(b.hi, -12), b.label)
            for b in spans
        )

    def change(self, code: str, before: float | None, after: float | None) -> float | None:
        """How a value differs from another, in the kind's own way; None where they are not :attr:`comparable`."""
        return change(before, after, self.comparison(code)) if self.comparable else None

    def comparison(self, code: str) -> Comparison:
        """In which way the indicator's values compare."""
        return self.kind(code).comparison(self.indicator(code))

    def href(self, code: str, view: View | None = None) -> str:
        """Address of an indicator's drill-down in this view."""
        return f"/indicator/{code}{(view or self.view).elsewhere(opening_period(self.indicator(code))).search}"

    @property
    def age_days(self) -> int:
        """Days that have passed since the data's last complete day."""
        return (clock.today() - self.end).days

    @property
    def overdue_days(self) -> int:
        """Days by which any of the data is later than its source promises; 0 while all are in time."""
        return self.platform.engine.overdue(self.codes, self.where, clock.today())


def _with_january(bucket: Bucket) -> Bucket:
    return replace(bucket, lo=add_months(bucket.lo, -1)) if bucket.lo.month == 2 else bucket


class NoData(PlatformError):
    """There is nothing to show yet: no data set under these indicators has been reported."""

    def __init__(self, codes: Iterable[str]) -> None:
        super().__init__("尚无数据", "本页指标", "由数据员在“数据上传”中上传数据集后自动显示")
        self.codes = tuple(codes)
