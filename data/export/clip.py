"""A figure as text for the clipboard: its footnote, and its table for Word, WPS and spreadsheets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from itertools import islice

from data.export.cells import csv_text, safe_text, shown_text
from data.export.table import DEMO_STAMP, Cell, Column, Notes, Table

MOST_ROWS = 500
"""Rows of a table that a clipboard takes; more belong into a file."""


def footnote(table: Table) -> str:
    """``注：网签面积（ZF02），单位万㎡：……。期间：……。数据截至 ……。``, everything needed to quote the figure."""
    notes = table.notes
    facts = [
        *_meanings(notes),
        f"期间：{notes.period}" if notes.period else "",
        notes.filters,
        f"{notes.as_of_text}{_reported(notes)}",
        f"来源：{notes.source}" if notes.source else "",
        *notes.remarks,
        f"{DEMO_STAMP}，不得引用" if notes.demo else "",
    ]
    return "注：" + "".join(f"{fact.rstrip('。；')}。" for fact in facts if fact)


def stamped(sentence: str, notes: Notes) -> str:
    """A sentence that leaves the house alone says itself where its figures are demonstration data."""
    return f"{sentence}（{DEMO_STAMP}，不得引用）" if notes.demo and sentence else sentence


def _meanings(notes: Notes) -> Iterator[str]:
    for meaning in notes.definitions:
        unit = f"，单位{meaning.unit}" if meaning.unit else ""
        yield f"{meaning.zh}（{meaning.code}）{unit}：{meaning.definition}"


def _reported(notes: Notes) -> str:
    return f"，已报区市 {notes.reported.removeprefix(notes.period).strip()}" if notes.reported else ""


def as_html(table: Table) -> str:
    """The table as Word and WPS paste it: ruled, numbers to the right, headings in bold."""
    head = "".join(f"<th>{escape(column.heading)}</th>" for column in table.columns)
    rows = "".join(f"<tr>{_cells(row, table.columns)}</tr>" for row in islice(table.rows, MOST_ROWS))
    caption = f"<p><b>{escape(table.title)}</b><br>{escape(table.summary)}</p>"
    ruled = 'border="1" cellspacing="0" cellpadding="4" style="border-collapse:collapse"'
    return f"{caption}<table {ruled}><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _cells(row: Sequence[Cell], columns: Sequence[Column]) -> str:
    def cell(value: Cell, column: Column) -> str:
        style = ' style="text-align:right"' if column.is_value else ""
        return f"<td{style}>{escape(shown_text(value, column))}</td>"

    return "".join(cell(value, column) for value, column in zip(row, columns, strict=True))


def as_text(table: Table) -> str:
    """The table with tabs between cells, as spreadsheets paste it; formula-like text is neutralised."""
    lines = ["\t".join(safe_text(column.heading) for column in table.columns)]
    for row in islice(table.rows, MOST_ROWS):
        cells = (csv_text(value, column) for value, column in zip(row, table.columns, strict=True))
        lines.append("\t".join(" ".join(cell.split()) for cell in cells))
    return "\n".join(lines)
