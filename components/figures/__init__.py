"""Chart builders, one a kind of chart: plain values in, a plain figure dict out."""

from components.figures.bars import bands, bars, ranking, waterfall
from components.figures.base import Band, Event, Figure, Mark, Reference, Series
from components.figures.lines import combo, lines
from components.figures.maps import Area, district_map
from components.figures.shares import shares
from components.figures.spark import sparkline
from components.figures.tables import Small, heatmap, multiples
from components.figures.tracks import bullets, progress

__all__ = [
    "Area",
    "Band",
    "Event",
    "Figure",
    "Mark",
    "Reference",
    "Series",
    "Small",
    "bands",
    "bars",
    "bullets",
    "combo",
    "district_map",
    "heatmap",
    "lines",
    "multiples",
    "progress",
    "ranking",
    "shares",
    "sparkline",
    "waterfall",
]
