"""Who gets how much of frozen money back: the direct and the proportional plan (money.md §5).

All amounts are fen. A plan is what would be paid now: what has been paid before is part of each victim's loss
record and is never taken back, so planning again can only add to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from liaison_desk.core.errors import BadInput, Refused
from liaison_desk.core.money import largest_remainder, yuan
from liaison_desk.core.tracing import OTHER
from liaison_desk.core.words import msg


@dataclass(frozen=True, slots=True)
class Loss:
    """A victim's loss and what has already come back, in fen.

    ``report`` is the place of the report in order of time, the smallest the earliest; it decides ties and the order
    of the plan. Losses with the same place stay in the order in which they are handed over.
    """

    victim: str
    loss: int
    returned: int = 0
    report: int = 0

    def __post_init__(self) -> None:
        if self.loss < 0 or self.returned < 0:
            raise ValueError("neither a loss nor what came back is negative")

    @property
    def outstanding(self) -> int:
        """What is still to come back; 0 also where more came back than was lost."""
        return max(0, self.loss - self.returned)


@dataclass(frozen=True, slots=True)
class Line:
    """What one victim gets: ``amount`` is to be paid, ``computed`` is what the rule gave.

    They differ only where an officer changed the line, and then ``reason`` says why.
    """

    victim: str
    outstanding: int
    computed: int
    amount: int
    reason: str = ""

    @property
    def changed(self) -> bool:
        return self.amount != self.computed


@dataclass(frozen=True, slots=True)
class Plan:
    """The lines in order of report, a line for everybody, and what stays frozen."""

    lines: tuple[Line, ...]
    left: int

    @property
    def total(self) -> int:
        return sum(line.amount for line in self.lines)

    def with_change(self, victim: str, amount: int, reason: str) -> Plan:
        """The plan with one line changed by an officer; both figures stay on it.

        Raises BadInput without a reason or for a negative amount, Refused above the outstanding loss or when
        the sum would exceed the frozen amount.
        """
        line = next((each for each in self.lines if each.victim == victim), None)
        if line is None:
            raise ValueError("nobody of this name is in the plan")
        if not reason.strip():
            raise BadInput(
                msg("A changed amount needs a reason; type why. The plan stays as it was."), field="reason"
            )
        if amount < 0:
            raise BadInput(
                msg("A returned amount cannot be negative. The plan stays as it was."), field="amount"
            )
        if amount > line.outstanding:
            raise Refused(
                msg(
                    "{amount} is more than the outstanding loss of {outstanding}. The plan stays as it was.",
                    amount=yuan(amount),
                    outstanding=yuan(line.outstanding),
                )
            )
        left = self.left + line.amount - amount
        if left < 0:
            raise Refused(
                msg(
                    "The plan would return {missing} more than is frozen; lower another line first. "
                    "The plan stays as it was.",
                    missing=yuan(-left),
                )
            )
        changed = replace(line, amount=amount, reason=reason.strip())
        return Plan(tuple(changed if each is line else each for each in self.lines), left)


def proportional(amount: int, losses: Sequence[Loss]) -> Plan:
    """``amount`` shared in proportion to the outstanding losses: ``amount × outstanding / Σ outstanding``.

    Largest remainder, ties to the earlier report; nobody gets more than is outstanding, and what covers everybody
    leaves the rest frozen. Raises ValueError for a negative amount or a victim who appears twice.
    """
    if amount < 0:
        raise ValueError("there is no negative amount to return")
    ordered = _in_order_of_report(losses)
    outstanding = [each.outstanding for each in ordered]
    return _plan(amount, ordered, largest_remainder(min(amount, sum(outstanding)), outstanding))


def direct(shares: Mapping[str, int], losses: Sequence[Loss], frozen: int) -> Plan:
    """Each victim gets the traced share, at most the outstanding loss, in total at most ``frozen``.

    ``shares`` are fen by owner as traced on the account; ``other`` gets nothing. Where a smaller hold cannot pay
    all of it, it is split in proportion to what each would have got (largest remainder, ties to the earlier report),
    as a hold secures it (money.md §4). Raises ValueError for a negative amount, a victim who appears twice, or a
    share of a victim without a loss.
    """
    if frozen < 0 or any(share < 0 for share in shares.values()):
        raise ValueError("there is no negative amount to return")
    ordered = _in_order_of_report(losses)
    if set(shares) - {OTHER} - {each.victim for each in ordered}:
        raise ValueError("a victim has a share and no loss")
    due = [min(shares.get(each.victim, 0), each.outstanding) for each in ordered]
    return _plan(frozen, ordered, largest_remainder(min(frozen, sum(due)), due))


def _in_order_of_report(losses: Sequence[Loss]) -> list[Loss]:
    if len({each.victim for each in losses}) < len(losses):
        raise ValueError("a victim appears twice")
    return sorted(losses, key=lambda each: each.report)


def _plan(amount: int, losses: Sequence[Loss], paid: Sequence[int]) -> Plan:
    lines = tuple(
        Line(each.victim, each.outstanding, share, share) for each, share in zip(losses, paid, strict=True)
    )
    return Plan(lines, amount - sum(paid))
