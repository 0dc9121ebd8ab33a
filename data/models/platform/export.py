"""Exports of rows that run in a process of their own."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, DateTime, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from data.models.metadata import Base

STATES = {
    "waiting": "排队中",
    "running": "生成中",
    "done": "已完成",
    "failed": "未完成",
    "cancelled": "已取消",
    "expired": "已过期",
}


class ExportJob(Base):
    """导出任务: rows that somebody asked for, how far they are, and the file they became.

    ``question`` holds region, members, days, order and narrowing as the grid had them. ``scope`` is what the account
    might see when the rows were read (empty: the whole city); ``runner`` is host and process that write the file, and
    ``seen_at`` when it last said so.
    """

    __tablename__ = "sys_export_job"
    __table_args__ = (
        Index("ix_sys_export_job_user", "user_id", "created_at"),
        Index("ix_sys_export_job_state", "state", "created_at"),
        {"comment": "导出任务"},
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True, comment="任务编号")
    user_id: Mapped[int] = mapped_column(ForeignKey("sys_user.id"), comment="导出人")
    indicator: Mapped[str] = mapped_column(String(40), comment="指标编码")
    part: Mapped[str] = mapped_column(String(40), default="", comment="组成指标编码")
    question: Mapped[dict[str, Any]] = mapped_column(JSON, comment="区域、筛选、期间、排序")
    format: Mapped[str] = mapped_column(String(8), comment="格式", info={"codes": {"csv": "CSV", "xlsx": "XLSX"}})
    title: Mapped[str] = mapped_column(String(200), comment="标题")
    state: Mapped[str] = mapped_column(String(16), default="waiting", comment="状态", info={"codes": STATES})
    rows_done: Mapped[int] = mapped_column(Integer, default=0, comment="已写行数")
    rows_total: Mapped[int | None] = mapped_column(Integer, comment="总行数")
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), comment="提交时刻(UTC)")
    started_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), comment="开始时刻(UTC)")
    finished_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), comment="结束时刻(UTC)")
    seen_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), comment="最近进展时刻(UTC)")
    runner: Mapped[str] = mapped_column(String(120), default="", comment="执行主机与进程")
    scope: Mapped[str] = mapped_column(String(200), default="", comment="读取时的辖区")
    file: Mapped[str] = mapped_column(String(255), default="", comment="文件名")
    bytes: Mapped[int] = mapped_column(BigInteger, default=0, comment="文件大小")
    error: Mapped[str] = mapped_column(String(500), default="", comment="未完成的原因与办法")
    demo: Mapped[bool] = mapped_column(Boolean, default=False, comment="是否演示数据")
