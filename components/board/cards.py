"""Headline parts: a card for a figure, and the lead that carries a page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isfinite

from components import cards as face
from components.board import pace
from components.board.part import (
    Drawn,
    Part,
    cautions,
    changes,
    comparisons,
    lateness,
    own_table,
    standing,
    value_column,
    whole_zh,
)
from components.board.scene import Scene
from components.cards import Change, Flag
from components.figures import bands
from components.figures.base import Band, Mark
from components.format import MISSING, number
from components.panels import graph
from components.states import Shape, sentence
from components.theme import Tone
from data.export.table import Cell, Column, Table
from data.semantic.spec import Answer, Bucket, Filter, Indicator, Query

TREND_MONTHS = 12
STRIP = 45
"""Columns of the board that a strip of cards shares."""

MOST_BARS = 8
EARLIER = (("较上月", 1), ("较上年", 2))
"""With what the lead is compared: the words, and which bucket of its question."""

NEAR = 0.15
"""A value within this share of a limit is near it."""

LEVEL_ZH = {"warn": "预警线", "alarm": "报警线"}
LEVEL_TONE: dict[str, Tone | None] = {"alarm": "bad", "warn": "warn", "": None}
BAND_TONE: dict[str, Tone | None] = {"ok": "ok", "warn": "warn", "bad": "bad", "quiet": None}


@dataclass(frozen=True, kw_only=True)
class Card(Part):
    """One figure with its changes and twelve months of trend; ``second`` is another figure said in small."""

    code: str
    second: str = ""
    strip: int = STRIP
    shape: Shape = "card"

    def codes(self) -> tuple[str, ...]:
        """The figure and its second."""
        return (self.code, self.second) if self.second else (self.code,)

    def queries(self, scene: Scene) -> Sequence[Query]:
        """Value, comparison over the districts that have reported, and trend with the year before."""
        months = scene.months(TREND_MONTHS)
        others = tuple(period.bucket for _, period in comparisons(scene.period))
        return (
            scene.query(self.codes(), (scene.period.bucket,)),
            scene.compared(self.code, (scene.period.bucket, *others)),
            scene.query(self.code, (*months, *scene.year_before(months))),
            *pace.ask(scene, *self.codes()),
        )

    def draw(self, scene: Scene, answers: Sequence[Answer]) -> Drawn:
        """The card."""
        value, compared, trend, *to_date = answers
        indicator = scene.indicator(self.code)
        words = [word for word, _ in comparisons(scene.period)]
        series = trend[self.code].total()
        against = [(word, i + 1) for i, word in enumerate(words)]
        moved = changes(scene, self.code, compared[self.code].total(), against)
        _, late = standing((value,), scene)
        flags = [Flag(self._second(scene, value))] if self.second else []
        applicable = not value[self.code].ignored
        body = face.headline(
            self.id,
            name=indicator.brief,
            value=value[self.code].total()[0],
            unit=indicator.unit,
            decimals=indicator.decimals,
            href=scene.href(self.code),
            changes=moved,
            flags=flags,
            trend=series[: len(series) // 2],
            against=series[len(series) // 2 :],
            note=self._note(scene, value, late),
            goal=pace.goal(pace.standing(scene, self.code, to_date), self._done(scene)),
            applicable=applicable,
        )
        return Drawn(
            indicator.zh,
            body=body,
            bare=True,
            menu=True,
            table=self._table(scene, value, moved, to_date),
        )

    def _table(
        self, scene: Scene, value: Answer, moved: Sequence[Change], to_date: Sequence[Answer]
    ) -> Callable[[], Table]:
        """The figures of the card in a row: the value, the second one, the changes as they are shown, the targets."""
        figures = [(value_column(scene, code), value[code].total()[0]) for code in self.codes()]
        columns = [Column(change.label, "number", change.decimals, change.suffix.strip()) for change in moved]
        row: list[Cell] = [scene.period.label, *(amount for _, amount in figures), *(change.delta for change in moved)]
        heads = [Column("期间"), *(column for column, _ in figures), *columns]
        remarks: list[str] = []
        for code in self.codes():
            found = pace.standing(scene, code, to_date)
            aims = pace.columns(scene, code, "" if code == self.code else scene.indicator(code).brief)
            heads += aims
            row += pace.cells(aims, found)
            remarks += pace.remarks(scene, code, found)
        said = cautions(scene, value, value.query.buckets)
        return own_table(scene, value, scene.indicator(self.code).zh, heads, [row], cautions=said, remarks=remarks)

    def _done(self, scene: Scene) -> str:
        """The word before 完成率: beside a month's amount it says that the rate is the year's."""
        return "完成" if scene.period.kind in ("ytd", "year") else "年内完成"

    def _note(self, scene: Scene, value: Answer, late: int) -> str:
        if scene.platform.engine.unreported((self.code,)):
            return "无数据"
        said = (scene.own_period, lateness(value), f"▲ {late} 天前" if late else "")
        return "　".join(filter(None, said))

    def _second(self, scene: Scene, value: Answer) -> str:
        second = scene.indicator(self.second)
        amount = value[self.second].total()[0]
        if amount is None:
            return f"{second.brief} {MISSING}"
        if second.unit == "%":
            return f"{second.brief} {number(amount)}%"
        return f"{number(amount, second.decimals)} {second.unit}"


def limit_flags(scene: Scene, code: str, value: float | None) -> list[Flag]:
    """The gravest limit that a value breaks, or one that it comes near to."""
    if value is None:
        return []
    bounds = scene.judgement.bounds(code, scene.period.last)
    broken = [bound for bound in bounds if bound.broken_by(value)]
    if broken:
        beyond = "高于" if broken[-1].side == "high" else "低于"
        return [Flag(f"{beyond} {number(broken[-1].value)}", LEVEL_TONE[broken[-1].level])]
    near = [bound for bound in bounds if abs(value - bound.value) <= NEAR * abs(bound.value)]
    return [Flag(f"接近 {number(near[0].value)}", "warn")] if near else []


def spoken_unit(indicator: Indicator) -> str:
    """The unit after a number, as one says it: 15.8 个月."""
    return "个月" if indicator.unit == "月" else indicator.unit


def cards(*codes: str, strip: int = STRIP) -> tuple[Card, ...]:
    """A strip of cards over ``strip`` columns: ``"ZF02"``, or ``"ZF02 ZF02-units"`` with a second figure."""
    pairs = [code.partition(" ") for code in codes]
    return tuple(Card(id=first, code=first, second=second, strip=strip) for first, _, second in pairs)


@dataclass(frozen=True, kw_only=True)
class Lead(Part):
    """The figure that leads: its value, and its members by district over the named bands of its value.

    ``fixed`` is the filter it stands under, in the words of ``fixed_zh``, unless the view chooses otherwise. ``flows``
    name what the sentence says of the worst place: additive indicators, over the last three months.
    """

    code: str
    fixed: tuple[tuple[str, tuple[str, ...]], ...] = ()
    fixed_zh: str = ""
    flows: tuple[tuple[str, str], ...] = ()
    shape: Shape = "lead"
    clicks: tuple[str, ...] = ("district",)

    def codes(self) -> tuple[str, ...]:
        """The figure and its flows."""
        return (self.code, *(code for _, code in self.flows))

    def queries(self, scene: Scene) -> Sequence[Query]:
        """Value and comparisons, members, and the flows of the last three months by member."""
        where = self._where(scene)
        month_ago = scene.months(2)[0]
        now = scene.period.bucket
        spans = (now, Bucket(month_ago.lo, month_ago.hi), scene.period.year_before().bucket)
        months = scene.months(3)
        quarter = Bucket(months[0].lo, now.hi)
        by = (scene.place_dim,)
        return (
            scene.query(self.code, (now,), where=where),
            scene.compared(self.code, spans, where),
            scene.query(self.code, spans, by, where),
            *(scene.query(code, (quarter,), by, where) for _, code in self.flows),
        )

    def draw(self, scene: Scene, answers: Sequence[Answer]) -> Drawn:
        """The lead panel."""
        whole, compared, apart, *flows = answers
        indicator = scene.indicator(self.code)
        value = whole[self.code].total()[0]
        marks = self._marks(scene, apart)
        places = "区市" if scene.place_dim == "district" else "乡镇街道"
        shown = sorted(marks, key=lambda mark: -(mark.value or 0))[:MOST_BARS] if len(marks) > MOST_BARS else marks
        most = f"最高 {MOST_BARS} 个" if len(marks) > MOST_BARS else ""
        subtitle = "，".join(filter(None, (self._under(scene), f"按{places}", indicator.unit, most)))
        if value is None and not marks:
            return Drawn(indicator.zh, subtitle=subtitle, href=self._href(scene))
        picture = bands(
            shown,
            [Band(b.zh, b.lo, b.hi if isfinite(b.hi) else None, BAND_TONE[b.state]) for b in indicator.bands],
            theme=scene.theme,
            unit=indicator.unit,
            decimals=indicator.decimals,
            chosen=scene.chosen(scene.place_dim),
        )
        level = scene.judgement.level(self.code, value, scene.period.last)
        late = [(f"（{word}已报）", False) for word in filter(None, map(lateness, (whole, *flows)))][:1]
        words = self._words(scene, marks, flows)
        body = face.lead(
            value=value,
            unit=spoken_unit(indicator),
            decimals=indicator.decimals,
            changes=changes(scene, self.code, compared[self.code].total(), EARLIER),
            flags=limit_flags(scene, self.code, value),
            tone=LEVEL_TONE[level],
            picture=graph(self.id, picture, f"{indicator.zh}，按区市"),
            words=sentence([*words, *late], self._worst_tone(marks)),
        )
        return Drawn(
            indicator.zh,
            figure=picture,
            body=body,
            subtitle=subtitle,
            href=self._href(scene),
            aside=self.code,
            table=self._table(scene, whole, compared, apart),
            sentence="".join(text for text, _ in words),
            where=self._where(scene),
        )

    def _href(self, scene: Scene) -> str:
        """The drill-down under the filter that the figure stands under."""
        view = scene.view
        for dim, members in self.fixed:
            if not view.members(dim):
                view = view.with_members(dim, members)
        return scene.href(self.code, view)

    def _under(self, scene: Scene) -> str:
        return "" if any(scene.view.members(dim) for dim, _ in self.fixed) else self.fixed_zh

    def _table(self, scene: Scene, whole: Answer, compared: Answer, apart: Answer) -> Callable[[], Table]:
        """Every place, now, a month and a year before, and the whole."""
        series = apart[self.code].values
        names = scene.labels(scene.place_dim, [member[0] for member in series])
        now, ago, before = (value_column(scene, self.code, word) for word in ("本期", "上月末", "上年同期"))
        rows = [(names[member[0]], *values) for member, values in series.items()]
        rows.append((whole_zh(scene, self.code), whole[self.code].total()[0], *compared[self.code].total()[1:]))
        columns = (Column("区市" if scene.place_dim == "district" else "乡镇街道"), now, ago, before)
        return own_table(scene, whole, scene.indicator(self.code).zh, columns, rows, "bar")

    def _where(self, scene: Scene) -> Filter:
        where = scene.where
        for dim, members in self.fixed:
            if not where.members(dim):
                where = where.with_(**{dim: members})
        return where

    def _marks(self, scene: Scene, apart: Answer) -> list[Mark]:
        series = apart[self.code].values
        names = scene.labels(scene.place_dim, [member[0] for member in series])
        found = []
        for member, (now, _, before) in series.items():
            level = scene.judgement.level(self.code, now, scene.period.last)
            if now is not None:
                found.append(Mark(member[0], names[member[0]], now, year_before=before, tone=LEVEL_TONE[level]))
        return found

    def _worst_tone(self, marks: list[Mark]) -> Tone | None:
        tones = {mark.tone for mark in marks}
        return "bad" if "bad" in tones else "warn" if "warn" in tones else None

    def _words(self, scene: Scene, marks: list[Mark], flows: Sequence[Answer]) -> list[tuple[str, bool]]:
        """Who is worst and in which band, what came on sale and what was signed there, and who is best."""
        if not marks:
            return [("所选范围没有可比较的区市", False)]
        indicator = scene.indicator(self.code)
        unit = spoken_unit(indicator)
        downwards = indicator.better == "lower"
        ordered = sorted(marks, key=lambda mark: mark.value or 0, reverse=downwards)
        worst, best = ordered[0], ordered[-1]
        chosen = next((mark for mark in marks if mark.member in scene.chosen(scene.place_dim)), None)
        if chosen is not None:
            # Of a place that the reader has chosen the sentence speaks of that place, and of the worst beside it.
            worst, best = chosen, worst
        band = next((b.zh for b in indicator.bands if b.lo <= (worst.value or 0) < b.hi), "")
        words: list[tuple[str, bool]] = [
            (f"{worst.label} {number(worst.value, indicator.decimals)} {unit}", True),
            (f"，在“{band}”档" if band else "", False),
        ]
        amounts = []
        for (word, code), answer in zip(self.flows, flows, strict=True):
            amount = answer[code].values.get((worst.member,), (None,))[0]
            if amount is not None:
                amounts.append(f"{word} {number(amount, 1)} {scene.indicator(code).unit}")
        words.append((f"；近三月{'，'.join(amounts)}。" if amounts else "。", False))
        if best is not worst:
            extreme = "最高" if downwards == (chosen is not None) else "最低"
            words += [(best.label, True), (f"{extreme}，{number(best.value, indicator.decimals)} {unit}。", False)]
        return words

    def _late(self, flows: Sequence[Answer]) -> list[tuple[str, bool]]:
        """Who has reported what the sentence says of flows, where not all have."""
        late = lateness(flows[0]) if flows else ""
        return [(f"（{late}已报）", False)] if late else []
