"""An answered request closes by itself as soon as nothing hangs on it (rules.md, "States of a leg").

What may hang on it: money held or still to be traced on its account, a lapse that nobody has taken note of, a
next hop that waits for an officer, a document owed, the institution's own word after an answer by telephone,
or a decision of the officer's, where what was asked could not be done.
"""

from __future__ import annotations

from sqlalchemy import or_, select

from liaison_desk.core.lifecycle import CATCHING, LegKind, LegState, Outcome
from liaison_desk.desk.accounts import refresh_traceable
from liaison_desk.desk.issuing import move
from liaison_desk.desk.work import Work
from liaison_desk.store.models import Account, Answer, Hold, Hop, Leg

FOR_OFFICERS = frozenset({LegKind.TRANSACTIONS, LegKind.WATCH, LegKind.RETURN})
"""Kinds whose answer is only the beginning: an officer reads, watches or pays on, and closes."""
_ALL_DONE = frozenset({Outcome.DONE})
_ALL_KNOWN = frozenset({Outcome.DONE, Outcome.PARTLY, Outcome.ZERO, Outcome.MOVED_ON, Outcome.SPENT})
"""Of what catches money: whatever was not caught must have been traced."""


def close_settled(work: Work, account_id: int) -> None:
    """Closes the answered requests about this account on which nothing hangs any more."""
    for leg in work.session.scalars(
        select(Leg).where(Leg.account_id == account_id, Leg.state == LegState.ANSWERED).order_by(Leg.id)
    ).all():
        if not hangs(work, leg):
            move(work, leg, LegState.CLOSED)


def close_settled_before(work: Work, account_id: int) -> None:
    """The same one hop back: a next hop to this account waits no longer."""
    sources = select(Hop.from_account_id).where(Hop.to_account_id == account_id, Hop.voided_at.is_(None))
    for source in work.session.scalars(sources.distinct()).all():
        if source != account_id:
            close_settled(work, source)


def hangs(work: Work, leg: Leg) -> bool:
    """Whether anything still hangs on an answered request."""
    answer = work.session.scalar(
        select(Answer).where(Answer.leg_id == leg.id).order_by(Answer.id.desc()).limit(1)
    )
    if answer is None or leg.kind in FOR_OFFICERS or leg.document_due_at is not None:
        return True
    if answer.outcome not in (_ALL_KNOWN if leg.kind in CATCHING else _ALL_DONE):
        return True
    if answer.by_telephone and answer.confirmed_at is None:
        return True
    return leg.kind in CATCHING and _money_hangs(work, leg)


def _money_hangs(work: Work, leg: Leg) -> bool:
    waiting = select(Leg.id).where(
        Leg.state == LegState.PROPOSED,
        Leg.account_id.in_(
            select(Hop.to_account_id).where(
                Hop.from_account_id == leg.account_id,
                Hop.to_account_id.is_not(None),
                Hop.voided_at.is_(None),
            )
        ),
    )
    held = select(Hold.id).where(
        Hold.account_id == leg.account_id,
        or_(Hold.stopped + Hold.frozen > 0, (Hold.lapsed > 0) & Hold.acknowledged_at.is_(None)),
    )
    return (
        work.session.scalar(held.limit(1)) is not None
        or work.session.scalar(waiting.limit(1)) is not None
        or refresh_traceable(work, work.find(Account, leg.account_id)) > 0
    )
