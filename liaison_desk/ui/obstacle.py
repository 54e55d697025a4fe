"""What the window shows when an office is there and cannot be opened: the sentence, and the way out."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QVBoxLayout, QWidget

from liaison_desk.core.errors import DeskError
from liaison_desk.core.words import Message, msg
from liaison_desk.ui import icons, messages
from liaison_desk.ui.background import Background, Progress
from liaison_desk.ui.buttons import Button
from liaison_desk.ui.cards import Text
from liaison_desk.ui.opening import Hindered, Hindrance, Opening
from liaison_desk.ui.signin import PRODUCT
from liaison_desk.ui.theme import GRID, look

TITLES = {
    Hindrance.MISSING: msg("There is no office here"),
    Hindrance.OLDER: msg("The office was made by an older program"),
    Hindrance.DAMAGED: msg("The office cannot be read"),
    Hindrance.OTHER: msg("The office cannot be opened"),
}


class Obstacle(QWidget):
    """A card with what happened and the steps that lead on; ``resolved`` says to look again."""

    resolved = Signal()
    elsewhere = Signal()
    """Another office is to be opened."""

    def __init__(self, opening: Opening, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("surface", "window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._opening, self._background = opening, background
        self._found: Hindered | None = None
        self._busy = False
        self._mark = QLabel()
        self.title = Text("", "heading", wrap=True)
        self.words = Text("", wrap=True, selectable=True)
        self.more = Text("", "muted", wrap=True)
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.hide()
        self.upgrade = Button(msg("Back up, then upgrade"), kind="primary", run=self._upgrade)
        self.restore = Button(msg("Put the backup in its place…"), kind="primary", run=self._ask_restore)
        self.again = Button(msg("Try again"), icon="refresh-cw", run=self.resolved.emit)
        self.other = Button(msg("Another office…"), icon="database", run=self.elsewhere.emit)
        self._card = QFrame()
        self._card.setProperty("surface", "card")
        inside = QVBoxLayout(self._card)
        inside.setContentsMargins(GRID * 4, GRID * 3, GRID * 4, GRID * 3)
        inside.setSpacing(GRID * 2)
        head = QHBoxLayout()
        head.addWidget(self._mark)
        head.addWidget(self.title, 1)
        inside.addWidget(Text(PRODUCT, "brand"))
        inside.addLayout(head)
        for widget in (self.words, self.more, self.progress):
            inside.addWidget(widget)
        foot = QHBoxLayout()
        foot.addWidget(self.other)
        foot.addStretch()
        for button in (self.again, self.upgrade, self.restore):
            foot.addWidget(button)
        inside.addLayout(foot)
        column = QVBoxLayout(self)
        column.addStretch(2)
        column.addWidget(self._card, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)
        look().theme_changed.connect(self._again)
        self._again()

    def show_hindered(self, found: Hindered) -> None:
        self._found = found
        self.title.set(TITLES[found.kind])
        self.words.set(found.error.message)
        self.upgrade.setVisible(found.kind is Hindrance.OLDER)
        self.restore.setVisible(found.kind is Hindrance.DAMAGED and bool(found.backup))
        more: Message | str = ""
        if found.kind is Hindrance.DAMAGED:
            more = (
                msg(
                    "The newest sound backup is {backup} of {at}. What is there now is kept under another name.",
                    backup=found.backup,
                    at=found.backup_at.astimezone().strftime("%Y-%m-%d %H:%M") if found.backup_at else "?",
                )
                if found.backup
                else msg("No sound backup was found beside it. Choose one with the command restore FILE.")
            )
        self.more.set(more)
        self.more.setVisible(bool(more))
        self._end()

    def _upgrade(self) -> None:
        self._run(
            self._opening.upgrade, lambda name: msg("Upgraded; the backup before it is {name}", name=name)
        )

    def _ask_restore(self) -> None:
        found = self._found
        if found is not None and messages.ask(
            msg("Put {backup} in the place of {where}?", backup=found.backup, where=found.where),
            msg("Restore {backup}", backup=found.backup),
            detail=msg("What was recorded after that backup is only in the file that is put aside."),
            parent=self,
        ):
            self._run(
                self._opening.restore,
                lambda name: msg("Restored; what was there is kept as {name}", name=name),
            )

    def _run(self, work: Callable[[Progress], str], told: Callable[[str], Message]) -> None:
        if self._busy:
            return
        self._busy = True
        self.progress.setRange(0, 0)
        self.progress.show()
        for button in (self.upgrade, self.restore, self.again, self.other):
            button.setEnabled(False)
        self._background.long(work, lambda name: self._done(told(name)), failed=self._failed, owner=self)

    def _done(self, sentence: Message) -> None:
        self._end()
        messages.done(sentence)
        self.resolved.emit()

    def _failed(self, error: DeskError) -> None:
        self._end()
        self.words.set(error.message)

    def _end(self) -> None:
        self._busy = False
        self.progress.hide()
        for button in (self.upgrade, self.restore, self.again, self.other):
            button.setEnabled(True)

    def _again(self) -> None:
        now = look()
        self._card.setFixedWidth(now.px(600))
        self._mark.setPixmap(
            icons.pixmap("triangle-alert", now.theme.soon, now.px(24), self.devicePixelRatioF())
        )
