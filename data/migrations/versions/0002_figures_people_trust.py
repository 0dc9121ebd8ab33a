"""figures people trust"""

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

    op.create_table(
        "b4_score_record",
        sa.Column("subject_code", sa.String(length=40), nullable=False, comment="被评主体编码"),
        sa.Column("subject_name", sa.String(length=100), nullable=False, comment="被评主体名称"),
        sa.Column("score_kind", sa.String(length=20), nullable=False, comment="评价类别"),
        sa.Column("entity_type", sa.String(length=20), nullable=False, comment="主体类型"),
        sa.Column("period_name", sa.String(length=40), nullable=True, comment="评价期"),
        sa.Column("valid_from", sa.Date(), nullable=False, comment="生效日"),
        sa.Column("valid_to", sa.Date(), nullable=True, comment="替代日"),
        sa.Column("score", sa.BigInteger(), nullable=True, comment="评价分"),
        sa.Column("band", sa.String(length=20), nullable=True, comment="档次"),
        sa.Column("award_level", sa.String(length=20), nullable=True, comment="奖项级别"),
        sa.Column("weight_yuan", sa.BigInteger(), nullable=True, comment="计权造价(元)"),
        sa.Column("weight_m2", sa.BigInteger(), nullable=True, comment="计权面积(㎡)"),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, comment="内部编号"),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, comment="写入批次"),
        sa.Column("region_id", sa.String(length=16), nullable=False, comment="所在区划（已知的最细一级）"),
        sa.Column("district_id", sa.String(length=16), nullable=False, comment="所属区市"),
        sa.ForeignKeyConstraint(["district_id"], ["sys_region.id"], name=op.f("fk_b4_score_record_district_id")),
        sa.ForeignKeyConstraint(["region_id"], ["sys_region.id"], name=op.f("fk_b4_score_record_region_id")),
        sa.ForeignKeyConstraint(["run_id"], ["sys_ingest_run.id"], name=op.f("fk_b4_score_record_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_b4_score_record")),
        sa.UniqueConstraint(
            "subject_code",
            "score_kind",
            "valid_from",
            name=op.f("uq_b4_score_record_subject_code_score_kind_valid_from"),
        ),
        comment="评分评级与获奖",
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("b4_score_record", schema=None) as batch_op:
        batch_op.create_index("ix_b4_score_record_from", ["valid_from", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_b4_score_record_run_id"), ["run_id"], unique=False)

    op.create_table(
        "b5_house_safety",
        sa.Column("house_code", sa.String(length=40), nullable=False, comment="房屋编号"),
        sa.Column("category", sa.String(length=20), nullable=False, comment="档案类别"),
        sa.Column("building_no", sa.String(length=20), nullable=True, comment="楼幢"),
        sa.Column("danger_grade", sa.String(length=20), nullable=False, comment="危险等级"),
        sa.Column("business_use", sa.String(length=3), nullable=False, comment="是否经营性"),
        sa.Column("build_band", sa.String(length=20), nullable=False, comment="建成年代"),
        sa.Column("structure", sa.String(length=20), nullable=False, comment="结构"),
        sa.Column("found_on", sa.Date(), nullable=False, comment="认定或列入日"),
        sa.Column("checked_on", sa.Date(), nullable=True, comment="体检结论日"),
        sa.Column("check_result", sa.String(length=20), nullable=False, comment="体检结论"),
        sa.Column("cleared_on", sa.Date(), nullable=True, comment="解危或销号日"),
        sa.Column("assessed_on", sa.Date(), nullable=True, comment="计入体检完成日"),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, comment="内部编号"),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, comment="写入批次"),
        sa.Column("region_id", sa.String(length=16), nullable=False, comment="所在区划（已知的最细一级）"),
        sa.Column("district_id", sa.String(length=16), nullable=False, comment="所属区市"),
        sa.ForeignKeyConstraint(["district_id"], ["sys_region.id"], name=op.f("fk_b5_house_safety_district_id")),
        sa.ForeignKeyConstraint(["region_id"], ["sys_region.id"], name=op.f("fk_b5_house_safety_region_id")),
        sa.ForeignKeyConstraint(["run_id"], ["sys_ingest_run.id"], name=op.f("fk_b5_house_safety_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_b5_house_safety")),
        sa.UniqueConstraint("house_code", "category", name=op.f("uq_b5_house_safety_house_code_category")),
        comment="房屋安全档案",
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("b5_house_safety", schema=None) as batch_op:
        batch_op.create_index("ix_b5_house_safety_assessed", ["assessed_on", "id"], unique=False)
        batch_op.create_index("ix_b5_house_safety_cleared", ["cleared_on", "id"], unique=False)
        batch_op.create_index("ix_b5_house_safety_found", ["found_on", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_b5_house_safety_run_id"), ["run_id"], unique=False)

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
    op.create_table(
        "t09_support_home",
        sa.Column("home_code", sa.String(length=40), nullable=False, comment="房源编号"),
        sa.Column("estate_name", sa.String(length=100), nullable=True, comment="小区名称"),
        sa.Column("home_kind", sa.String(length=20), nullable=False, comment="保障用途"),
        sa.Column("source", sa.String(length=20), nullable=False, comment="房源来源"),
        sa.Column("status", sa.String(length=20), nullable=False, comment="房源状态"),
        sa.Column("since_on", sa.Date(), nullable=False, comment="本状态起日"),
        sa.Column("until_on", sa.Date(), nullable=True, comment="本状态止日"),
        sa.Column("area_m2", sa.BigInteger(), nullable=False, comment="面积(㎡)"),
        sa.Column("price_yuan", sa.BigInteger(), nullable=True, comment="收购价(元)"),
        sa.Column("unit_code", sa.String(length=40), nullable=True, comment="房屋编码"),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, comment="内部编号"),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, comment="写入批次"),
        sa.Column("region_id", sa.String(length=16), nullable=False, comment="所在区划（已知的最细一级）"),
        sa.Column("district_id", sa.String(length=16), nullable=False, comment="所属区市"),
        sa.ForeignKeyConstraint(["district_id"], ["sys_region.id"], name=op.f("fk_t09_support_home_district_id")),
        sa.ForeignKeyConstraint(["region_id"], ["sys_region.id"], name=op.f("fk_t09_support_home_region_id")),
        sa.ForeignKeyConstraint(["run_id"], ["sys_ingest_run.id"], name=op.f("fk_t09_support_home_run_id")),
        sa.ForeignKeyConstraint(["unit_code"], ["b5_house.unit_code"], name=op.f("fk_t09_support_home_unit_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_t09_support_home")),
        sa.UniqueConstraint("home_code", "since_on", name=op.f("uq_t09_support_home_home_code_since_on")),
        comment="保障性住房房源",
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("t09_support_home", schema=None) as batch_op:
        batch_op.create_index("ix_t09_support_home_area", ["area_m2", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_t09_support_home_run_id"), ["run_id"], unique=False)
        batch_op.create_index("ix_t09_support_home_since", ["since_on", "id"], unique=False)
        batch_op.create_index("ix_t09_support_home_unit", ["unit_code"], unique=False)
        batch_op.create_index("ix_t09_support_home_until", ["until_on", "id"], unique=False)

    op.create_table(
        "t09_support_household",
        sa.Column("household_token", sa.String(length=40), nullable=False, comment="家庭代号(脱敏)"),
        sa.Column("support_kind", sa.String(length=20), nullable=False, comment="保障方式"),
        sa.Column("since_on", sa.Date(), nullable=False, comment="保障起日"),
        sa.Column("until_on", sa.Date(), nullable=True, comment="保障止日"),
        sa.Column("home_code", sa.String(length=40), nullable=True, comment="房源编号"),
        sa.Column("estate_name", sa.String(length=100), nullable=True, comment="小区名称"),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, comment="内部编号"),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, comment="写入批次"),
        sa.Column("region_id", sa.String(length=16), nullable=False, comment="所在区划（已知的最细一级）"),
        sa.Column("district_id", sa.String(length=16), nullable=False, comment="所属区市"),
        sa.ForeignKeyConstraint(["district_id"], ["sys_region.id"], name=op.f("fk_t09_support_household_district_id")),
        sa.ForeignKeyConstraint(["region_id"], ["sys_region.id"], name=op.f("fk_t09_support_household_region_id")),
        sa.ForeignKeyConstraint(["run_id"], ["sys_ingest_run.id"], name=op.f("fk_t09_support_household_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_t09_support_household")),
        sa.UniqueConstraint(
            "household_token",
            "support_kind",
            "since_on",
            name=op.f("uq_t09_support_household_household_token_support_kind_since_on"),
        ),
        comment="保障家庭",
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("t09_support_household", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_t09_support_household_run_id"), ["run_id"], unique=False)
        batch_op.create_index("ix_t09_support_household_since", ["since_on", "id"], unique=False)
        batch_op.create_index("ix_t09_support_household_until", ["until_on", "id"], unique=False)

    op.create_table(
        "t10_estate_register",
        sa.Column("estate_code", sa.String(length=40), nullable=False, comment="小区编码"),
        sa.Column("estate_name", sa.String(length=100), nullable=False, comment="小区名称"),
        sa.Column("district_id", sa.String(length=16), nullable=False, comment="所属区市"),
        sa.ForeignKeyConstraint(["district_id"], ["sys_region.id"], name=op.f("fk_t10_estate_register_district_id")),
        sa.PrimaryKeyConstraint("estate_code", name=op.f("pk_t10_estate_register")),
        comment="住宅小区名录",
    )
    op.create_table(
        "t14_service_case",
        sa.Column("case_no", sa.String(length=40), nullable=False, comment="办件编号"),
        sa.Column("applicant", sa.String(length=40), nullable=True, comment="申请人(脱敏)"),
        sa.Column("item", sa.String(length=20), nullable=False, comment="事项"),
        sa.Column("channel", sa.String(length=20), nullable=False, comment="申请渠道"),
        sa.Column("accepted_on", sa.Date(), nullable=False, comment="受理日"),
        sa.Column("due_on", sa.Date(), nullable=True, comment="承诺期限"),
        sa.Column("finished_on", sa.Date(), nullable=True, comment="办结日"),
        sa.Column("published_on", sa.Date(), nullable=True, comment="公示日"),
        sa.Column("result", sa.String(length=20), nullable=False, comment="办理结果"),
        sa.Column("workdays", sa.Integer(), nullable=True, comment="用时(工作日)"),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, comment="内部编号"),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, comment="写入批次"),
        sa.Column("region_id", sa.String(length=16), nullable=False, comment="所在区划（已知的最细一级）"),
        sa.Column("district_id", sa.String(length=16), nullable=False, comment="所属区市"),
        sa.ForeignKeyConstraint(["district_id"], ["sys_region.id"], name=op.f("fk_t14_service_case_district_id")),
        sa.ForeignKeyConstraint(["region_id"], ["sys_region.id"], name=op.f("fk_t14_service_case_region_id")),
        sa.ForeignKeyConstraint(["run_id"], ["sys_ingest_run.id"], name=op.f("fk_t14_service_case_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_t14_service_case")),
        sa.UniqueConstraint("case_no", name=op.f("uq_t14_service_case_case_no")),
        comment="政务服务办件",
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("t14_service_case", schema=None) as batch_op:
        batch_op.create_index("ix_t14_service_case_accepted", ["accepted_on", "id"], unique=False)
        batch_op.create_index("ix_t14_service_case_published", ["published_on", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_t14_service_case_run_id"), ["run_id"], unique=False)
        batch_op.create_index("ix_t14_service_case_workdays", ["workdays", "id"], unique=False)

    op.create_table(
        "t14_supervised_task",
        sa.Column("task_no", sa.String(length=40), nullable=False, comment="任务编号"),
        sa.Column("task_kind", sa.String(length=20), nullable=False, comment="任务种类"),
        sa.Column("checkup_dim", sa.String(length=20), nullable=False, comment="体检维度"),
        sa.Column("section", sa.String(length=20), nullable=False, comment="责任处室"),
        sa.Column("location", sa.String(length=100), nullable=True, comment="位置"),
        sa.Column("assigned_on", sa.Date(), nullable=False, comment="下达日"),
        sa.Column("due_on", sa.Date(), nullable=False, comment="整改期限"),
        sa.Column("done_on", sa.Date(), nullable=True, comment="复核销号日"),
        sa.Column("closed_on", sa.Date(), nullable=True, comment="计入销号日"),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, comment="内部编号"),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, comment="写入批次"),
        sa.Column("region_id", sa.String(length=16), nullable=False, comment="所在区划（已知的最细一级）"),
        sa.Column("district_id", sa.String(length=16), nullable=False, comment="所属区市"),
        sa.ForeignKeyConstraint(["district_id"], ["sys_region.id"], name=op.f("fk_t14_supervised_task_district_id")),
        sa.ForeignKeyConstraint(["region_id"], ["sys_region.id"], name=op.f("fk_t14_supervised_task_region_id")),
        sa.ForeignKeyConstraint(["run_id"], ["sys_ingest_run.id"], name=op.f("fk_t14_supervised_task_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_t14_supervised_task")),
        sa.UniqueConstraint("task_no", name=op.f("uq_t14_supervised_task_task_no")),
        comment="督办检查与任务",
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("t14_supervised_task", schema=None) as batch_op:
        batch_op.create_index("ix_t14_supervised_task_closed", ["closed_on", "id"], unique=False)
        batch_op.create_index("ix_t14_supervised_task_due", ["due_on", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_t14_supervised_task_run_id"), ["run_id"], unique=False)

    op.create_table(
        "b3_task_project",
        sa.Column("task_no", sa.String(length=40), nullable=False, comment="任务编号"),
        sa.Column("task_name", sa.String(length=100), nullable=False, comment="任务项目名称"),
        sa.Column("task_kind", sa.String(length=20), nullable=False, comment="任务类别"),
        sa.Column("milestone", sa.String(length=20), nullable=False, comment="进展节点"),
        sa.Column("booked_on", sa.Date(), nullable=False, comment="发生日"),
        sa.Column("asset_class", sa.String(length=20), nullable=False, comment="对象类别"),
        sa.Column("funding", sa.String(length=20), nullable=False, comment="资金来源"),
        sa.Column("mode", sa.String(length=20), nullable=False, comment="实施方式"),
        sa.Column("estate_qty", sa.Integer(), nullable=False, comment="小区数"),
        sa.Column("building_qty", sa.Integer(), nullable=False, comment="楼栋数"),
        sa.Column("household_qty", sa.Integer(), nullable=False, comment="户数"),
        sa.Column("home_qty", sa.Integer(), nullable=False, comment="套数"),
        sa.Column("lift_qty", sa.Integer(), nullable=False, comment="电梯部数"),
        sa.Column("pump_house_qty", sa.Integer(), nullable=False, comment="泵房座数"),
        sa.Column("length_m", sa.BigInteger(), nullable=True, comment="长度(m)"),
        sa.Column("area_m2", sa.BigInteger(), nullable=True, comment="任务面积(㎡)"),
        sa.Column("amount_yuan", sa.BigInteger(), nullable=True, comment="投资额(元)"),
        sa.Column("building_no", sa.String(length=20), nullable=True, comment="楼幢"),
        sa.Column("content", sa.String(length=100), nullable=True, comment="改造内容"),
        sa.Column("company", sa.String(length=100), nullable=True, comment="实施单位"),
        sa.Column("project_code", sa.String(length=40), nullable=True, comment="工程项目编码"),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, comment="内部编号"),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, comment="写入批次"),
        sa.Column("region_id", sa.String(length=16), nullable=False, comment="所在区划（已知的最细一级）"),
        sa.Column("district_id", sa.String(length=16), nullable=False, comment="所属区市"),
        sa.ForeignKeyConstraint(["district_id"], ["sys_region.id"], name=op.f("fk_b3_task_project_district_id")),
        sa.ForeignKeyConstraint(
            ["project_code"], ["b3_project.project_code"], name=op.f("fk_b3_task_project_project_code")
        ),
        sa.ForeignKeyConstraint(["region_id"], ["sys_region.id"], name=op.f("fk_b3_task_project_region_id")),
        sa.ForeignKeyConstraint(["run_id"], ["sys_ingest_run.id"], name=op.f("fk_b3_task_project_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_b3_task_project")),
        sa.UniqueConstraint(
            "task_no", "milestone", "booked_on", name=op.f("uq_b3_task_project_task_no_milestone_booked_on")
        ),
        comment="任务项目进展",
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("b3_task_project", schema=None) as batch_op:
        batch_op.create_index("ix_b3_task_project_booked", ["booked_on", "id"], unique=False)
        batch_op.create_index("ix_b3_task_project_kind", ["task_kind", "milestone", "booked_on"], unique=False)
        batch_op.create_index("ix_b3_task_project_project", ["project_code"], unique=False)
        batch_op.create_index(batch_op.f("ix_b3_task_project_run_id"), ["run_id"], unique=False)

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

    op.create_table(
        "t01_smart_build_project",
        sa.Column("building_no", sa.String(length=40), nullable=False, comment="单体编号"),
        sa.Column("building_name", sa.String(length=100), nullable=False, comment="单体名称"),
        sa.Column("project_code", sa.String(length=40), nullable=True, comment="工程项目编码"),
        sa.Column("drawing_passed_on", sa.Date(), nullable=True, comment="施工图审查合格日"),
        sa.Column("permitted_on", sa.Date(), nullable=True, comment="施工许可日"),
        sa.Column("accepted_on", sa.Date(), nullable=True, comment="竣工验收日"),
        sa.Column("floor_area_m2", sa.BigInteger(), nullable=False, comment="建筑面积(㎡)"),
        sa.Column("use", sa.String(length=20), nullable=False, comment="建筑用途"),
        sa.Column("good_house", sa.String(length=3), nullable=False, comment="是否好房子"),
        sa.Column("standard_version", sa.String(length=40), nullable=True, comment="好房子标准版本"),
        sa.Column("land_type", sa.String(length=20), nullable=False, comment="用地类型"),
        sa.Column("civil", sa.String(length=3), nullable=True, comment="是否民用建筑"),
        sa.Column("prefab", sa.String(length=3), nullable=True, comment="是否装配式"),
        sa.Column("structure", sa.String(length=20), nullable=True, comment="结构类型"),
        sa.Column("green_star", sa.String(length=20), nullable=True, comment="绿色建筑星级"),
        sa.Column("bim_required", sa.String(length=3), nullable=True, comment="是否应报BIM"),
        sa.Column("bim_passed", sa.String(length=3), nullable=True, comment="BIM审查是否通过"),
        sa.Column("stage", sa.String(length=20), nullable=True, comment="建造阶段"),
        sa.Column("pilot", sa.String(length=3), nullable=True, comment="是否智能建造试点"),
        sa.Column("technology", sa.String(length=20), nullable=True, comment="智能建造技术"),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, comment="内部编号"),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, comment="写入批次"),
        sa.Column("region_id", sa.String(length=16), nullable=False, comment="所在区划（已知的最细一级）"),
        sa.Column("district_id", sa.String(length=16), nullable=False, comment="所属区市"),
        sa.ForeignKeyConstraint(
            ["district_id"], ["sys_region.id"], name=op.f("fk_t01_smart_build_project_district_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_code"], ["b3_project.project_code"], name=op.f("fk_t01_smart_build_project_project_code")
        ),
        sa.ForeignKeyConstraint(["region_id"], ["sys_region.id"], name=op.f("fk_t01_smart_build_project_region_id")),
        sa.ForeignKeyConstraint(["run_id"], ["sys_ingest_run.id"], name=op.f("fk_t01_smart_build_project_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_t01_smart_build_project")),
        sa.UniqueConstraint("building_no", name=op.f("uq_t01_smart_build_project_building_no")),
        comment="单体建筑建造档案",
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("t01_smart_build_project", schema=None) as batch_op:
        batch_op.create_index("ix_t01_smart_build_project_area", ["floor_area_m2", "id"], unique=False)
        batch_op.create_index("ix_t01_smart_build_project_permitted", ["permitted_on", "id"], unique=False)
        batch_op.create_index("ix_t01_smart_build_project_project", ["project_code", "permitted_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_t01_smart_build_project_run_id"), ["run_id"], unique=False)

    op.create_table(
        "t10_estate",
        sa.Column("estate_code", sa.String(length=40), nullable=False, comment="小区编码"),
        sa.Column("estate_name", sa.String(length=100), nullable=False, comment="小区名称"),
        sa.Column("valid_from", sa.Date(), nullable=False, comment="本版本起日"),
        sa.Column("valid_to", sa.Date(), nullable=True, comment="本版本止日"),
        sa.Column("estate_type", sa.String(length=20), nullable=False, comment="小区类型"),
        sa.Column("build_band", sa.String(length=20), nullable=True, comment="建成年代"),
        sa.Column("managed", sa.String(length=3), nullable=False, comment="是否有物业服务"),
        sa.Column("company_name", sa.String(length=100), nullable=True, comment="物业企业"),
        sa.Column("usc_code", sa.String(length=20), nullable=True, comment="物业企业统一社会信用代码"),
        sa.Column("body_eligible", sa.String(length=3), nullable=False, comment="是否具备成立业主组织条件"),
        sa.Column("owner_body", sa.String(length=20), nullable=False, comment="业主组织"),
        sa.Column("filing_no", sa.String(length=40), nullable=True, comment="业主组织备案号"),
        sa.Column("term_until_on", sa.Date(), nullable=True, comment="业主组织任期届满日"),
        sa.Column("building_qty", sa.Integer(), nullable=True, comment="幢数"),
        sa.Column("household_qty", sa.Integer(), nullable=False, comment="户数"),
        sa.Column("area_m2", sa.BigInteger(), nullable=False, comment="面积(㎡)"),
        sa.Column("second_supply", sa.String(length=3), nullable=True, comment="是否二次供水"),
        sa.Column("supply_handed", sa.String(length=3), nullable=True, comment="二次供水是否移交供水企业"),
        sa.Column("pump_house_qty", sa.Integer(), nullable=True, comment="泵房数"),
        sa.Column("pump_handed_qty", sa.Integer(), nullable=True, comment="已移交泵房数"),
        sa.Column("in_office_until", sa.Date(), nullable=True, comment="在任止日"),
        sa.Column("expired_from", sa.Date(), nullable=True, comment="届满未换届起日"),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, comment="内部编号"),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, comment="写入批次"),
        sa.Column("region_id", sa.String(length=16), nullable=False, comment="所在区划（已知的最细一级）"),
        sa.Column("district_id", sa.String(length=16), nullable=False, comment="所属区市"),
        sa.ForeignKeyConstraint(["district_id"], ["sys_region.id"], name=op.f("fk_t10_estate_district_id")),
        sa.ForeignKeyConstraint(
            ["estate_code"], ["t10_estate_register.estate_code"], name=op.f("fk_t10_estate_estate_code")
        ),
        sa.ForeignKeyConstraint(["region_id"], ["sys_region.id"], name=op.f("fk_t10_estate_region_id")),
        sa.ForeignKeyConstraint(["run_id"], ["sys_ingest_run.id"], name=op.f("fk_t10_estate_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_t10_estate")),
        sa.UniqueConstraint("estate_code", "valid_from", name=op.f("uq_t10_estate_estate_code_valid_from")),
        comment="住宅小区",
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("t10_estate", schema=None) as batch_op:
        batch_op.create_index("ix_t10_estate_area", ["area_m2", "id"], unique=False)
        batch_op.create_index("ix_t10_estate_expired", ["expired_from", "id"], unique=False)
        batch_op.create_index("ix_t10_estate_from", ["valid_from", "id"], unique=False)
        batch_op.create_index("ix_t10_estate_households", ["household_qty", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_t10_estate_run_id"), ["run_id"], unique=False)

    op.create_table(
        "t10_repair_fund_entry",
        sa.Column("entry_no", sa.String(length=40), nullable=False, comment="流水号"),
        sa.Column("account_no", sa.String(length=40), nullable=False, comment="维修资金账户"),
        sa.Column("account_masked", sa.String(length=40), nullable=True, comment="账户(脱敏)"),
        sa.Column("estate_code", sa.String(length=40), nullable=False, comment="小区编码"),
        sa.Column("booked_on", sa.Date(), nullable=False, comment="入账日"),
        sa.Column("next_on", sa.Date(), nullable=True, comment="下一笔日"),
        sa.Column("direction", sa.String(length=20), nullable=False, comment="收支方向"),
        sa.Column("repair_item", sa.String(length=100), nullable=True, comment="维修项目"),
        sa.Column("amount_yuan", sa.BigInteger(), nullable=False, comment="发生额(元)"),
        sa.Column("balance_yuan", sa.BigInteger(), nullable=False, comment="余额(元)"),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, comment="内部编号"),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, comment="写入批次"),
        sa.Column("region_id", sa.String(length=16), nullable=False, comment="所在区划（已知的最细一级）"),
        sa.Column("district_id", sa.String(length=16), nullable=False, comment="所属区市"),
        sa.ForeignKeyConstraint(["district_id"], ["sys_region.id"], name=op.f("fk_t10_repair_fund_entry_district_id")),
        sa.ForeignKeyConstraint(
            ["estate_code"], ["t10_estate_register.estate_code"], name=op.f("fk_t10_repair_fund_entry_estate_code")
        ),
        sa.ForeignKeyConstraint(["region_id"], ["sys_region.id"], name=op.f("fk_t10_repair_fund_entry_region_id")),
        sa.ForeignKeyConstraint(["run_id"], ["sys_ingest_run.id"], name=op.f("fk_t10_repair_fund_entry_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_t10_repair_fund_entry")),
        sa.UniqueConstraint("entry_no", name=op.f("uq_t10_repair_fund_entry_entry_no")),
        comment="维修资金流水与余额",
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("t10_repair_fund_entry", schema=None) as batch_op:
        batch_op.create_index("ix_t10_repair_fund_entry_account", ["account_no", "booked_on", "entry_no"], unique=False)
        batch_op.create_index("ix_t10_repair_fund_entry_amount", ["amount_yuan", "id"], unique=False)
        batch_op.create_index("ix_t10_repair_fund_entry_balance", ["balance_yuan", "id"], unique=False)
        batch_op.create_index("ix_t10_repair_fund_entry_booked", ["booked_on", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_t10_repair_fund_entry_run_id"), ["run_id"], unique=False)

    with op.batch_alter_table("sys_ingest_run", schema=None) as batch_op:
        batch_op.add_column(sa.Column("covers", sa.JSON(), nullable=True, comment="各区市报全的起止日"))

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

    with op.batch_alter_table("sys_ingest_run", schema=None) as batch_op:
        batch_op.drop_column("covers")

    with op.batch_alter_table("t10_repair_fund_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_t10_repair_fund_entry_run_id"))
        batch_op.drop_index("ix_t10_repair_fund_entry_booked")
        batch_op.drop_index("ix_t10_repair_fund_entry_balance")
        batch_op.drop_index("ix_t10_repair_fund_entry_amount")
        batch_op.drop_index("ix_t10_repair_fund_entry_account")

    op.drop_table("t10_repair_fund_entry")
    with op.batch_alter_table("t10_estate", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_t10_estate_run_id"))
        batch_op.drop_index("ix_t10_estate_households")
        batch_op.drop_index("ix_t10_estate_from")
        batch_op.drop_index("ix_t10_estate_expired")
        batch_op.drop_index("ix_t10_estate_area")

    op.drop_table("t10_estate")
    with op.batch_alter_table("t01_smart_build_project", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_t01_smart_build_project_run_id"))
        batch_op.drop_index("ix_t01_smart_build_project_project")
        batch_op.drop_index("ix_t01_smart_build_project_permitted")
        batch_op.drop_index("ix_t01_smart_build_project_area")

    op.drop_table("t01_smart_build_project")
    with op.batch_alter_table("sys_export_job", schema=None) as batch_op:
        batch_op.drop_index("ix_sys_export_job_user")
        batch_op.drop_index("ix_sys_export_job_state")

    op.drop_table("sys_export_job")
    op.drop_table("sys_coverage_gap")
    with op.batch_alter_table("b3_task_project", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_b3_task_project_run_id"))
        batch_op.drop_index("ix_b3_task_project_project")
        batch_op.drop_index("ix_b3_task_project_kind")
        batch_op.drop_index("ix_b3_task_project_booked")

    op.drop_table("b3_task_project")
    with op.batch_alter_table("t14_supervised_task", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_t14_supervised_task_run_id"))
        batch_op.drop_index("ix_t14_supervised_task_due")
        batch_op.drop_index("ix_t14_supervised_task_closed")

    op.drop_table("t14_supervised_task")
    with op.batch_alter_table("t14_service_case", schema=None) as batch_op:
        batch_op.drop_index("ix_t14_service_case_workdays")
        batch_op.drop_index(batch_op.f("ix_t14_service_case_run_id"))
        batch_op.drop_index("ix_t14_service_case_published")
        batch_op.drop_index("ix_t14_service_case_accepted")

    op.drop_table("t14_service_case")
    op.drop_table("t10_estate_register")
    with op.batch_alter_table("t09_support_household", schema=None) as batch_op:
        batch_op.drop_index("ix_t09_support_household_until")
        batch_op.drop_index("ix_t09_support_household_since")
        batch_op.drop_index(batch_op.f("ix_t09_support_household_run_id"))

    op.drop_table("t09_support_household")
    with op.batch_alter_table("t09_support_home", schema=None) as batch_op:
        batch_op.drop_index("ix_t09_support_home_until")
        batch_op.drop_index("ix_t09_support_home_unit")
        batch_op.drop_index("ix_t09_support_home_since")
        batch_op.drop_index(batch_op.f("ix_t09_support_home_run_id"))
        batch_op.drop_index("ix_t09_support_home_area")

    op.drop_table("t09_support_home")
    op.drop_table("sys_mark")
    with op.batch_alter_table("b5_house_safety", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_b5_house_safety_run_id"))
        batch_op.drop_index("ix_b5_house_safety_found")
        batch_op.drop_index("ix_b5_house_safety_cleared")
        batch_op.drop_index("ix_b5_house_safety_assessed")

    op.drop_table("b5_house_safety")
    with op.batch_alter_table("b4_score_record", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_b4_score_record_run_id"))
        batch_op.drop_index("ix_b4_score_record_from")

    op.drop_table("b4_score_record")
    with op.batch_alter_table("sys_target_change", schema=None) as batch_op:
        batch_op.drop_index("ix_sys_target_change_target")

    op.drop_table("sys_target_change")
    with op.batch_alter_table("sys_definition", schema=None) as batch_op:
        batch_op.drop_index("ix_sys_definition_indicator")

    op.drop_table("sys_definition")
    with op.batch_alter_table("sys_calendar_change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sys_calendar_change_year"))

    op.drop_table("sys_calendar_change")
