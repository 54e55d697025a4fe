"""Paints a fund-flow picture: the same on screen, in an SVG and in a PNG; what is too small to read is left out."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from PySide6.QtCore import QByteArray, QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen
from PySide6.QtSvg import QSvgRenderer

from liaison_desk.core.flow import FlowNode, NodeKind
from liaison_desk.core.flow_layout import Box, Curve, Layout
from liaison_desk.core.flow_words import ICONS, Card, Mark, card, edge_label, spans_days
from liaison_desk.core.words import Message, Say
from liaison_desk.ui import fonts
from liaison_desk.ui.colours import Share, Theme, Tone
from liaison_desk.ui.icons import source

READABLE = 0.42
"""Below this scale no words are painted: they would be a grey smear and cost a frame."""
CLEAR = 0.62
"""From this scale on the lines carry their amounts."""
FAR = 3.0
"""A line that is so many windows high is painted only where it is seen."""
BAR = 5.0
"""Width of the mark at the left of a box."""


@dataclass(frozen=True)
class Inks:
    """The colours of a picture, each ``#rrggbb``."""

    back: str
    surface: str
    raised: str
    line: str
    text: str
    muted: str
    flow: str
    back_flow: str
    lit: str
    chosen: str
    marks: dict[Mark, str]


def inks(theme: Theme) -> Inks:
    """A picture in the colours of a theme."""
    return Inks(
        back=theme.raised,
        surface=theme.surface,
        raised=theme.window,
        line=theme.line_strong,
        text=theme.text,
        muted=theme.muted,
        flow=_between(theme.accent, theme.surface, 0.38 if not theme.dark else 0.5),
        back_flow=theme.tints[Tone.REFUSED].fore,
        lit=theme.accent,
        chosen=theme.accent_soft,
        marks={
            Mark.VICTIM: theme.accent,
            Mark.PLAIN: theme.faint,
            Mark.OPEN: theme.soon,
            Mark.STOPPED: theme.shares[Share.STOPPED],
            Mark.FROZEN: theme.ok,
            Mark.OUT: theme.muted,
            Mark.SUM: theme.shares[Share.SPENT],
        },
    )


def _between(one: str, other: str, part: float) -> str:
    """``part`` of the first colour on the second."""
    a, b = QColor(one), QColor(other)
    mixed = [
        round(x * part + y * (1 - part))
        for x, y in ((a.red(), b.red()), (a.green(), b.green()), (a.blue(), b.blue()))
    ]
    return QColor(*mixed).name()


@dataclass
class Lit:
    """What is brought out: the chosen node, and nodes and edges of a path or a finding."""

    chosen: str = ""
    nodes: frozenset[str] = frozenset()
    edges: frozenset[tuple[str, str]] = frozenset()

    @property
    def any(self) -> bool:
        return bool(self.edges) or len(self.nodes) > 1


@dataclass
class Painting:
    """One layout made ready to be painted many times in one language and one palette."""

    layout: Layout
    say: Say
    inks: Inks
    outlines: bool = False
    """Letters as shapes, for a file that is looked at where these fonts are not."""
    _cards: dict[str, tuple[Card, tuple[str, str, str, str]]] = field(default_factory=dict)
    _labels: dict[int, tuple[str, float]] = field(default_factory=dict)
    _marks: dict[tuple[str, str], QSvgRenderer] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._fonts = {
            name: picture_font(size, bold=bold, mono=mono)
            for name, size, bold, mono in (
                ("head", 11, False, False),
                ("name", 12, True, True),
                ("word", 12, True, False),
                ("fact", 11, False, False),
                ("label", 11, False, False),
            )
        }
        self._metrics = {name: QFontMetricsF(font) for name, font in self._fonts.items()}
        self._zone = ZoneInfo(self.layout.picture.flow.zone_name)
        self._days = spans_days(self.layout.picture, self._zone)
        self._paths = [_path(curve) for curve in self.layout.curves]
        self._bounds = [
            path.boundingRect().adjusted(-curve.width, -curve.width, curve.width, curve.width)
            for path, curve in zip(self._paths, self.layout.curves, strict=True)
        ]
        self._boxes = [
            (node, self.layout.boxes[node.key], _rect(self.layout.boxes[node.key]))
            for node in self.layout.picture.nodes
        ]

    def paint(self, painter: QPainter, seen: QRectF, scale: float, lit: Lit | None = None) -> None:
        """Paint what lies in ``seen`` (pixels at 100 %); ``painter`` is already moved and scaled by ``scale``."""
        lit = lit or Lit()
        words = scale >= READABLE
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, words or len(self._paths) < 400)
        self._paint_edges(painter, seen, scale, lit)
        for node, box, rect in self._boxes:
            if rect.intersects(seen):
                self._paint_box(painter, node, box, rect, scale, lit)
        if scale >= CLEAR:
            self._paint_labels(painter, seen, lit)

    # Lines -----------------------------------------------------------------------------------------

    def _paint_edges(self, painter: QPainter, seen: QRectF, scale: float, lit: Lit) -> None:
        small = scale < READABLE and len(self._paths) > 400
        painter.setBrush(Qt.BrushStyle.NoBrush)
        plain: list[QLineF] = []
        bright: list[int] = []
        for at, edge in enumerate(self.layout.picture.edges):
            if not self._bounds[at].intersects(seen):
                continue
            if (edge.source, edge.target) in lit.edges:
                bright.append(at)
                continue
            curve = self.layout.curves[at]
            if small:
                plain.append(QLineF(*curve.start, *curve.end))
                continue
            colour = QColor(self.inks.back_flow if edge.back else self.inks.flow)
            if lit.any or edge.back:
                colour.setAlphaF(0.3 if lit.any else 0.6)
            self._stroke(painter, at, seen, colour, curve.width)
        if plain:
            painter.setPen(QPen(QColor(self.inks.flow), 0))
            painter.drawLines(plain)
        for at in bright:
            width = max(self.layout.curves[at].width, 2.0 / max(scale, 0.05))
            self._stroke(painter, at, seen, QColor(self.inks.lit), width)

    def _stroke(self, painter: QPainter, at: int, seen: QRectF, colour: QColor, width: float) -> None:
        pen = QPen(colour, width)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        if self.layout.picture.edges[at].back:
            pen.setDashPattern([max(2.0, 6 / width), max(1.2, 4 / width)])
        path = self._paths[at]
        if self._bounds[at].height() > FAR * seen.height():
            # Qt strokes, and dashes, a line that is a hundred windows long over all its length.
            path = _within(
                self.layout.curves[at],
                seen.adjusted(-40, -40, 40, 40),
                back=self.layout.picture.edges[at].back,
            )
        if not path.isEmpty():
            painter.setPen(pen)
            painter.drawPath(path)

    def _paint_labels(self, painter: QPainter, seen: QRectF, lit: Lit) -> None:
        painter.setFont(self._fonts["label"])
        height = self._metrics["label"].height()
        left, top, right, bottom = seen.left(), seen.top(), seen.right(), seen.bottom()
        for at, edge in enumerate(self.layout.picture.edges):
            place = self.layout.labels[at]
            if place is None:
                continue
            x, y = place
            if not (left <= x <= right and top <= y <= bottom):
                continue
            text, width = self._label(at)
            back = QColor(self.inks.back)
            back.setAlphaF(0.86)
            room = QRectF(x - width / 2 - 3, y - height / 2, width + 6, height)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(back)
            painter.drawRoundedRect(room, 3, 3)
            dim = lit.any and (edge.source, edge.target) not in lit.edges
            painter.setPen(QColor(self.inks.muted if dim else self.inks.text))
            self.write(painter, room, Qt.AlignmentFlag.AlignCenter, text)

    def _label(self, at: int) -> tuple[str, float]:
        found = self._labels.get(at)
        if found is None:
            text = self.say(edge_label(self.layout.picture.edges[at], self._zone, self._days))
            found = self._labels[at] = text, self._metrics["label"].horizontalAdvance(text)
        return found

    # Boxes -----------------------------------------------------------------------------------------

    def card(self, node: FlowNode) -> Card:
        return self._card(node)[0]

    def _card(self, node: FlowNode) -> tuple[Card, tuple[str, str, str, str]]:
        """The card and its lines, cut to the width of the box."""
        found = self._cards.get(node.key)
        if found is None:
            made = card(self.layout.picture.flow, node, self.say)
            room = self.layout.boxes[node.key].width - BAR - 16
            shared = self.say(made.shared) if made.shared is not None else ""
            less = self._metrics["head"].horizontalAdvance(shared) + 8 if shared else 0
            name = made.name if isinstance(made.name, str) else self.say(made.name)
            lines = (
                self._cut("head", self.say(made.head), room - less),
                self._cut("name" if made.mono else "word", name, room),
                self._cut("fact", self.say(made.fact), room - 16),
                shared,
            )
            found = self._cards[node.key] = made, lines
        return found

    def _cut(self, font: str, text: str, room: float) -> str:
        return self._metrics[font].elidedText(text, Qt.TextElideMode.ElideRight, room)

    def _paint_box(
        self, painter: QPainter, node: FlowNode, box: Box, rect: QRectF, scale: float, lit: Lit
    ) -> None:
        made, lines = self._card(node) if scale >= READABLE else (None, ("", "", "", ""))
        mark = made.mark if made is not None else _quick_mark(node)
        chosen = node.key == lit.chosen
        dim = lit.any and node.key not in lit.nodes and not chosen
        colour = QColor(self.inks.marks[mark])
        if made is None:
            painter.fillRect(rect, QColor(self.inks.lit) if chosen or node.key in lit.nodes else colour)
            return
        painter.setOpacity(0.45 if dim else 1.0)
        edge = QPen(QColor(self.inks.lit if chosen or (lit.any and not dim) else self.inks.line))
        edge.setWidthF(2.0 if chosen else 1.0)
        if node.kind is NodeKind.SUM:
            edge.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(edge)
        painter.setBrush(QColor(self.inks.chosen if chosen else self.inks.surface))
        painter.drawRoundedRect(rect, 4, 4)
        painter.fillRect(QRectF(box.x, box.y, BAR, box.height), colour)
        left, width = box.x + BAR + 8, box.width - BAR - 16
        if node.kind in (NodeKind.EXIT, NodeKind.SUM):
            self._small(painter, mark, lines, left, box, width)
        else:
            self._large(painter, mark, made, lines, left, box, width)
        painter.setOpacity(1.0)

    def _large(
        self,
        painter: QPainter,
        mark: Mark,
        made: Card,
        lines: tuple[str, str, str, str],
        left: float,
        box: Box,
        width: float,
    ) -> None:
        top = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.setFont(self._fonts["head"])
        painter.setPen(QColor(self.inks.muted))
        self.write(painter, QRectF(left, box.y + 4, width, 17), top, lines[0])
        if lines[3]:
            painter.setPen(QColor(self.inks.marks[Mark.OPEN]))
            ends = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            self.write(painter, QRectF(left, box.y + 4, width, 17), ends, lines[3])
        painter.setFont(self._fonts["name" if made.mono else "word"])
        painter.setPen(QColor(self.inks.text))
        self.write(painter, QRectF(left, box.y + 21, width, 18), top, lines[1])
        self.mark(painter, mark, QRectF(left, box.y + 42, 12, 12))
        painter.setFont(self._fonts["fact"])
        painter.setPen(QColor(self.inks.text))
        self.write(painter, QRectF(left + 16, box.y + 39, width - 16, 18), top, lines[2])

    def _small(
        self,
        painter: QPainter,
        mark: Mark,
        lines: tuple[str, str, str, str],
        left: float,
        box: Box,
        width: float,
    ) -> None:
        top = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        self.mark(painter, mark, QRectF(left, box.y + 6, 12, 12))
        painter.setFont(self._fonts["head"])
        painter.setPen(QColor(self.inks.muted))
        self.write(painter, QRectF(left + 16, box.y + 3, width - 16, 18), top, lines[0])
        painter.setFont(self._fonts["word"])
        painter.setPen(QColor(self.inks.text))
        self.write(painter, QRectF(left, box.y + 21, width, 18), top, lines[1])

    def write(self, painter: QPainter, room: QRectF, flags: Qt.AlignmentFlag, text: str) -> None:
        """One line of text within its room."""
        write(painter, room, flags, text, outlines=self.outlines)

    def mark(self, painter: QPainter, mark: Mark, where: QRectF) -> None:
        """The icon of a mark."""
        colour = self.inks.marks[mark]
        key = (ICONS[mark], colour)
        renderer = self._marks.get(key)
        if renderer is None:
            drawn = source(key[0]).replace(b"currentColor", colour.encode())
            renderer = self._marks[key] = QSvgRenderer(QByteArray(drawn))
        renderer.render(painter, where)


def _quick_mark(node: FlowNode) -> Mark:
    """The mark of a box without reading its words."""
    if node.kind is NodeKind.VICTIM:
        return Mark.VICTIM
    if node.kind is NodeKind.EXIT:
        return Mark.OUT
    if node.kind is NodeKind.SUM:
        return Mark.SUM
    if node.account is not None and node.account.held:
        return Mark.FROZEN if node.account.frozen else Mark.STOPPED
    return Mark.PLAIN


def _within(curve: Curve, seen: QRectF, *, back: bool) -> QPainterPath:
    """The piece of a long curve that lies in sight, as short straight lines."""
    begin, end, parts = 0.0, 1.0, 64
    if not back:
        # Height goes by 3t² − 2t³ from one end to the other, so where it enters and leaves is known outright.
        top, height = curve.start[1], curve.end[1] - curve.start[1]
        begin, end = sorted(_when((edge - top) / height) for edge in (seen.top(), seen.bottom()))
        x, y = curve.at(begin)[0], curve.at(end)[0]
        if max(x, y) < seen.left() or min(x, y) > seen.right():
            return QPainterPath()
        parts = 8
    path = QPainterPath()
    before = curve.at(begin)
    drawn = False
    for part in range(1, parts + 1):
        after = curve.at(begin + (end - begin) * part / parts)
        inside = (
            max(before[0], after[0]) >= seen.left()
            and min(before[0], after[0]) <= seen.right()
            and max(before[1], after[1]) >= seen.top()
            and min(before[1], after[1]) <= seen.bottom()
        )
        if inside:
            if not drawn:
                path.moveTo(*before)
            path.lineTo(*after)
        drawn, before = inside, after
    return path


def _when(share: float) -> float:
    """The t at which 3t² − 2t³ is that share."""
    return 0.5 - math.sin(math.asin(1 - 2 * min(max(share, 0.0), 1.0)) / 3)


def _rect(box: Box) -> QRectF:
    return QRectF(box.x, box.y, box.width, box.height)


def _path(curve: Curve) -> QPainterPath:
    path = QPainterPath(QPointF(*curve.start))
    path.cubicTo(QPointF(*curve.first), QPointF(*curve.second), QPointF(*curve.end))
    return path


def picture_font(size: int, *, bold: bool = False, mono: bool = False) -> QFont:
    """A font of the picture in its own pixels: the large-text mode enlarges the picture, not its letters alone."""
    font = QFont()
    font.setFamilies(fonts.mono_families() if mono else fonts.families())
    font.setPixelSize(size)
    font.setBold(bold)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


def write(painter: QPainter, room: QRectF, flags: Qt.AlignmentFlag, text: str, *, outlines: bool) -> None:
    """One line of text within its room, centred upright, as letters or as their shapes."""
    if not outlines:
        painter.drawText(room, flags, text)
        return
    metrics = QFontMetricsF(painter.font())
    left = room.left()
    if flags & Qt.AlignmentFlag.AlignRight:
        left = room.right() - metrics.horizontalAdvance(text)
    elif flags & Qt.AlignmentFlag.AlignHCenter:
        left = room.center().x() - metrics.horizontalAdvance(text) / 2
    path = QPainterPath()
    base = room.center().y() + (metrics.ascent() - metrics.descent()) / 2
    path.addText(QPointF(left, base), painter.font(), text)
    painter.fillPath(path, painter.pen().color())


def said(text: Message | str, say: Say) -> str:
    return say(text) if isinstance(text, Message) else text
