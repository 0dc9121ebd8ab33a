"""Base databases (基础库): projects, credit, houses."""

from data.models.base.credit import ScoreRecord
from data.models.base.house import House, HouseUnit
from data.models.base.project import Project

__all__ = ["House", "HouseUnit", "Project", "ScoreRecord"]
