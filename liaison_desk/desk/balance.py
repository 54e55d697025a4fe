"""Every case balances: loss = returned + frozen + stopped + elsewhere + spent + beyond + still untraced.

The one definition for screens, papers and ``check`` (money.md §2). What is still untraced is the residual;
below 0 the case is out of balance: more is accounted for than was lost.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from liaison_desk.core.lifecycle import HopKind
from liaison_desk.desk import scope
from liaison_desk.desk.figures import VictimMoney, net, victims_money
from liaison_desk.desk.work import Work
from liaison_desk.store.beside import Elsewhere, Payback
from liaison_desk.store.models import Attribution, Case, Hop, Payment


@dataclass(frozen=True)
class Balance:
    """The money of one case's victims now, in fen."""

    loss: int
    returned: int
    frozen: int
    stopped: int
    elsewhere: int
    spent: int
    beyond: int
    """Moved beyond trace: what has been entered as such."""
    untraced: int
    """The residual; negative when the case is out of balance."""
    recovered: int = 0
    """挽损: each victim's share capped by the loss; the cases' add up to the office's."""

    @property
    def balanced(self) -> bool:
        return self.untraced >= 0


@dataclass(frozen=True)
class CaseRef:
    """A case that is out of balance, and by how much."""

    case_id: int
    number: str
    missing: int


def case_balance(work: Work, case_id: int) -> Balance:
    """The balance of a case that the caller has already let the reader see."""
    money = victims_money(work, work.now, case_id=case_id).values()
    spent = work.session.scalar(
        select(func.coalesce(func.sum(Hop.fen), 0)).where(
            Hop.case_id == case_id,
            Hop.to_account_id.is_(None),
            Hop.kind != HopKind.TRANSFER,
            Hop.voided_at.is_(None),
        )
    )
    loss = sum(one.loss for one in money)
    returned = sum(one.returned for one in money)
    elsewhere = sum(one.elsewhere for one in money)
    held = [_held(one) for one in money]
    frozen, stopped = sum(part[0] for part in held), sum(part[1] for part in held)
    known = returned + frozen + stopped + elsewhere + int(spent or 0)
    return Balance(
        loss=loss,
        returned=returned,
        frozen=frozen,
        stopped=stopped,
        elsewhere=elsewhere,
        spent=int(spent or 0),
        beyond=0,
        untraced=loss - known,
        recovered=sum(one.recovered for one in money),
    )


def _held(one: VictimMoney) -> tuple[int, int]:
    """Frozen and stopped as far as the loss is still open; more is held beyond the case."""
    left = max(0, one.loss - one.returned - one.elsewhere)
    frozen = min(one.frozen, left)
    return frozen, min(one.stopped, left - frozen)


def balance_of_case(work: Work, case_id: int) -> Balance:
    """The balance line of a case, if it exists for the reader."""
    return case_balance(work, scope.case_of(work, case_id).id)


def out_of_balance(work: Work) -> tuple[CaseRef, ...]:
    """Cases in which more is accounted for than was lost; drills are not counted.

    Sums over all cases say which ones to look at: what is returned to a victim stands in the attributions,
    and caps only make less of these.
    """
    known: dict[int, int] = {}
    gone = Hop.to_account_id.is_(None) & Hop.voided_at.is_(None)
    for case_id, fen in work.session.execute(
        select(Hop.case_id, func.sum(Hop.fen)).where(gone).group_by(Hop.case_id)
    ):
        known[case_id] = known.get(case_id, 0) + int(fen)
    for kind in (Elsewhere, Attribution):
        for case_id, fen in work.session.execute(select(kind.case_id, net(kind)).group_by(kind.case_id)):
            known[case_id] = known.get(case_id, 0) + int(fen)
    lost: dict[int, int] = {}
    for case_id, fen in work.session.execute(
        select(Payment.case_id, func.sum(Payment.fen))
        .where(Payment.voided_at.is_(None))
        .group_by(Payment.case_id)
    ):
        lost[case_id] = int(fen)
    for case_id, fen in work.session.execute(select(Payback.case_id, net(Payback)).group_by(Payback.case_id)):
        lost[case_id] = lost.get(case_id, 0) - int(fen)
    suspects = [case_id for case_id, fen in known.items() if fen > lost.get(case_id, 0)]
    made = []
    for case_id in sorted(suspects):
        case = work.find(Case, case_id)
        if case.drill:
            continue
        found = case_balance(work, case_id)
        if not found.balanced:
            made.append(CaseRef(case_id, case.number, -found.untraced))
    return tuple(made)
