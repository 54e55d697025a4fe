"""Before somebody signs out: the requests claimed by them, each to be released, handed over or kept, by name."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from liaison_desk.core.errors import DeskError
from liaison_desk.core.lifecycle import LegState
from liaison_desk.core.money import yuan
from liaison_desk.core.words import Message, msg
from liaison_desk.desk.details import Colleague, people_to_hand_to
from liaison_desk.desk.lists import QueueView, queue
from liaison_desk.desk.queuerows import QueueRow
from liaison_desk.desk.requests import ReassignRequest, ReleaseClaim
from liaison_desk.desk.work import Command
from liaison_desk.ui.buttons import Button
from liaison_desk.ui.cards import Text
from liaison_desk.ui.columns import grouped
from liaison_desk.ui.context import Context
from liaison_desk.ui.editors import CodeCombo
from liaison_desk.ui.theme import GRID, look, say

KEEP, RELEASE = "keep", "release"
MOST = 200
"""Claims of one person that are listed; nobody works on more at a time."""

Claims = tuple[tuple[QueueRow, ...], tuple[Colleague, ...]]


def claims_of(context: Context) -> Claims:
    """The person's claims and the colleagues who could take them; runs off the GUI thread."""
    desk = context.desk
    if not (desk.may_read(queue) and desk.may(ReleaseClaim)):
        return (), ()
    view = QueueView(states=frozenset({LegState.CLAIMED}), mine=True, order="due")
    rows = desk.read(queue, view, limit=MOST).rows
    own = desk.actor.person_id
    others = desk.read(people_to_hand_to, rows[0].id) if rows else ()
    return rows, tuple(other for other in others if other.id != own)


class ClaimsDialog(QDialog):
    """Lists them; ``settled`` says that the person may go."""

    settled = Signal()

    def __init__(
        self,
        context: Context,
        rows: Sequence[QueueRow],
        colleagues: Sequence[Colleague],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(say(msg("Your claims")))
        self._context, self._rows = context, list(rows)
        choices: list[tuple[Hashable, Message]] = [
            (RELEASE, msg("Release")),
            *((other.id, msg("Hand to {name}", name=other.name)) for other in colleagues),
            (KEEP, msg("Keep")),
        ]
        inner = QWidget()
        grid = QGridLayout(inner)
        grid.setContentsMargins(0, 0, GRID, 0)
        grid.setHorizontalSpacing(GRID * 2)
        grid.setVerticalSpacing(GRID)
        self.combos: list[CodeCombo] = []
        for number, row in enumerate(self._rows):
            combo = CodeCombo(choices)
            combo.setAccessibleName(row.number)
            self.combos.append(combo)
            name = Text(row.number)
            name.setFont(look().font(bold=True))
            grid.addWidget(name, number, 0)
            grid.addWidget(Text(grouped(row.target)), number, 1)
            amount = Text(yuan(row.amount))
            grid.addWidget(amount, number, 2, Qt.AlignmentFlag.AlignRight)
            grid.addWidget(combo, number, 3)
        grid.setColumnStretch(1, 1)
        grid.setRowStretch(len(self._rows), 1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setWidget(inner)
        scroll.viewport().setAutoFillBackground(False)
        inner.setAutoFillBackground(False)
        self.trouble = Text("", "error", wrap=True)
        self.trouble.hide()
        self.go = Button(msg("Sign out"), kind="primary", run=self._settle)
        foot = QHBoxLayout()
        foot.addWidget(Button(msg("Keep all"), run=lambda: self._all(KEEP)))
        foot.addWidget(Button(msg("Release all"), run=lambda: self._all(RELEASE)))
        foot.addStretch()
        foot.addWidget(Button(msg("Stay"), run=self.reject))
        foot.addWidget(self.go)
        self.go.setDefault(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID * 3, GRID * 2, GRID * 3, GRID * 2)
        column.setSpacing(GRID * 2)
        column.addWidget(Text(msg("You have claimed these requests"), "heading"))
        column.addWidget(
            Text(msg("Their clocks go on. Say for each what becomes of it."), "muted", wrap=True)
        )
        column.addWidget(scroll, 1)
        column.addWidget(self.trouble)
        column.addLayout(foot)
        for button in self.findChildren(Button):
            # Return signs out only from its own button.
            button.setAutoDefault(button is self.go)
        self.resize(look().px(640), look().px(min(520, 220 + 44 * len(self._rows))))

    def _all(self, choice: str) -> None:
        for combo in self.combos:
            combo.set_value(choice)

    def commands(self) -> list[Command[Any]]:
        """What was chosen; nothing for what is kept."""
        found: list[Command[Any]] = []
        for row, combo in zip(self._rows, self.combos, strict=True):
            choice = combo.value()
            if choice == RELEASE:
                found.append(ReleaseClaim(leg_id=row.id, version=row.version))
            elif isinstance(choice, int):
                found.append(ReassignRequest(leg_id=row.id, person_id=choice, version=row.version))
        return found

    def _settle(self) -> None:
        commands, desk = self.commands(), self._context.desk
        self.go.setEnabled(False)

        def work() -> list[DeskError]:
            refused = []
            for command in commands:
                try:
                    desk.do(command)
                except DeskError as error:
                    refused.append(error)
            return refused

        self._context.background.do(work, self._done, failed=self._failed, owner=self)

    def _done(self, refused: list[DeskError]) -> None:
        if refused:
            self._failed(refused[0])
            # What is kept is settled; what was done already must not be done again.
            self._all(KEEP)
            return
        self.settled.emit()
        self.accept()

    def _failed(self, error: DeskError) -> None:
        self.go.setEnabled(True)
        self.trouble.set(error.message)
        self.trouble.show()


def settle_claims(context: Context, window: QWidget, owner: QWidget, go: Callable[[], None]) -> None:
    """Ask what becomes of the person's claims, where there are any, and then ``go``.

    When they cannot be read they stay as they are. ``owner``: who must still be there when they are known.
    """

    def ask(found: Claims) -> None:
        rows, colleagues = found
        if not rows:
            go()
            return
        dialog = ClaimsDialog(context, rows, colleagues, window)
        dialog.settled.connect(lambda: QTimer.singleShot(0, window, go))
        dialog.open()

    context.background.read(lambda: claims_of(context), ask, failed=lambda _: go(), key="claims", owner=owner)
