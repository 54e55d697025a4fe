"""The queue in the database: its order, pages by key, filters and search, the same on both engines."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace
from datetime import timedelta
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from liaison_desk.core.lifecycle import LegKind, LegState, Outcome, Urgency
from liaison_desk.core.ranking import Band, order_key
from liaison_desk.desk.accounts import Target
from liaison_desk.desk.answers import AnswerRequest
from liaison_desk.desk.casebook import CaseView, cases
from liaison_desk.desk.cases import OpenCase, PaymentInput
from liaison_desk.desk.desk import Desk
from liaison_desk.desk.holds import AcknowledgeLapse, RecordLapses
from liaison_desk.desk.lists import QueueView, Sorting, export_queue, queue
from liaison_desk.desk.queuerows import QueueRow
from liaison_desk.desk.requests import (
    ClaimRequest,
    CorrectRequest,
    IssueRequest,
    ReassignRequest,
    ReturnForCorrection,
    WithdrawRequest,
)
from liaison_desk.desk.shifts import OpenShift
from liaison_desk.store.database import Database
from liaison_desk.store.models import Case, Leg
from tests import given as making
from tests.conftest import Server
from tests.desk.rows import account_of, hold_of, leg, person, rows
from tests.given import Clock, Office, account, card

ORDERS: tuple[Sorting, ...] = get_args(Sorting)
HISTORY = QueueView(history=True)


def listed(desk: Desk, view: QueueView | None = None, page: int = 1000) -> list[QueueRow]:
    """All rows, page by page."""
    found: list[QueueRow] = []
    cursor = None
    while True:
        shown = desk.read(queue, view or QueueView(), cursor, page)
        found += shown.rows
        cursor = shown.cursor
        if cursor is None:
            return found


def open_case(office: Office, holder: str, *, bank: str = "ICBC", **more: Any) -> int:
    """A case about one account of that holder; gives the leg's id."""
    number = card(bank, 1000 + len(rows(office, Case)))
    opened = office.officer.do(
        OpenCase(
            victim_name=more.pop("victim", "王小明"),
            payments=(
                PaymentInput(
                    target=account(number, holder),
                    fen=more.pop("fen", 100),
                    happened_at=office.clock.now - timedelta(minutes=5),
                ),
            ),
            **more,
        )
    )
    return opened.leg_ids[0]


# --- the order of K1


class Play:
    """Random but lawful doings in an office, so that legs and holds of every kind stand in the queue."""

    def __init__(self, office: Office, dice: random.Random) -> None:
        self.office, self.dice = office, dice

    def step(self) -> None:
        self.office.clock.forward(seconds=self.dice.choice([0, 1, 59, 61, 300, 2400]))
        self.dice.choice(
            [self.report, self.report, self.claim, self.answer, self.answer, self.query, self.wait]
        )()

    def report(self) -> None:
        paid = self.office.clock.now - timedelta(minutes=self.dice.choice([0, 3, 10, 29, 61, 179, 400]))
        banks = self.dice.sample(["ICBC", "ABC", "CCB", "BOC"], self.dice.randint(1, 3))
        serial = len(rows(self.office, Case))
        self.office.officer.do(
            OpenCase(
                victim_name="王小明",
                payments=tuple(
                    PaymentInput(
                        target=account(card(bank, 2000 + serial)),
                        fen=self.dice.choice([1, 100, 3_500_000, 3_500_000, 99_999_999]),
                        happened_at=paid,
                    )
                    for bank in banks
                ),
            )
        )

    def legs(self, *states: LegState) -> list[Leg]:
        return rows(self.office, Leg, Leg.state.in_(states), Leg.institution_code.in_(["ICBC", "ABC", "CCB"]))

    def claim(self) -> None:
        waiting = self.legs(LegState.QUEUED)
        if waiting:
            making.claimed(self.office, self.dice.choice(waiting).id)

    def answer(self) -> None:
        waiting = self.legs(LegState.QUEUED, LegState.CLAIMED)
        if not waiting:
            return
        found = self.dice.choice(waiting)
        if found.kind is LegKind.HOLDER:
            making.claimed(self.office, found.id).do(AnswerRequest(leg_id=found.id, outcome=Outcome.DONE))
            return
        making.answered(
            self.office,
            found.id,
            executed=found.asked,
            balance=self.dice.choice([0, 100, found.asked // 2, found.asked - 1]),
            hops=[(card("CCB", self.dice.randint(1, 500)), self.dice.choice([1, 50_000, 3_500_000]))],
        )

    def query(self) -> None:
        first = self.legs(LegState.QUEUED, LegState.CLAIMED, LegState.ANSWERED)
        if first:
            chosen = self.dice.choice(first)
            self.office.officer.do(
                IssueRequest(case_id=chosen.case_id, kind=LegKind.HOLDER, account_id=chosen.account_id)
            )

    def wait(self) -> None:
        self.office.clock.forward(hours=self.dice.choice([1, 24, 46.5, 47.2]))


def check_order(office: Office) -> None:
    for login in ("wang", "li", "zhou"):
        found = listed(office.door(login))
        keys = [order_key(row.band, row.score, row.due, row.number) for row in found]
        assert keys == sorted(keys)
        assert len({row.key for row in found}) == len(found)


@settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(seed=st.integers(0, 10_000), steps=st.integers(3, 15))
def test_the_database_orders_as_the_rule_says(office: Office, seed: int, steps: int) -> None:
    play = Play(office, random.Random(seed))
    for _ in range(steps):
        play.step()
    check_order(office)
    office.clock.forward(minutes=13)
    check_order(office)
    if seed % 3 == 0:
        office.system.do(RecordLapses())
        check_order(office)


def test_a_hold_in_its_last_hour_stands_among_the_catchable_by_what_it_holds(office: Office) -> None:
    small, large = (making.case(office, [("ICBC", fen)], n=n).leg_ids[0] for n, fen in ((1, 900), (2, 90)))
    for leg_id, fen in ((small, 800), (large, 80)):
        making.answered(office, leg_id, executed=fen, balance=fen)
    office.clock.now = hold_of(office, small).ends_at - timedelta(minutes=60)
    fresh = making.case(office, [("ICBC", 1_000), ("CCB", 100)], n=3).leg_ids
    found = listed(office.icbc)
    assert [(row.item, row.id, row.band) for row in found] == [
        ("hold", hold_of(office, small).id, Band.CATCH),
        ("leg", fresh[0], Band.CATCH),  # 10.00 × 0.5: the money is 9 minutes old
        ("hold", hold_of(office, large).id, Band.CATCH),
        ("leg", fresh[1], Band.CATCH),
    ]
    assert [row.score for row in found] == [800, 500, 80, 50]
    assert [row.expiry for row in found] == [True, False, True, False]
    assert {row.number for row in found if row.item == "hold"} == {"ZF〔2026〕1", "ZF〔2026〕2"}
    office.clock.forward(minutes=-1)
    assert [row.item for row in listed(office.icbc)] == ["leg", "leg"]


def test_ties_go_by_number_nine_before_ten_and_series_by_their_letters(office: Office) -> None:
    first = making.case(office, [("ICBC", 5)])
    found = account_of(office, first.leg_ids[0])
    for _ in range(10):
        office.officer.do(IssueRequest(case_id=first.case_id, kind=LegKind.HOLDER, account_id=found.id))
    making.case(office, [], phones=["13900001111"], n=2)
    numbers = [row.number for row in listed(office.officer) if row.band is Band.REST]
    assert numbers == [*(f"CX〔2026〕{n}" for n in range(1, 11)), "TJ〔2026〕1"]
    by_number = [row.number for row in listed(office.officer, QueueView(order="number"))]
    assert by_number == [*numbers, "ZF〔2026〕1"]
    back = [row.number for row in listed(office.officer, QueueView(order="number", descending=True))]
    assert back == by_number[::-1]


def test_an_ended_hold_stays_until_somebody_takes_note(office: Office) -> None:
    leg_id = making.case(office).leg_ids[0]
    making.answered(office, leg_id)
    hold = hold_of(office, leg_id)
    office.clock.now = hold.ends_at
    for recorded in (False, True):
        if recorded:
            office.system.do(RecordLapses())
        row = listed(office.icbc)[0]
        assert (row.item, row.band, row.amount, row.due) == (
            "hold",
            Band.OVERDUE,
            2_000_000,
            hold.ends_at,
        )
    assert listed(office.icbc)[0].can == {"AcknowledgeLapse"}
    assert listed(office.auditor)[0].can == frozenset()
    office.icbc.do(AcknowledgeLapse(hold_id=hold.id))
    assert listed(office.icbc) == []


def test_the_order_learns_when_a_shift_opens_and_not_before(office: Office) -> None:
    leg_id = making.case(office, [("ICBC", 500_000_000)]).leg_ids[0]
    making.answered(office, leg_id, outcome=Outcome.ZERO, executed=0, balance=0)
    making.case(office, [("ICBC", 1_000)], n=1)
    assert listed(office.icbc)[0].score == 500
    now = office.clock.now
    office.lead.do(OpenShift(name="白班", planned_from=now, planned_until=now + timedelta(hours=8)))
    # (0 + 50,000.00 × 0.5) ÷ (5,000,000.00 + 50,000.00) = 0.00495…
    assert listed(office.icbc)[0].score == 4


# --- pages


def test_pages_by_key_cover_every_row_once_while_rows_are_added(office: Office) -> None:
    play = Play(office, random.Random(7))
    for _ in range(12):
        play.step()
    for order, descending, history in itertools.product(ORDERS, (False, True), (False, True)):
        view = QueueView(order=order, descending=descending, history=history)
        before = [row.key for row in listed(office.officer, view)]
        shown = office.officer.read(queue, view, None, 5)
        seen = [row.key for row in shown.rows]
        open_case(office, "新人", fen=1 + descending)
        office.clock.forward(seconds=30)
        while shown.cursor is not None:
            shown = office.officer.read(queue, view, shown.cursor, 5)
            seen += [row.key for row in shown.rows]
        assert len(seen) == len(set(seen))
        assert [key for key in seen if key in set(before)] == before


def test_a_page_says_whether_there_is_more(office: Office) -> None:
    for n in range(4):
        making.case(office, [("ICBC", 5)], n=n)
    assert office.officer.read(queue, QueueView(), None, 4).cursor is None
    assert office.officer.read(queue, QueueView(), None, 3).cursor is not None
    assert office.abc.read(queue, QueueView(), None, 3).rows == ()


def test_an_export_holds_every_row_in_the_order_of_the_screen(office: Office) -> None:
    play = Play(office, random.Random(3))
    for _ in range(10):
        play.step()
    assert list(office.officer.read(export_queue, HISTORY)) == listed(office.officer, HISTORY, 7)


def test_cases_are_paged_newest_first_each_once(office: Office) -> None:
    for n in range(7):
        making.case(office, [("ICBC", 5)], n=n)
        office.clock.forward(seconds=n % 2)
    seen: list[int] = []
    page = office.officer.read(cases, CaseView(), None, 2)
    while True:
        seen += [row.id for row in page.rows]
        if page.cursor is None:
            break
        making.case(office, [("ICBC", 5)], n=90)
        page = office.officer.read(cases, CaseView(), page.cursor, 2)
    assert seen == [7, 6, 5, 4, 3, 2, 1]


# --- filters


def test_filters_narrow_the_queue(office: Office) -> None:
    opened = making.case(office, [("ICBC", 5), ("CCB", 6)], phones=["13900001111"])
    routed = office.officer.do(
        IssueRequest(
            case_id=opened.case_id,
            kind=LegKind.TRANSACTIONS,
            target=Target(number="1234567890123456"),
            urgency=Urgency.NORMAL,
        )
    )
    office.icbc.do(ClaimRequest(leg_id=opened.leg_ids[0]))
    other = making.case(office, [("ICBC", 7)], n=3).leg_ids[0]
    office.officer.do(WithdrawRequest(leg_id=other, reason="撤"))
    drill = open_case(office, "演练", drill=True)

    def ids(view: QueueView, desk: Desk | None = None) -> set[int]:
        return {row.id for row in listed(desk or office.officer, view)}

    icbc, ccb, phone = opened.leg_ids
    assert ids(QueueView()) == {icbc, ccb, phone, routed}
    assert ids(QueueView(institution="ICBC")) == {icbc}
    assert ids(QueueView(institution="")) == {routed}
    assert ids(QueueView(states=frozenset({LegState.WITHDRAWN}))) == {other}
    assert ids(QueueView(states=frozenset({LegState.CLAIMED, LegState.ROUTING}))) == {icbc, routed}
    assert ids(QueueView(kinds=frozenset({LegKind.STOP}))) == {icbc, ccb}
    assert ids(QueueView(urgency=Urgency.NORMAL)) == {routed}
    assert ids(QueueView(mine=True), office.icbc) == {icbc}
    assert ids(QueueView(mine=True), office.door("liu")) == set()
    assert ids(QueueView(case_id=opened.case_id, institution="CCB")) == {ccb}
    assert ids(HISTORY) == {icbc, ccb, phone, routed, other}
    assert ids(QueueView(drill=True)) == {drill}
    assert ids(QueueView(within_hour=True)) == {icbc, ccb, phone, routed}
    office.lead.do(ReassignRequest(leg_id=icbc, person_id=person(office, "liu").id))
    assert ids(QueueView(mine=True), office.door("liu")) == {icbc}


def test_a_returned_request_has_no_clock_and_comes_last(office: Office) -> None:
    opened = making.case(office, [], phones=["13900001111", "13900002222"])
    office.cmcc.do(ReturnForCorrection(leg_id=opened.leg_ids[0], reason="号码有误"))
    found = listed(office.cmcc)
    assert [(row.id, row.due) for row in found] == [
        (opened.leg_ids[1], office.clock.now + timedelta(minutes=5)),
        (opened.leg_ids[0], None),
    ]
    assert [row.id for row in listed(office.cmcc, QueueView(within_hour=True))] == [opened.leg_ids[1]]


def test_the_row_says_what_is_possible_for_its_reader(office: Office) -> None:
    opened = making.case(office, [("ICBC", 5), ("CCB", 6)])
    mine, theirs = listed(office.icbc, QueueView(order="number"))
    assert {"ClaimRequest", "AnswerRequest", "ReturnForCorrection", "slips"} <= mine.can
    assert theirs.can == {"WriteNote"}
    office.icbc.do(ClaimRequest(leg_id=opened.leg_ids[0]))
    row = listed(office.door("liu"), QueueView(institution="ICBC"))[0]
    assert (row.claimed_by, row.mine) == ("李工行", False)
    assert "AnswerRequest" not in row.can
    assert listed(office.auditor)[0].can == frozenset()
    assert {"WithdrawRequest", "VoidRequest"} <= listed(office.lead)[0].can


# --- search


@pytest.fixture
def names(office: Office) -> dict[str, int]:
    """Legs by their holder."""
    holders = ("上官婉儿", "买买提·吐尔逊", "王重阳", "𠮷田小姐", "O'Brien & Söhne", "万达商贸有限公司")
    return {holder: open_case(office, holder, victim=f"失主{n}") for n, holder in enumerate(holders)}


@pytest.mark.parametrize(
    ("words", "holder"),
    [
        ("上官婉儿", "上官婉儿"),
        ("官婉", "上官婉儿"),
        ("婉儿", "上官婉儿"),
        ("sgwe", "上官婉儿"),
        ("WE", "上官婉儿"),
        ("shangguan", "上官婉儿"),
        ("waner", "上官婉儿"),
        ("买买提吐尔逊", "买买提·吐尔逊"),
        ("买买提•吐", "买买提·吐尔逊"),
        ("吐尔逊", "买买提·吐尔逊"),
        ("wcy", "王重阳"),
        ("wzy", "王重阳"),
        ("𠮷田", "𠮷田小姐"),
        ("o'brien", "O'Brien & Söhne"),
        ("söhne", "O'Brien & Söhne"),
        ("商贸", "万达商贸有限公司"),
        ("wdsm", "万达商贸有限公司"),
        ("阳 王", "王重阳"),
        ("失主2", "王重阳"),
        ("王重阳 失主2", "王重阳"),
    ],
)
def test_names_are_found_by_parts_and_pinyin(sqlite_office: Office, words: str, holder: str) -> None:
    office = sqlite_office
    target = open_case(office, holder, victim="失主2")
    open_case(office, "无关某某", victim="无关人")
    found = {row.id for row in listed(office.officer, QueueView(words=words))}
    assert found == {target}


def test_search_finds_by_name_on_both_engines(office: Office, names: dict[str, int]) -> None:
    for words, holder in (
        ("官婉", "上官婉儿"),
        ("wzy", "王重阳"),
        ("𠮷田", "𠮷田小姐"),
        ("söhne", "O'Brien & Söhne"),
    ):
        assert {row.id for row in listed(office.officer, QueueView(words=words))} == {names[holder]}
        assert len(office.officer.read(cases, CaseView(words=words)).rows) == 1
    for nothing in ("官上", "重王", "sgx", "100%", "_", "王重阳 失主3"):
        assert listed(office.officer, QueueView(words=nothing)) == [], nothing


def test_search_finds_by_numbers(office: Office, names: dict[str, int]) -> None:
    leg_id = names["王重阳"]
    found, case = leg(office, leg_id), rows(office, Case)[2]
    number = account_of(office, leg_id).number
    spaced = " ".join(number[i : i + 4] for i in range(0, len(number), 4))
    for words in (number, spaced, number[:15], number[-4:], found.number, "zf20263"):
        assert leg_id in {row.id for row in listed(office.officer, QueueView(words=words))}, words
    for words in (case.number, case.number.lower(), "AJ20263", "aj[2026]3", "AJ〔2026〕"):
        assert leg_id in {row.id for row in listed(office.officer, QueueView(words=words))}, words
    assert {row.id for row in listed(office.officer, QueueView(words=found.number))} == {leg_id}
    assert listed(office.officer, QueueView(words=number[1:8])) == [], "not inside a number"


def test_a_corrected_holder_is_found_by_the_new_name_only(office: Office, names: dict[str, int]) -> None:
    leg_id = names["王重阳"]
    office.icbc.do(ReturnForCorrection(leg_id=leg_id, reason="户名不符"))
    office.officer.do(CorrectRequest(leg_id=leg_id, holder="林朝英"))
    assert [row.id for row in listed(office.icbc, QueueView(words="lzy"))] == [leg_id]
    assert listed(office.icbc, QueueView(words="王重阳")) == []


# --- both engines


@pytest.mark.postgres
def test_both_engines_list_the_same_rows_in_the_same_order(
    sqlite_office: Office, postgres_server: Server, request: pytest.FixtureRequest
) -> None:
    url = postgres_server.empty(request.getfixturevalue("_postgres_template"))
    other = Office(Database(url), Clock(sqlite_office.clock.now))
    for office in (sqlite_office, other):
        for n, holder in enumerate(("王小明", "Ängström", "zoe", "Zoe", "_x1", "阿里", "𠮷田", "a b", "Ab")):
            open_case(office, holder, bank=("ICBC", "CCB")[n % 2], fen=100 + n % 3)
        play = Play(office, random.Random(11))
        for _ in range(25):
            play.step()
    assert sqlite_office.clock.now == other.clock.now
    for login, order, descending in itertools.product(("zhao", "zhou"), ORDERS, (False, True)):
        view = QueueView(order=order, descending=descending)
        for shown in (view, replace(view, history=True)):
            here = listed(sqlite_office.door(login), shown, 20)
            assert here == listed(other.door(login), shown, 20), (login, order, descending)
    assert sqlite_office.officer.read(cases, CaseView(words="王")) == other.officer.read(
        cases, CaseView(words="王")
    )
    other.database.close()
    postgres_server.drop(url)
