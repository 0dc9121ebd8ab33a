"""A target is set on its page, and the figure that it judges says so; a filled-in template does the same for many."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from tests.e2e.conftest import Visit
from tests.e2e.test_live import QUICK_POLL
from tests.support.site import Site
from tests.support.watch import Watched

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def site(copied: Callable[..., Site]) -> Site:
    """A city of one's own: targets are changed."""
    made = copied()
    made.start()
    return made


def ahead(page: Watched) -> float:
    """What the housing page says of how far delivery is ahead of the calendar."""
    found = re.search(r"(快|慢) ([\d.]+) 点", page.page.locator(".panel", has_text="保交房交付").inner_text())
    assert found is not None
    return float(found[2]) * (1 if found[1] == "快" else -1)


def test_an_edited_target_moves_the_figure_on_an_open_page(site: Site, visit: Visit) -> None:
    seen = visit("/housing", site=site, script=QUICK_POLL)
    before = ahead(seen)
    page = visit("/targets", role="writer", site=site)
    page.page.get_by_role("button", name="修改保交房交付率目标").first.click()
    page.page.locator("#goal-value").fill("五十")
    page.page.locator("#goal-save").click()
    page.page.get_by_text("“五十”不是数字").wait_for()
    page.page.locator("#goal-value").fill("５０")
    page.page.locator("#goal-source").fill("泰建发〔2026〕12 号")
    page.page.locator("#goal-save").click()
    page.page.get_by_text("● 已更改").wait_for()
    assert page.faults() == []
    log = page.page.locator(".goals-log li").first.inner_text()
    assert "100" in log
    assert "50 %" in log
    assert "演示文员 · 页面" in log
    seen.until("before => !document.body.innerText.includes(before)", f"{abs(before):.1f} 点")
    seen.drawn()
    # Half the target is due at half the pace: what was due by now has halved.
    assert ahead(seen) > before + 20
    shown = visit("/indicator/ZF10?p=ytd", site=site)
    assert f"快 {ahead(seen):.1f} 点" in shown.page.inner_text(".course-head")
    assert "泰建发〔2026〕12 号" in shown.page.inner_text(".meaning")
    shown.page.get_by_role("link", name="目标与进度").click()
    shown.page.locator(".goals .is-lit").wait_for()
    assert shown.page.locator(".goals button").count() == 0


def test_a_filled_in_template_comes_back_row_by_row(site: Site, visit: Visit, tmp_path: Path) -> None:
    page = visit("/targets", role="writer", site=site)
    with page.page.expect_download() as waiting:
        page.page.get_by_role("link", name="模板").click()
    path = tmp_path / "目标.xlsx"
    waiting.value.save_as(path)
    book = openpyxl.load_workbook(path)
    year = book["目标"]["C2"].value
    book["目标"].append(["ZF10", "泰兴", year, "９７", "泰建发〔2026〕13 号"])
    book["目标"].append(["ZF10", "泰兴", "明年", 97, None])
    book.save(path)
    page.page.locator("#targets-file input[type=file]").set_input_files(path)
    page.page.locator("#targets-land").wait_for()
    preview = page.page.locator(".goals-preview").inner_text()
    assert "“明年”不是年份" in preview
    assert "没有填写依据" in preview
    assert page.faults() == []
    page.page.get_by_role("button", name="只写入无误的 1 项").click()
    page.page.get_by_text("目标.xlsx 已写入：新增 1").wait_for()
    assert "97 %" in page.page.locator(".goals-log li").first.inner_text()
