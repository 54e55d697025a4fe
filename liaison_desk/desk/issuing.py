"""How a leg comes to stand in a queue, and the one place where its state changes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from liaison_desk.core.clocks import paused_due
from liaison_desk.core.errors import BadInput
from liaison_desk.core.identifiers import clean_text
from liaison_desk.core.lifecycle import (
    CARRIER,
    CATCHING,
    KIND_WORDS,
    NEED_APPROVAL,
    ON_MONEY,
    OPEN,
    RELEASES,
    SERIES,
    STOPS,
    LegKind,
    LegState,
    Urgency,
    impossible,
    require,
)
from liaison_desk.core.words import msg
from liaison_desk.desk import accounts, index
from liaison_desk.desk.clockwork import due
from liaison_desk.desk.work import Work
from liaison_desk.store.models import Account, Case, Leg, Passage


def new_leg(
    work: Work,
    case: Case,
    account: Account,
    kind: LegKind,
    *,
    asked: int,
    state: LegState | None = None,
    urgency: Urgency = Urgency.URGENT,
    reason: str = "",
    remark: str = "",
    document: tuple[str, str] = ("", ""),
    co_officer: str = "",
    payment_id: int | None = None,
    hold_id: int | None = None,
    officer_id: int | None = None,
    authorised_by: int | None = None,
    proposed: bool = False,
    happened_at: datetime | None = None,
) -> Leg:
    """A numbered leg in its first state: queued, to be routed, or waiting for approval.

    Raises BadInput for an amount that does not fit the kind, Refused for a stop too many.
    """
    if account.phone != (kind in CARRIER):
        raise BadInput(
            msg(
                "{kind} does not fit this target. Nothing was saved; choose another kind.",
                kind=KIND_WORDS[kind],
            ),
            field="kind",
        )
    if kind in ON_MONEY and asked <= 0:
        raise BadInput(msg("The amount must be more than 0. Nothing was saved."), field="amount")
    if kind in STOPS:
        accounts.require_stop_left(work, account)
    leg = Leg(
        office=case.office,
        drill=case.drill,
        number=work.next_number(series(SERIES[kind], drill=case.drill)),
        kind=kind,
        state=LegState.PROPOSED if proposed else LegState.DRAFT,
        urgency=urgency,
        case_id=case.id,
        account_id=account.id,
        payment_id=payment_id,
        hold_id=hold_id,
        institution_code=account.institution_code,
        level=account.level,
        asked=asked if kind in ON_MONEY else 0,
        reason=clean_text(reason, 255, field="reason"),
        remark=clean_text(remark, 2000, field="remark"),
        document_kind=clean_text(document[0], 64, field="document_kind"),
        document_number=clean_text(document[1], 64, field="document_number"),
        officer_id=officer_id or case.officer_id,
        co_officer=clean_text(co_officer, 100, field="co_officer"),
        proposed_by=work.actor.person_id if proposed or authorised_by else None,
        proposed_institution=work.actor.institution if proposed or authorised_by else None,
        authorised_by=authorised_by,
        happened_at=happened_at or work.now,
        recorded_at=work.now,
    )
    work.add(leg)
    index.keep(work, index.of_leg(leg))
    if not proposed:
        move(work, leg, state or first_state(leg))
    if kind in CATCHING:
        accounts.refresh_traceable(work, account)
    return leg


def series(letters: str, *, drill: bool) -> str:
    """The series a number is drawn from; drills have series of their own (rules.md, Numbers)."""
    return f"YL{letters}" if drill else letters


def first_state(leg: Leg) -> LegState:
    """Where a leg goes when it is issued (rules.md, states)."""
    if leg.kind in NEED_APPROVAL and leg.approved_by is None:
        return LegState.APPROVAL
    return LegState.QUEUED if leg.institution_code else LegState.ROUTING


def open_catching(work: Work, account: Account) -> Leg | None:
    """The leg that already asks for this account's money, if one is not answered yet."""
    return work.session.scalar(
        select(Leg)
        .where(
            Leg.account_id == account.id,
            Leg.kind.in_(CATCHING),
            Leg.state.in_((*OPEN, LegState.PROPOSED)),
        )
        .order_by(Leg.id)
        .limit(1)
    )


def open_stop(work: Work, account: Account) -> Leg | None:
    """The stop that is on its way to this account and not answered yet, an issued one first."""
    return work.session.scalar(
        select(Leg)
        .where(
            Leg.account_id == account.id,
            Leg.kind == LegKind.STOP,
            Leg.state.in_((*OPEN, LegState.PROPOSED)),
        )
        .order_by(Leg.state == LegState.PROPOSED, Leg.id)
        .limit(1)
    )


def move(work: Work, leg: Leg, state: LegState, *, institution: str | None = None, reason: str = "") -> None:
    """Takes a leg to a state, or to another institution: clocks and counts follow from it.

    ``institution`` reroutes. Raises Refused when the table of states does not allow it.
    """
    before, institution_before = leg.state, leg.institution_code
    require(before, state, leg.number)
    leg.state = state
    if institution is not None:
        leg.institution_code = institution
    if reason or state in (LegState.QUEUED, LegState.ANSWERED):
        leg.state_reason = reason
    rerouted = before in OPEN and institution is not None and institution != institution_before
    _set_clocks(work, leg, before, restart=rerouted and before is not LegState.ROUTING)
    _count(work, leg, before in OPEN, state in OPEN, institution_before if rerouted else leg.institution_code)
    work.session.flush()


def _set_clocks(work: Work, leg: Leg, before: LegState, *, restart: bool) -> None:
    state, now = leg.state, work.now
    if state is LegState.QUEUED:
        leg.claimed_by = leg.claimed_at = None
        leg.claim_due_at = due(work, "claim", now)
        leg.queued_at = now
        if before is LegState.CORRECTION and leg.paused_at and leg.due_at and not restart:
            leg.due_at = paused_due(leg.due_at, leg.paused_at, now)
        elif before is LegState.CLAIMED and not restart:
            pass  # A released claim does not give the answer more time.
        elif before is not LegState.ROUTING or leg.due_at is None:
            leg.due_at = due(work, answer_clock(leg.kind), now)
        leg.next_due_at = min(moment for moment in (leg.claim_due_at, leg.due_at) if moment)
        leg.paused_at = leg.answered_at = leg.ended_at = None
    elif state is LegState.ROUTING:
        leg.claimed_by = leg.claimed_at = None
        if leg.due_at is None or restart:
            leg.due_at = due(work, answer_clock(leg.kind), now)
        leg.next_due_at = leg.due_at
    elif state is LegState.CLAIMED:
        leg.claimed_by, leg.claimed_at = work.actor.person_id, now
        leg.next_due_at = leg.due_at
    elif state is LegState.CORRECTION:
        leg.paused_at, leg.next_due_at = now, None
    elif state in (LegState.ANSWERED, LegState.WITHDRAWN, LegState.VOIDED, LegState.CLOSED):
        leg.next_due_at = None
        if state is LegState.ANSWERED:
            leg.answered_at = now
        if leg.ended_at is None:
            leg.ended_at = now
    _owe_document(work, leg, before)


def answer_clock(kind: LegKind) -> str:
    """The rule by which the answer is due: a release has its own three days, a return three working days."""
    if kind is LegKind.RETURN:
        return "return"
    return "release" if kind in RELEASES else "answer"


def _owe_document(work: Work, leg: Leg, before: LegState) -> None:
    """A stop or freeze that goes out without the number of its document owes it from then on (后补)."""
    if leg.document_number or leg.state in (LegState.WITHDRAWN, LegState.VOIDED):
        leg.document_due_at = None
    elif leg.kind in CATCHING and before in (LegState.DRAFT, LegState.PROPOSED) and leg.state in OPEN:
        leg.document_due_at = due(work, "missing_document", work.now)


def _count(work: Work, leg: Leg, was_open: bool, is_open: bool, institution_before: str | None) -> None:
    moved_out = was_open and (not is_open or institution_before != leg.institution_code)
    moved_in = is_open and (not was_open or institution_before != leg.institution_code)
    for happened, code, step in ((moved_out, institution_before, -1), (moved_in, leg.institution_code, 1)):
        if happened:
            work.session.add(
                Passage(
                    leg_id=leg.id,
                    institution_code=code,
                    step=step,
                    entry_id=work.entry_id,
                    recorded_at=work.now,
                )
            )


def require_reason(reason: str) -> str:
    """A reason somebody can read later, or BadInput."""
    text = clean_text(reason, 255, field="reason")
    if not text:
        raise BadInput(msg("Give a reason in a few words. Nothing was changed."), field="reason")
    return text


def require_state(leg: Leg, *states: LegState) -> None:
    """Raises Refused, naming the leg and its state, unless it is in one of these."""
    if leg.state not in states:
        raise impossible(leg.number, leg.state)
