from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.ingest import cells
from data.ingest.cells import BLANK, NONE, CellError
from data.models.codes import ROW_KIND, SIZE_BAND, YES_NO

DAYS = st.dates(date(1950, 1, 1), date(2099, 12, 31))
WIDE = str.maketrans("0123456789.,-/", "０１２３４５６７８９．，－／")


@given(
    DAYS,
    st.sampled_from(
        [
            "{:%Y-%m-%d}",
            "{:%Y.%m.%d}",
            "{:%Y/%m/%d}",
            "{:%Y年%m月%d日}",
            "{:%Y%m%d}",
            "{0.year}.{0.month}.{0.day}",
            "{:%Y-%m-%d} 00:00:00",
        ]
    ),
    st.booleans(),
)
def test_every_writing_of_a_day_is_that_day(day, writing, wide):
    text = writing.format(day)
    assert cells.day(text.translate(WIDE) if wide else f" {text}　") == day


@given(DAYS)
def test_a_serial_and_a_date_cell_are_the_day(day):
    serial = (day - date(1899, 12, 30)).days
    assert cells.day(serial) == cells.day(float(serial)) == cells.day(str(serial)) == cells.day(serial + 0.75) == day
    assert cells.day(datetime(day.year, day.month, day.day, 13, 5)) == cells.day(day) == day


@given(DAYS)
def test_the_order_of_day_and_month_is_as_the_mapping_says(day):
    assert cells.day(f"{day:%d/%m/%Y}", "dmy") == cells.day(f"{day:%m/%d/%Y}", "mdy") == day
    with pytest.raises(CellError, match="先后"):
        cells.day(f"{day:%d/%m/%Y}")


@pytest.mark.parametrize(
    "text", ["2026-13-01", "2026年2月30日", "26.11.24", "十一月", "2026-11", 12, "99999", "18991231"]
)
def test_what_is_no_day_is_refused_with_a_remedy(text):
    with pytest.raises(CellError) as caught:
        cells.day(text)
    assert caught.value.reason
    assert "2026-11-24" in caught.value.remedy or "月和日" in caught.value.remedy


@given(st.decimals(-(10**12), 10**12, places=2), st.booleans(), st.booleans())
def test_a_number_survives_its_writings(value, wide, thousands):
    text = f"{value:,f}" if thousands else f"{value:f}"
    assert cells.number(text.translate(WIDE) if wide else text, 2) == value


@given(st.integers(-(10**9), 10**9))
def test_a_float_cell_is_what_excel_shows(hundredths):
    assert cells.number(hundredths / 100, 2) == Decimal(hundredths).scaleb(-2)


@pytest.mark.parametrize(
    ("text", "options", "expected"),
    [
        ("1.2万", {"base": "元"}, "12000"),
        ("3亿", {"base": "元"}, "300000000"),
        ("120.5万元", {"base": "元", "column_unit": "元"}, "1205000"),
        ("120.5", {"base": "元", "column_unit": "万元"}, "1205000"),
        ("88.5㎡", {"base": "㎡"}, "88.5"),
        ("88.5 平方米", {"base": "㎡"}, "88.5"),
        ("1,000 sqft", {"base": "㎡", "rounding": "half_up"}, "92.90"),
        ("2560", {"base": "㎡", "column_unit": "平方英尺", "rounding": "half_up"}, "237.83"),
        ("(1,234.00)", {}, "-1234"),
        ("￥１，２３４．５", {"base": "元"}, "1234.5"),
        ("2", {"times": Fraction(1, 4)}, "0.5"),
        ("0.005", {"rounding": "half_up"}, "0.01"),
        ("0.005", {"rounding": "half_even"}, "0.00"),
        ("1e3", {}, "1000"),
    ],
)
def test_units_and_suffixes(text, options, expected):
    assert cells.number(text, 2, **options) == Decimal(expected)


@pytest.mark.parametrize(
    ("text", "options", "reason"),
    [
        ("1.234", {}, "小数多于 2 位"),
        ("1.2万", {"base": "元", "column_unit": "万元"}, "无法判断大小"),
        ("12,34", {}, "千分位"),
        ("约90", {}, "不是数字"),
        ("90套", {"base": "㎡"}, "与本列"),
        (True, {}, "不是数字"),
        (date(2026, 1, 1), {}, "是日期"),
        (float("nan"), {}, "有限"),
        ("9" * 20, {}, "过大"),
    ],
)
def test_a_doubtful_number_is_refused(text, options, reason):
    with pytest.raises(CellError, match=reason):
        cells.number(text, 2, **options)


@given(st.one_of(st.text(max_size=20), st.floats(), st.integers(), st.dates(), st.booleans()))
def test_any_cell_is_read_or_refused_in_words(value):
    readings = (
        lambda: cells.number(value, 2, base="元"),
        lambda: cells.day(value),
        lambda: cells.code(value, YES_NO),
        lambda: cells.text(value, 20, key=True),
    )
    for reading in readings:
        assert all(refusal(reading))


def refusal(reading):
    """Reason and remedy of a refusal; True twice where there is none."""
    try:
        reading()
    except CellError as error:
        return error.reason, error.remedy
    return True, True


def test_blank_zero_and_dash_are_three_things():
    assert cells.nothing("") is cells.nothing("　 ") is cells.nothing(None) is BLANK
    assert all(cells.nothing(text) is NONE for text in ("—", "——", "-", "／", "无", "N/A"))
    assert cells.nothing(0) is None
    assert cells.nothing("０") is None
    assert cells.number("０", 2) == 0


@pytest.mark.parametrize(
    ("text", "code"), [("网签", "sign"), ("SIGN", "sign"), (" 撤 销 ", "cancel"), ("退房", "cancel")]
)
def test_words_codes_and_translations(text, code):
    assert cells.code(text, ROW_KIND, {"退房": "cancel"}) == code


@pytest.mark.parametrize("text", ["90—120㎡", "90-120平方米", "90～120 m2", "s90_120", "９０—１２０㎡"])
def test_bands_in_any_spelling(text):
    assert cells.code(text, SIZE_BAND) == "s90_120"


def test_yes_and_no_in_many_words():
    assert [cells.code(text, YES_NO) for text in ("√", "有", True, 1, "Y")] == ["yes"] * 5
    assert [cells.code(text, YES_NO) for text in ("×", "否", False, 0, "no")] == ["no"] * 5
    with pytest.raises(CellError, match="不在码表"):
        cells.code("也许", YES_NO)


def test_texts_keep_their_width_and_keys_lose_it():
    assert cells.text(" 医药高新区（高港区） ") == "医药高新区（高港区）"
    assert cells.text("ＷＱ ２０２６－０１", key=True) == "WQ2026-01"
    assert cells.text(1001.0, key=True) == "1001"
    with pytest.raises(CellError, match="超过 3 字"):
        cells.text("四个字了", 3)
