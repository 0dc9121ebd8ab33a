"""Cards, panels, states and shell: what they say, where they lead, and by which ids callbacks reach them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from plotly.utils import PlotlyJSONEncoder

from components import cards, panels, shell, states
from components.cards import Change, Flag
from components.shell import Place
from components.states import Action, Option


def walk(component: Any) -> Iterator[Any]:
    """The component and everything inside it."""
    yield component
    children = getattr(component, "children", None)
    for child in children if isinstance(children, (list, tuple)) else [children]:
        if child is not None:
            yield from walk(child)


def words(component: Any) -> str:
    return "".join(part for part in walk(component) if isinstance(part, str))


def ids(component: Any) -> list[Any]:
    return [part.id for part in walk(component) if getattr(part, "id", None) is not None]


def classes(component: Any) -> list[str]:
    return [part.className for part in walk(component) if getattr(part, "className", None)]


def card(**more: Any) -> Any:
    return cards.headline("ZF02", name="网签面积", value=318.6, unit="万㎡", decimals=1, href="/indicator/ZF02", **more)


# --- cards -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("delta", "better", "tone"),
    [
        (6.2, "higher", "ok"),
        (-6.2, "higher", "bad"),
        (-0.4, "lower", "ok"),
        (1, "neutral", None),
        (0, "higher", None),
        (None, "higher", None),
    ],
)
def test_a_change_is_judged_by_the_indicators_direction(delta: float | None, better: Any, tone: str | None) -> None:
    assert Change("同比", delta, better).tone == tone


def test_a_change_shows_direction_by_arrow_and_says_the_verdict() -> None:
    shown = cards.change(Change("较上月", -0.4, "lower", 1, ""))
    assert words(shown) == "较上月▼ 0.4"
    assert shown.className == "change tone-ok"
    assert shown.title == "较上月降 0.4，向好"


def test_an_unknown_change_is_a_dash() -> None:
    assert words(cards.change(Change("同比", None))) == "同比 —"


def test_a_card_leads_to_its_indicator() -> None:
    shown = card(changes=[Change("同比", -6.2, "higher")], flags=[Flag("2 个不足", "warn")], trend=[1, 2, 3])
    assert shown.href == "/indicator/ZF02"
    assert shown.id == {"kind": "card", "id": "ZF02"}
    assert "318.6万㎡" in words(shown)
    assert "spark is-drawn" in classes(shown)


def test_a_card_without_figure_shows_a_dash_and_no_trend() -> None:
    shown = cards.headline("X", name="无", value=None, unit="套", href="/x")
    assert "—套" in words(shown)
    assert "spark is-drawn" not in classes(shown)


def test_a_card_beside_the_filter_says_so() -> None:
    assert "不适用此筛选" in words(card(applicable=False))
    assert "不适用此筛选" not in words(card())


# --- panels ----------------------------------------------------------------------------------------------------


def test_a_panel_offers_its_data_by_pattern_id_and_its_exports_as_links() -> None:
    shown = panels.panel(
        "ZF05", title="去化周期", body="图", href="/indicator/ZF05", aside="15.8", export_href="/export/ZF05.{}?p=2026"
    )
    assert [found for found in ids(shown) if found["kind"] == "menu"] == [{"kind": "menu", "id": "ZF05", "do": "data"}]
    links = [part.href for part in walk(shown) if getattr(part, "href", None)]
    exports = [f"/export/ZF05.{kind}?p=2026" for kind in ("png", "svg", "csv", "xlsx")]
    assert links == ["/indicator/ZF05", "/indicator/ZF05", *exports]


def copies(component: Any) -> list[tuple[str, str]]:
    """What a menu copies, and from where."""
    props = (part.to_plotly_json()["props"] for part in walk(component) if hasattr(part, "to_plotly_json"))
    return [(p["data-action"], p["data-from"]) for p in props if "data-from" in p]


def test_a_panel_copies_its_picture_sentence_footnote_and_table() -> None:
    shown = panels.panel("ZF05", title="去化周期", body="图", export_href="/export/ZF05.{}?p=2026")
    texts = [(f"copy-{what}", "/export/ZF05.json?p=2026") for what in ("sentence", "footnote", "table")]
    assert copies(shown) == [("copy-picture", "/export/ZF05.png?p=2026"), *texts]
    assert copies(panels.with_menu("ZF05", "图", "/export/ZF05.{}?p=2026")) == texts, "a card is no picture"
    assert copies(panels.panel("p", title="题", body="")) == []


def test_a_panel_without_exports_offers_none() -> None:
    assert "导出" not in words(panels.panel("p", title="题", body=""))


def test_a_panel_may_be_plain() -> None:
    shown = panels.panel("p", title="说明", body="文", menu=False)
    assert ids(shown) == [{"kind": "panel", "id": "p"}]


def test_a_panel_carries_its_cautions() -> None:
    shown = panels.panel("p", title="题", body="", note="5/6 区市", applicable=False)
    assert "5/6" in words(shown)
    assert "5/6 区市已报" in repr(shown)
    assert "不适用此筛选" in words(shown)
    assert "is-beside" in shown.className


def test_a_chart_is_named_for_those_who_cannot_see_it() -> None:
    shown = panels.graph("ZF05", {"data": [], "layout": {}}, "去化周期")
    assert getattr(shown, "aria-label") == "去化周期"
    assert ids(shown) == [{"kind": "graph", "id": "ZF05"}]


def test_slots_stand_where_they_are_told() -> None:
    shown = panels.board([panels.slot("a", "x", columns=20, rows=2, column=5)], "auto 1fr")
    assert shown.style == {"--tracks": "auto 1fr"}
    assert shown.children[0].style == {"--columns": "5 / span 20", "--rows": "span 2"}


# --- states ----------------------------------------------------------------------------------------------------


def test_an_error_has_its_parts_and_a_retry() -> None:
    shown = states.error("此图未能算出", "ZF08", "缩短时段", "E-1", retry="ZF08")
    assert all(part in words(shown) for part in ("此图未能算出", "ZF08", "缩短时段", "编号 E-1", "重试"))
    assert ids(shown) == [{"kind": "retry", "id": "ZF08"}]
    assert "重试" not in words(states.error("a", "b", "c", "d"))


def test_empty_says_why_and_what_fills_it() -> None:
    assert words(states.empty("没有数据", "上传网签")) == "没有数据上传网签"


def test_stale_tells_its_age() -> None:
    assert "已 2 天未更新" in words(states.stale("图", 190_000))


@pytest.mark.parametrize("shape", ["chart", "rows", "card", "lead"])
def test_skeletons_speak_to_screen_readers(shape: Any) -> None:
    assert getattr(states.skeleton(shape), "aria-label") == "加载中"


def test_actions_keep_their_order_and_lead_somewhere() -> None:
    shown = states.action_list(
        [Action("停工", "兴化 演示", "停工 47 天", "待派单", "bad", "bad", "/p/1"), Action("提示", "海陵 演示", "关注")]
    )
    assert [part.href for part in walk(shown) if getattr(part, "href", None)] == ["/p/1"]
    assert words(shown).index("停工") < words(shown).index("提示")


def test_a_sentence_is_text_with_strong_parts() -> None:
    shown = states.sentence([("兴化市", True), ("降至 11.2。", False)], "bad")
    assert words(shown) == "兴化市降至 11.2。"
    assert shown.className == "sentence tone-edge-bad"


def test_choices_are_buttons_or_links() -> None:
    buttons = states.segmented("p", [Option("d", "日"), Option("m", "月")], "m")
    assert ids(buttons)[1] == {"kind": "segment", "id": "p", "value": "m"}
    assert [getattr(part, "aria-pressed") for part in buttons.children] == ["false", "true"]
    links = states.segmented("p", [Option("d", "日", "?p=d")], "d")
    assert links.children[0].href == "?p=d"
    assert "is-on" in links.children[0].className


def test_a_chip_takes_its_filter_off() -> None:
    shown = states.chips([Option("use", "用途：住宅"), Option("r", "区域：全市", "?")], "点图形即可筛选")
    assert ids(shown) == [{"kind": "chip", "value": "use"}]
    assert shown.children[1].href == "?"


def test_definitions_leave_out_what_is_not_said() -> None:
    assert words(states.definition([("定义", "面积之和"), ("依据", "")])) == "定义面积之和"


# --- shell -----------------------------------------------------------------------------------------------------


def top(**more: Any) -> Any:
    nav = [Place("智慧住房", "/housing"), Place("智慧项目", "/project")]
    return shell.top_bar(nav=nav, here="/housing", user="陈强", csrf_token="token", **{"demo": True, **more})


def test_the_bar_stamps_demonstration_data() -> None:
    assert "演示数据" in words(top())
    assert "演示数据" not in words(top(demo=False))


def test_the_bar_warns_of_who_has_not_reported() -> None:
    shown = words(top(as_of="11-23", warning="5/6 区市已报"))
    assert "数据截至 11-23" in shown
    assert "▲ 5/6 区市已报" in shown


def test_the_present_place_is_marked() -> None:
    current = [part for part in walk(top()) if getattr(part, "aria-current", None) == "page"]
    assert [words(part) for part in current] == ["智慧住房"]


def test_leaving_is_a_form_with_its_token() -> None:
    form = next(part for part in walk(top()) if type(part).__name__ == "Form")
    token = form.children[0]
    assert (form.method, form.action) == ("POST", "/logout")
    assert (token.type, token.name, token.value) == ("hidden", "csrf_token", "token")


def test_a_page_remembers_its_theme_and_becomes_json() -> None:
    shown = shell.page(top=top(), body="", filters=[shell.full_screen_button()], sources="来源", theme="light")
    store = next(part for part in walk(shown) if type(part).__name__ == "Store")
    assert (store.id, store.data) == ("theme", "light")
    assert "is-fitted" in shown.className
    assert json.dumps(shown, cls=PlotlyJSONEncoder)


def test_nothing_carries_an_inline_handler() -> None:
    for part in walk(shell.page(top=top(), body=card(), filters=[shell.full_screen_button()])):
        assert not [
            name
            for name in (part.to_plotly_json() if hasattr(part, "to_plotly_json") else {}).get("props", {})
            if name.startswith("on")
        ]
