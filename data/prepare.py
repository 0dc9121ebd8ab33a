"""Brings an installation up to date; runs at every start and does only what is needed."""

from __future__ import annotations

from collections.abc import Callable

from data import migrate
from data.access.demo_accounts import ensure_accounts
from data.definitions import record
from data.export import jobs
from data.indicators.changes import CHANGES
from data.platform import Platform
from data.reference.load import load_reference
from data.semantic.rollup import ensure_rollups

Tell = Callable[[str], object]


def prepare(platform: Platform, tell: Tell) -> None:
    """Migrate, load reference data, rebuild stale roll-ups and, in demo mode, fill or top up the city.

    ``tell`` is given a line for each step that did something.
    """
    if migrate.current(platform.db) != migrate.head():
        tell("升级数据库结构")
        migrate.upgrade(platform.db)
    with platform.db.write() as connection:
        loaded = load_reference(connection)
        if any(loaded.values()):
            tell("装入参考数据：" + "，".join(f"{name} {count}" for name, count in loaded.items() if count))
        if names := ensure_rollups(connection, platform.registry):
            tell(f"建立汇总：{len(names)} 个立方体")
        if count := record(connection, platform.registry, CHANGES):
            tell(f"登记指标口径：{count} 条")
    for line in jobs.sweep(platform):
        tell(line)
    if platform.settings.demo:
        # The city's generator is only loaded where it is wanted.
        from data.demo.write import ensure

        ensure(platform.db, platform.registry, platform.settings, tell)
        with platform.db.write() as connection:
            ensure_accounts(connection, platform.settings)
