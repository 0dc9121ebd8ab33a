"""Thematic databases (专题库): the property market."""

from data.models.thematic.property_market import DeveloperProject, DevelopmentProject, EscrowEntry, SalesContract

__all__ = ["DeveloperProject", "DevelopmentProject", "EscrowEntry", "SalesContract"]
