"""From when and up to when each data set is complete for each district: the watermark of every figure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from data.models import Coverage
from data.semantic.spec import Reported
from data.semantic.versions import raise_versions


@dataclass(frozen=True)
class Span:
    """A district's data are complete on every day of ``since <= day <= complete_to``."""

    since: date
    complete_to: date


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
        for row in connection.execute(select(Coverage.__table__)):
            spans.setdefault(row.fact, {})[row.district_id] = Span(row.since, row.complete_to)
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
            since = max(span.since for span in known)
            until = min(span.complete_to for span in known)
            if len(known) < len(spans):
                until = since - timedelta(days=1)
            found[district] = Span(since, until)
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
    done = tuple(d for d, span in spans.items() if span.since <= lo and span.complete_to >= last)
    late = tuple((d, span.complete_to) for d, span in spans.items() if span.complete_to < last)
    return Reported(done, tuple(spans), late)


def mark_complete(
    connection: Connection, fact: str, districts: Iterable[str], since: date, complete_to: date, demo: bool
) -> None:
    """State that ``fact`` is complete for ``districts`` over ``[since, complete_to]``; widens, never narrows."""
    for district in districts:
        key = (Coverage.fact == fact) & (Coverage.district_id == district)
        old = connection.execute(select(Coverage.since, Coverage.complete_to).where(key)).one_or_none()
        if old is None:
            connection.execute(
                insert(Coverage).values(
                    fact=fact, district_id=district, since=since, complete_to=complete_to, demo=demo
                )
            )
        else:
            connection.execute(
                update(Coverage)
                .where(key)
                .values(since=min(since, old.since), complete_to=max(complete_to, old.complete_to), demo=demo)
            )
    raise_versions(connection, ("coverage",))


def forget(connection: Connection, fact: str) -> None:
    """Forget what is known of a data set's completeness, when its rows are removed."""
    connection.execute(delete(Coverage).where(Coverage.fact == fact))
    raise_versions(connection, ("coverage",))
