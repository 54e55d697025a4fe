"""Reports: one stop a payment, the right queue for each, and every mistake named with nothing saved."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from liaison_desk.core.errors import BadInput, Conflict, NotFound
from liaison_desk.core.lifecycle import LegKind, LegState
from liaison_desk.desk.accounts import Target
from liaison_desk.desk.answers import AnswerRequest, HopInput
from liaison_desk.desk.cases import (
    AddPayment,
    AuthoriseHops,
    CorrectCase,
    OpenCase,
    OpenedCase,
    PaymentInput,
    PhoneInput,
    WriteNote,
)
from liaison_desk.desk.office import ChangeInstitution
from liaison_desk.desk.requests import ApproveRequest, ClaimRequest, IssueRequest
from liaison_desk.store.models import Account, Case, Institution, Issued, Leg, Note, Payment, Victim
from tests import given
from tests.desk.rows import account_of, leg, passages, refused, row, rows
from tests.given import Office, account, card

NO_BANK = "1234567890123456"
"""No card prefix of any bank."""
MINSHENG = "6226220100000009"
"""A bank that has no seat in this office."""


def payment(office: Office, number: str, fen: int = 1_000_000, **more: Any) -> PaymentInput:
    more.setdefault("happened_at", office.clock.now - timedelta(minutes=9))
    return PaymentInput(target=account(number, more.pop("holder", "张三")), fen=fen, **more)


def report(office: Office, *payments: PaymentInput, **more: Any) -> OpenCase:
    return OpenCase(victim_name=more.pop("victim_name", "王小明"), payments=payments, **more)


def add(office: Office, opened: OpenedCase, number: str, fen: int, holder: str = "张三") -> int:
    paid = payment(office, number, fen, holder=holder)
    return office.officer.do(AddPayment(case_id=opened.case_id, payment=paid))


def test_three_payments_to_three_banks_make_three_queued_stops(office: Office) -> None:
    opened = given.case(office, [("ICBC", 3_500_000), ("ABC", 1_200_050), ("CCB", 99)])
    legs = [leg(office, leg_id) for leg_id in opened.leg_ids]
    assert [(one.institution_code, one.kind, one.state, one.asked, one.level) for one in legs] == [
        ("ICBC", LegKind.STOP, LegState.QUEUED, 3_500_000, 1),
        ("ABC", LegKind.STOP, LegState.QUEUED, 1_200_050, 1),
        ("CCB", LegKind.STOP, LegState.QUEUED, 99, 1),
    ]
    assert [one.number for one in legs] == ["ZF〔2026〕1", "ZF〔2026〕2", "ZF〔2026〕3"]
    now = office.clock.now
    assert {one.claim_due_at for one in legs} == {now + timedelta(minutes=5)}
    assert {one.due_at for one in legs} == {now + timedelta(minutes=30)}
    assert {one.next_due_at for one in legs} == {now + timedelta(minutes=5)}
    assert [one.traceable for one in legs] == [3_500_000, 1_200_050, 99]
    assert {one.arrived_at for one in legs} == {now - timedelta(minutes=9)}
    assert passages(office, opened.leg_ids[1]) == [("ABC", 1)]


@pytest.mark.parametrize("number", [NO_BANK, MINSHENG])
def test_a_card_of_no_known_bank_or_of_one_without_seat_goes_to_routing(office: Office, number: str) -> None:
    opened = office.officer.do(report(office, payment(office, number)))
    found = leg(office, opened.leg_ids[0])
    assert (found.state, found.institution_code) == (LegState.ROUTING, None)
    assert found.next_due_at == office.clock.now + timedelta(minutes=30)
    assert account_of(office, found.id).institution_code is None
    assert passages(office, found.id) == [(None, 1)]


def test_a_bank_without_seat_is_named_beside_the_account(office: Office) -> None:
    opened = office.officer.do(report(office, payment(office, MINSHENG), payment(office, NO_BANK)))
    assert [account_of(office, leg_id).bank_name for leg_id in opened.leg_ids] == ["中国民生银行", ""]


def test_the_officers_choice_beats_the_card_prefix(office: Office) -> None:
    chosen = Target(number=card("ICBC", 1), holder="张三", institution="CCB")
    unknown = Target(number=card("ICBC", 2), holder="张三", institution="")
    opened = office.officer.do(
        report(
            office,
            replace(payment(office, "1"), target=chosen),
            replace(payment(office, "1"), target=unknown),
        )
    )
    assert [leg(office, leg_id).institution_code for leg_id in opened.leg_ids] == ["CCB", None]


def test_a_deactivated_institution_is_no_longer_suggested(office: Office) -> None:
    bank = rows(office, Institution, Institution.code == "ABC")[0]
    office.admin.do(
        ChangeInstitution(
            institution_id=bank.id, version=bank.version, name_zh="农业银行", name_en="ABC", active=False
        )
    )
    opened = given.case(office, [("ABC", 100)])
    assert leg(office, opened.leg_ids[0]).state is LegState.ROUTING
    chosen = Target(number=card("ABC", 9), institution="ABC")
    error = refused(
        office,
        office.officer,
        report(office, replace(payment(office, "1"), target=chosen)),
        field="institution",
    )
    assert "ABC" in str(error)


def test_phones_go_to_their_carriers_and_ask_for_no_money(office: Office) -> None:
    opened = given.case(office, [], phones=["139 0000 1111", "+86 18912345678", "19212345678"])
    legs = [leg(office, leg_id) for leg_id in opened.leg_ids]
    assert [(one.institution_code, one.state) for one in legs] == [
        ("CMCC", LegState.QUEUED),
        ("CTCC", LegState.QUEUED),
        (None, LegState.ROUTING),
    ]
    assert [one.number for one in legs] == ["TJ〔2026〕1", "TJ〔2026〕2", "TJ〔2026〕3"]
    assert {(one.kind, one.asked, one.level) for one in legs} == {(LegKind.SUSPEND_NUMBER, 0, 0)}
    assert account_of(office, opened.leg_ids[1]).number == "18912345678"


def test_two_payments_into_one_account_raise_what_one_stop_asks(office: Office) -> None:
    number = card("ICBC", 1)
    spaced = " ".join((number[:4], number[4:8], number[8:]))
    opened = office.officer.do(
        report(office, payment(office, number, 2_000_000), payment(office, spaced, 1_500_001))
    )
    assert len(opened.leg_ids) == 1
    found = leg(office, opened.leg_ids[0])
    assert (found.asked, found.traceable) == (3_500_001, 3_500_001)
    assert len(rows(office, Payment)) == 2
    assert len(rows(office, Account)) == 1
    assert add(office, opened, number, 9) == found.id
    assert leg(office, found.id).asked == 3_500_010


def test_money_counts_as_arrived_with_its_largest_part(office: Office) -> None:
    now = office.clock.now
    number = card("ICBC", 1)
    opened = office.officer.do(
        report(
            office,
            payment(office, number, 100, happened_at=now - timedelta(minutes=40)),
            payment(office, number, 900, happened_at=now - timedelta(minutes=6)),
        )
    )
    assert leg(office, opened.leg_ids[0]).arrived_at == now - timedelta(minutes=6)


def test_a_payment_after_the_stop_was_answered_asks_for_a_second_one(office: Office) -> None:
    opened = given.case(office)
    given.answered(office, opened.leg_ids[0])
    number = given.account_number(office, opened.leg_ids[0])
    second = add(office, opened, number, 700)
    assert second != opened.leg_ids[0]
    assert (leg(office, second).kind, leg(office, second).asked) == (LegKind.STOP, 700)


def test_a_report_is_taken_even_when_the_account_has_had_its_stops(office: Office) -> None:
    number = card("ICBC", 1)
    for _ in range(2):
        office.officer.do(report(office, payment(office, number)))
    third = office.officer.do(report(office, payment(office, number, 700)))
    found = leg(office, third.leg_ids[0])
    assert (found.kind, found.state, found.asked) == (LegKind.FREEZE, LegState.APPROVAL, 700)
    assert found.number == "DJ〔2026〕1"


def test_a_payment_never_raises_a_freeze_that_was_approved(office: Office) -> None:
    opened = given.case(office)
    given.answered(office, opened.leg_ids[0])
    asked_for = account_of(office, opened.leg_ids[0])
    freeze = office.officer.do(
        IssueRequest(case_id=opened.case_id, kind=LegKind.FREEZE, account_id=asked_for.id, asked=2_000_000)
    )
    office.lead.do(ApproveRequest(leg_id=freeze))
    stop = add(office, opened, asked_for.number, 500_000)
    assert leg(office, freeze).asked == 2_000_000
    assert (leg(office, stop).kind, leg(office, stop).asked) == (LegKind.STOP, 500_000)


def test_a_payment_into_an_account_only_proposed_sends_that_proposal_out(office: Office) -> None:
    opened = given.case(office)
    hop = card("ABC", 5)
    (proposed,) = given.answered(office, opened.leg_ids[0], hops=[(hop, 1_000_000)]).proposed
    assert add(office, opened, hop, 200_000, holder="李四") == proposed
    found = leg(office, proposed)
    assert (found.state, found.asked, found.traceable) == (LegState.QUEUED, 1_200_000, 1_200_000)


def test_an_added_payment_belongs_to_a_victim_of_the_case(office: Office) -> None:
    one, other = given.case(office), given.case(office, n=2)
    stranger = rows(office, Victim, Victim.case_id == other.case_id)[0]
    command = AddPayment(case_id=one.case_id, payment=payment(office, card("ICBC", 7)), victim_id=stranger.id)
    refused(office, office.officer, command, field="victim")
    with pytest.raises(NotFound):
        office.officer.do(replace(command, case_id=one.case_id + 99))


MISTAKES: dict[str, tuple[dict[str, Any], str]] = {
    "letters in a card": ({"number": "62220212345O7890123"}, "number"),
    "a card cut short": ({"number": "622202"}, "number"),
    "a card with far too many digits": ({"number": "6" * 31}, "number"),
    "a card as a spreadsheet leaves it": ({"number": "6.22203E+18"}, "number"),
    "a card with its end turned to zeros": ({"number": "6222021234567890000"}, "number"),
    "no card": ({"number": "  "}, "number"),
    "a name as account": ({"number": "张三"}, "number"),
    "an account as name": ({"holder": card("ICBC", 1)}, "holder"),
    "an amount of 0": ({"fen": 0}, "amount"),
    "a negative amount": ({"fen": -100}, "amount"),
    "a payment tomorrow": ({"ahead": timedelta(days=1)}, "paid_at"),
    "a payment to a phone": ({"number": "13900001111", "phone": True}, "number"),
    "the victim's account with letters": ({"from_number": "abc"}, "from_number"),
    "a name with a line break": ({"holder": "张\n三"}, "holder"),
}


def test_each_mistake_in_a_payment_is_named_and_saves_nothing(office: Office) -> None:
    good = payment(office, card("CCB", 1))
    for changed, field in MISTAKES.values():
        target = Target(
            number=changed.get("number", card("ICBC", 1)),
            holder=changed.get("holder", "张三"),
            phone=changed.get("phone", False),
        )
        wrong = PaymentInput(
            target=target,
            fen=changed.get("fen", 100),
            happened_at=office.clock.now + changed.get("ahead", -timedelta(minutes=5)),
            from_number=changed.get("from_number", ""),
        )
        refused(office, office.officer, report(office, good, wrong), field=field)
    assert not rows(office, Case)
    assert not rows(office, Issued)


CASE_MISTAKES: dict[str, tuple[dict[str, Any], str]] = {
    "no victim": ({"victim_name": "   "}, "victim_name"),
    "digits as victim": ({"victim_name": "13812341234"}, "victim_name"),
    "a victim with a NUL": ({"victim_name": "王\0明"}, "victim_name"),
    "a victim with half a character": ({"victim_name": "王\ud842"}, "victim_name"),
    "an ID with a wrong check digit": ({"victim_id": "110101199003074519"}, "victim_id"),
    "an ID born in a 13th month": ({"victim_id": "110101199013074514"}, "victim_id"),
    "an ID too short": ({"victim_id": "1101"}, "victim_id"),
    "a phone that is none": ({"victim_phone": "1381234"}, "victim_phone"),
    "an unknown type of fraud": ({"fraud_type": "voodoo"}, "fraud_type"),
    "a report from tomorrow": ({"happened_at": timedelta(days=1)}, "happened_at"),
    "an endless summary": ({"summary": "很" * 4001}, "summary"),
    "no payment and no phone": ({"payments": ()}, "payments"),
    "a bank's request for a phone": ({"kind": LegKind.STOP}, "phones"),
    "a phone that is none to suspend": ({"suspend": "139"}, "phone"),
}


def test_each_mistake_in_a_report_is_named_and_saves_nothing(office: Office) -> None:
    command = report(office, payment(office, card("ICBC", 1)))
    for mistake, field in CASE_MISTAKES.values():
        changed = dict(mistake)
        if "happened_at" in changed:
            changed["happened_at"] += office.clock.now
        if {"kind", "suspend"} & set(changed):
            phone = PhoneInput(
                target=Target(number=changed.pop("suspend", "13900001111"), phone=True),
                kind=changed.pop("kind", LegKind.SUSPEND_NUMBER),
            )
            changed["phones"] = (phone,)
        refused(office, office.officer, replace(command, **changed), field=field)
    assert not rows(office, Case)


def test_a_known_account_with_another_holder_is_questioned(office: Office) -> None:
    number = card("ICBC", 1)
    other = replace(payment(office, number), target=account(number, "李四"))
    refused(office, office.officer, report(office, payment(office, number), other), field="holder")


def test_the_wrong_luhn_digit_of_a_card_never_refuses(office: Office) -> None:
    number = card("ICBC", 1)
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    opened = office.officer.do(report(office, payment(office, wrong)))
    assert leg(office, opened.leg_ids[0]).institution_code == "ICBC"


NAMES = ["买买提·吐尔逊", "𠮷田㼆", "<b>王</b>", "Tom & Jerry", "欧阳'; DROP TABLE leg;--", "A" * 100]


def test_names_are_kept_as_typed(office: Office) -> None:
    for name in NAMES:
        opened = office.officer.do(
            OpenCase(
                victim_name=f" {name} ",
                summary=f"{name}\r\n说 <i>& 100%</i>",
                payments=(payment(office, card("ICBC", 1), holder=name),),
            )
        )
        assert rows(office, Victim)[-1].name == name
        assert account_of(office, opened.leg_ids[0]).holder == name
        assert row(office, Case, opened.case_id).summary == f"{name}\n说 <i>& 100%</i>"


def test_numbers_and_ids_are_kept_clean(office: Office) -> None:
    office.officer.do(
        report(
            office,
            payment(office, card("ICBC", 1), from_number="６２２２ 0212 3456 7890 12_3"),
            victim_phone="+86 138-1234-1234",
            victim_id="11010119900307205x",
        )
    )
    victim = rows(office, Victim)[0]
    assert (victim.phone, victim.id_number) == ("13812341234", "11010119900307205X")
    assert rows(office, Payment)[0].from_number == "622202123456789012_3"


def test_case_numbers_have_no_gap_however_many_reports_fail(office: Office) -> None:
    for n in range(3):
        given.case(office, n=n)
        with pytest.raises(BadInput):
            given.case(office, [("ICBC", 0)], n=n + 50)
    assert [case.number for case in rows(office, Case)] == ["AJ〔2026〕1", "AJ〔2026〕2", "AJ〔2026〕3"]
    with office.database.reading() as session:
        found = session.execute(
            select(Issued.series, func.count(), func.max(Issued.position))
            .group_by(Issued.series)
            .order_by(Issued.series)
        ).all()
    assert [tuple(one) for one in found] == [("AJ", 3, 3), ("ZF", 3, 3)]


def test_numbers_begin_again_with_the_offices_year(office: Office) -> None:
    given.case(office)
    office.clock.now = office.clock.now.replace(month=12, day=31, hour=15, minute=59)
    given.case(office, n=1)
    office.clock.forward(minutes=1)  # 24:00 in Beijing, still 2026 in London
    given.case(office, n=2)
    assert [case.number for case in rows(office, Case)] == ["AJ〔2026〕1", "AJ〔2026〕2", "AJ〔2027〕1"]


def test_a_drill_takes_no_number_of_real_cases_and_no_stop_of_the_account(office: Office) -> None:
    number = card("ICBC", 1)
    for _ in range(2):
        drill = office.officer.do(report(office, payment(office, number), drill=True))
    assert row(office, Case, drill.case_id).number == "YLAJ〔2026〕2"
    assert leg(office, drill.leg_ids[0]).number == "YLZF〔2026〕2"
    real = office.officer.do(report(office, payment(office, number)))
    assert (leg(office, real.leg_ids[0]).kind, leg(office, real.leg_ids[0]).number) == (
        LegKind.STOP,
        "ZF〔2026〕1",
    )


def test_tokens_count_the_accounts_of_a_case_in_their_order(office: Office) -> None:
    opened = given.case(office, [("ICBC", 1), ("CCB", 2)], phones=["13900001111"])
    given.case(office, [("ABC", 1)], n=3)
    given.answered(office, opened.leg_ids[0], executed=1, balance=1, outcome=given.Outcome.DONE)
    found = rows(office, Account)
    assert [(one.case_id == opened.case_id, one.token) for one in found] == [
        (True, 0),
        (True, 1),
        (True, 2),
        (False, 0),
    ]


def test_a_correction_needs_its_reason_and_the_newest_version(office: Office) -> None:
    opened = given.case(office)
    case = row(office, Case, opened.case_id)
    command = CorrectCase(
        case_id=case.id, version=case.version, fraud_type="loan", area="范家屯", reason="受害人更正"
    )
    refused(office, office.officer, replace(command, reason=" "), field="reason")
    refused(office, office.officer, replace(command, fraud_type="x"), field="fraud_type")
    office.officer.do(command)
    assert (row(office, Case, case.id).fraud_type, row(office, Case, case.id).area) == ("loan", "范家屯")
    error = refused(office, office.lead, command, Conflict)
    assert "赵民警" in str(error)


def test_a_note_is_addressed_by_code_and_a_mail_address_addresses_nobody(office: Office) -> None:
    opened = given.case(office, [("ICBC", 1), ("CCB", 1)])

    def addressed(text: str) -> str:
        return row(office, Note, office.officer.do(WriteNote(leg_id=opened.leg_ids[0], text=text))).addressed

    assert addressed("请 @ICBC与@ccb 核对 @NOBANK") == ",CCB,ICBC,"
    assert addressed("@all 注意") == ",ABC,BOC,CCB,CMCC,CTCC,CUCC,ICBC,POLICE,PSBC,"
    assert addressed("发到 li@icbc.com") == ""
    refused(office, office.officer, WriteNote(case_id=opened.case_id, text="  "), field="note")
    refused(office, office.officer, WriteNote(case_id=opened.case_id, text="a\0"), field="note")


def test_a_standing_authorisation_can_be_taken_back(office: Office) -> None:
    opened = given.case(office)
    office.officer.do(AuthoriseHops(case_id=opened.case_id))
    assert row(office, Case, opened.case_id).authorised_by is not None
    office.lead.do(AuthoriseHops(case_id=opened.case_id, granted=False))
    office.icbc.do(ClaimRequest(leg_id=opened.leg_ids[0]))
    answered = office.icbc.do(
        AnswerRequest(
            leg_id=opened.leg_ids[0],
            outcome=given.Outcome.MOVED_ON,
            hops=(HopInput(fen=1, happened_at=office.clock.now, target=account(card("ABC", 3))),),
        )
    )
    assert (len(answered.proposed), len(answered.issued)) == (1, 0)
    assert rows(office, Leg)[-1].authorised_by is None
