"""The four rules of tracing as accounts of parcels: what leaves, in which order, and where it arrives.

money.md §4 is the source. What a movement takes out leaves as parcels in their order of arrival in the account
they leave, oldest first, under every rule; the rule only chooses which. All amounts are fen.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple, Protocol

from liaison_desk.core.words import Message, msg

OTHER = "other"
"""The owner of everything that no victim paid: opening balances, money from elsewhere, what is unexplained."""


class Rule(StrEnum):
    """Which parcels leave first."""

    FIFO = "fifo"
    LIFO = "lifo"
    PRO_RATA = "pro-rata"
    CLEAN_FIRST = "clean-first"


RULE_WORDS: Mapping[Rule, Message] = MappingProxyType(
    {
        Rule.FIFO: msg("First in, first out"),
        Rule.LIFO: msg("Last in, first out"),
        Rule.PRO_RATA: msg("In proportion"),
        Rule.CLEAN_FIRST: msg("Other money first"),
    }
)


class Parcel(NamedTuple):
    """An amount in fen that stands on an account for one owner."""

    owner: str
    fen: int


class Book(Protocol):
    """All accounts of one run under one rule."""

    def put(self, account: str, owner: str, fen: int) -> None:
        """Money comes in as the newest parcel."""

    def move(self, from_: str, to: str, fen: int) -> int:
        """A transfer; the fen of it that were not known to be there (they arrive as ``other``, in front)."""

    def take(self, account: str, fen: int) -> tuple[dict[str, int], int]:
        """What leaves the traceable world: fen by owner, and how many of it were not known to be there."""

    def send(self, from_: str, to: str, fen: int) -> tuple[dict[str, int], int]:
        """A transfer like ``move``, telling what ``take`` tells: slower, for a picture of owners."""

    def parcels(self, account: str) -> tuple[Parcel, ...]:
        """What is left on an account, in order of arrival."""


def book(rule: Rule) -> Book:
    """Empty accounts under a rule."""
    if rule is Rule.FIFO:
        return _QueueBook(_Oldest)
    if rule is Rule.LIFO:
        return _QueueBook(_Newest)
    return _ShareBook(clean_first=rule is Rule.CLEAN_FIRST)


# --- fifo and lifo ----------------------------------------------------------------------------


class _Oldest:
    """The parcels of an account whose oldest leave first.

    ``ends[i]`` is where parcel i ends on a ruler that begins at ``start``: a split is one bisection, and parcels
    move by shifting their ends. Neighbours of one owner are one parcel, which no amount can tell apart.
    """

    __slots__ = ("ends", "head", "owners", "start")

    def __init__(self) -> None:
        self.owners: list[str] = []
        self.ends: list[int] = []
        self.start = 0
        self.head = 0
        """Index of the first parcel still there; what is before it has left and is cleared now and then."""

    def append(self, owners: list[str], ends: list[int], start: int) -> None:
        """Parcels arrive, behind those that are there; the two lists are this account's from now on."""
        if not self.ends:
            self.owners, self.ends, self.start, self.head = owners, ends, start, 0
            return
        shift = self.ends[-1] - start
        if self.owners[-1] == owners[0]:
            del self.owners[-1], self.ends[-1]
        self.owners += owners
        self.ends += [end + shift for end in ends]

    def clear(self) -> tuple[list[str], list[int], int]:
        """Everything leaves."""
        owners, ends, start = self.owners, self.ends, self.start
        if self.head:
            owners, ends = owners[self.head :], ends[self.head :]
        self.owners, self.ends, self.start, self.head = [], [], 0, 0
        return owners, ends, start

    def leave(self, fen: int) -> tuple[list[str], list[int], int]:
        """Less than everything leaves, at least 1 fen."""
        owners, ends, head, start = self.owners, self.ends, self.head, self.start
        cut = start + fen
        at = bisect_left(ends, cut, head)
        leaving = ends[head:at]
        leaving.append(cut)
        left = owners[head : at + 1]
        self.start = cut
        self.head = head = at + (ends[at] == cut)
        if head > 256 and head * 2 > len(ends):
            del owners[:head], ends[:head]
            self.head = 0
        return left, leaving, start


class _Newest(_Oldest):
    """The parcels of an account whose newest leave first; they still travel oldest first."""

    __slots__ = ()

    def leave(self, fen: int) -> tuple[list[str], list[int], int]:
        owners, ends = self.owners, self.ends
        cut = ends[-1] - fen
        at = bisect_right(ends, cut)
        leaving, left = ends[at:], owners[at:]
        if cut > (ends[at - 1] if at else self.start):
            ends[at] = cut
            at += 1
        del owners[at:], ends[at:]
        return left, leaving, cut


class _QueueBook:
    def __init__(self, kind: type[_Oldest]) -> None:
        self._accounts: defaultdict[str, _Oldest] = defaultdict(kind)

    def put(self, account: str, owner: str, fen: int) -> None:
        if fen:
            self._accounts[account].append([owner], [fen], 0)

    def _leave(self, account: str, fen: int) -> tuple[list[str], list[int], int, int]:
        """Owners, ends and start of what leaves, and how many fen of it were unexplained."""
        here = self._accounts[account]
        there = here.ends[-1] - here.start if here.ends else 0
        if fen < there:
            owners, ends, start = here.leave(fen)
            return owners, ends, start, 0
        owners, ends, start = here.clear()
        missing = fen - there
        if missing:
            if not owners or owners[0] != OTHER:
                owners.insert(0, OTHER)
                ends.insert(0, start)
            start -= missing
        return owners, ends, start, missing

    def move(self, from_: str, to: str, fen: int) -> int:
        if not fen:
            return 0
        owners, ends, start, missing = self._leave(from_, fen)
        self._accounts[to].append(owners, ends, start)
        return missing

    def take(self, account: str, fen: int) -> tuple[dict[str, int], int]:
        if not fen:
            return {}, 0
        owners, ends, start, missing = self._leave(account, fen)
        return _by_owner(owners, ends, start), missing

    def send(self, from_: str, to: str, fen: int) -> tuple[dict[str, int], int]:
        if not fen:
            return {}, 0
        owners, ends, start, missing = self._leave(from_, fen)
        sent = _by_owner(owners, ends, start)
        self._accounts[to].append(owners, ends, start)
        return sent, missing

    def parcels(self, account: str) -> tuple[Parcel, ...]:
        here = self._accounts.get(account)
        if here is None:
            return ()
        found: list[Parcel] = []
        start = here.start
        for owner, end in zip(here.owners[here.head :], here.ends[here.head :], strict=True):
            found.append(Parcel(owner, end - start))
            start = end
        return tuple(found)


def _by_owner(owners: list[str], ends: list[int], start: int) -> dict[str, int]:
    """Fen by owner of parcels that end there on the ruler."""
    found: dict[str, int] = {}
    for owner, end in zip(owners, ends, strict=True):
        found[owner] = found.get(owner, 0) + end - start
        start = end
    return found


# --- pro-rata and clean-first -----------------------------------------------------------------


class _ShareBook:
    """Accounts with one amount per owner, in order of first arrival since that owner last stood at 0 there.

    Parcels of one owner that have not been merged yet take the same share together as one, so that every account
    may hold one parcel per owner at all times.
    """

    def __init__(self, *, clean_first: bool) -> None:
        self._clean_first = clean_first
        self._accounts: dict[str, dict[str, int]] = {}

    def put(self, account: str, owner: str, fen: int) -> None:
        if fen:
            here = self._accounts.setdefault(account, {})
            here[owner] = here.get(owner, 0) + fen

    def _leave(self, account: str, fen: int, into: dict[str, int]) -> int:
        """Add what leaves to ``into``, owner by owner in order of arrival; how much of it was unexplained."""
        here = self._accounts.get(account, {})
        there = sum(here.values())
        known = into.get
        if fen >= there:
            missing = fen - there
            if missing:
                into[OTHER] = known(OTHER, 0) + missing
            for owner, amount in here.items():
                into[owner] = known(owner, 0) + amount
            here.clear()
            return missing
        amounts = list(here.values())
        if self._clean_first and OTHER in here:
            shares = _clean_shares(here, fen, there)
        else:
            shares = _shares(amounts, fen, there)
        if into or 0 in shares:
            for owner, amount, share in zip(here, amounts, shares, strict=True):
                if share:
                    into[owner] = known(owner, 0) + share
                    here[owner] = amount - share
        else:
            # Every owner goes to where nobody is, as at most exits: a copy is filled faster than a new dict.
            into.update(here)
            for owner, amount, share in zip(here, amounts, shares, strict=True):
                into[owner] = share
                here[owner] = amount - share
        if 0 in here.values():
            for owner in [owner for owner, amount in here.items() if not amount]:
                del here[owner]
        return 0

    def move(self, from_: str, to: str, fen: int) -> int:
        if from_ != to:
            return self._leave(from_, fen, self._accounts.setdefault(to, {}))
        # What an account sends to itself leaves first and then arrives, as anywhere else.
        leaving: dict[str, int] = {}
        missing = self._leave(from_, fen, leaving)
        here = self._accounts.setdefault(to, {})
        for owner, share in leaving.items():
            here[owner] = here.get(owner, 0) + share
        return missing

    def take(self, account: str, fen: int) -> tuple[dict[str, int], int]:
        leaving: dict[str, int] = {}
        return leaving, self._leave(account, fen, leaving)

    def send(self, from_: str, to: str, fen: int) -> tuple[dict[str, int], int]:
        sent, missing = self.take(from_, fen)
        if sent:
            here = self._accounts.setdefault(to, {})
            for owner, share in sent.items():
                here[owner] = here.get(owner, 0) + share
        return sent, missing

    def parcels(self, account: str) -> tuple[Parcel, ...]:
        return tuple(Parcel(owner, fen) for owner, fen in self._accounts.get(account, {}).items())


def _shares(amounts: list[int], fen: int, there: int) -> list[int]:
    """``money.largest_remainder(fen, amounts)``, written for the millions of shares of a long tracing."""
    divided = [divmod(fen * amount, there) for amount in amounts]
    shares = [share for share, _ in divided]
    missing = fen - sum(shares)
    if missing:
        rests = [rest for _, rest in divided]
        if missing == 1:
            shares[rests.index(max(rests))] += 1
        else:
            # A reversed sort keeps equals in their order: ties go to the owner who arrived first.
            for at in sorted(range(len(rests)), key=rests.__getitem__, reverse=True)[:missing]:
                shares[at] += 1
    return shares


def _clean_shares(here: dict[str, int], fen: int, there: int) -> list[int]:
    """``other`` gives what it has; only what is missing then comes from the victims, pro rata."""
    clean = here[OTHER]
    first = min(clean, fen)
    if fen > clean:
        amounts = [0 if owner == OTHER else amount for owner, amount in here.items()]
        shares = _shares(amounts, fen - clean, there - clean)
    else:
        shares = [0] * len(here)
    shares[list(here).index(OTHER)] = first
    return shares
