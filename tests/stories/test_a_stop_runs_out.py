"""A stop that nobody turned into a freeze: seen coming, lapsed by the rule alone, acknowledged by name."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from liaison_desk.core.errors import Refused
from liaison_desk.core.ledger import Bucket
from liaison_desk.core.ranking import Band
from liaison_desk.desk import details, handoversheet
from liaison_desk.desk.holds import AcknowledgeLapse, RecordLapses
from liaison_desk.desk.lists import QueueView, queue, queue_counts
from liaison_desk.desk.queuerows import QueueRow
from liaison_desk.store.models import Hold, LedgerEntry
from tests import given
from tests.given import Office


def watched(office: Office, login: str) -> list[QueueRow]:
    return [row for row in office.door(login).read(queue, QueueView()).rows if row.item == "hold"]


def hold(office: Office) -> Hold:
    with office.database.reading() as session:
        return session.scalars(select(Hold)).one()


def test_seen_coming_lapsed_while_all_were_away_and_acknowledged(office: Office) -> None:
    opened = given.case(office, [("ICBC", 3_500_000)])
    given.answered(office, opened.leg_ids[0], executed=3_500_000, balance=2_000_000)
    end = hold(office).ends_at
    assert end == office.clock.now + timedelta(hours=48)

    office.clock.now = end - timedelta(minutes=61)
    assert [watched(office, login) for login in ("li", "wang")] == [[], []]
    office.clock.now = end - timedelta(minutes=59)
    for login in ("li", "wang", "zhao"):
        (row,) = watched(office, login)
        assert (row.band, row.score, row.due, row.expiry) == (Band.CATCH, 2_000_000, end, True)
    assert office.ccb.read(queue, QueueView()).rows == ()

    office.clock.now = end - timedelta(microseconds=1)
    assert office.system.do(RecordLapses()) == 0
    assert hold(office).stopped == 2_000_000

    # Everybody goes home; two seats are started in the same moment, hours later.
    office.clock.now = end + timedelta(hours=5)
    first, second = office.system, office.system
    assert (first.do(RecordLapses()), second.do(RecordLapses())) == (1, 0)
    with office.database.reading() as session:
        (lapse,) = session.scalars(select(LedgerEntry).where(LedgerEntry.target == Bucket.LAPSED)).all()
    assert (lapse.fen, lapse.happened_at, lapse.hold_end) == (2_000_000, end, end)
    assert lapse.recorded_at == office.clock.now

    for login in ("li", "wang"):
        (row,) = watched(office, login)
        assert (row.lapsed, row.due, row.band) == (2_000_000, end, Band.OVERDUE)
        assert office.door(login).read(queue_counts).lapses == 1
        assert [found.ends_at for found in office.door(login).read(details.lapses)] == [end]
    sheet = office.lead.read(handoversheet.handover)
    assert [(row.amount_fen, row.lapsed_at, row.acknowledged_by) for row in sheet.lapses] == [
        (2_000_000, end, "")
    ]

    office.icbc.do(AcknowledgeLapse(hold_id=hold(office).id))
    assert [watched(office, login) for login in ("li", "wang")] == [[], []]
    assert office.lead.read(details.lapses) == ()
    with pytest.raises(Refused):
        office.lead.do(AcknowledgeLapse(hold_id=hold(office).id))
    assert [row.acknowledged_by for row in office.lead.read(handoversheet.handover).lapses] == ["李工行"]


def test_a_clock_in_doubt_writes_no_lapse(office: Office) -> None:
    opened = given.case(office, [("ICBC", 3_500_000)])
    given.answered(office, opened.leg_ids[0])
    office.clock.now = hold(office).ends_at + timedelta(hours=1)
    given.case(office, n=9)
    # This computer's clock falls back behind what has been recorded, yet past the end of the stop.
    office.clock.now -= timedelta(minutes=30)
    assert office.system.do(RecordLapses()) == 0
    assert hold(office).lapsed == 0
    office.clock.now += timedelta(minutes=29)
    assert office.system.do(RecordLapses()) == 1
