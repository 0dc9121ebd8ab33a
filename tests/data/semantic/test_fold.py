"""Members taken together: as the whole would be, or not at all."""

from __future__ import annotations

import pytest

from data.platform import standard_registry
from data.semantic.fold import Fold
from data.semantic.spec import Series

REGISTRY = standard_registry()
A, B, C = ("a",), ("b",), ("c",)


def test_sums_add_and_what_is_missing_is_left_out() -> None:
    fold = Fold.of(REGISTRY, Series("ZF02", {A: (1.0, None), B: (2.0, None), C: (None, 4.0)}))
    assert fold.together((A, B)) == (3.0, None)
    assert fold.together((A, B, C)) == (3.0, 4.0)
    assert fold.weight((B,)) == pytest.approx(2 / 3)
    assert fold.weight((A, B, C)) == 1


def test_quotients_divide_the_added_parts_and_weigh_by_the_denominator() -> None:
    series = Series("ZF07-coverage", {A: (75.0,), B: (100.0,)}, {A: (30.0,), B: (10.0,)}, {A: (40.0,), B: (10.0,)})
    fold = Fold.of(REGISTRY, series)
    assert fold.together((A, B)) == (80.0,)
    assert fold.weight((A,)) == 0.8


def test_what_is_published_without_its_parts_has_no_value_together_and_no_share() -> None:
    fold = Fold.of(REGISTRY, Series("ZF05", {A: (12.0,), B: (18.0,)}))
    assert fold.together((A, B)) == (None,)
    assert fold.weight((A,)) is None


def test_nothing_has_no_share_of_nothing_nor_of_what_is_cancelled() -> None:
    assert Fold.of(REGISTRY, Series("ZF02", {A: (0.0,)})).weight((A,)) is None
    cancelled = Fold.of(REGISTRY, Series("ZF02", {A: (5.0,), B: (-2.0,)}))
    assert cancelled.weight((B,)) is None
    assert Fold.of(REGISTRY, Series("ZF02", {})).weight(()) is None
