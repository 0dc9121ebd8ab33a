"""Cubes, declared by database."""

from data.cubes.housing_support import CUBES as HOUSING_SUPPORT
from data.cubes.property_market import CUBES as PROPERTY_MARKET
from data.cubes.property_service import CUBES as PROPERTY_SERVICE

ALL_CUBES = (*PROPERTY_MARKET, *HOUSING_SUPPORT, *PROPERTY_SERVICE)

__all__ = ["ALL_CUBES"]
