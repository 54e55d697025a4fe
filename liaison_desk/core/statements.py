"""Rows of bank statements and what is said about each: stored, failed, rejected, skipped (rules.md, "Statement import").

Amounts are fen, times aware UTC. Nothing here reads a file or a database: the reader yields these verdicts, and
whoever stores the rows adds what only the database knows, the duplicates.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from liaison_desk.core.tracing import Channel, Precision
from liaison_desk.core.words import Message, Say, msg

NOTHING: Mapping[str, str] = MappingProxyType({})


class Direction(StrEnum):
    """Whether money came into the row's own account or left it."""

    IN = "in"
    OUT = "out"


DIRECTION_WORDS: Mapping[Direction, Message] = MappingProxyType(
    {Direction.IN: msg("Money in"), Direction.OUT: msg("Money out")}
)


class Way(StrEnum):
    """How the money moved, by the words of the bank; a suggestion where the bank's words are vague."""

    CASH = "cash"
    POS = "pos"
    THIRD_PARTY = "third_party"
    TRANSFER = "transfer"
    CRYPTO = "crypto"
    FX = "fx"


WAY_WORDS: Mapping[Way, Message] = MappingProxyType(
    {
        Way.CASH: msg("Cash"),
        Way.POS: msg("POS purchase"),
        Way.THIRD_PARTY: msg("Third-party payment"),
        Way.TRANSFER: msg("Transfer"),
        Way.CRYPTO: msg("Crypto currency"),
        Way.FX: msg("Foreign exchange"),
    }
)

EXITS: Mapping[Way, Channel] = MappingProxyType(
    {
        Way.CASH: Channel.CASH,
        Way.POS: Channel.POS,
        Way.THIRD_PARTY: Channel.THIRD_PARTY,
        Way.CRYPTO: Channel.CRYPTO,
        Way.FX: Channel.OTHER,
    }
)
"""The ways that lead out of the traceable world, in the words of the tracing."""


class Why(StrEnum):
    """The kind of a refusal or a warning, so that a list can be grouped by it."""

    CELLS = "cells"
    ACCOUNT = "account"
    DAMAGE = "damage"
    TIME = "time"
    AMOUNT = "amount"
    DIRECTION = "direction"
    REVERSAL = "reversal"
    STATE = "state"
    CURRENCY = "currency"
    TEXT = "text"
    EQUAL = "equal"
    UNREAD = "unread"


WHY_WORDS: Mapping[Why, Message] = MappingProxyType(
    {
        Why.CELLS: msg("Cells do not fit the head"),
        Why.ACCOUNT: msg("Account number"),
        Why.DAMAGE: msg("Damaged number"),
        Why.TIME: msg("Time"),
        Why.AMOUNT: msg("Amount"),
        Why.DIRECTION: msg("Direction"),
        Why.REVERSAL: msg("Reversal"),
        Why.STATE: msg("State of the trade"),
        Why.CURRENCY: msg("Currency"),
        Why.TEXT: msg("Unusable character"),
        Why.EQUAL: msg("Equal rows"),
        Why.UNREAD: msg("Not read"),
    }
)


class Skip(StrEnum):
    """Lines that are no rows."""

    TITLE = "title"
    HEAD = "head"
    TOTAL = "total"
    BLANK = "blank"


class Row(NamedTuple):
    """One trade as one institution's file tells it, seen from ``account``.

    ``fen`` is positive; ``balance`` is after the trade, None where the file does not say. ``number`` is the account
    behind the card where the file names both. ``counterparty`` is digits where it can be an account, else the
    file's own text. ``more`` holds what else stood in the row, by field or by the file's own head.
    """

    sheet: str
    line: int
    account: str
    at: datetime
    precision: Precision
    fen: int
    direction: Direction
    balance: int | None
    counterparty: str
    counterparty_name: str
    counterparty_id: str
    counterparty_bank: str
    holder: str
    holder_id: str
    number: str
    currency: str
    way: Way | None
    serial: str
    kind: str
    summary: str
    remark: str
    state: str
    more: Mapping[str, str]


class Failed(NamedTuple):
    """A trade that the bank itself marks as failed: evidence, never a movement.

    ``row`` is None where not everything in it could be read; ``text`` is the line as it stood.
    """

    sheet: str
    line: int
    row: Row | None
    text: str


class Rejected(NamedTuple):
    """A row that cannot be used; ``word`` is the unknown word where one is to blame, of a damaged number the digits
    that are intact."""

    sheet: str
    line: int
    why: Why
    reason: Message
    text: str
    word: str = ""


class Skipped(NamedTuple):
    """A line that is no row."""

    sheet: str
    line: int
    kind: Skip
    text: str


class Warned(NamedTuple):
    """Something odd about a row that is kept all the same; stands before that row."""

    sheet: str
    line: int
    why: Why
    reason: Message


Verdict = Row | Failed | Rejected | Skipped | Warned
"""What the reader says; a Row by itself is one to be stored."""


@dataclass
class Counts:
    """The counts of ``import statement`` (cli.md), added up verdict by verdict.

    ``rows`` = stored + duplicates + failed + rejected, always. ``in_`` and ``out`` are fen of the stored rows.
    """

    rows: int = 0
    stored: int = 0
    duplicates: int = 0
    failed: int = 0
    skipped: int = 0
    in_: int = 0
    out: int = 0
    first: datetime | None = None
    last: datetime | None = None
    rejected: list[Rejected] = field(default_factory=list)
    warnings: list[Warned] = field(default_factory=list)
    layout: str = ""
    sheets: list[str] = field(default_factory=list)
    file_sha256: str = ""

    def add(self, verdict: Verdict, *, duplicate: bool = False) -> None:
        """Counts one verdict; ``duplicate`` is what the database says of a Row."""
        if type(verdict) is Row:
            self.rows += 1
            if duplicate:
                self.duplicates += 1
                return
            self.stored += 1
            if verdict.direction is Direction.IN:
                self.in_ += verdict.fen
            else:
                self.out += verdict.fen
            at = verdict.at
            if self.first is None or self.last is None:
                self.first = self.last = at
            elif at > self.last:
                self.last = at
            elif at < self.first:
                self.first = at
        elif type(verdict) is Skipped:
            self.skipped += 1
        elif type(verdict) is Warned:
            self.warnings.append(verdict)
        elif type(verdict) is Failed:
            self.rows += 1
            self.failed += 1
        elif type(verdict) is Rejected:
            self.rows += 1
            self.rejected.append(verdict)

    def as_json(self, say: Say, zone: tzinfo = UTC) -> dict[str, object]:
        """The document of cli.md, reasons in the reader's language, times in ``zone``."""

        def told(each: Rejected | Warned) -> dict[str, object]:
            return {"sheet": each.sheet, "line": each.line, "reason": say(each.reason)}

        def moment(at: datetime | None) -> str | None:
            return at.astimezone(zone).isoformat() if at is not None else None

        return {
            "rows": self.rows,
            "stored": self.stored,
            "duplicates": self.duplicates,
            "failed": self.failed,
            "rejected": [told(each) for each in self.rejected],
            "skipped": self.skipped,
            "warnings": [told(each) for each in self.warnings],
            "in": self.in_,
            "out": self.out,
            "first": moment(self.first),
            "last": moment(self.last),
            "layout": self.layout,
            "sheets": list(self.sheets),
            "file_sha256": self.file_sha256,
        }
