"""The rows behind an indicator: which they are, and how they add up to its figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from dash import dcc, html

from components.board.cards import spoken_unit
from components.board.part import Drawn, Part, lateness
from components.board.scene import Scene
from components.format import compact, finer, number
from components.grid import LINK, cell, grid
from components.panels import panel
from components.states import Component, Option, Shape, segmented
from data.periods import ONE_DAY
from data.semantic.records import COUNT_UP_TO, RowPage, pick
from data.semantic.spec import Answer, Bucket, Quantile, Query, leaves

GRID: Final = "grid"
CURSORS: Final = "cursors"
SHOWN: Final = "shown"


@dataclass(frozen=True)
class Block:
    """What the grid shows of one block, and how far the rows then reach."""

    rows: list[dict[str, Any]]
    next: str | None
    total: int
    more: bool


@dataclass(frozen=True, kw_only=True)
class Rows(Part):
    """The grid, above it the sum that its rows make; a derived indicator has a tab for each of its parts."""

    code: str
    zh: str = "明细"
    columns: int = 60
    shape: Shape = "rows"

    def queries(self, scene: Scene) -> Sequence[Query]:
        """The figure, and of a derived one the part whose rows are shown, over the part's own days."""
        part, window = self._chosen(scene)
        return scene.query(self.code, (scene.period.bucket,)), scene.query(part, (window,))

    def draw(self, scene: Scene, answers: Sequence[Answer]) -> Drawn:
        """Head, grid and foot; rows come when the grid asks for them."""
        whole, apart = answers
        part, window = self._chosen(scene)
        page = self._page(scene, limit=1)
        links = [name for name, _ in _leading(scene, part)]
        here = {"id": self.id, "at": address(scene, whole)}
        body = html.Div(
            [
                self._head(scene, whole, apart, page),
                html.Div(
                    grid(
                        {"kind": GRID, **here},
                        page.columns,
                        [column.name for column in page.columns if column.name in links],
                        scene.platform.registry.cubes_of(part)[0].sortable[0],
                    ),
                    className="rows-grid",
                ),
                html.Div(id={"kind": SHOWN, **here}, className="rows-foot"),
                dcc.Store(id={"kind": CURSORS, **here}),
            ],
            className="rows",
        )
        frame = panel(
            self.id,
            title=self.zh,
            subtitle=self._when(scene, part, window),
            body=body,
            note=lateness(whole),
            menu=False,
        )
        return Drawn(self.zh, body=frame, bare=True)

    def block(self, scene: Scene, sort: str | None, descending: bool, after: str | None, **more: Any) -> Block:
        """One block for the grid, each row with where its entities lead."""
        page = self._page(scene, sort=sort, descending=descending, after=after, **more)
        leading = _leading(scene, self._chosen(scene)[0])
        rows = []
        for row in page.rows:
            shown = {name: cell(value) for name, value in row.items()} | {"id": str(row["id"])}
            for name, (dim, key) in leading:
                if row.get(key):
                    shown[name + LINK] = scene.path + scene.view.toggled(dim, row[key]).search
            rows.append(shown)
        return Block(rows, page.next, page.total, page.more)

    def _when(self, scene: Scene, part: str, window: Bucket) -> str:
        """The days that the rows are of: a stock's are those of its last day."""
        last = min(window.hi - ONE_DAY, scene.end).isoformat()
        if scene.kind(part).stock:
            return f"{last} 时点"
        return scene.period.label if part == self.code else f"{window.lo.isoformat()} 至 {last}"

    def _page(self, scene: Scene, **more: Any) -> RowPage:
        part = scene.view.more("part")
        return scene.platform.engine.rows(self.code, scene.where, scene.period.bucket, scene.viewer, part=part, **more)

    def _chosen(self, scene: Scene) -> tuple[str, Bucket]:
        return pick(scene.platform.registry, self.code, scene.view.more("part"), scene.period.bucket)

    def _head(self, scene: Scene, whole: Answer, apart: Answer, page: RowPage) -> Component:
        part, _ = self._chosen(scene)
        parts = scene.platform.engine.row_parts(self.code)
        count = f"{number(COUNT_UP_TO)} 条以上" if page.more else f"{number(page.total)} 条"
        words = [f"{count}，{_reckoned(scene, part, apart)}"]
        if scene.viewer.districts is not None and scene.regions.is_city(scene.where.region):
            # Rows are the viewer's own, the figure is the city's: they are told apart, not added up.
            words = [f"本辖区 {count}", f"全市{_reckoned(scene, part, apart)}"]
        if part != self.code:
            words.append(f"{scene.indicator(self.code).zh} {_reckoned(scene, self.code, whole)}")
        tabs = [
            Option(code, scene.indicator(code).zh, scene.path + scene.view.with_extra(part=code).search)
            for code in parts
        ]
        fixed = scene.view.with_period(scene.period.token).search
        exports = [
            html.A(
                kind.upper(),
                href=f"/export/rows/{self.code}.{kind}{fixed}",
                className="btn-x",
                title=f"按表中的排序与筛选导出全部明细为 {kind.upper()}；行数多时在后台生成",
                **{"data-action": "export-rows", "data-code": self.code, "data-format": kind, "data-search": fixed},
            )
            for kind in ("csv", "xlsx")
        ]
        return html.Div(
            [
                *([segmented("part", tabs, part, "组成")] if tabs[1:] else []),
                html.Span([html.B(words[0]), *(f"；{word}" for word in words[1:])], className="rows-sum"),
                html.Div([html.Span("导出全部", className="hint"), *exports], className="rows-tools"),
            ],
            className="rows-head",
        )


def address(scene: Scene, answer: Answer) -> str:
    """Where a grid stands: indicator, view, and the versions of the data. A grid elsewhere is another grid."""
    versions = "-".join(str(version) for _, version in answer.versions)
    return f"{scene.path}{scene.view.search}#{versions}"


def _leading(scene: Scene, part: str) -> list[tuple[str, tuple[str, str]]]:
    """Columns that name an entity, each with its dimension and the column of its key."""
    cube = scene.platform.registry.cubes_of(part)[0]
    return [(dim.names[1].key, (dim.name, dim.column.key)) for dim in cube.dims if dim.names]


def _made(scene: Scene, code: str) -> str:
    """What is done to the rows to make the figure of them."""
    for leaf in leaves(scene.indicator(code).value):
        if isinstance(leaf, Quantile):
            return "中位数" if leaf.p == 0.5 else f"{100 * leaf.p:g} 分位数"
    return {"distinct": "去重后", "published": "公布值"}.get(scene.kind(code).name, "合计")


def _reckoned(scene: Scene, code: str, answer: Answer) -> str:
    """How the rows make the figure: ``合计 142.3 万㎡``, or ``666.2 ÷ 347 = 1.92 工作日``."""
    indicator, series = scene.indicator(code), answer[code]
    total = series.total()[0]
    value = f"{number(total, finer(indicator.decimals, (total,)))} {spoken_unit(indicator)}"
    if not series.numerator:
        return f"{_made(scene, code)} {value}"
    top, bottom = series.numerator[()][0], series.denominator[()][0]
    return f"{compact(top, 2)} ÷ {compact(bottom, 2)} = {value}"
