"""What stands beside the queue: everything about one request, and what is known about an account."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select

from liaison_desk.core.identifiers import clean_account
from liaison_desk.core.lifecycle import HopKind, LegKind, LegState, Outcome
from liaison_desk.core.phones import clean_phone
from liaison_desk.core.roles import Role
from liaison_desk.core.words import Message
from liaison_desk.desk import accounts, scope
from liaison_desk.desk.balance import Balance, case_balance
from liaison_desk.desk.cases import FRAUD_TYPES
from liaison_desk.desk.desk import entry_content, message_from
from liaison_desk.desk.lists import QueueRow, rows_of_legs
from liaison_desk.desk.scope import Eyes
from liaison_desk.desk.work import Work, command_title
from liaison_desk.store.chain import Entry, Touch
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

TIMELINE = 200
"""Steps shown at most; the newest."""


@dataclass(frozen=True)
class Step:
    """One event of a timeline; ``doubted``: recorded while that computer's clock was in doubt."""

    at: datetime
    who: str
    institution: str
    text: Message
    doubted: bool = False


@dataclass(frozen=True)
class NoteRow:
    id: int
    at: datetime
    who: str
    institution: str
    addressed: tuple[str, ...]
    text: str


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
class HopRow:
    """Money that went on from the request's account; an exit has no target."""

    id: int
    kind: HopKind
    amount: int
    happened_at: datetime
    target: str
    holder: str | Message
    institution: str
    bank_name: str
    leg: str
    """Number of the request that asks for it at the next level."""
    leg_state: LegState | None
    serial: str


@dataclass(frozen=True)
class HoldRow:
    id: int
    number: str
    institution: str
    target: str
    holder: str | Message
    captured: int
    stopped: int
    frozen: int
    returned: int
    released: int
    lapsed: int
    starts_at: datetime
    ends_at: datetime
    rule: str
    stops: int
    acknowledged_by: str
    acknowledged_at: datetime | None


@dataclass(frozen=True)
class Known:
    """Where else an account or phone stands."""

    case_id: int
    case_number: str
    happened_at: datetime
    leg_number: str
    kind: LegKind
    state: LegState
    outcome: Outcome | None
    secured: int
    lapsed: int


@dataclass(frozen=True)
class KnownBefore:
    """What the office knows about a number before a request goes out (A3)."""

    number: str
    institution: str
    bank_name: str
    stops_used: int
    stops_allowed: int
    rows: tuple[Known, ...]


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
        officer=_name(work, leg.officer_id),
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
        also=_elsewhere(work, account) if full else (),
        money=case_balance(work, case.id),
        notes=notes_of(work, Note.leg_id == leg.id),
        timeline=timeline_of(work, "leg", leg.id, full=full) or _own_times(work, leg),
    )


def _name(work: Work, person_id: int | None) -> str:
    person = work.session.get(Person, person_id) if person_id is not None else None
    return person.name if person is not None else ""


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


def hops_of(work: Work, eyes: Eyes, condition: Any) -> tuple[HopRow, ...]:
    """Hops with their targets, in the order of their times; every hop of a visible case is shown."""
    rows = work.session.execute(
        select(Hop, Account)
        .outerjoin(Account, Account.id == Hop.to_account_id)
        .where(condition, Hop.voided_at.is_(None))
        .order_by(Hop.happened_at, Hop.id)
    ).all()
    targets = [account.id for _, account in rows if account is not None]
    next_legs: dict[int, Leg] = {}
    if targets:
        for leg in work.session.scalars(
            select(Leg).where(Leg.account_id.in_(targets), scope.visible_legs(work.actor)).order_by(Leg.id)
        ):
            next_legs.setdefault(leg.account_id, leg)
    made = []
    for hop, account in rows:
        next_leg = next_legs.get(account.id) if account is not None else None
        made.append(
            HopRow(
                id=hop.id,
                kind=hop.kind,
                amount=hop.fen,
                happened_at=hop.happened_at,
                target=eyes.number(account, next_leg) if account is not None else "",
                holder=eyes.holder(account, next_leg) if account is not None else "",
                institution=(account.institution_code or "") if account is not None else "",
                bank_name=account.bank_name if account is not None else "",
                leg=next_leg.number if next_leg is not None else "",
                leg_state=next_leg.state if next_leg is not None else None,
                serial=hop.serial
                if hop.handed_by in (None, work.actor.institution) or work.actor.sees_all
                else "",
            )
        )
    return tuple(made)


def holds_of(work: Work, eyes: Eyes, holds: Iterable[Hold]) -> list[HoldRow]:
    """Holds with their account and the number of the leg that opened them."""
    made = []
    for hold in holds:
        account = work.find(Account, hold.account_id)
        number = work.session.scalar(
            select(Leg.number).where(Leg.hold_id == hold.id).order_by(Leg.id).limit(1)
        )
        made.append(
            HoldRow(
                id=hold.id,
                number=number or "",
                institution=hold.institution_code or "",
                target=eyes.number(account),
                holder=eyes.holder(account),
                captured=hold.captured,
                stopped=hold.stopped,
                frozen=hold.frozen,
                returned=hold.returned,
                released=hold.released,
                lapsed=hold.lapsed,
                starts_at=hold.starts_at,
                ends_at=hold.ends_at,
                rule=hold.rule,
                stops=hold.stops,
                acknowledged_by=_name(work, hold.acknowledged_by),
                acknowledged_at=hold.acknowledged_at,
            )
        )
    return made


def _elsewhere(work: Work, account: Account) -> tuple[Known, ...]:
    return _known(work, Account.number == account.number, Account.case_id != account.case_id)


def _known(work: Work, *conditions: Any) -> tuple[Known, ...]:
    rows = work.session.execute(
        select(Leg, Case, Hold, func.max(Answer.id))
        .join(Account, Account.id == Leg.account_id)
        .join(Case, Case.id == Leg.case_id)
        .outerjoin(Hold, Hold.id == Leg.hold_id)
        .outerjoin(Answer, Answer.leg_id == Leg.id)
        .where(
            *conditions,
            Leg.drill.is_(False),
            scope.visible_legs(work.actor),
            scope.sees_account_sql(work.actor),
        )
        .group_by(Leg.id, Case.id, Hold.id)
        .order_by(Case.happened_at.desc(), Leg.id.desc())
        .limit(20)
    ).all()
    made = []
    for leg, case, hold, answer_id in rows:
        answer = work.session.get(Answer, answer_id) if answer_id is not None else None
        made.append(
            Known(
                case_id=case.id,
                case_number=case.number,
                happened_at=case.happened_at,
                leg_number=leg.number,
                kind=leg.kind,
                state=leg.state,
                outcome=answer.outcome if answer is not None else None,
                secured=hold.stopped + hold.frozen if hold is not None else 0,
                lapsed=hold.lapsed if hold is not None else 0,
            )
        )
    return tuple(made)


def known_before(work: Work, number: str, *, phone: bool = False) -> KnownBefore:
    """Everything the reader may know of a typed number; BadInput when it is not one."""
    clean = clean_phone(number).number if phone else clean_account(number).value
    code, bank = accounts.suggested(clean, phone=phone)
    return KnownBefore(
        number=clean,
        institution=code or "",
        bank_name=bank,
        stops_used=accounts.stops_used(work, clean) if work.actor.sees_all else 0,
        stops_allowed=work.settings.stops_per_account,
        rows=_known(work, Account.number == clean),
    )


def notes_of(work: Work, condition: Any) -> tuple[NoteRow, ...]:
    rows = work.session.execute(
        select(Note, Person.name)
        .join(Person, Person.id == Note.author_id)
        .where(condition, scope.visible_notes(work.actor))
        .order_by(Note.id.desc())
        .limit(TIMELINE)
    ).all()
    return tuple(
        NoteRow(
            note.id,
            note.recorded_at,
            name,
            note.institution_code,
            tuple(code for code in note.addressed.split(",") if code),
            note.text,
        )
        for note, name in rows
    )


def timeline_of(work: Work, kind: str, id_: int, *, full: bool) -> tuple[Step, ...]:
    """Events about a case, leg or hold, oldest first.

    What was written in words by another institution is not shown where the target is not seen in full:
    it may name anybody.
    """
    rows = work.session.execute(
        select(Entry, Person.name, Person.institution_code)
        .join(Touch, Touch.entry_id == Entry.id)
        .outerjoin(Person, Person.id == Entry.person_id)
        .where(Touch.kind == kind, Touch.subject_id == id_)
        .order_by(Entry.id.desc())
        .limit(TIMELINE)
    ).all()
    steps = []
    for entry, name, institution in reversed(rows):
        said = message_from(entry_content(entry.text)["said"])
        open_words = full or institution == work.actor.institution
        text = said if said is not None and open_words else command_title(entry.command)
        steps.append(Step(entry.at, name or "", institution or "", text, entry.doubted))
    return tuple(steps)


def _own_times(work: Work, leg: Leg) -> tuple[Step, ...]:
    """For rows that came with the demo or another office: their own times tell the story."""
    officer = _name(work, leg.officer_id)
    told = [
        (leg.recorded_at, officer, command_title("IssueRequest")),
        (leg.claimed_at, _name(work, leg.claimed_by), command_title("ClaimRequest")),
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
