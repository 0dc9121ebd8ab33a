"""The semantic engine. It knows no particular indicator: declarations live in ``data.cubes`` and ``data.indicators``."""
