"""Maps, shares and steps: what they draw of an indicator, from its declaration."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from components.board.composition import Composition, Steps
from components.board.listing import Listing
from components.board.maps import Choropleth
from components.board.part import Drawn, Part
from components.board.render import Board, results
from components.board.source import Boards
from data.access.viewer import SYSTEM, Forbidden, Viewer
from data.platform import Platform
from data.reference.outlines import outlines
from data.settings import Settings
from tests.data.semantic.market import DISTRICTS, UNIT, open_market, rich_rows

PARTS: tuple[Part, ...] = (
    Choropleth(id="map", code="ZF02", zh="网签面积"),
    Listing(id="more", zh="更多指标", listed=("ZF01", "ZF05")),
    Composition(id="kinds", code="ZF02-units", across="size_band", zh="谁在买", ordered=True),
    Steps(
        id="steps", zh="库存去向", steps=(("新增", "ZF04-opened"), ("网签", "ZF04-signed"), ("撤销", "ZF04-cancelled"))
    ),
)
CLERK = Viewer("clerk", "小王", "district", districts=frozenset({"321281"}))


@pytest.fixture(scope="module")
def boards(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Boards]:
    folder = tmp_path_factory.mktemp("compositions")
    shutil.copyfile(sqlite_template, folder / "market.sqlite3")
    url = f"sqlite:///{folder / 'market.sqlite3'}"
    open_market(url, rich_rows()).db.dispose()
    platform = Platform(Settings(instance_path=folder, database_url=url, demo=False, secret_key="only-for-tests"))
    found = Boards(platform)
    found.add(Board("parts", "测试", "/parts", PARTS, "1fr"))
    yield found
    platform.db.dispose()


def drawn(boards: Boards, part: str, viewer: Viewer = SYSTEM, **values: str) -> Drawn:
    board = boards.get("parts")
    assert board is not None
    found = dict(results(board.parts, boards.scene(board, values, viewer, "dark")))
    made = next(result for each, result in found.items() if each.id == part)
    if isinstance(made, Exception):
        raise made
    return made


def test_every_district_with_a_shape_is_on_the_map_and_the_unit_without_one_below_it(boards: Boards):
    made = drawn(boards, "map", p="2026-10")
    assert made.figure is not None
    fills = [trace["customdata"] for trace in made.figure["data"] if trace.get("fill") == "toself"]
    assert sorted(member for (member,) in fills) == sorted(DISTRICTS)
    footer = made.figure["layout"]["annotations"][0]["text"]
    assert footer.startswith("市本级 ")
    assert footer.endswith("行政区划示意图")
    assert made.table is not None
    assert UNIT not in {outline.region for outline in outlines().districts}


def test_a_district_account_is_not_shown_the_others_on_the_map(boards: Boards):
    with pytest.raises(Forbidden):
        drawn(boards, "map", CLERK, p="2026-10", r="321200")


def test_the_parts_of_each_place_make_up_its_whole(boards: Boards):
    made = drawn(boards, "kinds", p="2026-10")
    assert made.figure is not None
    widths = [trace["x"] for trace in made.figure["data"]]
    for place in zip(*widths, strict=True):
        assert sum(place) == pytest.approx(100)


def test_steps_say_their_share_of_the_first(boards: Boards):
    made = drawn(boards, "steps", p="2026-10")
    assert made.table is not None
    rows: list[Any] = [list(row) for row in made.table().rows]
    assert [row[0] for row in rows] == ["新增", "网签", "撤销"]
    for _, amount, share in rows:
        assert share == pytest.approx(100 * amount / rows[0][1])


def test_further_figures_stand_a_line_each_and_lead_to_their_pages(boards: Boards):
    made = drawn(boards, "more", p="2026-10")
    assert made.body is not None
    assert [line.href.partition("?")[0] for line in made.body.children] == ["/indicator/ZF01", "/indicator/ZF05"]
    assert made.table is not None
    rows: list[Any] = [list(row) for row in made.table().rows]
    assert [row[0] for row in rows] == ["批准预售面积", "去化周期"]
    assert [row[2] for row in rows] == ["万㎡", "月"]


def test_steps_of_what_began_before_are_no_shares_of_the_first(boards: Boards):
    part = Steps(id="steps", steps=(("撤销", "ZF04-cancelled"), ("网签", "ZF04-signed")), zh="环节")
    board = Board("one", "环节", "/one", (part,), "1fr")
    ((_, made),) = results(board.parts, boards.scene(board, {"p": "2026-10"}, SYSTEM, "dark"))
    assert isinstance(made, Drawn)
    assert "括号内为占" not in made.subtitle
    assert "各环节本期发生数" in made.subtitle
