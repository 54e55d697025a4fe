"""The one place that speaks to the user: what was done (with undo), what went wrong, and questions.

Everything is plain text, and everything said is logged by its sentence without the values, so that no
name, number or amount of a case gets into a log file.
"""

from __future__ import annotations

import html
import logging
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QLabel, QMessageBox, QPushButton, QWidget

from liaison_desk.core.errors import DeskError
from liaison_desk.core.words import Message, msg
from liaison_desk.ui import icons
from liaison_desk.ui.theme import GRID, Tone, look, say

_log = logging.getLogger("liaison_desk.said")

UNDO_SECONDS = 10
"""How long undo is offered (rules.md, "The chain")."""
STAY_SECONDS = 4


def _logged(kind: str, message: Message) -> None:
    _log.info("%s: %s", kind, message.text)


def plain(text: str) -> str:
    """``text`` for places that would guess HTML (tooltips): escaped, line breaks kept."""
    return f"<qt>{html.escape(text).replace(chr(10), '<br>')}</qt>" if text else ""


def caption(text: str) -> str:
    """``text`` for buttons and menus, where a bare & would become a mnemonic."""
    return text.replace("&", "&&")


class Toast(QFrame):
    """A bar at the foot of the window that comes, says one sentence, offers undo and goes by itself."""

    def __init__(self, host: QWidget) -> None:
        super().__init__(host)
        self.setProperty("toast", True)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._words = QLabel()
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setWordWrap(False)
        self._mark = QLabel()
        self._undo_button = QPushButton()
        self._undo_button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._undo_button.clicked.connect(self.undo)
        row = QHBoxLayout(self)
        row.setContentsMargins(GRID * 2, GRID // 2, GRID, GRID // 2)
        row.setSpacing(GRID)
        row.addWidget(self._mark)
        row.addWidget(self._words)
        row.addWidget(self._undo_button)
        self._host = host
        self._undo: Callable[[], None] | None = None
        self._left = 0
        self._clock = QTimer(self)
        self._clock.setInterval(1000)
        self._clock.timeout.connect(self.tick)
        host.installEventFilter(self)
        self.hide()

    @property
    def text(self) -> str:
        return self._words.text() if not self.isHidden() else ""

    @property
    def can_undo(self) -> bool:
        return self._undo is not None and not self.isHidden()

    def announce(self, message: Message, undo: Callable[[], None] | None, seconds: int, mark: str) -> None:
        theme = look().theme
        self._words.setText(say(message))
        self._mark.setPixmap(icons.pixmap(mark, theme.surface, look().px(16), self.devicePixelRatioF()))
        self.setMinimumHeight(look().px(40))
        self._undo, self._left = undo, seconds
        self._undo_button.setVisible(undo is not None)
        self._show_left()
        self.show()
        self.raise_()
        self._clock.start()

    def tick(self) -> None:
        """One second has gone."""
        self._left -= 1
        if self._left <= 0:
            self.dismiss()
        else:
            self._show_left()

    def undo(self) -> None:
        """Take back what was announced, if that is still offered."""
        undo = self._undo if not self.isHidden() else None
        self.dismiss()
        if undo is not None:
            undo()

    def dismiss(self) -> None:
        self._clock.stop()
        self._undo = None
        self._words.clear()
        self._words.setToolTip("")
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and not self.isHidden():
            self._place()
        return False

    def _show_left(self) -> None:
        self._undo_button.setText(say(msg("Undo (Ctrl+Z) {seconds} s", seconds=self._left)))
        self._place()

    def _place(self) -> None:
        host = self._host
        # A long sentence is cut at the window's width, its whole text stands in the tooltip.
        self.setMaximumWidth(max(GRID * 20, host.width() - GRID * 4))
        self._words.setToolTip(plain(self._words.text()))
        self.adjustSize()
        self.move((host.width() - self.width()) // 2, host.height() - self.height() - GRID * 6)


def attach(window: QWidget) -> Toast:
    """Give a window its place for announcements; call once, when it is made."""
    return Toast(window)


def _toast() -> Toast | None:
    active = QApplication.activeWindow()
    windows = [active] if active is not None else []
    for window in [*windows, *QApplication.topLevelWidgets()]:
        found = window.findChild(Toast)
        if isinstance(found, Toast) and not window.isHidden():
            return found
    return None


def done(message: Message, undo: Callable[[], None] | None = None, *, seconds: int | None = None) -> None:
    """Announce what was done, without stopping anybody; ``undo`` is offered for ten seconds."""
    _logged("done", message)
    stay = seconds or (UNDO_SECONDS if undo is not None else STAY_SECONDS)
    if (toast := _toast()) is not None:
        toast.announce(message, undo, stay, "circle-check")


def can_undo() -> bool:
    """Whether what was announced last can still be taken back."""
    toast = _toast()
    return toast is not None and toast.can_undo


def undo() -> None:
    """Take back what was announced last, by the key."""
    if (toast := _toast()) is not None:
        toast.undo()


def inform(message: Message, *, seconds: int = STAY_SECONDS) -> None:
    """Say something that needs no answer."""
    _logged("inform", message)
    if (toast := _toast()) is not None:
        toast.announce(message, None, seconds, "info")


def forget() -> None:
    """Take down what is shown and its undo: another person sits here now."""
    for window in QApplication.topLevelWidgets():
        for toast in window.findChildren(Toast):
            toast.dismiss()


def _box(parent: QWidget | None, mark: str, tone: Tone, text: str, detail: str) -> QMessageBox:
    box = QMessageBox(parent or QApplication.activeWindow())
    box.setWindowTitle(QApplication.applicationDisplayName())
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(text)
    box.setInformativeText(detail)
    size = look().px(32)
    box.setIconPixmap(icons.pixmap(mark, look().theme.colour(tone), size, box.devicePixelRatioF()))
    for label in box.findChildren(QLabel):
        label.setTextFormat(Qt.TextFormat.PlainText)
    return box


def error_box(error: DeskError, parent: QWidget | None = None) -> QMessageBox:
    """The box that says an error's sentence; not yet open."""
    box = _box(parent, "triangle-alert", Tone.SOON, say(error.message), "")
    box.addButton(say(msg("Close")), QMessageBox.ButtonRole.AcceptRole)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return box


def show_error(error: DeskError, parent: QWidget | None = None) -> None:
    """Say an error's sentence in a box that does not stop the program's other work."""
    _logged("error", error.message)
    error_box(error, parent).open()


def question_box(
    question: Message,
    yes: Message,
    *,
    no: Message | None = None,
    detail: Message | None = None,
    parent: QWidget | None = None,
) -> QMessageBox:
    """The box of ``ask``; the button that changes nothing is the default and Escape's."""
    box = _box(parent, "triangle-alert", Tone.SOON, say(question), say(detail) if detail else "")
    box.addButton(caption(say(yes)), QMessageBox.ButtonRole.AcceptRole)
    stay: QPushButton = box.addButton(caption(say(no or msg("Cancel"))), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(stay)
    box.setEscapeButton(stay)
    return box


def ask(
    question: Message,
    yes: Message,
    *,
    no: Message | None = None,
    detail: Message | None = None,
    parent: QWidget | None = None,
) -> bool:
    """Ask before a destructive step. The question names the object, ``yes`` names the deed ("Void ZF…12")."""
    box = question_box(question, yes, no=no, detail=detail, parent=parent)
    box.exec()
    agreed = box.buttonRole(box.clickedButton()) == QMessageBox.ButtonRole.AcceptRole
    _logged("asked, yes" if agreed else "asked, no", question)
    box.deleteLater()
    return agreed
