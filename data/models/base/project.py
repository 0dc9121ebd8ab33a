"""B3 项目库: construction projects."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import Date, String
from sqlalchemy.orm import Mapped, mapped_column

from data.models.metadata import Base, FactMixin
from data.models.types import Fixed


class Project(FactMixin, Base):
    """工程项目: one construction project by its national 16-digit code."""

    __tablename__ = "b3_project"
    __table_args__ = (
        {
            "comment": "工程项目",
            "sqlite_autoincrement": True,
            "info": {"database": "B3", "fact": "project", "key": ("project_code",)},
        },
    )

    project_code: Mapped[str] = mapped_column(String(40), unique=True, comment="工程项目编码")
    project_name: Mapped[str] = mapped_column(String(100), comment="工程名称")
    started_on: Mapped[date | None] = mapped_column(Date, comment="开工日")
    completed_on: Mapped[date | None] = mapped_column(Date, comment="竣工验收日")
    project_type: Mapped[str] = mapped_column(
        String(20), comment="工程类别", info={"codes": {"house": "房建", "municipal": "市政", "fitout": "装修"}}
    )
    funding: Mapped[str] = mapped_column(
        String(20),
        comment="资金来源",
        info={"codes": {"government": "政府", "state_owned": "国企", "private": "社会"}},
    )
    usc_code: Mapped[str | None] = mapped_column(String(20), comment="建设单位统一社会信用代码")
    cost_yuan: Mapped[Decimal | None] = mapped_column(Fixed(2), comment="工程造价(元)")
    floor_area_m2: Mapped[Decimal | None] = mapped_column(Fixed(2), comment="建筑面积(㎡)")
