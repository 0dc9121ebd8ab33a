"""Reading: the figures of the cockpits, why they changed, the explorer, distinct members, the first rows of a drill.

What a page asks counts from the address on: its questions are made anew each time, as they are for a reader.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping, Sequence
from datetime import date

from components.board.render import Board
from components.board.source import Boards
from components.state import TAB
from data.access.viewer import SYSTEM
from data.db import Database
from data.periods import ONE_DAY, add_months, buckets, latest, month_of
from data.platform import Platform
from data.semantic.cache import ResultCache
from data.semantic.engine import Engine
from data.semantic.spec import Bucket, Filter, Query
from data.settings import Settings
from pages import housing, housing_market, housing_renewal, housing_support
from tests.bench.timing import Result, clock_runs, summarise

UNCACHED_MS = 40.0
CACHED_MS = 8.0
ROWS_MS = 60.0
WHY_MS = 60.0
EXPLORER_MS = 150.0

COCKPITS = (housing.BOARD, housing_market.BOARD, housing_support.BOARD, housing_renewal.BOARD)
WHY = {
    "ZF02": ("district", "use", "project"),
    "ZF03": ("district", "use", "project"),
    "ZF04": ("district", "use", "project"),
    "ZF05": ("district", "use", "project"),
    "ZF16": ("district", "estate_type", "estate"),
    "ZF18": ("district", "estate"),
}
"""A sum, a quotient, a stock, a stock over a sum, a quotient of stocks, a stock of many bookings."""

EXPLORED: Mapping[str, tuple[str, str] | None] = {
    "ZF02": ("project", "use"),
    "ZF04": ("project", "use"),
    "ZF05": ("project", "use"),
    "ZF16": ("estate", "estate_type"),
    "ZF20": None,
    "ZF21-projects": ("works", "land_type"),
}
"""A sum, a stock, two cubes, a quotient of stocks, a percentile, distinct members; each with a pivot of entities."""

MONTHS = 24


class Reading:
    """One database as pages read it, with what is kept in memory at hand to be forgotten."""

    def __init__(self, db: Database) -> None:
        self.platform = Platform(Settings(database_url=db.url.render_as_string(hide_password=False), demo=False))
        self.boards = Boards(self.platform)
        gc.collect()
        gc.freeze()  # as the site does before its workers start

    @property
    def engine(self) -> Engine:
        """The engine."""
        return self.platform.engine

    def ask(self, board: Board, values: Mapping[str, str]) -> int:
        """All questions of a board under an address, made and answered; how many they are."""
        with self.engine.reading():
            scene = self.boards.scene(board, values, SYSTEM, "dark")
            parts = board.at(values.get(TAB, "")).parts
            queries = [query for part in parts for query in part.queries(scene.of(part.codes()))]
            failed = [answer for answer in self.engine.answers(queries, SYSTEM) if isinstance(answer, Exception)]
        if failed:
            raise failed[0]
        return len(queries)

    def draw(self, board: Board) -> None:
        """All parts of a board as they are sent to the browser."""
        self.boards.drawn(board, [part.id for part in board.parts], {}, SYSTEM, "dark")

    def forget(self) -> None:
        """Keep no answer and no drawing."""
        self.engine._cache = ResultCache(4096)
        self.boards._drawn = ResultCache(600)


def read_figures(db: Database, name: str, _skipped: list[str]) -> list[Result]:
    """All timings of reading."""
    reading = Reading(db)
    last = reading.boards.scene(housing.BOARD, {}, SYSTEM, "dark").end
    results = [
        *(result for board in COCKPITS for result in _cockpit(reading, name, board)),
        *_why(reading, name, last),
        *(result for code in EXPLORED for result in _explorer(reading, name, code)),
        *_distinct(reading, name, last),
        *_first_rows(reading.engine, name, last),
        summarise("versions of all data, as every screen polls", name, clock_runs(reading.engine.versions, 200)),
    ]
    reading.platform.db.dispose()
    return results


def _cockpit(reading: Reading, name: str, board: Board) -> list[Result]:
    def ask() -> int:
        return reading.ask(board, {})

    def draw() -> None:
        reading.draw(board)

    asked = f"{ask()} questions"
    uncached = clock_runs(ask, 60, before=reading.forget, warm_up=5)
    cached = clock_runs(ask, 200, warm_up=5)
    drawn = clock_runs(draw, 20, before=reading.forget)
    kept = clock_runs(draw, 60, warm_up=5)
    parts = f"{len(board.parts)} parts"
    return [
        summarise(f"{board.path}, all figures, uncached", name, uncached, limit=UNCACHED_MS, note=asked, judged="p95"),
        summarise(f"{board.path}, all figures, cached", name, cached, limit=CACHED_MS, note=asked, judged="p95"),
        summarise(f"{board.path}, all parts drawn, nothing kept", name, drawn, note=parts),
        summarise(f"{board.path}, all parts drawn before", name, kept, note=parts),
    ]


def _why(reading: Reading, name: str, last: date) -> list[Result]:
    """The split of a year's change by each dimension."""
    year = latest("ytd", last)
    now, before = year.bucket, year.year_before().bucket

    def why(code: str, by: str) -> Callable[[], object]:
        return lambda: reading.engine.why(code, Filter(), now, before, by, SYSTEM)

    return [
        summarise(
            f"why {code} changed, by {by}, uncached",
            name,
            clock_runs(why(code, by), 20, before=reading.forget),
            limit=WHY_MS,
            judged="p95",
        )
        for code, dims in WHY.items()
        for by in dims
    ]


def _explorer(reading: Reading, name: str, code: str) -> list[Result]:
    """All questions of each tab of an indicator's page, and of the pivot of entities."""
    board = reading.boards.get(code)
    assert board is not None
    cases = {"overview": {}, "leaderboards": {TAB: "split"}, "pivot": {TAB: "pivot"}, "places": {TAB: "places"}}
    sides = EXPLORED[code]
    if sides:
        cases[f"pivot {sides[0]} × {sides[1]}"] = {TAB: "pivot", "row": sides[0], "col": sides[1]}
    found = []
    for what, values in cases.items():
        asked = f"{reading.ask(board, values)} questions"
        timings = clock_runs(lambda v=values: reading.ask(board, v), 20, before=reading.forget)  # type: ignore[misc]
        title = f"/indicator/{code}, {what}, uncached"
        found.append(summarise(title, name, timings, limit=EXPLORER_MS, note=asked, judged="p95"))
    return found


def _distinct(reading: Reading, name: str, last: date) -> list[Result]:
    """Months of distinct members: from the counts kept for districts, and counted anew under a filter."""
    end = month_of(last + ONE_DAY)
    months = buckets("month", add_months(end, -MONTHS), end)
    cases: dict[str, tuple[tuple[str, ...], Filter]] = {
        "kept by district": (("district",), Filter()),
        "recounted under a filter": ((), Filter.of("", land_type="stock")),
    }
    found = []
    for what, (by, where) in cases.items():
        query = Query(("ZF21-projects",), tuple(months), by, where)
        timings = clock_runs(lambda q=query: reading.engine.answer(q, SYSTEM), 20, before=reading.forget)  # type: ignore[misc]
        found.append(summarise(f"distinct members of {MONTHS} months, {what}", name, timings))
    return found


def _first_rows(engine: Engine, name: str, last: date) -> Sequence[Result]:
    month = latest("month", last).bucket
    year = latest("ytd", last).bucket
    cases: list[tuple[str, str, Filter, Bucket, str | None]] = [
        ("sales of a month", "ZF02", Filter(), month, None),
        ("sales of a year by amount", "ZF02", Filter(), year, "amount_yuan"),
        ("sales of a district and use", "ZF02", Filter.of("321281", use="residential"), year, None),
        ("inventory of today", "ZF04", Filter(), month, None),
        ("inventory by area", "ZF04", Filter(), month, "area_m2"),
        ("escrow accounts", "ZF07", Filter(), month, None),
        ("repair fund by balance", "ZF18", Filter(), month, "balance_yuan"),
        ("households supported", "ZF12", Filter(), month, None),
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
