"""The first columns of a table that stay in place while the others scroll under them.

They are painted over the view rather than shown by a second one: one selection, one pointer, one set of rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QContextMenuEvent, QHelpEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem, QWidget

from liaison_desk.ui.theme import look

if TYPE_CHECKING:
    from liaison_desk.ui.table import Table


class FrozenColumns:
    """Shown only while the table is scrolled sideways; before, the columns stand where they are anyway."""

    def __init__(self, table: Table[Any]) -> None:
        self._table = table
        self.body, self.top = _Body(table), _Top(table)
        table.horizontalScrollBar().valueChanged.connect(lambda _: self.place())
        table.verticalScrollBar().valueChanged.connect(lambda _: self.body.update())
        for moved in (table.head.sectionResized, table.head.sectionMoved, table.head.arranged):
            moved.connect(lambda *_: self.place())
        model = table.rows
        for changed in (model.dataChanged, model.layoutChanged, model.rowsInserted, model.rowsRemoved):
            changed.connect(lambda *_: self.body.update())
        model.rowsMoved.connect(lambda *_: self.body.update())
        table.selection_changed.connect(self.body.update)

    def place(self) -> None:
        """Cover the left edge as wide as the frozen columns are, if there is something to cover."""
        table = self._table
        wide = sum(table.head.sectionSize(number) for number in frozen_columns(table))
        covers = table.horizontalScrollBar().value() > 0 and 0 < wide < table.viewport().width()
        for part, height in ((self.body, table.viewport().height()), (self.top, table.head.height())):
            part.setVisible(covers)
            if covers:
                part.setGeometry(0, 0, wide + 1, height)
                part.update()

    def shows_tip(self, event: QHelpEvent) -> bool:
        """Whether the tip of a frozen cell was shown."""
        table = self._table
        if self.body.isHidden() or not self.body.geometry().contains(event.pos()):
            return False
        number, row = column_at(table, event.pos().x()), table.rowAt(event.pos().y())
        if number < 0 or row < 0:
            return False
        option = QStyleOptionViewItem()
        table.initViewItemOption(option)
        table.itemDelegate().helpEvent(event, table, option, table.rows.index(row, number))
        return True


def frozen_columns(table: Table[Any]) -> list[int]:
    return table.head.shown()[: table.head.frozen]


def column_at(table: Table[Any], x: int) -> int:
    """The frozen column under that place; -1 none."""
    right = 0
    for number in frozen_columns(table):
        right += table.head.sectionSize(number)
        if x < right:
            return number
    return -1


class _Body(QWidget):
    """The cells; the pointer goes through to the rows below."""

    def __init__(self, table: Table[Any]) -> None:
        super().__init__(table.viewport())
        self._table = table
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        table, theme = self._table, look().theme
        painter = QPainter(self)
        painter.fillRect(self.rect(), look().ink(theme.surface))
        row = table.rowAt(max(event.rect().top(), 0))
        selection = table.selectionModel()
        while 0 <= row < table.rows.rowCount():
            top, height = table.rowViewportPosition(row), table.rowHeight(row)
            if top > event.rect().bottom():
                break
            left = 0
            for number in frozen_columns(table):
                index = table.rows.index(row, number)
                option = QStyleOptionViewItem()
                table.initViewItemOption(option)
                width = table.head.sectionSize(number)
                option.rect = QRect(left, top, width, height)
                if selection.isRowSelected(row):
                    option.state |= QStyle.StateFlag.State_Selected
                table.itemDelegate().paint(painter, option, index)
                left += width
            row += 1
        painter.fillRect(QRect(self.width() - 1, 0, 1, self.height()), look().ink(theme.line_strong))
        painter.end()


class _Top(QWidget):
    """Their heads; a click sorts or opens the filter, as on the head itself."""

    def __init__(self, table: Table[Any]) -> None:
        super().__init__(table.head.viewport())
        self._table = table
        self.hide()

    def _number(self, at: QPoint) -> int:
        return column_at(self._table, at.x())

    def paintEvent(self, event: QPaintEvent) -> None:
        head = self._table.head
        painter = QPainter(self)
        left = 0
        for number in frozen_columns(self._table):
            width = head.sectionSize(number)
            head.paintSection(painter, QRect(left, 0, width, self.height()), number)
            left += width
        edge = QRect(self.width() - 1, 0, 1, self.height())
        painter.fillRect(edge, look().ink(look().theme.line_strong))
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Taken here, so that the head below does not begin to drag another column."""
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        number = self._number(event.position().toPoint())
        if number >= 0 and event.button() is Qt.MouseButton.LeftButton:
            head = self._table.head
            right = sum(head.sectionSize(n) for n in self._up_to(number))
            near = right - event.position().x() < look().px(24)
            if near and head.filters_offered and head.column(number).filter is not None:
                head.filter_requested.emit(number)
            else:
                head.sectionClicked.emit(number)

    def _up_to(self, number: int) -> list[int]:
        shown = frozen_columns(self._table)
        return shown[: shown.index(number) + 1]

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self._table.head.menu(self._number(event.pos())).popup(event.globalPos())
