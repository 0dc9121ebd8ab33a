"""Error pages: what happened, where, what to do, and the number by which the log tells the rest."""

from __future__ import annotations

from dataclasses import dataclass

from dash import Dash
from flask import Response, jsonify, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from components.theme import COOKIE, theme
from data import log
from data.access.viewer import Forbidden
from data.access.web import wants_page
from data.errors import PlatformError, reference
from data.platform import Platform

_log = log.get("errors")


@dataclass(frozen=True)
class Words:
    """What a person is told of an error."""

    what: str
    remedy: str


WORDS = {
    400: Words("请求不完整或格式有误", "返回上一页重试；若由其他系统调用，请核对接口文档"),
    401: Words("尚未登录，或登录已过期", "重新登录后再试"),
    403: Words("没有权限，或页面令牌已失效", "刷新页面后重试；若需要这项权限，请联系系统管理员"),
    404: Words("没有这个页面", "核对地址，或从首页重新进入"),
    405: Words("这个地址不接受这种操作", "从页面上的按钮重新进入"),
    413: Words("上传的文件过大", "拆成几个文件，或请管理员调大上传上限"),
    429: Words("操作过于频繁", "稍等一分钟再试"),
    500: Words("系统出错，未能完成", "稍后重试；若反复出现，请把编号告知系统管理员"),
}


def register(app: Dash, platform: Platform) -> None:
    """Answer every error of the server in the product's own words."""
    server = app.server
    server.context_processor(lambda: {"theme": theme(request.cookies.get(COOKIE)).name})
    server.register_error_handler(HTTPException, _http_error)
    server.register_error_handler(Forbidden, _forbidden)
    server.register_error_handler(PlatformError, _platform_error)
    server.register_error_handler(Exception, _unexpected)


def _http_error(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400:  # a redirect is an answer, not an error
        return error.get_response()  # type: ignore[return-value]
    words = WORDS.get(status, WORDS[400 if status < 500 else 500])
    number = reference()
    level = _log.error if status >= 500 else _log.info
    level("http error", status=status, path=request.path, reference=number)
    return answer(status, words.what, words.remedy, number)


def _forbidden(error: Forbidden) -> Response:
    number = reference()
    _log.warning("forbidden", path=request.path, reference=number)
    return answer(403, str(error) or WORDS[403].what, WORDS[403].remedy, number)


def _platform_error(error: PlatformError) -> Response:
    _log.warning("refused", what=error.what, path=request.path, reference=error.reference)
    return answer(error.status, error.what, error.remedy, error.reference, error.where)


def _unexpected(error: Exception) -> Response:
    number = reference()
    _log.error("unexpected", path=request.path, reference=number, exc_info=error)
    return answer(500, WORDS[500].what, WORDS[500].remedy, number)


def answer(status: int, what: str, remedy: str, number: str, where: str = "") -> Response:
    """The error as a page for a person, as JSON for a script."""
    where = where or request.path
    if not wants_page():
        parts = {"status": status, "what": what, "where": where, "remedy": remedy, "reference": number}
        return make_response(jsonify(error=parts), status)
    page = render_template("error.html", status=status, what=what, where=where, remedy=remedy, reference=number)
    return make_response(page, status)
