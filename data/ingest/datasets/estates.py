"""Data sets of estates, their repair fund, the companies that serve them, and single buildings."""

from __future__ import annotations

from decimal import Decimal

from data.ingest.dataset import DISTRICTS, REGION, Dataset, Follow, Head, Problem, Reference, Values, in_order
from data.ingest.derive_estates import bound_estates, bound_scores, link_fund
from data.models import Estate, EstateRegister, Project, RepairFundEntry, ScoreRecord, SmartBuildProject

# --- what can't be true together -------------------------------------------------------------------------------------

_IN_OFFICE = ("committee", "management")


def _check_estate(values: Values) -> list[Problem]:
    problems = in_order(values, "valid_from", "term_until_on", "业主组织任期届满日早于本版本起日")
    # A body whose term is over is reported with the day on which it was.
    if values.get("owner_body") == "expired":
        problems = []
    if values.get("owner_body") in _IN_OFFICE and values.get("term_until_on") is None:
        problems.append(Problem("term_until_on", "", "有业主组织而未填任期届满日", "填写业主组织备案的任期届满日"))
    if values.get("managed") == "no" and values.get("company_name"):
        problems.append(
            Problem("company_name", str(values["company_name"]), "无物业服务却填有物业企业", "核对是否有物业服务")
        )
    if values.get("second_supply") == "no" and values.get("supply_handed") == "yes":
        problems.append(Problem("supply_handed", "是", "无二次供水却填已移交", "核对是否二次供水"))
    return [*problems, *_not_more(values, "pump_handed_qty", "pump_house_qty", "已移交泵房多于泵房数")]


def _not_more(values: Values, part: str, whole: str, reason: str) -> list[Problem]:
    """A problem where a part is more than its whole; either may be missing."""
    some, every = values.get(part), values.get(whole)
    if some is None or every is None or some <= every:
        return []
    return [Problem(part, str(some), reason, "核对两个数")]


def _check_entry(values: Values) -> list[Problem]:
    if values.get("direction") != "out" and values.get("repair_item"):
        return [Problem("repair_item", str(values["repair_item"]), "归集或利息却填有维修项目", "核对收支方向")]
    return []


def _check_score(values: Values) -> list[Problem]:
    if values.get("score_kind") != "property_company":
        return []
    problems = []
    if values.get("entity_type") not in (None, "property"):
        problems.append(Problem("entity_type", "", "物业信用的被评主体不是物业企业", "核对评价类别与主体类型"))
    if values.get("band") is None:
        problems.append(Problem("band", "", "物业信用未填档次", "填写A档、B档、C档或D档"))
    return problems


def _check_building(values: Values) -> list[Problem]:
    problems = [
        *in_order(values, "drawing_passed_on", "permitted_on", "施工许可日早于施工图审查合格日"),
        *in_order(values, "permitted_on", "accepted_on", "竣工验收日早于施工许可日"),
    ]
    if values.get("project_code") is None:
        problems.append(Problem("project_code", "", "未填工程项目编码", "填写单体所属工程项目的编码"))
    if values.get("good_house") == "yes":
        if values.get("standard_version") is None:
            problems.append(Problem("standard_version", "", "好房子未填标准版本", "填写判定所依据的标准及版本"))
        if values.get("use") not in (None, "residential"):
            problems.append(Problem("good_house", "是", "好房子只用于住宅", "核对建筑用途"))
    return problems


# --- the data sets ---------------------------------------------------------------------------------------------------

_NONE = Decimal(0)
_CENT = Decimal("0.01")
_MONEY = (_NONE, Decimal("1e10"))
_COMPANIES = ("物业公司", "物业服务企业", "物业服务单位", "服务企业")

DATASETS = (
    Dataset(
        Estate,
        day="valid_from",
        units={"household_qty": "户", "area_m2": "㎡"},
        limits={
            "household_qty": (Decimal(1), Decimal(30_000)),
            "area_m2": (_CENT, Decimal("1e7")),
            "building_qty": (Decimal(1), Decimal(1_000)),
            "pump_house_qty": (_NONE, Decimal(100)),
            "pump_handed_qty": (_NONE, Decimal(100)),
        },
        past=frozenset({"valid_from"}),
        heads=(
            Head(
                EstateRegister,
                "estate_code",
                {name: name for name in ("estate_code", "estate_name", "district_id")},
                refreshed_by="valid_from",
            ),
        ),
        watched=(("household_qty", "户数", None), ("area_m2", "面积(㎡)", None)),
        synonyms={
            "estate_code": ("小区代码", "小区编号", "物业区域编码"),
            "estate_name": ("小区", "住宅小区", "项目名称", "物业项目名称"),
            "valid_from": ("填报日期", "报告期", "起始日期", "版本起日"),
            "estate_type": ("小区类别", "小区性质", "物业类型"),
            "build_band": ("建成年份", "建设年代", "年代"),
            "managed": ("有无物业", "是否有物业", "物业管理"),
            "company_name": _COMPANIES,
            "usc_code": ("物业企业信用代码", "统一社会信用代码", "信用代码"),
            "body_eligible": ("是否具备成立条件", "具备成立条件"),
            "owner_body": ("业委会", "业主组织类型", "组织类型", "业委会成立情况"),
            "filing_no": ("备案号", "业委会备案号", "备案编号"),
            "term_until_on": ("任期止", "任期届满", "任期到期日", "届满日期"),
            "building_qty": ("楼栋数", "栋数"),
            "household_qty": ("总户数", "住户数"),
            "area_m2": ("建筑面积", "总建筑面积", "小区面积"),
            REGION: ("乡镇街道", "街道", "镇街", *DISTRICTS),
        },
        samples={
            "estate_code": "XQ-321283-0001",
            "estate_name": "示例小区",
            "company_name": "示例物业有限公司",
            "filing_no": "YZ2026-0001",
        },
        check=_check_estate,
        follow=Follow("estate_code", bound_estates, since=True),
        owned=(("estate_code", EstateRegister),),
    ),
    Dataset(
        RepairFundEntry,
        day="booked_on",
        units={"amount_yuan": "元", "balance_yuan": "元"},
        limits={"amount_yuan": _MONEY, "balance_yuan": _MONEY},
        past=frozenset({"booked_on"}),
        references=(Reference("estate_code", EstateRegister, "estate_code", "estate"),),
        watched=(("amount_yuan", "发生额(元)", None), ("balance_yuan", "余额(元)", None)),
        synonyms={
            "entry_no": ("流水编号", "交易流水号"),
            "account_no": ("专户账号", "账号", "账户"),
            "estate_code": ("小区代码", "小区编号"),
            "booked_on": ("入账日期", "支付日期", "交易日期", "记账日期"),
            "direction": ("收支", "业务类型", "方向"),
            "repair_item": ("维修内容", "使用项目", "用途"),
            "amount_yuan": ("发生金额", "归集额", "使用额", "交易金额", "金额"),
            "balance_yuan": ("账户余额", "余额"),
            REGION: ("乡镇街道", "街道", "镇街", *DISTRICTS),
        },
        samples={"entry_no": "WX0000001", "account_no": "WXZH0001", "estate_code": "XQ-321283-0001"},
        check=_check_entry,
        follow=Follow("account_no", link_fund, since=True),
        owned=(("account_no", RepairFundEntry),),
    ),
    Dataset(
        ScoreRecord,
        day="valid_from",
        units={"weight_yuan": "元", "weight_m2": "㎡"},
        limits={
            "score": (_NONE, Decimal(1_000)),
            "weight_yuan": (_NONE, Decimal("1e12")),
            "weight_m2": (_NONE, Decimal("1e8")),
        },
        watched=(("score", "评价分", None),),
        synonyms={
            "subject_code": ("统一社会信用代码", "信用代码", "企业代码", "主体编码"),
            "subject_name": ("企业名称", "主体名称", "单位名称"),
            "score_kind": ("评价类型", "评分类别"),
            "entity_type": ("企业类型", "企业类别"),
            "period_name": ("评价周期", "考核期"),
            "valid_from": ("生效日期", "公布日期", "评分日期", "发布日期"),
            "score": ("信用分", "得分", "分数", "总分"),
            "band": ("档级", "等级", "信用等级", "评价等级"),
            "award_level": ("奖项等级", "获奖级别"),
            REGION: DISTRICTS,
        },
        samples={
            "subject_code": "91321200SHILI00001",
            "subject_name": "示例物业有限公司",
            "period_name": "2026年上半年",
        },
        check=_check_score,
        # An earlier row of one kind says nothing of where another kind's begins: all of a subject are read.
        follow=Follow("subject_code", bound_scores),
    ),
    Dataset(
        SmartBuildProject,
        day="permitted_on",
        units={"floor_area_m2": "㎡"},
        limits={"floor_area_m2": (_CENT, Decimal("1e6"))},
        past=frozenset({"drawing_passed_on", "permitted_on", "accepted_on"}),
        references=(Reference("project_code", Project, "project_code", "project"),),
        watched=(("floor_area_m2", "建筑面积(㎡)", None),),
        synonyms={
            "building_no": ("单体编码", "单体代码", "楼栋编码"),
            "building_name": ("单体", "楼栋名称", "单体工程名称"),
            "project_code": ("项目代码", "项目编码", "工程编码"),
            "drawing_passed_on": ("审图合格日期", "图审合格日", "审查合格日期"),
            "permitted_on": ("许可日期", "发证日期", "施工许可日期"),
            "accepted_on": ("竣工日期", "竣工验收日期"),
            "floor_area_m2": ("单体面积", "面积"),
            "use": ("单体用途", "用途"),
            "good_house": ("好房子", "改善型住宅"),
            "standard_version": ("标准版本", "判定标准"),
            "land_type": ("土地类型", "供地类型"),
            "green_star": ("绿建星级", "绿色建筑等级"),
            REGION: ("乡镇街道", "街道", "镇街", *DISTRICTS),
        },
        samples={
            "building_no": "DT-321283-0001-01",
            "building_name": "示例花园1幢",
            "project_code": "3212832601010001",
            "standard_version": "GB 55038-2025",
        },
        check=_check_building,
    ),
)
