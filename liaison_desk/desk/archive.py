"""Papers as they were given out, kept by their hash: archived, listed, and printed again from the same bytes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from sqlalchemy import ColumnElement, or_, select, true

from liaison_desk.core.errors import BadInput, Refused
from liaison_desk.core.identifiers import clean_text
from liaison_desk.core.papers import HandoverSummary, check_code, read_back
from liaison_desk.core.words import Message, msg
from liaison_desk.desk import scope
from liaison_desk.desk.contents import content_bytes, store_content
from liaison_desk.desk.handovers import SIGNED, handover_of
from liaison_desk.desk.work import Actor, Command, Work, not_found
from liaison_desk.store.content import Paper
from liaison_desk.store.models import Person

KINDS: dict[str, Message] = {
    "handover": msg("Handover"),
    "slip": msg("Request slip"),
    "case": msg("Fund-flow report"),
    "return": msg("Return papers"),
    "institution": msg("Institution list"),
    "period": msg("Report"),
    "continuity": msg("Continuity pack"),
}


@dataclass(frozen=True, kw_only=True)
class ArchivePaper(Command[int]):
    """The bytes of a paper that was given out enter the archive. Gives the paper's id.

    ``summary`` is its canonical text, whose check code stands on every page. For a signed handover the summary
    must be the one that both signed. Raises BadInput for what is no PDF.
    """

    title: ClassVar[Message] = msg("Archive a paper")
    kind: str
    number: str
    name: str
    pdf: bytes
    summary: bytes
    pages: int
    masked: bool = True
    case_id: int | None = None
    leg_id: int | None = None
    institution: str = ""
    handover_id: int | None = None

    def carry_out(self, work: Work) -> int:
        if self.kind not in KINDS:
            raise BadInput(msg("There is no such kind of paper. Nothing was archived."), field="kind")
        if not self.pdf.startswith(b"%PDF-"):
            raise BadInput(msg("This is not a PDF. Nothing was archived."), field="pdf")
        if self.case_id is not None:
            scope.case_of(work, self.case_id)
        handover = None
        if self.kind == "handover":
            if self.handover_id is None:
                raise not_found(msg("This handover"))
            handover = handover_of(work, self.handover_id)
            if handover.state != SIGNED or handover.paper_id is not None:
                raise Refused(msg("Only a signed handover is archived, and once. Nothing was archived."))
            signed = handover.summary.encode("utf-8", "surrogatepass")
            if read_back(HandoverSummary, self.summary) != read_back(HandoverSummary, signed):
                raise Refused(msg("This is not the sheet that was signed. Nothing was archived."))
        content = store_content(work, self.pdf, limited=False)
        paper = work.add(
            Paper(
                kind=self.kind,
                number=clean_text(self.number, 64, field="number"),
                check_code=check_code(self.summary),
                title=clean_text(self.name, 255, field="name"),
                case_id=self.case_id,
                leg_id=self.leg_id,
                institution_code=self.institution,
                masked=self.masked,
                pages=self.pages,
                content_id=content.id,
                summary=self.summary.decode("utf-8", "surrogatepass"),
                person_id=work.actor.person_id,
                recorded_at=work.now,
                entry_id=work.entry_id,
            )
        )
        if handover is not None:
            handover.paper_id = paper.id
        work.tell(msg("Paper archived: {number}", number=paper.number))
        return paper.id


@dataclass(frozen=True)
class PaperRow:
    """One archived paper in the list."""

    id: int
    kind: str
    words: Message
    number: str
    check_code: str
    title: str
    case_id: int | None
    institution: str
    masked: bool
    pages: int
    who: str
    recorded_at: datetime


@dataclass(frozen=True)
class ArchivedPaper:
    row: PaperRow
    pdf: bytes


def visible_papers(actor: Actor) -> ColumnElement[bool]:
    """The police and the auditor see every paper; a representative those addressed to the own institution,
    and masked ones that the own institution made."""
    if actor.sees_all:
        return true()
    own = select(Person.id).where(Person.institution_code == actor.institution)
    return or_(Paper.institution_code == actor.institution, Paper.masked & Paper.person_id.in_(own))


def archived_papers(
    work: Work, kind: str = "", case_id: int | None = None, limit: int = 200
) -> tuple[PaperRow, ...]:
    """The newest first; of one kind or of one case."""
    query = (
        select(Paper, Person.name)
        .outerjoin(Person, Person.id == Paper.person_id)
        .where(visible_papers(work.actor))
        .order_by(Paper.id.desc())
        .limit(limit)
    )
    if kind:
        query = query.where(Paper.kind == kind)
    if case_id is not None:
        query = query.where(Paper.case_id == scope.case_of(work, case_id).id)
    return tuple(_row(paper, who) for paper, who in work.session.execute(query))


def archived_paper(work: Work, paper_id: int) -> ArchivedPaper:
    """The very bytes that were archived, hashed anew; leaves by ``Desk.release``."""
    found = work.session.execute(
        select(Paper, Person.name)
        .outerjoin(Person, Person.id == Paper.person_id)
        .where(Paper.id == paper_id, visible_papers(work.actor))
    ).first()
    if found is None:
        raise not_found(msg("This paper"))
    paper, who = found
    return ArchivedPaper(_row(paper, who), content_bytes(work, paper.content_id))


def _row(paper: Paper, who: str | None) -> PaperRow:
    return PaperRow(
        id=paper.id,
        kind=paper.kind,
        words=KINDS.get(paper.kind, Message(paper.kind)),
        number=paper.number,
        check_code=paper.check_code,
        title=paper.title,
        case_id=paper.case_id,
        institution=paper.institution_code,
        masked=paper.masked,
        pages=paper.pages,
        who=who or "",
        recorded_at=paper.recorded_at,
    )
