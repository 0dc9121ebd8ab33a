"""A clerk defends a figure: from the cockpit to the reason, to its district, to its rows, and into the report.

Every step is one that a reader takes by hand, and all must say the same: what the card states, the reason explains,
the rows add up to and the files carry.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pytest
from pypdf import PdfReader

from tests.e2e.conftest import Visit
from tests.support.watch import Watched

if TYPE_CHECKING:
    from playwright.sync_api import Locator

pytestmark = pytest.mark.e2e

AMOUNT = re.compile(r"−?\d[\d,]*(?:\.\d+)?")
COUNT = re.compile(r"([\d,]+) 条")
A4_WIDTH_PT = 595
SAID = "words => document.getElementById('said').textContent === words"
SUMMED = "() => (document.querySelector('.rows-foot') || {}).textContent.includes('行')"


def amount(words: str) -> float:
    """The first figure in ``words``."""
    found = AMOUNT.search(words)
    assert found is not None, words
    return float(found[0].replace(",", "").replace("−", "-"))


def click(watched: Watched, what: Locator) -> None:
    """Click ``what`` and wait until the page it leads to is drawn."""
    before = watched.page.url
    what.click()
    watched.until("before => location.href !== before", before)
    watched.drawn()


def saved(watched: Watched, what: Locator, folder: Path) -> Path:
    """Click ``what`` and keep the file that comes."""
    with watched.page.expect_download(timeout=90_000) as coming:
        what.click()
    target = folder / coming.value.suggested_filename
    coming.value.save_as(target)
    return target


def pasted(watched: Watched, part: str) -> str:
    """A part's sentence, copied in its menu and read back from the clipboard."""
    watched.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    slot = watched.slot(part)
    slot.locator(".menu > summary").click()
    slot.get_by_text("复制说明句", exact=True).click()
    watched.until(SAID, "说明句已复制")
    words: str = watched.page.evaluate("navigator.clipboard.readText()")
    return words


def test_from_the_card_to_the_reason_to_its_district_to_its_rows_and_into_the_report(
    visit: Visit, tmp_path: Path
) -> None:
    watched = visit("/housing?p=2026-10")
    page = watched.page
    stated = amount(watched.slot("ZF02").locator(".figure-number").first.inner_text())

    click(watched, page.locator("a[href^='/indicator/ZF02?']").first)
    reason = watched.slot("why").locator(".sentence").inner_text()
    assert amount(reason.partition("网签面积")[2]) == stated

    click(watched, watched.slot("why").get_by_text("用途", exact=True).first)
    assert "住宅" in watched.text("why")
    click(watched, watched.slot("why").get_by_text("区市", exact=True).first)
    assert pasted(watched, "why").startswith(reason)

    district = watched.slot("why").locator(".movers a").first
    name = district.inner_text()
    click(watched, district)
    assert name in page.locator(".crumbs").inner_text()
    there = amount(watched.slot("why").locator(".sentence").inner_text().partition("网签面积")[2])
    assert there < stated

    click(watched, page.locator(".tabs .segment", has_text="明细"))
    watched.until(SUMMED)
    head = page.locator(".rows-sum").inner_text()
    found = COUNT.search(head)
    assert found is not None
    assert amount(head.partition("合计")[2]) == there
    rows = read_rows(saved(watched, page.locator(".rows-tools").get_by_text("CSV"), tmp_path))
    assert len(rows) == int(found[1].replace(",", ""))
    assert sum(float(row["计入面积(㎡)"]) for row in rows) / 10_000 == pytest.approx(there, abs=0.006)


def test_the_whole_page_leaves_as_a_workbook_and_as_a_document(visit: Visit, tmp_path: Path) -> None:
    watched = visit("/housing?p=2026-10&r=321281")
    stated = watched.slot("ZF02").locator(".figure-number").first.inner_text()

    def export(word: str) -> Path:
        watched.page.locator("summary", has_text="导出本页").click()
        return saved(watched, watched.page.get_by_role("menuitem", name=word), tmp_path)

    book = openpyxl.load_workbook(export("工作簿"))
    index = [str(cell.value) for row in book.worksheets[0].iter_rows() for cell in row if cell.value is not None]
    assert any("兴化市" in words for words in index)
    linked = [cell.hyperlink.location for row in book.worksheets[0].iter_rows() for cell in row if cell.hyperlink]
    assert linked, "the index leads to its sheets"
    assert {place.split("!")[0].strip("'") for place in linked} <= set(book.sheetnames)
    values = [cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row]
    assert any(isinstance(value, float) and f"{value:.1f}" == stated for value in values)

    document = PdfReader(export("PDF"))
    text = "".join(sheet.extract_text() for sheet in document.pages)
    for words in ("智慧住房", "兴化市", "2026 年 10 月", "演示数据", stated):
        assert words in text
    assert all(sheet.mediabox.width == pytest.approx(A4_WIDTH_PT, abs=1) for sheet in document.pages)


def read_rows(archive: Path) -> list[dict[str, str]]:
    """The rows of an exported table, by their headings."""
    with zipfile.ZipFile(archive) as files:
        table = next(name for name in files.namelist() if name.endswith(".csv") and "说明" not in name)
        return list(csv.DictReader(io.TextIOWrapper(files.open(table), encoding="utf-8-sig")))
