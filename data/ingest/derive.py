"""Columns that follow from other rows: spells of a unit, the day an escrow balance ends, the bounds of a version.

Each function brings the rows of the keys it is given up to date and may run again at any time: it changes only what
differs, and notes what it changes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import zip_longest
from typing import Any

import orjson
from sqlalchemy import Column, Connection, Select, delete, func, insert, literal, select, type_coerce
from sqlalchemy.dialects.postgresql import ARRAY

from data import clock
from data.bulk import as_json, batches, delete_ids, insert_ids, one_of, rows_where, table_of, update_rows
from data.models import DevelopmentProject, EscrowEntry, HouseUnit, IngestRun, RowChange, SalesContract
from data.semantic.rollup import Touched

STALL_DAYS = 30
"""Days without attendance after which a project counts as stalled."""

OWN = "house_unit:own"
"""Under this name sys_row_change keeps the signing day that a unit's own file gave, while contracts override it."""

# --- spells of a unit --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Spell:
    """A spell on sale; ``given`` by the units' own file, or opened by a cancellation. ``by`` closed or opened it."""

    opened: date
    signed: date | None
    given: bool = True
    by: int | None = None


@dataclass(frozen=True)
class Contract:
    """What a contract does to its unit; ``run_id`` is the run that landed it."""

    day: date
    cancels: bool
    run_id: int


def spells(given: Sequence[Spell], contracts: Sequence[Contract]) -> list[Spell]:
    """The spells that a unit's given spells and its contracts amount to, by opening day.

    A signing closes the spell that is open on its day, and rules over the signing day of the unit's own file. A
    cancellation opens a new spell where the last one is closed. Contracts of one day are taken so that each finds a
    spell it applies to: a unit on sale is signed first, a sold one cancelled first.
    """
    line = sorted(given, key=lambda spell: spell.opened)
    by_day: dict[date, dict[bool, list[Contract]]] = defaultdict(lambda: {True: [], False: []})
    for contract in contracts:
        by_day[contract.day][contract.cancels].append(contract)
    settled: set[date] = set()
    for day in sorted(by_day):
        waiting = by_day[day]
        while waiting[True] or waiting[False]:
            place = _last(line, day)
            closed = place is not None and _is_closed(line[place], day, settled)
            cancels = bool(waiting[True]) if closed else not waiting[False]
            contract = waiting[cancels].pop(0)
            if place is not None:
                _apply(line, place, contract, closed, settled)
    return line


def _last(line: list[Spell], day: date) -> int | None:
    """The spell that had last opened by ``day``."""
    opened = [place for place, spell in enumerate(line) if spell.opened <= day]
    return opened[-1] if opened else None


def _is_closed(spell: Spell, day: date, settled: set[date]) -> bool:
    """Whether a spell is closed on ``day``, by a contract or, as far as no contract says otherwise, by its own file."""
    return spell.signed is not None and (spell.opened in settled or spell.signed < day)


def _apply(line: list[Spell], place: int, contract: Contract, closed: bool, settled: set[date]) -> None:
    spell = line[place]
    if not contract.cancels:
        if spell.opened not in settled:
            line[place] = Spell(spell.opened, contract.day, spell.given, contract.run_id)
            settled.add(spell.opened)
        return
    if not closed and spell.signed != contract.day:
        return
    if spell.opened == contract.day:
        line[place] = Spell(spell.opened, None, spell.given, contract.run_id)
        settled.discard(spell.opened)
    else:
        line.insert(place + 1, Spell(contract.day, None, False, contract.run_id))


def spell_units(connection: Connection, touched: Touched, unit_codes: Iterable[str]) -> None:
    """Bring the spells of these units in line with their contracts.

    Units without contracts keep the signing day of their own file. A spell that a cancellation opens copies the
    unit from the spell before it, without the pre-sale day; it carries the run of that cancellation.
    """
    for codes in batches(unit_codes):
        _spell_some(connection, touched, codes)


def own_signing(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Put into unit rows the signing day of their own file, where a contract has overridden it."""
    own = _own_days(connection, [row["id"] for row in rows])
    for row in rows:
        if row["id"] in own:
            row["signed_on"] = own[row["id"]]


_UNIT = table_of(HouseUnit)
_COPIED = (
    "project_no",
    "presale_permit_no",
    "building_no",
    "unit_no",
    "use",
    "size_band",
    "area_m2",
    "region_id",
    "district_id",
)


@dataclass
class _Plan:
    """What has to be written for some units: given spells, derived ones, and days kept aside."""

    updated: list[dict[str, Any]]
    reopened: list[dict[str, Any]]
    inserted: list[dict[str, Any]]
    deleted: list[int]
    overridden: list[dict[str, Any]]
    restored: list[int]


def _spell_some(connection: Connection, touched: Touched, codes: list[str]) -> None:
    query = select(_UNIT, IngestRun.dataset).join(IngestRun, IngestRun.id == _UNIT.c.run_id)
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows_where(connection, query, _UNIT.c.unit_code, codes):
        rows[row["unit_code"]].append(row)
    contracts = _contracts(connection, codes)
    own = _own_days(connection, [row["id"] for unit in rows.values() for row in unit])
    plan = _Plan([], [], [], [], [], [])
    for code, unit in rows.items():
        _plan_unit(plan, unit, contracts.get(code, []), own)
    _carry_out(connection, touched, plan)


def _contracts(connection: Connection, codes: list[str]) -> dict[str, list[Contract]]:
    """Contracts of new homes by unit, in the order of their days; a resale closes no spell of the developer's."""
    query = select(
        SalesContract.unit_code, SalesContract.booked_on, SalesContract.row_kind, SalesContract.run_id
    ).where(SalesContract.market == "new", one_of(connection, SalesContract.unit_code, codes))
    found: dict[str, list[Contract]] = defaultdict(list)
    for row in connection.execute(query.order_by(SalesContract.booked_on, SalesContract.id)):
        found[row.unit_code].append(Contract(row.booked_on, row.row_kind == "cancel", row.run_id))
    return found


def _own_days(connection: Connection, ids: Iterable[int]) -> dict[int, date | None]:
    query = select(RowChange.row_id, RowChange.old).where(RowChange.fact == OWN)
    return {
        row["row_id"]: date.fromisoformat(row["old"]["signed_on"]) if row["old"]["signed_on"] else None
        for row in rows_where(connection, query, RowChange.row_id, ids)
    }


def _plan_unit(plan: _Plan, unit: list[dict[str, Any]], contracts: list[Contract], own: dict[int, date | None]) -> None:
    given = [row for row in unit if not _is_derived(row)]
    derived = {row["sale_open_on"]: row for row in unit if _is_derived(row)}
    by_day = {row["sale_open_on"]: row for row in given}
    line = spells([Spell(row["sale_open_on"], own.get(row["id"], row["signed_on"])) for row in given], contracts)
    model: dict[str, Any] = {}
    for number, spell in enumerate(line, start=1):
        old = by_day.get(spell.opened) if spell.given else derived.pop(spell.opened, None)
        wanted = {"signed_on": spell.signed, "spell_no": number}
        if spell.given:
            assert old is not None
            model = old
            _plan_override(plan, old, spell, own)
        else:
            wanted |= {"presale_on": None, "run_id": spell.by if old is None else old["run_id"]}
            wanted |= {name: model[name] for name in _COPIED}
        if old is None:
            plan.inserted.append({"unit_code": model["unit_code"], "sale_open_on": spell.opened, **wanted})
        elif any(old[name] != value for name, value in wanted.items()):
            (plan.updated if spell.given else plan.reopened).append(old | wanted)
    plan.deleted.extend(row["id"] for row in derived.values())


def _is_derived(row: dict[str, Any]) -> bool:
    return row["spell_no"] > 1 and row["dataset"] == "sales_contract"


def _plan_override(plan: _Plan, old: dict[str, Any], spell: Spell, own: dict[int, date | None]) -> None:
    """Keep the own signing day aside while contracts say another, and no longer than that."""
    kept = old["id"] in own
    own_day = own[old["id"]] if kept else old["signed_on"]
    if spell.signed == own_day and kept:
        plan.restored.append(old["id"])
    elif spell.signed != own_day and not kept:
        plan.overridden.append({"run_id": spell.by, "row_id": old["id"], "old": {"signed_on": as_json(own_day)}})


def _carry_out(connection: Connection, touched: Touched, plan: _Plan) -> None:
    touched.note(HouseUnit, [row["id"] for row in (*plan.updated, *plan.reopened)] + plan.deleted)
    update_rows(connection, _UNIT, ("signed_on", "spell_no"), plan.updated)
    update_rows(connection, _UNIT, ("signed_on", "spell_no", "presale_on", *_COPIED), plan.reopened)
    # Inserted before any is deleted: SQLite gives the number of a deleted last row out again, and a number that
    # was there before the transaction is taken for a row that was.
    touched.note(HouseUnit, insert_ids(connection, _UNIT, plan.inserted))
    delete_ids(connection, _UNIT, plan.deleted)
    forget_own(connection, plan.restored)
    if plan.overridden:
        now = clock.now()
        connection.execute(insert(RowChange), [{"fact": OWN, "changed_at": now, **row} for row in plan.overridden])


def forget_own(connection: Connection, ids: Iterable[int]) -> None:
    """Drop the own signing days kept aside for these unit rows: the rows themselves hold them now, or are gone."""
    for some in batches(ids):
        connection.execute(delete(RowChange).where(RowChange.fact == OWN, one_of(connection, RowChange.row_id, some)))


# --- rows that end where the next of their thing begins ----------------------------------------------------------

Bounds = Callable[[dict[str, Any], date | None], Mapping[str, Any]]
"""What follows from a row and from the day on which the next one of its thing begins (none: it is the last)."""


@dataclass(frozen=True)
class Line:
    """Rows of ``model`` that follow each other: those alike in ``thing``, by ``day`` and then by ``order``.

    ``derived`` are the columns that ``bounds`` gives. The first column of ``thing`` is the one that rows are found by.
    """

    model: type[Any]
    thing: tuple[str, ...]
    day: str
    derived: tuple[str, ...]
    bounds: Bounds
    order: tuple[str, ...] = ()

    def bring_up_to_date(
        self, connection: Connection, touched: Touched, keys: Iterable[str], since: Mapping[str, date] | None = None
    ) -> None:
        """Bound the rows of these keys anew.

        ``since``: the first day on which a key has changed; what lies before is as it was, and isn't read again.
        """
        table = table_of(self.model)
        names = (*self.thing, self.day, *self.order)
        for some in batches(keys):
            rows = _rows_from(connection, select(table), table.c[self.thing[0]], table.c[self.day], some, since)
            rows.sort(key=lambda row: tuple(row[name] for name in names))
            changed = []
            for row, after in _with_next(rows, self.thing):
                wanted = self.bounds(row, after[self.day] if after else None)
                if any(row[name] != wanted[name] for name in self.derived):
                    changed.append({"id": row["id"], **wanted})
            touched.note(self.model, [row["id"] for row in changed])
            update_rows(connection, table, self.derived, changed)


def _with_next(
    rows: Sequence[dict[str, Any]], thing: tuple[str, ...]
) -> Iterator[tuple[dict[str, Any], dict[str, Any] | None]]:
    """Each row with the next one of its thing, None for the last."""
    for row, after in zip_longest(rows, rows[1:]):
        yield row, after if after and all(after[name] == row[name] for name in thing) else None


def _rows_from(
    connection: Connection,
    query: Select[Any],
    key: Column[Any],
    day: Column[Any],
    values: Sequence[str],
    since: Mapping[str, date] | None,
) -> list[dict[str, Any]]:
    """Rows of ``query`` with these keys, each key's from the last day before its day in ``since`` on.

    A backfill comes in chunks: to read a whole account for each of them would cost the square of its length.
    """
    if since is None:
        return rows_where(connection, query, key, values)
    earlier = key.table.alias()
    wanted, first = _listed(connection, key, day, [(value, since[value]) for value in values])
    before = select(func.max(earlier.c[day.name])).where(earlier.c[key.name] == wanted, earlier.c[day.name] < first)
    starts = connection.execute(select(wanted, type_coerce(func.coalesce(before.scalar_subquery(), first), day.type)))
    wanted, first = _listed(connection, key, day, [(value, start) for value, start in starts])
    return list(map(dict, connection.execute(query.where(key == wanted, day >= first)).mappings()))


def _listed(
    connection: Connection, key: Column[Any], day: Column[Any], pairs: Sequence[tuple[str, date]]
) -> tuple[Any, Any]:
    """Keys with a day each, as two columns of a table to join; they travel as one or two parameters."""
    if connection.dialect.name == "postgresql":
        keys, days = zip(*pairs, strict=True)
        arrays = literal(list(keys), ARRAY(key.type)), literal(list(days), ARRAY(day.type))
        listed = func.unnest(*arrays).table_valued("key", "day").render_derived()
        return type_coerce(listed.c.key, key.type), type_coerce(listed.c.day, day.type)
    listed = func.json_each(orjson.dumps(pairs).decode()).table_valued("value")
    found = (func.json_extract(listed.c.value, f"$[{place}]") for place in range(2))
    return tuple(type_coerce(item, kind) for item, kind in zip(found, (key.type, day.type), strict=True))  # type: ignore[return-value]


# --- escrow balances and versions of a development project -------------------------------------------------------


def version_bounds(row: dict[str, Any], valid_to: date | None) -> dict[str, date | None]:
    """Derived days of one version that ends at ``valid_to``; see :class:`data.models.DevelopmentProject`."""
    begins = row["valid_from"]
    open_ = row["delivered"] != "yes"

    def within(day: date | None) -> date | None:
        if day is None or not open_:
            return None
        day = max(day, begins)
        return day if valid_to is None or day < valid_to else None

    stalled, due = row["stalled_since"], row["due_delivery_on"]
    stalled_from = within(stalled + timedelta(days=STALL_DAYS) if stalled else None)
    late_from = within(due + timedelta(days=1) if due else None)
    new_year = date(begins.year + 1, 1, 1)
    return {
        "valid_to": valid_to,
        "stalled_from": stalled_from,
        "late_from": late_from,
        "troubled_from": min((day for day in (stalled_from, late_from) if day), default=None),
        "invest_until": new_year if valid_to is None else min(valid_to, new_year),
    }


link_escrow = Line(
    EscrowEntry, ("account_no",), "booked_on", ("next_on",), lambda _, next_on: {"next_on": next_on}, ("entry_no",)
).bring_up_to_date
"""Lets each booking's balance end on the day of the account's next one; entries of one day go by their number."""

bound_projects = Line(
    DevelopmentProject,
    ("project_no",),
    "valid_from",
    ("valid_to", "stalled_from", "late_from", "troubled_from", "invest_until"),
    version_bounds,
).bring_up_to_date
"""Ends each version where the next begins, and bounds the states it is in."""
