"""The one place where a question meets its viewer: which rows and cells may answer it.

A region that is not wholly in scope is refused, never narrowed, so that no figure says less than its title; the
undivided city total and indicators marked 通报 are open to all. Rows are always scoped.
"""

from __future__ import annotations

from dataclasses import dataclass

from data.access.viewer import Forbidden, Viewer
from data.regions import Regions
from data.semantic.registry import Registry
from data.semantic.spec import DISTRICT, Cube, Filter, Query

RANKED_BY = ((), (DISTRICT,))


@dataclass(frozen=True)
class Where:
    """Conditions on a cube's columns: ``allow[dim]`` members; ``ignored`` are filters that the cube can't apply."""

    allow: tuple[tuple[str, tuple[str, ...]], ...]
    ignored: tuple[str, ...]

    @property
    def dims(self) -> frozenset[str]:
        """Dimensions that the conditions need."""
        return frozenset(dim for dim, _ in self.allow)


def districts_of(regions: Regions, region: str) -> tuple[str, ...]:
    """Districts that a region holds or, for a town, the one that holds it."""
    inside = regions.districts(region)
    if inside:
        return inside
    around = regions.district_of(regions.resolve(region))
    return (around,) if around else ()


def check(query: Query, viewer: Viewer, regions: Regions, registry: Registry) -> None:
    """Raise :class:`Forbidden` where ``query`` asks for more than the viewer may see."""
    if viewer.districts is not None and not viewer.districts:
        raise Forbidden("本账号没有可查看的辖区，不能查看指标；如有需要请联系系统管理员")
    if sees_parts(query, viewer, regions):
        return
    plain_filter = not _place_dims(query, registry) & {dim for dim, _ in query.where.allow}
    ranked = all(registry[code].ranked for code in query.indicators)
    # Districts are compared, not what lies within one: a town is no region of a ranking.
    between = bool(regions.districts(query.where.region))
    if ranked and between and query.by in RANKED_BY and plain_filter and not query.districts:
        return
    raise Forbidden(f"{regions.name(query.where.region)}不在您的辖区内，只能查看全市合计和通报指标；请把区域改为本辖区")


def _place_dims(query: Query, registry: Registry) -> set[str]:
    """Dimensions of the cubes asked whose members lie in one district: a filter by them is no comparison of all."""
    cubes = {cube for code in query.indicators for cube in registry.cubes_of(code)}
    return {dim.name for cube in cubes for dim in cube.dims if dim.of_places}


def sees_parts(query: Query, viewer: Viewer, regions: Regions) -> bool:
    """Whether all of the answer is the viewer's to see, the amounts included that a quotient is made of.

    Else it is a 通报 figure at most: districts are compared by it, not by its amounts.
    """
    if viewer.districts is None:
        return True
    if viewer.districts and viewer.districts.issuperset(districts_of(regions, query.where.region)):
        return True
    return regions.is_city(query.where.region) and not (query.by or query.where.allow or query.districts)


def where(
    cube: Cube,
    region_filter: Filter,
    regions: Regions,
    districts: tuple[str, ...] = (),
    by: tuple[str, ...] = (),
) -> Where:
    """Conditions under which ``cube`` answers a filter that :func:`check` has let through, divided ``by`` dimensions.

    A city-wide filter needs no region column at all; a town's falls back to its district where the cube knows no
    towns, and says so in ``ignored``. A published statistic has a row of its own for each region: the city's is not
    among the districts', and a group for which nothing was published has none.
    """
    allow: dict[str, tuple[str, ...]] = {}
    ignored: list[str] = []
    for dim, members in region_filter.allow:
        if dim in cube.divisions:
            allow[dim] = members
        else:
            ignored.append(dim)
    region = regions.resolve(region_filter.region)
    if cube.published:
        whole = region if not regions.district_of(region) else regions.district_of(region) or region
        rows = regions.districts(region) or (whole,) if DISTRICT in by else (whole,)
        allow[DISTRICT] = _both(allow.get(DISTRICT), rows)
    elif region and not regions.is_city(region):
        inside = regions.districts(region)
        if inside:
            allow[DISTRICT] = _both(allow.get(DISTRICT), inside)
        elif "town" in cube.dim_names:
            allow["town"] = _both(allow.get("town"), tuple(sorted(regions.leaves(region))))
            allow[DISTRICT] = _both(allow.get(DISTRICT), districts_of(regions, region))
        else:
            allow[DISTRICT] = _both(allow.get(DISTRICT), districts_of(regions, region))
            ignored.append("town")
    if districts and not (cube.published and DISTRICT not in by):
        allow[DISTRICT] = _both(allow.get(DISTRICT), districts)
    return Where(tuple(sorted(allow.items())), tuple(ignored))


def row_districts(region_filter: Filter, viewer: Viewer, regions: Regions) -> tuple[str, ...] | None:
    """Districts whose rows the viewer may read under a filter; None for all. Refuses another district's region."""
    if viewer.districts is None:
        return None
    asked = districts_of(regions, region_filter.region)
    if regions.is_city(region_filter.region):
        return tuple(sorted(viewer.districts))
    if not viewer.districts.issuperset(asked):
        raise Forbidden("明细只能查看本辖区；请把区域改为本辖区")
    return tuple(sorted(viewer.districts))


def _both(first: tuple[str, ...] | None, second: tuple[str, ...]) -> tuple[str, ...]:
    return second if first is None else tuple(sorted(set(first) & set(second)))
