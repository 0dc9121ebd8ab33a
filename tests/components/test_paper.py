"""A page on paper: A4, text that is text, the stamp and the page's number on each, definitions once, nothing cut."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from pypdf import PdfReader

from components.figures import lines
from components.figures.base import Series
from components.paper import MOST_ROWS, Paper, Shown
from components.picture import Painter
from components.picture_frame import Caption
from components.theme import theme
from data.export.pdf_file import finished
from data.export.table import Cell, Column, Definition, Notes, Table
from data.export.xlsx_file import Failed

A4_PT = (595.0, 842.0)
NOTES = Notes(
    period="2026 年 10 月",
    filters="区域：全市",
    source="26 房产交易与网签备案系统",
    as_of=date(2026, 10, 31),
    reported="2026 年 10 月 5/6（海陵区报至 2026-10-21）",
    whole=False,
    demo=True,
    definitions=(Definition("ZF02", "商品房网签面积", "万㎡", "网签备案面积之和", "Σ 面积", "市场处"),),
    by="李四",
    at=datetime(2026, 11, 24, 6, 5, tzinfo=UTC),
)
DAYS = [date(2026, 10, day) for day in range(1, 31)]
CHART = lines([*DAYS], [Series("网签面积", [*range(30)], strong=True)], theme=theme("print"), unit="万㎡")


def shown(title: str, rows: list[list[Cell]], *, chart: bool = False, card: bool = False) -> Shown:
    columns = (Column("区市"), Column("面积", "number", 1, "万㎡"), Column("同比", "number", 1, "%"))
    table = Table(title, columns, rows, NOTES)
    return Shown(CHART if chart else None, table, Caption.of(table), lambda: f"{title}的说明句。", card)


FIGURES: tuple[Shown | Failed, ...] = (
    shown("溱潼走势", [["兴化", 1.5, 2.0]], chart=True),
    shown("卡片甲", [["2026 年 10 月", 1264.1, -5.7]], card=True),
    shown("卡片乙", [["2026 年 10 月", None, None]], card=True),
    shown("<script>名单</script>", [[f"项目{i}", float(i), None] for i in range(MOST_ROWS + 5)]),
    Failed("库存", "出错：计算超过 3 秒"),
    *(shown(f"走势{i}", [["兴化", 1.5, 2.0]], chart=True) for i in range(4)),
)
PAPER = Paper("智慧住房", FIGURES, replace(NOTES, definitions=()))


def test_the_document_has_no_script_and_asks_for_nothing() -> None:
    html = PAPER.html(["<svg></svg>"] * 5)
    assert "<script" not in html
    assert "&lt;script&gt;名单" in html
    assert not re.search(r"(src|href|url)\s*[=(]", html)


def test_each_definition_stands_once_and_is_referred_to() -> None:
    html = PAPER.html(["<svg></svg>"] * 5)
    assert html.count("网签备案面积之和") == 1
    assert html.count("<sup>[1]</sup>") == 8


def test_what_is_less_than_nothing_has_a_true_minus() -> None:
    assert "<b>−5.7" in PAPER.html(["<svg></svg>"] * 5)


def test_what_failed_and_what_is_missing_is_said() -> None:
    html = PAPER.html(["<svg></svg>"] * 5)
    assert "出错：计算超过 3 秒" in html
    assert "<b>—</b> 万㎡" in html
    assert f"只印前 {MOST_ROWS} 行" in html
    assert f"项目{MOST_ROWS}<" not in html


@pytest.fixture(scope="module")
def printed(chromium: str) -> Iterator[PdfReader]:
    painter = Painter(chromium)
    yield PdfReader(io.BytesIO(finished(painter.paper(PAPER.plots, PAPER.html, PAPER.foot), PAPER.about)))
    painter.close()


def text(printed: PdfReader) -> list[str]:
    return ["".join(page.extract_text().split()) for page in printed.pages]


def test_pages_are_a4_and_say_which_they_are(printed: PdfReader) -> None:
    count = len(printed.pages)
    assert count > 3
    for i, (page, words) in enumerate(zip(printed.pages, text(printed), strict=True), 1):
        assert (float(page.mediabox.width), float(page.mediabox.height)) == pytest.approx(A4_PT, abs=1.5)
        assert f"第{i}页，共{count}页" in words
        assert "演示数据，不得引用" in words


def test_text_is_text_and_chinese_is_right(printed: PdfReader) -> None:
    first, whole = text(printed)[0], "".join(text(printed))
    for words in (
        "智慧住房",
        "2026年10月",
        "区域：全市",
        "2026-10-31",
        "5/6（海陵区报至2026-10-21）",
        "李四2026-11-2414:05",
    ):
        assert words in first
    for words in ("溱潼走势", "1,264.1万㎡", "走势3的说明句。", "项目199", "市场处"):
        assert words in whole
    assert "网签面积29" in whole, "words in charts are text too"


def test_fonts_are_embedded_and_charts_are_drawn_not_photographed(printed: PdfReader) -> None:
    pages: list[Any] = list(printed.pages)
    for font in [font.get_object() for page in pages for font in page["/Resources"]["/Font"].values()]:
        parts = [part.get_object() for part in font.get("/DescendantFonts", [font])]
        assert all("/CharProcs" in part or "/FontFile2" in part["/FontDescriptor"] for part in parts)
        assert "/ToUnicode" in font
    assert not any(page.images for page in printed.pages)


def test_the_file_says_what_it_is(printed: PdfReader) -> None:
    assert printed.metadata is not None
    assert (printed.metadata.title, printed.metadata.author) == ("智慧住房", "李四")
    assert printed.metadata.subject == "演示数据，不得引用"
    assert printed.outline, "figures are bookmarks"


def test_no_chart_is_cut_by_the_end_of_a_page(printed: PdfReader) -> None:
    for i in range(4):
        (found,) = [words for words in text(printed) if f"走势{i}[1]" in words]
        assert f"走势{i}的说明句。" in found, "its sentence stands below the chart, on the same page"
