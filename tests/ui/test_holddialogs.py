"""Steps on holds and rules, from their dialogs to the door: renewals, returns, money elsewhere, clock rules."""

from __future__ import annotations

from datetime import timedelta

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from liaison_desk.core.clocks import Unit
from liaison_desk.core.lifecycle import LegKind, Outcome
from liaison_desk.desk.answers import AnswerRequest
from liaison_desk.desk.balance import balance_of_case
from liaison_desk.desk.clock_rules import clock_rules
from liaison_desk.desk.requests import ApproveRequest, ClaimRequest, IssueRequest
from liaison_desk.store.models import Hold, Leg
from liaison_desk.ui.background import SynchronousBackground
from liaison_desk.ui.holddialogs import HoldActions, HoldRef, HoldRequestDialog
from liaison_desk.ui.moneydialogs import VictimMoneyDialog
from liaison_desk.ui.rulespanel import RuleDialog, RulesPanel
from tests import given
from tests.given import Office
from tests.ui.conftest import Said
from tests.ui.seats import context_of


def frozen(office: Office) -> tuple[int, HoldRef]:
    """A case with 20,000.00 frozen at the ICBC."""
    opened = given.case(office, [("ICBC", 3_500_000)])
    given.answered(office, opened.leg_ids[0])
    with office.database.reading() as session:
        hold = session.scalars(select(Hold)).one()
    office.officer.do(
        IssueRequest(case_id=opened.case_id, kind=LegKind.FREEZE, hold_id=hold.id, asked=2_000_000)
    )
    with office.database.reading() as session:
        leg = session.scalars(select(Leg).where(Leg.kind == LegKind.FREEZE)).one()
    office.lead.do(ApproveRequest(leg_id=leg.id, version=leg.version))
    office.icbc.do(ClaimRequest(leg_id=leg.id))
    office.icbc.do(
        AnswerRequest(leg_id=leg.id, outcome=Outcome.DONE, executed=2_000_000, balance_before=2_000_000)
    )
    return opened.case_id, HoldRef(hold.id, opened.case_id, leg.number, "freeze")


@pytest.fixture
def page(qtbot: QtBot) -> QWidget:
    """What dialogs belong to; they delete themselves when they are done."""
    made = QWidget()
    qtbot.addWidget(made)
    return made


def test_only_the_steps_of_this_kind_of_hold_are_offered(
    sqlite_office: Office, background: SynchronousBackground, said: Said, qtbot: QtBot, page: QWidget
) -> None:
    _, hold = frozen(sqlite_office)
    chosen: list[HoldRef] = []
    deeds = HoldActions(
        context_of(sqlite_office.officer, background), page, lambda: chosen[0] if chosen else None
    )
    specs = {spec.name: spec for spec in deeds.specs()}
    assert not any(spec.enabled() for spec in specs.values())
    chosen.append(hold)
    assert {name for name, spec in specs.items() if spec.enabled()} == {
        "hold-renew",
        "hold-release_freeze",
        "hold-objection",
    }
    chosen[0] = HoldRef(hold.hold_id, hold.case_id, hold.number, "freeze", ended=True)
    assert not specs["hold-renew"].enabled()
    assert HoldActions(context_of(sqlite_office.icbc, background), page, lambda: hold).specs() == []


def test_a_renewal_is_asked_for_with_everything_prefilled(
    sqlite_office: Office, background: SynchronousBackground, said: Said, qtbot: QtBot, page: QWidget
) -> None:
    office = sqlite_office
    _, hold = frozen(office)
    dialog = HoldRequestDialog(context_of(office.officer, background), hold, LegKind.RENEW, page)
    dialog.open()
    dialog.form.set_values(document_number="公经冻财字〔2026〕9号")
    dialog.submit()
    assert (said.errors, dialog.error) == ([], "")
    with office.database.reading() as session:
        leg = session.scalars(select(Leg).where(Leg.kind == LegKind.RENEW)).one()
    assert leg.hold_id == hold.hold_id


def test_a_return_and_money_from_elsewhere_stay_within_the_loss(
    sqlite_office: Office, background: SynchronousBackground, said: Said, qtbot: QtBot, page: QWidget
) -> None:
    office = sqlite_office
    case_id, hold = frozen(office)
    office.clock.forward(minutes=5)
    context = context_of(office.officer, background)
    back = VictimMoneyDialog.for_return(context, hold, page)
    back.open()
    back.form.set_values(fen=3_600_000)
    back.submit()
    assert back.form.fields["fen"].error
    back.form.set_values(fen=800_000)
    back.submit()
    assert (said.errors, back.error) == ([], "")
    elsewhere = VictimMoneyDialog.for_elsewhere(context, hold, page)
    elsewhere.open()
    elsewhere.form.set_values(fen=100_000, source="recall")
    elsewhere.submit()
    assert elsewhere.error == ""
    bait = VictimMoneyDialog.for_payback(context, hold, page)
    bait.open()
    bait.form.set_values(fen=50_000)
    bait.submit()
    assert (said.errors, bait.error) == ([], "")
    money = office.officer.read(balance_of_case, case_id)
    # 35,000.00 paid, 500.00 came back as bait; 8,000.00 returned, 1,000.00 recalled, 12,000.00 still frozen.
    assert (money.loss, money.returned, money.elsewhere, money.frozen, money.untraced) == (
        3_450_000,
        800_000,
        100_000,
        1_200_000,
        1_350_000,
    )


def test_the_lead_sets_a_rule_and_the_old_one_stays_in_the_list(
    sqlite_office: Office, background: SynchronousBackground, said: Said, qtbot: QtBot, page: QWidget
) -> None:
    office = sqlite_office
    context = context_of(office.lead, background)
    panel = RulesPanel(context)
    qtbot.addWidget(panel)
    panel.refresh()
    row = next(row for row in panel.table.rows.rows if row.name == "answer")
    dialog = RuleDialog(context, row, page)
    dialog.open()
    dialog.form.set_values(length="20", unit=Unit.MINUTES)
    dialog.submit()
    assert dialog.form.fields["reason"].error
    dialog.form.set_values(reason="市局要求")
    dialog.submit()
    assert (said.errors, dialog.error) == ([], "")
    office.clock.forward(seconds=1)
    panel.refresh()
    rules = [row for row in panel.table.rows.rows if row.name == "answer"]
    assert [(row.length, row.now, row.set_by) for row in rules] == [(20, True, "王带班"), (30, False, "")]
    assert rules == [row for row in office.lead.read(clock_rules) if row.name == "answer"]
    case = given.case(office, [("ICBC", 100_000)])
    with office.database.reading() as session:
        leg = session.get(Leg, case.leg_ids[0])
    assert leg is not None
    assert leg.due_at == office.clock.now + timedelta(minutes=20)
    assert RulesPanel(context_of(office.officer, background)).offers() == []
