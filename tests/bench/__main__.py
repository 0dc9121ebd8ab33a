"""``python -m tests.bench``: build or open the benchmark's databases, measure, print the table, keep it as JSON."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from sqlalchemy import func, select

from data.db import Database
from tests.bench.city import Size
from tests.bench.figures import read_figures
from tests.bench.store import FACTS, SIZES, open_store
from tests.bench.timing import ROOT, Result, ratio_table, ratios, save, short, table
from tests.bench.web import visit_site
from tests.bench.writes import write_rows
from tests.support.postgres import PostgresMissing

FOLDER = ROOT / "instance" / "bench"
REPORT = ROOT / "docs" / "bench" / "latest.json"
Group = Callable[[Database, str, list[str]], list[Result]]
GROUPS: dict[str, Group] = {"figures": read_figures, "web": visit_site, "writes": write_rows}
AT_EVERY_SIZE = ("figures",)
"""Reading must not depend on the number of rows; the rest is measured in the largest city alone."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run what was chosen; results of a part of it are printed but not kept."""
    options = _parse(arguments)
    sizes = sorted(options.rows)
    results: list[Result] = []
    skipped: list[str] = []
    counted: dict[str, int] = {}
    for engine in options.engine:
        for rows in sizes:
            groups = [name for name in options.group if name in AT_EVERY_SIZE or rows == sizes[-1]]
            try:
                with open_store(engine, options.folder, Size(rows), fresh=options.fresh) as db:
                    counted = _count(db)
                    print(f"{db.ping()}, {short(rows)}: {sum(counted.values()):,} rows", flush=True)
                    for group in groups:
                        results += [replace(found, rows=rows) for found in GROUPS[group](db, engine, skipped)]
            except PostgresMissing as error:
                skipped.append(str(error))
                break
    print(table(results))
    if found := ratios(results):
        print(f"\n{ratio_table(found, sizes)}")
    for missing in skipped:
        print(f"not measured: {missing}")
    if tuple(sizes) == SIZES and set(options.group) == set(GROUPS):
        save(results, skipped, counted, REPORT)
        print(f"kept in {REPORT.relative_to(ROOT)}")


def _count(db: Database) -> dict[str, int]:
    with db.read(600) as connection:
        counts = {fact.__tablename__: select(func.count()).select_from(fact) for fact in FACTS}
        return {name: connection.execute(count).scalar_one() for name, count in counts.items()}


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--engine", nargs="+", choices=("sqlite", "postgres"), default=["sqlite", "postgres"])
    parser.add_argument("--group", nargs="+", choices=tuple(GROUPS), default=list(GROUPS))
    parser.add_argument("--rows", nargs="+", type=int, default=list(SIZES), help="rows of all facts together")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the databases are kept between runs")
    parser.add_argument("--fresh", action="store_true", help="build the databases anew")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
