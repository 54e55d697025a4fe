"""The answer: fields fitted to kind and outcome, effects and ends computed live, hops pasted, conflicts survived."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMainWindow
from pytestqt.qtbot import QtBot

from liaison_desk.core.clocks import Unit
from liaison_desk.core.lifecycle import HopKind, LegKind, Outcome
from liaison_desk.desk.clock_rules import SetClockRule
from liaison_desk.desk.details import leg_detail
from liaison_desk.desk.queuerows import QueueRow
from liaison_desk.desk.requests import ClaimRequest, ReassignRequest
from liaison_desk.ui import messages
from liaison_desk.ui.answerform import AnswerForm, NextHopsDialog, fields_of
from liaison_desk.ui.background import SynchronousBackground
from liaison_desk.ui.context import Context
from tests import given
from tests.given import Office
from tests.ui.conftest import Said
from tests.ui.seats import context_of, press_in, type_in


@pytest.fixture
def window(qtbot: QtBot) -> QMainWindow:
    made = QMainWindow()
    messages.attach(made)
    qtbot.addWidget(made)
    made.show()
    return made


def row_of(context: Context, leg_id: int) -> QueueRow:
    return context.desk.read(leg_detail, leg_id).row


def form_for(
    office: Office, login: str, background: SynchronousBackground, window: QMainWindow, leg_id: int
) -> AnswerForm:
    context = context_of(office.door(login), background)
    form = AnswerForm(context, row_of(context, leg_id), window)
    form.open()
    QApplication.processEvents()
    return form


def shown(form: AnswerForm) -> set[str]:
    return {name for name, field in form.form.fields.items() if field.isVisibleTo(form)}


@pytest.mark.parametrize(
    ("kind", "outcome", "names"),
    [
        (
            LegKind.STOP,
            Outcome.PARTLY,
            "executed balance_before earlier earlier_authority starts_at ends_at happened_at",
        ),
        (LegKind.STOP, Outcome.ZERO, "balance_before happened_at"),
        (LegKind.STOP, Outcome.NAME_MISMATCH, "happened_at technical_reason"),
        (LegKind.STOP, Outcome.MOVED_ON, "happened_at"),
        (
            LegKind.STOP,
            Outcome.LIMITED_FREEZE,
            "earlier earlier_authority earlier_until happened_at technical_reason",
        ),
        (
            LegKind.FREEZE,
            Outcome.QUEUED_FREEZE,
            "executed balance_before earlier earlier_authority starts_at ends_at earlier_until happened_at",
        ),
        (LegKind.RENEW, Outcome.DONE, "starts_at ends_at happened_at"),
        (LegKind.RELEASE_STOP, Outcome.DONE, "executed happened_at"),
        (LegKind.SUSPEND_NUMBER, Outcome.DONE, "happened_at"),
    ],
)
def test_only_fields_that_make_sense_are_asked(kind: LegKind, outcome: Outcome, names: str) -> None:
    assert fields_of(kind, outcome) == (*names.split(), "remark", "person_name", "person_phone")


def test_what_is_caught_and_until_when_stands_there_while_it_is_typed(
    sqlite_office: Office, background: SynchronousBackground, window: QMainWindow
) -> None:
    case = given.case(sqlite_office)
    form = form_for(sqlite_office, "li", background, window, case.leg_ids[0])
    assert form.form.fields["executed"].value() == 3_500_000
    assert form.effect.isHidden()
    form._line("balance_before").setText("41,000")
    form._line("earlier").setText("1000")
    assert form.effect.text() == "实际止付 35,000.00，已达要求金额。"
    form._line("earlier").setText("20,000")
    assert "实际止付 21,000.00" in form.effect.text()
    # 48 hours from 10:05 of 10 March, to the second, with its law.
    assert "03-12 10:05:00" in form.end.text()
    assert "银发〔2016〕86号" in form.end.text()
    form._moment("starts_at").line.setText("9:59:30")
    assert "03-12 09:59:30" in form.end.text()
    form._moment("ends_at").line.setText("2026-03-12 00:00")
    assert "03-12 00:00:00" in form.end.text()
    form._moment("ends_at").line.setText("2026-03-09 00:00")
    form.submit()
    assert form.isVisible()


def test_done_with_too_little_on_the_account_is_said_at_the_outcome(
    sqlite_office: Office, background: SynchronousBackground, window: QMainWindow
) -> None:
    case = given.case(sqlite_office)
    form = form_for(sqlite_office, "li", background, window, case.leg_ids[0])
    form._line("balance_before").setText("20,000")
    form.submit()
    assert form.form.fields["outcome"].error != ""
    form.outcome.set_value(Outcome.PARTLY)
    form.submit()
    assert sqlite_office.icbc.read(leg_detail, case.leg_ids[0]).answers[0].effective == 2_000_000


def test_what_was_typed_survives_that_somebody_was_faster(
    sqlite_office: Office, background: SynchronousBackground, window: QMainWindow, said: Said
) -> None:
    case = given.case(sqlite_office)
    leg_id = case.leg_ids[0]
    sqlite_office.icbc.do(ClaimRequest(leg_id=leg_id))
    form = form_for(sqlite_office, "li", background, window, leg_id)
    form.outcome.set_value(Outcome.PARTLY)
    form._line("balance_before").setText("20,000")
    assert form.hops is not None
    form.hops.paste(f"{given.card('CCB', 3)}\t赵六\t500.00\t10:01")
    liu = sqlite_office.door("liu")
    liu.do(ReassignRequest(leg_id=leg_id, person_id=liu.actor.person_id or 0))
    form.submit()
    assert "刘工行" in form.error
    assert form.isVisible()
    assert form._line("balance_before").text() == "20,000"
    assert len(form.hops.lines) == 1
    assert said.errors == []


def test_a_carriers_answer_has_no_money_and_no_hops(
    sqlite_office: Office, background: SynchronousBackground, window: QMainWindow
) -> None:
    case = given.case(sqlite_office, phones=["13900001111"])
    form = form_for(sqlite_office, "wu", background, window, case.leg_ids[1])
    assert form.hops is None
    assert shown(form) == {"outcome", "happened_at", "remark", "person_name", "person_phone"}
    form.submit()
    assert sqlite_office.cmcc.read(leg_detail, case.leg_ids[1]).answers[0].outcome is Outcome.DONE


def test_an_officer_enters_what_was_told_by_telephone(
    sqlite_office: Office, background: SynchronousBackground, window: QMainWindow
) -> None:
    case = given.case(sqlite_office)
    form = form_for(sqlite_office, "zhao", background, window, case.leg_ids[0])
    form.outcome.set_value(Outcome.NO_ACCOUNT)
    form._moment("happened_at").line.setText("10:02")
    form.form.fields["person_name"].set_value("李工行")
    form.submit()
    answer = sqlite_office.officer.read(leg_detail, case.leg_ids[0]).answers[0]
    assert (answer.by_telephone, answer.person_name) == (True, "李工行")
    assert answer.happened_at.strftime("%H:%M") == "02:02"


def test_a_pasted_block_is_read_with_its_headings_and_nothing_is_dropped(
    sqlite_office: Office, background: SynchronousBackground, window: QMainWindow
) -> None:
    case = given.case(sqlite_office)
    form = form_for(sqlite_office, "li", background, window, case.leg_ids[0])
    assert form.hops is not None
    good, cut = given.card("CCB", 3), "6.2284E+18"
    form.hops.paste(
        "交易卡号\t对手卡号\t对手户名\t对手开户银行\t交易金额\t交易时间\t摘要\n"
        f"{given.card('ICBC', 0)}\t{good}\t赵六\t中国建设银行\t9,000.00\t2026-03-10 10:00:20\t网转\n"
        f"{given.card('ICBC', 0)}\t{cut}\t钱七\t\t6000\t10:01:55\t\n"
        "\t\t\t\t300\t10:02\tATM取现\n"
        "合计\t\t\t\t\t\t"
    )
    lines = form.hops.lines
    assert [(line.number, line.holder, line.bank, line.amount) for line in lines[:2]] == [
        (good, "赵六", "CCB", "9,000.00"),
        (cut, "钱七", "*", "6,000.00"),
    ]
    assert (lines[2].kind, lines[2].amount) == (HopKind.CASH, "300.00")
    assert form.hops.problems.startswith("第 2 行：")
    form.outcome.set_value(Outcome.PARTLY)
    form._line("balance_before").setText("20,000")
    form.submit()
    assert form.error.startswith("第 2 行：")
    assert form.isVisible()


def test_hops_without_headings_are_recognised_cell_by_cell(
    sqlite_office: Office, background: SynchronousBackground, window: QMainWindow
) -> None:
    case = given.case(sqlite_office)
    form = form_for(sqlite_office, "li", background, window, case.leg_ids[0])
    assert form.hops is not None
    form.hops.paste(f"10:00:20\t工商银行\t张丽\t1,200.50\t {given.card('ICBC', 8)} \t快捷")
    line = form.hops.lines[0]
    assert (line.number, line.holder, line.bank, line.amount, line.remark) == (
        given.card("ICBC", 8),
        "张丽",
        "ICBC",
        "1,200.50",
        "快捷",
    )
    assert line.time == "2026-03-10 10:00:20"
    assert form.hops.problems == ""


def test_next_hops_are_typed_by_keyboard(
    sqlite_office: Office, background: SynchronousBackground, window: QMainWindow, said: Said
) -> None:
    case = given.case(sqlite_office)
    given.claimed(sqlite_office, case.leg_ids[0])
    context = context_of(sqlite_office.icbc, background)
    dialog = NextHopsDialog(context, row_of(context, case.leg_ids[0]), window)
    dialog.open()
    QApplication.processEvents()
    view = dialog.hops.view
    for column, words in ((0, given.card("CCB", 3)), (1, "Zhao"), (3, "500"), (4, "10:01")):
        view.setCurrentIndex(dialog.hops.model.index(0, column))
        QTest.keyClicks(view, words[0])
        type_in(words[1:])
        if column < 4:
            type_in("", Qt.Key.Key_Return)
            # The view takes what was typed at the next turn of the loop.
            QApplication.processEvents()
    press_in(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert said.errors == []
    assert dialog.error == ""
    hops = sqlite_office.icbc.read(leg_detail, case.leg_ids[0]).hops
    assert [(hop.target, hop.amount) for hop in hops] == [(given.card("CCB", 3), 50_000)]


def test_the_end_follows_the_rule_in_force_at_its_start(
    sqlite_office: Office, background: SynchronousBackground, window: QMainWindow
) -> None:
    """From 10:35 on a stop ends after 24 hours; one that began at 10:20 keeps its 48."""
    office = sqlite_office
    case = given.case(office)
    office.clock.forward(minutes=30)
    office.lead.do(
        SetClockRule(name="stop", length=24, unit=Unit.HOURS, law="市局〔2026〕3号", reason="试点")
    )
    office.clock.forward(minutes=5)
    form = form_for(office, "li", background, window, case.leg_ids[0])
    assert "03-11 10:40:00" in form.end.text()
    assert "市局〔2026〕3号" in form.end.text()
    form._moment("starts_at").line.setText("10:20:00")
    assert "03-12 10:20:00" in form.end.text()
    assert "银发〔2016〕86号" in form.end.text()
