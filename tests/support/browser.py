"""Driving Chromium under the site's own content security policy."""

from __future__ import annotations

import os
import shutil
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Page

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find_chromium() -> str | None:
    """Path of Debian's Chromium, or of the one that CHROMIUM names."""
    return shutil.which(os.environ.get("CHROMIUM") or "chromium")


def until(page: Page, script: str, argument: Any = None, timeout_s: float = 10.0) -> Any:
    """Evaluate ``script`` until it gives something true, and return that.

    Playwright's own ``wait_for_function`` builds code from text in the page, which the policy forbids.
    """
    deadline = time.monotonic() + timeout_s
    while True:
        value = page.evaluate(script, argument)
        if value:
            return value
        if time.monotonic() > deadline:
            raise TimeoutError(f"never true within {timeout_s:g} s: {script}")
        page.wait_for_timeout(25)
