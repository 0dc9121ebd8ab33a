"""State of the installation in a few words, for whoever watches it."""

from __future__ import annotations

import platform as machine
import tomllib
from functools import cache
from importlib.metadata import version
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError

from data.db import Database
from data.errors import TooSlow
from data.models import Coverage
from data.settings import ROOT

TIME_LIMIT_S = 2.0


@cache
def app_version() -> str:
    """Version of the platform, as pyproject.toml has it."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        return str(tomllib.load(file)["project"]["version"])


def report(db: Database) -> dict[str, Any]:
    """Status ``ok`` or ``down``, the database, versions, and whether the data are ``demo``, ``real`` or ``none``.

    Says nothing of addresses, accounts or figures: everybody may read it.
    """
    versions = {"app": app_version(), "python": machine.python_version(), "dash": version("dash")}
    try:
        with db.read(TIME_LIMIT_S) as connection:
            schema = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
            stamps = set(connection.execute(select(Coverage.demo).distinct()).scalars())
        database = db.ping()
    except (SQLAlchemyError, TooSlow):
        return {"status": "down", "database": "unreachable or not prepared", "versions": versions, "data": "unknown"}
    data = {frozenset(): "none", frozenset({True}): "demo", frozenset({False}): "real"}.get(frozenset(stamps), "mixed")
    return {"status": "ok", "database": database, "versions": {**versions, "schema": schema}, "data": data}
