"""One click narrows the whole page: what changes, what stays, what it costs, and the way back."""

from __future__ import annotations

import pytest

from tests.e2e.conftest import Visit
from tests.support.watch import Watched

pytestmark = pytest.mark.e2e

PARTS = (
    *("lead", "ZF02", "ZF03", "ZF04", "ZF06", "ZF07", "ZF08"),
    *("trend", "projects", "escrow", "price", "buyers", "tasks"),
)
HIGHEST = "兴化"
"""Where the demonstration city's stock lasts longest."""

FACE = """(part) => {
    const slot = document.getElementById(JSON.stringify({ id: part, kind: "slot" }));
    const marks = [...slot.querySelectorAll(".main-svg path, .main-svg .trace")].map((mark) => getComputedStyle(mark));
    const colours = marks.map((style) => style.fill + style.stroke + style.opacity);
    return slot.innerText + colours.join();
}"""
"""What a part says, and in which colours it draws."""

BARS = """() => [...document.getElementById('{"id":"lead","kind":"slot"}').querySelectorAll(".barlayer .point path")]
    .map((bar) => { const box = bar.getBoundingClientRect();
                    return [box.x + box.width / 2, box.y + box.height / 2, getComputedStyle(bar).fill]; })"""


@pytest.fixture
def housing(visit: Visit) -> Watched:
    """The cockpit, drawn."""
    return visit("/housing")


def faces(watched: Watched) -> dict[str, str]:
    """Every part as it looks."""
    return {part: watched.page.evaluate(FACE, part) for part in PARTS}


def click(watched: Watched, x: float, y: float) -> list[str]:
    """Point, then press, as a hand does; returns the callbacks that this costs."""
    watched.page.mouse.move(x, y)
    watched.until("() => document.querySelector('.hoverlayer .hovertext')")
    before, search = len(watched.callbacks()), watched.search()
    watched.page.mouse.down()
    watched.page.mouse.up()
    watched.until("search => location.search !== search", search)
    watched.drawn()
    return watched.callbacks()[before:]


def bars(watched: Watched) -> list[tuple[float, float, str]]:
    """Middle and colour of each district's bar, in the order of their names on the axis."""
    found: list[tuple[float, float, str]] = watched.page.evaluate(BARS)
    return found


def of_district(watched: Watched, name: str) -> int:
    """Which bar is the district's."""
    names = watched.slot("lead").locator(".ytick text").all_text_contents()
    return [text.strip() for text in names].index(name)


def test_a_bar_narrows_all_other_parts_and_is_lit_alone_and_a_second_click_takes_it_back(housing: Watched) -> None:
    whole, before = faces(housing), bars(housing)
    which = of_district(housing, HIGHEST)
    assert len(click(housing, *before[which][:2])) <= 3
    assert housing.search() == "?r=321281"
    narrowed, after = faces(housing), bars(housing)
    assert [part for part in PARTS if narrowed[part] == whole[part]] == []
    assert len(after) == len(before) == 6, "the source keeps its marks"
    assert [now[2] == then[2] for now, then in zip(after, before, strict=True)] == [i == which for i in range(6)]
    assert len(click(housing, *after[which][:2])) <= 3
    assert housing.search() == ""
    assert faces(housing) == whole


def test_a_cell_is_a_district_and_a_size_and_back_is_the_way_back(housing: Watched) -> None:
    whole = faces(housing)

    def cell() -> tuple[float, float]:
        """Second column, first row: where it stands now, since a chip may take a line of the filter bar."""
        box = housing.slot("buyers").locator(".nsewdrag").bounding_box()
        assert box
        return box["x"] + box["width"] * 3 / 8, box["y"] + box["height"] / 12

    assert len(click(housing, *cell())) <= 3
    assert housing.search() == "?r=321282&size_band=s90_120"
    assert "面积段：90—120㎡" in housing.page.inner_text(".chips")
    chosen = faces(housing)
    housing.page.go_back()
    housing.until("() => location.search === ''")
    housing.drawn()
    assert faces(housing) == whole
    housing.page.go_forward()
    housing.until("() => location.search !== ''")
    housing.drawn()
    assert faces(housing) == chosen
    assert len(click(housing, *cell())) <= 3
    assert housing.search() == ""


def test_a_cell_of_the_chosen_district_adds_its_size(visit: Visit) -> None:
    housing = visit("/housing?r=321282")
    box = housing.slot("buyers").locator(".nsewdrag").bounding_box()
    assert box
    click(housing, box["x"] + box["width"] * 3 / 8, box["y"] + box["height"] / 12)
    assert housing.search() == "?r=321282&size_band=s90_120"
    housing.page.locator(".chip").click()
    housing.until("() => location.search === '?r=321282'")


def test_what_a_filter_cannot_reach_stays_and_says_so(visit: Visit) -> None:
    housing = visit("/housing?size_band=s90_120")
    assert "不适用此筛选" in housing.text("ZF08")
    assert "不适用此筛选" in housing.text("tasks")
    assert "不适用此筛选" not in housing.text("ZF02")


def test_hovering_asks_nothing_and_leaves_no_trace(housing: Watched) -> None:
    length, asked = housing.page.evaluate("history.length"), len(housing.asked)
    for part in ("lead", "trend", "price", "buyers", "tasks"):
        box = housing.slot(part).locator(".main-svg").first.bounding_box()
        assert box
        for step in range(1, 8):
            housing.page.mouse.move(box["x"] + box["width"] * step / 8, box["y"] + box["height"] / 2)
            housing.page.wait_for_timeout(60)
    assert housing.page.evaluate("history.length") == length
    assert [path for path in housing.asked[asked:] if not path.startswith("/api/versions")] == []


def test_a_warm_first_visit_is_one_callback_and_holds_all_figures_already(housing: Watched, visit: Visit) -> None:
    warm = visit("/housing")
    assert len(warm.callbacks()) == 1, "where the page is; the figures came with it"
    assert faces(warm) == faces(housing)
