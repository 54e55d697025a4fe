"""Forms: what editors read and show, which error is named and focused, and Return under an input method."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QInputMethodEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from liaison_desk.core.errors import BadInput, Refused
from liaison_desk.core.words import Message, msg
from liaison_desk.ui import theme
from liaison_desk.ui.editors import (
    AccountEdit,
    CodeCombo,
    DateEdit,
    LineEdit,
    MomentEdit,
    MoneyEdit,
    NoteEdit,
    read_moment,
)
from liaison_desk.ui.forms import Field, Form

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 22, 7, 12, 30, tzinfo=UTC)  # 15:12:30 in the office


def form(qtbot: QtBot) -> Form:
    made = Form()
    made.add(Field("account", Message("账号"), AccountEdit(), required=True))
    made.add(Field("amount", Message("金额"), MoneyEdit(), required=True))
    made.add(Field("time", Message("时间"), MomentEdit(ZONE, lambda: NOW)))
    made.add(Field("note", Message("备注"), NoteEdit()))
    qtbot.addWidget(made)
    with qtbot.waitActive(made):
        made.show()
    return made


def test_values_are_what_a_command_wants(qtbot: QtBot) -> None:
    made = form(qtbot)
    made.fields["account"].set_value("6222 0202 0011 1234")
    made.fields["amount"].set_value(1_234_567)
    made.fields["time"].set_value(NOW)
    assert made.values() == {
        "account": "6222020200111234",
        "amount": 1_234_567,
        "time": NOW,
        "note": "",
    }


def test_every_wrong_field_says_so_and_the_first_is_named_and_focused(qtbot: QtBot) -> None:
    made = form(qtbot)
    amount = made.fields["amount"]
    amount.editor.setText("3万")  # type: ignore[attr-defined]  # a MoneyEdit
    assert made.collect() is None
    assert made.fields["account"].error == "“账号”未填写，请补上。"
    assert amount.error != ""
    assert made.fields["account"].editor.hasFocus()
    with pytest.raises(BadInput) as error:
        made.values()
    assert error.value.field == "account"


def test_an_error_of_the_door_stands_at_its_field_or_on_top(qtbot: QtBot) -> None:
    made = form(qtbot)
    made.show_error(Refused(msg("Cancel"), field="amount"))
    assert made.fields["amount"].error == "取消"
    assert made.fields["amount"].editor.hasFocus()
    made.show_error(Refused(msg("Close")))
    assert (made._general.text(), made._general.isVisible()) == ("关闭", True)
    made.clear_errors()
    assert (made.fields["amount"].error, made._general.isVisible()) == ("", False)


def test_return_submits_from_a_line_and_not_from_a_note(qtbot: QtBot) -> None:
    made = form(qtbot)
    sent: list[int] = []
    made.submitted.connect(lambda: sent.append(1))
    qtbot.keyClick(made.fields["account"].editor, Qt.Key.Key_Return)
    assert sent == [1]
    note = made.fields["note"].editor
    qtbot.keyClick(note, Qt.Key.Key_Return)
    assert sent == [1]
    qtbot.keyClick(note, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert sent == [1, 1]


@pytest.mark.parametrize("name", ["account", "note"])
def test_nothing_is_submitted_while_an_input_method_composes(qtbot: QtBot, name: str) -> None:
    made = form(qtbot)
    sent: list[int] = []
    made.submitted.connect(lambda: sent.append(1))
    editor = made.fields[name].editor
    QApplication.sendEvent(editor, QInputMethodEvent("gong'an", []))
    qtbot.keyClick(editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    made.submit()
    assert sent == []
    QApplication.sendEvent(editor, QInputMethodEvent("", []))
    made.submit()
    assert sent == [1]


def test_tab_leaves_a_note(qtbot: QtBot) -> None:
    made = form(qtbot)
    note = made.fields["note"].editor
    note.setFocus()
    qtbot.keyClick(note, Qt.Key.Key_Backtab)
    assert made.fields["note"].value() == ""
    assert not note.hasFocus()


@pytest.mark.parametrize(
    ("typed", "fen", "shown"),
    [
        ("12345.67", 1_234_567, "12,345.67"),
        ("１２３４", 123_400, "1,234.00"),
        ("¥ 5", 500, "5.00"),
        ("", None, ""),
    ],
)
def test_money_is_read_as_fen_and_shown_with_separators_on_leaving(
    qtbot: QtBot, typed: str, fen: int | None, shown: str
) -> None:
    edit = MoneyEdit()
    qtbot.addWidget(edit)
    with qtbot.waitActive(edit):
        edit.show()
    edit.setFocus()
    edit.setText(typed)
    assert edit.value() == fen
    edit.clearFocus()
    assert edit.text() == shown


@pytest.mark.parametrize("typed", ["3万", "-5", "1.234", "abc", "6222020200111234567"])
def test_what_is_no_amount_is_refused_and_stays_as_typed(qtbot: QtBot, typed: str) -> None:
    edit = MoneyEdit()
    qtbot.addWidget(edit)
    with qtbot.waitActive(edit):
        edit.show()
    edit.setFocus()
    edit.setText(typed)
    edit.clearFocus()
    assert edit.text() == typed
    with pytest.raises(BadInput):
        Field("loss", Message("损失"), edit).value()


def test_an_account_is_grouped_while_it_is_typed(qtbot: QtBot) -> None:
    edit = AccountEdit()
    qtbot.addWidget(edit)
    qtbot.keyClicks(edit, "6222020200111234")
    assert (edit.text(), edit.value()) == ("6222 0202 0011 1234", "6222020200111234")
    edit.setCursorPosition(5)
    qtbot.keyClick(edit, Qt.Key.Key_Backspace)
    assert edit.text() == "6220 2020 0111 234"
    assert edit.cursorPosition() == 3
    qtbot.keyClicks(edit, "2")
    assert edit.text() == "6222 0202 0011 1234"


def test_an_account_is_copied_and_pasted_without_its_spaces(qtbot: QtBot) -> None:
    edit = AccountEdit()
    qtbot.addWidget(edit)
    QGuiApplication.clipboard().setText("６２２２　0202\u200b 0011\t1234")
    qtbot.keyClick(edit, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert edit.value() == "6222020200111234"
    edit.selectAll()
    qtbot.keyClick(edit, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "6222020200111234"
    qtbot.keyClick(edit, Qt.Key.Key_X, Qt.KeyboardModifier.ControlModifier)
    assert edit.text() == ""


@pytest.mark.parametrize(
    ("typed", "utc"),
    [
        ("14:05", datetime(2026, 11, 22, 6, 5, tzinfo=UTC)),
        ("14：05：30", datetime(2026, 11, 22, 6, 5, 30, tzinfo=UTC)),
        ("11-21 14:05", datetime(2026, 11, 21, 6, 5, tzinfo=UTC)),
        ("2025/1/2 3:04", datetime(2025, 1, 1, 19, 4, tzinfo=UTC)),
        ("2026年11月21日14时05分", datetime(2026, 11, 21, 6, 5, tzinfo=UTC)),
        ("2026年11月21日 14时05分30秒", datetime(2026, 11, 21, 6, 5, 30, tzinfo=UTC)),
        ("20261121140530", datetime(2026, 11, 21, 6, 5, 30, tzinfo=UTC)),
    ],
)
def test_times_are_read_as_people_type_them(typed: str, utc: datetime) -> None:
    assert read_moment(typed, NOW, ZONE) == utc


@pytest.mark.parametrize("typed", ["25:00", "2026-13-01 10:00", "2026-02-30 10:00", "soon", "14", "14:5:99"])
def test_what_is_no_time_is_refused(typed: str) -> None:
    with pytest.raises(BadInput):
        read_moment(typed, NOW, ZONE)


def test_now_is_one_click(qtbot: QtBot) -> None:
    edit = MomentEdit(ZONE, lambda: NOW)
    qtbot.addWidget(edit)
    edit.show()
    qtbot.mouseClick(edit.now, Qt.MouseButton.LeftButton)
    assert edit.line.text() == "2026-11-22 15:12:30"
    assert edit.value() == NOW


def test_a_day_is_read(qtbot: QtBot) -> None:
    edit = DateEdit()
    qtbot.addWidget(edit)
    edit.setText("2026年11月21日")
    assert edit.value() == date(2026, 11, 21)
    edit.setText("2026-02-30")
    with pytest.raises(BadInput):
        edit.value()


def test_a_choice_is_a_code_and_follows_the_language(qapp: QApplication, qtbot: QtBot) -> None:
    combo = CodeCombo([("no", msg("Cancel")), ("end", msg("Close"))], placeholder=msg("Now"))
    qtbot.addWidget(combo)
    assert combo.value() is None
    combo.set_value("end")
    assert (combo.value(), combo.currentText()) == ("end", "关闭")
    theme.apply(qapp, theme.LIGHT, 1.0, "en")
    assert (combo.value(), combo.currentText()) == ("end", "Close")
    combo.set_choices([("end", msg("Close"))])
    assert combo.value() == "end"


def test_names_for_the_screen_reader_stand_at_the_editor(qtbot: QtBot) -> None:
    field = Field("name", msg("Now"), LineEdit(), hint=msg("Close"))
    qtbot.addWidget(field)
    assert (field.editor.accessibleName(), field.editor.accessibleDescription()) == ("现在", "关闭")
