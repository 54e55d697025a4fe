"""The ledger kept by hand: later captures, queued freezes, returns, reversals, money outside holds.

Every entry is append-only; a wrong one is reversed by another that names it, with a reason, and takes its
event time (money.md §1).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import case as sql_case
from sqlalchemy import func, select

from liaison_desk.core import ledger
from liaison_desk.core.errors import BadInput, NotAllowed, Refused
from liaison_desk.core.identifiers import clean_text
from liaison_desk.core.ledger import Bucket
from liaison_desk.core.lifecycle import LegKind, Outcome
from liaison_desk.core.money import yuan
from liaison_desk.core.words import Message, msg
from liaison_desk.desk import accounts, attributions, clockwork, receipts, scope
from liaison_desk.desk.clockwork import not_ahead
from liaison_desk.desk.closing import close_settled
from liaison_desk.desk.holds import post, unlapse
from liaison_desk.desk.issuing import require_reason
from liaison_desk.desk.work import Command, Work, not_found
from liaison_desk.store.beside import Elsewhere, Payback
from liaison_desk.store.models import Account, Answer, Case, Hold, LedgerEntry, Leg, Victim

SURRENDER, RECALL = "surrender", "recall"
SOURCE_WORDS: dict[str, Message] = {
    SURRENDER: msg("Surrendered by the suspect"),
    RECALL: msg("Called back by the victim"),
}
"""Where money comes from that a victim gets back outside any hold."""


def own_hold(work: Work, hold_id: int) -> Hold:
    """A visible hold for whose institution the actor speaks; police may act on every hold."""
    hold = scope.hold_of(work, hold_id)
    if not work.actor.police and not (hold.institution_code and work.actor.speaks_for(hold.institution_code)):
        raise NotAllowed(msg("This hold belongs to another institution. Nothing was changed."))
    return hold


def _positive(fen: int) -> None:
    if fen <= 0:
        raise BadInput(msg("The amount must be more than 0. Nothing was saved."), field="fen")


def _while_it_ran(work: Work, hold: Hold, at: datetime, field: str) -> None:
    """Refuses what did not happen between start and end; takes back a lapse that was entered meanwhile."""
    if at < hold.starts_at or at >= hold.ends_at:
        raise Refused(
            msg("At that time this hold was not running. Nothing was saved; check date and time."),
            field=field,
        )
    unlapse(work, hold, at, msg("Something had happened in time"))


@dataclass(frozen=True, kw_only=True)
class ReverseEntry(Command[int]):
    """A wrong ledger entry taken back by another that names it. Gives the new entry's id."""

    title: ClassVar[Message] = msg("Reverse a ledger entry")
    entry_id: int
    reason: str = ""

    def carry_out(self, work: Work) -> int:
        entry = work.session.get(LedgerEntry, self.entry_id)
        if entry is None:
            raise not_found(msg("This entry"))
        hold = scope.hold_of(work, entry.hold_id)
        require_reason(self.reason)
        if entry.reverses_id is not None or work.session.scalar(
            select(LedgerEntry.id).where(LedgerEntry.reverses_id == entry.id)
        ):
            raise Refused(msg("This entry has been reversed already. Nothing was recorded."))
        if entry.target is Bucket.LAPSED:
            raise Refused(
                msg(
                    "A lapse follows from the end of the hold. Nothing was recorded; "
                    "enter what happened before the end instead."
                )
            )
        unlapse(work, hold, entry.happened_at, msg("An earlier entry was wrong"))
        made = post(
            work,
            hold,
            entry.target,
            entry.source,
            entry.fen,
            entry.happened_at,
            leg_id=entry.leg_id,
            victim_id=entry.victim_id,
            reverses=entry,
            reason=clean_text(self.reason, 255, field="reason"),
        )
        receipts.taken_back(work, entry)
        accounts.refresh_traceable(work, work.find(Account, hold.account_id))
        work.tell(msg("Entry reversed: {amount}", amount=yuan(entry.fen)))
        return made.id


@dataclass(frozen=True, kw_only=True)
class CaptureLater(Command[int]):
    """Money that flowed in under a hold's limit after it began. Gives the ledger entry's id."""

    title: ClassVar[Message] = msg("Enter money that came in later")
    hold_id: int
    fen: int
    happened_at: datetime | None = None

    def carry_out(self, work: Work) -> int:
        hold = own_hold(work, self.hold_id)
        _positive(self.fen)
        at = not_ahead(work, self.happened_at, "happened_at")
        _while_it_ran(work, hold, at, "happened_at")
        room = hold.limit_fen - hold.stopped - hold.frozen - hold.returned
        if self.fen > room:
            raise BadInput(
                msg(
                    "The limit leaves room for {room}. Nothing was saved; check the amount.",
                    room=yuan(max(0, room)),
                ),
                field="fen",
            )
        target = Bucket.STOPPED if hold.rule == "stop" else Bucket.FROZEN
        entry = post(work, hold, Bucket.CAPTURED, target, self.fen, at)
        accounts.refresh_traceable(work, work.find(Account, hold.account_id))
        work.tell(msg("Caught later: {amount}", amount=yuan(self.fen)))
        return entry.id


@dataclass(frozen=True, kw_only=True)
class QueuedFreezeTakesEffect(Command[int]):
    """An earlier authority's freeze fell away and the queued one (轮候) holds ``fen`` now. Gives the hold's id.

    The freeze's term runs from then. A stop of ours that is still running turns into it.
    """

    title: ClassVar[Message] = msg("A queued freeze takes effect")
    hold_id: int
    fen: int
    happened_at: datetime | None = None

    def carry_out(self, work: Work) -> int:
        hold = own_hold(work, self.hold_id)
        _positive(self.fen)
        at = not_ahead(work, self.happened_at, "happened_at")
        leg, answer = self._queued(work, hold)
        limit = answer.executed or leg.asked
        if self.fen > limit:
            raise BadInput(
                msg("The freeze was for {limit}. Nothing was saved; check the amount.", limit=yuan(limit)),
                field="fen",
            )
        if at < (answer.starts_at or answer.happened_at):
            raise Refused(
                msg("At that time the freeze had not been entered. Nothing was saved; check date and time.")
            )
        end = clockwork.due(work, "freeze", at)
        if hold.rule != "freeze" and at < hold.ends_at:
            unlapse(work, hold, at, msg("A freeze had begun in time"))
            for transfer in ledger.freeze_after_stop(hold.stopped, self.fen, max(0, self.fen - hold.stopped)):
                post(work, hold, transfer.from_, transfer.to, transfer.fen, at, leg_id=leg.id)
            hold.rule, hold.limit_fen, hold.ends_at = "freeze", limit, end
        else:
            if hold.rule != "freeze":
                hold = self._new(work, leg, limit, at, end)
                leg.hold_id = hold.id
            elif at >= hold.ends_at:
                raise Refused(
                    msg("The queued freeze had ended by then. Nothing was saved; ask for a new one.")
                )
            hold.ends_at = max(hold.ends_at, end)
            post(work, hold, Bucket.CAPTURED, Bucket.FROZEN, self.fen, at, leg_id=leg.id)
        hold.acknowledged_by = hold.acknowledged_at = None
        work.session.flush()
        accounts.refresh_traceable(work, work.find(Account, hold.account_id))
        work.tell(msg("The queued freeze holds {amount}", amount=yuan(self.fen)))
        return hold.id

    @staticmethod
    def _queued(work: Work, hold: Hold) -> tuple[Leg, Answer]:
        for leg in work.session.scalars(
            select(Leg).where(Leg.hold_id == hold.id, Leg.kind == LegKind.FREEZE).order_by(Leg.id.desc())
        ):
            answer = work.session.scalar(
                select(Answer).where(Answer.leg_id == leg.id).order_by(Answer.id.desc()).limit(1)
            )
            taken = work.session.scalar(select(LedgerEntry.id).where(LedgerEntry.leg_id == leg.id).limit(1))
            if answer is not None and answer.outcome is Outcome.QUEUED_FREEZE and taken is None:
                return leg, answer
        raise Refused(msg("No freeze waits in the queue on this hold. Nothing was saved."))

    @staticmethod
    def _new(work: Work, leg: Leg, limit: int, at: datetime, end: datetime) -> Hold:
        case = work.find(Case, leg.case_id)
        return work.add(
            Hold(
                office=case.office,
                drill=case.drill,
                case_id=leg.case_id,
                account_id=leg.account_id,
                institution_code=leg.institution_code,
                limit_fen=limit,
                captured=0,
                stopped=0,
                frozen=0,
                returned=0,
                released=0,
                lapsed=0,
                stops=0,
                starts_at=at,
                ends_at=end,
                rule="freeze",
                recorded_at=work.now,
            )
        )


@dataclass(frozen=True, kw_only=True)
class RecordReturn(Command[int]):
    """The bank's receipt (回执) of a payment back to a victim, dated by day. Gives the ledger entry's id."""

    title: ClassVar[Message] = msg("Enter a return to the victim")
    hold_id: int
    victim_id: int
    fen: int
    paid_on: date

    def carry_out(self, work: Work) -> int:
        hold = own_hold(work, self.hold_id)
        victim = _victim(work, self.victim_id)
        if work.find(Case, victim.case_id).drill is not hold.drill:
            raise not_found(msg("This victim"))
        _positive(self.fen)
        settings = work.settings
        if self.paid_on > settings.local(work.now).date():
            raise BadInput(msg("This day lies in the future. Nothing was saved."), field="paid_on")
        at = ledger.counts_at(self.paid_on, work.now, settings.zone)
        _while_it_ran(work, hold, at, "paid_on")
        open_loss = outstanding(work, victim.id)
        if self.fen > open_loss:
            raise BadInput(
                msg(
                    "The victim's loss still open is {loss}; {amount} cannot be returned. Nothing was saved.",
                    loss=yuan(max(0, open_loss)),
                    amount=yuan(self.fen),
                ),
                field="fen",
            )
        entry = post(work, hold, Bucket.FROZEN, Bucket.RETURNED, self.fen, at, victim_id=victim.id)
        close_settled(work, hold.account_id)
        work.tell(msg("Returned to the victim: {amount}", amount=yuan(self.fen)))
        return entry.id


# --- money outside holds


def _victim(work: Work, victim_id: int) -> Victim:
    victim = work.session.get(Victim, victim_id)
    if victim is None:
        raise not_found(msg("This victim"))
    scope.case_of(work, victim.case_id)
    return victim


def outstanding(work: Work, victim_id: int) -> int:
    """The victim's loss less what has been returned or recovered elsewhere, in fen."""
    returned = work.session.scalar(
        select(
            func.coalesce(
                func.sum(
                    sql_case((LedgerEntry.reverses_id.is_(None), LedgerEntry.fen), else_=-LedgerEntry.fen)
                ),
                0,
            )
        ).where(
            LedgerEntry.victim_id == victim_id,
            (LedgerEntry.target == Bucket.RETURNED) | (LedgerEntry.source == Bucket.RETURNED),
        )
    )
    sign = sql_case((Elsewhere.reverses_id.is_(None), Elsewhere.fen), else_=-Elsewhere.fen)
    elsewhere = work.session.scalar(
        select(func.coalesce(func.sum(sign), 0)).where(Elsewhere.victim_id == victim_id)
    )
    return attributions.loss_of(work, victim_id) - int(returned or 0) - int(elsewhere or 0)


@dataclass(frozen=True, kw_only=True)
class RecordPayback(Command[int]):
    """What the fraudsters paid back as bait (返利): it lowers the loss. Gives the row's id."""

    title: ClassVar[Message] = msg("Enter money paid back as bait")
    victim_id: int
    fen: int
    happened_at: datetime | None = None

    def carry_out(self, work: Work) -> int:
        victim = _victim(work, self.victim_id)
        _positive(self.fen)
        if self.fen > outstanding(work, victim.id):
            raise BadInput(
                msg("This is more than the victim's open loss. Nothing was saved; check the amount."),
                field="fen",
            )
        row = work.add(
            Payback(
                case_id=victim.case_id,
                victim_id=victim.id,
                fen=self.fen,
                happened_at=not_ahead(work, self.happened_at, "happened_at"),
                recorded_at=work.now,
                entry_id=work.entry_id,
                reason="",
            )
        )
        work.tell(msg("Paid back as bait: {amount}", amount=yuan(self.fen)))
        return row.id


@dataclass(frozen=True, kw_only=True)
class RecordElsewhere(Command[int]):
    """Money a victim got back outside any hold; ``source``: surrender or recall. Gives the row's id."""

    title: ClassVar[Message] = msg("Enter money recovered elsewhere")
    victim_id: int
    source: str
    fen: int
    happened_at: datetime | None = None

    def carry_out(self, work: Work) -> int:
        victim = _victim(work, self.victim_id)
        _positive(self.fen)
        if self.source not in SOURCE_WORDS:
            raise BadInput(msg("Choose where the money came from. Nothing was saved."), field="source")
        if self.fen > outstanding(work, victim.id):
            raise BadInput(
                msg("This is more than the victim's open loss. Nothing was saved; check the amount."),
                field="fen",
            )
        row = work.add(
            Elsewhere(
                case_id=victim.case_id,
                victim_id=victim.id,
                fen=self.fen,
                source=self.source,
                happened_at=not_ahead(work, self.happened_at, "happened_at"),
                recorded_at=work.now,
                entry_id=work.entry_id,
                reason="",
            )
        )
        work.tell(msg("{source}: {amount}", source=SOURCE_WORDS[self.source], amount=yuan(self.fen)))
        return row.id


def _reversible(work: Work, kind: type[Any], row_id: int, reason: str) -> Any:
    """The row that may be reversed, after looking at reason and earlier reversals."""
    row = work.session.get(kind, row_id)
    if row is None:
        raise not_found(msg("This entry"))
    scope.case_of(work, row.case_id)
    require_reason(reason)
    taken = work.session.scalar(select(kind.id).where(kind.reverses_id == row.id))
    if row.reverses_id is not None or taken is not None:
        raise Refused(msg("This entry has been reversed already. Nothing was recorded."))
    return row


def _mirror(work: Work, row: Any, reason: str) -> dict[str, Any]:
    return {
        "case_id": row.case_id,
        "victim_id": row.victim_id,
        "fen": row.fen,
        "happened_at": row.happened_at,
        "recorded_at": work.now,
        "entry_id": work.entry_id,
        "reverses_id": row.id,
        "reason": clean_text(reason, 255, field="reason"),
    }


@dataclass(frozen=True, kw_only=True)
class ReversePayback(Command[int]):
    title: ClassVar[Message] = msg("Reverse money paid back as bait")
    payback_id: int
    reason: str = ""

    def carry_out(self, work: Work) -> int:
        row = _reversible(work, Payback, self.payback_id, self.reason)
        work.tell(msg("Entry reversed: {amount}", amount=yuan(row.fen)))
        return work.add(Payback(**_mirror(work, row, self.reason))).id


@dataclass(frozen=True, kw_only=True)
class ReverseElsewhere(Command[int]):
    title: ClassVar[Message] = msg("Reverse money recovered elsewhere")
    elsewhere_id: int
    reason: str = ""

    def carry_out(self, work: Work) -> int:
        row = _reversible(work, Elsewhere, self.elsewhere_id, self.reason)
        work.tell(msg("Entry reversed: {amount}", amount=yuan(row.fen)))
        return work.add(Elsewhere(source=row.source, **_mirror(work, row, self.reason))).id
