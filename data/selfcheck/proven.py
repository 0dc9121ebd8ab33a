"""Which indicators have been proven by an independent calculation, as the program is delivered with.

The tests, which hold those calculations, stay with the builders; what they have proven is written down in
``data/indicators/proven.csv`` by ``make proven``.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from pathlib import Path

PROVEN = Path(__file__).resolve().parents[1] / "indicators" / "proven.csv"
FIELDS = ("code", "digest", "proven_on")


@dataclass(frozen=True)
class Proof:
    """An indicator's expression, by its digest, and the day on which it agreed with an independent calculation."""

    digest: str
    proven_on: date


def read_proven(path: Path = PROVEN) -> dict[str, Proof]:
    """Proofs by code; none where the list is missing."""
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {row["code"]: Proof(row["digest"], date.fromisoformat(row["proven_on"])) for row in rows}


def write_proven(digests: dict[str, str], today: date, path: Path = PROVEN) -> None:
    """Write the list anew; what was proven as it is now keeps its day."""
    kept = read_proven(path)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(FIELDS)
        for code, digest in sorted(digests.items()):
            known = kept.get(code)
            day = known.proven_on if known and known.digest == digest else today
            writer.writerow((code, digest, day.isoformat()))
