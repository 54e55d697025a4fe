"""Tables of what institutions handed over: files, their rows as evidence, layouts, adopted tracings, findings.

Rows are staged under a batch in short transactions, invisible, and published by one command that writes the
file's row; its entry carries counts and a digest over the batch instead of each row (rules.md, "Statement import").
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from liaison_desk.store.base import (
    Base,
    Exchanged,
    Fen,
    Hash,
    Key,
    Line,
    Long,
    Moment,
    Short,
    UtcTime,
    Versioned,
)


class StatementLayout(Exchanged, Versioned, Base):
    """How one institution heads its columns, mapped once by a person; ``content`` is JSON text."""

    __tablename__ = "statement_layout"
    id: Mapped[Key]
    institution_code: Mapped[Short] = mapped_column(default="")
    name: Mapped[Line]
    content: Mapped[Long]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[Moment]
    removed_at: Mapped[datetime | None] = mapped_column(UtcTime())


class StatementBatch(Base):
    """One import on its way in; what it staged is invisible until a file names it."""

    __tablename__ = "statement_batch"
    id: Mapped[Key]
    seat_id: Mapped[Short]
    begun_at: Mapped[Moment]


class StatementFile(Exchanged, Base):
    """One imported file: where its rows belong, its counts (cli.md) and sums in fen."""

    __tablename__ = "statement_file"
    __table_args__ = (Index(None, "sha256"),)
    id: Mapped[Key]
    batch_id: Mapped[int] = mapped_column(ForeignKey("statement_batch.id"), unique=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    institution_code: Mapped[Short]
    """Who handed it over, and so owns what it says."""
    name: Mapped[Line]
    sha256: Mapped[Hash]
    content_id: Mapped[int] = mapped_column(ForeignKey("content.id"))
    layout: Mapped[Line]
    encoding: Mapped[Short] = mapped_column(default="")
    sheets: Mapped[Long]
    rows: Mapped[int]
    stored: Mapped[int]
    duplicates: Mapped[int]
    failed: Mapped[int]
    rejected: Mapped[int]
    skipped: Mapped[int]
    came_in: Mapped[Fen]
    went_out: Mapped[Fen]
    first_at: Mapped[datetime | None] = mapped_column(UtcTime())
    last_at: Mapped[datetime | None] = mapped_column(UtcTime())
    digest: Mapped[Hash]
    """SHA-256 over the batch's rows, links and remarks in the order of their ids."""
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[Moment]
    entry_id: Mapped[int] = mapped_column(BigInteger)


class StatementRow(Base):
    """One line of an institution's own account sheet; evidence, stored once per office, never changed."""

    __tablename__ = "statement_row"
    __table_args__ = (
        Index(None, "account", "at"),
        Index(None, "batch_id"),
        Index(None, "counterparty", "at"),
    )
    id: Mapped[Key]
    batch_id: Mapped[int] = mapped_column(BigInteger)
    sheet: Mapped[Line]
    line: Mapped[int]
    account: Mapped[Short]
    holder: Mapped[Line] = mapped_column(default="")
    holder_id: Mapped[Short] = mapped_column(default="")
    at: Mapped[Moment]
    precision: Mapped[Short]
    fen: Mapped[Fen]
    incoming: Mapped[bool]
    balance: Mapped[int | None] = mapped_column(BigInteger)
    """After it, in fen, where the sheet says so."""
    counterparty: Mapped[Short] = mapped_column(default="")
    counterparty_name: Mapped[Line] = mapped_column(default="")
    counterparty_id: Mapped[Short] = mapped_column(default="")
    counterparty_bank: Mapped[Line] = mapped_column(default="")
    currency: Mapped[Short] = mapped_column(default="CNY")
    channel: Mapped[Short] = mapped_column(default="")
    serial: Mapped[Short] = mapped_column(default="")
    remark: Mapped[Line] = mapped_column(default="")
    failed: Mapped[bool] = mapped_column(default=False)
    """The bank itself marks the trade as failed: evidence, never a movement."""
    flagged: Mapped[bool] = mapped_column(default=False)
    """Equal to another line in everything that would tell them apart."""
    more: Mapped[Long] = mapped_column(default="")
    """JSON text: what else the line says (terminal, address, teller …)."""


class StatementLink(Base):
    """A line that was there already, brought again: another case may see it, too."""

    __tablename__ = "statement_link"
    __table_args__ = (Index(None, "batch_id"), Index(None, "row_id"))
    id: Mapped[Key]
    batch_id: Mapped[int] = mapped_column(BigInteger)
    row_id: Mapped[int] = mapped_column(BigInteger)
    sheet: Mapped[Line]
    line: Mapped[int]


class StatementRemark(Base):
    """A line that was rejected, or stored with a warning, and why."""

    __tablename__ = "statement_remark"
    __table_args__ = (Index(None, "batch_id"),)
    id: Mapped[Key]
    batch_id: Mapped[int] = mapped_column(BigInteger)
    sheet: Mapped[Line]
    line: Mapped[int]
    rejected: Mapped[bool]
    reason: Mapped[Long]
    """JSON text of the sentence."""


class TraceRun(Exchanged, Versioned, Base):
    """A tracing that an officer adopted: its attributions name it; another one replaces it."""

    __tablename__ = "trace_run"
    id: Mapped[Key]
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    rule: Mapped[Short]
    reason: Mapped[Line] = mapped_column(default="")
    content: Mapped[Long]
    """JSON text: inputs by hash, verdicts, splits in fen."""
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[Moment]
    entry_id: Mapped[int] = mapped_column(BigInteger)
    replaced_at: Mapped[datetime | None] = mapped_column(UtcTime())


class TraceFinding(Exchanged, Versioned, Base):
    """Something that does not fit in a trace and that a person made a work item (K6)."""

    __tablename__ = "trace_finding"
    id: Mapped[Key]
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    kind: Mapped[Short]
    """``one-sided``, ``contradiction``, ``out-of-order``."""
    evidence: Mapped[Long]
    """JSON text: the lines it rests on."""
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[Moment]
    closed_at: Mapped[datetime | None] = mapped_column(UtcTime())
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    outcome: Mapped[Line] = mapped_column(default="")
