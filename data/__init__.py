"""All below the glass: tables, semantic layer, ingestion, export, access, demonstration city.

Nothing in this package imports Dash, Plotly, ``components`` or ``pages``.
"""
