"""A table as a zip of two CSV files: the pure table, and its notes. Streamed, so that no size is too large."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from data import clock
from data.export.cells import csv_text, safe_text
from data.export.table import Table

CHUNK_BYTES = 64 * 1024
BOM = "\ufeff"
"""Without it Excel in China reads UTF-8 as GBK and shows garbage."""


def csv_zip(table: Table, stem: str, at: datetime) -> Iterator[bytes]:
    """The zip file in pieces: ``<stem>.csv`` and ``<stem>_说明.csv``. Rows are read as the pieces are taken."""
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, lines in ((stem, _data_lines(table)), (f"{stem}_说明", _note_lines(table))):
            entry = zipfile.ZipInfo(f"{name}.csv", clock.local(at).timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(entry, "w", force_zip64=True) as file:
                for chunk in _chunks(lines):
                    file.write(chunk)
                    yield pipe.drain()
    yield pipe.drain()


def _data_lines(table: Table) -> Iterator[Sequence[str]]:
    columns = table.columns
    yield [safe_text(column.heading) for column in columns]
    for row in table.rows:
        yield [csv_text(value, column) for value, column in zip(row, columns, strict=True)]


def _note_lines(table: Table) -> Iterator[Sequence[str]]:
    yield "项目", "内容"
    yield "标题", safe_text(table.title)
    for name, text in table.notes.lines():
        yield safe_text(name), safe_text(text)


def _chunks(lines: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """Lines as encoded CSV in pieces of some 64 KB."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    buffer.write(BOM)
    for line in lines:
        writer.writerow(line)
        if buffer.tell() >= CHUNK_BYTES:
            yield _taken(buffer)
    yield _taken(buffer)


def _taken(buffer: io.StringIO) -> bytes:
    data = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return data


class _Pipe(io.RawIOBase):
    """A file that can only be written to and emptied: zipfile then needs no seeking and keeps nothing."""

    def __init__(self) -> None:
        self._data = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        piece = bytes(data)  # type: ignore[call-overload]
        self._data += piece
        return len(piece)

    def drain(self) -> bytes:
        """What was written since the last time."""
        data = bytes(self._data)
        self._data.clear()
        return data
