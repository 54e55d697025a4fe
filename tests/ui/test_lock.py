"""The lock: it comes by itself, hides everything, keeps it for the same person and drops it for another."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Qt
from PySide6.QtWidgets import QDialog, QLabel, QPlainTextEdit, QVBoxLayout
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from liaison_desk.core.errors import DeskError
from liaison_desk.core.words import msg
from liaison_desk.ui import messages
from tests import given
from tests.given import Office
from tests.ui.given_window import OWN, Front, front


@pytest.fixture
def window(qtbot: QtBot, sqlite_office: Office) -> Iterator[Front]:
    given.busy(sqlite_office)
    with front(qtbot, sqlite_office) as made:
        yield made


class Form(QDialog):
    """Some dialog with typed text."""

    def __init__(self, window: Front) -> None:
        super().__init__(window.window)
        self.setWindowTitle("Case of 买买提·吐尔逊")
        self.words = QLabel("买买提·吐尔逊")
        self.note = QPlainTextEdit()
        column = QVBoxLayout(self)
        column.addWidget(self.words)
        column.addWidget(self.note)
        self.open()
        self.note.insertPlainText("half a note")

    def reject(self) -> None:
        raise AssertionError("a dialog of somebody who is gone must not be asked")


def idle(window: Front, minutes: float) -> None:
    window.idle.now += minutes * 60
    window.window.check_idle()


def test_it_comes_after_the_offices_minutes_and_not_before(window: Front) -> None:
    window.come_in("zhao")
    idle(window, 9.9)
    assert window.window.locked is None
    idle(window, 0.2)
    assert window.window.locked is not None


def test_a_touch_keeps_it_away(window: Front) -> None:
    window.come_in("zhao")
    idle(window, 9)
    handle = window.window.windowHandle()
    window.window.idle._listen(handle)
    window.qtbot.mouseMove(handle, QPoint(100, 100))
    idle(window, 9)
    assert window.window.locked is None


def test_it_hides_pages_dialogs_and_titles(window: Front) -> None:
    room = window.come_in("zhao")
    form = Form(window)
    room.lock_wanted.emit()
    assert not room.isVisible()
    assert not form.words.isVisible()
    assert not form.note.isVisible()
    assert form.windowTitle() == window.window.windowTitle() == "联办席"


def test_a_dialog_that_opens_behind_it_is_hidden_at_the_next_second(window: Front) -> None:
    window.come_in("zhao")
    window.window.lock()
    form = Form(window)
    window.window.check_idle()
    assert not form.words.isVisible()
    QDialog.done(form, 0)


def test_the_same_person_finds_everything_again(window: Front) -> None:
    room = window.come_in("zhao")
    room.show_place("cases")
    form = Form(window)
    window.window.lock()
    again = window.come_in("zhao", first=False)
    assert again is room
    assert room.isVisible()
    assert room.place == "cases"
    assert form.words.isVisible()
    assert form.note.toPlainText() == "half a note"
    assert form.windowTitle() == "Case of 买买提·吐尔逊"
    QDialog.done(form, 0)


def test_a_wrong_password_leaves_it_locked(window: Front) -> None:
    room = window.come_in("zhao")
    window.window.lock()
    dialog = window.window.locked
    assert dialog is not None
    dialog.sign_in.entered.emit("zhao", "not it")
    assert window.window.locked is dialog
    assert not room.isVisible()
    assert dialog.sign_in.form.fields["password"].error


def test_another_person_gets_a_new_room_and_the_old_work_is_dropped(window: Front) -> None:
    room = window.come_in("zhao")
    form = Form(window)
    window.window.lock()
    other = window.come_in("zhou")
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert other is not room
    assert not isValid(room)
    assert not isValid(form)
    assert window.window.locked is None
    assert other.context.desk.actor.login == "zhou"


def test_escape_and_closing_do_not_open_it(window: Front) -> None:
    window.come_in("zhao")
    window.window.lock()
    dialog = window.window.locked
    assert dialog is not None
    window.qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    dialog.close()
    assert dialog.isVisible()


def test_an_error_waits_for_its_person(window: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[DeskError] = []
    monkeypatch.setattr(messages, "show_error", lambda error, *_: told.append(error))
    window.come_in("zhao")
    window.window.lock()
    window.window.tell(DeskError(msg("Case of 王五 was changed.")))
    assert told == []
    window.come_in("zhao", first=False)
    assert len(told) == 1


def test_an_error_of_somebody_who_is_gone_is_told_to_nobody(
    window: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[DeskError] = []
    monkeypatch.setattr(messages, "show_error", lambda error, *_: told.append(error))
    window.come_in("zhao")
    window.window.lock()
    window.window.tell(DeskError(msg("Case of 王五 was changed.")))
    window.come_in("zhou")
    assert told == []


def test_a_reset_password_asks_for_an_own_one_at_the_lock(window: Front) -> None:
    from liaison_desk.desk.people import ResetPassword, people

    room = window.come_in("zhao")
    window.window.lock()
    admin = window.office.admin
    row = next(row for row in admin.read(people) if row.login == "zhao")
    admin.do(ResetPassword(person_id=row.id, password="given-again"))
    dialog = window.window.locked
    assert dialog is not None
    dialog.sign_in.entered.emit("zhao", "given-again")
    assert not dialog.sign_in.renewal.isHidden()
    dialog.sign_in.renewal.set_values(new=OWN, again=OWN)
    dialog.sign_in.renewal.submit()
    assert window.window.room is room
    assert room.isVisible()
