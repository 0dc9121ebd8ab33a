"""Refusals that a person can act on: what, where, what to do, and a reference number that is in the log."""

from __future__ import annotations

import secrets


class PlatformError(Exception):
    """An error with three parts and a reference. ``what`` and ``remedy`` are shown to the user, in Chinese."""

    status = 422
    """Status of the HTTP answer that tells of it."""

    def __init__(self, what: str, where: str = "", remedy: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.remedy = remedy
        self.reference = reference()

    def __str__(self) -> str:
        parts = [self.what]
        if self.where:
            parts.append(f"位置：{self.where}")
        if self.remedy:
            parts.append(f"办法：{self.remedy}")
        return "；".join(parts) + f"（编号 {self.reference}）"


class TooSlow(PlatformError):
    """A figure did not compute within its time."""

    status = 503


def reference() -> str:
    """A short number by which a message on the screen is found in the log."""
    return secrets.token_hex(4).upper()
