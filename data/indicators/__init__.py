"""Indicators, declared by cockpit."""

from data.indicators.housing import INDICATORS as HOUSING
from data.indicators.housing_support import INDICATORS as HOUSING_SUPPORT

ALL_INDICATORS = (*HOUSING, *HOUSING_SUPPORT)

__all__ = ["ALL_INDICATORS"]
