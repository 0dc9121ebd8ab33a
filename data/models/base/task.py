"""B3 项目库: tasks of the year (保租房, 棚改, 老旧小区, 加装电梯, 城市更新 …) and how far they have come."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import Date, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.models.codes import ASSET_CLASS, MILESTONE, TASK_FUNDING, TASK_KIND, TASK_MODE
from data.models.metadata import Base, FactMixin
from data.models.types import Fixed


class TaskProject(FactMixin, Base):
    """任务项目进展: one milestone of one task, with the quantities that it adds on its day.

    A year's task itself is booked on its 1 January, as milestone ``plan`` (quantities) or ``invest_plan`` (money).
    """

    __tablename__ = "b3_task_project"
    __table_args__ = (
        UniqueConstraint("task_no", "milestone", "booked_on"),
        Index("ix_b3_task_project_booked", "booked_on", "id"),
        Index("ix_b3_task_project_kind", "task_kind", "milestone", "booked_on"),
        Index("ix_b3_task_project_project", "project_code"),
        {
            "comment": "任务项目进展",
            "sqlite_autoincrement": True,
            "info": {"database": "B3", "fact": "task_project", "key": ("task_no", "milestone", "booked_on")},
        },
    )

    task_no: Mapped[str] = mapped_column(String(40), comment="任务编号")
    task_name: Mapped[str] = mapped_column(String(100), comment="任务项目名称")
    task_kind: Mapped[str] = mapped_column(String(20), comment="任务类别", info={"codes": TASK_KIND})
    milestone: Mapped[str] = mapped_column(String(20), comment="进展节点", info={"codes": MILESTONE})
    booked_on: Mapped[date] = mapped_column(Date, comment="发生日")
    asset_class: Mapped[str] = mapped_column(
        String(20), default="other", comment="对象类别", info={"codes": ASSET_CLASS}
    )
    funding: Mapped[str] = mapped_column(String(20), default="other", comment="资金来源", info={"codes": TASK_FUNDING})
    mode: Mapped[str] = mapped_column(String(20), default="other", comment="实施方式", info={"codes": TASK_MODE})
    estate_qty: Mapped[int] = mapped_column(Integer, default=0, comment="小区数")
    building_qty: Mapped[int] = mapped_column(Integer, default=0, comment="楼栋数")
    household_qty: Mapped[int] = mapped_column(Integer, default=0, comment="户数")
    home_qty: Mapped[int] = mapped_column(Integer, default=0, comment="套数")
    lift_qty: Mapped[int] = mapped_column(Integer, default=0, comment="电梯部数")
    pump_house_qty: Mapped[int] = mapped_column(Integer, default=0, comment="泵房座数")
    length_m: Mapped[Decimal | None] = mapped_column(Fixed(2), comment="长度(m)")
    area_m2: Mapped[Decimal | None] = mapped_column(Fixed(2), comment="任务面积(㎡)")
    amount_yuan: Mapped[Decimal | None] = mapped_column(Fixed(2), comment="投资额(元)")
    building_no: Mapped[str | None] = mapped_column(String(20), comment="楼幢")
    content: Mapped[str | None] = mapped_column(String(100), comment="改造内容")
    company: Mapped[str | None] = mapped_column(String(100), comment="实施单位")
    project_code: Mapped[str | None] = mapped_column(
        String(40), ForeignKey("b3_project.project_code"), comment="工程项目编码"
    )
