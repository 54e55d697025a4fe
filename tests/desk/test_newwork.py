"""What is news to whom: queued for one's institution, back to the officer, to approve; never one's own step."""

from __future__ import annotations

import pytest

from liaison_desk.core.lifecycle import LegState
from liaison_desk.desk.cases import WriteNote
from liaison_desk.desk.desk import Desk
from liaison_desk.desk.holds import RecordLapses
from liaison_desk.desk.newwork import NewWork, new_work
from liaison_desk.desk.requests import ClaimRequest, ReleaseClaim
from tests import given
from tests.given import Office


@pytest.fixture
def office(sqlite_office: Office) -> Office:
    return sqlite_office


def now_at(desk: Desk) -> int:
    return desk.read(new_work, None).last


def states(found: NewWork) -> list[LegState]:
    return [leg.state for leg in found.legs]


def test_a_request_is_news_to_its_institution_alone(office: Office) -> None:
    before = now_at(office.icbc)
    leg = given.case(office, [("ICBC", 500_000)]).leg_ids[0]
    found = office.icbc.read(new_work, before)
    assert [each.id for each in found.legs] == [leg]
    assert office.abc.read(new_work, before).count == 0
    assert office.icbc.read(new_work, found.last).count == 0


def test_what_waited_before_is_no_news(office: Office) -> None:
    given.case(office, [("ICBC", 500_000)])
    assert office.icbc.read(new_work, None).count == 0


def test_ones_own_step_is_no_news_and_an_answer_is(office: Office) -> None:
    before = now_at(office.officer)
    leg = given.case(office, [("ICBC", 500_000)]).leg_ids[0]
    assert office.officer.read(new_work, before).count == 0
    given.answered(office, leg)
    assert states(office.officer.read(new_work, before)) == [LegState.ANSWERED]
    assert office.auditor is not None


def test_a_note_is_no_new_work_and_a_claim_given_back_is_for_colleagues(office: Office) -> None:
    leg = given.case(office, [("ICBC", 500_000)]).leg_ids[0]
    colleague = office.door("liu")
    before = now_at(office.icbc)
    office.officer.do(WriteNote(text="请尽快", leg_id=leg))
    assert office.icbc.read(new_work, before).count == 0
    office.icbc.do(ClaimRequest(leg_id=leg))
    office.icbc.do(ReleaseClaim(leg_id=leg))
    assert office.icbc.read(new_work, before).count == 0
    assert [each.id for each in colleague.read(new_work, before).legs] == [leg]


def test_a_lapse_is_the_leads(office: Office) -> None:
    leg = given.case(office, [("ICBC", 500_000)]).leg_ids[0]
    given.answered(office, leg)
    before = now_at(office.lead)
    office.clock.forward(hours=49)
    office.system.do(RecordLapses())
    assert office.lead.read(new_work, before).lapses == 1
    assert office.icbc.read(new_work, before).lapses == 0
