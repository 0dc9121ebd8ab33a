"""Two districts in one database: whatever one of them sends in, the other's records stay as they are, and unseen."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from data.access.viewer import Viewer
from data.bulk import table_of
from data.ingest.datasets import DATASETS
from data.ingest.examine import examine
from data.ingest.propose import propose
from data.ingest.readers import open_book
from data.ingest.undo import undo
from data.models import DeveloperProject
from data.platform import Platform
from tests.data.ingest.files import (
    ESCROW,
    PROJECTS,
    QUICK,
    SALES,
    TAIXING,
    UNITS,
    assert_rollups_kept,
    cancel,
    counts,
    csv_file,
    market,
    problems,
    rows,
    sale,
    take,
)

JINGJIANG = Viewer("jingjiang", "靖江", "district", districts=frozenset({"321282"}))
WORKS = ("工程项目编码", "工程名称", "工程类别", "资金来源", "所属区划")
FILES = {
    "house_unit": UNITS,
    "sales_contract": SALES,
    "escrow_entry": ESCROW,
    "development_project": (*PROJECTS, "工程项目编码"),
    "project": WORKS,
}
OTHERS = "该记录属于其他区市"


def escrow(entry: str, account: str, project: str, day: str = "2026-03-01", region: str = "靖江市") -> list[Any]:
    return [entry, account, project, day, "入账", "b01", 100, 100, 500, region]


def version(project: str, day: str, region: str = "靖江市", work: str = "", name: str = "乙花园") -> list[Any]:
    return [project, name, day, "", "", "非任务", "否", "未列入", "5", region, work]


def unit(code: str, project: str, opened: str = "2026-01-05", region: str = "靖江市") -> list[Any]:
    return [code, project, "1幢", "101", "住宅", 90, "", opened, "", region]


def contract(filing: str, code: str, project: str, day: str = "2026-03-09", **other: Any) -> list[Any]:
    row = sale(0, day, unit=code, filing=filing, region=other.pop("region", "靖江市"), **other)
    row[SALES.index("开发项目编号")] = project
    return row


def fill(platform: Platform, folder: Path) -> None:
    """Taixing's city, sent in by itself, and a project of Jingjiang's."""

    def send(fact: str, viewer: Viewer, *body: list[Any]) -> None:
        done = take(platform, csv_file(folder / "fill.csv", FILES[fact], body), fact, viewer=viewer)
        assert done.landed == len(body)

    send("project", TAIXING, ["T-1", "泰兴工程", "房建", "社会", "泰兴市"])
    market(platform, folder)
    send("escrow_entry", TAIXING, escrow("L-T1", "ZH-T", "KF1", region="泰兴市"))
    send("sales_contract", TAIXING, sale(1, "2026-02-01", unit="U1"), cancel(2, "2026-02-10", "U2"))
    send("development_project", JINGJIANG, version("KF-J", "2026-01-01"))
    send("house_unit", JINGJIANG, unit("J1", "KF-J"))


def theirs(platform: Platform) -> list[Any]:
    """All that the database holds about Taixing."""
    found: list[Any] = []
    with platform.db.read() as connection:
        for table in (*(item.table for item in DATASETS.values()), table_of(DeveloperProject)):
            query = select(table).where(table.c.district_id == "321283")
            found.append(sorted(map(str, connection.execute(query))))
    return found


def test_a_record_of_another_district_is_refused_whatever_it_says(platform: Platform, tmp_path: Path) -> None:
    fill(platform, tmp_path)
    before = theirs(platform)
    for fact, body, field, reason in (
        ("sales_contract", sale(1, "2026-02-01", region="靖江市"), "filing_no", OTHERS),
        ("sales_contract", contract("N1", "U1", ""), "unit_code", "房屋户（楼盘表）中没有本区市的“U1”"),
        ("sales_contract", contract("N1", "", "KF1"), "project_no", "房地产开发项目中没有本区市的“KF1”"),
        ("house_unit", unit("U1", "KF-J"), "unit_code", OTHERS),
        ("house_unit", unit("U1", "KF-J", "2026-02-20"), "unit_code", OTHERS),
        ("house_unit", unit("N1", "KF1"), "project_no", "房地产开发项目中没有本区市的“KF1”"),
        ("escrow_entry", escrow("L-T1", "ZH-J", "KF-J"), "entry_no", OTHERS),
        ("escrow_entry", escrow("L-J1", "ZH-T", "KF-J", "2026-03-05"), "account_no", OTHERS),
        ("development_project", version("KF1", "2026-04-01"), "project_no", OTHERS),
        (
            "development_project",
            version("KF-N", "2026-04-01", work="T-1"),
            "project_code",
            "工程项目中没有本区市的“T-1”",
        ),
        ("project", ["T-1", "靖江工程", "房建", "社会", "靖江市"], "project_code", OTHERS),
    ):
        path = csv_file(tmp_path / "a.csv", FILES[fact], [body])
        seen = examine(platform, path, "a.csv", propose(DATASETS[fact], open_book(path)), JINGJIANG)
        assert (seen.fresh, seen.differing, seen.unchanged, seen.broken) == (0, 0, 0, 1)
        receipt = take(platform, path, fact, viewer=JINGJIANG)
        assert problems(platform, receipt.run_id) == [(2, field, reason)]
        assert counts(receipt) == (0, 0, 0, 1, 1)
        assert theirs(platform) == before
    assert_rollups_kept(platform)


@pytest.mark.parametrize(
    ("fact", "make"),
    [
        ("sales_contract", lambda unit_code: contract("N1", unit_code, "")),
        ("sales_contract", lambda project: contract("N1", "", project)),
        ("house_unit", lambda project: unit("N1", project)),
        ("escrow_entry", lambda project: escrow("N1", "N1", project)),
        ("development_project", lambda work: version("N1", "2026-01-01", work=work)),
    ],
)
def test_what_is_anothers_and_what_is_not_there_are_told_in_the_same_words(
    sqlite_platform: Platform, tmp_path: Path, fact: str, make: Any
) -> None:
    fill(sqlite_platform, tmp_path)
    said: set[str] = set()
    for named in ("U1", "KF1", "T-1", "ZZZ"):
        path = csv_file(tmp_path / "a.csv", FILES[fact], [make(named)])
        receipt = take(sqlite_platform, path, fact, viewer=JINGJIANG)
        said.update(reason.replace(named, "?") for *_, reason in problems(sqlite_platform, receipt.run_id))
    assert len(said) == 1


def test_a_contract_that_the_city_tied_to_anothers_home_stays_with_the_city(platform: Platform, tmp_path: Path) -> None:
    fill(platform, tmp_path)
    take(platform, csv_file(tmp_path / "a.csv", SALES, [contract("C1", "U3", "")]), "sales_contract")
    before = theirs(platform)
    receipt = take(
        platform,
        csv_file(tmp_path / "b.csv", SALES, [contract("C1", "", "", "2026-03-01")]),
        "sales_contract",
        viewer=JINGJIANG,
    )
    assert problems(platform, receipt.run_id) == [(2, "filing_no", OTHERS)]
    assert theirs(platform) == before


def test_the_city_corrects_any_district(platform: Platform, tmp_path: Path) -> None:
    fill(platform, tmp_path)
    path = csv_file(tmp_path / "a.csv", SALES, [contract("W1", "J1", "KF-J")])
    assert counts(take(platform, path, "sales_contract")) == (0, 1, 0, 0, 1)
    assert rows(platform, "house_unit", "unit_code", "signed_on")[0] == ("J1", date(2026, 3, 9))


UNIT = st.sampled_from(["U1", "U2", "U3", "J1", "J2", "ZZ"])
PROJECT = st.sampled_from(["KF1", "KF-J", "ZZ"])
DAY = st.sampled_from(["2025-12-01", "2026-01-05", "2026-02-05", "2026-02-10", "2026-04-01"])
REGION = st.sampled_from(["靖江市", "泰兴市"])
ROWS = {
    "sales_contract": st.builds(
        lambda filing, code, project, day, region, cancels: contract(
            filing,
            code,
            project,
            day,
            region=region,
            **({"area": -90, "amount": -900000, "kind": "撤销", "count": -1} if cancels else {}),
        ),
        st.sampled_from(["W1", "W2", "N1", "N2"]),
        UNIT | st.just(""),
        PROJECT | st.just(""),
        DAY,
        REGION,
        st.booleans(),
    ),
    "house_unit": st.builds(unit, UNIT, PROJECT, DAY, REGION),
    "escrow_entry": st.builds(
        escrow, st.sampled_from(["L-T1", "L-1", "L-2"]), st.sampled_from(["ZH-T", "ZH-J"]), PROJECT, DAY, REGION
    ),
    "development_project": st.builds(version, PROJECT, DAY, REGION, st.sampled_from(["", "T-1", "J-1"])),
    "project": st.builds(
        lambda code, region: [code, "某工程", "房建", "社会", region], st.sampled_from(["T-1", "J-1"]), REGION
    ),
}
SENT = st.lists(
    st.sampled_from(sorted(ROWS)).flatmap(
        lambda fact: st.tuples(st.just(fact), st.lists(ROWS[fact], min_size=1, max_size=6))
    ),
    min_size=2,
    max_size=5,
)


@settings(max_examples=12, phases=QUICK, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(SENT, st.randoms(use_true_random=False))
def test_no_file_of_one_district_touches_the_other(sqlite_platform: Platform, tmp_path, sent, random) -> None:
    platform = sqlite_platform
    with platform.db.write() as connection:
        for name in (
            "t08_sales_contract",
            "b5_house_unit",
            "b5_house",
            "t08_escrow_entry",
            "t08_development_project",
            "t08_developer_project",
            "b3_project",
            "sys_row_change",
            "sys_quarantine",
            "sys_ingest_run",
        ):
            connection.execute(text(f"DELETE FROM {name}"))
    fill(platform, tmp_path)
    before, runs = theirs(platform), []
    for number, (fact, body) in enumerate(sent):
        path = csv_file(tmp_path / f"{number}.csv", FILES[fact], body)
        runs.append(take(platform, path, fact, date(2026, 4, 1), viewer=JINGJIANG).run_id)
        assert theirs(platform) == before
    for run in random.sample(runs, len(runs)):
        undo(platform, run, JINGJIANG)
        assert theirs(platform) == before
