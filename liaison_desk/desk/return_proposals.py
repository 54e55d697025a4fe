"""What may be returned from one hold, before anybody decides: verdict, splits, shares by both ways (money.md §5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select

from liaison_desk.core import returns
from liaison_desk.core.returns import Loss, Plan
from liaison_desk.core.tracing import OTHER, Comparison, Rule, compare, secured_by_holds
from liaison_desk.desk import attributions
from liaison_desk.desk.ledgerbook import outstanding
from liaison_desk.desk.traces import Evidence, evidence_of
from liaison_desk.desk.work import Work
from liaison_desk.store.models import Account, Hold
from liaison_desk.store.payouts import ReturnOrder

DIRECT, PROPORTIONAL, UNTRACED = "direct", "proportional", "untraced"
"""How money is given back; ``untraced`` is a verdict only: no movement says whose it is."""


@dataclass(frozen=True)
class Proposal:
    """What may be returned from one hold, in fen, before anybody decides. Owners are victims' ids as text."""

    verdict: str
    splits: Mapping[Rule, Mapping[str, int]]
    """By rule, whose what is left on the account is; empty where nothing is known to be there."""
    available: int
    """Frozen, less what has been ordered and not yet paid."""
    losses: tuple[Loss, ...]
    """Everybody with a share under at least one rule, in order of report, with the loss still open."""
    direct: Plan
    """By the rule that was asked for."""
    proportional: Plan
    evidence: str


def proposal(work: Work, hold: Hold, rule: Rule | None = None) -> Proposal:
    """What the tracing of everything known proposes for a hold; ``rule``: the office's default where None."""
    found = evidence_of(work, hold.case_id)
    number = work.find(Account, hold.account_id).number
    compared = compare(found.movements)
    splits = {
        each: dict(run.accounts[number].owners)
        for each, run in compared.traced.items()
        if number in run.accounts and run.accounts[number].parcels
    }
    available = hold.frozen - committed(work, hold_id=hold.id)
    sharing = _sharing(work, hold, compared, number, splits)
    losses = tuple(
        Loss(owner, max(0, outstanding(work, int(owner)) - committed(work, victim_id=int(owner))), report=at)
        for at, owner in enumerate(found.reported)
        if owner in sharing
    )
    chosen = rule or Rule(work.settings.tracing_rule)
    secured = _secured(work, hold, number, found, splits.get(chosen, {}))
    known = {loss.victim for loss in losses}
    return Proposal(
        verdict=_verdict(compared, number, splits),
        splits=splits,
        available=max(0, available),
        losses=losses,
        direct=returns.direct(
            {owner: fen for owner, fen in secured.items() if owner in known}, losses, max(0, available)
        ),
        proportional=returns.proportional(max(0, available), losses),
        evidence=found.digest,
    )


def _verdict(compared: Comparison, number: str, splits: Mapping[Rule, Mapping[str, int]]) -> str:
    if not splits:
        return UNTRACED
    return DIRECT if compared.directly_traceable.get(number, False) else PROPORTIONAL


def _sharing(
    work: Work,
    hold: Hold,
    compared: Comparison,
    number: str,
    splits: Mapping[Rule, Mapping[str, int]],
) -> frozenset[str]:
    """Victims with a share under at least one rule; where nothing is traced, those the hold is attributed to."""
    if splits:
        return compared.sharing(number)
    return frozenset(str(row.victim_id) for row in attributions.standing(work, hold))


def _secured(
    work: Work, hold: Hold, number: str, found: Evidence, owners: Mapping[str, int]
) -> Mapping[str, int]:
    """What this hold secures of a split: several holds on one account stand in the order of capture."""
    holds = work.session.scalars(
        select(Hold)
        .join(Account, Account.id == Hold.account_id)
        .where(Account.number == number, Hold.drill.is_(hold.drill))
        .order_by(Hold.starts_at, Hold.id)
    ).all()
    kept = [each.stopped + each.frozen for each in holds]
    shares = secured_by_holds(kept, {who: fen for who, fen in owners.items() if who != OTHER}, found.reported)
    return next((share for each, share in zip(holds, shares, strict=True) if each.id == hold.id), {})


def committed(work: Work, *, hold_id: int | None = None, victim_id: int | None = None) -> int:
    """Ordered and not yet paid, in fen: out of one hold, or to one victim."""
    query = select(func.coalesce(func.sum(ReturnOrder.fen), 0)).where(
        ReturnOrder.paid_at.is_(None), ReturnOrder.voided_at.is_(None)
    )
    if hold_id is not None:
        query = query.where(ReturnOrder.hold_id == hold_id)
    if victim_id is not None:
        query = query.where(ReturnOrder.victim_id == victim_id)
    return int(work.session.scalar(query) or 0)
