"""Scripts, styles and pictures on their way to the browser: compressed once, fetched once.

An address that carries a fingerprint of its content never changes what it stands for, so the browser may keep it for
ever; another is asked for again and answered 304. Compressed copies live in the instance folder and serve all workers.
"""

from __future__ import annotations

import hashlib
import mimetypes
import os
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import brotli  # type: ignore[import-untyped]
from dash import Dash
from dash.fingerprint import check_fingerprint
from flask import Response, abort, request, send_file
from werkzeug.security import safe_join

FOR_EVER = "private, max-age=31536000, immutable"
ASK_AGAIN = "private, no-cache"
PACKABLE = frozenset({".js", ".mjs", ".css", ".svg", ".json", ".map"})
WORTH_PACKING = 1024
"""Bytes below which compressing saves nothing."""
QUALITY = 9
"""Of brotli's 11: plotly.js takes 0.4 s and 1.23 MB; the last two steps take 7 s and save a tenth."""

_packing = threading.Lock()


class Delivery:
    """The files of one application and their compressed copies in ``store``."""

    def __init__(self, app: Dash, store: Path) -> None:
        self._app = app
        self._assets = Path(app.config.assets_folder)
        self._store = store

    def install(self) -> None:
        """Take over the addresses at which Dash serves components and assets."""
        views, prefix = self._app.server.view_functions, self._app.config.routes_pathname_prefix
        suites = f"{prefix}_dash-component-suites/<string:package_name>/<path:fingerprinted_path>"
        assets = "_dash_assets.static"
        for endpoint, view in ((suites, self.suite), (assets, self.asset)):
            assert endpoint in views, f"Dash serves no {endpoint}"
            views[endpoint] = view
        self._app.server.jinja_env.globals["asset"] = self.asset_url

    def suite(self, package_name: str, fingerprinted_path: str) -> Response:
        """A file of a component library; only files that the libraries themselves declare are served."""
        path, fingerprinted = check_fingerprint(fingerprinted_path)
        if path not in self._app.registered_paths.get(package_name, ()):
            abort(404)
        return self._send(_in_package(package_name, path), FOR_EVER if fingerprinted else ASK_AGAIN)

    def asset(self, filename: str) -> Response:
        """A file of ours."""
        joined = safe_join(str(self._assets), filename)
        if joined is None or not Path(joined).is_file():
            abort(404)
        path = Path(joined)
        return self._send(path, FOR_EVER if request.args.get("m") == _modified(path) else ASK_AGAIN)

    def asset_url(self, name: str) -> str:
        """Address of an asset with its fingerprint, for plain pages."""
        return f"/assets/{name}?m={_modified(self._assets / name)}"

    def pack_all(self) -> int:
        """Compress everything the first visitor would otherwise wait for, and drop copies of files that are no more.

        Returns the number of new copies.
        """
        before = set(self._store.iterdir()) if self._store.exists() else set()
        worth = (path for path in self._files() if _is_packable(path))
        wanted = {self._packed(path, coding) for path in worth for coding in CODINGS}
        for copy in before - wanted:
            copy.unlink(missing_ok=True)
        return len(wanted - before)

    def _files(self) -> Iterator[Path]:
        yield from (path for path in self._assets.rglob("*") if path.is_file())
        for package, paths in self._app.registered_paths.items():
            found = (_in_package(package, path) for path in paths if not path.endswith(".map"))
            yield from (path for path in found if path.is_file())

    def _send(self, path: Path, keep: str) -> Response:
        if not path.is_file():
            abort(404)
        kind = mimetypes.types_map.get(path.suffix, "application/octet-stream")
        coding = _accepted() if _is_packable(path) else None
        response = send_file(self._packed(path, coding) if coding else path, mimetype=kind, conditional=True)
        if coding:
            response.headers["Content-Encoding"] = coding
        response.headers["Vary"] = "Accept-Encoding"
        response.headers["Cache-Control"] = keep
        response.headers.pop("Expires", None)
        return response

    def _packed(self, path: Path, coding: str) -> Path:
        stat = path.stat()
        copy = self._store / f"{_name(str(path), stat.st_mtime_ns, stat.st_size)}.{coding}"
        if copy.exists():
            return copy
        with _packing:
            if not copy.exists():
                _write(copy, CODINGS[coding](path.read_bytes()))
        return copy


def _modified(path: Path) -> str:
    """The mark that Dash puts behind the assets it links: ``?m=``."""
    return str(path.stat().st_mtime)


def _brotli(data: bytes) -> bytes:
    return bytes(brotli.compress(data, quality=QUALITY))


def _gzip(data: bytes) -> bytes:
    import gzip

    return gzip.compress(data, 9, mtime=0)


CODINGS: dict[str, Callable[[bytes], bytes]] = {"br": _brotli, "gzip": _gzip}


def _is_packable(path: Path) -> bool:
    return path.suffix in PACKABLE and path.stat().st_size >= WORTH_PACKING


def _accepted() -> str | None:
    """The best coding the browser takes. Browsers offer brotli over TLS and on this machine only."""
    offered: Any = request.accept_encodings
    return next((coding for coding in CODINGS if offered[coding] > 0), None)


@lru_cache(maxsize=1024)
def _name(path: str, modified: int, size: int) -> str:
    return hashlib.sha256(f"{path}\0{modified}\0{size}\0{QUALITY}".encode()).hexdigest()[:32]


@lru_cache(maxsize=1024)
def _in_package(package: str, path: str) -> Path:
    return Path(str(sys.modules[package].__file__)).parent / path


def _write(copy: Path, data: bytes) -> None:
    """Whole or not at all: another worker may be reading or writing the same copy."""
    copy.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=copy.parent, delete=False) as file:
        file.write(data)
    os.chmod(file.name, 0o644)
    os.replace(file.name, copy)
