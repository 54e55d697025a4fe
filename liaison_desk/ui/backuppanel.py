"""Backups: when the last one was made, one more by a button, and where they are."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from liaison_desk.core.countdown import when
from liaison_desk.core.errors import DeskError
from liaison_desk.core.words import msg
from liaison_desk.desk.keeping import BackupMade, RecordBackup, back_up_now
from liaison_desk.desk.shifts import ShiftBar, shift_bar
from liaison_desk.ui import messages
from liaison_desk.ui.actions import ActionSpec
from liaison_desk.ui.background import Progress
from liaison_desk.ui.buttons import Button
from liaison_desk.ui.cards import Figure, Text
from liaison_desk.ui.context import Context
from liaison_desk.ui.soundness import SoundnessDialog
from liaison_desk.ui.theme import GRID, Tone, look, say


class BackupPanel(QWidget):
    """For the administrator; the daily backup is made without anybody's doing."""

    changed = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self._busy = False
        self._last: datetime | None = None
        self.last = Figure(msg("Last backup"))
        self.words = Text("", wrap=True, selectable=True)
        self._progress = QProgressBar()
        self._progress.setRange(0, 0)
        self._progress.hide()
        self.button = Button(
            msg("Back up now"), icon="hard-drive", keys="B", kind="primary", run=self.back_up
        )
        self.check_button = Button(
            msg("Check the office…"), icon="shield-check", run=lambda: SoundnessDialog(context, self).open()
        )
        card = QFrame()
        card.setProperty("surface", "card")
        self._card = card
        inside = QVBoxLayout(card)
        inside.setContentsMargins(GRID * 2, GRID * 2, GRID * 2, GRID * 2)
        inside.setSpacing(GRID * 2)
        inside.addWidget(self.last)
        inside.addWidget(
            Text(
                msg(
                    "A backup is made by itself every day, before each upgrade, and whenever you press the button. "
                    "Each is opened and read from end to end before it counts; old ones are thinned by age."
                ),
                "muted",
                wrap=True,
            )
        )
        inside.addWidget(self._progress)
        inside.addWidget(self.words)
        row = QHBoxLayout()
        row.addWidget(self.button)
        row.addWidget(self.check_button)
        row.addStretch()
        inside.addLayout(row)
        self.button.setVisible(context.desk.may(RecordBackup))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(card, 0, Qt.AlignmentFlag.AlignTop)
        column.addStretch()
        look().theme_changed.connect(self._fit)
        look().language_changed.connect(self._tell)
        self._fit()

    def refresh(self) -> None:
        desk = self.context.desk
        self.context.background.read(
            lambda: desk.read(shift_bar),
            self._show,
            failed=lambda _: None,
            key=f"backup-{id(self)}",
            owner=self,
        )

    def _show(self, bar: ShiftBar) -> None:
        self._last = bar.last_backup
        self._tell()

    def _tell(self) -> None:
        context = self.context
        self.last.set_value(
            when(self._last, context.now(), context.zone) if self._last is not None else say(msg("none yet"))
        )

    def offers(self) -> list[ActionSpec]:
        if not self.context.desk.may(RecordBackup):
            return []
        return [
            ActionSpec(
                "back-up",
                msg("Back up now"),
                self.back_up,
                "B",
                "hard-drive",
                enabled=lambda: not self._busy,
                primary=True,
                why_not=lambda: msg("A backup is being made."),
            )
        ]

    def back_up(self) -> None:
        """Make one now, while everybody goes on working."""
        if self._busy:
            return
        self._set_busy(True)
        self.words.set("")
        desk = self.context.desk

        def work(progress: Progress) -> BackupMade:
            return back_up_now(desk)

        self.context.background.long(
            work, self._made, failed=self._failed, cancelled=lambda: self._set_busy(False), owner=self
        )

    def _made(self, made: BackupMade) -> None:
        self._set_busy(False)
        if made.sound:
            self.words.set_tone(Tone.NEUTRAL)
            self.words.set(msg("Backed up and verified: {path}", path=str(made.path)))
            messages.done(msg("Backed up and verified"))
            return
        self.words.set_tone(Tone.OVERDUE)
        self.words.set(
            msg(
                "The backup {path} was made, but the office itself is not sound: {reason}",
                path=str(made.path),
                reason=made.reason or "",
            )
        )

    def _failed(self, error: DeskError) -> None:
        self._set_busy(False)
        self.words.set_tone(Tone.OVERDUE)
        self.words.set(error.message)

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self._progress.setVisible(busy)
        self.button.setEnabled(not busy)
        self.changed.emit()

    def _fit(self) -> None:
        self._card.setMaximumWidth(look().px(640))
