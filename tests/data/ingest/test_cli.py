from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import insert, update

from data import clock
from data.ingest.cli import register_ingest
from data.models import IngestRun, User
from data.platform import Platform
from tests.data.ingest.files import SALES, csv_file, rows, sale


@pytest.fixture
def cli(sqlite_platform: Platform) -> FlaskCliRunner:
    server = Flask("test")
    register_ingest(server, sqlite_platform)
    return server.test_cli_runner()


def test_a_file_from_template_to_undo(cli: FlaskCliRunner, sqlite_platform: Platform, tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    assert cli.invoke(args=["template", "sales_contract", "-o", str(path)]).exit_code == 0
    assert "数据" in openpyxl.load_workbook(path).sheetnames
    path = csv_file(tmp_path / "a.csv", SALES, [sale(1), sale(2, area="坏")])
    done = cli.invoke(args=["ingest", "file", str(path), "--into", "sales_contract", "--complete-to", "2026-03-31"])
    assert "读取 3 = 新增 1 + 更正 0 + 未变 0 + 退回 1 + 略过 1" in done.output
    assert "数据完整至 2026-03-31" in done.output
    assert "a.csv" in cli.invoke(args=["ingest", "runs"]).output
    assert "删除 1 行" in cli.invoke(args=["ingest", "undo", "1"]).output
    assert rows(sqlite_platform, "sales_contract", "id") == []


def test_refusals_are_words_with_exit_code_1(cli: FlaskCliRunner, tmp_path: Path) -> None:
    path = csv_file(tmp_path / "a.csv", ["甲"], [["1"]])
    for more in ([], ["--user", "nobody"], ["--complete-to", "2099-01-01"]):
        done = cli.invoke(args=["ingest", "file", str(path), "--into", "sales_contract", *more])
        assert done.exit_code == 1
        assert "办法" in done.output
    assert cli.invoke(args=["ingest", "undo", "77"]).exit_code == 1


@pytest.mark.parametrize("suffix", ["csv", "yaml"])
def test_another_citys_regions_replace_ours_while_there_are_no_facts(
    cli: FlaskCliRunner, sqlite_platform: Platform, tmp_path: Path, suffix: str
) -> None:
    path = tmp_path / f"r.{suffix}"
    if suffix == "csv":
        path.write_text("id,parent_id,kind,name\nX,,city,某市\nX-1,X,district,某区\n", encoding="utf-8")
    else:
        path.write_text("- {id: X, kind: city, name: 某市}\n- {id: X-1, parent_id: X, kind: district, name: 某区}\n")
    done = cli.invoke(args=["regions", "load", str(path)])
    assert done.output == "已装入 2 个区划\n"
    assert sqlite_platform.regions().districts() == ("X-1",)
    body = csv_file(tmp_path / "a.csv", SALES, [sale(1, region="某区")])
    cli.invoke(args=["ingest", "file", str(body), "--into", "sales_contract"])
    assert cli.invoke(args=["regions", "load", str(path)]).exit_code == 1


@pytest.mark.parametrize(
    ("account", "landed"),
    [(("district", None), 0), (("company", None), 0), (("district", "321283"), 1), (("section", None), 2)],
)
def test_a_command_in_an_accounts_name_has_the_scope_of_its_log_in(
    cli: FlaskCliRunner, sqlite_platform: Platform, tmp_path: Path, account: tuple[str, str | None], landed: int
) -> None:
    role, district = account
    with sqlite_platform.db.write() as connection:
        values = {"name": "甲", "section": "", "password_hash": "", "active": True, "demo": False}
        connection.execute(
            insert(User).values(username="a", role=role, district_id=district, created_at=clock.now(), **values)
        )
    path = csv_file(tmp_path / "a.csv", SALES, [sale(1), sale(2, region="靖江市")])
    cli.invoke(args=["ingest", "file", str(path), "--into", "sales_contract", "--user", "a"])
    assert len(rows(sqlite_platform, "sales_contract", "id")) == landed


def test_demonstration_data_in_the_way_are_told_with_the_option_that_removes_them(
    cli: FlaskCliRunner, sqlite_platform: Platform, tmp_path: Path
) -> None:
    path = csv_file(tmp_path / "a.csv", SALES, [sale(1)])
    command = ["ingest", "file", str(path), "--into", "sales_contract"]
    assert cli.invoke(args=command).exit_code == 0
    with sqlite_platform.db.write() as connection:
        connection.execute(update(IngestRun).values(demo=True))
    refused = cli.invoke(args=command)
    assert refused.exit_code == 1
    assert "--replace-demo" in refused.output
    assert cli.invoke(args=[*command, "--replace-demo"]).exit_code == 0
