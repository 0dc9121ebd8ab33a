"""The log: one JSON object a line on standard error. Secrets and personal data never enter it."""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog

SECRETS = frozenset({"password", "token", "csrf_token", "secret", "cookie", "authorization"})
"""Names whose values are struck out, should anyone ever pass one."""


def configure(level: str = "INFO") -> None:
    """Set up logging for this process; calling it again only changes the level. ValueError for an unknown level."""
    number = logging.getLevelNamesMapping().get(level.upper())
    if number is None:
        raise ValueError(f"LOG_LEVEL 应为 DEBUG、INFO、WARNING 或 ERROR，而不是 {level}")
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _strike_secrets,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=_StandardError,
        cache_logger_on_first_use=False,
    )


def get(room: str) -> Any:
    """A logger whose lines carry the room of the house they come from."""
    return structlog.get_logger(room=room)


class _StandardError:
    """Writes to whatever standard error is now: a test's capture or a service manager may have replaced it."""

    def __init__(self, *_names: Any) -> None:
        pass

    def msg(self, line: str) -> None:
        sys.stderr.write(line + "\n")

    debug = info = warning = error = critical = exception = msg


def _strike_secrets(_logger: Any, _method: str, event: Any) -> Any:
    for name in SECRETS & event.keys():
        event[name] = "***"
    return event
