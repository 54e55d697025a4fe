"""Objections of holders: recorded by an officer, decided in time by a lead who did not record them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from liaison_desk.core.errors import BadInput, NotAllowed, NotFound, Refused
from liaison_desk.desk.check import check
from liaison_desk.desk.objections import DecideObjection, Decision, RecordObjection, objections
from tests import given
from tests.desk.rows import hold_of, refused
from tests.given import Office


@pytest.fixture
def hold_id(office: Office) -> int:
    leg_id = given.case(office).leg_ids[0]
    given.answered(office, leg_id)
    return hold_of(office, leg_id).id


def test_recorded_with_its_clock_and_decided_by_a_lead(office: Office, hold_id: int) -> None:
    made = office.officer.do(RecordObjection(hold_id=hold_id, name="欧阳小明", text="系工资款"))
    row = office.lead.read(objections)[0]
    # From Tuesday 10 March: Wednesday, Thursday, Friday, 24:00 in Beijing.
    assert row.due_at == datetime(2026, 3, 13, 16, 0, tzinfo=UTC)
    assert (row.id, row.name, row.text, row.institution, row.kept) == (
        made,
        "欧阳小明",
        "系工资款",
        "ICBC",
        2_000_000,
    )
    office.clock.forward(hours=5)
    office.lead.do(DecideObjection(objection_id=made, decision=Decision.PARTLY, reason="部分 属实"))
    assert office.lead.read(objections) == ()
    row = office.lead.read(objections, decided=True)[0]
    assert (row.decision, row.reason, row.decided_by, row.decided_at) == (
        Decision.PARTLY,
        "部分 属实",
        "王带班",
        office.clock.now,
    )
    assert check(office.database, now=office.clock.now).findings == ()


def test_whoever_recorded_it_does_not_decide(office: Office, hold_id: int) -> None:
    made = office.lead.do(RecordObjection(hold_id=hold_id, name="某某", text="无关"))
    decide = DecideObjection(objection_id=made, decision=Decision.REJECTED, reason="涉案")
    refused(office, office.lead, decide, NotAllowed)
    office.door("feng").do(decide)
    refused(office, office.door("feng"), decide, Refused)


def test_what_cannot_be_recorded(office: Office, hold_id: int) -> None:
    refused(office, office.officer, RecordObjection(hold_id=hold_id, name="某某", text=" "), BadInput, "text")
    refused(office, office.officer, RecordObjection(hold_id=hold_id, name="", text="无关"), BadInput, "name")
    for at in (office.clock.now - timedelta(days=9), office.clock.now + timedelta(hours=1)):
        refused(
            office,
            office.officer,
            RecordObjection(hold_id=hold_id, name="某某", text="无关", happened_at=at),
            BadInput,
            "happened_at",
        )
    refused(office, office.officer, RecordObjection(hold_id=999, name="某某", text="无关"), NotFound)
    refused(
        office,
        office.lead,
        DecideObjection(objection_id=999, decision=Decision.UPHELD, reason="属实"),
        NotFound,
    )


def test_behind_the_walls(office: Office, hold_id: int) -> None:
    office.officer.do(RecordObjection(hold_id=hold_id, name="欧阳小明", text="系工资款"))
    assert office.ccb.read(objections) == ()
    own = office.icbc.read(objections)[0]
    assert (own.name, own.text, own.recorded_by) == ("欧阳**", "", None)
    assert office.auditor.read(objections)[0].name == "欧阳小明"
