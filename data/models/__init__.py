"""SQLAlchemy tables. The database a table belongs to is ``info["database"]`` and its name's prefix."""

from data.models.base import House, HouseUnit, Project
from data.models.metadata import Base, FactMixin
from data.models.platform import (
    CalendarDay,
    Coverage,
    CubeState,
    ExportJob,
    IngestRun,
    Limit,
    LoginAttempt,
    Quarantine,
    Region,
    RegionClosure,
    RowChange,
    Target,
    UploadDraft,
    User,
    UserSession,
    Version,
)
from data.models.thematic import DeveloperProject, DevelopmentProject, EscrowEntry, SalesContract

__all__ = [
    "Base",
    "CalendarDay",
    "Coverage",
    "CubeState",
    "DeveloperProject",
    "DevelopmentProject",
    "EscrowEntry",
    "ExportJob",
    "FactMixin",
    "House",
    "HouseUnit",
    "IngestRun",
    "Limit",
    "LoginAttempt",
    "Project",
    "Quarantine",
    "Region",
    "RegionClosure",
    "RowChange",
    "SalesContract",
    "Target",
    "UploadDraft",
    "User",
    "UserSession",
    "Version",
]
