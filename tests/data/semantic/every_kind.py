"""Cubes and indicators of the kinds that the property market itself has no use for, over its facts."""

from __future__ import annotations

from data.models import DevelopmentProject, HouseUnit, SalesContract
from data.semantic.registry import Registry
from data.semantic.spec import Cube, Dim, During, Indicator, Measure, Quantile, Rung, ToDate


def _dims(fact: type[HouseUnit] | type[SalesContract]) -> tuple[Dim, ...]:
    return (
        Dim("district", "区市", fact.district_id, region=True),
        Dim("use", "用途", fact.use, codes={}),
        Dim("size_band", "面积段", fact.size_band, codes={}),
    )


RUNGS = (
    Rung("month", ("district",)),
    Rung("day", ("district",)),
    Rung("month", ("district", "use", "size_band")),
    Rung("day", ("district", "use", "size_band")),
)

selling = Measure("selling", SalesContract.project_no, SalesContract.market == "new", how="set")
signed = Measure("signed", SalesContract.home_qty, SalesContract.market == "new")
resold = Measure("resold", SalesContract.home_qty, SalesContract.market == "second_hand")
SALES = Cube(
    "sales",
    "网签",
    SalesContract,
    _dims(SalesContract),
    (signed, resold, selling),
    RUNGS,
    time=SalesContract.booked_on,
    sortable=("booked_on",),
)

on_sale = Measure("on_sale", HouseUnit.project_no, how="set")
area = Measure("area", HouseUnit.area_m2, decimals=2)
area_in = Measure("area_in", HouseUnit.area_m2, decimals=2, at="since")
area_out = Measure("area_out", HouseUnit.area_m2, decimals=2, at="until")
STOCK = Cube(
    "stock",
    "可售",
    HouseUnit,
    _dims(HouseUnit),
    (area, area_in, area_out, on_sale),
    RUNGS,
    since=HouseUnit.sale_open_on,
    until=HouseUnit.signed_on,
    sortable=("sale_open_on",),
)

ever = Measure("ever")
ENDLESS = Cube(
    "ever_sold",
    "累计上市",
    HouseUnit,
    _dims(HouseUnit),
    (ever,),
    RUNGS,
    since=HouseUnit.sale_open_on,
    sortable=("sale_open_on",),
)

reports = Measure("reports")
REPORTS = Cube(
    "reports",
    "项目报送",
    DevelopmentProject,
    (
        Dim("district", "区市", DevelopmentProject.district_id, region=True),
        Dim("delivery_task", "保交房任务", DevelopmentProject.delivery_task, codes={}),
        Dim("homes", "任务套数", DevelopmentProject.task_home_qty, number=True),
    ),
    (reports,),
    (
        Rung("month", ("district",)),
        Rung("day", ("district",)),
        Rung("month", ("district", "delivery_task", "homes")),
        Rung("day", ("district", "delivery_task", "homes")),
    ),
    time=DevelopmentProject.valid_from,
    sortable=("valid_from",),
)

stated = Measure("stated", DevelopmentProject.invest_ytd_yuan, decimals=2)
stated_homes = Measure("stated_homes", DevelopmentProject.task_home_qty)
YEARBOOK = Cube(
    "yearbook",
    "年度统计",
    DevelopmentProject,
    (Dim("district", "区市", DevelopmentProject.district_id, region=True),),
    (stated, stated_homes),
    (Rung("month", ("district",)), Rung("day", ("district",))),
    since=DevelopmentProject.valid_from,
    until=DevelopmentProject.valid_to,
    where=DevelopmentProject.project_name == "年鉴",
    sortable=("valid_from",),
    expected_every=366,
    published=True,
)

CUBES = (SALES, STOCK, ENDLESS, REPORTS, YEARBOOK)

INDICATORS = (
    Indicator("SELLING", "有成交项目", "Projects with sales", "个", "当期有新房网签的项目去重个数。", selling * 1),
    Indicator("ON_SALE", "在售项目", "Projects on sale", "个", "当日有可售房屋的项目去重个数。", on_sale * 1),
    Indicator("ENTERED", "新增", "Entered", "㎡", "当期进入可售的面积。", area_in * 1),
    Indicator("LEFT", "退出", "Left", "㎡", "当期退出可售的面积。", area_out * 1),
    Indicator("DURING", "期间在售", "On sale during", "㎡", "期间任一日可售的面积。", During(area_in, area_out) * 1),
    Indicator("STOCK", "可售", "On sale", "㎡", "期末可售面积。", area * 1),
    Indicator("EVER", "累计上市", "Ever on sale", "户", "自建账起上市的房屋。", ever * 1),
    Indicator(
        "MEDIAN", "任务套数中位数", "Median task", "套", "当期报送的任务套数中位数。", Quantile(reports, "homes")
    ),
    Indicator("P90", "任务套数九成位", "P90 task", "套", "当期报送的任务套数。", Quantile(reports, "homes", 0.9)),
    Indicator("YTD", "累计新房占比", "New share to date", "%", "年内。", 100 * ToDate(signed / (signed + resold))),
    Indicator("YTD_SUM", "累计新房", "New homes to date", "套", "年内。", ToDate(signed) * 1),
    Indicator("STATED", "公布投资", "Published investment", "元", "年鉴数。", stated * 1, grain="year"),
    Indicator("STATED_PER", "公布户均", "Published ratio", "元", "年鉴数。", stated / stated_homes, grain="year"),
)


def registry() -> Registry:
    """All of them."""
    return Registry(CUBES, INDICATORS)
