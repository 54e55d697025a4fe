"""Shifts: opened by a lead, with the table learnt then; the bar counts by event time what its reader may know."""

from __future__ import annotations

import json
from datetime import timedelta

from liaison_desk.core.errors import NotAllowed, Refused
from liaison_desk.core.lifecycle import LegKind, Outcome
from liaison_desk.core.papers import head_code
from liaison_desk.desk.answers import AnswerRequest
from liaison_desk.desk.cases import OpenCase, PaymentInput
from liaison_desk.desk.holds import RecordLapses
from liaison_desk.desk.requests import ApproveRequest, ClaimRequest, IssueRequest
from liaison_desk.desk.shifts import OpenShift, chain_state, samples, shift_bar
from liaison_desk.desk.work import SYSTEM, Work
from liaison_desk.store.chain import Entry
from liaison_desk.store.models import Shift
from tests import given
from tests.desk.rows import entries, hold_of, leg, person, refused, rows
from tests.given import Office, account, card


def opening(office: Office, name: str = "白班", hours: int = 12) -> OpenShift:
    now = office.clock.now
    return OpenShift(name=name, planned_from=now, planned_until=now + timedelta(hours=hours))


def test_only_a_lead_opens_a_shift_and_only_one_runs(office: Office) -> None:
    refused(office, office.officer, opening(office), NotAllowed)
    refused(office, office.lead, opening(office, hours=0), field="planned_until")
    refused(office, office.lead, opening(office, name=" "), field="name")
    before = entries(office)
    office.lead.do(opening(office))
    error = refused(office, office.door("feng"), opening(office, name="夜班"), Refused)
    assert "白班" in str(error)
    shift = rows(office, Shift)[0]
    assert (shift.lead_id, shift.opening_entry) == (person(office, "wang").id, before)


def test_the_table_is_learnt_from_a_years_answers_and_stored(office: Office) -> None:
    opened = given.case(office)  # nine minutes old, 35,000.00 asked
    given.answered(office, opened.leg_ids[0], executed=3_500_000, balance=2_000_000)
    office.lead.do(opening(office))
    table = json.loads(rows(office, Shift)[0].ranking)
    assert (table["asked"][0][1], table["caught"][0][1]) == (3_500_000, 2_000_000)
    # (20,000.00 + 50,000.00 × 0.5) ÷ (35,000.00 + 50,000.00)
    assert table["parts"][0][1] == 529_411
    assert table["parts"][0][2] == 350_000


def test_answers_teach_with_what_is_effective_for_a_year_and_drills_never(office: Office) -> None:
    def taught() -> list[tuple[int, int, int, int]]:
        with office.database.reading() as session:
            work = Work(session, SYSTEM, office.system.seat, office.clock.now)
            return [(one.level, one.age_minutes, one.asked, one.effective) for one in samples(work)]

    opened = given.case(office)
    given.answered(office, opened.leg_ids[0])
    office.clock.forward(minutes=51)
    second = office.officer.do(
        IssueRequest(
            case_id=opened.case_id,
            kind=LegKind.SECOND_STOP,
            hold_id=hold_of(office, opened.leg_ids[0]).id,
            asked=2_000_000,
        )
    )
    office.icbc.do(
        AnswerRequest(leg_id=second, outcome=Outcome.DONE, executed=2_000_000, balance_before=2_000_000)
    )
    drill = office.officer.do(
        OpenCase(
            victim_name="演练",
            drill=True,
            payments=(PaymentInput(target=account(card("ICBC", 70)), fen=5, happened_at=office.clock.now),),
        )
    )
    given.answered(office, drill.leg_ids[0], executed=5, balance=5, outcome=Outcome.DONE)
    assert taught() == [(1, 9, 3_500_000, 2_000_000), (1, 60, 2_000_000, 2_000_000)]
    office.clock.forward(days=364, hours=23, minutes=30)
    assert taught() == [(1, 60, 2_000_000, 2_000_000)]


def test_the_bar_counts_the_shifts_money_by_event_time(office: Office) -> None:
    before = given.case(office, n=1)
    given.answered(office, before.leg_ids[0])
    office.clock.forward(hours=1)
    office.lead.do(opening(office))
    inside = given.case(office, n=2)
    given.answered(office, inside.leg_ids[0], balance=500)
    freeze = office.officer.do(
        IssueRequest(
            case_id=inside.case_id,
            kind=LegKind.FREEZE,
            hold_id=hold_of(office, inside.leg_ids[0]).id,
            asked=500,
        )
    )
    office.lead.do(ApproveRequest(leg_id=freeze))
    office.icbc.do(AnswerRequest(leg_id=freeze, outcome=Outcome.DONE, executed=500, balance_before=500))
    office.clock.forward(hours=47)
    for _ in range(2):
        bar = office.officer.read(shift_bar)
        assert (bar.stopped, bar.frozen, bar.returned, bar.lapsed) == (500, 500, 0, 2_000_000)
        office.system.do(RecordLapses())
    assert (bar.shift, bar.lead) == ("白班", "王带班")
    theirs = office.icbc.read(shift_bar)
    assert (theirs.stopped, theirs.frozen, theirs.returned, theirs.lapsed) == (None,) * 4
    assert theirs.shift == "白班"


def test_the_oldest_unanswered_and_the_ending_holds_are_ones_own(office: Office) -> None:
    opened = given.case(office, [("ICBC", 3_500_000)])
    began = office.clock.now
    given.answered(office, opened.leg_ids[0])
    office.clock.forward(hours=47)
    assert office.icbc.read(shift_bar).oldest_unanswered is None
    given.case(office, [("CCB", 5)], n=2)
    office.clock.forward(minutes=1)
    later = given.case(office, [("ICBC", 5)], n=3)
    office.icbc.do(ClaimRequest(leg_id=later.leg_ids[0]))
    assert office.icbc.read(shift_bar).oldest_unanswered == began + timedelta(hours=47, minutes=1)
    assert office.lead.read(shift_bar).oldest_unanswered == began + timedelta(hours=47)
    assert office.icbc.read(shift_bar).ending_within_hour == 1
    assert office.ccb.read(shift_bar).ending_within_hour == 0
    office.clock.forward(minutes=59)
    assert office.icbc.read(shift_bar).ending_within_hour == 0, "it has ended"


def test_seats_entries_and_the_head_stand_in_the_bar(office: Office) -> None:
    one, two = office.icbc, office.officer
    one.beat()
    assert two.beat() == 2
    bar = two.read(shift_bar)
    last = rows(office, Entry)[-1]
    assert (bar.seats, bar.entries, bar.head) == (2, last.id, head_code(last.hash))
    assert bar.doubted is False
    state = two.read(chain_state)
    assert (state.entries, state.hash) == (last.id, last.hash)
    one.leave()
    office.clock.forward(seconds=5)
    assert two.read(shift_bar).seats == 1
    office.clock.forward(minutes=1)
    assert two.read(shift_bar).seats == 0
    assert leg(office, given.case(office).leg_ids[0]).number == "ZF〔2026〕1"
