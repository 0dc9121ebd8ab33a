"""T01 智能建造: files of single buildings, from the drawings passed to the acceptance."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import Date, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from data.models.codes import BUILD_STAGE, BUILDING_STRUCTURE, BUILDING_USE, GREEN_STAR, LAND_TYPE, TECHNOLOGY, YES_NO
from data.models.metadata import Base, FactMixin
from data.models.types import Fixed


class SmartBuildProject(FactMixin, Base):
    """单体建筑建造档案: one building of a project, under construction while ``permitted_on <= day < accepted_on``.

    ``standard_version`` is the standard by which it was judged a good house (好房子), kept with the row because the
    standard changes.
    """

    __tablename__ = "t01_smart_build_project"
    __table_args__ = (
        Index("ix_t01_smart_build_project_permitted", "permitted_on", "id"),
        Index("ix_t01_smart_build_project_area", "floor_area_m2", "id"),
        Index("ix_t01_smart_build_project_project", "project_code", "permitted_on"),
        {
            "comment": "单体建筑建造档案",
            "sqlite_autoincrement": True,
            "info": {"database": "T01", "fact": "smart_build_project", "key": ("building_no",)},
        },
    )

    building_no: Mapped[str] = mapped_column(String(40), unique=True, comment="单体编号")
    building_name: Mapped[str] = mapped_column(String(100), comment="单体名称")
    project_code: Mapped[str | None] = mapped_column(
        String(40), ForeignKey("b3_project.project_code"), comment="工程项目编码"
    )
    drawing_passed_on: Mapped[date | None] = mapped_column(Date, comment="施工图审查合格日")
    permitted_on: Mapped[date | None] = mapped_column(Date, comment="施工许可日")
    accepted_on: Mapped[date | None] = mapped_column(Date, comment="竣工验收日")
    floor_area_m2: Mapped[Decimal] = mapped_column(Fixed(2), comment="建筑面积(㎡)")
    use: Mapped[str] = mapped_column(String(20), comment="建筑用途", info={"codes": BUILDING_USE})
    good_house: Mapped[str] = mapped_column(String(3), comment="是否好房子", info={"codes": YES_NO})
    standard_version: Mapped[str | None] = mapped_column(String(40), comment="好房子标准版本")
    land_type: Mapped[str] = mapped_column(String(20), comment="用地类型", info={"codes": LAND_TYPE})
    civil: Mapped[str | None] = mapped_column(String(3), comment="是否民用建筑", info={"codes": YES_NO})
    prefab: Mapped[str | None] = mapped_column(String(3), comment="是否装配式", info={"codes": YES_NO})
    structure: Mapped[str | None] = mapped_column(String(20), comment="结构类型", info={"codes": BUILDING_STRUCTURE})
    green_star: Mapped[str | None] = mapped_column(String(20), comment="绿色建筑星级", info={"codes": GREEN_STAR})
    bim_required: Mapped[str | None] = mapped_column(String(3), comment="是否应报BIM", info={"codes": YES_NO})
    bim_passed: Mapped[str | None] = mapped_column(String(3), comment="BIM审查是否通过", info={"codes": YES_NO})
    stage: Mapped[str | None] = mapped_column(String(20), comment="建造阶段", info={"codes": BUILD_STAGE})
    pilot: Mapped[str | None] = mapped_column(String(3), comment="是否智能建造试点", info={"codes": YES_NO})
    technology: Mapped[str | None] = mapped_column(String(20), comment="智能建造技术", info={"codes": TECHNOLOGY})
