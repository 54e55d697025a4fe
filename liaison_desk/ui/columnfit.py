"""Columns that fit: what matters least makes room in a narrow window, until the person arranges them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QGuiApplication

from liaison_desk.ui.context import Context
from liaison_desk.ui.table import Table
from liaison_desk.ui.theme import look


class ColumnFit(QObject):
    """Keeps one table's columns; ``yielding`` are the keys that go first, in this order.

    As soon as the person moves, resizes, hides or shows a column, the layout is theirs and is remembered.
    """

    def __init__(self, table: Table[Any], context: Context, name: str, yielding: Sequence[str]) -> None:
        super().__init__(table)
        self._table, self._context, self._name, self._yielding = table, context, name, tuple(yielding)
        kept = context.recall(name)
        self._own = bool(kept)
        if kept:
            table.head.restore_layout(kept)
        table.viewport().installEventFilter(self)
        table.head.sectionMoved.connect(lambda *_: self._arranged())
        table.head.sectionResized.connect(lambda *_: self._resized())
        table.head.customContextMenuRequested.connect(lambda _: self._arranged())
        look().theme_changed.connect(self.fit)

    def fit(self) -> None:
        """Hide what has no room and show what has, in the delivered layout."""
        if self._own:
            return
        head, columns = self._table.head, self._table.rows.columns
        numbers = {column.key: number for number, column in enumerate(columns)}
        width = {column.key: look().px(column.width) for column in columns if not column.hidden}
        need, room = sum(width.values()), self._table.viewport().width()
        gone: list[str] = []
        for key in self._yielding:
            if key in width and need > room:
                gone.append(key)
                need -= width[key]
        for key in reversed(gone[:-1]):
            # A wide column that went last may leave room for a narrow one that went before it.
            if need + width[key] <= room:
                gone.remove(key)
                need += width[key]
        for key in self._yielding:
            if key in width:
                head.setSectionHidden(numbers[key], key in gone)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Resize:
            self.fit()
        return False

    def _resized(self) -> None:
        # The last column is stretched by the window itself; only a hand on the head counts.
        by_hand = bool(QGuiApplication.mouseButtons() & Qt.MouseButton.LeftButton)
        if self._own or by_hand:
            self._arranged()

    def _arranged(self) -> None:
        self._own = True
        self._context.remember(self._name, self._table.head.layout_state())
