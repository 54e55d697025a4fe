"""How cells are painted: chips, countdowns with their mark, money, grouped numbers; no widget per cell."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPolygonF
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QWidget,
)

from liaison_desk.core.countdown import Shape
from liaison_desk.ui import icons
from liaison_desk.ui.chips import chip_size, paint_chip
from liaison_desk.ui.columns import Align, Cell
from liaison_desk.ui.messages import plain
from liaison_desk.ui.rows import RowsModel
from liaison_desk.ui.theme import BASE, GRID, SMALL, Look, Tone, look

Index = QModelIndex | QPersistentModelIndex

MONO = 13
"""Fixed-width digits look larger than the text's; this size reads as equal."""


def _cell(index: Index) -> tuple[RowsModel[object], Cell]:
    model = index.model()
    assert isinstance(model, RowsModel)
    return model, model.cell(index.row(), index.column())


def paint_shape(painter: QPainter, area: QRect, shape: Shape, colour: QColor) -> int:
    """Paint the mark of a countdown (▲ overdue, ◆ soon) at the left of ``area``; returns the room it took.

    Drawn rather than written, so that no font decides how it looks.
    """
    if shape is Shape.CALM:
        return 0
    half = look().px(5)
    centre = QPointF(area.left() + half + 0.5, area.center().y() + 1)
    if shape is Shape.OVERDUE:
        corners = [QPointF(0, -half), QPointF(half + 1, half - 1), QPointF(-half - 1, half - 1)]
    else:
        corners = [QPointF(0, -half - 1), QPointF(half + 1, 0), QPointF(0, half + 1), QPointF(-half - 1, 0)]
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawPolygon(QPolygonF([centre + corner for corner in corners]))
    return half * 2 + look().px(6)


class RowDelegate(QStyledItemDelegate):
    """Paints every cell of a table; the row's tint says hovered, changed or selected, in rising order."""

    def __init__(self, parent: QObject | None = None, *, two_lines: bool = False) -> None:
        super().__init__(parent)
        self.two_lines = two_lines
        self.hovered = -1

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        now: Look = look()
        theme = now.theme
        model, cell = _cell(index)
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        selected = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        back = (
            theme.accent_soft
            if selected
            else theme.changed
            if model.marked(index.row())
            else theme.tints[tint].back
            if (tint := model.tint_of(index.row())) is not None
            else theme.hover
            if index.row() == self.hovered
            else theme.surface
        )
        painter.fillRect(rect, now.ink(back))
        painter.setPen(now.ink(theme.line))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        if selected and self._first(option, index):
            # The bar keeps a selection visible where the tint alone would not be seen.
            painter.fillRect(rect.adjusted(0, 0, now.px(3) - rect.width(), -1), now.ink(theme.accent))
        inner = rect.adjusted(now.px(GRID), 0, -now.px(GRID), -1)
        if cell.mark:
            side = now.px(14)
            image = icons.pixmap(
                cell.mark, now.colour(cell.mark_tone).name(), side, painter.device().devicePixelRatio()
            )
            painter.drawPixmap(inner.right() - side + now.px(4), inner.center().y() - side // 2 + 1, image)
            inner = inner.adjusted(0, 0, -side, 0)
        if cell.chip is not None:
            paint_chip(painter, inner, cell.text, cell.chip, cell.icon)
        else:
            self._words(painter, inner, cell, model.columns[index.column()].align)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        now = look()
        return QSize(_width(_cell(index)[1]) + now.px(GRID) * 2, self.row_height())

    def row_height(self) -> int:
        """The height of each row, in pixels; two-line rows have one more line of small type."""
        now = look()
        extra = now.metrics(SMALL).height() if self.two_lines else 0
        return now.row_height + extra

    def helpEvent(
        self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: Index
    ) -> bool:
        """The cell's tip, or its whole text where it is cut; never as HTML."""
        if event.type() != QEvent.Type.ToolTip or not index.isValid():
            return False
        _, cell = _cell(index)
        cut = _width(cell) + look().px(GRID) * 2 > view.visualRect(index).width()
        said = "\n".join(
            part for part in (cell.text if cut else "", cell.second if cut else "", cell.tip) if part
        )
        QToolTip.showText(event.globalPos(), plain(said), view)
        return True

    def _first(self, option: QStyleOptionViewItem, index: Index) -> bool:
        view: QWidget = option.widget
        header = getattr(view, "horizontalHeader", None)
        if header is None:
            return index.column() == 0
        shown = (header().logicalIndex(place) for place in range(header().count()))
        return next((number for number in shown if not header().isSectionHidden(number)), 0) == index.column()

    def _words(self, painter: QPainter, area: QRect, cell: Cell, align: Align) -> None:
        now = look()
        colour = now.colour(cell.tone)
        if self.two_lines and cell.second:
            small = now.metrics(SMALL).height()
            lower = area.adjusted(0, area.height() // 2 + now.px(1), 0, 0)
            lower.setHeight(small)
            painter.setFont(now.font(SMALL))
            painter.setPen(now.colour(Tone.MUTED))
            _draw(painter, lower, align, cell.second, like=SMALL)
            area = area.adjusted(0, 0, 0, -area.height() // 2 + now.px(1))
            area.setTop(area.bottom() - now.metrics().height())
        if cell.shape is not Shape.CALM:
            area = area.adjusted(paint_shape(painter, area, cell.shape, colour), 0, 0, 0)
        if cell.icon:
            side = now.px(16)
            ratio = painter.device().devicePixelRatio()
            image = icons.pixmap(cell.icon, colour.name(), side, ratio)
            painter.drawPixmap(area.left(), area.center().y() - side // 2 + 1, image)
            area = area.adjusted(side + now.px(6), 0, 0, 0)
        painter.setFont(now.font(MONO if cell.mono else BASE, bold=cell.bold, mono=cell.mono))
        painter.setPen(colour)
        # Of a countdown that has no room the figures must stay: its mark says the word.
        keep_end = cell.shape is not Shape.CALM
        _draw(painter, area, align, cell.text, keep_end=keep_end)


def _draw(
    painter: QPainter, area: QRect, align: Align, words: str, *, like: int = BASE, keep_end: bool = False
) -> None:
    """One line of text, cut to the room there is, on the baseline of the text font of size ``like``.

    The mono font has other heights than the text font; centred each by itself, a row's words would not
    stand on one line.
    """
    metrics, line = painter.fontMetrics(), look().metrics(like)
    side = Qt.TextElideMode.ElideLeft if keep_end else Qt.TextElideMode.ElideRight
    cut = metrics.elidedText(words, side, area.width())
    left = area.left()
    if align is not Align.LEFT:
        free = area.width() - metrics.horizontalAdvance(cut)
        left += free if align is Align.RIGHT else free // 2
    baseline = area.top() + (area.height() - line.height()) / 2 + line.ascent()
    painter.drawText(QPointF(left, baseline), cut)


def _width(cell: Cell) -> int:
    """How much room the cell's content wants, in pixels."""
    now = look()
    if cell.chip is not None:
        return chip_size(cell.text, cell.icon).width()
    metrics = now.metrics(MONO if cell.mono else BASE, bold=cell.bold, mono=cell.mono)
    width = metrics.horizontalAdvance(cell.text)
    if cell.shape is not Shape.CALM:
        width += now.px(5) * 2 + now.px(6)
    if cell.icon:
        width += now.px(22)
    if cell.mark:
        width += now.px(14)
    return max(width, now.metrics(SMALL).horizontalAdvance(cell.second) if cell.second else 0)
