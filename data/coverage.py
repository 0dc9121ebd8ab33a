"""Over which days each data set is complete for each district: the watermark of every figure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from sqlalchemy import Connection, delete, insert, select, update

from data.models import Coverage, CoverageGap
from data.periods import ONE_DAY, add_months, month_of
from data.semantic.spec import Reported
from data.semantic.versions import raise_versions

GRACE_DAYS = 2
"""Days that a report may take after the day it is due before its figures are called old."""

Days = tuple[date, date]
"""A first and a last day, both included."""


@dataclass(frozen=True)
class Span:
    """A district's data are complete on every day of ``since <= day <= complete_to`` that lies in none of ``gaps``.

    Gaps lie within, in order, and neither touch each other nor either end.
    """

    since: date
    complete_to: date
    gaps: tuple[Days, ...] = ()

    @property
    def runs(self) -> list[Days]:
        """The stretches of complete days, in order."""
        firsts = (self.since, *(last + ONE_DAY for _, last in self.gaps))
        lasts = (*(first - ONE_DAY for first, _ in self.gaps), self.complete_to)
        return list(zip(firsts, lasts, strict=True))

    def covers(self, first: date, last: date) -> bool:
        """Whether every day from ``first`` to ``last`` is complete."""
        return self.since <= first and last <= self.complete_to and not self.holes(first, last)

    def holes(self, first: date, last: date) -> list[Days]:
        """Its gaps that have a day between two days, whole."""
        return [(lo, hi) for lo, hi in self.gaps if lo <= last and hi >= first]

    def misses(self, first: date, last: date) -> bool:
        """Whether one gap holds all days from ``first`` to ``last``: nothing of them has been reported."""
        return any(lo <= first and last <= hi for lo, hi in self.gaps)


def span_of(runs: Iterable[Days]) -> Span:
    """The span whose complete days are those of ``runs``, which may overlap, touch, and come in any order."""
    joined: list[Days] = []
    for first, last in sorted(runs):
        if joined and first <= joined[-1][1] + ONE_DAY:
            joined[-1] = (joined[-1][0], max(joined[-1][1], last))
        else:
            joined.append((first, last))
    gaps = tuple((before[1] + ONE_DAY, after[0] - ONE_DAY) for before, after in pairwise(joined))
    return Span(joined[0][0], joined[-1][1], gaps)


def common(spans: Sequence[Span]) -> Span:
    """The days on which all of ``spans`` are complete; an empty span, which ends before it begins, if there is none."""
    since = max(span.since for span in spans)
    until = min(span.complete_to for span in spans)
    if not any(span.gaps for span in spans):
        return Span(since, until)
    runs = [(since, until)]
    for span in spans:
        met = [(max(a, lo), min(b, hi)) for a, b in runs for lo, hi in span.runs]
        runs = [(first, last) for first, last in met if first <= last]
    return span_of(runs) if runs else Span(since, since - ONE_DAY)


@dataclass(frozen=True)
class CoverageMap:
    """Coverage of all data sets: ``spans[fact][district]``, and which data sets hold demonstration data."""

    spans: dict[str, dict[str, Span]]
    demo: frozenset[str]

    @classmethod
    def load(cls, connection: Connection) -> CoverageMap:
        """Coverage as the database has it."""
        spans: dict[str, dict[str, Span]] = {}
        demo: set[str] = set()
        gaps: dict[tuple[str, str], list[Days]] = {}
        for gap in connection.execute(select(CoverageGap.__table__).order_by(CoverageGap.first)):
            gaps.setdefault((gap.fact, gap.district_id), []).append((gap.first, gap.last))
        for row in connection.execute(select(Coverage.__table__)):
            inside = tuple(gaps.get((row.fact, row.district_id), ()))
            spans.setdefault(row.fact, {})[row.district_id] = Span(row.since, row.complete_to, inside)
            if row.demo:
                demo.add(row.fact)
        return cls(spans, frozenset(demo))

    def unreported(self, facts: Iterable[str]) -> tuple[str, ...]:
        """Those data sets that no district has ever reported."""
        return tuple(fact for fact in facts if not self.spans.get(fact))

    def over(self, facts: Iterable[str], districts: Iterable[str]) -> dict[str, Span]:
        """Common span of several data sets for each district that reports any of them.

        A district that reports one of the data sets but not another has an empty span: it is expected, and late.
        Where nobody reports one of them there is nothing to say.
        """
        facts = tuple(facts)
        if self.unreported(facts):
            return {}
        found: dict[str, Span] = {}
        for district in districts:
            spans = [self.spans.get(fact, {}).get(district) for fact in facts]
            known = [span for span in spans if span]
            if not known:
                continue
            whole = common(known)
            # One that reports only some of them is expected, and late.
            found[district] = whole if len(known) == len(spans) else Span(whole.since, whole.since - ONE_DAY)
        return found


def watermark(spans: dict[str, Span]) -> date | None:
    """The last day on which more than half of the districts are complete; None without data.

    The newest day would make one early reporter turn all others late, the oldest would let one silent district hold
    back the city: the majority decides, and the late ones are named.
    """
    days = sorted(span.complete_to for span in spans.values())
    return days[(len(days) - 1) // 2] if days else None


def reported(spans: dict[str, Span], lo: date, hi: date) -> Reported:
    """Which districts are complete on all days of ``[lo, hi)``."""
    last = hi - timedelta(days=1)
    done = tuple(d for d, span in spans.items() if span.covers(lo, last))
    late = tuple((d, span.complete_to) for d, span in spans.items() if span.complete_to < last)
    holes = tuple((d, *hole) for d, span in spans.items() for hole in span.holes(lo, last))
    return Reported(done, tuple(spans), late, holes)


def alike(spans: dict[str, Span], buckets: Iterable[Days]) -> tuple[str, ...]:
    """Districts that are complete in each bucket (first and last day) in which any is: these compare like with like."""
    found = tuple(spans)
    for first, last in buckets:
        done = {d for d, span in spans.items() if span.covers(first, last)}
        found = tuple(d for d in found if d in done) if done else found
    return found


def claimed(known: Span | None, days: Collection[date], complete_to: date) -> list[Days]:
    """The days that a report speaks for which says only up to when it is complete; ``days`` are those of its rows.

    It goes on from where what is ``known`` ends, and fills the gaps that it has rows for. A whole calendar month
    without a row, between what is known and the first row after it, is nobody's report: the claim begins with the
    month of that row.
    """
    if known is None:
        return [(min((*days, complete_to)), complete_to)]
    open_stretches = (*known.gaps, (known.complete_to + ONE_DAY, complete_to))
    found = []
    for lo, hi in ((lo, min(hi, complete_to)) for lo, hi in open_stretches if lo <= complete_to):
        inside = [day for day in days if lo <= day <= hi]
        if inside:
            whole_month = lo if lo.day == 1 else add_months(month_of(lo), 1)
            begins = month_of(min(inside))
            found.append((begins if begins > whole_month else lo, hi))
        elif hi == complete_to:
            found.append((lo, hi))
    return found


# --- keeping ---------------------------------------------------------------------------------------------------


def span_known(connection: Connection, fact: str, district: str) -> Span | None:
    """What is known of a district's data set; None where it has reported nothing."""
    key = (Coverage.fact == fact) & (Coverage.district_id == district)
    row = connection.execute(select(Coverage.since, Coverage.complete_to).where(key)).one_or_none()
    if row is None:
        return None
    of_it = (CoverageGap.fact == fact) & (CoverageGap.district_id == district)
    gaps = connection.execute(select(CoverageGap.first, CoverageGap.last).where(of_it).order_by(CoverageGap.first))
    return Span(row.since, row.complete_to, tuple((gap.first, gap.last) for gap in gaps))


def mark_complete(
    connection: Connection, fact: str, districts: Iterable[str], since: date, complete_to: date, demo: bool
) -> None:
    """State that ``fact`` is complete for ``districts`` over ``[since, complete_to]``: adds days, never takes any.

    Days between these and what is known already are a gap until somebody reports them.
    """
    for district in districts:
        known = span_known(connection, fact, district)
        span = span_of([*(known.runs if known else ()), (since, complete_to)])
        ends = {"since": span.since, "complete_to": span.complete_to, "demo": demo}
        if known is None:
            connection.execute(insert(Coverage).values(fact=fact, district_id=district, **ends))
            continue
        key = (Coverage.fact == fact) & (Coverage.district_id == district)
        connection.execute(update(Coverage).where(key).values(ends))
        if span.gaps != known.gaps:
            _keep_gaps(connection, fact, district, span.gaps)
    raise_versions(connection, ("coverage",))


def _keep_gaps(connection: Connection, fact: str, district: str, gaps: Sequence[Days]) -> None:
    connection.execute(delete(CoverageGap).where(CoverageGap.fact == fact, CoverageGap.district_id == district))
    rows = [{"fact": fact, "district_id": district, "first": first, "last": last} for first, last in gaps]
    if rows:
        connection.execute(insert(CoverageGap), rows)


def forget(connection: Connection, fact: str) -> None:
    """Forget what is known of a data set's completeness, when its rows are removed."""
    connection.execute(delete(CoverageGap).where(CoverageGap.fact == fact))
    connection.execute(delete(Coverage).where(Coverage.fact == fact))
    raise_versions(connection, ("coverage",))
