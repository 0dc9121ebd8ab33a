"""Each check with a planted fault, and without one; on both engines where it reads the database."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, text, update

from data import clock
from data.coverage import forget, mark_complete
from data.cubes import property_market
from data.db import Database
from data.indicators import housing
from data.models import CubeState, DefinitionVersion, Limit, Region, SalesContract, Target
from data.platform import standard_registry
from data.selfcheck import declared, judged, reported
from data.selfcheck.definitions import known_definitions
from data.selfcheck.findings import Context, Finding
from data.selfcheck.proven import PROVEN, Proof, read_proven, write_proven
from data.selfcheck.run import CHECKS, as_json, examine
from data.semantic.digest import digest_of
from data.semantic.engine import Engine
from data.semantic.registry import Registry
from data.semantic.rollup import rebuild
from data.semantic.spec import Band, I
from tests.conftest import ENGINES
from tests.data.semantic import prove
from tests.data.semantic.market import LAST, UNIT, Market, new_database, open_market, rich_rows

JIANGYAN = "321204"
TODAY = date(2026, 11, 21)
_numbers = count(1)
DISTRICTS = ("321202", "321203", JIANGYAN, "321281", "321282", "321283")


def market_registry() -> Registry:
    """What the property market declares, of which the test has data."""
    return Registry(property_market.CUBES, housing.INDICATORS)


@pytest.fixture(scope="module", params=ENGINES)
def filled(request: pytest.FixtureRequest) -> str:
    """URL of a database in which all data sets are complete to yesterday, to be copied."""
    url = new_database(request, "selfcheck")
    open_market(url, rich_rows(), registry=market_registry()).db.dispose()
    return url


@pytest.fixture
def market(filled: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Market]:
    """A copy of one's own."""
    if filled.startswith("sqlite"):
        shutil.copyfile(filled.removeprefix("sqlite:///"), tmp_path / "copy.sqlite3")
        url = f"sqlite:///{tmp_path / 'copy.sqlite3'}"
    else:
        url = request.getfixturevalue("postgres_server").create(f"selfcheck_{next(_numbers)}", "selfcheck")
    db, registry = Database(url), market_registry()
    with clock.moved(to=TODAY):
        yield Market(db, registry, Engine(db, registry))
    db.dispose()


def look(market: Market, check: str, registry: Registry | None = None, shown: tuple[str, ...] | None = None):
    """What one of the checks finds."""
    codes = tuple(indicator.code for indicator in market.registry) if shown is None else shown
    results = {result.name: result for result in examine(market.db, registry or market.registry, codes)}
    return results[check]


def told(findings: tuple[Finding, ...]) -> list[tuple[str, str]]:
    assert all(finding.remedy for finding in findings), "each has a remedy"
    return [(finding.subject, finding.what) for finding in findings]


def test_in_good_order_every_check_says_what_it_looked_at(market: Market):
    results = examine(market.db, market.registry, [indicator.code for indicator in market.registry])
    assert {result.name: told(result.findings) for result in results if result.findings} == {}
    assert all(result.fine and result.severity == "ok" for result in results)
    assert [result.name for result in results] == [check.name for check in CHECKS]


# --- sources ---------------------------------------------------------------------------------------------------


def test_a_silent_source_is_named_by_district_with_its_age(market: Market):
    with market.db.write() as connection:
        forget(connection, "sales_contract")
        mark_complete(connection, "sales_contract", DISTRICTS, date(2025, 1, 1), LAST, demo=False)
        forget(connection, "escrow_entry")
        mark_complete(connection, "escrow_entry", DISTRICTS[:1], date(2025, 1, 1), LAST, demo=False)
    with clock.moved(to=date(2026, 11, 23)):
        found = told(look(market, "silent").findings)
        assert len(found) == 5, "who reports nothing is named where others do; in time within the grace is in time"
        assert ("预售资金流水与余额", "姜堰区从未报送") in found
    with clock.moved(to=date(2026, 11, 24)):
        found = look(market, "silent")
        late = [finding for finding in found.findings if "报至" in finding.what and finding.subject == "网签合同"]
        assert len(late) == 6
        assert late[0].severity == "warn"
        assert late[0].since == date(2026, 11, 21)
        assert "已超期 3 天（应每日报送）" in late[0].what
    with clock.moved(to=date(2027, 1, 10)):
        assert look(market, "silent").severity == "bad"


def test_a_weekly_source_is_given_its_week(market: Market):
    def late(day: date) -> bool:
        with clock.moved(to=day):
            return any(f.subject == "房地产开发项目" for f in look(market, "silent").findings)

    assert not late(date(2026, 11, 29))
    assert late(date(2026, 11, 30))


def test_a_source_that_nobody_reports_is_named_once(market: Market):
    with market.db.write() as connection:
        forget(connection, "escrow_entry")
    assert told(look(market, "silent").findings) == [("预售资金流水与余额", "从未报送")]


def test_days_left_out_are_named(market: Market):
    with market.db.write() as connection:
        forget(connection, "sales_contract")
        mark_complete(connection, "sales_contract", DISTRICTS, date(2025, 1, 1), date(2026, 5, 31), demo=False)
        for district in DISTRICTS:
            since = date(2026, 7, 1) if district == JIANGYAN else date(2026, 6, 1)
            mark_complete(connection, "sales_contract", (district,), since, LAST, demo=False)
    (finding,) = look(market, "gaps").findings
    assert (finding.subject, finding.what) == ("网签合同", "姜堰区漏报 2026-06-01 至 2026-06-30，共 30 天")
    assert finding.since == date(2026, 6, 1)
    with market.db.read() as connection:
        board = {source.fact: source for source in reported.sources(Context(connection, market.registry))}
    places = {place.district: place for place in board["sales_contract"].places}
    assert places[JIANGYAN].severity == "warn"
    assert places["321281"].severity == "ok"
    assert places["321281"].span is not None
    assert UNIT in places


def test_the_board_counts_this_months_records(market: Market):
    with market.db.read() as connection:
        board = {source.fact: source for source in reported.sources(Context(connection, market.registry))}
        query = text("SELECT district_id, COUNT(*) FROM t08_sales_contract WHERE booked_on >= :day GROUP BY 1")
        counted: dict[str, int] = dict(connection.execute(query.bindparams(day=date(2026, 11, 1))).all())  # type: ignore[arg-type]
    assert {p.district: p.rows for p in board["sales_contract"].places if p.rows} == counted
    assert board["development_project"].every == 7


# --- declarations ----------------------------------------------------------------------------------------------


def keep(market: Market, code: str, **changes: object) -> None:
    """Let the database know a definition."""
    indicator = market.registry[code]
    row = {
        "id": changes.pop("id", 1),
        "indicator": code,
        "valid_from": date(2026, 1, 1),
        "definition": indicator.definition,
        "unit": indicator.unit,
        "digest": digest_of(indicator, market.registry),
        "author": "测试",
        "reason": "启用",
        "written_at": clock.now(),
    }
    with market.db.write() as connection:
        connection.execute(insert(DefinitionVersion), [{**row, **changes}])


def test_without_kept_definitions_the_check_says_so(market: Market):
    assert look(market, "changed").fine == "尚无口径登记"


@pytest.mark.parametrize(
    ("changes", "word"),
    [({"unit": "亩"}, "单位"), ({"definition": "别的"}, "定义"), ({"digest": "0"}, "取数")],
)
def test_a_declaration_that_differs_from_what_was_known_is_named(market: Market, changes, word: str):
    keep(market, "ZF02")
    assert look(market, "changed").findings == ()
    keep(market, "ZF03", id=2, **changes)
    (finding,) = look(market, "changed").findings
    assert (finding.severity, finding.subject) == ("bad", "ZF03")
    assert f"程序中的{word}与库中登记的不同" in finding.what


def test_a_unit_that_changed_not_long_ago_and_a_change_without_reason_are_named(market: Market):
    keep(market, "ZF02", unit="㎡")
    keep(market, "ZF02", id=2, valid_from=date(2026, 10, 1), reason=declared.UNEXPLAINED)
    assert told(look(market, "changed").findings) == [
        ("ZF02", "单位由“㎡”改为“万㎡”"),
        ("ZF02", "口径变更没有说明原因"),
    ]
    with clock.moved(to=date(2028, 6, 1)):
        assert ("ZF02", "单位由“㎡”改为“万㎡”") not in told(look(market, "changed").findings)
    with market.db.read() as connection:
        assert [known.unit for known in known_definitions(connection)["ZF02"]] == ["㎡", "万㎡"]


def test_what_is_not_in_the_list_of_proofs_or_has_changed_since_is_named(market: Market, monkeypatch):
    kept = read_proven()
    changed = {**kept, "ZF03": Proof("0" * 64, date(2026, 3, 1))}
    del changed["ZF02"]
    monkeypatch.setattr(declared, "read_proven", lambda *_path: changed)
    found = look(market, "proven").findings
    assert told(found) == [("ZF02", "没有独立核算过，数值只有一种算法"), ("ZF03", "核算之后取数又改过")]
    assert found[1].since == date(2026, 3, 1)


def test_the_list_of_proofs_is_up_to_date():
    kept = {code: proof.digest for code, proof in read_proven(PROVEN).items()}
    assert kept == prove.digests(), "run `make proven`"


def test_what_stays_as_it_was_keeps_the_day_of_its_proof(tmp_path):
    path = tmp_path / "proven.csv"
    assert read_proven(path) == {}
    write_proven({"A": "1", "B": "2"}, date(2026, 1, 1), path)
    write_proven({"A": "1", "B": "3"}, date(2026, 2, 1), path)
    assert read_proven(path) == {"A": Proof("1", date(2026, 1, 1)), "B": Proof("3", date(2026, 2, 1))}


def test_an_indicator_without_rows_is_named(market: Market):
    with market.db.write() as connection:
        connection.execute(delete(SalesContract).where(SalesContract.market == "second_hand"))
        rebuild(connection, market.registry)
    assert told(look(market, "rows").findings) == [("ZF06", "近 13 个月没有一条记录计入")]


def test_an_event_long_ago_is_no_row_and_a_state_holds(market: Market):
    with clock.moved(to=date(2028, 6, 1)):
        subjects = {finding.subject for finding in look(market, "rows").findings}
    assert {"ZF02", "ZF06"} <= subjects
    assert "ZF04" not in subjects


def test_nothing_reported_is_no_indicator_without_rows(market: Market):
    with market.db.write() as connection:
        connection.execute(delete(SalesContract))
        rebuild(connection, market.registry)
        forget(connection, "sales_contract")
    assert look(market, "rows").findings == ()


def test_an_indicator_that_shows_no_rows_is_named(market: Market):
    bare = _registry(rows=())
    assert told(look(market, "rows", bare).findings) == [("ZF02", "没有声明明细列，点开后看不到明细")]


def _registry(**changes: object) -> Registry:
    """The standard declarations with ZF02 changed."""
    standard = market_registry()
    return Registry(
        standard.cubes.values(),
        (replace(i, **changes) if i.code == "ZF02" else i for i in standard),  # type: ignore[arg-type]
    )


def test_stale_sums_are_named(market: Market):
    with market.db.write() as connection:
        connection.execute(update(CubeState).where(CubeState.cube == "sales").values(fingerprint="0"))
    (finding,) = look(market, "rollups").findings
    assert (finding.severity, finding.subject) == ("bad", market.registry.cubes["sales"].zh)


def test_a_gap_between_bands_is_named(market: Market):
    holed = _registry(bands=(Band("少", 0, 10), Band("多", 12, 20)))
    assert told(look(market, "bands", holed).findings) == [("ZF02", "分档“少”与“多”之间空着 10—12")]


def test_what_no_page_shows_and_nothing_refers_to_is_named(market: Market):
    left_out = ("ZF02", "ZF06", "ZF04-signed")
    shown = tuple(indicator.code for indicator in market.registry if indicator.code not in left_out)
    found = told(look(market, "shown", shown=shown).findings)
    assert found == [("ZF06", "没有页面展示，也没有别的指标引用")], "ZF05 rests on ZF02, the bridge on the other"
    assert look(market, "shown", shown=()).findings
    with market.db.read() as connection:
        assert not list(declared.unseen(Context(connection, market.registry)))


# --- targets, limits, regions ----------------------------------------------------------------------------------


def aim(market: Market, **changes: object) -> None:
    row = {"indicator": "ZF10", "district_id": "321281", "year": 2026, "value": 1.0, "source": "测试", **changes}
    with market.db.write() as connection:
        connection.execute(insert(Target), [row])


def test_targets_of_nothing_are_named(market: Market):
    aim(market)
    aim(market, year=2027)
    assert look(market, "targets").findings == ()
    aim(market, indicator="XX99")
    aim(market, district_id="321281", year=2019)
    found = look(market, "targets").findings
    assert told(found) == [("XX99", "2026 年目标所属的指标不存在"), ("ZF10", "兴化市 2019 年有目标，但没有数据")]
    assert [finding.severity for finding in found] == ["bad", "warn"]


def test_a_task_without_a_target_this_year_is_named(market: Market):
    with market.db.write() as connection:
        connection.execute(delete(Target).where(Target.indicator == "ZF10", Target.year == 2026))
    assert told(look(market, "targets").findings) == [("ZF10", "2026 年没有目标，无法算完成率和序时")]


def test_limits_of_unknown_indicators_are_named(market: Market):
    row = {"indicator": "XX99", "level": "warn", "side": "high", "value": 1.0, "standard": "测试", "valid_from": TODAY}
    with market.db.write() as connection:
        connection.execute(insert(Limit), [row])
    assert told(look(market, "limits").findings) == [("XX99", "限值所属的指标不存在")]


def test_a_region_without_a_name_is_named(market: Market):
    with market.db.write() as connection:
        connection.execute(update(Region).where(Region.id == "321281001").values(name=" "))
    assert told(look(market, "regions").findings) == [("321281001", "区划没有名称")]


# --- all of them -----------------------------------------------------------------------------------------------


def test_one_check_that_fails_keeps_no_other_from_running(market: Market):
    with market.db.write() as connection:
        connection.execute(text("DROP TABLE sys_limit"))
    results = {result.name: result for result in examine(market.db, market.registry)}
    assert results["limits"].findings[0].what.startswith("未能检查")
    assert results["regions"].severity == "ok"
    assert results["targets"].severity == "ok"


def test_monitoring_gets_plain_values(market: Market):
    aim(market, indicator="XX99")
    told_as = {item["check"]: item for item in as_json(examine(market.db, market.registry))}
    assert told_as["targets"]["severity"] == "bad"
    assert told_as["targets"]["findings"][0]["subject"] == "XX99"
    assert told_as["bands"]["findings"] == []
    assert len(judged.CHECKS) + len(declared.CHECKS) + len(reported.CHECKS) == len(told_as)


def test_an_indicator_without_a_declared_proof_is_named_when_it_is_added(sqlite_db, monkeypatch):
    registry = standard_registry()
    twin = registry["ZF02"]
    registry.add(I("ZZ01", "新指标", "New", twin.unit, "新", twin.value, rows=twin.rows))
    with sqlite_db.read() as connection:
        found = list(declared.unproven(Context(connection, registry)))
    assert [finding.subject for finding in found] == ["ZZ01"]
