"""Holds and their ledger: what an answer catches, carries on, frees; lapses, and who took note of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from sqlalchemy import func, select

from liaison_desk.core import ledger
from liaison_desk.core.errors import BadInput, Refused
from liaison_desk.core.ledger import Bucket, Buckets, Move, StopStanding
from liaison_desk.core.lifecycle import EXECUTED, LegKind, Outcome
from liaison_desk.core.money import yuan
from liaison_desk.core.words import Message, msg
from liaison_desk.desk import accounts, attributions, receipts
from liaison_desk.desk.clockwork import calendar, rule_at
from liaison_desk.desk.closing import close_settled
from liaison_desk.desk.scope import hold_of
from liaison_desk.desk.work import Command, Work
from liaison_desk.store.models import Account, Answer, Case, Hold, LedgerEntry, Leg


def post(
    work: Work,
    hold: Hold,
    source: Bucket,
    target: Bucket,
    fen: int,
    happened_at: datetime,
    *,
    leg_id: int | None = None,
    victim_id: int | None = None,
    hold_end: datetime | None = None,
    reverses: LedgerEntry | None = None,
    reason: str = "",
) -> LedgerEntry:
    """One ledger entry; the hold's buckets replayed in event order, and whose money it keeps said anew.

    Raises Refused when, in event order, the bucket it leaves was not yet filled (money.md §1).
    """
    entry = LedgerEntry(
        hold_id=hold.id,
        case_id=hold.case_id,
        leg_id=leg_id,
        victim_id=victim_id,
        source=source,
        target=target,
        fen=fen,
        happened_at=happened_at,
        recorded_at=work.now,
        entry_id=work.entry_id,
        hold_end=hold_end,
        reverses_id=reverses.id if reverses is not None else None,
        reason=reason,
    )
    work.add(entry)
    refill(work, hold)
    attributions.renew_hold(work, hold, happened_at)
    return entry


def refill(work: Work, hold: Hold) -> None:
    """Sets the hold's buckets to what its entries add up to."""
    buckets = replayed(work, hold.id)
    hold.captured, hold.stopped, hold.frozen = buckets.captured, buckets.stopped, buckets.frozen
    hold.returned, hold.released, hold.lapsed = buckets.returned, buckets.released, buckets.lapsed
    work.session.flush()


def replayed(work: Work, hold_id: int) -> Buckets:
    """The buckets of a hold from its entries alone."""
    rows = work.session.scalars(select(LedgerEntry).where(LedgerEntry.hold_id == hold_id)).all()
    return ledger.replay(
        Move(row.source, row.target, row.fen, row.happened_at, row.id, row.reverses_id) for row in rows
    )


def running(work: Work, account_id: int) -> Hold | None:
    """The hold on this account that still keeps money, or kept it until its end (newest first)."""
    return work.session.scalar(
        select(Hold)
        .where(Hold.account_id == account_id)
        .order_by(Hold.starts_at.desc(), Hold.id.desc())
        .limit(1)
    )


def apply_answer(work: Work, leg: Leg, answer: Answer) -> Hold | None:
    """What an executed answer does to the money; the hold it concerns, if any. Raises DeskError."""
    if leg.kind in (LegKind.STOP, LegKind.SECOND_STOP):
        return _stop(work, leg, answer)
    if leg.kind is LegKind.FREEZE:
        return _freeze(work, leg, answer)
    if leg.kind is LegKind.RENEW:
        return _renew(work, leg, answer)
    if leg.kind in (LegKind.RELEASE_STOP, LegKind.RELEASE_FREEZE):
        return _release(work, leg, answer)
    if leg.kind is LegKind.RETURN:
        return _return(work, leg, answer)
    return None


def _return(work: Work, leg: Leg, answer: Answer) -> Hold | None:
    """The bank's receipt: what was ordered has been paid to the victim of the order (money.md §1)."""
    order = receipts.order_behind(work, leg)
    if order is None:
        # Entered before there were orders: the receipt is entered by hand on the hold.
        return None
    if answer.executed != order.fen:
        raise BadInput(
            msg(
                "{amount} are ordered, and an order is paid whole. Nothing was saved; for another amount answer "
                "with the reason, and the officers make a new order.",
                amount=yuan(order.fen),
            ),
            field="executed",
        )
    hold = work.find(Hold, order.hold_id)
    if answer.happened_at >= hold.ends_at:
        raise Refused(msg("The freeze had ended by then. Nothing was saved; check the day of payment."))
    unlapse(work, hold, answer.happened_at, msg("A return had been paid in time"))
    entry = post(
        work,
        hold,
        Bucket.FROZEN,
        Bucket.RETURNED,
        order.fen,
        answer.happened_at,
        leg_id=leg.id,
        victim_id=order.victim_id,
    )
    receipts.paid(work, order, answer, entry)
    return hold


def newly_caught(work: Work, leg: Leg) -> int:
    """What the running command has captured on this leg's account, in fen."""
    fen = work.session.scalar(
        select(func.sum(LedgerEntry.fen)).where(
            LedgerEntry.entry_id == work.entry_id,
            LedgerEntry.leg_id == leg.id,
            LedgerEntry.source == Bucket.CAPTURED,
        )
    )
    return int(fen or 0)


def _start(work: Work, answer: Answer) -> datetime:
    return answer.starts_at or answer.happened_at


def _end(work: Work, name: str, answer: Answer) -> datetime:
    settings, start = work.settings, _start(work, answer)
    return ledger.hold_end(
        start, answer.ends_at, rule_at(work, name, start), settings.zone, calendar(settings)
    )


def _new_hold(work: Work, leg: Leg, answer: Answer, name: str) -> Hold:
    case = work.find(Case, leg.case_id)
    return work.add(
        Hold(
            office=case.office,
            drill=case.drill,
            case_id=leg.case_id,
            account_id=leg.account_id,
            institution_code=leg.institution_code,
            limit_fen=answer.executed or 0,
            captured=0,
            stopped=0,
            frozen=0,
            returned=0,
            released=0,
            lapsed=0,
            stops=0,
            starts_at=_start(work, answer),
            ends_at=_end(work, name, answer),
            rule=name,
            recorded_at=work.now,
        )
    )


def _stop(work: Work, leg: Leg, answer: Answer) -> Hold | None:
    if not answer.executed and not answer.effective:
        return None
    settings, start = work.settings, _start(work, answer)
    account = work.find(Account, leg.account_id)
    used = accounts.stops_used(work, account.number) - 1
    current = running(work, leg.account_id)
    end = current.ends_at if current is not None and current.rule == "stop" and _kept(current) else None
    standing = ledger.stop_standing(used, end, start, limit=settings.stops_per_account)
    if standing is StopStanding.REFUSED:
        ledger.require_stop(used, limit=settings.stops_per_account)
    if standing is StopStanding.SAME_HOLD and current is not None:
        unlapse(work, current, start, msg("A second stop had begun in time"))
        current.ends_at = _end(work, "stop", answer)
        if not _restated(work, leg, answer):
            current.stops += 1
        current.acknowledged_by = current.acknowledged_at = None
        work.session.flush()
        return current
    hold = _new_hold(work, leg, answer, "stop")
    hold.stops = 1
    if answer.effective > 0:
        post(work, hold, Bucket.CAPTURED, Bucket.STOPPED, answer.effective, start, leg_id=leg.id)
    return hold


def _restated(work: Work, leg: Leg, answer: Answer) -> bool:
    """Whether an earlier answer of the leg already told of a stop with the same start."""
    earlier = work.session.scalars(
        select(Answer).where(Answer.leg_id == leg.id, Answer.id != answer.id, Answer.outcome.in_(EXECUTED))
    )
    return any(_start(work, other) == _start(work, answer) for other in earlier)


def _kept(hold: Hold) -> bool:
    """Whether a stop can still be carried on: it holds money, or lapsed with it."""
    return hold.stopped > 0 or hold.lapsed > 0


def _freeze(work: Work, leg: Leg, answer: Answer) -> Hold | None:
    start = _start(work, answer)
    current = running(work, leg.account_id)
    if current is not None and current.rule == "stop" and _kept(current) and start < current.ends_at:
        if not answer.executed or answer.outcome is Outcome.QUEUED_FREEZE:
            # Nothing is frozen (yet): the stop runs to its own end.
            return current
        unlapse(work, current, start, msg("A freeze had begun in time"))
        free = ledger.effective(answer.executed or 0, answer.balance_before or 0, answer.earlier)
        amount = answer.executed or 0
        more = max(0, free - current.stopped)
        for transfer in ledger.freeze_after_stop(current.stopped, amount, more):
            post(work, current, transfer.from_, transfer.to, transfer.fen, start, leg_id=leg.id)
        current.rule, current.limit_fen = "freeze", amount
        current.ends_at = _end(work, "freeze", answer)
        current.acknowledged_by = current.acknowledged_at = None
        work.session.flush()
        return current
    hold = _new_hold(work, leg, answer, "freeze")
    if answer.effective > 0:
        post(work, hold, Bucket.CAPTURED, Bucket.FROZEN, answer.effective, start, leg_id=leg.id)
    return hold


def _about(work: Work, leg: Leg) -> Hold:
    hold = work.find(Hold, leg.hold_id) if leg.hold_id is not None else running(work, leg.account_id)
    if hold is None:
        raise Refused(msg("There is no hold on this account. Nothing was saved."))
    return hold


def _renew(work: Work, leg: Leg, answer: Answer) -> Hold:
    hold, start = _about(work, leg), _start(work, answer)
    if hold.rule != "freeze":
        raise Refused(msg("Only a freeze is renewed. Nothing was saved; ask for a freeze instead."))
    if start >= hold.ends_at:
        raise Refused(
            msg(
                "The freeze had ended before the renewal began. Nothing was saved; answer that the renewal failed."
            )
        )
    unlapse(work, hold, start, msg("A renewal had begun in time"))
    hold.ends_at = _end(work, "freeze", answer)
    hold.acknowledged_by = hold.acknowledged_at = None
    work.session.flush()
    return hold


def _release(work: Work, leg: Leg, answer: Answer) -> Hold:
    hold, start = _about(work, leg), _start(work, answer)
    source = Bucket.STOPPED if leg.kind is LegKind.RELEASE_STOP else Bucket.FROZEN
    if start >= hold.ends_at:
        raise Refused(
            msg("The hold had ended before the release. Nothing was saved; answer that the release failed.")
        )
    unlapse(work, hold, start, msg("A release had happened in time"))
    amount = min(answer.executed or 0, hold.stopped if source is Bucket.STOPPED else hold.frozen)
    if amount <= 0:
        raise BadInput(
            msg("Nothing is held there that could be released. Nothing was saved."), field="executed"
        )
    post(work, hold, source, Bucket.RELEASED, amount, start, leg_id=leg.id)
    # What has been let go is not caught again when more money comes in.
    hold.limit_fen = max(0, hold.limit_fen - amount)
    work.session.flush()
    return hold


def unlapse(work: Work, hold: Hold, happened_at: datetime, why: Message) -> None:
    """Takes back a lapse entry when something that happened before the end is recorded after it."""
    reversed_ids = select(LedgerEntry.reverses_id).where(LedgerEntry.reverses_id.is_not(None))
    for lapse in work.session.scalars(
        select(LedgerEntry).where(
            LedgerEntry.hold_id == hold.id,
            LedgerEntry.target == Bucket.LAPSED,
            LedgerEntry.happened_at > happened_at,
            LedgerEntry.id.not_in(reversed_ids),
        )
    ).all():
        post(
            work,
            hold,
            lapse.target,
            lapse.source,
            lapse.fen,
            lapse.happened_at,
            reverses=lapse,
            reason=why.text,
        )


def due_lapses(work: Work) -> tuple[int, ...]:
    """Holds whose end has passed and whose lapse nobody has recorded yet."""
    return tuple(
        work.session.scalars(
            select(Hold.id)
            .where(Hold.ends_at <= work.now, Hold.stopped + Hold.frozen > 0)
            .order_by(Hold.ends_at)
        )
    )


@dataclass(frozen=True, kw_only=True)
class RecordLapses(Command[int]):
    """The program enters each passed end once, dated when it passed; whichever seat is there first.

    Nothing is written while this computer's clock is in doubt (rules.md, In doubt).
    """

    title: ClassVar[Message] = msg("Record lapsed holds")
    quiet: ClassVar[bool] = True

    def carry_out(self, work: Work) -> int:
        if work.doubted:
            return 0
        gone = [work.find(Hold, hold_id) for hold_id in due_lapses(work)]
        for hold in gone:
            for bucket, fen in ((Bucket.STOPPED, hold.stopped), (Bucket.FROZEN, hold.frozen)):
                if fen > 0:
                    post(work, hold, bucket, Bucket.LAPSED, fen, hold.ends_at, hold_end=hold.ends_at)
            accounts.refresh_traceable(work, work.find(Account, hold.account_id))
        if gone:
            work.tell(
                msg(
                    "Holds lapsed: {count}, {amount}",
                    count=len(gone),
                    amount=yuan(sum(hold.lapsed for hold in gone)),
                )
            )
        return len(gone)


@dataclass(frozen=True, kw_only=True)
class AcknowledgeLapse(Command[None]):
    """Somebody takes note that a hold has lapsed: its institution, or the police."""

    title: ClassVar[Message] = msg("Acknowledge a lapse")
    hold_id: int

    def carry_out(self, work: Work) -> None:
        hold = hold_of(work, self.hold_id)
        if not work.actor.police and not (
            hold.institution_code and work.actor.speaks_for(hold.institution_code)
        ):
            raise Refused(msg("This hold belongs to another institution. Nothing was changed."))
        if hold.lapsed <= 0:
            raise Refused(msg("This hold has not lapsed. Nothing was changed."))
        if hold.acknowledged_at is not None:
            raise Refused(msg("Somebody has already taken note of this lapse. Nothing was changed."))
        hold.acknowledged_by, hold.acknowledged_at = work.person().id, work.now
        work.session.flush()
        close_settled(work, hold.account_id)
        work.tell(msg("Lapse acknowledged: {amount}", amount=yuan(hold.lapsed)))
