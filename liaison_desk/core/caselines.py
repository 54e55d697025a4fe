"""One row of a workbook of reports, as it passes from the file's reader to the desk: one payment or phone of one case.

The reader knows files and no desk, the desk knows cases and no files; both know this.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from liaison_desk.core.words import Message


@dataclass(frozen=True, kw_only=True)
class CaseLine:
    """What a row says, cleaned; empty where it says nothing. ``fen`` is 0 where no payment stands in the row.

    ``group`` is the same for all rows of one case and rises in the order of the file.
    """

    sheet: str
    line: int
    group: int = 0
    mark: str = ""
    """The number that the file itself gives the case (案件编号, 接警单号)."""
    reported_at: datetime | None = None
    victim_name: str = ""
    victim_id: str = ""
    victim_phone: str = ""
    fraud_type: str = "other"
    area: str = ""
    summary: str = ""
    from_bank: str = ""
    from_name: str = ""
    from_number: str = ""
    number: str = ""
    holder: str = ""
    bank_name: str = ""
    institution: str | None = None
    """Code of the bank that the row names; None: by the card's prefix."""
    fen: int = 0
    paid_at: datetime | None = None
    channel: str = ""
    suspect_phone: str = ""
    warnings: tuple[Message, ...] = ()

    @property
    def place(self) -> tuple[str, int]:
        return self.sheet, self.line


@dataclass(frozen=True)
class RefusedLine:
    """A row that cannot be stored, and why."""

    sheet: str
    line: int
    reason: Message

    @property
    def place(self) -> tuple[str, int]:
        return self.sheet, self.line


@dataclass(frozen=True)
class CaseFile:
    """A file as read: each row is a line or a refused line; ``skipped`` are heads, titles, totals and blanks."""

    name: str
    sha256: str
    lines: tuple[CaseLine, ...]
    refused: tuple[RefusedLine, ...]
    skipped: int
    sheets: tuple[str, ...]

    @property
    def rows(self) -> int:
        return len(self.lines) + len(self.refused)
