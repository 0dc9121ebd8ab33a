"""T09 住房保障: households that are supported, and homes that are kept for them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.models.codes import HOME_KIND, HOME_SOURCE, HOME_STATUS, SUPPORT_KIND
from data.models.metadata import Base, FactMixin
from data.models.types import Fixed


class SupportHousehold(FactMixin, Base):
    """保障家庭: one spell of support, true while ``since_on <= day < until_on``.

    A household is known by a token alone, which the source system makes; no name and no identity number is kept.
    """

    __tablename__ = "t09_support_household"
    __table_args__ = (
        UniqueConstraint("household_token", "support_kind", "since_on"),
        Index("ix_t09_support_household_since", "since_on", "id"),
        Index("ix_t09_support_household_until", "until_on", "id"),
        {
            "comment": "保障家庭",
            "sqlite_autoincrement": True,
            "info": {
                "database": "T09",
                "fact": "support_household",
                "key": ("household_token", "support_kind", "since_on"),
            },
        },
    )

    household_token: Mapped[str] = mapped_column(String(40), comment="家庭代号(脱敏)")
    support_kind: Mapped[str] = mapped_column(String(20), comment="保障方式", info={"codes": SUPPORT_KIND})
    since_on: Mapped[date] = mapped_column(Date, comment="保障起日")
    until_on: Mapped[date | None] = mapped_column(Date, comment="保障止日")
    home_code: Mapped[str | None] = mapped_column(String(40), comment="房源编号")
    estate_name: Mapped[str | None] = mapped_column(String(100), comment="小区名称")


class SupportHome(FactMixin, Base):
    """保障性住房房源: one state of one home, true while ``since_on <= day < until_on``.

    A home that is bought goes through signed, paid, delivered and occupied, or ends cancelled; each state is a row,
    and its first day is the day on which the home counts as signed, paid, and so on.
    """

    __tablename__ = "t09_support_home"
    __table_args__ = (
        UniqueConstraint("home_code", "since_on"),
        Index("ix_t09_support_home_since", "since_on", "id"),
        Index("ix_t09_support_home_until", "until_on", "id"),
        Index("ix_t09_support_home_area", "area_m2", "id"),
        Index("ix_t09_support_home_unit", "unit_code"),
        {
            "comment": "保障性住房房源",
            "sqlite_autoincrement": True,
            "info": {"database": "T09", "fact": "support_home", "key": ("home_code", "since_on")},
        },
    )

    home_code: Mapped[str] = mapped_column(String(40), comment="房源编号")
    estate_name: Mapped[str | None] = mapped_column(String(100), comment="小区名称")
    home_kind: Mapped[str] = mapped_column(String(20), comment="保障用途", info={"codes": HOME_KIND})
    source: Mapped[str] = mapped_column(String(20), comment="房源来源", info={"codes": HOME_SOURCE})
    status: Mapped[str] = mapped_column(String(20), comment="房源状态", info={"codes": HOME_STATUS})
    since_on: Mapped[date] = mapped_column(Date, comment="本状态起日")
    until_on: Mapped[date | None] = mapped_column(Date, comment="本状态止日")
    area_m2: Mapped[Decimal] = mapped_column(Fixed(2), comment="面积(㎡)")
    price_yuan: Mapped[Decimal | None] = mapped_column(Fixed(2), comment="收购价(元)")
    unit_code: Mapped[str | None] = mapped_column(String(40), ForeignKey("b5_house.unit_code"), comment="房屋编码")
