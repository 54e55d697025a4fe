"""What a bank's receipt (回执) does to its order and plan, and what its reversal takes back."""

from __future__ import annotations

from sqlalchemy import select

from liaison_desk.desk.work import Work
from liaison_desk.store.models import Answer, LedgerEntry, Leg
from liaison_desk.store.payouts import ReturnLine, ReturnOrder, ReturnPlan

APPROVED, DONE = "approved", "done"
"""States of a plan between which receipts move it."""


def order_behind(work: Work, leg: Leg) -> ReturnOrder | None:
    """The order that a request to return carries out; None for one entered before there were orders."""
    return work.session.scalar(
        select(ReturnOrder).where(ReturnOrder.leg_id == leg.id, ReturnOrder.voided_at.is_(None))
    )


def paid(work: Work, order: ReturnOrder, answer: Answer, entry: LedgerEntry) -> None:
    """The order is paid by this ledger entry; the plan is done with its last line that pays anything."""
    order.paid_at, order.receipt_at = entry.happened_at, work.now
    order.serial, order.paid_by = answer.technical_reason[:64], answer.person_name
    order.receipt_by, order.ledger_id = work.person().id, entry.id
    work.session.flush()
    plan = work.find(ReturnPlan, order.plan_id)
    settled = set(
        work.session.scalars(
            select(ReturnOrder.line_id).where(
                ReturnOrder.plan_id == plan.id, ReturnOrder.paid_at.is_not(None)
            )
        )
    )
    owed = work.session.scalars(
        select(ReturnLine.id).where(ReturnLine.plan_id == plan.id, ReturnLine.amount > 0)
    )
    if plan.state == APPROVED and settled.issuperset(owed):
        plan.state, plan.ended_at = DONE, work.now


def taken_back(work: Work, entry: LedgerEntry) -> None:
    """A return that was entered wrongly is not paid: its order is open again, and so is its plan."""
    order = work.session.scalar(select(ReturnOrder).where(ReturnOrder.ledger_id == entry.id))
    if order is None:
        return
    order.paid_at = order.receipt_at = order.receipt_by = order.ledger_id = None
    plan = work.find(ReturnPlan, order.plan_id)
    if plan.state == DONE:
        plan.state, plan.ended_at = APPROVED, None
