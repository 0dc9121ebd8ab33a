"""Accounts: making them, checking a password, and locking out who guesses."""

from __future__ import annotations

import hashlib
import hmac
import re
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection, delete, insert, select, update

from data import clock
from data.access.viewer import SYSTEM, Viewer
from data.db import Database
from data.errors import PlatformError
from data.models import LoginAttempt, Region, User, UserSession
from data.models.platform.account import ROLES
from data.settings import Settings

USERNAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,59}")
MIN_LENGTH = 10
MAX_LENGTH = 200
CLASSES = {"大写字母": r"[A-Z]", "小写字母": r"[a-z]", "数字": r"[0-9]", "符号": r"[^A-Za-z0-9]"}

# 19 MiB for each check: with two at a time (below) a burst of log-ins can't push a worker over its memory.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_two_at_a_time = threading.BoundedSemaphore(2)


@dataclass(frozen=True)
class Login:
    """Outcome of a log-in: ``result`` is ok, wrong or locked; ``until`` when a lock ends (UTC)."""

    result: str
    user_id: int | None = None
    until: datetime | None = None


def password_problems(password: str, username: str = "") -> list[str]:
    """What the password lacks by the policy, in words for the person who chose it; empty is good."""
    problems = []
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        problems.append(f"口令应有 {MIN_LENGTH} 至 {MAX_LENGTH} 位")
    if sum(bool(re.search(pattern, password)) for pattern in CLASSES.values()) < 3:
        problems.append(f"口令应含{'、'.join(CLASSES)}中的三类")
    if username and username.lower() in password.lower():
        problems.append("口令不应包含用户名")
    return problems


def create_user(
    connection: Connection,
    username: str,
    name: str,
    role: str,
    password: str,
    *,
    section: str = "",
    district: str | None = None,
    demo: bool = False,
) -> int:
    """Make an account and return its id; PlatformError says what is wrong with the particulars."""
    _check(connection, username, role, district, password)
    return connection.execute(
        insert(User)
        .values(
            username=username,
            name=name or username,
            section=section,
            role=role,
            district_id=district,
            password_hash=hash_password(password),
            active=True,
            demo=demo,
            created_at=clock.now(),
        )
        .returning(User.id)
    ).scalar_one()


def _check(connection: Connection, username: str, role: str, district: str | None, password: str) -> None:
    if not USERNAME.fullmatch(username):
        raise PlatformError("用户名不合规", "用户名", "用 2 至 60 位字母、数字、点、横线，以字母或数字开头")
    if role not in ROLES:
        raise PlatformError(f"没有角色 {role}", "角色", f"可用：{'、'.join(ROLES)}")
    if role == "district" and not district:
        raise PlatformError("区市人员须指定所属区市", "所属区市", "给出区划编号，如 321281")
    if district and connection.execute(select(Region.id).where(Region.id == district)).first() is None:
        raise PlatformError(f"没有区划 {district}", "所属区市", "先运行 flask --app app prepare 装入区划，再核对编号")
    if problems := password_problems(password, username):
        raise PlatformError("；".join(problems), "口令", "换一个更长、字符种类更多的口令")
    if connection.execute(select(User.id).where(User.username == username)).first() is not None:
        raise PlatformError(
            f"用户名 {username} 已存在", "用户名", "换一个用户名，或先用 flask --app app user list 查看"
        )


def viewer_of(connection: Connection, username: str) -> Viewer:
    """The viewer that an account is; the platform itself for no name, PlatformError for an unknown or closed one."""
    if not username:
        return SYSTEM
    row = connection.execute(select(User.__table__).where(User.username == username, User.active)).one_or_none()
    if row is None:
        raise PlatformError(f"没有账号 {username}", "用户名", "用 flask --app app user list 查看账号")
    return Viewer.of(row.username, row.name, row.role, row.section, row.district_id, row.id)


def disable_user(connection: Connection, username: str) -> None:
    """Close an account and end its sessions; PlatformError if there is none."""
    user_id = _change_user(connection, username, active=False)
    connection.execute(delete(UserSession).where(UserSession.user_id == user_id))


def enable_user(connection: Connection, username: str) -> None:
    """Open a closed account again; PlatformError if there is none."""
    _change_user(connection, username, active=True)


def set_password(connection: Connection, username: str, password: str) -> None:
    """Give an account another password, end its sessions and lift its lock; PlatformError says what is wrong."""
    if problems := password_problems(password, username):
        raise PlatformError("；".join(problems), "口令", "换一个更长、字符种类更多的口令")
    user_id = _change_user(connection, username, password_hash=hash_password(password))
    connection.execute(delete(UserSession).where(UserSession.user_id == user_id))
    _note(connection, username, "", "reset")


def _change_user(connection: Connection, username: str, **values: Any) -> int:
    changed = update(User).where(User.username == username).values(values).returning(User.id)
    user_id = connection.execute(changed).scalar_one_or_none()
    if user_id is None:
        raise PlatformError(f"没有账号 {username}", "用户名", "用 flask --app app user list 查看全部账号")
    return user_id


def list_users(connection: Connection) -> list[dict[str, Any]]:
    """All accounts in the order of their names, without their passwords' digests."""
    columns = (User.username, User.name, User.role, User.section, User.district_id, User.active, User.demo)
    return [dict(row) for row in connection.execute(select(*columns).order_by(User.username)).mappings()]


def authenticate(db: Database, settings: Settings, username: str, password: str, address: str = "") -> Login:
    """Check a password. An unknown name takes as long, and locks as soon, as a known one with a wrong password.

    The attempt is written down as failed before the password is looked at and cleared afterwards, so that attempts
    made at the same time can't share one place in the count.
    """
    with db.read() as connection:
        user = connection.execute(
            select(User.id, User.password_hash, User.active, User.demo).where(User.username == username)
        ).one_or_none()
    name = username if user else _veiled(settings.secret, username)
    with db.write() as connection:
        until = _locked_until(connection, settings, name)
        attempt = _note(connection, name, address, "locked" if until else "wrong")
    if until:
        return Login("locked", until=until)
    right = _verify(user.password_hash if user else _decoy(), password[: MAX_LENGTH + 1])
    if not (user and user.active and right) or (user.demo and not settings.demo):
        return _refused(db, settings, name)
    with db.write() as connection:
        connection.execute(update(LoginAttempt).where(LoginAttempt.id == attempt).values(result="ok"))
        if _hasher.check_needs_rehash(user.password_hash):
            connection.execute(update(User).where(User.id == user.id).values(password_hash=hash_password(password)))
    return Login("ok", user.id)


def note_limited(db: Database, username: str, address: str, secret: str) -> None:
    """Write down an attempt that was refused because too many came from one address."""
    with db.write() as connection:
        _note(connection, _veiled(secret, username), address, "limited")


def lock_end(attempts: Iterable[tuple[datetime, str]], settings: Settings) -> datetime | None:
    """When the last lock that these attempts (instant, result; oldest first) caused ends; None if they caused none.

    ``login_attempts`` failures within ``login_window_minutes`` lock for ``login_lock_minutes``; a success starts the
    count anew, and so does a lock; a new password also ends the lock.
    """
    window = timedelta(minutes=settings.login_window_minutes)
    failures: list[datetime] = []
    end = None
    for at, result in attempts:
        if result in ("ok", "reset"):
            failures.clear()
            end = None if result == "reset" else end
        elif result == "wrong":
            failures = [earlier for earlier in failures if at - earlier < window] + [at]
            if len(failures) >= settings.login_attempts:
                end = at + timedelta(minutes=settings.login_lock_minutes)
                failures.clear()
    return end


def _locked_until(connection: Connection, settings: Settings, name: str) -> datetime | None:
    now = clock.now()
    reach = timedelta(minutes=settings.login_window_minutes + settings.login_lock_minutes)
    rows = connection.execute(
        select(LoginAttempt.at, LoginAttempt.result)
        .where(LoginAttempt.username == name, LoginAttempt.at > now - reach)
        .order_by(LoginAttempt.at, LoginAttempt.id)
    )
    end = lock_end(((_aware(row.at), row.result) for row in rows), settings)
    return end if end and end > now else None


def _refused(db: Database, settings: Settings, name: str) -> Login:
    """Wrong; or locked, if this was the attempt that closed the door."""
    with db.read() as connection:
        until = _locked_until(connection, settings, name)
    return Login("locked" if until else "wrong", until=until)


def _note(connection: Connection, name: str, address: str, result: str) -> int:
    row = {"username": name[:60], "address": address[:60], "at": clock.now(), "result": result}
    return connection.execute(insert(LoginAttempt).values(row).returning(LoginAttempt.id)).scalar_one()


def _veiled(secret: str, username: str) -> str:
    """Stands for a name that is no account: people type passwords into the wrong field, so it is not kept."""
    return "?" + hmac.new(secret.encode(), username.encode(), hashlib.sha256).hexdigest()[:24]


def _aware(instant: datetime) -> datetime:
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def hash_password(password: str) -> str:
    """Argon2id digest of a password, with its parameters and salt."""
    with _two_at_a_time:
        return _hasher.hash(password)


@cache
def _decoy() -> str:
    """A digest against which passwords of unknown names are checked, to no avail but in the same time."""
    return hash_password("decoy")


def _verify(digest: str, password: str) -> bool:
    with _two_at_a_time:
        try:
            return _hasher.verify(digest, password)
        except (VerificationError, InvalidHashError):
            return False
