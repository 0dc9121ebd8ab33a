"""The semantic engine. It knows no particular indicator: they are declared in ``data.cubes``, ``data.indicators``."""
