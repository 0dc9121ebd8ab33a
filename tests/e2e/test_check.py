"""The self-check as a steward meets it: nothing cut or overlapping, one check alone, the board, an indicator."""

from __future__ import annotations

import pytest

from tests.e2e.conftest import Visit

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1920, 1080)])
def test_a_steward_goes_from_what_needs_a_hand_to_its_indicator(visit: Visit, width: int, height: int) -> None:
    watched = visit("/check", role="steward", width=width, height=height)
    page = watched.page
    assert watched.faults() == []
    page.click("a.segment:has-text('页面展示')")
    page.wait_for_url("**/check?check=shown")
    page.click("a.segment:has-text('报送完整性')")
    page.wait_for_selector(".is-board")
    assert "网签合同" in page.inner_text(".is-board")
    assert watched.faults() == []
    page.click("a.segment:has-text('待处理')")
    page.click("#check-table a >> nth=0")
    page.wait_for_url("**/indicator/**")
    watched.drawn()
