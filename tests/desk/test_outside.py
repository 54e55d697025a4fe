"""Money outside holds as a list, and the victims whose money may stand under a hold."""

from __future__ import annotations

from datetime import timedelta

import pytest

from liaison_desk.core.errors import NotAllowed, NotFound
from liaison_desk.core.lifecycle import Outcome
from liaison_desk.desk.attributions import AttributeHold
from liaison_desk.desk.holdvictims import hold_victims
from liaison_desk.desk.ledgerbook import RecordElsewhere, RecordPayback, ReverseElsewhere, ReversePayback
from liaison_desk.desk.outside import OutsideView, money_outside
from tests.given import Office
from tests.stories.test_office_counted_by_hand import Told


def test_what_was_recovered_elsewhere_and_bait_stand_in_one_list(office: Office) -> None:
    told = Told(office)
    told.report(1, 1_000)
    told.report(2, 500)
    told.report(3, 900, drill=True)
    officer, start = office.officer, office.clock.now
    first = officer.do(RecordElsewhere(victim_id=told.victim(1), source="surrender", fen=300))
    told.at(days=2)
    officer.do(RecordElsewhere(victim_id=told.victim(2), source="recall", fen=100))
    bait = officer.do(RecordPayback(victim_id=told.victim(1), fen=50, happened_at=start))
    officer.do(RecordPayback(victim_id=told.victim(3), fen=50))

    page = office.auditor.read(money_outside, OutsideView())
    assert [(row.kind, row.case_number, row.source, row.fen, row.reversed) for row in page.rows] == [
        ("payback", "AJ〔2026〕1", "", 50, False),
        ("elsewhere", "AJ〔2026〕2", "recall", 100, False),
        ("elsewhere", "AJ〔2026〕1", "surrender", 300, False),
    ]
    assert {row.victim for row in page.rows} == {"买买提"}

    officer.do(ReverseElsewhere(elsewhere_id=first, reason="录错案件"))
    officer.do(ReversePayback(payback_id=bait, reason="重复登记"))
    rows = []
    cursor = None
    while True:
        page = office.lead.read(money_outside, OutsideView(case_id=told.cases[1]), cursor, 3)
        rows += page.rows
        cursor = page.cursor
        if cursor is None:
            break
    assert [(row.kind, row.fen, row.reversed, row.reason) for row in rows] == [
        ("payback", 50, True, "重复登记"),
        ("elsewhere", 300, True, "录错案件"),
        ("payback", 50, True, ""),
        ("elsewhere", 300, True, ""),
    ]
    # By event: the bait came back on the first day.
    early = office.lead.read(money_outside, OutsideView(until=start + timedelta(hours=1)))
    assert len(early.rows) == 4
    late = office.lead.read(money_outside, OutsideView(since=start + timedelta(hours=1)))
    assert [row.fen for row in late.rows] == [100]
    for desk in (office.icbc, office.admin):
        with pytest.raises(NotAllowed):
            desk.read(money_outside, OutsideView())


def test_victims_of_every_case_on_the_account_are_listed(sqlite_office: Office) -> None:
    office = sqlite_office
    told = Told(office)
    told.report(1, 1_200, card=400)
    told.report(2, 800, card=400)
    told.report(3, 700)
    told.report(4, 700, card=400, drill=True)
    told.tell(told.legs[1], 2_000, 2_000)
    told.tell(told.legs[3], 700, 700)
    told.tell(told.legs[2], None, 0, outcome=Outcome.ZERO)
    listed = office.officer.read(hold_victims, told.hold(1))
    assert [(row.case_number, row.paid, row.attributed) for row in listed] == [
        ("AJ〔2026〕1", 1_200, 1_200),
        ("AJ〔2026〕2", 800, 800),
    ]
    # An officer's word may name a victim whose money came there another way.
    shares = ((told.victim(3), 500), (told.victim(1), 1_000))
    office.officer.do(AttributeHold(hold_id=told.hold(1), shares=shares, reason="流水"))
    assert [(row.case_id, row.attributed) for row in office.officer.read(hold_victims, told.hold(1))] == [
        (told.cases[1], 1_000),
        (told.cases[2], 0),
        (told.cases[3], 500),
    ]
    # The account's bank sees these victims masked; another bank does not know of the hold.
    assert {row.name for row in office.icbc.read(hold_victims, told.hold(1))} == {"买**"}
    with pytest.raises(NotFound):
        office.ccb.read(hold_victims, told.hold(1))
