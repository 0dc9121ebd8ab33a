"""The self-check's page: for whom it is, and what it says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from dash import html
from flask import Flask
from sqlalchemy import insert

from components import check
from data import clock
from data.access.accounts import create_user
from data.coverage import forget, mark_complete
from data.models import Target
from data.platform import standard_registry
from data.selfcheck.findings import Finding, Result
from data.selfcheck.reported import Place, Source
from tests.components.test_parts import words
from tests.support.pages import PASSWORD, filled_site, opened, signed_in

NOW = date(2026, 11, 21)


@pytest.fixture(scope="module")
def site(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """A site whose sales lack a district's June, with a target of nothing."""
    with clock.moved(to=NOW):
        server = filled_site(sqlite_template, tmp_path_factory.mktemp("check"))
        with server.extensions["platform"].db.write() as connection:
            create_user(connection, "steward", "周工", "steward", PASSWORD)
            create_user(connection, "admin", "吴工", "admin", PASSWORD)
            create_user(connection, "local", "兴化周工", "steward", PASSWORD, district="321281")
            forget(connection, "sales_contract")
            others = ("321202", "321203", "321281", "321282", "321283")
            mark_complete(connection, "sales_contract", others, date(2025, 1, 1), date(2026, 11, 20), demo=False)
            mark_complete(connection, "sales_contract", ("321204",), date(2025, 1, 1), date(2026, 5, 31), demo=False)
            mark_complete(connection, "sales_contract", ("321204",), date(2026, 7, 1), date(2026, 11, 20), demo=False)
            row = {"indicator": "XX99", "district_id": "321200", "year": 2026, "value": 1.0, "source": "测试"}
            connection.execute(insert(Target), [row])
        yield server


@pytest.mark.parametrize("account", ["steward", "admin"])
def test_who_mends_sees_what_needs_a_hand_and_what_is_in_order(site: Flask, account: str) -> None:
    page = opened(signed_in(site, account), check.PATH)
    assert "姜堰区漏报 2026-06-01 至 2026-06-30，共 30 天" in page
    assert "2026 年目标所属的指标不存在" in page
    assert page.index("目标所属的指标不存在") < page.index("漏报 2026-06-01"), "the gravest first"
    assert "无异常的检查" in page
    assert "2 条限值都有对应指标" in page
    assert '"/check?check=gaps"' in page


def test_one_check_alone(site: Flask) -> None:
    page = opened(signed_in(site, "steward"), check.PATH, check="gaps")
    assert "姜堰区漏报" in page
    assert "目标所属的指标不存在" not in page


def test_the_board_of_sources(site: Flask) -> None:
    page = opened(signed_in(site, "steward"), check.PATH, view="sources")
    assert "缺 06-01 至 06-30" in page
    assert "房地产开发项目" in page
    assert "每周" in page
    assert "姜堰区漏报" not in page


@pytest.mark.parametrize("account", ["leader", "clerk", "firm", "local"])
def test_nobody_else_sees_it_nor_is_led_there(site: Flask, account: str) -> None:
    client = signed_in(site, account)
    page = opened(client, check.PATH)
    assert "本账号不能查看指标自检" in page
    assert "漏报" not in page
    if account != "local":
        assert '"href": "/check"' not in opened(client, "/")


def test_anonymous_is_sent_to_the_door(site: Flask) -> None:
    answer = site.test_client().get(check.PATH, headers={"Accept": "text/html", "Sec-Fetch-Dest": "document"})
    assert (answer.status_code, answer.location.split("?")[0]) == (303, "/login")


# --- parts -----------------------------------------------------------------------------------------------------


def test_nothing_to_mend_is_said() -> None:
    quiet = [Result("a", "甲", (), "看过了")]
    said = words(html.Div(check.faults(quiet, standard_registry(), "")))
    assert "没有需要处理的" in said
    assert "看过了" in said


def test_an_indicator_is_a_link_and_a_data_set_is_not() -> None:
    registry = standard_registry()
    found = (Finding("warn", "ZF02", "甲", "乙"), Finding("bad", "网签合同", "丙", "丁", date(2026, 6, 1)))
    table = check.faults([Result("a", "甲", found)], registry, "")[0]
    said = words(table)
    assert said.index("丙") < said.index("乙")
    assert "■ 问题 1" in said
    assert "/indicator/ZF02" in str(table)
    assert "/indicator/网签合同" not in str(table)


def test_a_source_that_nobody_reports_takes_one_cell() -> None:
    places = tuple(Place(str(i), f"区{i}", None, 0, 0) for i in range(3))
    said = words(html.Div(check.board([Source("x", "数据", "系统", 31, places)])))
    assert "从未报送" in said
    assert "每月" in said
    assert check.board([])
