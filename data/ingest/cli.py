"""``flask --app app template``, ``ingest`` and ``regions``: real input from the command line."""

from __future__ import annotations

import csv
from collections.abc import Mapping as Rows
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import yaml
from flask import Flask
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from data import clock
from data.access.accounts import viewer_of
from data.access.viewer import SYSTEM, Viewer
from data.commands import Commands
from data.errors import PlatformError
from data.ingest.datasets import DATASETS, dataset
from data.ingest.mapping import Mapping
from data.ingest.run import COUNTS, Receipt, ingest, recent_runs
from data.ingest.template import template
from data.ingest.undo import undo
from data.models import Target
from data.regions import load_regions
from data.semantic.versions import raise_versions

if TYPE_CHECKING:
    from data.platform import Platform

WORDS = {
    "read": "读取",
    "landed": "新增",
    "corrected": "更正",
    "unchanged": "未变",
    "quarantined": "退回",
    "skipped": "略过",
}
STATES = {"running": "进行中", "done": "完成", "failed": "中断", "undone": "已撤销"}


def register_ingest(server: Flask, platform: Platform) -> None:
    """Add the commands to ``server``."""
    server.cli.add_command(_template(platform))
    server.cli.add_command(_ingest(platform))
    server.cli.add_command(_regions(platform))


def _template(platform: Platform) -> click.Command:
    @click.command("template")
    @click.argument("name", metavar="DATASET", type=click.Choice(tuple(DATASETS)))
    @click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Default: DATASET.xlsx")
    def command(name: str, output: Path | None) -> None:
        """Write the XLSX template of a data set."""
        path = output or Path(f"{name}.xlsx")
        path.write_bytes(template(dataset(name), platform.regions()))
        click.echo(f"已写出 {path}")

    return command


def _ingest(platform: Platform) -> click.Group:
    group = Commands("ingest", help="Read files into data sets.")

    @group.command("file")
    @click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
    @click.option("--into", required=True, type=click.Choice(tuple(DATASETS)), help="Data set the file is read into.")
    @click.option("--mapping", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="YAML mapping.")
    @click.option("--complete-to", type=click.DateTime(["%Y-%m-%d"]), help="Day up to which all has been reported.")
    @click.option("--complete-from", type=click.DateTime(["%Y-%m-%d"]), help="Since when; default: its first day.")
    @click.option("--replace-demo", is_flag=True, help="Remove the data set's demonstration rows first.")
    @click.option("--user", default="", help="Account in whose name, and within whose scope, the file lands.")
    def file(
        path: Path,
        into: str,
        mapping: Path | None,
        complete_to: datetime | None,
        complete_from: datetime | None,
        replace_demo: bool,
        user: str,
    ) -> None:
        """Read a CSV, XLSX or XLS into a data set; the same file again changes nothing."""
        receipt = ingest(
            platform,
            path,
            into,
            Mapping.load(mapping) if mapping else None,
            complete_to.date() if complete_to else None,
            _viewer(platform, user),
            complete_from=complete_from.date() if complete_from else None,
            replace_demo=replace_demo,
            progress=lambda so_far: click.echo(f"\r已读 {so_far.read:,} 行", nl=False, err=True),
        )
        click.echo("", err=True)
        for line in receipt_lines(receipt):
            click.echo(line)

    @group.command("undo")
    @click.argument("run", type=int)
    @click.option("--user", default="", help="Account in whose name.")
    def undo_(run: int, user: str) -> None:
        """Take a run back."""
        receipt = undo(platform, run, _viewer(platform, user))
        click.echo(f"批次 {run} 已撤销：删除 {receipt.deleted:,} 行，恢复原值 {receipt.restored:,} 行")
        for left in receipt.left:
            click.echo(f"  保留 {' '.join(left.key)}：{left.reason}（批次 {left.run_id}）")

    @group.command("runs")
    def runs() -> None:
        """The newest runs."""
        with platform.db.read() as connection:
            found = recent_runs(connection, SYSTEM)
        for run in found:
            counts = "，".join(f"{WORDS[name]} {run[name]:,}" for name in COUNTS)
            started = clock.local(run["started_at"]).strftime("%Y-%m-%d %H:%M")
            click.echo(f"{run['id']}\t{started}\t{run['dataset']}\t{STATES[run['status']]}\t{run['source']}\t{counts}")

    return group


def receipt_lines(receipt: Receipt) -> list[str]:
    """A receipt in words."""
    parts = " + ".join(f"{WORDS[name]} {getattr(receipt, name):,}" for name in COUNTS[1:])
    lines = [f"批次 {receipt.run_id} {receipt.source}：读取 {receipt.read:,} = {parts}"]
    if receipt.resumed:
        lines.append("从上次中断处继续。")
    if receipt.complete_to:
        lines.append(f"数据完整至 {receipt.complete_to}（{len(receipt.districts)} 个区市）")
    else:
        lines.append("未说明数据完整到哪一天：图上的“数据截至”不变；请用 --complete-to 指明")
    if receipt.note:
        lines.append(f"说明：{receipt.note}")
    if receipt.quarantined:
        lines.append(f"退回的 {receipt.quarantined:,} 行可在上传页下载，改好后重新上传")
    if receipt.ranges_late:
        lines.append("上年范围未能及时算出，未作比对")
    if receipt.outlier_count:
        lines.append(f"{receipt.outlier_count:,} 个值超出上年范围，请核对：")
        lines.extend(f"  {outlier}" for outlier in receipt.outliers[:10])
    return lines


def _viewer(platform: Platform, username: str) -> Viewer:
    """The account ``username``, or the platform itself."""
    with platform.db.read() as connection:
        return viewer_of(connection, username)


def _regions(platform: Platform) -> click.Group:
    group = Commands("regions", help="The region tree.")

    @group.command("load")
    @click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
    def load(path: Path) -> None:
        """Replace the tree of a database without facts by that in a CSV or YAML file."""
        click.echo(f"已装入 {replace_regions(platform, region_rows(path))} 个区划")

    return group


def replace_regions(platform: Platform, rows: list[dict[str, Any]]) -> int:
    """Put another city's tree in place of the present one, whose targets go with it; returns the number of regions.

    PlatformError where the database holds facts, or accounts of a district that would be gone.
    """
    try:
        with platform.db.write() as connection:
            for item in DATASETS.values():
                if connection.execute(select(item.table.c.id).limit(1)).first() is not None:
                    raise PlatformError(f"数据库中已有{item.zh}", "区划", "只能在没有业务数据的库中替换区划树")
            connection.execute(delete(Target).where(Target.district_id.not_in([row["id"] for row in rows])))
            raise_versions(connection, ("targets",))
            return load_regions(connection, rows)
    except IntegrityError as error:
        raise PlatformError("仍有账号等记录属于原来的区划", "区划", "在新建的库中装入区划，再建账号") from error


def region_rows(path: Path) -> list[dict[str, Any]]:
    """Rows of a region file: CSV with the columns of the region table, or YAML with a list of such rows."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        if path.suffix.lower() in (".yaml", ".yml"):
            rows: list[Rows[str, Any]] = yaml.safe_load(file)
        else:
            rows = list(csv.DictReader(file))
    known = ("id", "parent_id", "group_id", "kind", "name", "short_name", "aliases", "position", "functional_zone")
    if not rows or not {"id", "kind", "name"} <= set(rows[0]):
        raise PlatformError("区划文件缺少 id、kind、name 列", path.name, f"列名为 {'、'.join(known)}")
    return [_region_row(row, place) for place, row in enumerate(rows)]


def _region_row(row: Rows[str, Any], place: int) -> dict[str, Any]:
    name = str(row["name"]).strip()
    return {
        "id": str(row["id"]).strip(),
        "parent_id": str(row.get("parent_id") or "").strip() or None,
        "group_id": str(row.get("group_id") or "").strip() or None,
        "kind": str(row["kind"]).strip(),
        "name": name,
        "short_name": str(row.get("short_name") or name).strip(),
        "aliases": str(row.get("aliases") or ""),
        "position": int(row.get("position") or place),
        "functional_zone": str(row.get("functional_zone") or "0").lower() in ("1", "true", "yes"),
    }
