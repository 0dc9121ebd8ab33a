"""T10 物业与维修资金: residential estates and the repair fund that their owners have paid in."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import Date, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.models.codes import ESTATE_BUILD_BAND, ESTATE_TYPE, FUND_DIRECTION, OWNER_BODY, YES_NO
from data.models.metadata import Base, FactMixin
from data.models.types import Fixed


class EstateRegister(Base):
    """住宅小区名录: the natural key and name of an estate, to which versions and bookings refer."""

    __tablename__ = "t10_estate_register"
    __table_args__ = {"comment": "住宅小区名录", "info": {"database": "T10"}}

    estate_code: Mapped[str] = mapped_column(String(40), primary_key=True, comment="小区编码")
    estate_name: Mapped[str] = mapped_column(String(100), comment="小区名称")
    district_id: Mapped[str] = mapped_column(String(16), ForeignKey("sys_region.id"), comment="所属区市")


class Estate(FactMixin, Base):
    """住宅小区: one version of an estate's state, valid while ``valid_from <= day < valid_to``.

    An owner body is in office to the last day of its term, which ends without anyone reporting it. Two derived days
    bound that: a body is in office while ``valid_from <= day < in_office_until``, the earlier of the version's end
    and the day after ``term_until_on``; an estate has outlived its body's term while ``expired_from <= day <
    valid_to``. Both are empty where they bound nothing.
    """

    __tablename__ = "t10_estate"
    __table_args__ = (
        UniqueConstraint("estate_code", "valid_from"),
        Index("ix_t10_estate_from", "valid_from", "id"),
        Index("ix_t10_estate_households", "household_qty", "id"),
        Index("ix_t10_estate_area", "area_m2", "id"),
        Index("ix_t10_estate_expired", "expired_from", "id"),
        {
            "comment": "住宅小区",
            "sqlite_autoincrement": True,
            "info": {"database": "T10", "fact": "estate", "key": ("estate_code", "valid_from")},
        },
    )

    estate_code: Mapped[str] = mapped_column(
        String(40), ForeignKey("t10_estate_register.estate_code"), comment="小区编码"
    )
    estate_name: Mapped[str] = mapped_column(String(100), comment="小区名称")
    valid_from: Mapped[date] = mapped_column(Date, comment="本版本起日")
    valid_to: Mapped[date | None] = mapped_column(Date, comment="本版本止日", info={"derived": True})
    estate_type: Mapped[str] = mapped_column(String(20), comment="小区类型", info={"codes": ESTATE_TYPE})
    build_band: Mapped[str | None] = mapped_column(String(20), comment="建成年代", info={"codes": ESTATE_BUILD_BAND})
    managed: Mapped[str] = mapped_column(String(3), comment="是否有物业服务", info={"codes": YES_NO})
    company_name: Mapped[str | None] = mapped_column(String(100), comment="物业企业")
    usc_code: Mapped[str | None] = mapped_column(String(20), comment="物业企业统一社会信用代码")
    body_eligible: Mapped[str] = mapped_column(String(3), comment="是否具备成立业主组织条件", info={"codes": YES_NO})
    owner_body: Mapped[str] = mapped_column(String(20), comment="业主组织", info={"codes": OWNER_BODY})
    filing_no: Mapped[str | None] = mapped_column(String(40), comment="业主组织备案号")
    term_until_on: Mapped[date | None] = mapped_column(Date, comment="业主组织任期届满日")
    building_qty: Mapped[int | None] = mapped_column(Integer, comment="幢数")
    household_qty: Mapped[int] = mapped_column(Integer, comment="户数")
    area_m2: Mapped[Decimal] = mapped_column(Fixed(2), comment="面积(㎡)")
    second_supply: Mapped[str | None] = mapped_column(String(3), comment="是否二次供水", info={"codes": YES_NO})
    supply_handed: Mapped[str | None] = mapped_column(
        String(3), comment="二次供水是否移交供水企业", info={"codes": YES_NO}
    )
    pump_house_qty: Mapped[int | None] = mapped_column(Integer, comment="泵房数")
    pump_handed_qty: Mapped[int | None] = mapped_column(Integer, comment="已移交泵房数")
    in_office_until: Mapped[date | None] = mapped_column(Date, comment="在任止日", info={"derived": True})
    expired_from: Mapped[date | None] = mapped_column(Date, comment="届满未换届起日", info={"derived": True})


class RepairFundEntry(FactMixin, Base):
    """维修资金流水与余额: one booking; its balance holds while ``booked_on <= day < next_on``.

    Several bookings of one account on one day are ordered by ``entry_no``; all but the last hold for no time.
    People are shown ``account_masked`` only, the account's last four characters.
    """

    __tablename__ = "t10_repair_fund_entry"
    __table_args__ = (
        Index("ix_t10_repair_fund_entry_account", "account_no", "booked_on", "entry_no"),
        Index("ix_t10_repair_fund_entry_booked", "booked_on", "id"),
        Index("ix_t10_repair_fund_entry_amount", "amount_yuan", "id"),
        Index("ix_t10_repair_fund_entry_balance", "balance_yuan", "id"),
        {
            "comment": "维修资金流水与余额",
            "sqlite_autoincrement": True,
            "info": {"database": "T10", "fact": "repair_fund_entry", "key": ("entry_no",)},
        },
    )

    entry_no: Mapped[str] = mapped_column(String(40), unique=True, comment="流水号")
    account_no: Mapped[str] = mapped_column(String(40), comment="维修资金账户")
    account_masked: Mapped[str | None] = mapped_column(String(40), comment="账户(脱敏)", info={"derived": True})
    estate_code: Mapped[str] = mapped_column(
        String(40), ForeignKey("t10_estate_register.estate_code"), comment="小区编码"
    )
    booked_on: Mapped[date] = mapped_column(Date, comment="入账日")
    next_on: Mapped[date | None] = mapped_column(Date, comment="下一笔日", info={"derived": True})
    direction: Mapped[str] = mapped_column(String(20), comment="收支方向", info={"codes": FUND_DIRECTION})
    repair_item: Mapped[str | None] = mapped_column(String(100), comment="维修项目")
    amount_yuan: Mapped[Decimal] = mapped_column(Fixed(2), comment="发生额(元)")
    balance_yuan: Mapped[Decimal] = mapped_column(Fixed(2), comment="余额(元)")
