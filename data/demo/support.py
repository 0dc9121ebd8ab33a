"""Housing support and urban renewal of the demonstration city: its facts, and the tasks it was set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from data.demo import homes, safety, tasks
from data.demo.market import DISTRICTS
from data.demo.sector import Rows, Sector
from data.demo.things import Thing, rows_between
from data.models import HouseSafety, ServiceCase, SupervisedTask, SupportHome, SupportHousehold, TaskProject

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from data.demo.city import City

CITY = "321200"
SOURCE = "演示：年度任务"
_WHOLE = {"ZF11-rate": 100.0, "ZF23": 100.0}
"""Rates of completion, of which all is to be done everywhere."""


def _rows(city: City, after: list[int], until: list[int]) -> dict[type, Rows]:
    seed, scale, last = city.market.seed, city.scale, max(until)
    found: dict[type[Any], Iterable[Thing]] = {
        TaskProject: tasks.things(seed, city.since, last),
        HouseSafety: safety.houses(seed, last, scale),
        ServiceCase: safety.cases(seed, city.since, last, scale),
        SupervisedTask: safety.issues(seed, last, scale),
    }
    lives = [*homes.rental_homes(seed, city.since, last, scale)]
    found[SupportHome] = [
        *(spell for spells, _ in lives for spell in spells),
        *homes.purchases(seed, last, scale),
    ]
    found[SupportHousehold] = [
        *(tenant for _, tenants in lives for tenant in tenants),
        *homes.subsidies(seed, city.since, last, scale),
    ]
    return {model: rows_between(model, things, after, until, city.since) for model, things in found.items()}


def targets(seed: int, years: Sequence[int]) -> list[dict[str, Any]]:
    """Tasks of these years by district and for the city, as rows of ``sys_target``."""
    rows = []
    for year in years:
        city: dict[str, float] = {}
        for district, about in enumerate(DISTRICTS):
            tasked = tasks.targets(seed, district, year)
            for indicator, value in tasked.items():
                city[indicator] = city.get(indicator, 0.0) + value
            rows += _targets(about.id, year, tasked | _WHOLE)
        rows += _targets(CITY, year, city | _WHOLE)
    return rows


def _targets(district: str, year: int, values: dict[str, float]) -> list[dict[str, Any]]:
    return [
        {"indicator": indicator, "district_id": district, "year": year, "value": float(value), "source": SOURCE}
        for indicator, value in values.items()
    ]


SECTOR = Sector(
    (TaskProject, SupportHousehold, SupportHome, HouseSafety, ServiceCase, SupervisedTask),
    _rows,
    targets=targets,
)
