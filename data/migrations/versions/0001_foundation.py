"""foundation"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "b5_house",
        sa.Column("unit_code", sa.String(length=40), nullable=False, comment="房屋编码"),
        sa.PrimaryKeyConstraint("unit_code", name=op.f("pk_b5_house")),
        comment="房屋（户）",
    )
    op.create_table(
        "sys_calendar_day",
        sa.Column("day", sa.Date(), nullable=False, comment="日期"),
        sa.Column("kind", sa.String(length=10), nullable=False, comment="类别"),
        sa.Column("name", sa.String(length=40), nullable=False, comment="名称"),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_sys_calendar_day")),
        comment="日历",
    )
    op.create_table(
        "sys_cube_state",
        sa.Column("cube", sa.String(length=60), nullable=False, comment="立方体"),
        sa.Column("rung", sa.String(length=120), nullable=False, comment="汇总级"),
        sa.Column("fingerprint", sa.String(length=64), nullable=False, comment="声明摘要"),
        sa.Column("cells", sa.Integer(), nullable=False, comment="单元数"),
        sa.PrimaryKeyConstraint("cube", "rung", name=op.f("pk_sys_cube_state")),
        comment="汇总状态",
    )
    op.create_table(
        "sys_ingest_run",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, comment="内部编号"),
        sa.Column("dataset", sa.String(length=40), nullable=False, comment="数据集"),
        sa.Column("source", sa.String(length=200), nullable=False, comment="来源文件名"),
        sa.Column("content_hash", sa.String(length=64), nullable=False, comment="内容与读法的摘要"),
        sa.Column("username", sa.String(length=60), nullable=False, comment="操作人"),
        sa.Column("demo", sa.Boolean(), nullable=False, comment="是否演示数据"),
        sa.Column("status", sa.String(length=16), nullable=False, comment="状态"),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False, comment="开始时刻(UTC)"),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True, comment="结束时刻(UTC)"),
        sa.Column("complete_to", sa.Date(), nullable=True, comment="数据完整至"),
        sa.Column("districts", sa.JSON(), nullable=False, comment="填报所含区市"),
        sa.Column("read", sa.Integer(), nullable=False, comment="读取行数"),
        sa.Column("landed", sa.Integer(), nullable=False, comment="新增行数"),
        sa.Column("corrected", sa.Integer(), nullable=False, comment="更正行数"),
        sa.Column("unchanged", sa.Integer(), nullable=False, comment="未变行数"),
        sa.Column("quarantined", sa.Integer(), nullable=False, comment="退回行数"),
        sa.Column("skipped", sa.Integer(), nullable=False, comment="略过行数"),
        sa.Column("position", sa.Integer(), nullable=False, comment="已处理到的行，续传用"),
        sa.Column("message", sa.Text(), nullable=False, comment="说明"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sys_ingest_run")),
        comment="入库批次",
    )
    with op.batch_alter_table("sys_ingest_run", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sys_ingest_run_dataset"), ["dataset"], unique=False)

    op.create_table(
        "sys_limit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, comment="内部编号"),
        sa.Column("indicator", sa.String(length=40), nullable=False, comment="指标编码"),
        sa.Column("level", sa.String(length=8), nullable=False, comment="级别"),
        sa.Column("side", sa.String(length=4), nullable=False, comment="方向"),
        sa.Column("value", sa.Float(), nullable=False, comment="限值"),
        sa.Column("standard", sa.String(length=100), nullable=False, comment="依据"),
        sa.Column("clause", sa.String(length=100), nullable=False, comment="条款"),
        sa.Column("evidence", sa.String(length=40), nullable=False, comment="核实情况"),
        sa.Column("valid_from", sa.Date(), nullable=False, comment="生效日"),
        sa.Column("note", sa.String(length=200), nullable=False, comment="说明"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sys_limit")),
        sa.UniqueConstraint(
            "indicator", "level", "side", "valid_from", name=op.f("uq_sys_limit_indicator_level_side_valid_from")
        ),
        comment="限值",
    )
    op.create_table(
        "sys_login_attempt",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, comment="内部编号"),
        sa.Column("username", sa.String(length=60), nullable=False, comment="用户名"),
        sa.Column("address", sa.String(length=60), nullable=False, comment="来源地址"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="时刻(UTC)"),
        sa.Column("result", sa.String(length=16), nullable=False, comment="结果"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sys_login_attempt")),
        comment="登录记录",
    )
    with op.batch_alter_table("sys_login_attempt", schema=None) as batch_op:
        batch_op.create_index("ix_sys_login_attempt_user", ["username", "at"], unique=False)

    op.create_table(
        "sys_region",
        sa.Column("id", sa.String(length=16), nullable=False, comment="区划编号"),
        sa.Column("parent_id", sa.String(length=16), nullable=True, comment="上级区划"),
        sa.Column("kind", sa.String(length=16), nullable=False, comment="类别"),
        sa.Column("name", sa.String(length=60), nullable=False, comment="名称"),
        sa.Column("short_name", sa.String(length=30), nullable=False, comment="简称"),
        sa.Column("aliases", sa.String(length=200), nullable=False, comment="其他写法，以 | 分隔"),
        sa.Column("position", sa.Integer(), nullable=False, comment="法定次序"),
        sa.Column("functional_zone", sa.Boolean(), nullable=False, comment="是否功能区（园区、农场）"),
        sa.ForeignKeyConstraint(["parent_id"], ["sys_region.id"], name=op.f("fk_sys_region_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sys_region")),
        comment="区划",
    )
    op.create_table(
        "sys_version",
        sa.Column("name", sa.String(length=60), nullable=False, comment="立方体或参考数据"),
        sa.Column("version", sa.Integer(), nullable=False, comment="版本号"),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_sys_version")),
        comment="数据版本",
    )
    op.create_table(
        "b3_project",
        sa.Column("project_code", sa.String(length=40), nullable=False, comment="工程项目编码"),
        sa.Column("project_name", sa.String(length=100), nullable=False, comment="工程名称"),
        sa.Column("started_on", sa.Date(), nullable=True, comment="开工日"),
        sa.Column("completed_on", sa.Date(), nullable=True, comment="竣工验收日"),
        sa.Column("project_type", sa.String(length=20), nullable=False, comment="工程类别"),
        sa.Column("funding", sa.String(length=20), nullable=False, comment="资金来源"),
        sa.Column("usc_code", sa.String(length=20), nullable=True, comment="建设单位统一社会信用代码"),
        sa.Column("cost_yuan", sa.BigInteger(), nullable=True, comment="工程造价(元)"),
        sa.Column("floor_area_m2", sa.BigInteger(), nullable=True, comment="建筑面积(㎡)"),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, comment="内部编号"),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, comment="写入批次"),
        sa.Column("region_id", sa.String(length=16), nullable=False, comment="所在区划（已知的最细一级）"),
        sa.Column("district_id", sa.String(length=16), nullable=False, comment="所属区市"),
        sa.ForeignKeyConstraint(["district_id"], ["sys_region.id"], name=op.f("fk_b3_project_district_id")),
        sa.ForeignKeyConstraint(["region_id"], ["sys_region.id"], name=op.f("fk_b3_project_region_id")),
        sa.ForeignKeyConstraint(["run_id"], ["sys_ingest_run.id"], name=op.f("fk_b3_project_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_b3_project")),
        sa.UniqueConstraint("project_code", name=op.f("uq_b3_project_project_code")),
        comment="工程项目",
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("b3_project", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_b3_project_run_id"), ["run_id"], unique=False)

    op.create_table(
        "sys_coverage",
        sa.Column("fact", sa.String(length=40), nullable=False, comment="数据集"),
        sa.Column("district_id", sa.String(length=16), nullable=False, comment="区市"),
        sa.Column("since", sa.Date(), nullable=False, comment="数据起日"),
        sa.Column("complete_to", sa.Date(), nullable=False, comment="数据完整至（含当日）"),
        sa.Column("demo", sa.Boolean(), nullable=False, comment="是否演示数据"),
        sa.ForeignKeyConstraint(["district_id"], ["sys_region.id"], name=op.f("fk_sys_coverage_district_id")),
        sa.PrimaryKeyConstraint("fact", "district_id", name=op.f("pk_sys_coverage")),
        comment="覆盖范围",
    )
    op.create_table(
        "sys_quarantine",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, comment="内部编号"),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, comment="批次"),
        sa.Column("line", sa.Integer(), nullable=False, comment="文件中的行号"),
        sa.Column("raw", sa.JSON(), nullable=False, comment="原样内容"),
        sa.Column("problems", sa.JSON(), nullable=False, comment="字段、值、原因、办法"),
        sa.ForeignKeyConstraint(["run_id"], ["sys_ingest_run.id"], name=op.f("fk_sys_quarantine_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sys_quarantine")),
        comment="退回行",
    )
    with op.batch_alter_table("sys_quarantine", schema=None) as batch_op:
        batch_op.create_index("ix_sys_quarantine_run", ["run_id", "line"], unique=False)

    op.create_table(
        "sys_region_closure",
        sa.Column("node_id", sa.String(length=16), nullable=False, comment="上级或自身"),
        sa.Column("leaf_id", sa.String(length=16), nullable=False, comment="下级或自身"),
        sa.ForeignKeyConstraint(["leaf_id"], ["sys_region.id"], name=op.f("fk_sys_region_closure_leaf_id")),
        sa.ForeignKeyConstraint(["node_id"], ["sys_region.id"], name=op.f("fk_sys_region_closure_node_id")),
        sa.PrimaryKeyConstraint("node_id", "leaf_id", name=op.f("pk_sys_region_closure")),
        comment="区划闭包",
    )
    with op.batch_alter_table("sys_region_closure", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sys_region_closure_leaf_id"), ["leaf_id"], unique=False)

    op.create_table(
        "sys_row_change",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, comment="内部编号"),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, comment="批次"),
        sa.Column("fact", sa.String(length=40), nullable=False, comment="数据集"),
        sa.Column("row_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, comment="行内部编号"),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False, comment="变更时刻(UTC)"),
        sa.Column("old", sa.JSON(), nullable=True, comment="原值；新增行为空"),
        sa.ForeignKeyConstraint(["run_id"], ["sys_ingest_run.id"], name=op.f("fk_sys_row_change_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sys_row_change")),
        comment="行变更",
    )
    with op.batch_alter_table("sys_row_change", schema=None) as batch_op:
        batch_op.create_index("ix_sys_row_change_row", ["fact", "row_id", "id"], unique=False)
        batch_op.create_index("ix_sys_row_change_run", ["run_id", "id"], unique=False)

    op.create_table(
        "sys_target",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, comment="内部编号"),
        sa.Column("indicator", sa.String(length=40), nullable=False, comment="指标编码"),
        sa.Column("district_id", sa.String(length=16), nullable=False, comment="区划"),
        sa.Column("year", sa.Integer(), nullable=False, comment="年度"),
        sa.Column("value", sa.Float(), nullable=False, comment="目标值"),
        sa.Column("source", sa.String(length=200), nullable=False, comment="依据"),
        sa.ForeignKeyConstraint(["district_id"], ["sys_region.id"], name=op.f("fk_sys_target_district_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sys_target")),
        sa.UniqueConstraint("indicator", "district_id", "year", name=op.f("uq_sys_target_indicator_district_id_year")),
        comment="目标",
    )
    op.create_table(
        "sys_user",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, comment="内部编号"),
        sa.Column("username", sa.String(length=60), nullable=False, comment="用户名"),
        sa.Column("name", sa.String(length=60), nullable=False, comment="姓名"),
        sa.Column("section", sa.String(length=60), nullable=False, comment="处室"),
        sa.Column("role", sa.String(length=16), nullable=False, comment="角色"),
        sa.Column("district_id", sa.String(length=16), nullable=True, comment="所属区市"),
        sa.Column("password_hash", sa.String(length=200), nullable=False, comment="口令摘要(Argon2id)"),
        sa.Column("active", sa.Boolean(), nullable=False, comment="是否启用"),
        sa.Column("demo", sa.Boolean(), nullable=False, comment="是否演示账号"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, comment="建立时刻(UTC)"),
        sa.Column("theme", sa.String(length=8), nullable=False, comment="界面明暗"),
        sa.ForeignKeyConstraint(["district_id"], ["sys_region.id"], name=op.f("fk_sys_user_district_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sys_user")),
        sa.UniqueConstraint("username", name=op.f("uq_sys_user_username")),
        comment="账号",
    )
    op.create_table(
        "t08_developer_project",
        sa.Column("project_no", sa.String(length=40), nullable=False, comment="开发项目编号"),
        sa.Column("project_name", sa.String(length=100), nullable=False, comment="项目名称"),
        sa.Column("developer_name", sa.String(length=100), nullable=True, comment="开发企业"),
        sa.Column("district_id", sa.String(length=16), nullable=False, comment="所属区市"),
        sa.ForeignKeyConstraint(["district_id"], ["sys_region.id"], name=op.f("fk_t08_developer_project_district_id")),
        sa.PrimaryKeyConstraint("project_no", name=op.f("pk_t08_developer_project")),
        comment="开发项目名录",
    )
    op.create_table(
        "b5_house_unit",
        sa.Column("unit_code", sa.String(length=40), nullable=False, comment="房屋编码"),
        sa.Column("project_no", sa.String(length=40), nullable=False, comment="开发项目编号"),
        sa.Column("presale_permit_no", sa.String(length=40), nullable=True, comment="预售许可证号"),
        sa.Column("building_no", sa.String(length=20), nullable=False, comment="楼幢"),
        sa.Column("unit_no", sa.String(length=20), nullable=False, comment="户号"),
        sa.Column("use", sa.String(length=20), nullable=False, comment="用途"),
        sa.Column("size_band", sa.String(length=20), nullable=False, comment="面积段"),
        sa.Column("area_m2", sa.BigInteger(), nullable=False, comment="面积(㎡)"),
        sa.Column("presale_on", sa.Date(), nullable=True, comment="批准预售日"),
        sa.Column("sale_open_on", sa.Date(), nullable=False, comment="可售起日"),
        sa.Column("signed_on", sa.Date(), nullable=True, comment="网签日"),
        sa.Column("spell_no", sa.Integer(), nullable=False, comment="可售段序号"),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, comment="内部编号"),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, comment="写入批次"),
        sa.Column("region_id", sa.String(length=16), nullable=False, comment="所在区划（已知的最细一级）"),
        sa.Column("district_id", sa.String(length=16), nullable=False, comment="所属区市"),
        sa.ForeignKeyConstraint(["district_id"], ["sys_region.id"], name=op.f("fk_b5_house_unit_district_id")),
        sa.ForeignKeyConstraint(
            ["project_no"], ["t08_developer_project.project_no"], name=op.f("fk_b5_house_unit_project_no")
        ),
        sa.ForeignKeyConstraint(["region_id"], ["sys_region.id"], name=op.f("fk_b5_house_unit_region_id")),
        sa.ForeignKeyConstraint(["run_id"], ["sys_ingest_run.id"], name=op.f("fk_b5_house_unit_run_id")),
        sa.ForeignKeyConstraint(["unit_code"], ["b5_house.unit_code"], name=op.f("fk_b5_house_unit_unit_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_b5_house_unit")),
        sa.UniqueConstraint("unit_code", "sale_open_on", name=op.f("uq_b5_house_unit_unit_code_sale_open_on")),
        comment="房屋户（楼盘表）",
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("b5_house_unit", schema=None) as batch_op:
        batch_op.create_index("ix_b5_house_unit_area", ["area_m2", "id"], unique=False)
        batch_op.create_index("ix_b5_house_unit_open", ["sale_open_on", "id"], unique=False)
        batch_op.create_index("ix_b5_house_unit_presale", ["presale_on", "id"], unique=False)
        batch_op.create_index("ix_b5_house_unit_project", ["project_no", "sale_open_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_b5_house_unit_run_id"), ["run_id"], unique=False)
        batch_op.create_index("ix_b5_house_unit_signed", ["signed_on", "id"], unique=False)

    op.create_table(
        "sys_upload_draft",
        sa.Column("id", sa.String(length=40), nullable=False, comment="草稿编号"),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, comment="上传人"),
        sa.Column("dataset", sa.String(length=40), nullable=False, comment="数据集"),
        sa.Column("filename", sa.String(length=200), nullable=False, comment="文件名"),
        sa.Column("content", sa.LargeBinary(), nullable=False, comment="文件内容"),
        sa.Column("mapping", sa.JSON(), nullable=False, comment="读法"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, comment="上传时刻(UTC)"),
        sa.ForeignKeyConstraint(["user_id"], ["sys_user.id"], name=op.f("fk_sys_upload_draft_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sys_upload_draft")),
        comment="上传草稿",
    )
    op.create_table(
        "sys_user_session",
        sa.Column("token_hash", sa.String(length=64), nullable=False, comment="令牌摘要(SHA-256)"),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, comment="账号"),
        sa.Column("csrf_token", sa.String(length=64), nullable=False, comment="防跨站令牌"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, comment="登录时刻(UTC)"),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False, comment="最近请求时刻(UTC)"),
        sa.Column("address", sa.String(length=60), nullable=False, comment="来源地址"),
        sa.ForeignKeyConstraint(["user_id"], ["sys_user.id"], name=op.f("fk_sys_user_session_user_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sys_user_session")),
        comment="会话",
    )
    with op.batch_alter_table("sys_user_session", schema=None) as batch_op:
        batch_op.create_index("ix_sys_user_session_user", ["user_id"], unique=False)

    op.create_table(
        "t08_development_project",
        sa.Column("project_no", sa.String(length=40), nullable=False, comment="开发项目编号"),
        sa.Column("project_name", sa.String(length=100), nullable=False, comment="项目名称"),
        sa.Column("developer_name", sa.String(length=100), nullable=True, comment="开发企业"),
        sa.Column("project_code", sa.String(length=40), nullable=True, comment="工程项目编码"),
        sa.Column("usc_code", sa.String(length=20), nullable=True, comment="开发企业统一社会信用代码"),
        sa.Column("valid_from", sa.Date(), nullable=False, comment="本版本起日"),
        sa.Column("valid_to", sa.Date(), nullable=True, comment="本版本止日"),
        sa.Column("due_delivery_on", sa.Date(), nullable=True, comment="合同约定交付日"),
        sa.Column("stalled_since", sa.Date(), nullable=True, comment="无施工考勤起日"),
        sa.Column("delivery_task", sa.String(length=20), nullable=False, comment="保交房任务"),
        sa.Column("delivered", sa.String(length=3), nullable=False, comment="是否已交付"),
        sa.Column("whitelist", sa.String(length=20), nullable=False, comment="白名单状态"),
        sa.Column("bank", sa.String(length=20), nullable=True, comment="主办银行"),
        sa.Column("invest_ytd_yuan", sa.BigInteger(), nullable=False, comment="本年累计投资(元)"),
        sa.Column("task_home_qty", sa.Integer(), nullable=False, comment="任务套数"),
        sa.Column("delivered_home_qty", sa.Integer(), nullable=False, comment="已交付套数"),
        sa.Column("loan_pushed_yuan", sa.BigInteger(), nullable=True, comment="推送融资额(元)"),
        sa.Column("loan_credit_yuan", sa.BigInteger(), nullable=True, comment="授信额(元)"),
        sa.Column("loan_paid_yuan", sa.BigInteger(), nullable=True, comment="放款额(元)"),
        sa.Column("stalled_from", sa.Date(), nullable=True, comment="停工认定起日"),
        sa.Column("late_from", sa.Date(), nullable=True, comment="逾期认定起日"),
        sa.Column("troubled_from", sa.Date(), nullable=True, comment="停工或逾期起日"),
        sa.Column("invest_until", sa.Date(), nullable=True, comment="投资额有效止日"),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, comment="内部编号"),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, comment="写入批次"),
        sa.Column("region_id", sa.String(length=16), nullable=False, comment="所在区划（已知的最细一级）"),
        sa.Column("district_id", sa.String(length=16), nullable=False, comment="所属区市"),
        sa.ForeignKeyConstraint(
            ["district_id"], ["sys_region.id"], name=op.f("fk_t08_development_project_district_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_code"], ["b3_project.project_code"], name=op.f("fk_t08_development_project_project_code")
        ),
        sa.ForeignKeyConstraint(
            ["project_no"], ["t08_developer_project.project_no"], name=op.f("fk_t08_development_project_project_no")
        ),
        sa.ForeignKeyConstraint(["region_id"], ["sys_region.id"], name=op.f("fk_t08_development_project_region_id")),
        sa.ForeignKeyConstraint(["run_id"], ["sys_ingest_run.id"], name=op.f("fk_t08_development_project_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_t08_development_project")),
        sa.UniqueConstraint("project_no", "valid_from", name=op.f("uq_t08_development_project_project_no_valid_from")),
        comment="房地产开发项目",
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("t08_development_project", schema=None) as batch_op:
        batch_op.create_index("ix_t08_development_project_from", ["valid_from", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_t08_development_project_run_id"), ["run_id"], unique=False)

    op.create_table(
        "t08_escrow_entry",
        sa.Column("entry_no", sa.String(length=40), nullable=False, comment="流水号"),
        sa.Column("account_no", sa.String(length=40), nullable=False, comment="监管账户"),
        sa.Column("project_no", sa.String(length=40), nullable=False, comment="开发项目编号"),
        sa.Column("booked_on", sa.Date(), nullable=False, comment="入账日"),
        sa.Column("next_on", sa.Date(), nullable=True, comment="下一笔日"),
        sa.Column("direction", sa.String(length=20), nullable=False, comment="收支方向"),
        sa.Column("bank", sa.String(length=20), nullable=False, comment="监管银行"),
        sa.Column("amount_yuan", sa.BigInteger(), nullable=False, comment="发生额(元)"),
        sa.Column("balance_yuan", sa.BigInteger(), nullable=False, comment="余额(元)"),
        sa.Column("required_yuan", sa.BigInteger(), nullable=False, comment="重点监管额度(元)"),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, comment="内部编号"),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, comment="写入批次"),
        sa.Column("region_id", sa.String(length=16), nullable=False, comment="所在区划（已知的最细一级）"),
        sa.Column("district_id", sa.String(length=16), nullable=False, comment="所属区市"),
        sa.ForeignKeyConstraint(["district_id"], ["sys_region.id"], name=op.f("fk_t08_escrow_entry_district_id")),
        sa.ForeignKeyConstraint(
            ["project_no"], ["t08_developer_project.project_no"], name=op.f("fk_t08_escrow_entry_project_no")
        ),
        sa.ForeignKeyConstraint(["region_id"], ["sys_region.id"], name=op.f("fk_t08_escrow_entry_region_id")),
        sa.ForeignKeyConstraint(["run_id"], ["sys_ingest_run.id"], name=op.f("fk_t08_escrow_entry_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_t08_escrow_entry")),
        sa.UniqueConstraint("entry_no", name=op.f("uq_t08_escrow_entry_entry_no")),
        comment="预售资金流水与余额",
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("t08_escrow_entry", schema=None) as batch_op:
        batch_op.create_index("ix_t08_escrow_entry_account", ["account_no", "booked_on", "entry_no"], unique=False)
        batch_op.create_index("ix_t08_escrow_entry_balance", ["balance_yuan", "id"], unique=False)
        batch_op.create_index("ix_t08_escrow_entry_booked", ["booked_on", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_t08_escrow_entry_run_id"), ["run_id"], unique=False)

    op.create_table(
        "t08_sales_contract",
        sa.Column("filing_no", sa.String(length=40), nullable=False, comment="合同备案号"),
        sa.Column("row_kind", sa.String(length=20), nullable=False, comment="记录类别"),
        sa.Column("booked_on", sa.Date(), nullable=False, comment="网签日"),
        sa.Column("market", sa.String(length=20), nullable=False, comment="市场"),
        sa.Column("use", sa.String(length=20), nullable=False, comment="用途"),
        sa.Column("size_band", sa.String(length=20), nullable=False, comment="面积段"),
        sa.Column("resettlement", sa.String(length=3), nullable=False, comment="是否安置房"),
        sa.Column("ordinary", sa.String(length=3), nullable=False, comment="是否普通商品住宅"),
        sa.Column("area_m2", sa.BigInteger(), nullable=False, comment="面积(㎡)"),
        sa.Column("amount_yuan", sa.BigInteger(), nullable=False, comment="金额(元)"),
        sa.Column("home_qty", sa.Integer(), nullable=False, comment="套数"),
        sa.Column("unit_code", sa.String(length=40), nullable=True, comment="房屋编码"),
        sa.Column("project_no", sa.String(length=40), nullable=True, comment="开发项目编号"),
        sa.Column("estate_name", sa.String(length=100), nullable=True, comment="小区名称"),
        sa.Column("building_no", sa.String(length=20), nullable=True, comment="楼幢"),
        sa.Column("unit_no", sa.String(length=20), nullable=True, comment="户号"),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, comment="内部编号"),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, comment="写入批次"),
        sa.Column("region_id", sa.String(length=16), nullable=False, comment="所在区划（已知的最细一级）"),
        sa.Column("district_id", sa.String(length=16), nullable=False, comment="所属区市"),
        sa.ForeignKeyConstraint(["district_id"], ["sys_region.id"], name=op.f("fk_t08_sales_contract_district_id")),
        sa.ForeignKeyConstraint(
            ["project_no"], ["t08_developer_project.project_no"], name=op.f("fk_t08_sales_contract_project_no")
        ),
        sa.ForeignKeyConstraint(["region_id"], ["sys_region.id"], name=op.f("fk_t08_sales_contract_region_id")),
        sa.ForeignKeyConstraint(["run_id"], ["sys_ingest_run.id"], name=op.f("fk_t08_sales_contract_run_id")),
        sa.ForeignKeyConstraint(["unit_code"], ["b5_house.unit_code"], name=op.f("fk_t08_sales_contract_unit_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_t08_sales_contract")),
        sa.UniqueConstraint("filing_no", "row_kind", name=op.f("uq_t08_sales_contract_filing_no_row_kind")),
        comment="网签合同",
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("t08_sales_contract", schema=None) as batch_op:
        batch_op.create_index("ix_t08_sales_contract_amount", ["amount_yuan", "id"], unique=False)
        batch_op.create_index("ix_t08_sales_contract_area", ["area_m2", "id"], unique=False)
        batch_op.create_index("ix_t08_sales_contract_booked", ["booked_on", "id"], unique=False)
        batch_op.create_index("ix_t08_sales_contract_project", ["project_no", "booked_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_t08_sales_contract_run_id"), ["run_id"], unique=False)
        batch_op.create_index("ix_t08_sales_contract_unit", ["unit_code", "booked_on"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("t08_sales_contract", schema=None) as batch_op:
        batch_op.drop_index("ix_t08_sales_contract_unit")
        batch_op.drop_index(batch_op.f("ix_t08_sales_contract_run_id"))
        batch_op.drop_index("ix_t08_sales_contract_project")
        batch_op.drop_index("ix_t08_sales_contract_booked")
        batch_op.drop_index("ix_t08_sales_contract_area")
        batch_op.drop_index("ix_t08_sales_contract_amount")

    op.drop_table("t08_sales_contract")
    with op.batch_alter_table("t08_escrow_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_t08_escrow_entry_run_id"))
        batch_op.drop_index("ix_t08_escrow_entry_booked")
        batch_op.drop_index("ix_t08_escrow_entry_balance")
        batch_op.drop_index("ix_t08_escrow_entry_account")

    op.drop_table("t08_escrow_entry")
    with op.batch_alter_table("t08_development_project", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_t08_development_project_run_id"))
        batch_op.drop_index("ix_t08_development_project_from")

    op.drop_table("t08_development_project")
    with op.batch_alter_table("sys_user_session", schema=None) as batch_op:
        batch_op.drop_index("ix_sys_user_session_user")

    op.drop_table("sys_user_session")
    op.drop_table("sys_upload_draft")
    with op.batch_alter_table("b5_house_unit", schema=None) as batch_op:
        batch_op.drop_index("ix_b5_house_unit_signed")
        batch_op.drop_index(batch_op.f("ix_b5_house_unit_run_id"))
        batch_op.drop_index("ix_b5_house_unit_project")
        batch_op.drop_index("ix_b5_house_unit_presale")
        batch_op.drop_index("ix_b5_house_unit_open")
        batch_op.drop_index("ix_b5_house_unit_area")

    op.drop_table("b5_house_unit")
    op.drop_table("t08_developer_project")
    op.drop_table("sys_user")
    op.drop_table("sys_target")
    with op.batch_alter_table("sys_row_change", schema=None) as batch_op:
        batch_op.drop_index("ix_sys_row_change_run")
        batch_op.drop_index("ix_sys_row_change_row")

    op.drop_table("sys_row_change")
    with op.batch_alter_table("sys_region_closure", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sys_region_closure_leaf_id"))

    op.drop_table("sys_region_closure")
    with op.batch_alter_table("sys_quarantine", schema=None) as batch_op:
        batch_op.drop_index("ix_sys_quarantine_run")

    op.drop_table("sys_quarantine")
    op.drop_table("sys_coverage")
    with op.batch_alter_table("b3_project", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_b3_project_run_id"))

    op.drop_table("b3_project")
    op.drop_table("sys_version")
    op.drop_table("sys_region")
    with op.batch_alter_table("sys_login_attempt", schema=None) as batch_op:
        batch_op.drop_index("ix_sys_login_attempt_user")

    op.drop_table("sys_login_attempt")
    op.drop_table("sys_limit")
    with op.batch_alter_table("sys_ingest_run", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sys_ingest_run_dataset"))

    op.drop_table("sys_ingest_run")
    op.drop_table("sys_cube_state")
    op.drop_table("sys_calendar_day")
    op.drop_table("b5_house")
