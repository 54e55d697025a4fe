"""Answered requests close by themselves when nothing hangs on them, and not before."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from liaison_desk.core.lifecycle import HopKind, LegKind, LegState, Outcome
from liaison_desk.desk.answers import AddHops, AnswerRequest, ConfirmAnswer, HopInput
from liaison_desk.desk.documents import AddDocument
from liaison_desk.desk.holds import AcknowledgeLapse, RecordLapses
from liaison_desk.desk.ledgerbook import RecordReturn
from liaison_desk.desk.newwork import new_work
from liaison_desk.desk.period import period_stats
from liaison_desk.desk.requests import IssueProposed, ReopenRequest, WithdrawRequest
from liaison_desk.store.models import Leg, Passage
from tests import given
from tests.given import Office
from tests.stories.test_office_counted_by_hand import Told


def state(office: Office, leg_id: int) -> LegState:
    with office.database.reading() as session:
        return session.get_one(Leg, leg_id).state


def leg_to(office: Office, case_id: int) -> int:
    """The newest request of the case."""
    with office.database.reading() as session:
        found = session.scalars(select(Leg.id).where(Leg.case_id == case_id).order_by(Leg.id.desc())).first()
    assert found is not None
    return found


@pytest.fixture
def told(sqlite_office: Office) -> Told:
    """A case of 1,000.00 whose stop has its document."""
    made = Told(sqlite_office)
    made.report(1, 100_000)
    sqlite_office.officer.do(AddDocument(leg_id=made.legs[1], kind="止付通知书", number="1号"))
    return made


def hop(told: Told, fen: int, n: int | None = None) -> HopInput:
    """Drawn in cash, or sent on to the ABC's card ``n``."""
    at = told.office.clock.now - timedelta(minutes=1)
    if n is None:
        return HopInput(fen=fen, happened_at=at, kind=HopKind.CASH)
    return HopInput(fen=fen, happened_at=at, target=given.account(given.card("ABC", n), "李四"))


def test_what_is_done_and_keeps_nothing_closes_with_its_answer(office: Office) -> None:
    opened = given.case(office, phones=["13900001111"])
    phone = opened.leg_ids[1]
    since = office.officer.read(new_work, None).last
    given.claimed(office, phone).do(AnswerRequest(leg_id=phone, outcome=Outcome.DONE))
    assert state(office, phone) is LegState.CLOSED
    # It came back to its officer all the same, and left the count once.
    assert [leg.id for leg in office.officer.read(new_work, since).legs] == [phone]
    with office.database.reading() as session:
        steps = session.scalars(
            select(Passage.step).where(Passage.leg_id == phone).order_by(Passage.id)
        ).all()
    assert steps == [1, -1]
    office.clock.forward(minutes=1)
    counts = office.lead.read(period_stats, date(2026, 3, 10), date(2026, 3, 10)).requests["CMCC"]
    assert (counts.opening, counts.new, counts.closed, counts.closing) == (0, 1, 1, 0)
    office.officer.do(ReopenRequest(leg_id=phone, reason="号码又开通了"))
    assert state(office, phone) is LegState.QUEUED


def test_what_could_not_be_done_waits_for_its_officer(sqlite_office: Office) -> None:
    opened = given.case(sqlite_office, phones=["13900001111"])
    given.claimed(sqlite_office, opened.leg_ids[1]).do(
        AnswerRequest(leg_id=opened.leg_ids[1], outcome=Outcome.BANK_FAILURE)
    )
    assert state(sqlite_office, opened.leg_ids[1]) is LegState.ANSWERED


def test_money_still_to_be_traced_keeps_it_and_a_proposal_too(told: Told) -> None:
    """1,000.00 came in; 400.00 in cash leaves 600.00 to trace, these go on to the ABC."""
    office, leg_id = told.office, told.legs[1]
    told.tell(leg_id, None, 0, outcome=Outcome.ZERO, hops=(hop(told, 40_000),))
    assert state(office, leg_id) is LegState.ANSWERED
    office.icbc.do(AddHops(leg_id=leg_id, hops=(hop(told, 60_000, 31),)))
    assert state(office, leg_id) is LegState.ANSWERED
    office.officer.do(IssueProposed(leg_ids=(leg_to(office, told.cases[1]),)))
    assert state(office, leg_id) is LegState.CLOSED
    # What is found later still finds its request.
    office.icbc.do(AddHops(leg_id=leg_id, hops=(hop(told, 100),)))
    assert state(office, leg_id) is LegState.CLOSED


def test_a_proposal_that_is_withdrawn_is_waited_for_no_longer(told: Told) -> None:
    office, leg_id = told.office, told.legs[1]
    told.tell(leg_id, None, 0, outcome=Outcome.ZERO, hops=(hop(told, 100_000, 31),))
    assert state(office, leg_id) is LegState.ANSWERED
    office.officer.do(WithdrawRequest(leg_id=leg_to(office, told.cases[1]), reason="本人账户"))
    assert state(office, leg_id) is LegState.CLOSED


def test_a_stop_closes_with_the_release_of_all_that_it_held(told: Told) -> None:
    office, leg_id = told.office, told.legs[1]
    told.tell(leg_id, 100_000, 100_000)
    part = told.ask(1, LegKind.RELEASE_STOP, 30_000)
    told.tell(part, 30_000, None)
    assert (state(office, part), state(office, leg_id)) == (LegState.CLOSED, LegState.ANSWERED)
    short = told.ask(1, LegKind.RELEASE_STOP, 70_000)
    told.tell(short, 60_000, None, outcome=Outcome.PARTLY)
    assert (state(office, short), state(office, leg_id)) == (LegState.ANSWERED, LegState.ANSWERED)
    rest = told.ask(1, LegKind.RELEASE_STOP, 10_000)
    told.tell(rest, 10_000, None)
    assert (state(office, rest), state(office, leg_id)) == (LegState.CLOSED, LegState.CLOSED)
    # One that could only be done in part is its officer's to close.
    assert state(office, short) is LegState.ANSWERED


def test_a_freeze_closes_with_the_return_of_the_last_fen(told: Told) -> None:
    office = told.office
    told.tell(told.legs[1], 100_000, 100_000)
    frozen = told.ask(1, LegKind.FREEZE, 100_000)
    office.officer.do(AddDocument(leg_id=frozen, kind="冻结通知书", number="2号"))
    told.tell(frozen, 100_000, 100_000)
    for fen, then in ((60_000, LegState.ANSWERED), (40_000, LegState.CLOSED)):
        office.officer.do(
            RecordReturn(
                hold_id=told.hold(1), victim_id=told.victim(1), fen=fen, paid_on=office.clock.now.date()
            )
        )
        assert (state(office, frozen), state(office, told.legs[1])) == (then, then)


def test_the_institutions_word_and_the_document_are_waited_for(sqlite_office: Office) -> None:
    office = sqlite_office
    told = Told(office)
    told.report(1, 100_000)
    leg_id = told.legs[1]
    office.officer.do(
        AnswerRequest(leg_id=leg_id, outcome=Outcome.ZERO, balance_before=0, hops=(hop(told, 100_000),))
    )
    assert state(office, leg_id) is LegState.ANSWERED
    office.icbc.do(ConfirmAnswer(leg_id=leg_id))
    assert state(office, leg_id) is LegState.ANSWERED
    office.officer.do(AddDocument(leg_id=leg_id, kind="止付通知书", number="1号"))
    assert state(office, leg_id) is LegState.CLOSED


def test_a_lapse_is_noted_first(told: Told) -> None:
    office, leg_id = told.office, told.legs[1]
    told.tell(leg_id, 100_000, 100_000)
    told.at(hours=49)
    office.system.do(RecordLapses())
    office.icbc.do(AddHops(leg_id=leg_id, hops=(hop(told, 100_000),)))
    assert state(office, leg_id) is LegState.ANSWERED
    office.lead.do(AcknowledgeLapse(hold_id=told.hold(1)))
    assert state(office, leg_id) is LegState.CLOSED


def test_a_query_of_transactions_stays_open_to_be_read(told: Told) -> None:
    query = told.ask(1, LegKind.TRANSACTIONS, 0, about_hold=False)
    told.tell(query, None, None)
    assert state(told.office, query) is LegState.ANSWERED
