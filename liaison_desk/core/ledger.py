"""Where a held yuan can be, and which movements are allowed (money.md, "From report to return").

A hold belongs to one case and one account. Its money moves by append-only entries and stands in exactly one
bucket; the buckets of a hold always add up to what it captured. All amounts are fen, all instants aware.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple
from zoneinfo import ZoneInfo

from liaison_desk.core.calendar_days import WorkCalendar
from liaison_desk.core.clocks import DEFAULT_RULES, ClockRule, day_end, due
from liaison_desk.core.errors import BadInput, Refused
from liaison_desk.core.money import yuan
from liaison_desk.core.words import Message, msg

STOPS_PER_ACCOUNT = 2
"""银发〔2016〕86号: at most two stops per account, over all cases (a setting with this default)."""

_CHINA = ZoneInfo("Asia/Shanghai")
_NO_OWN_DAYS = WorkCalendar()


class Bucket(StrEnum):
    CAPTURED = "captured"
    """Outside the hold: where its money comes from."""
    STOPPED = "stopped"
    FROZEN = "frozen"
    RETURNED = "returned"
    RELEASED = "released"
    LAPSED = "lapsed"


ALLOWED: Mapping[Bucket, frozenset[Bucket]] = MappingProxyType(
    {
        Bucket.CAPTURED: frozenset({Bucket.STOPPED, Bucket.FROZEN}),
        Bucket.STOPPED: frozenset({Bucket.FROZEN, Bucket.RELEASED, Bucket.LAPSED}),
        Bucket.FROZEN: frozenset({Bucket.RETURNED, Bucket.RELEASED, Bucket.LAPSED}),
        Bucket.RETURNED: frozenset(),
        Bucket.RELEASED: frozenset(),
        Bucket.LAPSED: frozenset(),
    }
)
"""From each bucket, where money may go."""

SECURED = frozenset({Bucket.STOPPED, Bucket.FROZEN})
"""在控: buckets whose money is held at this moment."""

BUCKET_WORDS: Mapping[Bucket, Message] = MappingProxyType(
    {
        Bucket.CAPTURED: msg("Captured"),
        Bucket.STOPPED: msg("Stopped"),
        Bucket.FROZEN: msg("Frozen"),
        Bucket.RETURNED: msg("Returned"),
        Bucket.RELEASED: msg("Released"),
        Bucket.LAPSED: msg("Lapsed"),
    }
)


@dataclass(frozen=True)
class Move:
    """One ledger entry of a hold.

    ``order`` is the order of recording (the entry's id), unique within the hold; it decides between
    movements of the same instant. A reversing entry runs the other way, carries the original's event time
    and amount, and names its ``order`` in ``reverses``.
    """

    from_: Bucket
    to: Bucket
    fen: int
    happened_at: datetime
    order: int
    reverses: int | None = None

    def reversed(self, order: int) -> Move:
        """The entry that takes this one back."""
        return Move(self.to, self.from_, self.fen, self.happened_at, order, reverses=self.order)


class Transfer(NamedTuple):
    """From which bucket how much goes where, before it has its time and its order."""

    from_: Bucket
    to: Bucket
    fen: int


@dataclass(frozen=True)
class Buckets:
    """The buckets of one hold in fen; ``captured`` is the total that ever came in."""

    captured: int = 0
    stopped: int = 0
    frozen: int = 0
    returned: int = 0
    released: int = 0
    lapsed: int = 0

    @property
    def secured(self) -> int:
        return self.stopped + self.frozen

    @property
    def balanced(self) -> bool:
        """The identity of money.md: no bucket below 0, and together they are what was captured."""
        parts = (self.stopped, self.frozen, self.returned, self.released, self.lapsed)
        return all(part >= 0 for part in parts) and sum(parts) == self.captured

    def of(self, bucket: Bucket) -> int:
        amount: int = getattr(self, bucket.value)
        return amount

    def apply(self, move: Move) -> Buckets:
        """The buckets after one movement.

        Raises Refused when the amount is not above 0, when money may not go that way, or when the bucket it
        leaves holds less.
        """
        _require_above_zero(move)
        from_, to = (move.from_, move.to) if move.reverses is None else (move.to, move.from_)
        if to not in ALLOWED[from_]:
            raise Refused(
                msg(
                    "Money cannot go from {source} to {target}. Nothing was recorded.",
                    source=BUCKET_WORDS[from_],
                    target=BUCKET_WORDS[to],
                )
            )
        sign = 1 if move.reverses is None else -1
        # Captured counts what came in, so a movement out of it makes it larger, not smaller.
        moved = {from_.value: self.of(from_) - sign * move.fen, to.value: self.of(to) + sign * move.fen}
        if from_ is Bucket.CAPTURED:
            moved[from_.value] = self.captured + sign * move.fen
        if min(moved.values()) < 0:
            short = from_ if sign > 0 else to
            raise Refused(
                msg(
                    "{amount} should leave {source}, but only {there} was there at that time. "
                    "Nothing was recorded; check the amount and when it happened.",
                    amount=yuan(move.fen),
                    source=BUCKET_WORDS[short],
                    there=yuan(self.of(short)),
                )
            )
        return replace(self, **moved)


def replay(moves: Iterable[Move]) -> Buckets:
    """The buckets after all movements, in the order in which they happened, then were recorded.

    The order in which they are handed over never matters. An entry and the one that reverses it cancel out
    before anything is played: what was recorded wrongly (a lapse, although a freeze had been told in time)
    is as if it had not been. Raises Refused for a movement out of a bucket that, in event order, was not yet
    filled, and for a reversing entry that does not mirror exactly one entry.
    """
    buckets = Buckets()
    for move in standing(moves):
        buckets = buckets.apply(move)
    return buckets


def standing(moves: Iterable[Move]) -> tuple[Move, ...]:
    """The movements that count, in event order: without reversed entries and without those reversing them.

    Raises ValueError when two share an ``order``, Refused when a reversal does not fit its original.
    """
    by_order: dict[int, Move] = {}
    for move in moves:
        if move.order in by_order:
            raise ValueError(f"two movements have the order {move.order}")
        by_order[move.order] = move
    gone: set[int] = set()
    for move in sorted(by_order.values(), key=lambda each: each.order):
        if move.reverses is None:
            continue
        original = by_order.get(move.reverses)
        if original is None or original.reverses is not None or original.reversed(move.order) != move:
            raise Refused(msg("A reversing entry must take back exactly one entry. Nothing was recorded."))
        if original.order in gone:
            raise Refused(msg("This entry has been reversed already. Nothing was recorded."))
        gone |= {original.order, move.order}
    kept = (move for move in by_order.values() if move.order not in gone)
    return tuple(sorted(kept, key=lambda each: (each.happened_at, each.order)))


def effective(executed: int, balance_before: int, earlier_holds: int) -> int:
    """What is really caught: min(executed, balance − earlier holds), never below 0."""
    return max(0, min(executed, balance_before - earlier_holds))


class Caught(NamedTuple):
    """What an answer to a stop or freeze caught, and what of the asked amount is left to trace."""

    captured: int
    to_trace: int


def stop_from_answer(executed: int, balance: int, earlier: int, asked: int) -> Caught:
    """Captured and still to trace, from what the bank answered (money.md, worked example 6).

    A whole-account stop may catch more than was asked; then nothing is left to trace.
    """
    captured = effective(executed, balance, earlier)
    return Caught(captured, max(0, asked - captured))


def freeze_after_stop(stopped: int, frozen_amount: int, more_caught: int) -> list[Transfer]:
    """How a freeze takes over from a stop on the same hold.

    ``stopped`` is what stands stopped, ``frozen_amount`` what the freeze covers, ``more_caught`` what is on
    the account beyond the stop and free of earlier holds. What was stopped moves over and is not captured
    again; only what the freeze holds beyond it is. A freeze smaller than the stop releases the rest.
    """
    if min(stopped, frozen_amount, more_caught) < 0:
        raise ValueError("amounts of a freeze are never negative")
    over = min(stopped, frozen_amount)
    wanted = (
        Transfer(Bucket.STOPPED, Bucket.FROZEN, over),
        Transfer(Bucket.CAPTURED, Bucket.FROZEN, min(frozen_amount - over, more_caught)),
        Transfer(Bucket.STOPPED, Bucket.RELEASED, stopped - over),
    )
    return [transfer for transfer in wanted if transfer.fen]


class StopStanding(StrEnum):
    """What another stop on an account would be."""

    SAME_HOLD = "same_hold"
    """A second stop in time: it carries the running hold on and captures nothing new."""
    NEW_HOLD = "new_hold"
    """No stop is running: a hold of its own."""
    REFUSED = "refused"
    """The account has had its stops."""


def stop_standing(
    stops_used: int, current_end: datetime | None, start: datetime, *, limit: int = STOPS_PER_ACCOUNT
) -> StopStanding:
    """What a stop beginning at ``start`` is.

    ``stops_used`` counts executed stops on the account, over all cases; ``current_end`` is the end of the
    running one. A hold is lapsed from its end instant on, so a stop beginning at that instant is too late
    to carry it on.
    """
    if stops_used >= limit:
        return StopStanding.REFUSED
    if current_end is not None and start < current_end:
        return StopStanding.SAME_HOLD
    return StopStanding.NEW_HOLD


def second_stop_allowed(
    stops_used: int, current_end: datetime | None, start: datetime, *, limit: int = STOPS_PER_ACCOUNT
) -> bool:
    """Whether a stop at ``start`` carries the running hold on for another 48 hours."""
    return stop_standing(stops_used, current_end, start, limit=limit) is StopStanding.SAME_HOLD


def require_stop(stops_used: int, *, limit: int = STOPS_PER_ACCOUNT) -> None:
    """Raises Refused for the stop after the last one the account may have."""
    if stops_used >= limit:
        raise Refused(
            msg(
                "This account has been stopped {count} times already, the most the rules allow. "
                "Nothing was changed; ask for a freeze instead.",
                count=stops_used,
            )
        )


def stop_end(
    start: datetime,
    stated_by_bank: datetime | None,
    rule: ClockRule = DEFAULT_RULES["stop"],
    *,
    zone: ZoneInfo = _CHINA,
    calendar: WorkCalendar = _NO_OWN_DAYS,
) -> datetime:
    """The end of a stop in UTC: what the bank states, else 48 hours after its own start.

    ``zone`` and ``calendar`` matter only to an office that has set the stop's length in days.
    """
    return hold_end(start, stated_by_bank, rule, zone, calendar)


def hold_end(
    start: datetime, stated_by_bank: datetime | None, rule: ClockRule, zone: ZoneInfo, calendar: WorkCalendar
) -> datetime:
    """The end of a stop or freeze in UTC: the end that the bank states beats the rule.

    Raises BadInput, naming ``end``, when the stated end is not after the start.
    """
    computed = due(rule, start, zone, calendar)
    if stated_by_bank is None:
        return computed
    if stated_by_bank <= start:
        raise BadInput(
            msg("The end of the hold is not after its start; check both times. Nothing was recorded."),
            field="end",
        )
    return stated_by_bank.astimezone(computed.tzinfo)


def lapsed(end: datetime, at: datetime) -> bool:
    """A hold is lapsed from its end instant on, whether or not anything has been recorded."""
    return at >= end


def counts_at(day: date, recorded_at: datetime, zone: ZoneInfo) -> datetime:
    """When a fact that is dated by day only happened, in UTC: at that day's end, at the latest when recorded."""
    end = day_end(day, zone)
    return min(end, recorded_at.astimezone(end.tzinfo))


def _require_above_zero(move: Move) -> None:
    if move.fen <= 0:
        raise Refused(msg("A movement of money must be more than 0. Nothing was recorded."))
