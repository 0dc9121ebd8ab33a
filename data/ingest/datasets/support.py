"""Data sets of housing support, yearly tasks, the safety of houses, services and supervision."""

from __future__ import annotations

import re
from decimal import Decimal

from data import clock
from data.ingest.dataset import DISTRICTS, REGION, Dataset, Follow, Problem, Reference, Values, in_order
from data.ingest.derive_support import settle_cases, settle_houses, settle_tasks
from data.models import (
    House,
    HouseSafety,
    HouseUnit,
    Project,
    ServiceCase,
    SupervisedTask,
    SupportHome,
    SupportHousehold,
    TaskProject,
)

# --- what can't be true together, and what must not be kept ----------------------------------------------------------

_COUNTED = {
    "rental": ("home_qty", "套数"),
    "shanty": ("home_qty", "套数"),
    "old_estate": ("estate_qty", "小区数"),
    "lift": ("lift_qty", "电梯部数"),
}
"""In what the tasks of a kind are counted."""

_PERSONAL = re.compile(r"\d{17}[\dXx]|\d{15}|1[3-9]\d{9}")
"""An identity number, of today or of old, or a mobile number."""


def _check_task(values: Values) -> list[Problem]:
    """A year's task lies on its 1 January; what is done has happened, and counts something."""
    milestone, day = values.get("milestone"), values.get("booked_on")
    problems = []
    if milestone in ("plan", "invest_plan"):
        if day is not None and (day.month, day.day) != (1, 1):
            problems.append(
                Problem("booked_on", day.isoformat(), "年度任务、计划投资须记当年1月1日", f"改为 {day.year}-01-01")
            )
    elif day is not None and day > clock.today():
        problems.append(Problem("booked_on", day.isoformat(), "日期在今天之后", "核对年份"))
    if milestone in ("invest_plan", "invest_done"):
        if values.get("amount_yuan") is None:
            problems.append(Problem("amount_yuan", "", "投资节点未填投资额", "填写投资额；为零请填 0"))
    elif values.get("task_kind") in _COUNTED:
        name, zh = _COUNTED[values["task_kind"]]
        if not values.get(name):
            problems.append(Problem(name, str(values.get(name, "")), f"本类任务按{zh}统计，{zh}为零", f"填写{zh}"))
    return problems


def _check_household(values: Values) -> list[Problem]:
    """No household is known by a person's own number."""
    problems = in_order(values, "since_on", "until_on", "保障止日早于保障起日")
    if _PERSONAL.fullmatch(values.get("household_token") or ""):
        remedy = "改用住房保障系统生成的家庭代号"
        problems.append(Problem("household_token", "（已隐去）", "疑为身份证号或手机号，不予保存", remedy))
    return problems


def _check_home(values: Values) -> list[Problem]:
    return in_order(values, "since_on", "until_on", "本状态止日早于起日")


def _check_house(values: Values) -> list[Problem]:
    problems = in_order(values, "found_on", "cleared_on", "解危或销号日早于认定或列入日")
    concluded = values.get("check_result") not in (None, "none")
    if concluded and values.get("checked_on") is None:
        problems.append(Problem("checked_on", "", "有体检结论，未填体检结论日", "填写体检结论日"))
    elif not concluded and values.get("checked_on") is not None and values.get("category") == "checkup":
        problems.append(Problem("check_result", "未体检", "有体检结论日，未填体检结论", "填写体检结论"))
    return problems


def _check_case(values: Values) -> list[Problem]:
    problems = [
        *in_order(values, "accepted_on", "due_on", "承诺期限早于受理日"),
        *in_order(values, "accepted_on", "finished_on", "办结日早于受理日"),
        *in_order(values, "accepted_on", "published_on", "公示日早于受理日"),
    ]
    if values.get("finished_on") is not None and values.get("result") == "none":
        problems.append(Problem("result", "未办结", "已填办结日，办理结果为未办结", "填写办理结果"))
    return problems


def _mask_applicant(values: Values) -> None:
    """Of a person's name the first character is kept: 张三丰 → 张**."""
    name = values.get("applicant")
    if name and "*" not in name:
        values["applicant"] = name[0] + "*" * (len(name) - 1)


def _check_supervised(values: Values) -> list[Problem]:
    problems = [
        *in_order(values, "assigned_on", "due_on", "整改期限早于下达日"),
        *in_order(values, "assigned_on", "done_on", "复核销号日早于下达日"),
    ]
    if values.get("task_kind") == "checkup_issue" and values.get("checkup_dim") in (None, "none"):
        problems.append(Problem("checkup_dim", "不适用", "城市体检问题未填体检维度", "填 住房、小区社区、街区 或 城区"))
    return problems


# --- the data sets ---------------------------------------------------------------------------------------------------

_NONE = Decimal(0)
_MANY = Decimal(1_000_000)
_MONEY = Decimal("1e12")

DATASETS = (
    Dataset(
        TaskProject,
        day="booked_on",
        units={"area_m2": "㎡", "amount_yuan": "元", "home_qty": "套"},
        limits={
            **dict.fromkeys(
                ("estate_qty", "building_qty", "household_qty", "home_qty", "lift_qty", "pump_house_qty"),
                (_NONE, _MANY),
            ),
            "length_m": (_NONE, Decimal("1e7")),
            "area_m2": (_NONE, Decimal("1e8")),
            "amount_yuan": (_NONE, _MONEY),
        },
        references=(Reference("project_code", Project, "project_code", "project"),),
        watched=(("home_qty", "套数", None), ("amount_yuan", "投资额(元)", None)),
        synonyms={
            "task_no": ("任务编码", "台账编号", "任务序号"),
            "task_name": ("任务名称", "小区名称", "项目名称", "名称"),
            "task_kind": ("任务类型", "项目类别", "改造类别"),
            "milestone": ("节点", "进度节点", "进展"),
            "booked_on": ("发生日期", "完成日期", "节点日期", "日期"),
            "asset_class": ("类别", "对象类型"),
            "funding": ("资金渠道", "资金类别"),
            "mode": ("筹集方式", "建设方式", "改造方式"),
            "estate_qty": ("小区个数",),
            "building_qty": ("楼栋", "幢数", "栋数"),
            "household_qty": ("惠及户数", "居民户数"),
            "home_qty": ("套（间）数", "筹集套数", "房源套数"),
            "lift_qty": ("部数", "电梯数"),
            "amount_yuan": ("投资", "完成投资", "计划投资", "投资金额"),
            "building_no": ("幢号", "楼号", "栋号"),
            "content": ("主要改造内容", "建设内容"),
            "company": ("实施主体", "责任单位"),
            "project_code": ("项目代码", "项目编码"),
            REGION: DISTRICTS,
        },
        samples={"task_no": "RW2026-0001", "task_name": "示例新村改造", "estate_qty": 1, "content": "雨污分流、屋面"},
        check=_check_task,
    ),
    Dataset(
        SupportHousehold,
        day="since_on",
        past=frozenset({"since_on", "until_on"}),
        synonyms={
            "household_token": ("家庭编号", "保障家庭代号", "家庭标识", "家庭代码"),
            "support_kind": ("保障类别", "保障形式"),
            "since_on": ("保障起始日期", "起始日期", "入住日期"),
            "until_on": ("保障终止日期", "退出日期", "终止日期"),
            "home_code": ("房源编码", "房号"),
            "estate_name": ("小区", "公租房小区"),
            REGION: DISTRICTS,
        },
        samples={"household_token": "JT7F3A90C1", "home_code": "GZF-0001", "estate_name": "示例公寓"},
        check=_check_household,
    ),
    Dataset(
        SupportHome,
        day="since_on",
        units={"area_m2": "㎡", "price_yuan": "元"},
        limits={"area_m2": (Decimal("0.01"), Decimal(1000)), "price_yuan": (_NONE, Decimal("1e8"))},
        past=frozenset({"since_on", "until_on"}),
        references=(Reference("unit_code", House, "unit_code", "house_unit", owner=HouseUnit),),
        watched=(("area_m2", "面积(㎡)", None), ("price_yuan", "单价(元/㎡)", "area_m2")),
        synonyms={
            "home_code": ("房源编码", "房源号"),
            "estate_name": ("小区", "项目名称", "楼盘名称"),
            "home_kind": ("用途", "房源用途", "保障类型"),
            "source": ("来源", "筹集来源"),
            "status": ("状态",),
            "since_on": ("状态起始日期", "起始日期", "状态日期", "签约日"),
            "until_on": ("状态终止日期", "终止日期"),
            "area_m2": ("建筑面积", "房屋面积", "面积"),
            "price_yuan": ("收购价格", "收购金额", "收购总价"),
            "unit_code": ("房屋代码", "房屋唯一码"),
            REGION: DISTRICTS,
        },
        samples={"home_code": "SG2026-0001", "estate_name": "示例花园"},
        check=_check_home,
    ),
    Dataset(
        HouseSafety,
        day="found_on",
        past=frozenset({"found_on", "checked_on", "cleared_on"}),
        synonyms={
            "house_code": ("房屋编码", "房屋代码", "建筑编号"),
            "category": ("类别", "房屋类别"),
            "building_no": ("幢号", "楼号", "栋号", "楼栋"),
            "danger_grade": ("鉴定等级", "危房等级", "隐患等级"),
            "business_use": ("经营性", "是否经营"),
            "build_band": ("建造年代", "建成年份段"),
            "structure": ("结构类型", "房屋结构"),
            "found_on": ("鉴定日", "鉴定日期", "认定日期", "列入日期", "排查日期"),
            "checked_on": ("体检日", "体检日期"),
            "check_result": ("体检结果", "结论"),
            "cleared_on": ("解危日", "解危日期", "销号日期"),
            REGION: DISTRICTS,
        },
        samples={"house_code": "FW321283-000001", "building_no": "3幢"},
        check=_check_house,
        follow=Follow("house_code", settle_houses),
    ),
    Dataset(
        ServiceCase,
        day="accepted_on",
        past=frozenset({"accepted_on", "finished_on", "published_on"}),
        synonyms={
            "case_no": ("办件号", "业务编号", "受理编号", "申请编号"),
            "applicant": ("申请人", "申请人姓名", "姓名"),
            "item": ("事项名称", "申请事项"),
            "channel": ("渠道", "办理渠道", "申请方式"),
            "accepted_on": ("受理日期", "受理时间"),
            "due_on": ("承诺办结日", "办理期限"),
            "finished_on": ("办结日期", "办结时间"),
            "published_on": ("公示日期", "公示时间"),
            "result": ("审核结果", "结果"),
            REGION: DISTRICTS,
        },
        samples={"case_no": "BJ2026000001", "applicant": "张**"},
        complete=_mask_applicant,
        check=_check_case,
        follow=Follow("case_no", settle_cases),
    ),
    Dataset(
        SupervisedTask,
        day="assigned_on",
        past=frozenset({"assigned_on", "done_on"}),
        synonyms={
            "task_no": ("问题编号", "督办编号", "任务号"),
            "task_kind": ("任务类别", "类别", "督办类别"),
            "checkup_dim": ("维度", "体检类别"),
            "section": ("处室", "责任部门", "牵头处室"),
            "location": ("地点", "问题位置"),
            "assigned_on": ("下达日期", "交办日期"),
            "due_on": ("期限", "整改时限", "完成期限"),
            "done_on": ("销号日", "销号日期", "完成日期"),
            REGION: DISTRICTS,
        },
        samples={"task_no": "TJ2026-0001", "location": "示例路东侧"},
        check=_check_supervised,
        follow=Follow("task_no", settle_tasks),
    ),
)
