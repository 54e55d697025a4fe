"""What people see of giving money back: frozen money without a plan, plans, notices, orders without a receipt."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from liaison_desk.core.ledger import Bucket
from liaison_desk.core.returns import Plan
from liaison_desk.core.tracing import Rule
from liaison_desk.core.words import Message
from liaison_desk.desk import scope
from liaison_desk.desk.return_orders import order_of
from liaison_desk.desk.return_plans import UNDER_WAY, lines_of, plan_of
from liaison_desk.desk.return_proposals import committed, proposal
from liaison_desk.desk.return_rows import OrderRow, PlanLine, PlanRow, named, names_of, order_rows, plan_rows
from liaison_desk.desk.work import Work
from liaison_desk.store.models import Account, Case, Hold, LedgerEntry
from liaison_desk.store.payouts import ReturnOrder, ReturnPlan


@dataclass(frozen=True)
class FrozenRow:
    """Frozen money that no plan gives back yet. ``fen``: what is frozen and not ordered."""

    hold_id: int
    case_id: int
    case_number: str
    account: str
    holder: str | Message
    institution: str
    fen: int
    frozen_at: datetime
    age: timedelta
    ends_at: datetime


@dataclass(frozen=True)
class PlanDetail:
    row: PlanRow
    lines: tuple[PlanLine, ...]
    splits: Mapping[Rule, Mapping[str, int]]
    """The four splits on which the plan rests, by name."""
    stays: int
    """What of the frozen money the plan leaves frozen."""


@dataclass(frozen=True)
class ReturnsBoard:
    """Everything about giving back that waits for somebody, the oldest first."""

    unplanned: tuple[FrozenRow, ...]
    plans: tuple[PlanRow, ...]
    orders: tuple[OrderRow, ...]
    """At the bank and without a receipt, the next due first."""


@dataclass(frozen=True)
class ProposalView:
    """What may be returned from a hold, by name, before anybody decides; amounts in fen."""

    hold_id: int
    account: str
    holder: str | Message
    institution: str
    verdict: str
    available: int
    splits: Mapping[Rule, Mapping[str, int]]
    direct: tuple[PlanLine, ...]
    direct_left: int
    proportional: tuple[PlanLine, ...]
    proportional_left: int


def returns_board(work: Work, case_id: int | None = None) -> ReturnsBoard:
    """Frozen money without a plan, plans under way, orders without a receipt; of one case or of all, no drills."""
    return ReturnsBoard(
        unplanned=_unplanned(work, case_id),
        plans=_plans(work, case_id),
        orders=_orders(work, case_id),
    )


def return_proposal(work: Work, hold_id: int, rule: Rule | None = None) -> ProposalView:
    """The verdict, the four splits and both ways to share, as if planned now."""
    hold = scope.hold_of(work, hold_id)
    found = proposal(work, hold, rule)
    account = work.find(Account, hold.account_id)
    look = scope.eyes(work)
    names = names_of(work, [int(loss.victim) for loss in found.losses])

    def lines(plan: Plan) -> tuple[PlanLine, ...]:
        return tuple(
            PlanLine(
                victim_id=int(line.victim),
                victim=names[int(line.victim)][0],
                case_number=names[int(line.victim)][1],
                outstanding=line.outstanding,
                computed=line.computed,
                amount=line.amount,
                reason="",
                order=None,
            )
            for line in plan.lines
        )

    return ProposalView(
        hold_id=hold.id,
        account=look.number(account),
        holder=look.holder(account),
        institution=hold.institution_code or "",
        verdict=found.verdict,
        available=found.available,
        splits=named(work, {rule: dict(split) for rule, split in found.splits.items()}),
        direct=lines(found.direct),
        direct_left=found.direct.left,
        proportional=lines(found.proportional),
        proportional_left=found.proportional.left,
    )


def return_plan(work: Work, plan_id: int) -> PlanDetail:
    """One plan with its lines, orders and the splits it rests on."""
    plan = plan_of(work, plan_id)
    row = plan_rows(work, [plan])[0]
    rows = lines_of(work, plan.id)
    names = names_of(work, [line.victim_id for line in rows])
    orders = {
        order.victim_id: order
        for order in order_rows(
            work,
            work.session.scalars(
                select(ReturnOrder)
                .where(ReturnOrder.plan_id == plan.id, ReturnOrder.voided_at.is_(None))
                .order_by(ReturnOrder.id)
            ).all(),
        )
    }
    content = json.loads(plan.content) if plan.content else {"splits": {}}
    return PlanDetail(
        row=row,
        lines=tuple(
            PlanLine(
                victim_id=line.victim_id,
                victim=names[line.victim_id][0],
                case_number=names[line.victim_id][1],
                outstanding=line.outstanding,
                computed=line.computed,
                amount=line.amount,
                reason=line.reason,
                order=orders.get(line.victim_id),
            )
            for line in rows
        ),
        splits=named(work, {Rule(rule): split for rule, split in content["splits"].items()}),
        stays=plan.frozen - sum(line.amount for line in rows),
    )


def return_order(work: Work, order_id: int) -> OrderRow:
    """One order, for the police and for the bank that carries it out, in full for both."""
    return order_rows(work, [order_of(work, order_id)])[0]


# --- inside


def _unplanned(work: Work, case_id: int | None) -> tuple[FrozenRow, ...]:
    planned = select(ReturnPlan.hold_id).where(ReturnPlan.state.in_(UNDER_WAY))
    frozen_at = (
        select(LedgerEntry.hold_id, func.min(LedgerEntry.happened_at).label("at"))
        .where(LedgerEntry.target == Bucket.FROZEN, LedgerEntry.reverses_id.is_(None))
        .group_by(LedgerEntry.hold_id)
        .subquery()
    )
    query = (
        select(Hold, Account, Case.number, frozen_at.c.at)
        .join(Account, Account.id == Hold.account_id)
        .join(Case, Case.id == Hold.case_id)
        .join(frozen_at, frozen_at.c.hold_id == Hold.id)
        .where(
            Hold.frozen > 0,
            Hold.drill.is_(False),
            Hold.ends_at > work.now,
            Hold.id.not_in(planned),
            scope.visible_holds(work.actor),
        )
        .order_by(frozen_at.c.at, Hold.id)
    )
    if case_id is not None:
        query = query.where(Hold.case_id == case_id)
    look = scope.eyes(work)
    made = []
    for hold, account, number, at in work.session.execute(query):
        fen = hold.frozen - committed(work, hold_id=hold.id)
        if fen > 0:
            made.append(
                FrozenRow(
                    hold_id=hold.id,
                    case_id=hold.case_id,
                    case_number=number,
                    account=look.number(account),
                    holder=look.holder(account),
                    institution=hold.institution_code or "",
                    fen=fen,
                    frozen_at=at,
                    age=work.now - at,
                    ends_at=hold.ends_at,
                )
            )
    return tuple(made)


def _plans(work: Work, case_id: int | None) -> tuple[PlanRow, ...]:
    query = (
        select(ReturnPlan)
        .where(scope.visible_cases(work.actor, ReturnPlan.case_id))
        .order_by(ReturnPlan.recorded_at, ReturnPlan.id)
    )
    if case_id is None:
        query = query.where(ReturnPlan.state.in_(UNDER_WAY), ReturnPlan.drill.is_(False))
    else:
        query = query.where(ReturnPlan.case_id == case_id)
    return tuple(plan_rows(work, list(work.session.scalars(query))))


def _orders(work: Work, case_id: int | None) -> tuple[OrderRow, ...]:
    query = (
        select(ReturnOrder)
        .where(scope.visible_cases(work.actor, ReturnOrder.case_id))
        .order_by(ReturnOrder.due_at, ReturnOrder.id)
    )
    if case_id is None:
        query = query.where(
            ReturnOrder.paid_at.is_(None), ReturnOrder.voided_at.is_(None), ReturnOrder.drill.is_(False)
        )
    else:
        query = query.where(ReturnOrder.case_id == case_id)
    return tuple(order_rows(work, list(work.session.scalars(query))))
