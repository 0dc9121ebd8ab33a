"""Outlines of the districts, for a schematic map: not a boundary to decide anything by."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from data.reference.load import FOLDER

Point = tuple[float, float]


@dataclass(frozen=True)
class Outline:
    """A district's rings of (longitude, latitude) in degrees, WGS-84, and where its label stands."""

    region: str
    rings: tuple[tuple[Point, ...], ...]
    label_at: Point


@dataclass(frozen=True)
class Outlines:
    """All districts that have a shape, and what a map of them must say of its source."""

    districts: tuple[Outline, ...]
    credit: str


@cache
def outlines() -> Outlines:
    """The districts' outlines as shipped."""
    found = json.loads((FOLDER / "districts.geojson").read_text(encoding="utf-8"))
    return Outlines(tuple(_outline(feature) for feature in found["features"]), found["credit"])


def _outline(feature: dict[str, Any]) -> Outline:
    shape = feature["geometry"]
    polygons = shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]
    rings = tuple(tuple((lon, lat) for lon, lat in ring) for polygon in polygons for ring in polygon)
    lon, lat = feature["properties"]["label_point"]
    return Outline(feature["id"], rings, (lon, lat))
