"""A case out of balance: named, listed for the police until it balances again, and counted from what changed."""

from __future__ import annotations

from datetime import timedelta

from liaison_desk.core.lifecycle import HopKind
from liaison_desk.core.ranking import Band
from liaison_desk.core.roles import POLICE
from liaison_desk.desk.answers import AddHops, HopInput
from liaison_desk.desk.balance import CaseRef, balance_of_case, out_of_balance
from liaison_desk.desk.cases import AddPayment, PaymentInput
from liaison_desk.desk.check import check
from liaison_desk.desk.ledgerbook import RecordElsewhere, ReverseElsewhere
from liaison_desk.desk.lists import QueueView, export_queue, queue, queue_counts
from tests import given
from tests.given import Office
from tests.stories.test_office_counted_by_hand import Told


def cashed(told: Told, case: int, fen: int) -> None:
    """The bank tells of cash drawn from the account."""
    given.claimed(told.office, told.legs[case]).do(
        AddHops(
            leg_id=told.legs[case],
            hops=(
                HopInput(
                    fen=fen, happened_at=told.office.clock.now - timedelta(minutes=1), kind=HopKind.CASH
                ),
            ),
        )
    )


def test_it_is_a_work_item_of_the_police_until_it_balances(office: Office) -> None:
    """Reported 1,000.00, but the bank saw 1,200.00 drawn in cash: 200.00 too many. Another payment mends it."""
    told = Told(office)
    told.report(1, 100_000)
    told.report(2, 50_000)
    told.report(3, 100, drill=True)
    told.tell(told.legs[1], 30_000, 100_000, outcome=given.Outcome.PARTLY)
    before = office.lead.read(queue_counts).overdue
    for case, fen in ((1, 120_000), (3, 500)):
        cashed(told, case, fen)

    wrong = CaseRef(told.cases[1], "AJ〔2026〕1", 20_000)
    for login in ("zhao", "wang", "shen"):
        desk = office.door(login)
        assert desk.read(out_of_balance) == (wrong,)
        (row,) = [row for row in desk.read(queue, QueueView()).rows if row.item == "case"]
        assert (row.band, row.number, row.case_id, row.amount) == (
            Band.OVERDUE,
            "AJ〔2026〕1",
            told.cases[1],
            20_000,
        )
        assert (row.due, row.lapsed, row.can, row.institution) == (None, 0, frozenset(), POLICE)
        assert row.reason is not None
        assert desk.read(queue_counts).overdue == before + 1
    assert not any(row.item == "case" for row in office.icbc.read(queue, QueueView()).rows)
    assert office.icbc.read(queue_counts).overdue == before

    def listed(view: QueueView) -> list[int]:
        return [row.id for row in office.officer.read(queue, view).rows if row.item == "case"]

    assert listed(QueueView(institution=POLICE)) == [told.cases[1]]
    assert listed(QueueView(institution="ICBC")) == []
    assert listed(QueueView(case_id=told.cases[2])) == []
    assert listed(QueueView(drill=True)) == []
    for order in ("number", "kind", "amount", "due", "target", "recorded"):
        assert listed(QueueView(order=order)) == [told.cases[1]]  # type: ignore[arg-type]  # each is a Sorting
    assert [row.item for row in office.officer.read(export_queue, QueueView())].count("case") == 1

    # The report had forgotten a payment of 200.00.
    office.officer.do(
        AddPayment(
            case_id=told.cases[1],
            payment=PaymentInput(
                target=given.account(given.card("ICBC", 10)), fen=20_000, happened_at=told.start
            ),
        )
    )
    assert office.officer.read(balance_of_case, told.cases[1]).untraced == 0
    assert office.lead.read(out_of_balance) == ()
    assert listed(QueueView()) == []


def test_what_was_counted_before_follows_every_entry(sqlite_office: Office) -> None:
    """400 lost, 300 drawn in cash; 200 surrendered is 100 too many, until that entry is reversed."""
    office = sqlite_office
    told = Told(office)
    told.report(1, 400)
    told.report(2, 100)
    told.tell(told.legs[1], None, 0, outcome=given.Outcome.ZERO)
    lead, officer = office.lead, office.officer
    assert lead.read(out_of_balance) == ()
    # The victim's word came first, the bank's cash line later.
    made = officer.do(RecordElsewhere(victim_id=told.victim(1), source="surrender", fen=200))
    assert lead.read(out_of_balance) == ()
    cashed(told, 1, 300)
    found = (CaseRef(told.cases[1], "AJ〔2026〕1", 100),)
    assert lead.read(out_of_balance) == found
    named = check(office.database, now=office.clock.now).findings
    assert [finding.where for finding in named] == [f"case_file {told.cases[1]}"]
    told.tell(told.legs[2], 100, 100)
    assert lead.read(out_of_balance) == found
    # Another program counts from the rows, to the same.
    elsewhere = office.elsewhere()
    try:
        assert office.door("wang", elsewhere).read(out_of_balance) == found
    finally:
        elsewhere.close()
    officer.do(ReverseElsewhere(elsewhere_id=made, reason="录错"))
    assert lead.read(out_of_balance) == ()
    assert office.officer.read(balance_of_case, told.cases[1]).untraced == 100
