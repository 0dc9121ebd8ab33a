"""Data sets that files can be read into. A new one is a model and one entry in a module of this package."""

from __future__ import annotations

from data.errors import PlatformError
from data.ingest.dataset import Dataset
from data.ingest.datasets import estates, market, support

DATASETS: dict[str, Dataset] = {item.name: item for item in (*market.DATASETS, *support.DATASETS, *estates.DATASETS)}


def dataset(name: str) -> Dataset:
    """The data set ``name``; PlatformError where there is none."""
    found = DATASETS.get(name)
    if found is None:
        listed = "、".join(f"{item.name}（{item.zh}）" for item in DATASETS.values())
        raise PlatformError(f"没有数据集“{name}”", "入库", f"可用的有：{listed}")
    return found
