"""Hypothesis for both engines: the same property, with fewer examples on PostgreSQL; and what questions look like."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.semantic.spec import Bucket
from tests.data.semantic import support, support_oracles
from tests.data.semantic.market import BANDS, DISTRICTS, LAST, SINCE, UNIT, Market, project_of

FIRST = date(2024, 2, 1)
"""First day that questions ask about: a year of data lies before it."""

days = st.dates(FIRST, LAST)
districts = st.sampled_from((*DISTRICTS, UNIT))
projects = st.sampled_from([project_of(number)[0] for number in range(14)])


def prove(
    market: Market, drawn: st.SearchStrategy[Any], check: Callable[[Any], None], sqlite: int, postgres: int
) -> None:
    """Check the property for a number of drawn examples; for some more where there is time (``thorough``)."""
    examples = sqlite if market.db.is_sqlite else postgres
    if settings.get_current_profile_name() == "thorough":
        examples *= 3

    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    @given(drawn)
    def run(example: Any) -> None:
        check(example)

    run()


@st.composite
def spans(draw: st.DrawFn) -> Bucket:
    """A period within the data: a few days, whole months or ragged years."""
    lo = draw(days)
    if draw(st.booleans()):
        lo = lo.replace(day=1)
        months = draw(st.integers(1, 14))
        year, month = divmod(lo.month - 1 + months, 12)
        return Bucket(lo, date(lo.year + year, month + 1, 1))
    return Bucket(lo, lo + timedelta(days=draw(st.integers(1, 500))))


def counted(bucket: Bucket) -> Bucket:
    """The days of a period that are counted: none after the watermark."""
    return Bucket(bucket.lo, min(bucket.hi, LAST + timedelta(days=1)))


FILTERS: dict[str, st.SearchStrategy[str]] = {
    "district": districts,
    "use": st.sampled_from(["residential", "commercial", "office", "parking", "other"]),
    "size_band": st.sampled_from(BANDS),
    "project": projects,
    "bank": st.sampled_from(["b01", "b02", "b03"]),
    "mode": st.sampled_from(support.MODES),
    "task_funding": st.sampled_from(support.FUNDINGS),
    "support_kind": st.sampled_from(support.KINDS),
    "home_kind": st.sampled_from(["affordable_rental", "resettlement"]),
    "danger_grade": st.sampled_from(support.GRADES),
    "case_channel": st.sampled_from(support.CHANNELS),
    "checkup_dim": st.sampled_from(support.CHECKUPS),
    "section": st.sampled_from(support.SECTIONS),
}
COLUMNS = {
    "district": "district_id",
    "use": "use",
    "size_band": "size_band",
    "project": "project_no",
    "bank": "bank",
    **support_oracles.MEMBER,
}


@st.composite
def allowed(draw: st.DrawFn, dims: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Members allowed for at most two of the dimensions."""
    usable = [dim for dim in FILTERS if dim in dims]
    chosen = draw(st.lists(st.sampled_from(usable), max_size=2, unique=True))
    return {dim: tuple(draw(st.lists(FILTERS[dim], min_size=1, max_size=3, unique=True))) for dim in chosen}


def as_sql(allow: dict[str, tuple[str, ...]]) -> str:
    """The same as a condition on the rows."""
    terms = (f"{COLUMNS[dim]} IN ({', '.join(repr(m) for m in members)})" for dim, members in allow.items())
    return " AND ".join(("1 = 1", *terms))


assert SINCE < FIRST
