"""One signed-in person at one window in tests: a page beside its details, with the keys of the real window."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QSplitter, QWidget
from pytestqt.qtbot import QtBot

from liaison_desk.desk.desk import Desk
from liaison_desk.desk.office import institutions, office_settings
from liaison_desk.ui import messages
from liaison_desk.ui.background import SynchronousBackground
from liaison_desk.ui.context import Context
from liaison_desk.ui.keys import ActionTable
from liaison_desk.ui.messages import Toast
from liaison_desk.ui.page import Page


def context_of(desk: Desk, background: SynchronousBackground) -> Context:
    """What the window makes when somebody has signed in."""
    rows = desk.read(institutions, all_of_them=True)
    return Context(desk, background, desk.read(office_settings), {row.code: row for row in rows})


class Bench(QSplitter):
    """A page and its pane side by side; keys work as in the window, changes arrive when ``hear`` is called."""

    def __init__(self, page: Page, qtbot: QtBot) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.page = page
        messages.attach(self)
        self.addWidget(page)
        detail = page.detail()
        if detail is not None:
            self.addWidget(detail)
        self._keys = ActionTable(self)
        self._keys.offer([], page.actions_offered())
        self.resize(1300, 720)
        qtbot.addWidget(self)
        with qtbot.waitExposed(self):
            self.show()
        self.activateWindow()
        page.refresh()
        page.take_focus()
        # What this seat's own door has recorded is heard at once, as the watcher does.
        page.context.desk.announced.append(self.hear)
        self._behind = False

    def hear(self) -> None:
        """Somebody recorded something; told after the command is through."""
        self.page.hear(frozenset(self.page.kinds))

    def press(self, keys: str) -> bool:
        """The shortcut; False when it is not possible now."""
        spec = next(spec for spec in self.page.actions_offered() if spec.keys == keys)
        messages.forget()
        self.activateWindow()
        done = self._keys.run(spec)
        # A dialog that was opened becomes the active window by an event.
        QApplication.processEvents()
        return done

    @property
    def announced(self) -> str:
        """What was announced last. Several windows stand in one process here: any of them may have said it."""
        toasts = [toast for window in QApplication.topLevelWidgets() for toast in window.findChildren(Toast)]
        return "".join(toast.text for toast in toasts)

    def possible(self, name: str) -> bool:
        return next(spec for spec in self.page.actions_offered() if spec.name == name).enabled()

    def dialog(self, kind: type[QDialog]) -> QDialog:
        """The open dialog of that kind."""
        found = [widget for widget in self.findChildren(kind) if widget.isVisible()]
        assert len(found) == 1, f"{len(found)} dialogs of {kind.__name__}"
        return found[0]


def type_in(words: str, *keys: Qt.Key) -> None:
    """Type where the focus is, then press these keys; what is not ASCII comes from an input method."""
    for word in words:
        if word.isascii():
            QTest.keyClicks(focus(), word)
        else:
            event = QInputMethodEvent("", [])
            event.setCommitString(word)
            QApplication.sendEvent(focus(), event)
    for key in keys:
        QTest.keyClick(focus(), key)


def press_in(key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(focus(), key, modifier)


def focus() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None, "nothing has the focus"
    return widget
