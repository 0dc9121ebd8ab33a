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
    codes = None if shown is None else frozenset(shown)
    return [_result(check, db, registry, codes) for check in CHECKS]


def _result(check: Check, db: Database, registry: Registry, shown: frozenset[str] | None) -> Result:
    try:
        # Each has a connection of its own: on PostgreSQL a failed statement spoils what follows it.
        with db.read() as connection:
            context = Context(connection, registry, shown)
            findings = sorted(check.examine(context), key=lambda finding: RANK[finding.severity])
            return Result(check.name, check.zh, tuple(findings), "" if findings else check.fine(context))
    except (SQLAlchemyError, TooSlow) as error:
        what = f"未能检查：{type(error).__name__}"
        return Result(check.name, check.zh, (Finding("bad", "", what, "运行 flask --app app prepare 后再查"),))


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
