"""What an indicator means: everything that is declared of it, and what its figure rests on now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from dash import dcc, html

from components.board.cards import LEVEL_ZH
from components.board.history import history, past
from components.board.pace import aim_of, plain
from components.board.part import Drawn, Part, lateness, standing
from components.board.scene import Scene
from components.format import iso, number
from components.panels import panel
from components.states import Component, Shape, definition
from data.definitions import Revision
from data.judgement import Aim
from data.semantic.spec import Answer, Query

EXPLAIN: Final = "explain"
"""Parameter under which the definition says how its figures were read."""

HISTORY: Final = "history"
"""Parameter under which the definition says how it was changed: when, by whom, why."""

RHYTHMS: Final = {1: "每日更新", 7: "每周更新", 31: "每月更新"}
GRAIN_ZH: Final = {"day": "日", "week": "周", "month": "月"}


@dataclass(frozen=True, kw_only=True)
class Meaning(Part):
    """口径与责任: everything that is declared of the indicator, and what its figure rests on now."""

    code: str
    shape: Shape = "rows"

    def queries(self, scene: Scene) -> Sequence[Query]:
        """The value itself, for what was read for it."""
        return (scene.query(self.code, (scene.period.bucket,)),)

    def draw(self, scene: Scene, answers: Sequence[Answer]) -> Drawn:
        """Term by term; with ``explain=1`` instead how each roll-up was judged, with ``history=1`` what changed."""
        (answer,) = answers
        explained, told = bool(scene.view.more(EXPLAIN)), bool(scene.view.more(HISTORY))
        then = scene.platform.definitions().at(self.code, scene.period.last)
        if told:
            title, body = "口径沿革", history(scene, self.code)
        elif explained:
            title, body = "取数说明", _verdicts(scene, answer.query)
        else:
            title, body = "口径与责任", html.Div([past(scene, self.code), definition(self._terms(scene, answer, then))])
        links = [(EXPLAIN, "取数说明", explained), (HISTORY, "口径沿革", told)]
        frame = panel(
            self.id,
            title=title,
            body=html.Div(body, className="meaning", tabIndex=0),
            choice=html.Div([_way(scene, name, word, on) for name, word, on in links], className="meaning-ways"),
            menu=False,
        )
        return Drawn("口径与责任", body=frame, bare=True)

    def _terms(self, scene: Scene, answer: Answer, then: Revision | None) -> list[tuple[str, str | Component]]:
        indicator = scene.indicator(self.code)
        valid = then or indicator
        registry = scene.platform.registry
        cubes = registry.cubes_of(self.code)
        dims = "、".join(cubes[0].dim(dim).zh for dim in registry.dims_of(self.code))
        aim = aim_of(scene, self.code)
        bounds = scene.judgement.bounds(self.code, scene.period.last)
        limits = "；".join(f"{LEVEL_ZH[b.level]} {number(b.value)}" for b in bounds)
        standard = next((f"（{b.standard}）" for b in bounds), "")
        return [
            ("定义", valid.definition),
            ("公式", valid.formula),
            ("数据截至", _freshness(scene, answer)),
            ("责任处室", indicator.owner),
            ("来源", "、".join(dict.fromkeys(cube.system for cube in cubes if cube.system))),
            ("目标", self._target(scene, aim)),
            ("限值", limits + standard),
            ("依据", valid.basis),
            ("可分", dims),
            ("类型", f"{scene.kind(self.code).zh}，最细到{GRAIN_ZH[indicator.grain]}"),
        ]

    def _target(self, scene: Scene, aim: Aim | None) -> str | Component:
        """The target with who set it, and the way to all targets of its year; nothing where an indicator has none."""
        indicator, year = scene.indicator(self.code), scene.period.last.year
        if aim is None and indicator.target_kind == "none":
            return ""
        words = f"{number(aim.value, plain(aim.value))} {indicator.unit}（{aim.source}） " if aim else "未设定 "
        address = f"/targets?year={year}&code={self.code}"
        return html.Span([words, dcc.Link("目标与进度", href=address, className="meaning-link")])


def _way(scene: Scene, name: str, word: str, on: bool) -> Component:
    """The way to one of the panel's other sides, or back."""
    view = scene.view.with_extra(**{EXPLAIN: "", HISTORY: "", name: "" if on else "1"})
    return dcc.Link("返回口径" if on else word, href=scene.path + view.search, className="panel-aside")


def _freshness(scene: Scene, answer: Answer) -> Component:
    """How far the data reach, how often they should come, and whether they are in time."""
    every = max(cube.expected_every for code in scene.codes for cube in scene.platform.registry.cubes_of(code))
    rhythm = RHYTHMS.get(every, f"每 {every} 日更新")
    _, late = standing((answer,), scene)
    behind = lateness(answer)
    state, tone = (f"▲ {behind}已报", "warn") if behind else ("● 及时", "ok")
    if late:
        state, tone = f"▲ 已 {late} 天未更新", "warn"
    return html.Span([f"{iso(scene.end)}，{rhythm} ", html.Span(state, className=f"tone-{tone}")])


def _verdicts(scene: Scene, query: Query) -> Component:
    """Which roll-up answered, and why the others did not."""
    registry = scene.platform.registry
    rows = [
        html.Div(
            [
                html.B(f"{registry.cubes[verdict.cube].zh} {verdict.rung}"),
                html.Span(("● 采用，" if verdict.chosen else "") + verdict.reason),
            ],
            className="verdict is-chosen" if verdict.chosen else "verdict",
        )
        for verdict in scene.platform.engine.explain(query, scene.viewer)
    ]
    return html.Div(rows)
