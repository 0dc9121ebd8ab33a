"""B5 房屋库（楼盘表）: house units and their spells on sale."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import Date, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.models.codes import SIZE_BAND, USE
from data.models.metadata import Base, FactMixin
from data.models.types import Fixed


class House(Base):
    """房屋: the natural key of a unit, to which its spells and contracts refer."""

    __tablename__ = "b5_house"
    __table_args__ = {"comment": "房屋（户）", "info": {"database": "B5"}}

    unit_code: Mapped[str] = mapped_column(String(40), primary_key=True, comment="房屋编码")


class HouseUnit(FactMixin, Base):
    """房屋户: one spell on sale of one unit, true while ``sale_open_on <= day < signed_on``.

    A unit sold, cancelled and sold again is two rows. ``spell_no`` is 1 for the first: later spells begin with a
    cancelled contract, and only the first carries ``presale_on``.
    """

    __tablename__ = "b5_house_unit"
    __table_args__ = (
        UniqueConstraint("unit_code", "sale_open_on"),
        Index("ix_b5_house_unit_open", "sale_open_on", "id"),
        Index("ix_b5_house_unit_signed", "signed_on", "id"),
        Index("ix_b5_house_unit_presale", "presale_on", "id"),
        Index("ix_b5_house_unit_area", "area_m2", "id"),
        Index("ix_b5_house_unit_project", "project_no", "sale_open_on"),
        {
            "comment": "房屋户（楼盘表）",
            "sqlite_autoincrement": True,
            "info": {"database": "B5", "fact": "house_unit", "key": ("unit_code", "sale_open_on")},
        },
    )

    unit_code: Mapped[str] = mapped_column(String(40), ForeignKey("b5_house.unit_code"), comment="房屋编码")
    project_no: Mapped[str] = mapped_column(
        String(40), ForeignKey("t08_developer_project.project_no"), comment="开发项目编号"
    )
    presale_permit_no: Mapped[str | None] = mapped_column(String(40), comment="预售许可证号")
    building_no: Mapped[str] = mapped_column(String(20), comment="楼幢")
    unit_no: Mapped[str] = mapped_column(String(20), comment="户号")
    use: Mapped[str] = mapped_column(String(20), comment="用途", info={"codes": USE})
    size_band: Mapped[str] = mapped_column(String(20), comment="面积段", info={"codes": SIZE_BAND})
    area_m2: Mapped[Decimal] = mapped_column(Fixed(2), comment="面积(㎡)")
    presale_on: Mapped[date | None] = mapped_column(Date, comment="批准预售日")
    sale_open_on: Mapped[date] = mapped_column(Date, comment="可售起日")
    signed_on: Mapped[date | None] = mapped_column(Date, comment="网签日")
    spell_no: Mapped[int] = mapped_column(Integer, default=1, comment="可售段序号", info={"derived": True})
