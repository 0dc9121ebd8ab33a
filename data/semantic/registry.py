"""All cubes and indicators, looked up by code; passed in, never global."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from data.errors import PlatformError
from data.semantic.spec import Const, Cube, Expr, Indicator, Measure, Of, Operation


class UnknownIndicator(PlatformError, KeyError):
    """No indicator has this code."""


class Registry:
    """Cubes and indicators of one platform. Adding an indicator here is all that makes it known everywhere."""

    def __init__(self, cubes: Iterable[Cube], indicators: Iterable[Indicator]) -> None:
        self.cubes = {cube.name: cube for cube in cubes}
        self._cube_of = {measure: cube for cube in self.cubes.values() for measure in cube.measures}
        self._indicators: dict[str, Indicator] = {}
        for indicator in indicators:
            self.add(indicator)

    def add(self, indicator: Indicator) -> None:
        """Declare one more indicator; ValueError where its code is taken or its expression refers to nothing."""
        if indicator.code in self._indicators:
            raise ValueError(f"指标编码 {indicator.code} 已存在")
        for leaf in leaves(indicator.value):
            if isinstance(leaf, Measure) and leaf not in self._cube_of:
                raise ValueError(f"指标 {indicator.code} 的度量 {leaf.name} 不属于任何立方体")
            if isinstance(leaf, Of) and leaf.code not in self._indicators:
                raise ValueError(f"指标 {indicator.code} 引用了未声明的指标 {leaf.code}")
        self._indicators[indicator.code] = indicator

    def __getitem__(self, code: str) -> Indicator:
        if code not in self._indicators:
            raise UnknownIndicator(f"没有指标 {code}", "指标", "从指标目录选择")
        return self._indicators[code]

    def __contains__(self, code: object) -> bool:
        return code in self._indicators

    def __iter__(self) -> Iterator[Indicator]:
        return iter(self._indicators.values())

    def cube_of(self, measure: Measure) -> Cube:
        """The cube that keeps ``measure``."""
        return self._cube_of[measure]

    def cubes_of(self, code: str) -> tuple[Cube, ...]:
        """All cubes under an indicator, in name order, those of the indicators it refers to included."""
        found: set[Cube] = set()
        for leaf in leaves(self[code].value):
            if isinstance(leaf, Measure):
                found.add(self._cube_of[leaf])
            elif isinstance(leaf, Of):
                found.update(self.cubes_of(leaf.code))
        return tuple(sorted(found, key=lambda cube: cube.name))

    def dims_of(self, code: str) -> tuple[str, ...]:
        """Dimensions by which an indicator can be divided: those of all its cubes, in declared order."""
        cubes = self.cubes_of(code)
        return tuple(dim.name for dim in cubes[0].dims if all(dim.name in cube.dim_names for cube in cubes))

    def cubes_over(self, fact: type) -> tuple[Cube, ...]:
        """Cubes that are kept over a fact table, in name order."""
        return tuple(sorted((cube for cube in self.cubes.values() if cube.fact is fact), key=lambda cube: cube.name))


def leaves(expr: Expr) -> Iterator[Measure | Of]:
    """Measures and references in an expression, left to right."""
    if isinstance(expr, Operation):
        yield from leaves(expr.left)
        yield from leaves(expr.right)
    elif isinstance(expr, (Measure, Of)):
        yield expr
    else:
        assert isinstance(expr, Const)
