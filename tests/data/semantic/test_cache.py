"""What is kept is bounded by its weight, whatever is asked."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from data.access.viewer import SYSTEM
from data.semantic.cache import Brief, Key, ResultCache
from data.semantic.engine import VALUES_OF_AN_ENTRY, Engine
from data.semantic.spec import Bucket, Query
from tests.data.semantic.market import Market


def kept(cache: ResultCache, *names: str) -> list[Any]:
    return [cache.get(Key(name)) for name in names]


def test_the_heavy_push_out_the_old():
    cache = ResultCache(10, len)
    for name in ("aaaa", "bbbb", "cccc"):
        assert cache.get_many([Key(name)], lambda *_, name=name: [name]) == [name]
    assert kept(cache, "aaaa", "bbbb", "cccc") == [None, "bbbb", "cccc"]
    assert cache.filled == 8


def test_what_exceeds_all_room_is_given_and_not_kept():
    cache = ResultCache(10, len)
    cache.get_many([Key("small")], lambda *_: ["small"])
    assert cache.get_many([Key("large")], lambda *_: ["x" * 11]) == ["x" * 11]
    assert kept(cache, "small", "large") == ["small", None]


def test_a_failure_weighs_like_one():
    cache = ResultCache(10, len)
    cache.get_many([Key("failed")], lambda *_: [Brief(ValueError())])
    assert cache.filled == 1


def test_long_answers_leave_fewer_of_them(market: Market):
    """A worker's memory stays bounded though each question asks for every day of years."""
    days = [date(2024, 1, 1) + timedelta(days=number) for number in range(800)]
    spans = tuple(Bucket(day, day + timedelta(days=1)) for day in days)
    room = 60
    engine = Engine(market.db, market.registry, room)
    short = [Query((code,), spans[:1]) for code in ("ZF01", "ZF02", "ZF04")]
    engine.answers(short, SYSTEM)
    assert engine._cache.filled == len(short)
    for code in ("ZF02", "ZF02-units", "ZF03", "ZF06"):
        answer = engine.answer(Query((code,), spans, ("district",)), SYSTEM)
        assert len(answer[code].values) * len(spans) > 20 * VALUES_OF_AN_ENTRY
        assert engine._cache.filled <= room
