"""The board of clocks: every kind, each at its true end, by whom it is seen and how far it has escalated."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from liaison_desk.core.clocks import Level
from liaison_desk.core.errors import Refused
from liaison_desk.core.ledger import Bucket
from liaison_desk.core.lifecycle import LegKind, Outcome
from liaison_desk.desk.accounts import Target
from liaison_desk.desk.answers import AnswerRequest
from liaison_desk.desk.board import Board, BoardView, ClockCard, came_due, clock_board
from liaison_desk.desk.desk import Desk
from liaison_desk.desk.documents import AddDocument
from liaison_desk.desk.holds import AcknowledgeLapse, RecordLapses
from liaison_desk.desk.objections import DecideObjection, Decision, RecordObjection
from liaison_desk.desk.requests import (
    ApproveRequest,
    IssueRequest,
    ReturnForCorrection,
    RouteRequest,
)
from liaison_desk.store.chain import Entry
from liaison_desk.store.models import LedgerEntry
from tests import given
from tests.desk.rows import hold_of, leg, refused, rows
from tests.given import Office

HELD = 2_000_000


def board(desk: Desk, **view: str) -> Board:
    return desk.read(clock_board, BoardView(**view))


def cards(desk: Desk, kind: str = "", **view: str) -> list[ClockCard]:
    return [card for column in board(desk, **view).columns for card in column.rows if kind in ("", card.kind)]


def column_of(desk: Desk, kind: str) -> list[str]:
    return [column.key for column in board(desk).columns for card in column.rows if card.kind == kind]


def stopped(office: Office, n: int = 0) -> int:
    leg_id = given.case(office, n=n).leg_ids[0]
    given.answered(office, leg_id)
    office.officer.do(AddDocument(leg_id=leg_id, kind="止付通知书", number=f"公止字〔2026〕{n + 1}号"))
    return leg_id


def ask(office: Office, leg_id: int, kind: LegKind, asked: int = HELD) -> int:
    first = leg(office, leg_id)
    made = office.officer.do(
        IssueRequest(
            case_id=first.case_id,
            kind=kind,
            asked=asked,
            hold_id=first.hold_id,
            document_number="公冻字〔2026〕1号",
        )
    )
    if kind is LegKind.FREEZE:
        office.lead.do(ApproveRequest(leg_id=made))
    return made


def tell(office: Office, leg_id: int, **more: datetime) -> None:
    office.icbc.do(
        AnswerRequest(leg_id=leg_id, outcome=Outcome.DONE, executed=HELD, balance_before=HELD, **more)  # type: ignore[arg-type]  # times by name
    )


# --- requests


def test_a_new_stop_has_three_clocks(office: Office) -> None:
    leg_id = given.case(office).leg_ids[0]
    now = office.clock.now
    found = {card.kind: card for card in cards(office.officer)}
    assert {kind: card.due - now for kind, card in found.items()} == {
        "claim": timedelta(minutes=5),
        "answer": timedelta(minutes=30),
        "document": timedelta(hours=24),
    }
    claim = found["claim"]
    assert (claim.item, claim.id, claim.leg_id, claim.number, claim.institution, claim.amount) == (
        "leg",
        leg_id,
        leg_id,
        "ZF〔2026〕1",
        "ICBC",
        3_500_000,
    )
    assert (str(claim.rule), str(claim.law), str(claim.next_step)) == (
        "5 minutes",
        "Rule of the office",
        "Nobody has claimed it",
    )
    assert [column.key for column in board(office.officer).columns] == ["ended", "hour", "today", "later"]
    assert column_of(office.officer, "claim") == ["hour"]
    # 10:05 in Beijing: the document is owed until tomorrow.
    assert column_of(office.officer, "document") == ["later"]


def test_work_clocks_escalate_from_the_own_institution_to_everybody(office: Office) -> None:
    given.case(office)
    start = office.clock.now
    levels = []
    for minutes, micros in ((0, 0), (14, 59_999_999), (15, 0), (29, 59_999_999), (30, 0), (30, 1)):
        office.clock.now = start + timedelta(minutes=minutes, microseconds=micros)
        levels.append(cards(office.lead, "answer")[0].level)
    assert levels == [Level.CALM, Level.CALM, Level.OWN, Level.OWN, Level.LEAD, Level.EVERYBODY]
    assert column_of(office.lead, "answer") == ["ended"]


def test_a_claim_ends_its_clock_and_a_correction_stops_both(office: Office) -> None:
    leg_id = given.case(office).leg_ids[0]
    given.claimed(office, leg_id)
    assert [card.kind for card in cards(office.icbc)] == ["answer", "document"]
    office.icbc.do(ReturnForCorrection(leg_id=leg_id, reason="缺户名"))
    assert [card.kind for card in cards(office.icbc)] == ["document"]


def test_a_request_to_be_routed_runs_too(office: Office) -> None:
    opened = given.case(office)
    made = office.officer.do(
        IssueRequest(
            case_id=opened.case_id,
            kind=LegKind.STOP,
            asked=100,
            target=Target(number="99887766554433"),
        )
    )
    card = next(card for card in cards(office.officer, "answer") if card.id == made)
    assert (card.institution, str(card.next_step)) == ("", "To be routed")
    office.officer.do(RouteRequest(leg_id=made, institution="POLICE"))
    assert [card.id for card in cards(office.officer, "answer", institution="POLICE")] == [made]


def test_a_document_is_owed_until_it_is_entered(office: Office) -> None:
    leg_id = given.case(office).leg_ids[0]
    given.answered(office, leg_id, outcome=Outcome.NO_ACCOUNT, executed=None, balance=None)
    office.clock.forward(hours=24)
    assert column_of(office.officer, "document") == ["ended"]
    office.officer.do(AddDocument(leg_id=leg_id, kind="止付通知书", number="公止字〔2026〕1号"))
    assert cards(office.officer) == []


def test_a_release_has_its_own_clock(office: Office) -> None:
    made = ask(office, stopped(office), LegKind.RELEASE_STOP)
    found = cards(office.icbc, "release")
    assert [(card.id, str(card.rule), card.due) for card in found] == [
        (made, "3 days", datetime(2026, 3, 13, 16, 0, tzinfo=UTC))
    ]


# --- holds


def test_a_stop_ends_at_the_second_and_says_what_to_do(office: Office) -> None:
    leg_id = stopped(office)
    began = office.clock.now
    card = cards(office.officer, "stop")[0]
    assert (card.item, card.due, card.amount, card.law, card.leg_id, card.number) == (
        "hold",
        began + timedelta(hours=48),
        HELD,
        "银发〔2016〕86号",
        leg_id,
        "ZF〔2026〕1",
    )
    assert str(card.next_step) == "Freeze it, or stop once more"
    for before_end, column, level in (
        (timedelta(hours=24, microseconds=1), "later", Level.CALM),
        (timedelta(hours=24), "later", Level.OWN),
        # At 22:05 in Beijing the end is tomorrow.
        (timedelta(hours=12), "later", Level.LEAD),
        (timedelta(hours=10), "today", Level.LEAD),
        (timedelta(hours=1), "hour", Level.EVERYBODY),
        (timedelta(microseconds=1), "hour", Level.EVERYBODY),
        (timedelta(0), "ended", Level.EVERYBODY),
    ):
        office.clock.now = card.due - before_end
        assert cards(office.officer, "stop")[0].level == level
        assert column_of(office.officer, "stop") == [column]


def test_a_freeze_on_its_way_is_named_on_the_stops_card(office: Office) -> None:
    first = stopped(office)
    held = leg(office, first)
    made = office.door("qian").do(
        IssueRequest(case_id=held.case_id, kind=LegKind.FREEZE, asked=HELD, hold_id=held.hold_id)
    )
    assert str(cards(office.officer, "stop")[0].next_step) == "Freeze DJ〔2026〕1 waits for a lead"
    office.lead.do(ApproveRequest(leg_id=made))
    assert str(cards(office.officer, "stop")[0].next_step) == "Freeze DJ〔2026〕1 is on its way"
    tell(office, made)
    card = cards(office.officer, "freeze")[0]
    # From 10 March, 6 months: 24:00 on 10 September in Beijing.
    assert (card.due, card.leg_id, str(card.rule)) == (
        datetime(2026, 9, 10, 16, 0, tzinfo=UTC),
        made,
        "6 months",
    )
    assert cards(office.officer, "stop") == []


def test_a_second_stop_is_the_last(office: Office) -> None:
    first = stopped(office)
    office.clock.forward(hours=40)
    again = ask(office, first, LegKind.SECOND_STOP)
    assert str(cards(office.officer, "stop")[0].next_step) == "Second stop ZF〔2026〕2 is on its way"
    tell(office, again)
    card = cards(office.officer, "second_stop")[0]
    assert card.due == office.clock.now + timedelta(hours=48)
    assert card.level is Level.CALM
    assert str(card.next_step) == "Freeze it: no further stop is possible"


def frozen(office: Office) -> tuple[int, datetime]:
    """The first leg of a freeze in force, and its end."""
    first = stopped(office)
    tell(office, ask(office, first, LegKind.FREEZE))
    return first, hold_of(office, first).ends_at


def test_a_freeze_escalates_a_week_before_its_end(office: Office) -> None:
    _, end = frozen(office)
    for before_end, level in (
        (timedelta(days=100), Level.CALM),
        (timedelta(days=80), Level.OWN),
        (timedelta(days=7), Level.LEAD),
        (timedelta(hours=1), Level.EVERYBODY),
    ):
        office.clock.now = end - before_end
        assert cards(office.lead, "freeze")[0].level == level


def test_a_renewal_a_second_before_the_end_carries_on(office: Office) -> None:
    first, end = frozen(office)
    office.clock.now = end - timedelta(hours=2)
    made = ask(office, first, LegKind.RENEW)
    card = cards(office.officer, "renewal")[0]
    assert (card.due, card.number, card.leg_id, card.hold_id) == (
        end,
        "DJ〔2026〕2",
        made,
        leg(office, first).hold_id,
    )
    assert cards(office.officer, "freeze") == []
    office.clock.now = end + timedelta(hours=1)
    assert office.system.do(RecordLapses()) == 1
    tell(office, made, starts_at=end - timedelta(seconds=1))
    hold = hold_of(office, first)
    assert (hold.frozen, hold.lapsed) == (HELD, 0)
    # 10 September, still before midnight in Beijing: 24:00 on 10 March.
    assert cards(office.officer, "freeze")[0].due == datetime(2027, 3, 10, 16, 0, tzinfo=UTC)


def test_a_renewal_a_second_after_the_end_comes_too_late(office: Office) -> None:
    first, end = frozen(office)
    office.clock.now = end - timedelta(hours=2)
    made = ask(office, first, LegKind.RENEW)
    office.clock.now = end + timedelta(hours=1)
    refused(
        office,
        office.icbc,
        AnswerRequest(
            leg_id=made,
            outcome=Outcome.DONE,
            executed=HELD,
            balance_before=HELD,
            starts_at=end + timedelta(seconds=1),
        ),
        Refused,
    )
    assert column_of(office.officer, "freeze") == ["ended"]


# --- lapses


def test_closed_over_the_lapse_it_is_found_with_its_true_moment(office: Office) -> None:
    first = stopped(office)
    end = hold_of(office, first).ends_at
    closed = office.clock.now
    office.clock.now = end + timedelta(days=3)
    # Before anybody has recorded it, the board knows already.
    assert [(card.kind, card.due) for card in office.officer.read(came_due, closed)] == [("stop", end)]
    assert not cards(office.officer, "stop")[0].acknowledgeable
    assert office.system.do(RecordLapses()) == 1
    card = cards(office.officer, "stop")[0]
    assert (card.due, card.amount, card.acknowledgeable) == (end, HELD, True)
    assert str(card.next_step) == "Lapsed: somebody must take note"
    assert rows(office, LedgerEntry, LedgerEntry.target == Bucket.LAPSED)[0].happened_at == end
    assert office.officer.read(came_due, end) == ()
    office.icbc.do(AcknowledgeLapse(hold_id=hold_of(office, first).id))
    assert cards(office.officer) == []


def test_what_came_due_stands_in_order(office: Office) -> None:
    stopped(office)
    later = given.case(office, n=1).leg_ids[0]
    closed = office.clock.now
    office.clock.forward(days=4)
    assert [(card.kind, card.due - closed) for card in office.lead.read(came_due, closed)] == [
        ("claim", timedelta(minutes=5)),
        ("answer", timedelta(minutes=30)),
        ("document", timedelta(hours=24)),
        ("stop", timedelta(hours=48)),
    ]
    assert leg(office, later).claimed_by is None


def test_two_seats_find_the_same_lapse_at_once(office: Office) -> None:
    first = stopped(office)
    office.clock.now = hold_of(office, first).ends_at + timedelta(minutes=1)
    seats = [Desk(office.elsewhere(), clock=office.clock).as_system() for _ in range(2)]
    together = threading.Barrier(2)
    found: list[int] = []

    def record(seat: Desk) -> None:
        together.wait()
        found.append(seat.do(RecordLapses()))

    threads = [threading.Thread(target=record, args=(seat,)) for seat in seats]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for seat in seats:
        seat.database.close()
    assert sorted(found) == [0, 1]
    assert len(rows(office, LedgerEntry, LedgerEntry.target == Bucket.LAPSED)) == 1
    assert len(rows(office, Entry, Entry.command == "RecordLapses")) == 1


# --- objections, the calendar's end


def test_an_objection_stands_there_until_a_lead_decides(office: Office) -> None:
    hold = hold_of(office, stopped(office))
    made = office.officer.do(RecordObjection(hold_id=hold.id, name="某某", text="无关"))
    card = cards(office.officer, "objection")[0]
    assert (card.item, card.id, card.hold_id, card.number, card.institution, card.warning) == (
        "objection",
        made,
        hold.id,
        "AJ〔2026〕1",
        "ICBC",
        None,
    )
    office.clock.now = card.due
    assert column_of(office.lead, "objection") == ["ended"]
    office.lead.do(DecideObjection(objection_id=made, decision=Decision.REJECTED, reason="涉案"))
    assert cards(office.officer, "objection") == []


def test_where_the_calendar_ends_the_card_warns(sqlite_office: Office) -> None:
    office = sqlite_office
    # The bundled calendar ends with 2026: the third working day is not known.
    office.clock.now = datetime(2026, 12, 30, 2, 0, tzinfo=UTC)
    hold = hold_of(office, stopped(office))
    office.officer.do(RecordObjection(hold_id=hold.id, name="某某", text="无关"))
    card = cards(office.officer, "objection")[0]
    assert card.warning is not None
    assert str(card.warning).startswith("The holiday calendar ends on 2026-12-31")


# --- who sees what


@pytest.fixture
def shared(office: Office) -> Office:
    """A case at two banks, each holding something."""
    opened = given.case(office, [("ICBC", 3_500_000), ("CCB", 3_300_000)])
    for leg_id in opened.leg_ids:
        given.answered(office, leg_id)
    return office


def test_a_representative_sees_the_cases_and_acknowledges_the_own(shared: Office) -> None:
    assert [(card.institution, card.amount) for card in cards(shared.icbc, "stop")] == [
        ("ICBC", HELD),
        ("CCB", HELD),
    ]
    assert cards(shared.abc) == []
    assert [card.institution for card in cards(shared.icbc, "document")] == ["ICBC"]
    shared.clock.forward(hours=49)
    shared.system.do(RecordLapses())
    may = {card.institution: card.acknowledgeable for card in cards(shared.icbc, "stop")}
    assert may == {"ICBC": True, "CCB": False}
    assert [card.acknowledgeable for card in cards(shared.officer, "stop")] == [True, True]
    assert [card.acknowledgeable for card in cards(shared.auditor, "stop")] == [False, False]


def test_by_institution_and_by_rule(shared: Office) -> None:
    assert {card.institution for card in cards(shared.officer, institution="CCB")} == {"CCB"}
    assert {card.kind for card in cards(shared.officer, law="missing_document")} == {"document"}
    assert {card.kind for card in cards(shared.officer, law="stop")} == {"stop"}


def test_the_same_instants_for_every_seat(shared: Office) -> None:
    other = shared.door("wang", shared.elsewhere())
    assert board(other) == board(shared.lead)
    other.database.close()
