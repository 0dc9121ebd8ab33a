"""Tables from answers and rows: what was answered is what is exported, months as months, missing as missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest

from data.export.build import from_answer, from_rows
from data.export.table import Notes
from data.platform import standard_registry
from data.semantic.spec import Answer, Bucket, Filter, Member, Query, Reported, Series

REGISTRY = standard_registry()
MONTHS = (
    Bucket(date(2026, 9, 1), date(2026, 10, 1), "2026年9月"),
    Bucket(date(2026, 10, 1), date(2026, 11, 1), "2026年10月"),
)
WORDS = {"321204": "姜堰区", "321283": "泰兴市", "residential": "住宅"}
WHOLE = Reported(("321204", "321283"), ("321204", "321283"))
LATE = Reported(("321283",), ("321204", "321283"), (("321204", date(2026, 10, 12)),))


def labels(_dim: str, members: Sequence[str]) -> dict[str, str]:
    return {member: WORDS.get(member, member) for member in members}


def answer(**changes) -> Answer:
    by_district: dict[Member, tuple[float | None, ...]] = {("321283",): (3.5, 4.25), ("321204",): (None, 0.0)}
    given = {
        "query": Query(("ZF02",), MONTHS, ("district",), Filter.of("321283", use="residential")),
        "series": {"ZF02": Series("ZF02", by_district)},
        "reported": (WHOLE, WHOLE),
        "as_of": date(2026, 10, 31),
        "watermark": date(2026, 10, 31),
        "demo": True,
    }
    return Answer(**{**given, **changes})


def test_long_has_a_row_for_each_month_and_district() -> None:
    table = from_answer(answer(), REGISTRY, labels)
    assert [column.heading for column in table.columns] == ["月份", "区市", "商品房网签面积（万㎡）"]
    assert [column.kind for column in table.columns] == ["month", "text", "number"]
    assert list(table.rows) == [
        [date(2026, 9, 1), "泰兴市", 3.5],
        [date(2026, 9, 1), "姜堰区", None],
        [date(2026, 10, 1), "泰兴市", 4.25],
        [date(2026, 10, 1), "姜堰区", 0.0],
    ]


def test_a_trend_has_a_column_for_each_district() -> None:
    table = from_answer(answer(), REGISTRY, labels, layout="by_period", chart="line")
    assert [column.zh for column in table.columns] == ["月份", "泰兴市", "姜堰区"]
    assert list(table.rows) == [[date(2026, 9, 1), 3.5, None], [date(2026, 10, 1), 4.25, 0.0]]
    assert table.chart == "line"


def test_a_comparison_has_a_column_for_each_period() -> None:
    table = from_answer(answer(), REGISTRY, labels, layout="by_member", chart="bar")
    assert [column.zh for column in table.columns] == ["区市", "2026年9月", "2026年10月"]
    assert list(table.rows) == [["泰兴市", 3.5, 4.25], ["姜堰区", None, 0.0]]


def test_an_undivided_total_is_one_column() -> None:
    total = answer(query=Query(("ZF02",), MONTHS), series={"ZF02": Series("ZF02", {(): (1.0, 2.0)})})
    table = from_answer(total, REGISTRY, labels, layout="by_period")
    assert [column.zh for column in table.columns] == ["月份", "商品房网签面积"]
    assert from_answer(total, REGISTRY, labels, layout="by_member").rows == [["合计", 1.0, 2.0]]


def test_a_chart_needs_one_heading_a_row() -> None:
    assert from_answer(answer(), REGISTRY, labels, layout="long", chart="column").chart is None


def test_a_rate_is_a_percent() -> None:
    rate = answer(
        query=Query(("ZF07-coverage",), MONTHS), series={"ZF07-coverage": Series("ZF07-coverage", {(): (98.5, None)})}
    )
    assert from_answer(rate, REGISTRY, labels).columns[-1].kind == "percent"


@pytest.mark.parametrize(
    ("buckets", "kind", "first"),
    [
        ((Bucket(date(2026, 10, 5), date(2026, 10, 6)),), "date", date(2026, 10, 5)),
        ((Bucket(date(2026, 12, 1), date(2027, 1, 1)),), "month", date(2026, 12, 1)),
        ((Bucket(date(2026, 1, 1), date(2026, 3, 1), "2026年1—2月"),), "text", "2026年1—2月"),
        ((Bucket(date(2026, 10, 5), date(2026, 10, 12)),), "text", "2026-10-05至2026-10-11"),
    ],
)
def test_periods_are_typed_where_they_can_be(buckets: tuple[Bucket, ...], kind: str, first: object) -> None:
    one = answer(query=Query(("ZF02",), buckets), series={"ZF02": Series("ZF02", {(): (1.0,)})}, reported=(WHOLE,))
    table = from_answer(one, REGISTRY, labels)
    assert (table.columns[0].kind, list(table.rows)[0][0]) == (kind, first)


def test_notes_say_all_that_a_quotation_needs() -> None:
    notes = dict(from_answer(answer(), REGISTRY, labels).notes.lines())
    assert notes["指标"] == "商品房网签面积（ZF02）"
    assert notes["单位"] == "万㎡"
    assert "撤销按撤销日以负数回冲" in notes["口径"]
    assert notes["公式"] == "Σ 网签面积 − Σ 撤销面积"
    assert notes["责任处室"] == "房地产市场监管处"
    assert notes["来源系统"] == "26 房产交易与网签备案系统"
    assert notes["期间"] == "2026年9月—2026年10月"
    assert notes["筛选"] == "区域：泰兴市；用途：住宅"
    assert notes["数据截至"] == "2026-10-31"
    assert notes["已报区市"] == "2/2"
    assert notes["数据性质"].startswith("演示数据")


def test_a_late_district_is_named_in_summary_and_notes() -> None:
    table = from_answer(answer(reported=(WHOLE, LATE)), REGISTRY, labels)
    assert table.notes.reported == "2026年10月 1/2（姜堰区报至 2026-10-12）"
    assert "已报 2026年10月 1/2" in table.summary


def test_an_open_period_and_a_filter_without_effect_are_remarked() -> None:
    series = {"ZF02": Series("ZF02", {(): (1.0, 2.0)}, ignored=("bank",))}
    table = from_answer(answer(series=series, as_of=date(2026, 10, 20)), REGISTRY, labels)
    assert table.notes.remarks == (
        "商品房网签面积 不适用此筛选：监管银行",
        "2026年10月 进行中，计至 2026-10-20",
    )


@dataclass(frozen=True)
class GridColumn:
    name: str
    zh: str
    kind: str
    decimals: int = 0


def test_rows_are_read_one_at_a_time_and_keep_their_types() -> None:
    columns = [
        GridColumn("no", "编号", "text"),
        GridColumn("area", "面积", "number"),
        GridColumn("booked_on", "备案日", "date"),
    ]
    taken = []

    def rows():
        for i in range(3):
            taken.append(i)
            yield {"id": i, "no": 3212, "area": Decimal("98.50"), "booked_on": date(2026, 10, 1)}

    table = from_rows(columns, rows(), title="明细", notes=Notes())
    assert taken == []
    assert next(iter(table.rows)) == ["3212", Decimal("98.50"), date(2026, 10, 1)]
    assert taken == [0]
    assert [(column.kind, column.decimals) for column in table.columns] == [("text", 0), ("number", 2), ("date", 0)]
