"""How an indicator was defined and limited before: what held then, and who changed it when and why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from dash import html

from components.board.cards import LEVEL_ZH
from components.board.scene import Scene
from components.format import iso, number
from components.states import Component, badge, empty
from data.definitions import EVER, UNEXPLAINED, Revision
from data.semantic.digest import rests_on


def past(scene: Scene, code: str) -> Component | None:
    """A word above the definition where the period had another one, or another limit, than holds today."""
    day = scene.period.last
    definitions = scene.platform.definitions()
    then = definitions.at(code, day)
    said = []
    if then and then.until:
        later = [r for r in definitions.history(code) if r.valid_from > then.valid_from]
        said.append(f"{iso(later[-1].valid_from)} 起口径调整")
        if any("取数" in revision.changed for revision in later):
            said.append("本页数值按现行取数重算")
    now = scene.judgement.bounds(code, max(day, scene.end))
    if now != scene.judgement.bounds(code, day):
        said.append("限值此后另有调整")
    if not said:
        return None
    word = "当时口径" if then and then.until else "当时限值"
    return html.P([badge(word, "warn"), html.Span("，".join(said))], className="meaning-past")


def history(scene: Scene, code: str) -> Component:
    """All changes, the newest first: of the definition, of those it refers to, and of its limits."""
    items = [*_definitions(scene, code), *_limits(scene, code)]
    if not items:
        return empty("尚无口径登记", "下次启动时自动登记现行口径")
    items.sort(key=lambda item: item[0], reverse=True)
    return html.Ol([item for _, item in items], className="history")


def _definitions(scene: Scene, code: str) -> Iterator[tuple[date, Component]]:
    known = scene.platform.definitions()
    for revision in known.history(code):
        yield revision.valid_from, _revision(revision, "")
    for other in sorted(rests_on(code, scene.platform.registry)):
        for revision in known.history(other):
            if revision.changed:
                yield revision.valid_from, _revision(revision, f"所引用的{scene.indicator(other).brief}：")


def _revision(revision: Revision, whose: str) -> Component:
    changed = f"{whose}改{'、'.join(revision.changed)}" if revision.changed else "最初登记的口径"
    told = [("定义", revision.definition)]
    told += [("公式", revision.formula)] if "公式" in revision.changed else []
    told += [("单位", revision.unit)] if "单位" in revision.changed else []
    told += [("依据", revision.basis)] if "依据" in revision.changed else []
    return _item(revision.valid_from, changed, revision.author, revision.reason, told)


def _limits(scene: Scene, code: str) -> Iterator[tuple[date, Component]]:
    unit = scene.indicator(code).unit
    for limit in scene.judgement.history(code):
        word = f"{LEVEL_ZH[limit.level]}设为 {number(limit.value, _decimals(limit.value))} {unit}"
        yield (
            limit.valid_from,
            _item(limit.valid_from, word, limit.author, limit.reason or limit.note, [("依据", limit.standard)]),
        )


def _decimals(value: float) -> int:
    return 0 if float(value).is_integer() else 2


def _item(day: date, what: str, author: str, reason: str, told: list[tuple[str, str]]) -> Component:
    """One change: since when, what, why, and by whom."""
    since = "启用以来" if day == EVER else f"{iso(day)} 起"
    tone: Any = "tone-warn" if reason == UNEXPLAINED else ""
    lines = [html.Span([html.I(term), text]) for term, text in told if text]
    return html.Li(
        [
            html.Div([html.B(since), html.Span(what)]),
            html.Div([html.Span(reason or "随系统提供", className=tone), html.Small(author or "初始数据")]),
            *lines,
        ]
    )
