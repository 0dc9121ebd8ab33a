"""The declarative base, and what every fact table has in common."""

from __future__ import annotations

from sqlalchemy import ForeignKey, MetaData, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from data.models.types import identity

NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Base of all tables; the Chinese comments of its columns are the data dictionary."""

    metadata = MetaData(naming_convention=NAMING)


class FactMixin:
    """Columns of every fact: a surrogate id, the ingest run that last wrote the row, and where it belongs.

    ``region_id`` is the deepest unit known, ``district_id`` the district it lies in (or the unit without a shape).
    An id is never used twice (SQLite: ``sqlite_autoincrement``), so that who notes rows can tell new ones by it.
    """

    id: Mapped[identity]
    run_id: Mapped[int] = mapped_column(ForeignKey("sys_ingest_run.id"), index=True, comment="写入批次")
    region_id: Mapped[str] = mapped_column(
        String(16), ForeignKey("sys_region.id"), comment="所在区划（已知的最细一级）"
    )
    district_id: Mapped[str] = mapped_column(String(16), ForeignKey("sys_region.id"), comment="所属区市")
