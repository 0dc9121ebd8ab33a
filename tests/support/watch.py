"""A page under watch: what it asked for, what went wrong, whether it is drawn, and whether it looks right."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tests.support.browser import until

if TYPE_CHECKING:
    from playwright.sync_api import ConsoleMessage, Locator, Page, Request, Response

LOOK = Path(__file__).with_name("look.js").read_text(encoding="utf-8")
PATIENCE_S = 60.0
"""Longest wait for what must come: the machine may be busy, what is asserted is never loosened."""

QUIET_MS = 150
CALLBACK = "/_dash-update-component"

DRAWN = """() => document.readyState === 'complete' && !document.querySelector('.skeleton, ._dash-loading')
    && [...document.querySelectorAll('.plot')].every(plot => plot.querySelector('.main-svg .infolayer'))
    && [...document.querySelectorAll('.rows-foot')].every(foot => foot.textContent)
    && (document.querySelector('.page .body') || document.querySelector('main'))"""


@dataclass
class Watched:
    """``expected`` are the statuses ≥ 400 that the test asks for."""

    page: Page
    url: str
    expected: tuple[int, ...] = ()
    wrong: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    _callbacks: list[str] = field(default_factory=list)
    _open: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        page = self.page
        page.on("console", self._said)
        page.on("pageerror", lambda error: self._note(f"error: {error}"))
        page.on("request", self._request)
        page.on("requestfinished", lambda request: self._open.discard(id(request)))
        page.on("requestfailed", self._failed)
        page.on("response", self._response)

    def go(self, path: str, wait: bool = True) -> None:
        """Open ``path`` and, unless told not to, wait until it is drawn."""
        self.page.goto(self.url + path)
        if wait:
            self.drawn()

    def drawn(self) -> None:
        """Wait until every figure is there and nothing is under way."""
        until(self.page, DRAWN, timeout_s=PATIENCE_S)
        self.quiet()
        until(self.page, DRAWN, timeout_s=PATIENCE_S)

    def quiet(self) -> None:
        """Wait until no request has been under way for a moment."""
        calm = 0
        for _ in range(int(PATIENCE_S * 1000 / 25)):
            calm = 0 if self._open else calm + 25
            if calm >= QUIET_MS:
                return
            self.page.wait_for_timeout(25)
        raise TimeoutError(f"still asking: {self.asked[-5:]}")

    def resize(self, width: int, height: int) -> None:
        """As if the screen had this size."""
        self.page.set_viewport_size({"width": width, "height": height})
        # Charts follow a resize after a moment of their own.
        self.page.wait_for_timeout(600)

    def faults(self) -> list[str]:
        """What can be seen to be wrong: scrolling, clipped or overlapping words, things outside the screen."""
        found: list[str] = self.page.evaluate(LOOK)
        return found

    def callbacks(self) -> list[str]:
        """Requests of callbacks so far: what each was asked for, and by what."""
        return list(self._callbacks)

    def slot(self, part: str) -> Locator:
        """The place of a part on the board."""
        return self.page.locator(f"""[id='{{"id":"{part}","kind":"slot"}}']""")

    def text(self, part: str) -> str:
        """The words of a part."""
        return self.slot(part).inner_text()

    def search(self) -> str:
        """The address from the question mark on."""
        return str(self.page.evaluate("location.search"))

    def until(self, script: str, argument: Any = None) -> Any:
        """Wait for ``script`` to give something true."""
        return until(self.page, script, argument, timeout_s=PATIENCE_S)

    def _note(self, line: str) -> None:
        self.wrong.append(f"{urlsplit(self.page.url).path}: {line}")

    def _said(self, message: ConsoleMessage) -> None:
        # How soon a preloaded script is used depends on the machine.
        if message.type not in ("error", "warning") or "preloaded using link preload" in message.text:
            return
        # The browser repeats a status of its own accord; whether it was asked for is judged by the response.
        if not any(f"status of {status}" in message.text for status in self.expected):
            self._note(f"{message.type}: {message.text}")

    def _request(self, request: Request) -> None:
        if request.url.startswith(("data:", "blob:")):
            return
        if not request.url.startswith(self.url + "/"):
            self._note(f"foreign request: {request.url}")
        self._open.add(id(request))
        self.asked.append(request.url.removeprefix(self.url))
        if self.asked[-1].startswith(CALLBACK):
            body = request.post_data_json or {}
            self._callbacks.append(f"{body.get('output', '')[:60]} by {body.get('changedPropIds')}")

    def _failed(self, request: Request) -> None:
        self._open.discard(id(request))
        # A download is taken from the page, and leaving a page breaks off what it asked for.
        if request.failure not in ("net::ERR_ABORTED", None):
            self._note(f"failed: {request.url} {request.failure}")

    def _response(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.expected:
            self._note(f"{response.status}: {response.url}")
