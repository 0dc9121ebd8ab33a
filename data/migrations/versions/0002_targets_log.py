"""targets log"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sys_target_change",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, comment="内部编号"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="时刻(UTC)"),
        sa.Column("username", sa.String(length=60), nullable=False, comment="操作人用户名"),
        sa.Column("name", sa.String(length=60), nullable=False, comment="操作人姓名"),
        sa.Column("indicator", sa.String(length=40), nullable=False, comment="指标编码"),
        sa.Column("district_id", sa.String(length=16), nullable=False, comment="区划编号；区划撤并后仍保留"),
        sa.Column("year", sa.Integer(), nullable=False, comment="年度"),
        sa.Column("old_value", sa.Float(), nullable=True, comment="原目标值；新增为空"),
        sa.Column("new_value", sa.Float(), nullable=True, comment="新目标值；删除为空"),
        sa.Column("old_source", sa.String(length=200), nullable=False, comment="原依据"),
        sa.Column("source", sa.String(length=200), nullable=False, comment="依据"),
        sa.Column("how", sa.String(length=8), nullable=False, comment="方式"),
        sa.Column("filename", sa.String(length=200), nullable=False, comment="文件名"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sys_target_change")),
        comment="目标变更",
    )
    with op.batch_alter_table("sys_target_change", schema=None) as batch_op:
        batch_op.create_index("ix_sys_target_change_target", ["indicator", "district_id", "year", "id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("sys_target_change", schema=None) as batch_op:
        batch_op.drop_index("ix_sys_target_change_target")

    op.drop_table("sys_target_change")
