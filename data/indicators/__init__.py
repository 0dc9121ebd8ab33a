"""Indicators, declared by cockpit."""

from data.indicators.housing import INDICATORS as HOUSING
from data.indicators.housing_support import INDICATORS as HOUSING_SUPPORT
from data.indicators.property_service import INDICATORS as PROPERTY_SERVICE
from data.indicators.urban_renewal import INDICATORS as URBAN_RENEWAL

ALL_INDICATORS = (*HOUSING, *HOUSING_SUPPORT, *URBAN_RENEWAL, *PROPERTY_SERVICE)

__all__ = ["ALL_INDICATORS"]
