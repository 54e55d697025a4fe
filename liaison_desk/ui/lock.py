"""Leaving nothing of one person to the next: the idle clock, the curtain of the lock, and what is wiped.

The lock hides what every window of the program shows without closing it, so that the same person finds
everything again; for anybody else it is dropped.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QGuiApplication, QWindow
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QPlainTextEdit, QToolTip, QWidget
from shiboken6 import isValid

from liaison_desk.ui import messages

_SIGNS_OF_LIFE = frozenset(
    {
        QEvent.Type.MouseMove,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.KeyPress,
        QEvent.Type.KeyRelease,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TouchUpdate,
        QEvent.Type.TabletMove,
        QEvent.Type.TabletPress,
    }
)


class IdleClock(QObject):
    """How long nobody has touched the program. It hears the native windows, not each event of each widget."""

    def __init__(self, parent: QObject | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(parent)
        self._clock = clock
        self._last = clock()
        application = QGuiApplication.instance()
        assert isinstance(application, QGuiApplication)
        application.focusWindowChanged.connect(self._listen)
        # An input method takes the keys away from the window; the cursor it moves shows that somebody types.
        QGuiApplication.inputMethod().cursorRectangleChanged.connect(self.touched)

    @property
    def seconds(self) -> float:
        return self._clock() - self._last

    def touched(self) -> None:
        self._last = self._clock()

    def _listen(self, window: QWindow | None) -> None:
        if window is not None:
            window.removeEventFilter(self)
            window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _SIGNS_OF_LIFE:
            self.touched()
        return False


class Clipboard(QObject):
    """Knows whether what is on the clipboard came from this program."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ours = False
        self._board = QGuiApplication.clipboard()
        self._board.dataChanged.connect(self._changed)

    def _changed(self) -> None:
        away = QGuiApplication.applicationState() is Qt.ApplicationState.ApplicationInactive
        # Another program that puts something there is the active one; when in doubt it counts as ours.
        self._ours = self._board.ownsClipboard() or not (away and QGuiApplication.focusWindow() is None)

    def mark_ours(self) -> None:
        """Something of this person may stand there."""
        self._ours = True

    def wipe(self) -> None:
        """Empty the clipboard if what is there came from here."""
        if self._ours:
            self._board.clear()
            self._ours = False


def other_windows(*but: QWidget) -> Iterator[QWidget]:
    """Every visible top-level window of the program besides these."""
    for window in QApplication.topLevelWidgets():
        if window not in but and window.isVisible():
            yield window


def close_popups() -> None:
    """Menus, lists of choices and tips go."""
    QToolTip.hideText()
    while (popup := QApplication.activePopupWidget()) is not None:
        popup.close()
        if popup.isVisible():
            # One that refuses to close must not be asked for ever.
            popup.hide()


@dataclass
class _Behind:
    """What a window showed before the curtain fell."""

    window: QWidget
    title: str
    smallest: QSize
    children: list[QWidget]


class Curtain:
    """Hides what open dialogs show and brings it back; a dialog that waits for its answer goes on waiting."""

    def __init__(self) -> None:
        self._behind: list[_Behind] = []

    def draw(self, title: str, *but: QWidget) -> None:
        """Hide everything besides these windows; may be called again for windows that came since."""
        close_popups()
        known = {id(each.window) for each in self._behind}
        for window in list(other_windows(*but)):
            if id(window) in known:
                continue
            children = [
                child
                for child in window.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
                if not child.isHidden() and not child.isWindow()
            ]
            self._behind.append(_Behind(window, window.windowTitle(), window.minimumSize(), children))
            # Without its contents a layout would let the window shrink to nothing.
            window.setMinimumSize(window.size())
            for child in children:
                child.hide()
            window.setWindowTitle(title)

    def lift(self) -> None:
        behind, self._behind = self._behind, []
        for each in behind:
            if not isValid(each.window):
                continue
            for child in each.children:
                if isValid(child):
                    child.show()
            each.window.setWindowTitle(each.title)
            each.window.setMinimumSize(each.smallest)


def drop_windows(but: QWidget) -> None:
    """Close every other window without asking anything: its person is gone, and so is what was typed in it."""
    close_popups()
    for window in list(other_windows(but)):
        if isinstance(window, QDialog):
            # Not reject(): a dialog may ask there whether to throw away what was typed.
            QDialog.done(window, QDialog.DialogCode.Rejected)
        else:
            window.hide()
        window.deleteLater()


def wipe(clipboard: Clipboard) -> None:
    """What outlives the pages of a person: the clipboard, the last announcement with its undo, tips."""
    clipboard.wipe()
    messages.forget()
    close_popups()


def holds_typed_text(widget: QWidget) -> bool:
    """Whether somebody has typed into a visible editor of it what would be lost; search fields do not count."""
    for line in widget.findChildren(QLineEdit):
        if (
            line.isModified()
            and line.text()
            and line.isVisible()
            and not line.isReadOnly()
            and line.property("kind") != "search"
        ):
            return True
    return any(
        text.document().isModified() and text.toPlainText().strip() and text.isVisible()
        for text in widget.findChildren(QPlainTextEdit)
        if not text.isReadOnly()
    )
