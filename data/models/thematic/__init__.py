"""Thematic databases (专题库): the property market, housing support, services."""

from data.models.thematic.housing_support import SupportHome, SupportHousehold
from data.models.thematic.property_market import DeveloperProject, DevelopmentProject, EscrowEntry, SalesContract
from data.models.thematic.service import ServiceCase, SupervisedTask

__all__ = [
    "DeveloperProject",
    "DevelopmentProject",
    "EscrowEntry",
    "SalesContract",
    "ServiceCase",
    "SupervisedTask",
    "SupportHome",
    "SupportHousehold",
]
