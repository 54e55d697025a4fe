"""What stands beside the queue: everything about one request, and what is known about an account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select

from liaison_desk.core.lifecycle import LegState, Outcome
from liaison_desk.core.roles import Role
from liaison_desk.core.words import Message
from liaison_desk.desk import accounts, scope
from liaison_desk.desk.balance import Balance, case_balance
from liaison_desk.desk.cases import FRAUD_TYPES
from liaison_desk.desk.facts import (
    HoldRow,
    HopRow,
    NoteRow,
    Step,
    holds_of,
    hops_of,
    name_of,
    notes_of,
    timeline_of,
)
from liaison_desk.desk.known import Known, elsewhere
from liaison_desk.desk.queuerows import QueueRow, rows_of_legs
from liaison_desk.desk.work import Work, command_title
from liaison_desk.store.models import (
    Account,
    Answer,
    Case,
    Hold,
    Hop,
    Leg,
    Note,
    Payment,
    Person,
    Victim,
)


@dataclass(frozen=True)
class AnswerRow:
    """One answer; amounts in fen, None where the institution said nothing."""

    id: int
    outcome: Outcome
    accepted: int | None
    executed: int | None
    effective: int
    balance_before: int | None
    available_after: int | None
    starts_at: datetime | None
    ends_at: datetime | None
    earlier: int
    earlier_authority: str
    technical_reason: str
    remark: str
    person_name: str
    person_phone: str
    answered_by: str
    by_telephone: bool
    confirmed: bool
    happened_at: datetime
    recorded_at: datetime


@dataclass(frozen=True)
class LegDetail:
    row: QueueRow
    fraud_type: Message
    reported_at: datetime
    area: str
    victim: str
    victim_phone: str
    paid: int
    paid_at: datetime | None
    payer_bank: str
    payer_name: str
    payer_number: str
    bank_name: str
    company: bool
    traceable: int
    arrived_at: datetime | None
    stops_used: int
    stops_allowed: int
    reason: str
    remark: str
    document_kind: str
    document_number: str
    officer: str
    co_officer: str
    happened_at: datetime
    queued_at: datetime | None
    claim_due_at: datetime | None
    due_at: datetime | None
    claimed_at: datetime | None
    answered_at: datetime | None
    state_reason: str
    authorised: bool
    answers: tuple[AnswerRow, ...]
    hops: tuple[HopRow, ...]
    hold: HoldRow | None
    also: tuple[Known, ...]
    money: Balance
    notes: tuple[NoteRow, ...]
    timeline: tuple[Step, ...]


def leg_detail(work: Work, leg_id: int) -> LegDetail:
    """Everything about one request as the reader may see it; NotFound if it is not for them."""
    leg = scope.leg_of(work, leg_id)
    eyes = scope.eyes(work)
    case, account = work.find(Case, leg.case_id), work.find(Account, leg.account_id)
    full = eyes.sees(account, leg)
    payment = work.session.scalar(
        select(Payment)
        .where(Payment.account_id == account.id, Payment.voided_at.is_(None))
        .order_by(Payment.happened_at)
        .limit(1)
    )
    victim = work.session.scalar(
        select(Victim).where(Victim.case_id == case.id).order_by(Victim.id).limit(1)
        if payment is None
        else select(Victim).where(Victim.id == payment.victim_id)
    )
    payer = eyes.payer(payment) if payment is not None else ("", "")
    hold = work.session.get(Hold, leg.hold_id) if leg.hold_id is not None else None
    return LegDetail(
        row=rows_of_legs(work, [leg.id])[0],
        fraud_type=FRAUD_TYPES[case.fraud_type],
        reported_at=case.happened_at,
        area=case.area,
        victim=eyes.victim(victim) if victim is not None else "",
        victim_phone=eyes.victim_phone(victim) if victim is not None else "",
        paid=payment.fen if payment is not None else 0,
        paid_at=payment.happened_at if payment is not None else None,
        payer_bank=payment.from_bank if payment is not None else "",
        payer_name=payer[0],
        payer_number=payer[1],
        bank_name=account.bank_name,
        company=account.company,
        traceable=leg.traceable,
        arrived_at=leg.arrived_at,
        stops_used=accounts.stops_used(work, account.number, drill=case.drill) if full else 0,
        stops_allowed=work.settings.stops_per_account,
        reason=leg.reason if full else "",
        remark=leg.remark if full else "",
        document_kind=leg.document_kind,
        document_number=leg.document_number,
        officer=name_of(work, leg.officer_id),
        co_officer=leg.co_officer,
        happened_at=leg.happened_at,
        queued_at=leg.queued_at,
        claim_due_at=leg.claim_due_at if leg.state is LegState.QUEUED else None,
        due_at=leg.due_at,
        claimed_at=leg.claimed_at,
        answered_at=leg.answered_at,
        state_reason=leg.state_reason if full else "",
        authorised=case.authorised_by is not None,
        answers=_answers(work, leg, full),
        hops=hops_of(work, eyes, Hop.leg_id == leg.id),
        hold=holds_of(work, eyes, [hold])[0] if hold is not None else None,
        also=elsewhere(work, account) if full else (),
        money=case_balance(work, case.id),
        notes=notes_of(work, Note.leg_id == leg.id),
        timeline=timeline_of(work, "leg", leg.id, full=full) or _own_times(work, leg),
    )


def _answers(work: Work, leg: Leg, full: bool) -> tuple[AnswerRow, ...]:
    rows = work.session.execute(
        select(Answer, Person.name)
        .join(Person, Person.id == Answer.answered_by)
        .where(Answer.leg_id == leg.id)
        .order_by(Answer.id)
    ).all()
    return tuple(
        AnswerRow(
            id=row.id,
            outcome=row.outcome,
            accepted=row.accepted,
            executed=row.executed,
            effective=row.effective,
            balance_before=row.balance_before if full else None,
            available_after=row.available_after if full else None,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            earlier=row.earlier if full else 0,
            earlier_authority=row.earlier_authority if full else "",
            technical_reason=row.technical_reason if full else "",
            remark=row.remark if full else "",
            person_name=row.person_name if full else "",
            person_phone=row.person_phone if full else "",
            answered_by=name,
            by_telephone=row.by_telephone,
            confirmed=row.confirmed_at is not None,
            happened_at=row.happened_at,
            recorded_at=row.recorded_at,
        )
        for row, name in rows
    )


def _own_times(work: Work, leg: Leg) -> tuple[Step, ...]:
    """For rows that came with the demo or another office: their own times tell the story."""
    officer = name_of(work, leg.officer_id)
    told = [
        (leg.recorded_at, officer, command_title("IssueRequest")),
        (leg.claimed_at, name_of(work, leg.claimed_by), command_title("ClaimRequest")),
        (leg.answered_at, "", command_title("AnswerRequest")),
    ]
    return tuple(Step(at, who, "", text) for at, who, text in told if at is not None)


@dataclass(frozen=True)
class Colleague:
    id: int
    name: str
    login: str


def people_to_hand_to(work: Work, leg_id: int) -> tuple[Colleague, ...]:
    """Representatives of the leg's institution."""
    leg = scope.own_leg_of(work, leg_id)
    rows = work.session.scalars(
        select(Person)
        .where(
            Person.institution_code == leg.institution_code,
            Person.role == Role.REPRESENTATIVE,
            Person.active.is_(True),
        )
        .order_by(Person.name, Person.id)
    )
    return tuple(Colleague(row.id, row.name, row.login) for row in rows)


def lapses(work: Work) -> tuple[HoldRow, ...]:
    """Holds that have lapsed and that nobody has taken note of, by their true moment (L3)."""
    rows = work.session.scalars(
        select(Hold)
        .where(
            scope.visible_holds(work.actor),
            Hold.drill.is_(False),
            or_(Hold.lapsed > 0, (Hold.ends_at <= work.now) & (Hold.stopped + Hold.frozen > 0)),
            Hold.acknowledged_at.is_(None),
        )
        .order_by(Hold.ends_at)
    ).all()
    return tuple(holds_of(work, scope.eyes(work), rows))
