"""Log-ins in force: a random token in the browser's cookie, of which the database keeps only the digest."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update
from sqlalchemy.exc import OperationalError

from data import clock
from data.access.viewer import Viewer
from data.db import Database
from data.models import User, UserSession
from data.settings import Settings

TOUCH_EVERY = timedelta(minutes=1)
"""A session's last request is written down this often, not at every request."""

_READ = (
    select(
        UserSession.csrf_token,
        UserSession.seen_at,
        User.id,
        User.username,
        User.name,
        User.role,
        User.section,
        User.district_id,
    )
    .join(User, User.id == UserSession.user_id)
    .where(
        UserSession.token_hash == bindparam("digest"),
        UserSession.created_at > bindparam("oldest"),
        UserSession.seen_at > bindparam("idle"),
        User.active,
    )
)
_TOUCH = update(UserSession).where(UserSession.token_hash == bindparam("digest")).values(seen_at=bindparam("now"))


@dataclass(frozen=True, slots=True)
class Session:
    """One log-in as a request sees it. ``csrf_token`` must come back with every request that changes something."""

    digest: str
    csrf_token: str
    seen_at: datetime
    viewer: Viewer


class Sessions:
    """The sessions of one platform."""

    def __init__(self, db: Database, settings: Settings) -> None:
        self._db = db
        self._idle = timedelta(minutes=settings.session_idle_minutes)
        self._longest = timedelta(hours=settings.session_hours)

    def start(self, user_id: int, address: str = "", replaces: str = "") -> tuple[str, str]:
        """Begin a session and return its token and its CSRF token.

        The token is always a new one, and the session of the cookie that came with the log-in (``replaces``) ends: a
        token planted before the log-in is worth nothing after it. Sessions that have run out are cleared on the way.
        """
        token, csrf_token, now = secrets.token_urlsafe(32), secrets.token_urlsafe(32), clock.now()
        with self._db.write() as connection:
            connection.execute(
                delete(UserSession).where(
                    (UserSession.token_hash == digest_of(replaces))
                    | (UserSession.created_at <= now - self._longest)
                    | (UserSession.seen_at <= now - self._idle)
                )
            )
            connection.execute(
                insert(UserSession).values(
                    token_hash=digest_of(token),
                    user_id=user_id,
                    csrf_token=csrf_token,
                    created_at=now,
                    seen_at=now,
                    address=address[:60],
                )
            )
        return token, csrf_token

    def read(self, token: str) -> Session | None:
        """The session of a token with its viewer, in one indexed statement; None if unknown, ended or closed."""
        digest, now = digest_of(token), clock.now()
        keys = {"digest": digest, "oldest": now - self._longest, "idle": now - self._idle}
        row = next(iter(self._db.ask(_READ, keys)), None)
        if row is None:
            return None
        csrf_token, seen_at, user_id, username, name, role, section, district = tuple(row)
        return Session(digest, csrf_token, seen_at, Viewer.of(username, name, role, section, district, user_id))

    def touch(self, session: Session) -> None:
        """Note that the session is in use, at most once a minute.

        Where another writer holds the database the note is left for the next request: a log-in that lasts a little
        shorter is better than a page that waits for an import.
        """
        now = clock.now()
        seen = session.seen_at if session.seen_at.tzinfo else session.seen_at.replace(tzinfo=UTC)
        if now - seen < TOUCH_EVERY:
            return
        try:
            with self._db.engine.connect() as connection, _without_waiting(connection, self._db.is_sqlite):
                connection.execute(_TOUCH, {"digest": session.digest, "now": now})
                connection.commit()
        except OperationalError:
            return

    def end(self, token: str) -> None:
        """Log out: the token is worth nothing any more."""
        with self._db.write() as connection:
            connection.execute(delete(UserSession).where(UserSession.token_hash == digest_of(token)))


def digest_of(token: str) -> str:
    """What the database keeps of a token. A plain SHA-256 is enough: the token is 256 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()


@contextmanager
def _without_waiting(connection: Connection, is_sqlite: bool) -> Iterator[None]:
    """Within the block SQLite refuses at once, instead of after its time-out, what another writer holds."""
    if not is_sqlite:
        yield
        return
    raw: Any = connection.connection.driver_connection
    patience = raw.execute("PRAGMA busy_timeout").fetchone()[0]
    raw.execute("PRAGMA busy_timeout=0")
    try:
        yield
    finally:
        raw.execute(f"PRAGMA busy_timeout={patience}")
