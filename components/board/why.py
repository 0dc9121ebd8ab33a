"""Why an indicator changed: one sentence to paste, the bridge from then to now, and who moved which way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from dash import dcc, html

from components.board.apart import choice, dim_zh, former, link, steered, ways
from components.board.cards import spoken_unit
from components.board.part import Drawn, Part, shared
from components.board.scene import Scene
from components.figures import bars, waterfall
from components.figures.base import Figure, Mark
from components.format import arrow, finer, number, percent, signed
from components.panels import graph
from components.states import Component, empty, sentence
from data.export.build import full_labels, notes_of
from data.export.table import Cell, Column, Table
from data.semantic.spec import Answer, Query
from data.semantic.why import HALF, NOTABLE, against, divisible, named, share, split
from data.semantic.why import Part as Cause

MOST_CAUSES: Final = 8
"""Steps that a bridge has room for; a member more is drawn, more than that are its last step."""

MOST_WITH: Final = 5
MOST_AGAINST: Final = 4
"""Rows of the list beside the bridge: of members that moved with the whole, and of those that moved against it."""

Words = list[tuple[str, bool]]


@dataclass(frozen=True)
class _Split:
    """A change and its parts, with what is needed to tell of them; ``over`` is 5/6 区市 where not all are compared."""

    dim: str
    zh: str
    former: str
    before: float | None
    after: float | None
    causes: list[Cause]
    over: str = ""
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def total(self) -> float:
        return (self.after or 0.0) - (self.before or 0.0)

    @property
    def against(self) -> list[Cause]:
        return against(self.causes)

    @property
    def along(self) -> list[Cause]:
        return [cause for cause in self.causes if cause.delta * self.total > 0]

    @property
    def rate_and_mix(self) -> tuple[float, float]:
        return sum(cause.rate for cause in self.causes), sum(cause.mix for cause in self.causes)

    def name(self, cause: Cause) -> str:
        return self.names.get(cause.member[0], cause.member[0])


@dataclass(frozen=True, kw_only=True)
class Why(Part):
    """为什么变了: the change since the former period, split exactly among the members of a dimension."""

    code: str
    zh: str = "为什么变了"
    columns: int = 60

    def queries(self, scene: Scene) -> Sequence[Query]:
        """Both periods by member, and whole; over the same districts and the same filter."""
        whole = scene.compared(self.code, (former(scene)[1].bucket, scene.period.bucket))
        return replace(whole, by=(self._by(scene),)), whole

    def draw(self, scene: Scene, answers: Sequence[Answer]) -> Drawn:
        """The sentence, the bridge, and the list of movers; where there is no split, before and after."""
        apart, whole = answers
        found = self._split(scene, apart, whole)
        head = choice(scene, self.id, self.code, self._options(scene), found.dim, "按什么拆分")
        drawn = Drawn(
            self.zh,
            subtitle=f"较{found.former}，{scene.indicator(self.code).unit}",
            choice=head,
            note=found.over,
            table=lambda: self._table(scene, apart, whole, found),
        )
        if found.before is None or found.after is None or not scene.comparable:
            return replace(drawn, body=html.Div(empty(*self._why_not(scene, found)), className="why"))
        words = self._words(scene, found)
        told = "".join(text for text, _ in words)
        if not found.causes:
            return self._undivided(scene, drawn, apart, found, words)
        if not any(cause.delta for cause in found.causes):
            same = empty("没有变化", f"各{found.zh}均与{found.former}相同")
            return replace(drawn, sentence=told, alone=True, body=html.Div([sentence(words), same], className="why"))
        figure = self._figure(scene, found)
        beside = html.Div([graph(self.id, figure, "变化拆分"), self._movers(scene, found)], className="why-split")
        return replace(
            drawn, figure=figure, sentence=told, alone=True, body=html.Div([sentence(words), beside], className="why")
        )

    def _split(self, scene: Scene, apart: Answer, whole: Answer) -> _Split:
        dim = self._by(scene)
        causes = split(scene.indicator(self.code), scene.platform.registry, apart[self.code], whole[self.code])
        before, after = whole[self.code].total()
        found = _Split(
            dim, dim_zh(scene, self.code, dim), former(scene)[0], before, after, causes, shared(scene, whole)
        )
        told = (*causes[: MOST_CAUSES + 1], *found.along[: MOST_WITH + 1], *found.against[: MOST_AGAINST + 1])
        return replace(found, names=scene.labels(dim, [cause.member[0] for cause in told]))

    def _why_not(self, scene: Scene, found: _Split) -> tuple[str, str]:
        """Why nothing is compared, and what that means."""
        if found.before is None or found.after is None:
            return "无法比较", f"{found.former if found.before is None else '本期'}没有数，换一个期间或去掉一个筛选"
        return "暂不比较", "有区市未报，本账号只能看全市合计，不能剔除未报区市后再比"

    def _options(self, scene: Scene) -> list[str]:
        """Dimensions to split by; of one that the view has narrowed to a member there is nothing to split."""
        possible = ways(scene, self.code)
        return [dim for dim in possible if len(scene.view.members(dim)) != 1] or possible

    def _by(self, scene: Scene) -> str:
        possible = self._options(scene)
        wanted = scene.view.more(self.id)
        return wanted if wanted in possible else possible[0]

    def _decimals(self, scene: Scene, *sizes: float | None) -> int:
        """Decimals at which the greatest part still has two digits: parts are smaller than the whole."""
        decimals = scene.indicator(self.code).decimals
        whole = scene.kind(self.code).additive and not decimals
        size = max((abs(size) for size in sizes if size), default=1.0)
        return decimals if whole else max(finer(decimals, (size,)), decimals + (size < 10 * 10**-decimals))

    # --- the bridge --------------------------------------------------------------------------------------------

    def _figure(self, scene: Scene, found: _Split) -> Figure:
        indicator = scene.indicator(self.code)
        most = MOST_CAUSES + 1 if len(found.causes) == MOST_CAUSES + 1 else MOST_CAUSES
        marks = [Mark(c.member[0], found.name(c), c.delta) for c in found.causes[:most] if c.delta]
        if rest := found.causes[most:]:
            marks.append(Mark("", f"其余 {len(rest)}", sum(cause.delta for cause in rest)))
        figure = waterfall(
            Mark("", found.former, found.before),
            marks,
            Mark("", f"{found.over.partition('/')[0]}区市本期" if found.over else "本期", found.after),
            theme=scene.theme,
            unit=indicator.unit,
            decimals=self._decimals(scene, *(mark.value for mark in marks)),
            better=indicator.better if indicator.better in ("higher", "lower") else "neutral",
        )
        return steered(figure, self.clicks, found.dim)

    def _movers(self, scene: Scene, found: _Split) -> Component:
        """Who moved with the whole and who against it, each with its part, its share of all movement and its size."""
        decimals = self._decimals(scene, *(cause.delta for cause in found.causes[:MOST_CAUSES]))
        head = html.Tr([html.Th(word) for word in (found.zh, "影响", "占增减合计", "原份额")])
        bodies = [
            self._group(scene, found, f"同向{'上升' if found.total > 0 else '下降'}", found.along, MOST_WITH, decimals),
            self._group(scene, found, "反向", found.against, MOST_AGAINST, decimals),
        ]
        parts = [html.Table([html.Thead(head), *bodies], className="movers")]
        if not scene.platform.registry.adds_up(self.code):
            rate, mix = (signed(amount, decimals) for amount in found.rate_and_mix)
            parts.append(html.P(f"自身变化 {rate}，结构变化 {mix}", className="movers-foot"))
        return html.Div(parts, className="movers-box", tabIndex=0)

    def _group(self, scene: Scene, found: _Split, zh: str, causes: list[Cause], most: int, decimals: int) -> Component:
        if not causes:
            return html.Tbody([])
        shown, rest = (causes, []) if len(causes) <= most + 1 else (causes[:most], causes[most:])
        rows = [html.Tr(html.Th(f"{zh} {len(causes)}", colSpan=4, className="movers-group"))]
        for cause in shown:
            name = dcc.Link(found.name(cause), href=link(scene, (found.dim, cause.member[0])))
            size = None if cause.size is None else 100 * cause.size
            cells = (signed(cause.delta, decimals), percent(100 * share(cause, found.causes), 0), percent(size, 0))
            rows.append(html.Tr([html.Th(name), *(html.Td(cell) for cell in cells)]))
        if rest:
            delta, part = sum(c.delta for c in rest), sum(share(c, found.causes) for c in rest)
            cells = (signed(delta, decimals), percent(100 * part, 0), "")
            rows.append(html.Tr([html.Th(f"其余 {len(rest)}"), *(html.Td(cell) for cell in cells)]))
        return html.Tbody(rows)

    # --- where parts make no whole -----------------------------------------------------------------------------

    def _undivided(self, scene: Scene, drawn: Drawn, apart: Answer, found: _Split, words: Words) -> Drawn:
        """Before and after by member, and why they are no parts of the change."""
        indicator = scene.indicator(self.code)
        series = apart[self.code].values
        if not series:
            body = [sentence(words), empty("两期都没有记录", "换一个期间，或去掉一个筛选")]
            return replace(drawn, body=html.Div(body, className="why"))
        ordered = sorted(series.items(), key=lambda item: -max(abs(value or 0.0) for value in item[1]))
        names = scene.labels(found.dim, [member[0] for member, _ in ordered[:MOST_CAUSES]])
        marks = [
            Mark(member[0], names[member[0]], after, previous=before)
            for member, (before, after) in ordered[:MOST_CAUSES]
        ]
        figure = steered(
            bars(marks, theme=scene.theme, unit=indicator.unit, decimals=indicator.decimals), self.clicks, found.dim
        )
        why = self._indivisible(scene, found.zh)
        more = f"，仅列前 {MOST_CAUSES} 个，共 {len(ordered)}" if ordered[MOST_CAUSES:] else ""
        body = [
            sentence(words),
            graph(self.id, figure, "前后两期"),
            html.P(f"短线为{found.former}；{why}{more}", className="movers-foot"),
        ]
        told = "".join(text for text, _ in words)
        return replace(drawn, figure=figure, sentence=told, alone=True, body=html.Div(body, className="why"))

    def _indivisible(self, scene: Scene, zh: str) -> str:
        indicator, registry = scene.indicator(self.code), scene.platform.registry
        if divisible(indicator, registry):
            return f"只公布各{zh}的数值，不公布其分子分母，不作拆分"
        reason = scene.kind(self.code).indivisible or f"{scene.kind(self.code).zh}不可拆分"
        return f"{reason}，只列各{zh}前后两期"

    # --- the sentence ------------------------------------------------------------------------------------------

    def _words(self, scene: Scene, found: _Split) -> Words:
        """What changed, by how much, whose doing where one stands out, who pulled the other way, and of whom it is."""
        assert found.before is not None
        assert found.after is not None
        indicator = scene.indicator(self.code)
        decimals = self._decimals(scene, found.total)
        words: Words = [(self._subject(scene, found.after, found.over), False), (f"，较{found.former}", False)]
        if not round(found.total, decimals):
            return [*words, ("持平", True), (self._completeness(found), False)]
        unit = {"%": "个百分点"}.get(indicator.unit, spoken_unit(indicator))
        size = f"{'上升' if found.total > 0 else '下降'} {number(abs(found.total), decimals)} {unit}"
        if scene.comparison(self.code) == "percent" and found.before:
            size += f"（{arrow(found.total)}{percent(100 * abs(found.total / found.before))}）"
        words.append((size, True))
        if found.causes[1:]:
            words += self._laid_to(found, decimals)
        return [*words, (self._completeness(found), False)]

    def _subject(self, scene: Scene, after: float, over: str) -> str:
        """Place, filter, period and thing; the amount where it is that of the headline."""
        indicator = scene.indicator(self.code)
        place = scene.regions.name(scene.where.region) if scene.where.region else "全市"
        chips = [
            "、".join(scene.labels(dim, members).values())
            for dim, members in scene.where.allow
            if scene.has_dim(self.code, dim)
        ]
        narrowed = f"（{'，'.join(chips)}）" if chips else " "
        amount = f" {number(after, finer(indicator.decimals, (after,)))} {spoken_unit(indicator)}"
        when = scene.period.label + " " * scene.period.label[-1].isdigit()
        return f"{place}{narrowed}{when}{indicator.zh}{'' if over else amount}"

    def _laid_to(self, found: _Split, decimals: int) -> Words:
        causes = named(found.causes)
        main = sum(share(cause, found.causes) for cause in causes) >= HALF
        words: Words = [("，主要是" if main else "，其中", False)]
        for index, cause in enumerate(causes):
            part = f" {signed(cause.delta, decimals)}（占增减合计 {percent(100 * share(cause, found.causes), 0)}）"
            words += [("、", False)] * bool(index) + [(found.name(cause), True), (part, False)]
        if not causes:
            words = [(f"，变化分散，没有哪个{found.zh}单独拉动", False)]
        elif not main:
            words.append(("较突出", False))
        opposite = found.against[:1]
        if opposite and share(opposite[0], found.causes) >= NOTABLE:
            words += [
                ("；", False),
                (found.name(opposite[0]), True),
                (f"反向 {signed(opposite[0].delta, decimals)}", False),
            ]
        rate, mix = found.rate_and_mix
        if round(mix, decimals):
            words.append((f"；各{found.zh}自身变化 {signed(rate, decimals)}，结构变化 {signed(mix, decimals)}", False))
        return words

    def _completeness(self, found: _Split) -> str:
        return f"。{found.over}已报，按已报区市同口径比较。" if found.over else "。"

    # --- the table ---------------------------------------------------------------------------------------------

    def _table(self, scene: Scene, apart: Answer, whole: Answer, found: _Split) -> Table:
        """Every member: before, after and, where there is a split, its part."""
        indicator = scene.indicator(self.code)
        series = apart[self.code].values
        labels = full_labels(scene.labels, scene.regions)
        names = labels(found.dim, [member[0] for member in series])
        kinds: tuple[str, ...] = ("前期", "本期", "影响", "其中自身变化", "其中结构变化")
        rows: list[tuple[Cell, ...]] = [
            (names[c.member[0]], c.before, c.after, c.delta, c.rate, c.mix) for c in found.causes
        ]
        if not rows:
            kinds = kinds[:2]
            rows = [(names[member[0]], *values) for member, values in series.items()]
        columns = (
            Column(found.zh),
            *(Column(kind, "number", indicator.decimals + 2, indicator.unit) for kind in kinds),
        )
        notes = notes_of(whole, scene.platform.registry, labels, period=scene.period.label)
        title = f"{indicator.zh}：{self.zh}"
        return Table(title, columns, rows, notes, subtitle=f"{scene.period.label}，较{found.former}")
