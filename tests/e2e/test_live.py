"""Data that move under an open page, and figures that are taken home from it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZipFile

import openpyxl
import pytest
from pypdf import PdfReader
from sqlalchemy import select, update

from data.db import Database
from data.models import SalesContract
from data.platform import standard_registry
from data.semantic.rollup import change
from data.settings import Settings
from tests.e2e.conftest import Visit
from tests.support.site import Site
from tests.support.watch import CALLBACK, Watched

if TYPE_CHECKING:
    from playwright.sync_api import Request

pytestmark = pytest.mark.e2e

QUICK_POLL = """(() => {
    const later = window.setTimeout;
    window.setTimeout = (what, ms, ...more) => later(what, ms === 15000 ? 300 : ms, ...more);
})()"""
"""The page asks for new versions every quarter of a minute; here three times a second, by its own code."""


def test_a_write_reaches_the_open_page_without_a_reload(copied: Callable[..., Site], visit: Visit) -> None:
    site = copied()
    site.start()
    page = visit("/housing", site=site, script=QUICK_POLL)
    before, number, untouched = page.text("ZF02"), _number(page), page.text("ZF08")
    page.page.evaluate("window.sameDocument = true")
    _double_a_thousand_sales(site)
    page.until('before => document.getElementById(\'{"id":"ZF02","kind":"slot"}\').innerText !== before', before)
    page.drawn()
    assert number < _number(page) < 2 * number
    assert page.text("ZF08") == untouched
    assert page.page.evaluate("window.sameDocument")
    asked = [path for path in page.asked if path.startswith("/api/versions")]
    assert len(asked) >= 2


def test_what_the_page_asks_by_itself_is_nobody_being_there(copied: Callable[..., Site], visit: Visit) -> None:
    site = copied()
    site.start()
    page = visit("/indicator/ZF02", site=site, script=QUICK_POLL)
    asked: list[tuple[str, bool]] = []

    def note(request: Request) -> None:
        if CALLBACK in request.url:
            asked.append((request.post_data or "", "x-background" in request.headers))

    page.page.on("request", note)
    _double_a_thousand_sales(site)
    for _ in range(100):
        if any('"versions.data"' in body for body, _ in asked):
            break
        page.page.wait_for_timeout(100)
    page.drawn()
    assert any('"versions.data"' in body for body, _ in asked)
    assert all(by_itself for _, by_itself in asked), "the figures and the rows that follow"
    asked.clear()
    page.page.click("[data-action=theme]")
    page.drawn()
    assert asked
    assert not any(by_itself for _, by_itself in asked), "a person is there"


def _double_a_thousand_sales(site: Site) -> None:
    registry = standard_registry()
    database = Database(Settings(instance_path=site.instance).url)
    latest = select(SalesContract.id).where(SalesContract.market == "new").order_by(SalesContract.booked_on.desc())
    with database.write() as connection, change(connection, registry, (SalesContract,)) as touched:
        ids = connection.execute(latest.limit(1000)).scalars().all()
        touched.note(SalesContract, ids)
        doubled = (
            update(SalesContract)
            .where(SalesContract.id.in_(ids))
            .values(area_m2=SalesContract.area_m2 + SalesContract.area_m2)
        )
        connection.execute(doubled)
    database.dispose()


def _number(page: Watched) -> float:
    return float(page.slot("ZF02").locator(".figure-number").inner_text().replace(",", ""))


# --- exports ---------------------------------------------------------------------------------------------------


def test_a_figure_its_rows_and_the_page_are_downloaded_under_their_chinese_names(visit: Visit, tmp_path: Path) -> None:
    page = visit("/housing?r=321281")
    panel = page.slot("trend")
    found = {}
    for kind in ("PNG", "SVG", "CSV", "XLSX"):
        panel.locator(".menu > summary").click()
        found[kind] = _download(page, f'[id=\'{{"id":"trend","kind":"slot"}}\'] >> text=导出 {kind}', tmp_path)
    for kind, words in (("page", "导出工作簿"), ("PDF", "导出PDF")):
        page.page.click("text=导出本页")
        found[kind] = _download(page, f"text={words}", tmp_path)
    detail = visit("/indicator/ZF02?r=321281&view=rows")
    found["rows"] = _download(detail, ".rows-tools >> text=CSV", tmp_path)

    for what, path in found.items():
        assert re.match(r"(网签与批准预售|智慧住房|商品房网签面积)", path.name), (what, path.name)
        assert "演示数据" in path.name
    assert found["PNG"].read_bytes().startswith(b"\x89PNG")
    drawing = found["SVG"].read_text(encoding="utf-8")
    assert "网签与批准预售" in drawing
    assert "演示数据" in drawing
    for kind in ("CSV", "rows"):
        with ZipFile(found[kind]) as archive:
            tables = [archive.read(name) for name in archive.namelist() if name.endswith(".csv")]
        assert tables
        assert all(table.startswith(b"\xef\xbb\xbf") for table in tables)
    assert len(openpyxl.load_workbook(found["XLSX"]).sheetnames) == 2, "the table and its notes"
    assert len(openpyxl.load_workbook(found["page"]).sheetnames) > 12
    assert "智慧住房" in PdfReader(found["PDF"]).pages[0].extract_text()
    assert page.page.url.endswith("/housing?r=321281"), "the page stays as it was"


def _download(watched: Watched, link: str, folder: Path) -> Path:
    with watched.page.expect_download(timeout=60_000) as waiting:
        watched.page.click(link)
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path
