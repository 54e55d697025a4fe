"""What the papers are filled with: slips in full for their addressee, a masked handover that adds up."""

from __future__ import annotations

from datetime import timedelta

import pytest

from liaison_desk.core.errors import BadInput, NotAllowed, NotFound
from liaison_desk.core.lifecycle import LegKind, LegState, Outcome
from liaison_desk.core.papers import CountsRow, HandoverSummary, MoneyRow, Period, canonical
from liaison_desk.core.words import Message
from liaison_desk.desk.accounts import Target
from liaison_desk.desk.answers import AnswerRequest
from liaison_desk.desk.cases import OpenCase, PaymentInput, WriteNote
from liaison_desk.desk.desk import Desk
from liaison_desk.desk.handoversheet import handover
from liaison_desk.desk.holds import AcknowledgeLapse, RecordLapses
from liaison_desk.desk.papers import slips
from liaison_desk.desk.requests import (
    ApproveRequest,
    IssueRequest,
    ReturnForCorrection,
    RouteRequest,
    VoidRequest,
    WithdrawRequest,
)
from liaison_desk.desk.shifts import OpenShift
from liaison_desk.store.chain import Entry
from liaison_desk.store.models import Account, Case, Hold, Leg, Payment, Victim
from tests import given
from tests.desk.rows import account_of, entries, hold_of, leg, refused, rows
from tests.given import Office, account, card

OPEN = (
    LegState.ROUTING,
    LegState.APPROVAL,
    LegState.QUEUED,
    LegState.CLAIMED,
    LegState.CORRECTION,
)


def sheet(office: Office, desk: Desk | None = None) -> HandoverSummary:
    return (desk or office.lead).read(handover)


def open_shift(office: Office) -> int:
    now = office.clock.now
    return office.lead.do(OpenShift(name="白班", planned_from=now, planned_until=now + timedelta(hours=12)))


def counts(summary: HandoverSummary) -> dict[str, tuple[int, int, int, int]]:
    """Opening, new, closed, carried by the institution's code (or English name)."""
    return {name(row): (row.opening, row.new, row.closed, row.carried) for row in summary.counts}


def name(row: CountsRow) -> str:
    words = row.institution
    assert isinstance(words, Message)
    return str(words.values.get("code", words.values.get("en", words.text)))


def money(summary: HandoverSummary, period: Period) -> MoneyRow:
    return next(row for row in summary.money if row.period is period)


# --- slips


def test_a_slip_says_everything_its_addressee_must_match(office: Office) -> None:
    paid = office.clock.now - timedelta(minutes=9)
    number = card("ICBC", 1)
    opened = office.officer.do(
        OpenCase(
            victim_name="买买提·吐尔逊",
            fraud_type="justice",
            payments=tuple(
                PaymentInput(
                    target=Target(number=number, holder="𠮷田㼆", holder_id="X123"),
                    fen=fen,
                    happened_at=paid + timedelta(minutes=n),
                    from_bank="农业银行公主岭支行",
                    from_name="买买提·吐尔逊",
                    from_number="6228480000000001",
                )
                for n, fen in enumerate((1_640_902, 700_000))
            ),
        )
    )
    found = leg(office, opened.leg_ids[0])
    (slip,) = office.icbc.read(slips, (f" {found.number} ",))
    assert (slip.imprint.number, slip.imprint.addressee) == ("ZF〔2026〕1", "工商银行")
    assert (slip.target.number, slip.target.name, slip.target.id_number) == (number, "𠮷田㼆", "X123")
    assert slip.target.institution_code == "102100099996"
    assert (slip.amount_fen, slip.amount_capitals) == (2_340_902, "人民币贰万叁仟肆佰零玖元零贰分")
    assert [(one.amount_fen, one.paid_at) for one in slip.payments] == [
        (1_640_902, paid),
        (700_000, paid + timedelta(minutes=1)),
    ]
    assert slip.payments[0].account == "6228480000000001"
    assert (slip.case_number, slip.level, slip.officer.name) == ("AJ〔2026〕1", 1, "赵民警")
    assert slip.due_at == office.clock.now + timedelta(minutes=30)


def test_a_slip_is_for_its_addressee_and_the_police_only(office: Office) -> None:
    opened = given.case(office, [("ICBC", 5), ("CCB", 6)])
    number = leg(office, opened.leg_ids[0]).number
    for desk in (office.icbc, office.door("liu"), office.officer, office.lead):
        assert desk.read(slips, (number,))[0].imprint.number == number
    said = set()
    for desk in (office.ccb, office.abc):
        for wrong in (number, "ZF〔2026〕99"):
            with pytest.raises(NotFound) as caught:
                desk.read(slips, (wrong,))
            said.add(str(caught.value).replace(wrong, "?"))
    assert len(said) == 1
    for desk in (office.auditor, office.admin):
        with pytest.raises(NotAllowed):
            desk.read(slips, (number,))


def test_no_slip_of_what_has_not_gone_out(office: Office) -> None:
    opened = given.case(office)
    proposed = given.answered(office, opened.leg_ids[0], hops=[(card("ABC", 5), 5)]).proposed[0]
    approval = office.officer.do(
        IssueRequest(
            case_id=opened.case_id,
            kind=LegKind.FREEZE,
            account_id=account_of(office, opened.leg_ids[0]).id,
            asked=5,
        )
    )
    routing = office.officer.do(
        IssueRequest(
            case_id=opened.case_id,
            kind=LegKind.HOLDER,
            target=Target(number="1234567890123456"),
        )
    )
    for leg_id in (proposed, approval, routing):
        with pytest.raises(NotFound):
            office.officer.read(slips, (leg(office, leg_id).number,))
    office.officer.do(WithdrawRequest(leg_id=approval, reason="撤"))
    with pytest.raises(NotFound):
        office.officer.read(slips, (leg(office, approval).number,))


def test_slips_are_chosen_and_not_too_many(office: Office) -> None:
    for numbers in ((), tuple(f"ZF〔2026〕{n}" for n in range(501))):
        with pytest.raises(BadInput):
            office.officer.read(slips, numbers)


def test_a_slip_that_follows_a_stop_names_it(office: Office) -> None:
    opened = given.case(office)
    given.answered(office, opened.leg_ids[0])
    freeze = office.officer.do(
        IssueRequest(
            case_id=opened.case_id,
            kind=LegKind.FREEZE,
            hold_id=hold_of(office, opened.leg_ids[0]).id,
            asked=2_000_000,
            document_kind="协助冻结财产通知书",
            document_number="吉公（刑）冻字〔2026〕3号",
        )
    )
    office.lead.do(ApproveRequest(leg_id=freeze))
    (slip,) = office.icbc.read(slips, ("DJ〔2026〕1",))
    assert slip.related == "ZF〔2026〕1"
    assert slip.document == "协助冻结财产通知书 吉公（刑）冻字〔2026〕3号"


# --- the handover sheet


def test_counts_add_up_and_are_the_rows_carried_over(office: Office) -> None:
    given.busy(office)
    open_shift(office)
    first = given.case(office, [("ICBC", 5), ("CCB", 6)], phones=["13900002222"], n=3)
    office.clock.forward(minutes=2)
    given.answered(office, first.leg_ids[0], executed=5, balance=1)
    office.officer.do(RouteRequest(leg_id=first.leg_ids[1], institution="BOC"))
    routing = office.officer.do(
        IssueRequest(case_id=first.case_id, kind=LegKind.HOLDER, target=Target(number="1234567890123456"))
    )
    office.clock.forward(minutes=10)
    summary = sheet(office)
    assert counts(summary) == {
        "ICBC": (0, 1, 1, 0),
        "ABC": (1, 0, 0, 1),
        "BOC": (0, 1, 0, 1),
        "CCB": (1, 1, 1, 1),
        "PSBC": (0, 0, 0, 0),
        "CMCC": (1, 1, 0, 2),
        "CUCC": (0, 0, 0, 0),
        "CTCC": (0, 0, 0, 0),
        "To be routed": (0, 1, 0, 1),
    }
    total = summary.counts_total
    assert total is not None
    assert (total.opening, total.new, total.closed, total.carried) == (3, 5, 2, 6)
    listed = [*summary.open_requests, *summary.carrier_requests]
    assert sorted(row.number for row in listed) == sorted(
        one.number for one in rows(office, Leg, Leg.state.in_(OPEN))
    )
    assert len(listed) == total.carried
    assert total.overdue == sum(row.overdue for row in listed)
    icbc = next(row for row in summary.counts if name(row) == "ICBC")
    assert icbc.median_seconds == 120
    assert leg(office, routing).number in {row.number for row in summary.open_requests}


def test_counts_of_a_shift_leave_drills_out(office: Office) -> None:
    open_shift(office)
    office.officer.do(
        OpenCase(
            victim_name="演练",
            drill=True,
            payments=(PaymentInput(target=account(card("ICBC", 1)), fen=5, happened_at=office.clock.now),),
        )
    )
    total = sheet(office).counts_total
    assert total is not None
    assert (total.new, total.carried) == (0, 0)


def test_money_adds_up_for_shift_month_and_total(office: Office) -> None:
    first = given.case(office, n=1)
    given.answered(office, first.leg_ids[0])  # 20,000.00 before the shift
    office.clock.forward(hours=47)
    open_shift(office)
    second = given.case(office, n=2)
    given.answered(office, second.leg_ids[0], balance=500_000)
    freeze = office.officer.do(
        IssueRequest(
            case_id=second.case_id,
            kind=LegKind.FREEZE,
            hold_id=hold_of(office, second.leg_ids[0]).id,
            asked=400_000,
        )
    )
    office.lead.do(ApproveRequest(leg_id=freeze))
    office.icbc.do(
        AnswerRequest(leg_id=freeze, outcome=Outcome.DONE, executed=400_000, balance_before=500_000)
    )
    office.clock.forward(hours=2)
    for recorded in (False, True):
        if recorded:
            office.system.do(RecordLapses())
        summary = sheet(office)
        shift, total = money(summary, Period.SHIFT), money(summary, Period.TOTAL)
        assert shift == MoneyRow(
            period=Period.SHIFT,
            opening=2_000_000,
            captured=500_000,
            returned=0,
            released=100_000,
            lapsed=2_000_000,
            closing=400_000,
            frozen=400_000,
        )
        assert (total.opening, total.captured, total.closing) == (0, 2_500_000, 400_000)
        for row in summary.money:
            flows = row.captured - row.returned - row.released - row.lapsed
            assert row.opening + flows == row.closing
            assert row.closing == 400_000
    held = sum(one.stopped + one.frozen for one in rows(office, Hold))
    assert held == 400_000


def test_what_happened_before_the_shift_but_was_recorded_in_it_counts_in_it_and_is_marked(
    office: Office,
) -> None:
    opened = given.case(office)
    told = office.clock.now
    office.clock.forward(hours=3)
    open_shift(office)
    office.icbc.do(
        AnswerRequest(
            leg_id=opened.leg_ids[0],
            outcome=Outcome.PARTLY,
            executed=3_500_000,
            balance_before=700,
            happened_at=told,
        )
    )
    summary = sheet(office)
    assert money(summary, Period.SHIFT).captured == 700
    assert money(summary, Period.SHIFT).opening == 0
    (marked,) = summary.earlier_flows
    assert (marked.number, marked.amount_fen, marked.happened_at) == ("AJ〔2026〕1", 700, told)


def test_money_by_month_begins_at_local_midnight_of_the_first(office: Office) -> None:
    first = given.case(office)
    given.answered(office, first.leg_ids[0])
    office.clock.now = office.clock.now.replace(month=3, day=31, hour=15, minute=59)  # 23:59 local
    second = given.case(office, n=1)
    given.answered(office, second.leg_ids[0], balance=300)
    assert money(sheet(office), Period.MONTH).captured == 2_000_300
    office.clock.forward(minutes=2)
    month = money(sheet(office), Period.MONTH)
    assert (month.opening, month.captured, month.closing) == (300, 0, 300)


def test_the_clocks_are_listed_by_expiry_with_what_comes_next(office: Office) -> None:
    legs = [given.case(office, n=n).leg_ids[0] for n in (1, 2)]
    for leg_id in legs:
        given.answered(office, leg_id)
        office.clock.forward(hours=1)
    second = office.officer.do(
        IssueRequest(
            case_id=leg(office, legs[0]).case_id,
            kind=LegKind.SECOND_STOP,
            hold_id=hold_of(office, legs[0]).id,
            asked=5,
        )
    )
    office.icbc.do(AnswerRequest(leg_id=second, outcome=Outcome.DONE, executed=5, balance_before=2_000_000))
    listed = sheet(office).clocks
    assert [(row.number, str(row.next_step)) for row in listed] == [
        ("ZF〔2026〕2", "Freeze, or stop once more"),
        ("ZF〔2026〕1", "Freeze; no stop is left"),
    ]
    office.clock.forward(hours=49)
    assert sheet(office).clocks == ()


def test_lapses_wait_on_the_sheet_until_acknowledged_in_an_earlier_shift(office: Office) -> None:
    opened = given.case(office)
    given.answered(office, opened.leg_ids[0])
    hold = hold_of(office, opened.leg_ids[0])
    office.clock.now = hold.ends_at + timedelta(hours=1)
    office.system.do(RecordLapses())
    open_shift(office)
    (row,) = sheet(office).lapses
    assert (row.number, row.amount_fen, row.lapsed_at, row.acknowledged_by) == (
        "ZF〔2026〕1",
        2_000_000,
        hold.ends_at,
        "",
    )
    office.clock.forward(minutes=1)
    office.lead.do(AcknowledgeLapse(hold_id=hold.id))
    assert sheet(office).lapses[0].acknowledged_by == "王带班"


def test_cases_in_trace_name_the_last_hop_and_the_sum(office: Office) -> None:
    opened = given.case(office)
    given.answered(office, opened.leg_ids[0], hops=[(card("ABC", 5), 1_000_000), (card("CCB", 6), 500)])
    (row,) = sheet(office).traces
    assert (row.case_number, row.untraced_fen) == ("AJ〔2026〕1", 1_000_500)
    assert isinstance(row.last_hop, Message)
    assert row.last_hop.values["level"] == 2


def test_the_sheet_prints_how_far_the_chain_reaches(office: Office) -> None:
    since = entries(office)
    open_shift(office)
    given.case(office)
    summary = sheet(office, office.auditor)
    head = rows(office, Entry)[-1]
    imprint = summary.imprint
    assert (imprint.chain_from, imprint.chain_to) == (since + 1, since + 2)
    assert imprint.chain_head == head.hash
    assert summary.running
    before = entries(office)
    sheet(office)
    assert entries(office) == before, "a print makes no cut"


def test_nothing_on_the_sheet_is_unmasked(office: Office) -> None:
    open_shift(office)
    opened = office.officer.do(
        OpenCase(
            victim_name="欧阳受害",
            victim_phone="13755556666",
            victim_id="110101199003074514",
            summary="案情里有秘密",
            payments=tuple(
                PaymentInput(
                    target=Target(number=number, holder=f"户主{n}号人"),
                    fen=3_500_000,
                    happened_at=office.clock.now,
                    from_name="付款人某",
                    from_number="6214830012345678",
                )
                for n, number in enumerate((card("ICBC", 1), card("CCB", 2), "1234567890123456"))
            ),
            phones=(),
        )
    )
    given.case(office, [], phones=["13900001111", "043462200001", "+447911123456"], n=8)
    office.ccb.do(ReturnForCorrection(leg_id=opened.leg_ids[1], reason="因由里有秘密"))
    office.officer.do(WriteNote(case_id=opened.case_id, text="@all 便条里有秘密"))
    given.answered(office, opened.leg_ids[0], hops=[(card("ABC", 5), 1_000_000)])
    office.clock.now = hold_of(office, opened.leg_ids[0]).ends_at
    office.system.do(RecordLapses())
    voided = given.case(office, [("PSBC", 5)], n=9)
    office.lead.do(VoidRequest(leg_id=voided.leg_ids[0], reason="作废里有秘密"))
    summary = sheet(office)
    assert summary.lapses
    assert summary.traces
    text = canonical(summary).decode() + str(summary)
    spaceless = text.replace(" ", "")
    hidden = {one.number for one in rows(office, Account)}
    hidden |= {one.holder for one in rows(office, Account) if one.holder}
    hidden |= {value for one in rows(office, Victim) for value in (one.name, one.phone, one.id_number)}
    hidden |= {value for one in rows(office, Payment) for value in (one.from_name, one.from_number)}
    hidden |= {one.summary for one in rows(office, Case)} | {"秘密"}
    for value in hidden - {""}:
        assert value not in spaceless
    assert "622202" in spaceless, "the masked number itself is there"


def test_the_sheet_is_for_police_and_auditor(office: Office) -> None:
    for desk in (office.icbc, office.admin):
        with pytest.raises(NotAllowed):
            desk.read(handover)
    assert sheet(office, office.officer).counts
    refused(
        office,
        office.officer,
        OpenShift(name="夜班", planned_from=office.clock.now, planned_until=office.clock.now),
        NotAllowed,
    )
