"""Indicators, declared by cockpit."""

from data.indicators.housing import INDICATORS as HOUSING

ALL_INDICATORS = HOUSING

__all__ = ["ALL_INDICATORS"]
