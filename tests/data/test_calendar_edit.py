"""The calendar kept by stewards: by span, by spreadsheet, all or nothing, and what it was before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import Connection, select

from data.access.viewer import Forbidden, Viewer
from data.calendar import Calendar
from data.calendar_edit import HEADS, calendar_template, last_change, load_year, set_days, year_of
from data.db import Database
from data.errors import PlatformError
from data.models import CalendarChange
from data.reference.load import load_reference

STEWARD = Viewer("steward", "周管", "steward")
Write = Callable[..., Path]


@pytest.fixture
def workbook(tmp_path: Path) -> Write:
    def write(*rows: tuple[Any, ...], heads: tuple[str, ...] = HEADS) -> Path:
        book = openpyxl.Workbook()
        book.active.append(heads)  # type: ignore[union-attr]
        for row in rows:
            book.active.append(row)  # type: ignore[union-attr]
        path = tmp_path / "calendar.xlsx"
        book.save(path)
        return path

    return write


def years(connection: Connection) -> frozenset[int]:
    return Calendar.load(connection).years


def test_a_year_comes_by_spreadsheet_and_goes_on_living(db: Database, workbook: Write) -> None:
    rows = [
        (date(2027, 1, 1), "放假", "元旦"),
        ("2027年2月5日", "放假", "春节"),
        ("2027-02-14", "调休上班", "春节调休上班"),
    ]
    with db.write() as connection:
        load_reference(connection)
        assert load_year(connection, STEWARD, workbook(*rows), "2027.xlsx", 2027) == 3
        assert years(connection) >= {2026, 2027}
        assert load_year(connection, STEWARD, workbook(*rows), "2027.xlsx", 2027) == 0
        assert load_year(connection, STEWARD, workbook(*rows[:2]), "2027.xlsx", 2027) == 1
        assert len(year_of(connection, 2027)) == 2
        assert load_reference(connection)["calendar"] == 0
        who, _ = last_change(connection, 2027) or ("", None)
        assert who == "周管"


def test_faulty_rows_are_all_named_and_nothing_is_written(sqlite_db: Database, workbook: Write) -> None:
    rows = [
        ("2027-01-01", "放假", "元旦"),
        ("初一", "放假", "春节"),
        ("2027-02-06", "休息", "春节"),
        ("2026-02-06", "放假", "春节"),
        ("2027-02-07", "放假", None),
        ("2027-01-01", "放假", "元旦"),
    ]
    with sqlite_db.write() as connection:
        load_reference(connection)
        with pytest.raises(PlatformError) as refused:
            load_year(connection, STEWARD, workbook(*rows), "2027.xlsx", 2027)
        assert refused.value.what == "文件有 5 处错误，日历未改"
        for line in (
            "第 3 行日期：“初一”",
            "第 4 行类别“休息”",
            "第 5 行日期“2026-02-06”不在 2027 年",
            "第 6 行名称",
            "第 7 行日期“2027-01-01”重复",
        ):
            assert line in refused.value.where
        assert 2027 not in years(connection)


def test_another_file_and_an_empty_one_are_refused(sqlite_db: Database, workbook: Write) -> None:
    with sqlite_db.write() as connection:
        for path in (workbook(heads=("甲", "乙", "丙")), workbook()):
            with pytest.raises(PlatformError):
                load_year(connection, STEWARD, path, "x.xlsx", 2027)


def test_the_template_is_taken_as_it_is(sqlite_db: Database, tmp_path: Path) -> None:
    with sqlite_db.write() as connection:
        load_reference(connection)
        path = tmp_path / "template.xlsx"
        path.write_bytes(calendar_template(2026, year_of(connection, 2026)))
        assert load_year(connection, STEWARD, path, path.name, 2026) == 0


def test_days_are_set_and_cleared_and_what_they_were_is_kept(db: Database) -> None:
    first, last = date(2027, 10, 1), date(2027, 10, 7)
    with db.write() as connection:
        assert set_days(connection, STEWARD, first, last, "holiday", "国庆节") == 7
        assert set_days(connection, STEWARD, last, None, "week", "") == 1
        holiday = Calendar.load(connection).holidays()[0]
        assert (holiday.first, holiday.days) == (first, 6)
        kept = connection.execute(
            select(CalendarChange.before, CalendarChange.after).order_by(CalendarChange.id.desc())
        )
        assert tuple(kept.first() or ()) == ("放假 国庆节", "")
        with pytest.raises(PlatformError):
            set_days(connection, STEWARD, last, first, "holiday", "x")
        with pytest.raises(PlatformError):
            set_days(connection, STEWARD, first, last, "holiday", "")
        with pytest.raises(Forbidden):
            set_days(connection, Viewer("l", "李局", "leader"), first, last, "holiday", "x")


def test_a_day_taken_out_does_not_come_back_at_the_next_start(sqlite_db: Database) -> None:
    with sqlite_db.write() as connection:
        load_reference(connection)
        set_days(connection, STEWARD, date(2026, 10, 7), None, "week", "")
        load_reference(connection)
        assert Calendar.load(connection).is_working(date(2026, 10, 7))
