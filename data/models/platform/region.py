"""Administrative regions as a tree with its closure."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from data.models.metadata import Base


class Region(Base):
    """区划: a city, a group of districts (市区, 三市), a district, a unit without a shape (市本级), or a town."""

    __tablename__ = "sys_region"
    __table_args__ = {"comment": "区划"}

    id: Mapped[str] = mapped_column(String(16), primary_key=True, comment="区划编号")
    parent_id: Mapped[str | None] = mapped_column(ForeignKey("sys_region.id"), comment="上级区划")
    kind: Mapped[str] = mapped_column(
        String(16),
        comment="类别",
        info={"codes": {"city": "市", "group": "分组", "district": "区市", "unit": "市本级", "town": "乡镇街道"}},
    )
    name: Mapped[str] = mapped_column(String(60), comment="名称")
    short_name: Mapped[str] = mapped_column(String(30), comment="简称")
    aliases: Mapped[str] = mapped_column(String(200), default="", comment="其他写法，以 | 分隔")
    position: Mapped[int] = mapped_column(Integer, default=0, comment="法定次序")
    functional_zone: Mapped[bool] = mapped_column(default=False, comment="是否功能区（园区、农场）")


class RegionClosure(Base):
    """区划闭包: ``leaf`` lies in ``node``; every region is a leaf of itself."""

    __tablename__ = "sys_region_closure"
    __table_args__ = {"comment": "区划闭包"}

    node_id: Mapped[str] = mapped_column(ForeignKey("sys_region.id"), primary_key=True, comment="上级或自身")
    leaf_id: Mapped[str] = mapped_column(
        ForeignKey("sys_region.id"), primary_key=True, index=True, comment="下级或自身"
    )
