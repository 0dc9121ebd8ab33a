"""B4 信用库: scores, ratings and awards of enterprises and projects."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import Date, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.models.codes import AWARD_LEVEL, SCORE_BAND, SCORE_KIND, SCORED_TYPE
from data.models.metadata import Base, FactMixin
from data.models.types import Fixed


class ScoreRecord(FactMixin, Base):
    """评分评级与获奖: a subject's score of one kind, in force while ``valid_from <= day < valid_to``.

    The subject is an enterprise (by its credit code) or a project; its next score of the same kind ends this one.
    """

    __tablename__ = "b4_score_record"
    __table_args__ = (
        UniqueConstraint("subject_code", "score_kind", "valid_from"),
        Index("ix_b4_score_record_from", "valid_from", "id"),
        {
            "comment": "评分评级与获奖",
            "sqlite_autoincrement": True,
            "info": {"database": "B4", "fact": "score_record", "key": ("subject_code", "score_kind", "valid_from")},
        },
    )

    subject_code: Mapped[str] = mapped_column(String(40), comment="被评主体编码")
    subject_name: Mapped[str] = mapped_column(String(100), comment="被评主体名称")
    score_kind: Mapped[str] = mapped_column(String(20), comment="评价类别", info={"codes": SCORE_KIND})
    entity_type: Mapped[str] = mapped_column(String(20), comment="主体类型", info={"codes": SCORED_TYPE})
    period_name: Mapped[str | None] = mapped_column(String(40), comment="评价期")
    valid_from: Mapped[date] = mapped_column(Date, comment="生效日")
    valid_to: Mapped[date | None] = mapped_column(Date, comment="替代日", info={"derived": True})
    score: Mapped[Decimal | None] = mapped_column(Fixed(2), comment="评价分")
    band: Mapped[str | None] = mapped_column(String(20), comment="档次", info={"codes": SCORE_BAND})
    award_level: Mapped[str | None] = mapped_column(String(20), comment="奖项级别", info={"codes": AWARD_LEVEL})
    weight_yuan: Mapped[Decimal | None] = mapped_column(Fixed(2), comment="计权造价(元)")
    weight_m2: Mapped[Decimal | None] = mapped_column(Fixed(2), comment="计权面积(㎡)")
