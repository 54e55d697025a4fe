"""Orders to the bank to pay a victim out of a hold, and the bank's receipt (回执) that writes ``returned``.

An order is one decision for one victim, brought by two officers, and stands in the bank's queue as a request of
its own with the three working days of its rule. The money stays frozen until the receipt.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import func, select

from liaison_desk.core.errors import BadInput, NotAllowed, Refused
from liaison_desk.core.identifiers import clean_account, clean_name, clean_text
from liaison_desk.core.ledger import Bucket
from liaison_desk.core.lifecycle import OPEN, LegKind, LegState, Outcome, Urgency
from liaison_desk.core.money import yuan
from liaison_desk.core.words import Message, msg
from liaison_desk.desk import scope
from liaison_desk.desk.answers import AnswerRequest
from liaison_desk.desk.clockwork import due, not_ahead
from liaison_desk.desk.issuing import move, new_leg, require_reason, series
from liaison_desk.desk.ledgerbook import outstanding
from liaison_desk.desk.receipts import APPROVED
from liaison_desk.desk.return_plans import counts_on, lines_of, plan_of
from liaison_desk.desk.return_proposals import committed
from liaison_desk.desk.work import Command, Work, not_found
from liaison_desk.store.models import Account, Case, Hold, Issued, LedgerEntry, Leg, Person
from liaison_desk.store.payouts import ReturnLine, ReturnOrder, ReturnPlan

DECISION = "刑返字"
"""The series of the document numbers of decisions to return (冻结资金返还决定书)."""
DOCUMENT = "冻结资金返还决定书"
"""The document's name stays Chinese in every language: it is what is printed."""


@dataclass(frozen=True, kw_only=True)
class OrderReturn(Command[int]):
    """The decision for one victim of an approved plan goes to the bank. Gives the order's id.

    Two officers are named with their numbers: the one who orders, and ``co_officer``.
    """

    title: ClassVar[Message] = msg("Order a return")
    plan_id: int
    victim_id: int
    to_bank: str
    to_name: str
    to_number: str
    co_officer: str
    co_officer_number: str
    officer_number: str = ""
    happened_at: datetime | None = None

    def carry_out(self, work: Work) -> int:
        plan = plan_of(work, self.plan_id)
        if plan.state != APPROVED:
            raise Refused(
                msg(
                    "{number} is not approved. Nothing was ordered; a lead approves it first.",
                    number=plan.number,
                )
            )
        line = next((row for row in lines_of(work, plan.id) if row.victim_id == self.victim_id), None)
        if line is None or line.amount <= 0:
            raise not_found(msg("This victim"))
        self._not_twice(work, plan, line)
        hold = work.find(Hold, plan.hold_id)
        if hold.ends_at <= work.now or line.amount > hold.frozen - committed(work, hold_id=hold.id):
            raise Refused(
                msg("The freeze no longer keeps this amount. Nothing was ordered; run the plan again.")
            )
        if line.amount > outstanding(work, line.victim_id) - committed(work, victim_id=line.victim_id):
            raise Refused(msg("A victim has got money back since. Nothing was changed; run the plan again."))
        at = not_ahead(work, self.happened_at, "happened_at")
        case = work.find(Case, plan.case_id)
        number = _decision_number(work, case)
        leg = new_leg(
            work,
            case,
            work.find(Account, hold.account_id),
            LegKind.RETURN,
            asked=line.amount,
            state=LegState.QUEUED if hold.institution_code else LegState.ROUTING,
            urgency=Urgency.NORMAL,
            reason=plan.reason,
            document=(DOCUMENT, number),
            co_officer=self.co_officer,
            hold_id=hold.id,
            officer_id=work.person().id,
            happened_at=at,
        )
        leg.approved_by = plan.approved_by
        order = work.add(
            ReturnOrder(
                office=case.office,
                drill=case.drill,
                number=number,
                plan_id=plan.id,
                line_id=line.id,
                case_id=case.id,
                hold_id=hold.id,
                victim_id=line.victim_id,
                institution_code=hold.institution_code,
                leg_id=leg.id,
                fen=line.amount,
                to_bank=_needed(self.to_bank, 100, "to_bank"),
                to_name=clean_name(self.to_name, field="to_name"),
                to_number=clean_account(self.to_number, field="to_number").value,
                officer_id=work.person().id,
                officer_number=self._officer_number(work),
                co_officer=_needed(self.co_officer, 100, "co_officer"),
                co_officer_number=_needed(self.co_officer_number, 40, "co_officer_number"),
                ordered_by=work.person().id,
                happened_at=at,
                recorded_at=work.now,
                due_at=due(work, "return", at),
            )
        )
        leg.due_at = leg.next_due_at = order.due_at
        work.touch("hold", hold.id)
        work.tell(msg("Return ordered: {amount}, {number}", amount=yuan(order.fen), number=number))
        return order.id

    def _not_twice(self, work: Work, plan: ReturnPlan, line: ReturnLine) -> None:
        there = work.session.scalar(
            select(ReturnOrder.number).where(ReturnOrder.line_id == line.id, ReturnOrder.voided_at.is_(None))
        )
        if there is not None:
            raise Refused(msg("{number} already orders this payment. Nothing was ordered.", number=there))

    def _officer_number(self, work: Work) -> str:
        number = clean_text(self.officer_number, 40, field="officer_number") or work.person().police_number
        if not number:
            raise BadInput(
                msg("The officers' numbers stand on the decision; type yours. Nothing was ordered."),
                field="officer_number",
            )
        return number


def _needed(text: str, most: int, field: str) -> str:
    found = clean_text(text, most, field=field)
    if not found:
        raise BadInput(msg("The decision needs this field. Nothing was ordered; fill it in."), field=field)
    return found


def _decision_number(work: Work, case: Case) -> str:
    """``×公(×)刑返字〔2026〕12号``, gap-free in its own series; drills have theirs."""
    settings, year = work.settings, work.settings.local(work.now).year
    name = series(DECISION, drill=case.drill)
    last = work.session.scalar(
        select(func.max(Issued.position)).where(Issued.series == name, Issued.year == year)
    )
    position = (last or 0) + 1
    text = settings.decision_number(year, position)
    if case.drill:
        text = f"YL{text}"
    work.add(Issued(series=name, year=year, position=position, text=text, issued_at=work.now))
    return text


@dataclass(frozen=True, kw_only=True)
class EnterReceipt(Command[int]):
    """The bank's receipt of one payment, by its representative or, on paper, by the police. Gives the ledger entry.

    ``paid_on``: the day of payment, by which it counts (money.md §1).
    """

    title: ClassVar[Message] = msg("Enter the receipt of a return")
    order_id: int
    paid_on: date
    serial: str
    paid_by: str
    paid_by_phone: str = ""
    version: int | None = None

    def carry_out(self, work: Work) -> int:
        order = order_of(work, self.order_id)
        work.seen(order, self.version)
        if not (work.actor.police or work.actor.speaks_for(order.institution_code)):
            raise NotAllowed(msg("This order belongs to another institution. Nothing was changed."))
        _still_open(order)
        settings = work.settings
        if self.paid_on > settings.local(work.now).date():
            raise BadInput(msg("This day lies in the future. Nothing was saved."), field="paid_on")
        if self.paid_on < settings.local(order.happened_at).date():
            raise BadInput(
                msg("The order is younger than this day. Nothing was saved; check the date."), field="paid_on"
            )
        serial = _needed(self.serial, 64, "serial")
        leg = work.find(Leg, order.leg_id) if order.leg_id is not None else None
        if leg is None or leg.state not in (LegState.QUEUED, LegState.CLAIMED):
            raise Refused(
                msg(
                    "The request of this order is not at the bank. Nothing was saved; look at its state first."
                )
            )
        at = counts_on(work, self.paid_on)
        AnswerRequest(
            leg_id=leg.id,
            outcome=Outcome.DONE,
            executed=order.fen,
            happened_at=max(at, order.happened_at),
            technical_reason=serial,
            person_name=self.paid_by,
            person_phone=self.paid_by_phone,
        ).carry_out(work)
        made = work.session.scalars(
            select(LedgerEntry.id).where(LedgerEntry.leg_id == leg.id, LedgerEntry.target == Bucket.RETURNED)
        ).all()
        work.touch("hold", order.hold_id)
        work.tell(msg("Returned to the victim: {amount}", amount=yuan(order.fen)))
        return made[-1]


@dataclass(frozen=True, kw_only=True)
class VoidOrder(Command[None]):
    """A lead voids an order that has not been paid; its number stays in the register with the reason."""

    title: ClassVar[Message] = msg("Void an order of return")
    order_id: int
    reason: str
    version: int | None = None

    def carry_out(self, work: Work) -> None:
        order = order_of(work, self.order_id)
        work.seen(order, self.version)
        _still_open(order)
        reason = clean_text(require_reason(self.reason), 255, field="reason")
        order.voided_at, order.void_reason = work.now, reason
        number = work.session.scalars(select(Issued).where(Issued.text == order.number)).one()
        number.voided_at, number.void_reason = work.now, reason
        if order.leg_id is not None:
            leg = work.find(Leg, order.leg_id)
            if leg.state in OPEN:
                move(work, leg, LegState.WITHDRAWN, reason=reason)
        work.touch("hold", order.hold_id)
        work.tell(msg("Order voided: {number}", number=order.number))


def order_of(work: Work, order_id: int) -> ReturnOrder:
    """The order, if its case exists for the reader; a representative's only the own institution's."""
    order = work.session.get(ReturnOrder, order_id)
    if order is None:
        raise not_found(msg("This order"))
    scope.case_of(work, order.case_id)
    if not (work.actor.sees_all or work.actor.speaks_for(order.institution_code)):
        raise not_found(msg("This order"))
    return order


def _still_open(order: ReturnOrder) -> None:
    if order.paid_at is not None:
        raise Refused(msg("{number} has been paid already. Nothing was changed.", number=order.number))
    if order.voided_at is not None:
        raise Refused(msg("{number} has been voided. Nothing was changed.", number=order.number))


def officer_name(work: Work, person_id: int) -> str:
    return work.find(Person, person_id).name
