"""Whose money each single movement carried, under one rule: what a picture follows from account to account.

The run is that of ``tracing`` (money.md §4) with the owners of every movement kept. It is slower than a tracing
that only asks for what is left, and is made for the movements of one case.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from liaison_desk.core.tracing import OTHER, ConservationBroken, Kind, Movement, in_order
from liaison_desk.core.tracing_rules import Rule, book


@dataclass(frozen=True, slots=True)
class Carried:
    """One movement and whose fen it carried; the owners add up to ``movement.fen``."""

    movement: Movement
    owners: Mapping[str, int]


def carried(movements: Iterable[Movement], rule: Rule) -> tuple[Carried, ...]:
    """Every movement in the order of tracing, with whose fen it carried.

    What came in without being a victim's, and what left without having been known, is ``other``. Raises
    ConservationBroken where a movement's owners do not add up to it: a mistake of this program.
    """
    accounts = book(rule)
    found: list[Carried] = []
    for movement in in_order(movements):
        owners: Mapping[str, int]
        if movement.kind is Kind.TRANSFER:
            owners, _ = accounts.send(movement.from_, movement.to, movement.fen)
        elif movement.kind is Kind.EXIT:
            owners, _ = accounts.take(movement.from_, movement.fen)
        else:
            owner = movement.owner or OTHER
            owners = {owner: movement.fen} if movement.fen else {}
            accounts.put(movement.to, owner, movement.fen)
        if sum(owners.values()) != movement.fen:
            raise ConservationBroken(f"{rule}: a movement of {movement.fen} fen carried {dict(owners)}")
        found.append(Carried(movement, owners))
    return tuple(found)
