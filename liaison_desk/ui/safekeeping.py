"""Makes the daily backup while a window is open, off the GUI thread; the bar at the foot shows when."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from liaison_desk.core.errors import DeskError
from liaison_desk.core.words import msg
from liaison_desk.desk.keeping import BackupMade, back_up_now, due_for_backup
from liaison_desk.ui import messages
from liaison_desk.ui.background import Progress
from liaison_desk.ui.context import Context

LOOK_MS = 10 * 60 * 1000
"""How often it is asked whether a backup is due."""
FIRST_MS = 20_000
"""Not in the moment of signing in, when somebody waits for the queue."""


class SafeKeeping(QObject):
    """One for each room; a throw-away demo office is not backed up."""

    kept = Signal(object)
    """BackupMade."""

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._busy = False
        self._told = ""
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.look)
        if not context.office.demo:
            self._timer.start(FIRST_MS)

    def stop(self) -> None:
        self._timer.stop()

    def look(self) -> None:
        """Make a backup if one is due."""
        self._timer.setInterval(LOOK_MS)
        if self._busy:
            return
        self._busy = True
        desk = self._context.desk.as_system()

        def work(progress: Progress) -> BackupMade | None:
            return back_up_now(desk) if due_for_backup(desk.database, desk.clock()) else None

        self._context.background.long(
            work, self._done, failed=self._failed, cancelled=self._cancelled, owner=self
        )

    def _done(self, made: BackupMade | None) -> None:
        self._busy = False
        self._told = ""
        if made is None:
            return
        self.kept.emit(made)
        if not made.sound:
            messages.show_error(
                DeskError(
                    msg(
                        "The daily backup was made, but the office itself is not sound. Nothing was changed. "
                        "Tell the administrator to run check."
                    )
                )
            )

    def _failed(self, error: DeskError) -> None:
        self._busy = False
        # The same trouble is told once, not every ten minutes.
        if error.message.text != self._told:
            self._told = error.message.text
            messages.show_error(error)

    def _cancelled(self) -> None:
        self._busy = False
