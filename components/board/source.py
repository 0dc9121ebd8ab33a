"""What exports ask of boards: the same figures as on the screen, in the print theme, with their tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import orjson
from plotly.io.json import to_json_plotly

from components.board import render
from components.board.indicator import indicator_board
from components.board.part import Drawn, Part
from components.board.render import Board, results
from components.board.scene import Scene
from components.board.sentence import sentence_of
from components.export import Args, PageOf
from components.paper import Shown
from components.picture_frame import Caption
from components.state import TAB, View
from components.theme import theme
from data import clock, log
from data.access.viewer import Forbidden, Viewer
from data.errors import PlatformError, reference
from data.export.build import filter_text, full_labels
from data.export.rows import Drill
from data.export.xlsx_file import Failed
from data.platform import Platform
from data.semantic.cache import Brief, Key, ResultCache

_log = log.get("board")

KEPT_PARTS = 600
"""Drawn parts kept by a worker: some twenty kilobytes each."""


REFERENCE = frozenset({"calendar", "coverage", "definitions", "limits", "marks", "regions", "targets"})
"""Versions on which every board rests."""


class Boards:
    """All boards of a site by name. Pages add themselves; each indicator has a board of its own by its code."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self._boards: dict[str, Board] = {}
        self._drawn = ResultCache(KEPT_PARTS)
        self._rests_on: dict[str, tuple[str, ...]] = {}

    def add(self, board: Board) -> None:
        """Make a board known."""
        self._boards[board.name] = board

    def get(self, name: str) -> Board | None:
        """The board of a page, or of an indicator by its code."""
        if name in self.platform.registry:
            return indicator_board(self.platform.registry, name)
        return self._boards.get(name)

    def codes(self) -> frozenset[str]:
        """All indicators that some page shows, besides each one's own."""
        return frozenset(code for board in self._boards.values() for code in board.codes)

    def by_path(self, path: str) -> Board | None:
        """The board at an address."""
        if path.startswith("/indicator/"):
            return self.get(path.removeprefix("/indicator/"))
        return next((board for board in self._boards.values() if board.path == path), None)

    def scene(self, board: Board, values: Mapping[str, str], viewer: Viewer, theme_name: str | None) -> Scene:
        """The scene of a board under an address's parameters."""
        view = View.of(values, self.platform.registry.dims, board.default_period)
        return Scene(self.platform, viewer, view, theme(theme_name), board.codes, board.name, board.path)

    def drawn(
        self, board: Board, ids: Iterable[str], values: Mapping[str, str], viewer: Viewer, theme_name: str
    ) -> dict[str, Any]:
        """Parts of a board by id, as JSON ready to be sent; kept while no version moves, one that failed for seconds.

        A kept part costs one look-up: a wall of screens may ask for it as often as it likes.
        """
        keys = self._keys(board, ids, values, viewer, theme_name)

        def draw(*missing: Key) -> list[Any]:
            with self.platform.engine.reading():
                scene = self.scene(board, values, viewer, theme_name)
                found = dict(render.results([keys[key] for key in missing], scene))
                return [_ready(keys[key], found[keys[key]], scene) for key in missing]

        kept = self._drawn.get_many(tuple(keys), draw)
        return {
            part.id: item.content if isinstance(item, Brief) else item
            for part, item in zip(keys.values(), kept, strict=True)
        }

    def kept(self, board: Board, values: Mapping[str, str], viewer: Viewer, theme_name: str) -> dict[str, Any]:
        """Those parts of a board that are ready at once."""
        keys = self._keys(board, board.ids, values, viewer, theme_name)
        return {part.id: content for key, part in keys.items() if (content := self._drawn.get(key)) is not None}

    def _keys(
        self, board: Board, ids: Iterable[str], values: Mapping[str, str], viewer: Viewer, theme_name: str
    ) -> dict[Key, Part]:
        versions = self.versions(board)
        view = View.of(values, self.platform.registry.dims, board.default_period)
        return {
            Key(versions, clock.today(), viewer.scope_key, theme_name, board.name, view, part.id): part
            for part_id in ids
            if (part := board.part(part_id))
        }

    def versions(self, board: Board) -> tuple[tuple[str, int], ...]:
        """Versions of all that a board's figures rest on: another data set's write leaves it as it is."""
        names = self._rests_on.get(board.name)
        if names is None:
            cubes = {cube.name for code in board.codes for cube in self.platform.registry.cubes_of(code)}
            names = self._rests_on[board.name] = tuple(sorted(cubes | REFERENCE))
        found = self.platform.engine.versions()
        return tuple((name, found.get(name, 0)) for name in names)

    def find(self, page: str, panel: str, args: Args, viewer: Viewer) -> Shown | None:
        """One figure of a page, for export."""
        board = self.get(page)
        part = board.part(panel) if board else None
        if board is None or part is None:
            return None
        with self.platform.engine.reading():
            scene = self.scene(board, args, viewer, "print")
            ((_, drawn),) = results((part,), scene)
            if isinstance(drawn, Exception):
                raise drawn
            return _shown(part, drawn, scene)

    def page(self, page: str, args: Args, viewer: Viewer) -> PageOf | None:
        """All figures of a page, for one workbook; Forbidden where none of them may be seen."""
        board = self.get(page)
        if board is None:
            return None
        with self.platform.engine.reading():
            scene = self.scene(board, args, viewer, "print")
            board = board.at(scene.view.more(TAB))
            shown = results(board.parts, scene)
            refusals = [drawn for _, drawn in shown if isinstance(drawn, Forbidden)]
            if len(refusals) == len(shown):
                raise refusals[0]
            made = [_failed_or_shown(part, drawn, scene) for part, drawn in shown]
            labels = full_labels(scene.labels, scene.regions)
            filters = filter_text(scene.where, board.codes, self.platform.registry, labels)
        return PageOf(board.title, [figure for figure in made if figure is not None], filters)

    def indicator(self, code: str, args: Args, viewer: Viewer) -> Shown | None:
        """The leading figure of an indicator's page."""
        return self.find(code, "series", args, viewer)

    def rows(self, code: str, args: Args, viewer: Viewer) -> Drill | None:
        """Which rows an indicator's page shows."""
        board = self.get(code)
        if board is None:
            return None
        scene = self.scene(board, args, viewer, "print").of((code,))
        return Drill(scene.where, scene.period.bucket, scene.view.more("part"))


def _failed_or_shown(part: Part, drawn: Drawn | Exception, scene: Scene) -> Shown | Failed | None:
    """A figure, why there is none, or None for a part that shows no figures of its own."""
    if isinstance(drawn, Exception):
        return Failed(render.name_of(part, scene), f"出错：{_reason(drawn)}")
    if drawn.table is None and not drawn.bare:
        return Failed(drawn.title, f"无数据：{'，'.join(render.why_empty(drawn.answers, scene))}")
    return _shown(part, drawn, scene)


def _reason(error: Exception) -> str:
    """What a reader may know of an error: the words of a refusal, else only where it is in the log."""
    if isinstance(error, (PlatformError, Forbidden)):
        return str(error)
    number = reference()
    _log.error("figure failed", reference=number, exc_info=error)
    return f"这一图表未能生成（编号 {number}）"


def _ready(part: Part, result: Drawn | Exception, scene: Scene) -> Any:
    """The part in its frame as finished JSON."""
    sent = orjson.Fragment(to_json_plotly(render.framed(part, result, scene)))
    return Brief(sent) if isinstance(result, Exception) else sent


def _shown(part: Part, drawn: Drawn, scene: Scene) -> Shown | None:
    if drawn.table is None:
        return None
    table = drawn.table()
    said = (drawn.subtitle, table.notes.period if table.notes.period not in drawn.subtitle else "", drawn.note)
    caption = replace(Caption.of(table), subtitle=" · ".join(filter(None, said)))
    return Shown(
        drawn.figure, table, caption, partial(sentence_of, part, drawn, scene.of(part.codes())), part.shape == "card"
    )
