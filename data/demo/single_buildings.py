"""Single buildings of the city's projects: drawings passed, permitted, accepted; some are good houses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from data.demo.market import generator
from data.demo.projects import Project

STANDARD_SINCE = date(2025, 5, 1).toordinal()
"""Day from which a good house is judged by the national standard."""

# Share of homes permitted as good houses: a few pilots first, then more with each year of the standard.
_SHARE_DAYS = [day.toordinal() for day in (date(2024, 3, 1), date(2025, 5, 1), date(2026, 12, 1), date(2029, 1, 1))]
_SHARES = [0.02, 0.12, 0.42, 0.70]
_ACCEPTED_BEFORE_DELIVERY = 20


@dataclass(frozen=True)
class Building:
    """One building. Days are ordinals, the area in 0.01 ㎡; it is filed from ``filed`` on, as it then stands."""

    number: str
    name: str
    use: str
    area: int
    filed: int
    passed: int
    permitted: int
    accepted: int
    good: bool
    standard: str | None
    land: str
    prefab: bool
    structure: str
    green: str
    bim_required: bool
    bim_passed: bool
    pilot: bool
    technology: str


def buildings(seed: int, project: Project) -> list[Building]:
    """All buildings of a project, whole: homes phase by phase, and a public one with the first."""
    rng = generator(seed, 28, *project.key)
    eager = float(rng.random())
    land = "stock" if rng.random() < 0.14 else "new_land"
    pilot, prefab = bool(rng.random() < 0.06), bool(rng.random() < 0.72)
    found: list[Building] = []
    for place, phase in enumerate(project.phases):
        ahead, checked = int(rng.integers(120, 210)), int(rng.integers(15, 60))
        permitted = max(project.started, phase.opens - ahead) if place else project.started
        share = float(np.interp(permitted, _SHARE_DAYS, _SHARES, left=0.0))
        good = eager < share and not project.resettlement
        standard = "GB 55038-2025" if permitted >= STANDARD_SINCE else "改善型住宅导则（演示）"
        for use in ["residential"] * phase.buildings + ([] if place else ["public"]):
            home = use == "residential"
            mean, spread = (7_600, 1_900) if home else (2_400, 900)
            area = int(100 * np.clip(rng.normal(mean, spread), 900, 16_000))
            bim = area > 500_000
            found.append(
                Building(
                    number=f"DT-{project.project_no}-{len(found) + 1:02d}",
                    name=f"{len(found) + 1}幢" if home else "配套用房",
                    use=use,
                    area=area,
                    filed=max(project.started, permitted - checked),
                    passed=permitted - checked,
                    permitted=permitted,
                    accepted=max(project.delivered - _ACCEPTED_BEFORE_DELIVERY, permitted + 200),
                    good=good and home,
                    standard=standard if good and home else None,
                    land=land,
                    prefab=prefab and home,
                    structure="steel" if not home and rng.random() < 0.2 else "concrete",
                    green=str(rng.choice(["basic", "one", "two", "three"], p=[0.52, 0.28, 0.18, 0.02])),
                    bim_required=bim,
                    bim_passed=bim and bool(rng.random() < 0.8),
                    pilot=pilot,
                    technology=str(rng.choice(["bim", "parts", "robot"])) if pilot else "none",
                )
            )
    return found


def stage(building: Building, day: int) -> str:
    """How far a building has come by the end of ``day``."""
    if day >= building.accepted:
        return "done"
    return "build" if day >= building.permitted else "design"
