"""What stands beside the queue: the request of the chosen line, or the whole case where that is the work item."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from liaison_desk.desk.queuerows import QueueRow
from liaison_desk.ui.actions import ActionSpec
from liaison_desk.ui.casepane import CasePane
from liaison_desk.ui.context import Context
from liaison_desk.ui.detailpane import DetailPane


class QueueDetail(QStackedWidget):
    """The pane of requests, and that of cases for cases out of balance; the latter is made when first needed."""

    loaded = Signal()
    """What is chosen, or a newer state of it, is shown."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.request = DetailPane(context)
        self.request.loaded.connect(self.loaded)
        self.case: CasePane | None = None
        self.addWidget(self.request)

    def show_row(self, row: QueueRow | None) -> None:
        """Show what this line of the queue is about."""
        if row is None or row.item != "case":
            self.setCurrentWidget(self.request)
            self.request.show_row(row)
            return
        if self.case is None:
            self.case = CasePane(self._context)
            self.case.loaded.connect(self.loaded)
            self.addWidget(self.case)
        self.request.show_row(None)
        self.setCurrentWidget(self.case)
        self.case.show_case(row.case_id)

    def show_leg(self, leg_id: int) -> None:
        """Show a request that stands in no list on the screen."""
        self.setCurrentWidget(self.request)
        self.request.show_leg(leg_id)

    def refresh(self) -> None:
        self._shown().refresh()

    def tick(self) -> None:
        self._shown().tick()

    def offer(self, actions: Sequence[ActionSpec]) -> None:
        """The steps that are possible with what is shown."""
        self._shown().steps.offer(actions)

    def write_note(self) -> None:
        self._shown().note.setFocus()

    def _shown(self) -> DetailPane | CasePane:
        return self.case if self.case is not None and self.currentWidget() is self.case else self.request
