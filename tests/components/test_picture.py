"""Pictures: title, unit, source, day and stamp inside, Chinese as Chinese, and a painter that survives its browser."""

from __future__ import annotations

import os
import re
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from components.format import ems
from components.picture import SCRATCH, Painter, PictureUnavailable, find_chromium
from components.picture_frame import Caption, Frame, wrapped
from components.theme import theme
from data.export.table import Column, Notes, Table

ROOT = Path(__file__).resolve().parents[2]
CAPTION = Caption(
    "商品房网签面积：姜堰、溱潼、堍头",
    "单位：万㎡ · 2026年1—10月 · 与上年同期比",
    "26 房产交易与网签备案系统",
    "数据截至 2026-10-31",
    demo=True,
)
LOOK = theme("print")
FIGURE = {
    "data": [{"type": "bar", "x": ["9月", "10月"], "y": [3.5, 4.25]}],
    "layout": {"template": LOOK.template, "margin": {"l": 48, "r": 16, "t": 10, "b": 40}},
}
PLOT = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect/></svg>'


def texts(svg: bytes) -> str:
    return "".join(ElementTree.fromstring(svg).itertext())


# --- without a browser -----------------------------------------------------------------------------------------


def test_a_caption_says_what_the_table_says() -> None:
    notes = Notes(source="系统", reported="5/6（姜堰区报至 2026-10-12）", whole=False, demo=True)
    caption = Caption.of(Table("网签", (Column("月份"),), [], notes, subtitle="单位：万㎡"))
    assert caption == Caption("网签", "单位：万㎡ · 已报 5/6（姜堰区报至 2026-10-12）", "系统", "尚无数据", True)


def test_title_unit_source_day_and_stamp_are_in_the_frame() -> None:
    words = texts(Frame(CAPTION, 960, 540, LOOK).around(PLOT))
    for expected in (CAPTION.title, CAPTION.subtitle, f"来源：{CAPTION.source}", CAPTION.as_of, "演示数据，不得引用"):
        assert expected in words
    assert words.count("演示数据") == 2


def test_real_data_carry_no_stamp() -> None:
    assert "演示" not in texts(Frame(replace(CAPTION, demo=False), 960, 540, LOOK).around(PLOT))


def test_long_captions_take_room_from_the_plot_and_stay_inside() -> None:
    short, long = (Frame(replace(CAPTION, subtitle="很长的说明" * n), 960, 540, LOOK) for n in (1, 60))
    assert long.plot_height < short.plot_height
    root = ElementTree.fromstring(long.around(PLOT))
    assert all(float(text.get("y", "0")) < 540 for text in root.iter("{http://www.w3.org/2000/svg}text"))


def test_too_small_a_picture_is_refused() -> None:
    with pytest.raises(ValueError, match="no room"):
        Frame(CAPTION, 300, 100, LOOK)


def test_markup_and_control_characters_are_just_text() -> None:
    frame = Frame(replace(CAPTION, title="<script>&\x00\x0b"), 960, 540, LOOK)
    assert "<script>&" in texts(frame.around(PLOT))


def test_lines_break_where_chinese_breaks_and_keep_latin_words() -> None:
    lines = wrapped("数据截至 2026-10-31 由房产交易系统报送", 10)
    assert "".join(lines).replace(" ", "") == "数据截至2026-10-31由房产交易系统报送"
    assert all(ems(line) <= 10 for line in lines)
    assert any("2026-10-31" in line for line in lines)
    assert wrapped("", 10) == []


def test_a_missing_browser_says_what_where_and_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(PictureUnavailable) as caught:
        Painter().picture(FIGURE, CAPTION, "png")
    assert caught.value.status == 503
    assert "Chromium" in caught.value.what
    assert caught.value.where == "PATH"
    assert "fonts-noto-cjk" in caught.value.remedy
    with pytest.raises(PictureUnavailable, match="CHROMIUM=/no/such/browser"):
        find_chromium("/no/such/browser")


# --- with a browser --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def painter(chromium: str) -> Iterator[Painter]:
    made = Painter(chromium)
    yield made
    made.close()


def size_of(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", png[16:24])
    return width, height


@pytest.mark.e2e
def test_png_has_the_pixels_asked_for(painter: Painter) -> None:
    assert size_of(painter.picture(FIGURE, CAPTION, "png")) == (1920, 1080)
    assert size_of(painter.picture(FIGURE, CAPTION, "png", 640, 480, 1)) == (640, 480)


@pytest.mark.e2e
def test_svg_is_text_with_stamp_and_labels_and_asks_for_nothing(painter: Painter) -> None:
    svg = painter.picture(FIGURE, CAPTION, "svg")
    words = texts(svg)
    for expected in (CAPTION.title, "演示数据", "10月", "数据截至 2026-10-31"):
        assert expected in words
    assert ElementTree.fromstring(svg).get("viewBox") == "0 0 960 540"
    assert not re.search(rb"(href|src)=.(https?:|//)|@import|url\(.?http|<script", svg)


@pytest.mark.e2e
def test_chinese_is_not_drawn_as_empty_boxes(painter: Painter) -> None:
    # A font without these characters draws the same box for each.
    plain = replace(CAPTION, subtitle="", demo=False)
    drawn = {painter.picture(FIGURE, replace(plain, title=word * 8), "png") for word in "姜堰溱潼堍"}
    assert len(drawn) == 5


@pytest.mark.e2e
def test_threads_take_turns(painter: Painter) -> None:
    found: list[bytes] = []
    captions = [replace(CAPTION, title=f"第 {i} 张") for i in range(6)]
    threads = [
        threading.Thread(target=lambda c=caption: found.append(painter.picture(FIGURE, c, "svg")))  # type: ignore[misc]
        for caption in captions
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    words = [texts(svg) for svg in found]
    assert sorted(word for text in words for word in re.findall(r"第 \d 张", text)) == [c.title for c in captions]


@pytest.mark.e2e
def test_one_more_than_may_wait_is_told_to_come_again(chromium: str) -> None:
    crowded = Painter(chromium, timeout_s=2, waiting=0)
    with crowded._my_turn(time.monotonic() + 1), pytest.raises(PictureUnavailable, match="太多"):
        crowded.picture(FIGURE, CAPTION, "png")


@pytest.mark.e2e
def test_a_browser_that_died_is_replaced(painter: Painter) -> None:
    painter.picture(FIGURE, CAPTION, "svg")
    assert painter._browser is not None
    before = painter._browser._kaleido.subprocess.pid
    os.killpg(before, signal.SIGKILL)
    assert CAPTION.title in texts(painter.picture(FIGURE, CAPTION, "svg"))
    assert painter._browser._kaleido.subprocess.pid != before


@pytest.mark.e2e
def test_a_browser_that_hangs_costs_its_time_and_no_more(chromium: str) -> None:
    painter = Painter(chromium)
    painter.picture(FIGURE, CAPTION, "svg")
    assert painter._browser is not None
    painter._timeout_s = 3
    os.killpg(painter._browser._kaleido.subprocess.pid, signal.SIGSTOP)
    with pytest.raises(PictureUnavailable, match="未能在 3 秒内完成"):
        painter.picture(FIGURE, CAPTION, "svg")
    painter._timeout_s = 20
    assert CAPTION.title in texts(painter.picture(FIGURE, CAPTION, "svg"))
    painter.close()


@pytest.mark.e2e
@pytest.mark.parametrize("end", ["pass", "os.kill(os.getpid(), 9)"])
def test_the_browser_ends_with_its_process(chromium: str, end: str) -> None:
    script = (
        "import os, sys; from tests.components.test_picture import *\n"
        f"painter = Painter({chromium!r}); painter.picture(FIGURE, CAPTION, 'svg')\n"
        "print(painter._browser._kaleido.subprocess.pid, flush=True)\n"
        f"{end}\n"
    )
    run = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60)
    group = int(run.stdout)
    for _ in range(50):
        if not _lives(group):
            return
        time.sleep(0.1)
    os.killpg(group, signal.SIGKILL)
    pytest.fail("Chromium outlived its process")


def _lives(group: int) -> bool:
    """Whether a process of the group still runs; a zombie that nobody has reaped yet does not."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _parent, pgrp = stat.read_text().rpartition(")")[2].split()[:3]
        except OSError:
            continue
        if int(pgrp) == group and state != "Z":
            return True
    return False


@pytest.mark.e2e
def test_a_browser_takes_its_folder_with_it_and_those_of_the_killed(
    chromium: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    dead = subprocess.Popen(["true"])
    dead.wait()
    (tmp_path / f"{SCRATCH}{dead.pid}-left").mkdir()
    (tmp_path / f"{SCRATCH}{os.getppid()}-living").mkdir()
    painter = Painter(chromium)
    painter.picture(FIGURE, CAPTION, "svg")
    painter.close()
    assert [path.name for path in tmp_path.iterdir()] == [f"{SCRATCH}{os.getppid()}-living"]


@pytest.mark.e2e
def test_the_browser_inherits_no_secrets(painter: Painter, monkeypatch: pytest.MonkeyPatch) -> None:
    painter.close()
    monkeypatch.setenv("SECRET_KEY", "do-not-pass-on")
    painter.picture(FIGURE, CAPTION, "svg")
    assert painter._browser is not None
    environment = Path(f"/proc/{painter._browser._kaleido.subprocess.pid}/environ").read_bytes()
    assert b"do-not-pass-on" not in environment
    assert b"PATH=" in environment
