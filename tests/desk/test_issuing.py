"""The clocks of a request over its whole way: which instant rules in each state."""

from __future__ import annotations

from datetime import datetime, timedelta

from liaison_desk.core.lifecycle import LegKind, LegState, Outcome
from liaison_desk.desk.accounts import Target
from liaison_desk.desk.answers import AnswerRequest
from liaison_desk.desk.office import ChangeSetting
from liaison_desk.desk.requests import (
    ClaimRequest,
    CloseRequest,
    CorrectRequest,
    IssueRequest,
    ReopenRequest,
    ReturnForCorrection,
    RouteRequest,
    VoidRequest,
)
from liaison_desk.store.models import Issued, Leg
from tests import given
from tests.desk.rows import account_of, leg, passages, rows
from tests.given import Office, card


def minutes(office: Office, leg_id: int, since: datetime) -> tuple[float | None, float | None]:
    """The answer's and the running clock's end, in minutes after an instant."""
    found = leg(office, leg_id)

    def after(moment: datetime | None) -> float | None:
        return (moment - since) / timedelta(minutes=1) if moment is not None else None

    return after(found.due_at), after(found.next_due_at)


def test_the_clocks_of_a_request_from_report_to_close(office: Office) -> None:
    opened = given.case(office)
    leg_id, began = opened.leg_ids[0], office.clock.now
    assert minutes(office, leg_id, began) == (30, 5)
    office.clock.forward(minutes=2)
    office.icbc.do(ClaimRequest(leg_id=leg_id))
    assert minutes(office, leg_id, began) == (30, 30)
    office.clock.forward(minutes=8)
    office.icbc.do(ReturnForCorrection(leg_id=leg_id, reason="户名"))
    assert minutes(office, leg_id, began) == (30, None)
    office.clock.forward(minutes=7)
    office.officer.do(CorrectRequest(leg_id=leg_id, holder="张叁"))
    assert minutes(office, leg_id, began) == (37, 22)
    office.clock.forward(minutes=1)
    office.icbc.do(ReturnForCorrection(leg_id=leg_id, reason="金额"))
    office.clock.forward(minutes=10)
    office.officer.do(RouteRequest(leg_id=leg_id, institution="CCB"))
    assert minutes(office, leg_id, began) == (58, 33), "another bank has its own half hour"
    office.clock.forward(minutes=1)
    office.ccb.do(AnswerRequest(leg_id=leg_id, outcome=Outcome.NO_ACCOUNT))
    assert minutes(office, leg_id, began) == (58, None)
    assert leg(office, leg_id).answered_at == leg(office, leg_id).ended_at == office.clock.now
    office.clock.forward(minutes=31)
    office.officer.do(ReopenRequest(leg_id=leg_id, reason="再查"))
    assert minutes(office, leg_id, began) == (90, 65)
    office.ccb.do(AnswerRequest(leg_id=leg_id, outcome=Outcome.NO_ACCOUNT))
    office.officer.do(CloseRequest(leg_id=leg_id))
    assert leg(office, leg_id).state is LegState.CLOSED
    assert passages(office, leg_id) == [
        ("ICBC", 1),
        ("ICBC", -1),
        ("CCB", 1),
        ("CCB", -1),
        ("CCB", 1),
        ("CCB", -1),
    ]


def test_a_claim_clock_longer_than_the_answers_never_hides_it(office: Office) -> None:
    office.lead.do(ChangeSetting(key="claim_minutes", value=45))
    opened = given.case(office)
    assert minutes(office, opened.leg_ids[0], office.clock.now) == (30, 30)


def test_voiding_what_was_answered_closes_nothing_twice(office: Office) -> None:
    leg_id = given.case(office).leg_ids[0]
    given.answered(office, leg_id, outcome=Outcome.NO_ACCOUNT, executed=None, balance=None)
    ended = leg(office, leg_id).ended_at
    office.clock.forward(minutes=5)
    office.lead.do(VoidRequest(leg_id=leg_id, reason="重复"))
    assert leg(office, leg_id).ended_at == ended
    assert passages(office, leg_id) == [("ICBC", 1), ("ICBC", -1)]


def test_a_proposal_counts_as_new_only_when_it_goes_out(office: Office) -> None:
    leg_id = given.case(office).leg_ids[0]
    proposed = given.answered(office, leg_id, hops=[(card("ABC", 5), 5)]).proposed[0]
    assert passages(office, proposed) == []
    office.lead.do(VoidRequest(leg_id=proposed, reason="不追"))
    assert passages(office, proposed) == []


def test_numbers_of_every_series_are_drawn_without_gap_or_repetition(office: Office) -> None:
    opened = given.case(office, [("ICBC", 5), ("CCB", 6)], phones=["13900001111"])
    found = account_of(office, opened.leg_ids[0])
    for kind in (LegKind.HOLDER, LegKind.FREEZE, LegKind.WATCH, LegKind.STOP):
        office.officer.do(IssueRequest(case_id=opened.case_id, kind=kind, account_id=found.id, asked=5))
    office.officer.do(
        IssueRequest(
            case_id=opened.case_id,
            kind=LegKind.TRACE_NUMBER,
            target=Target(number="13900002222", phone=True),
        )
    )
    register = rows(office, Issued)
    by_series: dict[str, list[int]] = {}
    for one in register:
        by_series.setdefault(one.series, []).append(one.position)
    assert by_series == {"AJ": [1], "ZF": [1, 2, 3], "TJ": [1, 2], "CX": [1, 2], "DJ": [1]}
    assert {one.number for one in rows(office, Leg)} < {one.text for one in register}
