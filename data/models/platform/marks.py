"""What explains a bend in a curve, and which definition a figure had when: nothing here is ever deleted."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, Boolean, Date, DateTime, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from data.models.metadata import Base
from data.models.types import BigId, identity

MARK_KINDS = {"holiday": "节假日", "typhoon": "台风灾害", "policy": "政策", "definition": "口径调整"}


class SeriesMark(Base):
    """标注: days that explain a bend, and the series they concern; one that was changed or withdrawn stays, retired.

    ``indicators`` are codes, ``page`` all indicators of a page; neither means every indicator, no region every region.
    """

    __tablename__ = "sys_mark"
    __table_args__ = {"comment": "曲线标注"}

    id: Mapped[identity]
    kind: Mapped[str] = mapped_column(String(12), comment="类别", info={"codes": MARK_KINDS})
    first: Mapped[date] = mapped_column(Date, comment="首日")
    last: Mapped[date | None] = mapped_column(Date, comment="末日（含）；空为未结束或自此施行")
    title: Mapped[str] = mapped_column(String(40), comment="标题")
    indicators: Mapped[list[str]] = mapped_column(JSON, default=list, comment="指标编码；空为不限")
    page: Mapped[str] = mapped_column(String(40), default="", comment="页面；空为不限")
    region_id: Mapped[str | None] = mapped_column(ForeignKey("sys_region.id"), comment="区划；空为全部")
    source: Mapped[str] = mapped_column(String(200), default="", comment="依据")
    author: Mapped[str] = mapped_column(String(60), comment="登记人")
    written_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), comment="登记时刻(UTC)")
    replaces: Mapped[int | None] = mapped_column(BigId, ForeignKey("sys_mark.id"), comment="所修改的标注")
    retired_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), comment="停用时刻(UTC)")
    retired_by: Mapped[str] = mapped_column(String(60), default="", comment="停用人")
    demo: Mapped[bool] = mapped_column(Boolean, default=False, comment="是否演示数据")


class DefinitionVersion(Base):
    """口径版本: how an indicator was defined from a day on; of several of one day the newest counts."""

    __tablename__ = "sys_definition"
    __table_args__ = (
        Index("ix_sys_definition_indicator", "indicator", "valid_from", "id"),
        {"comment": "口径版本"},
    )

    id: Mapped[identity]
    indicator: Mapped[str] = mapped_column(String(40), comment="指标编码")
    valid_from: Mapped[date] = mapped_column(Date, comment="生效日")
    definition: Mapped[str] = mapped_column(Text, comment="定义")
    formula: Mapped[str] = mapped_column(String(400), default="", comment="公式")
    unit: Mapped[str] = mapped_column(String(20), comment="单位")
    basis: Mapped[str] = mapped_column(String(400), default="", comment="依据")
    digest: Mapped[str] = mapped_column(String(64), comment="取数表达式摘要(SHA-256)")
    author: Mapped[str] = mapped_column(String(60), comment="修改人")
    reason: Mapped[str] = mapped_column(String(400), comment="修改原因")
    written_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), comment="登记时刻(UTC)")


class CalendarChange(Base):
    """日历变更: what a day of the calendar was before somebody changed it."""

    __tablename__ = "sys_calendar_change"
    __table_args__ = {"comment": "日历变更"}

    id: Mapped[identity]
    year: Mapped[int] = mapped_column(Integer, index=True, comment="年度")
    day: Mapped[date] = mapped_column(Date, comment="日期")
    before: Mapped[str] = mapped_column(String(60), default="", comment="原为")
    after: Mapped[str] = mapped_column(String(60), default="", comment="改为")
    author: Mapped[str] = mapped_column(String(60), comment="修改人")
    written_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), comment="修改时刻(UTC)")
