"""Development projects: how well their escrow covers what must stay, and the list to act on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from components.board.cards import BAND_TONE
from components.board.part import Drawn, Part, own_table, value_column
from components.board.scene import Scene
from components.figures import bullets
from components.figures.base import Mark
from components.format import number
from components.states import Action, Shape, action_list, empty
from components.theme import Tone
from data.export.table import Column, Table
from data.semantic.spec import Answer, Band, Query

MOST_ROWS = 500
MOST_SHOWN = 60
MANY_CANCELLED = 10
"""Signings cancelled in one project and month from which on it is worth a look; most have none to three."""

YUAN = 1e8
"""Yuan in the 亿元 in which gaps are told."""


@dataclass(frozen=True)
class Trouble:
    """What is the matter with one project; ``weight`` orders the list, gravest first."""

    project: str
    name: str
    district: str
    tag: str
    detail: str
    days: int
    tone: Tone
    weight: float


@dataclass(frozen=True, kw_only=True)
class Projects(Part):
    """Development projects in need of a hand: stalled, late, escrow below what must stay; and, as a lead to look
    into, those with many signings cancelled in this month or the last.
    """

    zh: str
    troubled: str
    escrow: str
    cancelled: str = ""
    full: float = 100
    short: float = 80
    shape: Shape = "rows"

    def codes(self) -> tuple[str, ...]:
        """Both sides."""
        return self.troubled, self.escrow

    def queries(self, scene: Scene) -> Sequence[Query]:
        """Escrow by project, how many projects are in trouble, and cancellations by project and month."""
        now = (scene.period.bucket,)
        months = replace(by_project(scene, self.cancelled), buckets=scene.months(2)) if self.cancelled else None
        return by_project(scene, self.escrow), scene.query(self.troubled, now), *((months,) if months else ())

    def draw(self, scene: Scene, answers: Sequence[Answer]) -> Drawn:
        """The list, gravest first, each row a way to the project's figures."""
        if scene.platform.engine.unreported(self.codes()):
            return Drawn(self.zh, href=scene.href(self.troubled))
        found = self.troubles(scene, *answers[::2])
        actions = [
            Action(
                item.tag,
                f"{item.district} {item.name}".strip(),
                item.detail,
                f"{item.days} 天" if item.days else "",
                item.tone,
                item.tone if item.tone == "bad" else None,
                scene.href(
                    self._behind(item),
                    scene.view.with_members("project", (item.project,)),
                ),
            )
            for item in found[:MOST_SHOWN]
        ]
        body: Any = action_list(actions) if actions else empty("没有停工、逾期或资金不足的项目", "出现后列在这里")
        return Drawn(
            self.zh,
            body=body,
            subtitle="按轻重" + (f"，前 {MOST_SHOWN} 个" if len(found) > MOST_SHOWN else ""),
            href=scene.href(self.troubled),
            aside=f"停工逾期 {number(answers[1][self.troubled].total()[0])} · 共 {len(found)}",
            table=self._table(scene, found, answers[0]),
            sentence=self._told(found),
        )

    def _told(self, found: list[Trouble]) -> str:
        """How many need a hand, and which first."""
        if not found:
            return "没有需要处置的项目。"
        worst = found[0]
        return f"共 {len(found)} 个项目需要处置，最急的是{worst.district}{worst.name}：{worst.detail}。"

    def troubles(self, scene: Scene, escrow: Answer, cancelled: Answer | None = None) -> list[Trouble]:
        """Projects and what is the matter with each; one project stands once, under what is gravest."""
        last = scene.period.last
        page = scene.platform.engine.rows(
            self.troubled, scene.where, scene.period.bucket, scene.viewer, limit=MOST_ROWS
        )
        series = escrow[self.escrow]
        shares: dict[str, float] = {}
        gaps: dict[str, float] = {}
        places: dict[str, str] = {}
        for member, (share,) in series.values.items():
            if share is not None:
                district, project = member
                places[project], shares[project] = district, share
                (has,), (must,) = series.numerator[member], series.denominator[member]
                gaps[project] = ((must or 0) - (has or 0)) / YUAN
        found = {row["project_no"]: self._troubled(scene, row, last, shares, gaps) for row in page.rows}
        asked = scene.chosen("project") or shares
        low = {project: shares[project] for project in asked if shares.get(project, self.full) < self.full}
        low = {project: share for project, share in low.items() if project not in found}
        names = scene.labels("project", low)
        for project, share in low.items():
            tone: Tone = "bad" if share < self.short else "warn"
            detail = f"覆盖 {number(share)}%，缺口 {number(gaps[project], 2)} 亿元"
            place = scene.regions.short(places[project])
            found[project] = Trouble(project, names[project], place, "资金", detail, 0, tone, 200 - share)
        if cancelled is not None:
            for item in self._cancelled(scene, cancelled):
                found.setdefault(item.project, item)
        return sorted(found.values(), key=lambda item: -item.weight)

    def _cancelled(self, scene: Scene, answer: Answer) -> list[Trouble]:
        asked = scene.chosen("project")
        many = {
            member: max((count or 0, bucket) for count, bucket in zip(counts, answer.query.buckets, strict=True))
            for member, counts in answer[self.cancelled].values.items()
            if max(count or 0 for count in counts) >= MANY_CANCELLED and (not asked or member[1] in asked)
        }
        names = scene.labels("project", [project for _, project in many])
        return [
            Trouble(
                project,
                names[project],
                scene.regions.short(district),
                "撤销",
                f"{bucket.lo.month} 月撤销网签 {number(count)} 套，待核",
                0,
                "warn",
                100 + count,
            )
            for (district, project), (count, bucket) in many.items()
        ]

    def _behind(self, item: Trouble) -> str:
        """The indicator that a row leads to."""
        return {"资金": self.escrow, "撤销": self.cancelled}.get(item.tag, self.troubled)

    def _troubled(
        self, scene: Scene, row: dict[str, Any], last: date, shares: dict[str, float], gaps: dict[str, float]
    ) -> Trouble:
        project, place = row["project_no"], scene.regions.short(row["district_id"])
        share = shares.get(project)
        short = share is not None and share < self.full
        money = f"，资金缺口 {number(gaps.get(project), 2)} 亿元" if short else ""
        stalled_days = (last - row["stalled_since"]).days if row["stalled_since"] else 0
        late_days = (last - row["due_delivery_on"]).days if row["due_delivery_on"] else 0
        if stalled_days >= 30:
            weight = 600 + stalled_days + (400 if short else 0)
            detail = f"停工 {stalled_days} 天{money}"
            return Trouble(project, row["project_name"], place, "停工", detail, stalled_days, "bad", weight)
        weight = 300 + min(late_days, 250) + (200 if short else 0)
        tone: Tone = "bad" if late_days > 90 or short else "warn"
        detail = f"逾期 {late_days} 天未交付{money}"
        return Trouble(project, row["project_name"], place, "逾期", detail, late_days, tone, weight)

    def _table(self, scene: Scene, found: list[Trouble], escrow: Answer) -> Callable[[], Table]:
        columns = (Column("区市"), Column("项目"), Column("类别"), Column("情况"), Column("天数", "integer"))
        rows = [(item.district, item.name, item.tag, item.detail, item.days or None) for item in found]
        return own_table(scene, escrow, self.zh, columns, rows)


def by_project(scene: Scene, code: str) -> Query:
    """Every project's value at the period's end, under its district; a chosen project keeps the others beside it.

    Several parts ask just this, and it is computed once.
    """
    return Query((code,), (scene.period.bucket,), ("district", "project"), scene.where.with_(project=()))


@dataclass(frozen=True, kw_only=True)
class Coverage(Part):
    """Projects whose share falls short, lowest first, each against the full mark."""

    code: str
    zh: str
    most: int = 8
    full: float = 100
    clicks: tuple[str, ...] = ("project",)

    def queries(self, scene: Scene) -> Sequence[Query]:
        """Every project's share at the period's end, and the whole's."""
        return by_project(scene, self.code), scene.query(self.code, (scene.period.bucket,))

    def draw(self, scene: Scene, answers: Sequence[Answer]) -> Drawn:
        """The rows."""
        apart, whole = answers
        indicator = scene.indicator(self.code)
        known = [
            (project, values[0]) for (_, project), values in apart[self.code].values.items() if values[0] is not None
        ]
        lowest = sorted(known, key=lambda pair: pair[1] or 0)[: self.most]
        names = scene.labels("project", [member for member, _ in lowest])
        marks = [Mark(member, names[member], value, tone=band_tone(indicator.bands, value)) for member, value in lowest]
        figure = bullets(marks, theme=scene.theme, full=self.full, chosen=scene.view.members("project"), decimals=0)
        short = sum(1 for _, value in known if value is not None and value < self.full)
        total = whole[self.code].total()[0]
        return Drawn(
            self.zh,
            figure=figure if marks else None,
            subtitle=f"最低 {len(marks)} 个，{indicator.unit}",
            href=scene.href(self.code),
            aside=f"{short} 个不足 · {number(total, 0)}{indicator.unit}" if total is not None else "",
            table=self._table(scene, apart, known),
        )

    def _table(self, scene: Scene, apart: Answer, known: Sequence[tuple[str, float]]) -> Callable[[], Table]:
        """Every project that has a share, lowest first, with what it has and what it must have."""
        names = scene.labels("project", [project for project, _ in known])
        series = apart[self.code]
        parts = {
            project: (series.numerator, series.denominator, member)
            for member in series.values
            for project in member[1:]
        }
        rows = []
        for project, share in sorted(known, key=lambda pair: pair[1]):
            has, must, member = parts[project]
            rows.append((names[project], share, *(amounts.get(member, (None,))[0] for amounts in (has, must))))
        columns = (
            Column("项目"),
            value_column(scene, self.code),
            Column("余额", "number", 2, "元"),
            Column("重点监管额度", "number", 2, "元"),
        )
        return own_table(scene, apart, self.zh, columns, rows)


def band_tone(ranges: Sequence[Band], value: float | None) -> Tone | None:
    """State of the band in which a value lies."""
    return next((BAND_TONE[b.state] for b in ranges if value is not None and b.lo <= value < b.hi), None)
