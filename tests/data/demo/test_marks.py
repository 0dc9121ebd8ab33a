"""The demonstration's marks: stamped, planted once, withdrawn for good, and removed with the city."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select

from data.access.viewer import SYSTEM
from data.db import Database
from data.demo.marks import PLANTED, plant_marks, remove_marks
from data.marks import Draft, Marks, add_mark, change_mark, retire_mark
from data.models import SeriesMark
from data.reference.load import load_reference
from data.semantic.registry import Registry


def test_they_are_stamped_and_planted_once(db: Database, registry: Registry) -> None:
    assert all("演示" in draft.title for draft in PLANTED)
    with db.write() as connection:
        load_reference(connection)
        assert plant_marks(connection, registry) == len(PLANTED)
        assert plant_marks(connection, registry) == 0
        marks = Marks.load(connection, registry).concerning(("ZF02",), "", date(2025, 1, 1), date(2027, 1, 1))
        assert {draft.title for draft in PLANTED} <= {mark.title for mark in marks}, "each shows on the signed area"


def test_one_withdrawn_stays_away_and_all_go_with_the_city(db: Database, registry: Registry) -> None:
    with db.write() as connection:
        load_reference(connection)
        plant_marks(connection, registry)
        first, second = connection.execute(select(SeriesMark.id).order_by(SeriesMark.id).limit(2)).scalars()
        retire_mark(connection, SYSTEM, first)
        change_mark(connection, SYSTEM, second, Draft("policy", date(2026, 1, 2), None, "改过的"), registry)
        real = add_mark(connection, SYSTEM, Draft("policy", date(2026, 1, 2), None, "真的"), registry)
        assert plant_marks(connection, registry) == 0
        assert remove_marks(connection) == len(PLANTED) + 1
        assert connection.execute(select(func.max(SeriesMark.id))).scalar() == real
