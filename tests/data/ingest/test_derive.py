from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.access.viewer import SYSTEM
from data.ingest import derive
from data.ingest.derive import Contract, Spell, link_escrow, spells, version_bounds
from data.models import EscrowEntry
from data.platform import Platform
from data.semantic.rollup import change
from tests.data.ingest.files import (
    ESCROW,
    PROJECTS,
    SALES,
    assert_rollups_kept,
    cancel,
    csv_file,
    market,
    rows,
    sale,
    take,
    unit_row,
)
from tests.data.ingest.files import UNITS as UNIT_HEADINGS

D = date(2026, 1, 1)


def day(number: int) -> date:
    return D + timedelta(days=number)


def line(given_spells, contracts):
    return [(spell.opened, spell.signed) for spell in spells(given_spells, contracts)]


def test_sold_cancelled_sold_again_is_two_spells():
    contracts = [Contract(day(5), False, 1), Contract(day(9), True, 2), Contract(day(12), False, 3)]
    assert line([Spell(D, None)], contracts) == [(D, day(5)), (day(9), day(12))]


def test_a_contract_rules_over_the_units_own_day_and_nothing_over_no_contract():
    assert line([Spell(D, day(7))], []) == [(D, day(7))]
    assert line([Spell(D, day(7))], [Contract(day(6), False, 1)]) == [(D, day(6))]
    assert line([Spell(D, day(7))], [Contract(day(7), False, 1), Contract(day(7), True, 1)]) == [
        (D, day(7)),
        (day(7), None),
    ]
    assert line([Spell(D, day(7))], [Contract(day(9), True, 1)]) == [(D, day(7)), (day(9), None)]


def test_contracts_that_find_no_spell_change_nothing():
    assert line([Spell(D, None)], [Contract(day(3), True, 1)]) == [(D, None)]
    assert line([Spell(day(5), None)], [Contract(D, False, 1)]) == [(day(5), None)]
    assert line([Spell(D, None)], [Contract(day(3), False, 1), Contract(day(4), False, 2)]) == [(D, day(3))]


CONTRACTS = st.lists(st.builds(Contract, st.integers(0, 9).map(day), st.booleans(), st.integers(1, 3)), max_size=10)


@given(CONTRACTS, st.none() | st.integers(0, 9).map(day))
def test_spells_never_overlap_and_come_out_again_from_themselves(contracts, own):
    found = spells([Spell(D, own)], contracts)
    for before, after in zip(found, found[1:], strict=False):
        assert before.signed is not None
        assert before.opened <= before.signed <= after.opened
        assert before.opened < after.opened
    assert [spell.given for spell in found] == [True] + [False] * (len(found) - 1)


@given(st.permutations(range(6)))
def test_the_order_of_files_does_not_matter(order):
    plain = [Contract(day(2 * number + 1), number % 2 == 1, 1) for number in range(6)]
    assert line([Spell(D, None)], [plain[place] for place in order]) == line([Spell(D, None)], plain)


def test_a_unit_follows_its_contracts(platform: Platform, tmp_path):
    market(platform, tmp_path)
    body = [sale(1, "2026-02-01", unit="U1"), cancel(1, "2026-02-10", "U1"), sale(9, "2026-02-20", unit="U1")]
    take(platform, csv_file(tmp_path / "s.csv", SALES, body), "sales_contract")
    found = rows(platform, "house_unit", "unit_code", "sale_open_on", "signed_on", "spell_no", "presale_on", "use")
    assert [row for row in found if row[0] == "U1"] == [
        ("U1", date(2026, 1, 5), date(2026, 2, 1), 1, date(2026, 1, 5), "residential"),
        ("U1", date(2026, 2, 10), date(2026, 2, 20), 2, None, "residential"),
    ]
    resale = [sale(20, "2026-02-03", unit="U2")]
    resale[0][3] = "存量房"
    take(platform, csv_file(tmp_path / "r.csv", SALES, resale), "sales_contract")
    corrected = [
        unit_row(1, signed="2026-03-03")[:4] + ["商业", 95, "2026-01-05", "2026-01-05", "2026-03-03", "泰兴市"]
    ]
    take(platform, csv_file(tmp_path / "u.csv", UNIT_HEADINGS, corrected), "house_unit")
    found = rows(platform, "house_unit", "unit_code", "signed_on", "use")
    assert [row[1:] for row in found if row[0] == "U1"] == [
        (date(2026, 2, 1), "commercial"),
        (date(2026, 2, 20), "commercial"),
    ]
    assert [row[1] for row in found if row[0] == "U2"] == [None]
    assert_rollups_kept(platform)


def escrow(number: int, booked: str, balance: int) -> list[object]:
    return [f"L{number:03d}", "ZH1", "KF1", booked, "入账", "b01", 100, balance, 500, "泰兴市"]


def test_a_balance_ends_where_the_next_begins(platform: Platform, tmp_path):
    market(platform, tmp_path)
    take(
        platform,
        csv_file(tmp_path / "a.csv", ESCROW, [escrow(3, "2026-03-09", 3), escrow(1, "2026-03-01", 1)]),
        "escrow_entry",
    )
    take(platform, csv_file(tmp_path / "b.csv", ESCROW, [escrow(2, "2026-03-09", 2)]), "escrow_entry")
    assert rows(platform, "escrow_entry", "entry_no", "next_on") == [
        ("L001", date(2026, 3, 9)),
        ("L002", date(2026, 3, 9)),
        ("L003", None),
    ]
    assert_rollups_kept(platform)


def test_a_backfill_reads_each_account_from_its_last_entry_on(platform: Platform, tmp_path):
    market(platform, tmp_path)
    many = 400
    body = [
        [f"L{number:03d}", f"ZH{number % 2}", "KF1", str(day(number // 4)), "入账", "b01", 1, 1, 1, "泰兴市"]
        for number in range(many)
    ]
    fetched = 0

    def count(result):
        nonlocal fetched
        fetched += len(result)
        return result

    read = derive._rows_from
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(derive, "_rows_from", lambda *arguments: count(read(*arguments)))
        take(platform, csv_file(tmp_path / "a.csv", ESCROW, body), "escrow_entry", chunk=20)
        assert fetched < 2 * many
        late = [["M1", "ZH1", "KF1", str(day(50)), "入账", "b01", 1, 1, 1, "泰兴市"]]
        take(platform, csv_file(tmp_path / "b.csv", ESCROW, late), "escrow_entry")
    kept = rows(platform, "escrow_entry", "entry_no", "next_on")
    with platform.db.write() as connection, change(connection, platform.registry, (EscrowEntry,)) as touched:
        link_escrow(connection, touched, ["ZH0", "ZH1"])
    assert rows(platform, "escrow_entry", "entry_no", "next_on") == kept
    assert_rollups_kept(platform)


def version(**other: object) -> dict[str, object]:
    return {"valid_from": D, "delivered": "no", "stalled_since": None, "due_delivery_on": None, **other}


def test_the_states_of_a_version_are_bounded():
    bounds = version_bounds(version(stalled_since=day(-10), due_delivery_on=day(3)), day(60))
    assert bounds == {
        "valid_to": day(60),
        "stalled_from": day(20),
        "late_from": day(4),
        "troubled_from": day(4),
        "invest_until": day(60),
    }
    long_ago = version_bounds(version(stalled_since=day(-100), due_delivery_on=day(-50)), None)
    assert (long_ago["stalled_from"], long_ago["late_from"], long_ago["invest_until"]) == (D, D, date(2027, 1, 1))
    assert version_bounds(version(stalled_since=day(-10)), day(20))["stalled_from"] is None
    assert version_bounds(version(due_delivery_on=day(-5), delivered="yes"), None)["troubled_from"] is None


def test_versions_follow_each_other_and_the_head_says_the_newest(platform: Platform, tmp_path):
    market(platform, tmp_path)
    newer = [
        "KF1",
        "甲花园二期",
        "2026-04-01",
        "2026-02-01",
        "2026-03-20",
        "保交房任务",
        "否",
        "银行通过",
        "5万",
        "泰兴市",
    ]
    older = ["KF1", "甲花园旧名", "2025-06-01", "", "", "非任务", "否", "未列入", "0", "泰兴市"]
    take(platform, csv_file(tmp_path / "v.csv", PROJECTS, [newer, older]), "development_project")
    assert rows(
        platform, "development_project", "valid_from", "valid_to", "late_from", "stalled_from", "invest_until"
    ) == [
        (date(2025, 6, 1), D, None, None, date(2026, 1, 1)),
        (D, date(2026, 4, 1), None, None, date(2026, 4, 1)),
        (date(2026, 4, 1), None, date(2026, 4, 1), date(2026, 4, 19), date(2027, 1, 1)),
    ]
    assert platform.engine.labels("project", ["KF1"], SYSTEM) == {"KF1": "甲花园二期"}
    assert_rollups_kept(platform)
