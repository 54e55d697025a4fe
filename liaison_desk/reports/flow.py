"""The fund-flow picture on paper: drawn as lines and letters, crisp at any size, on A4 or A3 or inside another paper.

A picture that would be too small to be read goes on several sheets, cut between levels and between boxes. What is
summed up or left out stands on it in figures.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from reportlab.lib.colors import Color, HexColor, white
from reportlab.lib.pagesizes import A3, A4, landscape
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable

from liaison_desk.core.flow import FlowNode, NodeKind
from liaison_desk.core.flow_layout import CARD, GAP, MARGIN, SLOT, Box, Layout
from liaison_desk.core.flow_words import MARK_WORDS, Mark, card, edge_label, inputs, spans_days
from liaison_desk.core.papers import Rendered
from liaison_desk.core.words import Message, Say, msg
from liaison_desk.reports import fonts, lines, style

SIZES = {"A4": landscape(A4), "A3": landscape(A3)}
LARGEST_SCALE, SMALLEST_SCALE, SQUEEZED_SCALE = 0.75, 0.46, 0.38
"""Points a pixel. At the smallest the smallest letters have 5 points; somewhat less keeps all levels on one sheet."""
BLEED = 8.0
"""Pixels drawn beyond a part's edge, so that no label on it is cut through."""
_EMBEDDED: dict[str, Any] = {"initialFontName": fonts.REGULAR}
"""Without this every page would name Helvetica, which no paper embeds."""
EDGE = 12 * mm
HEAD, FOOT = 42.0, 34.0

_FLOW: Color = HexColor(0xA9BBD6)
_BACK: Color = HexColor(0x8468A8)
_MARKS: dict[Mark, Color] = {
    Mark.VICTIM: HexColor(0x11509F),
    Mark.PLAIN: HexColor(0x7B8594),
    Mark.OPEN: HexColor(0x8A4B08),
    Mark.STOPPED: HexColor(0x3F74BF),
    Mark.FROZEN: HexColor(0x1C7149),
    Mark.OUT: HexColor(0x4D586A),
    Mark.SUM: HexColor(0xA3ACBB),
}


@dataclass(frozen=True)
class Tile:
    """A part of the picture for one sheet, in its pixels at 100 %."""

    x: float
    y: float
    width: float
    height: float

    def holds(self, box: Box) -> bool:
        return (
            box.x < self.x + self.width
            and box.right > self.x
            and box.y < self.y + self.height
            and box.bottom > self.y
        )


def draw(layout: Layout, say: Say, width: float, height: float) -> Flowable:
    """The whole picture in so many points, for another paper; the letters shrink with it."""
    scale = min(width / layout.width, height / layout.height, LARGEST_SCALE)
    return Picture(layout, say, fonts.Typesetter(), Tile(0, 0, layout.width, layout.height), scale)


def sheets(layout: Layout, say: Say, width: float, height: float) -> list[Flowable]:
    """The picture in parts of at most so many points, each of them readable."""
    setter = fonts.Typesetter()
    scale, found = tiles(layout, width, height)
    return [Picture(layout, say, setter, tile, scale) for tile in found]


def render(layout: Layout, say: Say, size: str = "A4") -> Rendered:
    """The picture as a paper of its own, A4 or A3 across; the same picture gives the same bytes."""
    setter = fonts.Typesetter()
    page = SIZES[size]
    width, height = page[0] - 2 * EDGE, page[1] - 2 * EDGE - HEAD - FOOT
    scale, found = tiles(layout, width, height)
    flow = layout.picture.flow
    title = setter.drawn(say(_title(layout)))
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=page, invariant=1, **_EMBEDDED)
    canvas.setTitle(title)
    canvas.setCreator("Liaison Desk")
    about = setter.drawn(" · ".join(map(say, inputs(layout.picture))))
    for number, tile in enumerate(found, 1):
        top = page[1] - EDGE
        lines.draw_line(canvas, EDGE, top - 14, title, 14, bold=True)
        counted = say("Page {page} of {pages}", page=number, pages=len(found))
        lines.draw_line(
            canvas, page[0] - EDGE, top - 12, counted, style.SMALL, color=style.QUIET, align="right"
        )
        place = setter.drawn(" · ".join(part for part in (flow.office, say(_masked())) if part))
        lines.draw_line(
            canvas, page[0] - EDGE, top - 25, place, style.SMALL, color=style.QUIET, align="right"
        )
        room = width - fonts.width(place, style.SMALL) - 12
        first = lines.broken(about, room, style.SMALL)
        for at, line in enumerate(first[:2]):
            lines.draw_line(canvas, EDGE, top - 26 - at * 10, line, style.SMALL, color=style.QUIET)
        picture = Picture(layout, say, setter, tile, scale)
        picture.drawOn(canvas, EDGE, top - HEAD - picture.height)
        _legend(canvas, say, setter, EDGE, EDGE, width)
        canvas.showPage()
    canvas.save()
    return Rendered(out.getvalue(), tuple(setter.missing))


def _title(layout: Layout) -> Message:
    return msg("Fund flow · case {case}", case=layout.picture.flow.case_number)


def _masked() -> Message:
    return msg("Masked · internal")


def _legend(canvas: Canvas, say: Say, setter: fonts.Typesetter, x: float, y: float, width: float) -> None:
    canvas.setStrokeColor(style.LINE)
    canvas.setLineWidth(style.HAIR)
    canvas.line(x, y + FOOT - 8, x + width, y + FOOT - 8)
    left, row = x, y + FOOT - 22
    for mark in Mark:
        text = setter.drawn(say(MARK_WORDS[mark]))
        long = fonts.width(text, style.SMALL) + 30
        if left + long > x + width:
            left, row = x, row - 12
        canvas.setFillColor(_MARKS[mark])
        canvas.rect(left, row - 2, 3, 10, stroke=0, fill=1)
        _shape(canvas, mark, left + 9.5, row + 3, 3.2)
        lines.draw_line(canvas, left + 16, row, text, style.SMALL)
        left += long


# --- parts --------------------------------------------------------------------------------------


def tiles(layout: Layout, width: float, height: float) -> tuple[float, list[Tile]]:
    """The scale and the parts in which a picture goes on sheets of so many points, row by row."""
    if not layout.boxes:
        return 1.0, [Tile(0, 0, max(layout.width, 1.0), max(layout.height, 1.0))]
    whole = min(width / layout.width, height / layout.height, LARGEST_SCALE)
    if whole >= SMALLEST_SCALE - 0.02:
        return whole, [Tile(0, 0, layout.width, layout.height)]
    scale = min(width / layout.width, LARGEST_SCALE)
    if scale < SQUEEZED_SCALE:
        scale = SMALLEST_SCALE
    across, down = _columns(layout, width / scale), _cuts(layout, height / scale)
    found = [
        Tile(left, top, right - left, bottom - top)
        for top, bottom in pairwise(down)
        for left, right in across
    ]
    return scale, [tile for tile in found if any(tile.holds(box) for box in layout.boxes.values())]


def _columns(layout: Layout, room: float) -> list[tuple[float, float]]:
    """The levels in shares of about the same number; the gap between two sheets is on both, so that a line that
    goes on is seen to go on, with its amount."""
    if layout.width <= room:
        return [(0.0, layout.width)]
    step, levels = CARD + GAP, layout.picture.levels + 1
    most = max(1, int((room - 2 * GAP - 2 * MARGIN) // step))
    count = -(-levels // most)
    firsts = [levels * sheet // count for sheet in range(count)]
    found = []
    for first, after in pairwise([*firsts, levels]):
        left = MARGIN + first * step - GAP if first else 0.0
        right = MARGIN + after * step if after < levels else layout.width
        found.append((left, right))
    return found


def _cuts(layout: Layout, room: float) -> list[float]:
    """Where a picture is cut between its rows: through as few boxes as can be."""
    boxes = sorted((box.y, box.bottom) for box in layout.boxes.values())
    cuts = [0.0]
    while layout.height - cuts[-1] > room:
        lowest = cuts[-1] + room

        def through(at: float) -> int:
            return sum(1 for top, bottom in boxes if top < at < bottom)

        tried = [lowest - part * 4 for part in range(int(SLOT * 2 // 4))]
        cuts.append(min(tried, key=lambda at: (through(at), -at)))
    return [*cuts, layout.height]


class Picture(Flowable):
    """A part of a layout, drawn to scale."""

    def __init__(self, layout: Layout, say: Say, setter: fonts.Typesetter, tile: Tile, scale: float) -> None:
        super().__init__()
        self._layout, self._say, self._setter = layout, say, setter
        self._tile, self._scale = tile, scale
        self.width, self.height = tile.width * scale, tile.height * scale
        self._zone = ZoneInfo(layout.picture.flow.zone_name)
        self._days = spans_days(layout.picture, self._zone)

    def wrap(self, availWidth: float, availHeight: float) -> tuple[float, float]:
        return self.width, self.height

    def draw(self) -> None:
        canvas: Canvas = self.canv
        canvas.saveState()
        path = canvas.beginPath()
        bleed = BLEED * self._scale
        path.rect(-bleed, -bleed, self.width + 2 * bleed, self.height + 2 * bleed)
        canvas.clipPath(path, stroke=0, fill=0)
        # From here on in the picture's pixels, y still upwards: boxes are turned one by one.
        canvas.scale(self._scale, self._scale)
        canvas.translate(-self._tile.x, 0)
        self._lines(canvas)
        for node in self._layout.picture.nodes:
            box = self._layout.boxes[node.key]
            if self._tile.holds(box):
                self._box(canvas, node, box)
        self._labels(canvas)
        canvas.restoreState()

    def _up(self, y: float) -> float:
        """A picture's y, which grows downwards, on paper."""
        return self._tile.y + self._tile.height - y

    def _lines(self, canvas: Canvas) -> None:
        for edge, curve in zip(self._layout.picture.edges, self._layout.curves, strict=True):
            canvas.setStrokeColor(_BACK if edge.back else _FLOW)
            canvas.setLineWidth(curve.width)
            canvas.setDash([4.0, 3.0] if edge.back else [])
            path = canvas.beginPath()
            path.moveTo(curve.start[0], self._up(curve.start[1]))
            path.curveTo(
                curve.first[0],
                self._up(curve.first[1]),
                curve.second[0],
                self._up(curve.second[1]),
                curve.end[0],
                self._up(curve.end[1]),
            )
            canvas.drawPath(path, stroke=1, fill=0)
        canvas.setDash([])

    def _labels(self, canvas: Canvas) -> None:
        for edge, place in zip(self._layout.picture.edges, self._layout.labels, strict=True):
            if place is None:
                continue
            x, y = place
            if not (0 <= y - self._tile.y <= self._tile.height and 0 <= x - self._tile.x <= self._tile.width):
                continue
            text = self._setter.drawn(self._say(edge_label(edge, self._zone, self._days)))
            long = fonts.width(text, 11)
            canvas.setFillColor(white)
            canvas.rect(x - long / 2 - 2, self._up(y) - 6.5, long + 4, 13, stroke=0, fill=1)
            lines.draw_line(canvas, x - long / 2, self._up(y) - 4, text, 11)

    def _box(self, canvas: Canvas, node: FlowNode, box: Box) -> None:
        made = card(self._layout.picture.flow, node, self._say)
        low = self._up(box.bottom)
        canvas.setFillColor(white)
        canvas.setStrokeColor(style.LINE)
        canvas.setLineWidth(0.8)
        canvas.setDash([3.0, 2.0] if node.kind is NodeKind.SUM else [])
        canvas.roundRect(box.x, low, box.width, box.height, 4, stroke=1, fill=1)
        canvas.setDash([])
        canvas.setFillColor(_MARKS[made.mark])
        canvas.rect(box.x, low, 5, box.height, stroke=0, fill=1)
        left, room = box.x + 13, box.width - 21
        name = made.name if isinstance(made.name, str) else self._say(made.name)
        if node.kind in (NodeKind.EXIT, NodeKind.SUM):
            _shape(canvas, made.mark, left + 5, low + box.height - 12, 5)
            self._text(
                canvas, left + 16, low + box.height - 16, self._say(made.head), 11, room - 16, style.QUIET
            )
            self._text(canvas, left, low + 8, name, 12, room, style.INK, bold=True)
            return
        shared = self._say(made.shared) if made.shared is not None else ""
        less = fonts.width(self._setter.drawn(shared), 11) + 8 if shared else 0.0
        top = low + box.height
        self._text(canvas, left, top - 16, self._say(made.head), 11, room - less, style.QUIET)
        if shared:
            right = box.right - 8
            lines.draw_line(
                canvas,
                right,
                top - 16,
                self._setter.drawn(shared),
                11,
                color=_MARKS[Mark.OPEN],
                align="right",
            )
        self._text(canvas, left, top - 34, name, 12, room, style.INK, bold=True)
        _shape(canvas, made.mark, left + 5, top - 48, 5)
        self._text(canvas, left + 16, top - 52, self._say(made.fact), 11, room - 16, style.INK)

    def _text(
        self,
        canvas: Canvas,
        x: float,
        y: float,
        text: str,
        size: float,
        room: float,
        color: Color,
        *,
        bold: bool = False,
    ) -> None:
        drawn = _cut(self._setter.drawn(text), size, room, bold)
        lines.draw_line(canvas, x, y, drawn, size, color=color, bold=bold)


def _cut(text: str, size: float, room: float, bold: bool) -> str:
    """As much of a text as fits, with an ellipsis where something is missing."""
    if fonts.width(text, size, bold) <= room:
        return text
    while text and fonts.width(text + "…", size, bold) > room:
        text = text[:-1]
    return text + "…"


def _shape(canvas: Canvas, mark: Mark, x: float, y: float, half: float) -> None:
    """The mark of a box as a shape of its own, so that a copy without colours tells the same."""
    canvas.setFillColor(_MARKS[mark])
    canvas.setStrokeColor(_MARKS[mark])
    canvas.setLineWidth(half / 3)
    if mark is Mark.VICTIM:
        canvas.circle(x, y, half * 0.8, stroke=0, fill=1)
    elif mark is Mark.STOPPED:
        canvas.rect(x - half * 0.8, y - half * 0.8, half * 1.6, half * 1.6, stroke=0, fill=1)
    elif mark is Mark.OPEN:
        canvas.circle(x, y, half * 0.75, stroke=1, fill=0)
    else:
        for points in _STROKES[mark]:
            path = canvas.beginPath()
            for at, (across, up) in enumerate(points):
                (path.lineTo if at else path.moveTo)(x + across * half, y + up * half)
            if mark is Mark.FROZEN:
                path.close()
            canvas.drawPath(path, stroke=1, fill=1 if mark is Mark.FROZEN else 0)


_STROKES: dict[Mark, Sequence[Sequence[tuple[float, float]]]] = {
    Mark.FROZEN: [[(0, 0.9), (0.9, 0), (0, -0.9), (-0.9, 0)]],
    Mark.PLAIN: [[(-0.8, 0), (-0.2, -0.7), (0.9, 0.7)]],
    Mark.OUT: [[(-0.8, -0.8), (0.8, 0.8)], [(-0.8, 0.8), (0.8, -0.8)]],
    Mark.SUM: [[(-0.9, 0), (0.9, 0)], [(0, -0.9), (0, 0.9)]],
}
