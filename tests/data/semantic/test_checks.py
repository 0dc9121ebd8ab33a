"""A declaration that could not be answered honestly is refused at start, in words that name it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from typing import Any

import pytest

from data.cubes import ALL_CUBES
from data.cubes import property_market as m
from data.indicators import ALL_INDICATORS
from data.models import HouseUnit, SalesContract
from data.platform import standard_registry
from data.semantic.registry import Registry
from data.semantic.spec import Band, Cube, Dim, Flow, I, Indicator, Measure, Rung
from data.semantic.sql import rung_table

SMALL = Cube(
    "small",
    "小立方体",
    SalesContract,
    (Dim("district", "区市", SalesContract.district_id, region=True),),
    (Measure("small_count"),),
    (Rung("day", ("district",)),),
    time=SalesContract.booked_on,
    sortable=("booked_on",),
)
USE = Dim("use", "用途", SalesContract.use, codes={"residential": "住宅"})


def built(*cubes: Cube, indicators: Iterable[Indicator] = ()) -> Registry:
    return Registry(cubes, indicators)


def test_the_standard_declarations_are_sound():
    assert len(standard_registry().cubes) == len(ALL_CUBES)
    assert built(SMALL).cubes == {"small": SMALL}


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no time": ({"time": None}, "二者取一"),
    "time and state": ({"since": HouseUnit.sale_open_on, "until": HouseUnit.signed_on}, "二者取一"),
    "an end without a beginning": ({"until": HouseUnit.signed_on}, "二者取一"),
    "no district": ({"dims": (USE,), "rungs": (Rung("day", ("use",)),)}, "区市维度"),
    "a rung without the district": (
        {"dims": (*SMALL.dims, USE), "rungs": (Rung("day", ("use",)), Rung("day", ("district", "use")))},
        "day_use",
    ),
    "the last rung lacks a dimension": ({"dims": (*SMALL.dims, USE)}, "最后一级"),
    "the last rung is of months": ({"rungs": (Rung("month", ("district",)),)}, "最后一级"),
    "a rung of an unknown dimension": (
        {"rungs": (Rung("day", ("district", "bank")), Rung("day", ("district",)))},
        "bank",
    ),
    "no order": ({"sortable": ()}, "sortable"),
    "an order by nothing": ({"sortable": ("nowhere",)}, "nowhere"),
    "an order by what may be missing": ({"sortable": ("unit_code",)}, "unit_code"),
    "a name too long": ({"name": "s" * 60}, "63"),
    "a measure named as a dimension": ({"measures": (Measure("district"),)}, "district"),
    "a measure named as the count": ({"measures": (Measure("n"),)}, "n"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_cube_that_cannot_be_kept_or_read_is_refused(wrong: str):
    changes, words = WRONG[wrong]
    cube = replace(SMALL, **changes)
    with pytest.raises(ValueError, match=words) as refused:
        built(cube)
    assert cube.name in str(refused.value)


def test_a_condition_that_rows_have_a_value_lets_them_be_ordered_by_it():
    missing = replace(SMALL, where=SalesContract.market == "new", sortable=("unit_code",))
    with pytest.raises(ValueError, match="unit_code"):
        built(missing)
    built(replace(missing, where=(SalesContract.market == "new") & SalesContract.unit_code.is_not(None)))


def test_cubes_that_contradict_each_other_are_refused():
    other = replace(SMALL, name="other", measures=(Measure("other_count"),))
    built(SMALL, other)
    with pytest.raises(ValueError, match="small 重复"):
        built(SMALL, replace(other, name="small"))
    with pytest.raises(ValueError, match="small_count 同时属于立方体 small 和 other"):
        built(SMALL, replace(other, measures=SMALL.measures))
    for dim in (
        replace(SMALL.dims[0], zh="地区"),
        replace(SMALL.dims[0], names=m.PROJECT_NAMES),
    ):
        with pytest.raises(ValueError, match="district 在立方体 small 和 other"):
            built(SMALL, replace(other, dims=(dim,)))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"rows": ("booked_on", "nowhere")}, "nowhere"),
        ({"bands": (Band("低", 0, 6), Band("反", 9, 7))}, "反"),
        ({"bands": (Band("高", 6, math.inf), Band("低", 0, 6))}, "升序"),
        ({"bridge": (Flow("增", "ZF00", 1),)}, "ZF00"),
        ({"bridge": (Flow("增", "ZF03", 1),)}, "ZF03"),
        ({"value": m.inventory_area / m.signed_area, "rows": ("area_m2",)}, "rows"),
    ],
)
def test_an_indicator_that_promises_what_is_not_there_is_refused(changes: dict[str, Any], words: str):
    sound = I("ZF99", "试", "Trial", "套", "", m.signed_homes * 1, rows=("booked_on",))
    standard_registry().add(sound)
    registry = standard_registry()
    with pytest.raises(ValueError, match=words) as refused:
        registry.add(replace(sound, **changes))
    assert "ZF99" in str(refused.value)
    assert "ZF99" not in registry


def test_a_bridge_is_refused_at_start_too():
    bad = I("ZF99", "试", "Trial", "套", "", m.inventory_area * 1, bridge=(Flow("增", "ZF05", 1),))
    with pytest.raises(ValueError, match="ZF99"):
        Registry(ALL_CUBES, (*ALL_INDICATORS, bad))


def test_threads_that_make_the_same_tables_do_not_meet():
    """Many registries at once, of cubes that no other test has made tables of."""
    cubes = [replace(SMALL, name=f"raced{number}", measures=(Measure("raced"),)) for number in range(40)]
    gate = Barrier(8)

    def make(_: int) -> list[str]:
        gate.wait(10)
        return [rung_table(cube, rung).name for cube in cubes for rung in cube.rungs]

    with ThreadPoolExecutor(8) as pool:
        assert len({tuple(names) for names in pool.map(make, range(8))}) == 1


def test_registries_of_one_name_share_no_table():
    first, second = (replace(SMALL, measures=(Measure(name),)) for name in ("one", "two"))
    tables = [rung_table(cube, cube.rungs[0]) for cube in (first, second)]
    built(first)
    built(second)
    assert [table.columns.keys()[-1] for table in tables] == ["one", "two"]
    assert tables[0] is rung_table(first, first.rungs[0])
