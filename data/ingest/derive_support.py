"""Columns that follow from a row's own days: since when a house counts as examined, how long a case took, and the like.

Each function brings the rows of the keys it is given up to date and may run again at any time: it changes only what
differs, and notes what it changes. Files may give only some of a row's days, so what follows is read from the table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import Connection, select

from data.bulk import rows_where, table_of, update_rows
from data.calendar import Calendar
from data.models import HouseSafety, ServiceCase, SupervisedTask
from data.semantic.rollup import Touched

Row = dict[str, Any]


def settle_houses(connection: Connection, touched: Touched, house_codes: Iterable[str]) -> None:
    """From when each of these houses counts as examined: once it is listed and examined, whichever comes later."""
    _settle(connection, touched, HouseSafety, house_codes, {"assessed_on": assessed_on})


def settle_tasks(connection: Connection, touched: Touched, task_nos: Iterable[str]) -> None:
    """From when each of these tasks counts as closed among those due."""
    _settle(connection, touched, SupervisedTask, task_nos, {"closed_on": closed_on})


def settle_cases(connection: Connection, touched: Touched, case_nos: Iterable[str]) -> None:
    """How many working days each of these cases took, by the calendar in force."""
    calendar = Calendar.load(connection)
    _settle(connection, touched, ServiceCase, case_nos, {"workdays": lambda row: workdays(row, calendar)})


def assessed_on(row: Row) -> Any:
    """See :class:`data.models.HouseSafety`."""
    return row["checked_on"] and max(row["found_on"], row["checked_on"])


def closed_on(row: Row) -> Any:
    """See :class:`data.models.SupervisedTask`."""
    return row["done_on"] and max(row["due_on"], row["done_on"])


def workdays(row: Row, calendar: Calendar) -> int | None:
    """See :class:`data.models.ServiceCase`."""
    ends = row["published_on"] if row["item"] == "housing_support" else row["finished_on"]
    return ends and calendar.working_days(row["accepted_on"], ends)


def _settle(
    connection: Connection,
    touched: Touched,
    model: type[Any],
    keys: Iterable[str],
    derived: dict[str, Callable[[Row], Any]],
) -> None:
    table = table_of(model)
    key = table.c[table.info["key"][0]]
    changed = []
    for row in rows_where(connection, select(table), key, keys):
        wanted = {name: rule(row) for name, rule in derived.items()}
        if any(row[name] != value for name, value in wanted.items()):
            changed.append({"id": row["id"], **wanted})
    touched.note(model, [row["id"] for row in changed])
    update_rows(connection, table, derived, changed)
