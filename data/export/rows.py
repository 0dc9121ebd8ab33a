"""The rows behind an indicator as a table ready to leave: which rows, in which order, with which notes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial
from typing import Any

from data.access.viewer import Viewer
from data.export.build import filter_text, from_rows, full_labels, in_force, notes_of
from data.export.table import Notes, Table
from data.periods import ONE_DAY
from data.platform import Platform
from data.semantic.spec import Bucket, Filter, Query

Narrow = Mapping[str, tuple[Any, ...]]


@dataclass(frozen=True)
class Drill:
    """The rows behind an indicator that a grid shows; all but ``where`` and ``bucket`` as in ``Engine.rows``."""

    where: Filter
    bucket: Bucket
    part: str = ""
    sort: str | None = None
    descending: bool = True
    narrow: Narrow = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As a job keeps it; :meth:`of_json` reads it."""
        return {
            "region": self.where.region,
            "allow": {dim: list(members) for dim, members in self.where.allow},
            "days": [self.bucket.lo.isoformat(), self.bucket.hi.isoformat(), self.bucket.label],
            "part": self.part,
            "sort": self.sort,
            "descending": self.descending,
            "narrow": {name: [_plain(value) for value in values] for name, values in self.narrow.items()},
        }

    @classmethod
    def of_json(cls, kept: Mapping[str, Any]) -> Drill:
        """What :meth:`to_json` kept."""
        lo, hi, label = kept["days"]
        return cls(
            Filter.of(kept["region"], **kept["allow"]),
            Bucket(date.fromisoformat(lo), date.fromisoformat(hi), label),
            kept["part"],
            kept["sort"],
            kept["descending"],
            {name: tuple(values) for name, values in kept["narrow"].items()},
        )


class Counted:
    """Rows passing by, counted."""

    def __init__(self, rows: Iterable[Mapping[str, Any]]) -> None:
        self._rows = rows
        self.count = 0

    def __iter__(self) -> Iterator[Mapping[str, Any]]:
        for row in self._rows:
            self.count += 1
            yield row


def title_of(platform: Platform, code: str, drill: Drill) -> str:
    """Title of the rows: those of the part where the indicator is derived."""
    return f"{platform.registry[drill.part or platform.engine.row_parts(code)[0]].zh}明细"


def row_table(platform: Platform, code: str, drill: Drill, viewer: Viewer, at: datetime) -> tuple[Table, Counted]:
    """The rows as a table that is read as it is written, and what counts them.

    Scope is the engine's: it reads for this viewer, and refuses what is not the viewer's to see.
    """
    columns, found = platform.engine.iter_rows(
        code,
        drill.where,
        drill.bucket,
        viewer,
        drill.part,
        sort=drill.sort,
        descending=drill.descending,
        narrow=drill.narrow,
    )
    counted = Counted(found)
    notes = replace(row_notes(platform, code, drill, viewer), by=viewer.name, at=at)
    title = title_of(platform, code, drill)
    return from_rows(columns, counted, title=title, notes=notes, subtitle=notes.period), counted


def count_rows(platform: Platform, code: str, drill: Drill, viewer: Viewer, up_to: int | None = None) -> int:
    """How many rows the table has, ``up_to + 1`` where they are more than ``up_to``."""
    return platform.engine.count_rows(
        code, drill.where, drill.bucket, viewer, drill.part, narrow=drill.narrow, up_to=up_to
    )


def row_notes(platform: Platform, code: str, drill: Drill, viewer: Viewer) -> Notes:
    """Notes of the figure above the rows: the same definition, filters, day and completeness.

    Asked for the whole city, a district account gets the rows of its own districts: the notes say so, and rest on
    the undivided total, which every account may see.
    """
    engine, registry = platform.engine, platform.registry
    regions = platform.regions()
    labels = full_labels(partial(engine.labels, viewer=viewer), regions)
    own = viewer.districts if regions.is_city(drill.where.region) else None
    query = Query((code,), (drill.bucket,), where=drill.where if own is None else Filter())
    notes = notes_of(engine.answer(query, viewer), registry, labels)
    notes = in_force(notes, platform.definitions(), drill.bucket.hi - ONE_DAY)
    part = drill.part or engine.row_parts(code)[0]
    remarks = [*notes.remarks]
    if part != code:
        remarks.append(f"明细是 {registry[part].zh} 的，它是 {registry[code].zh} 的组成，期间从公式")
    if drill.narrow:
        remarks.append("明细按表内筛选收窄，其合计小于指标值")
    if own is None:
        return replace(notes, remarks=tuple(remarks))
    names = "、".join(labels("district", sorted(own)).values())
    filters = filter_text(drill.where, (code,), registry, labels)
    remarks.append(f"明细只含本辖区：{names}")
    return replace(notes, filters=filters, remarks=tuple(remarks), reported="", whole=True)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
