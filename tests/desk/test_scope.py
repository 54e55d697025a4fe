"""The walls: what a representative of another institution sees, finds and can tell from what is listed."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from enum import Enum
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from liaison_desk.core.errors import NotAllowed, NotFound
from liaison_desk.core.lifecycle import LegKind, LegState, Outcome
from liaison_desk.core.pinyin import normalise_query, search_tokens_of_name
from liaison_desk.core.words import Message
from liaison_desk.desk.accounts import Target
from liaison_desk.desk.answers import AnswerRequest, HopInput
from liaison_desk.desk.casebook import CaseView, case_detail, cases, likely_duplicates
from liaison_desk.desk.cases import OpenCase, PaymentInput, PhoneInput, WriteNote
from liaison_desk.desk.desk import Desk
from liaison_desk.desk.details import lapses, leg_detail, people_to_hand_to
from liaison_desk.desk.holds import AcknowledgeLapse
from liaison_desk.desk.index import words_of_document, words_of_number
from liaison_desk.desk.known import known_before
from liaison_desk.desk.lists import QueueView, export_queue, queue, queue_counts
from liaison_desk.desk.office import ChangeInstitution, ChangeSetting, institutions
from liaison_desk.desk.papers import slips
from liaison_desk.desk.people import ChangePerson, people
from liaison_desk.desk.queuerows import QueueRow
from liaison_desk.desk.requests import (
    ApproveRequest,
    ClaimRequest,
    IssueProposed,
    IssueRequest,
    ReturnForCorrection,
    RouteRequest,
)
from liaison_desk.desk.shifts import shift_bar
from liaison_desk.store.models import Account, Institution, Leg, Person
from tests import given as making
from tests.desk.rows import account_of, leg, person, rows
from tests.given import Office, account, card

SLOW = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

ICBC, CCB, ABC = card("ICBC", 1), card("CCB", 1), card("ABC", 1)
NOWHERE = "1234567890123456"
HOLDERS = {ICBC: "上官𠮷祥", CCB: "李建行", ABC: "赵农", NOWHERE: "孙无处"}
VICTIM, VICTIM_PHONE, VICTIM_ID = "欧阳受害", "13755556666", "110101199003074514"
PAYER, PAYER_NUMBER = "欧阳付款", "6214830012345678"
SUSPECT = "13900001111"
REMARK, REASON, SUMMARY = "备注里有秘密", "因由里有秘密", "案情里有秘密"
NOTE_ICBC, NOTE_ALL, NOTE_OWN = "致工行的话", "致大家的话", "工行自己的话"
TECHNICAL, ANSWERER = "系统说出秘密", "柜员甲"

HIDDEN_FROM_CCB = (
    *(ICBC, ABC, NOWHERE, HOLDERS[ICBC], HOLDERS[ABC], HOLDERS[NOWHERE]),
    *(VICTIM, VICTIM_PHONE, VICTIM_ID, PAYER, PAYER_NUMBER, SUSPECT),
    *(REMARK, REASON, SUMMARY, NOTE_ICBC, NOTE_OWN, TECHNICAL, ANSWERER),
)
"""Everything in the case that is neither the CCB's own nor addressed to it."""


@dataclasses.dataclass
class Walled:
    """One case with ICBC, CCB, a carrier and a bank without seat, a hop to ABC, and much said about it."""

    office: Office
    case_id: int
    icbc: int
    ccb: int
    phone: int
    routing: int
    proposed: int
    approval: int
    query: int


@pytest.fixture
def walled(office: Office) -> Walled:
    paid = office.clock.now - timedelta(minutes=9)
    opened = office.officer.do(
        OpenCase(
            victim_name=VICTIM,
            victim_phone=VICTIM_PHONE,
            victim_id=VICTIM_ID,
            summary=SUMMARY,
            payments=tuple(
                PaymentInput(
                    target=Target(number=number, holder=HOLDERS[number]),
                    fen=3_500_000,
                    happened_at=paid,
                    from_name=PAYER,
                    from_number=PAYER_NUMBER,
                )
                for number in (ICBC, CCB, NOWHERE)
            ),
            phones=(PhoneInput(target=Target(number=SUSPECT, phone=True)),),
        )
    )
    icbc, ccb, routing, phone = opened.leg_ids
    query = office.officer.do(
        IssueRequest(
            case_id=opened.case_id,
            kind=LegKind.HOLDER,
            account_id=account_of(office, icbc).id,
            reason=REASON,
            remark=REMARK,
        )
    )
    office.icbc.do(ReturnForCorrection(leg_id=query, reason=REASON))
    office.officer.do(WriteNote(leg_id=icbc, text=f"@ICBC {NOTE_ICBC}"))
    office.officer.do(WriteNote(case_id=opened.case_id, text=f"@all {NOTE_ALL}"))
    office.icbc.do(WriteNote(leg_id=icbc, text=NOTE_OWN))
    office.clock.forward(minutes=1)
    office.icbc.do(ClaimRequest(leg_id=icbc))
    done = office.icbc.do(
        AnswerRequest(
            leg_id=icbc,
            outcome=Outcome.PARTLY,
            executed=3_500_000,
            balance_before=2_000_000,
            remark=REMARK,
            technical_reason=TECHNICAL,
            person_name=ANSWERER,
            hops=(
                HopInput(
                    fen=1_000_000,
                    happened_at=office.clock.now,
                    target=Target(number=ABC, holder=HOLDERS[ABC]),
                ),
            ),
        )
    )
    approval = office.officer.do(
        IssueRequest(
            case_id=opened.case_id,
            kind=LegKind.FREEZE,
            account_id=account_of(office, icbc).id,
            asked=2_000_000,
        )
    )
    office.clock.forward(minutes=1)
    return Walled(office, opened.case_id, icbc, ccb, phone, routing, done.proposed[0], approval, query)


def words_in(value: Any) -> Iterator[str]:
    """Every text in a result, also inside messages, with spaces between digits taken out."""
    if isinstance(value, str) and not isinstance(value, Enum):
        yield value.replace(" ", "")
    elif isinstance(value, Message):
        yield value.text
        yield from words_in(value.values)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for spec in dataclasses.fields(value):
            yield from words_in(getattr(value, spec.name))
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from words_in(key)
            yield from words_in(item)
    elif isinstance(value, tuple | list | set | frozenset):
        for item in value:
            yield from words_in(item)


def everything(desk: Desk, walled: Walled) -> dict[str, Any]:
    """Whatever this person can read about the case by any query of the door."""
    seen: dict[str, Any] = {
        "queue": desk.read(queue, QueueView(history=True)),
        "export": desk.read(export_queue, QueueView(history=True)),
        "counts": desk.read(queue_counts),
        "cases": desk.read(cases, CaseView()),
        "case": desk.read(case_detail, walled.case_id),
        "lapses": desk.read(lapses),
        "bar": desk.read(shift_bar),
    }
    for number in HOLDERS:
        seen[f"known {number[-4:]}"] = desk.read(known_before, number).rows
    for name in ("icbc", "ccb", "phone", "routing", "proposed", "approval", "query"):
        try:
            seen[name] = desk.read(leg_detail, getattr(walled, name))
        except NotFound:
            continue
    return seen


def test_nothing_hidden_leaves_the_desk_by_any_query(walled: Walled) -> None:
    seen = everything(walled.office.ccb, walled)
    assert {"ccb", "icbc", "phone", "query", "case"} <= set(seen)
    for where, value in seen.items():
        for text in words_in(value):
            for hidden in HIDDEN_FROM_CCB:
                assert hidden not in text, where
    seen_words = " ".join(words_in(seen))
    assert CCB in seen_words
    assert HOLDERS[CCB] in seen_words
    assert NOTE_ALL in seen_words


def test_police_and_auditor_see_everything_in_full(walled: Walled) -> None:
    for desk in (walled.office.officer, walled.office.lead, walled.office.auditor):
        seen = " ".join(words_in(everything(desk, walled)))
        for value in (*HIDDEN_FROM_CCB, CCB, NOTE_ALL):
            assert value in seen


def test_the_own_institution_sees_what_is_its_own_and_what_it_handed_in(walled: Walled) -> None:
    seen = " ".join(words_in(everything(walled.office.icbc, walled)))
    for value in (ICBC, HOLDERS[ICBC], ABC, HOLDERS[ABC], REMARK, NOTE_ICBC, NOTE_OWN, TECHNICAL):
        assert value in seen
    for value in (CCB, HOLDERS[CCB], NOWHERE, VICTIM, VICTIM_PHONE, VICTIM_ID, PAYER, SUSPECT, SUMMARY):
        assert value not in seen


def test_masks_have_their_form(walled: Walled) -> None:
    detail = walled.office.ccb.read(leg_detail, walled.icbc)
    assert detail.row.target == ICBC[:6] + "*" * 9 + ICBC[-4:]
    assert detail.row.holder == Message("Account {letter}", {"letter": "A"})
    assert (detail.row.full, detail.victim, detail.victim_phone) == (False, "欧阳**", "137****6666")
    assert (detail.payer_name, detail.payer_number) == ("欧阳**", "621483******5678")
    assert (detail.remark, detail.reason, detail.state_reason) == ("", "", "")
    phone = walled.office.ccb.read(leg_detail, walled.phone)
    assert phone.row.target == "139****1111"
    accounts = walled.office.ccb.read(case_detail, walled.case_id).accounts
    assert [one.target for one in accounts if one.institution == ""] == ["************3456"]
    victims = walled.office.ccb.read(case_detail, walled.case_id).victims
    assert [(one.name, one.phone, one.id_number) for one in victims] == [
        ("欧阳**", "137****6666", "110101********4514")
    ]


def test_the_addressee_sees_the_four_fields_it_must_match(walled: Walled) -> None:
    detail = walled.office.ccb.read(leg_detail, walled.ccb)
    assert (detail.row.target, detail.row.holder, detail.row.full) == (CCB, HOLDERS[CCB], True)
    assert (detail.paid, detail.row.amount) == (3_500_000, 3_500_000)
    assert detail.paid_at == walled.office.clock.now - timedelta(minutes=11)
    carrier = walled.office.cmcc.read(leg_detail, walled.phone)
    assert carrier.row.target == SUSPECT


def test_a_token_never_changes(walled: Walled) -> None:
    office = walled.office

    def letters() -> dict[str, Any]:
        detail = office.cmcc.read(case_detail, walled.case_id)
        return {one.target: one.holder for one in detail.accounts if not one.phone}

    before = letters()
    assert {value.values["letter"] for value in before.values()} == {"A", "B", "C", "E"}
    office.officer.do(IssueProposed(leg_ids=(walled.proposed,)))
    office.officer.do(RouteRequest(leg_id=walled.routing, institution="BOC"))
    making.answered(office, walled.ccb, hops=[(card("PSBC", 9), 5)])
    after = letters()
    assert {number: after[number] for number in before} == before
    assert {value.values["letter"] for value in after.values()} == {"A", "B", "C", "E", "F"}


def test_more_than_26_holders_are_told_apart(office: Office) -> None:
    paid = office.clock.now
    opened = office.officer.do(
        OpenCase(
            victim_name="王小明",
            payments=tuple(
                PaymentInput(target=account(card("ICBC", n)), fen=1, happened_at=paid) for n in range(28)
            ),
            phones=(PhoneInput(target=Target(number=SUSPECT, phone=True)),),
        )
    )
    accounts = office.cmcc.read(case_detail, opened.case_id).accounts
    labels = [one.holder.values["letter"] for one in accounts if isinstance(one.holder, Message)]
    assert len(set(labels)) == 28
    assert {"A", "Z", "AA", "AB"} <= set(labels)


# --- rows


@pytest.mark.parametrize("name", ["routing", "proposed", "approval"])
def test_what_has_not_gone_out_is_invisible_to_other_institutions(walled: Walled, name: str) -> None:
    leg_id = getattr(walled, name)
    for desk in (walled.office.ccb, walled.office.cmcc):
        with pytest.raises(NotFound) as hidden:
            desk.read(leg_detail, leg_id)
        with pytest.raises(NotFound) as missing:
            desk.read(leg_detail, 999_999)
        assert str(hidden.value) == str(missing.value)
        listed = desk.read(queue, QueueView(history=True)).rows
        assert leg_id not in {row.id for row in listed}
        assert leg_id not in {row.id for row in desk.read(case_detail, walled.case_id).legs}
    assert walled.office.lead.read(leg_detail, leg_id).row.id == leg_id


def test_a_proposal_is_seen_by_who_made_it_but_not_by_whom_it_would_go_to(walled: Walled) -> None:
    office = walled.office
    assert office.icbc.read(leg_detail, walled.proposed).row.state is LegState.PROPOSED
    with pytest.raises(NotFound):
        office.abc.read(leg_detail, walled.proposed)
    with pytest.raises(NotFound):
        office.abc.do(ClaimRequest(leg_id=walled.proposed))
    office.officer.do(IssueProposed(leg_ids=(walled.proposed,)))
    seen = office.abc.read(leg_detail, walled.proposed).row
    assert (seen.target, seen.holder) == (ABC, HOLDERS[ABC])


def test_a_case_is_there_only_for_who_has_a_request_or_an_account_in_it(walled: Walled) -> None:
    office = walled.office
    elsewhere = making.case(office, [("ABC", 5)], n=7)
    for desk in (office.ccb, office.icbc, office.cmcc):
        assert {row.id for row in desk.read(cases, CaseView()).rows} == {walled.case_id}
        for wrong in (elsewhere.case_id, 999_999):
            with pytest.raises(NotFound) as caught:
                desk.read(case_detail, wrong)
            assert "does not exist or is not visible" in str(caught.value)
    office.officer.do(RouteRequest(leg_id=walled.ccb, institution="BOC"))
    assert office.ccb.read(cases, CaseView()).rows == ()
    with pytest.raises(NotFound):
        office.ccb.read(case_detail, walled.case_id)


def test_commands_answer_the_same_for_missing_and_invisible(walled: Walled) -> None:
    office = walled.office
    other = making.case(office, [("ABC", 5)], n=7)
    making.answered(office, other.leg_ids[0], executed=5, balance=5, outcome=Outcome.DONE)
    hold_id = leg(office, other.leg_ids[0]).hold_id
    assert hold_id is not None

    def said(call: Callable[[], Any]) -> str:
        with pytest.raises(NotFound) as caught:
            call()
        return str(caught.value)

    for make in (
        lambda id_: lambda: office.ccb.do(ClaimRequest(leg_id=id_)),
        lambda id_: lambda: office.ccb.do(WriteNote(leg_id=id_, text="x")),
        lambda id_: lambda: office.ccb.read(people_to_hand_to, id_),
    ):
        assert said(make(other.leg_ids[0])) == said(make(999_999))
    assert said(lambda: office.ccb.do(WriteNote(case_id=other.case_id, text="x"))) == said(
        lambda: office.ccb.do(WriteNote(case_id=999_999, text="x"))
    )
    assert said(lambda: office.ccb.do(AcknowledgeLapse(hold_id=hold_id))) == said(
        lambda: office.ccb.do(AcknowledgeLapse(hold_id=999_999))
    )


def test_notes_are_for_their_institution_those_addressed_and_the_police(walled: Walled) -> None:
    office = walled.office
    theirs = office.ccb.do(WriteNote(case_id=walled.case_id, text="建行自己的话"))

    def notes(desk: Desk) -> set[str]:
        return {one.text for one in desk.read(case_detail, walled.case_id).notes}

    all_, icbc = f"@all {NOTE_ALL}", f"@ICBC {NOTE_ICBC}"
    assert theirs
    assert notes(office.ccb) == {all_, "建行自己的话"}
    assert notes(office.icbc) == {all_, icbc, NOTE_OWN}
    assert notes(office.cmcc) == {all_}
    assert notes(office.auditor) == {all_, icbc, NOTE_OWN, "建行自己的话"}
    with pytest.raises(NotFound):
        office.abc.read(case_detail, 999)


def test_administrators_see_no_case(walled: Walled) -> None:
    for query, args in (
        (queue, (QueueView(),)),
        (queue_counts, ()),
        (cases, (CaseView(),)),
        (case_detail, (walled.case_id,)),
        (leg_detail, (walled.icbc,)),
        (known_before, (ICBC,)),
        (lapses, ()),
    ):
        with pytest.raises(NotAllowed):
            walled.office.admin.read(query, *args)
    bar = walled.office.admin.read(shift_bar)
    assert (bar.stopped, bar.oldest_unanswered, bar.ending_within_hour) == (None, None, 0)


def test_duplicates_and_people_are_not_for_representatives(walled: Walled) -> None:
    with pytest.raises(NotAllowed):
        walled.office.icbc.read(likely_duplicates, victim_name=VICTIM)
    with pytest.raises(NotAllowed):
        walled.office.icbc.read(people)


def test_a_known_number_tells_a_representative_only_of_its_own(walled: Walled) -> None:
    assert walled.office.ccb.read(known_before, ICBC).rows == ()
    assert [one.leg_number for one in walled.office.ccb.read(known_before, CCB).rows] == ["ZF〔2026〕2"]
    assert len(walled.office.officer.read(known_before, ICBC).rows) == 3
    assert walled.office.officer.read(known_before, ICBC).stops_used == 1


def test_an_unapproved_freeze_is_no_paper_for_anybody(walled: Walled) -> None:
    office = walled.office
    number = leg(office, walled.approval).number
    for desk in (office.icbc, office.officer):
        with pytest.raises(NotFound):
            desk.read(slips, (number,))
    office.lead.do(ApproveRequest(leg_id=walled.approval))
    assert office.icbc.read(slips, (number,))[0].target.number == ICBC


def test_own_data_may_be_masked_on_the_wide_screen(walled: Walled) -> None:
    office = walled.office
    office.lead.do(ChangeSetting(key="mask_own_data", value=True))
    row = office.ccb.read(leg_detail, walled.ccb).row
    assert (row.target, row.full) == (CCB[:6] + "*" * 9 + CCB[-4:], False)
    assert office.officer.read(leg_detail, walled.ccb).victim == "欧阳**"


# --- out at once


def test_a_former_member_reads_nothing_any_more(walled: Walled) -> None:
    office = walled.office
    icbc = office.icbc
    li: Person = person(office, "li")
    office.admin.do(ChangePerson(person_id=li.id, version=li.version, name=li.name, active=False))
    with pytest.raises(NotAllowed):
        icbc.read(queue, QueueView())
    assert office.door("liu").read(queue, QueueView()).rows


def test_a_deactivated_institution_is_out_at_once_and_its_people_cannot_sign_in(walled: Walled) -> None:
    office = walled.office
    bank: Institution = rows(office, Institution, Institution.code == "ICBC")[0]
    office.admin.do(
        ChangeInstitution(
            institution_id=bank.id,
            version=bank.version,
            name_zh=bank.name_zh,
            name_en=bank.name_en,
            active=False,
        )
    )
    for call in (
        lambda: office.icbc.read(queue, QueueView()),
        lambda: office.icbc.do(WriteNote(case_id=walled.case_id, text="x")),
        lambda: Desk(office.database, clock=office.clock).sign_in("li", making.PASSWORD),
    ):
        with pytest.raises(NotAllowed):
            call()
    assert "ICBC" not in {one.code for one in office.officer.read(institutions)}


# --- search, sorting, counting


def visible_words(row: QueueRow) -> set[str]:
    """What a row may be found by: its numbers, and target and holder where they are shown in full."""
    found = words_of_document(row.number) | words_of_document(row.case_number)
    if row.full:
        assert isinstance(row.holder, str)
        found |= words_of_number(row.target) | search_tokens_of_name(row.holder)
    return found


def found_by(rows_: tuple[QueueRow, ...], text: str) -> set[int]:
    words = normalise_query(text)
    return {
        row.id
        for row in rows_
        if all(any(known.startswith(word) for known in visible_words(row)) for word in words)
    }


def pieces() -> st.SearchStrategy[str]:
    """Parts of everything that is written in the case, hidden or not, and of its pinyin."""
    names = (*HOLDERS.values(), VICTIM, PAYER)
    pinyin = [token for name in names for token in sorted(search_tokens_of_name(name))]
    whole = (*HIDDEN_FROM_CCB, CCB, "ZF〔2026〕1", "AJ20261", "DJ〔2026〕1", *pinyin)
    return st.sampled_from(whole).flatmap(
        lambda text: st.tuples(st.integers(0, max(0, len(text) - 1)), st.integers(1, len(text))).map(
            lambda cut: text[cut[0] : cut[0] + cut[1]]
        )
    )


def test_search_finds_only_by_what_its_reader_sees(walled: Walled) -> None:
    # Nobody writes here: what each sees is read once, and every search is measured by it.
    seen = [
        (desk, desk.read(queue, QueueView(history=True)).rows, desk.read(case_detail, walled.case_id))
        for desk in (walled.office.ccb, walled.office.icbc)
    ]

    @SLOW
    @given(text=st.lists(pieces(), min_size=1, max_size=2).map(" ".join))
    def search(text: str) -> None:
        for desk, listed, case in seen:
            result = desk.read(queue, QueueView(history=True, words=text)).rows
            if not normalise_query(text):
                continue
            assert {row.id for row in result} == found_by(listed, text)
            if desk.read(cases, CaseView(words=text)).rows:
                shown = set().union(*(visible_words(row) for row in case.legs)) | {
                    token
                    for one in case.accounts
                    if isinstance(one.holder, str)
                    for token in words_of_number(one.target) | search_tokens_of_name(one.holder)
                }
                assert all(any(w.startswith(word) for w in shown) for word in normalise_query(text))

    search()


def test_hidden_words_find_nothing(walled: Walled) -> None:
    ccb = walled.office.ccb
    for word in (ICBC, ICBC[-4:], HOLDERS[ICBC], "上官", "sgjx", VICTIM, VICTIM_PHONE, "欧阳", VICTIM_ID):
        assert ccb.read(queue, QueueView(history=True, words=word)).rows == (), word
        assert ccb.read(cases, CaseView(words=word)).rows == (), word
    for name in ("routing", "proposed", "approval"):
        number = leg(walled.office, getattr(walled, name)).number
        hits = ccb.read(queue, QueueView(history=True, words=number)).rows
        assert number not in {row.number for row in hits}
        assert ccb.read(cases, CaseView(words=number)).rows == ()
        assert walled.office.officer.read(cases, CaseView(words=number)).rows


@pytest.mark.parametrize("order", ["target", "holder"])
def test_sorting_tells_nothing_of_masked_rows(office: Office, order: Any) -> None:
    for n in range(6):
        making.case(office, [("ICBC", 5), ("CCB", 5)], n=n)
    with_numbers = {row.number: row for row in rows(office, Account)}
    assert len(with_numbers) == 12
    for descending in (False, True):
        view = QueueView(order=order, descending=descending)
        listed = office.ccb.read(queue, view).rows
        masked = [row.id for row in listed if not row.full]
        assert masked == sorted(masked), "rows not seen in full stand in the order they came in"
        full = [str(row.target if order == "target" else row.holder) for row in listed if row.full]
        assert full == sorted(full, reverse=descending)
        assert len(full) == 6


def test_counts_are_of_what_is_listed(walled: Walled) -> None:
    office = walled.office
    making.case(office, [("ABC", 5), ("PSBC", 6)], n=7)
    office.clock.forward(minutes=20)
    making.claimed(office, walled.ccb)
    for login in ("zhao", "wang", "shen", "li", "zhou", "sun", "wu"):
        desk = office.door(login)
        counts = desk.read(queue_counts)

        def listed(view: QueueView, desk: Desk = desk) -> list[QueueRow]:
            return [row for row in desk.read(queue, view, None, 1000).rows if row.item == "leg"]

        everything_open = listed(QueueView())
        assert counts.open == len(everything_open)
        by = {code: len(listed(QueueView(institution=code))) for code in counts.by_institution}
        assert counts.by_institution == by
        assert sum(by.values()) == counts.open
        assert counts.mine == len(listed(QueueView(mine=True)))
        assert counts.routing == len(listed(QueueView(states=frozenset({LegState.ROUTING}))))
        assert counts.proposed == len(listed(QueueView(states=frozenset({LegState.PROPOSED}))))
        assert counts.approval == len(listed(QueueView(states=frozenset({LegState.APPROVAL}))))
        assert counts.correction == len(listed(QueueView(states=frozenset({LegState.CORRECTION}))))
        assert counts.cases == len({row.case_id for row in everything_open})
        assert counts.within_hour == len(desk.read(queue, QueueView(within_hour=True)).rows)
        assert counts.lapses == len(desk.read(lapses))


def test_counts_of_ending_and_ended_holds_are_of_what_is_listed(walled: Walled) -> None:
    office = walled.office
    office.clock.forward(hours=47, minutes=30)
    for desk in (office.officer, office.icbc, office.ccb):
        rows_ = desk.read(queue, QueueView(within_hour=True)).rows
        assert desk.read(queue_counts).within_hour == len(rows_)
        assert [row.item for row in rows_].count("hold") == 1
    office.clock.forward(hours=1)
    for desk in (office.officer, office.icbc, office.ccb):
        counts = desk.read(queue_counts)
        assert counts.within_hour == len(desk.read(queue, QueueView(within_hour=True)).rows)
        assert counts.lapses == len(desk.read(lapses)) == 1


def test_the_case_lists_counts_are_of_what_its_reader_sees(walled: Walled) -> None:
    office = walled.office
    for desk in (office.officer, office.icbc, office.ccb):
        row = desk.read(cases, CaseView()).rows[0]
        legs = desk.read(case_detail, walled.case_id).legs
        assert row.legs == len(legs)
        assert len(rows(office, Leg)) >= row.legs
