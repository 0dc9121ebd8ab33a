"""Thematic databases (专题库): the property market, housing support, estates, single buildings, services."""

from data.models.thematic.housing_support import SupportHome, SupportHousehold
from data.models.thematic.property_market import DeveloperProject, DevelopmentProject, EscrowEntry, SalesContract
from data.models.thematic.property_service import Estate, EstateRegister, RepairFundEntry
from data.models.thematic.service import ServiceCase, SupervisedTask
from data.models.thematic.smart_construction import SmartBuildProject

__all__ = [
    "DeveloperProject",
    "DevelopmentProject",
    "EscrowEntry",
    "SalesContract",
    "ServiceCase",
    "SupervisedTask",
    "SupportHome",
    "SupportHousehold",
    "Estate",
    "EstateRegister",
    "RepairFundEntry",
    "SmartBuildProject",
]
