"""A drill-down in a reader's hands: a bar narrows the rows, rows are sorted and read on, and leave as a workbook."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from tests.e2e.conftest import Visit
from tests.support.watch import Watched

pytestmark = pytest.mark.e2e

COUNT = re.compile(r"([\d,]+) 条")
FIRST = ".ag-center-cols-container .ag-row[row-index='0']"


def mark(watched: Watched, part: str, what: str, index: int = 0) -> None:
    """Click a bar or a point of a part's chart."""
    shape = watched.slot(part).locator(what).nth(index)
    shape.scroll_into_view_if_needed()
    box = shape.bounding_box()
    assert box is not None
    before = watched.search()
    watched.page.mouse.click(box["x"] + min(8, box["width"] / 2), box["y"] + box["height"] / 2)
    watched.until("before => location.search !== before", before)
    watched.drawn()


def shown(watched: Watched, words: str) -> None:
    """Wait until the line under the rows says this."""
    watched.until("words => (document.querySelector('.rows-foot') || {}).textContent.includes(words)", words)


def count(watched: Watched) -> int:
    """How many rows the line above them states."""
    found = COUNT.search(watched.page.locator(".rows-sum").inner_text())
    assert found is not None
    return int(found[1].replace(",", ""))


def tab(watched: Watched, name: str) -> None:
    """Go to a tab of the page, by its word."""
    before = watched.search()
    watched.page.locator(".tabs .segment", has_text=name).click()
    watched.until("before => location.search !== before", before)
    watched.drawn()


def test_a_bar_and_a_point_narrow_the_rows_and_the_sum_is_stated(visit: Visit) -> None:
    watched = visit("/indicator/ZF02?p=2026-10")
    tab(watched, "明细")
    shown(watched, "行")
    whole = count(watched)
    assert "万㎡" in watched.page.locator(".rows-sum").inner_text()
    tab(watched, "概览")
    mark(watched, "why", ".barlayer .point path", 1)
    assert "r=3212" in watched.search()
    tab(watched, "明细")
    assert 0 < count(watched) < whole
    tab(watched, "概览")
    mark(watched, "series", ".scatterlayer .trace .points path", 3)
    assert "p=2026-10" not in watched.search()
    assert "r=3212" in watched.search()


def test_from_a_card_to_why_to_a_district_to_the_pivot_and_all_the_way_back(visit: Visit) -> None:
    watched = visit("/housing?p=2026-10")
    watched.page.locator("a[href^='/indicator/ZF02']").first.click()
    watched.page.locator(".page-title", has_text="ZF02").wait_for()
    watched.drawn()
    addresses = [watched.search()]

    def step(what: str, do: Callable[[], None], holds: str) -> None:
        do()
        watched.until("before => location.search !== before", addresses[-1])
        watched.drawn()
        addresses.append(watched.search())
        assert holds in addresses[-1], what

    page = watched.page
    step("split by use", lambda: watched.slot("why").get_by_text("用途", exact=True).first.click(), "why=use")
    assert "住宅" in watched.text("why")
    tab(watched, "拆分")
    addresses.append(watched.search())
    step("click a district", lambda: watched.slot("top-place").get_by_role("link", name="泰兴").click(), "r=321283")
    assert "泰兴市" in page.locator(".crumbs").inner_text()
    tab(watched, "透视")
    addresses.append(watched.search())
    step(
        "rows of projects",
        lambda: watched.slot("pivot").get_by_text("开发项目", exact=True).first.click(),
        "row=project",
    )
    assert "其余" in watched.text("pivot")
    assert watched.faults() == []
    for before in reversed(addresses[:-1]):
        page.go_back()
        watched.until("before => location.search === before", before)
        watched.drawn()
    assert "为什么变了" in page.locator(".body").inner_text()
    page.go_forward()
    watched.until("there => location.search === there", addresses[1])
    watched.drawn()
    assert "住宅" in watched.text("why")


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1920, 1080), (3840, 2160)])
@pytest.mark.parametrize("theme", ["dark", "light"])
def test_no_tab_is_cut_or_overlaps(visit: Visit, width: int, height: int, theme: str) -> None:
    faults = {}
    for address in ("ZF04?view=split", "ZF03?view=pivot", "ZF02?view=places", "ZF02?view=rows", "ZF03?why=project"):
        watched = visit(f"/indicator/{address}", width=width, height=height, theme=theme)
        faults[address] = watched.faults()
    assert not any(faults.values()), faults


def test_rows_are_sorted_by_the_server_and_read_on_by_scrolling(visit: Visit) -> None:
    watched = visit("/indicator/ZF02?p=2026&view=rows")
    shown(watched, "第 100 行")
    watched.page.locator(".ag-header-cell[col-id=area_m2] .ag-header-cell-label").click()
    watched.until(
        "first => parseFloat(document.querySelector(first).textContent.replace('−', '-')) < 0",
        f"{FIRST} [col-id=area_m2]",
    )
    watched.page.locator(".ag-body-viewport").evaluate("rows => rows.scrollTop = rows.scrollHeight")
    shown(watched, "第 200 行")
    watched.page.locator(".ag-header-cell[col-id=row_kind] .ag-header-cell-filter-button").click()
    watched.page.locator(".ag-filter-select").click()
    watched.page.get_by_role("option", name="撤销").click()
    watched.page.get_by_role("button", name="确定").click()
    shown(watched, "表内筛选后")
    kinds = watched.page.locator(".ag-center-cols-container .ag-row [col-id=row_kind]").all_inner_texts()
    assert set(kinds) == {"撤销"}


def test_a_project_in_a_row_becomes_a_chip_and_goes_again(visit: Visit) -> None:
    watched = visit("/indicator/ZF02?p=2026&view=rows")
    shown(watched, "行")
    whole = watched.page.locator(".rows-sum").inner_text()
    name = watched.page.locator(f"{FIRST} a").inner_text()
    watched.page.locator(f"{FIRST} a").click()
    watched.page.locator(".chip", has_text=name).wait_for()
    watched.drawn()
    shown(watched, "行")
    assert set(watched.page.locator(".ag-center-cols-container .ag-row a").all_inner_texts()) == {name}
    watched.page.locator(".chip", has_text=name).click()
    watched.until("whole => document.querySelector('.rows-sum').textContent === whole", whole)


def test_all_rows_leave_as_a_workbook(visit: Visit, tmp_path: Path) -> None:
    watched = visit("/indicator/ZF09?view=rows")
    shown(watched, "已全部显示")
    with watched.page.expect_download() as waiting:
        watched.page.locator(".rows-tools").get_by_text("XLSX").click()
    waiting.value.save_as(tmp_path / "rows.xlsx")
    book = openpyxl.load_workbook(tmp_path / "rows.xlsx", read_only=True)
    cells = [cell for row in book.worksheets[0].iter_rows(values_only=True) for cell in row if cell is not None]
    assert watched.page.locator(f"{FIRST} a").inner_text() in cells


def test_a_clerk_opens_at_his_own_district_and_another_is_refused_quietly(visit: Visit) -> None:
    own = visit("/indicator/ZF03", role="district")
    assert "兴化" in own.page.locator(".crumbs").inner_text()
    other = visit("/indicator/ZF03?r=321283", role="district")
    assert "不在您的辖区内" in other.page.locator("body").inner_text()
    assert "编号" not in other.page.locator("body").inner_text()


def test_a_code_that_nobody_declared_is_not_found(visit: Visit) -> None:
    watched = visit("/indicators", expected=(404,))
    answer = watched.page.goto(watched.url + "/indicator/ZF99")
    assert answer is not None
    assert answer.status == 404


def test_the_catalogue_is_searched_and_what_was_opened_is_remembered(visit: Visit) -> None:
    watched = visit("/indicators")
    watched.page.fill("#catalogue-search", "去化")
    assert watched.page.locator("#catalogue-count").inner_text() != "共 22 个指标"
    watched.page.get_by_role("link", name="去化周期", exact=True).click()
    watched.page.locator(".page-title", has_text="ZF05").wait_for()
    watched.drawn()
    watched.page.locator(".brand").click()
    watched.page.locator("#recent a", has_text="去化周期").wait_for()
    assert "/indicator/ZF05" in str(watched.page.locator("#recent a").first.get_attribute("href"))


def test_a_company_sees_no_figure_of_the_city(visit: Visit) -> None:
    watched = visit("/", role="company")
    assert "企业账号暂无可看的指标" in watched.page.locator("body").inner_text()
    assert watched.page.locator(".plot, .figure-number").count() == 0
