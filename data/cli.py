"""``flask --app app …``: one command for each thing an operator does, thin over plain functions."""

from __future__ import annotations

import importlib.util
import json
import os
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict
from itertools import groupby
from pathlib import Path

import click
from flask import Flask

from data.commands import Commands
from data.doctor import Finding
from data.models.platform.account import ROLES
from data.platform import Platform
from data.selfcheck.findings import Result

PASSWORD_VARIABLE = "NEW_USER_PASSWORD"  # noqa: S105  (the name of a variable, not a password)


def register_commands(
    server: Flask, platform: Platform, pack: Callable[[], int], shown: Callable[[], Iterable[str]]
) -> None:
    """Add all commands to ``server``.

    ``pack`` compresses scripts and styles and returns how many were new; ``shown`` tells the codes on the site's pages.
    """
    _register_prepare(server, platform, pack)
    _register_doctor(server, platform, shown)
    server.cli.add_command(_users(platform))
    server.cli.add_command(_demo(platform))
    server.cli.add_command(_indicators(platform))
    server.cli.add_command(_targets(platform))
    if importlib.util.find_spec("data.ingest.cli"):
        from data.ingest.cli import register_ingest

        register_ingest(server, platform)


def _register_prepare(server: Flask, platform: Platform, pack: Callable[[], int]) -> None:
    @server.cli.command("prepare")
    def prepare() -> None:
        """Bring the database up to date, fill or top up the demonstration city, make its accounts."""
        from data.prepare import prepare as run

        run(platform, click.echo)
        if count := pack():
            click.echo(f"压缩脚本与样式：{count} 份")
        if platform.settings.demo:
            _print_accounts(platform)


def _register_doctor(server: Flask, platform: Platform, shown: Callable[[], Iterable[str]]) -> None:
    @server.cli.command("doctor")
    @click.option("--json", "as_json", is_flag=True, help="For monitoring: an object with installation and registry.")
    def doctor(as_json: bool) -> None:
        """Say what is wrong with this installation (exit code 1 if anything is), and with its indicators' data."""
        from data import doctor as installation
        from data.selfcheck import run as registry

        found = list(installation.examine(platform))
        results = registry.examine(platform.db, platform.registry, shown())
        if as_json:
            told = {"installation": [asdict(one) for one in found], "registry": registry.as_json(results)}
            click.echo(json.dumps(told, ensure_ascii=False))
        else:
            _print_findings(found)
            _print_results(results)
        if any(one.problem and not one.warning for one in found):
            sys.exit(1)


def _print_findings(found: Iterable[Finding]) -> None:
    click.echo("安装")
    for one in found:
        grade = "▲ 注意" if one.warning else "■ 问题"
        click.echo(f"{grade} {one.name}：{one.problem}" if one.problem else f"● 正常 {one.name}")
        if one.problem:
            click.echo(f"       办法：{one.remedy}")


def _print_results(results: Iterable[Result]) -> None:
    """What each check of the registry found; a remedy that serves several is said once, after the last of them."""
    click.echo("\n指标自检")
    for result in results:
        if not result.findings:
            click.echo(f"● 正常 {result.zh}：{result.fine}")
        for (_, remedy), group in groupby(result.findings, key=lambda one: (one.severity, one.remedy)):
            for one in group:
                grade = "■ 问题" if one.severity == "bad" else "▲ 注意"
                since = f"（{one.since} 起）" if one.since else ""
                click.echo(f"{grade} {result.zh}：{' '.join(filter(None, (one.subject, one.what)))}{since}")
            click.echo(f"       办法：{remedy}")


def _users(platform: Platform) -> click.Group:
    group = Commands("user", help="Accounts.")

    @group.command("create")
    @click.option("--username", prompt="用户名", help="2 to 60 letters, digits, dots, dashes.")
    @click.option("--name", prompt="姓名", help="Name shown to others.")
    @click.option("--role", prompt="角色", type=click.Choice(tuple(ROLES)), help="What the account is for.")
    @click.option("--section", default="", help="处室 the person works in.")
    @click.option("--district", default=None, help="District the account is bound to, such as 321281.")
    @click.option("--password-stdin", is_flag=True, help="Read the password from the first line of standard input.")
    def create(username: str, name: str, role: str, section: str, district: str | None, password_stdin: bool) -> None:
        """Make an account. The password comes from NEW_USER_PASSWORD, standard input or a prompt."""
        from data.access.accounts import create_user

        password = _password(password_stdin)
        with platform.db.write() as connection:
            create_user(connection, username, name, role, password, section=section, district=district)
        click.echo(f"已建立账号 {username}（{ROLES[role]}）")

    @group.command("list")
    def list_() -> None:
        """All accounts."""
        from data.access.accounts import list_users

        with platform.db.read() as connection:
            users = list_users(connection)
        for user in users:
            marks = [ROLES.get(user["role"], user["role"]), user["section"], user["district_id"]]
            marks += ["演示" if user["demo"] else "", "" if user["active"] else "停用"]
            click.echo("\t".join([user["username"], user["name"], *filter(None, marks)]))

    @group.command("disable")
    @click.argument("username")
    def disable(username: str) -> None:
        """Close an account and end its sessions."""
        from data.access.accounts import disable_user

        with platform.db.write() as connection:
            disable_user(connection, username)
        click.echo(f"已停用账号 {username}")

    @group.command("enable")
    @click.argument("username")
    def enable(username: str) -> None:
        """Open a closed account again."""
        from data.access.accounts import enable_user

        with platform.db.write() as connection:
            enable_user(connection, username)
        click.echo(f"已启用账号 {username}")

    @group.command("password")
    @click.argument("username")
    @click.option("--password-stdin", is_flag=True, help="Read the password from the first line of standard input.")
    def password(username: str, password_stdin: bool) -> None:
        """Give an account another password and end its sessions; the password comes as in ``user create``."""
        from data.access.accounts import set_password

        new = _password(password_stdin)
        with platform.db.write() as connection:
            set_password(connection, username, new)
        click.echo(f"已重设账号 {username} 的口令，原有登录已全部失效")

    return group


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if password := os.environ.get(PASSWORD_VARIABLE):
        return password
    return str(click.prompt("口令", hide_input=True, confirmation_prompt="再输一遍"))


def _demo(platform: Platform) -> click.Group:
    group = Commands("demo", help="The demonstration city.")

    @group.command("accounts")
    @click.option("--json", "as_json", is_flag=True, help="A list of objects: username, password, role, name.")
    def accounts(as_json: bool) -> None:
        """Demonstration accounts with their passwords; none in real mode."""
        from data.access.demo_accounts import read_accounts

        if as_json:
            click.echo(json.dumps(read_accounts(platform.settings), ensure_ascii=False))
        else:
            _print_accounts(platform)

    @group.command("remove")
    @click.confirmation_option(prompt="将删除全部演示数据与演示账号，继续？")
    def remove() -> None:
        """Delete all demonstration data and accounts."""
        from data.demo.remove import remove_demo

        with platform.db.write() as connection:
            gone = remove_demo(connection, platform.registry, platform.settings)
        for table, count in gone.items():
            click.echo(f"{table}\t{count}")
        click.echo("演示数据已删除。以 DEMO=false 启动，否则下次启动会重新生成。")

    return group


def _print_accounts(platform: Platform) -> None:
    from data.access.demo_accounts import read_accounts

    accounts = read_accounts(platform.settings)
    click.echo("演示账号（用户名 口令 身份）：" if accounts else "没有演示账号")
    for account in accounts:
        click.echo(f"  {account['username']:<10}{account['password']:<18}{account['name']}")


def _indicators(platform: Platform) -> click.Group:
    group = Commands("indicators", help="The figures this platform knows.")

    @group.command("list")
    def list_() -> None:
        """Code, name, unit, kind and owner of each indicator."""
        from data.semantic.kinds import kind_of

        for indicator in platform.registry:
            kind = kind_of(indicator, platform.registry).zh
            click.echo("\t".join((indicator.code, indicator.zh, indicator.unit, kind, indicator.owner)))

    return group


def _targets(platform: Platform) -> click.Group:
    group = Commands("targets", help="What indicators are to reach.")

    @group.command("list")
    @click.option("--year", type=int, help="Default: all years.")
    def list_(year: int | None) -> None:
        """Year, code, region, value, unit and source of each target."""
        from data.access.viewer import SYSTEM
        from data.targets import read_targets

        regions, registry = platform.regions(), platform.registry
        with platform.db.read() as connection:
            goals = read_targets(connection, SYSTEM, regions, year)
        for goal in goals:
            unit = registry[goal.indicator].unit if goal.indicator in registry else ""
            value = f"{goal.value:,.6f}".rstrip("0").rstrip(".")
            place = regions.name(goal.district)
            click.echo("\t".join((str(goal.year), goal.indicator, place, value, unit, goal.source)))

    @group.command("load")
    @click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
    @click.option("--only-good", is_flag=True, help="Write the sound rows although others are bad.")
    @click.option("--user", default="", help="Account in whose name, and within whose scope.")
    def load(path: Path, only_good: bool, user: str) -> None:
        """Set targets from an XLSX or CSV; the same file again changes nothing."""
        from data.access.accounts import viewer_of
        from data.targets import FIELDS
        from data.targets_file import examine
        from data.targets_file import load as write

        with platform.db.read() as connection:
            viewer = viewer_of(connection, user)
        found = examine(platform, path, path.name, viewer)
        for line in found.bad:
            for fault in line.faults:
                what = f"第 {line.number} 行 {FIELDS[fault.field]}“{fault.value}”：{fault.reason}。{fault.remedy}"
                click.echo(what, err=True)
        outcome = write(platform, found, viewer, only_good=only_good)
        click.echo(f"{outcome.words}，有误 {len(found.bad)}，略过 {found.skipped}")

    @group.command("template")
    @click.option("--year", type=int, help="Default: this year.")
    @click.option("--output", type=click.Path(dir_okay=False, path_type=Path), default=Path("targets.xlsx"))
    def template(year: int | None, output: Path) -> None:
        """Write the XLSX template, with the year's targets as they stand."""
        from data import clock
        from data.access.viewer import SYSTEM
        from data.targets_file import template as made

        output.write_bytes(made(platform, SYSTEM, year or clock.today().year))
        click.echo(f"已写出 {output}")

    return group
