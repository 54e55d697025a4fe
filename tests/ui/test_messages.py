"""What is said to the user: done and undo, errors, questions, and the report of a bug."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from liaison_desk.core.errors import Conflict
from liaison_desk.core.words import Message, msg
from liaison_desk.ui import crash, messages
from liaison_desk.ui.messages import Toast

CLAIMED = Message("已受理 {number}", {"number": "ZF〔2026〕1187 张三"})


@pytest.fixture
def toast(qtbot: QtBot) -> Iterator[Toast]:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(800, 600)
    made = messages.attach(window)
    window.show()
    yield made
    made.dismiss()


def test_what_was_done_is_announced_and_can_be_undone(toast: Toast) -> None:
    undone: list[int] = []
    messages.done(CLAIMED, lambda: undone.append(1))
    assert toast.text == "已受理 ZF〔2026〕1187 张三"
    assert toast._undo_button.text() == "撤销（Ctrl+Z）10 秒"
    toast.undo()
    toast.undo()
    assert (undone, toast.text) == ([1], "")


def test_undo_is_offered_for_ten_seconds(toast: Toast) -> None:
    undone: list[int] = []
    messages.done(CLAIMED, lambda: undone.append(1))
    for _ in range(9):
        toast.tick()
    assert toast.can_undo
    assert toast._undo_button.text() == "撤销（Ctrl+Z）1 秒"
    toast.tick()
    assert not toast.can_undo
    toast.undo()
    assert undone == []


def test_another_announcement_takes_the_place_of_the_last(toast: Toast) -> None:
    messages.done(CLAIMED, lambda: None)
    messages.inform(msg("Close"))
    assert (toast.text, toast.can_undo) == ("关闭", False)


def test_nothing_of_the_last_person_stays(toast: Toast) -> None:
    messages.done(CLAIMED, lambda: None)
    messages.forget()
    assert (toast.text, toast.can_undo, toast._words.text()) == ("", False, "")


def test_the_log_says_the_sentence_without_the_values(toast: Toast, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "liaison_desk.said"):
        messages.done(CLAIMED)
    assert "done: 已受理 {number}" in caplog.text
    assert "张三" not in caplog.text
    assert "1187" not in caplog.text


def test_an_error_is_said_in_plain_text(qtbot: QtBot) -> None:
    box = messages.error_box(Conflict(Message("<b>{who}</b> 更快", {"who": "李某"})))
    qtbot.addWidget(box)
    assert box.text() == "<b>李某</b> 更快"
    assert box.textFormat() is Qt.TextFormat.PlainText
    words = [label for label in box.findChildren(QLabel) if label.text()]
    assert {label.textFormat() for label in words} == {Qt.TextFormat.PlainText}


def test_a_question_names_the_deed_and_changes_nothing_by_default(qtbot: QtBot) -> None:
    box = messages.question_box(Message("作废 ZF〔2026〕12？"), Message("作废 ZF〔2026〕12"))
    qtbot.addWidget(box)
    assert [button.text() for button in box.buttons()] == ["作废 ZF〔2026〕12", "取消"]
    assert box.defaultButton() is box.escapeButton()
    assert box.defaultButton().text() == "取消"


@pytest.mark.parametrize(("button", "agreed"), [(0, True), (1, False)])
def test_the_answer_to_a_question(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, button: int, agreed: bool
) -> None:
    def press(box: QMessageBox) -> int:
        box.show()
        box.buttons()[button].click()
        return 0

    monkeypatch.setattr(QMessageBox, "exec", press)
    assert messages.ask(Message("作废 {n}？", {"n": "ZF〔2026〕12"}), Message("作废")) is agreed


def test_plain_text_for_places_that_guess_markup() -> None:
    assert messages.plain("a<b>\n&") == "<qt>a&lt;b&gt;<br>&amp;</qt>"
    assert messages.plain("") == ""
    assert messages.caption("A & B") == "A && B"


# Bugs --------------------------------------------------------------------------------------------------


def bug() -> BaseException:
    holder = "王小明"
    try:
        try:
            raise KeyError(holder)
        except KeyError as inner:
            raise ValueError(f"bad account 6222020200111234567 of {holder}\nDETAIL: more") from inner
    except ValueError as outer:
        return outer


def dialogs() -> list[crash.CrashDialog]:
    return [w for w in QApplication.topLevelWidgets() if isinstance(w, crash.CrashDialog) and w.isVisible()]


@pytest.fixture
def no_dialog_left() -> Iterator[None]:
    yield
    for dialog in dialogs():
        dialog.close()
    QApplication.sendPostedEvents(None, 52)  # DeferredDelete


def test_a_report_says_where_and_what_but_not_whose() -> None:
    text = crash.describe(bug())
    assert "test_messages.py" in text
    assert "KeyError: '…'" in text
    assert "ValueError: bad account … of …" in text
    for personal in ("6222020200111234567", "DETAIL"):
        assert personal not in text.split("which led to")[1].splitlines()[-1]
    assert text.startswith("liaison-desk ")
    assert "Qt 6" in text


def test_a_bug_shows_one_report_and_the_program_goes_on(
    qtbot: QtBot, no_dialog_left: None, caplog: pytest.LogCaptureFixture
) -> None:
    crash.report(bug())
    crash.report(bug())
    assert len(dialogs()) == 1
    assert caplog.text.count("ValueError") >= 2
    dialogs()[0].copy()
    assert "ValueError" in QGuiApplication.clipboard().text()


def test_a_desk_error_is_a_sentence_and_never_a_report(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[object] = []
    monkeypatch.setattr(messages, "show_error", said.append)
    error = Conflict(msg("Cancel"))
    crash.report(error)
    assert (said, dialogs()) == ([error], [])


def test_what_nobody_caught_is_reported(
    qapp: QApplication, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, no_dialog_left: None
) -> None:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    crash.install(qapp)
    error = bug()
    sys.excepthook(type(error), error, None)
    assert len(dialogs()) == 1


def test_what_nobody_caught_on_another_thread_is_reported_on_this_one(
    qapp: QApplication, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, no_dialog_left: None
) -> None:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    crash.install(qapp)
    thread = threading.Thread(target=lambda: 1 // 0)
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: len(dialogs()) == 1)
    assert "ZeroDivisionError" in dialogs()[0].report.toPlainText()
