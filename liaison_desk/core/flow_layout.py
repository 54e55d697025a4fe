"""Where each box of a fund-flow picture stands: levels from left to right, crossings made few.

The order within the levels and the lines of boxes are those of igraph's Sugiyama layout; here they become pixels
at 100 %. The same picture gives the same layout. igraph is loaded with the first layout; above SOON nodes it takes
longer than a frame, and the window lays out in a process of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from liaison_desk.core.flow import FlowEdge, FlowPicture, NodeKind

SOON = 300
"""Up to so many nodes a layout is made within a frame or two."""

CARD, CARD_HEIGHT = 196.0, 60.0
SMALL, SMALL_HEIGHT = 150.0, 42.0
"""A box of an account or victim, and one of a way out or a sum."""
GAP = 132.0
"""Between two levels: room for the curve and its label."""
SLOT = 76.0
"""From one box to the next below it."""
MARGIN = 16.0
THICKEST, THINNEST = 10.0, 1.4
"""Of the lines, for the largest amount of the picture and for next to nothing."""


@dataclass(frozen=True, slots=True)
class Box:
    """A place on the picture, in pixels at 100 %; y grows downwards."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def middle(self) -> float:
        return self.y + self.height / 2


Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Curve:
    """The line of an edge: a cubic curve from start to end, its width, and where its label stands."""

    start: Point
    first: Point
    second: Point
    end: Point
    width: float

    @property
    def label(self) -> Point:
        """The middle of the curve."""
        (ax, ay), (bx, by), (cx, cy), (dx, dy) = self.start, self.first, self.second, self.end
        return (ax + 3 * bx + 3 * cx + dx) / 8, (ay + 3 * by + 3 * cy + dy) / 8


@dataclass(frozen=True)
class Layout:
    """A picture with its boxes and lines."""

    picture: FlowPicture
    boxes: Mapping[str, Box]
    curves: tuple[Curve, ...]
    """One an edge, in the order of the edges."""

    @cached_property
    def width(self) -> float:
        return max((box.right for box in self.boxes.values()), default=0.0) + MARGIN

    @cached_property
    def height(self) -> float:
        return max((box.bottom for box in self.boxes.values()), default=0.0) + MARGIN


Pairs = Sequence[tuple[int, int]]


def skeleton(picture: FlowPicture) -> tuple[list[int], list[tuple[int, int]]]:
    """What ``rows`` needs of a picture, as plain numbers that another process can be handed."""
    place = {node.key: at for at, node in enumerate(picture.nodes)}
    pairs = [
        (place[edge.source], place[edge.target])
        for edge in picture.edges
        # A way back would pull the boxes of both ends towards each other and cross everything between.
        if not edge.back
    ]
    return [node.level for node in picture.nodes], pairs


def rows(levels: Sequence[int], pairs: Pairs) -> list[float]:
    """The row of each node, from 0 downwards; two nodes of a level are at least one row apart."""
    if not levels:
        return []
    import igraph

    graph = igraph.Graph(len(levels), list(pairs), directed=True)
    found = graph.layout_sugiyama(layers=list(levels), hgap=1, maxiter=200)
    return _apart(levels, [float(across) for across, _ in found.coords[: len(levels)]])


def lay_out(picture: FlowPicture, placed: Sequence[float] | None = None) -> Layout:
    """Boxes by level from left to right, and the lines between them; ``placed``: rows made elsewhere."""
    if placed is None:
        placed = rows(*skeleton(picture))
    boxes: dict[str, Box] = {}
    for node, row in zip(picture.nodes, placed, strict=True):
        small = node.kind in (NodeKind.EXIT, NodeKind.SUM)
        width, height = (SMALL, SMALL_HEIGHT) if small else (CARD, CARD_HEIGHT)
        top = MARGIN + row * SLOT + (CARD_HEIGHT - height) / 2
        boxes[node.key] = Box(MARGIN + node.level * (CARD + GAP), top, width, height)
    largest = max((edge.fen for edge in picture.edges), default=0)
    return Layout(
        picture,
        boxes,
        tuple(_curve(boxes[edge.source], boxes[edge.target], edge, largest) for edge in picture.edges),
    )


def _apart(levels: Sequence[int], found: list[float]) -> list[float]:
    """Rows of one level kept apart whatever the library gave, and the first at 0."""
    members: dict[int, list[int]] = {}
    for at, level in enumerate(levels):
        members.setdefault(level, []).append(at)
    for there in members.values():
        there.sort(key=lambda at: (found[at], at))
        for before, at in pairwise(there):
            found[at] = max(found[at], found[before] + 1)
    top = min(found)
    return [round(row - top, 3) for row in found]


def _curve(source: Box, target: Box, edge: FlowEdge, largest: int) -> Curve:
    # The root keeps a line of a hundredth of the largest visible; the area of a stroke need not be to scale.
    weight = (edge.fen / largest) ** 0.5 if largest else 0.0
    width = round(THINNEST + (THICKEST - THINNEST) * weight, 2)
    if not edge.back:
        start, end = (source.right, source.middle), (target.x, target.middle)
        bend = (end[0] - start[0]) / 2
        return Curve(start, (start[0] + bend, start[1]), (end[0] - bend, end[1]), end, width)
    # Money that comes back leaves and arrives below the boxes, in a bow under them.
    low = max(source.bottom, target.bottom) + SLOT * 0.45
    start = (source.x + source.width / 2, source.bottom)
    end = (target.x + target.width / 2 + (18 if source == target else 0), target.bottom)
    return Curve(start, (start[0], low), (end[0], low), end, width)
