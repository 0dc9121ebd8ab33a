"""Marks: the days that explain a bend in a curve, and the series they concern.

Public holidays come from the calendar and changes of definition from their history; what stewards write down besides
(typhoons, policies) is a row of ``sys_mark``. One that is changed or withdrawn is retired, never deleted.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal

from sqlalchemy import Connection, insert, select, update

from data import clock, log
from data.access.viewer import Forbidden, Viewer
from data.calendar import SPRING_FESTIVAL, Calendar
from data.definitions import Definitions
from data.errors import PlatformError
from data.models import SeriesMark
from data.models.platform.marks import MARK_KINDS
from data.regions import Regions
from data.semantic.digest import rests_on
from data.semantic.registry import Registry
from data.semantic.versions import raise_versions

MarkKind = Literal["holiday", "typhoon", "policy", "definition"]
Grain = Literal["day", "week", "month", "quarter", "year"]

STEWARDS: Final = ("steward", "admin")
"""Roles that may write marks, the calendar and limits."""

TITLE_LENGTH: Final = 40
SOURCE_LENGTH: Final = 200

_POINTS: Final = frozenset({"policy", "definition"})
_COARSEST: Final[dict[str, Grain]] = {"holiday": "week", "typhoon": "week", "policy": "year", "definition": "year"}
"""Grain up to which a kind explains anything: a month is not explained by three days off."""
LONG: Final = timedelta(days=9)
"""A disturbance that goes on for longer is seen in its month, as the Spring Festival is."""
_GRAINS: Final[tuple[Grain, ...]] = ("day", "week", "month", "quarter", "year")
_WEIGHT: Final = {"definition": 0, "policy": 1, "typhoon": 2, "holiday": 4}

_audit = log.get("audit")


@dataclass(frozen=True)
class Mark:
    """Days that explain something; ``last`` is None where they have not ended, or where ``first`` is a turning point.

    ``codes`` are the indicators concerned (none: all), ``region`` the region (empty: all). ``id`` is None for what
    comes from the calendar or from the history of definitions; ``indicators`` and ``page`` are the scope as it was
    written, ``retired`` by whom a mark was withdrawn, and when.
    """

    kind: MarkKind
    first: date
    last: date | None
    title: str
    codes: frozenset[str] = frozenset()
    region: str = ""
    source: str = ""
    author: str = ""
    written_at: datetime | None = None
    id: int | None = None
    indicators: tuple[str, ...] = ()
    page: str = ""
    retired: str = ""

    @property
    def is_point(self) -> bool:
        """Whether it is a turning point, drawn as a line, rather than a span of days."""
        return self.last is None and self.kind in _POINTS

    @property
    def weight(self) -> int:
        """Rank among marks where room is scarce, the most telling first."""
        return _WEIGHT[self.kind] - (self.title == SPRING_FESTIVAL)

    @property
    def span(self) -> str:
        """Its days in words: ``2026-02-15 至 2026-02-23``, ``2026-05-06 起``."""
        if self.last is None:
            return f"{self.first.isoformat()} 起"
        last = "" if self.last == self.first else f" 至 {self.last.isoformat()}"
        return self.first.isoformat() + last

    def touches(self, lo: date, hi: date) -> bool:
        """Whether any of its days lies in ``[lo, hi)``; of a turning point only that day counts."""
        last = self.first if self.is_point else self.last
        return self.first < hi and (last is None or last >= lo)

    def tells_at(self, grain: Grain) -> bool:
        """Whether it explains anything in a series of this grain."""
        long = self.last is None or self.last - self.first >= LONG
        stretches = self.title == SPRING_FESTIVAL or (self.kind == "typhoon" and long)
        coarsest = "month" if stretches else _COARSEST[self.kind]
        return _GRAINS.index(grain) <= _GRAINS.index(coarsest)


class Marks:
    """All marks in force, in order of time."""

    def __init__(self, marks: Iterable[Mark], regions: Regions) -> None:
        self._marks = sorted(marks, key=lambda mark: (mark.first, mark.weight, mark.title))
        self._regions = regions

    @classmethod
    def load(cls, connection: Connection, registry: Registry) -> Marks:
        """Read them: the calendar's holidays, what stewards wrote, and changes of definition."""
        regions = Regions.load(connection)
        holidays = (
            Mark("holiday", holiday.first, holiday.last, holiday.name, source="国务院办公厅放假通知")
            for holiday in Calendar.load(connection).holidays()
        )
        written = (_of_row(row, registry) for row in connection.execute(_IN_FORCE))
        return cls([*holidays, *written, *_of_definitions(Definitions.load(connection), registry)], regions)

    def concerning(self, codes: Iterable[str], region: str, lo: date, hi: date, grain: Grain = "day") -> list[Mark]:
        """Marks that concern a series of these indicators in a region, over the days ``[lo, hi)``, in order of time.

        A region's mark concerns what lies within it, and whatever it is a part of.
        """
        wanted = frozenset(codes)
        return [
            mark
            for mark in self._marks
            if mark.touches(lo, hi)
            and mark.tells_at(grain)
            and (not mark.codes or mark.codes & wanted)
            and (not mark.region or self._share(mark.region, region))
        ]

    def all(self, kind: str = "") -> list[Mark]:
        """All marks, the latest first; of one kind if given."""
        return [mark for mark in reversed(self._marks) if kind in ("", mark.kind)]

    def name(self, mark: Mark, region: str) -> str:
        """The mark's title; with its region's name where that is only a part of ``region``."""
        if not mark.region or mark.region not in self._regions.nodes:
            return mark.title
        whole = self._regions.leaves(mark.region) >= self._regions.leaves(region)
        return mark.title if whole else f"{self._regions.short(mark.region)} {mark.title}"

    def _share(self, one: str, other: str) -> bool:
        known = self._regions.nodes
        return one in known and bool(self._regions.leaves(one) & self._regions.leaves(other))


# --- writing ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Draft:
    """A mark as somebody wants it: neither ``indicators`` nor ``page`` means every indicator."""

    kind: str
    first: date | None
    last: date | None
    title: str
    indicators: tuple[str, ...] = ()
    page: str = ""
    region: str = ""
    source: str = ""


def may_write(viewer: Viewer) -> bool:
    """Whether this account may write marks, the calendar and limits."""
    return viewer.role in STEWARDS


def check_writer(viewer: Viewer) -> None:
    """Refuse an account that may not write them."""
    if not may_write(viewer):
        raise Forbidden("只有数据管理员、系统管理员可以维护标注、日历和限值")


def add_mark(connection: Connection, viewer: Viewer, draft: Draft, registry: Registry, *, demo: bool = False) -> int:
    """Write a mark; returns its id. Raises the version ``marks``."""
    check_writer(viewer)
    row = _checked(connection, draft, registry)
    mark_id = _write(connection, viewer, {**row, "replaces": None, "demo": demo})
    if not demo:
        _audit.info("mark written", user=viewer.username, mark=mark_id, title=row["title"])
    return mark_id


def change_mark(connection: Connection, viewer: Viewer, mark_id: int, draft: Draft, registry: Registry) -> int:
    """Put a changed mark in the place of another, which is retired and kept; returns the new one's id."""
    check_writer(viewer)
    row = _checked(connection, draft, registry)
    old = _retire(connection, viewer, mark_id)
    new_id = _write(connection, viewer, {**row, "replaces": mark_id, "demo": old.demo})
    _audit.info("mark changed", user=viewer.username, mark=new_id, replaces=mark_id, title=row["title"])
    return new_id


def retire_mark(connection: Connection, viewer: Viewer, mark_id: int) -> None:
    """Withdraw a mark: it is drawn no more, and kept with who did it and when."""
    check_writer(viewer)
    _retire(connection, viewer, mark_id)
    _audit.info("mark retired", user=viewer.username, mark=mark_id)


def retired_marks(connection: Connection, registry: Registry) -> list[Mark]:
    """Marks that were withdrawn, or changed into another, the last first."""
    query = select(SeriesMark.__table__).where(SeriesMark.retired_at.is_not(None))
    rows = connection.execute(query.order_by(SeriesMark.retired_at.desc(), SeriesMark.id.desc()))
    return [_of_row(row, registry) for row in rows]


_IN_FORCE = select(SeriesMark.__table__).where(SeriesMark.retired_at.is_(None))


def _checked(connection: Connection, draft: Draft, registry: Registry) -> dict[str, Any]:
    """The draft as a row; a PlatformError names the field that can't stand."""
    title = draft.title.strip()
    if draft.kind not in MARK_KINDS:
        raise PlatformError("没有选择类别", "类别", f"从 {'、'.join(MARK_KINDS.values())} 中选择")
    if not title or len(title) > TITLE_LENGTH:
        raise PlatformError("标题为空或过长", "标题", f"写 1 至 {TITLE_LENGTH} 个字，如“台风贝碧嘉”")
    if len(draft.source) > SOURCE_LENGTH:
        raise PlatformError("依据过长", "依据", f"不超过 {SOURCE_LENGTH} 个字")
    if draft.first is None:
        raise PlatformError("没有填写首日", "首日", "填写开始的日期，如 2026-07-24")
    if draft.last is not None and draft.last < draft.first:
        raise PlatformError(f"末日 {draft.last} 早于首日 {draft.first}", "末日", "改为首日或以后的日期，未结束的留空")
    if draft.indicators and draft.page:
        raise PlatformError("同时选了页面和指标", "范围", "只选其一；两者都不选即全部指标")
    if unknown := [code for code in draft.indicators if code not in registry]:
        raise PlatformError(f"没有指标 {'、'.join(unknown)}", "范围", "填写指标目录中的编码，如 ZF02，多个用逗号分开")
    if draft.page and draft.page not in {indicator.page for indicator in registry}:
        raise PlatformError(f"没有页面 {draft.page}", "范围", "从列表中选择页面")
    if draft.region and draft.region not in Regions.load(connection).nodes:
        raise PlatformError(f"没有区划 {draft.region}", "区域", "从列表中选择区域")
    return {
        "kind": draft.kind,
        "first": draft.first,
        "last": draft.last,
        "title": title,
        "indicators": list(draft.indicators),
        "page": draft.page,
        "region_id": draft.region or None,
        "source": draft.source.strip(),
    }


def _write(connection: Connection, viewer: Viewer, row: dict[str, Any]) -> int:
    raise_versions(connection, ("marks",))
    whole = {**row, "author": viewer.name or viewer.username, "written_at": clock.now()}
    mark_id: int = connection.execute(insert(SeriesMark).values(whole).returning(SeriesMark.id)).scalar_one()
    return mark_id


def _retire(connection: Connection, viewer: Viewer, mark_id: int) -> Any:
    raise_versions(connection, ("marks",))
    row = connection.execute(_IN_FORCE.where(SeriesMark.id == mark_id)).first()
    if row is None:
        raise PlatformError("这条标注不存在或已停用", f"标注 {mark_id}", "刷新页面后从列表重新选择")
    said = {"retired_at": clock.now(), "retired_by": viewer.name or viewer.username}
    connection.execute(update(SeriesMark).where(SeriesMark.id == mark_id).values(said))
    return row


# --- where marks come from ---------------------------------------------------------------------------------------


def _of_row(row: Any, registry: Registry) -> Mark:
    codes = frozenset(row.indicators)
    if row.page:
        codes = frozenset(indicator.code for indicator in registry if indicator.page == row.page)
    found = Mark(row.kind, row.first, row.last, row.title, codes, row.region_id or "")
    retired = f"{row.retired_by} {clock.local(row.retired_at):%Y-%m-%d}" if row.retired_at else ""
    scope = {"indicators": tuple(row.indicators), "page": row.page}
    about = {"source": row.source, "author": row.author, "written_at": row.written_at, "id": row.id}
    return replace(found, **scope, **about, retired=retired)


def _of_definitions(definitions: Definitions, registry: Registry) -> Iterable[Mark]:
    """A change of definition marks the indicator's own series and those of the indicators that refer to it."""
    dependents: dict[str, set[str]] = {}
    for indicator in registry:
        for code in rests_on(indicator.code, registry):
            dependents.setdefault(code, set()).add(indicator.code)
    for revision in definitions.changes():
        code = revision.indicator
        if code in registry:
            title = f"{registry[code].brief}口径调整"
            source = f"{'、'.join(revision.changed)}：{revision.reason}"
            codes = frozenset({code, *dependents.get(code, ())})
            found = Mark("definition", revision.valid_from, None, title, codes)
            yield replace(found, source=source, author=revision.author, indicators=(code,))
