"""Reports coming in: a case with its victim, payments and phones, and the stops that go out at once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from sqlalchemy import select

from liaison_desk.core.errors import BadInput
from liaison_desk.core.identifiers import check_resident_id, clean_account, clean_name, clean_text
from liaison_desk.core.lifecycle import CARRIER, LegKind, LegState, Urgency
from liaison_desk.core.phones import clean_phone
from liaison_desk.core.words import Message, msg
from liaison_desk.desk import accounts, attributions, index
from liaison_desk.desk.accounts import Target
from liaison_desk.desk.clockwork import not_ahead
from liaison_desk.desk.issuing import first_state, move, new_leg, open_stop, require_reason, series
from liaison_desk.desk.scope import case_of, leg_of
from liaison_desk.desk.work import Command, Work
from liaison_desk.store.models import Case, Institution, Leg, Note, Payment, Victim

FRAUD_TYPES: dict[str, Message] = {
    "brushing": msg("Fake order brushing and rebates"),
    "investment": msg("Fake investment"),
    "loan": msg("Fake online loan"),
    "support": msg("Impersonating shop or delivery service"),
    "justice": msg("Impersonating police or courts"),
    "credit": msg("Fake credit record"),
    "shopping": msg("Fake shopping or service"),
    "acquaintance": msg("Impersonating a leader or acquaintance"),
    "gaming": msg("Fake game trade"),
    "romance": msg("Romance"),
    "other": msg("Other"),
}
"""Fraud types of domain.md, by code."""


@dataclass(frozen=True, kw_only=True)
class PaymentInput:
    """One payment of the victim: into which account, how much (fen), when (aware), from where."""

    target: Target
    fen: int
    happened_at: datetime
    from_bank: str = ""
    from_name: str = ""
    from_number: str = ""
    channel: str = ""


@dataclass(frozen=True, kw_only=True)
class PhoneInput:
    """A number that a carrier is asked about at once."""

    target: Target
    kind: LegKind = LegKind.SUSPEND_NUMBER


@dataclass(frozen=True)
class OpenedCase:
    case_id: int
    number: str
    leg_ids: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class OpenCase(Command[OpenedCase]):
    """A report: the case, its victim, and a stop for each account the victim paid into."""

    title: ClassVar[Message] = msg("Open a case")
    victim_name: str
    victim_phone: str = ""
    victim_id: str = ""
    fraud_type: str = "other"
    happened_at: datetime | None = None
    area: str = ""
    summary: str = ""
    payments: tuple[PaymentInput, ...] = ()
    phones: tuple[PhoneInput, ...] = ()
    urgency: Urgency = Urgency.URGENT
    drill: bool = False

    def carry_out(self, work: Work) -> OpenedCase:
        if self.fraud_type not in FRAUD_TYPES:
            raise BadInput(
                msg("Choose the type of fraud from the list. Nothing was saved."), field="fraud_type"
            )
        if not self.payments and not self.phones:
            raise BadInput(
                msg("A case needs at least one payment or one phone number. Nothing was saved."),
                field="payments",
            )
        name = clean_name(self.victim_name, field="victim_name")
        case = work.add(
            Case(
                office=work.settings.office_code,
                drill=self.drill,
                number=work.next_number(series("AJ", drill=self.drill)),
                fraud_type=self.fraud_type,
                area=clean_text(self.area, 100, field="area"),
                summary=clean_text(self.summary, 4000, field="summary"),
                happened_at=not_ahead(work, self.happened_at, "happened_at"),
                recorded_at=work.now,
                officer_id=work.person().id,
            )
        )
        victim = work.add(
            Victim(
                case_id=case.id,
                name=name,
                phone=clean_phone(self.victim_phone, field="victim_phone").number
                if self.victim_phone.strip()
                else "",
                id_number=check_resident_id(self.victim_id, field="victim_id")[0]
                if self.victim_id.strip()
                else "",
                recorded_at=work.now,
            )
        )
        index.keep(work, (*index.of_case(case), *index.of_victim(victim)))
        legs = [pay(work, case, victim, payment, self.urgency) for payment in self.payments]
        for phone in self.phones:
            if phone.kind not in CARRIER:
                raise BadInput(msg("Choose what the carrier shall do. Nothing was saved."), field="phones")
            account = accounts.in_case(work, case, phone.target, level=0, field="phone")
            legs.append(new_leg(work, case, account, phone.kind, asked=0, urgency=self.urgency))
        work.tell(
            msg(
                "Report taken: {payments} payments, {legs} requests",
                payments=len(self.payments),
                legs=len({leg.id for leg in legs}),
            )
        )
        return OpenedCase(case.id, case.number, tuple(dict.fromkeys(leg.id for leg in legs)))


def pay(work: Work, case: Case, victim: Victim, payment: PaymentInput, urgency: Urgency) -> Leg:
    """A payment with its stop; a second payment into an account not yet stopped raises what is asked.

    A stop that a representative has only proposed goes out with it. Where the account has had its stops,
    a freeze waits for a lead instead: the report itself is never refused for that.
    """
    if payment.fen <= 0:
        raise BadInput(msg("The amount must be more than 0. Nothing was saved."), field="amount")
    account = accounts.in_case(work, case, payment.target, level=1)
    if payment.target.phone:
        raise BadInput(
            msg("A payment goes into an account, not to a phone. Nothing was saved."), field="number"
        )
    row = work.add(
        Payment(
            case_id=case.id,
            victim_id=victim.id,
            account_id=account.id,
            fen=payment.fen,
            from_bank=clean_text(payment.from_bank, 100, field="from_bank"),
            from_name=clean_text(payment.from_name, 100, field="from_name"),
            from_number=clean_account(payment.from_number, field="from_number").value
            if payment.from_number.strip()
            else "",
            channel=clean_text(payment.channel, 40, field="channel"),
            happened_at=not_ahead(work, payment.happened_at, "paid_at"),
            recorded_at=work.now,
        )
    )
    attributions.renew_account(work, account, row.happened_at)
    waiting, left = open_stop(work, account), accounts.stop_left(work, account)
    if waiting is not None and (waiting.state is not LegState.PROPOSED or left):
        waiting.asked += payment.fen
        if waiting.state is LegState.PROPOSED:
            waiting.officer_id = work.person().id
            move(work, waiting, first_state(waiting))
        work.session.flush()
        accounts.refresh_traceable(work, account)
        return waiting
    return new_leg(
        work,
        case,
        account,
        LegKind.STOP if left else LegKind.FREEZE,
        asked=payment.fen,
        urgency=urgency,
        payment_id=row.id,
        happened_at=work.now,
    )


@dataclass(frozen=True, kw_only=True)
class AddPayment(Command[int]):
    """A further payment of the case's victim, with its stop. Gives the leg's id."""

    title: ClassVar[Message] = msg("Add a payment")
    case_id: int
    payment: PaymentInput
    victim_id: int | None = None
    urgency: Urgency = Urgency.URGENT

    def carry_out(self, work: Work) -> int:
        case = case_of(work, self.case_id)
        query = select(Victim).where(Victim.case_id == case.id).order_by(Victim.id)
        if self.victim_id is not None:
            query = query.where(Victim.id == self.victim_id)
        victim = work.session.scalar(query.limit(1))
        if victim is None:
            raise BadInput(msg("This victim does not belong to the case. Nothing was saved."), field="victim")
        return pay(work, case, victim, self.payment, self.urgency).id


@dataclass(frozen=True, kw_only=True)
class CorrectCase(Command[None]):
    """Facts of the case put right; the old ones stay in the entry."""

    title: ClassVar[Message] = msg("Correct a case")
    case_id: int
    version: int
    fraud_type: str
    area: str = ""
    summary: str = ""
    reason: str = ""

    def carry_out(self, work: Work) -> None:
        case = case_of(work, self.case_id)
        work.seen(case, self.version)
        require_reason(self.reason)
        if self.fraud_type not in FRAUD_TYPES:
            raise BadInput(
                msg("Choose the type of fraud from the list. Nothing was saved."), field="fraud_type"
            )
        case.fraud_type = self.fraud_type
        case.area = clean_text(self.area, 100, field="area")
        case.summary = clean_text(self.summary, 4000, field="summary")


@dataclass(frozen=True, kw_only=True)
class AuthoriseHops(Command[None]):
    """A standing authorisation for one case: representatives' next hops are issued at once."""

    title: ClassVar[Message] = msg("Authorise next hops")
    case_id: int
    granted: bool = True

    def carry_out(self, work: Work) -> None:
        case = case_of(work, self.case_id)
        case.authorised_by = work.person().id if self.granted else None
        case.authorised_at = work.now if self.granted else None
        work.tell(
            msg("Next hops in this case are issued by the representative's key")
            if self.granted
            else msg("Next hops in this case need an officer again")
        )


@dataclass(frozen=True, kw_only=True)
class WriteNote(Command[int]):
    """A remark on a case or leg; institutions named with @CODE, @name (or @all) may read it."""

    title: ClassVar[Message] = msg("Write a note")
    text: str
    case_id: int | None = None
    leg_id: int | None = None

    def carry_out(self, work: Work) -> int:
        text = clean_text(self.text, 2000, field="note")
        if not text:
            raise BadInput(msg("The note is empty. Nothing was saved."), field="note")
        leg = leg_of(work, self.leg_id) if self.leg_id is not None else None
        case = case_of(work, leg.case_id if leg is not None else (self.case_id or 0))
        seats = work.session.scalars(select(Institution).where(Institution.active.is_(True))).all()
        named = {code.upper() for code in re.findall(r"(?<![A-Za-z0-9._-])@([A-Za-z0-9_]+)", text)}
        addressed = sorted(
            seat.code
            for seat in seats
            # Whoever types a whole name in place of the code means it, too.
            if seat.code in named or "ALL" in named or f"@{seat.name_zh}" in text
        )
        note = work.add(
            Note(
                case_id=case.id,
                leg_id=leg.id if leg is not None else None,
                author_id=work.person().id,
                institution_code=work.actor.institution,
                addressed="," + ",".join(addressed) + "," if addressed else "",
                text=text,
                recorded_at=work.now,
            )
        )
        work.tell(msg("Note written"))
        return note.id
