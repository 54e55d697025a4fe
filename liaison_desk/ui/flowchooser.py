"""Chooses the case whose money is shown: type a part of anything, take it from the list."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from liaison_desk.core.words import msg
from liaison_desk.desk import casebook
from liaison_desk.desk.casebook import CaseRow, CaseView
from liaison_desk.desk.paging import Cursor
from liaison_desk.ui import columns
from liaison_desk.ui.cards import EmptyState, Text
from liaison_desk.ui.columns import Align, Column
from liaison_desk.ui.context import Context
from liaison_desk.ui.editors import LineEdit
from liaison_desk.ui.pagedlist import PagedList, Reader
from liaison_desk.ui.rows import RowsModel
from liaison_desk.ui.table import Table
from liaison_desk.ui.theme import GRID, look, say

_PAUSE = 200
"""Milliseconds after the last key before the list is read."""


class CaseChooser(QDialog):
    """A list of cases with a search line; ``taken`` is called with the chosen case."""

    def __init__(self, context: Context, taken: Callable[[int], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._taken = context, taken
        self.setWindowTitle(say(msg("Choose a case")))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.words = LineEdit(longest=100)
        self.words.setPlaceholderText(say(msg("Number, victim, account, phone…")))
        self.words.setAccessibleName(say(msg("Search")))
        self.table: Table[CaseRow] = Table(
            RowsModel(self._columns(), key=lambda row: row.id),
            empty=EmptyState("briefcase", msg("No case here"), msg("Type another part of it.")),
        )
        self._list: PagedList[CaseRow] = PagedList(
            self.table, context.background, self._reader, f"flow-cases-{id(self)}"
        )
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE)
        self._pause.timeout.connect(self._list.reload)
        self.words.textChanged.connect(lambda _: self._pause.start())
        self._wanted = False
        self._list.loaded.connect(self._take_wanted)
        self.words.returnPressed.connect(self._take_first)
        self.table.opened.connect(lambda row: self._take(row))
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID * 2, GRID * 2, GRID * 2, GRID * 2)
        column.setSpacing(GRID)
        column.addWidget(Text(msg("Whose money shall be followed?"), "title"))
        column.addWidget(self.words)
        column.addWidget(self.table, 1)
        self.resize(look().px(640), look().px(440))
        self._list.reload()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down and self.words.hasFocus() and self.table.rows.rowCount():
            self.table.setFocus()
            self.table.select_key(self.table.rows.key_at(0))
            return
        super().keyPressEvent(event)

    def _columns(self) -> list[Column[CaseRow]]:
        context = self._context
        return [
            Column("number", msg("Number"), lambda row: columns.code(row.number), 124),
            Column("victim", msg("Victim"), lambda row: columns.text(row.victim or None), 90),
            Column("fraud", msg("Type"), lambda row: columns.text(row.fraud_type), 120),
            Column(
                "reported",
                msg("Reported"),
                lambda row: columns.moment(row.happened_at, context.now(), context.zone),
                100,
            ),
            Column("loss", msg("Loss"), lambda row: columns.money(row.loss), 116, Align.RIGHT),
        ]

    def _reader(self) -> Reader:
        desk, view = self._context.desk, CaseView(words=self.words.text().strip())

        def read(cursor: Cursor | None, limit: int) -> casebook.CasePage:
            return desk.read(casebook.cases, view, cursor, limit)

        return read

    def _take_first(self) -> None:
        """Enter in the search line; what was typed last is searched first."""
        self._wanted = True
        if self._pause.isActive():
            self._pause.stop()
            self._list.reload()
        else:
            self._take_wanted()

    def _take_wanted(self) -> None:
        if self._wanted and self.table.rows.rowCount():
            self._wanted = False
            self._take(self.table.current_row or self.table.rows.row(0))

    def _take(self, row: CaseRow | None) -> None:
        if row is not None:
            self.accept()
            self._taken(row.id)
