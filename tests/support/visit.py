"""A visitor without a browser: logs in through the form and keeps the cookies."""

from __future__ import annotations

import re
import urllib.parse
import urllib.request
from dataclasses import dataclass
from http.cookiejar import CookieJar
from typing import Any


@dataclass
class Visitor:
    """Somebody logged in at ``url``."""

    url: str
    jar: CookieJar
    opener: urllib.request.OpenerDirector

    @property
    def cookies(self) -> dict[str, str]:
        """Cookies by name."""
        return {cookie.name: cookie.value or "" for cookie in self.jar}

    @property
    def headers(self) -> dict[str, str]:
        """What a script of the page sends with each request."""
        return {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "X-CSRF-Token": self.cookies["csrf"],
            "Content-Type": "application/json",
        }

    def get(self, path: str) -> bytes:
        """Body of a page or of data."""
        with self.opener.open(self.url + path, timeout=60) as answer:
            body: bytes = answer.read()
            return body

    def post(self, path: str, body: bytes) -> bytes:
        """Answer to a JSON body."""
        request = urllib.request.Request(self.url + path, data=body, headers=self.headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            found: bytes = answer.read()
            return found

    def browser_cookies(self) -> list[dict[str, Any]]:
        """The cookies as Playwright takes them."""
        return [{"name": name, "value": value, "url": self.url} for name, value in self.cookies.items()]


def log_in(url: str, username: str, password: str) -> Visitor:
    """Log in through the form; RuntimeError if the site says no."""
    jar = CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    visitor = Visitor(url, jar, opener)
    token = re.search(r'name="csrf_token" value="([^"]+)"', visitor.get("/login").decode())
    if token is None:
        raise RuntimeError("the log-in form has no token")
    form = {"csrf_token": token[1], "username": username, "password": password, "next": "/healthz"}
    with opener.open(f"{url}/login", urllib.parse.urlencode(form).encode(), timeout=60) as answer:
        if "session" not in visitor.cookies:
            raise RuntimeError(f"log-in of {username} failed: {answer.status}")
    return visitor
