"""Checks the office from end to end on request and says what was found (the figure at the foot of the window)."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from liaison_desk.core.errors import DeskError
from liaison_desk.core.words import msg
from liaison_desk.desk.check import Report, check
from liaison_desk.desk.shifts import ChainState, chain_state
from liaison_desk.ui.background import Progress
from liaison_desk.ui.buttons import Button
from liaison_desk.ui.cards import Fact, FactGrid, Text
from liaison_desk.ui.context import Context
from liaison_desk.ui.theme import GRID, Tone, look, say

MOST = 8
"""Findings that are told one by one; the command line lists them all."""


class SoundnessDialog(QDialog):
    """Length and head of the audit chain, and a check of everything the office holds."""

    checked = Signal(int)
    """The office was found whole up to this entry."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._context = context
        self.setWindowTitle(say(msg("Audit chain")))
        self._facts = FactGrid(2)
        self.verdict = Text("", wrap=True)
        self._progress = QProgressBar()
        self._progress.setRange(0, 0)
        self._progress.hide()
        self.go = Button(
            msg("Check from end to end"), icon="shield-check", kind="primary", run=self.check_now
        )
        foot = QHBoxLayout()
        foot.addStretch()
        close = Button(msg("Close"), run=self.accept)
        close.setAutoDefault(False)
        self.go.setDefault(True)
        foot.addWidget(close)
        foot.addWidget(self.go)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID * 3, GRID * 2, GRID * 3, GRID * 2)
        column.setSpacing(GRID * 2)
        column.addWidget(Text(msg("Audit chain"), "heading"))
        column.addWidget(
            Text(
                msg(
                    "Every change is an entry linked to the one before. The code of the last one stands on each "
                    "printed sheet; a copy that does not reach it has been changed."
                ),
                "muted",
                wrap=True,
            )
        )
        column.addWidget(self._facts)
        column.addWidget(self._progress)
        column.addWidget(self.verdict)
        column.addStretch()
        column.addLayout(foot)
        self.setMinimumWidth(look().px(520))
        self._read()

    def _read(self) -> None:
        desk = self._context.desk
        self._context.background.read(lambda: desk.read(chain_state), self._show, owner=self)

    def _show(self, state: ChainState) -> None:
        self._facts.set_facts(
            [
                Fact(msg("Entries"), f"{state.entries:,}", strong=True),
                Fact(msg("Head code"), state.head, mono=True, strong=True),
            ]
        )

    def check_now(self) -> None:
        """Read everything once; others go on working meanwhile."""
        self.go.setEnabled(False)
        self._progress.show()
        self.verdict.set("")
        desk = self._context.desk

        def work(progress: Progress) -> Report:
            return check(desk.database, now=desk.clock())

        self._context.background.long(work, self._told, failed=self._failed, owner=self)

    def _told(self, report: Report) -> None:
        self._end()
        if report.ok:
            self.verdict.set_tone(Tone.OK)
            self.verdict.set(
                msg(
                    "Everything was read: {entries} entries, unbroken; the ledger adds up.",
                    entries=f"{report.entries:,}",
                )
            )
            self.checked.emit(report.entries)
            return
        self.verdict.set_tone(Tone.OVERDUE)
        lines = [
            say(msg("Something is wrong. Nothing was changed; tell the administrator at once.")),
            *(f"{finding.where} {say(finding.message)}".strip() for finding in report.findings[:MOST]),
        ]
        self.verdict.set("\n".join(lines))

    def _failed(self, error: DeskError) -> None:
        self._end()
        self.verdict.set_tone(Tone.SOON)
        self.verdict.set(error.message)

    def _end(self) -> None:
        self.go.setEnabled(True)
        self._progress.hide()
