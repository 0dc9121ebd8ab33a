"""Data sets of the property market."""

from __future__ import annotations

from decimal import Decimal

from data.ingest.dataset import DISTRICTS, REGION, Dataset, Follow, Head, Problem, Reference, Values, in_order
from data.ingest.derive import bound_projects, link_escrow, own_signing, spell_units
from data.models import DeveloperProject, DevelopmentProject, EscrowEntry, House, HouseUnit, Project, SalesContract

# --- what follows from other fields, and what can't be true together -------------------------------------------------

_BANDS = ((Decimal(90), "lt90"), (Decimal(120), "s90_120"), (Decimal(144), "s120_144"))


def size_band(area: Decimal) -> str:
    """The band an area in ㎡ falls in; each band holds its upper end but 90, as the statistics have it."""
    size = abs(area)
    if size < _BANDS[0][0]:
        return "lt90"
    return next((band for top, band in _BANDS[1:] if size <= top), "gt144")


def _fill_band(values: Values) -> None:
    if values.get("size_band") is None and values.get("area_m2") is not None:
        values["size_band"] = size_band(values["area_m2"])


def _check_contract(values: Values) -> list[Problem]:
    """A cancellation takes back what was signed: its quantities are negative, a signing's are not."""
    cancels = values.get("row_kind") == "cancel"
    problems = []
    for name, zh in (("area_m2", "面积(㎡)"), ("amount_yuan", "金额(元)"), ("home_qty", "套数")):
        amount = values.get(name)
        if amount is None or amount == 0:
            continue
        if cancels and amount > 0:
            problems.append(Problem(name, str(amount), "撤销记录应为负数", "撤销按撤销日以负数填报"))
        elif not cancels and amount < 0:
            problems.append(Problem(name, str(amount), f"网签的{zh}为负数", "撤销请将记录类别填为“撤销”"))
    return problems


def _check_unit(values: Values) -> list[Problem]:
    return [
        *in_order(values, "sale_open_on", "signed_on", "网签日早于可售起日"),
        *in_order(values, "presale_on", "signed_on", "网签日早于批准预售日"),
    ]


def _check_project(values: Values) -> list[Problem]:
    return in_order(values, "started_on", "completed_on", "竣工验收日早于开工日")


def _check_development(values: Values) -> list[Problem]:
    task, done = values.get("task_home_qty"), values.get("delivered_home_qty")
    if values.get("delivery_task") == "guaranteed" and task is not None and done is not None and done > task:
        return [Problem("delivered_home_qty", str(done), "已交付套数多于任务套数", "核对两个套数")]
    return []


# --- the data sets ---------------------------------------------------------------------------------------------------

_PROJECT = Reference("project_no", DeveloperProject, "project_no", "development_project")
_AREA = (Decimal("-100000"), Decimal("100000"))
_MONEY = (Decimal("-1e10"), Decimal("1e10"))
_CENT = Decimal("0.01")
_AREAS = ("建筑面积", "合同面积", "网签面积", "房屋面积", "套型面积", "面积", "area_m2", "tot_sf", "sqft")
_AMOUNTS = ("成交金额", "合同金额", "总价", "成交价", "金额", "合同总价", "sale_price", "price", "amount")

DATASETS = (
    Dataset(
        HouseUnit,
        day="sale_open_on",
        units={"area_m2": "㎡"},
        limits={"area_m2": (_CENT, _AREA[1])},
        past=frozenset({"presale_on", "sale_open_on", "signed_on"}),
        optional=frozenset({"size_band"}),
        references=(_PROJECT,),
        heads=(Head(House, "unit_code", {"unit_code": "unit_code"}),),
        watched=(("area_m2", "面积(㎡)", None),),
        synonyms={
            "unit_code": ("房屋代码", "房屋唯一码", "户编码"),
            "project_no": ("项目编号", "楼盘编号", "项目编码"),
            "presale_permit_no": ("预售证号", "预售许可证", "许可证号"),
            "building_no": ("幢号", "楼栋", "楼号", "栋号"),
            "unit_no": ("室号", "房号", "户室号"),
            "use": ("房屋用途", "规划用途"),
            "area_m2": _AREAS,
            "presale_on": ("预售日期", "批准预售日期", "发证日期"),
            "sale_open_on": ("可售日期", "上市日期", "现售备案日期"),
            "signed_on": ("网签日期", "签约日期", "成交日期"),
            REGION: DISTRICTS,
        },
        samples={"unit_code": "321283-0001-1-0101", "project_no": "KF0001", "building_no": "1幢", "unit_no": "101"},
        complete=_fill_band,
        completed=("size_band",),
        check=_check_unit,
        follow=Follow("unit_code", spell_units, own=own_signing),
        owned=(("unit_code", SalesContract),),
    ),
    Dataset(
        SalesContract,
        day="booked_on",
        units={"area_m2": "㎡", "amount_yuan": "元", "home_qty": "套"},
        limits={"area_m2": _AREA, "amount_yuan": _MONEY, "home_qty": (Decimal(-10_000), Decimal(10_000))},
        past=frozenset({"booked_on"}),
        optional=frozenset({"size_band"}),
        references=(Reference("unit_code", House, "unit_code", "house_unit", owner=HouseUnit), _PROJECT),
        watched=(
            ("area_m2", "面积(㎡)", None),
            ("amount_yuan", "金额(元)", None),
            ("amount_yuan", "单价(元/㎡)", "area_m2"),
        ),
        synonyms={
            "filing_no": ("合同号", "合同编号", "备案号", "网签号", "sale_id", "filing"),
            "row_kind": ("记录类型", "业务类型", "状态"),
            "booked_on": ("网签日期", "签约日期", "签订日期", "备案日期", "成交日期", "sale_date", "date"),
            "market": ("市场类别", "房源类型", "交易类型"),
            "use": ("房屋用途", "规划用途", "use_type"),
            "resettlement": ("安置房", "是否安置"),
            "ordinary": ("普通住宅", "是否普通住宅", "普通商品住宅"),
            "area_m2": _AREAS,
            "amount_yuan": _AMOUNTS,
            "home_qty": ("成交套数", "数量"),
            "unit_code": ("房屋代码", "房屋唯一码"),
            "project_no": ("项目编号", "楼盘编号"),
            "estate_name": ("小区", "楼盘名称", "项目名称", "楼盘"),
            "building_no": ("幢号", "楼栋", "楼号", "栋号"),
            "unit_no": ("室号", "房号", "户室号"),
            REGION: DISTRICTS,
        },
        samples={"filing_no": "WQ2026000001", "estate_name": "示例小区"},
        assumed={"row_kind": "sign", "home_qty": "1"},
        complete=_fill_band,
        completed=("size_band",),
        check=_check_contract,
        follow=Follow("unit_code", spell_units, facts=(HouseUnit,)),
    ),
    Dataset(
        EscrowEntry,
        day="booked_on",
        units={"amount_yuan": "元", "balance_yuan": "元", "required_yuan": "元"},
        limits={"amount_yuan": (Decimal(0), _MONEY[1]), "required_yuan": (Decimal(0), _MONEY[1])},
        past=frozenset({"booked_on"}),
        references=(_PROJECT,),
        watched=(("amount_yuan", "发生额(元)", None), ("balance_yuan", "余额(元)", None)),
        synonyms={
            "entry_no": ("流水编号", "交易流水号"),
            "account_no": ("监管账号", "账号", "账户"),
            "project_no": ("项目编号", "楼盘编号"),
            "booked_on": ("入账日期", "交易日期", "记账日期"),
            "direction": ("收支", "借贷方向", "方向"),
            "bank": ("银行", "开户银行"),
            "amount_yuan": ("发生金额", "交易金额", "金额"),
            "balance_yuan": ("账户余额", "余额"),
            "required_yuan": ("重点监管资金", "监管额度"),
            REGION: DISTRICTS,
        },
        samples={"entry_no": "LS0000001", "account_no": "ZH0001", "project_no": "KF0001"},
        follow=Follow("account_no", link_escrow, since=True),
        owned=(("account_no", EscrowEntry),),
    ),
    Dataset(
        DevelopmentProject,
        day="valid_from",
        units=dict.fromkeys(("invest_ytd_yuan", "loan_pushed_yuan", "loan_credit_yuan", "loan_paid_yuan"), "元")
        | {"task_home_qty": "套", "delivered_home_qty": "套"},
        limits={
            "invest_ytd_yuan": (Decimal(0), Decimal("1e11")),
            "task_home_qty": (Decimal(0), Decimal(100_000)),
            "delivered_home_qty": (Decimal(0), Decimal(100_000)),
        },
        past=frozenset({"valid_from", "stalled_since"}),
        references=(Reference("project_code", Project, "project_code", "project"),),
        heads=(
            Head(
                DeveloperProject,
                "project_no",
                {name: name for name in ("project_no", "project_name", "developer_name", "district_id")},
                refreshed_by="valid_from",
            ),
        ),
        watched=(("invest_ytd_yuan", "本年累计投资(元)", None),),
        synonyms={
            "project_no": ("项目编号", "楼盘编号"),
            "project_name": ("楼盘名称",),
            "developer_name": ("开发商", "开发单位", "开发公司"),
            "valid_from": ("填报日期", "报告期", "起始日期"),
            "due_delivery_on": ("交付日期", "约定交付日"),
            "stalled_since": ("停工日期", "停工起日"),
            "bank": ("银行",),
            REGION: DISTRICTS,
        },
        samples={"project_no": "KF0001", "project_name": "示例花园", "developer_name": "示例置业有限公司"},
        check=_check_development,
        follow=Follow("project_no", bound_projects, since=True),
        owned=(("project_no", DeveloperProject),),
    ),
    Dataset(
        Project,
        day="started_on",
        units={"cost_yuan": "元", "floor_area_m2": "㎡"},
        limits={"cost_yuan": (Decimal(0), Decimal("1e12")), "floor_area_m2": (Decimal(0), Decimal("1e8"))},
        past=frozenset({"started_on", "completed_on"}),
        watched=(("cost_yuan", "工程造价(元)", None), ("floor_area_m2", "建筑面积(㎡)", None)),
        synonyms={
            "project_code": ("项目代码", "项目编码", "工程编码"),
            "project_name": ("项目名称",),
            "started_on": ("开工日期",),
            "completed_on": ("竣工日期", "竣工验收日期"),
            "cost_yuan": ("造价", "合同造价"),
            "floor_area_m2": ("面积", "总建筑面积"),
            REGION: DISTRICTS,
        },
        samples={"project_code": "3212832601010001", "project_name": "示例工程"},
        check=_check_project,
    ),
)
