"""Targets are set all or none, each change with a line in the log, by those who may."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from data import clock
from data.access.viewer import SYSTEM, Forbidden, Viewer
from data.errors import PlatformError
from data.models import Target, TargetChange
from data.platform import Platform
from data.reference.load import load_reference
from data.semantic.versions import read_versions
from data.settings import Settings
from data.targets import Change, Goal, may_write, read_log, read_targets, remove_target, set_targets
from tests.data.ingest.files import prepare

CITY, XINGHUA, TAIXING = "321200", "321281", "321283"
WRITER = Viewer("writer", "王文", "writer")
OF_XINGHUA = Viewer("xh", "兴化文员", "writer", districts=frozenset({XINGHUA}))
CLERK = Viewer("clerk", "小王", "district", districts=frozenset({XINGHUA}))


@pytest.fixture
def platform(database_url: str, tmp_path: Path) -> Iterator[Platform]:
    """A real installation with regions and seeds, once on each engine."""
    made = Platform(Settings(instance_path=tmp_path, database_url=database_url, demo=False, secret_key="t"))
    prepare(made)
    yield made
    made.db.dispose()


def goal(value: float = 95, region: str = XINGHUA, year: int = 2026, code: str = "ZF10", source: str = "文件") -> Goal:
    return Goal(code, region, year, value, source)


def logged(platform: Platform, viewer: Viewer = SYSTEM) -> list[Change]:
    with platform.db.read() as connection:
        return read_log(connection, viewer, platform.regions())


def version(platform: Platform) -> int:
    with platform.db.read() as connection:
        return read_versions(connection)["targets"]


def count(platform: Platform) -> int:
    with platform.db.read() as connection:
        return connection.execute(select(func.count()).select_from(Target)).scalar_one()


def test_a_target_is_set_changed_and_removed_with_a_line_each(platform: Platform) -> None:
    before = version(platform)
    assert set_targets(platform, [goal()], WRITER).words == "新增 1，更改 0，未变 0"
    assert set_targets(platform, [goal(90, source="新文件")], WRITER, "file", "表.xlsx").changed == 1
    assert remove_target(platform, goal().key, WRITER)
    assert not remove_target(platform, goal().key, WRITER)
    assert version(platform) == before + 3
    lines = [(c.old, c.new, c.old_source, c.source, c.how, c.filename) for c in logged(platform)]
    assert lines == [
        (90, None, "新文件", "", "page", ""),
        (95, 90, "文件", "新文件", "file", "表.xlsx"),
        (None, 95, "", "文件", "page", ""),
    ]
    newest = logged(platform)[0]
    assert (newest.username, newest.name, newest.indicator, newest.district, newest.year) == (
        "writer",
        "王文",
        "ZF10",
        XINGHUA,
        2026,
    )
    assert clock.local(newest.at).date() == clock.today()


def test_the_same_again_changes_nothing(platform: Platform) -> None:
    goals = [goal(), goal(80, TAIXING)]
    set_targets(platform, goals, WRITER)
    before = version(platform)
    assert set_targets(platform, goals, WRITER).unchanged == 2
    assert version(platform) == before
    assert len(logged(platform)) == 2


def test_a_seed_that_somebody_removed_stays_away(platform: Platform) -> None:
    assert remove_target(platform, ("ZF10", CITY, 2026), WRITER)
    with platform.db.write() as connection:
        assert not any(load_reference(connection).values())
    assert platform.judgement().target("ZF10", CITY, 2026) is None
    assert platform.judgement().target("ZF10", CITY, 2025) is not None


def test_figures_see_a_new_target_at_once(platform: Platform) -> None:
    assert platform.judgement().target("ZF10", XINGHUA, 2026) is None
    set_targets(platform, [goal()], WRITER)
    found = platform.judgement().target("ZF10", XINGHUA, 2026)
    assert found is not None
    assert found.value == 95


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (goal(code="ZF99"), "没有这个指标"),
        (goal(code="ZF03"), "不设目标"),
        (goal(region="999999"), "没有这个区划"),
        (goal(region="321202001"), "乡镇街道不设目标"),
        (goal(year=1999), "年度不合理"),
        (goal(year=2206), "年度不合理"),
        (goal(float("nan")), "不是合理的数字"),
        (goal(float("inf")), "不是合理的数字"),
        (goal(-1, code="ZF05"), "不能为负"),
        (goal(source="  "), "没有填写依据"),
        (goal(source="长" * 201), "超过 200 字"),
    ],
)
def test_one_bad_target_keeps_all_others_out(platform: Platform, bad: Goal, reason: str) -> None:
    before = count(platform), version(platform)
    with pytest.raises(PlatformError, match=reason) as refused:
        set_targets(platform, [goal(80, TAIXING), bad], WRITER)
    assert refused.value.remedy
    assert (count(platform), version(platform)) == before
    assert logged(platform) == []


def test_who_may_set_targets(platform: Platform) -> None:
    assert [may_write(Viewer("x", "x", role)) for role in ("writer", "steward", "admin")] == [True] * 3
    for role in ("leader", "section", "security", "auditor", "company", "district"):
        viewer = Viewer("x", "x", role)
        assert not may_write(viewer)
        with pytest.raises(Forbidden):
            set_targets(platform, [goal()], viewer)
        with pytest.raises(Forbidden):
            remove_target(platform, ("ZF10", CITY, 2026), viewer)
    assert platform.judgement().target("ZF10", CITY, 2026) is not None


def test_a_districts_writer_sets_his_own_district_only(platform: Platform) -> None:
    set_targets(platform, [goal()], OF_XINGHUA)
    for region in (CITY, TAIXING, "321200-C"):
        with pytest.raises(PlatformError, match="不在您的辖区内"):
            set_targets(platform, [goal(region=region)], OF_XINGHUA)
        with pytest.raises(PlatformError, match="不在您的辖区内"):
            remove_target(platform, ("ZF10", region, 2026), OF_XINGHUA)
    assert platform.judgement().target("ZF10", CITY, 2026) is not None


def test_a_district_account_reads_its_own_and_the_citys(platform: Platform) -> None:
    set_targets(platform, [goal(), goal(80, TAIXING), goal(99, CITY)], WRITER)
    with platform.db.read() as connection:
        seen = {found.district for found in read_targets(connection, CLERK, platform.regions(), 2026)}
    assert seen == {CITY, XINGHUA}
    assert {change.district for change in logged(platform, CLERK)} == {CITY, XINGHUA}
    with pytest.raises(Forbidden):
        logged(platform, Viewer("firm", "企业", "company", districts=frozenset()))


def test_writers_at_once_queue_and_none_is_lost(platform: Platform) -> None:
    start = threading.Barrier(4)
    failed: list[BaseException] = []

    def write(number: int) -> None:
        try:
            start.wait()
            for round_ in range(5):
                set_targets(platform, [goal(50 + number * 10 + round_), goal(number, TAIXING, 2030 + number)], WRITER)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    changes = [change for change in logged(platform) if change.district == XINGHUA]
    assert len(changes) == 20
    # Each line begins where the one before ended: the log is the whole story.
    assert [change.old for change in changes[:-1]] == [change.new for change in changes[1:]]
    assert changes[-1].old is None
    with platform.db.read() as connection:
        lines = connection.execute(select(func.count()).select_from(TargetChange)).scalar_one()
    assert lines == 24
