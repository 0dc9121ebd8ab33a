"""The operator's commands, run as he runs them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import insert, select, text

from app import create_app
from components.delivery import Delivery
from data import clock
from data.access import demo_accounts
from data.demo.remove import remove_demo
from data.models import Coverage, IngestRun, Region, UploadDraft, User
from data.models.platform.account import ROLES
from data.prepare import prepare
from data.settings import Settings
from tests.access.conftest import PASSWORD, log_in

Run = Callable[..., Result]


@pytest.fixture(autouse=True)
def without_the_slow_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """No rows of the city, and scripts are left as they are."""
    monkeypatch.setattr("data.demo.write.ensure", lambda *_given: None)
    monkeypatch.setattr(Delivery, "pack_all", lambda self: 0)


@pytest.fixture
def bare(tmp_path: Path) -> Flask:
    """An installation on which nothing has been prepared yet, in demo mode."""
    return create_app(Settings(instance_path=tmp_path / "instance", demo=True))


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Instance folder of a prepared installation, to be copied."""
    folder = tmp_path_factory.mktemp("prepared") / "instance"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("data.demo.write.ensure", lambda *_given: None)
        platform = create_app(Settings(instance_path=folder, demo=True)).extensions["platform"]
        prepare(platform, lambda line: None)
        platform.db.dispose()
    return folder


@pytest.fixture
def site(prepared: Path, tmp_path: Path) -> Flask:
    """A prepared installation of one's own, in demo mode."""
    shutil.copytree(prepared, tmp_path / "instance")
    return create_app(Settings(instance_path=tmp_path / "instance", demo=True))


@pytest.fixture
def run(site: Flask) -> Run:
    """Run a command on the prepared installation."""
    return runner(site)


def runner(server: Flask) -> Run:
    """Run a command on ``server``."""
    return lambda *words, **more: server.test_cli_runner().invoke(args=list(words), **more)


def test_prepare_makes_the_database_and_the_accounts_and_prints_them(bare: Flask) -> None:
    run = runner(bare)
    first = run("prepare")
    assert first.exit_code == 0, first.output
    accounts = json.loads(run("demo", "accounts", "--json").output)
    assert {account["role"] for account in accounts} == set(ROLES)
    assert len({account["password"] for account in accounts}) == len(ROLES)
    assert all(set(account) == {"username", "password", "role", "name"} for account in accounts)
    assert all(account["password"] in first.output for account in accounts)
    for account in accounts:
        assert log_in(bare.test_client(), account["username"], account["password"]).status_code == 303
    file = demo_accounts.file_of(bare.extensions["platform"].settings)
    assert file.stat().st_mode & 0o777 == 0o600


def test_preparing_again_changes_nothing(run: Run, site: Flask) -> None:
    before = run("demo", "accounts", "--json").output
    again = run("prepare")
    assert again.exit_code == 0
    assert run("demo", "accounts", "--json").output == before
    assert "升级" not in again.output


def test_a_lost_password_file_gives_new_passwords(run: Run, site: Flask) -> None:
    demo_accounts.file_of(site.extensions["platform"].settings).unlink()
    run("prepare")
    account = json.loads(run("demo", "accounts", "--json").output)[0]
    assert log_in(site.test_client(), account["username"], account["password"]).status_code == 303


def test_doctor_names_what_is_wrong_and_what_to_do(bare: Flask) -> None:
    run = runner(bare)
    sick = run("doctor")
    assert sick.exit_code == 1
    assert "■ 问题 数据库结构" in sick.output
    assert "办法：运行 flask --app app prepare" in sick.output
    run("prepare")
    healed = run("doctor").output
    for name in ("Python 版本", "数据库连接", "数据库结构", "汇总", "密钥", "实例目录", "工作日历"):
        assert f"● 正常 {name}" in healed
    with clock.moved(to=date(2039, 5, 1)):
        assert "▲ 注意 工作日历：日历缺 2039 年" in run("doctor").output


def test_doctor_checks_the_registry_too_and_monitoring_can_read_it(run: Run, site: Flask) -> None:
    told = run("doctor")
    assert "指标自检" in told.output
    assert "▲ 注意 报送：网签合同 从未报送" in told.output
    assert "● 正常 独立核算" in told.output
    assert "● 正常 汇总" in told.output
    assert told.output.count("请牵头处室确定报送单位和频次") == 1, "a remedy that serves several is said once"
    read = json.loads(run("doctor", "--json").output)
    assert {"name", "problem", "remedy", "warning"} == set(read["installation"][0])
    assert {item["check"] for item in read["registry"]} >= {"silent", "gaps", "changed", "proven", "rows", "targets"}
    faulty = any(one["problem"] and not one["warning"] for one in read["installation"])
    assert told.exit_code == int(faulty), "a silent source is no fault of the installation"


def test_doctor_goes_on_where_the_database_is_gone(tmp_path: Path) -> None:
    url = "postgresql://nobody@127.0.0.1:1/none"
    server = create_app(Settings(instance_path=tmp_path, database_url=url, demo=False, secret_key="s" * 48))
    told = server.test_cli_runner().invoke(args=["doctor"])
    assert told.exit_code == 1
    assert "■ 问题 数据库连接" in told.output
    assert "● 正常 密钥" in told.output


def test_doctor_warns_of_rates_that_each_worker_counts(tmp_path: Path) -> None:
    def told(**changes: object) -> str:
        settings = Settings(instance_path=tmp_path, demo=False, secret_key="s" * 48, **changes)  # type: ignore[arg-type]
        return create_app(settings).test_cli_runner().invoke(args=["doctor"]).output

    assert "● 正常 登录限速" in told()
    assert "▲ 注意 登录限速：登录频率由 3 个进程分别计数" in told(web_concurrency=3)


def test_an_account_is_made_without_its_password_being_shown(run: Run, site: Flask) -> None:
    words = ("user", "create", "--username", "wang", "--name", "王芳", "--role", "section", "--section", "办公室")
    made = run(*words, "--password-stdin", input=PASSWORD + "\n")
    assert made.exit_code == 0, made.output
    assert PASSWORD not in made.output
    assert log_in(site.test_client(), "wang").status_code == 303
    listed = run("user", "list").output
    assert "wang\t王芳\t处室人员\t办公室" in listed
    assert run("user", "disable", "wang").exit_code == 0
    assert "停用" in run("user", "list").output
    assert log_in(site.test_client(), "wang").status_code == 401


def test_an_account_takes_its_password_from_the_environment(run: Run, site: Flask) -> None:
    words = ("user", "create", "--username", "wang", "--name", "王芳", "--role", "district", "--district", "321281")
    assert run(*words, env={"NEW_USER_PASSWORD": PASSWORD}).exit_code == 0
    assert log_in(site.test_client(), "wang").status_code == 303


def test_a_refusal_is_one_sentence_with_its_remedy(run: Run) -> None:
    words = ("user", "create", "--username", "wang", "--name", "王芳", "--role", "section", "--password-stdin")
    refused = run(*words, input="short\n")
    assert refused.exit_code == 1
    assert "办法" in refused.output
    assert "Traceback" not in refused.output
    assert run("user", "disable", "nobody").exit_code == 1


def test_every_indicator_is_listed_with_its_unit_kind_and_owner(run: Run, site: Flask) -> None:
    lines = [line.split("\t") for line in run("indicators", "list").output.splitlines()]
    assert [line[0] for line in lines] == [indicator.code for indicator in site.extensions["platform"].registry]
    assert all(len(line) == 5 and all(line) for line in lines)


def test_removing_the_demonstration_leaves_what_is_real(run: Run, site: Flask) -> None:
    platform = site.extensions["platform"]
    now = clock.now()
    with platform.db.write() as connection:
        for number, demo in ((1, True), (2, False)):
            connection.execute(
                insert(IngestRun).values(
                    id=number, dataset="project", source="x", demo=demo, started_at=now, districts=[]
                )
            )
            connection.execute(
                insert(Coverage).values(
                    fact=f"f{number}", district_id="321281", since=now.date(), complete_to=now.date(), demo=demo
                )
            )
        owner = connection.execute(select(User.id).where(User.demo)).scalars().first()
        draft = {"id": "d", "user_id": owner, "dataset": "project", "filename": "x.csv", "content": b"", "mapping": {}}
        connection.execute(insert(UploadDraft).values(**draft, created_at=now))
    run("user", "create", "--username", "wang", "--name", "王", "--role", "leader", env={"NEW_USER_PASSWORD": PASSWORD})
    assert run("demo", "remove").exit_code == 1, "it asks first"
    gone = run("demo", "remove", "--yes")
    assert gone.exit_code == 0, gone.output
    with platform.db.read() as connection:
        assert connection.execute(select(IngestRun.id)).scalars().all() == [2]
        assert connection.execute(select(Coverage.fact)).scalars().all() == ["f2"]
        assert connection.execute(select(User.username)).scalars().all() == ["wang"]
        assert connection.execute(text("SELECT count(*) FROM sys_region")).scalar_one() > 100
    assert json.loads(run("demo", "accounts", "--json").output) == []


def test_there_are_no_demonstration_accounts_in_real_mode(tmp_path: Path) -> None:
    server = create_app(Settings(instance_path=tmp_path, demo=False))
    run = runner(server)
    assert run("prepare").exit_code == 0
    assert json.loads(run("demo", "accounts", "--json").output) == []
    with server.extensions["platform"].db.read() as connection:
        assert connection.execute(select(User.id)).all() == []
        assert connection.execute(select(Region.id)).all()


def test_remove_says_what_went(run: Run, site: Flask) -> None:
    platform = site.extensions["platform"]
    with platform.db.write() as connection:
        assert remove_demo(connection, platform.registry, platform.settings) == {"sys_user": len(ROLES)}


def test_a_forgotten_password_is_set_anew_and_a_closed_account_opened(run: Run, site: Flask) -> None:
    words = ("user", "create", "--username", "wang", "--name", "王芳", "--role", "section")
    assert run(*words, "--password-stdin", input=PASSWORD + "\n").exit_code == 0
    before = site.test_client()
    assert log_in(before, "wang").status_code == 303
    for _ in range(5):
        log_in(site.test_client(), "wang", "Wrong-enough-1")
    assert "暂时锁定" in log_in(site.test_client(), "wang").text
    other = "Another-enough-2"
    refused = run("user", "password", "wang", "--password-stdin", input="short\n")
    assert (refused.exit_code, "口令" in refused.output) == (1, True)
    done = run("user", "password", "wang", "--password-stdin", input=other + "\n")
    assert done.exit_code == 0
    assert other not in done.output
    assert before.get("/_dash-dependencies").status_code == 401, "who knew the old one is out"
    assert log_in(site.test_client(), "wang").status_code == 401
    assert log_in(site.test_client(), "wang", other).status_code == 303, "the lock went with the old password"
    run("user", "disable", "wang")
    assert log_in(site.test_client(), "wang", other).status_code == 401
    assert run("user", "enable", "wang").exit_code == 0
    assert log_in(site.test_client(), "wang", other).status_code == 303
    for command in ("enable", "disable"):
        assert run("user", command, "nobody").exit_code == 1
    assert run("user", "password", "nobody", "--password-stdin", input=other + "\n").exit_code == 1
