"""Cubes, declared by database."""

from data.cubes.property_market import CUBES as PROPERTY_MARKET
from data.cubes.property_service import CUBES as PROPERTY_SERVICE

ALL_CUBES = (*PROPERTY_MARKET, *PROPERTY_SERVICE)

__all__ = ["ALL_CUBES"]
