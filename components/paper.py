"""A whole page as a document to print: A4, real text, vector charts, what must be known on the first page and the last.

The document is self-contained HTML that a browser without network prints; its words are escaped, it has no script.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from html import escape
from itertools import groupby, islice
from typing import Any, NamedTuple

from components.picture import Plot
from components.picture_frame import Caption
from components.shell import SUBTITLE, TITLE
from components.theme import FONT, theme
from data import clock
from data.export.cells import shown_text
from data.export.table import DEMO_STAMP, Cell, Column, Definition, Notes, Table
from data.export.xlsx_file import Failed

WIDTH = 688
"""Width of the text on A4 within its margins, in CSS pixels."""
LEAST_HEIGHT, ROW_HEIGHT, MOST_CHART_ROWS = 205, 24, 24
"""Height of a chart, and what each of its rows takes where it has many."""
MOST_ROWS = 200
"""Rows printed of a table; the workbook has them all."""
CARDS_ABREAST = 3


class Shown(NamedTuple):
    """One figure as the screen shows it. ``figure`` is built for the print theme; None where a panel is no chart.

    ``sentence`` makes the sentence that tells of it; ``card`` says that it is a single figure with its changes.
    """

    figure: dict[str, Any] | None
    table: Table
    caption: Caption
    sentence: Callable[[], str] = str
    card: bool = False


class Paper:
    """The document of one page: its figures in their order, with ``notes`` that hold for all of them."""

    def __init__(self, title: str, figures: Sequence[Shown | Failed], notes: Notes) -> None:
        self._title, self._figures, self._notes = title, figures, notes
        known = (d for figure in figures if isinstance(figure, Shown) for d in figure.table.notes.definitions)
        self._numbers = {code: i for i, code in enumerate(dict.fromkeys(d.code for d in known), 1)}

    @property
    def plots(self) -> list[Plot]:
        """Charts to be drawn, in the order in which :meth:`html` takes them."""
        return [
            (figure.figure, WIDTH, _height(figure))
            for figure in self._figures
            if isinstance(figure, Shown) and figure.figure and figure.figure["data"]
        ]

    @property
    def foot(self) -> str:
        """Foot of every page: title, stamp, and at the right the page's number."""
        look = theme("print")
        stamp = f'　<b style="color:{look["warn"]}">{DEMO_STAMP}，不得引用</b>' if self._notes.demo else ""
        style = (
            f"width:100%;margin:0 14mm;display:flex;justify-content:space-between;"
            f"font:8.5px {escape(FONT)};color:{look['ink-3']}"
        )
        left = f"<span>{escape(f'{TITLE} · {self._title}')}{stamp}</span>"
        right = '<span>第 <span class="pageNumber"></span> 页，共 <span class="totalPages"></span> 页</span>'
        return f'<div style="{style}">{left}{right}</div>'

    @property
    def about(self) -> dict[str, str]:
        """The file's own properties."""
        stamp = f"{DEMO_STAMP}，不得引用" if self._notes.demo else ""
        about = {"/Title": self._title, "/Author": self._notes.by, "/Subject": stamp, "/Creator": f"{TITLE} {SUBTITLE}"}
        return {name: words for name, words in about.items() if words}

    def html(self, plots: Sequence[str]) -> str:
        """The document, ``plots`` being the SVG of :attr:`plots`."""
        waiting = iter(plots)
        body = [self._cover()]
        for are_cards, group in groupby(self._figures, key=lambda figure: isinstance(figure, Shown) and figure.card):
            found = list(group)
            if are_cards:
                body.append(self._cards([figure for figure in found if isinstance(figure, Shown)]))
            else:
                body += [self._section(figure, waiting) for figure in found]
        body.append(self._meanings())
        return (
            f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>{escape(self._title)}</title>'
            f"<style>{_style()}</style></head><body>{''.join(body)}</body></html>"
        )

    # --- what stands on the pages ---

    def _cover(self) -> str:
        notes = self._notes
        facts = [
            ("期间", notes.period),
            ("范围", notes.filters),
            ("数据截至", notes.as_of.isoformat() if notes.as_of else "尚无数据"),
            ("已报区市", notes.reported.removeprefix(notes.period).strip()),
            ("来源系统", self._sources()),
            ("导出", f"{notes.by}　{clock.local(notes.at):%Y-%m-%d %H:%M}" if notes.at else notes.by),
        ]
        stamp = f'<span class="stamp">{DEMO_STAMP}</span>' if notes.demo else ""
        rows = "".join(f"<dt>{name}</dt><dd>{escape(words)}</dd>" for name, words in facts if words)
        house = f"<p class=house>{escape(f'{TITLE} {SUBTITLE}')}</p>"
        return f"<header>{house}<h1>{escape(self._title)}{stamp}</h1><dl>{rows}</dl></header>"

    def _sources(self) -> str:
        found = (figure.table.notes.source.split("、") for figure in self._figures if isinstance(figure, Shown))
        return "、".join(dict.fromkeys(name for names in found for name in names if name))

    def _cards(self, cards: Sequence[Shown]) -> str:
        """Single figures side by side: the value large, what else the card says below it."""
        return f'<div class="cards">{"".join(self._card(card) for card in cards)}</div>'

    def _card(self, card: Shown) -> str:
        row = next(iter(card.table.rows), ())
        cells = [(c, v) for c, v in zip(card.table.columns, row, strict=False) if c.is_value]
        if not cells:
            return ""
        (first, value), *others = cells
        small = "　".join(f"{escape(c.zh)} <b>{escape(_with_unit(c, _read(v, c)))}</b>" for c, v in others)
        amount = f"<b>{escape(_read(value, first))}</b> {escape(first.unit)}"
        name = f"{escape(card.caption.title)}{self._marks(card.table.notes.definitions)}"
        return f'<div class="card"><h3>{name}</h3><p class="amount">{amount}</p><p class="small">{small}</p></div>'

    def _section(self, figure: Shown | Failed, plots: Iterator[str]) -> str:
        if isinstance(figure, Failed):
            return f"<section><h2>{escape(figure.title)}</h2><p class=none>{escape(figure.reason)}</p></section>"
        table = figure.table
        head = f"<h2>{escape(table.title)}{self._marks(table.notes.definitions)}</h2>"
        head += f"<p class=sub>{escape(figure.caption.subtitle)}</p>"
        words = f"<p class=words>{escape(figure.sentence())}</p>"
        if figure.figure is None:
            return f'<section class="long"><div class="head">{head}{words}</div>{_table(table)}</section>'
        picture = next(plots) if figure.figure["data"] else "<p class=none>没有可画的数</p>"
        return f"<section>{head}{picture}{words}</section>"

    def _marks(self, definitions: Sequence[Definition]) -> str:
        return f"<sup>{''.join(f'[{self._numbers[d.code]}]' for d in definitions)}</sup>" if definitions else ""

    def _meanings(self) -> str:
        """Footnotes: what each figure means, once, and what was remarked of any."""
        found = [figure.table.notes for figure in self._figures if isinstance(figure, Shown)]
        meanings = {meaning.code: meaning for notes in found for meaning in notes.definitions}
        items = "".join(f"<li>{_meaning(meanings[code])}</li>" for code in self._numbers)
        remarks = dict.fromkeys(remark for notes in found for remark in notes.remarks)
        if self._notes.demo:
            remarks[f"{DEMO_STAMP}由系统生成，不是真实统计，不得引用"] = None
        rest = "".join(f"<p>{escape(remark)}。</p>" for remark in remarks)
        return f'<section class="notes long"><h2>口径与说明</h2><ol>{items}</ol>{rest}</section>'


def _meaning(meaning: Definition) -> str:
    facts = [
        f"{meaning.definition.rstrip('。')}。",
        f"公式：{meaning.formula}。" if meaning.formula else "",
        f"责任处室：{meaning.owner}。" if meaning.owner else "",
        f"依据：{meaning.basis}。" if meaning.basis else "",
    ]
    return f"<b>{escape(meaning.zh)}</b>（{escape(meaning.code)}，{escape(meaning.unit)}）{escape(''.join(facts))}"


def _table(table: Table) -> str:
    rows = list(islice(table.rows, MOST_ROWS + 1))
    head = "".join(f"<th{_side(column.is_value)}>{escape(column.heading)}</th>" for column in table.columns)
    body = "".join(f"<tr>{_cells(row, table)}</tr>" for row in rows[:MOST_ROWS])
    more = f"<p class=sub>只印前 {MOST_ROWS} 行，全部见工作簿</p>" if len(rows) > MOST_ROWS else ""
    none = "" if rows else "<p class=none>没有记录</p>"
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}{none}"


def _cells(row: Sequence[Cell], table: Table) -> str:
    pairs = zip(row, table.columns, strict=True)
    return "".join(f"<td{_side(column.is_value)}>{escape(_read(value, column))}</td>" for value, column in pairs)


def _side(right: bool) -> str:
    return ' class="n"' if right else ""


def _with_unit(column: Column, text: str) -> str:
    unit = column.unit or ("%" if column.kind == "percent" else "")
    return f"{text}{'' if unit == '%' else ' '}{unit}" if unit else text


def _read(value: Cell, column: Column) -> str:
    """A cell as print has it: with a true minus."""
    text = shown_text(value, column)
    return text.replace("-", "−") if isinstance(value, float | int) else text


def _height(figure: Shown) -> int:
    """Room for a chart: taller where it has many rows."""
    assert figure.figure is not None
    lying = [t for t in figure.figure["data"] if t.get("orientation") == "h" or t["type"] == "heatmap"]
    rows = max((len(trace["y"]) for trace in lying), default=0)
    return max(LEAST_HEIGHT, min(rows, MOST_CHART_ROWS) * ROW_HEIGHT)


def _style() -> str:
    look = theme("print")
    return f"""
* {{ box-sizing: border-box; print-color-adjust: exact; }}
body {{ margin: 0; font: 12px/1.6 {FONT}; color: {look["ink"]}; font-variant-numeric: tabular-nums; }}
h1, h2, h3, p, dl, dd, ol {{ margin: 0; }}
header {{ border-bottom: 2px solid {look["accent"]}; padding-bottom: 10px; margin-bottom: 14px; }}
.house {{ color: {look["ink-3"]}; }}
h1 {{ font-size: 26px; line-height: 1.4; display: flex; align-items: center; justify-content: space-between; }}
.stamp {{ border: 1.5px solid {look["warn"]}; border-radius: 4px; padding: 2px 12px; font-size: 15px;
  color: {look["warn"]}; }}
dl {{ display: grid; grid-template-columns: auto 1fr; gap: 1px 14px; margin-top: 6px; }}
dt {{ color: {look["ink-3"]}; }}
section {{ break-inside: avoid; margin: 0 0 14px; }}
section.long {{ break-inside: auto; }}
.head, h2 {{ break-after: avoid; break-inside: avoid; }}
h2 {{ font-size: 15px; line-height: 1.4; }}
sup {{ font-size: 9px; font-weight: 400; color: {look["ink-3"]}; margin-left: 3px; line-height: 0; }}
.sub {{ color: {look["ink-3"]}; font-size: 11px; }}
.words {{ color: {look["ink-2"]}; border-left: 2px solid {look["line"]}; padding-left: 8px; margin-top: 4px; }}
.none {{ color: {look["ink-3"]}; padding: 14px 0; }}
section > svg {{ display: block; }}
.cards {{ display: grid; grid-template-columns: repeat({CARDS_ABREAST}, 1fr); gap: 8px; margin: 0 0 18px; }}
.card {{ break-inside: avoid; border: 1px solid {look["line"]}; border-radius: 6px; padding: 8px 12px; }}
h3 {{ font-size: 12px; font-weight: 400; color: {look["ink-2"]}; }}
.amount {{ color: {look["ink-2"]}; }}
.amount b {{ font-size: 22px; line-height: 1.3; color: {look["ink"]}; }}
.small {{ font-size: 11px; color: {look["ink-3"]}; }}
.small b {{ font-weight: 400; color: {look["ink-2"]}; }}
table {{ width: 100%; border-collapse: collapse; margin-top: 6px; font-size: 11px; }}
thead {{ display: table-header-group; }}
tr {{ break-inside: avoid; }}
th, td {{ border-bottom: 1px solid {look["line"]}; padding: 3px 6px; text-align: left; vertical-align: top; }}
th {{ font-weight: 500; color: {look["ink-2"]}; border-bottom-color: {look["ink-3"]}; white-space: nowrap; }}
td.n, th.n {{ text-align: right; white-space: nowrap; }}
.notes {{ border-top: 1px solid {look["line"]}; padding-top: 10px; font-size: 10.5px; color: {look["ink-2"]}; }}
.notes ol {{ padding-left: 22px; }}
.notes li {{ break-inside: avoid; padding-left: 2px; margin-bottom: 3px; }}
.notes li::marker {{ content: "[" counter(list-item) "] "; color: {look["ink-3"]}; }}
"""
