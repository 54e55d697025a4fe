"""Taking a report: the paste box, what is known of an account, duplicates, errors at their fields, nothing lost."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication, QMainWindow
from pytestqt.qtbot import QtBot

from liaison_desk.core.errors import BadInput
from liaison_desk.core.words import Message
from liaison_desk.desk import casebook
from liaison_desk.ui import messages
from liaison_desk.ui.background import SynchronousBackground
from liaison_desk.ui.newcase import NewCaseDialog
from liaison_desk.ui.pastebox import Place
from tests import given
from tests.given import Office
from tests.ui.conftest import Said
from tests.ui.seats import context_of, focus, press_in, type_in

CONTROL = Qt.KeyboardModifier.ControlModifier
TICKET = (
    "接警单号:220184202611220037\n报警人:王小明 联系电话:13904341122\n"
    "报警内容:2026年3月10日9时20分许,被冒充客服诈骗50000元,\n"
    "收款账户户名:李四,卡号6222020200183502745,开户行:中国工商银行。对方电话17012345678"
)


@pytest.fixture
def dialog(sqlite_office: Office, background: SynchronousBackground, qtbot: QtBot) -> Iterator[NewCaseDialog]:
    window = QMainWindow()
    messages.attach(window)
    qtbot.addWidget(window)
    made = NewCaseDialog(context_of(sqlite_office.officer, background), window)
    window.show()
    made.open()
    QApplication.processEvents()
    yield made
    # The window lives as long as the test: it owns the dialog.
    window.close()


def fill(dialog: NewCaseDialog, number: str, *, victim: str = "王小明", amount: int = 5_000_000) -> None:
    dialog._head["victim_name"].set_value(victim)
    dialog._head["fraud_type"].set_value("support")
    block = dialog.payments[0]
    block.account.set_value(number)
    block.amount.set_value(amount)
    block.time.line.setText("9:55")


def saved(office: Office) -> list[str]:
    return [row.number for row in office.officer.read(casebook.cases, casebook.CaseView()).rows]


def test_the_paste_box_proposes_and_puts_in_only_what_is_confirmed(dialog: NewCaseDialog) -> None:
    dialog.paste.edit.setPlainText(TICKET)
    dialog.paste.read()
    places = {(line.found.kind, line.confirmed) for line in dialog.paste.lines}
    assert ("name", Place("victim_name")) in places
    assert ("name", Place("holder", 1)) in places
    assert ("phone", Place("phone")) in places
    assert "220184202611220037" in dialog.paste.unread
    # Nothing is in the form before it is confirmed; an unticked find stays out.
    assert dialog.payments[0].blank
    amount = next(line for line in dialog.paste.lines if line.found.kind == "amount")
    amount.tick.setChecked(False)
    dialog.paste.apply_button.click()
    block = dialog.payments[0]
    assert (block.account.value(), block.line("holder"), block.line("amount")) == (
        "6222020200183502745",
        "李四",
        "",
    )
    assert block.time.line.text() == "2026-03-10 09:20:00"
    assert block.bank.value() == "ICBC"
    assert dialog._head["victim_phone"].value() == "13904341122"
    assert dialog.phones[0].line("phone") == "17012345678"
    # The focus stands on the first thing that is still missing.
    assert focus() is dialog._head["fraud_type"].editor


def test_the_bank_follows_the_number_until_somebody_chooses(dialog: NewCaseDialog) -> None:
    block = dialog.payments[0]
    block.account.set_value(given.card("CCB", 1)[:8])
    assert block.bank.currentText() == "建设银行（按前缀）"
    block.bank.set_value("?")
    block.account.set_value(given.card("ABC", 1))
    assert block.bank.institution == ""
    block.bank.set_value("*")
    assert block.bank.institution is None
    assert block.bank.currentText() == "农业银行（按前缀）"


def test_what_is_known_of_an_account_stands_beneath_it(
    sqlite_office: Office, dialog: NewCaseDialog, said: Said
) -> None:
    case = given.case(sqlite_office)
    given.answered(sqlite_office, case.leg_ids[0])
    dialog.payments[0].account.set_value(given.card("ICBC", 0))
    assert dialog.payments[0].known == "另见于 AJ〔2026〕1 (10:05)。已止付 1/2 次。"
    dialog.payments[0].account.set_value(given.card("ICBC", 5))
    assert dialog.payments[0].known == ""
    assert said.errors == []


def test_a_likely_duplicate_is_shown_before_saving_and_can_be_opened_or_saved_anyway(
    sqlite_office: Office, dialog: NewCaseDialog
) -> None:
    given.case(sqlite_office)
    fill(dialog, given.card("ICBC", 0))
    dialog.payments[0].holder.set_value("张三")
    dialog.submit()
    assert not dialog.duplicates.isHidden()
    assert saved(sqlite_office) == ["AJ〔2026〕1"]
    QApplication.processEvents()
    press_in(Qt.Key.Key_Return, CONTROL)
    assert saved(sqlite_office) == ["AJ〔2026〕2", "AJ〔2026〕1"]


@pytest.mark.parametrize(
    ("number", "amount", "time", "field", "sentence"),
    [
        ("王五", "1", "9:00", "number", "王五"),
        ("6222020200183502745", "0", "9:00", "amount", "0"),
        ("6222020200183502745", "-5", "9:00", "amount", "-5"),
        ("6222020200183502745", "", "9:00", "amount", "未填金额"),
        ("6222020200183502745", "5", "2026-13-01 09:00", "paid_at", "2026-13-01"),
        ("6222020200183502745", "5", "", "paid_at", "未填时间"),
        ("6.22202E+18", "5", "9:00", "number", "6.22202E+18"),
    ],
)
def test_each_mistake_in_a_payment_is_said_in_its_row(
    dialog: NewCaseDialog,
    sqlite_office: Office,
    number: str,
    amount: str,
    time: str,
    field: str,
    sentence: str,
) -> None:
    fill(dialog, given.card("ICBC", 0))
    second = dialog.add_payment()
    second.account.setText(number)
    second.amount.setText(amount)
    second.time.line.setText(time)
    dialog.submit()
    assert sentence in second.error
    assert second.editors[field].property("wrong") is True
    assert dialog.payments[0].error == ""
    assert saved(sqlite_office) == []


def test_what_the_door_refuses_is_said_at_the_payment_it_names(
    dialog: NewCaseDialog, sqlite_office: Office
) -> None:
    fill(dialog, given.card("ICBC", 0))
    dialog.payments[0].time.line.setText("23:55")
    dialog.submit()
    assert dialog.payments[0].error != ""
    assert dialog.payments[0].time.property("wrong") is True
    assert dialog.isVisible()
    assert saved(sqlite_office) == []


def test_the_victims_name_is_asked_for_first(dialog: NewCaseDialog) -> None:
    dialog.submit()
    assert dialog._head["victim_name"].error != ""
    assert focus() is dialog._head["victim_name"].editor


def test_return_goes_on_and_composing_chinese_never_does(dialog: NewCaseDialog) -> None:
    type_in("王", Qt.Key.Key_Return)
    assert focus() is dialog._head["victim_phone"].editor
    block = dialog.payments[0]
    block.holder.setFocus()
    block.account.set_value(given.card("ICBC", 0))
    QApplication.sendEvent(block.holder, QInputMethodEvent("li", []))
    press_in(Qt.Key.Key_Return)
    assert len(dialog.payments) == 1
    press_in(Qt.Key.Key_Return, CONTROL)
    assert dialog.isVisible()
    done = QInputMethodEvent("", [])
    done.setCommitString("李")
    QApplication.sendEvent(block.holder, done)
    press_in(Qt.Key.Key_Return)
    assert len(dialog.payments) == 2


def test_escape_asks_before_it_throws_a_report_away(
    dialog: NewCaseDialog, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(dialog, given.card("ICBC", 0))
    asked: list[str] = []

    def no(question: Message, *_: object, **__: object) -> bool:
        asked.append(question.text)
        return False

    monkeypatch.setattr(messages, "ask", no)
    press_in(Qt.Key.Key_Escape)
    assert asked == ["Throw away this report?"]
    assert dialog.isVisible()


def test_a_phone_alone_makes_a_case(dialog: NewCaseDialog, sqlite_office: Office, said: Said) -> None:
    dialog._head["victim_name"].set_value("王小明")
    dialog._head["fraud_type"].set_value("justice")
    dialog.add_phone().phone.set_value("13900001111")
    dialog.submit()
    assert said.errors == []
    detail = sqlite_office.officer.read(casebook.case_detail, 1)
    assert [(leg.institution, leg.number) for leg in detail.legs] == [("CMCC", "TJ〔2026〕1")]


def test_a_refusal_without_a_field_stands_on_the_general_line(dialog: NewCaseDialog) -> None:
    dialog.show_error(BadInput(Message("A case needs a payment."), field="payments"))
    assert dialog.error != ""
