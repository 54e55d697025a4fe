"""The same trade handed in twice: which rows of a file the office has already (rules.md, "Statement import").

Pure functions over what tells trades from each other. Amounts are fen, times aware UTC.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from liaison_desk.core.statements import Direction, Row


class Trade(NamedTuple):
    """What tells one trade from another; ``None`` and "" are what a file does not say."""

    account: str
    at: datetime
    fen: int
    direction: Direction
    counterparty: str
    """The other account's number."""
    name: str
    """The other holder, only where there is no number."""
    balance: int | None
    serial: str

    @property
    def base(self) -> tuple[str, datetime, int, Direction]:
        """Account, time, amount, direction: only trades that agree in these can be the same."""
        return self[:4]

    @property
    def told_apart(self) -> bool:
        """Whether serial or balance are there: then what is equal in all is one trade, however often it stands."""
        return bool(self.serial) or self.balance is not None


def trade_of(row: Row) -> Trade:
    return Trade(
        row.account,
        row.at,
        row.fen,
        row.direction,
        row.counterparty,
        "" if row.counterparty else row.counterparty_name,
        row.balance,
        row.serial,
    )


class Twin(NamedTuple):
    """The row that a new row is the same trade as: by place among the stored, or among the new of this file."""

    place: int
    stored: bool


def match(new: Sequence[Trade], stored: Sequence[Trade]) -> list[Twin | None]:
    """For each new row, in the order of source lines, the row it is the same trade as; None where it is to be stored.

    ``stored`` are the office's rows in their own order; those whose ``base`` is not among the new do not matter, so
    a large file may be matched in parts as long as rows of one base stay together. The rule (rules.md): rows equal in
    all first; then those in which serial, balance or counterparty is missing on one side, one to one, in the order of
    lines. Where serial and balance are absent on both sides, the k-th equal row is the k-th stored one. A file sent
    twice adds nothing, in whatever order its rows stand.
    """
    answer: list[Twin | None] = [None] * len(new)
    there: dict[tuple[object, ...], list[int]] = defaultdict(list)
    wanted = {trade.base for trade in new}
    for place, trade in enumerate(stored):
        if trade.base in wanted:
            there[trade.base].append(place)
    groups: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for place, trade in enumerate(new):
        groups[trade.base].append(place)
    for base, places in groups.items():
        _match_base(places, there.get(base, []), new, stored, answer)
    return answer


def _match_base(
    places: Sequence[int],
    there: Sequence[int],
    new: Sequence[Trade],
    stored: Sequence[Trade],
    answer: list[Twin | None],
) -> None:
    by_trade: dict[Trade, list[int]] = defaultdict(list)
    for place in there:
        by_trade[stored[place]].append(place)
    used: set[int] = set()
    first: dict[Trade, int] = {}
    spent: dict[Trade, int] = defaultdict(int)
    left: list[int] = []
    for place in places:
        trade = new[place]
        equal = by_trade.get(trade, ())
        if trade.told_apart:
            if equal:
                used.add(equal[0])
                answer[place] = Twin(equal[0], True)
            elif trade in first:
                answer[place] = Twin(first[trade], False)
            else:
                first[trade] = place
                left.append(place)
            continue
        k = spent[trade]
        spent[trade] += 1
        if k < len(equal):
            used.add(equal[k])
            answer[place] = Twin(equal[k], True)
        else:
            left.append(place)
    free = [place for place in there if place not in used]
    if left and free:
        for place, twin in _one_to_one(left, free, new, stored).items():
            answer[place] = Twin(twin, True)


def _one_to_one(
    left: Sequence[int], free: Sequence[int], new: Sequence[Trade], stored: Sequence[Trade]
) -> Mapping[int, int]:
    """New row → stored row, each once: earlier lines first, and none goes empty for want of another order."""
    taken: dict[int, int] = {}
    """Stored row → new row."""
    partner: dict[int, int] = {}
    for start in left:
        came: dict[int, int] = {}
        asking = [start]
        for place in asking:
            free_one = None
            for other in free:
                if other in came or not _one_may_be(new[place], stored[other]):
                    continue
                came[other] = place
                if other not in taken:
                    free_one = other
                    break
                asking.append(taken[other])
            if free_one is not None:
                _hand_on(start, free_one, came, taken, partner)
                break
    return partner


def _hand_on(
    start: int, free_one: int, came: Mapping[int, int], taken: dict[int, int], partner: dict[int, int]
) -> None:
    """Everybody on the way to the free row takes the next one, so that the start has one, too."""
    other = free_one
    while True:
        place = came[other]
        before = partner.get(place)
        taken[other], partner[place] = place, other
        if place == start or before is None:
            return
        other = before


def _one_may_be(new: Trade, stored: Trade) -> bool:
    """Whether two rows of one base differ in nothing but what one of them does not say."""
    if new.serial and stored.serial and new.serial != stored.serial:
        return False
    if new.balance is not None and stored.balance is not None and new.balance != stored.balance:
        return False
    if new.counterparty and stored.counterparty:
        return new.counterparty == stored.counterparty and new != stored
    if not new.counterparty and not stored.counterparty and new.name and stored.name:
        return new.name == stored.name and new != stored
    return new != stored
