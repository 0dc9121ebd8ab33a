"""Cubes, declared by database."""

from data.cubes.housing_support import CUBES as HOUSING_SUPPORT
from data.cubes.property_market import CUBES as PROPERTY_MARKET

ALL_CUBES = (*PROPERTY_MARKET, *HOUSING_SUPPORT)

__all__ = ["ALL_CUBES"]
