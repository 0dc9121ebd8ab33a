"""The words in which cubes and indicators are declared, and in which figures are asked for.

*The database adds; Python divides.* A :class:`Measure` is an integer sum over a fact's rows, kept in the rungs of a
:class:`Cube`; an :class:`Indicator` is an expression over measures, possibly of several cubes; a :class:`Query` asks
for indicators in buckets of time, by one dimension, within one :class:`Filter`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal

from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.elements import ColumnElement

Grain = Literal["day", "month"]
"""Grain of a rung; an indicator may be published more coarsely, see :class:`Indicator`."""

Better = Literal["higher", "lower", "neutral", "band"]

DISTRICT = "district"
"""The dimension that every cube has: accounts see districts."""

CITY = ""
"""Region of an undivided total: the root of the region tree, whatever its id."""


# --- expressions -----------------------------------------------------------------------------------------------


class Expr:
    """Something that has a value for each member and bucket; built with ``+ - * /`` and numbers."""

    def __add__(self, other: Expr | float) -> Expr:
        return Operation("+", self, as_expr(other))

    def __radd__(self, other: Expr | float) -> Expr:
        return Operation("+", as_expr(other), self)

    def __sub__(self, other: Expr | float) -> Expr:
        return Operation("-", self, as_expr(other))

    def __rsub__(self, other: Expr | float) -> Expr:
        return Operation("-", as_expr(other), self)

    def __mul__(self, other: Expr | float) -> Expr:
        return Operation("*", self, as_expr(other))

    def __rmul__(self, other: Expr | float) -> Expr:
        return Operation("*", as_expr(other), self)

    def __truediv__(self, other: Expr | float) -> Expr:
        return Operation("/", self, as_expr(other))

    def __rtruediv__(self, other: Expr | float) -> Expr:
        return Operation("/", as_expr(other), self)


@dataclass(frozen=True)
class Const(Expr):
    """A number."""

    value: float


@dataclass(frozen=True)
class Operation(Expr):
    """Two expressions and the sign between them."""

    sign: Literal["+", "-", "*", "/"]
    left: Expr
    right: Expr


@dataclass(frozen=True)
class Of(Expr):
    """Another indicator, of any cube, in the same bucket; with ``months`` in ``[hi - months, hi)`` instead."""

    code: str
    months: int = 0


@dataclass(frozen=True)
class ToDate(Expr):
    """An expression over the year to date: from 1 January of the year of a bucket's last day to that day."""

    of: Expr


@dataclass(frozen=True, eq=False)
class Measure(Expr):
    """An integer sum over the rows of its cube's fact, or (``how="set"``) the distinct members of a column.

    ``value`` is the column that is added (none: rows are counted), in units of ``10 ** -decimals``; ``where`` narrows
    the rows. Of a state, ``at`` makes it an event: what entered (``since``) or left it (``until``) in a bucket. A
    measure belongs to exactly one cube.
    """

    name: str
    value: InstrumentedAttribute[Any] | ColumnElement[Any] | None = None
    where: ColumnElement[bool] | None = None
    decimals: int = 0
    how: Literal["sum", "set"] = "sum"
    at: Literal["", "since", "until"] = ""


@dataclass(frozen=True)
class During(Expr):
    """In a state on any day of the bucket (施工面积): entered before its end, and not left by its first day.

    ``entered`` and ``left`` are measures of one cube with the same weight, at its ``since`` and at its ``until``.
    """

    entered: Measure
    left: Measure


@dataclass(frozen=True)
class Quantile(Expr):
    """The ``p``-quantile (0.5: the median) of the dimension ``over``, each member weighing what ``count`` counts.

    ``over`` is a dimension of numbers (:attr:`Dim.number`) of the measure's cube. Between two members it is
    interpolated, as PERCENTILE_CONT of the SQL standard (ISO/IEC 9075-2) does.
    """

    count: Measure
    over: str
    p: float = 0.5


def as_expr(value: Expr | float) -> Expr:
    """``value`` as an expression."""
    return value if isinstance(value, Expr) else Const(float(value))


Leaf = Measure | Of | During | Quantile
"""What an expression is made of, besides numbers."""


def leaves(expr: Expr) -> Iterator[Leaf]:
    """Leaves of an expression, left to right."""
    if isinstance(expr, Operation):
        yield from leaves(expr.left)
        yield from leaves(expr.right)
    elif isinstance(expr, ToDate):
        yield from leaves(expr.of)
    elif isinstance(expr, Leaf):
        yield expr
    else:
        assert isinstance(expr, Const)


def measures(expr: Expr) -> Iterator[Measure]:
    """Measures that an expression itself reads, left to right; not those of the indicators it refers to."""
    for leaf in leaves(expr):
        if isinstance(leaf, Measure):
            yield leaf
        elif isinstance(leaf, During):
            yield from (leaf.entered, leaf.left)
        elif isinstance(leaf, Quantile):
            yield leaf.count


# --- cubes -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Dim:
    """A column by which a cube can be divided or filtered.

    Members are named by ``codes`` (code → word), by the regions (``region=True``), or by a table of names
    (``names = (key column, name column)``) for entities, of which there are many. The members of a ``number`` are
    whole numbers (working days): it is kept for quantiles, and nothing is divided or filtered by it.
    """

    name: str
    zh: str
    column: InstrumentedAttribute[Any]
    codes: dict[str, str] | None = None
    region: bool = False
    number: bool = False
    names: tuple[InstrumentedAttribute[Any], InstrumentedAttribute[Any]] | None = None

    @property
    def of_places(self) -> bool:
        """Whether its members are places or single entities, which an account may not be allowed to see.

        Only what is coded (用途, 面积段) is the same for everyone.
        """
        return self.codes is None


@dataclass(frozen=True)
class Rung:
    """One level of kept sums: a grain of time and the dimensions that are left apart."""

    grain: Grain
    dims: tuple[str, ...]

    @property
    def name(self) -> str:
        """Name within its cube, ``day_district_use``."""
        return "_".join((self.grain, *self.dims))


@dataclass(frozen=True, eq=False)
class Cube:
    """A fact, seen through time, dimensions and measures.

    Events count on ``time``. A state is true while ``since <= day < until``, or for ever without ``until``; its rungs
    hold changes and its value is the running sum. ``where`` narrows the fact's rows for every measure. ``rungs`` go
    from the coarsest to the finest, which has all dimensions by day; each carries :data:`DISTRICT`, by which accounts
    are scoped. Rows are shown in the order of a ``sortable`` column. ``expected_every``: days after which a district's
    silence is a delay.

    A ``published`` cube holds statistics as they were published: each row holds from the end of its own period
    (``since``) until the next one's, and the whole city is a row of its own, never the sum of its districts.
    """

    name: str
    zh: str
    fact: type[Any]
    dims: tuple[Dim, ...]
    measures: tuple[Measure, ...]
    rungs: tuple[Rung, ...]
    time: InstrumentedAttribute[Any] | None = None
    since: InstrumentedAttribute[Any] | None = None
    until: InstrumentedAttribute[Any] | None = None
    where: ColumnElement[bool] | None = None
    expected_every: int = 1
    system: str = ""
    sortable: tuple[str, ...] = ()
    published: bool = False

    @property
    def is_stock(self) -> bool:
        """Whether its measures are states rather than events."""
        return self.since is not None

    def is_state(self, measure: Measure) -> bool:
        """Whether ``measure`` holds at a bucket's end, rather than counting what happens within it."""
        return self.is_stock and not measure.at

    @property
    def sums(self) -> tuple[Measure, ...]:
        """Measures that are kept as sums."""
        return tuple(measure for measure in self.measures if measure.how == "sum")

    @property
    def sets(self) -> tuple[Measure, ...]:
        """Measures whose distinct members are kept."""
        return tuple(measure for measure in self.measures if measure.how == "set")

    @property
    def fact_name(self) -> str:
        """Name of the data set below, as the fact catalogue spells it."""
        return str(self.fact.__table__.info["fact"])

    def dim(self, name: str) -> Dim:
        """The dimension ``name``; KeyError if the cube has none."""
        for dim in self.dims:
            if dim.name == name:
                return dim
        raise KeyError(f"立方体 {self.name} 没有维度 {name}")

    @property
    def dim_names(self) -> frozenset[str]:
        """Names of its dimensions."""
        return frozenset(dim.name for dim in self.dims)

    @property
    def divisions(self) -> frozenset[str]:
        """Names of the dimensions by which figures are divided and filtered: all but numbers."""
        return frozenset(dim.name for dim in self.dims if not dim.number)


# --- indicators ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Flow:
    """One step of a stock's bridge: an additive indicator that raises (+1) or lowers (-1) it."""

    zh: str
    code: str
    sign: Literal[1, -1]


@dataclass(frozen=True)
class Band:
    """A named range ``[lo, hi)`` of an indicator's value; ``state`` is ok, warn, bad or quiet."""

    zh: str
    lo: float
    hi: float
    state: Literal["ok", "warn", "bad", "quiet"] = "quiet"


@dataclass(frozen=True, eq=False)
class Indicator:
    """One figure (指标): what it is called, means and is worth, declared once.

    ``value`` is in ``unit``. ``better`` says which direction is good. ``grain`` is the finest period it is asked in,
    ``ytd`` whether it opens at the year to date, ``january_with_february`` whether the statistics have these two
    months together. ``rows`` are the columns of its drill-down: columns of the fact, or names of its entities.
    ``ranked`` indicators (通报) may be compared between districts by every account.
    ``short`` is the name for narrow places, ``bridge`` explains a stock's change by flows, and ``bands`` are the named
    ranges of its value.
    """

    code: str
    zh: str
    en: str
    unit: str
    definition: str
    value: Expr
    better: Better = "neutral"
    owner: str = ""
    page: str = ""
    short: str = ""
    basis: str = ""
    formula: str = ""
    decimals: int = 0
    grain: Literal["day", "week", "month", "quarter", "year"] = "day"
    ytd: bool = False
    january_with_february: bool = False
    rows: tuple[str, ...] = ()
    target_kind: Literal["none", "national", "annual_task"] = "none"
    ranked: bool = False
    bridge: tuple[Flow, ...] = ()
    bands: tuple[Band, ...] = ()

    @property
    def brief(self) -> str:
        """Its name where room is scarce."""
        return self.short or self.zh

    @property
    def stem(self) -> str:
        """Code without its second part: a card groups by it."""
        return self.code.partition("-")[0]


I = Indicator  # noqa: E741  (the word of the declarations)


# --- questions -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, order=True)
class Bucket:
    """The days ``lo <= day < hi``, with the words that name them."""

    lo: date
    hi: date
    label: str = ""


@dataclass(frozen=True)
class Filter:
    """What narrows rung, facts and drill-down alike: a region, and allowed members of other dimensions.

    ``allow`` is sorted pairs ``(dimension, members)``; build it with :meth:`of`.
    """

    region: str = CITY
    allow: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @classmethod
    def of(cls, region: str = CITY, **allow: str | tuple[str, ...] | list[str]) -> Filter:
        """``Filter.of("321281", use="residential", size_band=("lt90", "s90_120"))``."""
        pairs = (
            (name, (members,) if isinstance(members, str) else tuple(sorted(members)))
            for name, members in allow.items()
            if members
        )
        return cls(region, tuple(sorted(pairs)))

    def members(self, dim: str) -> tuple[str, ...]:
        """Allowed members of ``dim``; empty means all."""
        return dict(self.allow).get(dim, ())

    def with_(self, **allow: str | tuple[str, ...] | list[str]) -> Filter:
        """A copy in which the named dimensions allow just these members (none: all)."""
        return Filter.of(self.region, **{**dict(self.allow), **allow})

    def in_region(self, region: str) -> Filter:
        """A copy in another region."""
        return replace(self, region=region)


@dataclass(frozen=True)
class Query:
    """A question: these indicators, in these buckets, apart by at most two dimensions, within a filter.

    ``by`` names dimensions; ``("month", )`` is never one: months are buckets. ``as_of`` is the last day that counts
    (buckets end at ``min(hi, as_of + 1 day)``); none means the watermark of the cubes used. ``districts`` limits an
    undivided total to these districts: the like-with-like comparison when some have not reported.
    """

    indicators: tuple[str, ...]
    buckets: tuple[Bucket, ...]
    by: tuple[str, ...] = ()
    where: Filter = Filter()
    as_of: date | None = None
    districts: tuple[str, ...] = ()


Member = tuple[str, ...]
"""Members of ``Query.by``, in that order; ``()`` for an undivided total."""


@dataclass(frozen=True)
class Series:
    """One indicator's answer: ``values[member][i]`` belongs to bucket ``i``; None is missing, never zero.

    ``numerator`` and ``denominator`` hold the parts of a ratio in natural units, otherwise empty. ``ignored`` are
    the filter's dimensions that the indicator lacks: the figure stays and is marked 不适用此筛选. ``stated`` is, of a
    published statistic, the last day of the period that each value belongs to.
    """

    code: str
    values: dict[Member, tuple[float | None, ...]]
    numerator: dict[Member, tuple[float | None, ...]] = field(default_factory=dict)
    denominator: dict[Member, tuple[float | None, ...]] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    stated: dict[Member, tuple[date | None, ...]] = field(default_factory=dict)

    def total(self) -> tuple[float | None, ...]:
        """Values of the undivided total, one a bucket."""
        return self.values.get((), ())


@dataclass(frozen=True)
class Reported:
    """Which districts are complete for a bucket: ``done`` of ``expected``, and who is late, with until when.

    ``holes`` are the stretches (first and last day) with a day in the bucket that a district left out before it went
    on reporting.
    """

    done: tuple[str, ...]
    expected: tuple[str, ...]
    late: tuple[tuple[str, date], ...] = ()
    holes: tuple[tuple[str, date, date], ...] = ()

    @property
    def whole(self) -> bool:
        """Whether every expected district is complete."""
        return len(self.done) == len(self.expected)


@dataclass(frozen=True)
class Answer:
    """Answer to a :class:`Query`.

    ``reported[i]`` belongs to bucket ``i``. ``as_of`` is the last day counted, ``watermark`` the day up to which the
    data are complete (None: no data at all); ``demo`` whether any row may be demonstration data; ``reads`` which rung
    was read for which cube; ``rejected`` why the others were not, for ``explain``.
    """

    query: Query
    series: dict[str, Series]
    reported: tuple[Reported, ...]
    as_of: date | None
    watermark: date | None
    demo: bool
    versions: tuple[tuple[str, int], ...] = ()
    reads: tuple[tuple[str, str], ...] = ()

    def __getitem__(self, code: str) -> Series:
        return self.series[code]
