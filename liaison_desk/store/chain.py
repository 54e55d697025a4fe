"""The tables that are not the office's facts: audit entries, access log, seats, search words.

``Entry`` and ``Access`` are hash-linked and never change. ``Touch`` and ``SearchWord`` can be made anew
from the audited rows; ``Seat`` says who is running now.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from liaison_desk.store.base import Base, Hash, Key, Line, Long, Moment, Short, UtcTime, byte_text

GENESIS = "0" * 64


class Entry(Base):
    """One audit row per command. ``text`` is the canonical JSON that was hashed, as it was."""

    __tablename__ = "entry"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[Moment]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    command: Mapped[Short]
    kinds: Mapped[Line]
    """Which kinds of things changed, between commas, for the watchers."""
    doubted: Mapped[bool] = mapped_column(default=False)
    text: Mapped[Long]
    previous_hash: Mapped[Hash] = mapped_column(unique=True)
    hash: Mapped[Hash] = mapped_column(unique=True)


class Touch(Base):
    """Which case, leg or hold an entry is about; the timeline's index."""

    __tablename__ = "touch"
    __table_args__ = (Index(None, "kind", "subject_id", "entry_id"),)
    id: Mapped[Key]
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"))
    kind: Mapped[Short]
    subject_id: Mapped[int] = mapped_column(BigInteger)


class Access(Base):
    """Who saw, searched, printed or exported full data; a chain of its own that announces nothing."""

    __tablename__ = "access"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[Moment]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    way: Mapped[Short]
    text: Mapped[Long]
    previous_hash: Mapped[Hash] = mapped_column(unique=True)
    hash: Mapped[Hash] = mapped_column(unique=True)


class Seat(Base):
    """One running window or command line; it says every few seconds that it is still there."""

    __tablename__ = "seat"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    computer: Mapped[Line]
    os_user: Mapped[Line]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    started_at: Mapped[Moment]
    beat_at: Mapped[Moment]
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime())


class SearchWord(Base):
    """A normalised word under which a case, an account or a leg is found, with its owner (the wall)."""

    __tablename__ = "search_word"
    __table_args__ = (
        Index(None, "case_id", "word"),
        UniqueConstraint("word", "owner", "case_id", "account_id", "leg_id", name="uq_search_word"),
    )
    id: Mapped[Key]
    word: Mapped[str] = mapped_column(byte_text(64))
    owner: Mapped[str] = mapped_column(byte_text(64))
    """An institution's code, POLICE, or ``*`` for what everybody who sees the case may search."""
    case_id: Mapped[int] = mapped_column(BigInteger)
    account_id: Mapped[int] = mapped_column(BigInteger, default=0)
    leg_id: Mapped[int] = mapped_column(BigInteger, default=0)
    """0 where the word belongs to the whole case (NULLs would escape the unique constraint)."""


EVIDENCE = frozenset({"statement_batch", "statement_row", "statement_link", "statement_remark"})
"""Imported lines: staged outside commands, published by an entry that carries a digest over them."""
UNAUDITED = frozenset({Entry.__tablename__, Touch.__tablename__, Access.__tablename__}) | EVIDENCE
DERIVED = frozenset({Seat.__tablename__, SearchWord.__tablename__, "presence"})
