"""Numbers and dates as written."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from components import format as fmt


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (1234.5, 1, "1,234.5"),
        (None, 1, "—"),
        (-0.4, 1, "−0.4"),
        (-0.04, 1, "0.0"),
        (0, 0, "0"),
        (-1234567, 0, "−1,234,567"),
    ],
)
def test_numbers(value: float | None, decimals: int, text: str) -> None:
    assert fmt.number(value, decimals) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (999, "999"),
        (31806, "31,806"),
        (318060, "31.8 万"),
        (-318060, "−31.8 万"),
        (4.2e8, "4.2 亿"),
        (12.25, "12.2"),
        (None, "—"),
        (0, "0"),
    ],
)
def test_large_numbers_are_read_in_wan_and_yi(value: float | None, text: str) -> None:
    assert fmt.compact(value) == text


@pytest.mark.parametrize(("value", "text"), [(0.4, "+0.4"), (-1.9, "−1.9"), (0.0, "0.0"), (0.01, "0.0"), (None, "—")])
def test_differences_carry_their_sign(value: float | None, text: str) -> None:
    assert fmt.signed(value) == text


def test_arrows_say_the_direction_only() -> None:
    assert [fmt.arrow(value) for value in (1, -1, 0, None)] == ["▲", "▼", "–", ""]


def test_percent() -> None:
    assert fmt.percent(-6.24) == "−6.2%"
    assert fmt.percent(None) == "—"


def test_dates() -> None:
    day = date(2026, 11, 4)
    assert fmt.iso(day) == "2026-11-04"
    assert fmt.day(day) == "11 月 4 日"
    assert fmt.day(day, 2026) == "11 月 4 日"
    assert fmt.day(day, 2027) == "2026 年 11 月 4 日"
    assert fmt.month(day) == "2026 年 11 月"
    assert fmt.month(day, year=False) == "11 月"
    assert fmt.moment(datetime(2026, 11, 4, 9, 5)) == "09:05"
    assert [fmt.iso(None), fmt.day(None), fmt.month(None), fmt.moment(None)] == ["—"] * 4


@pytest.mark.parametrize(
    ("seconds", "text"), [(5, "5 秒"), (125, "2 分钟"), (3 * 3600 + 59, "3 小时"), (190_000, "2 天"), (-3, "0 秒")]
)
def test_ages(seconds: float, text: str) -> None:
    assert fmt.age(seconds) == text


def test_long_names_are_cut_by_their_width() -> None:
    assert fmt.shorten("海陵区", 3) == "海陵区"
    assert fmt.shorten("医药高新区（高港区）", 6) == "医药高新区…"
    assert fmt.ems("ab") == pytest.approx(1.16)


def test_a_figure_smaller_than_its_decimals_gets_more_and_whole_numbers_stay_whole() -> None:
    assert fmt.finer(1, [0.042, None]) == 3
    assert fmt.finer(1, [0.42]) == 2
    assert fmt.finer(1, [12.0, 0.01]) == 1
    assert fmt.finer(0, [0.3]) == 0
    assert fmt.finer(2, []) == 2
