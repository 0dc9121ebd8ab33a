"""The list to act on: projects that stand still, are late, or whose escrow runs short."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from components.board.charts import by_project
from components.board.part import Drawn, Part
from components.board.scene import Scene
from components.format import number
from components.states import Action, Shape, action_list, empty
from components.theme import Tone
from data.export.table import Column, Notes, Table
from data.semantic.spec import Answer, Query

MOST_ROWS = 500
MOST_SHOWN = 60
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
    """Development projects in need of a hand, from three sides: stalled, late, escrow below what must stay."""

    zh: str
    troubled: str
    escrow: str
    full: float = 100
    short: float = 80
    shape: Shape = "rows"

    def codes(self) -> tuple[str, ...]:
        """Both sides."""
        return self.troubled, self.escrow

    def queries(self, scene: Scene) -> Sequence[Query]:
        """Escrow by project, and how many projects are in trouble."""
        now = (scene.period.bucket,)
        return by_project(scene, self.escrow), scene.query(self.troubled, now)

    def draw(self, scene: Scene, answers: Sequence[Answer]) -> Drawn:
        """The list, gravest first, each row a way to the project's figures."""
        if scene.platform.engine.unreported(self.codes()):
            return Drawn(self.zh, href=scene.href(self.troubled))
        found = self.troubles(scene, answers[0])
        actions = [
            Action(
                item.tag,
                f"{item.district} {item.name}".strip(),
                item.detail,
                f"{item.days} 天" if item.days else "",
                item.tone,
                item.tone if item.tone == "bad" else None,
                scene.href(
                    self.escrow if item.tag == "资金" else self.troubled,
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
            aside=f"停工或逾期 {number(answers[1][self.troubled].total()[0])} · 共 {len(found)}",
            table=lambda: self._table(scene, found, answers[0]),
        )

    def troubles(self, scene: Scene, escrow: Answer) -> list[Trouble]:
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
        return sorted(found.values(), key=lambda item: -item.weight)

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

    def _table(self, scene: Scene, found: list[Trouble], escrow: Answer) -> Table:
        columns = (Column("项目"), Column("类别"), Column("情况"), Column("天数", "integer"))
        rows = [(item.name, item.tag, item.detail, item.days or None) for item in found]
        notes = Notes(period=scene.period.label, as_of=escrow.watermark, demo=escrow.demo)
        return Table(self.zh, columns, rows, notes, subtitle=scene.period.label)
