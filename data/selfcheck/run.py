"""All checks, one after another; none can keep the others from running."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from data.db import Database
from data.errors import TooSlow
from data.selfcheck import declared, judged, reported
from data.selfcheck.findings import RANK, Check, Context, Finding, Result
from data.semantic.registry import Registry

CHECKS: tuple[Check, ...] = (*reported.CHECKS, *declared.CHECKS, *judged.CHECKS)


def examine(db: Database, registry: Registry, shown: Iterable[str] | None = None) -> list[Result]:
    """What each check found; ``shown`` are the codes that the site's pages show."""
    try:
        with db.read() as connection:
            context = Context(connection, registry, None if shown is None else frozenset(shown))
            return [_result(check, context, db) for check in CHECKS]
    except SQLAlchemyError as error:
        return [_failed("database", "数据库", error)]


def _result(check: Check, context: Context, db: Database) -> Result:
    try:
        with db.statement(context.connection):
            findings = sorted(check.examine(context), key=lambda finding: RANK[finding.severity])
            return Result(check.name, check.zh, tuple(findings), "" if findings else check.fine(context))
    except (SQLAlchemyError, TooSlow) as error:
        return _failed(check.name, check.zh, error)


def _failed(name: str, zh: str, error: Exception) -> Result:
    what, remedy = f"未能检查：{type(error).__name__}", "核对数据库服务，运行 flask --app app prepare 后再查"
    return Result(name, zh, (Finding("bad", "", what, remedy),))


def as_json(results: Iterable[Result]) -> list[dict[str, Any]]:
    """The results for monitoring: a list of objects, each a check with its findings."""
    return [
        {
            "check": result.name,
            "zh": result.zh,
            "severity": result.severity,
            "fine": result.fine,
            "findings": [
                {**asdict(found), "since": found.since.isoformat() if found.since else None}
                for found in result.findings
            ],
        }
        for result in results
    ]
