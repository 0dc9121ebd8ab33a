"""``python -m tests.bench``: build or open the benchmark's databases, measure, print the table, keep it as JSON."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

from sqlalchemy import text

from data.db import Database
from tests.bench.city import Size
from tests.bench.figures import read_figures
from tests.bench.store import open_store
from tests.bench.timing import ROOT, Result, save, table
from tests.bench.web import visit_site
from tests.bench.writes import write_rows
from tests.support.postgres import PostgresMissing

FOLDER = ROOT / "instance" / "bench"
REPORT = ROOT / "docs" / "bench" / "latest.json"
Group = Callable[[Database, str, list[str]], list[Result]]
GROUPS: dict[str, Group] = {"figures": read_figures, "web": visit_site, "writes": write_rows}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run what was chosen; results of a smaller city are printed but not kept."""
    options = _parse(arguments)
    size = Size(options.sales, options.sales // 5)
    results: list[Result] = []
    skipped: list[str] = []
    rows: dict[str, int] = {}
    for engine in options.engine:
        try:
            with open_store(engine, options.folder, size, fresh=options.fresh) as db:
                print(f"{db.ping()}", flush=True)
                rows = _count(db)
                for group in options.group:
                    results += GROUPS[group](db, engine, skipped)
        except PostgresMissing as error:
            skipped.append(str(error))
    print(table(results))
    for missing in skipped:
        print(f"not measured: {missing}")
    if size == Size() and set(options.group) == set(GROUPS):
        save(results, skipped, rows, REPORT)
        print(f"kept in {REPORT.relative_to(ROOT)}")


def _count(db: Database) -> dict[str, int]:
    with db.read(600) as connection:
        return {
            name: connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one()
            for name in ("t08_sales_contract", "b5_house_unit", "t08_escrow_entry", "t08_development_project")
        }


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--engine", nargs="+", choices=("sqlite", "postgres"), default=["sqlite", "postgres"])
    parser.add_argument("--group", nargs="+", choices=tuple(GROUPS), default=list(GROUPS))
    parser.add_argument("--sales", type=int, default=Size().sales, help="contracts; a fifth as many units")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the databases are kept between runs")
    parser.add_argument("--fresh", action="store_true", help="build the databases anew")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
