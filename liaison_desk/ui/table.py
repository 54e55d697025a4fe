"""The table of every place: rows of a RowsModel, kept still under the pointer, copied to Excel and WPS as shown.

Selection, current row and scroll survive each new answer. Re-sorting waits while the pointer or the keys
are in use (two seconds after the last movement); meanwhile a small hint says that the order has changed and
that F5 shows it. The input method is off in here on purpose (Qt does that for a view that edits nothing), so
that single-key shortcuts work in Chinese too.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Generic, TypeVar

from PySide6.QtCore import (
    QEvent,
    QItemSelectionModel,
    QKeyCombination,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QFocusEvent,
    QGuiApplication,
    QHelpEvent,
    QHideEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableView,
    QWidget,
)

from liaison_desk.core.words import msg
from liaison_desk.ui import icons
from liaison_desk.ui.cards import EmptyState
from liaison_desk.ui.delegates import RowDelegate
from liaison_desk.ui.frozen import FrozenColumns
from liaison_desk.ui.heads import Head
from liaison_desk.ui.rows import RowsModel
from liaison_desk.ui.sheetdata import sheet_data
from liaison_desk.ui.theme import GRID, look, say

R = TypeVar("R")

WITH_HEADS = QKeyCombination(
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier, Qt.Key.Key_C
)
OPEN_FILTER = QKeyCombination(Qt.KeyboardModifier.AltModifier, Qt.Key.Key_Down)
REST_MILLISECONDS = 2000
"""How long the pointer and the keys must rest before rows may change places."""


class Table(QTableView, Generic[R]):
    """Shows a RowsModel."""

    current_changed = Signal(object)
    """The row that is current now, or None."""
    selection_changed = Signal()
    opened = Signal(object)
    """A row was double-clicked, or Return was pressed on it."""
    sort_requested = Signal(str, bool)
    """The sort key of a column whose head was clicked, and whether descending."""
    filter_requested = Signal(int)
    """The number of the column whose filter is wanted, by its head or by Alt+Down."""
    all_selected = Signal()
    """Ctrl+A: everything that the list has is meant, also what is not shown yet."""
    refresh_requested = Signal()
    """F5: read anew; the order that was waiting is shown at once."""

    def __init__(
        self,
        model: RowsModel[R],
        *,
        empty: EmptyState | None = None,
        two_lines: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.rows = model
        if model.parent() is None:
            model.setParent(self)
        model.resort_allowed = self.resort_allowed
        self._delegate = RowDelegate(self, two_lines=two_lines)
        self._anchors: list[tuple[Hashable, int]] = []
        self._loading = False
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MILLISECONDS)
        self._rest.timeout.connect(self.pointer_rests)
        self._second = QTimer(self)
        self._second.setInterval(1000)
        self._second.timeout.connect(self._tick)
        self._set_up_view()
        self.setModel(model)
        self.head = Head(model, self)
        self.head.sort_requested.connect(self.sort_requested)
        self.head.filter_requested.connect(self.filter_requested)
        self.setHorizontalHeader(self.head)
        self.head.set_up()
        self.frozen = FrozenColumns(self)
        self.empty = empty
        self._wait = QLabel(self.viewport())
        self._wait.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._wait.setProperty("role", "muted")
        self._order = QPushButton(self.viewport())
        self._order.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._order.clicked.connect(self.show_order)
        self._order.hide()
        if empty is not None:
            empty.setParent(self.viewport())
        model.about_to_replace.connect(self._keep_place)
        model.replaced.connect(self._return_to_place)
        model.order_pending_changed.connect(self._show_hint)
        for changed in (model.rowsInserted, model.rowsRemoved):
            changed.connect(self._show_state)
        look().theme_changed.connect(self._again)
        look().language_changed.connect(self._again)
        self._again()
        if not self.accessibleName():
            # Its page may name it better; a list without any name is silent in a screen reader.
            heads = [say(column.title) for column in model.columns if not column.hidden][:3]
            self.setAccessibleName(say(msg("List: {heads}", heads="、".join(heads))))

    def _set_up_view(self) -> None:
        self.setItemDelegate(self._delegate)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setCornerButtonEnabled(False)

    # Selection -------------------------------------------------------------------------------------

    @property
    def current_row(self) -> R | None:
        index = self.currentIndex()
        return self.rows.row(index.row()) if index.isValid() else None

    @property
    def selected_rows(self) -> list[R]:
        """The selected rows, from top to bottom."""
        return [self.rows.row(number) for number in self._selected_numbers()]

    def select_key(self, key: Hashable) -> bool:
        """Make the row of that key the current and only selected one; False if it is not shown."""
        number = self.rows.number_of(key)
        if number is None:
            return False
        index = self.rows.index(number, self.head.first())
        self.selectionModel().setCurrentIndex(
            index, QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        )
        self.scrollTo(index)
        return True

    @property
    def current_column(self) -> int:
        """The number of the column that the keyboard is on; the first until an arrow key has moved it."""
        column = self.currentIndex().column()
        return column if column in self.head.shown() else self.head.first()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.head.set_current(self.current_column)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.head.set_current(-1)

    def currentChanged(
        self, current: QModelIndex | QPersistentModelIndex, previous: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().currentChanged(current, previous)
        if self.hasFocus():
            self.head.set_current(self.current_column)
        if current.row() != previous.row() or not current.isValid():
            self.current_changed.emit(self.current_row)

    def selectionChanged(self, selected, deselected) -> None:  # type: ignore[no-untyped-def]  # PySide's stub differs from its call
        super().selectionChanged(selected, deselected)
        self.selection_changed.emit()

    def _selected_numbers(self) -> list[int]:
        return sorted({index.row() for index in self.selectionModel().selectedRows(self.head.first())})

    # Copying ---------------------------------------------------------------------------------------

    def copy(self, *, heads: bool = False) -> None:
        """Put the selected rows on the clipboard, in the order and with the columns shown, heads on top if wanted.

        As text between tabs, and as a sheet whose cells are declared text: Excel and WPS take that one and
        leave card numbers, leading zeros and names that look like formulas as they are.
        """
        lines = [list(self._copied(number)) for number in self._selected_numbers()]
        if not lines:
            return
        if heads:
            lines.insert(0, [say(self.rows.columns[column].title) for column in self.head.shown()])
        QGuiApplication.clipboard().setMimeData(sheet_data(lines))

    def _copied(self, number: int) -> Iterable[str]:
        for column in self.head.shown():
            yield self.rows.cell(number, column).copied

    # Keeping still ---------------------------------------------------------------------------------

    def resort_allowed(self) -> bool:
        """Whether rows may change places now: nothing has moved in the table for two seconds."""
        return not self._rest.isActive() and self.state() == QAbstractItemView.State.NoState

    def pointer_rests(self) -> None:
        """The pointer and the keys have rested long enough: the order that was waiting is shown."""
        self._rest.stop()
        self.rows.settle()

    def show_order(self) -> None:
        """Show the waiting order at once (F5, or a click on the hint)."""
        self.rows.settle()

    def _moved(self) -> None:
        self._rest.start()

    def _keep_place(self) -> None:
        """Remember where the rows stand on the screen: first the current one, then from the top."""
        self._anchors = []
        if self.verticalScrollBar().value() == 0:
            return
        height = self.viewport().height()
        first = self.rowAt(0)
        numbers = range(first, self.rows.rowCount()) if first >= 0 else range(0)
        for number in numbers:
            top = self.rowViewportPosition(number)
            if top > height:
                break
            self._anchors.append((self.rows.key_at(number), top))
        current = self.currentIndex()
        if current.isValid():
            key = self.rows.key_at(current.row())
            self._anchors.sort(key=lambda anchor: anchor[0] != key)

    def _return_to_place(self) -> None:
        for key, top in self._anchors:
            number = self.rows.number_of(key)
            if number is not None:
                self.updateGeometries()
                bar = self.verticalScrollBar()
                bar.setValue(bar.value() + self.rowViewportPosition(number) - top)
                break
        self._anchors = []
        self._show_state()

    # What stands in front of the rows ----------------------------------------------------------------

    def set_loading(self, loading: bool) -> None:
        """While rows are being read for the first time, say so instead of "nothing here"."""
        self._loading = loading
        self._show_state()

    def _show_state(self, *_: object) -> None:
        bare = self.rows.rowCount() == 0
        self._wait.setVisible(bare and self._loading)
        if self.empty is not None:
            self.empty.setVisible(bare and not self._loading)
        self._place()

    def _show_hint(self, pending: bool) -> None:
        self._order.setVisible(pending)
        self._place()

    def _place(self) -> None:
        self.frozen.place()
        area = self.viewport().rect()
        self._wait.setGeometry(area)
        if self.empty is not None:
            self.empty.setGeometry(area)
        self._order.adjustSize()
        at = QPoint((area.width() - self._order.width()) // 2, area.height() - self._order.height() - GRID)
        self._order.move(at)

    def _again(self) -> None:
        now = look()
        self.verticalHeader().setMinimumSectionSize(now.px(16))
        self.verticalHeader().setDefaultSectionSize(self._delegate.row_height())
        self._wait.setText(say(msg("Reading…")))
        self._order.setText(say(msg("The order has changed: F5, or rest the pointer")))
        self._order.setIcon(icons.icon("refresh-cw"))
        self._order.setIconSize(QSize(now.px(16), now.px(16)))
        self._show_state()

    # Qt's events -----------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._moved()
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.keyCombination() == WITH_HEADS:
            self.copy(heads=True)
        elif event.matches(QKeySequence.StandardKey.SelectAll):
            self.selectAll()
            self.all_selected.emit()
        elif event.keyCombination() == OPEN_FILTER:
            if self.head.filters_offered:
                self.filter_requested.emit(self.current_column)
        elif event.key() == Qt.Key.Key_F5:
            self.show_order()
            self.refresh_requested.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.current_row is not None:
            self.opened.emit(self.current_row)
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Letters are shortcuts here; jumping to a row that begins with one would move the selection."""

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._moved()
        self._hover(self.rowAt(event.position().toPoint().y()))
        super().mouseMoveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._moved()
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        super().mouseDoubleClickEvent(event)
        if event.button() is Qt.MouseButton.LeftButton and self.rowAt(event.position().toPoint().y()) >= 0:
            self.opened.emit(self.current_row)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._moved()
        super().wheelEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and self.frozen.shows_tip(event):
            return True
        if event.type() is QEvent.Type.Leave:
            self._hover(-1)
        return super().viewportEvent(event)

    def _hover(self, number: int) -> None:
        before, self._delegate.hovered = self._delegate.hovered, number
        if before != number:
            for row in (before, number):
                if 0 <= row < self.rows.rowCount():
                    top = self.rowViewportPosition(row)
                    self.viewport().update(0, top, self.viewport().width(), self.rowHeight(row))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _tick(self) -> None:
        last = self.rowAt(self.viewport().height() - 1)
        self.rows.tick(max(0, self.rowAt(0)), last if last >= 0 else None)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self.rows.ticks:
            self._tick()
            self._second.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._second.stop()
        self._rest.stop()
