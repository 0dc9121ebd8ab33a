"""The list to act on: which cancellations are worth a look."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

from components.board.projects import MANY_CANCELLED, Projects
from data.semantic.spec import Answer, Bucket, Member, Query, Series

CODE = "ZF04-cancelled_units"
MONTHS = (
    Bucket(date(2026, 10, 1), date(2026, 11, 1), "2026-10"),
    Bucket(date(2026, 11, 1), date(2026, 11, 25), "2026-11"),
)
PART = Projects(id="projects", zh="要处置的项目", troubled="ZF09", escrow="ZF07-coverage", cancelled=CODE)


def scene(*chosen: str) -> Any:
    """As much of a scene as the list looks at."""
    return SimpleNamespace(
        chosen=lambda _dim: chosen,
        labels=lambda _dim, members: {member: f"名{member}" for member in members},
        regions=SimpleNamespace(short=lambda district: f"区{district}"),
    )


def answer(**counts: tuple[float | None, float | None]) -> Answer:
    """Cancellations of projects in October and November."""
    values: dict[Member, tuple[float | None, ...]] = {("321204", name): found for name, found in counts.items()}
    query = Query((CODE,), MONTHS, ("district", "project"))
    return Answer(query, {CODE: Series(CODE, values)}, (), None, None, False)


def test_many_cancellations_in_one_month_are_a_lead_and_few_are_not() -> None:
    found = PART._cancelled(scene(), answer(A=(33.0, 2.0), B=(MANY_CANCELLED - 1.0, 3.0), C=(None, None)))
    assert [(item.project, item.tag, item.tone) for item in found] == [("A", "撤销", "warn")]
    assert found[0].detail == "10 月撤销网签 33 套，待核"
    assert (found[0].name, found[0].district) == ("名A", "区321204")


def test_a_chosen_project_is_asked_for_alone() -> None:
    both = answer(A=(33.0, 2.0), B=(12.0, 40.0))
    assert [item.project for item in PART._cancelled(scene("B"), both)] == ["B"]
    assert PART._cancelled(scene("B"), both)[0].detail == "11 月撤销网签 40 套，待核"
