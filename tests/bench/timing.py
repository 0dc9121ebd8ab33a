"""Times, their table and their record."""

from __future__ import annotations

import json
import os
import platform as machine
import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Result:
    """One line of the table. Values are in ``unit``; ``limit`` is what was asked for, None where nothing was."""

    name: str
    engine: str
    unit: str
    count: int
    p50: float
    p95: float
    limit: float | None = None
    more_is_better: bool = False
    note: str = ""

    @property
    def verdict(self) -> str:
        """Whether the typical value keeps the limit."""
        if self.limit is None:
            return ""
        kept = self.p50 >= self.limit if self.more_is_better else self.p50 <= self.limit
        return "yes" if kept else "NO"


def clock_runs(
    run: Callable[[], object], repeat: int, *, before: Callable[[], object] | None = None, warm_up: int = 1
) -> list[float]:
    """Milliseconds of ``repeat`` runs; ``before`` prepares each run off the clock."""
    times = []
    for turn in range(warm_up + repeat):
        if before:
            before()
        began = time.perf_counter()
        run()
        if turn >= warm_up:
            times.append((time.perf_counter() - began) * 1000)
    return times


def summarise(
    name: str, engine: str, values: Sequence[float], unit: str = "ms", limit: float | None = None, **more: Any
) -> Result:
    """Median and 95th percentile of ``values``."""
    ordered = sorted(values)
    p95 = ordered[min(len(ordered) - 1, -(-95 * len(ordered) // 100) - 1)]
    return Result(name, engine, unit, len(ordered), statistics.median(ordered), p95, limit, **more)


def table(results: Sequence[Result]) -> str:
    """The results as lines for a terminal."""
    head = f"{'operation':<52} {'engine':<9} {'n':>4} {'p50':>9} {'p95':>9} {'unit':<6} {'asked':>8}  kept"
    lines = [head, "-" * len(head)]
    for r in results:
        sign = ("≥" if r.more_is_better else "≤") if r.limit is not None else ""
        asked = f"{sign} {r.limit:g}" if r.limit is not None else ""
        lines.append(
            f"{r.name:<52} {r.engine:<9} {r.count:>4} {r.p50:>9.1f} {r.p95:>9.1f} {r.unit:<6} {asked:>8}  {r.verdict}"
            + (f"  {r.note}" if r.note else "")
        )
    return "\n".join(lines)


def save(results: Sequence[Result], skipped: Sequence[str], city: dict[str, int], path: Path) -> None:
    """Keep the results with what they were measured on."""
    record = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": describe_machine(),
        "rows": city,
        "results": [{**asdict(result), "kept": result.verdict} for result in results],
        "skipped": list(skipped),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def describe_machine() -> dict[str, Any]:
    """Processor, memory, load before the run, and the code's version."""
    cpu = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        machine.machine(),
    )
    memory_kb = int(Path("/proc/meminfo").read_text().split("MemTotal:")[1].split()[0])
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.strip()
    return {
        "cpu": cpu,
        "cores": len(os.sched_getaffinity(0)),
        "memory_gb": round(memory_kb / 1024**2, 1),
        "system": machine.platform(),
        "python": machine.python_version(),
        "load_1m": round(os.getloadavg()[0], 2),
        "commit": commit,
    }
