"""Tables of bytes kept by their hash: attachments, imported files, archived papers.

They live in the database in chunks, so that every seat and every backup has them. A content is stored once,
however many rows name it; its chunks enter the chain by their digests.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from liaison_desk.store.base import Base, Exchanged, Hash, Key, Line, Long, Moment, Short, UtcTime, Versioned

CHUNK = 64 * 1024
"""Bytes in a chunk; small, so that a check that reads many stays small."""


class Content(Base):
    """A file's bytes, by their SHA-256 in hexadecimal."""

    __tablename__ = "content"
    id: Mapped[Key]
    sha256: Mapped[Hash] = mapped_column(unique=True)
    size: Mapped[int] = mapped_column(BigInteger)
    packed: Mapped[bool] = mapped_column(default=False)
    """Whether the chunks hold it compressed by zlib; hash and size are those of the file itself."""
    recorded_at: Mapped[Moment]


class Chunk(Base):
    """The bytes of a content from ``position × CHUNK`` on."""

    __tablename__ = "chunk"
    __table_args__ = (UniqueConstraint("content_id", "position"),)
    id: Mapped[Key]
    content_id: Mapped[int] = mapped_column(ForeignKey("content.id"))
    position: Mapped[int]
    data: Mapped[bytes] = mapped_column(LargeBinary())


class Attachment(Exchanged, Versioned, Base):
    """A file put to a case or a request; seen by its author's institution, those addressed, and the police."""

    __tablename__ = "attachment"
    id: Mapped[Key]
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    leg_id: Mapped[int | None] = mapped_column(ForeignKey("leg.id"), index=True)
    content_id: Mapped[int] = mapped_column(ForeignKey("content.id"), index=True)
    name: Mapped[Line]
    """A plain file name, without any folder."""
    media: Mapped[Short] = mapped_column(default="")
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    institution_code: Mapped[Short]
    addressed: Mapped[Line] = mapped_column(default="")
    """Institution codes as on a note: ``,ICBC,CCB,``."""
    recorded_at: Mapped[Moment]
    voided_at: Mapped[datetime | None] = mapped_column(UtcTime())
    void_reason: Mapped[Line] = mapped_column(default="")


class Paper(Exchanged, Base):
    """An official paper as it was given out: its bytes, and the summary from which they were drawn."""

    __tablename__ = "paper"
    __table_args__ = (Index(None, "kind", "recorded_at"),)
    id: Mapped[Key]
    kind: Mapped[Short]
    """``handover``, ``slip``, ``case``, ``return``, ``notice`` …"""
    number: Mapped[Short] = mapped_column(index=True)
    check_code: Mapped[Short]
    title: Mapped[Line]
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"), index=True)
    leg_id: Mapped[int | None] = mapped_column(ForeignKey("leg.id"))
    institution_code: Mapped[Short] = mapped_column(default="")
    """The addressee; empty for a masked paper."""
    masked: Mapped[bool]
    pages: Mapped[int]
    content_id: Mapped[int] = mapped_column(ForeignKey("content.id"))
    summary: Mapped[Long] = mapped_column(default="")
    """JSON text: the fall-back if the bytes are lost."""
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[Moment]
    entry_id: Mapped[int] = mapped_column(BigInteger)
