"""What an account sees once it is inside: the scope that the session gives reaches the figures."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask import Flask

from data.access.viewer import Forbidden, Viewer
from data.semantic.spec import Bucket, Filter, Query

YEAR = (Bucket(date(2026, 1, 1), date(2027, 1, 1)),)
NOWHERE = Viewer("company", "企业", "company", districts=frozenset())


@pytest.mark.parametrize("query", [Query(("ZF02",), YEAR), Query(("ZF03",), YEAR, by=("district",))])
def test_a_company_sees_no_figure_not_even_the_city_total(server: Flask, query: Query) -> None:
    with pytest.raises(Forbidden):
        server.extensions["platform"].engine.answer(query, NOWHERE)


def test_a_company_sees_no_rows(server: Flask) -> None:
    from data.semantic.rollup import ensure_rollups

    platform: Any = server.extensions["platform"]
    with platform.db.write() as connection:
        ensure_rollups(connection, platform.registry)
    assert platform.engine.rows("ZF02", Filter(), YEAR[0], NOWHERE).rows == []
