"""coverage gaps"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sys_coverage_gap",
        sa.Column("fact", sa.String(length=40), nullable=False, comment="数据集"),
        sa.Column("district_id", sa.String(length=16), nullable=False, comment="区市"),
        sa.Column("first", sa.Date(), nullable=False, comment="未报首日"),
        sa.Column("last", sa.Date(), nullable=False, comment="未报末日（含当日）"),
        sa.ForeignKeyConstraint(
            ["fact", "district_id"],
            ["sys_coverage.fact", "sys_coverage.district_id"],
            name=op.f("fk_sys_coverage_gap_fact_district_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("fact", "district_id", "first", name=op.f("pk_sys_coverage_gap")),
        comment="未报区间",
    )
    with op.batch_alter_table("sys_ingest_run", schema=None) as batch_op:
        batch_op.add_column(sa.Column("covers", sa.JSON(), nullable=True, comment="各区市报全的起止日"))


def downgrade() -> None:
    with op.batch_alter_table("sys_ingest_run", schema=None) as batch_op:
        batch_op.drop_column("covers")

    op.drop_table("sys_coverage_gap")
