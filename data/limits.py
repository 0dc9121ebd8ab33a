"""Limits set by stewards: a new one holds from a day on, the old one until then."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, insert, select, update

from data import clock, log
from data.access.viewer import Viewer
from data.errors import PlatformError
from data.marks import check_writer
from data.models import Limit
from data.semantic.registry import Registry
from data.semantic.versions import raise_versions

LEVELS = {"warn": "预警", "alarm": "报警"}
SIDES = {"high": "上限", "low": "下限"}
TEXT_LENGTH = 100
REASON_LENGTH = 300

_audit = log.get("audit")


def set_limit(
    connection: Connection,
    viewer: Viewer,
    registry: Registry,
    *,
    indicator: str,
    level: str,
    side: str,
    value: float | None,
    valid_from: date | None,
    standard: str,
    reason: str,
) -> None:
    """Let a limit hold from ``valid_from`` on. Raises the version ``limits``.

    One that was set for the same day is corrected, and its reason keeps what it had been.
    """
    check_writer(viewer)
    if indicator not in registry:
        raise PlatformError(f"没有指标 {indicator or '（未选）'}", "指标", "从列表中选择指标")
    if level not in LEVELS or side not in SIDES:
        raise PlatformError("没有选择级别或方向", "级别、方向", "从列表中选择")
    if value is None:
        raise PlatformError("没有填写限值", "限值", f"填写数字，单位 {registry[indicator].unit}")
    if valid_from is None:
        raise PlatformError("没有填写生效日", "生效日", "填写新限值从哪天起用")
    if not reason.strip() or len(reason) > REASON_LENGTH:
        raise PlatformError("没有说明原因，或写得过长", "原因", f"写明为何调整，{REASON_LENGTH} 字以内")
    if not standard.strip() or len(standard) > TEXT_LENGTH:
        raise PlatformError("没有填写依据，或写得过长", "依据", f"写明文件名称和文号，{TEXT_LENGTH} 字以内")
    raise_versions(connection, ("limits",))
    key = (Limit.indicator == indicator, Limit.level == level, Limit.side == side, Limit.valid_from == valid_from)
    same_day = connection.execute(select(Limit.value).where(*key)).scalar()
    said = {
        "value": value,
        "standard": standard.strip(),
        "author": viewer.name or viewer.username,
        "reason": reason.strip() + (f"（更正，原填 {same_day:g}）" if same_day is not None else ""),
        "written_at": clock.now(),
    }
    if same_day is not None:
        connection.execute(update(Limit).where(*key).values(said))
    else:
        named = {"indicator": indicator, "level": level, "side": side, "valid_from": valid_from}
        connection.execute(insert(Limit).values(**named, **said))
    _audit.info("limit set", user=viewer.username, indicator=indicator, level=level, value=value, was=same_day)
