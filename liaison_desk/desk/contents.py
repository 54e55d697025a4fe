"""Files kept in the office by their hash: stored once, given back only when they are what was stored.

Attachments, archived papers and imported files all rest here. The chunks stand in the chain by their digests,
so that ``check`` finds a changed one; a file is hashed again each time it is read.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from liaison_desk.core.errors import BadInput, Refused
from liaison_desk.core.words import Message, msg
from liaison_desk.desk.work import Work
from liaison_desk.store.content import CHUNK, Attachment, Chunk, Content, Paper
from liaison_desk.store.soundness import Finding

MEGABYTE = 1024 * 1024
_WORTH = 0.9
"""A file is kept compressed only when that saves a tenth: pictures and PDFs are compressed already."""


def require_size(work: Work, size: int) -> None:
    """Raises BadInput for more bytes than the office keeps in one file (a setting), and for none."""
    most = work.settings.file_megabytes
    if size == 0:
        raise BadInput(msg("The file is empty. Nothing was kept; choose another."), field="file")
    if size > most * MEGABYTE:
        raise BadInput(
            msg(
                "The file has {size} MB; at most {most} MB are kept. Nothing was saved. "
                "Make it smaller, or ask the shift lead for a higher limit.",
                size=-(-size // MEGABYTE),
                most=most,
            ),
            field="file",
        )


def store_content(work: Work, data: bytes, *, limited: bool = True) -> Content:
    """The content with these bytes, stored now or long ago; part of the command that asks for it.

    ``limited``: raises BadInput for more bytes than the office's limit (see ``require_size``).
    """
    if limited:
        require_size(work, len(data))
    digest = hashlib.sha256(data).hexdigest()
    known = work.session.scalar(select(Content).where(Content.sha256 == digest))
    if known is not None:
        return known
    packed = _packed(data)
    kept = data if packed is None else packed
    content = work.add(
        Content(sha256=digest, size=len(data), packed=packed is not None, recorded_at=work.now)
    )
    work.session.add_all(
        Chunk(content_id=content.id, position=place, data=kept[start : start + CHUNK])
        for place, start in enumerate(range(0, len(kept), CHUNK))
    )
    work.session.flush()
    return content


def content_bytes(work: Work, content_id: int) -> bytes:
    """The bytes of a content, hashed anew. Raises Refused when they are not what was stored.

    Who may have them is decided by whoever asks (an attachment's or a paper's own walls).
    """
    content = work.find(Content, content_id, msg("This file"))
    data = _whole(work.session, content)
    if data is None:
        raise Refused(
            msg(
                "The file is damaged: its bytes are not those that were stored. Nothing was given out. "
                "Run check, and restore the last verified backup."
            )
        )
    return data


def content_findings(session: Session) -> Iterator[Finding]:
    """For ``check``: every kept file whose bytes are no longer its hash's, by the name it was given."""
    for content in session.scalars(select(Content).order_by(Content.id)):
        if _whole(session, content) is None:
            for where, name in _names(session, content):
                yield Finding(
                    "content",
                    where,
                    msg(
                        "“{name}”: the file is not what it was when it was stored. Restore a backup to have it back.",
                        name=name,
                    ),
                )
        session.expunge(content)


def _packed(data: bytes) -> bytes | None:
    """The data compressed; None where that saves too little. The first chunk tells beforehand."""
    first = data[:CHUNK]
    if len(zlib.compress(first, 1)) > len(first) * _WORTH:
        return None
    packed = zlib.compress(data, 1)
    return packed if len(packed) <= len(data) * _WORTH else None


def _whole(session: Session, content: Content) -> bytes | None:
    """The file's bytes put together; None when they are not the ones that were stored."""
    chunks = session.execute(
        select(Chunk.position, Chunk.data).where(Chunk.content_id == content.id).order_by(Chunk.position)
    ).all()
    if [row.position for row in chunks] != list(range(len(chunks))):
        return None
    try:
        kept = b"".join(row.data for row in chunks)
        data = _unpacked(kept, content.size) if content.packed else kept
    except (TypeError, zlib.error):
        return None
    if len(data) != content.size or hashlib.sha256(data).hexdigest() != content.sha256:
        return None
    return data


def _unpacked(kept: bytes, size: int) -> bytes:
    """Never more than one byte beyond the size that was stored, whatever somebody put into the chunks."""
    return zlib.decompressobj().decompress(kept, size + 1)


def _names(session: Session, content: Content) -> list[tuple[str, Message | str]]:
    """What people know the file as; its own number where nothing names it."""
    found: list[tuple[str, Message | str]] = [
        (f"attachment {row.id}", row.name)
        for row in session.execute(
            select(Attachment.id, Attachment.name).where(Attachment.content_id == content.id)
        )
    ]
    found += [
        (f"paper {row.id}", f"{row.title} {row.number}")
        for row in session.execute(
            select(Paper.id, Paper.title, Paper.number).where(Paper.content_id == content.id)
        )
    ]
    return found or [(f"content {content.id}", msg("File {id}", id=content.id))]
