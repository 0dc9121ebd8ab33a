"""The only source of now. Instants are UTC; a day, hour or month is Asia/Shanghai's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
_shift = timedelta(0)


def now() -> datetime:
    """Current instant, aware, in UTC."""
    return datetime.now(UTC) + _shift


def local(instant: datetime) -> datetime:
    """The instant on a Shanghai wall clock; a naive instant is taken as UTC, as the database returns it."""
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=UTC)
    return instant.astimezone(SHANGHAI)


def today() -> date:
    """Current Shanghai day."""
    return local(now()).date()


def shift(by: timedelta) -> None:
    """Move the platform's clock to real time plus ``by``."""
    global _shift
    _shift = by


@contextmanager
def moved(days: float = 0, *, to: date | None = None) -> Iterator[None]:
    """Within the block the clock is ``days`` later, or stands at noon of Shanghai day ``to`` and runs on."""
    before = _shift
    target = timedelta(days=days)
    if to is not None:
        noon = datetime(to.year, to.month, to.day, 12, tzinfo=SHANGHAI)
        target = noon - datetime.now(UTC)
        target -= before
    shift(before + target)
    try:
        yield
    finally:
        shift(before)
