"""Base databases (基础库): projects, tasks, credit, houses."""

from data.models.base.credit import ScoreRecord
from data.models.base.house import House, HouseUnit
from data.models.base.project import Project
from data.models.base.safety import HouseSafety
from data.models.base.task import TaskProject

__all__ = ["House", "HouseSafety", "HouseUnit", "Project", "ScoreRecord", "TaskProject"]
