"""Accounts of the demonstration city: one a role, with passwords of this installation's own."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, delete, select, update

from data.access.accounts import create_user, hash_password, password_problems
from data.models import ExportJob, UploadDraft, User, UserSession
from data.settings import Settings


@dataclass(frozen=True)
class DemoAccount:
    """Who an account of the demonstration plays."""

    role: str
    name: str
    section: str = ""
    district: str | None = None

    @property
    def username(self) -> str:
        """The role's own word: easy to remember, and there is one of each."""
        return self.role


ACCOUNTS = (
    DemoAccount("leader", "演示局领导"),
    DemoAccount("section", "演示处室人员", "房地产市场监管处"),
    DemoAccount("writer", "演示文员", "办公室"),
    DemoAccount("district", "演示兴化市人员", "兴化市住建局", "321281"),
    DemoAccount("company", "演示供水企业"),
    DemoAccount("steward", "演示数据管理员", "办公室"),
    DemoAccount("admin", "演示系统管理员"),
    DemoAccount("security", "演示安全管理员"),
    DemoAccount("auditor", "演示审计管理员"),
)


def file_of(settings: Settings) -> Path:
    """Where the passwords of the demonstration accounts are kept, readable by the owner only."""
    return settings.instance_path / "demo-accounts.json"


def read_accounts(settings: Settings) -> list[dict[str, str]]:
    """``username``, ``password``, ``role`` and ``name`` of each; empty in real mode, or before ``prepare``."""
    file = file_of(settings)
    if not settings.demo or not file.exists():
        return []
    accounts: list[dict[str, str]] = json.loads(file.read_text(encoding="utf-8"))
    return accounts


def ensure_accounts(connection: Connection, settings: Settings) -> list[dict[str, str]]:
    """Make the accounts that are missing and keep their passwords; returns all, as :func:`read_accounts`.

    A real account of the same name is left alone. An account whose password is no longer known gets a new one.
    """
    known = {account["username"]: account["password"] for account in read_accounts(settings)}
    there = {row.username: row.demo for row in connection.execute(select(User.username, User.demo))}
    kept = []
    for account in ACCOUNTS:
        if there.get(account.username) is False:
            continue
        password = known.get(account.username) or _new_password()
        if account.username not in there:
            _create(connection, account, password)
        elif account.username not in known:
            digest = hash_password(password)
            connection.execute(update(User).where(User.username == account.username).values(password_hash=digest))
        kept.append({"username": account.username, "password": password, "role": account.role, "name": account.name})
    _write(file_of(settings), kept)
    return kept


def remove_accounts(connection: Connection, settings: Settings) -> int:
    """Delete the demonstration accounts with their sessions and passwords; returns how many there were."""
    mine = select(User.id).where(User.demo)
    for theirs in (UserSession, UploadDraft, ExportJob):
        connection.execute(delete(theirs).where(theirs.user_id.in_(mine)))
    count = connection.execute(delete(User).where(User.demo)).rowcount
    file_of(settings).unlink(missing_ok=True)
    return count


def _create(connection: Connection, account: DemoAccount, password: str) -> None:
    create_user(
        connection,
        account.username,
        account.name,
        account.role,
        password,
        section=account.section,
        district=account.district,
        demo=True,
    )


def _new_password() -> str:
    """Random, easy to select with a double click, and within the policy."""
    while True:
        password = secrets.token_urlsafe(12).replace("-", "x").replace("_", "y")
        if not password_problems(password):
            return password


def _write(file: Path, accounts: list[dict[str, str]]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        json.dump(accounts, out, ensure_ascii=False, indent=1)
    os.replace(draft, file)
