"""A save against a newer version: before, theirs and mine, field by field, and nothing typed is lost."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from pytestqt.qtbot import QtBot

from liaison_desk.core.lifecycle import Outcome
from liaison_desk.desk.answers import AnswerRequest
from liaison_desk.desk.casebook import case_detail
from liaison_desk.desk.cases import CorrectCase
from liaison_desk.desk.details import leg_detail
from liaison_desk.desk.documents import AddDocument
from liaison_desk.desk.requests import CorrectRequest, ReassignRequest, ReturnForCorrection
from liaison_desk.store.models import Case
from liaison_desk.ui.answerform import AnswerForm
from liaison_desk.ui.background import SynchronousBackground
from liaison_desk.ui.conflict import ConflictDialog
from liaison_desk.ui.correctcase import CorrectCaseDialog
from liaison_desk.ui.dialogs import CorrectDialog
from tests import given
from tests.desk.rows import leg, person, row
from tests.given import Office
from tests.ui.seats import context_of


def desktop(qtbot: QtBot) -> QWidget:
    """The window under a dialog; the dialogs delete themselves."""
    made = QWidget()
    qtbot.addWidget(made)
    made.show()
    return made


def comparison(form: QDialog) -> ConflictDialog:
    QApplication.processEvents()
    (box,) = [each for each in form.findChildren(ConflictDialog) if each.isVisible()]
    return box


def values(box: ConflictDialog) -> list[tuple[str, str, str, str | None]]:
    return [(line.changed.name, line.before, line.theirs, line.mine) for line in box._lines]


def test_a_corrected_case_is_merged_field_by_field(
    sqlite_office: Office, background: SynchronousBackground, qtbot: QtBot
) -> None:
    given.case(sqlite_office)
    context = context_of(sqlite_office.officer, background)
    form = CorrectCaseDialog(context, sqlite_office.officer.read(case_detail, 1), desktop(qtbot))
    form.open()
    form.form.set_values(fraud_type="romance", summary="网恋", reason="核实")
    sqlite_office.door("qian").do(
        CorrectCase(case_id=1, version=1, fraud_type="loan", area="河东", summary="", reason="更正")
    )
    form.submit()
    box = comparison(form)
    assert values(box) == [
        ("fraud_type", "冒充公检法", "虚假网络贷款", "网络婚恋交友"),
        ("area", "—", "河东", "—"),
    ]
    theirs, mine = box.choices["fraud_type"]
    assert theirs.isChecked()
    assert list(box.choices) == ["fraud_type"], "what one did not touch is theirs without asking"
    mine.setChecked(True)
    box.save.click()
    case = row(sqlite_office, Case, 1)
    assert (case.fraud_type, case.area, case.summary) == ("romance", "河东", "网恋")


def test_a_document_added_while_correcting(
    sqlite_office: Office, background: SynchronousBackground, qtbot: QtBot
) -> None:
    given.case(sqlite_office)
    sqlite_office.icbc.do(ReturnForCorrection(leg_id=1, reason="缺文书"))
    context = context_of(sqlite_office.officer, background)
    form = CorrectDialog(context, sqlite_office.officer.read(leg_detail, 1), desktop(qtbot))
    form.open()
    form.form.set_values(document_kind="止付通知书", document_number="2026-1", remark="已补")
    sqlite_office.door("qian").do(AddDocument(leg_id=1, kind="止付通知书", number="公止字〔2026〕7号"))
    form.submit()
    box = comparison(form)
    assert set(box.choices) == {"document_number"}
    assert box.chosen() >= {"document_kind", "document_number"}
    box.save.click()
    kept = leg(sqlite_office, 1)
    assert (kept.document_number, kept.remark, kept.state.value) == ("公止字〔2026〕7号", "已补", "queued")


def test_corrected_by_another_it_can_no_longer_be_saved_but_copied(
    sqlite_office: Office, background: SynchronousBackground, qtbot: QtBot
) -> None:
    given.case(sqlite_office)
    sqlite_office.icbc.do(ReturnForCorrection(leg_id=1, reason="户名不符"))
    form = CorrectDialog(
        context_of(sqlite_office.officer, background),
        sqlite_office.officer.read(leg_detail, 1),
        desktop(qtbot),
    )
    form.open()
    form.form.set_values(amount=2_000_000, holder="张散")
    sqlite_office.door("qian").do(CorrectRequest(leg_id=1, asked=3_000_000, holder="张叁"))
    form.submit()
    box = comparison(form)
    told = {name: (before, theirs, mine) for name, before, theirs, mine in values(box)}
    assert told["asked"] == ("35,000.00", "30,000.00", "20,000.00")
    assert told["holder"] == ("张三", "张叁", "张散")
    assert box.save.isHidden()
    assert box.choices == {}
    box.copy.click()
    assert "张散" in QGuiApplication.clipboard().text()
    QGuiApplication.clipboard().clear()
    box._drop()
    assert leg(sqlite_office, 1).asked == 3_000_000
    assert not form.isVisible()


def test_an_answer_told_by_telephone_meanwhile_stands_beside_ones_own(
    sqlite_office: Office, background: SynchronousBackground, qtbot: QtBot
) -> None:
    given.case(sqlite_office)
    desk = sqlite_office.icbc
    form = AnswerForm(context_of(desk, background), desk.read(leg_detail, 1).row, desktop(qtbot))
    form.open()
    form.form.set_values(balance_before=1_000_000)
    form.outcome.set_value(Outcome.PARTLY)
    sqlite_office.officer.do(
        AnswerRequest(leg_id=1, outcome=Outcome.PARTLY, executed=3_500_000, balance_before=2_000_000)
    )
    form.submit()
    box = comparison(form)
    told = {name: (theirs, mine) for name, _, theirs, mine in values(box)}
    assert told["answer.balance_before"] == ("20,000.00", "10,000.00")
    assert told["state"][0] == "已反馈"
    assert box.save.isHidden()
    box.reject()
    assert form.isVisible(), "what was typed is still there"
    assert form.form.fields["balance_before"].value() == 1_000_000
    form.reject()


def test_taken_over_meanwhile_one_goes_on_with_ones_own_and_the_door_decides(
    sqlite_office: Office, background: SynchronousBackground, qtbot: QtBot
) -> None:
    given.case(sqlite_office)
    desk = sqlite_office.icbc
    form = AnswerForm(context_of(desk, background), desk.read(leg_detail, 1).row, desktop(qtbot))
    form.open()
    form.outcome.set_value(Outcome.NO_ACCOUNT)
    sqlite_office.lead.do(ReassignRequest(leg_id=1, person_id=person(sqlite_office, "liu").id))
    form.submit()
    box = comparison(form)
    assert ("claimed_by", "—", "刘工行", None) in values(box)
    box.save.click()
    assert "刘工行" in form.error
    assert form.isVisible()
    form.reject()
