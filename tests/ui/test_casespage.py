"""The cases: list, search, one case whole, the standing authorisation, and steps on the case."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from liaison_desk.core.lifecycle import LegKind, LegState
from liaison_desk.desk import casebook
from liaison_desk.ui.answerparts import Link
from liaison_desk.ui.attachments import ADDING
from liaison_desk.ui.background import SynchronousBackground
from liaison_desk.ui.casespage import CasesPage
from liaison_desk.ui.listspecs import TOOLS
from liaison_desk.ui.requestdialog import PaymentDialog, RequestDialog
from tests import given
from tests.given import Office
from tests.ui.conftest import Said
from tests.ui.seats import Bench, context_of, press_in, type_in

CONTROL = Qt.KeyboardModifier.ControlModifier


def bench_of(
    office: Office, login: str, background: SynchronousBackground, qtbot: QtBot
) -> tuple[Bench, CasesPage]:
    page = CasesPage(context_of(office.door(login), background))
    return Bench(page, qtbot), page


def test_cases_are_listed_found_and_shown_whole(
    sqlite_office: Office, background: SynchronousBackground, qtbot: QtBot
) -> None:
    given.busy(sqlite_office)
    _, page = bench_of(sqlite_office, "zhao", background, qtbot)
    assert [row.number for row in page.table.rows.rows] == ["AJ〔2026〕2", "AJ〔2026〕1"]
    page.search("maimaiti")
    assert [row.number for row in page.table.rows.rows] == ["AJ〔2026〕1"]
    page.table.select_key(1)
    QApplication.processEvents()
    said = [label.text() for label in page.pane.findChildren(QLabel) if label.isVisible()]
    assert "买买提·吐尔逊" in said
    assert page.pane.title.text() == "AJ〔2026〕1"
    assert page.pane.money.equation == "损失 68,000.00 ＝ 止付 20,000.00 + 待追踪 48,000.00"
    opened: list[int] = []
    page.context.ways.open_leg.connect(opened.append)
    links = [link for link in page.pane.findChildren(Link) if link.text().startswith("TJ")]
    QTest.mouseClick(links[0], Qt.MouseButton.LeftButton)
    assert opened == [3]


def test_a_representative_sees_only_cases_of_the_own_institution_with_masked_victims(
    sqlite_office: Office, background: SynchronousBackground, qtbot: QtBot
) -> None:
    given.busy(sqlite_office)
    _, page = bench_of(sqlite_office, "zhou", background, qtbot)
    assert [(row.number, row.victim) for row in page.table.rows.rows] == [("AJ〔2026〕1", "买**·**")]
    offered = {spec.name for spec in page.actions_offered()} - TOOLS - ADDING
    assert offered == {"flow", "note", "refresh", "export"}
    assert page.pane.authorised.isHidden() or page.pane.authorised.parent() is None


def test_everything_proposed_goes_out_by_one_key(
    sqlite_office: Office, background: SynchronousBackground, said: Said, qtbot: QtBot
) -> None:
    given.busy(sqlite_office)
    bench, page = bench_of(sqlite_office, "zhao", background, qtbot)
    assert not bench.possible("issue_case")
    page.table.select_key(1)
    assert bench.press("I")
    assert bench.announced == "已发出 1 项请求"
    assert not bench.possible("issue_case")
    assert said.errors == []


def test_the_standing_authorisation_names_who_gave_it(
    sqlite_office: Office, background: SynchronousBackground, said: Said, qtbot: QtBot
) -> None:
    case = given.case(sqlite_office)
    bench, page = bench_of(sqlite_office, "zhao", background, qtbot)
    page.pane.authorised.click()
    assert page.pane.authorised.isChecked()
    assert "赵民警" in page.pane._authorised_by.text()
    given.answered(sqlite_office, case.leg_ids[0], hops=[(given.card("CCB", 9), 500_000)])
    bench.hear()
    assert [leg.state for leg in (page.pane.detail.legs if page.pane.detail else ())] == [
        LegState.ANSWERED,
        LegState.QUEUED,
    ]
    assert said.errors == []


def test_a_new_request_offers_what_fits_its_target(
    sqlite_office: Office, background: SynchronousBackground, said: Said, qtbot: QtBot
) -> None:
    case = given.case(sqlite_office, phones=["13900001111"])
    bench, page = bench_of(sqlite_office, "zhao", background, qtbot)
    assert bench.press("Ctrl+R")
    dialog = bench.dialog(RequestDialog)
    assert isinstance(dialog, RequestDialog)
    detail = sqlite_office.officer.read(casebook.case_detail, case.case_id)
    phone = next(account for account in detail.accounts if account.phone)
    dialog.target.set_value(("account", phone.id))
    dialog._fit()
    assert {code for code, _ in dialog.kind._choices} == {
        LegKind.SUSPEND_NUMBER,
        LegKind.BLOCK_NUMBER,
        LegKind.TRACE_NUMBER,
        LegKind.PROTECT_NUMBER,
        LegKind.RESTORE_NUMBER,
    }
    assert dialog.form.fields["amount"].isHidden()
    bank = next(account for account in detail.accounts if not account.phone)
    dialog.target.set_value(("account", bank.id))
    dialog._fit()
    dialog.kind.set_value(LegKind.FREEZE)
    assert dialog.form.fields["amount"].value() == 3_500_000
    dialog.submit()
    assert bench.announced == "请求已发出：冻结"
    assert said.errors == []
    assert page.pane.detail is not None
    assert page.pane.detail.legs[-1].state is LegState.APPROVAL


def test_a_further_payment_raises_what_is_asked(
    sqlite_office: Office, background: SynchronousBackground, said: Said, qtbot: QtBot
) -> None:
    given.case(sqlite_office)
    bench, page = bench_of(sqlite_office, "zhao", background, qtbot)
    assert bench.press("Y")
    dialog = bench.dialog(PaymentDialog)
    assert isinstance(dialog, PaymentDialog)
    type_in(given.card("ICBC", 0), Qt.Key.Key_Tab, Qt.Key.Key_Tab)
    press_in(Qt.Key.Key_Return, CONTROL)
    assert dialog.isVisible()
    assert dialog.error == "未填金额。"
    type_in("100.01", Qt.Key.Key_Tab)
    type_in("10:00")
    press_in(Qt.Key.Key_Return, CONTROL)
    assert said.errors == []
    assert page.pane.detail is not None
    assert [leg.amount for leg in page.pane.detail.legs] == [3_510_001]
