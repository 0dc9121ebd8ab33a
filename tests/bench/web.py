"""The running site: requests a second, the browser's first and second visit, memory, cold start."""

from __future__ import annotations

import json
import re
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select

from data.access.accounts import create_user
from data.db import Database
from data.models import User, UserSession
from tests.bench.timing import Result, summarise
from tests.support.browser import FLAGS, find_chromium, until
from tests.support.site import Site
from tests.support.visit import Visitor, log_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Locator, Page

USERNAME = "bench"
FIGURE = "ZF02"
PAGE = "/housing"
CLIENTS = 16
WRK_SECONDS = 8
REQUESTS_A_SECOND = 2000.0
FIRST_VISIT_S = 2.2
NEXT_PAGE_S = 0.6
WORKER_MB = 220.0
COLD_START_S = 2.0

DRAWN = """() => {
    const graphs = [...document.querySelectorAll('.js-plotly-plot')];
    return graphs.length > 0
        && !document.querySelector('.skeleton, [data-dash-is-loading=true]')
        && document.querySelectorAll('.dash-graph').length === graphs.length
        && graphs.every(graph => graph.querySelector('.main-svg'));
}"""
"""Whether every chart of the page is drawn and nothing is awaited any more."""

FETCHED = """() => performance.getEntriesByType('resource')
    .filter(entry => entry.transferSize > 0 && /\\.(js|css|woff2?)(\\?|$)/.test(entry.name))
    .map(entry => entry.name)"""
"""Scripts, styles and fonts that came over the network for this visit."""


class NotThere(Exception):
    """Something a measurement needs is not installed, or not built yet."""


def visit_site(db: Database, name: str, skipped: list[str]) -> list[Result]:
    """All timings of the running site over the benchmark's database; what can't be measured is named."""
    with tempfile.TemporaryDirectory() as folder:
        site = Site(Path(folder), {"DATABASE_URL": db.url.render_as_string(hide_password=False), "DEMO": "false"})
        site.flask("prepare")
        results = [_cold_start(site, name)]
        site.env["WEB_CONCURRENCY"] = "2"
        with _account(db) as password:
            site.start()
            try:
                visitor = log_in(site.url, USERNAME, password)
                for measure in (throughput, first_and_second_visit, page_to_page):
                    try:
                        results += measure(visitor, name)
                    except (NotThere, TimeoutError) as reason:
                        skipped.append(f"{measure.__name__} on {name}: {reason}")
                results.append(summarise("a worker's memory (PSS)", name, worker_memory_mb(site), "MB", WORKER_MB))
            finally:
                site.stop()
        return results


def _cold_start(site: Site, name: str) -> Result:
    site.env["WEB_CONCURRENCY"] = "1"
    seconds = []
    for _ in range(5):
        seconds.append(site.start())
        site.stop()
    return summarise("cold start until /healthz answers", name, seconds, "s", COLD_START_S)


# --- requests a second -----------------------------------------------------------------------------------------


def throughput(visitor: Visitor, name: str) -> list[Result]:
    """Refreshes of one cached figure by 16 clients against two workers, with log-in and version check."""
    if shutil.which("wrk") is None:
        raise NotThere("wrk: apt-get install wrk")
    body = refresh_body(visitor, FIGURE)
    answer = visitor.post("/_dash-update-component", body)
    if FIGURE.encode() not in answer:
        raise NotThere(f"the refresh of {FIGURE} does not answer with the figure: {answer[:200]!r}")
    found = [_wrk(visitor, body) for _ in range(3)]
    title = f"refreshes of one figure, {CLIENTS} clients, 2 workers"
    note = f"{len(answer):,} bytes each"
    return [summarise(title, name, found, "1/s", REQUESTS_A_SECOND, more_is_better=True, note=note)]


def refresh_body(visitor: Visitor, part: str) -> bytes:
    """What the browser sends to refresh one figure, put together from the callback's own declaration."""
    for callback in json.loads(visitor.get("/_dash-dependencies")):
        if any('"retry"' in item["id"] for item in callback["inputs"]):
            inputs = [_argument(item, part) for item in callback["inputs"]]
            output_id, _, output_property = callback["output"].rpartition(".")
            body = {
                "output": callback["output"],
                "outputs": {"id": _of_part(output_id, part), "property": output_property},
                "inputs": inputs,
                "changedPropIds": [f"{json.dumps(i['id'], separators=(',', ':'))}.{i['property']}" for i in inputs],
                "state": [_argument(item, part) for item in callback.get("state", [])],
            }
            return json.dumps(body).encode()
    raise NotThere("no callback refreshes a single figure")


def _argument(item: dict[str, str], part: str) -> dict[str, Any]:
    known = {"n_clicks": 1, "data": "dark", "pathname": PAGE, "search": ""}
    where = _of_part(item["id"], part)
    value = where if item["property"] == "id" else known[item["property"]]
    return {"id": where, "property": item["property"], "value": value}


def _of_part(declared: str, part: str) -> Any:
    """The id itself, or the pattern with the part's name in it."""
    if not declared.startswith("{"):
        return declared
    return {key: part if isinstance(value, list) else value for key, value in json.loads(declared).items()}


def _wrk(visitor: Visitor, body: bytes) -> float:
    lines = ['wrk.method = "POST"', f"wrk.body = [==[{body.decode()}]==]"]
    lines += [f'wrk.headers["{name}"] = "{value}"' for name, value in visitor.headers.items()]
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write("\n".join(lines))
        script.flush()
        command = ["wrk", "-t2", f"-c{CLIENTS}", f"-d{WRK_SECONDS}s", "-s", script.name]
        told = subprocess.run(
            [*command, f"{visitor.url}/_dash-update-component"], capture_output=True, text=True, check=True
        ).stdout
    if "Non-2xx" in told or "Socket errors" in told:
        raise RuntimeError(f"requests failed under load: {told}")
    rate = re.search(r"Requests/sec:\s+([\d.]+)", told)
    assert rate is not None
    return float(rate[1])


# --- the browser -----------------------------------------------------------------------------------------------


def first_and_second_visit(visitor: Visitor, name: str, rounds: int = 5) -> list[Result]:
    """A cockpit opened with an empty cache, and once more with a full one."""
    first, second, again = [], [], []
    with _chromium() as browser:
        for _ in range(rounds):
            context = _context(browser, visitor)
            first.append(_timed(page := context.new_page(), _goto(page, visitor)))
            page.close()
            second.append(_timed(page := context.new_page(), _goto(page, visitor)))
            again.append(float(len(page.evaluate(FETCHED))))
            context.close()
    return [
        summarise("first visit until every chart is drawn", name, first, "s", FIRST_VISIT_S),
        summarise("second visit until every chart is drawn", name, second, "s", FIRST_VISIT_S),
        summarise("scripts, styles, fonts fetched again", name, again, "files", 0.0),
    ]


def page_to_page(visitor: Visitor, name: str, rounds: int = 5) -> list[Result]:
    """From a cockpit to the page of an indicator, by its link."""
    seconds = []
    with _chromium() as browser:
        context = _context(browser, visitor)
        for _ in range(rounds):
            page = context.new_page()
            _timed(page, _goto(page, visitor))
            link = page.locator(f'a[href^="/indicator/{FIGURE}"]').first
            if not link.count():
                raise NotThere(f"{PAGE} does not link to the page of {FIGURE}")
            seconds.append(_timed(page, _follow(page, link)))
            page.close()
    return [summarise("page to page until every chart is drawn", name, seconds, "s", NEXT_PAGE_S)]


@contextmanager
def _chromium() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    path = find_chromium()
    if path is None:
        raise NotThere("Chromium: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


def _context(browser: Browser, visitor: Visitor) -> BrowserContext:
    context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", viewport={"width": 1920, "height": 1080})
    context.add_cookies(visitor.browser_cookies())  # type: ignore[arg-type]
    return context


def _goto(page: Page, visitor: Visitor) -> Callable[[], object]:
    return lambda: page.goto(visitor.url + PAGE, wait_until="commit")


def _follow(page: Page, link: Locator) -> Callable[[], object]:
    def follow() -> None:
        link.click()
        until(page, "() => location.pathname.startsWith('/indicator/')")
        if page.title().startswith("404"):
            raise NotThere("there are no indicator pages")

    return follow


def _timed(page: Page, go: Callable[[], object]) -> float:
    began = time.perf_counter()
    go()
    until(page, DRAWN, timeout_s=30)
    return time.perf_counter() - began


# --- memory and accounts ---------------------------------------------------------------------------------------


def worker_memory_mb(site: Site) -> list[float]:
    """Proportional memory of each worker, after whatever was asked of it."""
    assert site.process is not None
    children = Path(f"/proc/{site.process.pid}/task/{site.process.pid}/children").read_text().split()
    return [_pss_mb(int(pid)) for pid in children]


def _pss_mb(pid: int) -> float:
    found = re.search(r"^Pss:\s+(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
    assert found is not None
    return int(found[1]) / 1024


@contextmanager
def _account(db: Database) -> Iterator[str]:
    """An account for the run, gone afterwards; gives its password."""
    password = "B1-" + secrets.token_urlsafe(16)
    _forget_account(db)
    with db.write() as connection:
        create_user(connection, USERNAME, "性能测试", "leader", password)
    try:
        yield password
    finally:
        _forget_account(db)


def _forget_account(db: Database) -> None:
    mine = select(User.id).where(User.username == USERNAME)
    with db.write() as connection:
        connection.execute(delete(UserSession).where(UserSession.user_id.in_(mine)))
        connection.execute(delete(User).where(User.username == USERNAME))
