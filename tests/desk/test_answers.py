"""Answers: four amounts kept apart, what they leave to trace, and the next hops they propose or issue."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from liaison_desk.core.errors import BadInput, Refused
from liaison_desk.core.lifecycle import HopKind, LegKind, LegState, Outcome
from liaison_desk.desk.accounts import Target
from liaison_desk.desk.answers import AddHops, Answered, AnswerRequest, ConfirmAnswer, HopInput
from liaison_desk.desk.cases import AuthoriseHops
from liaison_desk.desk.desk import Desk
from liaison_desk.desk.requests import ClaimRequest, IssueProposed, IssueRequest
from liaison_desk.store.chain import Entry
from liaison_desk.store.models import Account, Answer, Hold, Hop, Leg
from tests import given
from tests.desk.rows import account_of, buckets, hold_of, leg, person, refused, row, rows
from tests.given import Office, account, card

STOP = 3_500_000
"""Asked in every case here unless said otherwise: 35,000.00."""


def stop(office: Office, n: int = 0) -> int:
    return given.case(office, [("ICBC", STOP)], n=n).leg_ids[0]


def answer(office: Office, leg_id: int, *, by: Desk | None = None, **more: Any) -> Answered:
    more.setdefault("outcome", Outcome.PARTLY)
    return (by or office.icbc).do(AnswerRequest(leg_id=leg_id, **more))


def hop(office: Office, number: str, fen: int, holder: str = "李四", **more: Any) -> HopInput:
    return HopInput(fen=fen, happened_at=office.clock.now, target=account(number, holder), **more)


def out(office: Office, fen: int, kind: HopKind = HopKind.CASH) -> HopInput:
    return HopInput(fen=fen, happened_at=office.clock.now, kind=kind)


def traceable(office: Office, leg_id: int) -> int:
    """What a further stop on that account would have to look for."""
    opened = leg(office, leg_id)
    further = office.officer.do(
        IssueRequest(case_id=opened.case_id, kind=LegKind.FREEZE, account_id=opened.account_id, asked=1)
    )
    return leg(office, further).traceable


# --- worked example 6 of money.md


def test_a_stop_below_the_balance_catches_what_was_asked(office: Office) -> None:
    leg_id = stop(office)
    done = answer(office, leg_id, outcome=Outcome.DONE, executed=3_500_000, balance_before=10_000_000)
    assert done.effective == 3_500_000
    assert buckets(hold_of(office, leg_id)) == (3_500_000, 3_500_000, 0, 0, 0, 0)
    assert traceable(office, leg_id) == 0


def test_a_stop_above_the_balance_catches_the_balance_and_the_rest_is_to_trace(office: Office) -> None:
    leg_id = stop(office)
    assert answer(office, leg_id, executed=3_500_000, balance_before=2_000_000).effective == 2_000_000
    assert buckets(hold_of(office, leg_id)) == (2_000_000, 2_000_000, 0, 0, 0, 0)
    assert traceable(office, leg_id) == 1_500_000


def test_a_stop_of_an_empty_account_catches_nothing_and_all_is_to_trace(office: Office) -> None:
    leg_id = stop(office)
    done = answer(office, leg_id, outcome=Outcome.ZERO, executed=3_500_000, balance_before=0)
    assert done.effective == 0
    assert buckets(hold_of(office, leg_id)) == (0, 0, 0, 0, 0, 0)
    assert hold_of(office, leg_id).limit_fen == 3_500_000
    assert traceable(office, leg_id) == 3_500_000


def test_a_whole_account_stop_may_catch_more_than_was_asked(office: Office) -> None:
    leg_id = stop(office)
    answer(office, leg_id, outcome=Outcome.DONE, executed=10_000_000, balance_before=10_000_000)
    assert buckets(hold_of(office, leg_id)) == (10_000_000, 10_000_000, 0, 0, 0, 0)
    assert traceable(office, leg_id) == 0


def test_the_four_amounts_are_kept_apart(office: Office) -> None:
    leg_id = stop(office)
    answer(
        office,
        leg_id,
        accepted=3_400_000,
        executed=3_300_000,
        balance_before=3_200_000,
        earlier=100_001,
        earlier_authority="长春市公安局",
        available_after=1,
    )
    kept = rows(office, Answer)[0]
    assert leg(office, leg_id).asked == 3_500_000
    assert (kept.accepted, kept.executed, kept.effective) == (3_400_000, 3_300_000, 3_099_999)
    assert (kept.balance_before, kept.earlier, kept.available_after) == (3_200_000, 100_001, 1)
    hold = hold_of(office, leg_id)
    assert (hold.limit_fen, hold.captured) == (3_300_000, 3_099_999)


def test_earlier_holds_above_the_balance_leave_nothing_and_never_less(office: Office) -> None:
    leg_id = stop(office)
    done = answer(office, leg_id, executed=3_500_000, balance_before=2_000_000, earlier=2_000_001)
    assert done.effective == 0
    assert hold_of(office, leg_id).captured == 0


@pytest.mark.parametrize(
    "outcome",
    [
        Outcome.NO_ACCOUNT,
        Outcome.NAME_MISMATCH,
        Outcome.ALREADY_STOPPED,
        Outcome.LIMITED_FREEZE,
        Outcome.THIRD_STOP,
        Outcome.BANK_FAILURE,
        Outcome.MOVED_ON,
    ],
)
def test_what_was_not_executed_catches_nothing(sqlite_office: Office, outcome: Outcome) -> None:
    office = sqlite_office
    leg_id = stop(office)
    done = answer(office, leg_id, outcome=outcome, executed=3_500_000, balance_before=2_000_000)
    assert done.effective == 0
    assert leg(office, leg_id).state is LegState.ANSWERED
    assert not rows(office, Hold)


def test_the_stated_end_of_the_bank_beats_48_hours(office: Office) -> None:
    leg_id, other = stop(office), stop(office, 1)
    start = office.clock.now - timedelta(minutes=2)
    stated = start + timedelta(hours=40)
    answer(office, leg_id, executed=STOP, balance_before=1, starts_at=start, ends_at=stated)
    answer(office, other, executed=STOP, balance_before=1, starts_at=start)
    assert (hold_of(office, leg_id).starts_at, hold_of(office, leg_id).ends_at) == (start, stated)
    assert hold_of(office, other).ends_at == start + timedelta(hours=48)


def test_what_happened_and_what_was_recorded_are_two_times(office: Office) -> None:
    leg_id = stop(office)
    office.clock.forward(minutes=20)
    told = office.clock.now - timedelta(minutes=14)
    answer(office, leg_id, executed=STOP, balance_before=1, happened_at=told)
    kept = rows(office, Answer)[0]
    assert (kept.happened_at, kept.recorded_at) == (told, office.clock.now)
    assert hold_of(office, leg_id).starts_at == told


MISTAKES: dict[str, tuple[dict[str, Any], str]] = {
    "no balance": ({"executed": STOP}, "balance_before"),
    "nothing executed": ({"balance_before": STOP}, "executed"),
    "a negative balance": ({"executed": STOP, "balance_before": -1}, "balance_before"),
    "a negative amount": ({"executed": -1, "balance_before": 1}, "executed"),
    "negative earlier holds": ({"executed": 1, "balance_before": 1, "earlier": -1}, "earlier"),
    "done in full with less": (
        {"outcome": Outcome.DONE, "executed": STOP, "balance_before": STOP - 1},
        "outcome",
    ),
    "zero with a balance": (
        {"outcome": Outcome.ZERO, "executed": STOP, "balance_before": 1},
        "balance_before",
    ),
    "a queued freeze for a stop": ({"outcome": Outcome.QUEUED_FREEZE}, "outcome"),
    "told tomorrow": ({"outcome": Outcome.NO_ACCOUNT, "ahead": 1}, "happened_at"),
    "a phone that is none": ({"outcome": Outcome.NO_ACCOUNT, "person_phone": "12"}, "person_phone"),
    "an endless reason": (
        {"outcome": Outcome.NO_ACCOUNT, "technical_reason": "x" * 256},
        "technical_reason",
    ),
}


def test_each_mistake_in_an_answer_is_named_and_saves_nothing(office: Office) -> None:
    leg_id = stop(office)
    for mistake, field in MISTAKES.values():
        more = {"outcome": Outcome.PARTLY, **mistake}
        if more.pop("ahead", 0):
            more["happened_at"] = office.clock.now + timedelta(days=1)
        refused(office, office.icbc, AnswerRequest(leg_id=leg_id, **more), field=field)
    now = office.clock.now
    good: dict[str, Any] = {"outcome": Outcome.PARTLY, "executed": 5, "balance_before": 5}
    wrong_end = AnswerRequest(leg_id=leg_id, starts_at=now, ends_at=now, **good)
    refused(office, office.icbc, wrong_end, field="ends_at")
    for wrong in (
        out(office, 0),
        hop(office, card("ABC", 1), -5),
        HopInput(fen=5, happened_at=now),
        HopInput(fen=5, happened_at=now, kind=HopKind.CASH, target=account(card("ABC", 1))),
        hop(office, "李四", 5),
        HopInput(fen=5, happened_at=now + timedelta(hours=1), kind=HopKind.CASH),
        HopInput(fen=5, happened_at=now, target=Target(number="13900001111", phone=True)),
    ):
        refused(office, office.icbc, AnswerRequest(leg_id=leg_id, hops=(wrong,), **good), field="hops")
    assert leg(office, leg_id).state is LegState.QUEUED
    assert not rows(office, Hop)


# --- hops


def test_hops_become_proposed_stops_at_the_next_level_for_what_is_still_traceable(office: Office) -> None:
    leg_id = stop(office)
    done = answer(
        office,
        leg_id,
        executed=STOP,
        balance_before=2_000_000,
        hops=(hop(office, card("ABC", 5), 1_000_000), hop(office, card("CCB", 5), 500_000)),
    )
    assert done.issued == ()
    found = [leg(office, one) for one in done.proposed]
    assert [(one.institution_code, one.state, one.level, one.asked, one.traceable) for one in found] == [
        ("ABC", LegState.PROPOSED, 2, 1_000_000, 1_000_000),
        ("CCB", LegState.PROPOSED, 2, 500_000, 500_000),
    ]
    assert {one.proposed_by for one in found} == {person(office, "li").id}
    assert traceable(office, leg_id) == 0
    assert office.door("qian").do(IssueProposed(leg_ids=done.proposed)) == 2
    issued = leg(office, done.proposed[0])
    assert (issued.state, issued.officer_id) == (LegState.QUEUED, person(office, "qian").id)
    third = answer(
        office,
        done.proposed[0],
        by=office.abc,
        outcome=Outcome.MOVED_ON,
        hops=(hop(office, card("CCB", 6), 1_000_000),),
    )
    assert leg(office, third.proposed[0]).level == 3


def test_a_hop_to_a_bank_without_seat_is_issued_into_routing(office: Office) -> None:
    done = answer(
        office,
        stop(office),
        outcome=Outcome.MOVED_ON,
        hops=(hop(office, "1234567890123456", 5),),
    )
    office.officer.do(IssueProposed(leg_ids=done.proposed))
    assert leg(office, done.proposed[0]).state is LegState.ROUTING


def test_with_a_standing_authorisation_the_hop_goes_out_at_once_and_the_entry_names_both(
    office: Office,
) -> None:
    leg_id = stop(office)
    office.door("qian").do(AuthoriseHops(case_id=leg(office, leg_id).case_id))
    done = answer(office, leg_id, outcome=Outcome.MOVED_ON, hops=(hop(office, card("ABC", 5), 1_000_000),))
    assert done.proposed == ()
    found = leg(office, done.issued[0])
    li, qian = person(office, "li").id, person(office, "qian").id
    assert (found.state, found.proposed_by, found.authorised_by) == (LegState.QUEUED, li, qian)
    assert found.next_due_at == office.clock.now + timedelta(minutes=5)
    with office.database.reading() as session:
        text = session.scalar(select(Entry.text).order_by(Entry.id.desc()).limit(1))
    content = json.loads(text or "{}")
    new = [change["new"] for change in content["changes"] if change["table"] == "leg" and "new" in change]
    assert content["actor"]["person"] == li
    assert [(one["proposed_by"], one["authorised_by"]) for one in new] == [(li, qian)]


def test_the_same_account_twice_in_one_answer_is_one_stop_for_the_sum(office: Office) -> None:
    number = card("ABC", 5)
    done = answer(
        office,
        stop(office),
        outcome=Outcome.MOVED_ON,
        hops=(hop(office, number, 1_000_000), hop(office, number, 500_001)),
    )
    assert len(done.proposed) == 1
    assert leg(office, done.proposed[0]).asked == 1_500_001
    assert len(rows(office, Hop)) == 2


def test_what_comes_later_to_a_proposed_account_raises_the_proposal(office: Office) -> None:
    number = card("ABC", 5)
    leg_id = stop(office)
    first = answer(office, leg_id, outcome=Outcome.MOVED_ON, hops=(hop(office, number, 100),))
    later = office.icbc.do(AddHops(leg_id=leg_id, hops=(hop(office, number, 50),)))
    assert later.proposed == ()
    assert leg(office, first.proposed[0]).asked == 150


def test_an_account_with_an_open_stop_gets_no_second_one(office: Office) -> None:
    opened = given.case(office, [("ICBC", STOP), ("CCB", 700)])
    known = given.account_number(office, opened.leg_ids[1])
    done = answer(
        office,
        opened.leg_ids[0],
        outcome=Outcome.MOVED_ON,
        hops=(hop(office, known, 1_000_000, "张三"),),
    )
    assert (done.proposed, done.issued) == ((), ())
    waiting = leg(office, opened.leg_ids[1])
    assert (waiting.asked, waiting.traceable, waiting.level) == (700, 1_000_700, 1)


def test_money_that_comes_back_to_an_answered_account_is_proposed_there_again(office: Office) -> None:
    leg_id = stop(office)
    start = given.account_number(office, leg_id)
    first = answer(office, leg_id, outcome=Outcome.MOVED_ON, hops=(hop(office, card("ABC", 5), STOP),))
    office.officer.do(IssueProposed(leg_ids=first.proposed))
    back = answer(
        office,
        first.proposed[0],
        by=office.abc,
        outcome=Outcome.MOVED_ON,
        hops=(hop(office, start, 400_000, "张三"),),
    )
    again = leg(office, back.proposed[0])
    assert (again.institution_code, again.level, again.asked) == ("ICBC", 1, 400_000)
    assert len(rows(office, Account)) == 2


def test_a_transfer_to_itself_asks_for_nothing(office: Office) -> None:
    leg_id = stop(office)
    own = given.account_number(office, leg_id)
    done = answer(
        office,
        leg_id,
        executed=STOP,
        balance_before=2_000_000,
        hops=(hop(office, own, 900_000, "张三"),),
    )
    assert (done.proposed, done.issued) == ((), ())
    assert traceable(office, leg_id) == 1_500_000


def test_cash_and_purchases_leave_the_traceable_world(office: Office) -> None:
    leg_id = stop(office)
    done = answer(
        office,
        leg_id,
        outcome=Outcome.SPENT,
        hops=(out(office, 1_000_000), out(office, 2_500_000, HopKind.CRYPTO)),
    )
    assert (done.proposed, done.issued) == ((), ())
    assert [(one.to_account_id, one.fen) for one in rows(office, Hop)] == [
        (None, 1_000_000),
        (None, 2_500_000),
    ]
    assert traceable(office, leg_id) == 0


def test_an_account_that_has_had_its_stops_keeps_the_hop_without_a_request(office: Office) -> None:
    number = card("ABC", 5)
    for n in (1, 2):
        given.answered(
            office,
            given.case(office, [("ABC", 100)], n=n).leg_ids[0],
            outcome=Outcome.DONE,
            executed=100,
            balance=100,
        )
    for n in (3, 4):
        done = answer(office, stop(office, n), outcome=Outcome.MOVED_ON, hops=(hop(office, number, 5),))
        office.officer.do(IssueProposed(leg_ids=done.proposed))
    done = answer(office, stop(office, 5), outcome=Outcome.MOVED_ON, hops=(hop(office, number, 5),))
    assert (done.proposed, done.issued) == ((), ())
    assert len(rows(office, Hop)) == 3
    assert rows(office, Leg)[-1].kind is LegKind.STOP


def test_a_phone_has_no_next_hop(office: Office) -> None:
    leg_id = given.case(office, [], phones=["13900001111"]).leg_ids[0]
    command = AnswerRequest(leg_id=leg_id, outcome=Outcome.DONE, hops=(hop(office, card("ABC", 5), 5),))
    refused(office, office.cmcc, command, field="hops")
    answer(office, leg_id, by=office.cmcc, outcome=Outcome.DONE)


def test_hops_are_added_while_claimed_and_after_the_answer(office: Office) -> None:
    leg_id = stop(office)
    command = AddHops(leg_id=leg_id, hops=(hop(office, card("ABC", 5), 5),))
    refused(office, office.icbc, command, Refused)
    office.icbc.do(ClaimRequest(leg_id=leg_id))
    refused(office, office.icbc, AddHops(leg_id=leg_id, hops=()), field="hops")
    early = office.icbc.do(command)
    assert leg(office, early.proposed[0]).asked == 5
    answer(office, leg_id, outcome=Outcome.MOVED_ON)
    late = office.icbc.do(AddHops(leg_id=leg_id, hops=(hop(office, card("CCB", 5), 7),)))
    assert leg(office, late.proposed[0]).asked == 7
    assert [one.answer_id is None for one in rows(office, Hop)] == [True, False]


def test_a_known_accounts_holder_stays_hidden_from_who_only_names_its_number(office: Office) -> None:
    opened = given.case(office, [("ICBC", STOP), ("CCB", 700)])
    known = given.account_number(office, opened.leg_ids[1])
    answer(office, opened.leg_ids[0], outcome=Outcome.MOVED_ON, hops=(hop(office, known, 5, ""),))
    assert account_of(office, opened.leg_ids[1]).handed_by is None
    office.icbc.do(AddHops(leg_id=opened.leg_ids[0], hops=(hop(office, known, 5, "李四"),)))
    found = account_of(office, opened.leg_ids[1])
    assert (found.handed_by, found.holder) == (None, "张三")
    office.icbc.do(AddHops(leg_id=opened.leg_ids[0], hops=(hop(office, known, 5, "张三"),)))
    assert account_of(office, opened.leg_ids[1]).handed_by == "ICBC"


# --- told by telephone


def test_an_answer_told_by_telephone_is_marked_until_the_representative_confirms(office: Office) -> None:
    leg_id = stop(office)
    office.icbc.do(ClaimRequest(leg_id=leg_id))
    done = answer(
        office,
        leg_id,
        by=office.officer,
        executed=STOP,
        balance_before=2_000_000,
        hops=(hop(office, card("ABC", 5), 900_000),),
    )
    kept = row(office, Answer, done.answer_id)
    assert (kept.by_telephone, kept.answered_by) == (True, person(office, "zhao").id)
    assert len(done.issued) == 1, "an officer's own key issues the hop"
    assert rows(office, Hop)[0].handed_by is None
    office.door("liu").do(ConfirmAnswer(leg_id=leg_id))
    kept = row(office, Answer, done.answer_id)
    assert (kept.confirmed_by, kept.confirmed_at) == (person(office, "liu").id, office.clock.now)
    refused(office, office.icbc, ConfirmAnswer(leg_id=leg_id), Refused)


def test_a_representatives_own_answer_waits_for_nobody(office: Office) -> None:
    leg_id = stop(office)
    answer(office, leg_id, executed=STOP, balance_before=1)
    assert rows(office, Answer)[0].by_telephone is False
    refused(office, office.icbc, ConfirmAnswer(leg_id=leg_id), Refused)


def test_an_answer_to_what_somebody_has_answered_is_refused(office: Office) -> None:
    leg_id = stop(office)
    answer(office, leg_id, executed=STOP, balance_before=1)
    refused(
        office,
        office.icbc,
        AnswerRequest(leg_id=leg_id, outcome=Outcome.NO_ACCOUNT),
        (Refused, BadInput),
    )
