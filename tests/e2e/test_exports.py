"""A clerk's figure in Word: copied in one click; and many rows, written while the clerk goes on working."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.conftest import Visit
from tests.support.site import Site
from tests.support.watch import Watched

pytestmark = pytest.mark.e2e

SAID = "words => document.getElementById('said').textContent === words"
KINDS = "async () => (await navigator.clipboard.read()).flatMap(item => item.types)"
READ = """async kind => {
  const blob = await (await navigator.clipboard.read())[0].getType(kind);
  return kind.startsWith("text") ? blob.text() : blob.size;
}"""
PLAIN_HTTP = "Object.defineProperty(window, 'isSecureContext', { get: () => false });"


def copy_from(watched: Watched, part: str, words: str, said: str) -> None:
    """Choose an entry of a part's menu, and wait for what is said of it."""
    watched.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    slot = watched.slot(part)
    slot.locator(".menu > summary").click()
    slot.get_by_text(words, exact=True).click()
    watched.until(SAID, said)


def test_a_figure_is_copied_as_picture_sentence_footnote_and_table(visit: Visit) -> None:
    watched = visit("/housing?r=321281")
    copy_from(watched, "trend", "复制图片", "图片已复制")
    assert watched.page.evaluate(KINDS) == ["image/png"]
    assert watched.page.evaluate(READ, "image/png") > 10_000
    copy_from(watched, "trend", "复制说明句", "说明句已复制")
    sentence = watched.page.evaluate(READ, "text/plain")
    assert "兴化市商品房网签面积" in sentence
    assert sentence.endswith("（演示数据，不得引用）")
    copy_from(watched, "ZF02", "复制脚注", "脚注已复制")
    footnote = watched.page.evaluate(READ, "text/plain")
    for words in ("单位万㎡", "数据截至 2", "区域：兴化市", "演示数据，不得引用"):
        assert words in footnote
    copy_from(watched, "ZF02", "复制表格", "表格已复制")
    assert sorted(watched.page.evaluate(KINDS)) == ["text/html", "text/plain"]
    assert watched.page.evaluate(READ, "text/plain").startswith("期间\t")


def test_every_menu_opens_within_the_screen(visit: Visit) -> None:
    watched = visit("/housing")
    for part in ("lead", "ZF02", "ZF08", "trend", "projects", "escrow", "price", "buyers", "tasks"):
        menu = watched.slot(part).locator(".menu")
        menu.locator("summary").click()
        box = menu.get_by_role("menu").bounding_box()
        assert box is not None
        assert box["x"] >= 0, part
        assert box["x"] + box["width"] <= 1366, part
        assert box["y"] >= 0, part
        assert box["y"] + box["height"] <= 768, part


def test_over_plain_http_text_is_copied_the_old_way(visit: Visit) -> None:
    watched = visit("/housing?r=321281", script=PLAIN_HTTP)
    copy_from(watched, "ZF02", "复制说明句", "说明句已复制")
    assert "兴化市商品房网签面积" in watched.page.evaluate("navigator.clipboard.readText()")
    with watched.page.expect_download() as saved:
        copy_from(watched, "trend", "复制图片", "此环境不能复制图片，已改为下载")
    assert saved.value.suggested_filename.endswith(".png")


@pytest.fixture(scope="module")
def busy(copied: Callable[..., Site]) -> Iterator[Site]:
    """A site where a hundred rows are many already."""
    site = copied(EXPORT_AT_ONCE="100")
    site.start()
    yield site
    site.stop()


def test_rows_are_written_while_one_goes_elsewhere(visit: Visit, busy: Site, tmp_path: Path) -> None:
    watched = visit("/indicator/ZF02?view=rows&p=2026-09", site=busy)
    watched.page.locator(".ag-header-cell[col-id=area_m2] .ag-header-cell-label").click()
    with watched.page.expect_response("**/export/jobs") as asked:
        watched.page.locator(".rows-tools").get_by_text("CSV").click()
    assert asked.value.status == 201
    watched.page.locator(".export-job").wait_for()
    watched.page.locator(".brand").click()
    watched.page.locator(".greeting").wait_for()
    watched.page.locator(".export-job.is-done").wait_for(timeout=60_000)
    with watched.page.expect_download() as saved:
        watched.page.locator(".export-job.is-done").get_by_text("下载").click()
    assert saved.value.suggested_filename.startswith("商品房网签面积明细（演示数据）_2026 年 9 月")
    saved.value.save_as(tmp_path / "rows.zip")
    with zipfile.ZipFile(tmp_path / "rows.zip") as archive:
        lines = io.TextIOWrapper(archive.open(archive.namelist()[0]), encoding="utf-8-sig").read().splitlines()
    at = lines[0].split(",").index("面积(㎡)")
    areas = [float(line.split(",")[at]) for line in lines[1:]]
    assert len(areas) > 100
    assert areas == sorted(areas), "as the grid was sorted"


def test_a_large_export_is_cancelled(visit: Visit, busy: Site) -> None:
    watched = visit("/indicator/ZF02?view=rows&p=2023-11-01..2026-10-31", site=busy)
    watched.page.locator(".rows-tools").get_by_text("XLSX").click()
    watched.page.locator(".export-job").first.get_by_text("取消").click()
    watched.page.locator(".export-job.is-cancelled").first.wait_for()
    watched.page.keyboard.press("Escape")
    assert watched.page.locator("#exports").is_hidden()
    watched.page.locator("[data-action=exports]").click()
    assert "已取消" in watched.page.locator(".export-job").first.inner_text()
