"""The steps on each hold of a case, in the case's pane: who may take which, and what they open."""

from __future__ import annotations

from datetime import timedelta

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from liaison_desk.core.lifecycle import LegKind
from liaison_desk.desk.casebook import case_detail
from liaison_desk.desk.holds import RecordLapses
from liaison_desk.store.models import Leg
from liaison_desk.ui.background import SynchronousBackground
from liaison_desk.ui.buttons import Button
from liaison_desk.ui.casespage import CasesPage
from liaison_desk.ui.holddialogs import HoldRequestDialog
from liaison_desk.ui.holdsteps import steps_on
from liaison_desk.ui.pane import Steps
from tests import given
from tests.given import Office
from tests.ui.conftest import Said
from tests.ui.seats import Bench, context_of


def shown(page: CasesPage) -> Steps:
    """The steps under the one hold of the shown case."""
    QApplication.processEvents()
    (steps,) = [part for part in page.pane._holds.findChildren(Steps) if part.names and part.isVisible()]
    return steps


def test_a_stop_becomes_a_freeze_from_the_case(
    sqlite_office: Office, background: SynchronousBackground, said: Said, qtbot: QtBot
) -> None:
    office = sqlite_office
    opened = given.case(office, [("ICBC", 3_500_000)])
    given.answered(office, opened.leg_ids[0])
    page = CasesPage(context_of(office.officer, background))
    bench = Bench(page, qtbot)
    page.show_item(opened.case_id)
    assert shown(page).names == (
        "hold-freeze",
        "hold-second_stop",
        "hold-release_stop",
        "hold-objection",
        "money-caught",
        "money-queued",
        "money-return",
        "money-shares",
    )
    shown(page).findChild(Button, "hold-freeze").click()
    dialog = bench.dialog(HoldRequestDialog)
    assert isinstance(dialog, HoldRequestDialog)
    dialog.submit()
    assert (said.errors, dialog.error) == ([], "")
    with office.database.reading() as session:
        freeze = session.scalars(select(Leg).where(Leg.kind == LegKind.FREEZE)).one()
    assert (freeze.hold_id, freeze.asked) == (1, 2_000_000)


def test_a_lapse_is_noted_from_the_case_by_its_bank(
    sqlite_office: Office, background: SynchronousBackground, said: Said, qtbot: QtBot
) -> None:
    office = sqlite_office
    opened = given.case(office, [("ICBC", 3_500_000), ("CCB", 100_000)])
    given.answered(office, opened.leg_ids[0])
    office.clock.now += timedelta(hours=49)
    office.system.do(RecordLapses())
    detail = office.ccb.read(case_detail, opened.case_id)
    theirs = CasesPage(context_of(office.ccb, background))
    qtbot.addWidget(theirs)
    assert steps_on(theirs.context, detail.holds[0], opened.case_id, theirs) == []

    page = CasesPage(context_of(office.icbc, background))
    bench = Bench(page, qtbot)
    page.show_item(opened.case_id)
    assert shown(page).names[0] == "acknowledge"
    shown(page).findChild(Button, "acknowledge").click()
    bench.hear()
    assert "acknowledge" not in shown(page).names
    assert said.errors == []
