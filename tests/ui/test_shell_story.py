"""One story through the shell: an officer works, a representative takes the place, nothing of the officer stays."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from liaison_desk.core.words import Message, msg
from liaison_desk.ui import messages
from liaison_desk.ui.messages import Toast
from liaison_desk.ui.queuepage import QueuePage
from tests import given
from tests.given import Office
from tests.ui.given_window import Front, front

VICTIM = "买买提·吐尔逊"


@pytest.fixture
def window(qtbot: QtBot, sqlite_office: Office) -> Iterator[Front]:
    given.busy(sqlite_office)
    with front(qtbot, sqlite_office) as made:
        yield made


def said_anywhere() -> str:
    """Every word on any window: labels, editors, titles, tips."""
    found: list[str] = []
    for top in QApplication.topLevelWidgets():
        found.append(top.windowTitle())
        for widget in (top, *top.findChildren(QWidget)):
            found.append(widget.toolTip())
            found.append(widget.accessibleName())
            if isinstance(widget, QLabel | QLineEdit):
                found.append(widget.text())
            if isinstance(widget, QPlainTextEdit):
                found.append(widget.toPlainText())
    return "\n".join(found)


def test_nothing_of_the_officer_is_left_for_the_representative(window: Front) -> None:
    room = window.come_in("zhao")
    page = room.pages["queue"]
    assert isinstance(page, QueuePage)
    page.table.selectRow(0)
    assert VICTIM in said_anywhere()
    page.table.copy()
    copied = QGuiApplication.clipboard().text()
    assert copied
    undone: list[str] = []
    messages.done(msg("Case {number} opened", number="AJ-OFFICER"), lambda: undone.append("undone"))
    room.open_palette()
    room.palette_window.line.setText("AJ")
    assert room.palette_window.shown
    room.palette_window.hide()
    room.top.search.setText("AJ")
    room.top.settle()
    room.open_keys()
    title = window.window.windowTitle()
    assert title == "队列 · 公主岭联合办 · 联办席"

    room.switch_wanted.emit()

    assert window.window.room is None
    assert window.window.windowTitle() == "联办席"
    assert QGuiApplication.clipboard().text() == ""
    toast = window.window.findChild(Toast)
    assert isinstance(toast, Toast)
    assert not toast.can_undo
    assert [w for w in QApplication.topLevelWidgets() if w.isVisible()] == [window.window]
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert not isValid(room)
    words = said_anywhere()
    for secret in (VICTIM, "AJ-OFFICER", "AJ〔2026〕1", "赵民警"):
        assert secret not in words

    own = window.come_in("zhou")
    words = said_anywhere()
    assert "周建行" in words
    assert VICTIM not in words
    assert own.top.search.text() == ""
    assert own.palette_window.line.text() == ""
    assert undone == []


class Windows(QObject):
    """Notes every top-level window that is shown, however briefly."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.shown.append(type(watched).__name__)
        return False


def test_coming_in_shows_nothing_beside_the_window(window: Front) -> None:
    application = QApplication.instance()
    assert application is not None
    windows = Windows()
    application.installEventFilter(windows)
    try:
        room = window.come_in("wang")
        for place in room.rail.keys:
            room.show_place(place)
    finally:
        application.removeEventFilter(windows)
    assert windows.shown == []


def test_answers_on_their_way_do_not_reach_the_next_person(window: Front) -> None:
    room = window.come_in("zhao")
    background = window.window.background
    arrived: list[str] = []
    background.hold()  # type: ignore[attr-defined]  # the lanes of tests
    background.read(lambda: "the officer's", arrived.append)
    room.end()
    window.window._drop_room()
    background.release()  # type: ignore[attr-defined]  # the lanes of tests
    assert arrived == []


def test_a_copy_made_in_another_program_stays_on_the_clipboard(window: Front) -> None:
    window.come_in("zhao")
    QGuiApplication.clipboard().setText("from elsewhere")
    # The offscreen platform cannot tell whose it is.
    window.window.clipboard._ours = False
    window.window.switch()
    assert QGuiApplication.clipboard().text() == "from elsewhere"


def test_typed_text_is_asked_about_before_switching(window: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    room = window.come_in("zhao")
    note = QPlainTextEdit(room)
    note.show()
    note.insertPlainText("typed, not saved")
    note.document().setModified(True)
    asked: list[Message] = []

    def ask(question: Message, *_: object, **__: object) -> bool:
        asked.append(question)
        return len(asked) > 1

    monkeypatch.setattr(messages, "ask", ask)
    room.switch_wanted.emit()
    assert window.window.room is room
    room.switch_wanted.emit()
    assert window.window.room is None
    assert len(asked) == 2
