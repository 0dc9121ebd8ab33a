"""Files that clerks might send, and looks into the database, for the tests of ingest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from hypothesis import Phase
from sqlalchemy import select

from data.access.viewer import SYSTEM, Viewer
from data.ingest.datasets import DATASETS
from data.ingest.run import Receipt, ingest
from data.models import Base, Coverage, IngestRun, Quarantine
from data.platform import Platform
from data.reference.load import load_reference
from data.semantic.rollup import ensure_rollups, rebuild
from data.semantic.sql import rung_table

SALES = (
    "合同备案号",
    "记录类别",
    "网签日",
    "市场",
    "用途",
    "是否安置房",
    "是否普通商品住宅",
    "面积(㎡)",
    "金额(元)",
    "套数",
    "房屋编码",
    "开发项目编号",
    "所属区划",
)
UNITS = ("房屋编码", "开发项目编号", "楼幢", "户号", "用途", "面积(㎡)", "批准预售日", "可售起日", "网签日", "所属区划")
PROJECTS = (
    "开发项目编号",
    "项目名称",
    "本版本起日",
    "合同约定交付日",
    "无施工考勤起日",
    "保交房任务",
    "是否已交付",
    "白名单状态",
    "本年累计投资(元)",
    "所属区划",
)
ESCROW = (
    "流水号",
    "监管账户",
    "开发项目编号",
    "入账日",
    "收支方向",
    "监管银行",
    "发生额(元)",
    "余额(元)",
    "重点监管额度(元)",
    "所属区划",
)
QUICK = (Phase.explicit, Phase.reuse, Phase.generate)
"""Without shrinking: an example takes a second here, and says enough as it is."""

TAIXING = Viewer("taixing", "泰兴", "district", districts=frozenset({"321283"}))


def prepare(platform: Platform) -> None:
    """Tables, regions and empty roll-ups."""
    Base.metadata.create_all(platform.db.engine)
    with platform.db.write() as connection:
        load_reference(connection)
        ensure_rollups(connection, platform.registry)


def csv_file(path: Path, headings: Sequence[str], rows: Iterable[Sequence[Any]], encoding: str = "utf-8") -> Path:
    """A plain CSV."""
    lines = [",".join(headings), *(",".join(map(str, row)) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding=encoding)
    return path


def sale(
    number: int, day: str = "2026-03-05", *, unit: str = "", area: Any = 90, amount: Any = 900000, **other: Any
) -> list[Any]:
    """A contract's row in the order of :data:`SALES`."""
    kind, count = other.get("kind", "网签"), other.get("count", 1)
    return [
        other.get("filing", f"W{number}"),
        kind,
        day,
        "新建商品房",
        "住宅",
        "否",
        "是",
        area,
        amount,
        count,
        unit,
        "",
        other.get("region", "泰兴市"),
    ]


def cancel(number: int, day: str, unit: str = "") -> list[Any]:
    """A cancellation of :func:`sale`."""
    return sale(number, day, unit=unit, area=-90, amount=-900000, kind="撤销", count=-1)


def take(platform: Platform, path: Path, into: str, complete_to: date | None = None, **options: Any) -> Receipt:
    """Ingest in the platform's own name."""
    options.setdefault("viewer", SYSTEM)
    return ingest(platform, path, into, options.pop("mapping", None), complete_to, **options)


def counts(receipt: Receipt) -> tuple[int, int, int, int, int]:
    """Landed, corrected, unchanged, quarantined, skipped."""
    assert receipt.balanced
    return receipt.landed, receipt.corrected, receipt.unchanged, receipt.quarantined, receipt.skipped


def rows(platform: Platform, fact: str, *names: str) -> list[tuple[Any, ...]]:
    """Columns of a data set, by natural key."""
    table = DATASETS[fact].table
    query = select(*(table.c[name] for name in names)).order_by(*(table.c[name] for name in DATASETS[fact].key))
    with platform.db.read() as connection:
        return [tuple(row) for row in connection.execute(query)]


def state(platform: Platform, *facts: str) -> list[Any]:
    """All that a file may have filled, and what follows from it; ids and runs aside."""
    found: list[Any] = []
    for fact in facts or DATASETS:
        names = [column.name for column in DATASETS[fact].table.columns if column.name not in ("id", "run_id")]
        found.append(rows(platform, fact, *names))
    with platform.db.read() as connection:
        query = select(Coverage.fact, Coverage.district_id, Coverage.since, Coverage.complete_to)
        found.append([tuple(row) for row in connection.execute(query.order_by(Coverage.fact, Coverage.district_id))])
    return found


def rollups(platform: Platform) -> dict[str, list[tuple[Any, ...]]]:
    """Every kept roll-up."""
    found = {}
    with platform.db.read() as connection:
        for cube in platform.registry.cubes.values():
            for rung in cube.rungs:
                table = rung_table(cube, rung)
                found[table.name] = sorted(map(tuple, connection.execute(select(table))))
    return found


def assert_rollups_kept(platform: Platform) -> None:
    """The kept roll-ups equal rebuilt ones."""
    kept = rollups(platform)
    with platform.db.write() as connection:
        rebuild(connection, platform.registry)
    assert rollups(platform) == kept


def problems(platform: Platform, run_id: int) -> list[tuple[int, str, str]]:
    """Line, field and reason of each refused row's problems."""
    query = select(Quarantine.line, Quarantine.problems).where(Quarantine.run_id == run_id).order_by(Quarantine.line)
    with platform.db.read() as connection:
        return [(line, item["field"], item["reason"]) for line, found in connection.execute(query) for item in found]


def run_row(platform: Platform, run_id: int) -> Any:
    """A run as the database has it."""
    with platform.db.read() as connection:
        return connection.execute(select(IngestRun.__table__).where(IngestRun.id == run_id)).one()


def market(platform: Platform, folder: Path, units: int = 6) -> None:
    """A development project and some of its units on sale since 5 January 2026."""
    project = ["KF1", "甲花园", "2026-01-01", "2027-06-30", "", "非任务", "否", "未列入", "1000000", "泰兴市"]
    take(platform, csv_file(folder / "projects.csv", PROJECTS, [project]), "development_project")
    take(
        platform,
        csv_file(folder / "units.csv", UNITS, [unit_row(number) for number in range(units)]),
        "house_unit",
        date(2026, 3, 1),
    )


def unit_row(number: int, opened: str = "2026-01-05", signed: str = "", presale: str = "2026-01-05") -> list[Any]:
    """A unit's row in the order of :data:`UNITS`."""
    return [f"U{number}", "KF1", "1幢", f"{100 + number}", "住宅", 90, presale, opened, signed, "泰兴市"]
