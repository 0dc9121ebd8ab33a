from __future__ import annotations

import io
from datetime import date

import openpyxl
import pytest
from sqlalchemy import insert

from data import clock
from data.access.viewer import SYSTEM, Viewer
from data.errors import PlatformError
from data.ingest.datasets import DATASETS, dataset
from data.ingest.drafts import change_mapping, draft_file, drop_draft, read_draft, save_draft
from data.ingest.examine import examine
from data.ingest.mapping import Mapping
from data.ingest.run import recent_runs, run_of
from data.ingest.template import quarantine_workbook, template
from data.models import User
from data.platform import Platform
from tests.data.ingest.files import SALES, TAIXING, counts, csv_file, market, sale, take

CLERK = Viewer("clerk", "文员", "writer", user_id=1)
OTHER = Viewer("other", "文员", "writer", user_id=2)


def opened(content: bytes):
    return openpyxl.load_workbook(io.BytesIO(content))


@pytest.mark.parametrize("name", list(DATASETS))
def test_a_template_is_read_back_without_its_sample(sqlite_platform: Platform, tmp_path, name):
    target = dataset(name)
    path = tmp_path / "t.xlsx"
    path.write_bytes(template(target, sqlite_platform.regions()))
    book = opened(path.read_bytes())
    assert book.sheetnames == ["数据", "说明", "码表"]
    sheet = book["数据"]
    assert [cell.value for cell in sheet[1]] == [item.zh for item in target.fields]
    lists = [rule.formula1 for rule in sheet.data_validations.dataValidation if rule.type == "list"]
    assert len(lists) == sum(bool(item.codes) for item in target.fields) + 1
    assert set(lists) == {f"={found}" for found in book.defined_names}
    receipt = take(sqlite_platform, path, name)
    assert counts(receipt) == (0, 0, 0, 0, 2)


def test_refused_rows_come_back_and_land_once_mended(platform: Platform, tmp_path):
    path = csv_file(tmp_path / "a.csv", SALES, [sale(1), sale(2, area="=1+1"), sale(3, "2099-01-01")])
    receipt = take(platform, path, "sales_contract")
    with platform.db.read() as connection:
        content = quarantine_workbook(connection, run_of(connection, receipt.run_id, SYSTEM))
    book = opened(content)
    sheet = book.active
    head = [cell.value for cell in sheet[1]]
    assert head == ["退回原因", "办法", "原行号", *SALES]
    assert [sheet.cell(row, 3).value for row in (2, 3)] == [3, 4]
    area, day = head.index("面积(㎡)") + 1, head.index("网签日") + 1
    assert (sheet.cell(2, area).value, sheet.cell(2, area).data_type) == ("=1+1", "s")
    sheet.cell(2, area, 88)
    sheet.cell(3, day, "2026-03-03")
    book.save(tmp_path / "mended.xlsx")
    assert counts(take(platform, tmp_path / "mended.xlsx", "sales_contract")) == (2, 0, 0, 0, 1)


def test_refused_rows_are_read_by_the_mapping_they_came_with(platform: Platform, tmp_path):
    names = [f"甲{place}" for place in range(len(SALES))]
    path = tmp_path / "a.csv"
    path.write_text(f"标题\n{','.join(names)}\n{','.join(map(str, sale(1, area='坏')))}\n", encoding="utf-8")
    target = dataset("sales_contract")
    by_zh = {item.zh: item.name for item in target.fields}
    mapping = Mapping.model_validate(
        {
            "dataset": "sales_contract",
            "headings": 2,
            "fields": {by_zh[zh]: {"from": name} for zh, name in zip(SALES, names, strict=True)},
        }
    )
    receipt = take(platform, path, "sales_contract", mapping=mapping)
    with platform.db.read() as connection:
        content = quarantine_workbook(connection, run_of(connection, receipt.run_id, SYSTEM))
    book = opened(content)
    book.active.cell(2, 4 + SALES.index("面积(㎡)"), 88)
    book.save(tmp_path / "b.xlsx")
    assert counts(take(platform, tmp_path / "b.xlsx", "sales_contract", mapping=mapping)) == (1, 0, 0, 0, 1)


def test_what_examine_says_is_what_ingest_does(platform: Platform, tmp_path):
    market(platform, tmp_path)
    take(platform, csv_file(tmp_path / "a.csv", SALES, [sale(1), sale(2)]), "sales_contract")
    body = [sale(1), sale(2, area=95), sale(3, unit="U1"), sale(4, unit="U404"), sale(3, area=1)]
    path = csv_file(tmp_path / "b.csv", SALES, body)
    mapping = Mapping.model_validate(
        {
            "dataset": "sales_contract",
            "fields": {item.name: {"from": item.zh} for item in dataset("sales_contract").fields if item.zh in SALES},
        }
    )
    found = examine(platform, path, "b.csv", mapping, SYSTEM)
    said = (found.fresh, found.differing, found.unchanged, found.broken, found.skipped)
    assert said == (1, 1, 1, 2, 1) == counts(take(platform, path, "sales_contract", mapping=mapping))
    assert {(fault.line, fault.column) for fault in found.faults} == {(5, "房屋编码"), (6, "合同备案号")}
    assert (found.first, found.last) == (date(2026, 3, 5), date(2026, 3, 5))


def test_a_draft_is_its_owners_only(platform: Platform, tmp_path):
    with platform.db.write() as connection:
        for viewer in (CLERK, OTHER):
            connection.execute(
                insert(User).values(
                    id=viewer.user_id,
                    username=viewer.username,
                    name="x",
                    role="writer",
                    password_hash="x",
                    created_at=clock.now(),
                )
            )
    path = csv_file(tmp_path / "a.csv", SALES, [sale(1)])
    draft = save_draft(platform, CLERK, "sales_contract", "上报.csv", path.read_bytes())
    assert read_draft(platform, CLERK, draft.id) == draft
    with draft_file(platform, CLERK, draft) as file:
        assert file.read_bytes() == path.read_bytes()
    changed = draft.mapping.model_copy(update={"note": "核对过"})
    change_mapping(platform, OTHER, draft.id, changed)
    assert read_draft(platform, CLERK, draft.id).mapping == draft.mapping
    change_mapping(platform, CLERK, draft.id, changed)
    assert read_draft(platform, CLERK, draft.id).mapping == changed
    for viewer, number in ((OTHER, draft.id), (CLERK, "nope")):
        with pytest.raises(PlatformError, match="不存在"):
            read_draft(platform, viewer, number)
    drop_draft(platform, CLERK, draft.id)
    with pytest.raises(PlatformError, match="不存在"):
        read_draft(platform, CLERK, draft.id)
    with pytest.raises(PlatformError, match="超过"):
        save_draft(platform, CLERK, "sales_contract", "大.csv", b"x" * (platform.settings.upload_max_mb * 2**20 + 1))


def test_a_district_sees_its_own_runs_only(sqlite_platform: Platform, tmp_path):
    path = csv_file(tmp_path / "a.csv", SALES, [sale(1)])
    take(sqlite_platform, path, "sales_contract")
    own = take(sqlite_platform, path, "sales_contract", viewer=TAIXING)
    with sqlite_platform.db.read() as connection:
        assert [run["id"] for run in recent_runs(connection, TAIXING)] == [own.run_id]
        assert len(recent_runs(connection, SYSTEM)) == 2
