"""Whose money may stand under a hold: the victims of every case on that account, whichever case opened the hold."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, or_, select

from liaison_desk.desk import scope
from liaison_desk.desk.attributions import standing
from liaison_desk.desk.work import Work
from liaison_desk.store.models import Account, Case, Payment, Victim


@dataclass(frozen=True)
class HoldVictim:
    """A victim whose money may stand under a hold; amounts in fen."""

    victim_id: int
    name: str
    case_id: int
    case_number: str
    paid: int
    """Straight into the account."""
    attributed: int
    """What the hold keeps, or has returned, for them as it is said now."""


def hold_victims(work: Work, hold_id: int) -> tuple[HoldVictim, ...]:
    """The identified victims of every visible case in which the hold's account number stands, by report.

    money.md §2: a hold secures all identified victims of the office whose money stands on that account.
    """
    hold = scope.hold_of(work, hold_id)
    number = work.find(Account, hold.account_id).number
    attributed: dict[int, int] = {}
    for row in standing(work, hold):
        attributed[row.victim_id] = attributed.get(row.victim_id, 0) + row.fen
    here = select(Account.id).where(Account.number == number, Account.phone.is_(False))
    paid = {
        victim_id: int(fen)
        for victim_id, fen in work.session.execute(
            select(Payment.victim_id, func.sum(Payment.fen))
            .where(Payment.account_id.in_(here), Payment.voided_at.is_(None))
            .group_by(Payment.victim_id)
        )
    }
    concerned = select(Account.case_id).where(Account.id.in_(here))
    eyes = scope.eyes(work)
    rows = work.session.execute(
        select(Victim, Case.number)
        .join(Case, Case.id == Victim.case_id)
        .where(
            or_(Case.id.in_(concerned), Victim.id.in_(attributed)),
            Case.drill.is_(hold.drill),
            scope.visible_cases(work.actor),
        )
        .order_by(Case.happened_at, Victim.id)
    )
    return tuple(
        HoldVictim(
            victim_id=victim.id,
            name=eyes.victim(victim),
            case_id=victim.case_id,
            case_number=case_number,
            paid=paid.get(victim.id, 0),
            attributed=attributed.get(victim.id, 0),
        )
        for victim, case_number in rows
    )
