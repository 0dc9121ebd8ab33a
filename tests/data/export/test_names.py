"""Names of files: readable, safe on every system, never longer than a file system takes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.http import parse_options_header

from data.export.names import content_disposition, file_stem

AT = datetime(2026, 11, 24, 6, 5, 9, tzinfo=UTC)


def test_title_period_and_shanghai_time() -> None:
    assert file_stem("商品房网签面积", "2026年10月", AT) == "商品房网签面积_2026年10月_20261124-140509"


def test_demonstration_data_say_so_even_in_a_long_name() -> None:
    assert file_stem("网签", "2026年10月", AT, demo=True) == "网签（演示数据）_2026年10月_20261124-140509"
    stem = file_stem("很长的标题" * 60, "2026年10月", AT, demo=True)
    assert "（演示数据）" in stem
    assert len(stem.encode()) <= 180


def test_without_a_period() -> None:
    assert file_stem("明细", "", AT) == "明细_20261124-140509"


@pytest.mark.parametrize("title", ["CON", "con.txt", "LPT1.x", "com¹.x"])
def test_names_that_windows_keeps_for_itself_are_changed(title: str) -> None:
    assert file_stem(title, "", AT).split(".")[0].casefold() not in {"con", "lpt1", "com¹"}


def test_an_overlong_title_gives_way() -> None:
    stem = file_stem("很长的标题" * 60, "2026年10月", AT)
    assert len(stem.encode()) <= 180
    assert stem.endswith("_2026年10月_20261124-140509")


@given(st.text(), st.text())
def test_any_words_make_a_safe_name(title: str, period: str) -> None:
    stem = file_stem(title, period, AT)
    assert stem.endswith("20261124-140509")
    assert not set(stem) & set('<>:"/\\|?*')
    assert stem.isprintable()
    assert not stem.startswith((" ", ".", "-"))
    assert len(stem.encode()) <= 181


@given(st.text(min_size=1))
def test_the_header_carries_the_true_name(title: str) -> None:
    name = f"{file_stem(title, '2026年10月', AT)}.xlsx"
    header = content_disposition(name)
    assert header.isascii()
    disposition, options = parse_options_header(header)
    assert disposition == "attachment"
    assert options["filename"] == name


def test_an_old_program_gets_an_ascii_name_with_the_right_ending() -> None:
    assert 'filename="export.xlsx"' in content_disposition("明细.xlsx")
    assert 'filename="ZF02_20261124-140509.zip"' in content_disposition("ZF02网签_20261124-140509.zip")
