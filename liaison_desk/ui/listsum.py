"""What the selected rows add up to, to the fen: count, sum, average, least and most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from liaison_desk.core.money import yuan
from liaison_desk.core.words import Message, msg


@dataclass(frozen=True)
class Added:
    """Amounts in fen; ``rows`` counts also those without an amount."""

    rows: int
    count: int
    total: int
    least: int | None
    most: int | None

    @property
    def average(self) -> tuple[int, bool]:
        """Rounded half up to the fen, and whether it is exact."""
        if not self.count:
            return 0, True
        sign = -1 if self.total < 0 else 1
        return sign * ((2 * abs(self.total) + self.count) // (2 * self.count)), self.total % self.count == 0


def added(amounts: Sequence[int | None]) -> Added:
    """Of the rows on the screen."""
    some = [fen for fen in amounts if fen is not None]
    return Added(len(amounts), len(some), sum(some), min(some, default=None), max(some, default=None))


def told(found: Added, column: Message | None, *, whole: bool = False) -> Message:
    """One line for the foot; ``column`` names the amount where a list has several."""
    if not found.rows:
        return msg("Nothing selected")
    rows = (
        msg("All {count} of the list", count=f"{found.rows:,}")
        if whole
        else msg("{count} selected", count=f"{found.rows:,}")
    )
    if not found.count or found.least is None or found.most is None:
        return rows
    average, exact = found.average
    if found.count == 1:
        figures = msg("sum {total}", total=yuan(found.total))
    else:
        figures = msg(
            "sum {total} · average {average} · {least} to {most}",
            total=yuan(found.total),
            average=yuan(average) if exact else f"≈ {yuan(average)}",
            least=yuan(found.least),
            most=yuan(found.most),
        )
    if column is not None:
        return msg("{rows} · {column}: {figures}", rows=rows, column=column, figures=figures)
    return msg("{rows} · {figures}", rows=rows, figures=figures)
