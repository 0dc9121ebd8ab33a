"""Indicators, declared by cockpit."""

from data.indicators.housing import INDICATORS as HOUSING
from data.indicators.property_service import INDICATORS as PROPERTY_SERVICE

ALL_INDICATORS = (*HOUSING, *PROPERTY_SERVICE)

__all__ = ["ALL_INDICATORS"]
