"""T08 房地产市场: contracts signed online, pre-sale escrow, development projects."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import Date, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.models.codes import (
    BANK,
    DELIVERY_TASK,
    DIRECTION,
    MARKET,
    ROW_KIND,
    SIZE_BAND,
    USE,
    WHITELIST,
    YES_NO,
)
from data.models.metadata import Base, FactMixin
from data.models.types import Fixed


class SalesContract(FactMixin, Base):
    """网签合同: one signing, or one cancellation whose quantities are negative and count on its own day."""

    __tablename__ = "t08_sales_contract"
    __table_args__ = (
        UniqueConstraint("filing_no", "row_kind"),
        Index("ix_t08_sales_contract_booked", "booked_on", "id"),
        Index("ix_t08_sales_contract_area", "area_m2", "id"),
        Index("ix_t08_sales_contract_amount", "amount_yuan", "id"),
        Index("ix_t08_sales_contract_unit", "unit_code", "booked_on"),
        Index("ix_t08_sales_contract_project", "project_no", "booked_on"),
        {
            "comment": "网签合同",
            "sqlite_autoincrement": True,
            "info": {"database": "T08", "fact": "sales_contract", "key": ("filing_no", "row_kind")},
        },
    )

    filing_no: Mapped[str] = mapped_column(String(40), comment="合同备案号")
    row_kind: Mapped[str] = mapped_column(String(20), comment="记录类别", info={"codes": ROW_KIND})
    booked_on: Mapped[date] = mapped_column(Date, comment="网签日")
    market: Mapped[str] = mapped_column(String(20), comment="市场", info={"codes": MARKET})
    use: Mapped[str] = mapped_column(String(20), comment="用途", info={"codes": USE})
    size_band: Mapped[str] = mapped_column(String(20), comment="面积段", info={"codes": SIZE_BAND})
    resettlement: Mapped[str] = mapped_column(String(3), comment="是否安置房", info={"codes": YES_NO})
    ordinary: Mapped[str] = mapped_column(String(3), comment="是否普通商品住宅", info={"codes": YES_NO})
    area_m2: Mapped[Decimal] = mapped_column(Fixed(2), comment="面积(㎡)")
    amount_yuan: Mapped[Decimal] = mapped_column(Fixed(2), comment="金额(元)")
    home_qty: Mapped[int] = mapped_column(Integer, comment="套数")
    unit_code: Mapped[str | None] = mapped_column(String(40), ForeignKey("b5_house.unit_code"), comment="房屋编码")
    project_no: Mapped[str | None] = mapped_column(
        String(40), ForeignKey("t08_developer_project.project_no"), comment="开发项目编号"
    )
    estate_name: Mapped[str | None] = mapped_column(String(100), comment="小区名称")
    building_no: Mapped[str | None] = mapped_column(String(20), comment="楼幢")
    unit_no: Mapped[str | None] = mapped_column(String(20), comment="户号")


class EscrowEntry(FactMixin, Base):
    """预售资金流水与余额: one booking; its balance holds while ``booked_on <= day < next_on``.

    Several bookings of one account on one day are ordered by ``entry_no``; all but the last hold for no time.
    """

    __tablename__ = "t08_escrow_entry"
    __table_args__ = (
        Index("ix_t08_escrow_entry_account", "account_no", "booked_on", "entry_no"),
        Index("ix_t08_escrow_entry_booked", "booked_on", "id"),
        Index("ix_t08_escrow_entry_balance", "balance_yuan", "id"),
        {
            "comment": "预售资金流水与余额",
            "sqlite_autoincrement": True,
            "info": {"database": "T08", "fact": "escrow_entry", "key": ("entry_no",)},
        },
    )

    entry_no: Mapped[str] = mapped_column(String(40), unique=True, comment="流水号")
    account_no: Mapped[str] = mapped_column(String(40), comment="监管账户")
    project_no: Mapped[str] = mapped_column(
        String(40), ForeignKey("t08_developer_project.project_no"), comment="开发项目编号"
    )
    booked_on: Mapped[date] = mapped_column(Date, comment="入账日")
    next_on: Mapped[date | None] = mapped_column(Date, comment="下一笔日", info={"derived": True})
    direction: Mapped[str] = mapped_column(String(20), comment="收支方向", info={"codes": DIRECTION})
    bank: Mapped[str] = mapped_column(String(20), comment="监管银行", info={"codes": BANK})
    amount_yuan: Mapped[Decimal] = mapped_column(Fixed(2), comment="发生额(元)")
    balance_yuan: Mapped[Decimal] = mapped_column(Fixed(2), comment="余额(元)")
    required_yuan: Mapped[Decimal] = mapped_column(Fixed(2), comment="重点监管额度(元)")


class DeveloperProject(Base):
    """开发项目名录: the natural key and name of a development project, to which versions and facts refer."""

    __tablename__ = "t08_developer_project"
    __table_args__ = {"comment": "开发项目名录", "info": {"database": "T08"}}

    project_no: Mapped[str] = mapped_column(String(40), primary_key=True, comment="开发项目编号")
    project_name: Mapped[str] = mapped_column(String(100), comment="项目名称")
    developer_name: Mapped[str | None] = mapped_column(String(100), comment="开发企业")
    district_id: Mapped[str] = mapped_column(String(16), ForeignKey("sys_region.id"), comment="所属区市")


class DevelopmentProject(FactMixin, Base):
    """房地产开发项目: one version of a project's state, valid while ``valid_from <= day < valid_to``.

    The derived days bound the states that a version is in, so that no figure changes merely because the clock does:
    ``stalled_from`` thirty days after ``stalled_since``, ``late_from`` the day after ``due_delivery_on``,
    ``troubled_from`` the earlier of the two, each not before ``valid_from`` and empty for a delivered project or
    where it would not begin within the version; ``invest_until`` the version's end, at most the next 1 January.
    """

    __tablename__ = "t08_development_project"
    __table_args__ = (
        UniqueConstraint("project_no", "valid_from"),
        Index("ix_t08_development_project_from", "valid_from", "id"),
        {
            "comment": "房地产开发项目",
            "sqlite_autoincrement": True,
            "info": {"database": "T08", "fact": "development_project", "key": ("project_no", "valid_from")},
        },
    )

    project_no: Mapped[str] = mapped_column(
        String(40), ForeignKey("t08_developer_project.project_no"), comment="开发项目编号"
    )
    project_name: Mapped[str] = mapped_column(String(100), comment="项目名称")
    developer_name: Mapped[str | None] = mapped_column(String(100), comment="开发企业")
    project_code: Mapped[str | None] = mapped_column(
        String(40), ForeignKey("b3_project.project_code"), comment="工程项目编码"
    )
    usc_code: Mapped[str | None] = mapped_column(String(20), comment="开发企业统一社会信用代码")
    valid_from: Mapped[date] = mapped_column(Date, comment="本版本起日")
    valid_to: Mapped[date | None] = mapped_column(Date, comment="本版本止日", info={"derived": True})
    due_delivery_on: Mapped[date | None] = mapped_column(Date, comment="合同约定交付日")
    stalled_since: Mapped[date | None] = mapped_column(Date, comment="无施工考勤起日")
    delivery_task: Mapped[str] = mapped_column(String(20), comment="保交房任务", info={"codes": DELIVERY_TASK})
    delivered: Mapped[str] = mapped_column(String(3), comment="是否已交付", info={"codes": YES_NO})
    whitelist: Mapped[str] = mapped_column(String(20), comment="白名单状态", info={"codes": WHITELIST})
    bank: Mapped[str | None] = mapped_column(String(20), comment="主办银行", info={"codes": BANK})
    invest_ytd_yuan: Mapped[Decimal] = mapped_column(Fixed(2), comment="本年累计投资(元)")
    task_home_qty: Mapped[int] = mapped_column(Integer, default=0, comment="任务套数")
    delivered_home_qty: Mapped[int] = mapped_column(Integer, default=0, comment="已交付套数")
    loan_pushed_yuan: Mapped[Decimal | None] = mapped_column(Fixed(2), comment="推送融资额(元)")
    loan_credit_yuan: Mapped[Decimal | None] = mapped_column(Fixed(2), comment="授信额(元)")
    loan_paid_yuan: Mapped[Decimal | None] = mapped_column(Fixed(2), comment="放款额(元)")
    stalled_from: Mapped[date | None] = mapped_column(Date, comment="停工认定起日", info={"derived": True})
    late_from: Mapped[date | None] = mapped_column(Date, comment="逾期认定起日", info={"derived": True})
    troubled_from: Mapped[date | None] = mapped_column(Date, comment="停工或逾期起日", info={"derived": True})
    invest_until: Mapped[date | None] = mapped_column(Date, comment="投资额有效止日", info={"derived": True})
