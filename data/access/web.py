"""The door of the site: who is asking, what is open to all, and the headers every answer carries.

One ``before_request`` protects every route there is and will be; what is open is named here and nowhere else.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from typing import Any, cast
from urllib.parse import quote, urlsplit

from flask import Flask, Request, Response, current_app, redirect, request, url_for
from flask.sessions import NullSession, SessionInterface
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin, current_user
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.exceptions import Forbidden as ForbiddenRequest
from werkzeug.exceptions import Unauthorized
from werkzeug.middleware.proxy_fix import ProxyFix

from data import log
from data.access.sessions import Session, Sessions
from data.access.viewer import Viewer
from data.db import Database
from data.settings import Settings

OPEN_ENDPOINTS = frozenset({"login", "healthz"})
OPEN_ASSETS = frozenset(
    f"/assets/{name}" for name in ("tokens.css", "login.css", "login.js", "favicon.svg", "favicon.ico")
)
SMALL_BODIES = OPEN_ENDPOINTS | {"logout"}
"""What anybody may send to, or is parsed before the sender is known: forms of a few fields, and no more."""
SMALL_BODY = 64 * 2**10
ENVELOPE = 2**20
"""Bytes that a request may hold beside the file in it."""
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
NOT_PAGES = ("/_dash", "/_reload-hash", "/_favicon", "/assets/", "/api/")
"""Beginnings of the addresses that scripts ask for: an anonymous request for them is told 401, not sent to a form."""

CSRF_HEADER = "X-CSRF-Token"
CSRF_FIELD = "csrf_token"
POLL_HEADER = "X-Background"
"""Marks a request that the page made by itself: it doesn't count as somebody being there."""
FORM_LIFE_S = 12 * 3600

_log = log.get("access")


class SignedIn(UserMixin):
    """What flask-login calls the user: the session of this request."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def get_id(self) -> str:
        """Id of the account, as text."""
        return str(self.session.viewer.user_id)


class NoSession(SessionInterface):
    """Flask's own session, left out: the database has ours, and a signed cookie would make every answer vary by it."""

    def open_session(self, app: Flask, request: Request) -> NullSession:
        """An empty session that refuses to be written to."""
        return NullSession()

    def save_session(self, app: Flask, session: Any, response: Response) -> None:
        """Nothing is kept."""


class Door:
    """Access of one application; ``server.extensions["access"]``."""

    def __init__(self, db: Database, settings: Settings) -> None:
        self.settings = settings
        self.sessions = Sessions(db, settings)
        # A browser takes a __Host- cookie over TLS only, for this very host: no neighbour can plant one.
        prefix = "__Host-" if settings.https else ""
        self.session_cookie, self.csrf_cookie, self.form_cookie = (
            prefix + name for name in ("session", "csrf", "login")
        )
        self.forms = URLSafeTimedSerializer(settings.secret, salt="login form")
        self.headers = _headers(settings, ())

    def allow_scripts(self, hashes: Sequence[str]) -> None:
        """Let the inline scripts with these CSP hashes run, and no others."""
        self.headers = _headers(self.settings, hashes)

    def set_cookie(self, response: Response, name: str, value: str, *, readable: bool = False) -> None:
        """Set a cookie that ends with the browser's session; ``readable`` by scripts or not."""
        response.set_cookie(name, value, httponly=not readable, secure=self.settings.https, samesite="Lax", path="/")

    def log_in(self, response: Response, user_id: int) -> None:
        """Begin a session and give its cookies to the browser."""
        old = request.cookies.get(self.session_cookie, "")
        token, csrf_token = self.sessions.start(user_id, request.remote_addr or "", replaces=old)
        self.set_cookie(response, self.session_cookie, token)
        self.set_cookie(response, self.csrf_cookie, csrf_token, readable=True)
        response.delete_cookie(self.form_cookie, path="/", secure=self.settings.https, samesite="Lax")

    def log_out(self, response: Response) -> None:
        """End the session of this request and take its cookies back."""
        self.sessions.end(request.cookies.get(self.session_cookie, ""))
        for name in (self.session_cookie, self.csrf_cookie):
            response.delete_cookie(name, path="/", secure=self.settings.https, samesite="Lax")

    def form_token(self, nonce: str) -> str:
        """Token for a form shown to somebody without a session; ``nonce`` goes into the form's cookie."""
        return self.forms.dumps(nonce)

    def form_is_ours(self) -> bool:
        """Whether the form sent was shown by us to this very browser, within the last twelve hours."""
        cookie = request.cookies.get(self.form_cookie, "")
        try:
            nonce = self.forms.loads(request.form.get(CSRF_FIELD, ""), max_age=FORM_LIFE_S)
        except BadSignature:
            return False
        return bool(cookie) and hmac.compare_digest(str(nonce), cookie)


def protect(server: Flask, db: Database, settings: Settings) -> Door:
    """Close every route of ``server`` to those who are not logged in. Call it before any route is added."""
    door = server.extensions["access"] = Door(db, settings)
    server.secret_key = settings.secret
    server.session_interface = NoSession()
    # Dash sends a file as base64: four bytes for three.
    server.config["MAX_CONTENT_LENGTH"] = settings.upload_max_mb * 2**20 * 4 // 3 + ENVELOPE
    if settings.trusted_proxies:
        # Not the host: a proxy in front passes Host on, and no other header may overrule it.
        count = settings.trusted_proxies
        server.wsgi_app = ProxyFix(server.wsgi_app, x_for=count, x_proto=count, x_host=0)  # type: ignore[method-assign]
    manager = LoginManager(server)
    manager.session_protection = None  # the session is a row of ours; flask-login's own cookie holds nothing
    manager.request_loader(lambda incoming: _signed_in(door, incoming))
    server.before_request(_guard)
    server.after_request(_finish)
    return door


def current_door() -> Door:
    """Access of the application that answers this request."""
    return cast(Door, current_app.extensions["access"])


def current_session() -> Session | None:
    """Session of this request, None if anonymous."""
    return current_user.session if current_user.is_authenticated else None


def current_viewer() -> Viewer:
    """Who is asking; 401 for an anonymous request, which only an open route can see."""
    session = current_session()
    if session is None:
        raise Unauthorized
    return session.viewer


def csrf_token() -> str:
    """Value of the hidden field ``csrf_token`` in a form of a page, such as the one for logging out."""
    session = current_session()
    return session.csrf_token if session else ""


def safe_next(target: str) -> str:
    """``target`` if it is a path on this site, else the portal: nobody is led away by a link."""
    parts = urlsplit(target) if target.isprintable() and "\\" not in target else None
    local = parts and not parts.scheme and not parts.netloc and target.startswith("/") and target[1:2] != "/"
    return target if local and not target.startswith(("/login", "/logout")) else "/"


def wants_page() -> bool:
    """Whether a person's browser asks for a page, rather than a script for data."""
    if request.path.startswith(NOT_PAGES):
        return False
    if request.headers.get("Sec-Fetch-Dest", "document") not in ("document", "iframe"):
        return False
    accept = request.headers.get("Accept", "*/*")
    return "text/html" in accept or (request.method in SAFE_METHODS and "*/*" in accept)


def _signed_in(door: Door, incoming: Request) -> SignedIn | None:
    token = incoming.cookies.get(door.session_cookie)
    session = door.sessions.read(token) if token else None
    return SignedIn(session) if session else None


def _guard() -> ResponseReturnValue | None:
    if request.endpoint in SMALL_BODIES:
        request.max_content_length = SMALL_BODY
    if request.endpoint in OPEN_ENDPOINTS or request.path in OPEN_ASSETS:
        return None
    session = current_session()
    if session is None:
        return _ask_to_log_in()
    if request.method not in SAFE_METHODS and not _csrf_is_right(session):
        _log.warning("csrf refused", path=request.path, user_id=session.viewer.user_id)
        raise ForbiddenRequest("页面令牌缺失或已失效")
    if POLL_HEADER not in request.headers:
        current_door().sessions.touch(session)
    return None


def _csrf_is_right(session: Session) -> bool:
    sent = request.headers.get(CSRF_HEADER)
    if sent is None and request.endpoint == "logout":
        # A plain form can't set a header. Other bodies are not parsed here: they may be large.
        sent = request.form.get(CSRF_FIELD)
    return sent is not None and hmac.compare_digest(sent.encode(), session.csrf_token.encode())


def _ask_to_log_in() -> ResponseReturnValue:
    if not wants_page():
        raise Unauthorized
    target = request.full_path.rstrip("?") if request.method in SAFE_METHODS else "/"
    return redirect(url_for("login") + ("" if target == "/" else "?next=" + quote(target, safe="/")), 303)


def _finish(response: Response) -> Response:
    headers = response.headers
    headers.extend(current_door().headers)
    if "Cache-Control" not in headers:
        headers["Cache-Control"] = "no-store"
    return response


def _headers(settings: Settings, hashes: Sequence[str]) -> tuple[tuple[str, str], ...]:
    policy = {
        "default-src": "'self'",
        "script-src": " ".join(("'self'", *hashes)),
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "worker-src": "'self' blob:",
        "connect-src": "'self' blob:",
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    headers: dict[str, Any] = {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    if settings.https:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    return tuple(headers.items())
