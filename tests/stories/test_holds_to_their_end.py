"""Stories of holds, by hand and through the door: carried on in time, queued, held too much, caught one hop on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from liaison_desk.core.ledger import Bucket
from liaison_desk.core.lifecycle import HopKind, LegKind, LegState, Outcome
from liaison_desk.desk import figures
from liaison_desk.desk.answers import AddHops, HopInput
from liaison_desk.desk.attributions import AttributeHold
from liaison_desk.desk.balance import balance_of_case
from liaison_desk.desk.board import clock_board
from liaison_desk.desk.details import lapses, leg_detail
from liaison_desk.desk.figures import Figures
from liaison_desk.desk.holds import AcknowledgeLapse, RecordLapses
from liaison_desk.desk.ledgerbook import QueuedFreezeTakesEffect
from liaison_desk.desk.ledgerlists import LedgerView, export_ledger
from liaison_desk.desk.objections import DecideObjection, Decision, RecordObjection, objections
from liaison_desk.desk.requests import IssueProposed, IssueRequest
from liaison_desk.store.models import Hold, Leg
from tests import given
from tests.given import Office
from tests.stories.test_office_counted_by_hand import Told


def counted(office: Office, end: datetime | None = None, as_of: datetime | None = None) -> Figures:
    return office.lead.read(figures.figures, figures.BEGINNING, end or office.clock.now, as_of=as_of)


def hold(told: Told, case: int) -> Hold:
    with told.office.database.reading() as session:
        return session.get_one(Hold, told.hold(case))


def cards(office: Office, kind: str) -> list[tuple[str, datetime]]:
    return [
        (card.number, card.due)
        for column in office.lead.read(clock_board).columns
        for card in column.rows
        if card.kind == kind
    ]


def test_a_stop_about_to_lapse_becomes_a_freeze_in_time(office: Office) -> None:
    """10,000.00 stopped at 10:05 on 10 March; frozen a second before 48 hours are over; never lost."""
    told = Told(office)
    told.report(1, 1_000_000)
    told.tell(told.legs[1], 1_000_000, 1_000_000)
    end = told.start + timedelta(hours=48)
    told.at(hours=47)
    assert cards(office, "stop") == [("ZF〔2026〕1", end)]
    freeze = told.ask(1, LegKind.FREEZE, 1_000_000)
    office.clock.now = end - timedelta(seconds=1)
    told.tell(freeze, 1_000_000, 1_000_000)
    office.clock.now = end + timedelta(hours=1)
    assert office.system.do(RecordLapses()) == 0
    found = counted(office)
    assert (found.captured, found.frozen, found.lapsed, found.secured, found.recovered) == (
        1_000_000,
        1_000_000,
        0,
        1_000_000,
        1_000_000,
    )
    # From 12 March, six months: 24:00 in Beijing on 12 September.
    assert cards(office, "freeze") == [("DJ〔2026〕1", datetime(2026, 9, 12, 16, tzinfo=UTC))]
    line = office.officer.read(balance_of_case, told.cases[1])
    assert (line.loss, line.frozen, line.untraced) == (1_000_000, 1_000_000, 0)


def test_one_that_lapses_is_noted_and_caught_once_more_at_the_next_hop(office: Office) -> None:
    """10,000.00 lapse; 6,000.00 of them are caught one hop on, 4,000.00 are drawn: 6,000.00 count, once."""
    told = Told(office)
    told.report(1, 1_000_000)
    told.tell(told.legs[1], 1_000_000, 1_000_000)
    told.at(hours=50)
    assert office.system.do(RecordLapses()) == 1
    assert [row.lapsed for row in office.lead.read(lapses)] == [1_000_000]
    office.lead.do(AcknowledgeLapse(hold_id=told.hold(1)))
    assert office.lead.read(lapses) == ()
    assert counted(office).recovered == 0

    went = told.start + timedelta(hours=49)
    office.icbc.do(
        AddHops(
            leg_id=told.legs[1],
            hops=(
                HopInput(fen=600_000, happened_at=went, target=given.account(given.card("ABC", 61), "李四")),
                HopInput(fen=400_000, happened_at=went, kind=HopKind.CASH),
            ),
        )
    )
    with office.database.reading() as session:
        (proposed,) = [leg for leg in session.query(Leg).all() if leg.state is LegState.PROPOSED]
    office.officer.do(IssueProposed(leg_ids=(proposed.id,)))
    told.tell(proposed.id, 600_000, 600_000)
    found = counted(office)
    assert (found.captured, found.lapsed, found.secured) == (1_600_000, 1_000_000, 600_000)
    # By payments nobody owns what stands one hop on, until an officer says so or adopts a tracing.
    assert (found.recovered, found.held_beyond_cases) == (0, 600_000)
    told.legs[3] = proposed.id
    office.officer.do(
        AttributeHold(hold_id=told.hold(3), shares=((told.victim(1), 600_000),), reason="银行流水")
    )
    found = counted(office)
    assert (found.recovered, found.held_beyond_cases) == (600_000, 0)
    line = office.officer.read(balance_of_case, told.cases[1])
    assert (line.loss, line.stopped, line.spent, line.untraced) == (1_000_000, 600_000, 400_000, 0)
    with office.database.reading() as session:
        assert session.get_one(Leg, told.legs[1]).state is LegState.ANSWERED, "its document is owed"


def test_a_queued_freeze_takes_effect_when_the_earlier_one_falls_away(office: Office) -> None:
    """9,000.00 asked, all of it frozen by another authority; 40 days later 7,000.00 are there for us."""
    told = Told(office)
    told.report(1, 900_000)
    told.tell(told.legs[1], None, 900_000, earlier=900_000, outcome=Outcome.ZERO)
    queued = told.ask(1, LegKind.FREEZE, 900_000, about_hold=False)
    told.tell(queued, 900_000, 900_000, earlier=900_000, outcome=Outcome.QUEUED_FREEZE)
    told.legs[1] = queued
    assert (counted(office).captured, hold(told, 1).frozen) == (0, 0)

    told.at(days=41)
    effect = told.start + timedelta(days=40)
    office.icbc.do(QueuedFreezeTakesEffect(hold_id=told.hold(1), fen=700_000, happened_at=effect))
    office.clock.forward(minutes=1)
    # Dated when it took effect: a second earlier nothing was caught.
    assert counted(office, effect - timedelta(seconds=1)).captured == 0
    now = counted(office, effect)
    assert (now.captured_by_freeze, now.captured_by_stop, now.secured, now.recovered) == (
        700_000,
        0,
        700_000,
        700_000,
    )
    # It was told a day later: what had been said before that stays what it was.
    assert counted(office, as_of=effect + timedelta(hours=12)).captured == 0
    # 10 March + 40 days is 19 April; six months end at 24:00 on 19 October.
    assert cards(office, "freeze") == [("DJ〔2026〕1", datetime(2026, 10, 19, 16, tzinfo=UTC))]
    line = office.officer.read(balance_of_case, told.cases[1])
    assert (line.loss, line.frozen, line.untraced) == (900_000, 700_000, 200_000)


def test_an_over_hold_is_released_within_its_clock(office: Office) -> None:
    """A whole account of 50,000.00 is stopped and frozen for a loss of 5,000.00; its holder objects.

    The lead upholds it at 10:05 on 11 March; 45,000.00 are asked free and let go 30 hours later.
    """
    told = Told(office)
    told.report(1, 500_000)
    told.tell(told.legs[1], 5_000_000, 5_000_000)
    told.tell(told.ask(1, LegKind.FREEZE, 5_000_000), 5_000_000, 5_000_000)
    assert (counted(office).held_beyond_cases, counted(office).recovered) == (4_500_000, 500_000)
    office.officer.do(RecordObjection(hold_id=told.hold(1), name="张三", text="货款，与案件无关"))
    told.at(hours=24)
    (objection,) = office.lead.read(objections)
    office.lead.do(
        DecideObjection(objection_id=objection.id, decision=Decision.UPHELD, reason="多冻结部分解除")
    )
    release = office.officer.do(
        IssueRequest(
            case_id=told.cases[1], kind=LegKind.RELEASE_FREEZE, asked=4_500_000, hold_id=told.hold(1)
        )
    )
    # Three days, the first one excluded: 24:00 in Beijing on 14 March.
    due = datetime(2026, 3, 14, 16, tzinfo=UTC)
    assert [at for _, at in cards(office, "release")] == [due]
    told.at(hours=54)
    told.tell(release, 4_500_000, None)
    assert cards(office, "release") == []
    shown = office.officer.read(leg_detail, release)
    assert shown.answers[0].happened_at - shown.happened_at == timedelta(hours=30)
    assert shown.answers[0].happened_at < due
    found = counted(office)
    assert (found.released, found.secured, found.recovered, found.held_beyond_cases) == (
        4_500_000,
        500_000,
        500_000,
        0,
    )
    rows = office.officer.read(export_ledger, LedgerView(into=frozenset({Bucket.RELEASED})))
    assert [row.fen for row in rows] == [4_500_000]
