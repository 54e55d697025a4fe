"""Files put to a case or a request: kept by their hash, seen as notes are, given out only through the log.

Whoever puts one there chooses which institutions may have it beside their own and the police.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import select

from liaison_desk.core.errors import BadInput, NotAllowed, Refused
from liaison_desk.core.filenames import clean_file_name
from liaison_desk.core.media import sniff
from liaison_desk.core.words import Message, msg
from liaison_desk.desk.contents import content_bytes, store_content
from liaison_desk.desk.issuing import require_reason
from liaison_desk.desk.scope import case_of, leg_of, visible_attachments
from liaison_desk.desk.work import Actor, Command, Work, not_found
from liaison_desk.store.content import Attachment, Content
from liaison_desk.store.models import Institution, Leg, Person

MOST = 200
"""Attachments of one case that are listed; the newest."""
WAY = "attachment"
"""How the access log calls a file given out."""


@dataclass(frozen=True)
class AttachmentRow:
    """One file beside a case or request; ``size`` in bytes. A voided one is listed with its reason."""

    id: int
    name: str
    media: str
    size: int
    at: datetime
    who: str
    institution: str
    addressed: tuple[str, ...]
    leg_id: int | None
    leg: str
    """Number of the request it was put to; empty for the case itself."""
    version: int
    voided: bool
    void_reason: str
    may_void: bool


@dataclass(frozen=True)
class AttachedFile:
    """A file on its way out: its name is plain, whatever was stored."""

    name: str
    media: str
    data: bytes


@dataclass(frozen=True, kw_only=True)
class AddAttachment(Command[int]):
    """A file put to a request (``leg_id``) or to a case. Gives the attachment's id.

    ``addressed``: codes of the institutions that may have it, too. The entry carries the file's digest.
    """

    title: ClassVar[Message] = msg("Add an attachment")
    name: str
    data: bytes
    case_id: int | None = None
    leg_id: int | None = None
    addressed: tuple[str, ...] = ()

    def carry_out(self, work: Work) -> int:
        leg = leg_of(work, self.leg_id) if self.leg_id is not None else None
        case = case_of(work, leg.case_id if leg is not None else (self.case_id or 0))
        row = work.add(
            Attachment(
                case_id=case.id,
                leg_id=leg.id if leg is not None else None,
                content_id=store_content(work, self.data).id,
                name=clean_file_name(self.name),
                media=sniff(self.data),
                author_id=work.person().id,
                institution_code=work.actor.institution,
                addressed=_codes(work, self.addressed),
                recorded_at=work.now,
            )
        )
        # Not its name: the timeline is read by more people than the file is.
        work.tell(msg("Attachment added"))
        return row.id


@dataclass(frozen=True, kw_only=True)
class VoidAttachment(Command[None]):
    """A file that should not have been put there: it stays in the office and is given to nobody but the police."""

    title: ClassVar[Message] = msg("Void an attachment")
    attachment_id: int
    reason: str
    version: int | None = None

    def carry_out(self, work: Work) -> None:
        row = attachment_of(work, self.attachment_id)
        work.seen(row, self.version)
        reason = require_reason(self.reason)
        if not _may_void(work.actor, row):
            raise NotAllowed(
                msg("Only the institution that added “{name}” or the police void it.", name=row.name)
            )
        if row.voided_at is not None:
            raise Refused(msg("“{name}” is already voided. Nothing was changed.", name=row.name))
        row.voided_at, row.void_reason = work.now, reason
        work.touch("case", row.case_id)
        if row.leg_id is not None:
            work.touch("leg", row.leg_id)
        work.tell(msg("Attachment voided: {reason}", reason=reason))


def attachments(
    work: Work, case_id: int | None = None, leg_id: int | None = None
) -> tuple[AttachmentRow, ...]:
    """The files of a request, or of a case with all its requests, newest first, behind the walls."""
    condition: Any
    if leg_id is not None:
        condition = Attachment.leg_id == leg_of(work, leg_id).id
    else:
        condition = Attachment.case_id == case_of(work, case_id or 0).id
    rows = work.session.execute(
        select(Attachment, Content.size, Person.name, Leg.number)
        .join(Content, Content.id == Attachment.content_id)
        .join(Person, Person.id == Attachment.author_id)
        .outerjoin(Leg, Leg.id == Attachment.leg_id)
        .where(condition, visible_attachments(work.actor))
        .order_by(Attachment.id.desc())
        .limit(MOST)
    ).all()
    return tuple(
        AttachmentRow(
            id=row.id,
            name=clean_file_name(row.name),
            media=row.media,
            size=size,
            at=row.recorded_at,
            who=who,
            institution=row.institution_code,
            addressed=tuple(code for code in row.addressed.split(",") if code),
            leg_id=row.leg_id,
            leg=number or "",
            version=row.version,
            voided=row.voided_at is not None,
            void_reason=row.void_reason,
            may_void=row.voided_at is None and _may_void(work.actor, row),
        )
        for row, size, who, number in rows
    )


def attachment_bytes(work: Work, attachment_id: int) -> AttachedFile:
    """One file whole; ask for it by ``Desk.release``, so that the log has it first.

    Raises NotFound for what is not there or not for this reader, Refused for a voided or damaged file.
    """
    row = attachment_of(work, attachment_id)
    if row.voided_at is not None and not work.actor.sees_all:
        raise Refused(msg("“{name}” was voided and is no longer given out.", name=clean_file_name(row.name)))
    return AttachedFile(clean_file_name(row.name), row.media, content_bytes(work, row.content_id))


def attachment_of(work: Work, attachment_id: int) -> Attachment:
    """The attachment, or the same NotFound for a missing and for an invisible one."""
    row = work.session.scalar(
        select(Attachment).where(Attachment.id == attachment_id, visible_attachments(work.actor))
    )
    if row is None:
        raise not_found(msg("This attachment"))
    return row


def _may_void(actor: Actor, row: Attachment) -> bool:
    return actor.police or (actor.speaks_for(row.institution_code) and not actor.sees_all)


def _codes(work: Work, wanted: tuple[str, ...]) -> str:
    if not wanted:
        return ""
    known = set(work.session.scalars(select(Institution.code).where(Institution.active.is_(True))))
    for code in wanted:
        if code not in known:
            raise BadInput(
                msg("There is no institution {code}. Nothing was saved.", code=code), field="addressed"
            )
    return "," + ",".join(sorted(set(wanted))) + ","
