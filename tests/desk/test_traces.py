"""A tracing of a case's own money: what joins cases, what a run says once it is adopted, and what it replaces.

The office of these tests, in yuan: Wang pays 30.00 into B; Li pays 100.00 into A, 60.00 of them go on to B; 50.00
leave B as cash. 40.00 are stopped on A (for Li's case) and 40.00 on B (for Wang's).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import select

from liaison_desk import cli
from liaison_desk.core.errors import BadInput, NotAllowed, Refused
from liaison_desk.core.lifecycle import HopKind, LegKind, Outcome
from liaison_desk.core.tracing import Kind, Range, Rule
from liaison_desk.desk.accounts import Target
from liaison_desk.desk.answers import AnswerRequest, HopInput
from liaison_desk.desk.attributions import AttributeHold, standing
from liaison_desk.desk.balance import Balance, balance_of_case
from liaison_desk.desk.cases import OpenCase, PaymentInput, PhoneInput
from liaison_desk.desk.check import check
from liaison_desk.desk.figures import figures
from liaison_desk.desk.tracelists import trace_of_case
from liaison_desk.desk.traces import AdoptTracing, Evidence, evidence_of
from liaison_desk.store.models import Account, Hold, Leg, Victim
from tests import given
from tests.given import Office

A, B = given.card("ICBC", 0), given.card("CCB", 1)


@dataclass(frozen=True)
class Two:
    li: int
    wang: int
    office: Office

    def shares(self, number: str) -> dict[str, int]:
        """Whose money the hold on that account is, by name."""
        with self.office.database.reading() as session:
            hold = session.scalars(
                select(Hold).join(Account, Account.id == Hold.account_id).where(Account.number == number)
            ).one()
            work = self.office.officer._work(session)
            return {session.get_one(Victim, row.victim_id).name: row.fen for row in standing(work, hold)}

    def evidence(self, case_id: int) -> Evidence:
        with self.office.database.reading() as session:
            return evidence_of(self.office.officer._work(session), case_id)

    def balance(self, case_id: int) -> Balance:
        return self.office.officer.read(balance_of_case, case_id)

    def adopt(self, rule: Rule) -> int:
        return self.office.officer.do(AdoptTracing(case_id=self.li, rule=rule, reason="银行流水已核"))


@pytest.fixture
def two(office: Office) -> Two:
    return two_victims(office)


@pytest.fixture
def two_here(sqlite_office: Office) -> Two:
    return two_victims(sqlite_office)


def two_victims(office: Office) -> Two:
    now = office.clock.now

    def report(victim: str, number: str, fen: int, minutes: int) -> tuple[int, int]:
        made = office.officer.do(
            OpenCase(
                victim_name=victim,
                victim_phone="13812341234",
                fraud_type="justice",
                payments=(
                    PaymentInput(
                        target=given.account(number, "赵卡主"),
                        fen=fen,
                        happened_at=now - timedelta(minutes=minutes),
                    ),
                ),
            )
        )
        return made.case_id, made.leg_ids[0]

    wang, leg_on_b = report("王六", B, 3_000, 9)
    li, leg_on_a = report("李四", A, 10_000, 8)
    given.claimed(office, leg_on_a).do(
        AnswerRequest(
            leg_id=leg_on_a,
            outcome=Outcome.PARTLY,
            executed=10_000,
            balance_before=4_000,
            hops=(
                HopInput(
                    fen=6_000, happened_at=now - timedelta(minutes=6), target=given.account(B, "赵卡主")
                ),
            ),
        )
    )
    given.claimed(office, leg_on_b).do(
        AnswerRequest(
            leg_id=leg_on_b,
            outcome=Outcome.DONE,
            executed=4_000,
            balance_before=4_000,
            hops=(HopInput(fen=5_000, happened_at=now - timedelta(minutes=4), kind=HopKind.CASH),),
        )
    )
    return Two(li, wang, office)


def test_an_account_joins_the_cases_that_meet_on_it(two: Two) -> None:
    found = two.evidence(two.li)
    assert found.cases == (two.wang, two.li)
    assert [(each.kind, each.from_, each.to, each.fen) for each in found.movements] == [
        (Kind.PAYMENT, "", B, 3_000),
        (Kind.PAYMENT, "", A, 10_000),
        (Kind.TRANSFER, A, B, 6_000),
        (Kind.EXIT, B, "", 5_000),
    ]
    assert two.evidence(two.wang).digest == found.digest


def test_the_four_rules_side_by_side(two_here: Two) -> None:
    found = two_here.office.officer.read(trace_of_case, two_here.li)
    on = {each.number: each for each in found.accounts}
    assert on[A].direct
    assert not on[B].direct
    assert on[B].splits[Rule.FIFO] == {"李四": 4_000}
    assert on[B].splits[Rule.LIFO] == {"王六": 3_000, "李四": 1_000}
    # 30 : 60 of the 50.00 that leave is 16.66⅔ : 33.33⅓, so 13.33 and 26.67 stay.
    assert on[B].splits[Rule.PRO_RATA] == {"王六": 1_333, "李四": 2_667}
    assert on[B].splits[Rule.CLEAN_FIRST] == {"王六": 1_333, "李四": 2_667}
    assert on[B].ranges == {"李四": Range(1_000, 4_000), "王六": Range(0, 3_000)}
    assert (on[A].held, on[B].held) == (4_000, 4_000)
    assert (found.came_in, found.left, found.went_out) == (13_000, 8_000, 5_000)
    assert found.unexplained == ()
    assert found.adopted is None


def test_before_a_tracing_what_went_on_is_taken_off_the_payments_into_that_account(two_here: Two) -> None:
    """30.00 were paid straight into B and 50.00 are said to have left it."""
    assert (two_here.shares(A), two_here.shares(B)) == ({"李四": 4_000}, {})


def test_an_adopted_run_says_whose_money_holds_and_exits_are(two: Two) -> None:
    two.adopt(Rule.FIFO)
    assert (two.shares(A), two.shares(B)) == ({"李四": 4_000}, {"李四": 4_000})
    li, wang = two.balance(two.li), two.balance(two.wang)
    assert (li.loss, li.stopped, li.spent, li.untraced) == (10_000, 8_000, 2_000, 0)
    assert (wang.loss, wang.stopped, wang.spent, wang.untraced) == (3_000, 0, 3_000, 0)
    assert check(two.office.database, now=two.office.clock.now).findings == ()


def test_another_run_replaces_it_in_every_case_it_covers(two: Two) -> None:
    two.adopt(Rule.FIFO)
    two.office.clock.forward(minutes=1)
    two.office.officer.do(AdoptTracing(case_id=two.wang, rule=Rule.LIFO, reason="法院要求"))
    assert (two.shares(A), two.shares(B)) == ({"李四": 4_000}, {"王六": 3_000, "李四": 1_000})
    li, wang = two.balance(two.li), two.balance(two.wang)
    assert (li.stopped, li.spent, li.untraced) == (5_000, 5_000, 0)
    assert (wang.stopped, wang.spent, wang.untraced) == (3_000, 0, 0)
    found = two.office.officer.read(trace_of_case, two.li).adopted
    assert found is not None
    assert (found.rule, found.reason, found.by, found.stale) == (Rule.LIFO, "法院要求", "赵民警", False)
    assert check(two.office.database, now=two.office.clock.now).findings == ()


def test_the_rules_agree_on_what_the_office_recovered(two_here: Two) -> None:
    def recovered() -> int:
        now = two_here.office.clock.now
        return two_here.office.officer.read(figures, now - timedelta(days=1), now).recovered

    assert recovered() == 4_000
    two_here.adopt(Rule.FIFO)
    assert recovered() == 8_000
    two_here.adopt(Rule.LIFO)
    assert recovered() == 8_000


def test_what_an_officer_said_of_a_hold_stands(two_here: Two) -> None:
    office = two_here.office
    with office.database.reading() as session:
        hold = session.scalars(
            select(Hold.id).join(Account, Account.id == Hold.account_id).where(Account.number == B)
        ).one()
        wang = session.scalars(select(Victim.id).where(Victim.case_id == two_here.wang)).one()
    office.officer.do(AttributeHold(hold_id=hold, shares=((wang, 2_500),), reason="笔录"))
    two_here.adopt(Rule.FIFO)
    assert two_here.shares(B) == {"王六": 2_500}


def test_what_is_still_traceable_follows_the_run(two_here: Two) -> None:
    """Before: 60.00 came to B in Li's case, nothing is caught there for it. By fifo 40.00 of them are left."""
    office = two_here.office

    def asked() -> list[int]:
        with office.database.reading() as session:
            return list(
                session.scalars(
                    select(Leg.traceable)
                    .join(Account, Account.id == Leg.account_id)
                    .where(Account.number == B, Leg.case_id == two_here.li, Leg.kind == LegKind.STOP)
                )
            )

    assert asked() == [6_000]
    two_here.adopt(Rule.FIFO)
    assert asked() == [4_000]
    two_here.adopt(Rule.LIFO)
    assert asked() == [1_000]


def test_a_run_is_old_when_money_has_moved_since(two_here: Two) -> None:
    two_here.adopt(Rule.FIFO)
    office = two_here.office
    given.case(office, [("CCB", 500)], victim="陈九", n=0)
    other = office.officer.do(
        OpenCase(
            victim_name="陈九",
            victim_phone="13812341235",
            fraud_type="justice",
            payments=(
                PaymentInput(target=given.account(A, "赵卡主"), fen=700, happened_at=office.clock.now),
            ),
        )
    )
    assert other.case_id
    found = office.officer.read(trace_of_case, two_here.li).adopted
    assert found is not None
    assert found.stale


def test_without_a_reason_or_without_money_nothing_is_adopted(two_here: Two) -> None:
    office = two_here.office
    with pytest.raises(BadInput):
        office.officer.do(AdoptTracing(case_id=two_here.li, rule=Rule.FIFO, reason=" "))
    empty = office.officer.do(
        OpenCase(
            victim_name="孙七",
            fraud_type="other",
            phones=(PhoneInput(target=Target(number="13900001111", phone=True)),),
        )
    )
    with pytest.raises(Refused, match="No movement"):
        office.officer.do(AdoptTracing(case_id=empty.case_id, rule=Rule.FIFO, reason="试"))


def test_the_command_line_traces_a_case_for_those_who_see_every_case(
    two_here: Two, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    office = two_here.office
    monkeypatch.setenv("LIAISON_DESK_PASSWORD", given.PASSWORD)
    with office.database.reading() as session:
        number = session.scalars(select(Leg.number).where(Leg.case_id == two_here.li)).first()
        assert number is not None
    case_number = office.officer.read(trace_of_case, two_here.li).case_number
    where = ["--database", str(office.database.path)]
    asked = ["trace", "--case", case_number, "--rule", "fifo", "--json"]
    assert cli.main([*where, "--as", "zhao", *asked]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["rules"]["fifo"]["accounts"][B] == {"balance": 4_000, "owners": {"李四": 4_000}}
    assert [(each["amount"], each["owners"]) for each in told["rules"]["fifo"]["exits"]] == [
        (5_000, {"王六": 3_000, "李四": 2_000})
    ]
    assert cli.main([*where, "--as", "li", *asked]) == 2
    with pytest.raises(NotAllowed):
        office.icbc.read(trace_of_case, two_here.li)
