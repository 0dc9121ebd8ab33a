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
from typing import Any, Literal

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Runs:
    """Milliseconds of some runs: on the wall's clock, and of this process on its processors.

    On a machine that others use too the second tells what a change of code is worth. What a database server does
    counts on the wall only.
    """

    wall: list[float]
    processor: list[float]


@dataclass(frozen=True)
class Result:
    """One line of the table. Values are in ``unit``; ``limit`` is what was asked for, None where nothing was.

    ``judged`` says which of ``p50`` and ``p95`` the limit is for; ``rows`` how large the city was.
    """

    name: str
    engine: str
    unit: str
    count: int
    p50: float
    p95: float
    limit: float | None = None
    more_is_better: bool = False
    note: str = ""
    judged: Literal["p50", "p95"] = "p50"
    processor_p50: float | None = None
    processor_p95: float | None = None
    rows: int = 0

    @property
    def verdict(self) -> str:
        """Whether the value that is judged keeps the limit."""
        if self.limit is None:
            return ""
        value = self.p95 if self.judged == "p95" else self.p50
        kept = value >= self.limit if self.more_is_better else value <= self.limit
        return "yes" if kept else "NO"


@dataclass(frozen=True)
class Ratio:
    """How many times as long an operation takes in the largest city as in the smallest, by median.

    ``worked`` is the same of this process alone, which on a machine with other guests is the steadier figure.
    """

    name: str
    engine: str
    small: float
    large: float
    times: float
    worked: float | None


def clock_runs(
    run: Callable[[], object], repeat: int, *, before: Callable[[], object] | None = None, warm_up: int = 1
) -> Runs:
    """Times of ``repeat`` runs; ``before`` prepares each run off the clock."""
    runs = Runs([], [])
    for turn in range(warm_up + repeat):
        if before:
            before()
        began, worked = time.perf_counter(), time.process_time()
        run()
        if turn >= warm_up:
            runs.processor.append((time.process_time() - worked) * 1000)
            runs.wall.append((time.perf_counter() - began) * 1000)
    return runs


def summarise(
    name: str, engine: str, values: Sequence[float] | Runs, unit: str = "ms", limit: float | None = None, **more: Any
) -> Result:
    """Median and 95th percentile of ``values``."""
    if isinstance(values, Runs):
        worked = sorted(values.processor)
        more = {**more, "processor_p50": statistics.median(worked), "processor_p95": _p95(worked)}
        values = values.wall
    ordered = sorted(values)
    return Result(name, engine, unit, len(ordered), statistics.median(ordered), _p95(ordered), limit, **more)


def _p95(ordered: Sequence[float]) -> float:
    return ordered[min(len(ordered) - 1, -(-95 * len(ordered) // 100) - 1)]


def ratios(results: Sequence[Result]) -> list[Ratio]:
    """What was measured in the smallest city and in the largest, set against each other."""
    sizes = sorted({result.rows for result in results})
    if len(sizes) < 2:
        return []
    small = {(r.name, r.engine): r for r in results if r.rows == sizes[0]}
    pairs = [(small.get((r.name, r.engine)), r) for r in results if r.rows == sizes[-1]]
    return [
        Ratio(
            large.name,
            large.engine,
            before.p50,
            large.p50,
            round(large.p50 / before.p50, 2),
            round(large.processor_p50 / before.processor_p50, 2)
            if large.processor_p50 and before.processor_p50
            else None,
        )
        for before, large in pairs
        if before
    ]


def table(results: Sequence[Result]) -> str:
    """The results as lines for a terminal: on the wall's clock, and of the process alone."""
    head = (
        f"{'operation':<60} {'engine':<9} {'rows':>5} {'n':>4} {'p50':>9} {'p95':>9} {'cpu p50':>8} {'cpu p95':>8}"
        f" {'unit':<6} {'asked':>12}  kept"
    )
    lines = [head, "-" * len(head)]
    for r in results:
        sign = ("≥" if r.more_is_better else "≤") if r.limit is not None else ""
        asked = f"{r.judged} {sign} {r.limit:g}" if r.limit is not None else ""
        worked = (f"{value:.1f}" if value is not None else "" for value in (r.processor_p50, r.processor_p95))
        lines.append(
            f"{r.name:<60} {r.engine:<9} {short(r.rows):>5} {r.count:>4} {r.p50:>9.1f} {r.p95:>9.1f} "
            + " ".join(f"{value:>8}" for value in worked)
            + f" {r.unit:<6} {asked:>12}  {r.verdict}"
            + (f"  {r.note}" if r.note else "")
        )
    return "\n".join(lines)


def ratio_table(found: Sequence[Ratio], sizes: Sequence[int]) -> str:
    """Medians at both sizes and how they compare."""
    small, large = short(min(sizes)), short(max(sizes))
    head = f"{'operation':<60} {'engine':<9} {small:>9} {large:>9} {f'{large} / {small}':>11} {'cpu':>6}"
    lines = [
        f"{r.name:<60} {r.engine:<9} {r.small:>9.1f} {r.large:>9.1f} {r.times:>11.2f} {r.worked or 0:>6.2f}"
        for r in found
    ]
    return "\n".join([head, "-" * len(head), *lines])


def short(rows: int) -> str:
    """``10M``, ``500k``."""
    return f"{rows / 1e6:g}M" if rows >= 1_000_000 else f"{rows / 1e3:g}k"


def save(results: Sequence[Result], skipped: Sequence[str], city: dict[str, int], path: Path) -> None:
    """Keep the results with what they were measured on."""
    record = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": describe_machine(),
        "rows": city,
        "results": [{**asdict(result), "kept": result.verdict} for result in results],
        "ratios": [asdict(ratio) for ratio in ratios(results)],
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
