"""T14 政务服务与督办: applications that are decided, and tasks that are checked."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Date, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from data.models.codes import CASE_CHANNEL, CASE_ITEM, CASE_RESULT, CHECKUP_DIM, SECTION, SUPERVISED_KIND
from data.models.metadata import Base, FactMixin


class ServiceCase(FactMixin, Base):
    """政务服务办件: one application. The applicant's name is masked before it is kept.

    ``workdays`` are the working days after ``accepted_on`` up to and with the day of its end: the publication of an
    eligibility for housing support, the decision of any other item; empty until then.
    """

    __tablename__ = "t14_service_case"
    __table_args__ = (
        Index("ix_t14_service_case_accepted", "accepted_on", "id"),
        Index("ix_t14_service_case_published", "published_on", "id"),
        Index("ix_t14_service_case_workdays", "workdays", "id"),
        {
            "comment": "政务服务办件",
            "sqlite_autoincrement": True,
            "info": {"database": "T14", "fact": "service_case", "key": ("case_no",)},
        },
    )

    case_no: Mapped[str] = mapped_column(String(40), unique=True, comment="办件编号")
    applicant: Mapped[str | None] = mapped_column(String(40), comment="申请人(脱敏)")
    item: Mapped[str] = mapped_column(String(20), comment="事项", info={"codes": CASE_ITEM})
    channel: Mapped[str] = mapped_column(String(20), comment="申请渠道", info={"codes": CASE_CHANNEL})
    accepted_on: Mapped[date] = mapped_column(Date, comment="受理日")
    due_on: Mapped[date | None] = mapped_column(Date, comment="承诺期限")
    finished_on: Mapped[date | None] = mapped_column(Date, comment="办结日")
    published_on: Mapped[date | None] = mapped_column(Date, comment="公示日")
    result: Mapped[str] = mapped_column(String(20), default="none", comment="办理结果", info={"codes": CASE_RESULT})
    workdays: Mapped[int | None] = mapped_column(Integer, comment="用时(工作日)", info={"derived": True})


class SupervisedTask(FactMixin, Base):
    """督办检查与任务: one thing to be put right by ``due_on``.

    ``closed_on``, from which a task counts as closed among those due, is the later of ``due_on`` and ``done_on``.
    """

    __tablename__ = "t14_supervised_task"
    __table_args__ = (
        Index("ix_t14_supervised_task_due", "due_on", "id"),
        Index("ix_t14_supervised_task_closed", "closed_on", "id"),
        {
            "comment": "督办检查与任务",
            "sqlite_autoincrement": True,
            "info": {"database": "T14", "fact": "supervised_task", "key": ("task_no",)},
        },
    )

    task_no: Mapped[str] = mapped_column(String(40), unique=True, comment="任务编号")
    task_kind: Mapped[str] = mapped_column(String(20), comment="任务种类", info={"codes": SUPERVISED_KIND})
    checkup_dim: Mapped[str] = mapped_column(
        String(20), default="none", comment="体检维度", info={"codes": CHECKUP_DIM}
    )
    section: Mapped[str] = mapped_column(String(20), comment="责任处室", info={"codes": SECTION})
    location: Mapped[str | None] = mapped_column(String(100), comment="位置")
    assigned_on: Mapped[date] = mapped_column(Date, comment="下达日")
    due_on: Mapped[date] = mapped_column(Date, comment="整改期限")
    done_on: Mapped[date | None] = mapped_column(Date, comment="复核销号日")
    closed_on: Mapped[date | None] = mapped_column(Date, comment="计入销号日", info={"derived": True})
