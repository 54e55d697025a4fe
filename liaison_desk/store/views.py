"""Tables of how people look at the lists: saved views, flags on requests, notes taken note of, who is at what."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from liaison_desk.store.base import Base, Exchanged, Key, Line, Long, Moment, Short, UtcTime, Versioned


class SavedView(Exchanged, Versioned, Base):
    """Filters, order and columns of one list as somebody keeps them; an unnamed one is where they left it."""

    __tablename__ = "saved_view"
    __table_args__ = (Index(None, "place", "person_id"),)
    id: Mapped[Key]
    place: Mapped[Short]
    """Which list it belongs to (``queue``, ``cases``, ``holds`` …)."""
    name: Mapped[Line]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    shared: Mapped[bool] = mapped_column(default=False)
    content: Mapped[Long]
    """JSON text."""
    recorded_at: Mapped[Moment]
    removed_at: Mapped[datetime | None] = mapped_column(UtcTime())


class LegFlag(Exchanged, Versioned, Base):
    """A coloured mark on a request; seen by its author's institution and the police, as notes are."""

    __tablename__ = "leg_flag"
    id: Mapped[Key]
    leg_id: Mapped[int] = mapped_column(ForeignKey("leg.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    institution_code: Mapped[Short]
    colour: Mapped[Short]
    text: Mapped[Line] = mapped_column(default="")
    recorded_at: Mapped[Moment]
    cleared_at: Mapped[datetime | None] = mapped_column(UtcTime())
    cleared_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class NoteTaken(Base):
    """That an institution (or the police) has taken note of a note addressed to it."""

    __tablename__ = "note_taken"
    __table_args__ = (UniqueConstraint("note_id", "institution_code"),)
    id: Mapped[Key]
    note_id: Mapped[int] = mapped_column(ForeignKey("note.id"), index=True)
    institution_code: Mapped[Short]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[Moment]


class Presence(Base):
    """What a running seat has open, or is typing in, right now; not a fact, and gone with the seat."""

    __tablename__ = "presence"
    __table_args__ = (UniqueConstraint("seat_id"), Index(None, "kind", "subject_id"))
    id: Mapped[Key]
    seat_id: Mapped[Short]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[Short]
    """``leg`` or ``case``."""
    subject_id: Mapped[int] = mapped_column(BigInteger)
    typing: Mapped[bool] = mapped_column(default=False)
    beat_at: Mapped[Moment]
