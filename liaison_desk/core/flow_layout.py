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

WEIGHED = 500
"""Up to so many lines two layouts are weighed against each other."""

CARD, CARD_HEIGHT = 196.0, 60.0
SMALL, SMALL_HEIGHT = 150.0, 42.0
"""A box of an account or victim, and one of a way out or a sum."""
GAP = 132.0
"""Between two levels: room for the curve and its label."""
SLOT = 72.0
"""From one box to the next below it."""
MARGIN = 16.0
LETTER, LABEL = 5.6, 14.0
"""Width of a letter and height of a label on a line, as the fonts of screen and paper have them about."""
_TRIED = (0.5, 0.58, 0.42, 0.66, 0.34, 0.74, 0.26)
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
    """The line of an edge: a cubic curve from start to end, and its width."""

    start: Point
    first: Point
    second: Point
    end: Point
    width: float

    def at(self, part: float) -> Point:
        """The point of the curve after that part of it, from 0 to 1."""
        # Written out: a frame of a large picture asks for thousands of these.
        rest = 1 - part
        a, b, c, d = rest**3, 3 * rest * rest * part, 3 * rest * part * part, part**3
        return (
            a * self.start[0] + b * self.first[0] + c * self.second[0] + d * self.end[0],
            a * self.start[1] + b * self.first[1] + c * self.second[1] + d * self.end[1],
        )


@dataclass(frozen=True)
class Layout:
    """A picture with its boxes and lines."""

    picture: FlowPicture
    boxes: Mapping[str, Box]
    curves: tuple[Curve, ...]
    """One an edge, in the order of the edges."""
    labels: tuple[Point | None, ...]
    """The middle of each edge's label; None where there is no room for one beside larger amounts."""

    @cached_property
    def width(self) -> float:
        return max((box.right for box in self.boxes.values()), default=0.0) + MARGIN

    @cached_property
    def height(self) -> float:
        return max((box.bottom for box in self.boxes.values()), default=0.0) + MARGIN


Line = tuple[int, int, int]
"""An edge between two nodes by their numbers, and its fen."""


def skeleton(picture: FlowPicture) -> tuple[list[int], list[Line]]:
    """What ``rows`` needs of a picture, as plain numbers that another process can be handed."""
    place = {node.key: at for at, node in enumerate(picture.nodes)}
    lines = [
        (place[edge.source], place[edge.target], edge.fen)
        for edge in picture.edges
        # A way back would pull the boxes of both ends towards each other and cross everything between.
        if not edge.back
    ]
    return [node.level for node in picture.nodes], lines


def rows(levels: Sequence[int], lines: Sequence[Line]) -> list[float]:
    """The row of each node, from 0 downwards; two nodes of a level are at least one row apart.

    The library knows no weights: it is asked once for all lines and once for each node's largest alone, and the
    answer in which less money crosses is taken.
    """
    if not levels:
        return []
    best = _placed(levels, lines)
    if len(lines) <= WEIGHED:
        largest: dict[int, Line] = {}
        for line in lines:
            if line[1] not in largest or line[2] > largest[line[1]][2]:
                largest[line[1]] = line
        if len(largest) < len(lines):
            other = _placed(levels, list(largest.values()))
            best = min(best, other, key=lambda found: _crossing(levels, lines, found))
    return best


def _placed(levels: Sequence[int], lines: Sequence[Line]) -> list[float]:
    # 1.0 of the library dies of a segmentation fault on some graphs with ends that nothing leads to; 0.11 does not.
    import igraph

    graph = igraph.Graph(len(levels), [line[:2] for line in lines], directed=True)
    found = graph.layout_sugiyama(layers=list(levels), hgap=1, maxiter=200)
    return _apart(levels, [float(across) for across, _ in found.coords[: len(levels)]])


def _crossing(levels: Sequence[int], lines: Sequence[Line], found: Sequence[float]) -> int:
    """Fen of the smaller line of every two that cross between the same levels."""
    between: dict[tuple[int, int], list[tuple[float, float, int]]] = {}
    for source, target, fen in lines:
        between.setdefault((levels[source], levels[target]), []).append((found[source], found[target], fen))
    crossing = 0
    for there in between.values():
        there.sort()
        for at, (begin, end, fen) in enumerate(there):
            for other_begin, other_end, other in there[at + 1 :]:
                if begin < other_begin and end > other_end:
                    crossing += min(fen, other)
    return crossing


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
    curves = tuple(_curve(boxes[edge.source], boxes[edge.target], edge, largest) for edge in picture.edges)
    return Layout(picture, boxes, curves, _labels(picture, boxes, curves))


def _labels(
    picture: FlowPicture, boxes: Mapping[str, Box], curves: Sequence[Curve]
) -> tuple[Point | None, ...]:
    """Places on the lines that lie on no box and on no label of a larger amount."""
    taken: dict[tuple[int, int], list[Box]] = {}

    def cells(box: Box) -> list[tuple[int, int]]:
        across = range(int(box.x // CARD), int(box.right // CARD) + 1)
        down = range(int(box.y // SLOT), int(box.bottom // SLOT) + 1)
        return [(column, row) for column in across for row in down]

    def take(box: Box) -> None:
        for cell in cells(box):
            taken.setdefault(cell, []).append(box)

    for box in boxes.values():
        take(box)
    found: list[Point | None] = [None] * len(curves)
    for at in sorted(range(len(curves)), key=lambda at: (-picture.edges[at].fen, at)):
        edge, curve = picture.edges[at], curves[at]
        half = (len(str(edge.fen)) + len(str(edge.fen)) // 3 + 12) * LETTER / 2
        for part in _TRIED:
            x, y = curve.at(part)
            place = Box(x - half, y - LABEL / 2, 2 * half, LABEL)
            if not any(_overlap(place, other) for cell in cells(place) for other in taken.get(cell, ())):
                take(place)
                found[at] = (round(x, 2), round(y, 2))
                break
    return tuple(found)


def _overlap(one: Box, other: Box) -> bool:
    return one.x < other.right and other.x < one.right and one.y < other.bottom and other.y < one.bottom


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
