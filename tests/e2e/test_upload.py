"""A clerk's workbook, from the upload page to the receipt, and back again."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pytest

from tests.data.ingest.files import PROJECTS, SALES, csv_file, sale
from tests.data.ingest.test_run import clerk_workbook
from tests.support.browser import until
from tests.support.site import Site
from tests.support.visit import log_in

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

pytestmark = pytest.mark.e2e
PASSWORD = "Long-enough-1"
SHOTS = os.environ.get("SHOTS")


@pytest.fixture(scope="module")
def site(start_site: Callable[..., Site]) -> Site:
    """A real site without data, a writer, and a clerk of 泰兴市."""
    site = start_site(DEMO="false", NEW_USER_PASSWORD=PASSWORD)
    site.flask("user", "create", "--username", "writer", "--name", "王文", "--role", "writer")
    site.flask(
        "user", "create", "--username", "taixing", "--name", "丁泰", "--role", "district", "--district", "321283"
    )
    site.flask("user", "create", "--username", "leader", "--name", "李局", "--role", "leader")
    return site


@pytest.fixture
def visit(context: BrowserContext, site: Site) -> Iterator[Callable[..., Page]]:
    """Opens the upload page as somebody; a console error or a request to elsewhere fails the test."""
    said: list[str] = []

    def open_as(username: str, path: str = "/data/upload") -> Page:
        context.clear_cookies()
        context.add_cookies(log_in(site.url, username, PASSWORD).browser_cookies())  # type: ignore[arg-type]
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        page.on("request", lambda sent: said.append(sent.url) if not sent.url.startswith((site.url, "data:")) else None)
        page.goto(site.url + path)
        return page

    yield open_as
    assert said == []


def shot(page: Page, name: str) -> None:
    """Pictures to look at, in both themes and two sizes, where SHOTS names a folder."""
    if not SHOTS:
        return
    for width, height in ((1366, 768), (1920, 1080)):
        page.set_viewport_size({"width": width, "height": height})
        for theme in ("dark", "light"):
            page.evaluate("theme => document.documentElement.setAttribute('data-bs-theme', theme)", theme)
            page.wait_for_timeout(200)
            page.screenshot(path=f"{SHOTS}/{name}-{width}-{theme}.png", full_page=True)


def choose(page: Page, path: Path, dataset: str = "sales_contract") -> None:
    """Choose the data set and the file."""
    page.locator(f"input[value={dataset}]").check()
    page.locator("#upload-file input[type=file]").set_input_files(path)
    page.locator("#upload-look").wait_for()


def figures(page: Page) -> list[int]:
    """The six figures of the equation: read, landed, corrected, unchanged, quarantined, skipped."""
    return [int(text.replace(",", "")) for text in page.locator(".upload-number b").all_inner_texts()]


def test_a_clerks_workbook_lands_exactly_its_good_rows(visit: Callable[..., Page], site: Site, tmp_path: Path) -> None:
    page = visit("writer")
    page.locator("#upload-file").wait_for()
    shot(page, "1-choose")
    choose(page, clerk_workbook(tmp_path / "三月成交.xlsx"))
    page.locator(".upload-preview").wait_for()
    assert figures(page) == [11, 4, 0, 0, 2, 5]
    bad = page.locator(".upload-preview .is-bad")
    assert bad.all_inner_texts() == ["三月五日", "—"]
    assert "“三月五日”不是日期" in (bad.first.get_attribute("title") or "")
    shot(page, "2-look")
    page.locator("#upload-complete").fill("2026-03-31")
    page.locator("#upload-confirm").click()
    page.get_by_text("批次 1 回执").wait_for()
    assert figures(page) == [11, 4, 0, 0, 2, 5]
    shot(page, "3-receipt")

    with page.expect_download() as waiting:
        page.get_by_role("link", name="下载退回的行").click()
    returned = tmp_path / "退回.xlsx"
    waiting.value.save_as(returned)
    book = openpyxl.load_workbook(returned)
    sheet = book.active
    column = [cell.value for cell in sheet[1]]
    assert sheet.max_row == 3
    assert "不是日期" in sheet.cell(2, 1).value
    sheet.cell(2, column.index("网签日") + 1, "2026-03-05")
    sheet.cell(3, column.index("房屋情况/建筑面积(㎡)") + 1, "88")
    book.save(returned)

    page.get_by_role("link", name="继续上传").click()
    page.locator("#upload-file").wait_for()
    choose(page, returned)
    page.locator(".upload-preview").wait_for()
    assert figures(page) == [3, 2, 0, 0, 0, 1]
    page.locator("#upload-complete").fill("2026-03-31")
    page.locator("#upload-confirm").click()
    page.get_by_text("批次 2 回执").wait_for()
    page.on("dialog", lambda dialog: dialog.accept())
    page.locator("#upload-undo").click()
    page.get_by_text("已撤销：删除 2 行").wait_for()
    page.reload()
    page.locator(".definition").get_by_text("已撤销").wait_for()
    assert until(page, "() => document.documentElement.scrollWidth <= window.innerWidth")


def test_a_mapping_is_mended_on_the_page(visit: Callable[..., Page], tmp_path: Path) -> None:
    row = [value for name, value in zip(SALES, sale(71, area=88), strict=True) if name != "市场"]
    headings = [
        "某某面积" if name == "面积(㎡)" else "甲" if name == "金额(元)" else name for name in SALES if name != "市场"
    ]
    page = visit("writer")
    choose(page, csv_file(tmp_path / "b.csv", headings, [row]))
    page.get_by_text("还不能核对").wait_for()
    shot(page, "4-blocked")
    page.locator("tr", has_text="甲").locator("select").first.select_option("amount_yuan")
    page.locator(".upload-constants label", has_text="市场").locator("select").wait_for()
    page.locator(".upload-constants label", has_text="市场").locator("select").select_option("new")
    page.locator("#upload-confirm").wait_for()
    assert figures(page) == [2, 1, 0, 0, 0, 1]


def test_others_drafts_and_other_roles_see_nothing(visit: Callable[..., Page], site: Site, tmp_path: Path) -> None:
    page = visit("writer")
    choose(page, csv_file(tmp_path / "c.csv", SALES, [sale(72), sale(73, region="靖江市")]))
    address = page.url.removeprefix(site.url)
    page = visit("taixing", address)
    page.get_by_text("这份草稿不存在或已过期").wait_for()
    assert page.request.get(f"{site.url}/data/quarantine/1.xlsx").status == 404
    page = visit("leader")
    page.get_by_text("本账号不能上传数据").wait_for()
    assert page.request.get(f"{site.url}/data/template/sales_contract.xlsx").status == 403
    page = visit("taixing")
    choose(page, tmp_path / "c.csv")
    page.locator(".upload-preview").wait_for()
    assert figures(page) == [3, 1, 0, 0, 1, 1]
    page.get_by_text("“靖江市”不在本账号的范围内").first.wait_for()


def test_a_template_is_downloaded_and_taken_again(visit: Callable[..., Page], tmp_path: Path) -> None:
    page = visit("writer")
    with page.expect_download() as waiting:
        page.locator("a[href='/data/template/development_project.xlsx']").click()
    path = tmp_path / "t.xlsx"
    waiting.value.save_as(path)
    book = openpyxl.load_workbook(path)
    sheet = book["数据"]
    head = {cell.value: cell.column for cell in sheet[1]}
    row = ["KF9", "甲花园", "2026-01-01", "", "", "非任务", "否", "未列入", "1000000", "泰兴市"]
    for name, value in zip(PROJECTS, row, strict=True):
        sheet.cell(3, head[name], value)
    book.save(path)
    choose(page, path, "development_project")
    page.locator(".upload-preview").wait_for()
    assert figures(page) == [3, 1, 0, 0, 0, 2]
