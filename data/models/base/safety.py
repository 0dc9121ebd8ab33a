"""B5 房屋库: houses that are dangerous, or old enough to be examined."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Date, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.models.codes import BUILD_BAND, CHECK_RESULT, DANGER_GRADE, SAFETY_CATEGORY, STRUCTURE, YES_NO
from data.models.metadata import Base, FactMixin


class HouseSafety(FactMixin, Base):
    """房屋安全档案: one house under one category, listed from ``found_on`` on.

    ``assessed_on``, from which a house counts as examined, is the later of ``found_on`` and ``checked_on``: a house
    may have been examined before it came on the list, and counts on neither side before that.
    """

    __tablename__ = "b5_house_safety"
    __table_args__ = (
        UniqueConstraint("house_code", "category"),
        Index("ix_b5_house_safety_found", "found_on", "id"),
        Index("ix_b5_house_safety_cleared", "cleared_on", "id"),
        Index("ix_b5_house_safety_assessed", "assessed_on", "id"),
        {
            "comment": "房屋安全档案",
            "sqlite_autoincrement": True,
            "info": {"database": "B5", "fact": "house_safety", "key": ("house_code", "category")},
        },
    )

    house_code: Mapped[str] = mapped_column(String(40), comment="房屋编号")
    category: Mapped[str] = mapped_column(String(20), comment="档案类别", info={"codes": SAFETY_CATEGORY})
    building_no: Mapped[str | None] = mapped_column(String(20), comment="楼幢")
    danger_grade: Mapped[str] = mapped_column(
        String(20), default="none", comment="危险等级", info={"codes": DANGER_GRADE}
    )
    business_use: Mapped[str] = mapped_column(String(3), default="no", comment="是否经营性", info={"codes": YES_NO})
    build_band: Mapped[str] = mapped_column(String(20), comment="建成年代", info={"codes": BUILD_BAND})
    structure: Mapped[str] = mapped_column(String(20), default="other", comment="结构", info={"codes": STRUCTURE})
    found_on: Mapped[date] = mapped_column(Date, comment="认定或列入日")
    checked_on: Mapped[date | None] = mapped_column(Date, comment="体检结论日")
    check_result: Mapped[str] = mapped_column(
        String(20), default="none", comment="体检结论", info={"codes": CHECK_RESULT}
    )
    cleared_on: Mapped[date | None] = mapped_column(Date, comment="解危或销号日")
    assessed_on: Mapped[date | None] = mapped_column(Date, comment="计入体检完成日", info={"derived": True})
