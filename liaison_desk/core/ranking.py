"""Money still catchable: the order of the queue and the reason beside each rank (rules.md, K1).

What can still be saved on an account is what stands there untraced, times the share that this office has
caught in the past on accounts of that level with money of that age. Shares are whole parts per million and
amounts whole fen, so that an order can be computed again exactly, years later.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum

from liaison_desk.core.lifecycle import CATCHING, LegKind
from liaison_desk.core.money import yuan
from liaison_desk.core.words import Message, msg

MILLION = 1_000_000
LEVELS = (1, 2, 3)
"""The last one stands for level 3 and beyond."""
AGE_LIMITS = (3, 10, 30, 60, 180)
"""Upper limits in minutes of the age classes, each included in its class; the sixth class is older."""
WINDOW = timedelta(days=365)
"""How far back answers teach (by their execution)."""
ENDING = timedelta(minutes=60)
"""A hold that ends within this stands in band 0."""

_NEVER = datetime.max.replace(tzinfo=UTC)


class Band(IntEnum):
    """Where a row of the queue stands before its score or due time is asked."""

    CATCH = 0
    OVERDUE = 1
    REST = 2


@dataclass(frozen=True)
class Prior:
    """What is believed before the office has answers of its own, and how much money that belief weighs."""

    k_fen: int = 5_000_000
    """k: the belief counts as much as this much asked money (50,000.00 yuan)."""
    parts: tuple[int, ...] = (600_000, 500_000, 350_000, 250_000, 150_000, 50_000)
    """Parts per million caught, by age class."""

    def __post_init__(self) -> None:
        if self.k_fen < 1:
            raise ValueError("the prior needs a weight of at least one fen")
        if len(self.parts) != len(AGE_LIMITS) + 1 or any(not 0 <= part <= MILLION for part in self.parts):
            raise ValueError("the prior needs six shares between 0 and a million")


DEFAULT_PRIOR = Prior()


@dataclass(frozen=True)
class Sample:
    """One answered stop or freeze: fen asked and effective, age in minutes when it was executed."""

    level: int
    age_minutes: int
    asked: int
    effective: int


_Grid = tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Table:
    """The shares p by level and age class, with the sums they come from; stored when a shift opens."""

    parts: _Grid
    """Parts per million: three levels, each with six ages, never rising with age."""
    asked: _Grid
    """Fen asked in the answers of each class."""
    caught: _Grid
    """Fen of them that were caught, per answer at most what was asked."""

    def p(self, level: int, age_minutes: int) -> int:
        """Parts per million that may still be caught."""
        return self.parts[level_class(level)][age_class(age_minutes)]

    def as_json(self) -> dict[str, list[list[int]]]:
        return {
            name: [list(row) for row in grid]
            for name, grid in (("parts", self.parts), ("asked", self.asked), ("caught", self.caught))
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, object]) -> Table:
        """The table that `as_json` gave; raises ValueError for anything else."""
        return cls(_grid(stored, "parts"), _grid(stored, "asked"), _grid(stored, "caught"))


def level_class(level: int) -> int:
    """Index of the level: 0, 1, 2 for level 1, 2, 3 and beyond."""
    if level < 1:
        raise ValueError(f"levels begin with 1, not {level}")
    return min(level, len(LEVELS)) - 1


def age_class(age_minutes: int) -> int:
    """Index of the age: 0 up to 3 minutes, 1 up to 10, … 5 for more than 180. Limits belong to the younger."""
    return sum(age_minutes > limit for limit in AGE_LIMITS)


def age_minutes(arrived: datetime, at: datetime) -> int:
    """Age of money in started minutes, so that 3 minutes and a second are older than 3; never below 0."""
    return max(0, -((arrived - at) // timedelta(minutes=1)))


def probabilities(samples: Iterable[Sample], prior: Prior = DEFAULT_PRIOR) -> Table:
    """p = (Σ min(effective, asked) + k·prior) ÷ (Σ asked + k) by level and age, then a running minimum.

    Rounded down to parts per million. The caller chooses the samples: this office's answered stops and
    freezes executed within WINDOW. Raises ValueError for a negative amount.
    """
    ages = len(AGE_LIMITS) + 1
    asked = [[0] * ages for _ in LEVELS]
    caught = [[0] * ages for _ in LEVELS]
    for sample in samples:
        if sample.asked < 0 or sample.effective < 0:
            raise ValueError("asked and effective are never negative")
        row, column = level_class(sample.level), age_class(sample.age_minutes)
        asked[row][column] += sample.asked
        caught[row][column] += min(sample.effective, sample.asked)
    parts = []
    for row in range(len(LEVELS)):
        least, shares = MILLION, []
        for column, believed in enumerate(prior.parts):
            share = (caught[row][column] * MILLION + prior.k_fen * believed) // (
                asked[row][column] + prior.k_fen
            )
            least = min(least, share)
            shares.append(least)
        parts.append(tuple(shares))
    return Table(tuple(parts), tuple(map(tuple, asked)), tuple(map(tuple, caught)))


def score(traceable_fen: int, level: int, age_minutes: int, table: Table) -> int:
    """Fen that can probably still be caught, rounded down; never below 0."""
    return max(0, traceable_fen) * table.p(level, age_minutes) // MILLION


def explain(traceable_fen: int, level: int, age_minutes: int, table: Table) -> Message:
    """The score with its sum, for the tooltip of the row."""
    row, column = level_class(level), age_class(age_minutes)
    return msg(
        "Still catchable {score} = {traceable} still traceable × {share}% (level {level}, money there for "
        "{age}). In this class the office caught {caught} of {asked} asked within a year; the share never "
        "rises with age.",
        score=yuan(score(traceable_fen, level, age_minutes, table)),
        traceable=yuan(max(0, traceable_fen)),
        share=percent(table.p(level, age_minutes)),
        level=f"{LEVELS[row]}+" if row == len(LEVELS) - 1 else LEVELS[row],
        age=age_words(column),
        caught=yuan(table.caught[row][column]),
        asked=yuan(table.asked[row][column]),
    )


def explain_hold(held_fen: int, ending: timedelta = ENDING) -> Message:
    """The tooltip of a hold in band 0: its score is what it holds."""
    return msg(
        "{held} are held here and end within {minutes} minutes.",
        held=yuan(held_fen),
        minutes=ending // timedelta(minutes=1),
    )


def explain_case(missing_fen: int) -> Message:
    """The tooltip of a case out of balance in band 1."""
    return msg(
        "{missing} more is accounted for than was lost: compare what was reported with hops, holds and returns.",
        missing=yuan(missing_fen),
    )


def percent(parts: int) -> str:
    """Parts per million as a percentage with all its digits, so that the tooltip's sum can be checked."""
    whole, rest = divmod(parts, 10_000)
    return f"{whole}.{rest:04}".rstrip("0").rstrip(".")


def age_words(index: int) -> Message:
    """An age class in words: 0–3 min … more than 180 min."""
    if index == len(AGE_LIMITS):
        return msg("more than {minutes} min", minutes=AGE_LIMITS[-1])
    return msg("{least}–{most} min", least=AGE_LIMITS[index - 1] if index else 0, most=AGE_LIMITS[index])


def traceable_before_tracing(received: int, went_on: int, caught: int) -> int:
    """What of a leg's account is still traceable before any tracing was adopted, in fen; never below 0.

    ``received`` came in by payments and answers; of it answers say that ``went_on`` left and ``caught`` is
    held.
    """
    return max(0, received - went_on - caught)


def leg_band(kind: LegKind, executed: bool, traceable_fen: int, due: datetime | None, now: datetime) -> Band:
    """The band of a leg: 0 while it could still catch money, 1 from its due instant on, else 2."""
    if kind in CATCHING and not executed and traceable_fen > 0:
        return Band.CATCH
    return Band.OVERDUE if due is not None and now >= due else Band.REST


def hold_band(end: datetime, now: datetime, ending: timedelta = ENDING) -> Band:
    """The band of a hold as a work item: 0 in its last hour, 1 once it has ended (to be acknowledged)."""
    if now >= end:
        return Band.OVERDUE
    return Band.CATCH if end - now <= ending else Band.REST


def order_key(band: Band, score: int, due: datetime | None, number: str) -> tuple[Band, int, datetime, str]:
    """The queue's order, smallest first: band; in band 0 the higher score; due time, none last; number."""
    return (band, -score if band is Band.CATCH else 0, due or _NEVER, sortable(number))


def sortable(number: str) -> str:
    """A request number whose running part sorts as a number: ZF〔2026〕9 before ZF〔2026〕10."""
    return re.sub(r"[0-9]+", lambda digits: digits[0].zfill(12), number)


def _grid(stored: Mapping[str, object], name: str) -> _Grid:
    rows = stored.get(name)
    ages = len(AGE_LIMITS) + 1
    if not isinstance(rows, list) or len(rows) != len(LEVELS):
        raise ValueError(f"{name}: three levels are expected")
    for row in rows:
        if not isinstance(row, list) or len(row) != ages or not all(type(cell) is int for cell in row):
            raise ValueError(f"{name}: six whole numbers a level are expected")
    return tuple(tuple(row) for row in rows)
