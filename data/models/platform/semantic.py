"""State of the semantic layer: version rows (which are its locks) and the fingerprints of kept roll-ups."""

from __future__ import annotations

from sqlalchemy import Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from data.models.metadata import Base


class Version(Base):
    """版本: a counter raised by every write to a cube, or to targets, limits or regions."""

    __tablename__ = "sys_version"
    __table_args__ = {"comment": "数据版本"}

    name: Mapped[str] = mapped_column(String(60), primary_key=True, comment="立方体或参考数据")
    version: Mapped[int] = mapped_column(Integer, default=0, comment="版本号")


class CubeState(Base):
    """汇总状态: with which declaration a cube's roll-ups were built, and how many cells each holds."""

    __tablename__ = "sys_cube_state"
    __table_args__ = {"comment": "汇总状态"}

    cube: Mapped[str] = mapped_column(String(60), primary_key=True, comment="立方体")
    rung: Mapped[str] = mapped_column(String(120), primary_key=True, comment="汇总级")
    fingerprint: Mapped[str] = mapped_column(String(64), comment="声明摘要")
    cells: Mapped[int] = mapped_column(Integer, default=0, comment="单元数")
