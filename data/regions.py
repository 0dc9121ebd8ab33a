"""The region tree in memory: names, order, and which districts and towns a region holds."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from data.errors import PlatformError
from data.models import Region, RegionClosure
from data.semantic.versions import raise_versions

DISTRICT_KINDS = ("district", "unit")
"""Kinds of region that stand side by side in every table: districts, and the unit without a shape."""


@dataclass(frozen=True)
class RegionNode:
    """One region as the tree knows it."""

    id: str
    parent_id: str | None
    kind: str
    name: str
    short_name: str
    position: int
    functional_zone: bool = False
    aliases: tuple[str, ...] = ()


@dataclass
class Regions:
    """All regions. ``leaves`` answers from the closure, so that groups (市区, 三市) are as plain as districts."""

    nodes: dict[str, RegionNode]
    below: dict[str, frozenset[str]]
    _names: dict[str, str] = field(default_factory=dict)

    @classmethod
    def load(cls, connection: Connection) -> Regions:
        """The tree as the database has it; empty in a new database."""
        nodes = {
            row.id: RegionNode(
                row.id,
                row.parent_id,
                row.kind,
                row.name,
                row.short_name,
                row.position,
                row.functional_zone,
                tuple(filter(None, row.aliases.split("|"))),
            )
            for row in connection.execute(select(Region.__table__).order_by(Region.position, Region.id))
        }
        below: dict[str, set[str]] = {node: set() for node in nodes}
        for node_id, leaf_id in connection.execute(select(RegionClosure.node_id, RegionClosure.leaf_id)):
            below[node_id].add(leaf_id)
        names: dict[str, str] = {}
        for node in nodes.values():
            for word in (node.id, node.name, *node.aliases):
                names.setdefault(_plain(word), node.id)
        return cls(nodes, {node: frozenset(leaves) for node, leaves in below.items()}, names)

    @property
    def root(self) -> str:
        """Id of the whole city; empty in a new database."""
        return next((node.id for node in self.nodes.values() if node.parent_id is None), "")

    def resolve(self, region: str) -> str:
        """``region``, or the root for the empty string; refuses an unknown id."""
        if not region:
            return self.root
        if region not in self.nodes:
            raise PlatformError(f"没有区划 {region}", "区域筛选", "在筛选栏重新选择区域")
        return region

    def is_city(self, region: str) -> bool:
        """Whether ``region`` is the undivided city."""
        return self.resolve(region) == self.root

    def districts(self, region: str = "") -> tuple[str, ...]:
        """Districts within ``region`` in official order; the one a town lies in is not *within* the town."""
        inside = self.below.get(self.resolve(region), frozenset())
        return tuple(node.id for node in self.nodes.values() if node.kind in DISTRICT_KINDS and node.id in inside)

    def district_of(self, region: str) -> str | None:
        """The district that ``region`` is or lies in; None for the city and its groups."""
        node = self.nodes.get(region)
        while node is not None and node.kind not in DISTRICT_KINDS:
            node = self.nodes.get(node.parent_id) if node.parent_id else None
        return node.id if node else None

    def leaves(self, region: str) -> frozenset[str]:
        """Every region within ``region``, itself included."""
        return self.below[self.resolve(region)]

    def children(self, region: str) -> tuple[str, ...]:
        """Regions directly below, in order; groups are not children of the city but ways to look at it."""
        parent = self.resolve(region)
        if self.nodes[parent].kind == "group":
            return self.districts(parent)
        return tuple(n.id for n in self.nodes.values() if n.parent_id == parent and n.kind != "group")

    def groups(self) -> tuple[str, ...]:
        """Groups of districts, in order."""
        return tuple(node.id for node in self.nodes.values() if node.kind == "group")

    def name(self, region: str) -> str:
        """Full name."""
        return self.nodes[self.resolve(region)].name

    def short(self, region: str) -> str:
        """Name for axes and narrow cells."""
        return self.nodes[self.resolve(region)].short_name

    def find(self, text: str) -> str | None:
        """Id of a region by id, name or another of its writings, full-width or not; None if unknown."""
        return self._names.get(_plain(text))


def load_regions(connection: Connection, rows: Iterable[Mapping[str, Any]]) -> int:
    """Replace the tree by ``rows`` (columns of :class:`Region`) and compute its closure; returns their number.

    A group's members are the districts whose ``group_id`` names it. Replacing a tree that facts refer to fails on
    the foreign key, and nothing is changed.
    """
    records = [dict(row) for row in rows]
    groups = {row["id"]: row.pop("group_id", None) for row in records}
    parents = {row["id"]: row["parent_id"] for row in records}
    closure: set[tuple[str, str]] = set()
    for leaf in parents:
        node: str | None = leaf
        while node:
            closure.add((node, leaf))
            if groups.get(node):
                closure.add((groups[node], leaf))
            node = parents[node]
    connection.execute(delete(RegionClosure))
    existing = {row.id for row in connection.execute(select(Region.id))}
    for row in records:
        if row["id"] in existing:
            connection.execute(update(Region).where(Region.id == row["id"]), row)
    new = [row for row in records if row["id"] not in existing]
    if new:
        connection.execute(insert(Region), new)
    gone = existing - parents.keys()
    if gone:
        connection.execute(delete(Region).where(Region.id.in_(gone)))
    if closure:
        connection.execute(insert(RegionClosure), [{"node_id": n, "leaf_id": leaf} for n, leaf in sorted(closure)])
    raise_versions(connection, ("regions",))
    return len(records)


def _plain(text: str) -> str:
    """``text`` without the differences that writers make: width, brackets, spaces."""
    return unicodedata.normalize("NFKC", text).replace(" ", "").strip()
