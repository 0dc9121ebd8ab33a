"""The look's promises: readable everywhere, written once, the same in CSS and charts."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest

from components.theme import DEFAULT, NAMES, Theme, contrast, mix, theme

ROOT = Path(__file__).resolve().parents[2]
TEXTS = ("ink", "ink-2", "ink-3", "accent", "ok", "warn", "bad")
GROUNDS = ("page", "panel")
COLOUR = re.compile(r"#[0-9a-fA-F]{3}(?:[0-9a-fA-F]{3})?\b|rgba?\(\s*\d")
# Bootstrap is not ours; the favicon is a picture.
FOREIGN = {"bootstrap.min.css", "favicon.svg"}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("text", TEXTS)
def test_every_text_reads_on_every_ground(name: str, ground: str, text: str) -> None:
    found = theme(name)
    assert contrast(found[text], found[ground]) >= 4.5


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("state", ["ok", "warn", "bad"])
def test_fills_of_states_stand_out_from_the_panel(name: str, state: str) -> None:
    found = theme(name)
    assert contrast(found[f"{state}-fill"], found["panel"]) >= 3


@pytest.mark.parametrize("name", NAMES)
def test_words_on_a_pressed_button_read(name: str) -> None:
    found = theme(name)
    assert contrast(found["on-accent"], found["accent"]) >= 4.5


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("share", [step / 20 for step in range(21)])
def test_figures_in_cells_read_along_the_whole_sequence(name: str, share: float) -> None:
    found = theme(name)
    assert contrast(found.on_sequence(share), found.shade(share)) >= 4.0


@pytest.mark.parametrize("name", ["dark", "light"])
@pytest.mark.parametrize("blind", ["none", "protan", "deutan"])
def test_series_are_told_apart_also_without_red_or_green(name: str, blind: str) -> None:
    found = theme(name)
    seen = [_lab(_seen(found.series(position), blind)) for position in range(6)]
    assert min(_distance(one, other) for one, other in itertools.combinations(seen, 2)) >= 21


def test_an_unknown_theme_is_the_default() -> None:
    assert theme("<script>").name == DEFAULT
    assert theme(None).name == DEFAULT


def test_print_brings_its_own_white_ground() -> None:
    layout = theme("print").template["layout"]
    assert layout["paper_bgcolor"] == theme("print")["panel"] == "#ffffff"
    assert theme("dark").template["layout"]["paper_bgcolor"] == "rgba(0,0,0,0)"


def test_colours_are_written_in_one_place_only() -> None:
    ours = [*(ROOT / "assets").glob("*.*"), *(ROOT / "components").rglob("*.py"), *(ROOT / "pages").rglob("*.py")]
    allowed = {"tokens.css", "theme.py", *FOREIGN}
    guilty = [
        f"{path.name}: {hit}"
        for path in ours
        if path.name not in allowed
        for hit in COLOUR.findall(re.sub(r"url\([^)]*\)", "", path.read_text(encoding="utf-8")))
    ]
    assert not guilty


def test_style_sheets_ask_nothing_of_other_origins() -> None:
    for path in (ROOT / "assets").glob("*.css"):
        for target in re.findall(r"url\(\s*[\"']?([^\"')]+)", path.read_text(encoding="utf-8")):
            assert target.startswith("data:"), f"{path.name} loads {target[:60]}"


def test_mixing_ends_at_both_colours() -> None:
    assert mix("#102030", "#ffffff", 1) == "#102030"
    assert mix("#102030", "#ffffff", 0) == "#ffffff"


def test_a_token_fades() -> None:
    assert Theme("dark", {"ok": "#102030"}, {}).fade("ok", 0.5) == "rgba(16,32,48,0.5)"


# --- how colours look to eyes without red (protan) or green (deutan) receptors: Machado, Oliveira, Fernandes 2009 ----

_MACHADO = {
    "none": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protan": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deutan": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
}


def _seen(colour: str, blind: str) -> tuple[float, ...]:
    linear = [_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5)]
    return tuple(min(max(sum(m * c for m, c in zip(row, linear, strict=True)), 0), 1) for row in _MACHADO[blind])


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def _lab(linear: tuple[float, ...]) -> tuple[float, float, float]:
    red, green, blue = linear
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883
    fx, fy, fz = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def _distance(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True)) ** 0.5
