"""Every builder makes a figure that Plotly takes, also of what the data do on a bad day."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import plotly.graph_objects as go
import pytest

from components import figures as f
from components.figures import Band, Event, Figure, Mark, Reference, Series, Small, base, time
from components.figures.shares import Whole
from components.theme import NAMES, theme

DARK = theme("dark")
LONG = "泰州医药高新技术产业开发区（高港区）滨江新城演示·江湾府二期东区人才公寓"
DAYS = [date(2026, 1, 1) + timedelta(days=index) for index in range(40)]
BANDS = [Band("偏紧", 0, 6), Band("合理", 6, 12, "ok"), Band("偏多", 12, 18, "warn"), Band("限制", 18, 36, "bad")]
SQUARE = ((119.9, 32.0), (120.1, 32.0), (120.1, 32.2), (119.9, 32.0))

Values = list[float | None]
VALUES: dict[str, Values] = {
    "plain": [3.0, 5.5, 4.0],
    "one": [7.0],
    "none": [None, None],
    "empty": [],
    "gaps": [None, 2.0, None, 4.0, None],
    "negative": [-4.0, 2.0, -1.0],
    "zero": [0.0, 0.0, 0.0],
    "same": [5.0, 5.0],
    "huge": [4.2e9, 1.1e9],
    "tiny": [1e-7, 3e-7],
    "broken": [float("nan"), float("inf"), 1.0],
}


def marks(values: Values) -> list[Mark]:
    return [
        Mark(f"m{i}", LONG if i == 0 else f"第{i}", value, previous=1.0, year_before=2.0 if i else None, target=3.0)
        for i, value in enumerate(values)
    ]


def xs(values: Values) -> list[Any]:
    return DAYS[: len(values)]


BUILDERS: dict[str, Callable[[Values], Figure]] = {
    "lines": lambda v: f.lines(
        xs(v), [Series(LONG, v, strong=True), Series("上年", v, dotted=True)], theme=DARK, open_from=1
    ),
    "lines with marks": lambda v: f.lines(
        xs(v),
        [Series("甲", v, member="a")],
        theme=DARK,
        zero=True,
        references=[Reference(3, "承诺", "warn")],
        events=[Event(DAYS[0], "新政"), Event(DAYS[0], "春节", DAYS[1])],
        members=[str(day) for day in xs(v)],
        chosen=[str(DAYS[0])],
    ),
    "bars": lambda v: f.bars(marks(v), theme=DARK, lit="m0", reference=Reference(3, "均值")),
    "ranking": lambda v: f.ranking(marks(v), theme=DARK, chosen=["m0"]),
    "ranking in order": lambda v: f.ranking(
        marks(v), theme=DARK, by_value=False, reference=Reference(1, "预警", "bad")
    ),
    "bands": lambda v: f.bands(marks(v), BANDS, theme=DARK, unit="个月"),
    "bands of nothing": lambda v: f.bands(marks(v), [], theme=DARK),
    "bullets": lambda v: f.bullets(marks(v), theme=DARK, chosen=["m0"]),
    "progress": lambda v: f.progress(marks(v), theme=DARK),
    "waterfall": lambda v: f.waterfall(
        Mark("s", "上月", v[0] if v else None),
        marks(v),
        Mark("e", "本月", v[-1] if v else None),
        theme=DARK,
        better="lower",
    ),
    "heatmap": lambda v: f.heatmap(
        [("r", LONG), ("q", "另")],
        [(f"c{i}", LONG) for i in range(len(v))],
        [v, v],
        theme=DARK,
        chosen_row="r",
        chosen_column="c0",
    ),
    "multiples": lambda v: f.multiples(
        xs(v), [Small(str(i), LONG, v, v, "1", "▼1%", "bad") for i in range(5)], theme=DARK
    ),
    "shares": lambda v: f.shares(
        [Whole(f"m{i}", LONG, [value, value]) for i, value in enumerate(v)], [("a", "甲"), ("b", "乙")], theme=DARK
    ),
    "district_map": lambda v: f.district_map(
        [f.Area(mark, [SQUARE], (120.0, 32.1)) for mark in marks(v)], theme=DARK, chosen=["m0"], footer="示意图"
    ),
}


@pytest.mark.parametrize("values", VALUES.values(), ids=VALUES)
@pytest.mark.parametrize("build", BUILDERS.values(), ids=BUILDERS)
def test_any_values_make_a_valid_figure(build: Callable[[Values], Figure], values: Values) -> None:
    made = build(values)
    assert set(made) == {"data", "layout"}
    go.Figure(made)
    assert "NaN" not in json.dumps(made)
    assert "Infinity" not in json.dumps(made)


@pytest.mark.parametrize("build", BUILDERS.values(), ids=BUILDERS)
def test_nothing_to_show_is_said_in_words(build: Callable[[Values], Figure]) -> None:
    made = build([])
    assert made["data"] == []
    assert made["layout"]["annotations"][0]["text"] == "本期无数据"


@pytest.mark.parametrize("build", BUILDERS.values(), ids=BUILDERS)
def test_no_trace_needs_webgl_or_a_foreign_map(build: Callable[[Values], Figure]) -> None:
    assert {trace["type"] for trace in build([3.0, 5.0])["data"]} <= {"scatter", "bar", "heatmap"}


@pytest.mark.parametrize("name", NAMES)
def test_templates_are_valid(name: str) -> None:
    go.Figure(f.lines(DAYS[:2], [Series("甲", [1, 2])], theme=theme(name)))


# --- what a click reads ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["bars", "ranking", "bands", "bullets", "progress", "waterfall"])
def test_each_bar_carries_its_member(kind: str) -> None:
    made = BUILDERS[kind]([3.0, 5.0])
    bars = next(trace for trace in made["data"] if trace["type"] == "bar")
    assert {"m0", "m1"} <= {entry[0] for entry in bars["customdata"]}


def test_a_cell_carries_row_and_column() -> None:
    made = f.heatmap([("r", "行")], [("c", "列"), ("d", "列")], [[1, 2]], theme=DARK)
    assert made["data"][0]["customdata"] == [[["r", "c"], ["r", "d"]]]


def test_a_point_carries_its_period_or_its_series() -> None:
    named = f.lines(DAYS[:2], [Series("甲", [1, 2], member="a")], theme=DARK)
    dated = f.lines(DAYS[:2], [Series("甲", [1, 2])], members=["x", "y"], theme=DARK)
    assert named["data"][0]["customdata"] == [["a"], ["a"]]
    assert [entry[0] for entry in dated["data"][-1]["customdata"]] == ["x", "y"]


def test_a_district_carries_its_member_in_fill_and_label() -> None:
    made = f.district_map([f.Area(Mark("321281", "兴化市", 1.0), [SQUARE], (120, 32))], theme=DARK)
    assert made["data"][0]["customdata"] == ["321281"]
    assert made["data"][1]["customdata"] == [["321281"]]
    assert made["layout"]["yaxis"]["scaleratio"] == 1.186


# --- what the reader sees --------------------------------------------------------------------------------------


def test_missing_is_a_gap_and_a_lonely_point_keeps_its_dot() -> None:
    trace = f.lines(DAYS[:5], [Series("甲", [1, 1, None, 2, None])], theme=DARK)["data"][0]
    assert trace["y"] == [1, 1, None, 2, None]
    assert trace["marker"]["size"] == [0, 0, 0, 6, 0]


def test_the_running_period_is_dashed_from_the_last_closed_point() -> None:
    closed, running, _ = f.lines(DAYS[:4], [Series("甲", [1, 2, 3, 4], strong=True)], theme=DARK, open_from=3)["data"]
    assert closed["y"] == [1, 2, 3, None]
    assert running["y"] == [None, None, 3, 4]
    assert running["line"]["dash"] == "dash"


def test_last_year_is_dotted_and_quiet() -> None:
    made = f.lines(DAYS[:2], [Series("今", [1, 2], strong=True), Series("昔", [1, 2], dotted=True)], theme=DARK)
    assert made["data"][1]["line"]["dash"] == "dot"
    assert made["data"][0]["line"]["color"] == DARK["accent"]


def test_names_at_line_ends_do_not_cover_each_other() -> None:
    lines = [Series(str(index), [1, 5 + index * 0.001]) for index in range(4)]
    made = f.lines(DAYS[:2], lines, theme=DARK, height=200)
    labels = made["layout"]["annotations"]
    assert len({label["y"] for label in labels}) == 1
    shifts = sorted(label["yshift"] for label in labels)
    assert min(b - a for a, b in zip(shifts, shifts[1:], strict=False)) == pytest.approx(base.LINE)
    assert made["layout"]["yaxis"]["range"][0] < labels[0]["y"] < made["layout"]["yaxis"]["range"][1]


def test_labels_that_touch_are_grouped_low_to_high() -> None:
    assert base.clusters([5, 1, 5.5], 1, 0, 10) == [(1, [1]), (5.25, [0, 2])]


def test_groups_that_grow_into_each_other_become_one() -> None:
    [(middle, members)] = base.clusters([4, 4.5, 5.2], 1, 0, 10)
    assert middle == pytest.approx(13.7 / 3)
    assert members == [0, 1, 2]


def test_a_group_stays_inside_the_picture() -> None:
    assert base.clusters([10, 10], 2, 0, 10) == [(8, [0, 1])]
    assert base.clusters([0, 0, 0], 100, 0, 9) == [(4.5, [0, 1, 2])]


def test_over_a_gap_the_label_shows_a_dash_and_no_neighbour() -> None:
    made = f.lines(DAYS[:3], [Series("甲", [1, None, 3], strong=True), Series("乙", [4, 5, 6])], theme=DARK)
    carrier = made["data"][-1]
    assert carrier["customdata"][1] == ["", "—", "5.0"]
    assert carrier["y"] == [1, 5, 3]
    assert all(trace["hoverinfo"] == "skip" for trace in made["data"][:-1])


def test_the_chosen_are_strong_and_the_rest_quiet() -> None:
    colours = f.bars(marks([1, 2]), theme=DARK, chosen=["m1"])["data"][0]["marker"]["color"]
    assert colours[1] == DARK["accent"]
    assert colours[0] == DARK.dim(DARK["accent"])


def test_ranking_puts_the_greatest_first_and_the_unknown_last() -> None:
    made = f.ranking([Mark("a", "甲", None), Mark("b", "乙", 1), Mark("c", "丙", 9)], theme=DARK)
    assert [entry[0] for entry in made["data"][0]["customdata"]] == ["c", "b", "a"]
    assert "—" in made["data"][0]["text"][2]
    kept = f.ranking([Mark("b", "乙", 1), Mark("c", "丙", 9)], theme=DARK, by_value=False)
    assert [entry[0] for entry in kept["data"][0]["customdata"]] == ["b", "c"]


def test_bars_start_at_zero() -> None:
    assert f.bars(marks([100, 101]), theme=DARK)["layout"]["yaxis"]["range"][0] == 0


def test_only_the_bad_range_colours_a_bar() -> None:
    colours = f.bands([Mark("a", "甲", 15), Mark("b", "乙", 26)], BANDS, theme=DARK)["data"][0]["marker"]["color"]
    assert colours == [DARK["accent"], DARK["bad-fill"]]


def test_band_edges_are_the_axis() -> None:
    assert f.bands(marks([26.3]), BANDS, theme=DARK)["layout"]["xaxis"]["tickvals"] == [0, 6, 12, 18, 36]


def test_ranges_too_narrow_for_their_names_go_unnamed() -> None:
    def names(highest: float) -> list[str]:
        return [note["text"] for note in f.bands(marks([highest]), BANDS, theme=DARK)["layout"]["annotations"]]

    assert names(26.3) == [band.name for band in BANDS]
    assert names(60.0) == ["限制"]


def test_a_cut_axis_says_so() -> None:
    cut = f.waterfall(Mark("s", "始", 2.03), [Mark("a", "甲", -0.11)], Mark("e", "终", 1.92), theme=DARK)
    assert cut["layout"]["annotations"][0]["text"].startswith("纵轴自")
    assert cut["layout"]["yaxis"]["range"][0] > 0
    whole = f.waterfall(Mark("s", "始", 10), [Mark("a", "甲", -9)], Mark("e", "终", 1), theme=DARK)
    assert whole["layout"]["annotations"] == []
    assert whole["layout"]["yaxis"]["range"][0] == 0


def test_a_bridge_is_coloured_by_whether_it_helps() -> None:
    parts = [Mark("a", "甲", -1), Mark("b", "乙", 1)]
    made = f.waterfall(Mark("s", "始", 5), parts, Mark("e", "终", 5), theme=DARK, better="lower")
    assert made["data"][1]["marker"]["color"][1:3] == [DARK["ok-fill"], DARK["bad-fill"]]


def test_states_have_a_shape_beside_their_colour() -> None:
    made = f.bullets(
        [Mark("a", "甲", 71, tone="bad"), Mark("b", "乙", 92, tone="warn"), Mark("c", "丙", 120)], theme=DARK
    )
    texts = [label["text"] for label in made["layout"]["annotations"]]
    assert [text for text in texts if text[0] in "●▲■"] == ["■ 71%", "▲ 92%", "● 120%"]


def test_hover_tells_value_previous_and_last_year() -> None:
    text = base.told(Mark("a", "甲", 318.62, previous=300, year_before=340), "万㎡", 1)
    assert "318.6 万㎡" in text
    assert "上期　300.0 万㎡（+6.2%）" in text
    assert "上年同期　340.0 万㎡（−6.3%）" in text


# --- axes ------------------------------------------------------------------------------------------------------


def test_what_is_counted_has_whole_ticks() -> None:
    for top in (1, 2, 3, 5, 8, 9, 12, 101):
        assert all(float(tick).is_integer() for tick in base.value_axis([float(top)], headroom=0.14, whole=True).values)


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ([0, 31_000], ("0", "1 万", "2 万", "3 万")),
        ([0, 4.0e8], ("0", "1 亿", "2 亿", "3 亿", "4 亿")),
        ([0, 0.3], ("0", "0.1", "0.2", "0.3")),
    ],
)
def test_ticks_are_round_and_in_chinese_scales(values: list[float], texts: tuple[str, ...]) -> None:
    assert base.value_axis(values, headroom=0).texts == texts


def test_a_year_of_days_is_ticked_by_months() -> None:
    days = [date(2026, 1, 1) + timedelta(days=index) for index in range(327)]
    assert time.x_axis(days)["ticktext"] == ["1月", "3月", "5月", "7月", "9月", "11月"]


def test_years_are_named_where_the_span_is_long() -> None:
    months = [date(2025 + index // 12, index % 12 + 1, 1) for index in range(24)]
    assert time.x_axis(months)["ticktext"] == ["2025年", "7月", "2026年", "7月"]


def test_a_month_of_days_ends_with_its_last_day() -> None:
    ticks = time.x_axis([date(2026, 11, 1) + timedelta(days=index) for index in range(24)])["ticktext"]
    assert ticks[-1] == "11-24"
    assert len(ticks) <= 7


def test_words_on_the_axis_are_thinned_from_the_end() -> None:
    words = [f"第{index}周" for index in range(20)]
    kept = time.x_axis(words)["ticktext"]
    assert kept[-1] == "第19周"
    assert len(kept) <= 7


# --- sparkline -------------------------------------------------------------------------------------------------


def test_a_sparkline_is_an_image_of_our_own() -> None:
    image = f.sparkline([1, 2, None, 3, 4], [1, 1, 1, 1, 1])
    assert image.startswith('url("data:image/svg+xml,')
    assert image.count("%3Cpath") == 2


@pytest.mark.parametrize("values", [[], [None, None], [1.0], [None, 2.0]])
def test_a_sparkline_needs_two_points(values: Values) -> None:
    assert f.sparkline(values) == ""
