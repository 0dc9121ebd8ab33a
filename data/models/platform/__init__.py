"""The platform's own tables: regions, ingest runs, versions, targets, accounts."""

from data.models.platform.account import LoginAttempt, User, UserSession
from data.models.platform.export import ExportJob
from data.models.platform.ingest import Coverage, IngestRun, Quarantine, RowChange, UploadDraft
from data.models.platform.judgement import CalendarDay, Limit, Target
from data.models.platform.region import Region, RegionClosure
from data.models.platform.semantic import CubeState, Version

__all__ = [
    "CalendarDay",
    "Coverage",
    "CubeState",
    "ExportJob",
    "IngestRun",
    "Limit",
    "LoginAttempt",
    "Quarantine",
    "Region",
    "RegionClosure",
    "RowChange",
    "Target",
    "UploadDraft",
    "User",
    "UserSession",
    "Version",
]
