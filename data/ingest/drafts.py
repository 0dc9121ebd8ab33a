"""Files on their way through the upload page, kept where any worker finds them and only their owner."""

from __future__ import annotations

import contextlib
import secrets
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, delete, insert, select, update

from data import clock
from data.access.viewer import Viewer
from data.errors import PlatformError
from data.ingest.datasets import dataset
from data.ingest.mapping import Mapping
from data.ingest.propose import propose
from data.ingest.readers import open_book
from data.ingest.run import check_allowed
from data.models import UploadDraft

if TYPE_CHECKING:
    from data.platform import Platform

KEPT = timedelta(days=1)
"""How long a file waits to be confirmed."""


@dataclass(frozen=True)
class Draft:
    """A file that waits: what it is, what it is called, how it is to be read. Its content is fetched when needed."""

    id: str
    dataset: str
    filename: str
    mapping: Mapping


def save_draft(platform: Platform, viewer: Viewer, into: str, filename: str, content: bytes) -> Draft:
    """Keep a file and propose how to read it; the owner's earlier drafts, and everybody's old ones, are dropped."""
    check_allowed(viewer)
    target = dataset(into)
    limit = platform.settings.upload_max_mb * 2**20
    if len(content) > limit:
        size = platform.settings.upload_max_mb
        raise PlatformError(f"文件超过 {size} MB", filename, "拆成几个文件，或由管理员用命令行入库")
    with _on_disk(content, filename) as path, open_book(path, name=filename) as book:
        mapping = propose(target, book)
    draft = Draft(secrets.token_urlsafe(24), into, filename[-200:], mapping)
    old = (UploadDraft.user_id == _owner(viewer)) | (UploadDraft.created_at < clock.now() - KEPT)
    with platform.db.write() as connection:
        connection.execute(delete(UploadDraft).where(old))
        connection.execute(
            insert(UploadDraft).values(
                id=draft.id,
                user_id=_owner(viewer),
                dataset=into,
                filename=draft.filename,
                content=content,
                mapping=mapping.model_dump(mode="json", by_alias=True),
                created_at=clock.now(),
            )
        )
    return draft


def read_draft(platform: Platform, viewer: Viewer, draft_id: str) -> Draft:
    """A draft of one's own; PlatformError for any other."""
    query = select(UploadDraft.id, UploadDraft.dataset, UploadDraft.filename, UploadDraft.mapping)
    with platform.db.read() as connection:
        row = connection.execute(query.where(_mine(viewer, draft_id))).one_or_none()
    if row is None:
        raise PlatformError("这份草稿不存在或已过期", "数据上传", "重新选择文件上传")
    return Draft(row.id, row.dataset, row.filename, Mapping.model_validate(row.mapping))


def change_mapping(platform: Platform, viewer: Viewer, draft_id: str, mapping: Mapping) -> None:
    """Read a draft in another way from now on."""
    values = {"mapping": mapping.model_dump(mode="json", by_alias=True)}
    with platform.db.write() as connection:
        connection.execute(update(UploadDraft).where(_mine(viewer, draft_id)).values(values))


def drop_draft(platform: Platform, viewer: Viewer, draft_id: str) -> None:
    """Forget a draft."""
    with platform.db.write() as connection:
        connection.execute(delete(UploadDraft).where(_mine(viewer, draft_id)))


@contextlib.contextmanager
def draft_file(platform: Platform, viewer: Viewer, draft: Draft) -> Iterator[Path]:
    """A draft's content as a file that is gone after the block."""
    with platform.db.read(60) as connection:
        content = connection.execute(select(UploadDraft.content).where(_mine(viewer, draft.id))).scalar_one()
    with _on_disk(content, draft.filename) as path:
        yield path


@contextlib.contextmanager
def _on_disk(content: bytes, filename: str) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="upload-") as folder:
        path = Path(folder) / f"file{Path(filename).suffix[:8]}"
        path.write_bytes(content)
        yield path


def _mine(viewer: Viewer, draft_id: str) -> ColumnElement[bool]:
    return (UploadDraft.id == draft_id) & (UploadDraft.user_id == _owner(viewer))


def _owner(viewer: Viewer) -> int:
    if viewer.user_id is None:
        raise PlatformError("上传需要登录账号", "数据上传", "登录后再上传")
    return viewer.user_id
