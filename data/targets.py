"""Targets as clerks keep them: read, set and removed, each change with its author in a log that is never altered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import ColumnElement, Connection, delete, insert, or_, select, true, update

from data import clock
from data.access.viewer import Forbidden, Viewer
from data.errors import PlatformError
from data.models import Target, TargetChange
from data.regions import DISTRICT_KINDS, Regions
from data.semantic.registry import Registry
from data.semantic.spec import Indicator
from data.semantic.versions import raise_versions

if TYPE_CHECKING:
    from data.platform import Platform

WRITERS = ("writer", "steward", "admin")
"""Roles that may set targets: a city account anywhere, one of a district in that district only."""

FIRST_YEAR = 2000
YEARS_AHEAD = 10
"""A plan of ten years reaches so far beyond this one."""

SOURCE_LENGTH = 200
LARGEST = 1e15

How = Literal["page", "file", "demo"]
HOW_ZH: dict[How, str] = {"page": "页面", "file": "文件", "demo": "演示"}

Key = tuple[str, str, int]
"""Indicator, region and year."""


@dataclass(frozen=True)
class Goal:
    """A target that somebody sets: ``value`` in the indicator's unit, and the paper that says so."""

    indicator: str
    district: str
    year: int
    value: float
    source: str

    @property
    def key(self) -> Key:
        """What it is a target of."""
        return self.indicator, self.district, self.year


@dataclass(frozen=True)
class Fault:
    """What is wrong with a goal: which field, what it says, why that can't be, what to do."""

    field: str
    value: str
    reason: str
    remedy: str


@dataclass(frozen=True)
class Outcome:
    """What became of some goals; together they are all of them."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0

    @property
    def words(self) -> str:
        """``新增 3，更改 1，未变 20``."""
        return f"新增 {self.added}，更改 {self.changed}，未变 {self.unchanged}"


@dataclass(frozen=True)
class Change:
    """A line of the log. ``old`` is None where there was no target before, ``new`` where it was removed."""

    at: datetime
    username: str
    name: str
    indicator: str
    district: str
    year: int
    old: float | None
    new: float | None
    old_source: str
    source: str
    how: How
    filename: str


class Rules:
    """What a target must be, and who may set it."""

    def __init__(self, registry: Registry, regions: Regions, viewer: Viewer) -> None:
        self.registry = registry
        self.regions = regions
        self.viewer = viewer

    @property
    def indicators(self) -> list[Indicator]:
        """Indicators that have targets: the year's tasks first, then the national lines."""
        found = [indicator for indicator in self.registry if indicator.target_kind != "none"]
        return sorted(found, key=lambda indicator: indicator.target_kind == "national")

    def places(self) -> tuple[str, ...]:
        """Regions for which the viewer may set targets, in order: city and groups, or just the account's own."""
        if self.viewer.districts is not None:
            return tuple(d for d in self.regions.districts() if d in self.viewer.districts)
        return (self.regions.root, *self.regions.groups(), *self.regions.districts())

    def faults(self, goal: Goal) -> list[Fault]:
        """Everything that is wrong with a goal; nothing if it may be set."""
        return [
            fault
            for fault in (
                self.indicator_fault(goal.indicator),
                self.district_fault(goal.district),
                year_fault(goal.year),
                self.value_fault(goal),
                source_fault(goal.source),
            )
            if fault
        ]

    def indicator_fault(self, code: str) -> Fault | None:
        """Unknown, or one that has no targets."""
        if code not in self.registry:
            return Fault("indicator", code, "没有这个指标", "填指标目录中的编码或名称")
        if self.registry[code].target_kind == "none":
            return Fault("indicator", code, f"{self.registry[code].zh}不设目标", "只填年度任务和国家标准类指标")
        return None

    def district_fault(self, district: str) -> Fault | None:
        """Unknown, too small, or out of the viewer's reach."""
        node = self.regions.nodes.get(district)
        if node is None:
            return Fault("district", district, "没有这个区划", "填区市名称或编号，全市填“全市”")
        if node.kind not in ("city", "group", *DISTRICT_KINDS):
            return Fault("district", node.name, "乡镇街道不设目标", "填它所在的区市")
        if district not in self.places():
            return Fault("district", node.name, "不在您的辖区内", "只填本辖区的目标，其余请市级账号录入")
        return None

    def value_fault(self, goal: Goal) -> Fault | None:
        """No number, or one that its unit can't be."""
        if not isfinite(goal.value) or abs(goal.value) >= LARGEST:
            return Fault("value", str(goal.value), "不是合理的数字", "核对目标值的单位与位数")
        known = goal.indicator in self.registry
        if goal.value < 0 and known and self.registry[goal.indicator].unit != "%":
            return Fault("value", f"{goal.value:g}", "目标值不能为负", "填正数")
        return None


def year_fault(year: int) -> Fault | None:
    """A year that no target is set for."""
    last = clock.today().year + YEARS_AHEAD
    if FIRST_YEAR <= year <= last:
        return None
    return Fault("year", str(year), "年度不合理", f"填 {FIRST_YEAR} 至 {last} 之间的四位年份")


def source_fault(source: str) -> Fault | None:
    """A target must say where it comes from."""
    if not source.strip():
        return Fault("source", "", "没有填写依据", "填下达目标的文件或会议，如“泰建发〔2026〕12 号”")
    if len(source) > SOURCE_LENGTH:
        return Fault("source", source[:20] + "…", f"长 {len(source)} 字，超过 {SOURCE_LENGTH} 字", "缩短依据的写法")
    return None


def rules(platform: Platform, viewer: Viewer) -> Rules:
    """The rules in force for somebody."""
    return Rules(platform.registry, platform.regions(), viewer)


def may_write(viewer: Viewer) -> bool:
    """Whether the account may set any target."""
    return viewer.role in WRITERS and viewer.sees_figures


# --- reading -----------------------------------------------------------------------------------------------------


def read_targets(connection: Connection, viewer: Viewer, regions: Regions, year: int | None = None) -> list[Goal]:
    """Targets that the viewer may see, of one year or all: the city's, and those of the account's own districts."""
    query = select(Target.__table__).where(_seen(viewer, regions, Target.district_id))
    if year is not None:
        query = query.where(Target.year == year)
    rows = connection.execute(query.order_by(Target.year, Target.indicator, Target.district_id))
    return [Goal(row.indicator, row.district_id, row.year, row.value, row.source) for row in rows]


def read_log(
    connection: Connection,
    viewer: Viewer,
    regions: Regions,
    *,
    year: int | None = None,
    indicator: str = "",
    district: str = "",
    limit: int = 50,
) -> list[Change]:
    """The newest changes that the viewer may see, of a year, an indicator, a region where these are given."""
    query = select(TargetChange.__table__).where(_seen(viewer, regions, TargetChange.district_id))
    wanted: tuple[tuple[Any, Any], ...] = (
        (TargetChange.year, year),
        (TargetChange.indicator, indicator),
        (TargetChange.district_id, district),
    )
    for column, value in wanted:
        if value:
            query = query.where(column == value)
    return [
        Change(
            row.at,
            row.username,
            row.name,
            row.indicator,
            row.district_id,
            row.year,
            row.old_value,
            row.new_value,
            row.old_source,
            row.source,
            row.how,
            row.filename,
        )
        for row in connection.execute(query.order_by(TargetChange.id.desc()).limit(limit))
    ]


def settled(connection: Connection) -> set[Key]:
    """Targets that somebody has set, changed or removed: no seed and no invention puts them back."""
    query = select(TargetChange.indicator, TargetChange.district_id, TargetChange.year)
    rows = connection.execute(query.where(TargetChange.how != "demo").distinct())
    return {(row.indicator, row.district_id, row.year) for row in rows}


def _seen(viewer: Viewer, regions: Regions, column: Any) -> ColumnElement[bool]:
    if not viewer.sees_figures:
        raise Forbidden("本账号没有可查看的辖区，不能查看目标；如有需要请联系系统管理员")
    if viewer.districts is None:
        return true()
    return or_(column == regions.root, column.in_(sorted(viewer.districts)))


# --- writing -----------------------------------------------------------------------------------------------------


def set_targets(
    platform: Platform, goals: Sequence[Goal], viewer: Viewer, how: How = "page", filename: str = ""
) -> Outcome:
    """Set targets, all or none, in one transaction with their log; what is so already is left alone.

    Forbidden for a role that may not; PlatformError naming field, value, reason and remedy of the first bad goal.
    """
    _check_writer(viewer)
    judged = rules(platform, viewer)
    for goal in goals:
        for fault in judged.faults(goal):
            place = f"{goal.indicator} {goal.district} {goal.year}：{FIELDS[fault.field]}“{fault.value}”"
            raise PlatformError(fault.reason, place, fault.remedy)
    with platform.db.write() as connection:
        return land(connection, goals, viewer, how, filename)


def land(connection: Connection, goals: Sequence[Goal], viewer: Viewer, how: How, filename: str = "") -> Outcome:
    """Write goals that have been judged, in the caller's transaction; raises the version only where one differs."""
    if not _differing(goals, _known(connection, goals)):
        return Outcome(unchanged=len(goals))
    raise_versions(connection, ("targets",))  # the lock: only what is read from here on is sure to stay
    known = _known(connection, goals)
    new = [goal for goal in goals if goal.key not in known]
    changed = [goal for goal in _differing(goals, known) if goal.key in known]
    if new:
        connection.execute(insert(Target), [_row(goal) for goal in new])
    for goal in changed:
        connection.execute(update(Target).where(_at(goal.key)).values(value=goal.value, source=goal.source))
    _log(connection, [(known.get(goal.key), goal) for goal in (*new, *changed)], viewer, how, filename)
    return Outcome(len(new), len(changed), len(goals) - len(new) - len(changed))


def remove_target(platform: Platform, key: Key, viewer: Viewer) -> bool:
    """Remove a target, with its log; False where there is none. Forbidden, PlatformError as :func:`set_targets`."""
    _check_writer(viewer)
    fault = rules(platform, viewer).district_fault(key[1])
    if fault:
        raise PlatformError(fault.reason, fault.value, fault.remedy)
    with platform.db.write() as connection:
        return bool(forget(connection, _at(key), viewer, "page"))


def forget(connection: Connection, where: ColumnElement[bool], viewer: Viewer, how: How) -> int:
    """Remove the targets under a condition, with their log, in the caller's transaction; returns their number."""
    if connection.execute(select(Target.id).where(where).limit(1)).first() is None:
        return 0
    raise_versions(connection, ("targets",))
    rows = connection.execute(select(Target.__table__).where(where)).all()
    connection.execute(delete(Target).where(where))
    gone = [Goal(row.indicator, row.district_id, row.year, row.value, row.source) for row in rows]
    _log(connection, [(goal, None) for goal in gone], viewer, how)
    return len(gone)


FIELDS = {"indicator": "指标", "district": "区市", "year": "年度", "value": "目标值", "source": "依据"}
"""Fields of a target and their words."""


def _check_writer(viewer: Viewer) -> None:
    if not may_write(viewer):
        raise Forbidden("本账号不能修改目标；请文员、数据管理员或系统管理员办理")


def _known(connection: Connection, goals: Iterable[Goal]) -> dict[Key, Goal]:
    """Targets as they stand, of the years of ``goals``."""
    years = sorted({goal.year for goal in goals})
    rows = connection.execute(select(Target.__table__).where(Target.year.in_(years)))
    found = [Goal(row.indicator, row.district_id, row.year, row.value, row.source) for row in rows]
    return {goal.key: goal for goal in found}


def _differing(goals: Iterable[Goal], known: dict[Key, Goal]) -> list[Goal]:
    return [goal for goal in goals if known.get(goal.key) != goal]


def _at(key: Key) -> ColumnElement[bool]:
    indicator, district, year = key
    return (Target.indicator == indicator) & (Target.district_id == district) & (Target.year == year)


def _row(goal: Goal) -> dict[str, Any]:
    return {
        "indicator": goal.indicator,
        "district_id": goal.district,
        "year": goal.year,
        "value": goal.value,
        "source": goal.source,
    }


def _log(
    connection: Connection,
    pairs: Sequence[tuple[Goal | None, Goal | None]],
    viewer: Viewer,
    how: How,
    filename: str = "",
) -> None:
    """A line for each pair of what was and what is."""
    about = {"at": clock.now(), "username": viewer.username, "name": viewer.name, "how": how}
    lines = []
    for old, new in pairs:
        goal = new or old
        assert goal is not None
        indicator, district, year = goal.key
        lines.append(
            {
                **about,
                "indicator": indicator,
                "district_id": district,
                "year": year,
                "old_value": old.value if old else None,
                "new_value": new.value if new else None,
                "old_source": old.source if old else "",
                "source": new.source if new else "",
                "filename": filename[-200:],
            }
        )
    if lines:
        connection.execute(insert(TargetChange), lines)
