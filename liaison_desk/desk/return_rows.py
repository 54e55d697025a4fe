"""The rows in which plans and orders of return are shown, already masked for the reader."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from liaison_desk.core.tracing import OTHER, Rule
from liaison_desk.core.words import Message, msg
from liaison_desk.desk import scope
from liaison_desk.desk.receipts import APPROVED
from liaison_desk.desk.return_plans import NOTICE, PLANNED
from liaison_desk.desk.return_proposals import DIRECT
from liaison_desk.desk.work import Work
from liaison_desk.store.beside import Objection
from liaison_desk.store.models import Account, Case, Hold, Leg, Person, Victim
from liaison_desk.store.payouts import ReturnLine, ReturnOrder, ReturnPlan


@dataclass(frozen=True)
class OrderRow:
    """One order to a bank. ``due_at``: the end of its three working days."""

    id: int
    version: int
    number: str
    plan_id: int
    plan_number: str
    case_id: int
    case_number: str
    leg_id: int | None
    leg_number: str
    institution: str
    account: str
    victim_id: int
    victim: str
    fen: int
    to_bank: str
    to_name: str
    to_number: str
    officer: str
    officer_number: str
    co_officer: str
    co_officer_number: str
    happened_at: datetime
    due_at: datetime
    overdue: bool
    paid_at: datetime | None
    serial: str
    paid_by: str
    voided_at: datetime | None
    void_reason: str


@dataclass(frozen=True)
class PlanRow:
    """One plan; amounts in fen. ``next_step``: what it waits for."""

    id: int
    version: int
    number: str
    case_id: int
    case_number: str
    hold_id: int
    account: str
    holder: str | Message
    institution: str
    kind: str
    verdict: str
    state: str
    frozen: int
    total: int
    ordered: int
    paid: int
    victims: int
    notice_from: datetime | None
    notice_until: datetime | None
    notice_where: str
    objections: int
    """Objections to it that nobody has decided yet."""
    planned_by: str
    planned_by_id: int
    approved_by: str
    approved_at: datetime | None
    recorded_at: datetime
    reason: str
    replaces: str
    end_reason: str
    next_step: Message


@dataclass(frozen=True)
class PlanLine:
    """One victim's line; ``computed`` is what the rule gave, ``amount`` what is paid."""

    victim_id: int
    victim: str
    case_number: str
    outstanding: int
    computed: int
    amount: int
    reason: str
    order: OrderRow | None


def plan_rows(work: Work, plans: list[ReturnPlan]) -> list[PlanRow]:
    look = scope.eyes(work)
    ids = [plan.id for plan in plans]
    totals = {
        row[0]: (int(row[1]), int(row[2]))
        for row in work.session.execute(
            select(ReturnLine.plan_id, func.sum(ReturnLine.amount), func.count())
            .where(ReturnLine.plan_id.in_(ids))
            .group_by(ReturnLine.plan_id)
        )
    }
    ordered: dict[int, list[int]] = {}
    for plan_id, fen, paid_at in work.session.execute(
        select(ReturnOrder.plan_id, ReturnOrder.fen, ReturnOrder.paid_at).where(
            ReturnOrder.plan_id.in_(ids), ReturnOrder.voided_at.is_(None)
        )
    ):
        sums = ordered.setdefault(plan_id, [0, 0])
        sums[0] += fen
        sums[1] += fen if paid_at is not None else 0
    waiting = {
        row[0]: int(row[1])
        for row in work.session.execute(
            select(Objection.plan_id, func.count())
            .where(Objection.plan_id.in_(ids), Objection.decided_at.is_(None))
            .group_by(Objection.plan_id)
        )
    }
    made = []
    for plan in plans:
        hold = work.find(Hold, plan.hold_id)
        account = work.find(Account, hold.account_id)
        total, victims = totals.get(plan.id, (0, 0))
        at_bank, paid = ordered.get(plan.id, [0, 0])
        made.append(
            PlanRow(
                id=plan.id,
                version=plan.version,
                number=plan.number,
                case_id=plan.case_id,
                case_number=work.find(Case, plan.case_id).number,
                hold_id=hold.id,
                account=look.number(account),
                holder=look.holder(account),
                institution=hold.institution_code or "",
                kind=plan.kind,
                verdict=plan.verdict,
                state=plan.state,
                frozen=plan.frozen,
                total=total,
                ordered=at_bank,
                paid=paid,
                victims=victims,
                notice_from=plan.notice_from,
                notice_until=plan.notice_until,
                notice_where=plan.notice_where,
                objections=waiting.get(plan.id, 0),
                planned_by=work.find(Person, plan.planned_by).name,
                planned_by_id=plan.planned_by,
                approved_by=work.find(Person, plan.approved_by).name if plan.approved_by else "",
                approved_at=plan.approved_at,
                recorded_at=plan.recorded_at,
                reason=plan.reason,
                replaces=work.find(ReturnPlan, plan.replaces_id).number if plan.replaces_id else "",
                end_reason=plan.end_reason,
                next_step=_next_step(work, plan, waiting.get(plan.id, 0), total - at_bank),
            )
        )
    return made


def _next_step(work: Work, plan: ReturnPlan, objections: int, not_ordered: int) -> Message:
    if plan.state == PLANNED:
        return msg("A lead approves") if plan.kind == DIRECT else msg("Publish the notice")
    if plan.state == NOTICE:
        if plan.notice_until is not None and work.now < plan.notice_until:
            return msg("Wait for the notice to end")
        return msg("Decide the objections") if objections else msg("A lead approves")
    if plan.state == APPROVED:
        return msg("Order the payments") if not_ordered > 0 else msg("Wait for the bank's receipt")
    return msg("Nothing")


def order_rows(work: Work, orders: Sequence[ReturnOrder]) -> list[OrderRow]:
    look = scope.eyes(work)
    made = []
    for order in orders:
        victim = work.find(Victim, order.victim_id)
        addressee = work.actor.speaks_for(order.institution_code)
        account = work.find(Account, work.find(Hold, order.hold_id).account_id)
        leg = work.find(Leg, order.leg_id) if order.leg_id is not None else None
        made.append(
            OrderRow(
                id=order.id,
                version=order.version,
                number=order.number,
                plan_id=order.plan_id,
                plan_number=work.find(ReturnPlan, order.plan_id).number,
                case_id=order.case_id,
                case_number=work.find(Case, order.case_id).number,
                leg_id=order.leg_id,
                leg_number=leg.number if leg is not None else "",
                institution=order.institution_code or "",
                account=look.number(account, leg),
                victim_id=victim.id,
                # The bank pays this very person: as addressee it sees the name as the decision does.
                victim=victim.name if addressee and not look.mask_own else look.victim(victim),
                fen=order.fen,
                to_bank=order.to_bank,
                to_name=order.to_name,
                to_number=order.to_number,
                officer=work.find(Person, order.officer_id).name,
                officer_number=order.officer_number,
                co_officer=order.co_officer,
                co_officer_number=order.co_officer_number,
                happened_at=order.happened_at,
                due_at=order.due_at,
                overdue=order.paid_at is None and order.voided_at is None and order.due_at <= work.now,
                paid_at=order.paid_at,
                serial=order.serial,
                paid_by=order.paid_by,
                voided_at=order.voided_at,
                void_reason=order.void_reason,
            )
        )
    return made


def names_of(work: Work, victims: list[int]) -> dict[int, tuple[str, str]]:
    look = scope.eyes(work)
    return {
        victim.id: (look.victim(victim), number)
        for victim, number in work.session.execute(
            select(Victim, Case.number).join(Case, Case.id == Victim.case_id).where(Victim.id.in_(victims))
        )
    }


def named(work: Work, splits: Mapping[Rule, Mapping[str, int]]) -> dict[Rule, dict[str, int]]:
    """Splits by victims' ids as splits by names."""
    ids = {int(owner) for split in splits.values() for owner in split if owner != OTHER}
    names = names_of(work, sorted(ids))
    alone = Counter(name for name, _ in names.values())

    def shown(owner: str) -> str:
        if owner == OTHER:
            return OTHER
        name, number = names[int(owner)]
        return name if alone[name] == 1 and name != OTHER else f"{name} {number}"

    return {rule: {shown(owner): fen for owner, fen in split.items()} for rule, split in splits.items()}
