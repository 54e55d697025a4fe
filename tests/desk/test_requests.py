"""Requests on their way: which step each state allows, whose it is, and what clocks and counts make of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from liaison_desk.core.errors import BadInput, Conflict, NotAllowed, NotFound, Refused
from liaison_desk.core.lifecycle import LegKind, LegState, Outcome
from liaison_desk.desk.accounts import Target
from liaison_desk.desk.answers import AnswerRequest
from liaison_desk.desk.cases import OpenedCase
from liaison_desk.desk.desk import Desk
from liaison_desk.desk.office import ChangeSetting
from liaison_desk.desk.people import ChangePerson
from liaison_desk.desk.requests import (
    ApproveRequest,
    ClaimRequest,
    CloseRequest,
    CorrectRequest,
    IssueProposed,
    IssueRequest,
    ReassignRequest,
    ReleaseClaim,
    ReopenRequest,
    ReturnForCorrection,
    RouteRequest,
    VoidRequest,
    WithdrawRequest,
)
from liaison_desk.desk.work import Command
from liaison_desk.store.models import Account, Answer, Case, Issued, Leg, Passage, Person
from tests import given
from tests.desk.rows import account_of, hold_of, leg, passages, person, refused, rows
from tests.given import Office, account, card

Made = Callable[[Office], int]


def new_case(office: Office) -> OpenedCase:
    """A case about an account that no other case knows."""
    return given.case(office, n=10 + len(rows(office, Case)))


def stop(office: Office) -> int:
    return new_case(office).leg_ids[0]


def freeze(office: Office, *, by: Desk | None = None, asked: int = 2_000_000) -> int:
    """A freeze of an account that is stopped, waiting for a lead."""
    opened = new_case(office)
    given.answered(office, opened.leg_ids[0])
    account_id = account_of(office, opened.leg_ids[0]).id
    return (by or office.officer).do(
        IssueRequest(case_id=opened.case_id, kind=LegKind.FREEZE, account_id=account_id, asked=asked)
    )


# --- the table of states


def proposed(office: Office) -> int:
    return given.answered(office, stop(office), hops=[(card("ABC", 3), 500)]).proposed[0]


def routing(office: Office) -> int:
    target = Target(number="1234567890123456", holder="张三")
    case_id = new_case(office).case_id
    return office.officer.do(IssueRequest(case_id=case_id, kind=LegKind.TRANSACTIONS, target=target))


def claimed(office: Office) -> int:
    leg_id = stop(office)
    given.claimed(office, leg_id)
    return leg_id


def returned(office: Office) -> int:
    leg_id = claimed(office)
    office.icbc.do(ReturnForCorrection(leg_id=leg_id, reason="户名不符"))
    return leg_id


def answered(office: Office) -> int:
    """Answered without anything caught."""
    leg_id = stop(office)
    given.answered(office, leg_id, outcome=Outcome.NO_ACCOUNT, executed=None, balance=None)
    return leg_id


def closed(office: Office) -> int:
    leg_id = answered(office)
    office.officer.do(CloseRequest(leg_id=leg_id))
    return leg_id


def withdrawn(office: Office) -> int:
    leg_id = stop(office)
    office.officer.do(WithdrawRequest(leg_id=leg_id, reason="报错"))
    return leg_id


def voided(office: Office) -> int:
    leg_id = stop(office)
    office.lead.do(VoidRequest(leg_id=leg_id, reason="重复"))
    return leg_id


IN_STATE: dict[LegState, Made] = {
    LegState.PROPOSED: proposed,
    LegState.ROUTING: routing,
    LegState.APPROVAL: freeze,
    LegState.QUEUED: stop,
    LegState.CLAIMED: claimed,
    LegState.CORRECTION: returned,
    LegState.ANSWERED: answered,
    LegState.CLOSED: closed,
    LegState.WITHDRAWN: withdrawn,
    LegState.VOIDED: voided,
}

Step = tuple[Callable[[Office, int], Command[Any]], Callable[[Office, Leg], Desk], dict[LegState, LegState]]


def by_officer(office: Office, _leg: Leg) -> Desk:
    return office.officer


def by_lead(office: Office, _leg: Leg) -> Desk:
    return office.lead


def by_its_representative(office: Office, found: Leg) -> Desk:
    return office.speaker(found.institution_code) if found.institution_code else office.icbc


S = LegState
STEPS: dict[str, Step] = {
    "issue": (
        lambda office, id_: IssueProposed(leg_ids=(id_,)),
        by_officer,
        {S.PROPOSED: S.QUEUED},
    ),
    "route": (
        lambda office, id_: RouteRequest(leg_id=id_, institution="BOC"),
        by_officer,
        {S.ROUTING: S.QUEUED, S.QUEUED: S.QUEUED, S.CLAIMED: S.QUEUED, S.CORRECTION: S.QUEUED},
    ),
    "approve": (lambda office, id_: ApproveRequest(leg_id=id_), by_lead, {S.APPROVAL: S.QUEUED}),
    "claim": (
        lambda office, id_: ClaimRequest(leg_id=id_),
        by_its_representative,
        {S.QUEUED: S.CLAIMED},
    ),
    "release": (
        lambda office, id_: ReleaseClaim(leg_id=id_),
        by_its_representative,
        {S.CLAIMED: S.QUEUED},
    ),
    "return": (
        lambda office, id_: ReturnForCorrection(leg_id=id_, reason="要素缺失"),
        by_its_representative,
        {S.QUEUED: S.CORRECTION, S.CLAIMED: S.CORRECTION},
    ),
    "correct": (
        lambda office, id_: CorrectRequest(leg_id=id_, remark="已补正"),
        by_officer,
        {S.CORRECTION: S.QUEUED},
    ),
    "answer": (
        lambda office, id_: AnswerRequest(leg_id=id_, outcome=Outcome.BANK_FAILURE),
        by_its_representative,
        {S.QUEUED: S.ANSWERED, S.CLAIMED: S.ANSWERED},
    ),
    "close": (lambda office, id_: CloseRequest(leg_id=id_), by_officer, {S.ANSWERED: S.CLOSED}),
    "reopen": (
        lambda office, id_: ReopenRequest(leg_id=id_, reason="再查"),
        by_officer,
        {S.ANSWERED: S.QUEUED, S.CLOSED: S.QUEUED},
    ),
    "withdraw": (
        lambda office, id_: WithdrawRequest(leg_id=id_, reason="撤回"),
        by_officer,
        dict.fromkeys((S.PROPOSED, S.ROUTING, S.APPROVAL, S.QUEUED, S.CLAIMED, S.CORRECTION), S.WITHDRAWN),
    ),
    "void": (
        lambda office, id_: VoidRequest(leg_id=id_, reason="作废"),
        by_lead,
        dict.fromkeys((state for state in IN_STATE if state is not S.VOIDED), S.VOIDED),
    ),
}
OPEN = {S.ROUTING, S.APPROVAL, S.QUEUED, S.CLAIMED, S.CORRECTION}


@pytest.mark.parametrize("state", IN_STATE)
def test_from_each_state_only_the_steps_of_the_table_are_possible(
    sqlite_office: Office, state: LegState
) -> None:
    office = sqlite_office
    leg_id = IN_STATE[state](office)
    assert leg(office, leg_id).state is state
    for name, (command, by, allowed) in STEPS.items():
        if state in allowed:
            continue
        error = refused(
            office,
            by(office, leg(office, leg_id)),
            command(office, leg_id),
            (Refused, NotFound, Conflict),
        )
        assert leg(office, leg_id).state is state, (name, error)


@pytest.mark.parametrize("name", STEPS)
def test_each_step_leads_from_its_states_to_the_one_of_the_table(sqlite_office: Office, name: str) -> None:
    command, by, allowed = STEPS[name]
    office = sqlite_office
    for state, after in allowed.items():
        leg_id = IN_STATE[state](office)
        by(office, leg(office, leg_id)).do(command(office, leg_id))
        assert leg(office, leg_id).state is after
        assert sum(step for _, step in passages(office, leg_id)) == (after in OPEN)
        if after not in OPEN:
            # The account is free for the next state's leg.
            continue
        office.officer.do(WithdrawRequest(leg_id=leg_id, reason="下一例"))


# --- claims


def test_a_claim_belongs_to_the_first_and_the_second_is_told_who_and_when(office: Office) -> None:
    leg_id = stop(office)
    office.icbc.do(ClaimRequest(leg_id=leg_id))
    office.clock.forward(seconds=7)
    error = refused(office, office.door("liu"), ClaimRequest(leg_id=leg_id), Conflict)
    assert "李工行" in str(error)
    assert "10:05:00" in str(error)
    again = refused(office, office.icbc, ClaimRequest(leg_id=leg_id), Conflict)
    assert "already" in str(again)
    assert leg(office, leg_id).claimed_by == person(office, "li").id


def test_who_decides_on_an_older_version_is_told_what_happened(office: Office) -> None:
    leg_id = stop(office)
    seen = leg(office, leg_id).version
    office.icbc.do(ClaimRequest(leg_id=leg_id))
    error = refused(office, office.lead, WithdrawRequest(leg_id=leg_id, reason="x", version=seen), Conflict)
    assert "李工行" in str(error)


def test_a_released_claim_does_not_give_the_answer_more_time(office: Office) -> None:
    leg_id = stop(office)
    began = office.clock.now
    office.clock.forward(minutes=4)
    office.icbc.do(ClaimRequest(leg_id=leg_id))
    assert leg(office, leg_id).next_due_at == began + timedelta(minutes=30)
    office.clock.forward(minutes=10)
    office.door("liu").do(ReleaseClaim(leg_id=leg_id))
    found = leg(office, leg_id)
    assert (found.state, found.claimed_by, found.due_at) == (
        LegState.QUEUED,
        None,
        began + timedelta(minutes=30),
    )
    assert found.claim_due_at == found.next_due_at == began + timedelta(minutes=19)
    office.clock.forward(minutes=13)
    office.icbc.do(ClaimRequest(leg_id=leg_id))
    office.icbc.do(ReleaseClaim(leg_id=leg_id))
    assert leg(office, leg_id).next_due_at == began + timedelta(minutes=30)
    assert passages(office, leg_id) == [("ICBC", 1)]


def test_a_request_is_handed_only_to_a_colleague(office: Office) -> None:
    leg_id = claimed(office)
    for login in ("sun", "zhao"):
        command = ReassignRequest(leg_id=leg_id, person_id=person(office, login).id)
        refused(office, office.icbc, command, field="person")
    refused(
        office,
        office.ccb,
        ReassignRequest(leg_id=leg_id, person_id=person(office, "zhou").id),
        NotFound,
    )
    liu = person(office, "liu").id
    office.lead.do(ReassignRequest(leg_id=leg_id, person_id=liu))
    assert (leg(office, leg_id).claimed_by, leg(office, leg_id).state) == (liu, LegState.CLAIMED)
    refused(office, office.icbc, AnswerRequest(leg_id=leg_id, outcome=Outcome.BANK_FAILURE), Conflict)
    refused(office, office.icbc, ReturnForCorrection(leg_id=leg_id, reason="x"), Conflict)


def test_another_institutions_request_is_out_of_reach(office: Office) -> None:
    opened = given.case(office, [("ICBC", 5), ("CCB", 5)])
    for command in (
        ClaimRequest(leg_id=opened.leg_ids[0]),
        AnswerRequest(leg_id=opened.leg_ids[0], outcome=Outcome.BANK_FAILURE),
        ReturnForCorrection(leg_id=opened.leg_ids[0], reason="x"),
    ):
        refused(office, office.ccb, command, NotAllowed)
        refused(office, office.abc, command, NotFound)


# --- correction


def test_returned_for_correction_the_answer_clock_stands_still_and_then_runs_on(office: Office) -> None:
    leg_id = stop(office)
    began = office.clock.now
    office.clock.forward(minutes=10)
    office.icbc.do(ReturnForCorrection(leg_id=leg_id, reason=" 户名不符 "))
    found = leg(office, leg_id)
    assert (found.next_due_at, found.paused_at, found.state_reason) == (None, office.clock.now, "户名不符")
    office.clock.forward(minutes=45)
    office.officer.do(CorrectRequest(leg_id=leg_id, holder="张叁", asked=3_400_000))
    found = leg(office, leg_id)
    assert found.due_at == began + timedelta(minutes=75)
    assert found.next_due_at == found.claim_due_at == began + timedelta(minutes=60)
    assert (found.asked, found.paused_at, found.claimed_by) == (3_400_000, None, None)
    assert account_of(office, leg_id).holder == "张叁"
    assert passages(office, leg_id) == [("ICBC", 1)]


def test_a_return_needs_a_reason_and_a_correction_a_real_amount(office: Office) -> None:
    leg_id = stop(office)
    refused(office, office.icbc, ReturnForCorrection(leg_id=leg_id, reason=" "), field="reason")
    office.icbc.do(ReturnForCorrection(leg_id=leg_id, reason="金额"))
    for wrong in (0, -5):
        refused(office, office.officer, CorrectRequest(leg_id=leg_id, asked=wrong), field="amount")
    refused(office, office.officer, CorrectRequest(leg_id=leg_id, holder="123"), field="holder")


def test_a_corrected_freeze_never_exceeds_what_was_approved(office: Office) -> None:
    leg_id = freeze(office)
    office.lead.do(ApproveRequest(leg_id=leg_id))
    office.icbc.do(ReturnForCorrection(leg_id=leg_id, reason="文书"))
    refused(office, office.officer, CorrectRequest(leg_id=leg_id, asked=2_000_001), field="amount")
    office.officer.do(CorrectRequest(leg_id=leg_id, asked=1_999_999))
    assert leg(office, leg_id).asked == 1_999_999


# --- routing and counts


def test_rerouted_closes_for_the_one_and_is_new_for_the_other(office: Office) -> None:
    leg_id = claimed(office)
    office.clock.forward(minutes=20)
    office.officer.do(RouteRequest(leg_id=leg_id, institution="CCB"))
    assert passages(office, leg_id) == [("ICBC", 1), ("ICBC", -1), ("CCB", 1)]
    found = leg(office, leg_id)
    assert (found.state, found.claimed_by) == (LegState.QUEUED, None)
    assert found.due_at == office.clock.now + timedelta(minutes=30)
    assert account_of(office, leg_id).institution_code == "CCB"
    refused(office, office.icbc, ClaimRequest(leg_id=leg_id), NotFound)
    office.ccb.do(ClaimRequest(leg_id=leg_id))


def test_routing_runs_on_the_clock_of_the_report(office: Office) -> None:
    began = office.clock.now
    leg_id = routing(office)
    office.clock.forward(minutes=12)
    office.officer.do(RouteRequest(leg_id=leg_id, institution="BOC"))
    found = leg(office, leg_id)
    assert (found.due_at, found.claim_due_at) == (
        began + timedelta(minutes=30),
        began + timedelta(minutes=17),
    )
    assert passages(office, leg_id) == [(None, 1), (None, -1), ("BOC", 1)]


def test_a_request_routed_to_the_police_belongs_to_them(office: Office) -> None:
    leg_id = routing(office)
    office.officer.do(RouteRequest(leg_id=leg_id, institution="POLICE"))
    assert account_of(office, leg_id).institution_code is None
    office.officer.do(AnswerRequest(leg_id=leg_id, outcome=Outcome.DONE))
    answer = rows(office, Answer, Answer.leg_id == leg_id)[0]
    assert answer.by_telephone is False


def test_routing_to_where_it_is_or_to_nobody_is_refused(office: Office) -> None:
    leg_id = stop(office)
    refused(office, office.officer, RouteRequest(leg_id=leg_id, institution="ICBC"), field="institution")
    refused(office, office.officer, RouteRequest(leg_id=leg_id, institution="XYZ"), field="institution")


def test_opening_plus_new_minus_closed_is_closing_for_every_institution(office: Office) -> None:
    given.busy(office)
    answered_leg = answered(office)
    office.officer.do(ReopenRequest(leg_id=answered_leg, reason="再问"))
    routed = routing(office)
    office.officer.do(RouteRequest(leg_id=routed, institution="BOC"))
    office.officer.do(RouteRequest(leg_id=routed, institution="CCB"))
    freeze(office)
    cut = rows(office, Passage)[-1].entry_id
    office.lead.do(VoidRequest(leg_id=routed, reason="重复"))
    office.officer.do(WithdrawRequest(leg_id=answered_leg, reason="撤"))
    given.case(office, [("CCB", 7), ("PSBC", 8)], n=9)
    codes = {None, "ICBC", "ABC", "BOC", "CCB", "PSBC", "CMCC"}
    for code in codes:
        mine = rows(office, Passage, Passage.institution_code == code)
        opening = sum(one.step for one in mine if one.entry_id <= cut)
        new = sum(one.step for one in mine if one.entry_id > cut and one.step > 0)
        closed_ = -sum(one.step for one in mine if one.entry_id > cut and one.step < 0)
        closing = len(rows(office, Leg, Leg.institution_code == code, Leg.state.in_(OPEN)))
        assert opening + new - closed_ == closing, code


# --- approval


def test_a_freeze_waits_for_a_lead_who_did_not_ask(office: Office) -> None:
    leg_id = freeze(office, by=office.lead)
    assert leg(office, leg_id).state is LegState.APPROVAL
    assert leg(office, leg_id).next_due_at is None
    refused(office, office.officer, ApproveRequest(leg_id=leg_id), NotAllowed)
    refused(office, office.lead, ApproveRequest(leg_id=leg_id), NotAllowed)
    office.clock.forward(hours=1)
    office.door("feng").do(ApproveRequest(leg_id=leg_id))
    found = leg(office, leg_id)
    assert (found.state, found.due_at) == (LegState.QUEUED, office.clock.now + timedelta(minutes=30))
    assert passages(office, leg_id) == [("ICBC", 1)]


def test_a_freeze_without_known_bank_is_approved_into_routing(office: Office) -> None:
    target = Target(number="1234567890123456", holder="张三")
    leg_id = office.officer.do(
        IssueRequest(case_id=given.case(office).case_id, kind=LegKind.FREEZE, target=target, asked=100)
    )
    office.lead.do(ApproveRequest(leg_id=leg_id))
    assert leg(office, leg_id).state is LegState.ROUTING


# --- at most two stops


def ask_stop(office: Office, case_id: int, number: str, asked: int = 100) -> IssueRequest:
    return IssueRequest(case_id=case_id, kind=LegKind.STOP, target=account(number), asked=asked)


def test_a_third_stop_is_refused_counting_executed_and_waiting_ones_across_cases(office: Office) -> None:
    first = given.case(office)
    number = given.account_number(office, first.leg_ids[0])
    given.answered(office, first.leg_ids[0])
    other = given.case(office, n=1)
    waiting = office.officer.do(ask_stop(office, other.case_id, number))
    third = given.case(office, n=2)
    error = refused(office, office.officer, ask_stop(office, third.case_id, number), Refused)
    assert "2" in str(error)
    office.officer.do(WithdrawRequest(leg_id=waiting, reason="撤"))
    office.officer.do(ask_stop(office, third.case_id, number))
    refused(office, office.officer, ask_stop(office, first.case_id, number), Refused)


def test_a_stop_that_was_not_executed_does_not_count(office: Office) -> None:
    first = given.case(office)
    number = given.account_number(office, first.leg_ids[0])
    given.answered(office, first.leg_ids[0], outcome=Outcome.NAME_MISMATCH, executed=None, balance=None)
    for n in (1, 2):
        office.officer.do(ask_stop(office, given.case(office, n=n).case_id, number))
    refused(office, office.officer, ask_stop(office, first.case_id, number), Refused)


def test_proposals_cannot_go_out_beyond_the_last_stop(office: Office) -> None:
    hop = card("ABC", 5)
    ids = [given.answered(office, stop(office), hops=[(hop, 500)]).proposed[0] for _ in range(3)]
    office.officer.do(IssueProposed(leg_ids=tuple(ids[:2])))
    refused(office, office.officer, IssueProposed(leg_ids=(ids[2],)), Refused)
    assert leg(office, ids[2]).state is LegState.PROPOSED


def test_two_stops_of_one_account_among_the_proposals_go_out_both_or_none(office: Office) -> None:
    hop = card("ABC", 5)
    ids = [given.answered(office, stop(office), hops=[(hop, 500)]).proposed[0] for _ in range(3)]
    refused(office, office.officer, IssueProposed(leg_ids=tuple(ids)), Refused)
    assert {leg(office, one).state for one in ids} == {LegState.PROPOSED}


def test_how_many_stops_an_account_may_have_is_a_setting(office: Office) -> None:
    office.lead.do(ChangeSetting(key="stops_per_account", value=1))
    first = given.case(office)
    number = given.account_number(office, first.leg_ids[0])
    refused(office, office.officer, ask_stop(office, first.case_id, number), Refused)


# --- issuing by hand


def test_what_does_not_fit_together_is_refused_with_its_field(office: Office) -> None:
    opened = given.case(office, phones=["13900001111"])
    other = given.case(office, n=1)
    given.answered(office, opened.leg_ids[0])
    hold = hold_of(office, opened.leg_ids[0])
    phone = account_of(office, opened.leg_ids[1])
    foreign = account_of(office, other.leg_ids[0])

    def ask(field: str | None, error: type[Any] = BadInput, **more: Any) -> None:
        more.setdefault("case_id", opened.case_id)
        refused(office, office.officer, IssueRequest(**more), error, field)

    ask("kind", kind=LegKind.HOLDER, account_id=phone.id)
    ask("kind", kind=LegKind.SUSPEND_NUMBER, account_id=hold.account_id)
    ask("account", kind=LegKind.HOLDER, account_id=foreign.id)
    ask("number", kind=LegKind.HOLDER)
    ask("number", kind=LegKind.HOLDER, target=account("张三"))
    ask("amount", kind=LegKind.FREEZE, account_id=hold.account_id)
    ask("amount", kind=LegKind.FREEZE, account_id=hold.account_id, asked=-1)
    ask("hold", kind=LegKind.RENEW, asked=5)
    ask("hold", kind=LegKind.RENEW, asked=5, hold_id=hold.id)
    ask("hold", kind=LegKind.RELEASE_FREEZE, asked=5, hold_id=hold.id)
    ask("hold", kind=LegKind.RELEASE_STOP, asked=5, hold_id=hold.id, case_id=other.case_id)
    ask(None, Refused, kind=LegKind.RETURN, asked=5, hold_id=hold.id)
    ask(None, NotFound, kind=LegKind.RELEASE_STOP, asked=5, hold_id=999)
    ask("reason", kind=LegKind.HOLDER, account_id=hold.account_id, reason="很" * 256)
    ask(
        "happened_at",
        kind=LegKind.HOLDER,
        account_id=hold.account_id,
        happened_at=office.clock.now + timedelta(hours=1),
    )


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        (LegKind.STOP, "ZF〔2026〕2"),
        (LegKind.FREEZE, "DJ〔2026〕1"),
        (LegKind.TRANSACTIONS, "CX〔2026〕1"),
        (LegKind.HOLDER, "CX〔2026〕1"),
        (LegKind.WATCH, "CX〔2026〕1"),
    ],
)
def test_each_kind_is_numbered_in_its_series(sqlite_office: Office, kind: LegKind, number: str) -> None:
    office = sqlite_office
    opened = given.case(office)
    leg_id = office.officer.do(
        IssueRequest(
            case_id=opened.case_id,
            kind=kind,
            account_id=account_of(office, opened.leg_ids[0]).id,
            asked=100,
        )
    )
    assert leg(office, leg_id).number == number


def test_a_query_asks_for_no_money_whatever_was_typed(office: Office) -> None:
    opened = given.case(office)
    leg_id = office.officer.do(
        IssueRequest(
            case_id=opened.case_id,
            kind=LegKind.HOLDER,
            account_id=account_of(office, opened.leg_ids[0]).id,
            asked=777,
        )
    )
    assert leg(office, leg_id).asked == 0


# --- the end of a request


def test_a_voided_request_keeps_its_number_with_the_reason(office: Office) -> None:
    leg_id = stop(office)
    refused(office, office.officer, VoidRequest(leg_id=leg_id, reason="x"), NotAllowed)
    refused(office, office.lead, VoidRequest(leg_id=leg_id, reason=""), field="reason")
    office.lead.do(VoidRequest(leg_id=leg_id, reason="重复登记"))
    issued = rows(office, Issued, Issued.text == "ZF〔2026〕1")[0]
    assert (issued.void_reason, issued.voided_at) == ("重复登记", office.clock.now)
    assert leg(office, leg_id).number == "ZF〔2026〕1"
    assert leg(office, stop(office)).number == "ZF〔2026〕2"
    assert passages(office, leg_id) == [("ICBC", 1), ("ICBC", -1)]


def test_what_caught_money_is_not_voided_and_not_closed(office: Office) -> None:
    leg_id = stop(office)
    given.answered(office, leg_id)
    refused(office, office.lead, VoidRequest(leg_id=leg_id, reason="x"), Refused)
    refused(office, office.officer, CloseRequest(leg_id=leg_id), Refused)


def test_an_answered_request_cannot_be_withdrawn(office: Office) -> None:
    refused(office, office.officer, WithdrawRequest(leg_id=answered(office), reason="x"), Refused)


def test_reopening_makes_a_new_answer_beside_the_old_one(office: Office) -> None:
    leg_id = answered(office)
    office.clock.forward(minutes=3)
    refused(office, office.officer, ReopenRequest(leg_id=leg_id, reason=""), field="reason")
    office.officer.do(ReopenRequest(leg_id=leg_id, reason="账号已更正"))
    found = leg(office, leg_id)
    assert (found.answered_at, found.ended_at) == (None, None)
    assert found.due_at == office.clock.now + timedelta(minutes=30)
    assert found.traceable == 3_500_000
    given.answered(office, leg_id)
    assert [one.outcome for one in rows(office, Answer, Answer.leg_id == leg_id)] == [
        Outcome.NO_ACCOUNT,
        Outcome.PARTLY,
    ]
    assert passages(office, leg_id) == [("ICBC", 1), ("ICBC", -1), ("ICBC", 1), ("ICBC", -1)]


def test_a_stop_executed_again_after_reopening_is_the_second_stop(office: Office) -> None:
    leg_id = stop(office)
    number = given.account_number(office, leg_id)
    given.answered(office, leg_id)
    office.clock.forward(hours=1)
    office.officer.do(ReopenRequest(leg_id=leg_id, reason="再止付"))
    given.answered(office, leg_id)
    hold = hold_of(office, leg_id)
    assert (hold.stops, hold.captured, hold.ends_at) == (
        2,
        2_000_000,
        office.clock.now + timedelta(hours=48),
    )
    case_id = given.case(office, n=1).case_id
    refused(office, office.officer, ask_stop(office, case_id, number), Refused)


def test_a_stop_told_again_with_its_own_start_is_the_same_stop(office: Office) -> None:
    leg_id = stop(office)
    began = office.clock.now
    given.answered(office, leg_id)
    office.clock.forward(hours=1)
    office.officer.do(ReopenRequest(leg_id=leg_id, reason="止期有误"))
    office.icbc.do(
        AnswerRequest(
            leg_id=leg_id,
            outcome=Outcome.PARTLY,
            executed=3_500_000,
            balance_before=2_000_000,
            starts_at=began,
            ends_at=began + timedelta(hours=40),
        )
    )
    hold = hold_of(office, leg_id)
    assert (hold.stops, hold.captured, hold.ends_at) == (1, 2_000_000, began + timedelta(hours=40))
    assert len(rows(office, Account)) == 1
    number = given.account_number(office, leg_id)
    office.officer.do(ask_stop(office, given.case(office, n=1).case_id, number))


def test_a_former_colleague_cannot_be_handed_a_request(office: Office) -> None:
    leg_id = claimed(office)
    liu: Person = person(office, "liu")
    office.admin.do(ChangePerson(person_id=liu.id, version=liu.version, name=liu.name, active=False))
    refused(office, office.icbc, ReassignRequest(leg_id=leg_id, person_id=liu.id), field="person")
