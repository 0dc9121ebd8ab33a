"""/login and /logout: a plain form that needs no script, outside Dash."""

from __future__ import annotations

import secrets
from datetime import datetime

from dash import Dash
from flask import Response, make_response, redirect, render_template, request
from limits import parse
from limits.storage import storage_from_string
from limits.strategies import MovingWindowRateLimiter

from data import clock, log
from data.access.accounts import authenticate, note_limited
from data.access.web import CSRF_FIELD, Door, current_door, current_session, safe_next
from data.errors import reference
from data.platform import Platform

SELDOM = parse("1 per minute")
"""How often a flood from one address is written down: the record must not become the flood's second target."""

_log = log.get("login")


def register(app: Dash, platform: Platform) -> None:
    """Add the log-in form and the way out."""
    settings = platform.settings
    # The limiter itself, not the Flask extension around it: that one would look at every request of the site.
    limiter = MovingWindowRateLimiter(storage_from_string(settings.rate_limit_storage))
    rate = parse(settings.login_rate)

    def login() -> Response:
        door = current_door()
        if request.method != "POST":
            return _back() if current_session() else _form(door, settings.demo)
        # Counted before the body is read: a flood must not cost the reading of its forms.
        if not limiter.hit(rate, "login", request.remote_addr or ""):
            if limiter.hit(SELDOM, "limited", request.remote_addr or ""):
                note_limited(platform.db, _username(), request.remote_addr or "", settings.secret)
            return _form(door, settings.demo, _words("limited"), 429, fill=False)
        if not door.form_is_ours():
            return _form(door, settings.demo, _words("form"), 400)
        password = request.form.get("password", "")
        outcome = authenticate(platform.db, settings, _username(), password, request.remote_addr or "")
        if outcome.user_id is None:
            return _form(door, settings.demo, _words(outcome.result, outcome.until), 401)
        _log.info("logged in", user_id=outcome.user_id)
        response = _back()
        door.log_in(response, outcome.user_id)
        return response

    def logout() -> Response:
        response = make_response(redirect("/login", 303))
        current_door().log_out(response)
        return response

    app.server.add_url_rule("/login", "login", login, methods=["GET", "POST"])
    app.server.add_url_rule("/logout", "logout", logout, methods=["POST"])


def _back() -> Response:
    return make_response(redirect(safe_next(request.values.get("next", "/")), 303))


def _username() -> str:
    return request.form.get("username", "").strip()


def _form(
    door: Door, demo: bool, problem: tuple[str, str] | None = None, status: int = 200, *, fill: bool = True
) -> Response:
    """The form with a fresh token; ``problem`` is what went wrong and what to do; ``fill`` it with what was sent."""
    nonce = secrets.token_urlsafe(24)
    number = ""
    if problem:
        number = reference()
        _log.info("log-in refused", what=problem[0], status=status, reference=number)
    page = render_template(
        "login.html",
        demo=demo,
        problem=problem,
        reference=number,
        username=_username()[:60] if fill else "",
        next=safe_next((request.values if fill else request.args).get("next", "/")),
        field=CSRF_FIELD,
        token=door.form_token(nonce),
    )
    response = make_response(page, status)
    door.set_cookie(response, door.form_cookie, nonce)
    return response


def _words(result: str, until: datetime | None = None) -> tuple[str, str]:
    if result == "locked" and until:
        minutes = max(1, -int((clock.now() - until).total_seconds() // 60))
        return "该账号连续输错口令，已暂时锁定", f"请 {minutes} 分钟后再试；忘记口令请联系系统管理员"
    return {
        "wrong": ("用户名或口令不对", "核对大小写和输入法后重试；忘记口令请联系系统管理员"),
        "limited": ("登录过于频繁", "请稍等一分钟再试"),
        "form": ("登录页停留过久，或浏览器没有保存 Cookie", "请重新输入口令；若反复出现，请在浏览器中允许本站 Cookie"),
    }[result]
