"""All cubes and indicators, looked up by code; passed in, never global."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from data.errors import PlatformError
from data.semantic import check
from data.semantic.shape import Shape, Shapeless, shape_of
from data.semantic.spec import Cube, Dim, Indicator, Measure, Of, Quantile, leaves, measures
from data.semantic.sql import rung_table


class UnknownIndicator(PlatformError, KeyError):
    """No indicator has this code."""


class Registry:
    """Cubes and indicators of one platform. Adding an indicator here is all that makes it known everywhere.

    ``dims`` are all dimensions of its cubes by name, but numbers, each as the first cube declares it.

    Declarations that could not be answered honestly are refused here, at start, with a ValueError that names them.
    """

    def __init__(self, cubes: Iterable[Cube], indicators: Iterable[Indicator]) -> None:
        declared = tuple(cubes)
        check.cubes(declared)
        self.cubes = {cube.name: cube for cube in declared}
        self.dims: dict[str, Dim] = {}
        for dim in (dim for cube in declared for dim in cube.dims if not dim.number):
            self.dims.setdefault(dim.name, dim)
        self._cube_of = {measure: cube for cube in declared for measure in cube.measures}
        self._indicators: dict[str, Indicator] = {}
        self._shapes: dict[str, Shape | None] = {}
        self._cubes_of: dict[str, tuple[Cube, ...]] = {}
        for cube in declared:
            for rung in cube.rungs:
                rung_table(cube, rung)  # made before there are threads that would race to make it
        for indicator in indicators:
            self._add(indicator)
        for indicator in self:
            self._check_bridge(indicator)

    def add(self, indicator: Indicator) -> None:
        """Declare one more indicator.

        ValueError where its code is taken, its expression refers to nothing or has no meaning that its parts could
        be asked for, or its rows, bands or bridge don't fit.
        """
        self._check_bridge(indicator)
        self._add(indicator)

    def _add(self, indicator: Indicator) -> None:
        code = indicator.code
        if code in self._indicators:
            raise ValueError(f"指标编码 {code} 已存在")
        for measure in measures(indicator.value):
            if measure not in self._cube_of:
                raise ValueError(f"指标 {code} 的度量 {measure.name} 不属于任何立方体")
        for leaf in leaves(indicator.value):
            if isinstance(leaf, Of) and leaf.code not in self._indicators:
                raise ValueError(f"指标 {code} 引用了未声明的指标 {leaf.code}")
        shape = self._shaped(indicator)
        check.indicator(indicator, self._cube_of)
        self._indicators[code] = indicator
        self._shapes[code] = shape

    def _shaped(self, indicator: Indicator) -> Shape | None:
        """The shape of an indicator; of one that is made of others only where these add up.

        Distinct members, quantiles and published statistics have none: no sum of parts amounts to them.
        """
        found = tuple(leaves(indicator.value))
        read = tuple(measures(indicator.value))
        if any(measure.how == "set" or self._cube_of[measure].published for measure in read):
            return None
        if any(isinstance(leaf, Quantile) for leaf in found):
            return None
        referred = [leaf.code for leaf in found if isinstance(leaf, Of)]
        try:
            shape = shape_of(indicator.value)
        except Shapeless as reason:
            if referred:
                return None
            raise ValueError(f"指标 {indicator.code} {reason}") from None
        if referred:
            return shape if all(self.adds_up(code) for code in referred) else None
        for part in filter(None, (shape.top, shape.below)):
            if len({self._cube_of[m].is_state(m) for m in measures(part)}) > 1:
                raise ValueError(f"指标 {indicator.code} 把时点存量与期间累计相加，没有意义")
        return shape

    def _check_bridge(self, indicator: Indicator) -> None:
        for flow in indicator.bridge:
            if flow.code not in self._indicators:
                raise ValueError(f"指标 {indicator.code} 的变动桥引用了未声明的指标 {flow.code}")
            if not self.adds_up(flow.code):
                raise ValueError(f"指标 {indicator.code} 的变动桥引用了不可相加的指标 {flow.code}")

    def __getitem__(self, code: str) -> Indicator:
        if code not in self._indicators:
            raise UnknownIndicator(f"没有指标 {code}", "指标", "从指标目录选择")
        return self._indicators[code]

    def __contains__(self, code: object) -> bool:
        return code in self._indicators

    def __iter__(self) -> Iterator[Indicator]:
        return iter(self._indicators.values())

    def shape(self, code: str) -> Shape | None:
        """What the indicator's expression amounts to; None for one made of others that has no such form."""
        return self._shapes[self[code].code]

    def adds_up(self, code: str) -> bool:
        """Whether the values of parts add up to the whole, in their measures or in the indicators referred to."""
        shape = self.shape(code)
        return shape is not None and shape.below is None

    def cube_of(self, measure: Measure) -> Cube:
        """The cube that keeps ``measure``."""
        return self._cube_of[measure]

    def cubes_of(self, code: str) -> tuple[Cube, ...]:
        """All cubes under an indicator, in name order, those of the indicators it refers to included."""
        known = self._cubes_of.get(code)
        if known is None:  # what is declared never changes, nor what it refers to
            value = self[code].value
            found = {self._cube_of[measure] for measure in measures(value)}
            for leaf in leaves(value):
                if isinstance(leaf, Of):
                    found.update(self.cubes_of(leaf.code))
            known = self._cubes_of[code] = tuple(sorted(found, key=lambda cube: cube.name))
        return known

    def dims_of(self, code: str) -> tuple[str, ...]:
        """Dimensions by which an indicator can be divided: those of all its cubes, in declared order."""
        cubes = self.cubes_of(code)
        return tuple(dim.name for dim in cubes[0].dims if all(dim.name in cube.divisions for cube in cubes))

    def cubes_over(self, fact: type) -> tuple[Cube, ...]:
        """Cubes that are kept over a fact table, in name order."""
        return tuple(sorted((cube for cube in self.cubes.values() if cube.fact is fact), key=lambda cube: cube.name))
