"""Tables of shifts: the running log, handovers with their cut and checks, read-backs, slips printed ahead."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from liaison_desk.store.base import (
    Base,
    Exchanged,
    Hash,
    Key,
    Line,
    Long,
    Moment,
    Short,
    UtcTime,
    Versioned,
    byte_text,
)


class LogNote(Exchanged, Versioned, Base):
    """A line that somebody wrote into a shift's running log."""

    __tablename__ = "log_note"
    id: Mapped[Key]
    shift_id: Mapped[int | None] = mapped_column(ForeignKey("shift.id"), index=True)
    kind: Mapped[Short]
    """``note``, ``instruction`` (of a superior), ``equipment``, ``contact``."""
    text: Mapped[Long]
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    institution_code: Mapped[Short]
    happened_at: Mapped[Moment]
    recorded_at: Mapped[Moment]
    voided_at: Mapped[datetime | None] = mapped_column(UtcTime())
    void_reason: Mapped[Line] = mapped_column(default="")


class Handover(Exchanged, Versioned, Base):
    """One handover: prepared (which fixes the cut), cross-checked, read back, signed by both (rules.md)."""

    __tablename__ = "handover"
    __table_args__ = (Index(None, "state"),)
    id: Mapped[Key]
    number: Mapped[Short] = mapped_column(unique=True)
    shift_id: Mapped[int] = mapped_column(ForeignKey("shift.id"), index=True)
    institution_code: Mapped[str | None] = mapped_column(byte_text(64), ForeignKey("institution.code"))
    """A partial handover of one institution; it makes no cut."""
    unscheduled: Mapped[bool] = mapped_column(default=False)
    state: Mapped[Short]
    """``prepared``, ``checked``, ``signed``, ``voided``."""
    from_entry: Mapped[int] = mapped_column(BigInteger)
    """The sheet covers the entries above this one …"""
    cut_entry: Mapped[int] = mapped_column(BigInteger)
    """… up to and with this one."""
    head_hash: Mapped[Hash]
    """The chain's head at the cut."""
    summary: Mapped[Long]
    """JSON text: what the sheet shows, as fixed by the cut."""
    outgoing_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    incoming_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    prepared_at: Mapped[Moment]
    checked_at: Mapped[datetime | None] = mapped_column(UtcTime())
    read_back: Mapped[Long] = mapped_column(default="")
    """The incoming side's top three in own words, one a line."""
    acknowledged_entry: Mapped[int] = mapped_column(BigInteger, default=0)
    """Up to which entry after the cut the incoming side has taken note."""
    outgoing_signed_at: Mapped[datetime | None] = mapped_column(UtcTime())
    incoming_signed_at: Mapped[datetime | None] = mapped_column(UtcTime())
    paper_id: Mapped[int | None] = mapped_column(ForeignKey("paper.id"))
    next_shift_id: Mapped[int | None] = mapped_column(ForeignKey("shift.id"))
    voided_at: Mapped[datetime | None] = mapped_column(UtcTime())
    void_reason: Mapped[Line] = mapped_column(default="")


class HandoverCheck(Exchanged, Versioned, Base):
    """The incoming side's word on one item of the sheet; a difference becomes a note on it."""

    __tablename__ = "handover_check"
    __table_args__ = (UniqueConstraint("handover_id", "item"),)
    id: Mapped[Key]
    handover_id: Mapped[int] = mapped_column(ForeignKey("handover.id"), index=True)
    item: Mapped[Short]
    agrees: Mapped[bool]
    difference: Mapped[Line] = mapped_column(default="")
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[Moment]


class ReadBack(Exchanged, Base):
    """That somebody restated the top money at risk before claiming in a shift, or passed over it (K9)."""

    __tablename__ = "read_back"
    __table_args__ = (UniqueConstraint("shift_id", "person_id"),)
    id: Mapped[Key]
    shift_id: Mapped[int] = mapped_column(ForeignKey("shift.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    text: Mapped[Long] = mapped_column(default="")
    overridden: Mapped[bool] = mapped_column(default=False)
    recorded_at: Mapped[Moment]


class PaperSlip(Exchanged, Versioned, Base):
    """A blank slip numbered and printed ahead for an outage (K10); used once, or voided with a reason."""

    __tablename__ = "paper_slip"
    id: Mapped[Key]
    number: Mapped[Short] = mapped_column(unique=True)
    check_digit: Mapped[Short]
    printed_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    printed_at: Mapped[Moment]
    leg_id: Mapped[int | None] = mapped_column(ForeignKey("leg.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"))
    used_at: Mapped[datetime | None] = mapped_column(UtcTime())
    used_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    voided_at: Mapped[datetime | None] = mapped_column(UtcTime())
    void_reason: Mapped[Line] = mapped_column(default="")
