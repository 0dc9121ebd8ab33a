"""Results in memory: bounded, keyed by the versions they rest on, each computed once however many ask."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from threading import RLock
from typing import Any, cast

from cachetools import LRUCache
from dogpile.cache import CacheRegion, make_region
from dogpile.cache.api import CachedValue, NoValue

BRIEF_SECONDS = 5.0
"""How long a failure answers for its question, so that a crowd of waiters does not repeat it one by one."""


class _LockedLRU(LRUCache[Any, Any]):
    """An LRU dictionary that threads may share; what alone is larger than all of it is not kept."""

    def __init__(self, room: int, size_of: Callable[[Any], int]) -> None:
        def size(kept: Any) -> int:
            value = kept.payload if isinstance(kept, CachedValue) else kept
            return 1 if isinstance(value, Brief) else max(1, size_of(value))

        super().__init__(room, size)
        self._lock = RLock()

    def get(self, key: Any, default: Any = None) -> Any:
        with self._lock:
            return super().get(key, default)

    def __setitem__(self, key: Any, value: Any) -> None:
        with self._lock:
            if self.getsizeof(value) <= self.maxsize:
                super().__setitem__(key, value)
            else:
                super().pop(key, None)

    def pop(self, key: Any, *default: Any) -> Any:
        with self._lock:
            return super().pop(key, *default)


class Key:
    """What a result is kept under: any hashable content, in some order (dogpile takes its locks in order)."""

    __slots__ = ("_content", "_hash")

    def __init__(self, *content: Any) -> None:
        self._content = content
        self._hash = hash(content)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Key) and self._content == other._content

    def __lt__(self, other: Key) -> bool:
        return self._hash < other._hash


class Brief:
    """A result that answers for a few seconds only: an error, or what was drawn of one."""

    def __init__(self, content: Any) -> None:
        self.content = content
        self.until = time.monotonic() + BRIEF_SECONDS


class ResultCache:
    """Single flight for each key within a process; a failure is shared by those who wait for it.

    ``room`` is how much is kept, in what ``size_of`` a value counts (by default each for one): the least recently
    used values go first. Memory is bounded by what a value weighs, not by how many there are.
    """

    def __init__(self, room: int, size_of: Callable[[Any], int] = lambda _: 1) -> None:
        self._kept = _LockedLRU(room, size_of)
        self._region: CacheRegion = make_region().configure(
            "dogpile.cache.memory", arguments={"cache_dict": self._kept}
        )

    @property
    def filled(self) -> int:
        """How much of the room is taken."""
        return int(self._kept.currsize)

    def get(self, key: Key) -> Any:
        """What is kept under ``key``; None where it would have to be computed."""
        kept = self._region.get(cast(Any, key))
        return None if isinstance(kept, Brief | NoValue) else kept

    def get_many(self, keys: Sequence[Key], compute: Callable[..., list[Any]]) -> list[Any]:
        """Values of ``keys`` in order; ``compute(*missing)`` gives those not kept, failures as :class:`Brief`."""
        for key in keys:
            kept = self._region.get(cast(Any, key))
            if isinstance(kept, Brief) and kept.until < time.monotonic():
                self._region.delete(cast(Any, key))

        def compute_late(*missing: Key) -> list[Any]:
            # Whoever waited for a lock finds here what its holder has computed meanwhile: dogpile does not look again.
            found = {key: self._region.get(cast(Any, key)) for key in missing}
            late = tuple(key for key, kept in found.items() if isinstance(kept, NoValue))
            found.update(zip(late, compute(*late) if late else (), strict=True))
            return [found[key] for key in missing]

        return list(self._region.get_or_create_multi(cast(Any, list(keys)), compute_late))
