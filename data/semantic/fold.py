"""Members taken together: what they are worth as one, and which share of the whole each has."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from data.semantic.registry import Registry
from data.semantic.spec import Member, Series

Values = tuple[float | None, ...]


@dataclass(frozen=True)
class Fold:
    """One indicator's members, put together where that has a meaning: sums add, quotients divide the added parts.

    Distinct members and percentiles, and quotients whose parts the viewer may not see, can't be put together.
    """

    series: Series
    adds: bool
    scale: float = 1.0

    @classmethod
    def of(cls, registry: Registry, series: Series) -> Fold:
        """The members of ``series``."""
        shape = registry.shape(series.code)
        return cls(series, registry.adds_up(series.code), shape.scale if shape is not None else 1.0)

    def together(self, members: Iterable[Member]) -> Values:
        """The value of these members as one, a bucket each; None where it is not known."""
        chosen = tuple(members)
        if self.adds:
            return _sums([self.series.values[member] for member in chosen], self._length)
        if not self.series.denominator:
            return (None,) * self._length
        top = _sums([self.series.numerator[member] for member in chosen], self._length)
        below = _sums([self.series.denominator[member] for member in chosen], self._length)
        return tuple(self.scale * n / d if n is not None and d else None for n, d in zip(top, below, strict=True))

    def weight(self, members: Iterable[Member], bucket: int = 0) -> float | None:
        """The share that these members have of all: of the sum, of a quotient of its denominator.

        None where the figure has no shares, where nothing is there to share, or where cancellations leave less than
        nothing of a part.
        """
        total = self._totals[bucket] if self._totals else 0.0
        if total <= 0:
            return None
        amount = sum(self._amounts[member][bucket] or 0.0 for member in members)
        return amount / total if amount >= 0 else None

    @property
    def _amounts(self) -> dict[Member, Values]:
        """What shares are taken of: the values of sums, the denominators of quotients, else nothing."""
        return self.series.values if self.adds else self.series.denominator

    @cached_property
    def _totals(self) -> tuple[float, ...]:
        return tuple(sum(value or 0.0 for value in column) for column in zip(*self._amounts.values(), strict=True))

    @property
    def _length(self) -> int:
        return len(next(iter(self.series.values.values()), ()))


def _sums(rows: Sequence[Values], length: int) -> Values:
    """Sums of columns; what is missing is left out, and a column without anything is missing."""
    found = []
    for index in range(length):
        there = [value for row in rows if (value := row[index]) is not None]
        found.append(sum(there) if there else None)
    return tuple(found)
