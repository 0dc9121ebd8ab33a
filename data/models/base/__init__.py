"""Base databases (基础库): projects, houses."""

from data.models.base.house import House, HouseUnit
from data.models.base.project import Project

__all__ = ["House", "HouseUnit", "Project"]
