"""marks"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sys_calendar_change",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, comment="内部编号"),
        sa.Column("year", sa.Integer(), nullable=False, comment="年度"),
        sa.Column("day", sa.Date(), nullable=False, comment="日期"),
        sa.Column("before", sa.String(length=60), nullable=False, comment="原为"),
        sa.Column("after", sa.String(length=60), nullable=False, comment="改为"),
        sa.Column("author", sa.String(length=60), nullable=False, comment="修改人"),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False, comment="修改时刻(UTC)"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sys_calendar_change")),
        comment="日历变更",
    )
    with op.batch_alter_table("sys_calendar_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sys_calendar_change_year"), ["year"], unique=False)

    op.create_table(
        "sys_definition",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, comment="内部编号"),
        sa.Column("indicator", sa.String(length=40), nullable=False, comment="指标编码"),
        sa.Column("valid_from", sa.Date(), nullable=False, comment="生效日"),
        sa.Column("definition", sa.Text(), nullable=False, comment="定义"),
        sa.Column("formula", sa.String(length=400), nullable=False, comment="公式"),
        sa.Column("unit", sa.String(length=20), nullable=False, comment="单位"),
        sa.Column("basis", sa.String(length=400), nullable=False, comment="依据"),
        sa.Column("digest", sa.String(length=64), nullable=False, comment="取数表达式摘要(SHA-256)"),
        sa.Column("author", sa.String(length=60), nullable=False, comment="修改人"),
        sa.Column("reason", sa.String(length=400), nullable=False, comment="修改原因"),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False, comment="登记时刻(UTC)"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sys_definition")),
        comment="口径版本",
    )
    with op.batch_alter_table("sys_definition", schema=None) as batch_op:
        batch_op.create_index("ix_sys_definition_indicator", ["indicator", "valid_from", "id"], unique=False)

    op.create_table(
        "sys_mark",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, comment="内部编号"),
        sa.Column("kind", sa.String(length=12), nullable=False, comment="类别"),
        sa.Column("first", sa.Date(), nullable=False, comment="首日"),
        sa.Column("last", sa.Date(), nullable=True, comment="末日（含）；空为未结束或自此施行"),
        sa.Column("title", sa.String(length=40), nullable=False, comment="标题"),
        sa.Column("indicators", sa.JSON(), nullable=False, comment="指标编码；空为不限"),
        sa.Column("page", sa.String(length=40), nullable=False, comment="页面；空为不限"),
        sa.Column("region_id", sa.String(length=16), nullable=True, comment="区划；空为全部"),
        sa.Column("source", sa.String(length=200), nullable=False, comment="依据"),
        sa.Column("author", sa.String(length=60), nullable=False, comment="登记人"),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False, comment="登记时刻(UTC)"),
        sa.Column(
            "replaces", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True, comment="所修改的标注"
        ),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True, comment="停用时刻(UTC)"),
        sa.Column("retired_by", sa.String(length=60), nullable=False, comment="停用人"),
        sa.Column("demo", sa.Boolean(), nullable=False, comment="是否演示数据"),
        sa.ForeignKeyConstraint(["region_id"], ["sys_region.id"], name=op.f("fk_sys_mark_region_id")),
        sa.ForeignKeyConstraint(["replaces"], ["sys_mark.id"], name=op.f("fk_sys_mark_replaces")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sys_mark")),
        comment="曲线标注",
    )
    with op.batch_alter_table("sys_limit", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("author", sa.String(length=60), server_default="", nullable=False, comment="设定人")
        )
        batch_op.add_column(
            sa.Column("reason", sa.String(length=400), server_default="", nullable=False, comment="设定原因")
        )
        batch_op.add_column(sa.Column("written_at", sa.DateTime(timezone=True), nullable=True, comment="设定时刻(UTC)"))


def downgrade() -> None:
    with op.batch_alter_table("sys_limit", schema=None) as batch_op:
        batch_op.drop_column("written_at")
        batch_op.drop_column("reason")
        batch_op.drop_column("author")

    op.drop_table("sys_mark")
    with op.batch_alter_table("sys_definition", schema=None) as batch_op:
        batch_op.drop_index("ix_sys_definition_indicator")

    op.drop_table("sys_definition")
    with op.batch_alter_table("sys_calendar_change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sys_calendar_change_year"))

    op.drop_table("sys_calendar_change")
