"""Frozen money with several victims, made through the door; the amounts are those of money.md §6, example 5.

A lost 30,000.00, B 50,000.00, C 70,000.01, all into one account; 50,000.01 left it as cash and 100,000.00 are frozen.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from liaison_desk.core.lifecycle import HopKind, LegKind, LegState, Outcome
from liaison_desk.desk.answers import AnswerRequest, HopInput
from liaison_desk.desk.cases import OpenCase, PaymentInput
from liaison_desk.desk.requests import ApproveRequest, ClaimRequest, IssueRequest
from liaison_desk.store.models import Account, Hold, Leg, Victim
from tests import given
from tests.given import Office

CARD = given.card("ICBC", 60)
LOSSES = {"甲一": 3_000_000, "乙二": 5_000_000, "丙三": 7_000_001}
FROZEN = 10_000_000


@dataclass(frozen=True)
class Frozen:
    """The hold, and the victims by name in the order of their reports."""

    office: Office
    hold_id: int
    case_id: int
    victims: dict[str, int]


def report(office: Office, victim: str, fen: int, *, number: str = CARD) -> int:
    """One more victim of the same account, a minute after the last; gives the victim's id."""
    office.clock.forward(minutes=1)
    made = office.officer.do(
        OpenCase(
            victim_name=victim,
            victim_phone="13812341234",
            fraud_type="justice",
            payments=(
                PaymentInput(
                    target=given.account(number, "赵卡主"),
                    fen=fen,
                    happened_at=office.clock.now - timedelta(minutes=5),
                ),
            ),
        )
    )
    with office.database.reading() as session:
        return session.scalars(select(Victim.id).where(Victim.case_id == made.case_id)).one()


def three_victims(office: Office) -> Frozen:
    victims = {name: report(office, name, fen) for name, fen in LOSSES.items()}
    office.clock.forward(minutes=1)
    with office.database.reading() as session:
        first = session.get_one(Victim, victims["甲一"]).case_id
        stop = session.scalars(select(Leg.id).where(Leg.case_id == first, Leg.kind == LegKind.STOP)).one()
    given.claimed(office, stop).do(
        AnswerRequest(
            leg_id=stop,
            outcome=Outcome.SPENT,
            hops=(HopInput(fen=5_000_001, happened_at=office.clock.now, kind=HopKind.CASH),),
        )
    )
    return Frozen(office, freeze(office, first, FROZEN), first, victims)


def freeze(office: Office, case_id: int, fen: int, *, number: str = CARD) -> int:
    """So much frozen on the account, asked by an officer, approved by a lead, answered by the bank."""
    asked = office.officer.do(
        IssueRequest(
            case_id=case_id,
            kind=LegKind.FREEZE,
            asked=fen,
            target=given.account(number, "赵卡主"),
            document_kind="协助冻结财产通知书",
            document_number="公(刑)冻字〔2026〕1号",
        )
    )
    office.lead.do(ApproveRequest(leg_id=asked))
    office.icbc.do(ClaimRequest(leg_id=asked))
    office.icbc.do(AnswerRequest(leg_id=asked, outcome=Outcome.DONE, executed=fen, balance_before=fen))
    with office.database.reading() as session:
        assert session.get_one(Leg, asked).state is not LegState.QUEUED
        return session.scalars(
            select(Hold.id).join(Account, Account.id == Hold.account_id).where(Account.number == number)
        ).one()
