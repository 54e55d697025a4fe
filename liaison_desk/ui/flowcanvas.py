"""The fund-flow picture on the screen: pan, zoom, walk by keys along the money, choose and open.

The picture is painted by hand: at 2,000 accounts a scene of items costs more per frame than the whole painting
of what is visible. Screen readers follow the table below, which is in step with it.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from liaison_desk.core.flow import FlowNode
from liaison_desk.core.flow_layout import Layout
from liaison_desk.ui.flowpaint import Lit, Painting, inks, said
from liaison_desk.ui.messages import plain
from liaison_desk.ui.theme import look

SMALLEST, LARGEST = 0.02, 3.0
READ_AT = 0.75
"""Fit shows the whole picture as long as its words stay readable at this scale."""
STEP = 1.2
_DRAG = 4


class FlowCanvas(QWidget):
    """Shows one layout."""

    chosen = Signal(str)
    """Another node is chosen; empty: none."""
    opened = Signal(str)
    """Enter or a double click on a node."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.layout_shown: Layout | None = None
        self._painting: Painting | None = None
        self.lit = Lit()
        self._scale = 1.0
        self._at = QPointF(0, 0)
        """The point of the picture at the widget's top left."""
        self._pressed: QPointF | None = None
        self._dragged = False
        self._fitted = True
        """Still as ``fit`` left it: a resize fits anew."""
        self.frames = 0
        look().theme_changed.connect(self._again)
        look().language_changed.connect(self._again)

    # What is shown ---------------------------------------------------------------------------------

    def show_layout(self, layout: Layout | None, *, keep: bool) -> None:
        """Show this layout; ``keep``: the chosen box stays where it is on the screen."""
        before = self._box_point(self.lit.chosen) if keep else None
        self.layout_shown = layout
        self._painting = Painting(layout, look().say, inks(look().theme)) if layout is not None else None
        if layout is None or self.lit.chosen not in layout.boxes:
            self.lit = Lit()
        if layout is not None and before is not None and self.lit.chosen in layout.boxes:
            after = self._box_point(self.lit.chosen)
            if after is not None:
                self._at += (after - before) / self._scale
            self._fitted = False
        elif not keep or self._fitted:
            self.fit()
        self.update()

    def _box_point(self, key: str) -> QPointF | None:
        """Where a box stands on the screen."""
        if self.layout_shown is None or key not in self.layout_shown.boxes:
            return None
        box = self.layout_shown.boxes[key]
        return (QPointF(box.x, box.middle) - self._at) * self._scale

    def choose(self, key: str, *, show: bool = True) -> None:
        """Choose a node without saying so; ``show``: bring it into view."""
        if self.layout_shown is None or key == self.lit.chosen:
            return
        self.lit = Lit(key if key in self.layout_shown.boxes else "", self.lit.nodes, self.lit.edges)
        self._say_chosen()
        if show:
            self._bring_in(key)
        self.update()

    def light(self, nodes: frozenset[str], edges: frozenset[tuple[str, str]]) -> None:
        """Bring these out; two empty sets: nothing."""
        self.lit = Lit(self.lit.chosen, nodes, edges)
        self.update()

    @property
    def current(self) -> FlowNode | None:
        if self.layout_shown is None or not self.lit.chosen:
            return None
        return self.layout_shown.picture.node(self.lit.chosen)

    def _say_chosen(self) -> None:
        node = self.current
        if node is None or self._painting is None:
            self.setAccessibleDescription("")
            return
        made = self._painting.card(node)
        self.setAccessibleDescription(
            " · ".join(said(part, look().say) for part in (made.head, made.name, made.fact) if part)
        )

    def _again(self) -> None:
        if self.layout_shown is not None:
            self._painting = Painting(self.layout_shown, look().say, inks(look().theme))
            if self._fitted:
                self.fit()
        self._say_chosen()
        self.update()

    # Zoom and pan ----------------------------------------------------------------------------------

    @property
    def scale(self) -> float:
        return self._scale

    def fit(self) -> None:
        """The whole picture, or, where its words would be too small, as much of it as can be read, from its start."""
        self._fitted = True
        if self.layout_shown is None:
            return
        width, height = max(self.layout_shown.width, 1.0), max(self.layout_shown.height, 1.0)
        whole = min(self.width() / width, self.height() / height)
        readable = READ_AT * look().scale
        self._scale = min(max(whole, readable), 1.1 * look().scale)
        seen = self._seen()
        # Smaller than the window: in the middle; larger: from the left, where the money begins.
        across = (width - seen.width()) / 2 if width <= seen.width() else 0.0
        down = (height - seen.height()) / 2
        if height > seen.height():
            roots = [
                self.layout_shown.boxes[node.key].middle
                for node in self.layout_shown.picture.nodes
                if node.level == 0
            ]
            down = (sum(roots) / len(roots) if roots else height / 2) - seen.height() / 2
        self._at = QPointF(across, down)
        self.update()

    def whole(self) -> None:
        """The whole picture, however small."""
        if self.layout_shown is None:
            return
        width, height = max(self.layout_shown.width, 1.0), max(self.layout_shown.height, 1.0)
        self._fitted = False
        self._scale = max(min(self.width() / width, self.height() / height, LARGEST), SMALLEST)
        seen = self._seen()
        self._at = QPointF((width - seen.width()) / 2, (height - seen.height()) / 2)
        self.update()

    def zoom(self, factor: float, about: QPointF | None = None) -> None:
        """Larger or smaller; ``about``: the point of the widget that stays where it is."""
        if about is None:
            about = self._box_point(self.lit.chosen) or QPointF(self.width() / 2, self.height() / 2)
        scale = min(max(self._scale * factor, SMALLEST), LARGEST)
        self._at += about / self._scale - about / scale
        self._scale = scale
        self._fitted = False
        self.update()

    def pan(self, across: float, down: float) -> None:
        """Move the picture by so many pixels of the widget."""
        self._at -= QPointF(across, down) / self._scale
        self._fitted = False
        self.update()

    def _seen(self) -> QRectF:
        return QRectF(self._at.x(), self._at.y(), self.width() / self._scale, self.height() / self._scale)

    def _bring_in(self, key: str) -> None:
        if self.layout_shown is None or key not in self.layout_shown.boxes:
            return
        box, seen = self.layout_shown.boxes[key], self._seen()
        rect = QRectF(box.x, box.y, box.width, box.height).adjusted(-24, -24, 24, 24)
        if seen.contains(rect):
            return
        self._fitted = False
        if rect.width() > seen.width() or rect.height() > seen.height():
            self._at = rect.topLeft()
            return
        across = max(rect.right() - seen.right(), 0) or min(rect.left() - seen.left(), 0)
        down = max(rect.bottom() - seen.bottom(), 0) or min(rect.top() - seen.top(), 0)
        self._at += QPointF(across, down)

    # Walking ---------------------------------------------------------------------------------------

    def walk(self, key: Qt.Key) -> str:
        """The node that an arrow leads to from the chosen one; empty: none."""
        layout = self.layout_shown
        if layout is None or not layout.picture.nodes:
            return ""
        node = self.current
        if node is None:
            return layout.picture.nodes[0].key
        edges = layout.picture.edges
        if key == Qt.Key.Key_Right:
            onward = [edge for edge in edges if edge.source == node.key and not edge.back]
            return max(onward, key=lambda edge: (edge.fen, edge.target)).target if onward else ""
        if key == Qt.Key.Key_Left:
            before = [edge for edge in edges if edge.target == node.key and not edge.back]
            return max(before, key=lambda edge: (edge.fen, edge.source)).source if before else ""
        level = sorted(
            (each for each in layout.picture.nodes if each.level == node.level),
            key=lambda each: layout.boxes[each.key].middle,
        )
        at = next(place for place, each in enumerate(level) if each.key == node.key)
        at += 1 if key == Qt.Key.Key_Down else -1
        return level[at].key if 0 <= at < len(level) else ""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        arrows = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)
        if key in arrows and event.modifiers() == Qt.KeyboardModifier.ShiftModifier:
            step = 60
            self.pan(
                {Qt.Key.Key_Left: step, Qt.Key.Key_Right: -step}.get(key, 0),
                {Qt.Key.Key_Up: step, Qt.Key.Key_Down: -step}.get(key, 0),
            )
        elif key in arrows:
            self._take(self.walk(key))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.lit.chosen:
            self.opened.emit(self.lit.chosen)
        elif key == Qt.Key.Key_Home and self.layout_shown is not None and self.layout_shown.picture.nodes:
            self._take(self.layout_shown.picture.nodes[0].key)
        elif key == Qt.Key.Key_Escape and self.lit.chosen:
            self._take("", none=True)
        else:
            super().keyPressEvent(event)

    def _take(self, key: str, *, none: bool = False) -> None:
        if not key and not none:
            return
        self.choose(key)
        self.chosen.emit(key)

    # Mouse -----------------------------------------------------------------------------------------

    def node_at(self, point: QPointF) -> FlowNode | None:
        """The node at a point of the widget."""
        if self.layout_shown is None:
            return None
        x, y = self._at.x() + point.x() / self._scale, self._at.y() + point.y() / self._scale
        for node in self.layout_shown.picture.nodes:
            box = self.layout_shown.boxes[node.key]
            if box.x <= x <= box.right and box.y <= y <= box.bottom:
                return node
        return None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed, self._dragged = event.position(), False
        self.setFocus(Qt.FocusReason.MouseFocusReason)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is not None:
            moved = event.position() - self._pressed
            if self._dragged or abs(moved.x()) + abs(moved.y()) > _DRAG:
                self._dragged = True
                self.setCursor(Qt.CursorShape.ClosedHandCursor)
                self.pan(moved.x(), moved.y())
                self._pressed = event.position()
            return
        node = self.node_at(event.position())
        self.setCursor(Qt.CursorShape.PointingHandCursor if node is not None else Qt.CursorShape.ArrowCursor)
        self._tip(node, event)

    def _tip(self, node: FlowNode | None, event: QMouseEvent) -> None:
        """What a box says, where it is too small to be read."""
        if node is None or self._painting is None or self._scale > READ_AT:
            QToolTip.hideText()
            return
        made = self._painting.card(node)
        words = "\n".join(said(part, look().say) for part in (made.head, made.name, made.fact))
        QToolTip.showText(event.globalPosition().toPoint(), plain(words), self)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        dragged, self._pressed, self._dragged = self._dragged, None, False
        self.setCursor(Qt.CursorShape.ArrowCursor)
        if event.button() != Qt.MouseButton.LeftButton or dragged:
            return
        node = self.node_at(event.position())
        self.choose(node.key if node is not None else "", show=False)
        self.chosen.emit(self.lit.chosen)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        node = self.node_at(event.position())
        if node is not None:
            self.opened.emit(node.key)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier or not event.pixelDelta().isNull():
            steps = event.angleDelta().y() / 120
            if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                self.zoom(STEP**steps, event.position())
            else:
                self.pan(event.pixelDelta().x(), event.pixelDelta().y())
        else:
            self.zoom(STEP ** (event.angleDelta().y() / 120), event.position())
        event.accept()

    # Painting --------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        return QSize(look().px(600), look().px(320))

    def minimumSizeHint(self) -> QSize:
        return QSize(look().px(200), look().px(140))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._fitted:
            self.fit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = look().theme
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(theme.raised))
        if self._painting is not None:
            painter.save()
            painter.scale(self._scale, self._scale)
            painter.translate(-self._at)
            self._painting.paint(painter, self._seen(), self._scale, self.lit)
            painter.restore()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QColor(theme.accent if self.hasFocus() else theme.line))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()
        self.frames += 1
