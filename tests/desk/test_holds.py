"""Holds: second stops, freezes, releases, and ends that are told late; the buckets always add up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from liaison_desk.core.errors import NotAllowed, NotFound, Refused
from liaison_desk.core.ledger import Bucket
from liaison_desk.core.lifecycle import LegKind, LegState, Outcome
from liaison_desk.desk import figures
from liaison_desk.desk.answers import AnswerRequest
from liaison_desk.desk.desk import Desk
from liaison_desk.desk.details import lapses
from liaison_desk.desk.holds import AcknowledgeLapse, RecordLapses, replayed
from liaison_desk.desk.requests import (
    ApproveRequest,
    CloseRequest,
    IssueProposed,
    IssueRequest,
    ReopenRequest,
)
from liaison_desk.desk.work import SYSTEM, Work
from liaison_desk.store.models import Answer, Hold, LedgerEntry
from tests import given
from tests.desk.rows import account_of, buckets, entries, hold_of, leg, person, refused, row, rows
from tests.given import Office

HELD = 2_000_000
"""What each first stop here catches: 20,000.00."""
NIGHT = timedelta(hours=48)


def stopped(office: Office, n: int = 0) -> int:
    """A stop that caught 20,000.00 of 35,000.00 asked."""
    leg_id = given.case(office, n=n).leg_ids[0]
    given.answered(office, leg_id)
    return leg_id


def ask(office: Office, leg_id: int, kind: LegKind, asked: int = HELD) -> int:
    """A further request about the account (and hold) of that leg, queued."""
    first = leg(office, leg_id)
    made = office.officer.do(
        IssueRequest(
            case_id=first.case_id,
            kind=kind,
            asked=asked,
            account_id=first.account_id,
            hold_id=first.hold_id if kind is not LegKind.STOP else None,
        )
    )
    if kind is LegKind.FREEZE:
        office.lead.do(ApproveRequest(leg_id=made))
    return made


def tell(office: Office, leg_id: int, **more: Any) -> None:
    more.setdefault("outcome", Outcome.DONE)
    more.setdefault("executed", HELD)
    more.setdefault("balance_before", HELD)
    office.icbc.do(AnswerRequest(leg_id=leg_id, **more))


def frozen(office: Office, **more: Any) -> tuple[int, int]:
    """The stop's leg and the freeze's leg on one hold."""
    first = stopped(office)
    second = ask(office, first, LegKind.FREEZE)
    tell(office, second, **more)
    return first, second


def lapse(office: Office) -> int:
    return office.system.do(RecordLapses())


def moves(office: Office, leg_id: int) -> list[tuple[str, str, int, bool]]:
    found = rows(office, LedgerEntry, LedgerEntry.hold_id == leg(office, leg_id).hold_id)
    return [(one.source.value, one.target.value, one.fen, one.reverses_id is not None) for one in found]


def flows(office: Office, since: datetime, until: datetime | None = None) -> dict[str, int]:
    with office.database.reading() as session:
        work = Work(session, SYSTEM, office.system.seat, office.clock.now)
        just_before = timedelta(microseconds=1)
        end = office.clock.now if until is None else until - just_before
        found = figures.flows(work, since - just_before, end)
        return {
            "captured": found.captured,
            "stopped": found.captured_by_stop,
            "frozen": found.frozen + found.captured_by_freeze,
            "turned": found.frozen,
            "returned": found.returned,
            "released": found.released,
            "lapsed": found.lapsed,
        }


@pytest.fixture(autouse=True)
def _every_hold_adds_up(office: Office) -> Iterator[None]:
    yield
    with office.database.reading() as session:
        work = Work(session, SYSTEM, office.system.seat, office.clock.now)
        for hold in session.query(Hold):
            again = replayed(work, hold.id)
            assert again.balanced
            assert buckets(hold) == (
                again.captured,
                again.stopped,
                again.frozen,
                again.returned,
                again.released,
                again.lapsed,
            )


# --- a second stop


def test_a_second_stop_in_time_carries_on_and_captures_nothing_new(office: Office) -> None:
    first = stopped(office)
    office.clock.forward(hours=47, minutes=59)
    second = ask(office, first, LegKind.SECOND_STOP)
    tell(office, second, executed=3_500_000, balance_before=3_500_000)
    assert leg(office, second).hold_id == leg(office, first).hold_id
    hold = hold_of(office, first)
    assert (buckets(hold), hold.stops) == ((HELD, HELD, 0, 0, 0, 0), 2)
    assert hold.ends_at == office.clock.now + NIGHT
    assert moves(office, first) == [("captured", "stopped", HELD, False)]


def test_a_second_stop_at_the_very_end_is_a_new_hold(office: Office) -> None:
    first = stopped(office)
    end = hold_of(office, first).ends_at
    second = ask(office, first, LegKind.SECOND_STOP)
    office.clock.now = end
    tell(office, second, balance_before=1_500_000, outcome=Outcome.PARTLY)
    assert leg(office, second).hold_id != leg(office, first).hold_id
    lapse(office)
    assert buckets(hold_of(office, first)) == (HELD, 0, 0, 0, 0, HELD)
    new = hold_of(office, second)
    assert buckets(new) == (1_500_000, 1_500_000, 0, 0, 0, 0)
    assert (new.starts_at, new.ends_at, new.stops) == (end, end + NIGHT, 1)


def test_a_second_stop_told_after_the_lapse_but_begun_before_it_reverses_it(office: Office) -> None:
    first = stopped(office)
    second = ask(office, first, LegKind.SECOND_STOP)
    end = hold_of(office, first).ends_at
    office.clock.now = end + timedelta(minutes=14)
    assert lapse(office) == 1
    assert buckets(hold_of(office, first)) == (HELD, 0, 0, 0, 0, HELD)
    begun = end - timedelta(minutes=1)
    tell(office, second, starts_at=begun)
    hold = hold_of(office, first)
    assert buckets(hold) == (HELD, HELD, 0, 0, 0, 0)
    assert hold.ends_at == begun + NIGHT
    assert moves(office, first) == [
        ("captured", "stopped", HELD, False),
        ("stopped", "lapsed", HELD, False),
        ("lapsed", "stopped", HELD, True),
    ]
    back = rows(office, LedgerEntry)[-1]
    assert (back.happened_at, back.recorded_at) == (end, office.clock.now)
    assert back.reason
    assert flows(office, end - timedelta(days=3))["lapsed"] == 0


def test_both_stops_may_lapse_and_each_end_is_entered_once(office: Office) -> None:
    first = stopped(office)
    office.clock.forward(hours=1)
    tell(office, ask(office, first, LegKind.SECOND_STOP))
    office.clock.forward(hours=47, minutes=30)
    assert lapse(office) == 0
    office.clock.forward(minutes=30)
    assert lapse(office) == 1
    assert lapse(office) == 0
    hold = hold_of(office, first)
    assert buckets(hold) == (HELD, 0, 0, 0, 0, HELD)
    lapsed = rows(office, LedgerEntry, LedgerEntry.target == Bucket.LAPSED)
    assert [(one.happened_at, one.hold_end) for one in lapsed] == [(hold.ends_at, hold.ends_at)]


def test_a_stop_by_another_case_is_a_hold_of_its_own(office: Office) -> None:
    first = stopped(office)
    number = given.account_number(office, first)
    other = given.case(office, n=1)
    again = office.officer.do(
        IssueRequest(case_id=other.case_id, kind=LegKind.STOP, target=given.account(number), asked=500)
    )
    tell(office, again, executed=500, balance_before=HELD + 500, earlier=HELD)
    assert leg(office, again).hold_id != leg(office, first).hold_id
    assert buckets(hold_of(office, again)) == (500, 500, 0, 0, 0, 0)
    assert buckets(hold_of(office, first)) == (HELD, HELD, 0, 0, 0, 0)


# --- lapses


def test_a_lapse_is_entered_once_by_whichever_seat_is_first_and_dated_at_its_end(office: Office) -> None:
    first = stopped(office)
    end = hold_of(office, first).ends_at
    office.clock.now = end - timedelta(microseconds=1)
    assert lapse(office) == 0
    office.clock.now = end + timedelta(hours=5)
    before = entries(office)
    elsewhere = Desk(office.elsewhere(), clock=office.clock).as_system()
    assert (elsewhere.do(RecordLapses()), lapse(office)) == (1, 0)
    elsewhere.database.close()
    assert entries(office) == before + 1, "the second seat leaves no entry"
    entry = rows(office, LedgerEntry, LedgerEntry.target == Bucket.LAPSED)[0]
    assert (entry.happened_at, entry.recorded_at) == (end, office.clock.now)
    assert leg(office, first).state is LegState.ANSWERED


def test_no_lapse_is_written_while_the_clock_is_in_doubt(office: Office) -> None:
    first = stopped(office)
    right = office.clock.now
    office.clock.now = hold_of(office, first).ends_at + timedelta(hours=3)
    given.case(office, n=3)
    office.clock.forward(hours=-2)
    assert lapse(office) == 0
    assert [one.hold_id for one in rows(office, LedgerEntry, LedgerEntry.target == Bucket.LAPSED)] == []
    shown = office.icbc.read(lapses)
    assert [one.stopped for one in shown] == [HELD], "it is shown as ended all the same"
    office.clock.forward(hours=2)
    assert lapse(office) == 1
    assert right < office.clock.now


def test_what_has_ended_counts_as_lapsed_before_anybody_recorded_it(office: Office) -> None:
    first = stopped(office)
    hold = hold_of(office, first)
    office.clock.now = hold.ends_at
    unrecorded = flows(office, hold.starts_at)
    assert (unrecorded["captured"], unrecorded["lapsed"]) == (HELD, HELD)
    assert flows(office, hold.starts_at, hold.ends_at)["lapsed"] == 0
    lapse(office)
    assert flows(office, hold.starts_at) == unrecorded


def test_a_lapse_gives_back_what_is_to_be_traced(office: Office) -> None:
    first = stopped(office)
    further = ask(office, first, LegKind.STOP, asked=5)
    assert leg(office, further).traceable == 1_500_000
    office.clock.now = hold_of(office, first).ends_at
    lapse(office)
    assert leg(office, further).traceable == 3_500_000


def test_a_lapse_is_acknowledged_once_by_its_bank_or_the_police(office: Office) -> None:
    opened = given.case(office, [("ICBC", 3_500_000), ("CCB", 5)])
    given.answered(office, opened.leg_ids[0])
    hold = hold_of(office, opened.leg_ids[0])
    command = AcknowledgeLapse(hold_id=hold.id)
    refused(office, office.icbc, command, Refused)
    office.clock.now = hold.ends_at
    lapse(office)
    refused(office, office.ccb, command, Refused)
    refused(office, office.abc, command, NotFound)
    refused(office, office.auditor, command, NotAllowed)
    assert [one.id for one in office.lead.read(lapses)] == [hold.id]
    office.door("liu").do(command)
    assert row(office, Hold, hold.id).acknowledged_by == person(office, "liu").id
    assert office.lead.read(lapses) == ()
    refused(office, office.officer, command, Refused)


# --- freezes


def test_a_freeze_takes_the_stopped_money_over_without_capturing_it_again(office: Office) -> None:
    first, second = frozen(office)
    assert leg(office, second).hold_id == leg(office, first).hold_id
    hold = hold_of(office, first)
    assert (buckets(hold), hold.rule) == ((HELD, 0, HELD, 0, 0, 0), "freeze")
    # Six calendar months from 10 March, to 24:00 in Beijing on 10 September.
    assert hold.ends_at == datetime.fromisoformat("2026-09-11T00:00:00+08:00")
    assert moves(office, first)[1:] == [("stopped", "frozen", HELD, False)]


def test_a_smaller_freeze_releases_the_rest(office: Office) -> None:
    first, _ = frozen(office, executed=1_200_000, outcome=Outcome.PARTLY)
    assert buckets(hold_of(office, first)) == (HELD, 0, 1_200_000, 0, 800_000, 0)


def test_a_larger_freeze_captures_only_what_it_holds_beyond_the_stop(office: Office) -> None:
    first, _ = frozen(office, executed=3_500_000, balance_before=3_000_000)
    assert buckets(hold_of(office, first)) == (3_000_000, 0, 3_000_000, 0, 0, 0)
    assert moves(office, first)[1:] == [
        ("stopped", "frozen", HELD, False),
        ("captured", "frozen", 1_000_000, False),
    ]


def test_a_limit_above_the_balance_captures_no_more_than_is_there(office: Office) -> None:
    first, _ = frozen(office, executed=9_000_000, balance_before=HELD)
    hold = hold_of(office, first)
    assert (buckets(hold), hold.limit_fen) == ((HELD, 0, HELD, 0, 0, 0), 9_000_000)


def test_earlier_holds_of_others_are_not_captured_by_a_larger_freeze(office: Office) -> None:
    first, _ = frozen(office, executed=9_000_000, balance_before=5_000_000, earlier=2_500_000)
    assert buckets(hold_of(office, first)) == (2_500_000, 0, 2_500_000, 0, 0, 0)


@pytest.mark.parametrize("late", [timedelta(0), timedelta(minutes=30)])
def test_a_freeze_from_the_end_on_is_a_new_hold(office: Office, late: timedelta) -> None:
    first = stopped(office)
    second = ask(office, first, LegKind.FREEZE)
    office.clock.now = hold_of(office, first).ends_at + late
    tell(office, second, executed=700, balance_before=700, outcome=Outcome.PARTLY)
    lapse(office)
    assert buckets(hold_of(office, first)) == (HELD, 0, 0, 0, 0, HELD)
    assert buckets(hold_of(office, second)) == (700, 0, 700, 0, 0, 0)


def test_a_freeze_told_after_the_lapse_but_in_force_before_it_reverses_it(office: Office) -> None:
    first = stopped(office)
    second = ask(office, first, LegKind.FREEZE)
    end = hold_of(office, first).ends_at
    office.clock.now = end + timedelta(hours=2)
    lapse(office)
    office.lead.do(AcknowledgeLapse(hold_id=hold_of(office, first).id))
    tell(office, second, starts_at=end - timedelta(hours=1))
    hold = hold_of(office, first)
    assert buckets(hold) == (HELD, 0, HELD, 0, 0, 0)
    assert hold.acknowledged_at is None
    assert flows(office, end - timedelta(days=9))["lapsed"] == 0


def test_a_freeze_before_its_own_stop_is_refused(office: Office) -> None:
    first = stopped(office)
    second = ask(office, first, LegKind.FREEZE)
    early = hold_of(office, first).starts_at - timedelta(minutes=1)
    command = AnswerRequest(
        leg_id=second,
        outcome=Outcome.DONE,
        executed=HELD,
        balance_before=HELD,
        starts_at=early,
    )
    refused(office, office.icbc, command, Refused)
    assert not rows(office, Answer, Answer.leg_id == second)


def test_a_queued_freeze_catches_nothing_and_leaves_the_stop_to_its_end(office: Office) -> None:
    first, second = frozen(
        office, outcome=Outcome.QUEUED_FREEZE, executed=HELD, balance_before=HELD, earlier=HELD
    )
    hold = hold_of(office, first)
    assert (buckets(hold), hold.rule) == ((HELD, HELD, 0, 0, 0, 0), "stop")
    assert leg(office, second).state is LegState.ANSWERED


def test_a_freeze_of_nothing_does_not_release_what_is_stopped(office: Office) -> None:
    first, _ = frozen(office, outcome=Outcome.ZERO, executed=None, balance_before=0)
    assert buckets(hold_of(office, first)) == (HELD, HELD, 0, 0, 0, 0)


def test_a_direct_freeze_captures(office: Office) -> None:
    opened = given.case(office)
    second = ask(office, opened.leg_ids[0], LegKind.FREEZE, asked=500)
    tell(office, second, executed=500, balance_before=HELD)
    assert buckets(hold_of(office, second)) == (500, 0, 500, 0, 0, 0)


def test_a_freeze_lapses_too(office: Office) -> None:
    first, _ = frozen(office)
    office.clock.now = hold_of(office, first).ends_at
    assert lapse(office) == 1
    assert buckets(hold_of(office, first)) == (HELD, 0, 0, 0, 0, HELD)


# --- renewals


def test_a_renewal_runs_six_months_from_its_own_start_and_captures_nothing(office: Office) -> None:
    first, _ = frozen(office)
    renewal = ask(office, first, LegKind.RENEW)
    office.clock.now = datetime.fromisoformat("2026-08-31T10:00:00+08:00")
    tell(office, renewal)
    hold = hold_of(office, first)
    assert buckets(hold) == (HELD, 0, HELD, 0, 0, 0)
    assert hold.ends_at == datetime.fromisoformat("2027-03-01T00:00:00+08:00")


def test_a_renewal_told_late_reverses_the_lapse_and_its_acknowledgement(office: Office) -> None:
    first, _ = frozen(office)
    renewal = ask(office, first, LegKind.RENEW)
    end = hold_of(office, first).ends_at
    office.clock.now = end + timedelta(days=1)
    lapse(office)
    office.icbc.do(AcknowledgeLapse(hold_id=hold_of(office, first).id))
    tell(office, renewal, starts_at=end - timedelta(hours=1))
    hold = hold_of(office, first)
    assert (buckets(hold), hold.acknowledged_at) == ((HELD, 0, HELD, 0, 0, 0), None)
    office.clock.now = hold.ends_at
    lapse(office)
    assert [one.id for one in office.icbc.read(lapses)] == [hold.id]


def test_a_renewal_that_began_at_the_end_is_too_late(office: Office) -> None:
    first, _ = frozen(office)
    renewal = ask(office, first, LegKind.RENEW)
    office.clock.now = hold_of(office, first).ends_at
    command = AnswerRequest(leg_id=renewal, outcome=Outcome.DONE, executed=HELD)
    refused(office, office.icbc, command, Refused)
    tell(office, renewal, outcome=Outcome.RENEWAL_FAILED, executed=None, balance_before=None)


# --- releases


def test_a_stop_is_released_in_part_and_then_in_full(office: Office) -> None:
    first = stopped(office)
    tell(office, ask(office, first, LegKind.RELEASE_STOP, asked=500), executed=500)
    assert buckets(hold_of(office, first)) == (HELD, HELD - 500, 0, 0, 500, 0)
    tell(office, ask(office, first, LegKind.RELEASE_STOP), executed=9_999_999)
    assert buckets(hold_of(office, first)) == (HELD, 0, 0, 0, HELD, 0)
    again = ask(office, first, LegKind.RELEASE_STOP)
    command = AnswerRequest(leg_id=again, outcome=Outcome.DONE, executed=5)
    refused(office, office.icbc, command, field="executed")
    office.officer.do(CloseRequest(leg_id=first))
    office.clock.now = hold_of(office, first).ends_at
    assert lapse(office) == 0


def test_a_freeze_is_released(office: Office) -> None:
    first, _ = frozen(office)
    tell(office, ask(office, first, LegKind.RELEASE_FREEZE))
    assert buckets(hold_of(office, first)) == (HELD, 0, 0, 0, HELD, 0)


def test_a_release_told_after_the_lapse_but_done_before_it_is_a_release(office: Office) -> None:
    first = stopped(office)
    release = ask(office, first, LegKind.RELEASE_STOP, asked=500)
    end = hold_of(office, first).ends_at
    office.clock.now = end + timedelta(minutes=5)
    lapse(office)
    tell(office, release, executed=500, happened_at=end - timedelta(minutes=5))
    assert buckets(hold_of(office, first)) == (HELD, HELD - 500, 0, 0, 500, 0)
    assert lapse(office) == 1
    assert buckets(hold_of(office, first)) == (HELD, 0, 0, 0, 500, HELD - 500)


def test_what_has_lapsed_cannot_be_released_any_more(office: Office) -> None:
    first = stopped(office)
    release = ask(office, first, LegKind.RELEASE_STOP)
    office.clock.now = hold_of(office, first).ends_at
    command = AnswerRequest(leg_id=release, outcome=Outcome.DONE, executed=HELD)
    refused(office, office.icbc, command, Refused)
    lapse(office)
    refused(office, office.icbc, command, Refused)


def test_money_caught_again_one_hop_further_is_a_new_capture(office: Office) -> None:
    first = stopped(office)
    office.clock.now = hold_of(office, first).ends_at
    lapse(office)
    office.officer.do(ReopenRequest(leg_id=first, reason="资金已转出"))
    done = office.icbc.do(
        AnswerRequest(
            leg_id=first,
            outcome=Outcome.MOVED_ON,
            hops=(
                given.HopInput(
                    fen=HELD,
                    happened_at=office.clock.now,
                    target=given.account(given.card("ICBC", 500), "李四"),
                ),
            ),
        )
    )
    office.officer.do(IssueProposed(leg_ids=done.proposed))
    assert account_of(office, done.proposed[0]).level == 2
    tell(office, done.proposed[0])
    assert buckets(hold_of(office, first)) == (HELD, 0, 0, 0, 0, HELD)
    assert buckets(hold_of(office, done.proposed[0])) == (HELD, HELD, 0, 0, 0, 0)
    total = flows(office, office.clock.now - timedelta(days=30))
    assert (total["captured"], total["lapsed"]) == (2 * HELD, HELD)
