"""The platform's own tables: regions, ingest runs, versions, targets, accounts."""

from data.models.platform.account import LoginAttempt, User, UserSession
from data.models.platform.export import ExportJob
from data.models.platform.ingest import Coverage, CoverageGap, IngestRun, Quarantine, RowChange, UploadDraft
from data.models.platform.judgement import CalendarDay, Limit, Target, TargetChange
from data.models.platform.marks import CalendarChange, DefinitionVersion, SeriesMark
from data.models.platform.region import Region, RegionClosure
from data.models.platform.semantic import CubeState, Version

__all__ = [
    "CalendarChange",
    "CalendarDay",
    "Coverage",
    "CoverageGap",
    "CubeState",
    "DefinitionVersion",
    "ExportJob",
    "IngestRun",
    "Limit",
    "LoginAttempt",
    "Quarantine",
    "Region",
    "RegionClosure",
    "RowChange",
    "SeriesMark",
    "Target",
    "TargetChange",
    "UploadDraft",
    "User",
    "UserSession",
    "Version",
]
