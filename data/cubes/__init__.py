"""Cubes, declared by database."""

from data.cubes.property_market import CUBES as PROPERTY_MARKET

ALL_CUBES = PROPERTY_MARKET

__all__ = ["ALL_CUBES"]
