"""Reading: the figures of a cockpit, why they changed, the explorer, and the first rows of a drill-down."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from components.board.source import Boards
from data.access.viewer import SYSTEM
from data.db import Database
from data.periods import latest
from data.platform import Platform
from data.semantic.cache import ResultCache
from data.semantic.engine import Engine
from data.semantic.spec import Bucket, Filter
from data.settings import Settings
from pages.housing import BOARD
from tests.bench.timing import Result, clock_runs, summarise

UNCACHED_MS = 40.0
CACHED_MS = 8.0
ROWS_MS = 60.0
WHY_MS = 60.0
EXPLORER_MS = 150.0


def read_figures(db: Database, name: str, _skipped: list[str]) -> list[Result]:
    """All timings of reading."""
    platform = Platform(Settings(database_url=db.url.render_as_string(hide_password=False), demo=False))
    boards = Boards(platform)
    scene = boards.scene(BOARD, {}, SYSTEM, "dark")
    queries = [query for part in BOARD.parts for query in part.queries(scene)]
    engine = platform.engine

    def ask() -> None:
        failed = [answer for answer in engine.answers(queries, SYSTEM) if isinstance(answer, Exception)]
        if failed:
            raise failed[0]

    def draw() -> None:
        boards.drawn(BOARD, [part.id for part in BOARD.parts], {}, SYSTEM, "dark")

    def forget() -> None:
        engine._cache = ResultCache(4096)

    asked = f"{len(queries)} questions"
    uncached = clock_runs(ask, 60, before=forget, warm_up=5)
    cached = clock_runs(ask, 200, warm_up=5)
    drawn = clock_runs(draw, 60, warm_up=5)
    results = [
        summarise("/housing, all figures, uncached", name, uncached, limit=UNCACHED_MS, note=asked),
        summarise("/housing, all figures, cached", name, cached, limit=CACHED_MS, note=asked),
        summarise("/housing, all parts as sent to the browser, cached", name, drawn, note=f"{len(BOARD.parts)} parts"),
        *_why(engine, name, scene.end, forget),
        *_explorer(boards, name, forget),
        *_first_rows(engine, name, scene.end),
    ]
    platform.db.dispose()
    return results


def _why(engine: Engine, name: str, last: date, forget: Callable[[], None]) -> list[Result]:
    """The split of a year's change by each dimension; the slowest kinds of figure: sums, quotients, stocks, both."""
    year = latest("ytd", last)
    now, before = year.bucket, year.year_before().bucket
    return [
        summarise(
            f"why {code} changed, by {by}, uncached",
            name,
            clock_runs(
                lambda c=code, b=by: engine.why(c, Filter(), now, before, b, SYSTEM),  # type: ignore[misc]
                20,
                before=forget,
            ),
            limit=WHY_MS,
        )
        for code in ("ZF02", "ZF03", "ZF04", "ZF05")
        for by in ("district", "use", "project")
    ]


def _explorer(boards: Boards, name: str, forget: Callable[[], None]) -> list[Result]:
    """All questions of each tab of an indicator's page, and of the pivot of entities."""
    cases = {
        "leaderboards": {"view": "split"},
        "pivot": {"view": "pivot"},
        "pivot of projects": {"view": "pivot", "row": "project", "col": "use"},
        "places": {"view": "places"},
    }
    found = []
    for code in ("ZF02", "ZF03", "ZF04", "ZF05"):
        board = boards.get(code)
        assert board is not None
        for what, values in cases.items():
            scene = boards.scene(board, values, SYSTEM, "dark")
            queries = [query for part in board.at(values["view"]).parts for query in part.queries(scene)]
            timings = clock_runs(
                lambda q=queries: boards.platform.engine.answers(q, SYSTEM),  # type: ignore[misc]
                20,
                before=forget,
            )
            title = f"/indicator/{code}, {what}, uncached"
            found.append(summarise(title, name, timings, limit=EXPLORER_MS, note=f"{len(queries)} questions"))
    return found


def _first_rows(engine: Engine, name: str, last: date) -> list[Result]:
    month = latest("month", last).bucket
    year = latest("ytd", last).bucket
    cases: list[tuple[str, str, Filter, Bucket, str | None]] = [
        ("sales of a month", "ZF02", Filter(), month, None),
        ("sales of a year by amount", "ZF02", Filter(), year, "amount_yuan"),
        ("sales of a district and use", "ZF02", Filter.of("321281", use="residential"), year, None),
        ("inventory of today", "ZF04", Filter(), month, None),
        ("inventory by area", "ZF04", Filter(), month, "area_m2"),
        ("escrow accounts", "ZF07", Filter(), month, None),
    ]
    return [
        summarise(
            f"first 100 rows: {what}",
            name,
            clock_runs(lambda c=code, w=where, b=bucket, s=sort: engine.rows(c, w, b, SYSTEM, sort=s), 20),  # type: ignore[misc]
            limit=ROWS_MS,
        )
        for what, code, where, bucket, sort in cases
    ]
