"""Figures as pictures for reports: PNG and SVG with title, unit, period, source, data-as-of and demo stamp inside.

A figure is drawn by plotly.js in a Chromium that stays warm, one for each worker process, started on first use. It
reaches no network: scripts come from the installed packages, and names of hosts resolve to nothing.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import os
import re
import shutil
import signal
import tempfile
import threading
import time
import weakref
from collections.abc import Callable, Coroutine, Iterator, MutableMapping, Sequence
from concurrent.futures import TimeoutError as Late
from pathlib import Path
from typing import Any, Literal

import kaleido
import plotly
from choreographer.browsers.chromium import Chromium
from choreographer.errors import ChromeNotFoundError
from kaleido import PageGenerator

from components.picture_frame import Caption, Frame
from components.theme import theme
from data.errors import PlatformError

PictureFormat = Literal["png", "svg"]
Plot = tuple[dict[str, Any], int, int]
"""A figure with its width and height in CSS pixels."""
Work = Callable[["_Browser"], Coroutine[Any, Any, bytes]]

WIDTH, HEIGHT, SCALE = 960, 540, 2
"""Half a slide in CSS pixels, twice as many in the file: sharp at 300 dpi across an A4 column."""
TIMEOUT_S = 20.0
PAPER_TIMES = 3
"""A document has a dozen plots: it may take so many times as long as a picture."""
MM_PER_INCH = 25.4
WAITING = 8
"""Requests that may wait for the painter; one more is told to come again, rather than take a server thread."""
SCRATCH = "taizhou-painter-"
SOCKET_ROOM = 60
"""Longest folder in which Chromium's own names still fit into the address of a socket."""
POLITE_S = 2.0
"""How long a browser may take to end by itself."""
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
KEPT_ENV = re.compile(r"^(PATH|HOME|TZ|LANG|LC_.*|FONTCONFIG_.*|XDG_.*|LD_LIBRARY_PATH)$")
"""Variables Chromium needs; keys and database addresses of the platform are none of its business."""


class PictureUnavailable(PlatformError):
    """No picture can be made now: no Chromium, too many waiting, or too slow."""

    status = 503


class Painter:
    """Makes pictures, one at a time. Safe between threads; a browser that fails or hangs is replaced by a new one."""

    def __init__(self, chromium: str = "", *, timeout_s: float = TIMEOUT_S, waiting: int = WAITING) -> None:
        self._chromium = chromium
        self._timeout_s = timeout_s
        self._places = threading.BoundedSemaphore(waiting + 1)
        self._turn = threading.Lock()
        self._browser: _Browser | None = None

    def picture(
        self,
        figure: dict[str, Any],
        caption: Caption,
        fmt: PictureFormat,
        width: int = WIDTH,
        height: int = HEIGHT,
        scale: float = SCALE,
    ) -> bytes:
        """``figure``, built for the print theme, with its caption, ``width`` × ``height`` CSS pixels.

        A PNG has ``scale`` times as many. Raises PictureUnavailable after the painter's time, waiting included.
        """
        frame = Frame(caption, width, height, theme("print"))
        return self._made(lambda page: page.paint(frame, figure, fmt, scale), self._timeout_s)

    def paper(self, plots: Sequence[Plot], build: Callable[[list[str]], str], foot: str) -> bytes:
        """A PDF on A4 of the document that ``build`` makes around the plots, which come to it as SVG, in their order.

        ``foot`` is the left part of each page's foot, as HTML; at the right stands the page's number. Raises
        PictureUnavailable.
        """
        return self._made(lambda page: page.paper(plots, build, foot), PAPER_TIMES * self._timeout_s)

    def _made(self, work: Work, timeout_s: float) -> bytes:
        deadline = time.monotonic() + timeout_s
        with self._my_turn(deadline):
            try:
                return self._paint(work, deadline)
            except Late:
                self._drop()
                raise PictureUnavailable(
                    f"未能在 {timeout_s:g} 秒内完成", "图片与 PDF 导出", "稍后重试；或改用 XLSX，其中有可编辑的图表"
                ) from None

    def close(self) -> None:
        """End the browser; the next picture starts a new one."""
        with self._turn:
            self._drop()

    @contextlib.contextmanager
    def _my_turn(self, deadline: float) -> Iterator[None]:
        busy = PictureUnavailable("正在生成的图片太多", "图片导出", "稍等几秒再试")
        if not self._places.acquire(blocking=False):
            raise busy
        try:
            if not self._turn.acquire(timeout=max(deadline - time.monotonic(), 0)):
                raise busy
            try:
                yield
            finally:
                self._turn.release()
        finally:
            self._places.release()

    def _paint(self, work: Work, deadline: float) -> bytes:
        """One attempt, and another with a new browser where the first one's had died."""
        was_warm = self._browser is not None
        try:
            return bytes(self._ready(deadline).run(work, deadline))
        except (Late, PictureUnavailable):
            raise
        except Exception as error:
            self._drop()
            if was_warm:
                return self._paint(work, deadline)
            raise PictureUnavailable(
                "图片生成失败", f"Chromium：{type(error).__name__}", "请把编号告知管理员；CSV 与 XLSX 导出不受影响"
            ) from error

    def _ready(self, deadline: float) -> _Browser:
        # After a fork the parent's browser is not ours to use.
        if self._browser is None or self._browser.pid != os.getpid() or not self._browser.alive:
            self._drop()
            self._browser = _Browser(find_chromium(self._chromium))
            weakref.finalize(self, self._browser.stop)
            self._browser.start(deadline)
        return self._browser

    def _drop(self) -> None:
        browser, self._browser = self._browser, None
        if browser is not None:
            browser.stop()


def find_chromium(setting: str = "") -> str:
    """Path of the browser: the setting, or the one found on PATH. Raises PictureUnavailable where there is none."""
    found = shutil.which(setting) if setting else next(filter(None, map(shutil.which, BROWSERS)), None)
    if found:
        return found
    raise PictureUnavailable(
        "没有找到 Chromium，无法生成 PNG 和 SVG",
        f"设置 CHROMIUM={setting}" if setting else "PATH",
        "请管理员安装 chromium 和 fonts-noto-cjk，或以环境变量 CHROMIUM 指明浏览器路径；CSV 与 XLSX 导出不受影响",
    )


# --- the browser -----------------------------------------------------------------------------------------------


class _OfflineChromium(Chromium):
    """Chromium that calls nobody and inherits no secrets. Without sandbox, as root in a container demands it."""

    def get_cli(self) -> Sequence[str]:
        quiet = ("--disable-background-networking", "--disable-domain-reliability", "--no-pings", "--mute-audio")
        return [*super().get_cli(), *quiet, "--host-resolver-rules=MAP * ~NOTFOUND"]

    def get_env(self) -> MutableMapping[str, str]:
        kept = {name: value for name, value in super().get_env().items() if KEPT_ENV.match(name)}
        # Its scratch files go with its profile, even where it is killed; but it puts a socket among them, whose
        # path may have 107 bytes.
        scratch = str(self.tmp_dir.path)
        return {**kept, "TMPDIR": scratch} if len(scratch) <= SOCKET_ROOM else kept


class _Browser:
    """One Chromium and the event loop that drives it, in a thread of its own.

    kaleido's own synchronous server blocks its loop while it waits and knows no time limit; this one can be left.
    Chromium listens on a pipe held by this process, so that it ends with the worker even after SIGKILL.
    """

    def __init__(self, path: str) -> None:
        self.pid = os.getpid()
        self._path = path
        self._folder = _scratch()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._begun = threading.Event()
        self._ended: asyncio.Event | None = None
        self._thread = threading.Thread(target=lambda: asyncio.run(self._live()), name="painter", daemon=True)
        self._kaleido: Any = None
        self._tab: Any = None

    @property
    def alive(self) -> bool:
        """Whether Chromium still runs."""
        return self._kaleido is not None and self._kaleido.subprocess.poll() is None

    def start(self, deadline: float) -> None:
        """Open Chromium with plotly.js loaded, and a second page for rasters."""
        self._thread.start()
        self._begun.wait()
        self.run(lambda page: page._open(), deadline)

    def run(self, work: Any, deadline: float) -> Any:
        """What ``work(self)``, a coroutine, returns; concurrent.futures.TimeoutError after the deadline."""
        assert self._loop is not None
        coroutine: Coroutine[Any, Any, Any] = work(self)
        task = asyncio.run_coroutine_threadsafe(coroutine, self._loop)
        try:
            return task.result(max(deadline - time.monotonic(), 0.001))
        except Late:
            task.cancel()
            raise

    def stop(self) -> None:
        """End Chromium, its children and the loop, once; leaves a parent's browser alone after a fork."""
        if self.pid != os.getpid() or self._loop is None or self._ended is None:
            return
        loop, ended = self._loop, self._ended
        with contextlib.suppress(Exception):
            self.run(lambda page: page._close(), time.monotonic() + 5)
        self._ended = None
        shutil.rmtree(self._folder, ignore_errors=True)
        loop.call_soon_threadsafe(ended.set)
        self._thread.join(5)

    async def _live(self) -> None:
        self._loop, self._ended = asyncio.get_running_loop(), asyncio.Event()
        ended = self._ended
        self._begun.set()
        await ended.wait()

    async def _open(self) -> None:
        # Without a word about MathJax the page would ask a foreign server for it.
        script = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
        page = self._folder / "index.html"
        page.write_text(PageGenerator(plotly=script.as_uri(), mathjax=False).generate_index(), encoding="utf-8")
        try:
            self._kaleido = kaleido.Kaleido(
                n=1,
                timeout=None,
                page_generator=page,
                path=self._path,
                browser_cls=_OfflineChromium,
                tmp_dir=self._folder,
            )
        except ChromeNotFoundError as error:
            raise PictureUnavailable(
                "Chromium 无法启动", self._path, "请管理员检查环境变量 CHROMIUM 所指的文件"
            ) from error
        await self._kaleido.open()
        self._tab = await self._kaleido.create_tab("about:blank", window=True)
        await self._send("Emulation.setScriptExecutionDisabled", {"value": True})

    async def _close(self) -> None:
        if self._kaleido is None or not hasattr(self._kaleido, "subprocess"):
            return
        try:
            await asyncio.wait_for(self._kaleido.close(), POLITE_S)
        finally:
            # A browser that hangs answers no request; its profile is temporary, so nothing is lost.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._kaleido.subprocess.pid, signal.SIGKILL)

    async def paint(self, frame: Frame, figure: dict[str, Any], fmt: str, scale: float) -> bytes:
        """The plot as SVG, framed, and turned into pixels where pixels are asked for."""
        size = {"format": "svg", "width": frame.plot_width, "height": frame.plot_height}
        svg = frame.around(await self._kaleido.calc_fig(figure, size))
        return svg if fmt == "svg" else await self._raster(svg.decode(), frame.width, frame.height, scale)

    async def paper(self, plots: Sequence[Plot], build: Callable[[list[str]], str], foot: str) -> bytes:
        """Every plot as SVG, the document around them, and that printed."""
        made = []
        for figure, width, height in plots:
            size = {"format": "svg", "width": width, "height": height}
            made.append((await self._kaleido.calc_fig(figure, size)).decode())
        await self._send("Emulation.clearDeviceMetricsOverride", {})
        await self._show(build(made))
        paper = {
            "paperWidth": 210 / MM_PER_INCH,
            "paperHeight": 297 / MM_PER_INCH,
            "marginTop": 14 / MM_PER_INCH,
            "marginBottom": 17 / MM_PER_INCH,
            "marginLeft": 14 / MM_PER_INCH,
            "marginRight": 14 / MM_PER_INCH,
            "printBackground": True,
            "displayHeaderFooter": True,
            "headerTemplate": "<span></span>",
            "footerTemplate": foot,
            "generateTaggedPDF": True,
            "generateDocumentOutline": True,
        }
        return base64.b64decode((await self._send("Page.printToPDF", paper))["data"])

    async def _show(self, html: str) -> None:
        tree = await self._send("Page.getFrameTree", {})
        await self._send("Page.setDocumentContent", {"frameId": tree["frameTree"]["frame"]["id"], "html": html})

    async def _raster(self, svg: str, width: int, height: int, scale: float) -> bytes:
        metrics = {"width": width, "height": height, "deviceScaleFactor": scale, "mobile": False}
        await self._send("Emulation.setDeviceMetricsOverride", metrics)
        await self._show(
            f'<!doctype html><html lang="zh-CN"><body style="margin:0;display:flex;overflow:hidden">{svg}</body></html>'
        )
        clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
        shot = await self._send("Page.captureScreenshot", {"format": "png", "clip": clip})
        return base64.b64decode(shot["data"])

    async def _send(self, command: str, params: dict[str, Any]) -> dict[str, Any]:
        answer = await self._tab.send_command(command, params=params)
        if "error" in answer:
            raise RuntimeError(f"{command}: {answer['error'].get('message')}")
        return dict(answer["result"])


def _scratch() -> Path:
    """A folder for a browser's profile, named after our process; those of processes that were killed go now."""
    for left in Path(tempfile.gettempdir()).glob(f"{SCRATCH}*"):
        owner = left.name.removeprefix(SCRATCH).partition("-")[0]
        if owner.isdecimal() and not _runs(int(owner)):
            shutil.rmtree(left, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=f"{SCRATCH}{os.getpid()}-"))


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
