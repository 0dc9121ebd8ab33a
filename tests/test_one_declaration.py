"""One declaration is all that a new figure takes: it is listed, opened, told by its rows, exported, put on a page."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from flask import Flask

from components.board.cards import cards
from components.board.page import add_board
from data.cubes import property_market as m
from data.platform import standard_registry
from data.semantic.spec import I
from pages import housing
from tests.support.pages import filled_site, opened, signed_in

CODE = "ZX01"
MEAN_SIZE = I(
    CODE,
    "套均可售面积",
    "Mean size of a unit on sale",
    "㎡",
    "当日可售房屋的平均面积。",
    m.inventory_area / m.inventory_units,
    better="neutral",
    owner="房地产市场监管处",
    formula="Σ 可售面积 ÷ 可售套数",
    decimals=1,
    rows=("project_name", "unit_no", "use", "area_m2", "sale_open_on"),
)


@pytest.fixture(scope="module")
def server(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    registry = standard_registry()
    registry.add(MEAN_SIZE)
    server = filled_site(sqlite_template, tmp_path_factory.mktemp("declared"), registry)
    app = server.extensions["dash_app"]
    strip = replace(housing.BOARD, name="trial", path="/trial", parts=cards(*housing.CARDS, CODE))
    add_board(app, server.extensions["platform"], strip)
    yield server
    server.extensions["platform"].db.dispose()


def test_the_command_line_lists_it(server: Flask) -> None:
    listed = server.test_cli_runner().invoke(args=["indicators", "list"]).output
    assert "\t".join((CODE, "套均可售面积", "㎡", "比率", "房地产市场监管处")) in listed


def test_the_catalogue_has_it_and_leads_to_it(server: Flask) -> None:
    page = opened(signed_in(server), "/indicators")
    assert MEAN_SIZE.definition in page
    assert f'"/indicator/{CODE}"' in page


def test_its_own_page_says_what_it_is_and_how_its_rows_make_it(server: Flask) -> None:
    client = signed_in(server)
    told = {
        "": (MEAN_SIZE.definition, MEAN_SIZE.formula, "走势", "为什么变了"),
        "split": ("按区市", "按用途", "按开发项目", "权重"),
        "pivot": ("透视", "整体"),
        "places": ("区市对比", "虚线为全市"),
        "rows": ("条，", " ÷ "),
    }
    for tab, words in told.items():
        page = opened(client, f"/indicator/{CODE}", p="2026-10", **({"view": tab} if tab else {}))
        for word in ("套均可售面积", *words):
            assert word in page, (tab, word)
        assert "编号" not in page  # under which an error would be in the log


def test_its_figure_and_its_rows_leave_as_workbooks(server: Flask) -> None:
    client = signed_in(server)
    figure = client.get(f"/export/indicator/{CODE}.xlsx?p=2026-10", buffered=True)
    assert figure.status_code == 200
    assert "套均可售面积" in _text(figure.data)
    rows = client.get(f"/export/rows/{CODE}.xlsx?p=2026-10", buffered=True)
    assert rows.status_code == 200
    text = _text(rows.data)
    assert "计入面积" in text
    assert MEAN_SIZE.definition in text


def test_one_word_in_the_list_of_a_page_puts_it_there(server: Flask) -> None:
    page = opened(signed_in(server), "/trial")
    assert f"/indicator/{CODE}" in page
    assert "套均可售面积" in page


def _text(data: bytes) -> str:
    book = openpyxl.load_workbook(io.BytesIO(data))
    return "\n".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell)
