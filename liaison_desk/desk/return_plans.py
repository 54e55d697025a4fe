"""Plans of returning frozen money: proposed from the tracing, decided by an officer, noticed, approved (money.md §5).

A plan belongs to one hold. What has been paid or ordered is committed and never taken back: planning again shares
what is left. A changed line keeps both figures; a re-run replaces the plan and says why.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import ClassVar

from sqlalchemy import func, select

from liaison_desk.core import ledger
from liaison_desk.core.errors import BadInput, NotAllowed, Refused
from liaison_desk.core.identifiers import clean_text
from liaison_desk.core.returns import Line, Plan
from liaison_desk.core.tracing import Rule
from liaison_desk.core.words import Message, msg
from liaison_desk.desk import attributions, scope
from liaison_desk.desk.clockwork import due
from liaison_desk.desk.issuing import require_reason, series
from liaison_desk.desk.ledgerbook import outstanding
from liaison_desk.desk.receipts import APPROVED, DONE
from liaison_desk.desk.return_proposals import DIRECT, PROPORTIONAL, UNTRACED, Proposal, committed, proposal
from liaison_desk.desk.traces import adopt, evidence_of
from liaison_desk.desk.work import Command, Work, not_found
from liaison_desk.store.audit import canonical
from liaison_desk.store.beside import Objection
from liaison_desk.store.models import Case, Hold, Victim
from liaison_desk.store.payouts import ReturnLine, ReturnOrder, ReturnPlan

PLANNED, NOTICE, WITHDRAWN, REPLACED = "planned", "notice", "withdrawn", "replaced"
UNDER_WAY = (PLANNED, NOTICE, APPROVED)

KIND_WORDS: Mapping[str, Message] = {
    DIRECT: msg("Direct return"),
    PROPORTIONAL: msg("Proportional return"),
    UNTRACED: msg("Not traced"),
}
STATE_WORDS: Mapping[str, Message] = {
    PLANNED: msg("Plan made"),
    NOTICE: msg("Public notice running"),
    APPROVED: msg("Approved"),
    DONE: msg("Returned"),
    WITHDRAWN: msg("Withdrawn"),
    REPLACED: msg("Replaced"),
}
PLAN_SERIES = "FA"
"""Return plans (返还方案) are numbered in a series of their own, beside the requests to banks (FH)."""


def lines_of(work: Work, plan_id: int) -> list[ReturnLine]:
    """A plan's lines in order of report."""
    return list(
        work.session.scalars(
            select(ReturnLine).where(ReturnLine.plan_id == plan_id).order_by(ReturnLine.position)
        )
    )


def plan_of(work: Work, plan_id: int) -> ReturnPlan:
    """The plan, if its case exists for the reader."""
    plan = work.session.scalar(
        select(ReturnPlan).where(
            ReturnPlan.id == plan_id, scope.visible_cases(work.actor, ReturnPlan.case_id)
        )
    )
    if plan is None:
        raise not_found(msg("This plan"))
    return plan


def _require(plan: ReturnPlan, *states: str) -> None:
    if plan.state not in states:
        raise Refused(
            msg(
                "{number} is {state}; this step is not possible. Nothing was changed.",
                number=plan.number,
                state=STATE_WORDS[plan.state],
            )
        )


def _chosen(found: Proposal, kind: str) -> Plan:
    if kind == DIRECT:
        return found.direct
    if kind == PROPORTIONAL:
        return found.proportional
    raise BadInput(msg("Choose direct or proportional. Nothing was saved."), field="kind")


def _frozen_hold(work: Work, hold_id: int) -> Hold:
    hold = scope.hold_of(work, hold_id)
    if hold.rule != "freeze" or hold.frozen <= 0 or hold.ends_at <= work.now:
        raise Refused(
            msg("Only frozen money is returned, and nothing is frozen here now. Nothing was saved.")
        )
    return hold


def _add(
    work: Work, hold: Hold, kind: str, rule: str, reason: str, replaces: ReturnPlan | None
) -> ReturnPlan:
    try:
        chosen_rule = Rule(rule) if rule else Rule(work.settings.tracing_rule)
    except ValueError as error:
        raise BadInput(msg("There is no such rule of tracing. Nothing was saved."), field="rule") from error
    found = proposal(work, hold, chosen_rule)
    plan_lines = [line for line in _chosen(found, kind).lines if line.outstanding > 0]
    if not any(line.amount for line in plan_lines):
        raise Refused(
            msg(
                "Nobody has a share of this money, or every loss is covered already. Nothing was saved; "
                "trace the account first, or release it."
            )
        )
    case = work.find(Case, hold.case_id)
    if found.splits:
        # The decision rests on this tracing: what it says of holds and exits is adopted with it.
        adopt(work, case, evidence_of(work, case.id), chosen_rule, reason)
    plan = work.add(
        ReturnPlan(
            office=case.office,
            drill=case.drill,
            number=work.next_number(series(PLAN_SERIES, drill=case.drill)),
            case_id=case.id,
            hold_id=hold.id,
            kind=kind,
            verdict=found.verdict,
            rule=chosen_rule.value,
            reason=reason,
            state=PLANNED,
            frozen=found.available,
            content=canonical(
                {
                    "evidence": found.evidence,
                    "splits": {each.value: dict(split) for each, split in found.splits.items()},
                }
            ),
            planned_by=work.person().id,
            recorded_at=work.now,
            replaces_id=replaces.id if replaces is not None else None,
        )
    )
    for position, line in enumerate(plan_lines):
        work.add(
            ReturnLine(
                plan_id=plan.id,
                victim_id=int(line.victim),
                position=position,
                outstanding=line.outstanding,
                computed=line.computed,
                amount=line.amount,
            )
        )
    work.touch("hold", hold.id)
    return plan


@dataclass(frozen=True, kw_only=True)
class PlanReturn(Command[int]):
    """An officer decides how one hold's frozen money is given back. Gives the plan's id.

    ``kind``: direct or proportional, whatever the verdict; ``rule``: whose split a direct return follows.
    """

    title: ClassVar[Message] = msg("Plan a return")
    hold_id: int
    kind: str
    reason: str
    rule: str = ""

    def carry_out(self, work: Work) -> int:
        hold = _frozen_hold(work, self.hold_id)
        reason = clean_text(require_reason(self.reason), 255, field="reason")
        there = work.session.scalar(
            select(ReturnPlan.number).where(ReturnPlan.hold_id == hold.id, ReturnPlan.state.in_(UNDER_WAY))
        )
        if there is not None:
            raise Refused(
                msg(
                    "{number} already plans this money. Nothing was saved; run that plan again.", number=there
                )
            )
        plan = _add(work, hold, self.kind, self.rule, reason, None)
        work.tell(msg("Return planned: {kind}", kind=KIND_WORDS[plan.kind]))
        return plan.id


@dataclass(frozen=True, kw_only=True)
class RerunReturn(Command[int]):
    """The plan made anew, for a victim found meanwhile or new movements; what is paid stays paid.

    The old plan is replaced; a proportional one needs its notice again, since the shares have changed. Gives
    the new plan's id.
    """

    title: ClassVar[Message] = msg("Run a return plan again")
    plan_id: int
    kind: str
    reason: str
    rule: str = ""
    version: int | None = None

    def carry_out(self, work: Work) -> int:
        old = plan_of(work, self.plan_id)
        work.seen(old, self.version)
        _require(old, *UNDER_WAY)
        reason = clean_text(require_reason(self.reason), 255, field="reason")
        hold = _frozen_hold(work, old.hold_id)
        old.state, old.ended_at, old.end_reason = REPLACED, work.now, reason
        plan = _add(work, hold, self.kind, self.rule, reason, old)
        work.tell(msg("{old} run again as {new}", old=old.number, new=plan.number))
        return plan.id


@dataclass(frozen=True, kw_only=True)
class ChangeReturnLine(Command[None]):
    """An officer changes one victim's amount (fen), with a reason; the plan shows both figures."""

    title: ClassVar[Message] = msg("Change a line of a return plan")
    plan_id: int
    victim_id: int
    amount: int
    reason: str
    version: int | None = None

    def carry_out(self, work: Work) -> None:
        plan = plan_of(work, self.plan_id)
        work.seen(plan, self.version)
        # A notice names the shares: they change by running the plan again, not under the public's eyes.
        _require(plan, PLANNED)
        rows = lines_of(work, plan.id)
        there = Plan(
            tuple(
                Line(str(row.victim_id), row.outstanding, row.computed, row.amount, row.reason)
                for row in rows
            ),
            plan.frozen - sum(row.amount for row in rows),
        )
        row = next((row for row in rows if row.victim_id == self.victim_id), None)
        if row is None:
            raise not_found(msg("This victim"))
        changed = there.with_change(
            str(self.victim_id), self.amount, clean_text(self.reason, 255, field="reason")
        )
        line = next(line for line in changed.lines if line.victim == str(self.victim_id))
        row.amount, row.reason = line.amount, line.reason
        plan.version += 1
        work.tell(msg("Return plan changed by hand"))


@dataclass(frozen=True, kw_only=True)
class PublishNotice(Command[datetime]):
    """The public notice of a proportional return has appeared. Gives the end of the term for objections."""

    title: ClassVar[Message] = msg("Publish the notice of a return")
    plan_id: int
    where: str
    published_on: date
    version: int | None = None

    def carry_out(self, work: Work) -> datetime:
        plan = plan_of(work, self.plan_id)
        work.seen(plan, self.version)
        _require(plan, PLANNED)
        if plan.kind != PROPORTIONAL:
            raise Refused(msg("A direct return needs no public notice. Nothing was changed."))
        settings = work.settings
        today = settings.local(work.now).date()
        if self.published_on > today:
            raise BadInput(msg("This day lies in the future. Nothing was saved."), field="published_on")
        if self.published_on < settings.local(plan.recorded_at).date():
            raise BadInput(
                msg("The plan is younger than this day. Nothing was saved; check the date."),
                field="published_on",
            )
        where = clean_text(self.where, 255, field="where")
        if not where:
            raise BadInput(msg("Say where the notice appeared. Nothing was saved."), field="where")
        start = max(
            datetime.combine(self.published_on, time.min, tzinfo=settings.zone).astimezone(work.now.tzinfo),
            plan.recorded_at,
        )
        plan.state, plan.notice_where = NOTICE, where
        plan.notice_from, plan.notice_until = start, due(work, "notice", start)
        work.tell(msg("Notice published: {number}", number=plan.number))
        return plan.notice_until


@dataclass(frozen=True, kw_only=True)
class ApproveReturn(Command[None]):
    """A lead approves the plan; whoever planned or changed it does not.

    A proportional plan only after the last day of its notice, and when no objection is left undecided.
    """

    title: ClassVar[Message] = msg("Approve a return")
    plan_id: int
    version: int | None = None

    def carry_out(self, work: Work) -> None:
        plan = plan_of(work, self.plan_id)
        work.seen(plan, self.version)
        _require(plan, PLANNED if plan.kind == DIRECT else NOTICE)
        if plan.planned_by == work.actor.person_id:
            raise NotAllowed(msg("Whoever planned a return does not approve it. Another lead must."))
        if plan.notice_until is not None and work.now < plan.notice_until:
            raise Refused(
                msg(
                    "The public notice runs until {until}. Nothing was changed; approve it after that.",
                    until=f"{work.settings.local(plan.notice_until):%Y-%m-%d %H:%M}",
                )
            )
        waiting = work.session.scalar(
            select(func.count())
            .select_from(Objection)
            .where(Objection.plan_id == plan.id, Objection.decided_at.is_(None))
        )
        if waiting:
            raise Refused(
                msg(
                    "Objections not yet decided: {count}. Nothing was changed; decide them first.",
                    count=waiting,
                )
            )
        hold = _frozen_hold(work, plan.hold_id)
        rows = lines_of(work, plan.id)
        if sum(row.amount for row in rows) > hold.frozen - committed(work, hold_id=hold.id):
            raise Refused(
                msg("Less is frozen now than the plan returns. Nothing was changed; run the plan again.")
            )
        for row in rows:
            if row.amount > outstanding(work, row.victim_id) - committed(work, victim_id=row.victim_id):
                raise Refused(
                    msg("A victim has got money back since. Nothing was changed; run the plan again.")
                )
        plan.state, plan.approved_by, plan.approved_at = APPROVED, work.person().id, work.now
        attributions.adopt_plan(
            work,
            hold,
            {row.victim_id: row.amount + _ordered(work, hold.id, row.victim_id) for row in rows},
        )
        work.touch("hold", hold.id)
        work.tell(msg("Return approved: {number}", number=plan.number))


@dataclass(frozen=True, kw_only=True)
class WithdrawReturn(Command[None]):
    """The plan is given up, with a reason; what was paid stays paid. Not while an order is at the bank."""

    title: ClassVar[Message] = msg("Withdraw a return plan")
    plan_id: int
    reason: str
    version: int | None = None

    def carry_out(self, work: Work) -> None:
        plan = plan_of(work, self.plan_id)
        work.seen(plan, self.version)
        _require(plan, *UNDER_WAY)
        if work.session.scalar(
            select(ReturnOrder.id).where(
                ReturnOrder.plan_id == plan.id,
                ReturnOrder.paid_at.is_(None),
                ReturnOrder.voided_at.is_(None),
            )
        ):
            raise Refused(msg("An order of this plan is at the bank. Nothing was changed; void it first."))
        plan.state, plan.ended_at = WITHDRAWN, work.now
        plan.end_reason = clean_text(require_reason(self.reason), 255, field="reason")
        work.touch("hold", plan.hold_id)
        work.tell(msg("Return plan withdrawn: {number}", number=plan.number))


def _ordered(work: Work, hold_id: int, victim_id: int) -> int:
    """On its way to a victim out of a hold, by an order of an earlier plan."""
    return int(
        work.session.scalar(
            select(func.coalesce(func.sum(ReturnOrder.fen), 0)).where(
                ReturnOrder.hold_id == hold_id,
                ReturnOrder.victim_id == victim_id,
                ReturnOrder.paid_at.is_(None),
                ReturnOrder.voided_at.is_(None),
            )
        )
        or 0
    )


def counts_on(work: Work, day: date) -> datetime:
    """The instant at which something dated by day only counts (money.md §1)."""
    return ledger.counts_at(day, work.now, work.settings.zone)


def victim_of(work: Work, victim_id: int) -> Victim:
    """A victim whose case exists for the reader."""
    victim = work.session.get(Victim, victim_id)
    if victim is None:
        raise not_found(msg("This victim"))
    scope.case_of(work, victim.case_id)
    return victim
