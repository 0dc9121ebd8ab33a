"""A digest of what an indicator's expression means: it moves when the figure would, and with nothing else."""

from __future__ import annotations

import hashlib
from dataclasses import fields, is_dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.elements import ColumnElement

from data.semantic.registry import Registry
from data.semantic.spec import Cube, Indicator, Measure, Of, leaves

_NAMES = frozenset({"name", "zh"})
"""Fields that say what a thing is called; a thing renamed means the same."""

_ROWS_OF = ("fact", "time", "since", "until", "where", "published")
"""What of a cube decides which rows count when."""


def digest_of(indicator: Indicator, registry: Registry) -> str:
    """SHA-256 of the expression with the SQL of its measures; an indicator referred to stands by its code alone."""
    return hashlib.sha256(_told(indicator.value, registry).encode()).hexdigest()


def rests_on(code: str, registry: Registry) -> set[str]:
    """Codes of all indicators to which one refers, directly or through others."""
    found = {leaf.code for leaf in leaves(registry[code].value) if isinstance(leaf, Of)}
    return found.union(*(rests_on(other, registry) for other in found))


def _told(value: Any, registry: Registry) -> str:
    """A value as text. Fields left at their default are left out: words added to the language change no digest."""
    if isinstance(value, InstrumentedAttribute | ColumnElement):
        return " ".join(str(select(value).compile(compile_kwargs={"literal_binds": True})).split())
    if isinstance(value, tuple):
        return f"({','.join(_told(item, registry) for item in value)})"
    if not is_dataclass(value) or isinstance(value, type):
        return value.__tablename__ if isinstance(value, type) and hasattr(value, "__tablename__") else repr(value)
    kept = _ROWS_OF if isinstance(value, Cube) else tuple(field.name for field in fields(value))
    defaults = {field.name: field.default for field in fields(value)}
    parts = [
        f"{name}={_told(found, registry)}"
        for name in kept
        if name not in _NAMES and (found := getattr(value, name, None)) is not None and found is not defaults.get(name)
    ]
    if isinstance(value, Measure):
        parts.append(_told(registry.cube_of(value), registry))
    return f"{type(value).__name__}({','.join(parts)})"
