"""The look for what cannot read CSS: tokens of assets/tokens.css for the charts, and one chart template a theme."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

Name = Literal["dark", "light", "print"]
Tone = Literal["ok", "warn", "bad"]

NAMES: Final[tuple[Name, ...]] = ("dark", "light", "print")
DEFAULT: Final[Name] = "dark"
COOKIE: Final = "theme"
SHAPE: Final[Mapping[str, str]] = {"ok": "●", "warn": "▲", "bad": "■"}
FONT: Final = "PingFang SC, Microsoft YaHei, Noto Sans CJK SC, sans-serif"
CLEAR: Final = "rgba(0,0,0,0)"
TEXT: Final = 12
_TOKENS: Final = Path(__file__).resolve().parent.parent / "assets" / "tokens.css"
_BLOCK: Final = re.compile(r'\[data-bs-theme="(dark|light)"\]\s*\{([^}]*)\}')
_COLOUR: Final = re.compile(r"--([a-z0-9-]+):\s*(#[0-9a-f]{6})\s*;")


@dataclass(frozen=True)
class Theme:
    """Colours of one theme by token name, and the chart template made of them."""

    name: Name
    colours: Mapping[str, str]
    template: Mapping[str, Any]

    def __getitem__(self, token: str) -> str:
        """Colour of a token, ``#rrggbb``; ``quiet`` is the accent sunk into the ground, for what matters less."""
        return self.colours[token]

    def fade(self, token: str, share: float) -> str:
        """A token's colour at this opacity."""
        red, green, blue = channels(self[token])
        return f"rgba({red},{green},{blue},{share:g})"

    def series(self, position: int) -> str:
        """Colour of the category at this position; six are told apart, then they repeat."""
        return self[f"s{position % 6 + 1}"]

    def shade(self, share: float) -> str:
        """Solid colour along the sequence, 0 low to 1 high."""
        return mix(self["seq-high"], self["seq-low"], min(max(share, 0.0), 1.0))

    def dim(self, colour: str) -> str:
        """A solid colour sunk into the panel: still there, no longer meant."""
        return mix(colour, self["panel"], 0.35)

    def on_sequence(self, share: float) -> str:
        """Ink that reads best on that place of the sequence."""
        return self.ink_on(self.shade(share))

    def ink_on(self, ground: str) -> str:
        """Ink that reads best on a solid colour."""
        return max((self["ink"], self["panel"], self["page"]), key=lambda ink: contrast(ink, ground))

    @property
    def sequence(self) -> list[list[Any]]:
        """Scale of heat and map, low to high."""
        return [[0, self["seq-low"]], [1, self["seq-high"]]]


def theme(name: str | None) -> Theme:
    """Theme of this name; the default for a name unknown (a cookie is anyone's to write)."""
    return _theme(name if name in NAMES else DEFAULT)


@cache
def _theme(name: Name) -> Theme:
    colours = dict(_tokens()["dark" if name == "dark" else "light"])
    if name == "print":
        colours["page"] = colours["panel"]
    colours["quiet"] = mix(colours["accent"], colours["panel"], 0.5 if name == "dark" else 0.62)
    return Theme(name, colours, _template(name, colours))


@cache
def _tokens() -> dict[str, dict[str, str]]:
    """Colours as written in the style sheet, by theme."""
    css = _TOKENS.read_text(encoding="utf-8")
    found: dict[str, dict[str, str]] = {"dark": {}, "light": {}}
    for name, body in _BLOCK.findall(css):
        found[name].update(_COLOUR.findall(body))
    return found


def channels(colour: str) -> tuple[int, int, int]:
    """Red, green and blue of ``#rrggbb``, 0 to 255."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def mix(colour: str, ground: str, share: float) -> str:
    """``share`` of the colour over the ground, as a solid colour."""
    pairs = zip(channels(colour), channels(ground), strict=True)
    return "#" + "".join(f"{round(top * share + under * (1 - share)):02x}" for top, under in pairs)


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours by WCAG 2, 1 to 21."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    linear = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (channel / 255 for channel in channels(colour))
    )
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def _template(name: Name, colours: Mapping[str, str]) -> dict[str, Any]:
    """What every chart of a theme shares. Screens let the panel's ground through; print brings its own."""
    ground = colours["panel"] if name == "print" else CLEAR
    grid = mix(colours["line"], colours["panel"], 0.6)
    axis = {
        "automargin": False,
        "fixedrange": True,
        "showgrid": False,
        "zeroline": False,
        "showline": False,
        "ticks": "",
        "tickangle": 0,
        "tickfont": {"size": TEXT, "color": colours["ink-3"]},
        "linecolor": colours["line"],
        "gridcolor": grid,
        "zerolinecolor": colours["ink-3"],
        "title": {"text": ""},
        "spikethickness": 1,
        "spikedash": "solid",
        "spikecolor": colours["ink-3"],
    }
    return {
        "layout": {
            "font": {"family": FONT, "size": TEXT, "color": colours["ink-2"]},
            "paper_bgcolor": ground,
            "plot_bgcolor": CLEAR,
            "colorway": [colours[f"s{position}"] for position in range(1, 7)],
            "margin": {"l": 8, "r": 8, "t": 8, "b": 24, "pad": 0},
            "showlegend": False,
            "dragmode": False,
            "hovermode": "closest",
            "hoverdistance": 24,
            "hoverlabel": {
                "bgcolor": colours["raised"],
                "bordercolor": colours["line"],
                "align": "left",
                "font": {"family": FONT, "size": TEXT, "color": colours["ink"]},
            },
            "bargap": 0.36,
            "separators": ".,",
            "xaxis": axis,
            "yaxis": axis,
        }
    }
