"""The self-check as a steward meets it: nothing cut or overlapping, one check alone, the board, an indicator."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import delete

from data.db import Database
from data.models import Target
from data.settings import Settings
from tests.e2e.conftest import Visit
from tests.support.site import Site

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def aimless(copied: Callable[..., Site]) -> Iterator[Site]:
    """A site whose deliveries have no target any more."""
    site = copied()
    database = Database(Settings(instance_path=site.instance).url)
    with database.write() as connection:
        connection.execute(delete(Target).where(Target.indicator == "ZF10"))
    database.dispose()
    site.start()
    yield site
    site.stop()


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1920, 1080)])
def test_a_steward_goes_from_what_needs_a_hand_to_its_indicator(
    visit: Visit, aimless: Site, width: int, height: int
) -> None:
    watched = visit("/check", role="steward", site=aimless, width=width, height=height)
    page = watched.page
    assert watched.faults() == []
    page.click("a.segment:has-text('目标')")
    page.wait_for_url("**/check?check=targets")
    page.click("a.segment:has-text('报送完整性')")
    page.wait_for_selector(".is-board")
    assert "网签合同" in page.inner_text(".is-board")
    assert watched.faults() == []
    page.click("a.segment:has-text('待处理')")
    page.click("#check-table a[href*='ZF10'] >> nth=0")
    page.wait_for_url("**/indicator/ZF10**")
    watched.drawn()
