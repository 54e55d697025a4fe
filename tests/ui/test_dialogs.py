"""Small dialogs: reasons, colleagues, routing, corrections; what is refused is said where it belongs."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMainWindow
from pytestqt.qtbot import QtBot

from liaison_desk.core.lifecycle import LegState
from liaison_desk.desk.accounts import Target
from liaison_desk.desk.cases import OpenCase, PaymentInput
from liaison_desk.desk.details import leg_detail
from liaison_desk.desk.requests import ReturnForCorrection
from liaison_desk.ui import messages
from liaison_desk.ui.background import SynchronousBackground
from liaison_desk.ui.commanddialog import CommandDialog
from liaison_desk.ui.dialogs import CorrectDialog, ReasonDialog, ReassignDialog, RouteDialog
from tests import given
from tests.given import Office
from tests.ui.conftest import Said
from tests.ui.seats import context_of, focus, press_in, type_in

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def window(qtbot: QtBot) -> QMainWindow:
    made = QMainWindow()
    made.toast = messages.attach(made)  # type: ignore[attr-defined]  # kept for the assertions below
    qtbot.addWidget(made)
    made.show()
    return made


def opened(dialog: CommandDialog) -> CommandDialog:
    dialog.open()
    QApplication.processEvents()
    return dialog


def announced(window: QMainWindow) -> str:
    text: str = window.toast.text  # type: ignore[attr-defined]  # see the fixture
    return text


def test_a_reason_is_asked_for_and_ctrl_return_sends_it(
    sqlite_office: Office, background: SynchronousBackground, window: QMainWindow, said: Said
) -> None:
    case = given.case(sqlite_office)
    context = context_of(sqlite_office.icbc, background)
    row = context.desk.read(leg_detail, case.leg_ids[0]).row
    dialog = opened(ReasonDialog.for_return(context, row, window))
    press_in(Qt.Key.Key_Return, CONTROL)
    assert dialog.form.fields["reason"].error != ""
    type_in("户名不符，请核对")
    press_in(Qt.Key.Key_Return, CONTROL)
    assert announced(window) == "ZF〔2026〕1 已退回补正"
    detail = context.desk.read(leg_detail, case.leg_ids[0])
    assert (detail.row.state, detail.state_reason) == (LegState.CORRECTION, "户名不符，请核对")
    assert said.errors == []


@pytest.mark.parametrize("make", [ReasonDialog.for_withdrawal, ReasonDialog.for_voiding])
def test_withdrawing_and_voiding_name_the_request_on_their_button(
    sqlite_office: Office, background: SynchronousBackground, window: QMainWindow, make: object
) -> None:
    case = given.case(sqlite_office)
    context = context_of(sqlite_office.lead, background)
    row = context.desk.read(leg_detail, case.leg_ids[0]).row
    dialog = opened(make(context, row, window))  # type: ignore[operator]  # a class method of the dialog
    assert "ZF〔2026〕1" in dialog.deed.text()
    dialog.form.fields["reason"].set_value("重复登记")
    dialog.deed.click()
    assert context.desk.read(leg_detail, case.leg_ids[0]).row.state in (LegState.WITHDRAWN, LegState.VOIDED)


def test_a_colleague_of_the_same_institution_takes_over(
    sqlite_office: Office, background: SynchronousBackground, window: QMainWindow
) -> None:
    case = given.case(sqlite_office)
    context = context_of(sqlite_office.icbc, background)
    dialog = ReassignDialog(context, context.desk.read(leg_detail, case.leg_ids[0]).row, window)
    opened(dialog)
    assert [str(words) for _, words in dialog._who._choices] == ["刘工行 (liu)", "李工行 (li)"]
    dialog._who.set_value(sqlite_office.door("liu").actor.person_id)
    dialog.submit()
    assert announced(window) == "ZF〔2026〕1 已转交 刘工行"


def test_routing_suggests_by_the_number_and_sends_where_the_officer_says(
    sqlite_office: Office, background: SynchronousBackground, window: QMainWindow, said: Said
) -> None:
    number = given.card("CCB", 3)
    made = sqlite_office.officer.do(
        OpenCase(
            victim_name="王小明",
            payments=(
                PaymentInput(
                    target=Target(number=number, holder="某", institution=""),
                    fen=100,
                    happened_at=sqlite_office.clock.now,
                ),
            ),
        )
    )
    context = context_of(sqlite_office.officer, background)
    dialog = RouteDialog(context, context.desk.read(leg_detail, made.leg_ids[0]).row, window)
    opened(dialog)
    assert dialog._where.value() == "CCB"
    assert "建设银行" in dialog._suggestion.text()
    dialog._where.set_value("ABC")
    press_in(Qt.Key.Key_Return, CONTROL)
    assert announced(window) == "ZF〔2026〕1 已分派至 农业银行"
    assert context.desk.read(leg_detail, made.leg_ids[0]).row.state is LegState.QUEUED
    assert said.errors == []


def test_a_correction_says_why_it_came_back_and_goes_out_again(
    sqlite_office: Office, background: SynchronousBackground, window: QMainWindow
) -> None:
    case = given.case(sqlite_office)
    sqlite_office.icbc.do(ReturnForCorrection(leg_id=case.leg_ids[0], reason="金额有误"))
    context = context_of(sqlite_office.officer, background)
    dialog = CorrectDialog(context, context.desk.read(leg_detail, case.leg_ids[0]), window)
    opened(dialog)
    assert focus() is dialog.form.fields["amount"].editor
    dialog.form.fields["amount"].set_value(0)
    dialog.submit()
    assert dialog.form.fields["amount"].error != ""
    dialog.form.fields["amount"].set_value(3_400_000)
    dialog.form.fields["document_number"].set_value("公（刑）冻字〔2026〕8号")
    dialog.submit()
    detail = context.desk.read(leg_detail, case.leg_ids[0])
    assert (detail.row.state, detail.row.amount) == (LegState.QUEUED, 3_400_000)
    assert detail.document_number == "公（刑）冻字〔2026〕8号"


def test_a_change_by_somebody_else_is_said_and_the_dialog_stays(
    sqlite_office: Office, background: SynchronousBackground, window: QMainWindow
) -> None:
    case = given.case(sqlite_office)
    context = context_of(sqlite_office.icbc, background)
    row = context.desk.read(leg_detail, case.leg_ids[0]).row
    dialog = opened(ReasonDialog.for_return(context, row, window))
    dialog.form.fields["reason"].set_value("户名缺失")
    given.claimed(sqlite_office, case.leg_ids[0])
    dialog.submit()
    assert "李工行" in dialog.error
    assert dialog.form.fields["reason"].value() == "户名缺失"
    assert dialog.isVisible()
