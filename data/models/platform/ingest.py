"""What came in, when, from whom, and what became of each row."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Date,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
)
from sqlalchemy.orm import Mapped, mapped_column

from data.models.metadata import Base
from data.models.types import BigId, identity


class IngestRun(Base):
    """入库批次: one file or feed. ``read = landed + corrected + unchanged + quarantined + skipped``."""

    __tablename__ = "sys_ingest_run"
    __table_args__ = {"comment": "入库批次"}

    id: Mapped[identity]
    dataset: Mapped[str] = mapped_column(String(40), index=True, comment="数据集")
    source: Mapped[str] = mapped_column(String(200), comment="来源文件名")
    content_hash: Mapped[str] = mapped_column(String(64), default="", comment="内容与读法的摘要")
    username: Mapped[str] = mapped_column(String(60), default="", comment="操作人")
    demo: Mapped[bool] = mapped_column(Boolean, default=False, comment="是否演示数据")
    status: Mapped[str] = mapped_column(
        String(16),
        default="running",
        comment="状态",
        info={"codes": {"running": "进行中", "done": "完成", "failed": "中断", "undone": "已撤销"}},
    )
    started_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), comment="开始时刻(UTC)")
    finished_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), comment="结束时刻(UTC)")
    complete_to: Mapped[date | None] = mapped_column(Date, comment="数据完整至")
    districts: Mapped[list[str]] = mapped_column(JSON, default=list, comment="填报所含区市")
    covers: Mapped[dict[str, list[list[str]]] | None] = mapped_column(JSON, comment="各区市报全的起止日")
    read: Mapped[int] = mapped_column(Integer, default=0, comment="读取行数")
    landed: Mapped[int] = mapped_column(Integer, default=0, comment="新增行数")
    corrected: Mapped[int] = mapped_column(Integer, default=0, comment="更正行数")
    unchanged: Mapped[int] = mapped_column(Integer, default=0, comment="未变行数")
    quarantined: Mapped[int] = mapped_column(Integer, default=0, comment="退回行数")
    skipped: Mapped[int] = mapped_column(Integer, default=0, comment="略过行数")
    position: Mapped[int] = mapped_column(Integer, default=0, comment="已处理到的行，续传用")
    message: Mapped[str] = mapped_column(Text, default="", comment="说明")


class Quarantine(Base):
    """退回行: a row that could not land, as it was read, with what is wrong and what to do."""

    __tablename__ = "sys_quarantine"
    __table_args__ = (Index("ix_sys_quarantine_run", "run_id", "line"), {"comment": "退回行"})

    id: Mapped[identity]
    run_id: Mapped[int] = mapped_column(ForeignKey("sys_ingest_run.id"), comment="批次")
    line: Mapped[int] = mapped_column(Integer, comment="文件中的行号")
    raw: Mapped[dict[str, Any]] = mapped_column(JSON, comment="原样内容")
    problems: Mapped[list[dict[str, Any]]] = mapped_column(JSON, comment="字段、值、原因、办法")


class RowChange(Base):
    """行变更: a row's values before a run corrected (or landed: empty) it; what an undo restores."""

    __tablename__ = "sys_row_change"
    __table_args__ = (
        Index("ix_sys_row_change_run", "run_id", "id"),
        Index("ix_sys_row_change_row", "fact", "row_id", "id"),
        {"comment": "行变更"},
    )

    id: Mapped[identity]
    run_id: Mapped[int] = mapped_column(ForeignKey("sys_ingest_run.id"), comment="批次")
    fact: Mapped[str] = mapped_column(String(40), comment="数据集")
    row_id: Mapped[int] = mapped_column(BigId, comment="行内部编号")
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), comment="变更时刻(UTC)")
    old: Mapped[dict[str, Any] | None] = mapped_column(JSON, comment="原值；新增行为空")


class Coverage(Base):
    """覆盖范围: from when and up to when a data set is complete for a district."""

    __tablename__ = "sys_coverage"
    __table_args__ = {"comment": "覆盖范围"}

    fact: Mapped[str] = mapped_column(String(40), primary_key=True, comment="数据集")
    district_id: Mapped[str] = mapped_column(ForeignKey("sys_region.id"), primary_key=True, comment="区市")
    since: Mapped[date] = mapped_column(Date, comment="数据起日")
    complete_to: Mapped[date] = mapped_column(Date, comment="数据完整至（含当日）")
    demo: Mapped[bool] = mapped_column(Boolean, default=False, comment="是否演示数据")


class CoverageGap(Base):
    """未报区间: days between a district's first and last complete day that it has not reported."""

    __tablename__ = "sys_coverage_gap"
    __table_args__ = (
        ForeignKeyConstraint(
            ("fact", "district_id"), ("sys_coverage.fact", "sys_coverage.district_id"), ondelete="CASCADE"
        ),
        {"comment": "未报区间"},
    )

    fact: Mapped[str] = mapped_column(String(40), primary_key=True, comment="数据集")
    district_id: Mapped[str] = mapped_column(String(16), primary_key=True, comment="区市")
    first: Mapped[date] = mapped_column(Date, primary_key=True, comment="未报首日")
    last: Mapped[date] = mapped_column(Date, comment="未报末日（含当日）")


class UploadDraft(Base):
    """上传草稿: a file on its way through the upload page, before it is confirmed."""

    __tablename__ = "sys_upload_draft"
    __table_args__ = {"comment": "上传草稿"}

    id: Mapped[str] = mapped_column(String(40), primary_key=True, comment="草稿编号")
    user_id: Mapped[int] = mapped_column(ForeignKey("sys_user.id"), comment="上传人")
    dataset: Mapped[str] = mapped_column(String(40), comment="数据集")
    filename: Mapped[str] = mapped_column(String(200), comment="文件名")
    content: Mapped[bytes] = mapped_column(LargeBinary, comment="文件内容")
    mapping: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, comment="读法")
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), comment="上传时刻(UTC)")
