"""export jobs"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sys_export_job",
        sa.Column("id", sa.String(length=40), nullable=False, comment="任务编号"),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, comment="导出人"),
        sa.Column("indicator", sa.String(length=40), nullable=False, comment="指标编码"),
        sa.Column("part", sa.String(length=40), nullable=False, comment="组成指标编码"),
        sa.Column("question", sa.JSON(), nullable=False, comment="区域、筛选、期间、排序"),
        sa.Column("format", sa.String(length=8), nullable=False, comment="格式"),
        sa.Column("title", sa.String(length=200), nullable=False, comment="标题"),
        sa.Column("state", sa.String(length=16), nullable=False, comment="状态"),
        sa.Column("rows_done", sa.Integer(), nullable=False, comment="已写行数"),
        sa.Column("rows_total", sa.Integer(), nullable=True, comment="总行数"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, comment="提交时刻(UTC)"),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True, comment="开始时刻(UTC)"),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True, comment="结束时刻(UTC)"),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True, comment="最近进展时刻(UTC)"),
        sa.Column("runner", sa.String(length=120), nullable=False, comment="执行主机与进程"),
        sa.Column("scope", sa.String(length=200), nullable=False, comment="读取时的辖区"),
        sa.Column("file", sa.String(length=255), nullable=False, comment="文件名"),
        sa.Column("bytes", sa.BigInteger(), nullable=False, comment="文件大小"),
        sa.Column("error", sa.String(length=500), nullable=False, comment="未完成的原因与办法"),
        sa.Column("demo", sa.Boolean(), nullable=False, comment="是否演示数据"),
        sa.ForeignKeyConstraint(["user_id"], ["sys_user.id"], name=op.f("fk_sys_export_job_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sys_export_job")),
        comment="导出任务",
    )
    with op.batch_alter_table("sys_export_job", schema=None) as batch_op:
        batch_op.create_index("ix_sys_export_job_state", ["state", "created_at"], unique=False)
        batch_op.create_index("ix_sys_export_job_user", ["user_id", "created_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("sys_export_job", schema=None) as batch_op:
        batch_op.drop_index("ix_sys_export_job_user")
        batch_op.drop_index("ix_sys_export_job_state")

    op.drop_table("sys_export_job")
