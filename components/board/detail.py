"""What an indicator means: everything that is declared of it, and what its figure rests on now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from dash import html

from components.board.cards import LEVEL_ZH
from components.board.course import aim_of
from components.board.part import Drawn, Part, standing
from components.board.scene import Scene
from components.format import iso, number
from components.panels import panel
from components.states import Component, Shape, definition
from data.semantic.spec import Answer, Query

EXPLAIN: Final = "explain"
"""Parameter under which the definition says how its figures were read."""

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
        """Term by term; with ``explain=1`` instead how each roll-up was judged."""
        (answer,) = answers
        shown = bool(scene.view.more(EXPLAIN))
        link = scene.view.with_extra(**{EXPLAIN: "" if shown else "1"}).search
        body = _verdicts(scene, answer.query) if shown else definition(self._terms(scene, answer))
        frame = panel(
            self.id,
            title="取数说明" if shown else "口径与责任",
            body=html.Div(body, className="meaning", tabIndex=0),
            aside="口径与责任" if shown else "取数说明",
            aside_href=scene.path + link,
            menu=False,
        )
        return Drawn("口径与责任", body=frame, bare=True)

    def _terms(self, scene: Scene, answer: Answer) -> list[tuple[str, str | Component]]:
        indicator = scene.indicator(self.code)
        registry = scene.platform.registry
        cubes = registry.cubes_of(self.code)
        dims = "、".join(cubes[0].dim(dim).zh for dim in registry.dims_of(self.code))
        aim = aim_of(scene, self.code)
        bounds = scene.judgement.bounds(self.code, scene.period.last)
        limits = "；".join(f"{LEVEL_ZH[b.level]} {number(b.value)}" for b in bounds)
        standard = next((f"（{b.standard}）" for b in bounds), "")
        return [
            ("定义", indicator.definition),
            ("公式", indicator.formula),
            ("数据截至", _freshness(scene, answer)),
            ("责任处室", indicator.owner),
            ("来源", "、".join(dict.fromkeys(cube.system for cube in cubes if cube.system))),
            ("目标", f"{number(aim.value)} {indicator.unit}（{aim.source}）" if aim else ""),
            ("限值", limits + standard),
            ("依据", indicator.basis),
            ("可分", dims),
            ("类型", f"{scene.kind(self.code).zh}，最细到{GRAIN_ZH[indicator.grain]}"),
            ("读取", "；".join(f"{registry.cubes[cube].zh} {rung}" for cube, rung in answer.reads)),
        ]


def _freshness(scene: Scene, answer: Answer) -> Component:
    """How far the data reach, how often they should come, and whether they are in time."""
    every = max(cube.expected_every for code in scene.codes for cube in scene.platform.registry.cubes_of(code))
    rhythm = RHYTHMS.get(every, f"每 {every} 日更新")
    _, late = standing((answer,), scene)
    state, tone = (f"▲ 已 {late} 天未更新", "warn") if late else ("● 及时", "ok")
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
