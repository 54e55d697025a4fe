"""Whose money stands on an account, by four rules side by side (money.md §4).

Movements go in, in any order; out come what is left on every account by owner, what left the traceable world by
owner, and what left without having been known to be there. Every run proves that no fen was lost or made. All
amounts are fen, all times aware and UTC inside.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from itertools import pairwise
from operator import attrgetter
from types import MappingProxyType
from typing import NamedTuple

from liaison_desk.core.money import largest_remainder
from liaison_desk.core.tracing_rules import OTHER, RULE_WORDS, Book, Parcel, Rule, book
from liaison_desk.core.words import Message, msg

__all__ = [
    "CHANNEL_WORDS",
    "KIND_WORDS",
    "OTHER",
    "RULE_WORDS",
    "AccountLeft",
    "Channel",
    "Comparison",
    "ConservationBroken",
    "Exit",
    "Kind",
    "Movement",
    "Parcel",
    "Precision",
    "Range",
    "Rule",
    "Traced",
    "compare",
    "in_order",
    "secured_by_holds",
    "trace",
]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BATCH = 2_000
"""Movements between two words of progress."""

Progress = Callable[[int, int], None]
"""Told (movements done, movements in all); an exception from it ends the run."""


class Kind(StrEnum):
    """What a movement is."""

    OPENING = "opening"
    PAYMENT = "payment"
    INFLOW = "inflow"
    TRANSFER = "transfer"
    EXIT = "exit"


KIND_WORDS: Mapping[Kind, Message] = MappingProxyType(
    {
        Kind.OPENING: msg("Opening balance"),
        Kind.PAYMENT: msg("Victim's payment"),
        Kind.INFLOW: msg("Money from elsewhere"),
        Kind.TRANSFER: msg("Transfer"),
        Kind.EXIT: msg("Left the traceable world"),
    }
)

_WITHIN_A_SECOND = {Kind.OPENING: 0, Kind.PAYMENT: 1, Kind.INFLOW: 1, Kind.TRANSFER: 2, Kind.EXIT: 2}


class Channel(StrEnum):
    """How money left the traceable world."""

    CASH = "cash"
    POS = "pos"
    THIRD_PARTY = "third_party"
    CRYPTO = "crypto"
    OTHER = "other"


CHANNEL_WORDS: Mapping[Channel, Message] = MappingProxyType(
    {
        Channel.CASH: msg("Cash"),
        Channel.POS: msg("POS purchase"),
        Channel.THIRD_PARTY: msg("Third-party payment"),
        Channel.CRYPTO: msg("Crypto currency"),
        Channel.OTHER: msg("Other way out"),
    }
)


class Precision(StrEnum):
    """How exactly the source gave the time; it is shown and never changes the order."""

    SECOND = "second"
    MINUTE = "minute"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Movement:
    """One movement of money, in fen.

    ``to`` is the account of an opening, payment or inflow, ``from_`` that of an exit, a transfer has both; the
    far side may be named otherwise and is then shown, not traced. ``owner`` is the victim of a payment and empty
    for every other kind, ``channel`` belongs to an exit. ``source`` and ``line`` are the place of the file among the files and
    of the line in it: with the time they are the order. Raises ValueError when the parts do not fit the kind.
    """

    at: datetime
    kind: Kind
    from_: str
    to: str
    fen: int
    owner: str = ""
    channel: Channel | None = None
    source: int = 0
    line: int = 0
    precision: Precision = Precision.SECOND

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError("a movement has an aware time")
        if self.at.tzinfo is not UTC:
            object.__setattr__(self, "at", self.at.astimezone(UTC))
        if self.fen < 0:
            raise ValueError("a movement is not negative: it has a direction")
        goes_out = _WITHIN_A_SECOND[self.kind] == 2
        if (goes_out and not self.from_) or (self.kind is not Kind.EXIT and not self.to):
            raise ValueError(f"{self.kind} lacks its account")
        if (self.kind is Kind.PAYMENT) != bool(self.owner) or self.owner == OTHER:
            raise ValueError("a payment has a victim, and nothing else has")
        if (self.kind is Kind.EXIT) != (self.channel is not None):
            raise ValueError("an exit has a channel, and nothing else has")


@dataclass(frozen=True, slots=True)
class AccountLeft:
    """What is left on an account: its parcels in order of arrival, neighbours of one owner as one."""

    parcels: tuple[Parcel, ...] = ()

    @property
    def balance(self) -> int:
        return sum(parcel.fen for parcel in self.parcels)

    @property
    def owners(self) -> dict[str, int]:
        """Fen by owner, in order of first arrival; nobody with 0."""
        owners: dict[str, int] = {}
        for owner, fen in self.parcels:
            owners[owner] = owners.get(owner, 0) + fen
        return owners


class Exit(NamedTuple):
    """What one movement took out of the traceable world: ``amount`` fen in all, and by owner."""

    at: datetime
    account: str
    channel: Channel
    amount: int
    owners: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Traced:
    """One run under one rule; accounts in the order in which they first appear, empty ones too."""

    rule: Rule
    accounts: Mapping[str, AccountLeft]
    exits: tuple[Exit, ...]
    unexplained: Mapping[str, int]
    """Fen by account that left it without having been known to be there."""


class Range(NamedTuple):
    """Least and most over the rules, in fen."""

    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """The four rules over the same movements."""

    traced: Mapping[Rule, Traced]

    @property
    def directly_traceable(self) -> dict[str, bool]:
        """By account that is not empty: whether all four rules split what is left there in the same way."""
        first, *others = self.traced.values()
        verdict: dict[str, bool] = {}
        for account, left in first.accounts.items():
            if left.parcels:
                owners = left.owners
                verdict[account] = all(each.accounts[account].owners == owners for each in others)
        return verdict

    def ranges(self, account: str) -> dict[str, Range]:
        """By owner, the least and the most that the rules leave on an account: where to look next."""
        splits = [each.accounts[account].owners for each in self.traced.values()]
        names = dict.fromkeys(owner for split in splits for owner in split)
        return {
            owner: Range(min(found), max(found))
            for owner in names
            for found in [[split.get(owner, 0) for split in splits]]
        }

    def sharing(self, account: str) -> frozenset[str]:
        """The victims who have a share on an account under at least one rule (money.md §5, proportional)."""
        return frozenset(self.ranges(account)) - {OTHER}


class ConservationBroken(AssertionError):
    """Money was lost or made by a tracing run: a mistake of this program, never of the data."""


def in_order(movements: Iterable[Movement]) -> list[Movement]:
    """Movements by time; in the same second opening, money in, money out; then by source and line.

    What is equal in all of these is ordered by its own content, so the order of handing over never matters.
    """
    # Three stable sorts by one number each make no tuple for every movement, which a long list would feel.
    ordered = sorted(movements, key=attrgetter("line"))
    ordered.sort(key=attrgetter("source"))
    ordered.sort(key=_moment)
    if any(
        one.line == next_.line and one.source == next_.source and _moment(one) == _moment(next_)
        for one, next_ in pairwise(ordered)
    ):
        ordered.sort(key=lambda each: (_moment(each), each.source, each.line, *_content(each)))
    return ordered


def _moment(movement: Movement) -> int:
    """The second, and within it the place of the kind."""
    since = movement.at - _EPOCH
    return (since.days * 86_400 + since.seconds) * 3 + _WITHIN_A_SECOND[movement.kind]


def _content(movement: Movement) -> tuple[int | str, ...]:
    return (
        movement.at.microsecond,
        movement.kind,
        movement.from_,
        movement.to,
        movement.fen,
        movement.owner,
        movement.channel or "",
    )


def trace(movements: Iterable[Movement], rule: Rule, progress: Progress | None = None) -> Traced:
    """What is left, what left and what is unexplained under one rule (money.md §4).

    Raises ConservationBroken if the run does not add up, per owner and in total.
    """
    ordered = in_order(movements)
    return _run(ordered, rule, 0, len(ordered), progress)


def compare(movements: Iterable[Movement], progress: Progress | None = None) -> Comparison:
    """The four rules side by side; ``progress`` counts the movements of all four runs."""
    ordered = in_order(movements)
    total = len(ordered) * len(Rule)
    return Comparison(
        {rule: _run(ordered, rule, at * len(ordered), total, progress) for at, rule in enumerate(Rule)}
    )


def _run(ordered: Sequence[Movement], rule: Rule, done: int, total: int, progress: Progress | None) -> Traced:
    accounts = book(rule)
    seen: dict[str, None] = {}
    exits: list[Exit] = []
    came_in: dict[str, int] = {}
    unexplained: dict[str, int] = {}
    for begin in range(0, len(ordered), _BATCH):
        batch = ordered[begin : begin + _BATCH]
        _play(batch, accounts, seen, exits, came_in, unexplained)
        if progress is not None:
            progress(done + begin + len(batch), total)
    left = {account: AccountLeft(accounts.parcels(account)) for account in seen}
    _require_conservation(rule, came_in, left, exits, unexplained)
    return Traced(rule, left, tuple(exits), unexplained)


def _play(
    batch: Sequence[Movement],
    accounts: Book,
    seen: dict[str, None],
    exits: list[Exit],
    came_in: dict[str, int],
    unexplained: dict[str, int],
) -> None:
    transfer, leaving = Kind.TRANSFER, Kind.EXIT
    for movement in batch:
        kind, fen = movement.kind, movement.fen
        if kind is transfer:
            account = movement.from_
            missing = accounts.move(account, movement.to, fen)
            seen[account] = seen[movement.to] = None
        elif kind is leaving:
            account = movement.from_
            owners, missing = accounts.take(account, fen)
            exits.append(Exit(movement.at, account, movement.channel or Channel.OTHER, fen, owners))
            seen[account] = None
        else:
            owner = movement.owner or OTHER
            accounts.put(movement.to, owner, fen)
            came_in[owner] = came_in.get(owner, 0) + fen
            seen[movement.to] = None
            continue
        if missing:
            unexplained[account] = unexplained.get(account, 0) + missing


def _require_conservation(
    rule: Rule,
    came_in: Mapping[str, int],
    left: Mapping[str, AccountLeft],
    exits: Sequence[Exit],
    unexplained: Mapping[str, int],
) -> None:
    """What came in = what is left + what went out, per owner and in total, and nothing is negative."""
    owed = defaultdict(int, came_in)
    owed[OTHER] += sum(unexplained.values())
    total = sum(owed.values()) - sum(each.amount for each in exits)
    for each in exits:
        for owner, fen in each.owners.items():
            owed[owner] -= fen
        if min(each.owners.values(), default=1) <= 0:
            raise ConservationBroken(f"{rule}: {each.account} let no money leave")
    for account, what in left.items():
        for owner, fen in what.parcels:
            owed[owner] -= fen
            total -= fen
            if fen <= 0:
                raise ConservationBroken(f"{rule}: {account} holds {fen} fen")
    wrong = {owner: fen for owner, fen in owed.items() if fen}
    if wrong or total:
        raise ConservationBroken(f"{rule}: {total} fen do not add up, by owner {wrong}")


def secured_by_holds(
    holds: Sequence[int], owners: Mapping[str, int], reported: Sequence[str]
) -> list[dict[str, int]]:
    """What each hold on one account secures for whom, in fen: one answer a hold (money.md §4).

    ``holds`` are the held amounts in the order of capture, ``owners`` the split of the balance, ``reported`` the
    identified victims in the order of their reports. Each hold secures min(held, what the victims own and earlier
    holds left), split in proportion to what is left of each share (largest remainder, ties to the earlier report).
    Nobody appears with 0. Raises ValueError for a negative hold and for a victim who is not in ``reported``.
    """
    victims = list(dict.fromkeys(reported))
    if set(owners) - {OTHER} - set(victims):
        raise ValueError("a victim owns a share and is not among the reports")
    left = [owners.get(victim, 0) for victim in victims]
    secured: list[dict[str, int]] = []
    for held in holds:
        if held < 0:
            raise ValueError("a hold is not negative")
        shares = largest_remainder(min(held, sum(left)), left)
        left = [there - share for there, share in zip(left, shares, strict=True)]
        secured.append({victim: share for victim, share in zip(victims, shares, strict=True) if share})
    return secured
