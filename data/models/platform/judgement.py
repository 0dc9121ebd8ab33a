"""Data by which figures are judged: targets, limits, the calendar of working days."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, DateTime, Float, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.models.metadata import Base
from data.models.types import identity


class Target(Base):
    """目标: what an indicator is to reach in a district and year, in the indicator's unit, and who said so."""

    __tablename__ = "sys_target"
    __table_args__ = (UniqueConstraint("indicator", "district_id", "year"), {"comment": "目标"})

    id: Mapped[identity]
    indicator: Mapped[str] = mapped_column(String(40), comment="指标编码")
    district_id: Mapped[str] = mapped_column(ForeignKey("sys_region.id"), comment="区划")
    year: Mapped[int] = mapped_column(Integer, comment="年度")
    value: Mapped[float] = mapped_column(Float, comment="目标值")
    source: Mapped[str] = mapped_column(String(200), comment="依据")


class TargetChange(Base):
    """目标变更: who set, changed or removed a target, when, how, and what it was before. Never altered."""

    __tablename__ = "sys_target_change"
    __table_args__ = (
        Index("ix_sys_target_change_target", "indicator", "district_id", "year", "id"),
        {"comment": "目标变更"},
    )

    id: Mapped[identity]
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), comment="时刻(UTC)")
    username: Mapped[str] = mapped_column(String(60), comment="操作人用户名")
    name: Mapped[str] = mapped_column(String(60), comment="操作人姓名")
    indicator: Mapped[str] = mapped_column(String(40), comment="指标编码")
    district_id: Mapped[str] = mapped_column(String(16), comment="区划编号；区划撤并后仍保留")
    year: Mapped[int] = mapped_column(Integer, comment="年度")
    old_value: Mapped[float | None] = mapped_column(Float, comment="原目标值；新增为空")
    new_value: Mapped[float | None] = mapped_column(Float, comment="新目标值；删除为空")
    old_source: Mapped[str] = mapped_column(String(200), default="", comment="原依据")
    source: Mapped[str] = mapped_column(String(200), default="", comment="依据")
    how: Mapped[str] = mapped_column(
        String(8),
        comment="方式",
        info={"codes": {"page": "页面", "file": "文件", "demo": "演示"}},
    )
    filename: Mapped[str] = mapped_column(String(200), default="", comment="文件名")


class Limit(Base):
    """限值: a bound beyond which an indicator is a warning or an alarm, with its standard and dates."""

    __tablename__ = "sys_limit"
    __table_args__ = (
        UniqueConstraint("indicator", "level", "side", "valid_from"),
        {"comment": "限值"},
    )

    id: Mapped[identity]
    indicator: Mapped[str] = mapped_column(String(40), comment="指标编码")
    level: Mapped[str] = mapped_column(String(8), comment="级别", info={"codes": {"warn": "预警", "alarm": "告警"}})
    side: Mapped[str] = mapped_column(String(4), comment="方向", info={"codes": {"high": "上限", "low": "下限"}})
    value: Mapped[float] = mapped_column(Float, comment="限值")
    standard: Mapped[str] = mapped_column(String(100), comment="依据")
    clause: Mapped[str] = mapped_column(String(100), default="", comment="条款")
    evidence: Mapped[str] = mapped_column(String(40), default="", comment="核实情况")
    valid_from: Mapped[date] = mapped_column(Date, comment="生效日")
    note: Mapped[str] = mapped_column(String(200), default="", comment="说明")
    author: Mapped[str] = mapped_column(String(60), default="", server_default="", comment="设定人")
    reason: Mapped[str] = mapped_column(String(400), default="", server_default="", comment="设定原因")
    written_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), comment="设定时刻(UTC)")


class CalendarDay(Base):
    """日历: a public holiday or a make-up working day; other days follow the week."""

    __tablename__ = "sys_calendar_day"
    __table_args__ = {"comment": "日历"}

    day: Mapped[date] = mapped_column(Date, primary_key=True, comment="日期")
    kind: Mapped[str] = mapped_column(
        String(10), comment="类别", info={"codes": {"holiday": "放假", "workday": "调休上班"}}
    )
    name: Mapped[str] = mapped_column(String(40), comment="名称")
