"""The sign-in by itself: what it asks for, what it says, what it never keeps."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from liaison_desk.core.errors import BadInput, NotAllowed
from liaison_desk.core.roles import Role
from liaison_desk.core.words import msg
from liaison_desk.ui.signin import DemoPerson, SignIn


@pytest.fixture
def sign_in(qtbot: QtBot) -> SignIn:
    made = SignIn()
    qtbot.addWidget(made)
    made.resize(900, 700)
    made.show()
    return made


def test_return_in_the_password_enters(sign_in: SignIn, qtbot: QtBot) -> None:
    sign_in.greet("公主岭联合办")
    qtbot.keyClicks(sign_in.form.fields["login"].editor, "zhao")
    qtbot.keyClicks(sign_in.form.fields["password"].editor, "secret-1")
    with qtbot.waitSignal(sign_in.entered) as heard:
        qtbot.keyClick(sign_in.form.fields["password"].editor, Qt.Key.Key_Return)
    assert heard.args == ["zhao", "secret-1"]


def test_a_known_login_leaves_only_the_password(sign_in: SignIn) -> None:
    sign_in.greet("公主岭联合办", "zhao")
    assert sign_in.form.fields["password"].editor.hasFocus()


def test_an_empty_password_is_named_in_place(sign_in: SignIn, qtbot: QtBot) -> None:
    sign_in.greet("公主岭联合办", "zhao")
    with qtbot.assertNotEmitted(sign_in.entered):
        sign_in.form.submit()
    assert sign_in.form.fields["password"].error == "“密码”未填写，请补上。"


def test_a_refusal_is_said_in_place_and_the_password_goes(sign_in: SignIn) -> None:
    sign_in.greet("公主岭联合办", "zhao")
    sign_in.form.set_values(password="wrong")
    sign_in.show_error(NotAllowed(msg("No."), field="password"))
    assert sign_in.form.fields["password"].error == "No."
    assert sign_in.form.fields["password"].value() == ""
    assert sign_in.form.fields["login"].value() == "zhao"


def test_while_it_waits_nothing_is_entered_twice(sign_in: SignIn, qtbot: QtBot) -> None:
    sign_in.greet("公主岭联合办", "zhao")
    sign_in.form.set_values(password="secret-1")
    sign_in.wait(msg("Signing in…"))
    with qtbot.assertNotEmitted(sign_in.entered):
        sign_in.form.submit()


def test_capitals_without_shift_hint_at_caps_lock(sign_in: SignIn, qtbot: QtBot) -> None:
    sign_in.greet("公主岭联合办", "zhao")
    password = sign_in.form.fields["password"].editor
    qtbot.keyClick(password, "A")
    assert "大写锁定可能已打开。" in [label.text() for label in visible_labels(sign_in)]
    qtbot.keyClick(password, "a")
    assert "大写锁定可能已打开。" not in [label.text() for label in visible_labels(sign_in)]


def visible_labels(sign_in: SignIn) -> list[QLabel]:
    return [label for label in sign_in.findChildren(QLabel) if label.isVisible()]


def test_a_new_password_must_be_typed_twice_alike(sign_in: SignIn, qtbot: QtBot) -> None:
    sign_in.ask_new_password()
    sign_in.renewal.set_values(new="long enough", again="long enougn")
    with qtbot.assertNotEmitted(sign_in.password_chosen):
        sign_in.renewal.submit()
    assert sign_in.renewal.fields["again"].error == "两次输入不一致，请重新输入。"
    sign_in.renewal.set_values(again="long enough")
    with qtbot.waitSignal(sign_in.password_chosen) as heard:
        sign_in.renewal.submit()
    assert heard.args == ["long enough"]


def test_what_the_door_says_of_a_new_password_stands_at_it(sign_in: SignIn) -> None:
    sign_in.ask_new_password()
    sign_in.show_error(BadInput(msg("Too short."), field="password"))
    assert sign_in.renewal.fields["new"].error == "Too short."


def test_the_demo_offers_each_role_by_one_click(sign_in: SignIn, qtbot: QtBot) -> None:
    sign_in.greet(
        "演示",
        demo=[
            DemoPerson("zhao", "赵卫国", Role.OFFICER, "公安机关"),
            DemoPerson("icbc1", "李文静", Role.REPRESENTATIVE, "工商银行"),
        ],
    )
    button = sign_in.findChild(QPushButton, "demo-icbc1")
    assert isinstance(button, QPushButton)
    with qtbot.waitSignal(sign_in.demo_chosen) as heard:
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert heard.args == ["icbc1"]


def test_a_lock_names_its_person_and_what_becomes_of_the_work(sign_in: SignIn) -> None:
    sign_in.greet_locked("赵卫国", "zhao")
    assert sign_in.office.text() == "赵卫国：窗口已锁定"
    assert sign_in.said.text() == "已打开的内容为 赵卫国 保留；他人登录则不再保留。"
