"""What stands beside an indicator's series: what it means, why it changed, and how it divides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from dash import html

from components.board.cards import LEVEL_ZH
from components.board.course import aim_of
from components.board.part import Drawn, Part, standing, table_of
from components.board.places import Ranking
from components.board.render import why_empty
from components.board.scene import Scene
from components.figures import waterfall
from components.figures.base import Figure, Mark
from components.format import arrow, finer, iso, number, percent, signed
from components.panels import graph, panel
from components.states import Component, Option, Shape, definition, empty, segmented, sentence
from data.export.build import notes_of
from data.export.table import Column, Table
from data.periods import Period
from data.semantic.spec import Answer, Query
from data.semantic.why import Part as Cause
from data.semantic.why import named, split

MOST_CAUSES: Final = 6
HALF: Final = 0.5
"""Share of a change from which its largest part may be called the main one."""

EXPLAIN: Final = "explain"
"""Parameter under which the definition says how its figures were read."""

RHYTHMS: Final = {1: "每日更新", 7: "每周更新", 31: "每月更新"}
FORMER: Final = {"day": "前一日", "week": "上周", "month": "上月", "quarter": "上季", "year": "上年", "range": "前一段"}
PLACES: Final = ("district", "town")
GRAIN_ZH: Final = {"day": "日", "week": "周", "month": "月"}


def ways(scene: Scene, code: str) -> list[str]:
    """Dimensions by which the indicator divides within the region: places first, at the level below it."""
    dims = scene.platform.registry.dims_of(code)
    below = "district" if scene.regions.districts(scene.where.region)[1:] else "town"
    return [dim for dim in dims if dim == below] + [dim for dim in dims if dim not in PLACES] or list(dims)


def dim_zh(scene: Scene, code: str, dim: str) -> str:
    """A dimension's word."""
    return scene.platform.registry.cubes_of(code)[0].dim(dim).zh


def choice(scene: Scene, part: str, code: str, dims: Sequence[str], chosen: str, label: str) -> Component:
    """The dimensions to choose from, as links: the choice is the parameter ``part`` of the address."""
    options = [
        Option(dim, dim_zh(scene, code, dim), scene.path + scene.view.with_extra(**{part: dim}).search) for dim in dims
    ]
    return segmented(part, options, chosen, label)


def steered(figure: Figure, clicks: Sequence[str], dim: str) -> Figure:
    """The figure with each mark's member where ``clicks`` has its dimension, so that a click toggles that one."""
    place = clicks.index(dim)
    for trace in figure["data"]:
        members = trace.get("customdata")
        if members:
            trace["customdata"] = [[*("",) * place, member[0]] for member in members]
    return figure


# --- what it means ---------------------------------------------------------------------------------------------


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


# --- why it changed --------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Why(Part):
    """为什么变了: the change since the period before, split exactly among the members of a dimension."""

    code: str
    zh: str = "为什么变了"
    columns: int = 22

    def queries(self, scene: Scene) -> Sequence[Query]:
        """Both periods by member, and whole; over the same districts and the same filter."""
        whole = scene.compared(self.code, (self._former(scene)[1].bucket, scene.period.bucket))
        return replace(whole, by=(self._by(scene),)), whole

    def draw(self, scene: Scene, answers: Sequence[Answer]) -> Drawn:
        """One sentence, and the bridge from then to now."""
        apart, whole = answers
        indicator = scene.indicator(self.code)
        by = self._by(scene)
        causes = split(indicator, scene.platform.registry, apart[self.code], whole[self.code])
        names = scene.labels(by, [cause.member[0] for cause in causes[:MOST_CAUSES]])
        word, _ = self._former(scene)
        before, after = whole[self.code].total()
        head = choice(scene, self.id, self.code, ways(scene, self.code), by, "按什么拆分")
        figure = None
        body = [empty(*self._why_not(scene, apart, before, after))]
        told: list[tuple[str, bool]] = []
        if before is not None and after is not None and causes:
            told = self._words(scene, causes, names, before, after)
            words = sentence(told)
            body = [words, empty("没有变化", f"各{dim_zh(scene, self.code, by)}均与{word}相同")]
            if any(cause.delta for cause in causes):
                figure = self._figure(scene, causes, names, word, before, after)
                body = [words, graph(self.id, figure, "变化拆分")]
        return Drawn(
            self.zh,
            figure=figure,
            body=html.Div(body, className="why"),
            subtitle=f"较{word}，{indicator.unit}",
            choice=head,
            note=_like_with_like(scene),
            table=lambda: self._table(scene, causes, whole),
            sentence="".join(text for text, _ in told),
        )

    def _why_not(self, scene: Scene, apart: Answer, before: float | None, after: float | None) -> tuple[str, str]:
        """Why there is nothing to split, and what that means."""
        zh = dim_zh(scene, self.code, self._by(scene))
        if before is None or after is None:
            return "无法拆分", f"{self._former(scene)[0] if before is None else '本期'}没有数"
        if not apart[self.code].values:
            return "两期都没有记录", "换一个期间，或去掉一个筛选"
        return "无法拆分", f"只公布各{zh}的数值，不公布其分子分母"

    def _by(self, scene: Scene) -> str:
        possible = ways(scene, self.code)
        wanted = scene.view.more(self.id)
        return wanted if wanted in possible else possible[0]

    def _former(self, scene: Scene) -> tuple[str, Period]:
        """The period before, or the year before where there is none (累计), and its word."""
        previous = scene.period.previous()
        if previous is None:
            return "上年同期", scene.period.year_before()
        return FORMER[scene.period.kind] + ("同天数" if scene.period.open else ""), previous

    def _decimals(self, scene: Scene, marks: Sequence[Mark]) -> int:
        """Decimals at which the greatest part still has two digits: parts are smaller than the whole."""
        decimals = scene.indicator(self.code).decimals
        whole = scene.kind(self.code).additive and not decimals
        size = max((abs(mark.value) for mark in marks if mark.value), default=1.0)
        return decimals if whole else max(finer(decimals, (size,)), decimals + (size < 10 * 10**-decimals))

    def _figure(
        self, scene: Scene, causes: list[Cause], names: Mapping[str, str], word: str, before: float, after: float
    ) -> Figure:
        indicator = scene.indicator(self.code)
        marks = [Mark(c.member[0], names[c.member[0]], c.delta) for c in causes[:MOST_CAUSES] if c.delta]
        if rest := causes[MOST_CAUSES:]:
            marks.append(Mark("", f"其余 {len(rest)}", sum(cause.delta for cause in rest)))
        figure = waterfall(
            Mark("", word, before),
            marks,
            Mark("", "本期" if scene.reported.whole else f"{len(scene.reported.done)}区市本期", after),
            theme=scene.theme,
            unit=indicator.unit,
            decimals=self._decimals(scene, marks),
            better=indicator.better if indicator.better in ("higher", "lower") else "neutral",
        )
        return steered(figure, self.clicks, self._by(scene))

    def _words(
        self, scene: Scene, causes: list[Cause], names: Mapping[str, str], before: float, after: float
    ) -> list[tuple[str, bool]]:
        """By how much, whose doing where one member stands out, and who pulled the other way."""
        indicator = scene.indicator(self.code)
        word, _ = self._former(scene)
        total = after - before
        decimals = self._decimals(scene, [Mark("", "", total)])
        unit = {"%": "个百分点", "月": "个月"}.get(indicator.unit, indicator.unit)
        if not round(total, decimals):
            return [(f"与{word}持平。", False)]
        size = f"{'上升' if total > 0 else '下降'} {number(abs(total), decimals)} {unit}"
        if scene.comparison(self.code) == "percent" and before:
            size += f"（{arrow(total)}{percent(100 * abs(total / before))}）"
        words = [(f"较{word}", False), (size, True), ("，", False)]
        cause = named(causes)
        zh = dim_zh(scene, self.code, self._by(scene))
        if cause is None:
            return [*words, (f"变化分散，没有哪个{zh}单独拉动。", False)]
        share = cause.delta / total
        told = f" {signed(cause.delta, decimals)}，" + (
            "超过全部变化" if share > 1 else f"占 {percent(100 * share, 0)}"
        )
        most = "主要来自" if share >= HALF else f"{'升' if total > 0 else '降'}得最多的是"
        words += [(most, False), (names.get(cause.member[0], ""), True), (told, False)]
        against = next(
            (c for c in causes[:MOST_CAUSES] if c.delta * total < 0 and abs(c.delta) > 0.3 * abs(total)), None
        )
        if against is not None:
            words += [
                ("；", False),
                (names[against.member[0]], True),
                (f"反向 {signed(against.delta, decimals)}", False),
            ]
        return [*words, ("。", False)]

    def _table(self, scene: Scene, causes: list[Cause], whole: Answer) -> Table:
        indicator = scene.indicator(self.code)
        zh = dim_zh(scene, self.code, self._by(scene))
        kinds = ("前期", "本期", "影响", "其中自身变化", "其中结构变化")
        columns = (Column(zh), *(Column(word, "number", indicator.decimals + 2, indicator.unit) for word in kinds))
        names = scene.labels(self._by(scene), [cause.member[0] for cause in causes])
        rows = [(names[c.member[0]], c.before, c.after, c.delta, c.rate, c.mix) for c in causes]
        platform = scene.platform
        notes = notes_of(whole, platform.registry, scene.labels, period=scene.period.label)
        title = f"{indicator.zh}：{self.zh}"
        return Table(title, columns, rows, notes, subtitle=f"{scene.period.label}，较{self._former(scene)[0]}")


def _like_with_like(scene: Scene) -> str:
    """Which districts are compared where some have not reported."""
    done, expected = scene.reported.done, scene.reported.expected
    return "" if scene.reported.whole else f"{len(done)}/{len(expected)} 区市"


# --- how it divides --------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Apart(Ranking):
    """Members by value, of the places or (``places=False``) of a dimension that the reader chooses."""

    zh: str
    places: bool = True

    def draw(self, scene: Scene, answers: Sequence[Answer]) -> Drawn:
        """The bars."""
        drawn = super().draw(scene, answers)
        by = self._by(scene)
        zh = dim_zh(scene, self.code, by)
        marks = drawn.figure
        if marks is not None:
            picture = graph(self.id, steered(marks, self.clicks, by), f"按{zh}")
        else:
            picture = empty(*why_empty(answers, scene))
        options = self._options(scene)
        head = choice(scene, "by", self.code, options, by, "按什么分") if not self.places and options[1:] else None
        layout = table_of(scene, answers[0], f"{scene.indicator(self.code).zh}按{zh}", "by_member", chart="bar")
        return replace(
            drawn,
            title=self.zh,
            subtitle=f"按{zh}，{drawn.subtitle}" if self.places else drawn.subtitle,
            body=html.Div([picture], className="apart"),
            choice=head,
            table=layout,
        )

    def _options(self, scene: Scene) -> list[str]:
        """The ranking's are the places, a chosen one among its neighbours; the comparison's all other dimensions."""
        possible = ways(scene, self.code)
        place = scene.place_dim if scene.has_dim(self.code, scene.place_dim) else possible[0]
        return [place] if self.places else [dim for dim in possible if dim != place] or possible

    def _by(self, scene: Scene) -> str:
        possible = self._options(scene)
        wanted = "" if self.places else scene.view.more("by")
        return wanted if wanted in possible else possible[0]
