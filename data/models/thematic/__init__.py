"""Thematic databases (专题库): the property market, estates and their repair fund, single buildings."""

from data.models.thematic.property_market import DeveloperProject, DevelopmentProject, EscrowEntry, SalesContract
from data.models.thematic.property_service import Estate, EstateRegister, RepairFundEntry
from data.models.thematic.smart_construction import SmartBuildProject

__all__ = [
    "DeveloperProject",
    "DevelopmentProject",
    "EscrowEntry",
    "Estate",
    "EstateRegister",
    "RepairFundEntry",
    "SalesContract",
    "SmartBuildProject",
]
