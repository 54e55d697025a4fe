"""The rows of the queue as one reader may see them: legs, and among them holds and cases as work items."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import (
    func,
    select,
)

from liaison_desk.core import ranking
from liaison_desk.core.lifecycle import OPEN, LegKind, LegState, Outcome, Urgency
from liaison_desk.core.ranking import Band, Table
from liaison_desk.core.roles import POLICE
from liaison_desk.core.words import Message
from liaison_desk.desk import possible, scope
from liaison_desk.desk.balance import out_of_balance
from liaison_desk.desk.flags import FlagMark, flags_of
from liaison_desk.desk.work import Work
from liaison_desk.store.models import Account, Answer, Case, Hold, Leg, Person, Shift


@dataclass(frozen=True)
class QueueRow:
    """One line of the queue: a leg, a hold that is about to end or has lapsed, or a case out of balance.

    Amounts in fen. ``kind`` of a case is what its officer will ask for to find the mistake.
    """

    item: Literal["leg", "hold", "case"]
    id: int
    case_id: int
    version: int
    number: str
    case_number: str
    kind: LegKind
    level: int
    institution: str
    """Code; empty while it is not known."""
    target: str
    phone: bool
    full: bool
    """Whether the reader sees target and holder in full."""
    holder: str | Message
    amount: int
    state: LegState
    outcome: Outcome | None
    urgency: Urgency
    claimed_by: str
    mine: bool
    recorded_at: datetime
    due: datetime | None
    expiry: bool
    """Whether the due time is the end of a hold rather than of somebody's work."""
    band: Band
    score: int
    reason: Message | None
    """Why it stands where it stands; for the tooltip."""
    lapsed: int = 0
    drill: bool = False
    flag: FlagMark | None = None
    can: frozenset[str] = frozenset()
    """Names of the commands that role, institution and state allow on it now."""

    @property
    def key(self) -> tuple[str, int]:
        return (self.item, self.id)


def ranking_table(work: Work) -> Table:
    """The table learnt when the running shift opened; before any, what is believed at first."""
    stored = work.session.scalar(
        select(Shift.ranking).where(Shift.ended_at.is_(None)).order_by(Shift.id.desc()).limit(1)
    )
    return Table.from_json(json.loads(stored)) if stored else ranking.probabilities(())


def rows_of_legs(work: Work, ids: list[int]) -> tuple[QueueRow, ...]:
    """The rows of these legs, in this order, as the reader may see them."""
    made = _legs(work, ids, work.now, ranking_table(work))
    return tuple(made["leg", leg_id] for leg_id in ids if ("leg", leg_id) in made)


def rows_of(work: Work, found: Iterable[Any], now: datetime, table: Table) -> tuple[QueueRow, ...]:
    items = list(found)
    legs = _legs(work, [row.id for row in items if row.item == "leg"], now, table)
    holds = _holds(work, [row.id for row in items if row.item == "hold"], now)
    wrong = _cases(work, {row.id for row in items if row.item == "case"})
    made = {**legs, **holds, **wrong}
    return tuple(made[row.item, row.id] for row in items)


def _legs(work: Work, ids: list[int], now: datetime, table: Table) -> dict[tuple[str, int], QueueRow]:
    if not ids:
        return {}
    eyes = scope.eyes(work)
    flags = flags_of(work, ids)
    newest = (
        select(Answer.leg_id, func.max(Answer.id).label("answer_id"))
        .where(Answer.leg_id.in_(ids))
        .group_by(Answer.leg_id)
        .subquery()
    )
    rows = work.session.execute(
        select(Leg, Account, Case.number, Person.name, Answer.outcome, Hold)
        .join(Account, Account.id == Leg.account_id)
        .join(Case, Case.id == Leg.case_id)
        .outerjoin(Person, Person.id == Leg.claimed_by)
        .outerjoin(newest, newest.c.leg_id == Leg.id)
        .outerjoin(Answer, Answer.id == newest.c.answer_id)
        .outerjoin(Hold, Hold.id == Leg.hold_id)
        .where(Leg.id.in_(ids))
    ).all()
    return {
        ("leg", leg.id): _leg_row(
            work, eyes, leg, account, (number, claimer or "", outcome, hold, flags.get(leg.id)), now, table
        )
        for leg, account, number, claimer, outcome, hold in rows
    }


def _leg_row(
    work: Work,
    eyes: scope.Eyes,
    leg: Leg,
    account: Account,
    beside: tuple[str, str, Outcome | None, Hold | None, FlagMark | None],
    now: datetime,
    table: Table,
) -> QueueRow:
    case_number, claimer, outcome, hold, flag = beside
    waiting = leg.state in OPEN
    band = ranking.leg_band(leg.kind, not waiting, leg.traceable, leg.next_due_at, now)
    reason, score = None, 0
    if band is Band.CATCH and leg.arrived_at is not None:
        age = ranking.age_minutes(leg.arrived_at, now)
        score = ranking.score(leg.traceable, max(leg.level, 1), age, table)
        reason = ranking.explain(leg.traceable, max(leg.level, 1), age, table)
    keeps = hold is not None and hold.stopped + hold.frozen > 0
    expiry = leg.next_due_at is None and keeps and leg.state is LegState.ANSWERED
    return QueueRow(
        item="leg",
        id=leg.id,
        case_id=leg.case_id,
        version=leg.version,
        number=leg.number,
        case_number=case_number,
        kind=leg.kind,
        level=leg.level,
        institution=leg.institution_code or "",
        target=eyes.number(account, leg),
        phone=account.phone,
        full=eyes.sees(account, leg),
        holder=eyes.holder(account, leg),
        amount=leg.asked,
        state=leg.state,
        outcome=outcome if leg.state in (LegState.ANSWERED, LegState.CLOSED) else None,
        urgency=leg.urgency,
        claimed_by=claimer,
        mine=leg.claimed_by is not None and leg.claimed_by == work.actor.person_id,
        recorded_at=leg.recorded_at,
        due=hold.ends_at if expiry and hold is not None else leg.next_due_at,
        expiry=expiry,
        band=band,
        score=score,
        reason=reason,
        drill=leg.drill,
        flag=flag,
        can=possible.on_leg(work.actor, leg),
    )


def _holds(work: Work, ids: list[int], now: datetime) -> dict[tuple[str, int], QueueRow]:
    if not ids:
        return {}
    eyes = scope.eyes(work)
    opened = (
        select(Leg.hold_id, func.min(Leg.id).label("leg_id"))
        .where(Leg.hold_id.in_(ids))
        .group_by(Leg.hold_id)
    )
    by_hold = opened.subquery()
    rows = work.session.execute(
        select(Hold, Account, Case.number, Leg)
        .join(Account, Account.id == Hold.account_id)
        .join(Case, Case.id == Hold.case_id)
        .outerjoin(by_hold, by_hold.c.hold_id == Hold.id)
        .outerjoin(Leg, Leg.id == by_hold.c.leg_id)
        .where(Hold.id.in_(ids))
    ).all()
    made = {}
    for hold, account, case_number, leg in rows:
        kept = hold.stopped + hold.frozen
        made["hold", hold.id] = QueueRow(
            item="hold",
            id=hold.id,
            case_id=hold.case_id,
            version=hold.version,
            number=leg.number if leg is not None else case_number,
            case_number=case_number,
            kind=LegKind.STOP if hold.rule == "stop" else LegKind.FREEZE,
            level=account.level,
            institution=hold.institution_code or "",
            target=eyes.number(account),
            phone=False,
            full=eyes.sees(account),
            holder=eyes.holder(account),
            amount=kept or hold.lapsed,
            state=LegState.ANSWERED,
            outcome=None,
            urgency=Urgency.URGENT,
            claimed_by="",
            mine=False,
            recorded_at=hold.recorded_at,
            due=hold.ends_at,
            expiry=True,
            band=ranking.hold_band(hold.ends_at, now),
            score=kept,
            reason=ranking.explain_hold(kept) if kept else None,
            lapsed=hold.lapsed,
            drill=hold.drill,
            can=possible.on_hold(work.actor, hold),
        )
    return made


def _cases(work: Work, ids: set[int]) -> dict[tuple[str, int], QueueRow]:
    """Cases out of balance, with how much more is accounted for than was lost."""
    if not ids:
        return {}
    missing = {wrong.case_id: wrong.missing for wrong in out_of_balance(work) if wrong.case_id in ids}
    return {
        ("case", case.id): QueueRow(
            item="case",
            id=case.id,
            case_id=case.id,
            version=case.version,
            number=case.number,
            case_number=case.number,
            kind=LegKind.TRANSACTIONS,
            level=0,
            institution=POLICE,
            target="",
            phone=False,
            full=True,
            holder="",
            amount=missing[case.id],
            state=LegState.ANSWERED,
            outcome=None,
            urgency=Urgency.NORMAL,
            claimed_by="",
            mine=False,
            recorded_at=case.recorded_at,
            due=None,
            expiry=False,
            band=Band.OVERDUE,
            score=0,
            reason=ranking.explain_case(missing[case.id]),
            drill=case.drill,
        )
        for case in work.session.scalars(select(Case).where(Case.id.in_(missing)))
    }
