"""Whose money a hold keeps, before any tracing: by the victims' payments, or by the officer's word.

Money.md §1 and §4: an attribution is an entry (hold, victim, fen, rule, run), never changed, only reversed
when another replaces it. A hold secures all identified victims of the office whose money stands on that
account, whichever case opened it; several holds on one account do so in the order of capture, each at most
what the earlier ones left. Until movements are traced, what a victim owns of an account is what they paid
straight into it, less what answers say went on from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from sqlalchemy import case as sql_case
from sqlalchemy import func, select

from liaison_desk.core.errors import BadInput
from liaison_desk.core.identifiers import clean_text
from liaison_desk.core.ledger import Bucket
from liaison_desk.core.money import largest_remainder, yuan
from liaison_desk.core.words import Message, msg
from liaison_desk.desk import scope
from liaison_desk.desk.issuing import require_reason
from liaison_desk.desk.work import Command, Work, not_found
from liaison_desk.store.beside import Payback
from liaison_desk.store.models import Account, Attribution, Case, Hold, Hop, LedgerEntry, Payment, Victim

PAYMENTS = "payments"
"""The rule by payments straight into the account."""
WORD = "word"
"""The rule by an officer's word."""
PLAN = "plan"
"""The rule by an approved plan of return."""

Shares = dict[int, int]
"""Fen by victim id, in the order of the reports."""


def renew(work: Work, number: str, at: datetime, *, drill: bool) -> None:
    """Brings the attributions of every hold on an account number to what the rules say now.

    ``at``: when that happened which changed them. What an officer has said of a hold stands; it only shrinks
    with the hold, and grows back with it when an end is taken back.
    """
    holds = work.session.scalars(
        select(Hold)
        .join(Account, Account.id == Hold.account_id)
        .where(Account.number == number, Hold.drill.is_(drill))
        .order_by(Hold.starts_at, Hold.id)
    ).all()
    if not holds:
        return
    owned = _owned(work, number, drill=drill)
    caught = {hold.id: _first_capture(work, hold) for hold in holds}
    by_word: list[tuple[Hold, Shares, str, str]] = []
    by_payments: list[Hold] = []
    for hold in holds:
        said = _said(work, hold)
        if said is None:
            by_payments.append(hold)
        else:
            by_word.append((hold, *said))
    for hold, base, by, run in by_word:
        wanted = _secures(work, hold, base)
        _take(owned, wanted)
        _settle(work, hold, wanted, by, run, max(at, caught[hold.id]))
    for hold in sorted(by_payments, key=lambda each: (caught[each.id], each.id)):
        wanted = _secures(work, hold, owned)
        _take(owned, wanted)
        _settle(work, hold, wanted, PAYMENTS, "", max(at, caught[hold.id]))


def adopt(work: Work, holds: Iterable[Hold], owners: Mapping[int, int], rule: str) -> None:
    """What an adopted tracing says of the holds on one account: fen by victim of what is left there (money.md §4).

    In the order of capture, each hold secures at most what the earlier ones left. What an officer has said of a
    hold stands, and takes its share first.
    """
    owned = in_order_of_report(work, owners)
    traced: list[Hold] = []
    for hold in holds:
        said = _said(work, hold)
        if said is not None and said[1] in (WORD, PLAN):
            _take(owned, _secures(work, hold, said[0]))
        else:
            traced.append(hold)
    caught = {hold.id: _first_capture(work, hold) for hold in traced}
    for hold in sorted(traced, key=lambda each: (caught[each.id], each.id)):
        wanted = _secures(work, hold, owned)
        _take(owned, wanted)
        _settle(work, hold, wanted, rule, str(work.entry_id), caught[hold.id], anew=True)


def adopt_plan(work: Work, hold: Hold, shares: Mapping[int, int]) -> None:
    """An approved plan of return replaces what was said of a hold: fen by victim, beside what was returned before."""
    wanted = _returned(work, hold)
    for victim, fen in shares.items():
        wanted[victim] = wanted.get(victim, 0) + fen
    wanted = {victim: fen for victim, fen in in_order_of_report(work, wanted).items() if fen}
    _settle(work, hold, wanted, PLAN, str(work.entry_id), _first_capture(work, hold), anew=True)


def renew_hold(work: Work, hold: Hold, at: datetime) -> None:
    """``renew`` for the account that this hold is on."""
    renew(work, work.find(Account, hold.account_id).number, at, drill=hold.drill)


def renew_account(work: Work, account: Account, at: datetime) -> None:
    """``renew`` after a payment into the account, or money that went on from it, became known."""
    if not account.phone:
        renew(work, account.number, at, drill=work.find(Case, account.case_id).drill)


def in_order_of_report(work: Work, victims: Mapping[int, int]) -> Shares:
    """The same amounts, the victim who reported earlier first (ties of a largest remainder go to them)."""
    order = work.session.scalars(
        select(Victim.id)
        .join(Case, Case.id == Victim.case_id)
        .where(Victim.id.in_(victims))
        .order_by(Case.happened_at, Victim.id)
    )
    return {victim: victims[victim] for victim in order}


def split(total: int, weights: Mapping[int, int]) -> Shares:
    """``total`` fen between the victims in proportion, at most what they have together."""
    fen = min(total, sum(weights.values()))
    return dict(zip(weights, largest_remainder(max(0, fen), list(weights.values())), strict=True))


def standing(work: Work, hold: Hold) -> list[Attribution]:
    """The attributions of a hold that no other has reversed."""
    reversed_ids = select(Attribution.reverses_id).where(Attribution.reverses_id.is_not(None))
    return list(
        work.session.scalars(
            select(Attribution)
            .where(
                Attribution.hold_id == hold.id,
                Attribution.reverses_id.is_(None),
                Attribution.id.not_in(reversed_ids),
            )
            .order_by(Attribution.id)
        )
    )


def _owned(work: Work, number: str, *, drill: bool) -> Shares:
    """What each identified victim has on the account number, whichever case reported it."""
    paid: dict[int, dict[int, int]] = {}
    for case_id, victim_id, fen in work.session.execute(
        select(Payment.case_id, Payment.victim_id, func.sum(Payment.fen))
        .join(Account, Account.id == Payment.account_id)
        .join(Case, Case.id == Payment.case_id)
        .where(Account.number == number, Case.drill.is_(drill), Payment.voided_at.is_(None))
        .group_by(Payment.case_id, Payment.victim_id)
    ):
        paid.setdefault(case_id, {})[victim_id] = int(fen)
    owned: dict[int, int] = {}
    for case_id, victims in paid.items():
        here = select(Account.id).where(Account.case_id == case_id, Account.number == number)
        came, went = (
            int(
                work.session.scalar(
                    select(func.coalesce(func.sum(Hop.fen), 0)).where(
                        column.in_(here), Hop.case_id == case_id, Hop.voided_at.is_(None)
                    )
                )
                or 0
            )
            for column in (Hop.to_account_id, Hop.from_account_id)
        )
        there = max(0, sum(victims.values()) + came - went)
        owned |= split(there, in_order_of_report(work, victims))
    return in_order_of_report(work, owned)


def _secures(work: Work, hold: Hold, owned: Mapping[int, int]) -> Shares:
    """What the hold, as it stands, secures or has returned: named returns first, the rest in proportion."""
    returned = _returned(work, hold)
    rest = hold.captured - hold.released - hold.lapsed - sum(returned.values())
    left = {victim: max(0, fen - returned.get(victim, 0)) for victim, fen in owned.items()}
    wanted = dict(returned)
    for victim, fen in split(rest, left).items():
        wanted[victim] = wanted.get(victim, 0) + fen
    return {victim: fen for victim, fen in wanted.items() if fen}


def _take(owned: Shares, wanted: Mapping[int, int]) -> None:
    for victim, fen in wanted.items():
        if victim in owned:
            owned[victim] = max(0, owned[victim] - fen)


def _returned(work: Work, hold: Hold) -> Shares:
    sign = sql_case((LedgerEntry.reverses_id.is_(None), LedgerEntry.fen), else_=-LedgerEntry.fen)
    rows = work.session.execute(
        select(LedgerEntry.victim_id, func.sum(sign))
        .where(
            LedgerEntry.hold_id == hold.id,
            LedgerEntry.victim_id.is_not(None),
            (LedgerEntry.target == Bucket.RETURNED) | (LedgerEntry.source == Bucket.RETURNED),
        )
        .group_by(LedgerEntry.victim_id)
    )
    return {victim: int(fen) for victim, fen in rows if victim is not None and fen}


def _first_capture(work: Work, hold: Hold) -> datetime:
    found = work.session.scalar(
        select(func.min(LedgerEntry.happened_at)).where(
            LedgerEntry.hold_id == hold.id, LedgerEntry.source == Bucket.CAPTURED
        )
    )
    return found or hold.starts_at


def _said(work: Work, hold: Hold) -> tuple[Shares, str, str] | None:
    """What was last said of this hold, by an officer's word or an adopted tracing, with its rule and run.

    None where the payments decide.
    """
    last = work.session.scalar(
        select(Attribution).where(Attribution.hold_id == hold.id).order_by(Attribution.id.desc()).limit(1)
    )
    if last is None or last.rule == PAYMENTS:
        return None
    rows = work.session.execute(
        select(Attribution.victim_id, Attribution.fen).where(
            Attribution.hold_id == hold.id,
            Attribution.rule == last.rule,
            Attribution.run == last.run,
            Attribution.entry_id == int(last.run),
            Attribution.reverses_id.is_(None),
        )
    )
    base: dict[int, int] = {}
    for victim, fen in rows:
        base[victim] = base.get(victim, 0) + fen
    return in_order_of_report(work, base), last.rule, last.run


def _settle(
    work: Work,
    hold: Hold,
    wanted: Mapping[int, int],
    rule: str,
    run: str,
    at: datetime,
    *,
    reason: str = "",
    anew: bool = False,
) -> None:
    """Reverses what is no longer so and writes what is so now; ``anew`` also writes what has not changed."""
    there: dict[int, list[Attribution]] = {}
    for row in standing(work, hold):
        there.setdefault(row.victim_id, []).append(row)
    for victim in dict.fromkeys((*there, *wanted)):
        rows, fen = there.get(victim, []), wanted.get(victim, 0)
        if sum(row.fen for row in rows) == fen and not anew:
            continue
        for row in rows:
            _write(work, hold, victim, row.fen, rule, run, max(at, row.happened_at), row, reason)
        if fen:
            _write(work, hold, victim, fen, rule, run, at, None, reason)


def _write(
    work: Work,
    hold: Hold,
    victim_id: int,
    fen: int,
    rule: str,
    run: str,
    at: datetime,
    reverses: Attribution | None,
    reason: str,
) -> None:
    work.add(
        Attribution(
            case_id=work.find(Victim, victim_id).case_id,
            hold_id=hold.id,
            hop_id=None,
            victim_id=victim_id,
            fen=fen,
            rule=rule,
            run=run,
            happened_at=at,
            recorded_at=work.now,
            entry_id=work.entry_id,
            reverses_id=reverses.id if reverses is not None else None,
            reason=reason,
        )
    )


@dataclass(frozen=True, kw_only=True)
class AttributeHold(Command[None]):
    """An officer says whose money a hold keeps; without shares, the payments decide again.

    ``shares``: (victim id, fen). Raises BadInput when they are more than the hold keeps, or more than a
    victim has lost.
    """

    title: ClassVar[Message] = msg("Say whose money a hold keeps")
    hold_id: int
    shares: tuple[tuple[int, int], ...] = ()
    reason: str = ""

    def carry_out(self, work: Work) -> None:
        hold = scope.hold_of(work, self.hold_id)
        require_reason(self.reason)
        shares = self._checked(work, hold)
        reason = clean_text(self.reason, 255, field="reason")
        at = _first_capture(work, hold)
        if shares:
            _settle(work, hold, shares, WORD, str(work.entry_id), at, reason=reason, anew=True)
        else:
            _settle(work, hold, {}, PAYMENTS, "", at, reason=reason, anew=True)
        renew_hold(work, hold, at)
        work.tell(msg("Attributed: {amount}", amount=yuan(sum(shares.values()))))

    def _checked(self, work: Work, hold: Hold) -> Shares:
        shares: dict[int, int] = {}
        for victim_id, fen in self.shares:
            victim = work.session.get(Victim, victim_id)
            if victim is None or work.find(Case, victim.case_id).drill is not hold.drill:
                raise not_found(msg("This victim"))
            scope.case_of(work, victim.case_id)
            if fen <= 0:
                raise BadInput(msg("The amount must be more than 0. Nothing was saved."), field="shares")
            shares[victim_id] = shares.get(victim_id, 0) + fen
            if shares[victim_id] > loss_of(work, victim_id):
                raise BadInput(
                    msg(
                        "{amount} is more than this victim has lost. Nothing was saved.",
                        amount=yuan(shares[victim_id]),
                    ),
                    field="shares",
                )
        kept = hold.captured - hold.released - hold.lapsed
        if sum(shares.values()) > kept:
            raise BadInput(
                msg(
                    "The hold keeps {kept}; {amount} cannot be attributed. Nothing was saved.",
                    kept=yuan(kept),
                    amount=yuan(sum(shares.values())),
                ),
                field="shares",
            )
        returned = _returned(work, hold)
        if any(shares.get(victim, 0) < fen for victim, fen in returned.items()) and shares:
            raise BadInput(
                msg("What has been returned to a victim stays theirs. Nothing was saved."), field="shares"
            )
        return in_order_of_report(work, shares)


def loss_of(work: Work, victim_id: int) -> int:
    """Payments less what came back as bait, in fen, as known now."""
    paid = work.session.scalar(
        select(func.coalesce(func.sum(Payment.fen), 0)).where(
            Payment.victim_id == victim_id, Payment.voided_at.is_(None)
        )
    )
    sign = sql_case((Payback.reverses_id.is_(None), Payback.fen), else_=-Payback.fen)
    back = work.session.scalar(select(func.coalesce(func.sum(sign), 0)).where(Payback.victim_id == victim_id))
    return int(paid or 0) - int(back or 0)
