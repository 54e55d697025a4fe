"""Accounts that meet (C5): common counterparties, money that returns in a circle, accounts emptied at once.

Pure over movements between account keys; each finding brings the movements that show it. Amounts are fen.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from liaison_desk.core.tracing import Kind, Movement, in_order

LONGEST_CIRCLE = 6
"""Transfers in a circle at most; longer ones are no longer one sum that comes back."""
MOST = 200
"""Findings of one kind at most, the largest first."""
_STEPS = 20_000
"""Transfers looked at for circles from one account at most; a dense graph has more ways than anybody reads."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """A finding: the accounts it is about, how much, when, and the movements that show it."""

    accounts: tuple[str, ...]
    fen: int
    first: datetime
    last: datetime
    evidence: tuple[Movement, ...]

    @property
    def lasted(self) -> timedelta:
        return self.last - self.first


def _finding(accounts: Sequence[str], fen: int, evidence: Sequence[Movement]) -> Meeting:
    times = [movement.at for movement in evidence]
    return Meeting(tuple(accounts), fen, min(times), max(times), tuple(evidence))


def _largest(found: Iterable[Meeting]) -> tuple[Meeting, ...]:
    ordered = sorted(found, key=lambda each: (-each.fen, each.first, each.accounts))
    return tuple(ordered[:MOST])


def counterparties(movements: Iterable[Movement]) -> tuple[Meeting, ...]:
    """Accounts into which at least two other accounts pay; the largest sum first.

    ``accounts`` begins with the one they meet at, then those that pay, in order of their first payment.
    """
    into: dict[str, list[Movement]] = {}
    for movement in in_order(movements):
        if movement.kind is Kind.TRANSFER and movement.from_ != movement.to:
            into.setdefault(movement.to, []).append(movement)
    return _largest(
        _finding((account, *payers), sum(each.fen for each in lines), lines)
        for account, lines in into.items()
        if len(payers := dict.fromkeys(each.from_ for each in lines)) > 1
    )


def circles(movements: Iterable[Movement]) -> tuple[Meeting, ...]:
    """Money that goes from account to account and comes back to where it started, each step after the last.

    One finding a set of accounts: the way with the largest smallest step, which is the amount that can have come
    back. An account that pays itself is no circle.
    """
    onward: dict[str, list[Movement]] = {}
    for movement in in_order(movements):
        if movement.kind is Kind.TRANSFER and movement.from_ != movement.to:
            onward.setdefault(movement.from_, []).append(movement)
    best: dict[frozenset[str], Meeting] = {}
    for start in onward:
        for way in _ways_back(start, onward):
            accounts = [movement.from_ for movement in way]
            fen = min(movement.fen for movement in way)
            before = best.get(frozenset(accounts))
            if before is None or (fen, before.first) > (before.fen, way[0].at):
                best[frozenset(accounts)] = _finding(accounts, fen, way)
    return _largest(best.values())


def _ways_back(start: str, onward: dict[str, list[Movement]]) -> Iterable[list[Movement]]:
    """Ways from an account back to it, each step not before the one before; at most _STEPS are looked at."""
    times = {account: [movement.at for movement in lines] for account, lines in onward.items()}
    looked = 0
    waiting: list[list[Movement]] = [[movement] for movement in reversed(onward[start])]
    while waiting and looked < _STEPS:
        way = waiting.pop()
        looked += 1
        last = way[-1]
        if last.to == start:
            yield way
            continue
        if len(way) == LONGEST_CIRCLE or last.to not in onward:
            continue
        visited = {movement.from_ for movement in way}
        lines = onward[last.to]
        # The first fitting movement to each next account: later ones tell of the same circle.
        tried: set[str] = set()
        for movement in lines[bisect_left(times[last.to], last.at) :]:
            if movement.to in tried or (movement.to in visited and movement.to != start):
                continue
            tried.add(movement.to)
            waiting.append([*way, movement])


def emptied(movements: Iterable[Movement], within: timedelta) -> tuple[Meeting, ...]:
    """Accounts from which, within that time of money coming in, at least as much left as stood there then.

    One finding an account: its largest such sum. The evidence begins with what came in.
    """
    there: dict[str, int] = {}
    into: dict[str, list[tuple[Movement, int]]] = {}
    out: dict[str, list[Movement]] = {}
    for movement in in_order(movements):
        if movement.kind in (Kind.TRANSFER, Kind.EXIT):
            there[movement.from_] = max(0, there.get(movement.from_, 0) - movement.fen)
            out.setdefault(movement.from_, []).append(movement)
        if movement.kind is not Kind.EXIT:
            there[movement.to] = there.get(movement.to, 0) + movement.fen
            if movement.kind is not Kind.OPENING and movement.from_ != movement.to:
                into.setdefault(movement.to, []).append((movement, there[movement.to]))
    found: list[Meeting] = []
    for account, arrivals in into.items():
        best: Meeting | None = None
        left = out.get(account, [])
        begins = [movement.at for movement in left]
        for arrival, stood in arrivals:
            gone: list[Movement] = []
            fen = 0
            for movement in left[bisect_left(begins, arrival.at) :]:
                if movement.at > arrival.at + within or fen >= stood:
                    break
                gone.append(movement)
                fen += movement.fen
            if gone and fen >= stood and (best is None or stood > best.fen):
                best = _finding((account,), stood, (arrival, *gone))
        if best is not None:
            found.append(best)
    return _largest(found)
