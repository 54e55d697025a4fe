"""Every counting trap of money.md §3 by its name; sums in fen, counted by hand in each test."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from liaison_desk.core.errors import BadInput, DeskError, Refused
from liaison_desk.core.lifecycle import LegKind, LegState, Outcome
from liaison_desk.desk import balance, figures
from liaison_desk.desk.answers import AddHops, AnswerRequest, HopInput
from liaison_desk.desk.attributions import AttributeHold
from liaison_desk.desk.figures import Figures
from liaison_desk.desk.holds import RecordLapses
from liaison_desk.desk.ledgerbook import (
    CaptureLater,
    QueuedFreezeTakesEffect,
    RecordElsewhere,
    RecordPayback,
    RecordReturn,
    ReverseElsewhere,
    ReverseEntry,
    ReversePayback,
)
from liaison_desk.desk.requests import IssueProposed
from liaison_desk.store.models import Hold, LedgerEntry, Leg
from tests import given
from tests.desk.rows import row, rows
from tests.given import Office
from tests.stories.test_office_counted_by_hand import Told, day


@pytest.fixture
def tale(sqlite_office: Office) -> Told:
    return Told(sqlite_office)


def now(tale: Told) -> Figures:
    return tale.office.lead.read(figures.figures, figures.BEGINNING, tale.office.clock.now)


def stocks(tale: Told) -> tuple[int, int, int, int]:
    """Captured so far, secured, recovered, held beyond the cases."""
    found = now(tale)
    assert found.captured - found.returned - found.lost == found.secured
    return found.captured, found.secured, found.recovered, found.held_beyond_cases


def stopped(tale: Told, case: int, fen: int, executed: int, balance: int, **more: object) -> None:
    tale.report(case, fen)
    outcome = Outcome.DONE if min(executed, balance) >= fen else Outcome.PARTLY
    tale.tell(tale.legs[case], executed, balance, **{"outcome": outcome, **more})


def frozen(tale: Told, case: int, fen: int, balance: int) -> None:
    tale.tell(tale.ask(case, LegKind.FREEZE, fen), fen, balance)


def give_back(tale: Told, fen: int, case: int = 1) -> None:
    tale.office.officer.do(
        RecordReturn(hold_id=tale.hold(case), victim_id=tale.victim(case), fen=fen, paid_on=day(tale.office))
    )


def test_stop_freeze_return_counted_once(tale: Told) -> None:
    stopped(tale, 1, 100, 100, 100)
    frozen(tale, 1, 100, 100)
    assert stocks(tale) == (100, 100, 100, 0)
    give_back(tale, 100)
    assert stocks(tale) == (100, 0, 100, 0)
    assert (now(tale).frozen, now(tale).returned) == (100, 100)


def test_second_48_h(tale: Told) -> None:
    stopped(tale, 1, 100, 100, 100)
    tale.at(hours=47)
    tale.tell(tale.ask(1, LegKind.SECOND_STOP, 100), 100, 100)
    tale.at(hours=94)
    assert stocks(tale) == (100, 100, 100, 0)


def test_caught_at_hop_1_lapsed_caught_at_hop_2(tale: Told) -> None:
    stopped(tale, 1, 100, 100, 100)
    tale.at(hours=49)
    assert stocks(tale) == (100, 0, 0, 0), "lapsed by the clock alone, before anything is entered"
    tale.office.system.do(RecordLapses())
    given.claimed(tale.office, tale.legs[1]).do(
        AddHops(
            leg_id=tale.legs[1],
            hops=(
                HopInput(
                    fen=100,
                    happened_at=tale.office.clock.now,
                    target=given.account(given.card("ABC", 31), "李四"),
                ),
            ),
        )
    )
    (next_hop,) = rows(tale.office, Leg, Leg.state == LegState.PROPOSED)
    tale.office.officer.do(IssueProposed(leg_ids=(next_hop.id,)))
    tale.tell(next_hop.id, 100, 80, outcome=Outcome.PARTLY)
    tale.legs[1] = next_hop.id
    assert stocks(tale) == (180, 80, 0, 80), "nobody has said yet whose money the 80 are"
    tale.office.officer.do(
        AttributeHold(hold_id=tale.hold(1), shares=((tale.victim(1), 80),), reason="银行流水")
    )
    assert stocks(tale) == (180, 80, 80, 0)
    assert now(tale).lapsed == 100


def test_two_victims_on_one_account_in_two_cases(tale: Told) -> None:
    tale.report(1, 120, card=500)
    tale.tell(tale.legs[1], 200, 200)
    assert stocks(tale) == (200, 200, 120, 80)
    tale.report(2, 80, card=500)
    assert stocks(tale) == (200, 200, 200, 0), "the hold of case 1 secures the victim of case 2, too"
    tale.tell(tale.legs[2], None, 200, earlier=200, outcome=Outcome.ZERO)
    parts = [tale.office.officer.read(balance.balance_of_case, tale.cases[case]) for case in (1, 2)]
    assert [part.stopped for part in parts] == [120, 80]
    assert sum(part.recovered for part in parts) == now(tale).recovered


def test_whole_account_stop_larger_than_the_loss(tale: Told) -> None:
    stopped(tale, 1, 100, 1_000, 1_000)
    assert stocks(tale) == (1_000, 1_000, 100, 900)
    tale.tell(tale.ask(1, LegKind.RELEASE_STOP, 850), 850, None)
    assert stocks(tale) == (1_000, 150, 100, 50), "what is let go first was never the victim's"
    tale.tell(tale.ask(1, LegKind.RELEASE_STOP, 90), 90, None)
    assert stocks(tale) == (1_000, 60, 60, 0)


def test_balance_smaller_than_the_request(tale: Told) -> None:
    stopped(tale, 1, 3_500, 3_500, 2_000)
    assert stocks(tale) == (2_000, 2_000, 2_000, 0)


def test_limit_above_the_balance_money_arriving_later(tale: Told) -> None:
    stopped(tale, 1, 3_500, 3_500, 2_000)
    tale.at(hours=2)
    hold_id = tale.hold(1)
    tale.office.icbc.do(CaptureLater(hold_id=hold_id, fen=1_500))
    assert stocks(tale) == (3_500, 3_500, 3_500, 0)
    with pytest.raises(BadInput, match="limit"):
        tale.office.icbc.do(CaptureLater(hold_id=hold_id, fen=1))
    with pytest.raises(Refused, match="not running"):
        tale.office.icbc.do(
            CaptureLater(hold_id=hold_id, fen=1, happened_at=tale.start - timedelta(minutes=1))
        )


def test_what_was_let_go_is_not_caught_again(tale: Told) -> None:
    stopped(tale, 1, 3_500, 3_500, 3_500)
    tale.tell(tale.ask(1, LegKind.RELEASE_STOP, 500), 500, None)
    with pytest.raises(BadInput):
        tale.office.icbc.do(CaptureLater(hold_id=tale.hold(1), fen=1))


def queued(tale: Told) -> int:
    """A freeze of 900 behind another authority's; gives its hold's id."""
    tale.report(1, 900)
    tale.tell(tale.legs[1], None, 900, earlier=900, outcome=Outcome.ZERO)
    leg_id = tale.ask(1, LegKind.FREEZE, 900, about_hold=False)
    tale.tell(leg_id, 900, 900, earlier=900, outcome=Outcome.QUEUED_FREEZE)
    tale.legs[1] = leg_id
    return tale.hold(1)


def test_queued_freeze(tale: Told) -> None:
    hold_id = queued(tale)
    assert stocks(tale) == (0, 0, 0, 0)
    tale.at(days=40)
    tale.office.icbc.do(QueuedFreezeTakesEffect(hold_id=hold_id, fen=700))
    assert stocks(tale) == (700, 700, 700, 0)
    assert now(tale).captured_by_freeze == 700
    # Six months from the day it took effect: 10 March 10:05 + 40 days = 19 April, so 19 October.
    assert row(tale.office, Hold, hold_id).ends_at.date().isoformat() == "2026-10-19"
    with pytest.raises(Refused, match="queue"):
        tale.office.icbc.do(QueuedFreezeTakesEffect(hold_id=hold_id, fen=1))


@pytest.mark.parametrize("hours", [10, 60])
def test_a_queued_freeze_behind_a_stop_of_ours(tale: Told, hours: int) -> None:
    """300 are ours by a stop; the freeze of 900 takes effect before (10 h) or after (60 h) it ends."""
    tale.report(1, 900)
    tale.tell(tale.legs[1], 900, 900, earlier=600, outcome=Outcome.PARTLY)
    leg_id = tale.ask(1, LegKind.FREEZE, 900)
    tale.tell(leg_id, 900, 900, earlier=600, outcome=Outcome.QUEUED_FREEZE)
    stop = tale.hold(1)
    tale.at(hours=hours)
    tale.office.system.do(RecordLapses())
    made = tale.office.icbc.do(QueuedFreezeTakesEffect(hold_id=stop, fen=900))
    assert (made == stop) == (hours == 10)
    # In time: 300 turned, 600 more caught. Too late: 300 lapsed, 900 caught by the freeze.
    assert stocks(tale) == ((900, 900, 900, 0) if hours == 10 else (1_200, 900, 900, 0))
    assert now(tale).lapsed == (0 if hours == 10 else 300)


def test_bank_and_police_both_enter_the_same_stop(tale: Told) -> None:
    tale.report(1, 400)
    said = AnswerRequest(leg_id=tale.legs[1], outcome=Outcome.DONE, executed=400, balance_before=400)
    tale.office.officer.do(said)
    with pytest.raises(Refused):
        tale.office.icbc.do(said)
    assert stocks(tale) == (400, 400, 400, 0)


def test_the_same_money_stopped_for_two_cases_is_recovered_once(tale: Told) -> None:
    """The bank forgets to say that case 1's stop comes first: captured twice, recovered once, then reversed."""
    tale.report(1, 400, card=500)
    tale.tell(tale.legs[1], 400, 400)
    tale.report(2, 100, card=500)
    tale.tell(tale.legs[2], 400, 400)
    assert stocks(tale) == (800, 800, 500, 300)
    (entry,) = rows(tale.office, LedgerEntry, LedgerEntry.hold_id == tale.hold(2))
    tale.office.officer.do(ReverseEntry(entry_id=entry.id, reason="同一笔止付重复录入"))
    # 400 held of 500 paid: 400 x 400/500 = 320 and 80.
    assert stocks(tale) == (400, 400, 400, 0)
    parts = [tale.office.officer.read(balance.balance_of_case, tale.cases[case]) for case in (1, 2)]
    assert [part.stopped for part in parts] == [320, 80]


def test_lapse_and_release(tale: Told) -> None:
    stopped(tale, 1, 1_000, 1_000, 1_000)
    release = tale.ask(1, LegKind.RELEASE_STOP, 300)
    tale.at(hours=49)
    tale.office.system.do(RecordLapses())
    tale.tell(release, 300, None, starts_at=tale.start + timedelta(hours=10))
    tale.office.system.do(RecordLapses())
    found = now(tale)
    assert (found.released, found.lapsed, found.lost, found.secured, found.recovered) == (
        300,
        700,
        1_000,
        0,
        0,
    )


def test_return_larger_than_frozen_or_than_a_victims_loss(tale: Told) -> None:
    stopped(tale, 1, 100, 1_000, 1_000)
    with pytest.raises(DeskError):
        give_back(tale, 50)  # stopped only, nothing frozen
    frozen(tale, 1, 1_000, 1_000)
    with pytest.raises(BadInput, match="loss"):
        give_back(tale, 101)
    stopped(tale, 2, 500, 500, 300)
    frozen(tale, 2, 300, 300)
    with pytest.raises(Refused):
        give_back(tale, 301, case=2)
    give_back(tale, 60)
    with pytest.raises(BadInput, match="loss"):
        give_back(tale, 41)
    # Bait that came back lowers the loss, but never below what has been paid out already.
    with pytest.raises(BadInput):
        tale.office.officer.do(RecordPayback(victim_id=tale.victim(1), fen=50))
    tale.office.officer.do(RecordPayback(victim_id=tale.victim(1), fen=40))
    one = tale.office.officer.read(balance.balance_of_case, tale.cases[1])
    assert (one.loss, one.returned, one.frozen, one.untraced, one.recovered) == (60, 60, 0, 0, 60)


def test_money_from_another_source(tale: Told) -> None:
    stopped(tale, 1, 400, 400, 400)
    victim = tale.victim(1)
    made = tale.office.officer.do(RecordElsewhere(victim_id=victim, source="recall", fen=100))
    assert stocks(tale) == (400, 400, 400, 100), "100 came back by another way: 300 of the hold are needed"
    assert now(tale).captured == 400
    tale.office.officer.do(ReverseElsewhere(elsewhere_id=made, reason="录错"))
    assert stocks(tale) == (400, 400, 400, 0)
    with pytest.raises(BadInput):
        tale.office.officer.do(RecordElsewhere(victim_id=victim, source="gift", fen=1))
    with pytest.raises(BadInput):
        tale.office.officer.do(RecordElsewhere(victim_id=victim, source="recall", fen=401))
    back = tale.office.officer.do(RecordPayback(victim_id=victim, fen=150))
    assert stocks(tale) == (400, 400, 250, 150)
    tale.office.officer.do(ReversePayback(payback_id=back, reason="录错"))
    assert stocks(tale) == (400, 400, 400, 0)


def test_rounded_parts_that_do_not_add_up(tale: Told) -> None:
    """100 held for three equal victims: 33.33, the missing fen to the one who reported first."""
    tale.report(1, 100, card=500)
    tale.report(2, 100, card=500)
    tale.tell(tale.legs[1], 100, 100)
    tale.report(3, 100, card=500)
    parts = [tale.office.officer.read(balance.balance_of_case, tale.cases[case]) for case in (1, 2, 3)]
    assert [part.stopped for part in parts] == [34, 33, 33]
    assert stocks(tale) == (100, 100, 100, 0)


def test_back_dated_entry(tale: Told) -> None:
    stopped(tale, 1, 3_500, 3_500, 2_000)
    tale.at(hours=5)
    then = tale.office.clock.now
    seen = figures.Moment(then, tale.entries())
    before = tale.office.lead.read(figures.figures, tale.start, then, as_of=seen)
    tale.at(hours=9)
    tale.office.icbc.do(
        CaptureLater(hold_id=tale.hold(1), fen=500, happened_at=tale.start + timedelta(hours=1))
    )
    again = tale.office.lead.read(figures.figures, tale.start, then, as_of=seen)
    today = tale.office.lead.read(figures.figures, tale.start, then)
    assert before == again
    assert (again.secured, today.secured, today.captured - again.captured) == (2_000, 2_500, 500)


def test_same_answer_twice_catches_nothing_twice(tale: Told) -> None:
    """Statements are not imported yet; what can come twice today is an answer."""
    stopped(tale, 1, 100, 100, 100)
    with pytest.raises(Refused):
        tale.tell(tale.legs[1], 100, 100)
    assert stocks(tale) == (100, 100, 100, 0)


def test_reversed_entry(tale: Told) -> None:
    stopped(tale, 1, 3_500, 3_500, 2_000)
    tale.at(hours=1)
    wrong = tale.office.icbc.do(CaptureLater(hold_id=tale.hold(1), fen=700))
    tale.at(hours=2)
    back = tale.office.officer.do(ReverseEntry(entry_id=wrong, reason="录错"))
    assert stocks(tale) == (2_000, 2_000, 2_000, 0)
    assert row(tale.office, LedgerEntry, back).happened_at == row(tale.office, LedgerEntry, wrong).happened_at
    behind = tale.office.lead.read(figures.figure_rows, "captured", figures.BEGINNING, tale.office.clock.now)
    assert [one.fen for one in behind] == [2_000], "neither the wrong entry nor the one that takes it back"
    for entry_id in (wrong, back):
        with pytest.raises(Refused):
            tale.office.officer.do(ReverseEntry(entry_id=entry_id, reason="再来"))


def test_reversing_what_went_on_is_refused_until_that_is_reversed(tale: Told) -> None:
    stopped(tale, 1, 100, 100, 100)
    frozen(tale, 1, 100, 100)
    caught, turned = rows(tale.office, LedgerEntry)
    with pytest.raises(Refused):
        tale.office.officer.do(ReverseEntry(entry_id=caught.id, reason="录错"))
    tale.office.officer.do(ReverseEntry(entry_id=turned.id, reason="录错"))
    tale.office.officer.do(ReverseEntry(entry_id=caught.id, reason="录错"))
    assert stocks(tale) == (0, 0, 0, 0)


def test_reversing_a_capture_after_the_lapse(tale: Told) -> None:
    stopped(tale, 1, 3_500, 3_500, 2_000)
    wrong = tale.office.icbc.do(CaptureLater(hold_id=tale.hold(1), fen=700))
    tale.at(hours=49)
    tale.office.system.do(RecordLapses())
    assert now(tale).lapsed == 2_700
    tale.office.officer.do(ReverseEntry(entry_id=wrong, reason="录错"))
    assert now(tale).lapsed == 2_000, "before the lapse is entered anew"
    tale.office.system.do(RecordLapses())
    assert (now(tale).lapsed, now(tale).captured) == (2_000, 2_000)
    with tale.office.database.reading() as session:
        lapse = session.scalars(select(LedgerEntry.id).order_by(LedgerEntry.id.desc())).first()
    with pytest.raises(Refused, match="end of the hold"):
        tale.office.officer.do(ReverseEntry(entry_id=lapse or 0, reason="录错"))


def test_freeze_smaller_than_the_stop(tale: Told) -> None:
    stopped(tale, 1, 100, 100, 100)
    frozen(tale, 1, 70, 100)
    found = now(tale)
    assert (found.captured, found.frozen, found.released, found.secured, found.recovered) == (
        100,
        70,
        30,
        70,
        70,
    )


def test_an_officers_word_shrinks_with_the_hold_and_grows_back_with_it(tale: Told) -> None:
    stopped(tale, 1, 1_000, 1_000, 1_000)
    victim, hold_id = tale.victim(1), tale.hold(1)
    for fen in (1_001, 0):
        with pytest.raises(BadInput):
            tale.office.officer.do(AttributeHold(hold_id=hold_id, shares=((victim, fen),), reason="某"))
    tale.office.officer.do(AttributeHold(hold_id=hold_id, shares=((victim, 600),), reason="流水"))
    assert stocks(tale) == (1_000, 1_000, 600, 400)
    release = tale.ask(1, LegKind.RELEASE_STOP, 700)
    tale.at(hours=49)
    tale.office.system.do(RecordLapses())
    assert stocks(tale) == (1_000, 0, 0, 0)
    # Told late: 700 had been let go at +10 h.
    tale.tell(release, 700, None, starts_at=tale.start + timedelta(hours=10))
    assert now(tale).recovered == 0, "the end has passed, whether or not the rest is entered as lapsed"
    at_11 = tale.office.lead.read(figures.figures, tale.start, tale.start + timedelta(hours=11))
    assert (at_11.secured, at_11.recovered) == (300, 300)
