"""Waiting for what another thread or process does."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any


def until(true: Callable[[], Any], timeout_s: float = 10.0) -> None:
    """Return once ``true()`` is; TimeoutError if it never is."""
    deadline = time.monotonic() + timeout_s
    while not true():
        if time.monotonic() > deadline:
            raise TimeoutError(f"never true within {timeout_s:g} s")
        time.sleep(0.02)
