"""What the office already knows of an account or phone before a request goes out (A3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from liaison_desk.core.identifiers import clean_account
from liaison_desk.core.lifecycle import LegKind, LegState, Outcome
from liaison_desk.core.phones import clean_phone
from liaison_desk.desk import accounts, scope
from liaison_desk.desk.work import Work
from liaison_desk.store.models import (
    Account,
    Answer,
    Case,
    Hold,
    Leg,
)


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


def elsewhere(work: Work, account: Account) -> tuple[Known, ...]:
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
