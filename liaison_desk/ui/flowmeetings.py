"""The lists under the picture: its accounts, and the accounts that meet, each finding with its evidence (C5)."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QSplitter, QStackedWidget, QWidget

from liaison_desk.core.errors import DeskError
from liaison_desk.core.words import Message, msg
from liaison_desk.desk.meetings import EvidenceLine, MeetingRow, Meetings, meetings
from liaison_desk.ui.cards import EmptyState
from liaison_desk.ui.chips import Filter, FilterBar
from liaison_desk.ui.columnfit import ColumnFit
from liaison_desk.ui.context import Context
from liaison_desk.ui.flowcolumns import evidence_columns, meeting_columns
from liaison_desk.ui.rows import RowsModel
from liaison_desk.ui.table import Table
from liaison_desk.ui.theme import GRID, look, say

ACCOUNTS = "accounts"
KINDS: dict[str, Message] = {
    "shared": msg("In several cases"),
    "counterparties": msg("Common counterparties"),
    "circles": msg("Money that comes back"),
    "emptied": msg("Emptied at once"),
}
_EMPTY: dict[str, Message] = {
    "shared": msg("No account of this case stands in another case that you may see."),
    "counterparties": msg("No account gets money from two others."),
    "circles": msg("No money comes back to where it was."),
    "emptied": msg("No account let everything go within the minutes of the settings."),
}


class MeetingsPart(QObject):
    """Pills for the lists, and the lists; ``stack`` shows the chosen one."""

    open_leg = Signal(int)
    """A finding's request was opened."""
    arranged = Signal()
    """The pills have other words: their line wants arranging."""

    def __init__(self, context: Context, accounts: QWidget) -> None:
        super().__init__(accounts)
        self._context = context
        self.found: Meetings | None = None
        self.lists = FilterBar()
        self.stack = QStackedWidget()
        self.stack.addWidget(accounts)
        self.tables: dict[str, Table[MeetingRow]] = {}
        self.evidence: Table[EvidenceLine] = Table(
            RowsModel(
                evidence_columns(context), key=lambda line: (line.at, line.source, line.target, line.fen)
            ),
            empty=EmptyState("route", msg("Choose a line"), msg("The movements that show it stand here.")),
        )
        self.evidence.setAccessibleName(say(msg("Evidence")))
        self._tables = QStackedWidget()
        for kind in KINDS:
            table: Table[MeetingRow] = Table(
                RowsModel(meeting_columns(context, kind), key=lambda row: row.id),
                empty=EmptyState("check", msg("Nothing found"), _EMPTY[kind]),
            )
            table.setAccessibleName(say(KINDS[kind]))
            table.current_changed.connect(self._current)
            table.opened.connect(self._opened)
            ColumnFit(table, context, f"flow_{kind}", ("holder", "bank", "lines", "span"))
            self.tables[kind] = table
            self._tables.addWidget(table)
        both = QSplitter(Qt.Orientation.Horizontal)
        both.setHandleWidth(GRID)
        both.addWidget(self._tables)
        both.addWidget(self.evidence)
        both.setStretchFactor(0, 3)
        both.setStretchFactor(1, 2)
        self.stack.addWidget(both)
        self._both = both
        self.lists.changed.connect(lambda _: self._chosen())
        look().language_changed.connect(self._again)
        self._again()

    def refresh(self, case_id: int) -> None:
        """Read the meetings of this case."""
        desk = self._context.desk
        self._context.background.read(
            lambda: desk.read(meetings, case_id),
            self._read,
            failed=self._gone,
            key="flow-meetings",
            owner=self,
        )

    def _gone(self, error: DeskError) -> None:
        """The picture's own reading says why."""
        self.found = None
        self._again()

    def _read(self, found: Meetings) -> None:
        self.found = found
        for kind, table in self.tables.items():
            table.rows.replace(getattr(found, kind), mark=False)
        self._again()

    @property
    def kind(self) -> str:
        return next(iter(self.lists.chosen), ACCOUNTS)

    def _chosen(self) -> None:
        if self.kind == ACCOUNTS:
            self.stack.setCurrentIndex(0)
            return
        self.stack.setCurrentWidget(self._both)
        table = self.tables[self.kind]
        self._tables.setCurrentWidget(table)
        if not table.selected_rows and table.rows.rowCount():
            table.selectRow(0)
        self._current(table.current_row)

    def _current(self, row: MeetingRow | None) -> None:
        self.evidence.rows.replace(row.evidence if row is not None else (), mark=False)

    def _opened(self, row: MeetingRow) -> None:
        if row.leg_id is not None:
            self.open_leg.emit(row.leg_id)

    def _again(self) -> None:
        found = self.found
        self.lists.set_filters(
            [
                Filter(ACCOUNTS, msg("Accounts")),
                *(
                    Filter(kind, title, len(getattr(found, kind)) if found is not None else None)
                    for kind, title in KINDS.items()
                ),
            ]
        )
        self.arranged.emit()
